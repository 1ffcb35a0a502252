// SPDX-License-Identifier: GPL-2.0
/*
 * BBR alone: its model and its states, by ACKs made up for a path whose rate and
 * round trip the test knows. Section numbers are draft-ietf-ccwg-bbr's.
 */
#include <linux/kernel.h>

#include "../../module/cong_bbr.h"
#include "conv.h"

#define MSS	1000
#define IW	10
#define RTT_US	(100 * USEC_PER_MSEC)

/*
 * struct world - a connection and its path
 * @c: the connection
 * @b: its state
 * @now_us: the time
 * @rtt_us: the next sample of the round trip: each is a little less than the one before,
 *	so that nobody has to probe it
 * @srtt_us: the smoothed one
 * @delivered: segments so far
 * @in_flight: segments on the way, after each ACK
 * @lost: segments lost since the newest that is acknowledged was sent
 * @tx_in_flight: on the way when that was sent
 * @app_limited: the samples are
 * @cwnd_limited: the window held back
 * @probing: what cong_control() returned last
 */
struct world {
	struct mytcp_cong c;
	struct bbr *b;
	u64 now_us;
	u32 rtt_us;
	u32 srtt_us;
	u32 delivered;
	u32 in_flight;
	u32 lost;
	u32 tx_in_flight;
	bool app_limited;
	bool cwnd_limited;
	bool probing;
};

static void begin(struct world *w)
{
	*w = (struct world) {
		.now_us = 5 * USEC_PER_SEC,
		.rtt_us = RTT_US,
		.srtt_us = RTT_US,
	};
	mytcp_cong_init(&w->c, &mytcp_cong_bbr, IW);
	w->b = bbr_of(&w->c);
}

/*
 * An ACK: "sample" segments were delivered in "interval_us", since "prior" had been;
 * "acked" of them by this ACK.
 */
static void ack(struct world *w, u32 acked, u32 prior, u32 sample, u32 interval_us, s32 rtt_us)
{
	const struct mytcp_rate_sample rs = {
		.has_data = acked,
		.app_limited = w->app_limited,
		.prior_delivered = prior,
		.delivered = sample,
		.interval_us = interval_us,
		.lost = w->lost,
		.tx_in_flight = w->tx_in_flight ?: sample,
	};
	struct mytcp_ack_sample s = {
		.acked = acked,
		.rtt_us = rtt_us,
		.now_ns = w->now_us * NSEC_PER_USEC,
		.cwnd_limited = w->cwnd_limited,
		.rate = &rs,
		.now_in_flight = w->in_flight,
		.srtt_us = w->srtt_us,
		.mss = MSS,
		.exact = true,
	};

	w->delivered += acked;
	s.delivered = w->delivered;
	w->probing = mytcp_cong_bbr.cong_control(&w->c, &s);
}

/* In a round trip so many segments are acknowledged, each for itself. */
static void round_trip(struct world *w, u32 segments)
{
	u32 start = w->delivered;
	u32 n;

	w->rtt_us--;
	for (n = 0; n < segments; n++) {
		w->now_us += RTT_US / segments;
		ack(w, 1, n ? start - 1 : start, segments, RTT_US, w->rtt_us);
	}
}

static u32 state_of(const struct world *w)
{
	return w->b->state;
}

static void lose(struct world *w, u32 segments, u32 lost, u32 tx_in_flight)
{
	const struct mytcp_loss_sample l = {
		.segments = segments,
		.tx_in_flight = tx_in_flight,
		.lost = lost,
		.delivered = w->delivered,
		.now_ns = w->now_us * NSEC_PER_USEC,
		.app_limited = w->app_limited,
		.sack = true,
	};

	mytcp_cong_on_loss(&w->c, &l);
}

/* Bandwidths and rates are rounded down a little. */
static void expect_near(struct kunit *test, u64 got, u64 want)
{
	KUNIT_EXPECT_GE(test, got, want - want / 100);
	KUNIT_EXPECT_LE(test, got, want);
}

/* The pacing rate for "segments" in a round trip, with a gain in percent. */
static void expect_pacing(struct kunit *test, const struct world *w, u32 segments,
			  u32 gain)
{
	expect_near(test, w->c.pacing_rate,
		    (u64)segments * MSS * USEC_PER_SEC / RTT_US * gain / 100 * 99 / 100 + 100);
}

