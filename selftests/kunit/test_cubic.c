// SPDX-License-Identifier: GPL-2.0
/*
 * CUBIC: each rule of RFC 9438 section 4, and HyStart++ (RFC 9406) at its place.
 * The windows that the curves are compared with are those of cubic.py, which
 * has the RFC's formulas in floating point.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "../../module/cong.h"

/* Octets of a segment */
#define MSS 1000

/* A connection over a path with a constant round trip. */
struct path {
	struct mytcp_cong c;
	u64 now_ns;
	u32 rtt_us;
	u32 una;
	u32 burst;
	u32 flight;	/* slow_start_round()'s: sent when the round began; 0: cwnd */
};

static u32 apart(u32 a, u32 b)
{
	return max(a, b) - min(a, b);
}

/* In congestion avoidance when ssthresh is no larger than cwnd. */
static void start(struct path *p, u32 cwnd, u32 ssthresh, u32 rtt_us)
{
	*p = (struct path) {
		.now_ns = 1234567890,
		.rtt_us = rtt_us,
		.una = 1,
		.burst = 1,
	};
	mytcp_cong_init(&p->c, &mytcp_cong_cubic, cwnd);
	p->c.ssthresh = ssthresh;
}

static void ack_limited(struct path *p, u32 segments, bool limited)
{
	struct mytcp_ack_sample s = {
		.acked = segments,
		.bytes_acked = segments * MSS,
		.in_flight = p->c.cwnd,
		.rtt_us = p->rtt_us,
		.srtt_us = p->rtt_us,
		.burst = p->burst,
		.now_ns = p->now_ns,
		.cwnd_limited = limited,
		.window_used = limited,
	};

	s.snd_nxt = p->una + p->c.cwnd * MSS;
	p->una += segments * MSS;
	s.snd_una = p->una;
	mytcp_cong_on_ack(&p->c, &s);
}

static void ack(struct path *p, u32 segments)
{
	ack_limited(p, segments, true);
}

/* A round trip: the window is acknowledged, in groups, evenly spaced. */
static void round_trip(struct path *p, u32 group)
{
	u64 begin = p->now_ns, rtt_ns = (u64)p->rtt_us * NSEC_PER_USEC;
	u32 flight = p->c.cwnd, done = 0;

	while (done < flight) {
		u32 n = min(group, flight - done);

		/* An ACK comes with the last of its group. */
		p->now_ns = begin + div_u64(rtt_ns * (done + n - 1), flight);
		ack(p, n);
		done += n;
	}
	p->now_ns = begin + rtt_ns;
}

static void round_trips(struct path *p, u32 number)
{
	while (number--)
		round_trip(p, 1);
}

/* A loss is found, and repaired. */
static void lose(struct path *p)
{
	mytcp_cong_enter_recovery(&p->c, p->c.cwnd);
	mytcp_cong_exit_recovery(&p->c);
}

/* The timer expires, all is repaired, and slow start goes up to ssthresh. */
static void time_out(struct path *p)
{
	mytcp_cong_on_rto(&p->c, p->c.cwnd);
	mytcp_cong_exit_recovery(&p->c);
	while (mytcp_cong_in_slow_start(&p->c))
		ack(p, 1);
}

/* --- The curve: sections 4.2 to 4.5, 4.7, 4.8 and 4.10 --- */

struct point {
	u32 rounds, cwnd;
};

struct curve {
	const char *name;
	void (*begin)(struct path *p);
	u32 rtt_us;
	struct point points[16];
};

static void lost_at_1000(struct path *p)
{
	start(p, 1000, 2, 100000);
	lose(p);
}

static void lost_at_10000(struct path *p)
{
	start(p, 10000, 2, 200000);
	lose(p);
}

static void lost_at_100(struct path *p)
{
	start(p, 100, 2, 10000);
	lose(p);
}

static void lost_at_10(struct path *p)
{
	start(p, 10, 2, 50000);
	lose(p);
}

/* The second one below the first. */
static void lost_at_1000_and_800(struct path *p)
{
	lost_at_1000(p);
	p->c.cwnd = 800;
	lose(p);
}

