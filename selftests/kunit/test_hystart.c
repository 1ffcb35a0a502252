// SPDX-License-Identifier: GPL-2.0
/*
 * HyStart++: each rule of RFC 9406 sections 4.2 and 4.3 by a peer that
 * acknowledges flights of segments with the round trips that the test says.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../module/cong.h"
#include "../../module/hystart.h"
#include "../../module/rtt.h"

/* Octets of a segment */
#define MSS 1000

/* What has been acknowledged, and what will have been sent by then. */
struct flow {
	struct mytcp_hystart h;
	u32 una;
	u32 nxt;
	u64 now_ns;
	bool reordering;
};

static void start(struct flow *f, u32 iss)
{
	*f = (struct flow) { .una = iss, .nxt = iss };
	mytcp_hystart_init(&f->h);
}

static void send(struct flow *f, u32 segments)
{
	f->nxt += segments * MSS;
}

/* One segment is acknowledged; a negative round trip: no sample. */
static bool ack(struct flow *f, s32 rtt_us)
{
	struct mytcp_ack_sample s = {
		.acked = 1,
		.rtt_us = rtt_us,
		.snd_nxt = f->nxt,
		.now_ns = f->now_ns,
		.reordering = f->reordering,
	};

	f->una += MSS;
	s.snd_una = f->una;
	return mytcp_hystart_ack(&f->h, &s);
}

/*
 * A round trip: each of n segments is acknowledged, and two are sent for it. The
 * round is over with the last ACK.
 */
static bool round_trip(struct flow *f, u32 n, s32 rtt_us)
{
	bool over = false;
	u32 i;

	for (i = 0; i < n; i++) {
		over |= ack(f, rtt_us);
		send(f, 2);
	}
	return over;
}

static bool in_css(const struct flow *f)
{
	return f->h.css_baseline_us != MYTCP_RTT_NONE_US;
}

/* The same with some time between the ACKs. */
static bool train(struct flow *f, u32 n, s32 rtt_us, u32 gap_us)
{
	bool over = false;

	while (n--) {
		over |= round_trip(f, 1, rtt_us);
		f->now_ns += (u64)gap_us * NSEC_PER_USEC;
	}
	return over;
}

/* 4.2: lastRoundMinRTT, currentRoundMinRTT = infinity; it begins in slow start. */
static void hystart_begins(struct kunit *test)
{
	struct flow f;

	memset(&f, 0xa5, sizeof(f));
	start(&f, 1);
	KUNIT_EXPECT_EQ(test, f.h.last_min_us, MYTCP_RTT_NONE_US);
	KUNIT_EXPECT_EQ(test, f.h.current_min_us, MYTCP_RTT_NONE_US);
	KUNIT_EXPECT_EQ(test, f.h.samples, 0);
	KUNIT_EXPECT_FALSE(test, in_css(&f));
}

/* 4.2: a round ends when what was SND.NXT at its begin is acknowledged. */
static void hystart_rounds(struct kunit *test)
{
	static const u32 isses[] = { 0, 0x7fffffff - 15 * MSS, U32_MAX - 15 * MSS };
	struct flow f;
	int i;

	for (i = 0; i < ARRAY_SIZE(isses); i++) {
		start(&f, isses[i]);
		send(&f, 10);
		round_trip(&f, 9, 50000);
		KUNIT_EXPECT_EQ(test, f.h.window_end - isses[i], 10 * MSS);
		KUNIT_EXPECT_EQ(test, f.h.current_min_us, 50000);
		KUNIT_EXPECT_EQ(test, f.h.last_min_us, MYTCP_RTT_NONE_US);
		/* The tenth: its sample is the round's still. */
		round_trip(&f, 1, 40000);
		KUNIT_EXPECT_EQ(test, f.h.window_end - isses[i], 28 * MSS);
		KUNIT_EXPECT_EQ(test, f.h.last_min_us, 40000);
		KUNIT_EXPECT_EQ(test, f.h.current_min_us, MYTCP_RTT_NONE_US);
		KUNIT_EXPECT_EQ(test, f.h.samples, 0);
		round_trip(&f, 18, 60000);
		KUNIT_EXPECT_EQ(test, f.h.last_min_us, 60000);
	}
}

