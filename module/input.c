// SPDX-License-Identifier: GPL-2.0
/*
 * SEGMENT ARRIVES: RFC 9293 section 3.10.7, in its order. LISTEN is listen.c's,
 * the passive SYN-RECEIVED too (requests), TIME-WAIT is timewait.c's.
 */
#include <linux/security.h>
#include <net/tcp.h>

#include "ack.h"
#include "connect.h"
#include "ecn.h"
#include "fastopen.h"
#include "input.h"
#include "metrics.h"
#include "mss.h"
#include "mtuprobe.h"
#include "output.h"
#include "pace.h"
#include "rcvbuf.h"
#include "reassembly.h"
#include "recovery.h"
#include "reply.h"
#include "request.h"
#include "sack_report.h"
#include "sendqueue.h"
#include "timer.h"
#include "timewait.h"
#include "urgent.h"

/* RFC 7323 5.5: a timestamp is good for 24 days on an idle connection. */
#define MYTCP_PAWS_IDLE_NS	(24ull * 24 * 3600 * NSEC_PER_SEC)
/* As the kernel's TCP_DELACK_MAX: the ACK of a SYN,ACK may wait for text so long. */
#define MYTCP_SYNACK_DELAY_NS	(200 * NSEC_PER_MSEC)
/* RFC 7323 5.3: what the peer's clock may jitter (Linux's TCP_PAWS_WINDOW). */
#define MYTCP_PAWS_SLACK	1

/**
 * mytcp_parse() - read header and options of a segment
 * @skb: its data begin with the whole TCP header, linear
 * @seg: what was read
 *
 * Return: false when the header is malformed; malformed options do no harm.
 */
bool mytcp_parse(const struct sk_buff *skb, struct mytcp_segment *seg)
{
	u32 opt_len;

	if (mytcp_wire_parse(skb->data, skb_headlen(skb), skb->len, seg))
		return false;
	opt_len = seg->hdr_len - sizeof(struct tcphdr);
	if (!mytcp_options_ts_fast(skb->data + sizeof(struct tcphdr), opt_len,
				   &seg->opt))
		mytcp_options_parse(skb->data + sizeof(struct tcphdr), opt_len,
				    seg->flags & MYTCP_FLAG_SYN, &seg->opt);
	return true;
}

static void mytcp_fill_cb(struct sk_buff *skb, const struct mytcp_segment *seg)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);

	cb->seq = seg->seq;
	cb->end_seq = seg->seq + mytcp_seg_len(seg);
	cb->flags = seg->flags;
	cb->marks = 0;
}

/* The SYN is done with; what is left begins right behind it. */
static void mytcp_strip_syn(struct mytcp_segment *seg)
{
	seg->seq++;
	seg->flags &= ~MYTCP_FLAG_SYN;
}

/**
 * mytcp_syn_text() - make a SYN what is left without its SYN
 * @skb: its data begin with the TCP header; at the text afterwards
 * @seg: what it says
 *
 * Return: false, with @skb as it was, when it has neither text nor FIN.
 */
bool mytcp_syn_text(struct sk_buff *skb, const struct mytcp_segment *seg)
{
	struct mytcp_segment rest = *seg;

	mytcp_strip_syn(&rest);
	if (!mytcp_seg_len(&rest))
		return false;
	mytcp_fill_cb(skb, &rest);
	__skb_pull(skb, seg->hdr_len);
	return true;
}

/*
 * SND.WND is taken from the segment: RFC 9293 3.10.7.4, fifth.
 * Rules: REC-1, 7323-2.2-3, 7323-2.3-1, 5961-5.2-3
 */
static void mytcp_set_send_window(struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	u32 wnd = seg->wnd;

	if (!(seg->flags & MYTCP_FLAG_SYN))
		wnd <<= ms->snd_wscale;
	ms->snd_wnd = wnd;
	ms->snd_wl1 = seg->seq;
	ms->snd_wl2 = seg->ack;
	ms->max_snd_wnd = max(ms->max_snd_wnd, wnd);
}

/*
 * What the peer's SYN says: RFC 9293 3.7.1, RFC 7323 2.2 and 3.2, RFC 2018.
 * Rules: 7323-2.2-4, 7323-2.3-3, 7323-3.2-7
 */
