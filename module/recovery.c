// SPDX-License-Identifier: GPL-2.0
/*
 * Acknowledgments, losses, timeouts: see recovery.h.
 */
#include <net/tcp.h>

#include "buflimit.h"
#include "delivery.h"
#include "ecn.h"
#include "frto.h"
#include "loss.h"
#include "mtuprobe.h"
#include "output.h"
#include "pace.h"
#include "recovery.h"
#include "sack.h"
#include "sendqueue.h"
#include "small_queue.h"
#include "timer.h"
#include "tlp.h"
#include "undo.h"

/*
 * What is lost waits in the order in which that was found. When the peer's window has
 * become too small for the first of it, or it may not be split, there is the segment
 * that the peer waits for. Returns NULL if that waits for no repeat, or is no other.
 */
static struct mytcp_skb_cb *mytcp_lost_head(struct sock *sk, const struct mytcp_skb_cb *tried,
					    int err)
{
	struct mytcp_skb_cb *head = MYTCP_CB(mytcp_sent_head(sk));

	if ((err != -EAGAIN && err != -ENOMEM && err != -ENOSPC) || head == tried ||
	    !mytcp_waits_for_repeat(head))
		return NULL;
	return head;
}

/*
 * Send again what is lost, as far as the congestion window has room.
 * Rules: 6675-4-5, 6675-4-9, 6675-5-9, 6675-5-10
 */
static void mytcp_retransmit_lost(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int err;

	if (list_empty(&ms->lost) || mytcp_trim_again(sk))
		return;
	while (!list_empty(&ms->lost)) {
		struct mytcp_skb_cb *cb = list_first_entry(&ms->lost, struct mytcp_skb_cb, link);

		if (mytcp_in_flight(ms) >= ms->cong.cwnd) {
			mytcp_note_flight(ms, true);
			return;
		}
		if (mytcp_pace_hold(sk) || mytcp_small_queue_full(sk, MYTCP_SKB(cb), true))
			return;
		err = mytcp_retransmit(sk, MYTCP_SKB(cb));
		if (err) {
			cb = mytcp_lost_head(sk, cb, err);
			if (!cb || mytcp_retransmit(sk, MYTCP_SKB(cb)))
				return;
		}
		/* Its ACK takes a round trip from now on, which the timer has to wait. */
		if (cb->seq == ms->snd_una)
			mytcp_timer_rto_restart(sk);
	}
}

/* The first segment of the send queue is lost. */
static int mytcp_lose_head(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;
	u32 size;

	if (mytcp_trim_again(sk))
		return -ENOMEM;
	skb = mytcp_sent_head(sk);
	if (MYTCP_CB(skb)->marks & MYTCP_MARK_LOST)
		return 0;
	/* What is left of a probe is as lost as its beginning. */
	size = mytcp_mtuprobe_at(ms, MYTCP_CB(skb)->seq) ? skb->len : mytcp_resend_size(ms, skb);
	if (skb->len > size && mytcp_fragment(sk, skb, size))
		return -ENOMEM;
	mytcp_loss_mark(ms, skb);
	return 0;
}

/*
 * SND.UNA moves over "segments" of a buffer, which end at cb->end_seq. What SACK told
 * of before has told all that it can.
 */
static void mytcp_ack_segments(struct mytcp_sock *ms, const struct mytcp_skb_cb *cb,
			       struct mytcp_rate_flight flight, u32 segments,
			       struct mytcp_acked *acked)
{
	if (cb->marks & MYTCP_MARK_SACKED)
		return;
	/* A SYN tells of the path, but it is nothing that the window counts. */
	if (segments && !(cb->flags & MYTCP_FLAG_SYN)) {
		acked->segments += segments;
		mytcp_delivery_acked(ms, cb, flight, segments, acked);
	}
	mytcp_loss_delivered(ms, cb, acked, true);
	if (cb->retransmits) {
		acked->retransmitted = true;
		return;
	}
	if (!segments)
		return;
	acked->original |= !seq_after(cb->end_seq, ms->recover);
	if (acked->rtt_us < 0)
		acked->rtt_us = mytcp_us_since(ms, cb->sent_ns);
}

