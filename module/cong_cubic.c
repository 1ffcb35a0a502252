// SPDX-License-Identifier: GPL-2.0
/*
 * CUBIC, RFC 9438, with HyStart++ (RFC 9406) for its first slow start.
 *
 * In congestion avoidance the window follows a cubic curve of time, which is flat
 * where the last loss was:
 *
 *	W_cubic(t) = C * (t - K)^3 + W_max		C = 0.4
 *
 * or grows as Reno's would with a decrease of 0.7, where that is faster.
 *
 * Windows are u64 with 28 binary places, times of the curve in units of 1/1024 s.
 * So C * t^3 is t^3 / 10: 0.4 * 2^28 / 2^30 = 1 / 10, and without any constant that
 * is not exact.
 *
 * An ACK for n segments counts as n ACKs: the RFC's formulas are for one segment
 * each, and receivers coalesce.
 *
 * What may be in flight are whole segments. A window in places that comes close to
 * W_max from below, as slowly as the curve does, would be one segment less than that
 * for most of the time: of the 16 of a long path with losses that is much. So what is
 * less than a segment below W_max has reached it, as in Linux's arithmetic.
 */
#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/time64.h>

#include "cong.h"
#include "hystart.h"

#define PLACES		28
#define WINDOW(segments) ((u64)(segments) << PLACES)
#define WINDOW_MAX	WINDOW(MYTCP_CWND_MAX)
#define TICKS_PER_SEC	1024
/* The bits of a time on the curve: beyond it, 34 minutes, lies MYTCP_CWND_MAX. */
#define TICK_BITS	21

/**
 * struct stage - a congestion avoidance stage, RFC 9438 section 4.1.2
 * @w_max: W_max, where the curve is flat; 0: not known
 * @w_est: W_est, what Reno's window would be; 0: the stage has not begun
 * @k: K in ticks
 * @t_us: t in microseconds: time since it began in which the window was in use
 * @cwnd_prior: cwnd_prior in segments
 * @fraction: places of the congestion window after the whole segments
 */
struct stage {
	u64 w_max;
	u64 w_est;
	u32 k;
	u32 t_us;
	u32 cwnd_prior;
	u32 fraction;
};

/**
 * struct cubic - CUBIC's state of a connection
 * @now: the present stage
 * @before: that before the losses which are being repaired, section 4.9
 * @counted_ns: up to when time was counted, or left out, in @now.t_us
 * @hystart: of the first slow start
 */
struct cubic {
	struct stage now;
	struct stage before;
	u64 counted_ns;
	struct mytcp_hystart hystart;
};

static_assert(sizeof(struct cubic) <= sizeof_field(struct mytcp_cong, priv));

static struct cubic *state(struct mytcp_cong *c)
{
	return (struct cubic *)c->priv;
}

/* The cube root, rounded up, of a number below 2^63. */
static u32 cube_root(u64 cube)
{
	u64 root = 0;
	int bit;

	for (bit = TICK_BITS - 1; bit >= 0; bit--) {
		u64 next = root | BIT_ULL(bit);

		if (next * next * next < cube)
			root = next;
	}
	return cube ? root + 1 : 0;
}

/* Section 4.2: W_cubic(t). Rules: 9438-4.2-1, 9438-5.1-1. */
static u64 w_cubic(const struct stage *stage, u64 t_us)
{
	u64 t = div_u64(t_us * TICKS_PER_SEC, USEC_PER_SEC);
	u64 distance = t > stage->k ? t - stage->k : stage->k - t;
	u64 offset;

	distance = min(distance, BIT_ULL(TICK_BITS));
	offset = div_u64(distance * distance * distance, 10);
	if (t > stage->k)
		return min(stage->w_max + offset, WINDOW_MAX);
	/* Whole segments below it: see above. */
	offset = WINDOW(offset >> PLACES);
	return stage->w_max - min(offset, stage->w_max);
}

/*
 * Section 4.2: the stage begins, with K so that W_cubic(0) is the window. After a
 * timeout (4.8), and where HyStart++ has ended slow start (4.10), W_max is not
 * known: then, and when the window is beyond it, the curve is flat here.
 * Rules: 9438-4.8-2, 9438-4.8-3, 9438-4.10-3
 */
