/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one clock: nanoseconds of CLOCK_MONOTONIC, the hrtimers' own. KUnit's
 * conversations stop it and set it by hand.
 */
#ifndef _MYTCP_CLOCK_H
#define _MYTCP_CLOCK_H

#include <linux/ktime.h>

#ifdef MYTCP_KUNIT
extern u64 mytcp_test_clock;	/* 0: the real clock; set by a test's task alone */
#endif

static inline u64 mytcp_clock(void)
{
#ifdef MYTCP_KUNIT
	u64 test_now = READ_ONCE(mytcp_test_clock);

	if (test_now)
		return test_now;
#endif
	return ktime_get_ns();
}

#endif /* _MYTCP_CLOCK_H */
