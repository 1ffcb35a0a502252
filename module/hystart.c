// SPDX-License-Identifier: GPL-2.0
/*
 * HyStart++, RFC 9406: see hystart.h.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "cong.h"
#include "hystart.h"
#include "rtt.h"
#include "seq.h"

void mytcp_hystart_init(struct mytcp_hystart *h)
{
	*h = (struct mytcp_hystart) {
		.last_min_us = MYTCP_RTT_NONE_US,
		.least_mean_us = MYTCP_RTT_NONE_US,
		.current_min_us = MYTCP_RTT_NONE_US,
		.css_baseline_us = MYTCP_RTT_NONE_US,
	};
}

static bool in_css(const struct mytcp_hystart *h)
{
	return h->css_baseline_us != MYTCP_RTT_NONE_US;
}

static void begin_round(struct mytcp_hystart *h, const struct mytcp_ack_sample *s)
{
	h->in_round = true;
	h->window_end = s->snd_nxt;
	h->last_min_us = h->current_min_us;
	h->current_min_us = MYTCP_RTT_NONE_US;
	h->samples = 0;
}

/* Has the delay grown from what it was before? */
static bool delay_increased(u32 before_us, u32 now_us)
{
	u32 threshold;

	if (before_us == MYTCP_RTT_NONE_US)
		return false;
	threshold = clamp(before_us / MYTCP_HYSTART_MIN_RTT_DIVISOR,
			  MYTCP_HYSTART_MIN_RTT_THRESH_US,
			  MYTCP_HYSTART_MAX_RTT_THRESH_US);
	return now_us >= before_us + threshold;
}

/* An ACK that comes late begins a new train. */
static void couple(struct mytcp_hystart *h, u64 now_ns)
{
	u32 gap_us = MYTCP_HYSTART_TRAIN_GAP_US;

	if (h->last_min_us != MYTCP_RTT_NONE_US)
		gap_us = max(gap_us, h->last_min_us / MYTCP_HYSTART_TRAIN_GAP_DIVISOR);
	if (now_ns - h->train_end_ns > (u64)gap_us * NSEC_PER_USEC)
		h->train_begin_ns = now_ns;
	h->train_end_ns = now_ns;
}

static bool train_is_long(const struct mytcp_hystart *h)
{
	return h->last_min_us != MYTCP_RTT_NONE_US &&
	       h->train_end_ns - h->train_begin_ns >
	       (u64)h->last_min_us * NSEC_PER_USEC / 2;
}

static void begin_css(struct mytcp_hystart *h, u32 baseline_us, bool by_mean)
{
	h->css_baseline_us = baseline_us;
	h->css_by_mean = by_mean;
	h->css_rounds = 0;
	h->css_left = 0;
}

static void end_css(struct mytcp_hystart *h)
{
	h->css_baseline_us = MYTCP_RTT_NONE_US;
}

static bool css_by_train(const struct mytcp_hystart *h)
{
	return !h->css_baseline_us;
}

/* The round's least is known well enough. Returns true when slow start is over. */
static bool judge_round(struct mytcp_hystart *h)
{
	bool increased = delay_increased(h->last_min_us, h->current_min_us);

	if (in_css(h)) {
		/* It was jitter: slow start goes on, HyStart++ included. */
		if (h->current_min_us < h->css_baseline_us)
			end_css(h);
		else
			return h->css_rounds && increased;
	} else if (increased) {
		begin_css(h, h->current_min_us, false);
	} else if (!h->no_trains && train_is_long(h)) {
		begin_css(h, 0, false);
	}
	return false;
}

/* The same where segments overtake each other, by a mean and the least of those before. */
static bool judge_mean(struct mytcp_hystart *h, u32 mean_us)
{
	if (in_css(h) && !css_by_train(h) && !h->css_by_mean) {
		/* The least of a round has begun it, which no mean compares with. */
		h->css_baseline_us = mean_us;
		h->css_by_mean = true;
	} else if (in_css(h)) {
		if (mean_us < h->css_baseline_us)
			end_css(h);
		else
			return !css_by_train(h) && delay_increased(h->css_baseline_us, mean_us);
	} else if (delay_increased(h->least_mean_us, mean_us)) {
		begin_css(h, mean_us, true);
	}
	h->least_mean_us = min(h->least_mean_us, mean_us);
	return false;
}

static bool sum_up(struct mytcp_hystart *h, u32 rtt_us)
{
	u32 mean_us;

	h->sum_us += rtt_us;
	if (++h->summed < MYTCP_HYSTART_N_RTT_MEAN)
		return false;
	mean_us = div_u64(h->sum_us, h->summed);
	h->sum_us = 0;
	h->summed = 0;
	return judge_mean(h, mean_us);
}

/* Returns true when slow start is over. */
static bool take_sample(struct mytcp_hystart *h, u32 rtt_us, bool reordering)
{
	h->current_min_us = min(h->current_min_us, rtt_us);
	if (h->samples < MYTCP_HYSTART_N_RTT_SAMPLE)
		h->samples++;
	if (reordering)
		return sum_up(h, rtt_us);
	return h->samples == MYTCP_HYSTART_N_RTT_SAMPLE && judge_round(h);
}

/* A round of CSS is over, in which it may have begun. Returns true when slow start is. */
static bool end_css_round(struct mytcp_hystart *h)
{
	if (++h->css_rounds < MYTCP_HYSTART_CSS_ROUNDS)
		return false;
	if (!css_by_train(h))
		return true;
	/* No queue has grown meanwhile: the ACKs had another rhythm than the path's. */
	h->no_trains = true;
	end_css(h);
	return false;
}

bool mytcp_hystart_ack(struct mytcp_hystart *h, const struct mytcp_ack_sample *s)
{
	if (!h->in_round)
		begin_round(h, s);
	couple(h, s->now_ns);
	if (s->rtt_us >= 0 && take_sample(h, s->rtt_us, s->reordering))
		return true;
	if (seq_before(s->snd_una, h->window_end))
		return false;

	if (in_css(h) && end_css_round(h))
		return true;
	if (seq_before(s->snd_una, s->snd_nxt))
		begin_round(h, s);
	else
		/* With the next flight: its end is not yet known. */
		h->in_round = false;
	return false;
}

u32 mytcp_hystart_growth(struct mytcp_hystart *h, u32 acked, u32 burst)
{
	u32 growth = min(acked, max(MYTCP_HYSTART_L, burst));

	if (!in_css(h))
		return growth;
	growth += h->css_left;
	h->css_left = growth % MYTCP_HYSTART_CSS_GROWTH_DIVISOR;
	return growth / MYTCP_HYSTART_CSS_GROWTH_DIVISOR;
}
