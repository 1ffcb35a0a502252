// SPDX-License-Identifier: GPL-2.0
/*
 * PAWS' marks: which old timestamps are those of segments that were only overtaken.
 */
#include <kunit/test.h>

#include "../../module/paws.h"

#define TICKS	MYTCP_PAWS_MARK_TICKS
#define OCTETS	MYTCP_PAWS_MARK_OCTETS

/* Where timestamps and sequence numbers begin: at 0, and a little before they wrap */
static const u32 paws_begins[] = { 0, 1000, U32_MAX - 200, U32_MAX, 1U << 31 };

/* What is as old as the mark before the last is not older than the connection. */
static void paws_not_before_begin(struct kunit *test)
{
	struct mytcp_paws p;
	int i;

	for (i = 0; i < ARRAY_SIZE(paws_begins); i++) {
		u32 ts = paws_begins[i];

		mytcp_paws_begin(&p, ts, 7);
		KUNIT_EXPECT_TRUE(test, mytcp_paws_same_round(&p, ts, 7));
		KUNIT_EXPECT_FALSE(test, mytcp_paws_same_round(&p, ts - 1, 7));
	}
}

/* The clock goes on tick by tick: from one to two distances of marks are spared. */
static void paws_ticks(struct kunit *test)
{
	struct mytcp_paws p;
	int i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(paws_begins); i++) {
		u32 ts = paws_begins[i];

		mytcp_paws_begin(&p, ts, 7);
		for (n = 1; n < 5 * TICKS; n++) {
			mytcp_paws_mark(&p, ts + n, 7);
			if (n < TICKS)
				continue;
			KUNIT_EXPECT_TRUE(test, mytcp_paws_same_round(&p, ts + n - TICKS, 7));
			if (n < 2 * TICKS)
				continue;
			KUNIT_EXPECT_FALSE(test, mytcp_paws_same_round(&p, ts + n - 2 * TICKS, 7));
		}
	}
}

/* After a pause the mark is of before it: nothing was received meanwhile. */
static void paws_pause(struct kunit *test)
{
	struct mytcp_paws p;

	mytcp_paws_begin(&p, 1000, 7);
	mytcp_paws_mark(&p, 500000, 8);
	KUNIT_EXPECT_TRUE(test, mytcp_paws_same_round(&p, 1000, 8));
	mytcp_paws_mark(&p, 500000 + TICKS, 9);
	KUNIT_EXPECT_FALSE(test, mytcp_paws_same_round(&p, 499999, 9));
	KUNIT_EXPECT_TRUE(test, mytcp_paws_same_round(&p, 500000, 9));
}

/* On a quick path the numbers may have wrapped around since the mark. */
static void paws_octets(struct kunit *test)
{
	struct mytcp_paws p;
	int i;

	for (i = 0; i < ARRAY_SIZE(paws_begins); i++) {
		u32 nxt = paws_begins[i];

		mytcp_paws_begin(&p, 1000, nxt);
		KUNIT_EXPECT_TRUE(test, mytcp_paws_same_round(&p, 1000, nxt + OCTETS));
		KUNIT_EXPECT_FALSE(test, mytcp_paws_same_round(&p, 1000, nxt + OCTETS + 1));
	}
}

/* A peer whose clock hardly ticks: the numbers go round, and no mark outlives that. */
static void paws_slow_clock(struct kunit *test)
{
	struct mytcp_paws p;
	u64 n;

	mytcp_paws_begin(&p, 1000, 7);
	for (n = 0; n < 5ull << 30; n += 65536)
		mytcp_paws_mark(&p, 1000 + (u32)(n >> 27), 7 + (u32)n);
	/* 40 ticks; the last two marks are of the last half of a GiB */
	KUNIT_EXPECT_FALSE(test, mytcp_paws_same_round(&p, 1030, 7 + (u32)n));
	KUNIT_EXPECT_TRUE(test, mytcp_paws_same_round(&p, 1039, 7 + (u32)n));
}

static struct kunit_case paws_cases[] = {
	KUNIT_CASE(paws_not_before_begin),
	KUNIT_CASE(paws_ticks),
	KUNIT_CASE(paws_pause),
	KUNIT_CASE(paws_octets),
	KUNIT_CASE(paws_slow_clock),
	{}
};

static struct kunit_suite paws_suite = {
	.name = "mytcp-paws",
	.test_cases = paws_cases,
};

kunit_test_suite(paws_suite);
