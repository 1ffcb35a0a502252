// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers that must not be guessed: RFC 6528, RFC 6056, RFC 7323 section 5.4.
 * What can be tested of a hash is what it depends on, and that the clock is
 * added to it and to nothing else.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "../../module/isn.h"
#include "../../module/seq.h"

static const siphash_key_t key = {
	.key = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL },
};

/* IPv4 addresses and ports without padding. */
#define TUPLE_LEN 12

static const u8 tuple[TUPLE_LEN] = {
	192, 0, 2, 1, 198, 51, 100, 7, 0x40, 0x01, 0x00, 0x50,
};

#define TICK_NS 4000ULL

/*
 * RFC 9293 section 3.4.1: one every 4 microseconds, to the nanosecond.
 * Shows: MUST-8
 */
static void isn_clock_ticks(struct kunit *test)
{
	u32 isn = mytcp_isn(&key, tuple, TUPLE_LEN, 0);
	u64 n;

	for (n = 0; n < 1000; n++) {
		KUNIT_ASSERT_EQ(test, isn + (u32)n,
				mytcp_isn(&key, tuple, TUPLE_LEN, n * TICK_NS));
		KUNIT_ASSERT_EQ(test, isn + (u32)n,
				mytcp_isn(&key, tuple, TUPLE_LEN,
					  n * TICK_NS + TICK_NS - 1));
	}
}

/*
 * The circle is done after 2^32 ticks, 4.77 hours, and goes on without a jump.
 * Shows: MUST-8
 */
static void isn_clock_wraps(struct kunit *test)
{
	const u64 round = TICK_NS << 32;
	u32 isn = mytcp_isn(&key, tuple, TUPLE_LEN, 0);

	KUNIT_EXPECT_EQ(test, isn, mytcp_isn(&key, tuple, TUPLE_LEN, round));
	KUNIT_EXPECT_EQ(test, isn - 1,
			mytcp_isn(&key, tuple, TUPLE_LEN, round - 1));
	KUNIT_EXPECT_EQ(test, isn + 1,
			mytcp_isn(&key, tuple, TUPLE_LEN, round + TICK_NS));
}

/* A new incarnation begins above the one before: RFC 6528 section 3. */
static void isn_grows_with_time(struct kunit *test)
{
	u32 last = mytcp_isn(&key, tuple, TUPLE_LEN, 0);
	u64 now;
	int i;

	for (i = 1, now = TICK_NS; i < 43; i++, now *= 2) {
		u32 isn = mytcp_isn(&key, tuple, TUPLE_LEN, now);

		if (now < TICK_NS << 31)
			KUNIT_EXPECT_TRUE(test, seq_after(isn, last));
		KUNIT_EXPECT_EQ(test, isn - mytcp_isn(&key, tuple, TUPLE_LEN, 0),
				(u32)(now / TICK_NS));
		last = isn;
	}
}

typedef u32 (*number_fn)(const siphash_key_t *key, const void *tuple,
			 size_t len);

static u32 isn_at_zero(const siphash_key_t *k, const void *t, size_t len)
{
	return mytcp_isn(k, t, len, 0);
}

static const number_fn numbers[] = {
	isn_at_zero, mytcp_ts_offset, mytcp_port_offset,
};

/* The same connection gives the same number: RFC 6191 and RFC 6056 need it. */
static void isn_is_repeatable(struct kunit *test)
{
	u8 copy[TUPLE_LEN + 8];
	int f, off;

	for (f = 0; f < ARRAY_SIZE(numbers); f++)
		for (off = 0; off < 8; off++) {
			memcpy(copy + off, tuple, TUPLE_LEN);
			KUNIT_EXPECT_EQ(test,
					numbers[f](&key, tuple, TUPLE_LEN),
					numbers[f](&key, copy + off, TUPLE_LEN));
		}
}

/* How many of the 32 bits change when a bit of the input does. */
static void check_avalanche(struct kunit *test, int f, u32 a, u32 b, int *sum)
{
	KUNIT_ASSERT_NE_MSG(test, a, b, "number %d", f);
	*sum += hweight32(a ^ b);
}