static void mytcp_negotiate(struct sock *sk, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	const struct net *net = sock_net(sk);
	const struct mytcp_options *opt = &seg->opt;

	ms->wscale_ok = opt->has_wscale &&
			READ_ONCE(net->ipv4.sysctl_tcp_window_scaling);
	ms->snd_wscale = ms->wscale_ok ? opt->wscale : 0;
	if (!ms->wscale_ok)
		ms->rcv_wscale = 0;
	ms->sack_ok = opt->sack_ok && READ_ONCE(net->ipv4.sysctl_tcp_sack);
	ms->ts_ok = opt->has_ts && READ_ONCE(net->ipv4.sysctl_tcp_timestamps);
	if (ms->ts_ok) {
		ms->ts_recent = opt->ts_val;
		ms->ts_recent_ns = ms->now;
	}
	mytcp_mss_from_peer(sk, opt->mss);
	mytcp_ecn_negotiate(sk, seg);

	ms->irs = seg->seq;
	ms->rcv_nxt = seg->seq + 1;
	mytcp_paws_begin(&ms->paws, ms->ts_recent, ms->rcv_nxt);
	ms->rcv_wup = ms->rcv_nxt;
	ms->copied_seq = ms->rcv_nxt;
	ms->rcv_up = ms->rcv_nxt;
	mytcp_set_send_window(ms, seg);
}

/* RFC 5681 3.1: the first window. Rules: 5681-3.1-3, 5681-3.1-4. */
static void mytcp_begin_sending(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	/* RFC 5681 3.1, RFC 6298 (5.7): a lost SYN means caution. */
	mytcp_cong_restart(&ms->cong, ms->retries ? 1 : mytcp_first_window(ms));
	/* The ACK of a SYN that was lost must not open this window. */
	ms->cwnd_limited = false;
	ms->flight_most = 0;
	mytcp_window_begins(ms);
	mytcp_grow_sndbuf(sk);
	mytcp_pace_update(sk);
}

/**
 * mytcp_open_early() - a child may send although its SYN is not acknowledged
 * @sk: locked, in SYN_RECV; nothing is sent
 * @syn: the peer's SYN
 *
 * RFC 7413 section 4.2.2: within the initial window.
 *
 * Rules: 7413-4.2.2-6
 */
void mytcp_open_early(struct sock *sk, const struct mytcp_segment *syn)
{
	mytcp_set_send_window(mytcp_sk(sk), syn);
	mytcp_mtuprobe_init(sk);
	mytcp_mss_sync(sk);
	mytcp_begin_sending(sk);
}

/*
 * The peer's SYN is here and ours is acknowledged, which is still to be noted.
 * Rules: 6298-5-8
 */
static void mytcp_established(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	/* Text went out behind our SYN, by a window that may have shrunk since. */
	bool sending = ms->fastopen_slot && ms->packets_out > 1;

	mytcp_mtuprobe_init(sk);
	mytcp_mss_sync(sk);
	if (ms->retries)
		mytcp_rtt_syn_lost(&ms->rtt);
	if (!sending)
		mytcp_begin_sending(sk);
	ms->retries = 0;
	ms->soft_error = 0;
	ms->rtt.backoff = 0;
	mytcp_rcvbuf_open(sk);
	ms->opened = ms->now;
	ms->last_rcvd = ms->now;
	ms->rcv_mss = min_t(u32, ms->advmss ?: MYTCP_MSS_DEFAULT, MYTCP_MSS_DEFAULT);
	mytcp_set_state(sk, TCP_ESTABLISHED);
	/* In this order it is always open to who polls it. */
	mytcp_fastopen_leave(sk, false);
	mytcp_timer_keepalive_restart(sk);
}

/*
 * The connection was refused or reset by the peer: what its user is told.
 * Rules: MUST-12, 7413-5.1-1
 */
static void mytcp_reset_arrived(struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_SYN_RECV:
		if (mytcp_fastopen_opening(sk)) {
			mytcp_fastopen_leave(sk, true);
			mytcp_fail(sk, ECONNRESET);
			break;
		}
		fallthrough;
	case TCP_SYN_SENT:
		mytcp_fail(sk, ECONNREFUSED);
		break;
	case TCP_CLOSE_WAIT:
		mytcp_count_estab_reset(sk);
		mytcp_fail(sk, EPIPE);
		break;
	default:
		mytcp_count_estab_reset(sk);
		mytcp_fail(sk, ECONNRESET);
	}
}

