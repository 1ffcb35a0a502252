// SPDX-License-Identifier: GPL-2.0
/*
 * Reno: the control law of RFC 5681, which NewReno (RFC 6582) keeps.
 */
#include <linux/minmax.h>

#include "cong.h"

/* RFC 5681 section 3.1, equation (4): half of FlightSize. */
static u32 reno_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	return in_flight / 2;
}

/* RFC 5681 section 3.1: one segment for each acknowledged one in slow start,
 * one for each window of them in congestion avoidance.
 */
static void reno_cong_avoid(struct mytcp_cong *c,
			    const struct mytcp_ack_sample *s)
{
	u32 acked = s->acked;

	if (mytcp_cong_in_slow_start(c))
		acked = mytcp_cong_slow_start(c, acked);
	if (acked)
		mytcp_cong_avoid_ai(c, c->cwnd, acked);
}

/* RFC 4015 section 3.2: as if nothing had happened. */
static u32 reno_undo_cwnd(struct mytcp_cong *c)
{
	return max(c->cwnd, c->prior_cwnd);
}

const struct mytcp_cong_ops mytcp_cong_reno = {
	.name		= "reno",
	.allowed	= true,
	.ssthresh	= reno_ssthresh,
	.cong_avoid	= reno_cong_avoid,
	.undo_cwnd	= reno_undo_cwnd,
};