static void begin_stage(struct stage *stage, u64 cwnd)
{
	stage->w_est = cwnd;
	stage->t_us = 0;
	stage->w_max = max(stage->w_max, cwnd);
	stage->k = cube_root((stage->w_max - cwnd) * 10);
}

/*
 * Section 4.3, figure 4: W_est, with an alpha of 3 * (1 - 0.7) / (1 + 0.7) = 9/17
 * until it is where the window was before.
 * Rules: 9438-4.3-1, 9438-4.3-2, 9438-4.3-3
 */
static void grow_estimate(struct stage *stage, u32 cwnd, u32 acked)
{
	bool caught_up = stage->w_est >= WINDOW(stage->cwnd_prior);
	u32 times = caught_up ? 1 : 9;
	u32 by = caught_up ? 1 : 17;

	stage->w_est += div64_u64(WINDOW(acked) * times, (u64)cwnd * by);
	stage->w_est = min(stage->w_est, WINDOW_MAX);
}

/*
 * Sections 4.4 and 4.5: (target - cwnd) / cwnd for each segment, of whole segments of
 * cwnd. With every step the gap becomes smaller, by (1 - 1 / cwnd)^n after n of them,
 * which is at most (cwnd - 1) / (cwnd + n - 1) by Bernoulli's inequality: one ACK for
 * many never opens the window further than many ACKs would.
 * Rules: 9438-4.2-2, 9438-4.4-1, 9438-4.5-1
 */
static u64 approach(u64 window, u64 target, u32 cwnd, u32 acked)
{
	u64 step;

	target = max(window, min(target, WINDOW(cwnd) + WINDOW(cwnd) / 2));
	step = mul_u64_u32_div(target - WINDOW(cwnd), acked, cwnd + acked - 1);
	return min(window + step, target);
}

/* Section 4.2 to 4.5: congestion avoidance. Rules: MAY-18, 9438-4.2-4, 9438-4.3-1. */
static void avoid(struct mytcp_cong *c, const struct mytcp_ack_sample *s, u32 acked)
{
	struct stage *stage = &state(c)->now;
	u64 window = WINDOW(c->cwnd) + stage->fraction;

	acked = min(acked, MYTCP_CWND_MAX);
	if (!stage->w_est)
		begin_stage(stage, window);
	grow_estimate(stage, c->cwnd, acked);

	if (w_cubic(stage, stage->t_us) < stage->w_est)
		window = max(window, stage->w_est);
	else
		window = approach(window, w_cubic(stage, (u64)stage->t_us + s->srtt_us),
				  c->cwnd, acked);
	window = min(window, WINDOW_MAX);
	c->cwnd = window >> PLACES;
	stage->fraction = window - WINDOW(c->cwnd);
}

/* RFC 9406 section 4.2: "should use HyStart++ only for the initial slow start" */
static bool in_first_slow_start(const struct mytcp_cong *c)
{
	return c->ssthresh == MYTCP_SSTHRESH_INF;
}

/* Slow start, then the curve: section 4.10. Rules: 9438-4.10-1. */
static void cubic_cong_avoid(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	u32 acked = s->acked;

	if (mytcp_cong_in_slow_start(c)) {
		if (in_first_slow_start(c))
			acked = mytcp_hystart_growth(&state(c)->hystart, acked, s->burst);
		acked = mytcp_cong_slow_start(c, acked);
	}
	if (acked)
		avoid(c, s, acked);
}

/*
 * Section 4.2: t "MUST NOT include periods during which cwnd has not been updated
 * due to application-limited behavior" (5.8). What is acknowledged now left one
 * round trip ago: while the window is full ACKs are no further apart than that,
 * so that what is beyond it was a pause.
 * Rules: 9438-4.2-3
 */
static void count_time(struct cubic *cubic, const struct mytcp_ack_sample *s)
{
	u32 rtt_us = s->rtt_us >= 0 ? s->rtt_us : s->srtt_us;
	u64 since_us = div_u64(s->now_ns - cubic->counted_ns, NSEC_PER_USEC);
	u64 most = U32_MAX - cubic->now.t_us;

	if (!s->cwnd_limited || since_us > rtt_us)
		cubic->counted_ns = s->now_ns;
	else
		/* Less than a microsecond stays for the next ACK. */
		cubic->counted_ns += since_us * NSEC_PER_USEC;
	if (s->cwnd_limited)
		cubic->now.t_us += min3(since_us, (u64)rtt_us, most);
}

