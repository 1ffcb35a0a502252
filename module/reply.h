/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that no connection's socket sends: the RST that answers a stray
 * (RFC 9293 3.10.7.1), the ACKs and SYN-ACKs of requests and TIME_WAIT entries.
 */
#ifndef _MYTCP_REPLY_H
#define _MYTCP_REPLY_H

#include "lower.h"
#include "wire.h"

struct mytcp_reply_segment {
	u32 seq;
	u32 ack;
	u16 wnd;		/* as on the wire, unscaled */
	u8 flags;
	struct mytcp_options opt;
};

/* Build the segment and send it by "lower". Soft-irq or process context. */
void mytcp_reply_send(const struct mytcp_lower *lower, const struct mytcp_reply *to,
		      const struct mytcp_reply_segment *segment);
/*
 * Answer a segment that has no connection: 3.10.7.1; never answers an RST.
 * "sk" is the listener or connection that refused it, or NULL.
 */
void mytcp_reply_reset(const struct mytcp_lower *lower, const struct mytcp_tuple *tuple,
		       const struct sock *sk, struct sk_buff *skb,
		       const struct mytcp_segment *seg);

#endif /* _MYTCP_REPLY_H */
