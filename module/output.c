// SPDX-License-Identifier: GPL-2.0
/*
 * What goes out of the send queue and when: RFC 9293 3.7.4 (Nagle), 3.8 (data
 * communication), 3.8.6.1 (zero windows), 3.8.6.2.1 (silly windows).
 */
#include <linux/skbuff.h>
#include <net/tcp.h>

#include "ack.h"
#include "delivery.h"
#include "ecn.h"
#include "fastopen.h"
#include "frto.h"
#include "input.h"
#include "join.h"
#include "metrics.h"
#include "mss.h"
#include "mtuprobe.h"
#include "output.h"
#include "pace.h"
#include "recovery.h"
#include "sack_report.h"
#include "sendqueue.h"
#include "small_queue.h"
#include "timer.h"
#include "tlp.h"
#include "undo.h"
#include "window.h"

/* Octets of the options that nearly every segment has: RFC 7323 appendix A. */
#define MYTCP_TS_ALIGNED	12
#define MYTCP_TS_WORD	((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | \
			 (TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP)

/*
 * The options of a SYN, or of a SYN,ACK in a simultaneous or Fast Open: RFC 9293 3.7.1.
 * Rules: MUST-14, SHLD-5, MAY-3, 7323-2.2-1, 7323-3.2-1, 7323-3.2-4
 */
static void mytcp_syn_options(struct sock *sk, struct mytcp_options *opt)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	const struct net *net = sock_net(sk);
	bool offer = sk->sk_state == TCP_SYN_SENT;

	opt->mss = ms->advmss;
	opt->has_ts = offer ? READ_ONCE(net->ipv4.sysctl_tcp_timestamps) : ms->ts_ok;
	opt->has_wscale = offer ? READ_ONCE(net->ipv4.sysctl_tcp_window_scaling) :
				  ms->wscale_ok;
	opt->wscale = ms->rcv_wscale;
	opt->sack_ok = offer ? READ_ONCE(net->ipv4.sysctl_tcp_sack) : ms->sack_ok;
	if (ms->syn_cookie) {
		opt->has_cookie = true;
		opt->cookie = *ms->syn_cookie;
	}
}

/* Write the options right before skb->data; returns their octets. */
static u32 mytcp_push_options(struct sock *sk, struct sk_buff *skb, u8 flags, u64 departs)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_options opt = {};
	bool syn = flags & MYTCP_FLAG_SYN;
	u32 size;

	if (syn) {
		mytcp_syn_options(sk, &opt);
	} else {
		opt.has_ts = ms->ts_ok;
		opt.nr_sacks = mytcp_sack_report_take(ms, opt.sacks, !skb->len);
	}
	opt.ts_val = mytcp_ts_at(departs, ms->ts_offset);
	/* A SYN over a TIME_WAIT entry knows one, and acknowledges nothing. */
	opt.ts_ecr = flags & MYTCP_FLAG_ACK ? ms->ts_recent : 0;
	size = mytcp_options_size(&opt, syn);
	mytcp_options_build(skb_push(skb, size), &opt, syn);
	return size;
}

/* Rules: 7323-3.2-2, 7323-3.2-5, 7323-3.2-6. */
static u32 mytcp_push_timestamps(struct mytcp_sock *ms, struct sk_buff *skb, u64 departs)
{
	__be32 *p;

	if (!ms->ts_ok)
		return 0;
	p = skb_push(skb, MYTCP_TS_ALIGNED);
	p[0] = htonl(MYTCP_TS_WORD);
	p[1] = htonl(mytcp_ts_at(departs, ms->ts_offset));
	p[2] = htonl(ms->ts_recent);
	return MYTCP_TS_ALIGNED;
}

/*
 * The urgent pointer, RFC 9293 3.8.5: how far ahead of "seq" urgent data ends.
 * Rules: MUST-31, MUST-62
 */
static bool mytcp_urgent_pointer(struct mytcp_sock *ms, u32 seq, u16 *ptr)
{
	if (!seq_before(seq, ms->snd_up))
		return false;
	*ptr = min_t(u32, ms->snd_up - seq, 0xffff);
	return true;
}

