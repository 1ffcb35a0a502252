// SPDX-License-Identifier: GPL-2.0
/*
 * Sequence number arithmetic against the same questions asked of 64 bit
 * numbers, which do not wrap. RFC 9293 sections 3.4 and 3.10.7.4.
 */
#include <kunit/test.h>
#include <linux/kernel.h>

#include "../../module/seq.h"

/* Where the circle might tear: zero, the sign, and both sides of each. */
static const u32 anchors[] = {
	0, 1, 2, 0x3fffffff, 0x40000000, 0x7ffffffe, 0x7fffffff, 0x80000000,
	0x80000001, 0xbfffffff, 0xc0000000, 0xfffffff0, 0xfffffffe, 0xffffffff,
};

/* Distances that may be ordered: less than 2^31. */
static const u32 distances[] = {
	0, 1, 2, 3, 1460, 65535, 65536, 0x3fffffff, 0x40000000, 0x7ffffffe,
	0x7fffffff,
};

static void check_order(struct kunit *test, u32 a, u32 d)
{
	u32 b = a + d;

	KUNIT_ASSERT_EQ_MSG(test, seq_before(a, b), d != 0, "%u + %u", a, d);
	KUNIT_ASSERT_FALSE_MSG(test, seq_before(b, a), "%u + %u", a, d);
	KUNIT_ASSERT_EQ_MSG(test, seq_after(b, a), d != 0, "%u + %u", a, d);
	KUNIT_ASSERT_FALSE_MSG(test, seq_after(a, b), "%u + %u", a, d);
	KUNIT_ASSERT_TRUE_MSG(test, seq_before_eq(a, b), "%u + %u", a, d);
	KUNIT_ASSERT_EQ_MSG(test, seq_before_eq(b, a), d == 0, "%u + %u", a, d);
	KUNIT_ASSERT_TRUE_MSG(test, seq_after_eq(b, a), "%u + %u", a, d);
	KUNIT_ASSERT_EQ_MSG(test, seq_after_eq(a, b), d == 0, "%u + %u", a, d);
	KUNIT_ASSERT_EQ_MSG(test, seq_max(a, b), b, "%u + %u", a, d);
	KUNIT_ASSERT_EQ_MSG(test, seq_max(b, a), b, "%u + %u", a, d);
	KUNIT_ASSERT_EQ_MSG(test, seq_min(a, b), a, "%u + %u", a, d);
	KUNIT_ASSERT_EQ_MSG(test, seq_min(b, a), a, "%u + %u", a, d);
}

static void seq_order_wraps(struct kunit *test)
{
	int i, j;

	for (i = 0; i < ARRAY_SIZE(anchors); i++)
		for (j = 0; j < ARRAY_SIZE(distances); j++)
			check_order(test, anchors[i], distances[j]);
}

static void seq_order_near_the_wrap(struct kunit *test)
{
	u32 a, d;

	for (a = 0xffffff80; a != 0x80; a++)
		for (d = 0; d < 0x180; d++)
			check_order(test, a, d);
}

static void seq_between_wraps(struct kunit *test)
{
	int i, len, s;

	for (i = 0; i < ARRAY_SIZE(anchors); i++)
		for (len = 0; len <= 20; len++)
			for (s = -20; s <= 40; s++)
				KUNIT_ASSERT_EQ_MSG(test,
						    seq_between(anchors[i] + s,
								anchors[i],
								anchors[i] + len),
						    s >= 0 && s <= len,
						    "%u: %d in 0..%d",
						    anchors[i], s, len);
}

/* An interval may be longer than what seq_before() could order. */
static void seq_between_long(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, seq_between(0xffffffff, 0, 0xffffffff));
	KUNIT_EXPECT_TRUE(test, seq_between(0x90000000, 1, 0xc0000000));
	KUNIT_EXPECT_FALSE(test, seq_between(0, 1, 0xc0000000));
	KUNIT_EXPECT_FALSE(test, seq_between(0xc0000001, 1, 0xc0000000));
}

