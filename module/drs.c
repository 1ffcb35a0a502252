// SPDX-License-Identifier: GPL-2.0
/*
 * Dynamic right-sizing: see drs.h.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "drs.h"
#include "rtt.h"

/* RFC 7323 2.3: no window is larger, 2^30. The products below fit with it. */
#define DRS_MOST	0x40000000U

void mytcp_drs_init(struct mytcp_drs *d, u32 space, u32 seq, u64 now)
{
	*d = (struct mytcp_drs) {
		.begin_ns = now,
		.begin_seq = seq,
		.space = space,
	};
}

void mytcp_drs_filled(struct mytcp_drs *d, u64 now)
{
	u64 us = div_u64(now - d->rtt_ns, NSEC_PER_USEC);
	u32 rtt_us8 = clamp_t(u64, us, 1, MYTCP_RTT_MAX_US) * 8;

	if (!d->rtt_us8 || rtt_us8 < d->rtt_us8)
		d->rtt_us8 = rtt_us8;
	d->rtt_ns = 0;
}

void mytcp_drs_echoed(struct mytcp_drs *d, u32 rtt_us)
{
	rtt_us = min(rtt_us, MYTCP_RTT_MAX_US);
	/* Down at once, up by and by: what the sender waits for is in it. */
	if (!d->rtt_us8 || rtt_us * 8 < d->rtt_us8)
		d->rtt_us8 = rtt_us * 8;
	else
		d->rtt_us8 += rtt_us - d->rtt_us8 / 8;
}

u64 mytcp_drs_window(u32 copied, u32 space, u32 advmss)
{
	u64 window = 2ull * copied + 16 * advmss;

	space = max(space, 1U);
	return window + 2 * div_u64(window * (copied - space), space);
}

u64 mytcp_drs_read(struct mytcp_drs *d, u32 copied_seq, u32 unread, u32 advmss, u64 now)
{
	u64 elapsed_us = div_u64(now - d->begin_ns, NSEC_PER_USEC);
	u32 rtt_us = d->rtt_us8 / 8;
	u64 copied, window;

	if (!d->rtt_us8 || elapsed_us < rtt_us)
		return 0;
	copied = min(copied_seq - d->begin_seq, DRS_MOST);
	/* It may have taken longer than a round trip. */
	if (elapsed_us)
		copied = div64_u64(copied * rtt_us, elapsed_us);
	d->begin_seq = copied_seq;
	d->begin_ns = now;
	if (copied <= (u64)d->space + unread)
		return 0;
	copied -= unread;
	window = mytcp_drs_window(copied, d->space, advmss);
	d->space = copied;
	return window;
}
