/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Putting text in order: RFC 9293 3.10.7.4, seventh.
 *
 * sk_receive_queue holds text in order, without gap or overlap, up to RCV.NXT;
 * ms->out_of_order, a tree by sequence number, what lies beyond a gap, without
 * overlap among itself. Before the connection is open, the tree holds the text of
 * the peer's SYN, which lies beyond nothing but that.
 */
#ifndef _MYTCP_REASSEMBLY_H
#define _MYTCP_REASSEMBLY_H

#include <net/xfrm.h>

#include "sock.h"

void mytcp_receive_text(struct sock *sk, struct sk_buff *skb);
void mytcp_hold_text(struct sock *sk, struct sk_buff *skb);
void mytcp_release_text(struct sock *sk);
void mytcp_reassembly_purge(struct sock *sk);

/**
 * mytcp_skb_detach() - let a segment wait in a queue
 * @skb: how it came no longer matters, and would keep route and device alive
 */
static inline void mytcp_skb_detach(struct sk_buff *skb)
{
	skb_dst_drop(skb);
	secpath_reset(skb);
	skb->dev = NULL;
}

#endif /* _MYTCP_REASSEMBLY_H */