/* A buffer is acknowledged as a whole. */
static void mytcp_ack_buffer(struct sock *sk, struct sk_buff *skb,
			     struct mytcp_acked *acked)
{
	mytcp_ack_segments(mytcp_sk(sk), MYTCP_CB(skb), *mytcp_flight(skb), mytcp_packets(skb),
			   acked);
	mytcp_unlink_acked(sk, skb);
}

/* The front of a buffer is acknowledged. */
static void mytcp_ack_front(struct sock *sk, struct sk_buff *skb,
			    struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_rate_flight flight = *mytcp_flight(skb);
	struct mytcp_skb_cb front = *MYTCP_CB(skb);
	u32 before = ms->packets_out;

	front.end_seq = ms->snd_una;
	mytcp_trim_acked(sk, skb);
	mytcp_ack_segments(ms, &front, flight, before - ms->packets_out, acked);
}

/* RFC 9293 3.10.7.4: "any segments on the retransmission queue that are thereby
 * entirely acknowledged are removed".
 * Rules: 2018-8-3, 6675-4-1
 */
static void mytcp_clean_queue(struct sock *sk, struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = mytcp_sent_head(sk))) {
		struct mytcp_skb_cb *cb = MYTCP_CB(skb);

		if (seq_before_eq(cb->end_seq, ms->snd_una)) {
			mytcp_ack_buffer(sk, skb, acked);
			continue;
		}
		if (seq_before(cb->seq, ms->snd_una))
			mytcp_ack_front(sk, skb, acked);
		break;
	}
}

/*
 * A lone small segment may have waited for the peer's delayed ACK: that it has been on
 * its way for so long says nothing of the path.
 */
static bool mytcp_maybe_delayed(const struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	return acked->segments == 1 && !acked->sacked && acked->packets_out == 1 &&
	       acked->bytes < ms->mss;
}

/**
 * mytcp_note_least_rtt() - a sample of the path alone
 * @sk: locked, ms->now set
 * @rtt_us: microseconds
 */
void mytcp_note_least_rtt(struct sock *sk, u32 rtt_us)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 window_s = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_min_rtt_wlen);

	mytcp_rtt_least(&ms->rtt, rtt_us, div_u64(ms->now, NSEC_PER_MSEC),
			window_s * MSEC_PER_SEC);
}

/*
 * RFC 6298 section 3 and 4, RFC 7323 4.1: a sample from what was sent once, else from the
 * echoed timestamp if SND.UNA has moved, else none (Karn). A listener's SYN-ACK was no
 * segment of ours: what may be known of it is known since mytcp_request_child().
 * Rules: MUST-18, 6298-3-1, 6298-3-2, 6298-3-3, 7323-4.1-2
 */
static void mytcp_sample_rtt(struct sock *sk, const struct mytcp_segment *seg,
			     const struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	s32 rtt_us = acked->rtt_us >= 0 ? acked->rtt_us : acked->sack_rtt_us;

	if (acked->retransmitted)
		rtt_us = -1;
	if (rtt_us < 0 && acked->segments && ms->ts_ok && seg->opt.has_ts && seg->opt.ts_ecr) {
		u32 ms_ago = mytcp_ts_now(ms) - seg->opt.ts_ecr;

		if (ms_ago < MYTCP_RTT_MAX_US / USEC_PER_MSEC)
			rtt_us = max(ms_ago, 1U) * USEC_PER_MSEC;
	}
	if (rtt_us < 0)
		return;
	mytcp_rtt_sample(&ms->rtt, rtt_us, ms->rto_min_us, MYTCP_RTO_MAX_US);
	if (!mytcp_maybe_delayed(ms, acked) || (u32)rtt_us < ms->rtt.min_rtt_us)
		mytcp_note_least_rtt(sk, rtt_us);
	ms->tlp_sampled = true;
}

/* What a buffer of one segment costs beside its text. */
#define BUFFER_OVERHEAD									\
	(roundup_pow_of_two(MYTCP_HEADER_MAX + MYTCP_LINEAR_MAX +			\
			    SKB_DATA_ALIGN(sizeof(struct skb_shared_info))) +		\
	 SKB_DATA_ALIGN(sizeof(struct sk_buff)))