static void cubic_acked(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	struct cubic *cubic = state(c);

	count_time(cubic, s);
	if (c->state != MYTCP_CONG_OPEN || !in_first_slow_start(c) ||
	    !mytcp_hystart_ack(&cubic->hystart, s))
		return;
	/* Section 4.10: on to congestion avoidance without a loss. Rules: 9438-4.10-2. */
	c->ssthresh = c->cwnd;
	cubic->now.cwnd_prior = c->cwnd;
}

/*
 * Section 4.7: fast convergence, (1 + 0.7) / 2 = 17/20, unless it is W_max but for less
 * than a segment.
 * Rules: 9438-4.7-1
 */
static u64 next_w_max(u64 w_max, u64 window)
{
	return window + WINDOW(1) <= w_max ? div_u64(window * 17, 20) : window;
}

/*
 * Section 4.6. Of FlightSize and cwnd, between which the RFC lets choose, it is
 * cwnd: a sender that had little to send just then would lose the window that it
 * has tested before. What the RFC asks for in return is the core's rule: cwnd
 * grows only when it is full. In fast recovery PRR's cwnd is a means to get down to
 * ssthresh, which is what a further loss speaks of.
 * Rules: 9438-4.6-1, 9438-4.6-2, 9438-4.8-1
 */
static u32 cubic_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	u32 cwnd = c->state == MYTCP_CONG_RECOVERY ? c->ssthresh : c->cwnd;
	struct cubic *cubic = state(c);

	if (c->state == MYTCP_CONG_OPEN)
		cubic->before = cubic->now;
	cubic->now = (struct stage) {
		.w_max = next_w_max(cubic->now.w_max, WINDOW(cwnd)),
		.cwnd_prior = cwnd,
	};
	/* Should it turn out to be a mistake, slow start begins its rounds anew. */
	mytcp_hystart_init(&cubic->hystart);
	return div_u64((u64)cwnd * 7, 10);
}

static void cubic_event(struct mytcp_cong *c, enum mytcp_cong_event ev)
{
	struct stage *stage = &state(c)->now;

	switch (ev) {
	case MYTCP_CONG_EV_LOSS:
		/* Section 4.8: K is 0 in the stage to come. Rules: 9438-4.8-1. */
		stage->w_max = 0;
		break;
	case MYTCP_CONG_EV_IDLE_RESTART:
		/* The window is another: so is the curve from there on. */
		stage->w_est = 0;
		stage->fraction = 0;
		break;
	default:
		break;
	}
}

/*
 * Section 4.9.2: as before, unless the window is larger than that by now.
 * Rules: 9438-4.9-1, 9438-4.9-2, 9438-4.9-3
 */
static u32 cubic_undo_cwnd(struct mytcp_cong *c)
{
	if (c->cwnd >= c->prior_cwnd)
		return c->cwnd;
	state(c)->now = state(c)->before;
	return c->prior_cwnd;
}

static void rescale_stage(struct stage *stage, u32 from, u32 to)
{
	stage->w_max = mul_u64_u32_div(stage->w_max, from, to);
	stage->cwnd_prior = mytcp_cong_rescaled(stage->cwnd_prior, from, to);
	/* The curve begins anew from there. */
	stage->w_est = 0;
	stage->fraction = 0;
}

static void cubic_rescale(struct mytcp_cong *c, u32 from, u32 to)
{
	rescale_stage(&state(c)->now, from, to);
	rescale_stage(&state(c)->before, from, to);
}

static void cubic_init(struct mytcp_cong *c)
{
	mytcp_hystart_init(&state(c)->hystart);
}

const struct mytcp_cong_ops mytcp_cong_cubic = {
	.name		= "cubic",
	.allowed	= true,
	.init		= cubic_init,
	.ssthresh	= cubic_ssthresh,
	.acked		= cubic_acked,
	.cong_avoid	= cubic_cong_avoid,
	.event		= cubic_event,
	.undo_cwnd	= cubic_undo_cwnd,
	.rescale	= cubic_rescale,
};
