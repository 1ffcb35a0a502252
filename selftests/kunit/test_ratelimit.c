// SPDX-License-Identifier: GPL-2.0
/*
 * The challenge ACK budget: RFC 5961 section 7.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "../../module/ratelimit.h"

/* How many of @tries in the second beginning at @now_ns may be sent. */
static u32 spend(struct mytcp_ratelimit *l, u64 now_ns, u32 per_sec, u32 rnd,
		 u32 tries)
{
	u32 i, sent = 0;

	for (i = 0; i < tries; i++)
		sent += mytcp_ratelimit(l, now_ns + i * (NSEC_PER_SEC / tries),
					per_sec, rnd);
	return sent;
}

static void ratelimit_none(struct kunit *test)
{
	struct mytcp_ratelimit l = {};

	KUNIT_EXPECT_EQ(test, spend(&l, 0, MYTCP_RATELIMIT_NONE, 0, 5000), 5000);
	KUNIT_EXPECT_EQ(test, spend(&l, 0, U32_MAX, 0, 5000), 5000);
}

static void ratelimit_zero(struct kunit *test)
{
	struct mytcp_ratelimit l = {};

	KUNIT_EXPECT_EQ(test, spend(&l, 0, 0, U32_MAX, 100), 0);
}

/* The second that a zeroed budget is first used in may be second 0. */
static void ratelimit_begins_anywhere(struct kunit *test)
{
	static const u64 seconds[] = { 0, 1, 86400, 0xfffffffeULL };
	int i;

	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		struct mytcp_ratelimit l = {};

		KUNIT_EXPECT_EQ(test,
				spend(&l, seconds[i] * NSEC_PER_SEC, 10, 0, 100),
				5);
	}
}

/* From half of the limit to three halves of it, both ends. */
static void ratelimit_budget_range(struct kunit *test)
{
	static const u32 limits[] = { 1, 2, 3, 10, 100, 999, 1000 };
	int i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		u32 n = limits[i], half = (n + 1) / 2;
		struct mytcp_ratelimit l = {};

		KUNIT_EXPECT_EQ(test, spend(&l, 0, n, 0, 2000), half);
		KUNIT_EXPECT_EQ(test, spend(&l, NSEC_PER_SEC, n, U32_MAX, 2000),
				half + n - 1);
	}
}

/* A spent second stays spent; the next one does not remember. */
static void ratelimit_each_second_anew(struct kunit *test)
{
	struct mytcp_ratelimit l = {};
	u64 s;

	for (s = 7; s < 20; s++) {
		u64 begin = s * NSEC_PER_SEC;

		KUNIT_EXPECT_EQ(test, spend(&l, begin, 10, 0, 50), 5);
		KUNIT_EXPECT_FALSE(test,
				   mytcp_ratelimit(&l, begin + NSEC_PER_SEC - 1,
						   10, U32_MAX));
	}
}

/* What is not spent is lost: no burst of two seconds' budget. */
static void ratelimit_does_not_save(struct kunit *test)
{
	struct mytcp_ratelimit l = {};

	KUNIT_EXPECT_EQ(test, spend(&l, 0, 100, 0, 1), 1);
	KUNIT_EXPECT_EQ(test, spend(&l, NSEC_PER_SEC, 100, 0, 1000), 50);
}

/* Nobody can tell from the outside how large a second's budget is, yet on
 * average it is what the administrator asked for.
 */
static void ratelimit_random_but_fair(struct kunit *test)
{
	const u64 seed = 5961;
	struct mytcp_ratelimit l = {};
	u32 lowest = U32_MAX, highest = 0, total = 0;
	struct rnd_state rnd;
	int s;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (s = 0; s < 1000; s++) {
		u32 sent = spend(&l, s * NSEC_PER_SEC, 100,
				 prandom_u32_state(&rnd), 200);

		KUNIT_ASSERT_GE(test, sent, 50);
		KUNIT_ASSERT_LE(test, sent, 149);
		lowest = min(lowest, sent);
		highest = max(highest, sent);
		total += sent;
	}
	KUNIT_EXPECT_LE(test, lowest, 51);
	KUNIT_EXPECT_GE(test, highest, 148);
	/* Mean 99.5, deviation of the mean 0.91. Five of these. */
	KUNIT_EXPECT_GT(test, total, 95000);
	KUNIT_EXPECT_LT(test, total, 104000);
}

static struct kunit_case ratelimit_cases[] = {
	KUNIT_CASE(ratelimit_none),
	KUNIT_CASE(ratelimit_zero),
	KUNIT_CASE(ratelimit_begins_anywhere),
	KUNIT_CASE(ratelimit_budget_range),
	KUNIT_CASE(ratelimit_each_second_anew),
	KUNIT_CASE(ratelimit_does_not_save),
	KUNIT_CASE(ratelimit_random_but_fair),
	{}
};

static struct kunit_suite ratelimit_suite = {
	.name = "mytcp-ratelimit",
	.test_cases = ratelimit_cases,
};

kunit_test_suite(ratelimit_suite);
