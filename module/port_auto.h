/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports for sockets that do not name one (RFC 6056), and the tuple of a connection
 * that we open.
 */
#ifndef _MYTCP_PORT_AUTO_H
#define _MYTCP_PORT_AUTO_H

#include <linux/types.h>

struct net;
struct sock;

/*
 * Outside of the kernel's default ip_local_port_range, so that the two stacks
 * never choose the same.
 */
#define MYTCP_PORT_LO	16384
#define MYTCP_PORT_HI	32767

void mytcp_port_auto_init_module(void);

u32 mytcp_port_range(const struct net *net, u16 *lo);
bool mytcp_port_is_automatic(struct net *net, u16 port, u8 wire);
int mytcp_port_connect(struct sock *sk);

#endif /* _MYTCP_PORT_AUTO_H */
