/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the connection floor asks of the network below it: ipv4.c answers, later
 * ipv6.c, and in KUnit a layer that catches segments instead of sending them.
 */
#ifndef _MYTCP_LOWER_H
#define _MYTCP_LOWER_H

#include <linux/skbuff.h>

#include "node.h"

struct ip_options_rcu;
struct mytcp_metrics;
struct mytcp_request;
struct sock;
struct sockaddr;

/**
 * struct mytcp_reply - where a segment goes that no connection's socket sends
 * @tuple: the connection that it belongs to or pretends to; "local" is our end
 * @sk: the listener, or whoever refused the segment, or NULL: for routing policy
 *	and firewalls, never charged
 * @mark: of the packet, 0: none
 * @tos: of the packet
 * @route_tos: by what it is routed: not what a peer has chosen, which @tos may be
 * @is_rst: RST is set
 * @back: a source route along which it goes, or NULL
 *
 * An RST, a TIME_WAIT entry's or a request's ACK, a SYN-ACK.
 */
struct mytcp_reply {
	struct mytcp_tuple tuple;
	const struct sock *sk;
	u32 mark;
	u8 tos;
	u8 route_tos;
	bool is_rst;
	const struct ip_options_rcu *back;
};

/**
 * struct mytcp_lower - a network layer
 * @net_header: bytes of its header without options: 20 or 40
 * @connect: name the peer of an active open, and ourselves when bind() has not.
 *	Sets the socket's addresses, the peer's port, its route and node.tuple,
 *	whose lport is inet_sport (0: to be chosen by mytcp_port_connect(), then
 *	@reroute). Socket locked, may sleep. 0, or an error of connect(2) and the
 *	socket is as before.
 * @disconnect: forget the peer, the route, and the local address if connect()
 *	and not bind() set it. Socket locked.
 * @reroute: make the route anew unless it is still good for the present ports:
 *	before the first SYN and its repetitions. Socket locked. 0 or
 *	-ENETUNREACH, -EHOSTUNREACH, ...
 * @xmit: send one segment of a connection, with @ecn (INET_ECN_*) in the two bits of
 *	the packet that are not the user's. The TCP header stands at skb->data
 *	and is complete but for the checksum, skb->sk is set, and the GSO fields
 *	if it is larger than a packet, which is allowed when sk_can_gso().
 *	Consumes skb. Socket locked, or its spin lock held. 0, -errno, or
 *	a positive NET_XMIT code: dropped below, but not an error.
 * @reply: send a segment that no socket owns, built as for @xmit, skb->sk is
 *	NULL. Consumes skb. Soft-irq or process, RCU.
 * @mtu: bytes of TCP, header included, that a packet on the socket's route may
 *	carry now; 0: there is no route. Socket locked.
 * @update_mtu: ICMP says that a packet on the socket's route may have no more
 *	than so many bytes, IP header included; 0: the router does not say.
 *	Returns what @mtu returns from now on. Socket locked, not owned.
 * @metrics: what the route of the socket, or without one that to the peer of @reply,
 *	says (metrics.h). false: there is none. Socket locked, or soft-irq and RCU.
 * @way_back: the source route back to where a segment for a listener came from, to be
 *	freed by kfree(); NULL: none, as nearly always. Soft-irq.
 * @child: a listener's clone in SYN_RECV for @req; skb is its final ACK, or SYN: set
 *	addresses, source route and route. 0 or -errno. Child's spin lock held.
 * @tos: the octet of the packet that a segment came in that has DSCP and ECN field. Any
 *	context.
 * @wants_ecn: does the route of the socket, or without one that to the peer of @reply,
 *	ask for ECN (RTAX_FEATURE_ECN, or by the algorithm that it names)? Socket locked,
 *	or soft-irq and RCU.
 * @policy_ok: do IPsec policy and IP_MINTTL let the socket (NULL: nobody's) have the
 *	segment?
 *	Soft-irq, RCU.
 */
struct mytcp_lower {
	u8 net_header;

	int (*connect)(struct sock *sk, struct sockaddr *uaddr, int len);
	void (*disconnect)(struct sock *sk);
	int (*reroute)(struct sock *sk);
	int (*xmit)(struct sock *sk, struct sk_buff *skb, u8 ecn);
	void (*reply)(const struct mytcp_reply *reply, struct sk_buff *skb);
	u32 (*mtu)(struct sock *sk);
	u32 (*update_mtu)(struct sock *sk, u32 mtu);
	bool (*metrics)(struct sock *sk, const struct mytcp_reply *reply,
			struct mytcp_metrics *m);
	struct ip_options_rcu *(*way_back)(struct net *net, const struct sk_buff *skb);
	int (*child)(struct sock *child, const struct mytcp_request *req,
		     struct sk_buff *skb);
	u8 (*tos)(const struct sk_buff *skb);
	bool (*wants_ecn)(struct sock *sk, const struct mytcp_reply *reply);
	bool (*policy_ok)(struct sock *sk, struct sk_buff *skb);
};

extern const struct mytcp_lower mytcp_ipv4;

#endif /* _MYTCP_LOWER_H */