/* The second one above the first: nothing of it stays. */
static void lost_at_800_and_1000(struct path *p)
{
	start(p, 800, 2, 100000);
	lose(p);
	p->c.cwnd = 1000;
	lose(p);
}

static void no_loss_yet(struct path *p)
{
	start(p, 100, 100, 100000);
}

static void timed_out_at_100(struct path *p)
{
	start(p, 100, 2, 100000);
	time_out(p);
}

/* By cubic.py */
static const struct curve curves[] = {
	{ "concave and convex", lost_at_1000, 100000, {
		{ 1, 709 }, { 2, 719 }, { 5, 746 }, { 10, 788 }, { 20, 857 },
		{ 30, 909 }, { 50, 972 }, { 70, 996 }, { 90, 999 }, { 100, 1000 },
		{ 110, 1002 }, { 120, 1009 }, { 140, 1047 },
	} },
	{ "long and fast", lost_at_10000, 200000, {
		{ 1, 7090 }, { 5, 7435 }, { 20, 8487 }, { 50, 9648 }, { 80, 9981 },
	} },
	{ "two ACKs a microsecond", lost_at_10000, 3000, {
		{ 10, 7013 }, { 40, 7054 },
	} },
	{ "Reno-friendly", lost_at_100, 10000, {
		{ 1, 70 }, { 2, 71 }, { 10, 75 }, { 20, 80 }, { 40, 91 }, { 57, 100 },
		{ 60, 103 }, { 80, 123 }, { 100, 143 }, { 200, 243 },
	} },
	{ "small", lost_at_10, 50000, {
		{ 1, 7 }, { 2, 8 }, { 5, 9 }, { 10, 14 }, { 20, 24 }, { 40, 44 },
		{ 80, 84 },
	} },
	{ "fast convergence", lost_at_1000_and_800, 100000, {
		{ 1, 565 }, { 5, 584 }, { 10, 606 }, { 30, 659 }, { 50, 678 },
		{ 67, 679 }, { 80, 680 }, { 100, 694 },
	} },
	{ "no fast convergence upwards", lost_at_800_and_1000, 100000, {
		{ 1, 709 }, { 2, 719 }, { 5, 746 }, { 10, 788 }, { 20, 857 },
		{ 30, 909 }, { 50, 972 }, { 70, 996 }, { 90, 999 }, { 100, 1000 },
		{ 110, 1002 }, { 120, 1009 }, { 140, 1047 },
	} },
	{ "W_max not known", no_loss_yet, 100000, {
		{ 1, 101 }, { 2, 102 }, { 5, 105 }, { 10, 110 }, { 20, 120 },
		{ 40, 140 }, { 60, 186 }, { 80, 304 },
	} },
	{ "after a timeout", timed_out_at_100, 100000, {
		{ 1, 70 }, { 2, 71 }, { 5, 72 }, { 10, 75 }, { 20, 80 }, { 40, 95 },
		{ 60, 156 }, { 80, 274 },
	} },
};