/**
 * mytcp_grow_sndbuf() - let the send buffer follow the congestion window
 * @sk: locked
 *
 * Two windows: one on the way, one for the user to fill meanwhile, which is what is
 * sent while a loss is repaired, too. An algorithm that sends by a model of the path
 * has three: its window may double in a recovery. As Linux's tcp_sndbuf_expand(), and
 * like that only while memory is plenty.
 */
void mytcp_grow_sndbuf(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 windows = mytcp_cong_controls(&ms->cong) ? 3 : 2;
	u64 want = (u64)windows * (BUFFER_OVERHEAD + ms->mss) *
		   max(ms->cong.cwnd, MYTCP_IW_SEGMENTS);

	/* Most ACKs end here. */
	if (want <= sk->sk_sndbuf || sk->sk_userlocks & SOCK_SNDBUF_LOCK)
		return;
	want = min_t(u64, want, mytcp_sndbuf_most(sock_net(sk)));
	if (want > sk->sk_sndbuf && mytcp_memory_plenty(sk))
		WRITE_ONCE(sk->sk_sndbuf, want);
}

/*
 * Without SACK. Duplicate ACKs cannot have told of what is lost, nor of the segment that the
 * peer waits for: who counts these twice thinks that the path is emptier than it is.
 */
static u32 mytcp_newreno_tellable(const struct mytcp_sock *ms)
{
	u32 missing = max(ms->lost_out, 1U);

	return ms->packets_out - min(missing, ms->packets_out);
}

static void mytcp_newreno_limit(struct mytcp_sock *ms)
{
	ms->sacked_out = min(ms->sacked_out, mytcp_newreno_tellable(ms));
}

/*
 * SND.UNA moves without SACK: RFC 5681 and RFC 6582.
 * Rules: 6582-3.2-4, 6582-3.2-5, 6582-3.2-8
 */
static void mytcp_newreno_ack(struct sock *sk, const struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 gone = acked->segments ? acked->segments - 1 : 0;

	if (!mytcp_cong_repairing(&ms->cong) || !seq_before(ms->snd_una, ms->recover)) {
		ms->sacked_out = 0;
		return;
	}
	/* RFC 6582 3.2 (5), partial: the next hole begins here. */
	ms->sacked_out -= min(ms->sacked_out, gone);
	if (ms->cong.state == MYTCP_CONG_RECOVERY && ms->packets_out)
		mytcp_lose_head(sk);
	mytcp_newreno_limit(ms);
}

/*
 * A loss is found: fast retransmit, and the window goes down by and by.
 * Rules: 5681-3.2-12, 5681-4.3-1, 6675-5-4, 6675-5-11, 6937-3-1
 */
static void mytcp_enter_recovery(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->recover = ms->snd_nxt;
	ms->frto = MYTCP_FRTO_OFF;
	mytcp_tlp_cancel(sk);
	mytcp_undo_arm(ms);
	mytcp_ecn_loss(ms);
	/* Marks may have begun to reduce the window in this round trip: that goes on. */
	if (ms->cong.state != MYTCP_CONG_CWR) {
		mytcp_prr_begin(&ms->prr, ms->packets_out);
		mytcp_ecn_reduced(ms);
	}
	/* What exceeds the window is limited transmit's: it does not count. */
	mytcp_cong_enter_recovery(&ms->cong, min(ms->packets_out, ms->cong.cwnd));
	mytcp_count(sock_net(sk), fast_retransmits);
}

/* RFC 6937: what an ACK leaves of the window that goes down to ssthresh. */
static void mytcp_reduce_window(struct mytcp_sock *ms, u32 delivered, bool begins)
{
	ms->cong.cwnd = mytcp_prr_window(&ms->prr, ms->cong.ssthresh, mytcp_in_flight(ms),
					 delivered, begins);
}

/* The same without SACK, where only marks are answered so. Rules: 6937-2-1. */
static void mytcp_newreno_reduce(struct mytcp_sock *ms, u32 delivered)
{
	if (ms->cong.state == MYTCP_CONG_CWR && mytcp_cong_reducing(&ms->cong))
		mytcp_reduce_window(ms, delivered, false);
}

