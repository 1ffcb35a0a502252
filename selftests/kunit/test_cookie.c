// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies alone, RFC 4987 section 3.6: what goes in comes out, what was not made
 * by us, or too long ago, does not.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "../../module/cookie.h"
#include "../../module/seq.h"

static const siphash_key_t key = {
	.key = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL },
};

#define TUPLE_LEN 12

static const u8 tuple[TUPLE_LEN] = {
	192, 0, 2, 1, 198, 51, 100, 7, 0x40, 0x01, 0x00, 0x50,
};

#define MINUTE_NS	(60 * NSEC_PER_SEC)
#define NOW_NS		(1234567 * MINUTE_NS)
#define IRS		0x89abcdef

static const u16 sizes[] = { 48, 536, 1220, 1300, 1360, 1440, 1460, 8960 };

static u32 make(u64 now, u16 mss, bool ts_ok)
{
	struct mytcp_cookie what = { .mss = mss, .ts_ok = ts_ok };

	return mytcp_cookie_make(&key, tuple, TUPLE_LEN, IRS, now, &what);
}

static bool opens(u32 isn, u64 now)
{
	struct mytcp_cookie what;

	return mytcp_cookie_open(&key, tuple, TUPLE_LEN, IRS, isn, now, &what);
}

/* RFC 9293 MUST-16: never more than the peer can take; and not much less. */
static void mss_is_rounded_down(struct kunit *test)
{
	u32 mss;
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		KUNIT_EXPECT_EQ(test, mytcp_cookie_mss(sizes[i]), sizes[i]);
	for (mss = 48; mss <= U16_MAX; mss++)
		KUNIT_ASSERT_LE(test, mytcp_cookie_mss(mss), mss);
	KUNIT_EXPECT_EQ(test, mytcp_cookie_mss(1459), 1440);
	KUNIT_EXPECT_EQ(test, mytcp_cookie_mss(1452), 1440);
	KUNIT_EXPECT_EQ(test, mytcp_cookie_mss(8959), 1460);
	KUNIT_EXPECT_EQ(test, mytcp_cookie_mss(65495), 8960);
	KUNIT_EXPECT_EQ(test, mytcp_cookie_mss(535), 48);
	KUNIT_EXPECT_EQ(test, mytcp_cookie_mss(1), 48);
}

static void says_what_it_was_told(struct kunit *test)
{
	struct mytcp_cookie what;
	int i, ts_ok;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (ts_ok = 0; ts_ok <= 1; ts_ok++) {
			u32 isn = make(NOW_NS, sizes[i], ts_ok);

			what = (struct mytcp_cookie) {};
			KUNIT_ASSERT_TRUE(test, mytcp_cookie_open(&key, tuple, TUPLE_LEN, IRS,
								  isn, NOW_NS, &what));
			KUNIT_EXPECT_EQ(test, what.mss, sizes[i]);
			KUNIT_EXPECT_EQ(test, what.ts_ok, ts_ok);
		}
	}
}

/* Whatever the place of the minute in the circle of its eight bits. */
static void works_at_any_time(struct kunit *test)
{
	u64 minute;

	for (minute = 0; minute < 600; minute++) {
		u64 now = minute * MINUTE_NS;

		KUNIT_ASSERT_TRUE(test, opens(make(now, 1460, true), now));
		KUNIT_ASSERT_TRUE(test, opens(make(now, 1460, true), now + MINUTE_NS));
	}
}

static void is_good_for_two_minutes(struct kunit *test)
{
	u32 first = make(NOW_NS, 1460, true);
	u32 last = make(NOW_NS + MINUTE_NS - 1, 1460, true);
	u64 later;

	KUNIT_EXPECT_EQ(test, first, last);
	KUNIT_EXPECT_TRUE(test, opens(first, NOW_NS + 2 * MINUTE_NS - 1));
	KUNIT_EXPECT_FALSE(test, opens(first, NOW_NS + 2 * MINUTE_NS));
	/* Also when the eight bits say the same again, and before it was made. */
	for (later = 2; later < 600; later++)
		KUNIT_ASSERT_FALSE(test, opens(first, NOW_NS + later * MINUTE_NS));
	KUNIT_EXPECT_FALSE(test, opens(first, NOW_NS - 1));
}

/* Addresses, ports, the peer's sequence number and the key: each bit of them. */
static void is_for_one_connection(struct kunit *test)
{
	u32 isn = make(NOW_NS, 1460, true);
	siphash_key_t other_key = key;
	u8 other[TUPLE_LEN];
	struct mytcp_cookie what;
	int bit;

	for (bit = 0; bit < TUPLE_LEN * 8; bit++) {
		memcpy(other, tuple, TUPLE_LEN);
		other[bit / 8] ^= 1 << bit % 8;
		KUNIT_ASSERT_FALSE(test, mytcp_cookie_open(&key, other, TUPLE_LEN, IRS, isn,
							   NOW_NS, &what));
	}
	for (bit = 0; bit < 32; bit++) {
		KUNIT_ASSERT_FALSE(test, mytcp_cookie_open(&key, tuple, TUPLE_LEN,
							   IRS ^ 1U << bit, isn, NOW_NS,
							   &what));
	}
	/* As if SEG.SEQ and SEG.ACK were both further on. */
	for (bit = 1; bit < 1000; bit++) {
		KUNIT_ASSERT_FALSE(test, mytcp_cookie_open(&key, tuple, TUPLE_LEN, IRS + bit,
							   isn + bit, NOW_NS, &what));
	}
	other_key.key[1] ^= 1;
	KUNIT_EXPECT_FALSE(test, mytcp_cookie_open(&other_key, tuple, TUPLE_LEN, IRS, isn,
						   NOW_NS, &what));
}