static void curve_desc(const struct curve *curve, char *desc)
{
	strscpy(desc, curve->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(curve, curves, curve_desc);

/*
 * Shows: MAY-18, 9438-4.2-1, 9438-4.2-4, 9438-4.3-1, 9438-4.3-2, 9438-4.3-3,
 * 9438-4.4-1, 9438-4.5-1, 9438-4.7-1, 9438-4.8-1, 9438-4.8-2, 9438-4.8-3, 9438-5.1-1
 */
static void cubic_curve(struct kunit *test)
{
	const struct curve *curve = test->param_value;
	const struct point *point;
	u32 done = 0;
	struct path p;

	curve->begin(&p);
	p.rtt_us = curve->rtt_us;
	for (point = curve->points; point->rounds; point++) {
		round_trips(&p, point->rounds - done);
		done = point->rounds;
		KUNIT_EXPECT_LE_MSG(test, apart(p.c.cwnd, point->cwnd), 1U,
				    "%u after %u round trips, not %u", p.c.cwnd,
				    point->rounds, point->cwnd);
	}
}

/*
 * 4.2: the window follows time, not the number of round trips: half the round
 * trip, and after as many seconds it is as large.
 * Shows: 9438-4.2-1
 */
static void cubic_follows_time(struct kunit *test)
{
	struct path a, b;

	lost_at_1000(&a);
	lost_at_1000(&b);
	b.rtt_us = a.rtt_us / 2;
	round_trips(&a, 40);
	round_trips(&b, 80);
	KUNIT_EXPECT_GT(test, a.c.cwnd, 900U);
	/* The target is that of the next round trip, which comes later for one. */
	KUNIT_EXPECT_LE(test, apart(a.c.cwnd, b.c.cwnd), 4U);
}

/*
 * A small window on a long path is where it was before the loss when the curve is flat,
 * and a loss there is no reason to make room for others.
 */
static void cubic_comes_back(struct kunit *test)
{
	struct path p;
	int i;

	start(&p, 16, 2, 300000);
	for (i = 0; i < 5; i++) {
		lose(&p);
		KUNIT_EXPECT_EQ(test, p.c.cwnd, 11U);
		round_trips(&p, 6);
		KUNIT_EXPECT_EQ(test, p.c.cwnd, 16U);
	}
}

/*
 * 4.2: no more than 1.5 * cwnd is aimed at: half a segment for one.
 * Shows: 9438-4.2-2
 */
static void cubic_target_limit(struct kunit *test)
{
	struct path p;

	/* In 10 s the curve rises by 400. */
	start(&p, 100, 100, 10000000);
	ack(&p, 1);
	p.now_ns += 10 * NSEC_PER_SEC;
	ack(&p, 1);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 100);
	ack(&p, 1);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 101);
	ack(&p, 1);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 101);
	ack(&p, 1);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 102);
}

/* An ACK for n segments is as good as n, but never better. */
static void cubic_stretch_acks(struct kunit *test)
{
	static const u32 groups[] = { 2, 3, 10, 44, 700, 5000 };
	u32 round;
	int i;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		struct path single, grouped;

		lost_at_1000(&single);
		lost_at_1000(&grouped);
		for (round = 0; round < 60; round++) {
			round_trip(&single, 1);
			round_trip(&grouped, groups[i]);
			KUNIT_ASSERT_LE_MSG(test, grouped.c.cwnd, single.c.cwnd + 1,
					    "groups of %u, round %u", groups[i], round);
			KUNIT_ASSERT_GE_MSG(test, grouped.c.cwnd + 15, single.c.cwnd,
					    "groups of %u, round %u", groups[i], round);
		}
	}
}

/*
 * Nor does one ACK ever let the window grow faster than slow start, or shrink.
 * Shows: 9438-4.2-2
 */
static void cubic_bounds(struct kunit *test)
{
	const u64 seed = 9438;
	struct rnd_state rnd;
	int run, n;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (run = 0; run < 300; run++) {
		struct path p;

		start(&p, 2 + prandom_u32_state(&rnd) % 5000, 2,
		      1 + prandom_u32_state(&rnd) % 2000000);
		for (n = 0; n < 300; n++) {
			u32 before = p.c.cwnd;
			u32 acked = 1 + prandom_u32_state(&rnd) % (2 * p.c.cwnd);

			p.now_ns += prandom_u32_state(&rnd) % 3000000000U;
			ack_limited(&p, acked, prandom_u32_state(&rnd) % 4);
			KUNIT_ASSERT_GE(test, p.c.cwnd, before);
			KUNIT_ASSERT_LE(test, p.c.cwnd, before + acked);
			if (!(prandom_u32_state(&rnd) % 50))
				lose(&p);
		}
	}
}