/* Put the header before the payload: RFC 9293 3.1. Rules: 2018-4-2, 2018-4-7. */
static void mytcp_push_header(struct sock *sk, struct sk_buff *skb, u32 seq, u8 flags,
			      u64 departs)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct tcphdr *th;
	u32 opt_len;
	u16 urg = 0;

	if (unlikely(flags & MYTCP_FLAG_SYN) || ms->nr_sacks ||
	    unlikely(mytcp_sack_report_holds_duplicate(ms)))
		opt_len = mytcp_push_options(sk, skb, flags, departs);
	else
		opt_len = mytcp_push_timestamps(ms, skb, departs);
	if (unlikely(ms->urg_mode) && mytcp_urgent_pointer(ms, seq, &urg))
		flags |= MYTCP_FLAG_URG;

	th = skb_push(skb, sizeof(*th));
	skb_reset_transport_header(skb);
	th->source = inet_sk(sk)->inet_sport;
	th->dest = inet_sk(sk)->inet_dport;
	th->seq = htonl(seq);
	th->ack_seq = flags & MYTCP_FLAG_ACK ? htonl(ms->rcv_nxt) : 0;
	((__be16 *)th)[6] = htons(((sizeof(*th) + opt_len) << 10) | flags);
	th->window = htons(mytcp_announce_window(sk, flags & MYTCP_FLAG_SYN));
	th->check = 0;
	th->urg_ptr = htons(urg);
}

/*
 * Give one segment to the network: the only way out of a connection. "skb" is
 * not on a queue. Returns 0, or the error of a local failure.
 */
static int mytcp_transmit(struct sock *sk, struct sk_buff *skb, u32 seq, u8 flags)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u64 departs = mytcp_departure(sk);
	u32 payload = skb->len;
	u32 segs = mytcp_packets(skb);
	u8 ecn = mytcp_ecn_send(ms, skb, seq, &flags);
	int err;

	mytcp_push_header(sk, skb, seq, flags, departs);
	if (flags & MYTCP_FLAG_ACK)
		mytcp_ack_sent(ms);

	skb->sk = sk;
	skb->destructor = sock_wfree;
	refcount_add(skb->truesize, &sk->sk_wmem_alloc);
	mytcp_compat_set_departure(skb, departs);
	skb_set_hash_from_sk(skb, sk);
	skb_set_dst_pending_confirm(skb, READ_ONCE(sk->sk_dst_pending_confirm));
	sk->sk_dst_pending_confirm = 0;

	ms->segs_out += segs;
	if (payload) {
		ms->data_segs_out += segs;
		ms->bytes_sent += payload;
		ms->last_sent = ms->now;
		mytcp_ack_answered(ms);
	}
	err = ms->lower->xmit(sk, skb, ecn);
	/* The buffer is freed then, and wakes whom it must not: small_queue.c */
	ms->refused = err < 0;
	if (unlikely(err < 0))
		return err;
	/* What did not leave makes nothing wait: the timer says when to try again. */
	if (payload)
		mytcp_pace_sent(sk, payload);
	return 0;
}

/* A buffer of the send queue goes out as a clone; it stays until acknowledged. */
static int mytcp_transmit_queued(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	struct sk_buff *clone;
	u8 flags = cb->flags;

	/*
	 * Headers are written into the head that clones share: while an earlier
	 * transmission still stands in a queue below, its head must not change.
	 */
	if (unlikely(skb_cloned(skb)))
		clone = pskb_copy(skb, GFP_ATOMIC);
	else
		clone = skb_clone(skb, GFP_ATOMIC);
	if (unlikely(!clone))
		return -ENOBUFS;
	clone->dev = NULL;

	if (flags & MYTCP_FLAG_SYN && sk->sk_state != TCP_SYN_SENT)
		flags = mytcp_ecn_synack(mytcp_sk(sk), flags | MYTCP_FLAG_ACK);
	return mytcp_transmit(sk, clone, cb->seq, flags);
}

/* A segment without text or place in the send queue: ACK, RST, probe. */
static int mytcp_transmit_control(struct sock *sk, u32 seq, u8 flags)
{
	struct sk_buff *skb = alloc_skb(MYTCP_HEADER_MAX, GFP_ATOMIC);

	if (unlikely(!skb))
		return -ENOBUFS;
	skb_reserve(skb, MYTCP_HEADER_MAX);
	skb->ip_summed = CHECKSUM_PARTIAL;
	/* As Linux's TCP does: what waits below is measured in data. */
	if (flags == MYTCP_FLAG_ACK)
		skb_set_tcp_pure_ack(skb);
	mytcp_count(sock_net(sk), out_segs);
	return mytcp_transmit(sk, skb, seq, flags);
}

