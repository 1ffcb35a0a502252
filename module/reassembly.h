/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Putting text in order: RFC 9293 3.10.7.4, seventh; and the SACK blocks that
 * report what waits out of order (RFC 2018).
 *
 * sk_receive_queue holds text in order, without gap or overlap, up to RCV.NXT;
 * ms->out_of_order, a tree by sequence number, what lies beyond a gap, without
 * overlap among itself.
 */
#ifndef _MYTCP_REASSEMBLY_H
#define _MYTCP_REASSEMBLY_H

#include "sock.h"

void mytcp_receive_text(struct sock *sk, struct sk_buff *skb);
void mytcp_reassembly_purge(struct sock *sk);

#endif /* _MYTCP_REASSEMBLY_H */
