// SPDX-License-Identifier: GPL-2.0
/*
 * The limits of buffers: see buflimit.h.
 */
#include <linux/in.h>
#include <linux/limits.h>
#include <linux/net.h>
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

/* Of the kernel's TCP at boot, 6.1 to 6.15. */
const struct mytcp_buflimit_boot mytcp_buflimit_rmem = { SZ_128K, SZ_128K, 6 * SZ_1M };
const struct mytcp_buflimit_boot mytcp_buflimit_wmem = { SZ_16K, SZ_64K, SZ_4M };

/*
 * A sixteenth of the pages that there were at boot. Since then there are more, at least
 * what the initial RAM disk took; but it is also what the kernel has reckoned tcp_mem[1]
 * to be in the same moment. If somebody has set that, it must be today's.
 */
static unsigned long buflimit_sixteenth __read_mostly;

/**
 * mytcp_buflimit_tcp_mem() - net.ipv4.tcp_mem
 *
 * Modules cannot name it; but each socket of the kernel's TCP knows where it is.
 *
 * Context: process; may sleep.
 * Return: its three numbers, which are there as long as the kernel; NULL: no memory.
 */
long *mytcp_buflimit_tcp_mem(void)
{
	struct socket *sock;
	long *mem;

	if (sock_create_kern(&init_net, PF_INET, SOCK_STREAM, IPPROTO_TCP, &sock))
		return NULL;
	mem = sock->sk->sk_prot->sysctl_mem;
	sock_release(sock);
	return mem;
}

/**
 * mytcp_buflimit_boot_memory() - how much memory had the kernel when it began?
 * @mem: tcp_mem, or NULL
 * @now: pages for buffers that there are now
 *
 * Return: a sixteenth of the pages that it had, rounded down.
 */
unsigned long mytcp_buflimit_boot_memory(const long *mem, unsigned long now)
{
	unsigned long low;

	if (!mem)
		return now / 16;
	low = mem[1] / 4 * 3;
	/* As tcp_init() has made the others of it: it is likely that nobody else has. */
	return mem[0] == low && mem[2] == 2 * low ? mem[1] : now / 16;
}

/**
 * mytcp_buflimit_init() - the parameters are given: no more than a share of memory
 * @mem: mytcp_buflimit_tcp_mem()
 */
void mytcp_buflimit_init(const long *mem)
{
	unsigned long pages = nr_free_buffer_pages();
	u64 share = (u64)pages << PAGE_SHIFT >> BUFLIMIT_SHARE_SHIFT;

	mytcp_rcvbuf_max = min_t(u64, mytcp_rcvbuf_max, share);
	mytcp_sndbuf_max = min_t(u64, mytcp_sndbuf_max, share);
	buflimit_sixteenth = mytcp_buflimit_boot_memory(mem, pages);
}

/**
 * mytcp_buflimit_is_boot() - is a sysctl as the kernel has set it at boot?
 * @sysctl: its numbers: least, of a new socket, most
 * @boot: which one it is
 * @sixteenth: of the pages that there were
 *
 * The kernel's limit is a 128th part of memory between a floor and a cap. Up to 15 pages
 * of it are not known.
 */
bool mytcp_buflimit_is_boot(const int sysctl[3], const struct mytcp_buflimit_boot *boot,
			    unsigned long sixteenth)
{
	u64 from = (u64)sixteenth << (PAGE_SHIFT - 3);
	u64 to = from + (15 << (PAGE_SHIFT - 7));
	u32 most = READ_ONCE(sysctl[2]);

	return READ_ONCE(sysctl[0]) == PAGE_SIZE && READ_ONCE(sysctl[1]) == boot->first &&
	       most >= clamp_t(u64, from, boot->floor, boot->cap) &&
	       most <= clamp_t(u64, to, boot->floor, boot->cap);
}

/* The sysctl's maximum, or what is ours if that is more and nobody has set the sysctl. */
static u32 buflimit_most(const int sysctl[3], const struct mytcp_buflimit_boot *boot, u32 ours)
{
	u32 most = READ_ONCE(sysctl[2]);

	if (!mytcp_buflimit_is_boot(sysctl, boot, READ_ONCE(buflimit_sixteenth)))
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
	return buflimit_most(net->ipv4.sysctl_tcp_rmem, &mytcp_buflimit_rmem,
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
	return buflimit_most(net->ipv4.sysctl_tcp_wmem, &mytcp_buflimit_wmem,
			     READ_ONCE(mytcp_sndbuf_max));
}
