// SPDX-License-Identifier: GPL-2.0
/*
 * The limits of buffers: see buflimit.h.
 */
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/swap.h>

#include "buflimit.h"

/*
 * A part of memory, half of that at which pressure begins (sock.c): what a buffer may
 * have when it is alone. Together they may not have more than mytcp_memory_plenty().
 */
#define BUFLIMIT_SHARE_SHIFT	5

unsigned int mytcp_rcvbuf_max = SZ_32M;
unsigned int mytcp_sndbuf_max = SZ_32M;

/* Of the kernel's TCP at boot, 6.1 to 6.15: least, of a new socket, most. */
static const int buflimit_rmem_boot[3] = { PAGE_SIZE, SZ_128K, 6 * SZ_1M };
static const int buflimit_wmem_boot[3] = { PAGE_SIZE, SZ_16K, SZ_4M };

/**
 * mytcp_buflimit_init() - the parameters are given: no more than a share of memory
 */
void mytcp_buflimit_init(void)
{
	u64 share = (u64)nr_free_buffer_pages() << PAGE_SHIFT >> BUFLIMIT_SHARE_SHIFT;

	mytcp_rcvbuf_max = min_t(u64, mytcp_rcvbuf_max, share);
	mytcp_sndbuf_max = min_t(u64, mytcp_sndbuf_max, share);
}

/* The sysctl's maximum, or what is ours if that is more and nobody has set the sysctl. */
static u32 buflimit_most(const int sysctl[3], const int boot[3], u32 ours)
{
	u32 most = READ_ONCE(sysctl[2]);

	if (most != boot[2] || READ_ONCE(sysctl[1]) != boot[1] ||
	    READ_ONCE(sysctl[0]) != boot[0])
		return most;
	return max(most, min_t(u32, ours, INT_MAX));
}

/**
 * mytcp_rcvbuf_most() - the most that a receive buffer grows to by itself
 * @net: its namespace
 *
 * Return: octets of memory.
 */
u32 mytcp_rcvbuf_most(const struct net *net)
{
	return buflimit_most(net->ipv4.sysctl_tcp_rmem, buflimit_rmem_boot,
			     READ_ONCE(mytcp_rcvbuf_max));
}

/**
 * mytcp_sndbuf_most() - the most that a send buffer grows to by itself
 * @net: its namespace
 *
 * Return: octets of memory.
 */
u32 mytcp_sndbuf_most(const struct net *net)
{
	return buflimit_most(net->ipv4.sysctl_tcp_wmem, buflimit_wmem_boot,
			     READ_ONCE(mytcp_sndbuf_max));
}