/* All is acknowledged at once: what is sent next is a round, not each ACK of it. */
static void hystart_round_after_silence(struct kunit *test)
{
	struct flow f;

	start(&f, 1);
	send(&f, 2);
	ack(&f, 30000);
	ack(&f, 20000);
	send(&f, 4);
	ack(&f, 70000);
	KUNIT_EXPECT_EQ(test, f.h.last_min_us, 20000);
	KUNIT_EXPECT_EQ(test, f.h.current_min_us, 70000);
	ack(&f, 60000);
	ack(&f, 65000);
	KUNIT_EXPECT_EQ(test, f.h.last_min_us, 20000);
	KUNIT_EXPECT_EQ(test, f.h.current_min_us, 60000);
}

/* 4.2: the least of the round, whatever comes later in it. */
static void hystart_takes_the_least(struct kunit *test)
{
	static const s32 rtts[] = { 70000, 50000, -1, 90000, 50001, -1, 60000 };
	struct flow f;
	int i;

	start(&f, 1);
	send(&f, 100);
	for (i = 0; i < ARRAY_SIZE(rtts); i++)
		ack(&f, rtts[i]);
	KUNIT_EXPECT_EQ(test, f.h.current_min_us, 50000);
	KUNIT_EXPECT_EQ(test, f.h.samples, 5);
}

/* 4.3: max(4 ms, min(lastRoundMinRTT / 8, 16 ms)): CSS begins there, not before. */
static void hystart_threshold(struct kunit *test)
{
	static const struct {
		s32 last, rise;
	} cases[] = {
		{ 0, 4000 },
		{ 100, 4000 },
		{ 31999, 4000 },
		{ 32000, 4000 },
		{ 40000, 5000 },
		{ 100000, 12500 },
		{ 127999, 15999 },
		{ 128000, 16000 },
		{ 300000, 16000 },
		{ 268435456, 16000 },
	};
	struct flow f;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		s32 last = cases[i].last, rise = cases[i].rise;

		start(&f, 1);
		send(&f, 10);
		round_trip(&f, 10, last);
		round_trip(&f, 10, last + rise - 1);
		KUNIT_EXPECT_FALSE_MSG(test, in_css(&f), "%d", last);

		start(&f, 1);
		send(&f, 10);
		round_trip(&f, 10, last);
		round_trip(&f, 10, last + rise);
		KUNIT_EXPECT_TRUE_MSG(test, in_css(&f), "%d", last);
		KUNIT_EXPECT_EQ(test, f.h.css_baseline_us, last + rise);
	}
}

/* 4.2: N_RTT_SAMPLE of them are needed; ACKs that give none do not count. */
static void hystart_eight_samples(struct kunit *test)
{
	struct flow f;

	start(&f, 1);
	send(&f, 10);
	round_trip(&f, 10, 50000);
	round_trip(&f, 7, 90000);
	ack(&f, -1);
	KUNIT_EXPECT_FALSE(test, in_css(&f));
	ack(&f, 90000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));

	/* One of them that is short is enough for the round to be. */
	start(&f, 1);
	send(&f, 10);
	round_trip(&f, 10, 50000);
	round_trip(&f, 1, 50000);
	round_trip(&f, 17, 90000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));
}

/* 4.2: there must have been a round before; few samples are enough there. */
static void hystart_needs_two_rounds(struct kunit *test)
{
	struct flow f;

	start(&f, 1);
	send(&f, 10);
	round_trip(&f, 9, 10000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));

	/* A round without any sample is none to compare with. */
	start(&f, 1);
	send(&f, 10);
	round_trip(&f, 10, 10000);
	round_trip(&f, 20, -1);
	round_trip(&f, 20, 90000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));

	start(&f, 1);
	send(&f, 10);
	round_trip(&f, 9, -1);
	round_trip(&f, 1, 10000);
	round_trip(&f, 8, 90000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
}

