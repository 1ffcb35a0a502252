/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local ports: bind buckets and their reservation in the kernel's own TCP.
 *
 * Locks, outer to inner:
 *	lock_sock() of our socket
 *	the port mutex: bind, listen and what gives reservations back
 *	lock_sock() of a reservation (a kernel's TCP socket)
 * and of spin locks with bottom halves off: a socket's, then a chain's of
 * buckets, which is the innermost.
 */
#ifndef _MYTCP_PORT_H
#define _MYTCP_PORT_H

#include <linux/types.h>

struct mytcp_bucket;
struct mytcp_tuple;
struct net;
struct sock;

void mytcp_port_init_module(void);
void mytcp_port_exit_module(void);

void mytcp_port_local_name(const struct sock *sk, struct mytcp_tuple *name);
int mytcp_port_bind(struct sock *sk, u16 port);
int mytcp_port_listen(struct sock *sk);
void mytcp_port_unlisten(struct sock *sk);
bool mytcp_port_share(struct sock *child, const struct sock *listener);
void mytcp_port_release(struct sock *sk);
bool mytcp_port_in_use(const struct net *net, u16 port, u8 wire);
void mytcp_port_settle(void);

struct mytcp_bucket *mytcp_port_hold(struct mytcp_bucket *bucket, bool reuse);
void mytcp_port_drop(struct mytcp_bucket *bucket, bool reuse);

#endif /* _MYTCP_PORT_H */
