// SPDX-License-Identifier: GPL-2.0
/*
 * The RTT estimator against RFC 6298 computed by hand, against the same
 * equations in finer arithmetic, and against what Linux does.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/prandom.h>

#include "../../module/rtt.h"

static void sample(struct mytcp_rtt *r, u32 rtt_us)
{
	mytcp_rtt_sample(r, rtt_us, MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US);
	mytcp_rtt_least(r, rtt_us, 0, 1000);
}

static void expect_rtt(struct kunit *test, const struct mytcp_rtt *r,
		       u32 srtt_us, u32 four_rttvar_us, u32 rto_us)
{
	KUNIT_EXPECT_EQ(test, r->srtt_us, srtt_us * 8);
	KUNIT_EXPECT_EQ(test, r->rttvar_us, four_rttvar_us);
	KUNIT_EXPECT_EQ(test, r->rto_us, rto_us);
	KUNIT_EXPECT_EQ(test, mytcp_rtt_rto(r, MYTCP_RTO_MAX_US), rto_us);
}

/* RFC 6298 (2.1): 1 s until there is a sample. Shows: 6298-2-1. */
static void rtt_initial(struct kunit *test)
{
	struct mytcp_rtt r;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	expect_rtt(test, &r, 0, 0, 1000000);
	KUNIT_EXPECT_EQ(test, r.min_rtt_us, MYTCP_RTT_NONE_US);
	KUNIT_EXPECT_EQ(test, r.backoff, 0);
}

/* RFC 6298 (2.2) and (2.3) by hand, in ms:
 *	R = 800: SRTT 800, RTTVAR 400,            RTO 800 + 1600 = 2400
 *	R = 400: RTTVAR 3/4 400 + 1/4 400 = 400,  SRTT 750, RTO 750 + 1600 = 2350
 *	R = 750: RTTVAR 3/4 400 + 0 = 300,        SRTT 750, RTO 750 + 1200 = 1950
 *	R = 1550: RTTVAR 225 + 1/4 800 = 425,     SRTT 850, RTO 850 + 1700 = 2550
 * Shows: MUST-18, 6298-2-2, 6298-2-3, 6298-2-4, 6298-2-5, 6298-2-6
 */
static void rtt_by_hand(struct kunit *test)
{
	struct mytcp_rtt r;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	sample(&r, 800000);
	expect_rtt(test, &r, 800000, 1600000, 2400000);
	sample(&r, 400000);
	expect_rtt(test, &r, 750000, 1600000, 2350000);
	sample(&r, 750000);
	expect_rtt(test, &r, 750000, 1200000, 1950000);
	sample(&r, 1550000);
	expect_rtt(test, &r, 850000, 1700000, 2550000);
	KUNIT_EXPECT_EQ(test, r.min_rtt_us, 400000);
}

/*
 * Linux: whatever the path, a quiet connection's RTO is 200 ms above SRTT.
 * Shows: 6298-4-1
 */
static void rtt_floor_as_linux(struct kunit *test)
{
	static const u32 rtts[] = { 1, 50, 1000, 20000, 50000, 300000, 1000000 };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(rtts); i++) {
		struct mytcp_rtt r;

		mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
		sample(&r, rtts[i]);
		KUNIT_EXPECT_EQ(test, r.rto_us,
				rtts[i] + max(2 * rtts[i], 200000U));
		for (n = 0; n < 40; n++)
			sample(&r, rtts[i]);
		KUNIT_EXPECT_EQ(test, r.srtt_us, rtts[i] * 8);
		KUNIT_EXPECT_EQ(test, r.rto_us, rtts[i] + 200000);
	}
}

/* The floor and the ceiling are arguments: nothing of them is built in. */
static void rtt_limits_are_arguments(struct kunit *test)
{
	struct mytcp_rtt r;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	mytcp_rtt_sample(&r, 100, 5000, 1000000);
	KUNIT_EXPECT_EQ(test, r.rto_us, 5100);
	mytcp_rtt_sample(&r, 900000, 5000, 700000);
	KUNIT_EXPECT_EQ(test, r.rto_us, 700000);
	KUNIT_EXPECT_EQ(test, mytcp_rtt_rto(&r, 300000), 300000);
}

/*
 * RFC 6298 (5.5), (2.5): 1, 2, 4, ... seconds and never more than 120.
 * Shows: MUST-19, 6298-2-8, 6298-5-6
 */
