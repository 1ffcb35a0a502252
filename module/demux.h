/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding the connection of a segment: one hash of nodes (connections, requests,
 * TIME_WAIT entries) by the whole tuple, one of listeners by port. Readers are
 * under RCU, writers take the chain's lock. Then handing the segment to it.
 *
 * References: a hashed socket, connection or listener, has one that is the
 * hash's. mytcp_demux_add() and mytcp_demux_add_listener() take it,
 * mytcp_demux_del() and mytcp_demux_del_listener() give it back when they find
 * the socket hashed; mytcp_demux_replace() gives back the old socket's, and for a
 * new one takes over a reference that the caller has. Requests and TIME_WAIT
 * entries are not counted: whom mytcp_demux_del() or mytcp_demux_replace() tells
 * that it was hashed, owns and frees it.
 */
#ifndef _MYTCP_DEMUX_H
#define _MYTCP_DEMUX_H

#include "node.h"

struct mytcp_lower;
struct sk_buff;
struct sock;

int mytcp_demux_init(void);
void mytcp_demux_exit(void);

struct mytcp_node *mytcp_demux_find(const struct mytcp_tuple *tuple);
struct sock *mytcp_demux_find_listener(const struct mytcp_tuple *tuple);

int mytcp_demux_add(struct mytcp_node *node);
bool mytcp_demux_del(struct mytcp_node *node);
bool mytcp_demux_replace(struct mytcp_node *old, struct mytcp_node *new);

void mytcp_demux_add_listener(struct sock *sk);
bool mytcp_demux_del_listener(struct sock *sk);

void mytcp_demux_rcv(struct sk_buff *skb, const struct mytcp_lower *lower,
		     const struct mytcp_tuple *tuple, struct mytcp_node *node,
		     struct sock *listener);

/**
 * struct mytcp_walk - a place in the walk through everything that is hashed
 * @net: the network namespace, NULL: all
 * @bucket: chain, the connections' before the listeners'; 0 to begin with
 * @skip: objects of @net in it that were visited; 0 to begin with
 */
struct mytcp_walk {
	struct net *net;
	unsigned int bucket;
	unsigned int skip;
};

int mytcp_demux_walk(struct mytcp_walk *walk,
		     int (*fn)(struct mytcp_node *node, struct sock *listener,
			       void *arg),
		     void *arg);

#endif /* _MYTCP_DEMUX_H */
