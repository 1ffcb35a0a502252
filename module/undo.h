/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recoveries that were a mistake: nothing was lost, it was late. Told by timestamps
 * (Eifel detection, RFC 3522) or by DSACKs (RFC 3708); what follows is RFC 4015's.
 */
#ifndef _MYTCP_UNDO_H
#define _MYTCP_UNDO_H

#include "recovery.h"
#include "sock.h"

void mytcp_undo_arm(struct mytcp_sock *ms);
void mytcp_undo_ended(struct mytcp_sock *ms);
void mytcp_undo_forget(struct mytcp_sock *ms);
void mytcp_undo_resent(struct sock *sk, u64 ns);
void mytcp_undo_check(struct sock *sk, const struct mytcp_acked *acked);
void mytcp_undo(struct sock *sk);

#endif /* _MYTCP_UNDO_H */
