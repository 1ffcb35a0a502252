// SPDX-License-Identifier: GPL-2.0
/*
 * RACK's arithmetic (RFC 8985 section 6.2) and PRR's (RFC 6937 section 3.1).
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "../../module/prr.h"
#include "../../module/rack.h"

#define MS		((u64)NSEC_PER_MSEC)
#define MIN_RTT_US	10000

static void deliver(struct mytcp_rack *r, u64 sent_ms, u32 end_seq, u64 now_ms, bool resent)
{
	const struct mytcp_rack_segment s = {
		.xmit_ns = sent_ms * MS, .end_seq = end_seq, .resent = resent,
	};

	mytcp_rack_delivered(r, &s, now_ms * MS, MIN_RTT_US);
}

/*
 * Step 2: the segment that was sent last counts, by its number if at once.
 * Shows: 8985-6.2-2
 */
static void rack_remembers_latest(struct kunit *test)
{
	struct mytcp_rack r;

	mytcp_rack_init(&r, 0);
	deliver(&r, 100, 1000, 120, false);
	deliver(&r, 100, 3000, 121, false);
	deliver(&r, 90, 4000, 122, false);
	KUNIT_EXPECT_EQ(test, r.xmit_ns, 100 * MS);
	KUNIT_EXPECT_EQ(test, r.end_seq, 3000U);
	KUNIT_EXPECT_EQ(test, r.rtt_us, 21000U);
	/* The round trip is that of the latest ACK, though it told only of what was late */
	mytcp_rack_ack(&r, 0);
	deliver(&r, 90, 5000, 130, false);
	KUNIT_EXPECT_EQ(test, r.end_seq, 3000U);
	KUNIT_EXPECT_EQ(test, r.rtt_us, 40000U);
	KUNIT_EXPECT_TRUE(test, mytcp_rack_sent_before(&r, 100 * MS, 2000));
	KUNIT_EXPECT_FALSE(test, mytcp_rack_sent_before(&r, 100 * MS, 3000));
	KUNIT_EXPECT_FALSE(test, mytcp_rack_sent_before(&r, 101 * MS, 1000));
}

/* What left in the same moment as what is there has no part of a microsecond left. */
static void rack_rounds_down(struct kunit *test)
{
	const struct mytcp_rack_segment s = { .xmit_ns = 100 * MS, .end_seq = 3000 };
	struct mytcp_rack r;

	mytcp_rack_init(&r, 0);
	mytcp_rack_delivered(&r, &s, 120 * MS + NSEC_PER_USEC - 1, MIN_RTT_US);
	KUNIT_EXPECT_EQ(test, r.rtt_us, 20000U);
}

/*
 * An ACK too soon after the repetition is for what was sent first.
 * Shows: 8985-6.2-3
 */
static void rack_doubts_repetition(struct kunit *test)
{
	const struct mytcp_rack_segment echo = {
		.xmit_ns = 200 * MS, .end_seq = 1000, .resent = true, .echo_older = true,
	};
	struct mytcp_rack r;

	mytcp_rack_init(&r, 0);
	deliver(&r, 200, 1000, 205, true);
	KUNIT_EXPECT_EQ(test, r.xmit_ns, 0ULL);
	mytcp_rack_delivered(&r, &echo, 250 * MS, MIN_RTT_US);
	KUNIT_EXPECT_EQ(test, r.xmit_ns, 0ULL);
	deliver(&r, 200, 1000, 215, true);
	KUNIT_EXPECT_EQ(test, r.xmit_ns, 200 * MS);
}

/* Step 3: over the whole circle of sequence numbers. Shows: 8985-6.2-4. */
static void rack_sees_reordering(struct kunit *test)
{
	static const u32 starts[] = { 0, 0x7ffffc00, 0xfffffc00 };
	struct mytcp_rack r;
	int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		mytcp_rack_init(&r, starts[i]);
		deliver(&r, 100, starts[i] + 1000, 120, false);
		deliver(&r, 100, starts[i] + 3000, 120, false);
		KUNIT_EXPECT_EQ(test, r.reordering_seen, 0U);
		deliver(&r, 150, starts[i] + 2000, 170, true);
		KUNIT_EXPECT_EQ_MSG(test, r.reordering_seen, 0U, "a repetition is none");
		deliver(&r, 100, starts[i] + 2500, 171, false);
		KUNIT_EXPECT_EQ(test, r.reordering_seen, 1U);
	}
}