/*
 * The SYN,ACK is owed an ACK. Who has set TCP_DEFER_ACCEPT or TCP_QUICKACK to 0 before
 * connect() has something to say that it may go with.
 */
static void mytcp_ack_synack(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->user.defer_accept && !ms->pingpong) {
		ms->ack_pending = MYTCP_ACK_NOW;
		return;
	}
	ms->ack_pending = MYTCP_ACK_DELAYED;
	mytcp_deadline_set(sk, MYTCP_DL_DELACK, ms->now + MYTCP_SYNACK_DELAY_NS);
}

static void mytcp_text(struct sock *sk, struct sk_buff *skb,
		       const struct mytcp_segment *seg);

/*
 * 3.10.7.3 SYN-SENT STATE. Text and FIN that came along with the SYN,ACK go on to
 * the sixth step, as if they had come in a segment of their own. With a SYN alone
 * they have to wait until our SYN is acknowledged.
 * Rules: MUST-10, 5961-3.2-4, 7323-3.2-3
 */
static void mytcp_syn_sent(struct sock *sk, struct sk_buff *skb,
			   struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool ack = seg->flags & MYTCP_FLAG_ACK;

	/* Nothing was sent yet that it could be an answer to. */
	if (unlikely(ms->connect_deferred))
		goto drop;
	/* First: the ACK bit */
	if (ack && (!seq_after(seg->ack, ms->iss) || seq_after(seg->ack, ms->snd_nxt))) {
		if (!(seg->flags & MYTCP_FLAG_RST))
			mytcp_reply_reset(ms->lower, &ms->node.tuple, sk, skb, seg);
		goto drop;
	}
	/* RFC 7323 3.2: an echo of what we never sent belongs to another SYN. */
	if (ack && seg->opt.has_ts && seg->opt.ts_ecr &&
	    seq_after(seg->opt.ts_ecr, mytcp_ts_now(ms))) {
		mytcp_count(sock_net(sk), paws_drops);
		mytcp_reply_reset(ms->lower, &ms->node.tuple, sk, skb, seg);
		goto drop;
	}
	/* Second: the RST bit */
	if (seg->flags & MYTCP_FLAG_RST) {
		if (ack)
			mytcp_reset_arrived(sk);
		goto drop;
	}
	/* Third: security; IPsec policy and filters have spoken. Fourth: SYN */
	if (!(seg->flags & MYTCP_FLAG_SYN))
		goto drop;

	mytcp_negotiate(sk, seg);
	if (!ack) {
		/*
		 * Simultaneous open: our SYN goes out again, now with an ACK. The
		 * user may close before it is answered, and never be ESTABLISHED.
		 */
		mytcp_mtuprobe_init(sk);
		mytcp_mss_sync(sk);
		mytcp_rcvbuf_open(sk);
		mytcp_set_state(sk, TCP_SYN_RECV);
		mytcp_fastopen_text_lost(sk);
		mytcp_retransmit(sk, mytcp_sent_head(sk));
		if (!mytcp_syn_text(skb, seg))
			goto drop;
		mytcp_hold_text(sk, skb);
		return;
	}
	mytcp_established(sk);
	mytcp_ack_synack(sk);
	if (unlikely(mytcp_fastopen_tried(ms)))
		mytcp_fastopen_answered(sk, seg);
	mytcp_recovery_ack(sk, seg, true);
	security_inet_conn_established(sk, skb);
	sk->sk_state_change(sk);
	sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);

	mytcp_strip_syn(seg);
	mytcp_fill_cb(skb, seg);
	mytcp_text(sk, skb, seg);
	return;
drop:
	kfree_skb(skb);
}

/*
 * RFC 7323 5.3, R1: older than what was seen, and not after a long silence; nor merely
 * overtaken.
 * Rules: 7323-3.2-10, 7323-5.3-1, 7323-5.3-3, 7323-5.5-1
 */
