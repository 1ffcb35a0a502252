// SPDX-License-Identifier: GPL-2.0
/*
 * BBR's state machine, and the window and pacing rate that follow from state and
 * model: draft-ietf-ccwg-bbr sections 5.3, 5.4 and 5.6. See cong_bbr.h.
 */
#include <linux/hash.h>
#include <linux/kernel.h>

#include "cong_bbr.h"

/* 2.13.1, 2.13.2, 5.3.3.5.3 */
#define BBR_MIN_RTT_FILTER_MS	10000
#define BBR_PROBE_RTT_MS	200
#define BBR_PROBE_RTT_EVERY_MS	5000
#define BBR_PROBE_WAIT_MS	2000
#define BBR_PROBE_WAIT_MORE_MS	1000
#define BBR_RENO_ROUNDS		63U
/* 5.3.1.3: BBRStartupFullLossCnt; 5.3.2 */
#define BBR_STARTUP_LOSSES	6
#define BBR_DRAIN_ROUNDS	3
/* 5.6.2: PacingMarginPercent is 1. */
#define BBR_PACING_PERCENT	99
/* 5.6.3: octets of a burst */
#define BBR_QUANTUM_MAX		65536U

/* 5.6.1: the table, in 256ths: 2.77, 0.5, 0.9, 1, 1, 1.25, 1; 2, 2.25 in UP, 0.5 */
static const u16 bbr_pacing_gains[] = { 709, 128, 230, 256, 256, 320, 256 };
static const u16 bbr_cwnd_gains[] = { 512, 512, 512, 512, 512, 576, 128 };

#define BBR_GAIN_1	BIT(BBR_GAIN_SHIFT)

/* Octets in a second. */
static u64 bbr_rate(const struct bbr *b, u32 bw, u32 gain, u32 percent)
{
	return mul_u64_u32_shr((u64)bw * b->mss * gain >> BBR_GAIN_SHIFT,
			       USEC_PER_SEC / 100 * percent, BBR_BW_SHIFT);
}

/*
 * BBRInitPacingRate(), 5.6.2, when the round trip is known; of its own at once. However
 * long it is there is a rate: 0 would say that nobody is to pace.
 */
static void bbr_init_pacing_rate(struct mytcp_cong *c, u32 srtt_us)
{
	struct bbr *b = bbr_of(c);
	u64 nominal = div_u64((u64)b->initial_cwnd << BBR_BW_SHIFT,
			      srtt_us ?: USEC_PER_MSEC);

	c->pacing_rate = bbr_rate(b, clamp_t(u64, nominal, 1, BBR_INFINITY - 1),
				  bbr_pacing_gains[BBR_STARTUP], 100);
}

/* BBRSetPacingRateWithGain() */
static void bbr_set_pacing_rate(struct mytcp_cong *c, u32 gain)
{
	const struct bbr *b = bbr_of(c);
	u64 rate = bbr_rate(b, b->bw, gain, BBR_PACING_PERCENT);

	if (rate && (b->full_bw_reached || rate > c->pacing_rate))
		c->pacing_rate = rate;
}

/* BBRSetSendQuantum(): pace.c makes bursts by the same rule; here in segments */
static u32 bbr_send_quantum(const struct mytcp_cong *c, const struct bbr *b)
{
	u32 octets = min_t(u64, div_u64(c->pacing_rate, MSEC_PER_SEC), BBR_QUANTUM_MAX);

	return max(octets / b->mss, 2U);
}

/* BBRQuantizationBudget(), 5.6.4.2 */
static u32 bbr_quantization(struct mytcp_cong *c, u32 inflight)
{
	const struct bbr *b = bbr_of(c);

	inflight = max3(inflight, 3 * bbr_send_quantum(c, b), BBR_MIN_PIPE_CWND);
	return b->state == BBR_PROBE_BW_UP ? inflight + 2 : inflight;
}

/* BBRInflight(1.0) of a bandwidth */
static u32 bbr_inflight(struct mytcp_cong *c, u32 bw)
{
	return bbr_quantization(c, bbr_bdp(bbr_of(c), bw, BBR_GAIN_1));
}