/* Startup ends at 40 segments in a round trip; Drain begins. */
static void fill_pipe(struct kunit *test, struct world *w)
{
	u32 n;

	begin(w);
	w->in_flight = 80;
	round_trip(w, 10);
	round_trip(w, 20);
	for (n = 0; n < 4; n++) {
		KUNIT_ASSERT_EQ(test, state_of(w), BBR_STARTUP);
		round_trip(w, 40);
	}
	KUNIT_ASSERT_EQ(test, state_of(w), BBR_DRAIN);
}

/* The queue is empty at the end of Drain, so that DOWN has nothing to do. */
static void reach_cruise(struct kunit *test, struct world *w)
{
	fill_pipe(test, w);
	w->in_flight = 40;
	round_trip(w, 40);
	KUNIT_ASSERT_EQ(test, state_of(w), BBR_PROBE_BW_CRUISE);
}

/* Twice the volume of 40, and a little for ACKs that come at once. */
static void expect_window(struct kunit *test, const struct world *w, u32 segments)
{
	KUNIT_EXPECT_GE(test, w->c.cwnd, segments);
	KUNIT_EXPECT_LE(test, w->c.cwnd, segments + 4);
}

/* Until the state is another; the number of round trips. */
static u32 stay(struct world *w, u32 segments)
{
	u32 state = w->b->state;
	u32 rounds = 0;

	while (w->b->state == state && rounds < 100) {
		round_trip(w, segments);
		rounds++;
	}
	return rounds;
}

static void reach_up(struct kunit *test, struct world *w)
{
	reach_cruise(test, w);
	stay(w, 40);
	KUNIT_ASSERT_EQ(test, state_of(w), BBR_PROBE_BW_REFILL);
	round_trip(w, 40);
	KUNIT_ASSERT_EQ(test, state_of(w), BBR_PROBE_BW_UP);
}

/* --- Startup, 5.3.1 --- */

/* 5.6.2: before there is a bandwidth, 2.77 initial windows in a round trip. */
static void initial_rate(struct kunit *test)
{
	struct world w;

	begin(&w);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_STARTUP);
	w.in_flight = 10;
	w.now_us += RTT_US;
	ack(&w, 1, w.delivered, 1, RTT_US, RTT_US);
	expect_near(test, w.c.pacing_rate, 277000);
	/* 5.6.4.6: in Startup the window grows by what is acknowledged */
	KUNIT_EXPECT_EQ(test, w.c.cwnd, IW + 1U);
}

/* A window that the shortest round trip makes a bandwidth of more than 32 bits. */
static void initial_rate_is_bound(struct kunit *test)
{
	struct world w;

	begin(&w);
	mytcp_cong_init(&w.c, &mytcp_cong_bbr, 1 << (32 - BBR_BW_SHIFT));
	w.srtt_us = 1;
	ack(&w, 0, 0, 0, 0, -1);
	KUNIT_EXPECT_GT(test, w.c.pacing_rate, 1ULL << 33);
}

/* Nor is it ever 0, which would say that nobody is to pace. */
static void initial_rate_is_some(struct kunit *test)
{
	struct world w;

	begin(&w);
	w.srtt_us = MYTCP_RTT_MAX_US;
	ack(&w, 0, 0, 0, 0, -1);
	KUNIT_EXPECT_GT(test, w.c.pacing_rate, 0ULL);
}

/* Each round trip may bring twice as much. */
static void startup_doubles(struct kunit *test)
{
	struct world w;
	u32 n;

	begin(&w);
	for (n = 10; n <= 640; n *= 2) {
		w.in_flight = n;
		round_trip(&w, n);
		KUNIT_EXPECT_EQ(test, state_of(&w), BBR_STARTUP);
		/* The first is no more than the initial rate, but for the margin */
		if (n > 10)
			expect_pacing(test, &w, n, 277);
		KUNIT_EXPECT_GE(test, w.c.cwnd, 2 * n - n / 10);
	}
}