static bool mytcp_paws_reject(const struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	if (!ms->ts_ok || !seg->opt.has_ts)
		return false;
	if (likely((s32)(ms->ts_recent - seg->opt.ts_val) <= MYTCP_PAWS_SLACK))
		return false;
	return ms->now - ms->ts_recent_ns < MYTCP_PAWS_IDLE_NS &&
	       !mytcp_paws_same_round(&ms->paws, seg->opt.ts_val, ms->rcv_nxt);
}

/*
 * RFC 7323 3.2: where timestamps were agreed upon, a segment without is dropped
 * in silence; a guess of who cannot see the connection, mostly. A SYN is spared:
 * a peer that has crashed must learn that we have not (RFC 9293 3.5.1).
 * Rules: 7323-3.2-8, 7323-3.2-9
 */
static bool mytcp_ts_missing(const struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	return ms->ts_ok && !seg->opt.has_ts &&
	       !(seg->flags & (MYTCP_FLAG_RST | MYTCP_FLAG_SYN));
}

/*
 * RFC 7323 4.3 (2): remember what the next ACK shall echo.
 * Rules: 7323-3.2-10, 7323-4.3-1, 7323-4.3-2, 7323-4.3-3, 7323-4.3-4, 7323-5.3-2
 */
static void mytcp_remember_ts(struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	if (!ms->ts_ok || !seg->opt.has_ts || seq_after(seg->seq, ms->ts_lastack))
		return;
	if ((s32)(seg->opt.ts_val - ms->ts_recent) >= 0) {
		ms->ts_recent = seg->opt.ts_val;
		ms->ts_recent_ns = ms->now;
		mytcp_paws_mark(&ms->paws, ms->ts_recent, ms->rcv_nxt);
	}
}

/*
 * In a simultaneous open the peer's SYN comes again, now with the ACK of ours:
 * it lies before the window, but its ACK is what we wait for (figure 8).
 * Rules: MUST-10
 */
static bool mytcp_crossed_syn_ack(const struct sock *sk, const struct mytcp_segment *seg)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return !mytcp_fastopen_opening(sk) && seg->seq == ms->irs &&
	       (seg->flags & MYTCP_FLAG_SYN) && (seg->flags & MYTCP_FLAG_ACK) &&
	       !(seg->flags & MYTCP_FLAG_RST) && seg->ack == ms->snd_nxt;
}

/*
 * The SYN of a Fast Open child, once more: it lies before the window, but the peer waits
 * for a SYN,ACK, not for an ACK.
 */
static bool mytcp_syn_again(const struct sock *sk, const struct mytcp_segment *seg)
{
	return mytcp_fastopen_opening(sk) && seg->seq == mytcp_sk(sk)->irs &&
	       (seg->flags & (MYTCP_FLAG_SYN | MYTCP_FLAG_ACK | MYTCP_FLAG_RST)) ==
	       MYTCP_FLAG_SYN;
}

/* But not as often as a forger likes, to whom he names. */
static void mytcp_answer_syn_again(struct sock *sk, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	mytcp_remember_ts(ms, seg);
	if (mytcp_oow_allowed(sock_net(sk), ms->now, &ms->last_oow_ack))
		mytcp_retransmit(sk, mytcp_sent_head(sk));
}

/*
 * 3.10.7.4, first: the sequence number. A closed window still lets ACK, URG and
 * RST of a segment at its edge in (MUST-66); its text is not taken.
 * Rules: 7323-2.4-2
 */
static bool mytcp_acceptable(struct sock *sk, const struct mytcp_segment *seg)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 wnd = mytcp_receive_window(ms);

	if (seq_acceptable(seg->seq, mytcp_seg_len(seg), ms->rcv_nxt, wnd))
		return true;
	return !wnd && seg->seq == ms->rcv_nxt;
}

/* Text or FIN, which the peer repeats until it is acknowledged. */
static bool mytcp_has_text(const struct mytcp_segment *seg)
{
	return mytcp_seg_len(seg) && !(seg->flags & MYTCP_FLAG_SYN);
}

/*
 * What cannot be accepted is often what was here before: RFC 2883 section 4.1.1.
 * Rules: 2883-4-1, 2883-4.3-1
 */
static void mytcp_report_duplicate(struct sock *sk, const struct mytcp_segment *seg)
{
	u32 nxt = mytcp_sk(sk)->rcv_nxt;

	if (mytcp_has_text(seg) && seq_before(seg->seq, nxt))
		mytcp_sack_report_duplicate(sk, seg->seq,
					    seq_min(seg->seq + mytcp_seg_len(seg), nxt));
}

