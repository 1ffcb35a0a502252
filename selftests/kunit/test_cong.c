// SPDX-License-Identifier: GPL-2.0
/*
 * Congestion control: the part that all algorithms share, by an algorithm that
 * writes down what it is asked, and Reno by traces. RFC 5681, RFC 6582,
 * RFC 6928, RFC 3168.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../../module/cong.h"

static void start(struct mytcp_cong *c, u32 cwnd, u32 ssthresh)
{
	mytcp_cong_init(c, &mytcp_cong_reno, cwnd);
	c->ssthresh = ssthresh;
}

static void ack(struct mytcp_cong *c, u32 acked)
{
	const struct mytcp_ack_sample s = {
		.acked = acked,
		.bytes_acked = acked * 1000,
		.in_flight = c->cwnd,
		.rtt_us = -1,
		.cwnd_limited = true,
		.window_used = true,
	};

	mytcp_cong_on_ack(c, &s);
}

/* RFC 6928 section 2: min(10 * MSS, max(2 * MSS, 14600)), for every MSS. */
static void cong_initial_window(struct kunit *test)
{
	u32 mss;

	for (mss = 1; mss <= 65535; mss++) {
		u32 bytes = min(10 * mss, max(2 * mss, 14600U));

		KUNIT_ASSERT_EQ_MSG(test, mytcp_iw(mss), bytes / mss, "%u", mss);
	}
	KUNIT_EXPECT_EQ(test, mytcp_iw(0), 10);
	KUNIT_EXPECT_EQ(test, mytcp_iw(536), 10);
	KUNIT_EXPECT_EQ(test, mytcp_iw(1460), 10);
	KUNIT_EXPECT_EQ(test, mytcp_iw(1461), 9);
	KUNIT_EXPECT_EQ(test, mytcp_iw(8960), 2);
}

/* Slow start and congestion avoidance, RFC 5681 section 3.1 */

/*
 * One segment for each acknowledged one: twice as much a round trip.
 * Shows: MUST-19, 5681-3.1-7
 */
static void cong_slow_start_doubles(struct kunit *test)
{
	struct mytcp_cong c;
	u32 rtt, i;

	start(&c, 10, MYTCP_SSTHRESH_INF);
	for (rtt = 0; rtt < 10; rtt++) {
		u32 flight = c.cwnd;

		for (i = 0; i < flight; i++)
			ack(&c, 1);
		KUNIT_EXPECT_EQ(test, c.cwnd, 2 * flight);
	}
}

/* However the receiver groups them: delayed, by GRO, all in one. */
static void cong_slow_start_stretch_acks(struct kunit *test)
{
	struct mytcp_cong c;
	u32 group, i;

	for (group = 1; group <= 64; group *= 2) {
		start(&c, 64, MYTCP_SSTHRESH_INF);
		for (i = 0; i < 64; i += group)
			ack(&c, group);
		KUNIT_EXPECT_EQ(test, c.cwnd, 128);
	}
}

/* What is over at ssthresh counts for congestion avoidance. */
static void cong_slow_start_ends_at_ssthresh(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 8, 10);
	KUNIT_EXPECT_TRUE(test, mytcp_cong_in_slow_start(&c));
	ack(&c, 5);
	KUNIT_EXPECT_FALSE(test, mytcp_cong_in_slow_start(&c));
	KUNIT_EXPECT_EQ(test, c.cwnd, 10);
	KUNIT_EXPECT_EQ(test, c.cwnd_cnt, 3);
	ack(&c, 7);
	KUNIT_EXPECT_EQ(test, c.cwnd, 11);
	KUNIT_EXPECT_EQ(test, c.cwnd_cnt, 0);
}

/*
 * RFC 5681 (3): one segment a round trip, whatever the grouping of the ACKs.
 * Shows: MUST-19, 5681-3.1-10, 5681-3.1-11, 5681-3.1-17
 */
