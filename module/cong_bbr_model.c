// SPDX-License-Identifier: GPL-2.0
/*
 * BBR's model of the path: draft-ietf-ccwg-bbr section 5.5. See cong_bbr.h.
 */
#include "cong_bbr.h"

/* Slots of the filter of extra_acked: ExtraAckedFilterLen is 10 round trips. */
#define BBR_EXTRA_ACKED_ROUNDS	5

/**
 * bbr_delivery_rate() - RS.delivery_rate
 * @rs: the sample
 *
 * Return: as struct bbr's bandwidths; 0: it is not reliable.
 */
u32 bbr_delivery_rate(const struct mytcp_rate_sample *rs)
{
	if (!rs->has_data || !rs->interval_us)
		return 0;
	return min_t(u64, div_u64((u64)rs->delivered << BBR_BW_SHIFT, rs->interval_us),
		     BBR_INFINITY - 1);
}

/**
 * bbr_bdp() - BBRBDPMultiple()
 * @b: the state
 * @bw: a bandwidth
 * @gain: 256ths
 *
 * Return: segments, rounded up.
 */
u32 bbr_bdp(const struct bbr *b, u32 bw, u32 gain)
{
	u64 product;

	if (b->min_rtt_us == BBR_INFINITY)
		return b->initial_cwnd;
	product = (u64)bw * b->min_rtt_us >> BBR_GAIN_SHIFT;
	return min_t(u64, (product * gain + BIT_ULL(BBR_BW_SHIFT) - 1) >> BBR_BW_SHIFT,
		     MYTCP_CWND_MAX);
}

/**
 * bbr_inflight_too_high() - IsInflightTooHigh()
 * @lost: RS.lost
 * @tx_in_flight: RS.tx_in_flight
 * @sack: C.has_selective_acks
 */
bool bbr_inflight_too_high(u32 lost, u32 tx_in_flight, bool sack)
{
	return (u64)lost * 100 > (u64)tx_in_flight * BBR_LOSS_THRESH || (lost && !sack);
}

/**
 * bbr_inflight_at_loss() - BBRInflightAtLoss(): where losses crossed LossThresh
 * @l: the loss of a buffer, in whose midst that may have been
 *
 * Return: segments on the way then.
 */
u32 bbr_inflight_at_loss(const struct mytcp_loss_sample *l)
{
	s64 before = (s64)l->tx_in_flight - l->segments;
	s64 lost_before = (s64)l->lost - l->segments;
	s64 prefix;

	/* What was split since then may be more than was on the way. */
	if (before < 0)
		return l->tx_in_flight;
	prefix = div_s64(BBR_LOSS_THRESH * before - 100 * lost_before, 100 - BBR_LOSS_THRESH);
	return before + max_t(s64, prefix, 0);
}

/**
 * bbr_advance_max_bw() - BBRAdvanceMaxBwFilter(): a cycle is over
 * @b: the state
 *
 * One without a sample is not counted.
 */
void bbr_advance_max_bw(struct bbr *b)
{
	if (!b->max_bw[1])
		return;
	b->max_bw[0] = b->max_bw[1];
	b->max_bw[1] = 0;
}

/**
 * bbr_reset_congestion_signals() - BBRResetCongestionSignals()
 * @b: the state
 */
void bbr_reset_congestion_signals(struct bbr *b)
{
	b->loss_in_round = 0;
	b->bw_latest = 0;
	b->inflight_latest = 0;
}

/**
 * bbr_reset_shortterm() - BBRResetShortTermModel()
 * @b: the state
 */
void bbr_reset_shortterm(struct bbr *b)
{
	b->bw_shortterm = BBR_INFINITY;
	b->inflight_shortterm = BBR_INFINITY;
}

/**
 * bbr_save_state() - BBRSaveStateUponLoss()
 * @c: the connection
 *
 * Once for all that one undo takes back: an ACK marks its losses before the recovery
 * begins, and the first of them may reduce what is to be saved.
 */
void bbr_save_state(struct mytcp_cong *c)
{
	struct bbr *b = bbr_of(c);

	if (c->state != MYTCP_CONG_OPEN || b->loss_on_ack)
		return;
	b->undo_state = b->state;
	b->undo_bw_shortterm = b->bw_shortterm;
	b->undo_inflight_shortterm = b->inflight_shortterm;
	b->undo_inflight_longterm = b->inflight_longterm;
}

/**
 * bbr_note_loss() - BBRNoteLoss()
 * @c: the connection
 */
void bbr_note_loss(struct mytcp_cong *c)
{
	struct bbr *b = bbr_of(c);

	bbr_save_state(c);
	if (!b->loss_in_round)
		b->loss_round_delivered = b->delivered;
	b->loss_in_round = 1;
	b->loss_on_ack = 1;
}

/* BBRUpdateLatestDeliverySignals() */
static void bbr_update_latest(struct bbr *b, const struct mytcp_rate_sample *rs, u32 rate)
{
	b->loss_round_start = 0;
	if (!rs->has_data)
		return;
	b->bw_latest = max(b->bw_latest, rate);
	b->inflight_latest = max(b->inflight_latest, rs->delivered);
	if (seq_after_eq(rs->prior_delivered, b->loss_round_delivered)) {
		b->loss_round_delivered = b->delivered;
		b->loss_round_start = 1;
	}
}

