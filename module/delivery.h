/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a connection's segments tell the delivery rate's estimator (rate.h), and what
 * its samples tell congestion control. All with the socket's lock held.
 */
#ifndef _MYTCP_DELIVERY_H
#define _MYTCP_DELIVERY_H

#include "sock.h"

struct mytcp_acked;

void mytcp_delivery_sent(struct sock *sk, struct sk_buff *skb);
void mytcp_delivery_acked(struct mytcp_sock *ms, const struct mytcp_skb_cb *cb,
			  struct mytcp_rate_flight flight, u32 segs,
			  struct mytcp_acked *acked);
void mytcp_delivery_lost(struct mytcp_sock *ms, struct sk_buff *skb);
void mytcp_delivery_start(struct sock *sk);
void mytcp_delivery_check_app(struct sock *sk);
void mytcp_delivery_ack(struct sock *sk, const struct mytcp_acked *acked);
void mytcp_delivery_control(struct sock *sk, struct mytcp_acked *acked);

/*
 * How things stood when a buffer was sent. Its control block is full: this stands in
 * the place of its time stamp, which nobody looks at as long as it is in our queue;
 * what goes out is a clone, and gets one.
 */
static inline struct mytcp_rate_flight *mytcp_flight(struct sk_buff *skb)
{
	static_assert(sizeof(struct mytcp_rate_flight) == sizeof_field(struct sk_buff, tstamp));
	return (struct mytcp_rate_flight *)&skb->tstamp;
}

#endif /* _MYTCP_DELIVERY_H */