/*
 * RFC 5681 3.2, RFC 6582 3.2 (2).
 * Rules: 5681-3.2-3, 5681-3.2-4, 5681-3.2-5, 5681-3.2-8, 5681-3.2-9, 5681-3.2-10,
 * 6582-3.2-2, 6937-2-1
 */
static void mytcp_duplicate_ack(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->dup_acks < U8_MAX)
		ms->dup_acks++;
	if (ms->sacked_out < mytcp_newreno_tellable(ms)) {
		ms->sacked_out++;
		mytcp_newreno_reduce(ms, 1);
	}
	if (ms->dup_acks == MYTCP_DUPTHRESH && !mytcp_cong_repairing(&ms->cong) &&
	    seq_after(ms->snd_una, ms->recover) && !mytcp_lose_head(sk) &&
	    !mytcp_mtuprobe_failed(sk)) {
		mytcp_enter_recovery(sk);
		/* The lost segment goes out whatever the new window is. */
		mytcp_retransmit(sk, mytcp_sent_head(sk));
		mytcp_timer_rto_restart(sk);
	}
	mytcp_retransmit_lost(sk);
}

/*
 * With SACK: RFC 8985 says what is lost; RFC 6937, or an algorithm that decides for
 * itself, what may be sent meanwhile. "acked" is NULL when there is no ACK; "lost" says
 * that something has just been found to be lost, "send_new" that it has to wait.
 * Rules: 2018-5.1-1, 5681-3.2-6, 5681-4.3-6, 6675-4-6, 6675-5-3, 6675-5-6, 6675-5-8,
 * 6937-3-2, 8985-9.3-1
 */
static void mytcp_repair(struct sock *sk, struct mytcp_acked *acked, bool lost, bool send_new)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 delivered = acked ? acked->segments + acked->sacked : 0;
	/* A path that has become narrower loses, too, but that is no congestion. */
	bool begins = lost && !mytcp_cong_repairing(&ms->cong) && !mytcp_mtuprobe_failed(sk);

	if (begins)
		mytcp_enter_recovery(sk);
	if (acked)
		mytcp_delivery_control(sk, acked);
	if (mytcp_cong_reducing(&ms->cong) && (delivered || begins))
		mytcp_reduce_window(ms, delivered, begins);
	if (!send_new)
		mytcp_retransmit_lost(sk);
	if (begins)
		mytcp_timer_rto_restart(sk);
}

/*
 * What was lost is repaired when all is acknowledged that was sent until then. True
 * when that is so now.
 * Rules: 6582-3.2-3, 6582-6-1, 6675-5-5
 */
static bool mytcp_check_recovered(struct mytcp_sock *ms)
{
	if (ms->ecn.reduced)
		mytcp_ecn_check_end(ms);
	if (!mytcp_cong_repairing(&ms->cong)) {
		/* Left behind by half a circle it would seem to lie ahead. */
		ms->recover = seq_max(ms->recover, ms->snd_una - 1);
		return false;
	}
	if (seq_before(ms->snd_una, ms->recover))
		return false;
	mytcp_cong_exit_recovery(&ms->cong);
	mytcp_rack_recovered(&ms->rack);
	mytcp_undo_ended(ms);
	return true;
}

/* SND.UNA moves over what was sent. Rules: 6675-5-2. */
static void mytcp_new_ack(struct sock *sk, const struct mytcp_segment *seg,
			  struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	acked->bytes = seg->ack - ms->snd_una;
	WRITE_ONCE(ms->snd_una, seg->ack);
	ms->bytes_acked += acked->bytes;
	mytcp_clean_queue(sk, acked);
	mytcp_mtuprobe_acked(sk);
	if (ms->urg_mode && seq_before_eq(ms->snd_up, ms->snd_una))
		ms->urg_mode = false;
	sk_dst_confirm(sk);
	ms->retries = 0;
	ms->retrans_ns = 0;
	ms->dup_acks = 0;
}

/* How long a peer that seems to have thrown away text has to say so: RTT / 2, or this. */
#define RENEGING_WAIT_MIN_US	(10 * USEC_PER_MSEC)