/*
 * When a buffer was sent, which also tells in which order they were: of those that
 * leave in the same nanosecond the lower number is taken to be the first, which a
 * repetition is not that follows new text. Then it gets a later one.
 */
static u64 mytcp_sent_time(const struct mytcp_sock *ms, const struct mytcp_skb_cb *cb,
			   u64 departs)
{
	const struct mytcp_skb_cb *last;

	if (list_empty(&ms->tsorted))
		return departs;
	last = list_last_entry(&ms->tsorted, struct mytcp_skb_cb, link);
	if (last == cb || mytcp_sent_before(last->sent_ns, last->end_seq, departs, cb->end_seq))
		return departs;
	return last->sent_ns + 1;
}

/* The first buffer that was not sent now is. */
static void mytcp_note_sent(struct sock *sk, struct sk_buff *skb, u64 departs)
{
	MYTCP_CB(skb)->sent_ns = mytcp_sent_time(mytcp_sk(sk), MYTCP_CB(skb), departs);
	mytcp_queue_sent(sk, skb);
	mytcp_delivery_sent(sk, skb);
	WRITE_ONCE(mytcp_sk(sk)->snd_nxt, MYTCP_CB(skb)->end_seq);
}

/*
 * First transmission of the first buffer that was not sent, in segments of "mss" octets.
 * Rules: 6937-3-6, 8985-6.1-1.
 */
static int mytcp_send_unsent(struct sock *sk, u32 mss)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb = mytcp_unsent_head(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u64 departs = mytcp_departure(sk);
	int err;

	mytcp_set_gso(sk, skb, mss);
	err = mytcp_transmit_queued(sk, skb);
	if (unlikely(err))
		return err;

	mytcp_note_sent(sk, skb, departs);
	if (skb->len && skb->len % mss)
		ms->snd_sml = cb->end_seq;
	mytcp_count_add(sock_net(sk), out_segs, mytcp_packets(skb));
	ms->prr.out += mytcp_packets(skb);
	if (!mytcp_deadline_pending(sk, MYTCP_DL_RETRANSMIT))
		mytcp_timer_rto_restart(sk);
	mytcp_deadline_clear(sk, MYTCP_DL_PERSIST);
	ms->persist_backoff = 0;
	ms->probe_ns = 0;
	return 0;
}

/*
 * How much of the first unsent buffer may go now: 0 or less than its length or
 * all of it (FIN included, which takes a place in the window, too).
 * Rules: MUST-34, SHLD-15, SHLD-28, 5681-2-1, 5681-3.1-1, 7323-2.4-1, 7323-2.4-4
 */
static u32 mytcp_sendable(const struct sock *sk, const struct sk_buff *skb,
			  u32 quota, bool hold)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	const struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 mss = mytcp_current_mss(ms);
	u32 room = ms->snd_una + ms->snd_wnd - cb->seq;
	bool tail = skb_queue_is_last(&sk->sk_write_queue, skb);
	/* Half a circle of full segments later snd_sml seems to lie ahead again. */
	bool unacked = seq_after(ms->snd_sml, ms->snd_una) &&
		       seq_before_eq(ms->snd_sml, ms->snd_nxt);
	bool nagle = !ms->user.nodelay || hold;
	/* Whoever cuts a buffer up copies its urgent pointer into every segment. */
	u32 most = ms->urg_mode ? mss : mytcp_pace_burst(sk, mss);
	u32 len, small;

	if ((s32)room <= 0)
		return 0;
	len = min3((u64)room, (u64)quota * mss, (u64)most);
	if (len >= skb->len) {
		/* Nothing can join it any more: Nagle has nothing to wait for. */
		if (!tail || cb->flags & MYTCP_FLAG_FIN)
			return skb->len;
		len = skb->len;
	} else {
		tail = false;
	}
	small = len % mss;
	if (!small)
		return len;
	/* Full segments first; the small one at the end by SWS and Nagle. */
	if (tail && hold)
		return len - small;
	if (mytcp_sws_send_ok(small, mss, ms->max_snd_wnd, tail, nagle,
			      nagle && unacked))
		return len;
	return len - small;
}

/*
 * Nothing is on the way and something waits: for a window (probe it) or for
 * company (send it when the override timeout of 3.8.6.2.1 is over); not for its time.
 * Rules: MUST-35, MUST-36
 */