/*
 * First to fourth step; false: the segment has been dealt with.
 * Rules: SHLD-2, 5961-3.2-1, 5961-3.2-2, 5961-3.2-3, 5961-4.2-1, 5961-4.2-2,
 * 7323-5.2-1, 7323-5.2-2
 */
static bool mytcp_check_sequence(struct sock *sk, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool rst = seg->flags & MYTCP_FLAG_RST;

	if (unlikely(mytcp_ts_missing(ms, seg))) {
		mytcp_count(sock_net(sk), ts_missing);
		return false;
	}
	if (unlikely(mytcp_paws_reject(ms, seg)) && !rst) {
		mytcp_count(sock_net(sk), paws_drops);
		mytcp_report_duplicate(sk, seg);
		mytcp_ack_unacceptable(sk, mytcp_has_text(seg));
		return false;
	}
	if (unlikely(sk->sk_state == TCP_SYN_RECV)) {
		/* A SYN until its window is taken, which is not scaled: RFC 7323 2.2. */
		if (mytcp_crossed_syn_ack(sk, seg))
			return true;
		if (mytcp_syn_again(sk, seg)) {
			mytcp_answer_syn_again(sk, seg);
			return false;
		}
	}
	if (unlikely(!mytcp_acceptable(sk, seg))) {
		mytcp_count(sock_net(sk), out_of_window);
		if (!rst) {
			mytcp_report_duplicate(sk, seg);
			mytcp_ack_unacceptable(sk, mytcp_has_text(seg));
		}
		return false;
	}
	/* Second: RST, with the check of RFC 5961 3.2 */
	if (unlikely(rst)) {
		if (seg->seq == ms->rcv_nxt) {
			mytcp_reset_arrived(sk);
		} else {
			mytcp_fastopen_odd_reset(sk);
			mytcp_send_challenge_ack(sk);
		}
		return false;
	}
	/* Fourth: SYN, RFC 5961 4.2 */
	if (unlikely(seg->flags & MYTCP_FLAG_SYN)) {
		mytcp_send_challenge_ack(sk);
		return false;
	}
	return true;
}

/* Our FIN is acknowledged: what that means in the states that sent one. */
static void mytcp_fin_acked(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	switch (sk->sk_state) {
	case TCP_FIN_WAIT1:
		mytcp_set_state(sk, TCP_FIN_WAIT2);
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | SEND_SHUTDOWN);
		sk_dst_confirm(sk);
		if (!sock_flag(sk, SOCK_DEAD))
			sk->sk_state_change(sk);
		else if (ms->user.linger2_s < 0)
			mytcp_abort(sk, ECONNABORTED);
		else
			mytcp_deadline_set(sk, MYTCP_DL_LINGER,
					   ms->now + mytcp_fin_wait_2_ns(sk));
		break;
	case TCP_CLOSING:
		mytcp_timewait_enter(sk);
		break;
	case TCP_LAST_ACK:
		mytcp_done(sk);
		break;
	}
}

/*
 * 3.10.7.4, fifth: is the segment no older than what last told of the window? RFC 9293
 * goes by SEG.SEQ first. But what is sent again has an old one and a window of its own
 * time, as has everything that acknowledges more than we knew of: with the older window
 * the right edge would move by that, to where the peer has no room. As Linux's
 * tcp_may_update_window().
 */
static bool mytcp_tells_window(const struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	if (seg->ack == ms->snd_una)
		return seq_before(ms->snd_wl1, seg->seq) ||
		       (ms->snd_wl1 == seg->seq && seq_before_eq(ms->snd_wl2, seg->ack));
	return seq_after(seg->ack, ms->snd_una);
}

/*
 * 3.10.7.4, fifth: the ACK field. False: the segment is dropped. Else the connection
 * may be at its end, and the socket in CLOSE.
 * Rules: MAY-12, 5961-5.2-1, 5961-5.2-2
 */
