// SPDX-License-Identifier: GPL-2.0
/*
 * Between segments, the delivery rate and congestion control: see delivery.h.
 */
#include "delivery.h"
#include "mss.h"
#include "pace.h"
#include "recovery.h"
#include "sendqueue.h"

/**
 * mytcp_delivery_sent() - a buffer is being sent, for the first time or again
 * @sk: locked
 * @skb: sent_ns is set, and it is counted as being on the way
 */
void mytcp_delivery_sent(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);

	mytcp_rate_sent(&ms->rate, &cb->rate, mytcp_rate_us(cb->sent_ns),
			ms->packets_out == mytcp_packets(skb) && !cb->retransmits);
	*mytcp_flight(skb) = (struct mytcp_rate_flight) {
		.in_flight = mytcp_in_flight(ms),
		.lost = ms->rate.lost,
	};
	if (ms->rate.app_limited)
		cb->marks |= MYTCP_MARK_APP_LIMITED;
	else
		cb->marks &= ~MYTCP_MARK_APP_LIMITED;
}

/**
 * mytcp_delivery_acked() - an ACK tells that segments were delivered
 * @ms: locked, ms->now set
 * @cb: of their buffer
 * @flight: likewise
 * @segs: how many; not known to be delivered before
 * @acked: what the ACK tells
 */
void mytcp_delivery_acked(struct mytcp_sock *ms, const struct mytcp_skb_cb *cb,
			  struct mytcp_rate_flight flight, u32 segs,
			  struct mytcp_acked *acked)
{
	const struct mytcp_rate_segment p = {
		.mark = &cb->rate,
		.flight = &flight,
		.sent_us = mytcp_rate_us(cb->sent_ns),
		.end_seq = cb->end_seq,
		.segments = segs,
		.app_limited = cb->marks & MYTCP_MARK_APP_LIMITED,
		.resent = cb->retransmits,
	};

	mytcp_rate_delivered(&ms->rate, &acked->rate, &p, mytcp_rate_us(ms->now));
}

/**
 * mytcp_delivery_lost() - a buffer is thought to be lost
 * @ms: locked
 * @skb: the buffer
 */
void mytcp_delivery_lost(struct mytcp_sock *ms, struct sk_buff *skb)
{
	const struct mytcp_rate_flight *flight = mytcp_flight(skb);
	u32 segs = mytcp_packets(skb);
	struct mytcp_loss_sample loss = {
		.segments = segs,
		.tx_in_flight = flight->in_flight,
		.app_limited = MYTCP_CB(skb)->marks & MYTCP_MARK_APP_LIMITED,
		.delivered = ms->rate.delivered,
		.now_ns = ms->now,
		.sack = ms->sack_ok,
	};

	ms->rate.lost += segs;
	loss.lost = ms->rate.lost - flight->lost;
	mytcp_cong_on_loss(&ms->cong, &loss);
}

/**
 * mytcp_delivery_start() - sending begins, and nothing is on the way
 * @sk: locked, ms->now set
 */
void mytcp_delivery_start(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->cong.ops->send_start)
		return;
	ms->cong.ops->send_start(&ms->cong, ms->now, ms->rate.app_limited);
	mytcp_pace_update(sk);
}

/**
 * mytcp_delivery_check_app() - CheckIfApplicationLimited()
 * @sk: locked; before something is written, an ACK or a timer is handled
 *
 * All that the user gave is sent and has left this host, and the window has room.
 */
void mytcp_delivery_check_app(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->write_seq - ms->snd_nxt < ms->mss &&
	    refcount_read(&sk->sk_wmem_alloc) < SKB_TRUESIZE(1) &&
	    mytcp_in_flight(ms) < ms->cong.cwnd && ms->lost_out <= ms->retrans_out)
		mytcp_rate_app_limited(&ms->rate, mytcp_in_flight(ms));
}

/* Of use in slow start alone: else the division is spared. */
static u32 delivery_burst(const struct sock *sk, const struct mytcp_acked *acked)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 mss;

	if (READ_ONCE(sk->sk_pacing_status) != SK_PACING_NONE)
		return U32_MAX;
	if (!acked->window_used || !mytcp_cong_in_slow_start(&ms->cong))
		return 0;
	mss = mytcp_current_mss(ms);
	return mytcp_gso_max(sk, mss) / mss;
}

/* What every algorithm is told of an ACK. Rules: 5681-5-1. */
static struct mytcp_ack_sample delivery_sample(const struct sock *sk,
					       const struct mytcp_acked *acked)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return (struct mytcp_ack_sample) {
		.acked = acked->segments + acked->sacked,
		.bytes_acked = acked->bytes,
		.in_flight = acked->in_flight,
		.snd_una = ms->snd_una,
		.snd_nxt = ms->snd_nxt,
		.rtt_us = acked->rtt_us >= 0 ? acked->rtt_us : acked->sack_rtt_us,
		.srtt_us = ms->rtt.srtt_us >> 3,
		.burst = delivery_burst(sk, acked),
		.now_ns = ms->now,
		.exact = ms->sack_ok,
		.cwnd_limited = acked->cwnd_limited,
		.window_used = acked->window_used,
		.ece = acked->ece,
		.reordering = ms->rack.reordering_seen,
	};
}

/**
 * mytcp_delivery_ack() - segments were delivered: the congestion window's share in that
 * @sk: locked, ms->now set; before a recovery ends
 * @acked: what the ACK tells
 */
void mytcp_delivery_ack(struct sock *sk, const struct mytcp_acked *acked)
{
	const struct mytcp_ack_sample sample = delivery_sample(sk, acked);

	mytcp_cong_on_ack(&mytcp_sk(sk)->cong, &sample);
}

/* And one that decides for itself, beyond that: the round trip is the newest segment's. */
static void delivery_decide(struct sock *sk, const struct mytcp_acked *acked)
{
	const struct mytcp_rate_sample *rs = &acked->rate;
	struct mytcp_ack_sample sample = delivery_sample(sk, acked);
	struct mytcp_sock *ms = mytcp_sk(sk);

	sample.rtt_us = rs->has_data && !rs->resent ?
			(s32)(mytcp_rate_us(ms->now) - rs->sent_us) : -1;
	sample.rate = rs;
	sample.now_in_flight = mytcp_in_flight(ms);
	sample.delivered = ms->rate.delivered;
	sample.mss = ms->mss;
	if (ms->cong.ops->cong_control(&ms->cong, &sample))
		mytcp_rate_app_limited(&ms->rate, sample.now_in_flight);
}

/**
 * mytcp_delivery_control() - an ACK is evaluated, and what it says is lost is marked
 * @sk: locked, ms->now set
 * @acked: what the ACK tells
 *
 * Completes the delivery rate's sample, lets an algorithm decide that decides for
 * itself, and sets the pacing rate.
 */
void mytcp_delivery_control(struct sock *sk, struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	mytcp_rate_generate(&ms->rate, &acked->rate, ms->rtt.min_rtt_us);
	if (mytcp_cong_controls(&ms->cong))
		delivery_decide(sk, acked);
	mytcp_pace_update(sk);
}
