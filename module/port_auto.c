// SPDX-License-Identifier: GPL-2.0
/*
 * Ports for connections: see port_auto.h.
 */
#include <linux/random.h>
#include <linux/siphash.h>
#include <net/ip.h>

#include "demux.h"
#include "isn.h"
#include "pernet.h"
#include "port.h"
#include "port_auto.h"
#include "reserve.h"
#include "sock.h"
#include "timewait.h"

#define PORT_COUNTERS	1024U

/* RFC 6056 section 3.3.4: a counter for each group of destinations. */
static u32 port_counters[PORT_COUNTERS];
static siphash_key_t port_counter_key __read_mostly;

/**
 * mytcp_port_is_automatic() - may a socket be given this port without naming it?
 * @net: the namespace
 * @port: host byte order
 * @wire: the IP protocol number
 *
 * Context: process.
 * Return: false when somebody has bound to it, in either stack, or the
 * administrator keeps it.
 */
bool mytcp_port_is_automatic(struct net *net, u16 port, u8 wire)
{
	return !inet_is_local_reserved_port(net, port) &&
	       !mytcp_port_in_use(net, port, wire) &&
	       (wire != IPPROTO_TCP || !mytcp_reserve_bound(net, port));
}

/**
 * mytcp_port_range() - the ports that are given to sockets that name none
 * @net: the namespace
 * @lo: the first one, host byte order
 *
 * Return: how many there are.
 */
u32 mytcp_port_range(const struct net *net, u16 *lo)
{
	const struct mytcp_pernet *pernet = mytcp_pernet(net);
	u16 hi = READ_ONCE(pernet->port_hi);

	*lo = READ_ONCE(pernet->port_lo);
	return hi >= *lo ? hi - *lo + 1 : 0;
}

/* The tuple is taken: by a TIME_WAIT entry that may go? Then it is gone. */
static bool port_take_over(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_node *holder;
	u32 isn_min, ts_recent;
	bool taken = false;

	rcu_read_lock();
	local_bh_disable();
	holder = mytcp_demux_find(&ms->node.tuple);
	if (holder && holder->kind == MYTCP_NODE_TIMEWAIT)
		taken = mytcp_timewait_reuse(container_of(holder,
							  struct mytcp_timewait,
							  node),
					     &isn_min, &ts_recent);
	local_bh_enable();
	rcu_read_unlock();
	if (!taken)
		return false;

	ms->iss = isn_min;
	ms->ts_recent = ts_recent;
	ms->ts_recent_ns = mytcp_clock();
	return true;
}

/* Connect from this port, if the tuple is free. */
static int port_try(struct sock *sk, u16 port)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int err;

	ms->node.tuple.lport = htons(port);
	if (mytcp_reserve_connected(&ms->node.tuple))
		return -EADDRNOTAVAIL;
	err = mytcp_demux_add(&ms->node);
	if (err && port_take_over(sk))
		err = mytcp_demux_add(&ms->node);
	if (err)
		return err;

	inet_sk(sk)->inet_num = port;
	inet_sk(sk)->inet_sport = htons(port);
	return 0;
}

/*
 * RFC 6056 section 3.3.4, algorithm 4: where the search begins is a secret of the
 * destination, and moves on with each connection to it.
 */
static int port_connect_any(struct sock *sk)
{
	const struct mytcp_tuple *t = &mytcp_sk(sk)->node.tuple;
	struct {
		union mytcp_addr laddr;
		union mytcp_addr raddr;
		__be32 rport;
	} peer = { t->laddr, t->raddr, (__force __be32)t->rport };
	u32 *counter, i, first, range;
	u16 lo, port;

	range = mytcp_port_range(t->net, &lo);
	if (!range)
		return -EADDRNOTAVAIL;
	counter = &port_counters[mytcp_port_offset(&port_counter_key, &peer,
						   sizeof(peer)) % PORT_COUNTERS];
	first = (READ_ONCE(*counter) +
		 mytcp_port_offset(&mytcp_pernet(t->net)->isn_key, &peer,
				   sizeof(peer))) % range;
	for (i = 0; i < range; i++) {
		port = lo + (first + i) % range;
		if (!mytcp_port_is_automatic(t->net, port, t->wire) ||
		    port_try(sk, port))
			continue;
		/* Inexact when two do so at once, which does no harm. */
		WRITE_ONCE(*counter, READ_ONCE(*counter) + i + 1);
		return 0;
	}
	return -EADDRNOTAVAIL;
}

/**
 * mytcp_port_connect() - find a port for a connection and hash it
 * @sk: locked; all but lport of its node's tuple is set; bound or not
 *
 * A socket that is bound keeps its port, any other gets one, without a bucket and
 * without a reservation: that would cost more than the connection. Sets inet_num,
 * inet_sport and lport, and adds the node to the demultiplexer. Over a TIME_WAIT
 * entry (RFC 6191) iss becomes the least ISN allowed, and ts_recent the peer's
 * latest timestamp; else iss becomes 0.
 *
 * Context: process.
 * Return: 0, or -EADDRNOTAVAIL when the tuple, or every one of them, is taken.
 */
int mytcp_port_connect(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u16 port = inet_sk(sk)->inet_num;
	int err;

	ms->iss = 0;
	err = port ? port_try(sk, port) : port_connect_any(sk);
	if (err)
		ms->node.tuple.lport = htons(port);
	return err;
}

/**
 * mytcp_port_auto_init_module() - draw what no peer may guess
 */
void mytcp_port_auto_init_module(void)
{
	get_random_bytes(&port_counter_key, sizeof(port_counter_key));
	get_random_bytes(port_counters, sizeof(port_counters));
}