static void cong_avoidance_is_linear(struct kunit *test)
{
	struct mytcp_cong c;
	u32 group, rtt;

	for (group = 1; group <= 40; group++) {
		start(&c, 20, 2);
		for (rtt = 0; rtt < 30; rtt++) {
			u32 left = c.cwnd;

			KUNIT_ASSERT_EQ_MSG(test, c.cwnd, 20 + rtt,
					    "group %u", group);
			while (left) {
				u32 n = min(left, group);

				ack(&c, n);
				left -= n;
			}
			KUNIT_ASSERT_EQ(test, c.cwnd_cnt, 0);
		}
	}
}

/* An ACK for several windows, as after a long loss of ACKs. */
static void cong_avoidance_large_ack(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 10, 2);
	ack(&c, 35);
	KUNIT_EXPECT_EQ(test, c.cwnd, 13);
	KUNIT_EXPECT_EQ(test, c.cwnd_cnt, 5);
}

/* RFC 7661: a window that was not used was not tested. */
static void cong_grows_only_when_limited(struct kunit *test)
{
	static const u32 ssthresh[] = { 2, 1000 };
	struct mytcp_ack_sample s = { .acked = 100, .rtt_us = -1 };
	struct mytcp_cong c;
	int i;

	for (i = 0; i < ARRAY_SIZE(ssthresh); i++) {
		start(&c, 10, ssthresh[i]);
		mytcp_cong_on_ack(&c, &s);
		KUNIT_EXPECT_EQ(test, c.cwnd, 10);
		KUNIT_EXPECT_EQ(test, c.cwnd_cnt, 0);
	}
}

/* A duplicate ACK acknowledges nothing. */
static void cong_nothing_acked(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 10, 100);
	ack(&c, 0);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10);
}

static void cong_window_has_an_end(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, MYTCP_CWND_MAX - 1, MYTCP_SSTHRESH_INF);
	ack(&c, 10);
	KUNIT_EXPECT_EQ(test, c.cwnd, MYTCP_CWND_MAX);
	start(&c, MYTCP_CWND_MAX, 2);
	ack(&c, MYTCP_CWND_MAX);
	ack(&c, MYTCP_CWND_MAX);
	KUNIT_EXPECT_EQ(test, c.cwnd, MYTCP_CWND_MAX);
}

/* Losses */

/*
 * RFC 5681 (4): half of FlightSize, at least two, not half of cwnd.
 * Shows: 5681-3.1-9, 5681-3.1-13, 5681-3.1-15
 */
static void cong_ssthresh_by_flight(struct kunit *test)
{
	struct mytcp_cong c;
	u32 flight;

	for (flight = 0; flight <= 200; flight++) {
		u32 want = max(flight / 2, 2U);

		start(&c, 100, 1000);
		mytcp_cong_on_rto(&c, flight);
		KUNIT_ASSERT_EQ(test, c.ssthresh, want);
		KUNIT_ASSERT_EQ(test, c.cwnd, 1);

		start(&c, 100, 1000);
		mytcp_cong_enter_recovery(&c, flight);
		KUNIT_ASSERT_EQ(test, c.ssthresh, want);
		KUNIT_ASSERT_EQ(test, c.cwnd, want);
	}
}

/*
 * RFC 5681 section 3.1: ssthresh is held while the timer repeats one segment.
 * Shows: 5681-3.1-14
 */
static void cong_rto_repeated(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, MYTCP_SSTHRESH_INF);
	mytcp_cong_on_rto(&c, 40);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);
	mytcp_cong_on_rto(&c, 1);
	mytcp_cong_on_rto(&c, 1);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);
	KUNIT_EXPECT_EQ(test, c.cwnd, 1);

	/* That one got through: the next timeout is another's. */
	ack(&c, 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 2);
	mytcp_cong_on_rto(&c, 8);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 4);
	KUNIT_EXPECT_EQ(test, c.cwnd, 1);
}

/*
 * RFC 3465 section 2.3: one segment an ACK, whatever it acknowledges.
 * Shows: 5681-3.1-16
 */
