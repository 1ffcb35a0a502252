/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that came by IPv4, whichever way they were handed to us: the hook
 * (protocol 6) or the IP layer (protocol 253).
 */
#ifndef _MYTCP_IPV4_H
#define _MYTCP_IPV4_H

#include <linux/ip.h>
#include <linux/netdevice.h>
#include <net/route.h>

#include "node.h"

struct mytcp_node;
struct sk_buff;
struct sock;

/* The first four bytes of a TCP header. */
struct mytcp_ports {
	__be16 source;
	__be16 dest;
};

/*
 * RFC 9293 3.9.2.3 (MUST-57): a segment for a broadcast or multicast address is
 * nobody's; so is one that a switch flooded to us. The IP layer has refused such
 * addresses as a source already.
 * Rules: MUST-63
 */
static inline bool mytcp_ipv4_for_host(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && skb_rtable(skb) &&
	       skb_rtable(skb)->rt_type == RTN_LOCAL;
}

static inline void mytcp_ipv4_tuple(struct mytcp_tuple *tuple, struct net *net,
				    const struct sk_buff *skb,
				    const struct iphdr *iph,
				    const struct mytcp_ports *ports)
{
	*tuple = (struct mytcp_tuple) {
		.net = net,
		.laddr.v4 = iph->daddr,
		.raddr.v4 = iph->saddr,
		.lport = ports->dest,
		.rport = ports->source,
		.dif = inet_iif(skb),
		.wire = iph->protocol,
		.family = AF_INET,
	};
}

void mytcp_ipv4_rcv(struct sk_buff *skb, const struct mytcp_tuple *tuple,
		    struct mytcp_node *node, struct sock *listener);

#endif /* _MYTCP_IPV4_H */
