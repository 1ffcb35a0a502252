// SPDX-License-Identifier: GPL-2.0
/*
 * The search of packetization layer path MTU discovery: see plpmtud.h.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "plpmtud.h"

void mytcp_plpmtud_init(struct mytcp_plpmtud *p, u32 base, u32 most, bool on, u64 now)
{
	*p = (struct mytcp_plpmtud) {
		.since_ns = now,
		.low = min(base, most),
		.high = most,
		.on = on,
	};
}

u32 mytcp_plpmtud_next(const struct mytcp_plpmtud *p, u32 most, u32 threshold)
{
	u32 high = min_t(u32, p->high, most);

	/* What is one octet larger has no half on the way to it: a probe of @low's own
	 * size would say nothing, and @high be below @low if it was lost.
	 */
	if (high <= p->low || high - p->low < max(threshold, 2u))
		return 0;
	return (p->low + high) / 2;
}

void mytcp_plpmtud_again(struct mytcp_plpmtud *p, u32 now_size, u32 most, u64 interval, u64 now)
{
	if (now - p->since_ns < interval)
		return;
	p->low = min(now_size, most);
	p->high = most;
	p->since_ns = now;
}

void mytcp_plpmtud_shrink(struct mytcp_plpmtud *p, u32 base, u32 floor, u64 now)
{
	p->probe = 0;
	if (p->on) {
		p->low = min_t(u32, max(min_t(u32, p->low / 2, base), floor), p->high);
		return;
	}
	p->on = true;
	p->since_ns = now;
}