/*
 * SND.UNA has come to what the peer had told to have: it has it no more, or it would
 * have acknowledged it. What is still on its way from there may tell otherwise; else
 * the timer finds out (mytcp_check_reneging()), and it need not wait long.
 * Rules: 6298-5-1
 */
static void mytcp_suspect_reneging(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 wait_us;

	if (likely(!(MYTCP_CB(mytcp_sent_head(sk))->marks & MYTCP_MARK_SACKED)))
		return;
	wait_us = max_t(u32, ms->rtt.srtt_us >> 4, RENEGING_WAIT_MIN_US);
	mytcp_deadline_set(sk, MYTCP_DL_RETRANSMIT, ms->now + (u64)wait_us * NSEC_PER_USEC);
}

/*
 * Returns true when a recovery has come to its end.
 * Rules: 6298-5-3, 6298-5-4
 */
static bool mytcp_after_new_ack(struct sock *sk, struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool recovered;

	/* RFC 6298 (5.2), (5.3) */
	if (ms->packets_out) {
		mytcp_timer_rto_restart(sk);
		if (ms->sacked_out)
			mytcp_suspect_reneging(sk);
	} else {
		mytcp_deadline_clear(sk, MYTCP_DL_RETRANSMIT);
	}
	/* Before the recovery ends: what it acknowledges opens no whole window. */
	mytcp_delivery_ack(sk, acked);
	if (!ms->sack_ok)
		mytcp_newreno_ack(sk, acked);
	recovered = mytcp_check_recovered(ms);
	if (!ms->sack_ok)
		mytcp_delivery_control(sk, acked);
	return recovered;
}

/* RFC 5681 section 2: the definition of a duplicate ACK */
static bool mytcp_is_duplicate(const struct mytcp_sock *ms, const struct mytcp_segment *seg,
			       bool wnd_changed)
{
	return seg->ack == ms->snd_una && !seg->len && !wnd_changed &&
	       !(seg->flags & (MYTCP_FLAG_SYN | MYTCP_FLAG_FIN));
}

/* The probed window opened; its timer's work is done, and nobody is kept waiting. */
static void mytcp_probed_window_opens(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	mytcp_deadline_clear(sk, MYTCP_DL_PERSIST);
	if (seq_before(ms->snd_nxt, ms->snd_una + ms->snd_wnd))
		ms->probe_ns = 0;
}

/**
 * mytcp_recovery_init() - nothing was sent or lost yet
 * @ms: a connection that begins; ISS is known
 *
 * Rules: 6582-3.2-1, 8985-7.1-1
 */
void mytcp_recovery_init(struct mytcp_sock *ms)
{
	ms->recover = ms->iss;
	mytcp_rack_init(&ms->rack, ms->iss);
	ms->prr = (struct mytcp_prr) {};
	ms->undo = (struct mytcp_undo) {};
	memset(ms->seen, 0, sizeof(ms->seen));
	ms->dsack = (struct mytcp_sack_block){};
	ms->tlp_out = false;
	ms->tlp_sampled = true;
	ms->frto = MYTCP_FRTO_OFF;
	ms->dup_acks = 0;
	ms->cwnd_limited = false;
	ms->flight_most = 0;
	ms->flight_end = ms->iss;
}

/* What an ACK tells, before it is looked at. */
static struct mytcp_acked mytcp_acked_begin(const struct mytcp_sock *ms,
					    const struct mytcp_segment *seg)
{
	return (struct mytcp_acked) {
		.in_flight = mytcp_in_flight(ms),
		.packets_out = ms->packets_out,
		.rtt_us = -1,
		.sack_rtt_us = -1,
		.has_echo = ms->ts_ok && seg->opt.has_ts && seg->opt.ts_ecr,
		.echo = seg->opt.ts_ecr,
		.cwnd_limited = ms->cwnd_limited,
		.window_used = mytcp_window_was_used(ms),
	};
}

/* A repetition of ours was needless, unless it was a probe: RACK is more patient now. */
static void mytcp_note_duplicate(struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	if (acked->duplicate && !mytcp_tlp_duplicate(ms, acked))
		mytcp_rack_duplicate(&ms->rack, ms->snd_nxt);
}

