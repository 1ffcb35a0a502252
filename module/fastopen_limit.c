// SPDX-License-Identifier: GPL-2.0
/*
 * The limit of Fast Open connections: see fastopen_limit.h.
 */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "fastopen_limit.h"

/* Those that were reset so long ago that their slot comes round again: forgiven. */
static void limit_forgive(struct mytcp_fastopen_limit *limit, u64 now_ns)
{
	u64 now = div64_u64(now_ns, MYTCP_FASTOPEN_SLOT_NS);
	u64 slots = min_t(u64, now - limit->slot, MYTCP_FASTOPEN_SLOTS);

	/* Another processor's clock may have been ahead. */
	if (now <= limit->slot)
		return;
	for (; slots; slots--) {
		u32 *reset = &limit->reset[(now - slots + 1) % MYTCP_FASTOPEN_SLOTS];

		limit->count -= *reset;
		*reset = 0;
	}
	limit->slot = now;
}

bool mytcp_fastopen_limit_room(struct mytcp_fastopen_limit *limit, u64 now_ns)
{
	if (limit->count < limit->max)
		return true;
	limit_forgive(limit, now_ns);
	return limit->count < limit->max;
}

bool mytcp_fastopen_limit_take(struct mytcp_fastopen_limit *limit, u64 now_ns)
{
	if (!mytcp_fastopen_limit_room(limit, now_ns))
		return false;
	limit->count++;
	return true;
}

void mytcp_fastopen_limit_give(struct mytcp_fastopen_limit *limit, u64 now_ns,
			       bool was_reset)
{
	limit_forgive(limit, now_ns);
	if (was_reset)
		limit->reset[limit->slot % MYTCP_FASTOPEN_SLOTS]++;
	else
		limit->count--;
}
