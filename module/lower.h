/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the connection floor asks of the network below it: ipv4.c answers, later
 * ipv6.c, and in KUnit a layer that catches segments instead of sending them.
 */
#ifndef _MYTCP_LOWER_H
#define _MYTCP_LOWER_H

#include <linux/skbuff.h>

#include "node.h"

struct mytcp_sock;
struct mytcp_request;

/*
 * Everything that a segment sent without a connection's socket needs: an RST, a
 * TIME_WAIT's or a request's ACK, a SYN-ACK.
 */
struct mytcp_reply {
	struct mytcp_tuple tuple;
	const struct sock *sk;	/* the listener or NULL; for policy, never charged */
	u32 mark;
	u8 tos;
	bool is_rst;
};

struct mytcp_lower {
	u8 net_header;		/* bytes of the network header, for the MSS: 20 or 40 */

	/*
	 * Fill the socket's peer address and port from uaddr, route to it and
	 * choose the local address when none is bound; the local port is
	 * already chosen (inet_sport) or 0: then the route is looked up again
	 * by rebuild(). Socket locked. 0 or -errno of connect(2).
	 */
	int (*connect)(struct sock *sk, struct sockaddr *uaddr, int len);

	/*
	 * Make the socket's route anew (first SYN, after ICMP, after a change of
	 * address): 0 or -EHOSTUNREACH, -ENETUNREACH. Socket locked.
	 */
	int (*reroute)(struct sock *sk);

	/*
	 * Send one segment of a connection: the TCP header stands at skb->data,
	 * check is not filled in, GSO fields are set. Consumes skb. 0, -errno, or
	 * a positive NET_XMIT code (dropped below, but not an error). Socket
	 * locked, or spin lock held.
	 */
	int (*xmit)(struct sock *sk, struct sk_buff *skb);

	/* Send a segment that no socket owns, as above. Consumes skb. */
	void (*reply)(const struct mytcp_reply *reply, struct sk_buff *skb);

	/* Bytes of IP payload that a packet of the socket's route may hold now. */
	u32 (*mtu)(struct sock *sk);

	/*
	 * The MSS that a reply (SYN-ACK) may announce, from the route back to the
	 * request's peer: bytes of TCP payload. 0: no route.
	 */
	u32 (*reply_mss)(const struct mytcp_reply *reply);

	/*
	 * A child socket was cloned for this tuple: set its addresses and route
	 * (skb: the segment that completed the handshake). 0 or -errno. Child's
	 * spin lock held.
	 */
	int (*child)(struct sock *child, const struct mytcp_request *req,
		     struct sk_buff *skb);

	/* The peer acknowledged new data: the neighbour is reachable. */
	void (*confirm)(struct sock *sk);

	/* Is the tuple's peer address one that this host cannot connect to? */
	bool (*policy_ok)(struct sock *sk, struct sk_buff *skb);
};

extern const struct mytcp_lower mytcp_ipv4;

#endif /* _MYTCP_LOWER_H */
