/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding the connection of a segment: one hash of nodes (connections, requests,
 * TIME_WAIT entries) by the whole tuple, one of listeners by port. Readers are
 * under RCU, writers take the chain's lock. Then handing the segment to it.
 */
#ifndef _MYTCP_DEMUX_H
#define _MYTCP_DEMUX_H

#include "node.h"

struct mytcp_lower;
struct sk_buff;
struct sock;

int mytcp_demux_init(void);
void mytcp_demux_exit(void);

/* Lookup, under rcu_read_lock() in BH context or with BH off. NULL: not ours. */
struct mytcp_node *mytcp_demux_find(const struct mytcp_tuple *tuple);
struct sock *mytcp_demux_find_listener(const struct mytcp_tuple *tuple);

/*
 * Add a node. With "unique" it fails with -EADDRNOTAVAIL when the tuple is
 * taken, unless the holder is a TIME_WAIT entry that may be reused (RFC 6191:
 * mytcp_timewait_reuse() decides and fills in *reused).
 */
int mytcp_demux_add(struct mytcp_node *node);
void mytcp_demux_del(struct mytcp_node *node);
/*
 * Replace one node by another of the same tuple in one step, so that no segment
 * can fall between them: request by child, connection by TIME_WAIT. False when
 * "old" was no longer hashed: nothing happened.
 */
bool mytcp_demux_replace(struct mytcp_node *old, struct mytcp_node *new);

void mytcp_demux_add_listener(struct sock *sk);
void mytcp_demux_del_listener(struct sock *sk);

/*
 * A segment for us, from a lower layer: skb->data at the TCP header, which is
 * linear with its options, network header set, length and checksum verified;
 * "node" is what mytcp_demux_find() found or NULL, "listener" likewise (looked
 * for only without a node). Consumes skb. Soft-irq or BH off, RCU.
 */
void mytcp_demux_rcv(struct sk_buff *skb, const struct mytcp_lower *lower,
		     const struct mytcp_tuple *tuple, struct mytcp_node *node,
		     struct sock *listener);

/*
 * Walk all nodes and listeners of a namespace (for /proc, exit): calls fn for
 * each with a reference that it does not need to keep; fn may sleep when
 * "sleepable". Stops when fn returns non-zero.
 */
struct mytcp_walk {
	struct net *net;	/* NULL: all */
	unsigned int bucket;
	unsigned int skip;
};
int mytcp_demux_walk(struct mytcp_walk *walk,
		     int (*fn)(struct mytcp_node *node, struct sock *listener, void *arg),
		     void *arg);

#endif /* _MYTCP_DEMUX_H */