/* BBRTargetInflight(), 5.3.3.5.3 */
static u32 bbr_target_inflight(struct mytcp_cong *c)
{
	const struct bbr *b = bbr_of(c);

	return min(bbr_bdp(b, b->bw, BBR_GAIN_1), c->cwnd);
}

/* BBRInflightWithHeadroom() */
static u32 bbr_inflight_with_headroom(const struct bbr *b)
{
	u32 headroom;

	if (b->inflight_longterm == BBR_INFINITY)
		return BBR_INFINITY;
	headroom = max_t(u32, div_u64((u64)b->inflight_longterm * BBR_HEADROOM, 100), 1);
	return max(b->inflight_longterm - min(headroom, b->inflight_longterm),
		   BBR_MIN_PIPE_CWND);
}

/* BBRSaveCwnd() and BBRRestoreCwnd(), 5.6.4.4 */
static void bbr_save_cwnd(struct mytcp_cong *c)
{
	struct bbr *b = bbr_of(c);

	if (c->state == MYTCP_CONG_OPEN && b->state != BBR_PROBE_RTT)
		b->prior_cwnd = c->cwnd;
	else
		b->prior_cwnd = max(b->prior_cwnd, c->cwnd);
}

static u32 bbr_good_cwnd(struct mytcp_cong *c)
{
	return max(c->cwnd, bbr_of(c)->prior_cwnd);
}

/* --- ProbeBW, 5.3.3 --- */

/* BBRPickProbeWait(): mixed by the clock, so that flows do not probe together */
static void bbr_pick_probe_wait(struct bbr *b, u32 now_ms)
{
	u32 random = hash_32(now_ms ^ b->delivered << 16, 32);

	b->rounds_since_bw_probe = random & 1;
	b->bw_probe_wait_ms = BBR_PROBE_WAIT_MS + (random >> 1) % BBR_PROBE_WAIT_MORE_MS;
}

static void bbr_start_down(struct bbr *b, u32 now_ms)
{
	bbr_reset_congestion_signals(b);
	b->probe_up_cnt = BBR_INFINITY;
	bbr_pick_probe_wait(b, now_ms);
	b->cycle_ms = now_ms;
	b->ack_phase = BBR_ACKS_PROBE_STOPPING;
	bbr_start_round(b);
	b->state = BBR_PROBE_BW_DOWN;
}

static void bbr_start_refill(struct bbr *b)
{
	bbr_reset_shortterm(b);
	b->bw_probe_up_rounds = 0;
	b->bw_probe_up_acks = 0;
	b->ack_phase = BBR_ACKS_REFILLING;
	bbr_start_round(b);
	b->state = BBR_PROBE_BW_REFILL;
}

/* BBRRaiseInflightLongtermSlope() */
static void bbr_raise_slope(struct mytcp_cong *c)
{
	struct bbr *b = bbr_of(c);

	b->probe_up_cnt = max(c->cwnd >> b->bw_probe_up_rounds, 1U);
	if (b->bw_probe_up_rounds < 30)
		b->bw_probe_up_rounds++;
}

static void bbr_start_up(struct mytcp_cong *c, u32 rate)
{
	struct bbr *b = bbr_of(c);

	b->ack_phase = BBR_ACKS_PROBE_STARTING;
	bbr_start_round(b);
	bbr_reset_full_bw(b);
	b->full_bw = rate;
	b->state = BBR_PROBE_BW_UP;
	bbr_raise_slope(c);
}

/* BBRIsTimeToProbeBW(), without what follows from it */
static bool bbr_time_to_probe(struct mytcp_cong *c, u32 now_ms)
{
	const struct bbr *b = bbr_of(c);

	return bbr_elapsed(now_ms, b->cycle_ms, b->bw_probe_wait_ms) ||
	       b->rounds_since_bw_probe >= min(bbr_target_inflight(c), BBR_RENO_ROUNDS);
}

/* BBRIsTimeToCruise() */
static bool bbr_time_to_cruise(struct mytcp_cong *c, u32 inflight)
{
	const struct bbr *b = bbr_of(c);

	return inflight <= bbr_inflight_with_headroom(b) &&
	       inflight <= bbr_inflight(c, bbr_max_bw(b));
}