static bool mytcp_check_ack(struct sock *sk, struct sk_buff *skb,
			    const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool wnd_changed = false;

	if (!(seg->flags & MYTCP_FLAG_ACK))
		return false;

	if (sk->sk_state == TCP_SYN_RECV) {
		if (!seq_after(seg->ack, ms->snd_una) || seq_after(seg->ack, ms->snd_nxt)) {
			mytcp_reply_reset(ms->lower, &ms->node.tuple, sk, skb, seg);
			return false;
		}
		mytcp_set_send_window(ms, seg);
		mytcp_established(sk);
		if (ms->fin_queued)	/* a Fast Open child that was closed before */
			mytcp_set_state(sk, TCP_FIN_WAIT1);
		security_inet_conn_established(sk, skb);
		sk->sk_state_change(sk);
		sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	}

	/* RFC 5961 5.2: SND.UNA - MAX.SND.WND <= SEG.ACK <= SND.NXT */
	if (unlikely(seq_after(seg->ack, ms->snd_nxt))) {
		mytcp_ack_unacceptable(sk, false);
		return false;
	}
	if (unlikely(seq_before(seg->ack, ms->snd_una - ms->max_snd_wnd))) {
		mytcp_send_challenge_ack(sk);
		return false;
	}
	/* Who can guess no SEG.ACK teaches us nothing: no TS.Recent, no sign of life. */
	mytcp_remember_ts(ms, seg);
	ms->last_rcvd = ms->now;
	ms->probes_out = 0;

	if (mytcp_tells_window(ms, seg)) {
		u32 before = ms->snd_wnd;

		mytcp_set_send_window(ms, seg);
		wnd_changed = ms->snd_wnd != before;
	}
	if (likely(seq_before_eq(ms->snd_una, seg->ack))) {
		mytcp_ecn_cwr(sk, seg);
		mytcp_recovery_ack(sk, seg, wnd_changed);
	} else {
		mytcp_recovery_old_ack(sk, seg);
	}

	if (ms->fin_queued && ms->snd_una == ms->write_seq)
		mytcp_fin_acked(sk);
	return true;
}

/**
 * mytcp_fin_arrived() - 3.10.7.4, eighth: everything before the peer's FIN is here
 * @sk: locked; RCV.NXT is behind the FIN
 *
 * The connection may be in TIME_WAIT and the socket in CLOSE afterwards.
 *
 * Rules: MUST-12
 */
void mytcp_fin_arrived(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | RCV_SHUTDOWN);
	sock_set_flag(sk, SOCK_DONE);
	ms->ack_pending = MYTCP_ACK_NOW;

	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
		mytcp_set_state(sk, TCP_CLOSE_WAIT);
		break;
	case TCP_FIN_WAIT1:
		mytcp_set_state(sk, TCP_CLOSING);
		break;
	case TCP_FIN_WAIT2:
		mytcp_send_ack(sk);
		mytcp_reassembly_purge(sk);
		mytcp_timewait_enter(sk);
		return;
	default:
		return;
	}
	/* Nothing can follow a FIN. */
	mytcp_reassembly_purge(sk);

	if (sock_flag(sk, SOCK_DEAD))
		return;
	sk->sk_state_change(sk);
	if (sk->sk_shutdown == SHUTDOWN_MASK)
		sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_HUP);
	else
		sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
}

/* May the state receive text? After the peer's FIN there cannot be any. */
static bool mytcp_takes_text(const struct sock *sk)
{
	return (1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 |
				      TCPF_FIN_WAIT2);
}

/*
 * Text for a user who has closed: nobody will ever read it, and the peer is to
 * know (RFC 9293 3.10.4 and RFC 2525 2.17).
 * Rules: SHLD-3, MAY-1
 */
static bool mytcp_text_after_close(const struct sock *sk, const struct sk_buff *skb,
				   const struct mytcp_segment *seg)
{
	u32 text_end = MYTCP_CB(skb)->end_seq - !!(seg->flags & MYTCP_FLAG_FIN);

	return (sk->sk_shutdown & RCV_SHUTDOWN) && seg->len &&
	       seq_after(text_end, mytcp_sk(sk)->rcv_nxt) &&
	       (sk->sk_state == TCP_FIN_WAIT1 || sk->sk_state == TCP_FIN_WAIT2);
}