/* RFC 9293 table 6, word by word, on numbers that do not wrap. */
static bool table6(s64 seq, s64 len, s64 nxt, s64 wnd)
{
	s64 last = seq + len - 1;

	if (len == 0 && wnd == 0)
		return seq == nxt;
	if (len == 0 && wnd > 0)
		return nxt <= seq && seq < nxt + wnd;
	if (len > 0 && wnd == 0)
		return false;
	return (nxt <= seq && seq < nxt + wnd) ||
	       (nxt <= last && last < nxt + wnd);
}

static void check_acceptable(struct kunit *test, u32 nxt, s64 off, u32 len,
			     u32 wnd)
{
	s64 base = (1LL << 32) + nxt;

	KUNIT_ASSERT_EQ_MSG(test,
			    seq_acceptable((u32)(base + off), len, nxt, wnd),
			    table6(base + off, len, base, wnd),
			    "RCV.NXT %u, RCV.WND %u, SEG.SEQ %+lld, SEG.LEN %u",
			    nxt, wnd, off, len);
}

/* Every segment of up to 10 octets around every window of up to 8, at every
 * place where the circle might tear.
 */
static void seq_acceptable_table6(struct kunit *test)
{
	int i, wnd, len, off;

	for (i = 0; i < ARRAY_SIZE(anchors); i++)
		for (wnd = 0; wnd <= 8; wnd++)
			for (len = 0; len <= 10; len++)
				for (off = -14; off <= 14; off++)
					check_acceptable(test, anchors[i], off,
							 len, wnd);
}

/* The edges of windows as large as they come: RFC 7323 section 2.3. */
static void seq_acceptable_large(struct kunit *test)
{
	static const u32 wnds[] = { 1, 65535, 65535U << 14, 1U << 30 };
	static const u32 lens[] = { 0, 1, 2, 1460, 65535 };
	int i, w, l, d;

	for (i = 0; i < ARRAY_SIZE(anchors); i++)
		for (w = 0; w < ARRAY_SIZE(wnds); w++)
			for (l = 0; l < ARRAY_SIZE(lens); l++)
				for (d = -3; d <= 3; d++) {
					check_acceptable(test, anchors[i], d,
							 lens[l], wnds[w]);
					check_acceptable(test, anchors[i],
							 (s64)wnds[w] + d,
							 lens[l], wnds[w]);
					check_acceptable(test, anchors[i],
							 d - (s64)lens[l],
							 lens[l], wnds[w]);
				}
}

/* A segment that is half the circle away is old or from nowhere, never ours. */
static void seq_acceptable_far(struct kunit *test)
{
	static const u32 far[] = { 0x40000000, 0x7fffffff, 0x80000000,
				   0x80000001, 0xc0000000 };
	int i, f;

	for (i = 0; i < ARRAY_SIZE(anchors); i++)
		for (f = 0; f < ARRAY_SIZE(far); f++) {
			KUNIT_ASSERT_FALSE(test,
					   seq_acceptable(anchors[i] + far[f],
							  1460, anchors[i],
							  65535));
			KUNIT_ASSERT_FALSE(test,
					   seq_acceptable(anchors[i] + far[f],
							  0, anchors[i], 0));
		}
}

static struct kunit_case seq_cases[] = {
	KUNIT_CASE(seq_order_wraps),
	KUNIT_CASE(seq_order_near_the_wrap),
	KUNIT_CASE(seq_between_wraps),
	KUNIT_CASE(seq_between_long),
	KUNIT_CASE(seq_acceptable_table6),
	KUNIT_CASE(seq_acceptable_large),
	KUNIT_CASE(seq_acceptable_far),
	{}
};

static struct kunit_suite seq_suite = {
	.name = "mytcp-seq",
	.test_cases = seq_cases,
};

kunit_test_suite(seq_suite);