/* BBRUpdateRound() */
static void bbr_update_round(struct bbr *b, const struct mytcp_rate_sample *rs)
{
	b->round_start = rs->has_data &&
			 seq_after_eq(rs->prior_delivered, b->next_round_delivered);
	if (!b->round_start)
		return;
	bbr_start_round(b);
	if (b->rounds_since_bw_probe < U8_MAX)
		b->rounds_since_bw_probe++;
	if (b->drain_rounds < U8_MAX)
		b->drain_rounds++;
}

/* BBRUpdateMaxBw() */
static void bbr_update_max_bw(struct bbr *b, const struct mytcp_rate_sample *rs, u32 rate)
{
	bbr_update_round(b, rs);
	if (rate && (rate >= bbr_max_bw(b) || !rs->app_limited))
		b->max_bw[1] = max(b->max_bw[1], rate);
}

static u32 bbr_beta(u32 bound)
{
	return div_u64((u64)bound * BBR_BETA, 100);
}

/* BBRAdaptLowerBoundsFromCongestion(): once in a round trip */
static void bbr_adapt_shortterm(struct bbr *b, u32 cwnd)
{
	bool probing = b->state == BBR_STARTUP || b->state == BBR_PROBE_BW_REFILL ||
		       b->state == BBR_PROBE_BW_UP;

	if (probing || !b->loss_in_round)
		return;
	if (b->bw_shortterm == BBR_INFINITY)
		b->bw_shortterm = bbr_max_bw(b);
	if (b->inflight_shortterm == BBR_INFINITY)
		b->inflight_shortterm = cwnd;
	b->bw_shortterm = max(b->bw_latest, bbr_beta(b->bw_shortterm));
	b->inflight_shortterm = max(b->inflight_latest, bbr_beta(b->inflight_shortterm));
}

/* A maximum over two slots, each of half the filter's length; in Startup of 1 each. */
static void bbr_filter_extra_acked(struct bbr *b, u32 extra)
{
	if (b->round_start &&
	    ++b->extra_acked_rounds >= (b->full_bw_reached ? BBR_EXTRA_ACKED_ROUNDS : 1)) {
		b->extra_acked_rounds = 0;
		b->extra_acked[0] = b->full_bw_reached ? b->extra_acked[1] : 0;
		b->extra_acked[1] = 0;
	}
	b->extra_acked[1] = max(b->extra_acked[1], extra);
}

/* BBRUpdateACKAggregation(), 5.5.9 */
static void bbr_update_aggregation(struct bbr *b, const struct mytcp_ack_sample *s, u32 cwnd)
{
	u32 now_us = mytcp_rate_us(s->now_ns);
	u32 expected = min_t(u64, (u64)b->bw * (u32)(now_us - b->extra_acked_start_us) >>
			     BBR_BW_SHIFT, U32_MAX);

	if (b->extra_acked_delivered <= expected) {
		b->extra_acked_delivered = 0;
		b->extra_acked_start_us = now_us;
		expected = 0;
	}
	b->extra_acked_delivered += s->acked;
	bbr_filter_extra_acked(b, min(b->extra_acked_delivered - expected, cwnd));
}

/* BBRCheckFullBWReached(), 5.3.1.2 */
static void bbr_check_full_bw(struct bbr *b, const struct mytcp_rate_sample *rs, u32 rate)
{
	if (b->full_bw_now || !b->round_start || rs->app_limited)
		return;
	if ((u64)rate * 4 >= (u64)b->full_bw * 5) {
		bbr_reset_full_bw(b);
		b->full_bw = rate;
		return;
	}
	b->full_bw_count++;
	b->full_bw_now = b->full_bw_count >= 3;
	if (b->full_bw_now)
		b->full_bw_reached = 1;
}

/**
 * bbr_update_model() - what an ACK says of the path, before the states look at it
 * @c: the connection
 * @s: the ACK
 * @rate: its bbr_delivery_rate()
 */
void bbr_update_model(struct mytcp_cong *c, const struct mytcp_ack_sample *s, u32 rate)
{
	struct bbr *b = bbr_of(c);

	b->delivered = s->delivered;
	bbr_update_latest(b, s->rate, rate);
	bbr_update_max_bw(b, s->rate, rate);
	b->cwnd_limited = s->cwnd_limited || (b->cwnd_limited && !b->round_start);
	if (b->loss_round_start) {
		bbr_adapt_shortterm(b, c->cwnd);
		b->loss_in_round = 0;
	}
	bbr_update_aggregation(b, s, c->cwnd);
	bbr_check_full_bw(b, s->rate, rate);
}

/**
 * bbr_finish_model() - and afterwards
 * @b: the state
 * @s: the ACK
 * @rate: its bbr_delivery_rate()
 */
void bbr_finish_model(struct bbr *b, const struct mytcp_ack_sample *s, u32 rate)
{
	/* BBRAdvanceLatestDeliverySignals() */
	if (b->loss_round_start) {
		b->bw_latest = rate;
		b->inflight_latest = s->rate->delivered;
	}
	/* BBRBoundBWForModel() */
	b->bw = min(bbr_max_bw(b), b->bw_shortterm);
	b->loss_on_ack = 0;
}