static void cong_slow_start_after_rto(struct kunit *test)
{
	struct mytcp_cong c;
	u32 i;

	start(&c, 64, MYTCP_SSTHRESH_INF);
	mytcp_cong_on_rto(&c, 64);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_LOSS);
	ack(&c, 30);
	KUNIT_EXPECT_EQ(test, c.cwnd, 2);
	for (i = 0; i < 30; i++)
		ack(&c, 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 32);

	/* Repaired: the window stays, and grows as it did before. */
	mytcp_cong_exit_recovery(&c);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, c.cwnd, 32);
	ack(&c, 32);
	KUNIT_EXPECT_EQ(test, c.cwnd, 33);
}

/* After a timeout below ssthresh the end of it must not open the window. */
static void cong_exit_after_rto_keeps_cwnd(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 64, MYTCP_SSTHRESH_INF);
	mytcp_cong_on_rto(&c, 64);
	ack(&c, 64);
	mytcp_cong_exit_recovery(&c);
	KUNIT_EXPECT_EQ(test, c.cwnd, 2);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 32);
	ack(&c, 2);
	KUNIT_EXPECT_EQ(test, c.cwnd, 4);
}

/*
 * RFC 6582 section 3.2: the window holds until all is repaired.
 * Shows: 5681-3.2-11, 5681-4.3-4
 */
static void cong_recovery_holds(struct kunit *test)
{
	struct mytcp_cong c;
	u32 i;

	start(&c, 40, MYTCP_SSTHRESH_INF);
	mytcp_cong_enter_recovery(&c, 40);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_RECOVERY);
	for (i = 0; i < 100; i++)
		ack(&c, i % 5);
	KUNIT_EXPECT_EQ(test, c.cwnd, 20);
	mytcp_cong_exit_recovery(&c);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, c.cwnd, 20);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);
	/* Congestion avoidance from here. */
	ack(&c, 20);
	KUNIT_EXPECT_EQ(test, c.cwnd, 21);
}

/* What was counted towards a larger window does not outlive it. */
static void cong_reduction_forgets_the_count(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, 2);
	ack(&c, 39);
	KUNIT_ASSERT_EQ(test, c.cwnd_cnt, 39);
	mytcp_cong_enter_recovery(&c, 40);
	mytcp_cong_exit_recovery(&c);
	ack(&c, 19);
	KUNIT_EXPECT_EQ(test, c.cwnd, 20);
	ack(&c, 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 21);

	ack(&c, 20);
	mytcp_cong_on_rto(&c, 4);
	KUNIT_EXPECT_EQ(test, c.cwnd_cnt, 0);

	start(&c, 40, 2);
	ack(&c, 39);
	mytcp_cong_idle_restart(&c, 10, 1001, 1000);
	KUNIT_EXPECT_EQ(test, c.cwnd_cnt, 0);
}

static void cong_rto_in_recovery(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, MYTCP_SSTHRESH_INF);
	mytcp_cong_enter_recovery(&c, 40);
	mytcp_cong_on_rto(&c, 30);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_LOSS);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 15);
	KUNIT_EXPECT_EQ(test, c.cwnd, 1);
	mytcp_cong_exit_recovery(&c);
	KUNIT_EXPECT_EQ(test, c.cwnd, 1);
}

static void cong_exit_when_open(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 7, 3);
	mytcp_cong_exit_recovery(&c);
	mytcp_cong_undo(&c);
	KUNIT_EXPECT_EQ(test, c.cwnd, 7);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 3);
}

/* RFC 4015 section 3.2: as if it had not happened, however it went on. */
static void cong_undo(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, 60);
	mytcp_cong_enter_recovery(&c, 40);
	mytcp_cong_undo(&c);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, c.cwnd, 40);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 60);

	mytcp_cong_enter_recovery(&c, 40);
	mytcp_cong_on_rto(&c, 30);
	mytcp_cong_on_rto(&c, 30);
	ack(&c, 1);
	mytcp_cong_on_rto(&c, 10);
	mytcp_cong_undo(&c);
	KUNIT_EXPECT_EQ(test, c.cwnd, 40);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 60);
	/* The next timeout is a first one again. */
	mytcp_cong_on_rto(&c, 40);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);
}