/* The rise is measured from round to round: a slow one is not seen. */
static void hystart_slow_rise(struct kunit *test)
{
	struct flow f;
	u32 i;

	start(&f, 1);
	send(&f, 10);
	for (i = 0; i < 10; i++)
		round_trip(&f, (f.nxt - f.una) / MSS, 50000 + i * 4000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));
}

/* Into CSS in the middle of a round of 18 segments. */
static void enter_css(struct kunit *test, struct flow *f)
{
	start(f, 1);
	send(f, 10);
	round_trip(f, 10, 50000);
	round_trip(f, 8, 60000);
	KUNIT_ASSERT_TRUE(test, in_css(f));
	KUNIT_ASSERT_EQ(test, f->h.css_rounds, 0);
}

/* 4.2: CSS lasts five rounds, the one in which it began included. */
static void hystart_css_rounds(struct kunit *test)
{
	struct flow f;
	u32 i;

	enter_css(test, &f);
	/* The rest of the 18 of this round */
	KUNIT_EXPECT_FALSE(test, round_trip(&f, 10, 60000));
	KUNIT_EXPECT_EQ(test, f.h.css_rounds, 1);
	for (i = 2; i < 5; i++) {
		u32 left = (f.h.window_end - f.una) / MSS;

		KUNIT_EXPECT_FALSE(test, round_trip(&f, left - 1, 60000));
		KUNIT_EXPECT_EQ(test, f.h.css_rounds, i - 1);
		KUNIT_EXPECT_FALSE(test, round_trip(&f, 1, 60000));
		KUNIT_EXPECT_EQ(test, f.h.css_rounds, i);
	}
	KUNIT_EXPECT_FALSE(test, round_trip(&f, (f.h.window_end - f.una) / MSS - 1,
					    60000));
	KUNIT_EXPECT_TRUE(test, round_trip(&f, 1, 60000));
}

