/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way back along a source route (RFC 791 section 3.1, RFC 9293 section 3.9.2.1): a peer
 * whose SYN came along one is answered along it. IP lets a packet with one reach us only
 * where net.ipv4.conf.*.accept_source_route is set.
 *
 * What the socket sends goes along it, and the answers to a SYN; not what is sent after
 * the socket's end, by TIME-WAIT, nor an RST for a segment that belongs to nothing.
 */
#ifndef _MYTCP_SOURCE_ROUTE_H
#define _MYTCP_SOURCE_ROUTE_H

#include <linux/types.h>

struct ip_options_rcu;
struct net;
struct sk_buff;

/* Octets of the longest: what an IP header has room for, by fours with a 3 before. */
#define MYTCP_SOURCE_ROUTE_MAX	39

u8 mytcp_source_route_reverse(const u8 *recorded, __be32 saddr, u8 *back);
struct ip_options_rcu *mytcp_source_route_back(struct net *net, const struct sk_buff *skb);

#endif /* _MYTCP_SOURCE_ROUTE_H */