/* Marks, RFC 3168 section 6.1.2 */

/*
 * Half of cwnd, as by a loss; how cwnd comes down is not said here. It does not grow
 * meanwhile, nor is there a slow start.
 * Shows: 3168-5-3, 3168-6.1.2-1, 3168-6.1.2-2, 3168-6.1.2-6
 */
static void cong_marks(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, MYTCP_SSTHRESH_INF);
	ack(&c, 0);
	mytcp_cong_enter_cwr(&c);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_CWR);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);
	KUNIT_EXPECT_EQ(test, c.cwnd, 40);
	ack(&c, 10);
	KUNIT_EXPECT_EQ(test, c.cwnd, 40);
	c.cwnd = 27;
	mytcp_cong_exit_cwr(&c);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, c.cwnd, 20);
	ack(&c, 20);
	KUNIT_EXPECT_EQ(test, c.cwnd, 21);
}

/* No window is too small for a mark. */
static void cong_marks_floor(struct kunit *test)
{
	struct mytcp_cong c;
	u32 cwnd;

	for (cwnd = 1; cwnd < 6; cwnd++) {
		start(&c, cwnd, MYTCP_SSTHRESH_INF);
		mytcp_cong_enter_cwr(&c);
		KUNIT_EXPECT_EQ(test, c.ssthresh, 2);
	}
}

/*
 * "The TCP sender SHOULD NOT increase the congestion window" by an ACK with ECE. But
 * what a timeout has left of it would stay so small until CWR comes, on new text.
 * Shows: 3168-6.1.2-7
 */
static void cong_marks_open_nothing(struct kunit *test)
{
	const struct mytcp_ack_sample s = {
		.acked = 10, .rtt_us = -1, .window_used = true, .ece = true,
	};
	struct mytcp_cong c;

	start(&c, 10, MYTCP_SSTHRESH_INF);
	mytcp_cong_on_ack(&c, &s);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10);
	mytcp_cong_on_rto(&c, 10);
	mytcp_cong_on_ack(&c, &s);
	KUNIT_EXPECT_EQ(test, c.cwnd, 2);
}

/*
 * A loss in the same round trip does not reduce the window once more.
 * Shows: 3168-6.1.2-3
 */
static void cong_loss_after_marks(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, MYTCP_SSTHRESH_INF);
	mytcp_cong_enter_cwr(&c);
	mytcp_cong_enter_recovery(&c, 30);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_RECOVERY);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);
	mytcp_cong_exit_recovery(&c);
	KUNIT_EXPECT_EQ(test, c.cwnd, 20);

	mytcp_cong_enter_cwr(&c);
	mytcp_cong_on_rto(&c, 15);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_LOSS);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 10);
	KUNIT_EXPECT_EQ(test, c.cwnd, 1);
}

/*
 * Nothing is sent any more, so that nothing ends the reduction: a pause does, and
 * restarts with no more than what it has left.
 */
static void cong_pause_after_marks(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, MYTCP_SSTHRESH_INF);
	mytcp_cong_enter_cwr(&c);
	c.cwnd = 3;
	mytcp_cong_idle_restart(&c, 10, 1000, 1000);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_CWR);
	mytcp_cong_idle_restart(&c, 10, 3001, 1000);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);
}

/* What marks have reduced nothing brings back, until the next reduction. */
static void cong_marks_are_not_undone(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, 40, 60);
	mytcp_cong_enter_cwr(&c);
	mytcp_cong_undo(&c);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_CWR);
	mytcp_cong_enter_recovery(&c, 30);
	mytcp_cong_undo(&c);
	KUNIT_EXPECT_EQ(test, c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, c.cwnd, 20);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20);

	mytcp_cong_enter_recovery(&c, 20);
	mytcp_cong_undo(&c);
	KUNIT_EXPECT_EQ(test, c.cwnd, 20);
}

/* Counting what is in the network is the same as RFC 5681's inflation and RFC
 * 6582's deflation of cwnd, segment for segment.
 * Shows: 5681-3.2-8, 5681-3.2-9, 6582-3.2-5
 */