/* 4.2: below the baseline it was jitter: slow start goes on, and may end again. */
static void hystart_resumes(struct kunit *test)
{
	struct flow f;

	enter_css(test, &f);
	KUNIT_EXPECT_EQ(test, f.h.css_baseline_us, 60000);
	/* In the same round: it is the round's least that counts. */
	ack(&f, 60000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	ack(&f, 59999);
	KUNIT_EXPECT_FALSE(test, in_css(&f));

	/* In a later one, with eight samples and not with seven. */
	enter_css(test, &f);
	round_trip(&f, (f.h.window_end - f.una) / MSS, 60000);
	round_trip(&f, 7, 55000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	round_trip(&f, 1, 60000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));

	/* CSS a second time has all its rounds again. */
	round_trip(&f, (f.h.window_end - f.una) / MSS, 55000);
	round_trip(&f, 8, 70000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	KUNIT_EXPECT_EQ(test, f.h.css_rounds, 0);
}

/* 4.2: min(N, L * SMSS), with an L of 8 without pacing (4.3). */
static void hystart_growth_limit(struct kunit *test)
{
	struct flow f;
	u32 n;

	start(&f, 1);
	for (n = 1; n <= 64; n++) {
		KUNIT_EXPECT_EQ(test, mytcp_hystart_growth(&f.h, n, 1), min(n, 8U));
		/* Buffers of 44 segments leave and are acknowledged as one. */
		KUNIT_EXPECT_EQ(test, mytcp_hystart_growth(&f.h, n, 44), min(n, 44U));
		/* Paced: infinity */
		KUNIT_EXPECT_EQ(test, mytcp_hystart_growth(&f.h, n, U32_MAX), n);
	}
}

/* 4.2: in CSS a quarter of it, however the ACKs are grouped. */
static void hystart_css_growth(struct kunit *test)
{
	struct flow f;
	u32 group, n, grown;

	for (group = 1; group <= 8; group++) {
		enter_css(test, &f);
		grown = 0;
		for (n = 0; n < 840; n += group)
			grown += mytcp_hystart_growth(&f.h, group, 1);
		KUNIT_EXPECT_EQ_MSG(test, grown, 210, "groups of %u", group);
	}
	enter_css(test, &f);
	KUNIT_EXPECT_EQ(test, mytcp_hystart_growth(&f.h, 100, 1), 2);
	KUNIT_EXPECT_EQ(test, mytcp_hystart_growth(&f.h, 100, U32_MAX), 25);
}

/* ACKs for whole buffers are too few in a round to tell anything. */
static void hystart_stretch_acks(struct kunit *test)
{
	struct flow f;
	u32 i;

	start(&f, 1);
	for (i = 0; i < 10; i++) {
		struct mytcp_ack_sample s = { .acked = 10, .rtt_us = 50000 + i * 20000 };

		send(&f, 10);
		f.una = f.nxt;
		s.snd_una = f.una;
		s.snd_nxt = f.nxt;
		KUNIT_EXPECT_FALSE(test, mytcp_hystart_ack(&f.h, &s));
		KUNIT_EXPECT_EQ(test, f.h.samples, 1);
	}
	KUNIT_EXPECT_FALSE(test, in_css(&f));
}

/* ACKs close to each other for half a round trip begin CSS, and no short RTT ends it. */
static void hystart_train(struct kunit *test)
{
	struct flow f;

	start(&f, 1);
	send(&f, 10);
	train(&f, 10, 40000, 100);
	train(&f, 18, 40000, 100);
	f.now_ns += 20 * NSEC_PER_MSEC;
	/* The twenty-second is the first that comes after more than 20 ms. */
	train(&f, 21, 40000, 1000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));
	train(&f, 1, 40000, 1000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	train(&f, 12 + 50, 38000, 1000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
}

/* With gaps they are several trains, none of which is long enough. */
static void hystart_train_with_gaps(struct kunit *test)
{
	struct flow f;
	int i;

	start(&f, 1);
	send(&f, 40);
	train(&f, 40, 40000, 100);
	for (i = 0; i < 10; i++) {
		f.now_ns += 2 * NSEC_PER_MSEC;
		train(&f, 20, 40000, 1000);
	}
	KUNIT_EXPECT_FALSE(test, in_css(&f));
}

/* Rounds of CSS pass and no queue grows: it was a train of something else. */
static void hystart_train_misleads(struct kunit *test)
{
	struct flow f;
	int i;

	start(&f, 1);
	send(&f, 40);
	train(&f, 40, 40000, 100);
	train(&f, 80, 40000, 1000);
	KUNIT_ASSERT_TRUE(test, in_css(&f));
	KUNIT_EXPECT_EQ(test, f.h.css_rounds, 1);
	for (i = 1; i < 5; i++) {
		KUNIT_EXPECT_TRUE(test, in_css(&f));
		KUNIT_EXPECT_FALSE(test, train(&f, (f.h.window_end - f.una) / MSS, 40000, 10));
	}
	KUNIT_EXPECT_FALSE(test, in_css(&f));
	train(&f, 100, 40000, 1000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));
	/* A queue is one still. */
	train(&f, (f.h.window_end - f.una) / MSS, 40000, 10);
	train(&f, 8, 45000, 1000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
}

/* n ACKs of round trips between these, on a path whose segments overtake each other */
static bool jitter(struct flow *f, u32 n, u32 from_us, u32 to_us)
{
	bool over = false;
	u32 i;

	for (i = 0; i < n; i++)
		over |= train(f, 1, i % 2 ? from_us : to_us, 1000);
	return over;
}

/* There the least of a few is chance, and jitter spreads ACKs: neither begins CSS. */
static void hystart_reordering(struct kunit *test)
{
	struct flow f;

	start(&f, 1);
	f.reordering = true;
	send(&f, 32);
	jitter(&f, 32, 20000, 60000);
	/* The first of a round are all late: the mean of 32 is 45 ms, over 40. */
	jitter(&f, 8, 60000, 60000);
	KUNIT_EXPECT_FALSE(test, jitter(&f, 24, 20000, 59998));
	KUNIT_EXPECT_FALSE(test, in_css(&f));
}

/* It is the mean that has to grow: to begin CSS, and once more to end slow start. */
static void hystart_mean(struct kunit *test)
{
	struct flow f;

	start(&f, 1);
	f.reordering = true;
	send(&f, 10);
	jitter(&f, 32, 20000, 60000);
	jitter(&f, 31, 25000, 65000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));
	jitter(&f, 1, 25000, 65000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	KUNIT_EXPECT_EQ(test, f.h.css_baseline_us, 45000 + 40000 / 32);
	/* Below that it was jitter. */
	jitter(&f, 32, 24000, 64000);
	KUNIT_EXPECT_FALSE(test, in_css(&f));

	jitter(&f, 32, 25000, 65000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	KUNIT_EXPECT_FALSE(test, jitter(&f, 32, 30000, 70000));
	KUNIT_EXPECT_FALSE(test, jitter(&f, 31, 32000, 72000));
	KUNIT_EXPECT_TRUE(test, jitter(&f, 1, 32000, 72000));
}

/*
 * CSS has begun by the least of a round, and then reordering is seen: the mean, which is
 * always more than that, is no growth.
 */
static void hystart_mean_after_least(struct kunit *test)
{
	struct flow f;

	enter_css(test, &f);
	f.reordering = true;
	KUNIT_EXPECT_FALSE(test, jitter(&f, 64, 60000, 100000));
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	KUNIT_EXPECT_EQ(test, f.h.css_baseline_us, 80000);
	/* From there on it counts. */
	KUNIT_EXPECT_TRUE(test, jitter(&f, 32, 70000, 110000));
}

/* In CSS the RTT grows on, from round to round: it is a queue. */
static void hystart_css_confirmed(struct kunit *test)
{
	struct flow f;

	start(&f, 1);
	send(&f, 10);
	round_trip(&f, 10, 40000);
	round_trip(&f, 18, 45000);
	KUNIT_EXPECT_TRUE(test, in_css(&f));
	KUNIT_EXPECT_FALSE(test, round_trip(&f, 36, 50000));
	KUNIT_EXPECT_FALSE(test, round_trip(&f, 7, 56250));
	KUNIT_EXPECT_TRUE(test, round_trip(&f, 1, 56250));
}

static struct kunit_case hystart_cases[] = {
	KUNIT_CASE(hystart_begins),
	KUNIT_CASE(hystart_rounds),
	KUNIT_CASE(hystart_round_after_silence),
	KUNIT_CASE(hystart_takes_the_least),
	KUNIT_CASE(hystart_threshold),
	KUNIT_CASE(hystart_eight_samples),
	KUNIT_CASE(hystart_needs_two_rounds),
	KUNIT_CASE(hystart_slow_rise),
	KUNIT_CASE(hystart_css_rounds),
	KUNIT_CASE(hystart_resumes),
	KUNIT_CASE(hystart_growth_limit),
	KUNIT_CASE(hystart_css_growth),
	KUNIT_CASE(hystart_stretch_acks),
	KUNIT_CASE(hystart_train),
	KUNIT_CASE(hystart_train_with_gaps),
	KUNIT_CASE(hystart_train_misleads),
	KUNIT_CASE(hystart_reordering),
	KUNIT_CASE(hystart_mean),
	KUNIT_CASE(hystart_mean_after_least),
	KUNIT_CASE(hystart_css_confirmed),
	{}
};

static struct kunit_suite hystart_suite = {
	.name = "mytcp-hystart",
	.test_cases = hystart_cases,
};

kunit_test_suite(hystart_suite);
