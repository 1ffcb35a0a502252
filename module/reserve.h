/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own TCP as far as ports go: a reservation is a socket of its, bound
 * as ours and never used, so that it refuses the port to others, and refuses it to
 * us when it is taken. And questions about which ports its sockets have, and its key
 * for Fast Open.
 */
#ifndef _MYTCP_RESERVE_H
#define _MYTCP_RESERVE_H

#include <linux/types.h>

struct mytcp_tuple;
struct net;
struct sock;
struct socket;

int mytcp_reserve(const struct mytcp_tuple *name, struct sock *sk,
		  struct socket **reservation);
int mytcp_reserve_listen(struct socket *reservation, const struct sock *sk);
void mytcp_reserve_unlisten(struct socket *reservation);
void mytcp_reserve_release(struct socket *reservation);

void mytcp_reserve_fastopen_key(struct net *net);
bool mytcp_reserve_bound(struct net *net, u16 port);
bool mytcp_reserve_connected(const struct mytcp_tuple *tuple);

#endif /* _MYTCP_RESERVE_H */