static void mytcp_check_persist(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (mytcp_unsent_head(sk) && !ms->packets_out &&
	    !mytcp_deadline_pending(sk, MYTCP_DL_PERSIST) &&
	    !mytcp_deadline_pending(sk, MYTCP_DL_PACE))
		mytcp_deadline_set(sk, MYTCP_DL_PERSIST, ms->now + mytcp_rto_ns(ms));
}

/*
 * RFC 5681 4.1: the clock of ACKs has stopped, so the window that was right
 * before the pause may not be any more.
 */
static void mytcp_restart_after_idle(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 rto_us;

	if (ms->packets_out)
		return;
	mytcp_delivery_start(sk);
	rto_us = mytcp_rtt_rto(&ms->rtt, MYTCP_RTO_MAX_US);
	if (!ms->last_sent ||
	    ms->now - ms->last_sent <= (u64)rto_us * NSEC_PER_USEC)
		return;
	/* Of an old recovery nothing is to come that would open a window as old. */
	mytcp_undo_forget(ms);
	mytcp_window_begins(ms);
	if (READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_slow_start_after_idle))
		mytcp_cong_idle_restart(&ms->cong, mytcp_first_window(ms),
					div_u64(ms->now - ms->last_sent, NSEC_PER_USEC),
					rto_us);
}

/*
 * net.ipv4.tcp_slow_start_after_idle means a window, too, of which for an RTO the user made
 * little: RFC 2861 section 3.2. Who waits for room in the send buffer would do more.
 */
static void mytcp_validate_window(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (mytcp_window_was_used(ms)) {
		mytcp_window_begins(ms);
		return;
	}
	ms->used_most = max(ms->used_most, ms->packets_out);
	if (ms->now - ms->used_ns < mytcp_rto_ns(ms))
		return;
	if (READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_slow_start_after_idle) &&
	    sk->sk_socket && !test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		mytcp_cong_app_limited(&ms->cong, max(ms->used_most, mytcp_first_window(ms)));
	mytcp_window_begins(ms);
}

/* What the search for a larger segment size makes of the next segment. */
enum mytcp_push_probe {
	MYTCP_PROBE_NONE,	/* it is one as others */
	MYTCP_PROBE_SENT,	/* it was a probe */
	MYTCP_PROBE_WAIT,	/* it shall be one, when there is room for it */
};

static enum mytcp_push_probe mytcp_push_probe(struct sock *sk)
{
	bool wait = false;
	u32 len = mytcp_mtuprobe_due(sk, &wait);

	if (wait)
		return MYTCP_PROBE_WAIT;
	if (!len || !mytcp_mtuprobe_prepare(sk, len))
		return MYTCP_PROBE_NONE;
	if (mytcp_small_queue_full(sk, mytcp_unsent_head(sk), false) ||
	    mytcp_send_unsent(sk, len))
		return MYTCP_PROBE_WAIT;
	mytcp_mtuprobe_sent(sk, len);
	return MYTCP_PROBE_SENT;
}

/**
 * mytcp_push() - send what may be sent now
 * @sk: locked, ms->now set
 * @more: the caller is about to queue more (MSG_MORE): only full segments
 *
 * Rules: MAY-16
 */
void mytcp_push(struct sock *sk, bool more)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	/* Nothing will join what is there when a FIN is. */
	bool hold = more || (ms->user.cork && !ms->fin_queued);
	u32 before = ms->snd_nxt;
	struct sk_buff *skb;

	if (sk->sk_state == TCP_SYN_SENT ||
	    (sk->sk_state == TCP_SYN_RECV && !mytcp_fastopen_opening(sk)))
		return;
	if (mytcp_unsent_head(sk))
		mytcp_restart_after_idle(sk);
	while ((skb = mytcp_unsent_head(sk))) {
		u32 in_flight = mytcp_in_flight(ms);
		u32 fin = !!(MYTCP_CB(skb)->flags & MYTCP_FLAG_FIN);
		u32 len;

		if (in_flight >= ms->cong.cwnd) {
			mytcp_note_flight(ms, true);
			break;
		}
		if (mytcp_pace_hold(sk))
			break;
		if (unlikely(ms->plpmtud.on)) {
			enum mytcp_push_probe probe = mytcp_push_probe(sk);

			if (probe == MYTCP_PROBE_SENT)
				continue;
			if (probe == MYTCP_PROBE_WAIT)
				break;
			skb = mytcp_unsent_head(sk);
			fin = !!(MYTCP_CB(skb)->flags & MYTCP_FLAG_FIN);
		}
		len = mytcp_sendable(sk, skb, ms->cong.cwnd - in_flight, hold);
		if (!len && !(fin && !skb->len &&
			      seq_before(ms->snd_nxt, ms->snd_una + ms->snd_wnd)))
			break;
		/* A FIN that the window has no room for goes alone later. */
		if (len == skb->len && len && fin &&
		    seq_after(MYTCP_CB(skb)->end_seq, ms->snd_una + ms->snd_wnd)) {
			if (mytcp_fragment(sk, skb, len))
				break;
		} else if (len < skb->len && mytcp_fragment(sk, skb, len)) {
			break;
		}
		if (mytcp_small_queue_full(sk, skb, false))
			break;
		if (mytcp_send_unsent(sk, mytcp_current_mss(ms)))
			break;
	}
	if (ms->snd_nxt != before) {
		mytcp_note_flight(ms, mytcp_in_flight(ms) >= ms->cong.cwnd);
		mytcp_validate_window(sk);
		mytcp_tlp_schedule(sk);
	}
	mytcp_check_persist(sk);
}