static void cubic_window_has_an_end(struct kunit *test)
{
	struct path p;
	u32 before, i;

	start(&p, MYTCP_CWND_MAX, 2, 1000000);
	for (i = 0; i < 10; i++) {
		p.now_ns += NSEC_PER_SEC;
		ack(&p, MYTCP_CWND_MAX);
		KUNIT_EXPECT_EQ(test, p.c.cwnd, MYTCP_CWND_MAX);
	}
	lose(&p);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, (u32)((u64)MYTCP_CWND_MAX * 7 / 10));
	/* K is 930 s; and 5000 s more, which the microseconds do not hold. */
	for (i = 0; i < 6000; i++) {
		before = p.c.cwnd;
		p.now_ns += NSEC_PER_SEC;
		ack(&p, U32_MAX);
		KUNIT_ASSERT_GE(test, p.c.cwnd, before);
		KUNIT_ASSERT_LE(test, p.c.cwnd, MYTCP_CWND_MAX);
	}
	/* The last segment is never quite reached: the gap halves. */
	KUNIT_EXPECT_GE(test, p.c.cwnd, MYTCP_CWND_MAX - 1);

	/* The longest way of all. */
	start(&p, MYTCP_CWND_MAX, 2, 1000000);
	mytcp_cong_enter_recovery(&p.c, 2);
	p.c.ssthresh = 2;
	mytcp_cong_exit_recovery(&p.c);
	for (i = 0; i < 3000; i++) {
		before = p.c.cwnd;
		p.now_ns += NSEC_PER_SEC;
		ack(&p, 1);
		KUNIT_ASSERT_GE(test, p.c.cwnd, before);
		KUNIT_ASSERT_LE(test, p.c.cwnd, before + 1);
	}
}

/* --- The decrease: section 4.6 --- */

/*
 * beta 0.7, of cwnd: what is in flight just then may be less.
 * Shows: 9438-4.6-1, 9438-4.6-2, 9438-4.8-1
 */
static void cubic_decrease(struct kunit *test)
{
	struct path p;
	u32 cwnd;

	for (cwnd = 1; cwnd <= 2000; cwnd++) {
		u32 want = max(cwnd * 7 / 10, 2U);

		start(&p, cwnd, 2, 100000);
		mytcp_cong_enter_recovery(&p.c, cwnd / 3);
		KUNIT_ASSERT_EQ(test, p.c.ssthresh, want);
		KUNIT_ASSERT_EQ(test, p.c.cwnd, want);

		start(&p, cwnd, 2, 100000);
		mytcp_cong_on_rto(&p.c, cwnd / 3);
		KUNIT_ASSERT_EQ(test, p.c.ssthresh, want);
		KUNIT_ASSERT_EQ(test, p.c.cwnd, 1);
	}
}

/*
 * ECE is answered as a loss is, curve and all; and once for both.
 * Shows: 3168-6.1.2-1, 3168-6.1.2-6, 9438-4.6-1, 9438-4.6-2
 */
static void cubic_marks(struct kunit *test)
{
	struct path p, q;
	u32 cwnd;

	for (cwnd = 1; cwnd <= 2000; cwnd++) {
		start(&p, cwnd, 2, 100000);
		mytcp_cong_enter_cwr(&p.c);
		KUNIT_ASSERT_EQ(test, p.c.ssthresh, max(cwnd * 7 / 10, 2U));
		KUNIT_ASSERT_EQ(test, p.c.cwnd, cwnd);
	}

	lost_at_1000(&q);
	start(&p, 1000, 2, 100000);
	mytcp_cong_enter_cwr(&p.c);
	p.c.cwnd = 600;
	mytcp_cong_exit_cwr(&p.c);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 700);
	round_trips(&p, 40);
	round_trips(&q, 40);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, q.c.cwnd);

	start(&p, 100, 2, 100000);
	mytcp_cong_enter_cwr(&p.c);
	p.c.cwnd = 80;
	mytcp_cong_enter_recovery(&p.c, 80);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, 70);
}

/*
 * "Implementations that use cwnd MUST use other measures to prevent cwnd from
 * growing when the volume of bytes in flight is smaller than cwnd."
 * Shows: 9438-4.6-3
 */
static void cubic_grows_only_when_limited(struct kunit *test)
{
	static const u32 ssthresh[] = { 2, 1000, MYTCP_SSTHRESH_INF };
	struct path p;
	u32 n;
	int i;

	for (i = 0; i < ARRAY_SIZE(ssthresh); i++) {
		start(&p, 10, ssthresh[i], 100000);
		for (n = 0; n < 1000; n++) {
			p.now_ns += 100 * NSEC_PER_MSEC;
			ack_limited(&p, 5, false);
		}
		KUNIT_EXPECT_EQ(test, p.c.cwnd, 10);
	}
}

