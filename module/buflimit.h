/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far buffers grow by themselves: to what net.ipv4.tcp_rmem and tcp_wmem say. But
 * as long as nobody has set these, they are what the kernel sets at boot, 6 and 4 MB:
 * too little for 1 Gbit/s over 100 ms, 12.5 MB on the way. Then mytcp has maxima of its
 * own: the kernel's own receive buffer has 32 MB since 6.16.
 *
 * An administrator who writes one of the three numbers of a sysctl writes all three, so
 * one that differs tells that the maximum is meant, too. Where memory is small the
 * kernel has less than 6 and 4 MB: that is its share of memory, and it holds.
 */
#ifndef _MYTCP_BUFLIMIT_H
#define _MYTCP_BUFLIMIT_H

#include <net/sock.h>

#include "compat.h"

/* Module parameters, in octets; 0: what the kernel has holds. No lock needed. */
extern unsigned int mytcp_rcvbuf_max;
extern unsigned int mytcp_sndbuf_max;

void mytcp_buflimit_init(void);
u32 mytcp_rcvbuf_most(const struct net *net);
u32 mytcp_sndbuf_most(const struct net *net);

/* May a buffer grow? Only while all connections together have little memory. */
static inline bool mytcp_memory_plenty(const struct sock *sk)
{
	return !sk_under_memory_pressure(sk) &&
	       sk_memory_allocated(sk) < sk_prot_mem_limits(sk, 0);
}

#endif /* _MYTCP_BUFLIMIT_H */
