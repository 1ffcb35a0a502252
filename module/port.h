/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local ports: bind buckets, their reservation in the kernel's own TCP, and the
 * choice of automatic ports (RFC 6056).
 */
#ifndef _MYTCP_PORT_H
#define _MYTCP_PORT_H

#include "sock.h"

#define MYTCP_PORT_LO	16384
#define MYTCP_PORT_HI	32767

/*
 * One (namespace, wire, local address, port, bound device): who is bound to it.
 * The bucket owns one kernel TCP socket bound to the same address and port (not
 * for wire 253, not for automatic ports until listen()), so that the kernel
 * refuses the port to others; a listener's reservation listens, too, so that a
 * second listener is refused in whichever stack.
 */
struct mytcp_bucket;

int mytcp_port_init_module(void);
void mytcp_port_exit_module(void);

/*
 * bind(2) for inet_rcv_saddr and "port" (host order; 0: choose one). May sleep.
 * Socket locked. Sets inet_num, inet_sport, bucket. -EADDRINUSE, -EACCES, ...
 */
int mytcp_port_bind(struct sock *sk, u16 port);
/*
 * connect(2) without bind(): choose a port for the complete tuple (all but lport
 * is set in ms->node.tuple), add the node to the demultiplexer. No reservation.
 * May reuse a TIME_WAIT entry (then ms->iss and ts_recent are set by it).
 * -EADDRNOTAVAIL. Socket locked.
 */
int mytcp_port_connect(struct sock *sk);
/* listen(2): make the reservation listen, refuse a second listener. May sleep. */
int mytcp_port_listen(struct sock *sk);
void mytcp_port_unlisten(struct sock *sk);
/* A child shares its listener's bucket; a TIME_WAIT entry its connection's. */
void mytcp_port_share(struct sock *child, const struct sock *listener);
struct mytcp_bucket *mytcp_port_hold(struct mytcp_bucket *bucket);
void mytcp_port_drop(struct mytcp_bucket *bucket);	/* any context */
/* The socket leaves its port. Any context. */
void mytcp_port_release(struct sock *sk);

#endif /* _MYTCP_PORT_H */