/* 5.3.1.2: three round trips with less than a quarter more. */
static void startup_plateau(struct kunit *test)
{
	struct world w;

	fill_pipe(test, &w);
	KUNIT_EXPECT_TRUE(test, w.b->full_bw_reached);
	expect_pacing(test, &w, 40, 50);
	/* A quarter more is growth */
	begin(&w);
	w.in_flight = 80;
	round_trip(&w, 40);
	round_trip(&w, 40);
	round_trip(&w, 40);
	round_trip(&w, 50);
	round_trip(&w, 50);
	round_trip(&w, 50);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_STARTUP);
	round_trip(&w, 50);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_DRAIN);
}

/* Round trips in which the application gave too little show nothing. */
static void startup_app_limited(struct kunit *test)
{
	struct world w;
	u32 n;

	begin(&w);
	w.app_limited = true;
	for (n = 0; n < 10; n++)
		round_trip(&w, 5);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_STARTUP);
	KUNIT_EXPECT_EQ(test, (u32)w.b->full_bw_count, 0U);
	/* 5.5.5: they count as a bandwidth only when they are the largest */
	KUNIT_EXPECT_GT(test, bbr_max_bw(w.b), 0U);
	round_trip(&w, 4);
	expect_near(test, bbr_bdp(w.b, bbr_max_bw(w.b), BIT(BBR_GAIN_SHIFT)), 5);
}

/* 5.3.1.3: in recovery, six losses and more than 2 % in a round trip. */
static void startup_losses(struct kunit *test)
{
	struct world w;
	u32 n;

	begin(&w);
	w.in_flight = 80;
	round_trip(&w, 10);
	round_trip(&w, 20);
	mytcp_cong_enter_recovery(&w.c, 40);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, 40U);
	w.lost = 6;
	for (n = 0; n < 6; n++) {
		lose(&w, 1, n + 1, 40);
		w.now_us += 1000;
		ack(&w, 1, w.delivered - 20, 20, RTT_US, RTT_US);
		KUNIT_EXPECT_EQ(test, state_of(&w), BBR_STARTUP);
	}
	w.tx_in_flight = 40;
	round_trip(&w, 30);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_DRAIN);
	/* The most that was delivered in a round trip, or the bandwidth's volume */
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, 30U);
	KUNIT_EXPECT_TRUE(test, w.b->full_bw_reached);
}

/* Five are not enough. */
static void startup_few_losses(struct kunit *test)
{
	struct world w;
	u32 n;

	begin(&w);
	w.in_flight = 80;
	round_trip(&w, 20);
	mytcp_cong_enter_recovery(&w.c, 40);
	w.lost = 5;
	for (n = 0; n < 5; n++) {
		lose(&w, 1, n + 1, 40);
		w.now_us += 1000;
		ack(&w, 1, w.delivered - 20, 20, RTT_US, RTT_US);
	}
	w.tx_in_flight = 40;
	round_trip(&w, 40);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_STARTUP);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, BBR_INFINITY);
}

/* --- Drain, 5.3.2 --- */

static void drain_empties(struct kunit *test)
{
	struct world w;

	fill_pipe(test, &w);
	w.in_flight = 41;
	round_trip(&w, 40);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_DRAIN);
	w.in_flight = 40;
	w.now_us += 10;
	ack(&w, 1, w.delivered - 1, 40, RTT_US, RTT_US);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_CRUISE);
}

/* A bandwidth that was thought too large must not hold it up. */
static void drain_gives_up(struct kunit *test)
{
	struct world w;

	fill_pipe(test, &w);
	w.in_flight = 80;
	KUNIT_EXPECT_EQ(test, stay(&w, 40), 4U);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
}

/* --- ProbeBW, 5.3.3 --- */

