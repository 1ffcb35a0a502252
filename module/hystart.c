// SPDX-License-Identifier: GPL-2.0
/*
 * HyStart++, RFC 9406: see hystart.h.
 */
#include <linux/minmax.h>

#include "cong.h"
#include "hystart.h"
#include "rtt.h"
#include "seq.h"

void mytcp_hystart_init(struct mytcp_hystart *h)
{
	*h = (struct mytcp_hystart) {
		.last_min_us = MYTCP_RTT_NONE_US,
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

/* Has the delay grown since the round before? */
static bool delay_increased(const struct mytcp_hystart *h)
{
	u32 threshold;

	if (h->last_min_us == MYTCP_RTT_NONE_US)
		return false;
	threshold = clamp(h->last_min_us / MYTCP_HYSTART_MIN_RTT_DIVISOR,
			  MYTCP_HYSTART_MIN_RTT_THRESH_US,
			  MYTCP_HYSTART_MAX_RTT_THRESH_US);
	return h->current_min_us >= h->last_min_us + threshold;
}

static void take_sample(struct mytcp_hystart *h, u32 rtt_us)
{
	h->current_min_us = min(h->current_min_us, rtt_us);
	if (h->samples < MYTCP_HYSTART_N_RTT_SAMPLE &&
	    ++h->samples < MYTCP_HYSTART_N_RTT_SAMPLE)
		return;

	if (in_css(h)) {
		/* It was jitter: slow start goes on, HyStart++ included. */
		if (h->current_min_us < h->css_baseline_us)
			h->css_baseline_us = MYTCP_RTT_NONE_US;
	} else if (delay_increased(h)) {
		h->css_baseline_us = h->current_min_us;
		h->css_rounds = 0;
		h->css_left = 0;
	}
}

bool mytcp_hystart_ack(struct mytcp_hystart *h, const struct mytcp_ack_sample *s)
{
	if (!h->in_round)
		begin_round(h, s);
	if (s->rtt_us >= 0)
		take_sample(h, s->rtt_us);
	if (seq_before(s->snd_una, h->window_end))
		return false;

	/* A round in which CSS began counts as one of CSS. */
	if (in_css(h) && ++h->css_rounds == MYTCP_HYSTART_CSS_ROUNDS)
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