/* BBRIsTimeToGoDown() */
static bool bbr_time_to_go_down(struct mytcp_cong *c, u32 rate)
{
	struct bbr *b = bbr_of(c);

	if (!b->cwnd_limited || c->cwnd < b->inflight_longterm)
		return b->full_bw_now;
	/* The bound is what held back, not the path. */
	bbr_reset_full_bw(b);
	b->full_bw = rate;
	return false;
}

/* BBRProbeInflightLongtermUpward() */
static void bbr_probe_upward(struct mytcp_cong *c, u32 acked)
{
	struct bbr *b = bbr_of(c);
	u32 delta;

	if (!b->cwnd_limited || c->cwnd < b->inflight_longterm)
		return;
	b->bw_probe_up_acks += acked;
	delta = b->bw_probe_up_acks / b->probe_up_cnt;
	b->bw_probe_up_acks -= delta * b->probe_up_cnt;
	b->inflight_longterm = min(b->inflight_longterm + delta, MYTCP_CWND_MAX);
	if (b->round_start)
		bbr_raise_slope(c);
}

/*
 * BBRAdaptLongTermModel(). A cycle's end counts once: the phase that it ends is left,
 * which the draft's text does not spell out, and losses no longer tell of the probe.
 */
static void bbr_adapt_longterm(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	struct bbr *b = bbr_of(c);

	if (b->ack_phase == BBR_ACKS_PROBE_STARTING && b->round_start)
		b->ack_phase = BBR_ACKS_PROBE_FEEDBACK;
	if (b->ack_phase == BBR_ACKS_PROBE_STOPPING && b->round_start) {
		b->bw_probe_samples = 0;
		b->ack_phase = BBR_ACKS_INIT;
		if (bbr_in_probe_bw(b) && !s->rate->app_limited)
			bbr_advance_max_bw(b);
	}
	if (!s->rate->has_data || b->inflight_longterm == BBR_INFINITY ||
	    bbr_inflight_too_high(s->rate->lost, s->rate->tx_in_flight, s->exact))
		return;
	b->inflight_longterm = max(b->inflight_longterm, s->rate->tx_in_flight);
	if (b->state == BBR_PROBE_BW_UP)
		bbr_probe_upward(c, s->acked);
}

/* BBRUpdateProbeBWCyclePhase() */
static void bbr_update_cycle(struct mytcp_cong *c, const struct mytcp_ack_sample *s,
			     u32 rate, u32 now_ms)
{
	struct bbr *b = bbr_of(c);

	if (!b->full_bw_reached)
		return;
	bbr_adapt_longterm(c, s);
	switch (b->state) {
	case BBR_PROBE_BW_DOWN:
	case BBR_PROBE_BW_CRUISE:
		if (bbr_time_to_probe(c, now_ms))
			bbr_start_refill(b);
		else if (b->state == BBR_PROBE_BW_DOWN &&
			 bbr_time_to_cruise(c, s->now_in_flight))
			b->state = BBR_PROBE_BW_CRUISE;
		break;
	case BBR_PROBE_BW_REFILL:
		if (b->round_start) {
			b->bw_probe_samples = 1;
			bbr_start_up(c, rate);
		}
		break;
	case BBR_PROBE_BW_UP:
		if (bbr_time_to_go_down(c, rate))
			bbr_start_down(b, now_ms);
		break;
	}
}

/* --- Startup and Drain, 5.3.1 and 5.3.2 --- */

/* BBRCheckStartupHighLoss(), 5.3.1.3. ACKs that tell of losses stand for ranges. */
static void bbr_check_startup_loss(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	struct bbr *b = bbr_of(c);
	const struct mytcp_rate_sample *rs = s->rate;
	u32 enough = s->exact ? BBR_STARTUP_LOSSES : 1;

	if (b->loss_on_ack && b->loss_events < BBR_STARTUP_LOSSES)
		b->loss_events++;
	if (!b->loss_round_start)
		return;
	if (c->state == MYTCP_CONG_RECOVERY && b->loss_events >= enough &&
	    bbr_inflight_too_high(rs->lost, rs->tx_in_flight, s->exact)) {
		b->full_bw_reached = 1;
		b->inflight_longterm = max(bbr_bdp(b, b->bw, BBR_GAIN_1), b->inflight_latest);
	}
	b->loss_events = 0;
}