/* Once more, from where the recovery was going, not from PRR's cwnd. */
static void cubic_rto_in_recovery(struct kunit *test)
{
	struct path p;

	start(&p, 100, 2, 100000);
	mytcp_cong_enter_recovery(&p.c, 100);
	p.c.cwnd = 12;
	mytcp_cong_on_rto(&p.c, 90);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, 49);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 1);
	/* The timer again for the same segment: no further. */
	mytcp_cong_on_rto(&p.c, 90);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, 49);
}

/* --- Mistakes: section 4.9 --- */

/*
 * It goes on as if nothing had happened: window, curve, Reno's window and all.
 * Shows: 9438-4.9-1, 9438-4.9-2
 */
static void cubic_undo(struct kunit *test)
{
	static const u32 windows[] = { 1000, 60 };
	struct path quiet, p;
	int i, after;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		for (after = 0; after < 60; after += 7) {
			start(&quiet, windows[i], 2, 100000);
			lose(&quiet);
			round_trips(&quiet, after);
			p = quiet;
			mytcp_cong_enter_recovery(&p.c, p.c.cwnd);
			mytcp_cong_undo(&p.c);
			KUNIT_EXPECT_EQ(test, p.c.cwnd, quiet.c.cwnd);
			KUNIT_EXPECT_GE(test, p.c.ssthresh, quiet.c.ssthresh);

			p = quiet;
			mytcp_cong_enter_recovery(&p.c, p.c.cwnd);
			mytcp_cong_on_rto(&p.c, p.c.cwnd);
			ack(&p, 1);
			mytcp_cong_on_rto(&p.c, p.c.cwnd);
			mytcp_cong_undo(&p.c);
			KUNIT_EXPECT_EQ(test, p.c.cwnd, quiet.c.cwnd);
			KUNIT_EXPECT_GE(test, p.c.ssthresh, quiet.c.ssthresh);
			KUNIT_EXPECT_FALSE(test, mytcp_cong_in_slow_start(&p.c));
			round_trips(&quiet, 50);
			round_trips(&p, 50);
			KUNIT_EXPECT_LE_MSG(test, apart(p.c.cwnd, quiet.c.cwnd), 1U,
					    "%u, after %d", windows[i], after);
		}
	}
}

/*
 * "the current cwnd is already higher than cwnd_prior": go on from there.
 * Shows: 9438-4.9-3
 */
static void cubic_undo_too_late(struct kunit *test)
{
	struct path p, q;

	start(&p, 20, 2, 100000);
	mytcp_cong_on_rto(&p.c, 20);
	while (p.c.cwnd <= 20) {
		p.now_ns += 100 * NSEC_PER_MSEC;
		ack(&p, 1);
	}
	q = p;
	mytcp_cong_undo(&p.c);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 21);
	mytcp_cong_exit_recovery(&q.c);
	round_trips(&p, 30);
	round_trips(&q, 30);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, q.c.cwnd);
}

/* --- Applications that are slow: sections 4.2 and 5.8 --- */

/* Pauses of all kinds are no part of t. Shows: 9438-4.2-3. */
static void cubic_pauses(struct kunit *test)
{
	struct path busy, idle, slow;
	u32 i;

	lost_at_1000(&busy);
	round_trips(&busy, 30);
	idle = busy;
	slow = busy;

	/* Nothing is sent, and nothing comes. */
	idle.now_ns += 100 * NSEC_PER_SEC;
	/* A little is sent now and then. */
	for (i = 0; i < 1000; i++) {
		slow.now_ns += 100 * NSEC_PER_MSEC;
		ack_limited(&slow, 3, false);
	}
	KUNIT_EXPECT_EQ(test, slow.c.cwnd, busy.c.cwnd);

	/* The window is full again, for which a round trip has been waited. */
	round_trips(&busy, 20);
	round_trips(&idle, 20);
	round_trips(&slow, 20);
	KUNIT_EXPECT_LE(test, apart(idle.c.cwnd, busy.c.cwnd), 4U);
	KUNIT_EXPECT_LE(test, apart(slow.c.cwnd, busy.c.cwnd), 4U);
}

