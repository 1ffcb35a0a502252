// SPDX-License-Identifier: GPL-2.0
/*
 * The metrics of routes: see metrics.h.
 */
#include <net/dst.h>

#include "ack.h"
#include "compat.h"
#include "lower.h"
#include "metrics.h"
#include "mss.h"
#include "rcvbuf.h"

/* A route may ask for less; who would pay for the headers? As TCP_MIN_MSS of Linux. */
#define METRICS_ADVMSS_MIN	88U

/*
 * iproute2 locks rto_min whenever it sets it; else it is none. The kernel's own is in
 * jiffies, and may be 0.
 */
static u32 metrics_rto_min_us(const struct dst_entry *dst)
{
	u32 most = MYTCP_RTO_MAX_US / USEC_PER_MSEC;

	if (!dst_metric_locked(dst, RTAX_RTO_MIN))
		return 0;
	return clamp(dst_metric(dst, RTAX_RTO_MIN), 1U, most) * USEC_PER_MSEC;
}

/**
 * mytcp_metrics_read() - what does a route say?
 * @m: where that goes
 * @dst: the route
 *
 * Context: any; RCU.
 */
void mytcp_metrics_read(struct mytcp_metrics *m, const struct dst_entry *dst)
{
	*m = (struct mytcp_metrics) {
		.advmss = max(dst_metric_advmss(dst), METRICS_ADVMSS_MIN),
		.initcwnd = dst_metric(dst, RTAX_INITCWND),
		.initrwnd = dst_metric(dst, RTAX_INITRWND),
		.window = dst_metric(dst, RTAX_WINDOW),
		.rto_min_us = metrics_rto_min_us(dst),
		.congestion = dst_metric(dst, RTAX_CC_ALGO),
		.congestion_locked = dst_metric_locked(dst, RTAX_CC_ALGO),
		.quickack = dst_metric(dst, RTAX_QUICKACK),
		.fastopen_no_cookie = dst_metric(dst, RTAX_FASTOPEN_NO_COOKIE),
	};
}

/* What the socket's route says; nothing when it has just gone. */
static void metrics_of(struct sock *sk, struct mytcp_metrics *m)
{
	if (!mytcp_sk(sk)->lower->metrics(sk, NULL, m))
		*m = (struct mytcp_metrics) { .advmss = MYTCP_MSS_DEFAULT };
}

/*
 * Whatever the user has chosen before. One that we have not got changes nothing, as an
 * unknown net.ipv4.tcp_congestion_control.
 */
static void metrics_congestion(struct mytcp_sock *ms, const struct mytcp_metrics *m)
{
	const struct mytcp_cong_ops *ops = NULL;

	if (m->congestion)
		ops = mytcp_cong_find_key(m->congestion);
	ms->congestion_locked = ops && m->congestion_locked;
	if (!ops)
		return;
	mytcp_cong_release(&ms->cong);
	mytcp_cong_init(&ms->cong, ops, mytcp_first_window(ms));
}

/* What holds in either direction of opening. TCP_WINDOW_CLAMP goes before the route's. */
static void metrics_take(struct sock *sk, const struct mytcp_metrics *m)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->initcwnd = min(m->initcwnd, MYTCP_CWND_MAX);
	/* Not less than a tick may be of the kernel's own timers */
	ms->rto_min_us = m->rto_min_us ?: max_t(u32, mytcp_compat_rto_min_us(sock_net(sk)),
						USEC_PER_MSEC);
	ms->quickack = m->quickack;
	if (!ms->user.window_clamp)
		ms->user.window_clamp = m->window;
	metrics_congestion(ms, m);
}

/**
 * mytcp_metrics_connect() - an active open: choose what the SYN says of us
 * @sk: locked, in SYN_SENT, routed; the SYN is not yet queued
 *
 * That is ECN, by the algorithm of congestion control, the MSS option and the window.
 *
 * Rules: SHLD-5, MUST-67
 */
void mytcp_metrics_connect(struct sock *sk)
{
	/* The clamp is the socket's by now. */
	struct mytcp_rcvbuf_limits limits = {};
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_metrics m;

	metrics_of(sk, &m);
	metrics_take(sk, &m);
	ms->advmss = mytcp_advertised_mss(ms->user.max_seg, m.advmss);
	limits.first = (u64)m.initrwnd * ms->advmss;
	mytcp_select_initial_window(sk, &limits);
}

/**
 * mytcp_metrics_child() - a passive open: the SYN,ACK has said the rest
 * @child: its lock held, routed; nothing was sampled or sent
 *
 * Context: soft-irq.
 */
void mytcp_metrics_child(struct sock *child)
{
	struct mytcp_metrics m;

	metrics_of(child, &m);
	metrics_take(child, &m);
}
