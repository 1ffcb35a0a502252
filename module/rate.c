// SPDX-License-Identifier: GPL-2.0
/*
 * Delivery rate samples: see rate.h.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "rate.h"
#include "seq.h"

/* Both kinds of time are circles, like sequence numbers. */
static bool newest(const struct mytcp_rate *r, const struct mytcp_rate_sample *s,
		   const struct mytcp_rate_segment *p)
{
	return seq_after(p->sent_us, r->first_sent_us) ||
	       (p->sent_us == r->first_sent_us && seq_after(p->end_seq, s->last_end_seq));
}

void mytcp_rate_delivered(struct mytcp_rate *r, struct mytcp_rate_sample *s,
			  const struct mytcp_rate_segment *p, u32 now_us)
{
	r->delivered += p->segments;
	r->delivered_us = now_us;

	if (s->has_data && !newest(r, s, p))
		return;
	s->has_data = true;
	s->app_limited = p->app_limited;
	s->resent = p->resent;
	s->last_end_seq = p->end_seq;
	s->sent_us = p->sent_us;
	s->prior_delivered = p->mark->delivered;
	s->prior_us = p->mark->delivered_us;
	s->send_elapsed_us = p->sent_us - p->mark->first_sent_us;
	s->tx_in_flight = p->flight->in_flight;
	s->prior_lost = p->flight->lost;
	r->first_sent_us = p->sent_us;
}

/* A sample that an application limits counts when it is no less than the last. */
static void remember(struct mytcp_rate *r, const struct mytcp_rate_sample *s)
{
	if (s->app_limited && (u64)s->delivered * r->best_interval_us <
			      (u64)r->best_delivered * s->interval_us)
		return;
	r->best_delivered = s->delivered;
	r->best_interval_us = s->interval_us;
	r->best_app_limited = s->app_limited;
}

void mytcp_rate_generate(struct mytcp_rate *r, struct mytcp_rate_sample *s, u32 min_rtt_us)
{
	u32 interval_us;

	/* The bubble is delivered and gone. */
	if (r->app_limited && seq_after(r->delivered, r->app_limited))
		r->app_limited = 0;
	if (!s->has_data)
		return;
	s->delivered = r->delivered - s->prior_delivered;
	s->lost = r->lost - s->prior_lost;
	interval_us = max(s->send_elapsed_us, r->delivered_us - s->prior_us);
	/*
	 * Less than the least round trip: the ACK was for the first transmission of
	 * something that was sent again.
	 */
	if (!interval_us || interval_us < min_rtt_us)
		return;
	s->interval_us = interval_us;
	remember(r, s);
}

u64 mytcp_rate_bytes(const struct mytcp_rate *r, u32 mss)
{
	if (!r->best_interval_us)
		return 0;
	return div_u64((u64)r->best_delivered * mss * USEC_PER_SEC, r->best_interval_us);
}
