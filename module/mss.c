// SPDX-License-Identifier: GPL-2.0
/*
 * How large a segment may be: see mss.h.
 */
#include <linux/tcp.h>

#include "mss.h"
#include "recovery.h"

/* Octets that SACK blocks take from the payload: NOP NOP kind length, blocks. */
static u32 mytcp_sack_options(const struct mytcp_sock *ms)
{
	u32 most = ms->ts_ok ? 3 : 4;

	return ms->nr_sacks ? 4 + 8 * min_t(u32, ms->nr_sacks, most) : 0;
}

/**
 * mytcp_mss_most() - RFC 9293 3.7.1, MUST-16: what peer, path and user allow
 * @ms: locked
 *
 * Return: octets of payload and options.
 */
u32 mytcp_mss_most(const struct mytcp_sock *ms)
{
	u32 mss = ms->mss_clamp;

	if (ms->path_mss)
		mss = min_t(u32, mss, ms->path_mss);
	if (ms->user.max_seg)
		mss = min_t(u32, mss, ms->user.max_seg);
	return mss;
}

/* ... and what the path has carried, where that is in doubt. */
static void mytcp_mss_compute(struct mytcp_sock *ms)
{
	u32 mss = mytcp_mss_most(ms);

	if (ms->plpmtud.on)
		mss = min_t(u32, mss, ms->plpmtud.low);
	ms->mss = max_t(u32, mss, MYTCP_MSS_MIN) - mytcp_fixed_options(ms);
}

/* Octets of payload and options in a packet of a path with this MTU, IP's left out. */
static u32 mytcp_mss_of_mtu(u32 mtu)
{
	return min_t(u32, max_t(u32, mtu, sizeof(struct tcphdr) + MYTCP_MSS_MIN) -
		     sizeof(struct tcphdr), U16_MAX);
}

static void mytcp_path_mss(struct mytcp_sock *ms, u32 mtu)
{
	ms->path_mss = mytcp_mss_of_mtu(mtu);
	mytcp_mss_compute(ms);
}

/*
 * RFC 9293 3.8.6.2.1 (3): a sender never waits for more than half of the largest
 * window, so no segment is "full" only above it. A tiny window is not halved.
 */
static u32 mytcp_half_window(const struct mytcp_sock *ms)
{
	u32 wnd = ms->max_snd_wnd;

	if (wnd > MYTCP_MSS_DEFAULT)
		wnd /= 2;
	return wnd ? max_t(u32, wnd, MYTCP_MSS_MIN) : U32_MAX;
}

/**
 * mytcp_current_mss() - payload octets of a full segment at this moment
 * @ms: locked
 *
 * Return: octets, at least 1.
 */
u32 mytcp_current_mss(const struct mytcp_sock *ms)
{
	u32 sacks = mytcp_sack_options(ms);
	u32 mss = ms->mss > sacks ? ms->mss - sacks : 1;

	return min(mss, mytcp_half_window(ms));
}

/**
 * mytcp_advertised_mss() - what our SYN says: the most that we can receive
 * @user: TCP_MAXSEG in octets; 0: not set
 * @route: octets that segments to us may have (metrics.h)
 *
 * RFC 6691: without the options' octets.
 *
 * Return: payload octets.
 *
 * Rules: SHLD-5, MUST-67
 */
u16 mytcp_advertised_mss(u16 user, u32 route)
{
	if (user)
		route = min_t(u32, route, user);
	return min_t(u32, route, U16_MAX);
}

/**
 * mytcp_mss_from_peer() - the MSS option of the peer's SYN
 * @sk: locked
 * @option: octets; 0: there was none (RFC 9293 MUST-15: 536)
 *
 * Rules: MUST-14
 */
void mytcp_mss_from_peer(struct sock *sk, u16 option)
{
	mytcp_sk(sk)->mss_clamp = option ?: MYTCP_MSS_DEFAULT;
}

/**
 * mytcp_mss_sync() - the route's MTU or the negotiation has changed
 * @sk: locked
 */
void mytcp_mss_sync(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 mtu = ms->lower->mtu(sk);

	if (mtu)
		mytcp_path_mss(ms, mtu);
	else
		mytcp_mss_compute(ms);
}

/**
 * mytcp_mss_follow() - text is written: has the route's MTU changed?
 * @sk: locked, connected or about to be
 *
 * The administrator may have set another, another connection learned of a smaller one, and
 * what a router once said is forgotten after net.ipv4.route.mtu_expires (RFC 1191 section
 * 6.3). As Linux's tcp_current_mss(); but a window of larger segments has fewer of them.
 */
void mytcp_mss_follow(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 mtu = ms->lower->mtu(sk), before = ms->mss;

	if (likely(!mtu || mytcp_mss_of_mtu(mtu) == ms->path_mss))
		return;
	mytcp_path_mss(ms, mtu);
	if (ms->mss > before)
		mytcp_cong_rescale(&ms->cong, before, ms->mss);
}

/**
 * mytcp_path_mtu() - ICMP: a packet of ours was too big
 * @sk: locked, not owned by another
 * @mtu: bytes of IP packet that would have fit; 0: not said
 *
 * What was too big is sent again at once, cut smaller; that is no congestion.
 *
 * Rules: 5681-3.1-6
 */
void mytcp_path_mtu(struct sock *sk, u32 mtu)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 before = ms->mss;
	u32 now;

	if (sk->sk_state == TCP_CLOSE || sk->sk_state == TCP_LISTEN)
		return;
	now = ms->lower->update_mtu(sk, mtu);
	if (!now)
		return;
	mytcp_path_mss(ms, now);
	if (ms->mss < before)
		mytcp_recovery_path_shrunk(sk);
}