/* A cycle, with its gains: 5.6.1 */
static void probe_bw_cycle(struct kunit *test)
{
	struct world w;
	u32 rounds;

	fill_pipe(test, &w);
	w.in_flight = 80;
	stay(&w, 40);
	KUNIT_ASSERT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
	expect_pacing(test, &w, 40, 90);
	expect_window(test, &w, 80);
	w.in_flight = 41;
	round_trip(&w, 40);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
	w.in_flight = 40;
	round_trip(&w, 40);
	KUNIT_ASSERT_EQ(test, state_of(&w), BBR_PROBE_BW_CRUISE);
	expect_pacing(test, &w, 40, 100);
	/* Two to three seconds after DOWN began, two round trips ago */
	rounds = stay(&w, 40) + 2;
	KUNIT_EXPECT_GE(test, rounds, 19U);
	KUNIT_EXPECT_LE(test, rounds, 31U);
	KUNIT_ASSERT_EQ(test, state_of(&w), BBR_PROBE_BW_REFILL);
	expect_pacing(test, &w, 40, 100);
	round_trip(&w, 40);
	KUNIT_ASSERT_EQ(test, state_of(&w), BBR_PROBE_BW_UP);
	expect_pacing(test, &w, 40, 125);
	/* 2.25 of the volume, and two segments */
	round_trip(&w, 40);
	expect_window(test, &w, 92);
	w.in_flight = 90;
	/* It is full when three round trips do not bring a quarter more */
	KUNIT_EXPECT_EQ(test, stay(&w, 40), 2U);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
}

/* 5.3.3.5.2: a small volume is probed as often as Reno would. */
static void reno_coexistence(struct kunit *test)
{
	struct world w;
	u32 n;

	begin(&w);
	w.in_flight = 80;
	for (n = 0; n < 4; n++)
		round_trip(&w, 8);
	w.in_flight = 8;
	round_trip(&w, 8);
	KUNIT_ASSERT_TRUE(test, bbr_in_probe_bw(w.b));
	/* 8 round trips, or 7: the count begins at random */
	n = 0;
	while (w.b->state != BBR_PROBE_BW_REFILL && n < 30) {
		round_trip(&w, 8);
		n++;
	}
	KUNIT_EXPECT_GE(test, n, 6U);
	KUNIT_EXPECT_LE(test, n, 8U);
}

/* More bandwidth is found: UP goes on, and the cycle's maximum is the new one. */
static void up_finds_more(struct kunit *test)
{
	struct world w;

	reach_up(test, &w);
	round_trip(&w, 50);
	round_trip(&w, 63);
	round_trip(&w, 79);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_UP);
	expect_pacing(test, &w, 79, 125);
	w.in_flight = 90;
	stay(&w, 79);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
}

/* 5.5.6: what was measured two cycles ago is forgotten. */
static void forgets_bandwidth(struct kunit *test)
{
	struct world w;
	u32 cycles, n;

	reach_up(test, &w);
	stay(&w, 40);
	for (cycles = 0; cycles < 2; cycles++) {
		expect_near(test, bbr_bdp(w.b, bbr_max_bw(w.b), BIT(BBR_GAIN_SHIFT)), 40);
		w.in_flight = 20;
		for (n = 0; n < 60 && w.b->state != BBR_PROBE_BW_UP; n++)
			round_trip(&w, 20);
		KUNIT_ASSERT_EQ(test, state_of(&w), BBR_PROBE_BW_UP);
		stay(&w, 20);
	}
	round_trip(&w, 20);
	round_trip(&w, 20);
	expect_near(test, bbr_bdp(w.b, bbr_max_bw(w.b), BIT(BBR_GAIN_SHIFT)), 20);
}

/* 5.5.10.2: too many losses of what UP sent: the volume is bound, once, and DOWN. */
static void up_loses(struct kunit *test)
{
	struct world w;

	reach_up(test, &w);
	round_trip(&w, 40);
	/* 2 of 100: just what is tolerated */
	lose(&w, 1, 2, 100);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_UP);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, BBR_INFINITY);
	lose(&w, 1, 3, 100);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
	/* 99 before it with 2 lost; 2 % of 99 was crossed before that one */
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, 99U);
	lose(&w, 1, 30, 50);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, 99U);
}

/* Not by more than 0.7 of what is wanted; and what an application limits is no sign. */
static void up_loses_bound(struct kunit *test)
{
	struct world w;

	reach_up(test, &w);
	round_trip(&w, 40);
	lose(&w, 1, 5, 10);
	/* 0.7 of the volume, which is 40 */
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, 28U);
	reach_up(test, &w);
	w.app_limited = true;
	lose(&w, 1, 5, 10);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
}