/* Shows: SHLD-1, 7323-7.1-1. */
static void isn_depends_on_every_bit_of_the_tuple(struct kunit *test)
{
	int f, bit;

	for (f = 0; f < ARRAY_SIZE(numbers); f++) {
		u32 base = numbers[f](&key, tuple, TUPLE_LEN);
		u8 other[TUPLE_LEN];
		int sum = 0;

		for (bit = 0; bit < TUPLE_LEN * 8; bit++) {
			memcpy(other, tuple, TUPLE_LEN);
			other[bit / 8] ^= BIT(bit % 8);
			check_avalanche(test, f, base,
					numbers[f](&key, other, TUPLE_LEN),
					&sum);
		}
		/* 96 * 32 fair coins: 1536, deviation 28. Five of these. */
		KUNIT_EXPECT_GT(test, sum, 1536 - 140);
		KUNIT_EXPECT_LT(test, sum, 1536 + 140);
	}
}

/* Shows: MUST-9, 7323-7.1-1. */
static void isn_depends_on_every_bit_of_the_key(struct kunit *test)
{
	int f, bit;

	for (f = 0; f < ARRAY_SIZE(numbers); f++) {
		u32 base = numbers[f](&key, tuple, TUPLE_LEN);
		int sum = 0;

		for (bit = 0; bit < 128; bit++) {
			siphash_key_t other = key;

			other.key[bit / 64] ^= BIT_ULL(bit % 64);
			check_avalanche(test, f, base,
					numbers[f](&other, tuple, TUPLE_LEN),
					&sum);
		}
		/* 128 * 32 fair coins: 2048, deviation 32. */
		KUNIT_EXPECT_GT(test, sum, 2048 - 160);
		KUNIT_EXPECT_LT(test, sum, 2048 + 160);
	}
}

/* Who sees one number of a connection learns nothing of the others, even though
 * they come of one key: neither equality nor a fixed distance.
 * Shows: MUST-9, 7323-7.1-1
 */
static void isn_purposes_are_independent(struct kunit *test)
{
	u32 ts_distance = 0, port_distance = 0;
	u8 t[TUPLE_LEN];
	int i;

	memcpy(t, tuple, TUPLE_LEN);
	for (i = 0; i < 256; i++) {
		u32 isn, ts, port;

		t[7] = i;
		isn = mytcp_isn(&key, t, TUPLE_LEN, 0);
		ts = mytcp_ts_offset(&key, t, TUPLE_LEN);
		port = mytcp_port_offset(&key, t, TUPLE_LEN);
		KUNIT_ASSERT_NE(test, isn, ts);
		KUNIT_ASSERT_NE(test, isn, port);
		KUNIT_ASSERT_NE(test, ts, port);
		KUNIT_ASSERT_NE(test, isn - ts, ts_distance);
		KUNIT_ASSERT_NE(test, isn - port, port_distance);
		ts_distance = isn - ts;
		port_distance = isn - port;
	}
}

/* RFC 6056: every port as good as any other. 2^14 peers, 64 parts of a range. */
static void isn_ports_are_spread(struct kunit *test)
{
	static u32 part[64];
	u8 t[TUPLE_LEN];
	int i;

	memset(part, 0, sizeof(part));
	memcpy(t, tuple, TUPLE_LEN);
	for (i = 0; i < 1 << 14; i++) {
		t[6] = i >> 8;
		t[7] = i;
		part[mytcp_port_offset(&key, t, TUPLE_LEN) % 64]++;
	}
	/* 256 each, deviation 16. Five of these. */
	for (i = 0; i < 64; i++) {
		KUNIT_EXPECT_GT(test, part[i], 256 - 80);
		KUNIT_EXPECT_LT(test, part[i], 256 + 80);
	}
}

static struct kunit_case isn_cases[] = {
	KUNIT_CASE(isn_clock_ticks),
	KUNIT_CASE(isn_clock_wraps),
	KUNIT_CASE(isn_grows_with_time),
	KUNIT_CASE(isn_is_repeatable),
	KUNIT_CASE(isn_depends_on_every_bit_of_the_tuple),
	KUNIT_CASE(isn_depends_on_every_bit_of_the_key),
	KUNIT_CASE(isn_purposes_are_independent),
	KUNIT_CASE(isn_ports_are_spread),
	{}
};

static struct kunit_suite isn_suite = {
	.name = "mytcp-isn",
	.test_cases = isn_cases,
};

kunit_test_suite(isn_suite);
