// SPDX-License-Identifier: GPL-2.0
/*
 * Dynamic right-sizing: the round trip that a receiver sees, and the window that a
 * rate of reading asks for.
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "../../module/drs.h"

#define MS		((u64)NSEC_PER_MSEC)
#define SEGMENT		1000
#define EPOCH		(5 * MS)

static struct mytcp_drs begin(u32 space)
{
	struct mytcp_drs d;

	mytcp_drs_init(&d, space, 0, EPOCH);
	return d;
}

/* What was promised takes 30 ms to come, then 20, then 40: the least counts. */
static void round_trip_by_window(struct kunit *test)
{
	struct mytcp_drs d = begin(1);

	mytcp_drs_announced(&d, 64000, EPOCH);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 0U);
	KUNIT_EXPECT_EQ(test, d.rtt_seq, 64000U);
	mytcp_drs_filled(&d, EPOCH + 30 * MS);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 8 * 30000U);
	KUNIT_EXPECT_EQ(test, d.rtt_ns, 0ULL);
	mytcp_drs_announced(&d, 128000, EPOCH + 35 * MS);
	mytcp_drs_filled(&d, EPOCH + 55 * MS);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 8 * 20000U);
	mytcp_drs_announced(&d, 192000, EPOCH + 55 * MS);
	mytcp_drs_filled(&d, EPOCH + 95 * MS);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 8 * 20000U);
}

/* In no time at all is a round trip, too: not "none". */
static void round_trip_of_nothing(struct kunit *test)
{
	struct mytcp_drs d = begin(1);

	mytcp_drs_announced(&d, 1000, EPOCH);
	mytcp_drs_filled(&d, EPOCH);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 8U);
}

/* Echoes: down at once, up by an eighth of the difference. */
static void round_trip_by_echo(struct kunit *test)
{
	struct mytcp_drs d = begin(1);

	mytcp_drs_echoed(&d, 80000);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 8 * 80000U);
	mytcp_drs_echoed(&d, 40000);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 8 * 40000U);
	mytcp_drs_echoed(&d, 48000);
	KUNIT_EXPECT_EQ(test, d.rtt_us8, 8 * 41000U);
	mytcp_drs_echoed(&d, U32_MAX);
	KUNIT_EXPECT_LT(test, d.rtt_us8, 1U << 31);
}

/* Twice what was read and 16 segments; and for growth by half as much again, twice that. */
static void window_for_rate(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mytcp_drs_window(10000, 10000, SEGMENT), 36000ULL);
	KUNIT_EXPECT_EQ(test, mytcp_drs_window(15000, 10000, SEGMENT), 2 * 46000ULL);
	KUNIT_EXPECT_EQ(test, mytcp_drs_window(20000, 10000, SEGMENT), 3 * 56000ULL);
	/* Nothing was ever read: that is no divisor. */
	KUNIT_EXPECT_EQ(test, mytcp_drs_window(1, 0, SEGMENT), 16002ULL);
	/* No sum wraps. */
	KUNIT_EXPECT_GT(test, mytcp_drs_window(1U << 30, 1, U16_MAX), 1ULL << 60);
}

/* Nothing is known before the round trip is, nor before one is over. */
static void waits_for_round_trip(struct kunit *test)
{
	struct mytcp_drs d = begin(10000);

	KUNIT_EXPECT_EQ(test, mytcp_drs_read(&d, 20000, 0, SEGMENT, EPOCH + 99 * MS), 0ULL);
	mytcp_drs_echoed(&d, 100000);
	KUNIT_EXPECT_EQ(test, mytcp_drs_read(&d, 20000, 0, SEGMENT, EPOCH + 99 * MS), 0ULL);
	KUNIT_EXPECT_EQ(test, d.begin_seq, 0U);
	KUNIT_EXPECT_EQ(test, mytcp_drs_read(&d, 20000, 0, SEGMENT, EPOCH + 100 * MS),
			mytcp_drs_window(20000, 10000, SEGMENT));
	KUNIT_EXPECT_EQ(test, d.space, 20000U);
	KUNIT_EXPECT_EQ(test, d.begin_seq, 20000U);
	KUNIT_EXPECT_EQ(test, d.begin_ns, EPOCH + 100 * MS);
}

/* What took two round trips counts by half. */
static void by_the_round_trip(struct kunit *test)
{
	struct mytcp_drs d = begin(10000);

	mytcp_drs_echoed(&d, 100000);
	KUNIT_EXPECT_EQ(test, mytcp_drs_read(&d, 20000, 0, SEGMENT, EPOCH + 200 * MS), 0ULL);
	KUNIT_EXPECT_EQ(test, d.space, 10000U);
	KUNIT_EXPECT_EQ(test, mytcp_drs_read(&d, 60000, 0, SEGMENT, EPOCH + 400 * MS),
			mytcp_drs_window(20000, 10000, SEGMENT));
}

/* A reader that falls behind has no use for a larger buffer. */
static void slow_reader(struct kunit *test)
{
	struct mytcp_drs d = begin(10000);

	mytcp_drs_echoed(&d, 100000);
	KUNIT_EXPECT_EQ(test, mytcp_drs_read(&d, 20000, 10000, SEGMENT, EPOCH + 100 * MS),
			0ULL);
	KUNIT_EXPECT_EQ(test, mytcp_drs_read(&d, 40000, 9000, SEGMENT, EPOCH + 200 * MS),
			mytcp_drs_window(11000, 10000, SEGMENT));
}

/* The reader keeps pace with a sender in slow start: the window is always ahead. */
static void slow_start_is_not_held_back(struct kunit *test)
{
	const u32 path = 12500000;	/* 1 Gbit/s, 100 ms */
	struct mytcp_drs d = begin(10 * SEGMENT);
	u64 now = EPOCH, window = 65535;
	u32 flight = 10 * SEGMENT, read = 0, trips;

	mytcp_drs_echoed(&d, 100000);
	for (trips = 0; flight < path && trips < 100; trips++) {
		u64 want;

		now += 100 * MS;
		read += flight;
		want = mytcp_drs_read(&d, read, 0, SEGMENT, now);
		window = max(window, want);
		flight = min_t(u64, 2 * flight, window);
	}
	/* Twelve doublings would be the least without a window. */
	KUNIT_EXPECT_LE(test, trips, 12U);
	KUNIT_EXPECT_GE(test, window, 2ULL * path);
}

static struct kunit_case drs_cases[] = {
	KUNIT_CASE(round_trip_by_window),
	KUNIT_CASE(round_trip_of_nothing),
	KUNIT_CASE(round_trip_by_echo),
	KUNIT_CASE(window_for_rate),
	KUNIT_CASE(waits_for_round_trip),
	KUNIT_CASE(by_the_round_trip),
	KUNIT_CASE(slow_reader),
	KUNIT_CASE(slow_start_is_not_held_back),
	{}
};

static struct kunit_suite drs_suite = {
	.name = "mytcp-drs",
	.test_cases = drs_cases,
};

kunit_test_suite(drs_suite);