static void inflight_at_loss(struct kunit *test)
{
	struct mytcp_loss_sample l = { .segments = 20, .tx_in_flight = 120, .lost = 20 };

	/* (0.02 * 100 - 0) / 0.98 = 2.04 of the 20 were enough */
	KUNIT_EXPECT_EQ(test, bbr_inflight_at_loss(&l), 102U);
	l.lost = 21;
	/* (2 - 1) / 0.98 */
	KUNIT_EXPECT_EQ(test, bbr_inflight_at_loss(&l), 101U);
	l.lost = 120;
	KUNIT_EXPECT_EQ(test, bbr_inflight_at_loss(&l), 100U);
	l.tx_in_flight = 10;
	KUNIT_EXPECT_EQ(test, bbr_inflight_at_loss(&l), 10U);
}

/* 5.3.3.4: the bound grows by 1, 2, 4 ... in a round trip when it is what holds back. */
static void bound_grows(struct kunit *test)
{
	struct world w;
	u32 bound;

	reach_up(test, &w);
	w.b->inflight_longterm = 60;
	w.c.cwnd = 60;
	w.cwnd_limited = true;
	/* The first round trip's slope was set before; this is the second's, and so on */
	w.tx_in_flight = 60;
	round_trip(&w, 60);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, 62U);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, 62U);
	round_trip(&w, 62);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, 66U);
	round_trip(&w, 66);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, 74U);
	bound = 74;
	/* The bound held back, not the path: the pipe is not thought full */
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_UP);
	/* When it does not hold back it stays */
	w.cwnd_limited = false;
	w.tx_in_flight = 20;
	round_trip(&w, 20);
	round_trip(&w, 20);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, bound);
}

/* 5.6.4.7: CRUISE leaves 15 % of the bound to others, the other states use it. */
static void headroom(struct kunit *test)
{
	struct world w;

	reach_cruise(test, &w);
	w.b->state = BBR_PROBE_BW_DOWN;
	w.b->inflight_longterm = 50;
	w.in_flight = 60;
	round_trip(&w, 40);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, 50U);
	/* No more than the volume, but more than 0.85 of 40 */
	w.b->inflight_longterm = 40;
	w.in_flight = 35;
	w.tx_in_flight = 40;
	round_trip(&w, 40);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
	w.in_flight = 34;
	round_trip(&w, 40);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_CRUISE);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, 34U);
}

/* 5.5.10.3: losses while not probing: 0.7 of it in each round trip, or what came. */
static void cruise_loses(struct kunit *test)
{
	struct world w;

	u32 window;

	reach_cruise(test, &w);
	round_trip(&w, 40);
	window = w.c.cwnd;
	lose(&w, 1, 1, 80);
	round_trip(&w, 10);
	/* 40 came in the round trip before: bandwidth as before, volume 0.7 of 80 */
	KUNIT_EXPECT_EQ(test, w.b->inflight_shortterm, window * 7 / 10);
	expect_pacing(test, &w, 40, 100);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, window * 7 / 10);
	lose(&w, 1, 1, 80);
	round_trip(&w, 10);
	/* Now 10 came: 0.7 of both */
	expect_pacing(test, &w, 28, 100);
	KUNIT_EXPECT_EQ(test, w.b->inflight_shortterm, window * 7 / 10 * 7 / 10);
	/* A round trip without loss changes nothing */
	round_trip(&w, 10);
	KUNIT_EXPECT_EQ(test, w.b->inflight_shortterm, window * 7 / 10 * 7 / 10);
	/* REFILL forgets it all */
	stay(&w, 28);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_REFILL);
	KUNIT_EXPECT_EQ(test, w.b->inflight_shortterm, BBR_INFINITY);
	expect_pacing(test, &w, 40, 100);
}

/* RFC 3168: marks of a round trip are one loss; nobody else sets the window. */
static void cruise_marks(struct kunit *test)
{
	struct world w;
	u32 window;

	reach_cruise(test, &w);
	round_trip(&w, 40);
	window = w.c.cwnd;
	mytcp_cong_enter_cwr(&w.c);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, window);
	KUNIT_EXPECT_EQ(test, w.c.ssthresh, MYTCP_SSTHRESH_INF);
	round_trip(&w, 10);
	KUNIT_EXPECT_EQ(test, w.b->inflight_shortterm, window * 7 / 10);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, window * 7 / 10);
	mytcp_cong_exit_cwr(&w.c);
	KUNIT_EXPECT_EQ(test, w.c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, w.c.ssthresh, MYTCP_SSTHRESH_INF);
	/* The long-term bound is for probes that were too much. */
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, BBR_INFINITY);
	round_trip(&w, 10);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, window * 7 / 10);
}