static void cong_pipe_equals_inflation(struct kunit *test)
{
	const u64 seed = 6582;
	struct rnd_state rnd;
	int run;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (run = 0; run < 1000; run++) {
		u32 flight = 10 + prandom_u32_state(&rnd) % 100;
		u32 inflated, left_network = 3;
		struct mytcp_cong c;
		int n;

		start(&c, flight, MYTCP_SSTHRESH_INF);
		mytcp_cong_enter_recovery(&c, flight);
		/* RFC 5681 section 3.2 (3) */
		inflated = c.ssthresh + 3;

		for (n = 0; n < 200; n++) {
			u32 acked = 1 + prandom_u32_state(&rnd) % 3;
			s32 may_send;

			if (acked > left_network || acked >= flight ||
			    prandom_u32_state(&rnd) % 4) {
				/* (4): a duplicate ACK */
				inflated++;
				left_network++;
			} else {
				/* RFC 6582 section 3.2 (3): a partial ACK */
				inflated -= acked;
				inflated++;
				left_network -= acked - 1;
				flight -= acked;
				ack(&c, acked);
			}
			may_send = inflated - flight;
			KUNIT_ASSERT_EQ(test, may_send,
					(s32)(c.cwnd - (flight - left_network)));
			if (may_send > 0)
				flight += may_send;
		}
	}
}

/* Idle, RFC 5681 section 4.1 */

static void cong_idle_restart(struct kunit *test)
{
	static const struct {
		u32 cwnd, ssthresh, rtos_x10, want_cwnd, want_ssthresh;
	} cases[] = {
		{ 80, MYTCP_SSTHRESH_INF, 9, 80, MYTCP_SSTHRESH_INF },
		{ 80, 40, 10, 80, 40 },
		{ 80, 40, 11, 40, 60 },
		{ 80, 70, 11, 40, 70 },
		{ 80, 40, 21, 20, 60 },
		{ 80, 40, 31, 10, 60 },
		{ 80, 40, 1000, 10, 60 },
		/* The restart window is min(IW, cwnd): it never grows. */
		{ 4, 2, 1000, 4, 3 },
		{ 1, 2, 1000, 1, 2 },
		/* Halving must not go below it. */
		{ 15, 2, 11, 10, 10 },
	};
	struct mytcp_cong c;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		start(&c, cases[i].cwnd, cases[i].ssthresh);
		mytcp_cong_idle_restart(&c, 10, cases[i].rtos_x10 * 20000,
					200000);
		KUNIT_EXPECT_EQ_MSG(test, c.cwnd, cases[i].want_cwnd, "%d", i);
		KUNIT_EXPECT_EQ_MSG(test, c.ssthresh, cases[i].want_ssthresh,
				    "%d", i);
	}
}

/* RFC 2861 section 3.2: half of what is not used goes. */
static void cong_app_limited(struct kunit *test)
{
	static const struct {
		u32 cwnd, ssthresh, used, want_cwnd, want_ssthresh;
	} cases[] = {
		{ 80, 40, 10, 45, 60 },
		{ 80, 70, 79, 79, 70 },
		{ 80, MYTCP_SSTHRESH_INF, 40, 60, MYTCP_SSTHRESH_INF },
		{ 80, 40, 80, 80, 40 },
		{ 5, 40, 10, 5, 40 },
	};
	struct mytcp_cong c;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		start(&c, cases[i].cwnd, cases[i].ssthresh);
		mytcp_cong_app_limited(&c, cases[i].used);
		KUNIT_EXPECT_EQ_MSG(test, c.cwnd, cases[i].want_cwnd, "%d", i);
		KUNIT_EXPECT_EQ_MSG(test, c.ssthresh, cases[i].want_ssthresh, "%d", i);
	}
	mytcp_cong_enter_cwr(&c);
	mytcp_cong_app_limited(&c, 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 5U);
}