/**
 * mytcp_recovery_ack() - an acceptable ACK: SND.UNA =< SEG.ACK =< SND.NXT
 * @sk: locked; SND.WND is up to date
 * @seg: the segment
 * @wnd_changed: it changed SND.WND
 */
void mytcp_recovery_ack(struct sock *sk, const struct mytcp_segment *seg,
			bool wnd_changed)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool advances = seq_after(seg->ack, ms->snd_una);
	bool duplicate = mytcp_is_duplicate(ms, seg, wnd_changed);
	bool recovered = false, lost, send_new;
	u32 told = ms->sacked_out;
	struct mytcp_acked acked = mytcp_acked_begin(ms, seg);

	acked.ece = mytcp_ecn_echoed(ms, seg);
	acked.dup_ack = duplicate && !seg->opt.nr_sacks;
	mytcp_delivery_check_app(sk);
	mytcp_rack_ack(&ms->rack, seg->ack);
	if (advances)
		mytcp_new_ack(sk, seg, &acked);
	mytcp_sack_process(sk, seg, &acked);
	mytcp_sample_rtt(sk, seg, &acked);
	mytcp_note_duplicate(ms, &acked);

	/* RFC 3168: that there was congestion is proven, whatever was not lost. */
	if (acked.ece)
		ms->cong.marked = true;
	mytcp_undo_check(sk, &acked);
	send_new = mytcp_frto_ack(sk, &acked);
	if (advances)
		recovered = mytcp_after_new_ack(sk, &acked);
	else if (acked.sacked && ms->rack.reordering_seen)
		/*
		 * Else what was overtaken would count for the window alone, and nothing
		 * of all that SACK has told of before. Where nothing was reordered yet
		 * it is rather a loss that SACK tells of.
		 */
		mytcp_delivery_ack(sk, &acked);
	mytcp_ecn_ack(sk, &acked);
	if (ms->sack_ok) {
		mytcp_tlp_ack(sk, &acked);
		/* Of what was sent in the recovery something may be lost, too. */
		lost = mytcp_loss_detect(sk, false) || (recovered && ms->lost_out);
		mytcp_repair(sk, &acked, lost, send_new);
	} else if (advances && !send_new) {
		/* Duplicate ACKs have told of some. */
		mytcp_newreno_reduce(ms, acked.segments - min(acked.segments, told));
		mytcp_retransmit_lost(sk);
	} else if (duplicate && ms->packets_out) {
		mytcp_duplicate_ack(sk);
	}
	if (send_new && !mytcp_frto_send_new(sk))
		mytcp_retransmit_lost(sk);
	if (advances || acked.sacked)
		mytcp_tlp_schedule(sk);
	if (advances)
		mytcp_grow_sndbuf(sk);
	else if (wnd_changed && mytcp_unsent_head(sk) && !ms->packets_out)
		mytcp_probed_window_opens(sk);
}

/**
 * mytcp_recovery_old_ack() - an ACK that was overtaken: SEG.ACK < SND.UNA
 * @sk: locked
 * @seg: the segment
 *
 * Its blocks may still tell what no other did: the one that overtook it had room for
 * fewer than there are, or was lost with them.
 *
 * Rules: 6675-5-1
 */
void mytcp_recovery_old_ack(struct sock *sk, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_acked acked = mytcp_acked_begin(ms, seg);

	if (!ms->sack_ok || !seg->opt.nr_sacks)
		return;
	mytcp_sack_process(sk, seg, &acked);
	mytcp_note_duplicate(ms, &acked);
	mytcp_undo_check(sk, &acked);
	mytcp_repair(sk, &acked, mytcp_loss_detect(sk, false), ms->frto == MYTCP_FRTO_NEW);
	if (acked.sacked)
		mytcp_tlp_schedule(sk);
}

/**
 * mytcp_recovery_reorder() - what was late may be lost by now: RFC 8985 section 6.3
 * @sk: locked, ms->now set
 */
void mytcp_recovery_reorder(struct sock *sk)
{
	mytcp_repair(sk, NULL, mytcp_loss_detect(sk, true), false);
}