/* --- ProbeRTT, 5.3.4 --- */

/* Five seconds without a round trip as short: half of the volume for 200 ms. */
static void probe_rtt(struct kunit *test)
{
	struct world w;
	u32 n;

	reach_cruise(test, &w);
	for (n = 0; n < 60 && w.b->state != BBR_PROBE_RTT; n++) {
		w.now_us += RTT_US;
		ack(&w, 40, w.delivered, 40, RTT_US, RTT_US + 1000);
	}
	KUNIT_ASSERT_EQ(test, state_of(&w), BBR_PROBE_RTT);
	KUNIT_EXPECT_TRUE(test, w.probing);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, 20U);
	expect_pacing(test, &w, 40, 100);
	/* The clock begins when so little is on the way */
	w.in_flight = 21;
	round_trip(&w, 20);
	KUNIT_EXPECT_EQ(test, w.b->probe_rtt_done_ms, 0U);
	w.in_flight = 20;
	round_trip(&w, 20);
	KUNIT_EXPECT_NE(test, w.b->probe_rtt_done_ms, 0U);
	round_trip(&w, 20);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_RTT);
	round_trip(&w, 20);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_CRUISE);
	/* As it was before */
	KUNIT_EXPECT_GE(test, w.c.cwnd, 80U);
	KUNIT_EXPECT_EQ(test, w.b->min_rtt_us, w.rtt_us);
}

/* A path that has become longer is believed after 10 s. */
static void longer_path(struct kunit *test)
{
	struct world w;
	u32 n;

	reach_cruise(test, &w);
	w.in_flight = 4;
	for (n = 0; n < 110; n++) {
		w.now_us += RTT_US;
		ack(&w, 40, w.delivered, 40, RTT_US, RTT_US + 50000);
	}
	KUNIT_EXPECT_EQ(test, w.b->min_rtt_us, RTT_US + 50000U);
	/* A shorter one at once */
	w.now_us += RTT_US;
	ack(&w, 40, w.delivered, 40, RTT_US, 30000);
	KUNIT_EXPECT_EQ(test, w.b->min_rtt_us, 30000U);
}

/* 5.3.4.2: silence serves as well. It ends at the bandwidth: 5.4.1 */
static void idle(struct kunit *test)
{
	struct world w;

	reach_up(test, &w);
	expect_pacing(test, &w, 40, 125);
	w.now_us += 20 * USEC_PER_SEC;
	mytcp_cong_bbr.send_start(&w.c, w.now_us * NSEC_PER_USEC, true);
	expect_pacing(test, &w, 40, 100);
	KUNIT_EXPECT_TRUE(test, w.b->idle_restart);
	round_trip(&w, 40);
	KUNIT_EXPECT_TRUE(test, bbr_in_probe_bw(w.b));
	KUNIT_EXPECT_FALSE(test, w.b->idle_restart);
	/* The window is what it was */
	KUNIT_EXPECT_GE(test, w.c.cwnd, 80U);
	mytcp_cong_idle_restart(&w.c, IW, 20 * USEC_PER_SEC, USEC_PER_SEC);
	KUNIT_EXPECT_GE(test, w.c.cwnd, 80U);
	/* The window and not the application was the limit: no silence */
	mytcp_cong_bbr.send_start(&w.c, w.now_us * NSEC_PER_USEC, false);
	KUNIT_EXPECT_FALSE(test, w.b->idle_restart);
}

/* An idle sender gets an ACK with text of the peer's: that is no time to probe either. */
static void idle_ack(struct kunit *test)
{
	struct world w;

	reach_up(test, &w);
	w.in_flight = 0;
	w.now_us += 6 * USEC_PER_SEC;
	ack(&w, 0, 0, 0, 0, -1);
	KUNIT_EXPECT_NE(test, state_of(&w), BBR_PROBE_RTT);
	KUNIT_EXPECT_FALSE(test, w.probing);
	mytcp_cong_bbr.send_start(&w.c, w.now_us * NSEC_PER_USEC, true);
	w.in_flight = 40;
	round_trip(&w, 40);
	KUNIT_EXPECT_TRUE(test, bbr_in_probe_bw(w.b));
	KUNIT_EXPECT_GE(test, w.c.cwnd, 80U);
}