static void rtt_backoff_series(struct kunit *test)
{
	static const u32 seconds[] = { 1, 2, 4, 8, 16, 32, 64, 120, 120, 120 };
	struct mytcp_rtt r;
	int i;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		KUNIT_EXPECT_EQ(test, mytcp_rtt_rto(&r, MYTCP_RTO_MAX_US),
				seconds[i] * 1000000);
		KUNIT_EXPECT_EQ(test, r.backoff, i);
		mytcp_rtt_backoff(&r);
	}
}

/* However often the timer expires, RTO neither wraps nor falls. */
static void rtt_backoff_saturates(struct kunit *test)
{
	static const u32 rtos[] = { 1, 200000, 1000000, 120000000, U32_MAX };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(rtos); i++) {
		struct mytcp_rtt r;
		u32 last = 0;

		mytcp_rtt_init(&r, rtos[i]);
		for (n = 0; n < 1000; n++) {
			u32 rto = mytcp_rtt_rto(&r, MYTCP_RTO_MAX_US);

			KUNIT_ASSERT_GE(test, rto, last);
			KUNIT_ASSERT_LE(test, rto, MYTCP_RTO_MAX_US);
			mytcp_rtt_backoff(&r);
			last = rto;
		}
		KUNIT_EXPECT_EQ(test, last, MYTCP_RTO_MAX_US);
	}
}

/* RFC 6298 section 5: a new sample ends the backoff. */
static void rtt_sample_ends_backoff(struct kunit *test)
{
	struct mytcp_rtt r;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	sample(&r, 10000);
	mytcp_rtt_backoff(&r);
	mytcp_rtt_backoff(&r);
	KUNIT_EXPECT_EQ(test, mytcp_rtt_rto(&r, MYTCP_RTO_MAX_US), 840000);
	sample(&r, 10000);
	KUNIT_EXPECT_EQ(test, r.backoff, 0);
	KUNIT_EXPECT_EQ(test, mytcp_rtt_rto(&r, MYTCP_RTO_MAX_US), 210000);
}

/*
 * RFC 6298 (5.7): 3 s for data after a repeated SYN, unless it was timed.
 * Shows: 6298-5-8
 */
static void rtt_syn_lost(struct kunit *test)
{
	struct mytcp_rtt r;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	mytcp_rtt_backoff(&r);
	mytcp_rtt_syn_lost(&r);
	KUNIT_EXPECT_EQ(test, mytcp_rtt_rto(&r, MYTCP_RTO_MAX_US), 3000000);
	KUNIT_EXPECT_EQ(test, r.backoff, 0);

	mytcp_rtt_init(&r, 5000000);
	mytcp_rtt_syn_lost(&r);
	KUNIT_EXPECT_EQ(test, r.rto_us, 5000000);

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	sample(&r, 1000);
	mytcp_rtt_backoff(&r);
	mytcp_rtt_syn_lost(&r);
	KUNIT_EXPECT_EQ(test, r.rto_us, 201000);
	KUNIT_EXPECT_EQ(test, r.backoff, 1);
}

/* A clock that has not ticked gives 0: a sample all the same. */
static void rtt_zero_is_a_sample(struct kunit *test)
{
	struct mytcp_rtt r;
	int i;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	for (i = 0; i < 100; i++) {
		sample(&r, 0);
		KUNIT_ASSERT_NE(test, r.srtt_us, 0);
	}
	KUNIT_EXPECT_EQ(test, r.rto_us, 200001);
	KUNIT_EXPECT_EQ(test, r.min_rtt_us, 1);

	/* Nor does the average ever fall back to "no sample". */
	sample(&r, 1000000);
	for (i = 0; i < 1000; i++) {
		sample(&r, 0);
		KUNIT_ASSERT_NE(test, r.srtt_us, 0);
	}
}

static void rtt_huge_samples(struct kunit *test)
{
	static const u32 rtts[] = { 1, U32_MAX, 1, U32_MAX, U32_MAX, 0, 1U << 31 };
	struct mytcp_rtt r;
	int i, n;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	for (n = 0; n < 50; n++)
		for (i = 0; i < ARRAY_SIZE(rtts); i++) {
			mytcp_rtt_sample(&r, rtts[i], MYTCP_RTO_MIN_US, U32_MAX);
			KUNIT_ASSERT_LE(test, r.srtt_us / 8, MYTCP_RTT_MAX_US);
			KUNIT_ASSERT_LE(test, r.rttvar_us,
					4 * MYTCP_RTT_MAX_US);
			KUNIT_ASSERT_GE(test, r.rto_us,
					r.srtt_us / 8 + MYTCP_RTO_MIN_US);
		}
}

