/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a segment finds in the demultiplexer: a node, which is the head of a
 * connection (struct mytcp_sock), of a request in the SYN queue (struct
 * mytcp_request) or of a TIME_WAIT entry (struct mytcp_timewait).
 *
 * Lifetime: whoever hashes a node holds the reference that the hash owns until
 * the node is unhashed; the memory is freed only after an RCU grace period. So
 * a reader inside rcu_read_lock_bh() or soft-irq may look at the node without a
 * reference, take the object's lock and then ask whether it is still alive
 * (a socket that is not TCP_CLOSE; mytcp_node_hashed() for the others).
 */
#ifndef _MYTCP_NODE_H
#define _MYTCP_NODE_H

#include <linux/compiler.h>	/* list_nulls.h forgets it */
#include <linux/in6.h>
#include <linux/list_nulls.h>
#include <net/net_namespace.h>

enum mytcp_node_kind {
	MYTCP_NODE_SOCK,
	MYTCP_NODE_REQUEST,
	MYTCP_NODE_TIMEWAIT,
};

/* An address of either family; an IPv4 address leaves the last 12 bytes 0. */
union mytcp_addr {
	__be32 v4;
	struct in6_addr v6;
};

/* The name of a connection: "local" is always our end. */
struct mytcp_tuple {
	struct net *net;
	union mytcp_addr laddr;
	union mytcp_addr raddr;
	__be16 lport;
	__be16 rport;
	int dif;		/* bound device's index; 0: any */
	u8 wire;		/* the IP protocol number: 6 or 253 */
	u8 family;		/* AF_INET or AF_INET6 */
};

struct mytcp_node {
	struct hlist_nulls_node hash_link;
	struct mytcp_tuple tuple;
	u8 kind;		/* enum mytcp_node_kind */
};

static inline bool mytcp_node_hashed(const struct mytcp_node *node)
{
	return !hlist_nulls_unhashed_lockless(&node->hash_link);
}

#endif /* _MYTCP_NODE_H */