/* A week of silence is no longer than a minute's. */
static void cong_idle_for_long(struct kunit *test)
{
	struct mytcp_cong c;

	start(&c, MYTCP_CWND_MAX, 2);
	mytcp_cong_idle_restart(&c, 10, U64_MAX, 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10);
}

/* A transfer of Reno as it is drawn in every book: up to 64, loss, linear,
 * timeout, slow start to half, linear. One entry a round trip.
 */
static void cong_reno_sawtooth(struct kunit *test)
{
	static const u32 want[] = {
		10, 20, 40, 80,			/* slow start */
		40, 41, 42, 43,			/* fast recovery at 80 */
		1, 2, 4, 8, 16, 22, 23, 24,	/* timeout at 44 */
	};
	struct mytcp_cong c;
	u32 rtt, i, flight;

	start(&c, 10, MYTCP_SSTHRESH_INF);
	for (rtt = 0; rtt < ARRAY_SIZE(want); rtt++) {
		KUNIT_ASSERT_EQ_MSG(test, c.cwnd, want[rtt], "round %u", rtt);
		flight = c.cwnd;
		if (rtt == 3) {
			mytcp_cong_enter_recovery(&c, flight);
			ack(&c, flight);
			mytcp_cong_exit_recovery(&c);
			continue;
		}
		for (i = 0; i < flight; i++)
			ack(&c, 1);
		if (rtt == 7)
			mytcp_cong_on_rto(&c, c.cwnd);
		if (rtt == 8)
			mytcp_cong_exit_recovery(&c);
	}
}

/* An algorithm that writes down what it is asked */

#define DIARY_LEN 32

static struct {
	char asked[DIARY_LEN];
	u32 len;
	u32 cwnd;
	u32 acked;
} diary;

static void note(const struct mytcp_cong *c, char what)
{
	if (diary.len < DIARY_LEN - 1)
		diary.asked[diary.len++] = what;
	diary.cwnd = c->cwnd;
}

static void diary_init(struct mytcp_cong *c)
{
	note(c, 'i');
	c->priv[0] = 0x600d;
}

static void diary_release(struct mytcp_cong *c)
{
	note(c, 'r');
}

static u32 diary_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	note(c, 's');
	return in_flight / 10;
}

static void diary_cong_avoid(struct mytcp_cong *c,
			     const struct mytcp_ack_sample *s)
{
	note(c, 'a');
	diary.acked = s->acked;
}

static void diary_event(struct mytcp_cong *c, enum mytcp_cong_event ev)
{
	static const char letters[] = {
		[MYTCP_CONG_EV_LOSS] = 'L',
		[MYTCP_CONG_EV_RECOVERY] = 'F',
		[MYTCP_CONG_EV_RECOVERED] = 'R',
		[MYTCP_CONG_EV_IDLE_RESTART] = 'I',
		[MYTCP_CONG_EV_CWR] = 'C',
	};

	note(c, letters[ev]);
}

static u32 diary_undo_cwnd(struct mytcp_cong *c)
{
	note(c, 'u');
	return 77;
}

static const struct mytcp_cong_ops diary_template = {
	.name		= "diary",
	.owner		= THIS_MODULE,
	.init		= diary_init,
	.release	= diary_release,
	.ssthresh	= diary_ssthresh,
	.cong_avoid	= diary_cong_avoid,
	.event		= diary_event,
	.undo_cwnd	= diary_undo_cwnd,
};

static void expect_diary(struct kunit *test, const char *want)
{
	diary.asked[diary.len] = 0;
	KUNIT_EXPECT_STREQ(test, diary.asked, want);
	memset(&diary, 0, sizeof(diary));
}

