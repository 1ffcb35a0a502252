// SPDX-License-Identifier: GPL-2.0
/*
 * Loss detection by time: see rack.h.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "rack.h"
#include "rtt.h"
#include "seq.h"

void mytcp_rack_init(struct mytcp_rack *r, u32 iss)
{
	*r = (struct mytcp_rack) {
		.end_seq = iss,
		.fack = iss,
		.reo_wnd_mult = 1,
	};
}

bool mytcp_rack_sent_before(const struct mytcp_rack *r, u64 xmit_ns, u32 end_seq)
{
	return mytcp_sent_before(xmit_ns, end_seq, r->xmit_ns, r->end_seq);
}

/* Step 3: a segment that was sent once arrives behind one that follows it. */
static void detect_reordering(struct mytcp_rack *r, const struct mytcp_rack_segment *s)
{
	if (seq_after(s->end_seq, r->fack))
		r->fack = s->end_seq;
	else if (seq_before(s->end_seq, r->fack) && !s->resent && r->reordering_seen < U32_MAX)
		r->reordering_seen++;
}

void mytcp_rack_delivered(struct mytcp_rack *r, const struct mytcp_rack_segment *s,
			  u64 now_ns, u32 min_rtt_us)
{
	u32 rtt_us;
	u64 ns;

	detect_reordering(r, s);
	/* Nobody held it back until the time when it was to leave. */
	if (now_ns < s->xmit_ns)
		return;
	ns = now_ns - s->xmit_ns;
	/* Step 2: is the ACK for the first transmission of something sent again? */
	if (s->resent && (s->echo_older || mytcp_rtt_us(ns) < min_rtt_us))
		return;
	/* Rounded down: what left in the same moment has no time left. */
	rtt_us = min_t(u64, div_u64(ns, NSEC_PER_USEC), U32_MAX);
	/* The round trip is the present ACK's, though it delivers only what was late. */
	if (s->xmit_ns >= r->ack_xmit_ns) {
		r->ack_xmit_ns = s->xmit_ns;
		r->rtt_us = rtt_us;
	}
	if (mytcp_rack_sent_before(r, s->xmit_ns, s->end_seq))
		return;
	r->advanced = true;
	r->xmit_ns = s->xmit_ns;
	r->end_seq = s->end_seq;
}

void mytcp_rack_ack(struct mytcp_rack *r, u32 una)
{
	r->ack_xmit_ns = 0;
	/* Step 4: the round of the last DSACK is over. */
	if (r->dsack_seen && !seq_before(una, r->dsack_round))
		r->dsack_seen = false;
}

void mytcp_rack_duplicate(struct mytcp_rack *r, u32 nxt)
{
	if (r->dsack_seen)
		return;
	r->dsack_seen = true;
	r->dsack_round = nxt;
	if (r->reo_wnd_mult < U8_MAX)
		r->reo_wnd_mult++;
	r->reo_wnd_persist = MYTCP_RACK_PERSIST;
}

void mytcp_rack_recovered(struct mytcp_rack *r)
{
	if (r->reo_wnd_persist && !--r->reo_wnd_persist)
		r->reo_wnd_mult = 1;
}

u32 mytcp_rack_window(const struct mytcp_rack *r, u32 srtt_us, u32 min_rtt_us,
		      bool recovering, u32 sacked)
{
	if (!r->reordering_seen && (recovering || sacked >= MYTCP_DUPTHRESH))
		return 0;
	return min_t(u64, (u64)r->reo_wnd_mult * min_rtt_us / 4, srtt_us);
}
