/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keyed hashes of isn.h applied to a connection's name, so that whoever
 * answers for a tuple - socket, request or TIME_WAIT entry - gets the same.
 */
#ifndef _MYTCP_SECRET_H
#define _MYTCP_SECRET_H

#include <linux/math64.h>
#include <linux/string.h>

#include "isn.h"
#include "node.h"
#include "pernet.h"

/* What is hashed: no padding. */
struct mytcp_secret_input {
	union mytcp_addr laddr;
	union mytcp_addr raddr;
	__be16 lport;
	__be16 rport;
};

/**
 * mytcp_secret_input() - a connection's name as the hashes want it
 * @tuple: its name
 *
 * Return: both ends.
 */
static inline struct mytcp_secret_input
mytcp_secret_input(const struct mytcp_tuple *tuple)
{
	return (struct mytcp_secret_input) {
		.laddr = tuple->laddr,
		.raddr = tuple->raddr,
		.lport = tuple->lport,
		.rport = tuple->rport,
	};
}

/**
 * mytcp_tuple_isn() - initial sequence number for a connection of this name
 * @tuple: its name
 * @now_ns: mytcp_clock()
 *
 * Return: the ISN of RFC 6528.
 */
static inline u32 mytcp_tuple_isn(const struct mytcp_tuple *tuple, u64 now_ns)
{
	struct mytcp_secret_input in = mytcp_secret_input(tuple);

	return mytcp_isn(&mytcp_pernet(tuple->net)->isn_key, &in, sizeof(in),
			 now_ns);
}

/**
 * mytcp_tuple_ts_offset() - timestamp offset towards a peer
 * @tuple: the connection's name, of which the addresses count
 *
 * The ports are left out: timestamps go on from one connection with a peer to
 * the next, which is what RFC 6191 builds on. With net.ipv4.tcp_timestamps = 2
 * there is no offset, as in the kernel.
 *
 * Return: what to add to the millisecond clock for TSval.
 */
static inline u32 mytcp_tuple_ts_offset(const struct mytcp_tuple *tuple)
{
	struct mytcp_secret_input in = {
		.laddr = tuple->laddr,
		.raddr = tuple->raddr,
	};

	if (READ_ONCE(tuple->net->ipv4.sysctl_tcp_timestamps) == 2)
		return 0;
	return mytcp_ts_offset(&mytcp_pernet(tuple->net)->isn_key, &in,
			       sizeof(in));
}

/**
 * mytcp_ts_at() - TSval at a time
 * @ns: the time by mytcp_clock()
 * @offset: from mytcp_tuple_ts_offset()
 *
 * Return: TSval, in milliseconds (RFC 7323 section 5.4).
 */
static inline u32 mytcp_ts_at(u64 ns, u32 offset)
{
	return (u32)div_u64(ns, NSEC_PER_MSEC) + offset;
}

#endif /* _MYTCP_SECRET_H */
