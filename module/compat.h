/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels that mytcp builds on (6.1 and 6.12).
 * No other file asks for a version.
 */
#ifndef _MYTCP_COMPAT_H
#define _MYTCP_COMPAT_H

#include <linux/version.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#include <net/proto_memory.h>
#include <net/rps.h>
#else
#include <asm/unaligned.h>
#endif

/**
 * mytcp_compat_net_downgrade() - a socket gives up its reference on its namespace
 * @sk: a user's socket (sk_net_refcnt is set) that became an orphan
 *
 * Afterwards it counts as a kernel's socket: the namespace's exit has to end it.
 * The reverse of sk_net_refcnt_upgrade().
 */
static inline void mytcp_compat_net_downgrade(struct sock *sk)
{
	struct net *net = sock_net(sk);

	sk->sk_net_refcnt = 0;
	sock_inuse_add(net, -1);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	net_passive_inc(net);
	put_net_track(net, &sk->ns_tracker);
	__netns_tracker_alloc(net, &sk->ns_tracker, false, GFP_ATOMIC);
#else
	put_net_track(net, &sk->ns_tracker);
#endif
}

/* Copy a small segment out of a large page; 6.1 does not export it: it stays. */
static inline void mytcp_compat_skb_condense(struct sk_buff *skb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	skb_condense(skb);
#endif
}

/* When a packet is to leave, nanoseconds of CLOCK_MONOTONIC: for fq. */
static inline void mytcp_compat_set_departure(struct sk_buff *skb, u64 ns)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	skb_set_delivery_time(skb, ns_to_ktime(ns), SKB_CLOCK_MONOTONIC);
#else
	skb_set_delivery_time(skb, ns_to_ktime(ns), true);
#endif
}

/* What follows the two sockets in struct proto_ops' accept(), other since 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define MYTCP_COMPAT_ACCEPT_ARGS	struct proto_accept_arg *arg
#define MYTCP_COMPAT_ACCEPT_FLAGS	(arg->flags)
#else
#define MYTCP_COMPAT_ACCEPT_ARGS	int flags, bool kern
#define MYTCP_COMPAT_ACCEPT_FLAGS	flags
#endif

/* IP_MULTICAST_LOOP and IP_MULTICAST_ALL are on in a new socket. */
static inline void mytcp_compat_multicast_defaults(struct sock *sk)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	inet_set_bit(MC_LOOP, sk);
	inet_set_bit(MC_ALL, sk);
#else
	inet_sk(sk)->mc_loop = 1;
	inet_sk(sk)->mc_all = 1;
#endif
}

/* net.ipv4.tcp_rto_min_us, in microseconds: Linux's TCP_RTO_MIN where there is none. */
static inline u32 mytcp_compat_rto_min_us(const struct net *net)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	return READ_ONCE(net->ipv4.sysctl_tcp_rto_min_us);
#else
	return 200000;
#endif
}

/* Has the user asked for IP_RECVERR? */
static inline bool mytcp_compat_recverr(const struct sock *sk)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return inet_test_bit(RECVERR, sk);
#else
	return inet_sk(sk)->recverr;
#endif
}

#endif /* _MYTCP_COMPAT_H */