/* Sixth and seventh step, which leads to the eighth. Consumes skb. */
static void mytcp_take_text(struct sock *sk, struct sk_buff *skb,
			    const struct mytcp_segment *seg)
{
	if (unlikely(seg->flags & MYTCP_FLAG_URG))
		mytcp_urgent_arrived(sk, skb, seg);
	if (!mytcp_seg_len(seg)) {
		__kfree_skb(skb);
		return;
	}
	mytcp_ack_text_arrives(mytcp_sk(sk));
	__skb_pull(skb, seg->hdr_len);
	mytcp_receive_text(sk, skb);
	mytcp_rcvbuf_measure(mytcp_sk(sk), seg);
}

/*
 * 3.10.7.4, sixth to eighth: URG, text, FIN; then what the segment allows or
 * demands to be sent. Consumes skb.
 * Rules: MUST-58, MUST-59
 */
static void mytcp_text(struct sock *sk, struct sk_buff *skb,
		       const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (unlikely(mytcp_text_after_close(sk, skb, seg))) {
		mytcp_count(sock_net(sk), aborted_on_data);
		kfree_skb(skb);
		mytcp_abort(sk, ECONNRESET);
	} else if (mytcp_takes_text(sk)) {
		mytcp_take_text(sk, skb, seg);
	} else if (mytcp_seg_len(seg)) {
		kfree_skb(skb);
	} else {
		consume_skb(skb);
	}

	if (sk->sk_state == TCP_CLOSE)
		return;
	if (mytcp_unsent_head(sk)) {
		/* Text has no room for it, and would take the ACK along. */
		if (unlikely(mytcp_sack_report_holds_duplicate(ms)))
			mytcp_ack_if_due(sk);
		mytcp_push(sk, false);
	}
	mytcp_ack_if_due(sk);
}

/**
 * mytcp_check_space() - is the user waiting for what may have come to be?
 * @sk: locked
 *
 * That is room in the send buffer, or less that is unsent (TCP_NOTSENT_LOWAT): to be
 * called when all is sent that is allowed.
 */
void mytcp_check_space(struct sock *sk)
{
	struct socket *sock = sk->sk_socket;

	/* Pairs with mytcp_poll(), which sets the bit and then looks for room. */
	smp_mb();
	if (sock && test_bit(SOCK_NOSPACE, &sock->flags))
		mytcp_wake_writers(sk);
}

/**
 * mytcp_segment_arrives() - RFC 9293 3.10.7 for a socket in any state but LISTEN
 * @sk: locked, or its spin lock held and not owned
 * @skb: checksum verified, data at the TCP header, all of which is linear;
 *	consumed
 *
 * Context: soft-irq, or process when the backlog is run.
 */
void mytcp_segment_arrives(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 una = ms->snd_una;
	u32 nxt = ms->snd_nxt;
	struct mytcp_segment seg;
	bool opening;

	/* CLOSE: found just before it was unhashed; whoever asks again learns. */
	if (unlikely(sk->sk_state == TCP_CLOSE))
		goto drop;
	if (unlikely(!mytcp_parse(skb, &seg))) {
		mytcp_count(sock_net(sk), in_errs);
		goto drop;
	}
	ms->now = mytcp_clock();
	ms->segs_in += max_t(u32, 1, skb_shinfo(skb)->gso_segs);
	mytcp_fill_cb(skb, &seg);

	if (unlikely(sk->sk_state == TCP_SYN_SENT)) {
		mytcp_syn_sent(sk, skb, &seg);
		return;
	}
	if (!mytcp_check_sequence(sk, &seg))
		goto drop;
	opening = sk->sk_state == TCP_SYN_RECV;
	if (!mytcp_check_ack(sk, skb, &seg))
		goto drop;
	if (unlikely(seg.flags & MYTCP_FLAG_SYN)) {
		mytcp_strip_syn(&seg);
		mytcp_fill_cb(skb, &seg);
	}
	if (unlikely(opening))
		mytcp_release_text(sk);
	mytcp_text(sk, skb, &seg);
	if (ms->snd_una != una || ms->snd_nxt != nxt)
		mytcp_check_space(sk);
	return;
drop:
	kfree_skb(skb);
}

/**
 * mytcp_backlog_rcv() - a segment that had to wait for the socket's owner
 * @sk: locked
 * @skb: as for mytcp_segment_arrives(); consumed
 *
 * Return: 0.
 */