static void cong_asks_the_algorithm(struct kunit *test)
{
	struct mytcp_cong_ops ops = diary_template;
	struct mytcp_cong c;

	ops.owner = NULL;
	memset(&diary, 0, sizeof(diary));
	memset(&c, 0xa5, sizeof(c));
	mytcp_cong_init(&c, &ops, 10);
	expect_diary(test, "i");
	KUNIT_EXPECT_EQ(test, c.cwnd, 10);
	KUNIT_EXPECT_EQ(test, c.priv[0], 0x600d);
	KUNIT_EXPECT_EQ(test, c.priv[12], 0);

	ack(&c, 3);
	KUNIT_EXPECT_EQ(test, diary.acked, 3);
	mytcp_cong_enter_recovery(&c, 100);
	KUNIT_EXPECT_EQ(test, diary.cwnd, 10);
	ack(&c, 3);
	mytcp_cong_exit_recovery(&c);
	expect_diary(test, "asFR");

	mytcp_cong_on_rto(&c, 5);
	/* Whatever the algorithm says: RFC 5681 (4). */
	KUNIT_EXPECT_EQ(test, c.ssthresh, 2);
	KUNIT_EXPECT_EQ(test, diary.cwnd, 1);
	mytcp_cong_on_rto(&c, 5);
	ack(&c, 9);
	KUNIT_EXPECT_EQ(test, diary.acked, 1);
	mytcp_cong_undo(&c);
	KUNIT_EXPECT_EQ(test, c.cwnd, 77);
	expect_diary(test, "sLLauR");

	mytcp_cong_idle_restart(&c, 10, 999, 1000);
	mytcp_cong_idle_restart(&c, 10, 1001, 1000);
	expect_diary(test, "I");

	mytcp_cong_enter_cwr(&c);
	mytcp_cong_enter_recovery(&c, 100);
	mytcp_cong_exit_recovery(&c);
	mytcp_cong_enter_cwr(&c);
	mytcp_cong_exit_cwr(&c);
	mytcp_cong_release(&c);
	expect_diary(test, "sCFRsCRr");
}

static u32 diary_ecn_ssthresh(struct mytcp_cong *c)
{
	note(c, 'e');
	return c->cwnd - 10;
}

static void diary_acked(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	note(c, 'A');
}

/* Those that need not be there: marks may count for less than a loss, not for more. */
static void cong_asks_for_marks(struct kunit *test)
{
	struct mytcp_cong_ops ops = diary_template;
	struct mytcp_cong c;

	ops.owner = NULL;
	ops.ecn_ssthresh = diary_ecn_ssthresh;
	ops.acked = diary_acked;
	memset(&diary, 0, sizeof(diary));
	mytcp_cong_init(&c, &ops, 100);
	mytcp_cong_enter_cwr(&c);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 90);
	mytcp_cong_enter_recovery(&c, 70);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 10);
	ack(&c, 1);
	mytcp_cong_exit_recovery(&c);
	expect_diary(test, "ieCsFAR");

	c.cwnd = 15;
	mytcp_cong_enter_cwr(&c);
	mytcp_cong_on_rto(&c, 1000);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 2);
	ack(&c, 0);
	ack(&c, 1);
	expect_diary(test, "eCsLAa");
	mytcp_cong_release(&c);
}

/* Only three operations must be there. */
static void cong_sparse_ops(struct kunit *test)
{
	struct mytcp_cong_ops ops = {
		.name = "sparse",
		.ssthresh = diary_ssthresh,
		.cong_avoid = diary_cong_avoid,
		.undo_cwnd = diary_undo_cwnd,
	};
	struct mytcp_cong c;

	memset(&diary, 0, sizeof(diary));
	mytcp_cong_init(&c, &ops, 10);
	mytcp_cong_enter_recovery(&c, 10);
	mytcp_cong_exit_recovery(&c);
	mytcp_cong_on_rto(&c, 10);
	mytcp_cong_release(&c);
	expect_diary(test, "ss");
}

/* The list */

static void cong_find_reno(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("reno"), &mytcp_cong_reno);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("Reno"), NULL);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("ren"), NULL);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("renox"), NULL);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find(""), NULL);
}

static void cong_register_find_unregister(struct kunit *test)
{
	struct mytcp_cong_ops one = diary_template, two = diary_template;

	two.name = "second";
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("diary"), NULL);
	KUNIT_ASSERT_EQ(test, mytcp_cong_register(&one), 0);
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&one), -EEXIST);
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&two), 0);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("diary"), &one);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("second"), &two);
	mytcp_cong_unregister(&one);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("diary"), NULL);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("second"), &two);
	mytcp_cong_unregister(&two);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("second"), NULL);
	module_put(THIS_MODULE);
	module_put(THIS_MODULE);
	module_put(THIS_MODULE);
}