/* --- The window --- */

/* 5.5.9: what comes at once beyond the bandwidth may be on the way in addition. */
static void aggregation(struct kunit *test)
{
	struct world w;

	reach_cruise(test, &w);
	round_trip(&w, 40);
	expect_window(test, &w, 80);
	/* 30 at once, 10 ms after the last ACK, in which 4 were expected */
	w.now_us += 10 * USEC_PER_MSEC;
	ack(&w, 30, w.delivered - 1, 40, RTT_US, RTT_US);
	expect_window(test, &w, 80 + 26);
}

/* Four segments at least: 5.6.4.3 */
static void least_window(struct kunit *test)
{
	struct world w;
	u32 n;

	begin(&w);
	w.in_flight = 1;
	for (n = 0; n < 10; n++)
		round_trip(&w, 1);
	KUNIT_EXPECT_GE(test, w.c.cwnd, 4U);
	/* Three bursts of two segments: 5.5.8.1 */
	KUNIT_EXPECT_LE(test, w.c.cwnd, 14U);
}

/* 5.6.4.4: a timeout leaves one segment; what was good comes back afterwards. */
static void timeout(struct kunit *test)
{
	struct world w;

	reach_cruise(test, &w);
	round_trip(&w, 40);
	mytcp_cong_on_rto(&w.c, 40);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, 1U);
	round_trip(&w, 1);
	KUNIT_EXPECT_EQ(test, w.c.cwnd, 4U);
	mytcp_cong_exit_recovery(&w.c);
	expect_window(test, &w, 80);
}

/* 5.5.11: nothing was lost after all of what the ACK that began the recovery told of. */
static void undone(struct kunit *test)
{
	struct world w;

	reach_up(test, &w);
	round_trip(&w, 40);
	lose(&w, 1, 5, 100);
	lose(&w, 1, 6, 100);
	mytcp_cong_enter_recovery(&w.c, 90);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_DOWN);
	KUNIT_EXPECT_NE(test, w.b->inflight_longterm, BBR_INFINITY);
	mytcp_cong_undo(&w.c);
	KUNIT_EXPECT_EQ(test, state_of(&w), BBR_PROBE_BW_UP);
	KUNIT_EXPECT_EQ(test, w.b->inflight_longterm, BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, w.c.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_GE(test, w.c.cwnd, 80U);
}

/* Neither 3 Tbit/s nor an hour nor the circles' ends are too much. */
static void extremes(struct kunit *test)
{
	struct world w;

	begin(&w);
	w.delivered = -20;
	w.b->next_round_delivered = -20;
	w.b->loss_round_delivered = -20;
	w.now_us = ((u64)U32_MAX << 10) - 1000;
	w.in_flight = 1 << 20;
	w.now_us += 100;
	ack(&w, 1 << 20, w.delivered, 1 << 20, 100, 100);
	KUNIT_EXPECT_GT(test, w.c.pacing_rate, 1ULL << 33);
	KUNIT_EXPECT_LE(test, w.c.cwnd, MYTCP_CWND_MAX);
	w.now_us += 3600ull * USEC_PER_SEC;
	ack(&w, 1, w.delivered, 1, 3600u * USEC_PER_SEC, 200 * USEC_PER_SEC);
	KUNIT_EXPECT_GE(test, w.c.cwnd, 4U);
	/* An ACK that delivers nothing */
	ack(&w, 0, 0, 0, 0, -1);
	KUNIT_EXPECT_FALSE(test, w.b->round_start);
}

/* --- A connection --- */

static void by_name(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("bbr"), &mytcp_cong_bbr);
}

