// SPDX-License-Identifier: GPL-2.0
/*
 * The search for the path's MTU, RFC 4821: against paths of every size.
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "../../module/plpmtud.h"

#define BASE		1036
#define MOST		8960
#define THRESHOLD	8

static struct mytcp_plpmtud begin(bool on)
{
	struct mytcp_plpmtud p;

	mytcp_plpmtud_init(&p, BASE, MOST, on, 0);
	return p;
}

/* By halves it comes to within the threshold of what the path carries. */
static void finds_every_path(struct kunit *test)
{
	u32 path;

	for (path = BASE; path <= MOST; path++) {
		struct mytcp_plpmtud p = begin(true);
		u32 size, probes = 0;

		while ((size = mytcp_plpmtud_next(&p, MOST, THRESHOLD))) {
			KUNIT_ASSERT_GT(test, size, (u32)p.low);
			mytcp_plpmtud_sent(&p, size, 1);
			if (size <= path)
				mytcp_plpmtud_arrived(&p);
			else
				mytcp_plpmtud_failed(&p);
			KUNIT_ASSERT_LE(test, ++probes, 11U);
		}
		KUNIT_ASSERT_LE(test, (u32)p.low, path);
		KUNIT_ASSERT_GT(test, p.low + THRESHOLD, path);
	}
}

/* What a route allows bounds it, and a peer that takes less than the base. */
static void bounded(struct kunit *test)
{
	struct mytcp_plpmtud p = begin(true);

	KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, 1460, THRESHOLD), (BASE + 1460U) / 2);
	KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, BASE + THRESHOLD - 1, THRESHOLD), 0U);
	KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, 500, THRESHOLD), 0U);
	mytcp_plpmtud_init(&p, BASE, 536, true, 0);
	KUNIT_EXPECT_EQ(test, p.low, 536);
	KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, 536, 0), 0U);
}

/* Without a threshold the search ends, too, where there is no size between the bounds. */
static void no_half(struct kunit *test)
{
	struct mytcp_plpmtud p = begin(true);
	u32 threshold;

	for (threshold = 0; threshold <= 2; threshold++) {
		p.low = 1400;
		p.high = 1401;
		KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, MOST, threshold), 0U);
		p.high = 1402;
		KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, MOST, threshold), 1401U);
	}
}

/* RFC 4821 7.7: down to the base, then by halves, down to the floor. */
static void shrinks(struct kunit *test)
{
	static const u32 sizes[] = { BASE, BASE / 2, BASE / 4, 200, 200 };
	struct mytcp_plpmtud p = begin(false);
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		p.probe = 1;
		mytcp_plpmtud_shrink(&p, BASE, 200, 5);
		KUNIT_EXPECT_TRUE(test, p.on);
		KUNIT_EXPECT_EQ(test, p.low, sizes[i]);
		KUNIT_EXPECT_EQ(test, p.probe, 0);
	}
	/* From there it is far to the base, which is not doubted any more. */
	p.low = 4000;
	mytcp_plpmtud_shrink(&p, BASE, 200, 5);
	KUNIT_EXPECT_EQ(test, p.low, BASE);
}

/* A floor above all sizes: net.ipv4.tcp_mtu_probe_floor may be 65535. */
static void shrinks_to_high_floor(struct kunit *test)
{
	struct mytcp_plpmtud p = begin(false);
	int i;

	for (i = 0; i < 3; i++)
		mytcp_plpmtud_shrink(&p, BASE, U16_MAX + 12, 5);
	KUNIT_EXPECT_EQ(test, p.low, MOST);
}

/* Ten minutes later the path may carry more. */
static void begins_again(struct kunit *test)
{
	const u64 interval = 600 * NSEC_PER_SEC;
	struct mytcp_plpmtud p = begin(true);

	p.low = 1400;
	p.high = 1405;
	mytcp_plpmtud_again(&p, 1400, MOST, interval, interval - 1);
	KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, MOST, THRESHOLD), 0U);
	mytcp_plpmtud_again(&p, 1400, MOST, interval, interval);
	KUNIT_EXPECT_EQ(test, mytcp_plpmtud_next(&p, MOST, THRESHOLD), (1400U + MOST) / 2);
	mytcp_plpmtud_again(&p, 1500, MOST, interval, 2 * interval - 1);
	KUNIT_EXPECT_EQ(test, p.low, 1400);
}

static struct kunit_case plpmtud_cases[] = {
	KUNIT_CASE(finds_every_path),
	KUNIT_CASE(bounded),
	KUNIT_CASE(no_half),
	KUNIT_CASE(shrinks),
	KUNIT_CASE(shrinks_to_high_floor),
	KUNIT_CASE(begins_again),
	{}
};

static struct kunit_suite plpmtud_suite = {
	.name = "mytcp-plpmtud",
	.test_cases = plpmtud_cases,
};

kunit_test_suite(plpmtud_suite);