/**
 * mytcp_recovery_resume() - what is lost may go on: below is room, or it is time
 * @sk: locked, ms->now set
 */
void mytcp_recovery_resume(struct sock *sk)
{
	/* RFC 5682 section 2.1: something new goes first, and its ACK decides. */
	if (mytcp_sk(sk)->frto != MYTCP_FRTO_NEW)
		mytcp_retransmit_lost(sk);
}

/*
 * The timer expires and the peer has the very segment that it waits for: it has
 * thrown away what it had (RFC 2018 section 8). Without SACK nothing is known.
 * Rules: 2018-5-3, 2018-8-4
 */
static bool mytcp_check_reneging(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->sack_ok) {
		ms->sacked_out = 0;
		return false;
	}
	if (!(MYTCP_CB(mytcp_sent_head(sk))->marks & MYTCP_MARK_SACKED))
		return false;
	mytcp_count(sock_net(sk), sack_reneging);
	mytcp_sack_forget(sk);
	return true;
}

/**
 * mytcp_recovery_timeout() - the retransmission timer is due: RFC 6298 (5.4)-(5.7)
 * @sk: locked; something is unacknowledged
 *
 * A peer whose window is closed and who still answers is probed for ever (RFC 9293
 * 3.8.6.1), unless the user has gone; all else counts towards giving up.
 *
 * Rules: MUST-37, SHLD-10, SHLD-17, 6298-5-5, 6298-5-6, 6298-5-7, 6582-3.2-7,
 * 6675-5.1-1, 6675-5.1-2, 6675-5.1-3
 */
void mytcp_recovery_timeout(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u64 rto_max = (u64)MYTCP_RTO_MAX_US * NSEC_PER_USEC;

	mytcp_count(sock_net(sk), rto_timeouts);
	if (!ms->retrans_ns)
		ms->retrans_ns = ms->now;
	if (ms->snd_wnd || ms->now - ms->last_rcvd > rto_max ||
	    ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) ||
	    sock_flag(sk, SOCK_DEAD))
		ms->retries++;

	mytcp_frto_begin(sk);
	if (!mytcp_cong_repairing(&ms->cong))
		mytcp_undo_arm(ms);
	mytcp_ecn_loss(ms);
	mytcp_cong_on_rto(&ms->cong, ms->packets_out);
	mytcp_ecn_reduced(ms);
	mytcp_note_flight(ms, true);
	ms->recover = ms->snd_nxt;
	ms->dup_acks = 0;
	mytcp_tlp_cancel(sk);
	mytcp_loss_timeout(sk, mytcp_check_reneging(sk));
	/* RFC 9293 3.8.3 (b), MUST-20: after R1 the route is doubted. */
	if (ms->retries >= READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_retries1)) {
		mytcp_mtuprobe_black_hole(sk);
		dst_negative_advice(sk);
	}
	if (sk->sk_state == TCP_SYN_SENT || ms->retries > 2)
		ms->lower->reroute(sk);
	if (sk->sk_state == TCP_SYN_SENT)
		mytcp_ecn_fallback(sk, mytcp_sent_head(sk));
	if (!mytcp_trim_again(sk))
		mytcp_retransmit(sk, mytcp_sent_head(sk));

	mytcp_rtt_backoff(&ms->rtt);
	mytcp_timer_rto_restart(sk);
}

/**
 * mytcp_recovery_path_shrunk() - what was sent too large is lost, not by congestion
 * @sk: locked; ms->mss is the new one
 */
void mytcp_recovery_path_shrunk(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	mytcp_undo_forget(ms);
	ms->frto = MYTCP_FRTO_OFF;
	skb_rbtree_walk(skb, &sk->tcp_rtx_queue) {
		if (!(MYTCP_CB(skb)->marks & MYTCP_MARK_SACKED) &&
		    (skb_shinfo(skb)->gso_size ?: skb->len) > ms->mss)
			mytcp_loss_mark(ms, skb);
	}
	if (!ms->sack_ok)
		mytcp_newreno_limit(ms);
	mytcp_retransmit_lost(sk);
}
