/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Passive opens that hold no state until the final ACK: SYN cookies, RFC 4987, for
 * net.ipv4.tcp_syncookies. What such a cookie is: cookie.h.
 */
#ifndef _MYTCP_STATELESS_H
#define _MYTCP_STATELESS_H

#include "node.h"
#include "wire.h"

struct sk_buff;
struct sock;

void mytcp_stateless_syn(struct sock *listener, struct sk_buff *skb,
			 const struct mytcp_tuple *tuple,
			 const struct mytcp_segment *seg);
bool mytcp_stateless_sent(const struct sock *listener, const struct mytcp_tuple *tuple,
			  const struct mytcp_segment *seg);
bool mytcp_stateless_ack(struct sock *listener, struct sk_buff *skb,
			 const struct mytcp_tuple *tuple,
			 const struct mytcp_segment *seg);

#endif /* _MYTCP_STATELESS_H */
