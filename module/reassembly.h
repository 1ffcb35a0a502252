/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Putting segments in order: RFC 9293 3.10.7.4, seventh; and the SACK blocks that
 * report what waits out of order (RFC 2018).
 */
#ifndef _MYTCP_REASSEMBLY_H
#define _MYTCP_REASSEMBLY_H

#include "sock.h"

/* Queue an in-window segment's text; skb->data at the text. Consumes skb. */
void mytcp_receive_text(struct sock *sk, struct sk_buff *skb);
/* The SACK blocks to send now, at most "max". */
u8 mytcp_sack_blocks(const struct mytcp_sock *ms, struct mytcp_sack_block *out, u8 max);
void mytcp_reassembly_purge(struct sock *sk);

#endif /* _MYTCP_REASSEMBLY_H */