static void cong_register_refuses(struct kunit *test)
{
	struct mytcp_cong_ops ops = diary_template;

	ops.name = NULL;
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EINVAL);
	ops.name = "";
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EINVAL);
	ops.name = "sixteen-letters-";
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EINVAL);
	ops.name = "reno";
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EEXIST);

	ops = diary_template;
	ops.ssthresh = NULL;
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EINVAL);
	ops = diary_template;
	ops.cong_avoid = NULL;
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EINVAL);
	ops = diary_template;
	ops.undo_cwnd = NULL;
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), -EINVAL);

	ops = diary_template;
	ops.name = "fifteen-letters";
	KUNIT_EXPECT_EQ(test, mytcp_cong_register(&ops), 0);
	mytcp_cong_unregister(&ops);
}

/* A connection keeps its algorithm's module, and lets it go. */
static void cong_holds_the_module(struct kunit *test)
{
	struct mytcp_cong_ops ops = diary_template;
	const struct mytcp_cong_ops *found;
	struct mytcp_cong c;
	int before;

	before = module_refcount(THIS_MODULE);
	KUNIT_ASSERT_EQ(test, mytcp_cong_register(&ops), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	found = mytcp_cong_find("diary");
	KUNIT_ASSERT_PTR_EQ(test, found, &ops);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	mytcp_cong_init(&c, found, 10);
	mytcp_cong_release(&c);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	mytcp_cong_unregister(&ops);
}

static struct kunit_case cong_cases[] = {
	KUNIT_CASE(cong_initial_window),
	KUNIT_CASE(cong_slow_start_doubles),
	KUNIT_CASE(cong_slow_start_stretch_acks),
	KUNIT_CASE(cong_slow_start_ends_at_ssthresh),
	KUNIT_CASE(cong_avoidance_is_linear),
	KUNIT_CASE(cong_avoidance_large_ack),
	KUNIT_CASE(cong_grows_only_when_limited),
	KUNIT_CASE(cong_nothing_acked),
	KUNIT_CASE(cong_window_has_an_end),
	KUNIT_CASE(cong_ssthresh_by_flight),
	KUNIT_CASE(cong_rto_repeated),
	KUNIT_CASE(cong_slow_start_after_rto),
	KUNIT_CASE(cong_exit_after_rto_keeps_cwnd),
	KUNIT_CASE(cong_recovery_holds),
	KUNIT_CASE(cong_reduction_forgets_the_count),
	KUNIT_CASE(cong_rto_in_recovery),
	KUNIT_CASE(cong_exit_when_open),
	KUNIT_CASE(cong_undo),
	KUNIT_CASE(cong_marks),
	KUNIT_CASE(cong_marks_floor),
	KUNIT_CASE(cong_marks_open_nothing),
	KUNIT_CASE(cong_loss_after_marks),
	KUNIT_CASE(cong_pause_after_marks),
	KUNIT_CASE(cong_marks_are_not_undone),
	KUNIT_CASE(cong_pipe_equals_inflation),
	KUNIT_CASE(cong_idle_restart),
	KUNIT_CASE(cong_app_limited),
	KUNIT_CASE(cong_idle_for_long),
	KUNIT_CASE(cong_reno_sawtooth),
	KUNIT_CASE(cong_asks_the_algorithm),
	KUNIT_CASE(cong_asks_for_marks),
	KUNIT_CASE(cong_sparse_ops),
	KUNIT_CASE(cong_find_reno),
	KUNIT_CASE(cong_register_find_unregister),
	KUNIT_CASE(cong_register_refuses),
	KUNIT_CASE(cong_holds_the_module),
	{}
};

static struct kunit_suite cong_suite = {
	.name = "mytcp-cong",
	.test_cases = cong_cases,
};

kunit_test_suite(cong_suite);