/* BBRCheckStartupDone() and BBRCheckDrainDone() */
static void bbr_check_startup(struct mytcp_cong *c, const struct mytcp_ack_sample *s,
			      u32 now_ms)
{
	struct bbr *b = bbr_of(c);

	if (b->state == BBR_STARTUP) {
		if (!b->full_bw_reached)
			bbr_check_startup_loss(c, s);
		if (b->full_bw_reached) {
			b->state = BBR_DRAIN;
			b->drain_rounds = 0;
		}
	}
	if (b->state == BBR_DRAIN &&
	    (s->now_in_flight <= bbr_inflight(c, b->bw) || b->drain_rounds > BBR_DRAIN_ROUNDS))
		bbr_start_down(b, now_ms);
}

/* --- ProbeRTT, 5.3.4 --- */

/* BBRUpdateMinRTT() */
static void bbr_update_min_rtt(struct bbr *b, s32 rtt_us, u32 now_ms)
{
	b->probe_rtt_expired = bbr_elapsed(now_ms, b->probe_rtt_min_ms, BBR_PROBE_RTT_EVERY_MS);
	if (rtt_us >= 0 && (b->probe_rtt_expired || rtt_us < b->probe_rtt_min_us)) {
		b->probe_rtt_min_us = max(rtt_us, 1);
		b->probe_rtt_min_ms = now_ms;
	}
	if (b->probe_rtt_min_us < b->min_rtt_us ||
	    bbr_elapsed(now_ms, b->min_rtt_ms, BBR_MIN_RTT_FILTER_MS)) {
		b->min_rtt_us = b->probe_rtt_min_us;
		b->min_rtt_ms = b->probe_rtt_min_ms;
	}
}

/* BBRProbeRTTCwnd() */
static u32 bbr_probe_rtt_cwnd(const struct bbr *b)
{
	return max(bbr_bdp(b, b->bw, bbr_cwnd_gains[BBR_PROBE_RTT]), BBR_MIN_PIPE_CWND);
}

/* BBRExitProbeRTT(), 5.3.4.4 */
static void bbr_exit_probe_rtt(struct bbr *b, u32 now_ms)
{
	bbr_reset_shortterm(b);
	if (b->full_bw_reached) {
		bbr_start_down(b, now_ms);
		b->state = BBR_PROBE_BW_CRUISE;
	} else {
		b->state = BBR_STARTUP;
	}
}

/* BBRCheckProbeRTTDone() */
static void bbr_check_probe_rtt_done(struct mytcp_cong *c, u32 now_ms)
{
	struct bbr *b = bbr_of(c);

	if (!b->probe_rtt_done_ms || !bbr_elapsed(now_ms, b->probe_rtt_done_ms, 0))
		return;
	b->probe_rtt_min_ms = now_ms;
	c->cwnd = bbr_good_cwnd(c);
	bbr_exit_probe_rtt(b, now_ms);
}

/* BBRHandleProbeRTT(), but for what it asks of the core */
static void bbr_handle_probe_rtt(struct mytcp_cong *c, u32 inflight, u32 now_ms)
{
	struct bbr *b = bbr_of(c);

	if (!b->probe_rtt_done_ms) {
		if (inflight > bbr_probe_rtt_cwnd(b))
			return;
		b->probe_rtt_done_ms = now_ms + BBR_PROBE_RTT_MS ?: 1;
		b->probe_rtt_round_done = 0;
		bbr_start_round(b);
		return;
	}
	if (b->round_start)
		b->probe_rtt_round_done = 1;
	if (b->probe_rtt_round_done)
		bbr_check_probe_rtt_done(c, now_ms);
}

/*
 * BBRCheckProbeRTT(): true while it goes on, as cong_control() returns. An ACK that
 * delivers nothing begins none: at an idle sender nothing is measured by it.
 */
