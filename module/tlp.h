/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tail loss probes, RFC 8985 section 7: when the last segments of a flight are
 * lost nothing comes back that would tell of it. So well before the retransmission
 * timer one more is sent, whose SACK does.
 */
#ifndef _MYTCP_TLP_H
#define _MYTCP_TLP_H

#include "recovery.h"
#include "sock.h"

void mytcp_tlp_schedule(struct sock *sk);
void mytcp_tlp_cancel(struct sock *sk);
void mytcp_tlp_due(struct sock *sk);
bool mytcp_tlp_duplicate(const struct mytcp_sock *ms, const struct mytcp_acked *acked);
void mytcp_tlp_ack(struct sock *sk, const struct mytcp_acked *acked);

#endif /* _MYTCP_TLP_H */
