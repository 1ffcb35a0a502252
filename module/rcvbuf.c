// SPDX-License-Identifier: GPL-2.0
/*
 * The receive buffer: see rcvbuf.h.
 */
#include "buflimit.h"
#include "rcvbuf.h"
#include "window.h"

/* Segments of less are no sign of what is to come. As Linux's. */
#define RCVBUF_TELLING	128
/* Segments that a window may have when there is no memory for more. */
#define RCVBUF_OVERFULL_SEGMENTS	2
#define RCVBUF_PRESSURE_SEGMENTS	4

/* Octets of payload that so much memory is for. */
static u32 rcvbuf_payload(const struct mytcp_sock *ms, int bytes)
{
	return (u64)max(bytes, 0) * ms->rcv_share >> 8;
}

/* ... at most, whatever its segments cost. */
static u32 rcvbuf_payload_most(u32 bytes)
{
	return (u64)bytes * MYTCP_RCV_SHARE_MOST >> 8;
}

static u32 rcvbuf_space(const struct sock *sk, int bytes)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return min(rcvbuf_payload(ms, bytes), ms->user.window_clamp ?: U32_MAX);
}

/**
 * mytcp_rcvbuf_free() - octets of payload that the buffer can still take
 * @sk: locked
 *
 * Return: octets, TCP_WINDOW_CLAMP at most.
 */
u32 mytcp_rcvbuf_free(const struct sock *sk)
{
	return rcvbuf_space(sk, READ_ONCE(sk->sk_rcvbuf) -
				atomic_read(&sk->sk_rmem_alloc) -
				READ_ONCE(sk->sk_backlog.len));
}

/**
 * mytcp_rcvbuf_full() - octets of payload that it takes when it is empty
 * @sk: locked or not
 *
 * Return: octets, TCP_WINDOW_CLAMP at most.
 */
u32 mytcp_rcvbuf_full(const struct sock *sk)
{
	return rcvbuf_space(sk, READ_ONCE(sk->sk_rcvbuf));
}

/**
 * mytcp_rcvbuf_initial() - what a SYN may announce
 * @sk: the connection or its listener, locked or not
 * @limits: what the route allows
 * @wnd: the window of the SYN, in octets
 * @wscale: the scale to offer, 0 when the namespace has switched it off
 *
 * The scale is for the largest buffer that there may ever be, by growing or by
 * SO_RCVBUF, whatever it is today. As Linux's tcp_select_initial_window().
 */
void mytcp_rcvbuf_initial(const struct sock *sk, const struct mytcp_rcvbuf_limits *limits,
			  u32 *wnd, u8 *wscale)
{
	u32 clamp = READ_ONCE(mytcp_sk(sk)->user.window_clamp) ?: limits->clamp ?: U32_MAX;
	const struct net *net = sock_net(sk);
	u32 full = min(mytcp_rcvbuf_full(sk), clamp);
	u32 most = max3(full, rcvbuf_payload_most(mytcp_rcvbuf_most(net)),
			READ_ONCE(sysctl_rmem_max));

	most = min(most, clamp);
	*wscale = READ_ONCE(net->ipv4.sysctl_tcp_window_scaling) ? mytcp_select_wscale(most) : 0;
	*wnd = min(full, MYTCP_WND_FIELD_MAX);
	if (limits->first)
		*wnd = min_t(u64, *wnd, limits->first);
}

/**
 * mytcp_rcvbuf_open() - the connection is open: measurements begin
 * @sk: locked, ms->now set
 */
void mytcp_rcvbuf_open(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 begin = MYTCP_IW_SEGMENTS * ms->advmss;

	mytcp_drs_init(&ms->drs, min3(ms->rcv_ssthresh, ms->rcv_wnd, begin), ms->copied_seq,
		       ms->now);
}

/* What a full segment carries for its memory. Rarely: it takes a division. */
static void rcvbuf_learn_share(struct mytcp_sock *ms, const struct sk_buff *skb)
{
	u32 share = div_u64((u64)skb->len << 8, skb->truesize);

	ms->rcv_share = clamp_t(u32, share, MYTCP_RCV_SHARE_LEAST, MYTCP_RCV_SHARE_MOST);
}

/* What a buffer costs in the queue: its head goes when it is joined with another. */
static u32 rcvbuf_cost(const struct sk_buff *skb)
{
	u32 head = SKB_TRUESIZE(skb_end_offset(skb));

	if (skb_headlen(skb) || skb->truesize < skb->len + head)
		return skb->truesize;
	return skb->truesize - head;
}

