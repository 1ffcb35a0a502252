/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that no connection's socket sends: the RST that answers a stray
 * (RFC 9293 3.10.7.1), the ACKs and SYN-ACKs of requests and TIME_WAIT entries.
 */
#ifndef _MYTCP_REPLY_H
#define _MYTCP_REPLY_H

#include "lower.h"
#include "wire.h"

struct net;
struct sk_buff;
struct sock;

/**
 * struct mytcp_reply_segment - what it says
 * @seq: SEG.SEQ
 * @ack: SEG.ACK, 0 without MYTCP_FLAG_ACK
 * @wnd: SEG.WND as on the wire, not scaled
 * @flags: MYTCP_FLAG_*
 * @again: it was sent before: counted as retransmitted
 * @opt: the options, all zero: none
 */
struct mytcp_reply_segment {
	u32 seq;
	u32 ack;
	u16 wnd;
	u8 flags;
	bool again;
	struct mytcp_options opt;
};

void mytcp_reply_send(const struct mytcp_lower *lower, const struct mytcp_reply *to,
		      const struct mytcp_reply_segment *segment);
void mytcp_reply_reset(const struct mytcp_lower *lower, const struct mytcp_tuple *tuple,
		       const struct sock *sk, struct sk_buff *skb,
		       const struct mytcp_segment *seg);
u32 mytcp_reply_mark(const struct net *net, const struct sock *sk,
		     const struct sk_buff *skb);
bool mytcp_challenge_allowed(struct net *net);
bool mytcp_oow_allowed(const struct net *net, u64 now, u64 *last);

#endif /* _MYTCP_REPLY_H */