/*
 * Before the first of them, too: the stage begins when the window grows.
 * Shows: 9438-4.2-3
 */
static void cubic_pause_first(struct kunit *test)
{
	struct path busy, slow;
	u32 i;

	lost_at_1000(&busy);
	lost_at_1000(&slow);
	for (i = 0; i < 1000; i++) {
		slow.now_ns += 100 * NSEC_PER_MSEC;
		ack_limited(&slow, 3, false);
	}
	round_trips(&busy, 30);
	round_trips(&slow, 30);
	KUNIT_EXPECT_EQ(test, slow.c.cwnd, busy.c.cwnd);
}

/* RFC 5681 4.1: slow start up to where it was, then a stage of its own. */
static void cubic_idle_restart(struct kunit *test)
{
	struct path p, q;

	lost_at_1000(&p);
	round_trips(&p, 40);
	mytcp_cong_idle_restart(&p.c, 10, 100000000, 300000);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 10);
	p.now_ns += 100 * NSEC_PER_SEC;
	while (mytcp_cong_in_slow_start(&p.c))
		ack(&p, 1);

	/* As after a loss that leaves the window there, with the same W_max. */
	lost_at_1000(&q);
	q.c.cwnd = p.c.cwnd;
	round_trips(&p, 40);
	round_trips(&q, 40);
	KUNIT_EXPECT_LE(test, apart(p.c.cwnd, q.c.cwnd), 1U);
	KUNIT_EXPECT_GT(test, p.c.cwnd, 900U);
}

/* --- Slow start: section 4.10 --- */

/*
 * The first: RFC 9406's limit of 8 for an ACK. Later ones: as Reno's.
 * Shows: 9438-4.10-1
 */
static void cubic_slow_start(struct kunit *test)
{
	struct path p;

	start(&p, 10, MYTCP_SSTHRESH_INF, 100000);
	ack(&p, 100);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 18);
	p.burst = 44;
	ack(&p, 100);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 62);

	start(&p, 10, 1000, 100000);
	ack(&p, 100);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 110);
}

/*
 * A round as RFC 9406 has it: all that had been sent when it began. The path could take
 * four times as much: there is a pause, and no long train of ACKs.
 */
static void slow_start_round(struct path *p, u32 rtt_us)
{
	u64 rtt_ns = (u64)rtt_us * NSEC_PER_USEC;
	u32 n = p->flight ?: p->c.cwnd;
	u64 gap_ns = div_u64(rtt_ns, 4 * n);

	p->rtt_us = rtt_us;
	p->now_ns += rtt_ns - n * gap_ns;
	while (n--) {
		p->flight = p->c.cwnd - 1;
		p->now_ns += gap_ns;
		ack(p, 1);
	}
}

/*
 * The delay rises: a quarter of the speed for five rounds, then the curve.
 * Shows: 9438-4.10-2, 9438-4.10-3
 */
static void cubic_hystart(struct kunit *test)
{
	struct path p, q;
	u32 n, before, flight;

	start(&p, 10, MYTCP_SSTHRESH_INF, 50000);
	for (n = 0; n < 3; n++)
		slow_start_round(&p, 50000);
	KUNIT_ASSERT_EQ(test, p.c.cwnd, 74);
	KUNIT_ASSERT_EQ(test, p.flight, 72);
	/* The eighth sample tells it: 7, and a quarter of 65. */
	slow_start_round(&p, 70000);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 74 + 7 + 65 / 4);
	for (n = 0; n < 3; n++) {
		before = p.c.cwnd;
		flight = p.flight;
		slow_start_round(&p, 70000);
		KUNIT_EXPECT_LE(test, apart(p.c.cwnd, before + flight / 4), 1U);
		KUNIT_EXPECT_EQ(test, p.c.ssthresh, MYTCP_SSTHRESH_INF);
	}
	slow_start_round(&p, 70000);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, p.c.cwnd);

	/* K is 0 and W_max is the window: nothing else than a window of that size. */
	start(&q, p.c.ssthresh, 2, 70000);
	round_trips(&p, 40);
	round_trips(&q, 40);
	KUNIT_EXPECT_LE(test, apart(p.c.cwnd, q.c.cwnd), 1U);
}