/**
 * mytcp_rcvbuf_taken() - text is taken: may the window grow?
 * @sk: locked
 * @skb: the text, charged
 * @full: octets that the peer put into one segment
 */
void mytcp_rcvbuf_taken(struct sock *sk, const struct sk_buff *skb, u32 full)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 room, most, more;

	if (unlikely(full > ms->rcv_mss))
		rcvbuf_learn_share(ms, skb);
	room = min_t(u32, mytcp_rcvbuf_free(sk), MYTCP_WND_FIELD_MAX << ms->rcv_wscale);
	if (room <= ms->rcv_ssthresh || skb->len < RCVBUF_TELLING)
		return;
	if (sk_under_memory_pressure(sk)) {
		ms->rcv_ssthresh = min_t(u32, ms->rcv_ssthresh,
					 RCVBUF_PRESSURE_SEGMENTS * ms->advmss);
		return;
	}
	most = rcvbuf_payload(ms, mytcp_rcvbuf_most(sock_net(sk)));
	more = mytcp_window_growth(ms->rcv_ssthresh, skb->len,
				   rcvbuf_payload(ms, rcvbuf_cost(skb)), most, ms->advmss,
				   ms->rcv_mss);
	if (!more)
		return;
	ms->rcv_ssthresh += min(room - ms->rcv_ssthresh, more);
	/* The sender is to know at once. */
	ms->quick_acks |= 1;
}

/**
 * mytcp_rcvbuf_overfull() - what was promised costs more memory than there is
 * @ms: locked
 *
 * It is taken all the same; but no more is promised than what the memory has held of
 * such segments. (What is out of order may go again, and is not counted.)
 */
void mytcp_rcvbuf_overfull(struct mytcp_sock *ms)
{
	u32 held = max_t(u32, ms->rcv_nxt - ms->copied_seq,
			 RCVBUF_OVERFULL_SEGMENTS * ms->advmss);

	if (RB_EMPTY_ROOT(&ms->out_of_order))
		ms->rcv_ssthresh = min(ms->rcv_ssthresh, held);
	ms->quick_acks = 0;
}

/**
 * mytcp_rcvbuf_echo() - text has another timestamp than the last
 * @ms: locked, ms->now set; timestamps are in use
 * @seg: the segment; a full one: the peer has not waited for its user
 */
void mytcp_rcvbuf_echo(struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	u32 ms_ago = mytcp_ts_now(ms) - seg->opt.ts_ecr;

	ms->drs.echo = seg->opt.ts_ecr;
	/* Less than a tick says nothing. */
	if (seg->len >= ms->rcv_mss && ms_ago && ms_ago < MYTCP_RTT_MAX_US / USEC_PER_MSEC)
		mytcp_drs_echoed(&ms->drs, ms_ago * USEC_PER_MSEC);
}

/**
 * mytcp_rcvbuf_read() - the user has read: does the buffer have to grow?
 * @sk: locked
 *
 * Context: process.
 */
void mytcp_rcvbuf_read(struct sock *sk)
{
	const struct net *net = sock_net(sk);
	struct mytcp_sock *ms = mytcp_sk(sk);
	u64 want;

	if (ms->copied_seq - ms->drs.begin_seq <= ms->drs.space)
		return;
	ms->now = mytcp_clock();
	want = mytcp_drs_read(&ms->drs, ms->copied_seq, ms->rcv_nxt - ms->copied_seq,
			      ms->advmss, ms->now);
	if (!want || sk->sk_userlocks & SOCK_RCVBUF_LOCK ||
	    !READ_ONCE(net->ipv4.sysctl_tcp_moderate_rcvbuf))
		return;
	want = min_t(u64, div_u64(want << 8, ms->rcv_share), mytcp_rcvbuf_most(net));
	if (want > sk->sk_rcvbuf && mytcp_memory_plenty(sk))
		WRITE_ONCE(sk->sk_rcvbuf, want);
}

/**
 * mytcp_rcvbuf_clamp() - TCP_WINDOW_CLAMP
 * @ms: locked
 * @clamp: octets that the window may have at most; 0: any
 *
 * The window does not shrink: the right edge stays until it is reached.
 */
void mytcp_rcvbuf_clamp(struct mytcp_sock *ms, u32 clamp)
{
	ms->user.window_clamp = clamp;
	if (clamp)
		ms->rcv_ssthresh = min(ms->rcv_ssthresh, clamp);
}