/* Octets of the first unsent segment that the peer's window has room for: all or 0 */
static u32 mytcp_new_segment(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	const struct sk_buff *skb = mytcp_unsent_head(sk);
	u32 end = ms->snd_una + ms->snd_wnd;
	u32 len;

	if (!skb)
		return 0;
	len = min_t(u32, skb->len, mytcp_current_mss(ms));
	if (seq_after(MYTCP_CB(skb)->seq + len, end) ||
	    (len == skb->len && seq_after(MYTCP_CB(skb)->end_seq, end)))
		return 0;
	return len;
}

/**
 * mytcp_may_send_new() - is there text that was never sent, and room for it?
 * @sk: locked
 *
 * Return: true when a segment of it fits the peer's window.
 *
 * Rules: 5682-2.1-6
 */
bool mytcp_may_send_new(const struct sock *sk)
{
	return mytcp_new_segment(sk);
}

/**
 * mytcp_resume() - what had to wait, but not for the peer, may go on
 * @sk: locked, not owned by another; in CLOSE nothing happens
 */
void mytcp_resume(struct sock *sk)
{
	if (sk->sk_state == TCP_CLOSE)
		return;
	mytcp_sk(sk)->now = mytcp_clock();
	mytcp_recovery_resume(sk);
	mytcp_push(sk, false);
	mytcp_check_space(sk);
}

/**
 * mytcp_send_one() - send one new segment, whatever the congestion window says
 * @sk: locked, ms->now set
 *
 * Return: false when there is none, or the peer's window has no room for it.
 *
 * Rules: 8985-7.3-1, 8985-7.3-3
 */
bool mytcp_send_one(struct sock *sk)
{
	struct sk_buff *skb = mytcp_unsent_head(sk);
	u32 len = mytcp_new_segment(sk);

	if (!len)
		return false;
	return (len == skb->len || !mytcp_fragment(sk, skb, len)) &&
	       !mytcp_send_unsent(sk, mytcp_current_mss(mytcp_sk(sk)));
}

/**
 * mytcp_retransmit() - send a buffer again, at most one segment of it
 * @sk: locked
 * @skb: sent and not acknowledged
 *
 * Return: 0; -EAGAIN when the peer's window has no room for it; -EBUSY when it still
 * waits below (small_queue.h); or the error of a local failure.
 *
 * Rules: SHLD-16, MAY-7, 6937-3-6, 7323-2.4-5, 7323-2.4-6, 8985-4-2, 8985-6.1-1
 */