/* Jitter that is over before the five rounds are: nothing is lost but time. */
static void cubic_hystart_resumes(struct kunit *test)
{
	struct path p;
	u32 n, before, flight;

	start(&p, 10, MYTCP_SSTHRESH_INF, 50000);
	for (n = 0; n < 3; n++)
		slow_start_round(&p, 50000);
	slow_start_round(&p, 70000);
	slow_start_round(&p, 50000);
	before = p.c.cwnd;
	flight = p.flight;
	slow_start_round(&p, 50000);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, before + flight);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, MYTCP_SSTHRESH_INF);
}

/* 9406 4.2: "SHOULD use HyStart++ only for the initial slow start" */
static void cubic_hystart_only_first(struct kunit *test)
{
	struct path p;
	u32 n;

	start(&p, 1000, 2, 50000);
	mytcp_cong_on_rto(&p.c, 1000);
	mytcp_cong_exit_recovery(&p.c);
	for (n = 0; n < 9; n++) {
		KUNIT_EXPECT_EQ(test, p.c.cwnd, 1U << n);
		p.rtt_us = 50000 + n * 20000;
		round_trip(&p, 1);
	}
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, 700);
}

/* A loss ends it; when that was a mistake, it goes on. */
static void cubic_hystart_loss(struct kunit *test)
{
	struct path p;
	u32 n;

	start(&p, 10, MYTCP_SSTHRESH_INF, 50000);
	for (n = 0; n < 3; n++)
		slow_start_round(&p, 50000);
	mytcp_cong_enter_recovery(&p.c, 74);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, 51);
	mytcp_cong_undo(&p.c);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 74);
	p.flight = 0;
	slow_start_round(&p, 50000);
	KUNIT_EXPECT_EQ(test, p.c.cwnd, 148);
	for (n = 0; n < 4; n++)
		slow_start_round(&p, 70000);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, MYTCP_SSTHRESH_INF);
	slow_start_round(&p, 70000);
	KUNIT_EXPECT_EQ(test, p.c.ssthresh, p.c.cwnd);
}

static void cubic_is_there(struct kunit *test)
{
	struct mytcp_cong_ops ops = mytcp_cong_cubic;
	char names[64];

	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("cubic"), &mytcp_cong_cubic);
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EEXIST);
	mytcp_cong_names(names, sizeof(names), true);
	KUNIT_EXPECT_TRUE(test, !strncmp(names, "cubic reno", 10));
}

static struct kunit_case cubic_cases[] = {
	KUNIT_CASE_PARAM(cubic_curve, curve_gen_params),
	KUNIT_CASE(cubic_follows_time),
	KUNIT_CASE(cubic_comes_back),
	KUNIT_CASE(cubic_target_limit),
	KUNIT_CASE(cubic_stretch_acks),
	KUNIT_CASE(cubic_bounds),
	KUNIT_CASE(cubic_window_has_an_end),
	KUNIT_CASE(cubic_decrease),
	KUNIT_CASE(cubic_marks),
	KUNIT_CASE(cubic_grows_only_when_limited),
	KUNIT_CASE(cubic_rto_in_recovery),
	KUNIT_CASE(cubic_undo),
	KUNIT_CASE(cubic_undo_too_late),
	KUNIT_CASE(cubic_pauses),
	KUNIT_CASE(cubic_pause_first),
	KUNIT_CASE(cubic_idle_restart),
	KUNIT_CASE(cubic_slow_start),
	KUNIT_CASE(cubic_hystart),
	KUNIT_CASE(cubic_hystart_resumes),
	KUNIT_CASE(cubic_hystart_only_first),
	KUNIT_CASE(cubic_hystart_loss),
	KUNIT_CASE(cubic_is_there),
	{}
};

static struct kunit_suite cubic_suite = {
	.name = "mytcp-cubic",
	.test_cases = cubic_cases,
};

kunit_test_suite(cubic_suite);