/* What is promised in cookie.h: 16 numbers of a minute, and no other near them. */
static void few_numbers_are_cookies(struct kunit *test)
{
	u32 isn = make(NOW_NS, 48, false);
	int good = 0;
	s32 off;

	for (off = -100000; off <= 100000; off++)
		good += opens(isn + off, NOW_NS);
	KUNIT_EXPECT_EQ(test, good, 16);
}

static void leaves_the_result_alone(struct kunit *test)
{
	struct mytcp_cookie_options options = { .wscale = 77, .sack_ok = true };
	struct mytcp_cookie what = { .mss = 77, .ts_ok = true };

	KUNIT_EXPECT_FALSE(test, mytcp_cookie_open(&key, tuple, TUPLE_LEN, IRS, 1, NOW_NS,
						   &what));
	KUNIT_EXPECT_EQ(test, what.mss, 77);
	KUNIT_EXPECT_TRUE(test, what.ts_ok);
	KUNIT_EXPECT_FALSE(test, mytcp_cookie_ts_open(1001, 1000, &options));
	KUNIT_EXPECT_EQ(test, options.wscale, 77);
	KUNIT_EXPECT_TRUE(test, options.sack_ok);
}

/* RFC 9293 section 3.4.1: a later connection begins above an earlier one. */
static void isn_grows(struct kunit *test)
{
	u64 minute;

	for (minute = 0; minute < 300; minute++) {
		u64 now = minute * MINUTE_NS;

		KUNIT_ASSERT_TRUE(test, seq_after(make(now + MINUTE_NS, 48, false),
						  make(now, 8960, true)));
	}
}

static void ts_says_what_it_was_told(struct kunit *test)
{
	const u32 now = 123456789;
	struct mytcp_cookie_options in, out;
	unsigned int bits;

	for (bits = 0; bits < 1 << 7; bits++) {
		in = (struct mytcp_cookie_options) {
			.wscale_ok = bits & 0x40,
			.wscale = bits & 0x40 ? bits & 15 : 0,
			.sack_ok = bits & 0x10,
			.ecn_ok = bits & 0x20,
		};
		if (in.wscale > 14)
			continue;
		out = (struct mytcp_cookie_options) { .wscale = 99 };
		KUNIT_ASSERT_TRUE(test, mytcp_cookie_ts_open(mytcp_cookie_ts_make(now, &in),
							     now, &out));
		KUNIT_EXPECT_EQ(test, out.wscale_ok, in.wscale_ok);
		KUNIT_EXPECT_EQ(test, out.wscale, in.wscale);
		KUNIT_EXPECT_EQ(test, out.sack_ok, in.sack_ok);
		KUNIT_EXPECT_EQ(test, out.ecn_ok, in.ecn_ok);
	}
}

/*
 * RFC 7323 section 5: to the peer our clock must not go back, neither from one cookie
 * to the next nor to the connection's own timestamps; also over the end of the circle.
 */
static void ts_does_not_go_back(struct kunit *test)
{
	struct mytcp_cookie_options what = { .wscale_ok = true, .sack_ok = true };
	u32 last, now;
	int i, wscale;

	for (wscale = 0; wscale <= 14; wscale++) {
		what.wscale = wscale;
		now = (u32)-500;
		last = mytcp_cookie_ts_make(now, &what);
		for (i = 0; i < 1000; i++, now++) {
			u32 ts = mytcp_cookie_ts_make(now, &what);

			KUNIT_ASSERT_GE(test, (s32)(ts - last), 0);
			KUNIT_ASSERT_LT(test, now - ts, 64);
			last = ts;
		}
	}
}

static void ts_is_good_for_two_minutes(struct kunit *test)
{
	struct mytcp_cookie_options what = {};
	u32 now = 50000;
	u32 ts = mytcp_cookie_ts_make(now, &what);

	KUNIT_EXPECT_TRUE(test, mytcp_cookie_ts_open(ts, now, &what));
	KUNIT_EXPECT_TRUE(test, mytcp_cookie_ts_open(ts, now + 120000, &what));
	KUNIT_EXPECT_FALSE(test, mytcp_cookie_ts_open(ts, now + 120064, &what));
	/* A time that has not been yet. */
	KUNIT_EXPECT_FALSE(test, mytcp_cookie_ts_open(now + 1, now, &what));
	KUNIT_EXPECT_FALSE(test, mytcp_cookie_ts_open(now + 0x80000000, now, &what));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(mss_is_rounded_down),
	KUNIT_CASE(says_what_it_was_told),
	KUNIT_CASE(works_at_any_time),
	KUNIT_CASE(is_good_for_two_minutes),
	KUNIT_CASE(is_for_one_connection),
	KUNIT_CASE(few_numbers_are_cookies),
	KUNIT_CASE(leaves_the_result_alone),
	KUNIT_CASE(isn_grows),
	KUNIT_CASE(ts_says_what_it_was_told),
	KUNIT_CASE(ts_does_not_go_back),
	KUNIT_CASE(ts_is_good_for_two_minutes),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-cookie",
	.test_cases = cases,
};

kunit_test_suite(suite);