/* The first ACK brings the rate, and the connection keeps to it. */
static void paces(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .sack = true, .sndbuf = 1 << 20);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 n;

	mytcp_rtt_init(&ms->rtt, MYTCP_RTO_INIT_US);
	mytcp_rtt_sample(&ms->rtt, RTT_US, MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US);
	mytcp_cong_init(&ms->cong, &mytcp_cong_bbr, IW);
	SEND_N(c, 60 * MSS);
	for (n = 0; n < 10; n++)
		EXPECT(c, ACK, 1 + n * MSS, 1, .len = MSS);
	RUN(c, 100);
	PEER(c, ACK, 1, 1 + 10 * MSS);
	MARK(c);
	KUNIT_EXPECT_EQ(test, c->sk->sk_pacing_status, (u32)SK_PACING_NEEDED);
	expect_near(test, c->sk->sk_pacing_rate, 277000);
	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, 20U);
	/* 20 more, one in 3.6 ms */
	RUN(c, 36);
	KUNIT_EXPECT_GE(test, skb_queue_len(&c->sent), 10U);
	KUNIT_EXPECT_LE(test, skb_queue_len(&c->sent), 12U);
	RUN(c, 44);
	KUNIT_EXPECT_EQ(test, ms->packets_out, 20U);
}

/* Another algorithm takes over in a recovery, which ends at the window of then. */
static void replaced(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS,
				   .congestion = &mytcp_cong_bbr);
	struct mytcp_cong *cong = &mytcp_sk(c->sk)->cong;

	mytcp_cong_enter_recovery(cong, IW);
	KUNIT_EXPECT_EQ(test, c->sock->ops->setsockopt(c->sock, SOL_TCP, TCP_CONGESTION,
						       KERNEL_SOCKPTR("cubic"), 5), 0);
	KUNIT_EXPECT_PTR_EQ(test, cong->ops, &mytcp_cong_cubic);
	mytcp_cong_exit_recovery(cong);
	KUNIT_EXPECT_EQ(test, cong->cwnd, IW);
}

/* Likewise while marks are answered. */
static void replaced_after_marks(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS,
				   .congestion = &mytcp_cong_bbr);
	struct mytcp_cong *cong = &mytcp_sk(c->sk)->cong;

	mytcp_cong_enter_cwr(cong);
	KUNIT_EXPECT_EQ(test, c->sock->ops->setsockopt(c->sock, SOL_TCP, TCP_CONGESTION,
						       KERNEL_SOCKPTR("cubic"), 5), 0);
	mytcp_cong_exit_cwr(cong);
	KUNIT_EXPECT_EQ(test, cong->cwnd, IW);
}

static struct kunit_case bbr_cases[] = {
	KUNIT_CASE(initial_rate),
	KUNIT_CASE(initial_rate_is_bound),
	KUNIT_CASE(initial_rate_is_some),
	KUNIT_CASE(startup_doubles),
	KUNIT_CASE(startup_plateau),
	KUNIT_CASE(startup_app_limited),
	KUNIT_CASE(startup_losses),
	KUNIT_CASE(startup_few_losses),
	KUNIT_CASE(drain_empties),
	KUNIT_CASE(drain_gives_up),
	KUNIT_CASE(probe_bw_cycle),
	KUNIT_CASE(reno_coexistence),
	KUNIT_CASE(up_finds_more),
	KUNIT_CASE(forgets_bandwidth),
	KUNIT_CASE(up_loses),
	KUNIT_CASE(up_loses_bound),
	KUNIT_CASE(inflight_at_loss),
	KUNIT_CASE(bound_grows),
	KUNIT_CASE(headroom),
	KUNIT_CASE(cruise_loses),
	KUNIT_CASE(cruise_marks),
	KUNIT_CASE(probe_rtt),
	KUNIT_CASE(longer_path),
	KUNIT_CASE(idle),
	KUNIT_CASE(idle_ack),
	KUNIT_CASE(aggregation),
	KUNIT_CASE(least_window),
	KUNIT_CASE(timeout),
	KUNIT_CASE(undone),
	KUNIT_CASE(extremes),
	KUNIT_CASE(by_name),
	KUNIT_CASE(paces),
	KUNIT_CASE(replaced),
	KUNIT_CASE(replaced_after_marks),
	{}
};

static struct kunit_suite bbr_suite = {
	.name = "mytcp-cong-bbr",
	.test_cases = bbr_cases,
};

kunit_test_suite(bbr_suite);