int mytcp_retransmit(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 size = min(skb->len, mytcp_resend_size(ms, skb));
	s32 room = ms->snd_una + ms->snd_wnd - cb->seq;
	u64 departs = mytcp_departure(sk);
	int err;

	mytcp_mtuprobe_forget(ms);
	/* Never beyond the window, unless it closed over what was sent. */
	if (room > 0)
		size = min_t(u32, size, room);
	else if (seq_after(cb->seq, ms->snd_una))
		return -EAGAIN;
	if (mytcp_small_queue_holds(sk, skb))
		return -EBUSY;
	if (size == skb->len && room > 0 && ms->frto != MYTCP_FRTO_RESENT) {
		mytcp_join_lost(sk, skb, room);
		size = skb->len;
	}
	if (size < skb->len ||
	    (skb->len && room == skb->len && cb->flags & MYTCP_FLAG_FIN)) {
		err = mytcp_fragment(sk, skb, size);
		if (err)
			return err;
	}
	err = mytcp_transmit_queued(sk, skb);
	if (err)
		return err;

	mytcp_undo_resent(sk, departs);
	cb->sent_ns = mytcp_sent_time(ms, cb, departs);
	list_move_tail(&cb->link, &ms->tsorted);
	if (cb->retransmits < U16_MAX)
		cb->retransmits++;
	/* A probe's original is still counted as on the way: RFC 8985 section 7.3 */
	if (mytcp_waits_for_repeat(cb)) {
		cb->marks |= MYTCP_MARK_RETRANS;
		ms->retrans_out += mytcp_packets(skb);
	}
	mytcp_delivery_sent(sk, skb);
	ms->prr.out++;
	ms->total_retrans++;
	ms->bytes_retrans += skb->len;
	mytcp_count(sock_net(sk), retrans_segs);
	return 0;
}

/**
 * mytcp_persist() - the persist timer is due: force something out
 * @sk: locked; nothing is on the way, something waits to be sent
 *
 * With an open window the small segment that was held back. With a closed one
 * a segment that the peer must answer with its window: it lies before the
 * window, as the kernel's TCP probes, and not one octet inside it.
 */
void mytcp_persist(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb = mytcp_unsent_head(sk);
	u32 room = ms->snd_una + ms->snd_wnd - ms->snd_nxt;
	u64 wait;

	if ((s32)room > 0) {
		u32 len = min3(skb->len, room, mytcp_current_mss(ms));

		if ((len == skb->len || !mytcp_fragment(sk, skb, len)) &&
		    !mytcp_send_unsent(sk, mytcp_current_mss(ms)))
			return;
	} else {
		mytcp_count(sock_net(sk), persist_probes);
		mytcp_send_probe(sk);
	}
	/* What cannot even leave this host counts towards giving up, too. */
	ms->probes_out++;
	/* SHLD-29, SHLD-30: from RTO on, doubled each time. */
	ms->persist_backoff = min(ms->persist_backoff + 1, U8_MAX);
	wait = mytcp_rto_ns(ms) << min_t(u8, ms->persist_backoff, 16);
	mytcp_deadline_set(sk, MYTCP_DL_PERSIST, ms->now +
			   min_t(u64, wait, (u64)MYTCP_RTO_MAX_US * NSEC_PER_USEC));
}

/**
 * mytcp_queue_syn() - put the SYN that begins a connection into the send queue
 * @sk: in SYN_SENT, or in SYN_RECV and Fast Open; ISS is in snd_una, snd_nxt and
 *	write_seq
 * @gfp: how hard to try
 *
 * Return: 0 or -ENOBUFS.
 */
int mytcp_queue_syn(struct sock *sk, gfp_t gfp)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb = mytcp_alloc_send_skb(sk, gfp);

	if (!skb)
		return -ENOBUFS;
	mytcp_queue_tail(sk, skb);
	MYTCP_CB(skb)->flags = MYTCP_FLAG_SYN | mytcp_ecn_syn(sk);
	MYTCP_CB(skb)->end_seq++;
	ms->write_seq++;
	ms->pushed_seq = ms->write_seq;
	ms->retrans_ns = ms->now;
	return 0;
}

/* The SYN that is queued goes out alone; a local failure to send counts as a loss. */
static void mytcp_send_queued_syn(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *syn = mytcp_unsent_head(sk);

	if (!mytcp_send_unsent(sk, mytcp_current_mss(ms)))
		return;
	/* The retransmission timer tries again: RFC 9293 MUST-20. */
	MYTCP_CB(syn)->sent_ns = ms->now;
	mytcp_queue_sent(sk, syn);
	ms->snd_nxt = MYTCP_CB(syn)->end_seq;
	mytcp_timer_rto_restart(sk);
}

/*
 * RFC 7413 section 4.2.2, client, 1: SYN and text in one segment. They are two buffers,
 * so that the timer repeats the SYN alone. False: it could not be sent.
 * Rules: 7413-4.2.2-5
 */