/* Step 4. Shows: 8985-4-3, 8985-6.2-5, 8985-6.2-6, 8985-6.2-7, 8985-6.2-8. */
static void rack_window(struct kunit *test)
{
	struct mytcp_rack r;
	int i;

	mytcp_rack_init(&r, 0);
	KUNIT_EXPECT_EQ(test, mytcp_rack_window(&r, 50000, MIN_RTT_US, false, 2), 2500U);
	KUNIT_EXPECT_EQ(test, mytcp_rack_window(&r, 50000, MIN_RTT_US, false, 3), 0U);
	KUNIT_EXPECT_EQ(test, mytcp_rack_window(&r, 50000, MIN_RTT_US, true, 0), 0U);
	r.reordering_seen = true;
	KUNIT_EXPECT_EQ(test, mytcp_rack_window(&r, 50000, MIN_RTT_US, true, 9), 2500U);

	/* Wider by DSACKs, once a round trip, at most SRTT */
	for (i = 0; i < 3; i++) {
		mytcp_rack_ack(&r, 100);
		mytcp_rack_duplicate(&r, 1000);
	}
	KUNIT_EXPECT_EQ(test, mytcp_rack_window(&r, 50000, MIN_RTT_US, false, 0), 5000U);
	for (i = 1; i < 400; i++) {
		mytcp_rack_ack(&r, 1000 * i);
		mytcp_rack_duplicate(&r, 1000 * i + 1000);
	}
	KUNIT_EXPECT_EQ(test, r.reo_wnd_mult, U8_MAX);
	KUNIT_EXPECT_EQ(test, mytcp_rack_window(&r, 50000, MIN_RTT_US, false, 0), 50000U);

	/* Until sixteen recoveries went without one */
	for (i = 0; i < MYTCP_RACK_PERSIST; i++) {
		KUNIT_EXPECT_GT(test, r.reo_wnd_mult, 1);
		mytcp_rack_recovered(&r);
	}
	KUNIT_EXPECT_EQ(test, r.reo_wnd_mult, 1);
}

/*
 * RFC 6937 section 3.1: down to ssthresh in proportion, whatever the ACKs
 * cover.
 * Shows: 6937-3-1, 6937-3-2, 6937-3-3
 */
static void prr_reduces(struct kunit *test)
{
	u32 each, delivered, sent, window;
	struct mytcp_prr p;

	for (each = 1; each <= 10; each++) {
		u32 pipe = 99;

		mytcp_prr_begin(&p, 100);
		sent = 0;
		for (delivered = 0; delivered + each <= 99; delivered += each) {
			pipe -= each;
			window = mytcp_prr_window(&p, 50, pipe, each, !delivered);
			sent += window - pipe;
			p.out += window - pipe;
			pipe = window;
			KUNIT_EXPECT_LE_MSG(test, sent, (delivered + each) / 2 + 1,
					    "%u at a time", each);
		}
		KUNIT_EXPECT_GE(test, pipe, 49U);
		KUNIT_EXPECT_LE(test, pipe, 51U);
	}
}

/*
 * Below ssthresh: no faster than slow start, and back up to it.
 * Shows: 6937-3-4
 */
static void prr_slow_start_bound(struct kunit *test)
{
	struct mytcp_prr p;
	u32 pipe = 10;
	int i;

	mytcp_prr_begin(&p, 100);
	for (i = 0; i < 60; i++) {
		u32 window = mytcp_prr_window(&p, 50, pipe - 1, 1, false);

		KUNIT_EXPECT_LE(test, window, pipe + 1);
		KUNIT_EXPECT_LE(test, window, 50U);
		p.out += window - (pipe - 1);
		pipe = window;
	}
	KUNIT_EXPECT_EQ(test, pipe, 50U);
}

static struct kunit_case rack_cases[] = {
	KUNIT_CASE(rack_remembers_latest),
	KUNIT_CASE(rack_rounds_down),
	KUNIT_CASE(rack_doubts_repetition),
	KUNIT_CASE(rack_sees_reordering),
	KUNIT_CASE(rack_window),
	KUNIT_CASE(prr_reduces),
	KUNIT_CASE(prr_slow_start_bound),
	{}
};

static struct kunit_suite rack_suite = {
	.name = "mytcp-rack",
	.test_cases = rack_cases,
};

kunit_test_suite(rack_suite);
