/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scoreboard: what SACK blocks say about the segments that are on the way
 * (RFC 2018, RFC 6675 section 4), and the blocks that tell of duplicates (RFC 2883).
 */
#ifndef _MYTCP_SACK_H
#define _MYTCP_SACK_H

#include "recovery.h"
#include "sock.h"

void mytcp_sack_process(struct sock *sk, const struct mytcp_segment *seg,
			struct mytcp_acked *acked);
void mytcp_sack_forget(struct sock *sk);

#endif /* _MYTCP_SACK_H */