static bool mytcp_send_syn_text(struct sock *sk)
{
	struct sk_buff *syn = mytcp_unsent_head(sk);
	struct sk_buff *text = skb_queue_next(&sk->sk_write_queue, syn);
	u64 departs = mytcp_departure(sk);
	struct sk_buff *clone;

	mytcp_set_gso(sk, syn, 1);
	mytcp_set_gso(sk, text, text->len);
	clone = skb_clone(text, sk->sk_allocation);
	if (!clone)
		return false;
	clone->dev = NULL;
	if (mytcp_transmit(sk, clone, MYTCP_CB(syn)->seq, MYTCP_FLAG_SYN))
		return false;
	mytcp_note_sent(sk, syn, departs);
	mytcp_note_sent(sk, text, departs);
	mytcp_count(sock_net(sk), out_segs);
	mytcp_timer_rto_restart(sk);
	return true;
}

/**
 * mytcp_send_syn() - send the SYN of an active open
 * @sk: in SYN_SENT; mytcp_metrics_connect() has chosen what it says, mytcp_queue_syn() has
 *	queued it, and text may follow: one segment
 * @cookie: the Fast Open option, or NULL
 *
 * What is sent again has neither text nor option.
 *
 * Rules: 7413-4.2.1-5
 */
void mytcp_send_syn(struct sock *sk, const struct mytcp_fastopen_cookie *cookie)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *syn = mytcp_unsent_head(sk);

	ms->syn_cookie = cookie;
	ms->syn_option = cookie;
	ms->syn_text = !skb_queue_is_last(&sk->sk_write_queue, syn) && mytcp_send_syn_text(sk);
	if (!ms->syn_text)
		mytcp_send_queued_syn(sk);
	ms->syn_cookie = NULL;
}

/**
 * mytcp_send_syn_ack() - send the SYN,ACK of a Fast Open child
 * @sk: in SYN_RECV; ISS is in snd_una, snd_nxt and write_seq
 *
 * Context: soft-irq.
 * Return: 0, or -ENOBUFS and nothing was sent.
 */
int mytcp_send_syn_ack(struct sock *sk)
{
	int err = mytcp_queue_syn(sk, GFP_ATOMIC);

	if (!err)
		mytcp_send_queued_syn(sk);
	return err;
}

/**
 * mytcp_send_fin() - queue our FIN and send what may be sent
 * @sk: locked; its state says already that a FIN is out (FIN_WAIT1, LAST_ACK)
 *
 * Context: process.
 */
void mytcp_send_fin(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);

	if (!skb) {
		/*
		 * A connection must not stay half open for want of one buffer;
		 * it may exceed the socket's share.
		 */
		skb = alloc_skb_fclone(MYTCP_HEADER_MAX,
				       GFP_KERNEL | __GFP_NOFAIL);
		skb_reserve(skb, MYTCP_HEADER_MAX);
		skb->ip_summed = CHECKSUM_PARTIAL;
		memset(skb->cb, 0, sizeof(skb->cb));
		if (!sk_wmem_schedule(sk, skb->truesize))
			sk->sk_prot->enter_memory_pressure(sk);
		mytcp_queue_tail(sk, skb);
	}
	MYTCP_CB(skb)->flags |= MYTCP_FLAG_FIN;
	MYTCP_CB(skb)->end_seq++;
	ms->write_seq++;
	ms->fin_queued = true;
	mytcp_push(sk, false);
}

/**
 * mytcp_send_ack() - acknowledge now
 * @sk: locked
 */
void mytcp_send_ack(struct sock *sk)
{
	if (mytcp_transmit_control(sk, mytcp_sk(sk)->snd_nxt, MYTCP_FLAG_ACK) == -ENOBUFS)
		mytcp_ack_later(sk);
}

/**
 * mytcp_send_probe() - a segment that the peer has to answer
 * @sk: locked
 *
 * An ACK with a sequence number that was acknowledged already, for the persist
 * and keepalive timers (RFC 9293 3.8.4: SEG.SEQ = SND.NXT-1, no octet of text).
 *
 * Rules: SHLD-12
 */
void mytcp_send_probe(struct sock *sk)
{
	mytcp_transmit_control(sk, mytcp_sk(sk)->snd_una - 1, MYTCP_FLAG_ACK);
}

/**
 * mytcp_send_reset() - tell the peer that the connection is gone
 * @sk: locked, in a state that has a peer
 */
void mytcp_send_reset(struct sock *sk)
{
	mytcp_count(sock_net(sk), out_rsts);
	mytcp_transmit_control(sk, mytcp_sk(sk)->snd_nxt,
			       MYTCP_FLAG_RST | MYTCP_FLAG_ACK);
}