static bool bbr_check_probe_rtt(struct mytcp_cong *c, const struct mytcp_ack_sample *s,
				u32 now_ms)
{
	struct bbr *b = bbr_of(c);
	bool probing;

	if (b->state != BBR_PROBE_RTT && b->probe_rtt_expired && !b->idle_restart &&
	    s->rate->has_data) {
		bbr_save_cwnd(c);
		b->state = BBR_PROBE_RTT;
		b->probe_rtt_done_ms = 0;
		b->ack_phase = BBR_ACKS_PROBE_STOPPING;
		bbr_start_round(b);
	}
	probing = b->state == BBR_PROBE_RTT;
	if (probing)
		bbr_handle_probe_rtt(c, s->now_in_flight, now_ms);
	if (s->rate->has_data)
		b->idle_restart = 0;
	return probing;
}

/* --- The window, 5.6.4 --- */

/* BBRBoundCwndForModel() */
static u32 bbr_model_cap(const struct bbr *b)
{
	u32 cap = BBR_INFINITY;

	if (b->state == BBR_PROBE_RTT || b->state == BBR_PROBE_BW_CRUISE)
		cap = bbr_inflight_with_headroom(b);
	else if (bbr_in_probe_bw(b))
		cap = b->inflight_longterm;
	return max(min(cap, b->inflight_shortterm), BBR_MIN_PIPE_CWND);
}

/* BBRSetCwnd() */
static void bbr_set_cwnd(struct mytcp_cong *c, u32 acked)
{
	const struct bbr *b = bbr_of(c);
	u32 extra = max(b->extra_acked[0], b->extra_acked[1]);
	u32 most = bbr_quantization(c, bbr_bdp(b, b->bw, bbr_cwnd_gains[b->state]) + extra);

	if (b->full_bw_reached)
		c->cwnd = min(c->cwnd + acked, most);
	else if (c->cwnd < most || b->delivered < b->initial_cwnd)
		c->cwnd += acked;
	c->cwnd = clamp(c->cwnd, BBR_MIN_PIPE_CWND, MYTCP_CWND_MAX);
	if (b->state == BBR_PROBE_RTT)
		c->cwnd = min(c->cwnd, bbr_probe_rtt_cwnd(b));
	c->cwnd = min(c->cwnd, bbr_model_cap(b));
}

/* --- What the core calls --- */

/* BBROnInit(), 5.2.1; what needs the time waits for the first ACK */
static void bbr_init(struct mytcp_cong *c)
{
	struct bbr *b = bbr_of(c);

	b->initial_cwnd = min_t(u32, c->cwnd, U16_MAX);
	b->min_rtt_us = BBR_INFINITY;
	b->probe_rtt_min_us = BBR_INFINITY;
	b->probe_up_cnt = BBR_INFINITY;
	b->inflight_longterm = BBR_INFINITY;
	bbr_reset_shortterm(b);
	b->state = BBR_STARTUP;
	bbr_save_state(c);
}

static void bbr_start(struct mytcp_cong *c, const struct mytcp_ack_sample *s, u32 now_ms)
{
	struct bbr *b = bbr_of(c);

	b->started = 1;
	b->delivered = s->delivered;
	b->min_rtt_us = s->srtt_us ?: BBR_INFINITY;
	b->min_rtt_ms = now_ms;
	b->probe_rtt_min_ms = now_ms;
	b->extra_acked_start_us = mytcp_rate_us(s->now_ns);
	bbr_init_pacing_rate(c, s->srtt_us);
}

/* BBRUpdateOnACK(), 5.2.3 */
static bool bbr_cong_control(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	struct bbr *b = bbr_of(c);
	u32 rate = bbr_delivery_rate(s->rate);
	u32 now_ms = bbr_ms(s->now_ns);
	bool probing;

	b->mss = clamp_t(u32, s->mss, 1, U16_MAX);
	if (!b->started)
		bbr_start(c, s, now_ms);
	bbr_update_model(c, s, rate);
	bbr_check_startup(c, s, now_ms);
	bbr_update_cycle(c, s, rate, now_ms);
	bbr_update_min_rtt(b, s->rtt_us, now_ms);
	probing = bbr_check_probe_rtt(c, s, now_ms);
	bbr_finish_model(b, s, rate);
	bbr_set_pacing_rate(c, bbr_pacing_gains[b->state]);
	bbr_set_cwnd(c, s->acked);
	return probing;
}

