// SPDX-License-Identifier: GPL-2.0
/*
 * How many challenge ACKs to send: see ratelimit.h.
 */
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "ratelimit.h"

/* Uniform in half to half + @per_sec - 1, where half is @per_sec / 2 rounded up:
 * @per_sec on average.
 */
static u32 draw_budget(u32 per_sec, u32 rnd)
{
	return (per_sec + 1) / 2 + (u32)(((u64)rnd * per_sec) >> 32);
}

bool mytcp_ratelimit(struct mytcp_ratelimit *l, u64 now_ns, u32 per_sec,
		     u32 rnd)
{
	u32 second, left;

	if (per_sec >= MYTCP_RATELIMIT_NONE)
		return true;

	/* Plus one: all zero is a second that never comes again. */
	second = (u32)div_u64(now_ns, NSEC_PER_SEC) + 1;
	if (second != READ_ONCE(l->second)) {
		WRITE_ONCE(l->second, second);
		WRITE_ONCE(l->left, draw_budget(per_sec, rnd));
	}

	left = READ_ONCE(l->left);
	if (!left)
		return false;
	WRITE_ONCE(l->left, left - 1);
	return true;
}
