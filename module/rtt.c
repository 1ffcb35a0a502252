// SPDX-License-Identifier: GPL-2.0
/*
 * The round-trip time estimator: see rtt.h.
 */
#include <linux/minmax.h>

#include "rtt.h"

/* SRTT is kept times 8 and RTTVAR times 4, so that the gains of RFC 6298 (2.3),
 * 1/8 and 1/4, are shifts and lose nothing.
 */
#define SRTT_SHIFT	3
#define RTTVAR_SHIFT	2

void mytcp_rtt_init(struct mytcp_rtt *r, u32 rto_init_us)
{
	r->srtt_us = 0;
	r->rttvar_us = 0;
	r->rto_us = rto_init_us;
	r->min_rtt_us = MYTCP_RTT_NONE_US;
	r->backoff = 0;
}

void mytcp_rtt_sample(struct mytcp_rtt *r, u32 rtt_us, u32 rto_min_us,
		      u32 rto_max_us)
{
	/* 0 would be "no sample" once more. */
	u32 rtt = clamp_t(u32, rtt_us, 1, MYTCP_RTT_MAX_US);

	if (!r->srtt_us) {
		/* RFC 6298 (2.2): SRTT = R, RTTVAR = R / 2 */
		r->srtt_us = rtt << SRTT_SHIFT;
		r->rttvar_us = rtt << (RTTVAR_SHIFT - 1);
	} else {
		/* RFC 6298 (2.3): RTTVAR first, by the SRTT before this sample */
		u32 srtt = r->srtt_us >> SRTT_SHIFT;
		u32 dev = srtt > rtt ? srtt - rtt : rtt - srtt;

		r->rttvar_us += dev - (r->rttvar_us >> RTTVAR_SHIFT);
		r->srtt_us += rtt - srtt;
	}

	r->rto_us = min((r->srtt_us >> SRTT_SHIFT) +
			max(r->rttvar_us, rto_min_us), rto_max_us);
	r->backoff = 0;
}

void mytcp_rtt_least(struct mytcp_rtt *r, u32 rtt_us, u32 now_ms, u32 window_ms)
{
	u32 rtt = clamp_t(u32, rtt_us, 1, MYTCP_RTT_MAX_US);

	/* Older kernels have modules find the largest only: that of what is left to 2^32. */
	if (r->min_rtt_us == MYTCP_RTT_NONE_US)
		minmax_reset(&r->least, now_ms, ~rtt);
	else
		minmax_running_max(&r->least, window_ms, now_ms, ~rtt);
	r->min_rtt_us = ~minmax_get(&r->least);
}

u32 mytcp_rtt_rto(const struct mytcp_rtt *r, u32 rto_max_us)
{
	/* Any RTO has met any maximum after 32 doublings. */
	u64 rto = (u64)r->rto_us << min_t(u8, r->backoff, 31);

	return min_t(u64, rto, rto_max_us);
}

void mytcp_rtt_backoff(struct mytcp_rtt *r)
{
	if (r->backoff < U8_MAX)
		r->backoff++;
}

void mytcp_rtt_syn_lost(struct mytcp_rtt *r)
{
	if (!r->srtt_us) {
		r->rto_us = max(r->rto_us, MYTCP_RTO_FALLBACK_US);
		r->backoff = 0;
	}
}