/* A path that has become longer: the least sample counts for 300 s. Shows: 8985-6.2-1. */
static void rtt_least_of_late(struct kunit *test)
{
	const u32 window = 300 * MSEC_PER_SEC;
	/* The clock may wrap meanwhile. */
	const u32 start = U32_MAX - 10;
	struct mytcp_rtt r;
	u32 ms;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	mytcp_rtt_least(&r, 30000, start, window);
	for (ms = 1000; ms <= window; ms += 1000) {
		mytcp_rtt_least(&r, 50000, start + ms, window);
		KUNIT_ASSERT_EQ(test, r.min_rtt_us, 30000);
	}
	mytcp_rtt_least(&r, 50000, start + ms, window);
	KUNIT_EXPECT_EQ(test, r.min_rtt_us, 50000);
	mytcp_rtt_least(&r, 20000, start + ms + 1, window);
	KUNIT_EXPECT_EQ(test, r.min_rtt_us, 20000);
}

/* RFC 6298 (2.2), (2.3) in 1/65536 us, where rounding does not matter. */
struct model {
	s64 srtt;
	s64 rttvar;
	bool valid;
};

static void model_sample(struct model *m, u32 rtt_us)
{
	s64 rtt = (s64)rtt_us << 16;

	if (!m->valid) {
		m->srtt = rtt;
		m->rttvar = rtt / 2;
		m->valid = true;
		return;
	}
	m->rttvar += (abs(m->srtt - rtt) - m->rttvar) / 4;
	m->srtt += (rtt - m->srtt) / 8;
}

static u32 model_rto(const struct model *m)
{
	return (m->srtt >> 16) + max_t(s64, 4 * m->rttvar >> 16,
				       MYTCP_RTO_MIN_US);
}

/* Shows: MUST-18, 6298-2-2, 6298-2-3, 6298-2-4, 6298-2-5, 6298-2-6. */
static void rtt_against_model(struct kunit *test)
{
	const u64 seed = 6298;
	struct rnd_state rnd;
	int path, n;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (path = 0; path < 500; path++) {
		u32 spread = 1 + prandom_u32_state(&rnd) % 400000;
		u32 least = 1 + prandom_u32_state(&rnd) % 400000;
		struct model m = {};
		struct mytcp_rtt r;
		u32 lowest = U32_MAX;

		mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
		for (n = 0; n < 200; n++) {
			u32 rtt = least + prandom_u32_state(&rnd) % spread;

			sample(&r, rtt);
			model_sample(&m, rtt);
			lowest = min(lowest, rtt);
			/* Whole microseconds err by less than 2 in SRTT and by
			 * less than 4 * (2 + 1) in 4 * RTTVAR.
			 */
			KUNIT_ASSERT_LE_MSG(test,
					    abs((s64)r.rto_us - model_rto(&m)),
					    16, "path %d sample %d", path, n);
			KUNIT_ASSERT_EQ(test, r.min_rtt_us, lowest);
		}
	}
}

static struct kunit_case rtt_cases[] = {
	KUNIT_CASE(rtt_initial),
	KUNIT_CASE(rtt_by_hand),
	KUNIT_CASE(rtt_least_of_late),
	KUNIT_CASE(rtt_floor_as_linux),
	KUNIT_CASE(rtt_limits_are_arguments),
	KUNIT_CASE(rtt_backoff_series),
	KUNIT_CASE(rtt_backoff_saturates),
	KUNIT_CASE(rtt_sample_ends_backoff),
	KUNIT_CASE(rtt_syn_lost),
	KUNIT_CASE(rtt_zero_is_a_sample),
	KUNIT_CASE(rtt_huge_samples),
	KUNIT_CASE(rtt_against_model),
	{}
};

static struct kunit_suite rtt_suite = {
	.name = "mytcp-rtt",
	.test_cases = rtt_cases,
};

kunit_test_suite(rtt_suite);
