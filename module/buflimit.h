/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far buffers grow by themselves: to what net.ipv4.tcp_rmem and tcp_wmem say. But
 * as long as nobody has set these, they are what the kernel sets at boot, 6 and 4 MB:
 * too little for 1 Gbit/s over 100 ms, 12.5 MB on the way. Then mytcp has maxima of its
 * own: the kernel's own receive buffer has 32 MB since 6.16.
 *
 * An administrator who writes one of the three numbers of a sysctl writes all three, so
 * one that differs tells that the maximum is meant, too. Where memory is small, below
 * 768 MB, the kernel has less than 6 and 4 MB at boot, its share of memory; that is known
 * to be its own, too (mytcp_buflimit_is_boot()).
 */
#ifndef _MYTCP_BUFLIMIT_H
#define _MYTCP_BUFLIMIT_H

#include <net/sock.h>

#include "compat.h"

/* Module parameters, in octets; 0: what the kernel has holds. No lock needed. */
extern unsigned int mytcp_rcvbuf_max;
extern unsigned int mytcp_sndbuf_max;

/**
 * struct mytcp_buflimit_boot - how the kernel sets tcp_rmem or tcp_wmem at boot
 * @first: octets that a new socket has
 * @floor: octets that the most is not less than, however little memory there is
 * @cap: octets that it is not more than
 */
struct mytcp_buflimit_boot {
	u32 first;
	u32 floor;
	u32 cap;
};

extern const struct mytcp_buflimit_boot mytcp_buflimit_rmem;
extern const struct mytcp_buflimit_boot mytcp_buflimit_wmem;

void mytcp_buflimit_init(const long *mem);
long *mytcp_buflimit_tcp_mem(void);
unsigned long mytcp_buflimit_boot_memory(const long *mem, unsigned long now);
bool mytcp_buflimit_is_boot(const int sysctl[3], const struct mytcp_buflimit_boot *boot,
			    unsigned long sixteenth);
u32 mytcp_rcvbuf_most(const struct net *net);
u32 mytcp_sndbuf_most(const struct net *net);

/* May a buffer grow? Only while all connections together have little memory. */
static inline bool mytcp_memory_plenty(const struct sock *sk)
{
	return !sk_under_memory_pressure(sk) &&
	       sk_memory_allocated(sk) < sk_prot_mem_limits(sk, 0);
}

#endif /* _MYTCP_BUFLIMIT_H */