int mytcp_backlog_rcv(struct sock *sk, struct sk_buff *skb)
{
	mytcp_segment_arrives(sk, skb);
	return 0;
}

/**
 * mytcp_icmp_in_flight() - is what an ICMP message quotes on its way?
 * @sk: locked
 * @quoted_seq: the sequence number in the quoted header
 *
 * RFC 5927 4.1: a message about nothing that is, is not to be believed. As in Linux, a
 * path's MTU is not kept waiting for a timeout besides (section 7.2): each true message
 * would cost one, and net.ipv4.route.min_pmtu bounds what a lie does.
 *
 * Context: soft-irq.
 */
bool mytcp_icmp_in_flight(const struct sock *sk, u32 quoted_seq)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN &&
	       seq_between(quoted_seq, ms->snd_una, ms->snd_nxt);
}

static bool mytcp_icmp_credible(const struct sock *sk, u32 quoted_seq)
{
	if (mytcp_icmp_in_flight(sk, quoted_seq))
		return true;
	mytcp_count(sock_net(sk), icmp_ignored);
	return false;
}

/* Rules: MUST-47, MUST-56, SHLD-20, SHLD-25. */
static void mytcp_icmp_error_locked(struct sock *sk, int err, bool hard)
{
	const int states = TCPF_SYN_SENT | TCPF_SYN_RECV;
	/* Who has been accepted is open to its user. */
	bool opening = ((1 << sk->sk_state) & states) &&
		       !(mytcp_fastopen_opening(sk) && sk->sk_socket);

	if (hard && opening && !sock_owned_by_user(sk)) {
		mytcp_sk(sk)->now = mytcp_clock();
		mytcp_fail(sk, err);
	} else if (mytcp_compat_recverr(sk) && !sock_owned_by_user(sk)) {
		/* IP_RECVERR: the user wants to know at once (MUST-47). */
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
	} else {
		WRITE_ONCE(mytcp_sk(sk)->soft_error, err);
	}
}

/**
 * mytcp_icmp_error() - an ICMP error quotes a segment of ours
 * @node: found in the demultiplexer, under RCU
 * @quoted_seq: the sequence number in the quoted header
 * @err: positive errno
 * @hard: a hard error (RFC 9293 3.9.2.2)
 *
 * A hard error ends a connection that is being opened (RFC 5461); all others
 * are remembered, as the reason to give should the retransmissions end in vain.
 *
 * Context: soft-irq.
 */
void mytcp_icmp_error(struct mytcp_node *node, u32 quoted_seq, int err, bool hard)
{
	struct sock *sk;

	if (node->kind == MYTCP_NODE_REQUEST) {
		mytcp_request_icmp(container_of(node, struct mytcp_request, node),
				   quoted_seq, err);
		return;
	}
	if (node->kind != MYTCP_NODE_SOCK)
		return;
	sk = mytcp_to_sk(mytcp_node_sk(node));
	bh_lock_sock(sk);
	if (mytcp_icmp_credible(sk, quoted_seq))
		mytcp_icmp_error_locked(sk, err, hard);
	bh_unlock_sock(sk);
}

static void mytcp_icmp_mtu_locked(struct sock *sk, u32 mtu)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (sock_owned_by_user(sk)) {
		WRITE_ONCE(ms->icmp_mtu, mtu);
		set_bit(MYTCP_DEFER_MTU, &ms->deferred);
	} else {
		ms->now = mytcp_clock();
		mytcp_path_mtu(sk, mtu);
	}
}

/**
 * mytcp_icmp_mtu() - ICMP fragmentation needed quotes a segment of ours
 * @node: found in the demultiplexer, under RCU
 * @quoted_seq: the sequence number in the quoted header
 * @mtu: bytes of IP packet that fit; 0: the router does not say
 *
 * Context: soft-irq.
 */
void mytcp_icmp_mtu(struct mytcp_node *node, u32 quoted_seq, u32 mtu)
{
	struct sock *sk;

	if (node->kind != MYTCP_NODE_SOCK)
		return;
	sk = mytcp_to_sk(mytcp_node_sk(node));
	bh_lock_sock(sk);
	if (mytcp_icmp_credible(sk, quoted_seq))
		mytcp_icmp_mtu_locked(sk, mtu);
	bh_unlock_sock(sk);
}
