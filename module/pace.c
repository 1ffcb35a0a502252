// SPDX-License-Identifier: GPL-2.0
/*
 * How fast data leave: see pace.h.
 */
#include <linux/math64.h>

#include "output.h"
#include "pace.h"
#include "sendqueue.h"

/*
 * A connection's first segments are not paced, as fq does it: many have no more, and
 * of the path's rate nothing is known yet.
 */
#define PACE_FREE_SEGMENTS	10

/* Beyond it the products below might not fit. */
#define PACE_WINDOW_MAX		BIT(20)

/*
 * A window in each round trip, and more of it, so that it can grow: twice as much in
 * slow start, until it comes near to its end. As Linux's tcp_update_pacing_rate().
 */
static u64 pace_window_rate(const struct sock *sk)
{
	const struct netns_ipv4 *net = &sock_net(sk)->ipv4;
	const struct mytcp_sock *ms = mytcp_sk(sk);
	const struct mytcp_cong *c = &ms->cong;
	u64 rate = (u64)ms->mss * min_t(u32, max(c->cwnd, ms->packets_out), PACE_WINDOW_MAX);

	if (c->cwnd < c->ssthresh / 2)
		rate *= READ_ONCE(net->sysctl_tcp_pacing_ss_ratio);
	else
		rate *= READ_ONCE(net->sysctl_tcp_pacing_ca_ratio);
	/* Percent; SRTT times 8 */
	return div_u64(rate * (USEC_PER_SEC / 100 * 8), ms->rtt.srtt_us);
}

/**
 * mytcp_pace_update() - the window or the round trip has changed: so does the rate
 * @sk: locked
 */
void mytcp_pace_update(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u64 rate = ms->cong.pacing_rate;

	if (rate) {
		/* It may become SK_PACING_FQ at any time. */
		if (READ_ONCE(sk->sk_pacing_status) == SK_PACING_NONE)
			cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
	} else {
		if (!ms->rtt.srtt_us)
			return;
		rate = pace_window_rate(sk);
	}
	WRITE_ONCE(sk->sk_pacing_rate,
		   min_t(u64, rate, READ_ONCE(sk->sk_max_pacing_rate)));
}

/**
 * mytcp_pace_advance() - data are sent: when may the next leave?
 * @sk: locked, ms->now set; pacing is on
 * @len: octets
 *
 * Whoever is late may make up for it, by half the distance at most: timers are.
 */
void mytcp_pace_advance(struct sock *sk, u32 len)
{
	unsigned long rate = READ_ONCE(sk->sk_pacing_rate);
	struct mytcp_sock *ms = mytcp_sk(sk);
	u64 late = ms->now > ms->pace_ns ? ms->now - ms->pace_ns : 0;
	u64 wait;

	ms->pace_ns += late;
	if (rate == ~0UL || !rate || ms->data_segs_out < PACE_FREE_SEGMENTS)
		return;
	wait = div64_ul((u64)len * NSEC_PER_SEC, rate);
	ms->pace_ns += wait - min(wait / 2, late);
}

/**
 * mytcp_pace_due() - the time has come for the next data
 * @sk: locked, ms->now set
 */
void mytcp_pace_due(struct sock *sk)
{
	mytcp_resume(sk);
}

/**
 * mytcp_pace_burst() - octets that go in one piece
 * @sk: locked
 * @mss: octets of a full segment
 *
 * A millisecond's at the rate, tcp_min_tso_segs at least. A short round trip, which
 * is one in a data centre, doubles it and more (tcp_tso_rtt_log): there the work for
 * each piece counts, and queues are short in time. Linux's tcp_tso_autosize().
 *
 * Return: a multiple of @mss.
 */
u32 mytcp_pace_burst(const struct sock *sk, u32 mss)
{
	const struct netns_ipv4 *net = &sock_net(sk)->ipv4;
	u32 most = mytcp_gso_max(sk, mss);
	u32 far = mytcp_sk(sk)->rtt.min_rtt_us >> READ_ONCE(net->sysctl_tcp_tso_rtt_log);
	u64 burst;

	if (!far || most == mss)
		return most;
	burst = READ_ONCE(sk->sk_pacing_rate) >> READ_ONCE(sk->sk_pacing_shift);
	if (far < BITS_PER_TYPE(most))
		burst += most >> far;
	if (burst >= most)
		return most;
	return min(most, max_t(u32, (u32)burst / mss, READ_ONCE(net->sysctl_tcp_min_tso_segs)) *
			 mss);
}
