/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LISTEN: a listener, what segments do to it, and its accept queue. Handshakes are
 * request.h's.
 */
#ifndef _MYTCP_LISTEN_H
#define _MYTCP_LISTEN_H

#include "sock.h"

int mytcp_listen_start(struct sock *sk, int backlog);
void mytcp_listen_stop(struct sock *sk);
struct sock *mytcp_accept(struct sock *sk, long timeo);
u32 mytcp_listen_syn_limit(const struct sock *listener);
bool mytcp_listen_lsm_allows(struct sock *listener, struct sk_buff *skb,
			     const struct mytcp_tuple *tuple);
bool mytcp_listen_add_child(struct sock *listener, struct sock *child);

void mytcp_listen_segment(struct sock *listener, struct sk_buff *skb,
			  const struct mytcp_tuple *tuple, u32 isn_min);

/**
 * mytcp_accept_ready() - would accept(2) return at once?
 * @sk: a listener, locked or not
 *
 * Return: true when a connection waits.
 */
static inline bool mytcp_accept_ready(const struct sock *sk)
{
	return !list_empty_careful(&mytcp_sk(sk)->accept_queue);
}

#endif /* _MYTCP_LISTEN_H */