/* BBRHandleLostPacket() and BBRHandleInflightTooHigh(), 5.5.10.2 */
static void bbr_loss(struct mytcp_cong *c, const struct mytcp_loss_sample *l)
{
	struct bbr *b = bbr_of(c);

	b->delivered = l->delivered;
	bbr_note_loss(c);
	if (!b->bw_probe_samples ||
	    !bbr_inflight_too_high(l->lost, l->tx_in_flight, l->sack))
		return;
	/* Once for each probe. */
	b->bw_probe_samples = 0;
	if (!l->app_limited)
		b->inflight_longterm = max_t(u32, bbr_inflight_at_loss(l),
					     div_u64((u64)bbr_target_inflight(c) * BBR_BETA, 100));
	if (b->state == BBR_PROBE_BW_UP)
		bbr_start_down(b, bbr_ms(l->now_ns));
}

/* BBROnEnterRTO() and BBROnEnterFastRecovery(), 5.6.4.4. There is no ssthresh. */
static u32 bbr_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	bbr_save_cwnd(c);
	bbr_save_state(c);
	return c->ssthresh;
}

static void bbr_event(struct mytcp_cong *c, enum mytcp_cong_event ev)
{
	if (ev == MYTCP_CONG_EV_RECOVERED)
		c->cwnd = bbr_good_cwnd(c);
	else if (ev == MYTCP_CONG_EV_CWR)
		bbr_note_loss(c);
}

/* BBRHandleSpuriousLossDetection(), 5.5.11.2 */
static u32 bbr_undo_cwnd(struct mytcp_cong *c)
{
	struct bbr *b = bbr_of(c);

	b->loss_in_round = 0;
	bbr_reset_full_bw(b);
	b->bw_shortterm = max(b->bw_shortterm, b->undo_bw_shortterm);
	b->inflight_shortterm = max(b->inflight_shortterm, b->undo_inflight_shortterm);
	b->inflight_longterm = max(b->inflight_longterm, b->undo_inflight_longterm);
	if (b->state != BBR_PROBE_RTT && b->state != b->undo_state) {
		if (b->undo_state == BBR_STARTUP)
			b->state = BBR_STARTUP;
		else if (b->undo_state == BBR_PROBE_BW_UP)
			bbr_start_up(c, b->bw_latest);
	}
	return bbr_good_cwnd(c);
}

/* BBRHandleRestartFromIdle(), 5.4.1 */
static void bbr_send_start(struct mytcp_cong *c, u64 now_ns, bool app_limited)
{
	struct bbr *b = bbr_of(c);

	if (!b->started || !app_limited)
		return;
	b->idle_restart = 1;
	b->extra_acked_start_us = mytcp_rate_us(now_ns);
	if (bbr_in_probe_bw(b))
		bbr_set_pacing_rate(c, BBR_GAIN_1);
	else if (b->state == BBR_PROBE_RTT)
		bbr_check_probe_rtt_done(c, bbr_ms(now_ns));
}

/* The draft counts octets: those of the model stay what they are. */
static void bbr_rescale(struct mytcp_cong *c, u32 from, u32 to)
{
	struct bbr *b = bbr_of(c);
	u32 *const counts[] = {
		&b->max_bw[0], &b->max_bw[1], &b->bw, &b->bw_latest, &b->bw_shortterm,
		&b->full_bw, &b->inflight_latest, &b->inflight_shortterm,
		&b->inflight_longterm, &b->extra_acked[0], &b->extra_acked[1],
		&b->prior_cwnd, &b->undo_bw_shortterm, &b->undo_inflight_shortterm,
		&b->undo_inflight_longterm,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		if (*counts[i] != BBR_INFINITY)
			*counts[i] = div_u64((u64)*counts[i] * from, to);
	}
}

const struct mytcp_cong_ops mytcp_cong_bbr = {
	.name		= "bbr",
	.allowed	= true,
	.init		= bbr_init,
	.ssthresh	= bbr_ssthresh,
	.event		= bbr_event,
	.undo_cwnd	= bbr_undo_cwnd,
	.rescale	= bbr_rescale,
	.cong_control	= bbr_cong_control,
	.loss		= bbr_loss,
	.send_start	= bbr_send_start,
};
