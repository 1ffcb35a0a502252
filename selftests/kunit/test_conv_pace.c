// SPDX-License-Identifier: GPL-2.0
/*
 * Pacing: when data leave, by our own timer and by fq's; how much in one piece; the
 * rate that window and round trip make.
 */
#include "../../module/pace.h"
#include "../../module/sendqueue.h"
#include "conv.h"

#define MSS	1000

/* Connections with segments of 1000 octets: segment n begins at SEQ(n). */
#define SEQ(n)	(1 + (n) * MSS)

#define RTT_MS	100

/* One segment in 10 ms. */
#define RATE	(100 * MSS)
#define STEP_MS	10

/* So many go before pacing begins. */
#define FREE	10

#define BEGIN(test, ...)							\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,	\
		       .sndbuf = 1 << 20, __VA_ARGS__))

/* The window is no limit, and the path's round trip is known. */
static struct catch *begin(struct catch *c)
{
	conv_round_trip(c, RTT_MS * USEC_PER_MSEC);
	mytcp_sk(c->sk)->cong.cwnd = 40;
	return c;
}

static void max_rate(struct catch *c, int rate)
{
	KUNIT_ASSERT_EQ(c->test, catch_setsockopt(c, SOL_SOCKET, SO_MAX_PACING_RATE, rate), 0);
}

/* The first ones are away, and time has gone on until pacing owes nothing. */
static void pass_free(struct catch *c)
{
	SEND_N(c, FREE * MSS);
	FORGET(c);
	RUN(c, STEP_MS);
	PEER(c, ACK, 1, SEQ(FREE));
	EXPECT_NOTHING(c);
	MARK(c);
}

static void expect_at(struct catch *c, u32 n, u32 pushed, u32 at_ms)
{
	EXPECT(c, ACK | (n == pushed ? PSH : 0), SEQ(n), 1, .len = MSS, .at = at_ms);
}

/* --- By our own timer --- */

/* SO_MAX_PACING_RATE: each segment at its time. */
static void own_timer(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	max_rate(c, RATE);
	SEND_N(c, 15 * MSS);
	for (n = 0; n < FREE; n++)
		expect_at(c, n, 14, 0);
	EXPECT_NOTHING(c);
	RUN(c, 5 * STEP_MS);
	for (n = FREE; n < 15; n++)
		expect_at(c, n, 14, (n - FREE + 1) * STEP_MS);
	EXPECT_NOTHING(c);
}

/* Who has been silent may make up for half a step. */
static void makes_up(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	max_rate(c, RATE);
	pass_free(c);
	RUN(c, 3 * STEP_MS);
	MARK(c);
	SEND_N(c, 3 * MSS);
	RUN(c, 2 * STEP_MS);
	expect_at(c, FREE, FREE + 2, 0);
	expect_at(c, FREE + 1, FREE + 2, STEP_MS / 2);
	expect_at(c, FREE + 2, FREE + 2, STEP_MS / 2 + STEP_MS);
}

/*
 * A flight has filled the window: all of its ACKs open it, though what they make room
 * for waits for its time; those of what was paced below the window do not.
 */
static void full_flight_opens(struct kunit *test)
{
	struct catch *c = BEGIN(test, .congestion = &mytcp_cong_reno);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 n;

	max_rate(c, RATE);
	ms->cong.cwnd = FREE;
	SEND_N(c, 3 * FREE * MSS);
	RUN(c, RTT_MS);
	for (n = 1; n <= FREE; n++) {
		PEER(c, ACK, 1, SEQ(n));
		KUNIT_EXPECT_EQ(test, ms->cong.cwnd, FREE + n);
	}
	for (; n <= 3 * FREE; n++) {
		RUN(c, STEP_MS);
		PEER(c, ACK, 1, SEQ(n));
	}
	KUNIT_EXPECT_EQ(test, ms->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, 2U * FREE);
	FORGET(c);
}

/* Without a route the retransmission timer tries again, and not the pace. */
static void failure_is_not_paced(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .congestion = &mytcp_cong_reno);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 before;

	max_rate(c, RATE);
	SEND_N(c, 2 * FREE * MSS);
	RUN(c, 1000);
	FORGET(c);
	KUNIT_EXPECT_GE(test, COUNTED(c, rto_timeouts), 1UL);
	c->xmit_error = -EHOSTUNREACH;
	PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(1));
	before = ms->segs_out;
	RUN(c, 5000);
	c->xmit_error = 0;
	KUNIT_EXPECT_LT(test, ms->segs_out - before, 20U);
	FORGET(c);
}

/* ACKs and a FIN alone do not wait, and nobody waits for them. */
static void control_is_free(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	max_rate(c, RATE);
	SEND_N(c, 11 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(0), .len = MSS);
	PEER(c, ACK, 1 + MSS, SEQ(0), .len = MSS);
	EXPECT(c, ACK, SEQ(FREE), 1 + 2 * MSS);
	RUN(c, STEP_MS);
	EXPECT(c, ACK | PSH, SEQ(FREE), 1 + 2 * MSS, .len = MSS, .at = STEP_MS);
}

/* One segment in a second: the persist timer is not what sends the next. */
static void slow(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	max_rate(c, MSS);
	SEND_N(c, 13 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(FREE));
	MARK(c);
	for (n = FREE; n < 13; n++) {
		RUN(c, MSEC_PER_SEC);
		expect_at(c, n, 12, (n - FREE + 1) * MSEC_PER_SEC);
		EXPECT_NOTHING(c);
		PEER(c, ACK, 1, SEQ(n + 1));
	}
	EXPECT_COUNTED(c, retrans_segs, 0);
	EXPECT_COUNTED(c, persist_probes, 0);
}

/* What is sent again is paced, too, and goes first. */
static void paces_retransmissions(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	max_rate(c, RATE);
	pass_free(c);
	SEND_N(c, 12 * MSS);
	RUN(c, 12 * STEP_MS);
	FORGET(c);
	MARK(c);
	/* The first two are lost; PRR lets the second go, too, with the second ACK */
	PEER(c, ACK, 1, SEQ(FREE), .sacks = { { SEQ(FREE + 2), SEQ(FREE + 7) } });
	expect_at(c, FREE, FREE + 11, 0);
	PEER(c, ACK, 1, SEQ(FREE), .sacks = { { SEQ(FREE + 2), SEQ(FREE + 10) } });
	EXPECT_NOTHING(c);
	RUN(c, STEP_MS);
	expect_at(c, FREE + 1, FREE + 11, STEP_MS);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, retrans_segs, 2);
	EXPECT_COUNTED(c, rto_timeouts, 0);
}

/* The last data before a close wait for their time, and the FIN with them. */
static void closes_in_time(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	max_rate(c, RATE);
	SEND_N(c, 12 * MSS);
	FORGET(c);
	CLOSE(c);
	EXPECT_NOTHING(c);
	RUN(c, 2 * STEP_MS);
	expect_at(c, FREE, 11, STEP_MS);
	EXPECT(c, FIN | PSH | ACK, SEQ(FREE + 1), 1, .len = MSS, .at = 2 * STEP_MS);
	PEER(c, ACK, 1, SEQ(12) + 1);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
}

/* A rate that is taken away lets all go. */
static void rate_lifted(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	max_rate(c, MSS);
	SEND_N(c, 13 * MSS);
	FORGET(c);
	max_rate(c, -1);
	/* The first ACK brings the rate of the window: 2 x 40 x 1000 / 100 ms */
	PEER(c, ACK, 1, SEQ(FREE));
	KUNIT_EXPECT_GT(test, c->sk->sk_pacing_rate, 400000UL);
	RUN(c, 1100);
	expect_at(c, FREE, 12, MSEC_PER_SEC);
	EXPECT(c, ACK, SEQ(FREE + 1), 1, .len = MSS);
	EXPECT(c, ACK | PSH, SEQ(FREE + 2), 1, .len = MSS);
}

/* --- By fq --- */

static u64 departure(struct catch *c)
{
	return ktime_to_ns(skb_peek(&c->sent)->tstamp) - c->mark;
}

static void begin_fq(struct catch *c)
{
	max_rate(c, RATE);
	WRITE_ONCE(c->sk->sk_pacing_status, SK_PACING_FQ);
}

/* All is given to fq at once, each segment with its time. */
static void fq_departures(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	begin_fq(c);
	pass_free(c);
	SEND_N(c, 4 * MSS);
	for (n = 0; n < 4; n++) {
		KUNIT_EXPECT_EQ(test, departure(c), (u64)n * STEP_MS * NSEC_PER_MSEC);
		expect_at(c, FREE + n, FREE + 3, 0);
	}
	EXPECT_NOTHING(c);
}

/* The round trip begins with the departure. */
static void fq_round_trip(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	begin_fq(c);
	pass_free(c);
	SEND_N(c, 3 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(FREE + 1));
	RUN(c, STEP_MS + 30);
	mytcp_rtt_init(&ms->rtt, MYTCP_RTO_INIT_US);
	PEER(c, ACK, 1, SEQ(FREE + 2));
	KUNIT_EXPECT_EQ(test, ms->rtt.min_rtt_us, 30U * USEC_PER_MSEC);
}

/* Who does not hold packets back although fq had: no round trip is less than 0. */
static void fq_vanished(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	begin_fq(c);
	pass_free(c);
	SEND_N(c, 8 * MSS);
	FORGET(c);
	mytcp_rtt_init(&ms->rtt, MYTCP_RTO_INIT_US);
	PEER(c, ACK, 1, SEQ(FREE), .sacks = { { SEQ(FREE + 6), SEQ(FREE + 7) } });
	KUNIT_EXPECT_EQ(test, ms->rtt.min_rtt_us, MYTCP_RTT_NONE_US);
	RUN(c, 1);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, retrans_segs, 0);
}

/* RFC 6298: the timer waits from the departure on. */
static void fq_timeout(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u64 rto;

	begin_fq(c);
	pass_free(c);
	SEND_N(c, 4 * MSS);
	rto = mytcp_rto_ns(ms);
	KUNIT_EXPECT_EQ(test, ms->deadline[MYTCP_DL_RETRANSMIT] - c->mark,
			rto + STEP_MS * NSEC_PER_MSEC);
}

/* --- The rate --- */

/* Twice the window in slow start, 1.2 of it later, never more than the maximum. */
static void rate_of_window(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	ms->cong.ssthresh = 1000;
	mytcp_pace_update(c->sk);
	KUNIT_EXPECT_EQ(test, c->sk->sk_pacing_rate, 2UL * 40 * MSS * 10);
	/* Near its end */
	ms->cong.ssthresh = 80;
	mytcp_pace_update(c->sk);
	KUNIT_EXPECT_EQ(test, c->sk->sk_pacing_rate, 12UL * 40 * MSS);
	/* More than the window may be on the way */
	ms->packets_out = 50;
	mytcp_pace_update(c->sk);
	KUNIT_EXPECT_EQ(test, c->sk->sk_pacing_rate, 12UL * 50 * MSS);
	ms->packets_out = 0;
	max_rate(c, RATE);
	mytcp_pace_update(c->sk);
	KUNIT_EXPECT_EQ(test, c->sk->sk_pacing_rate, (unsigned long)RATE);
	/* Neither the largest window nor a round trip of nothing overflow */
	max_rate(c, -1);
	ms->cong.cwnd = MYTCP_CWND_MAX;
	ms->rtt.srtt_us = 1;
	mytcp_pace_update(c->sk);
	KUNIT_EXPECT_GT(test, c->sk->sk_pacing_rate, 1UL << 40);
}

/* Without pacing the rate is known all the same, and nobody keeps to it. */
static void rate_unpaced(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 30 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(20));
	KUNIT_EXPECT_EQ(test, c->sk->sk_pacing_status, (u32)SK_PACING_NONE);
	KUNIT_EXPECT_LT(test, c->sk->sk_pacing_rate, ~0UL);
	SEND_N(c, 20 * MSS);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 30U);
}

/* --- Bursts --- */

static void burst_sizes(struct kunit *test)
{
	struct catch *c = BEGIN(test, .gso = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 most = mytcp_gso_max(c->sk, MSS);

	/* No round trip to speak of */
	ms->rtt.min_rtt_us = 511;
	WRITE_ONCE(c->sk->sk_pacing_rate, RATE);
	KUNIT_EXPECT_EQ(test, mytcp_pace_burst(c->sk, MSS), most);
	/* Far away: a 1024th of a second, and two segments at least */
	ms->rtt.min_rtt_us = RTT_MS * USEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, mytcp_pace_burst(c->sk, MSS), 2U * MSS);
	WRITE_ONCE(c->sk->sk_pacing_rate, 1024UL * 7 * MSS + 1);
	KUNIT_EXPECT_EQ(test, mytcp_pace_burst(c->sk, MSS), 7U * MSS);
	WRITE_ONCE(c->sk->sk_pacing_rate, ~0UL);
	KUNIT_EXPECT_EQ(test, mytcp_pace_burst(c->sk, MSS), most);
	/* In between: the halves add up */
	ms->rtt.min_rtt_us = 1024;
	WRITE_ONCE(c->sk->sk_pacing_rate, RATE);
	KUNIT_EXPECT_EQ(test, mytcp_pace_burst(c->sk, MSS), most / 4 / MSS * MSS);
}

/* A large write leaves in bursts of the rate's size, each at its time. */
static void bursts_leave(struct kunit *test)
{
	struct catch *c = BEGIN(test, .gso = true);
	u32 n;

	max_rate(c, RATE);
	SEND_N(c, 16 * MSS);
	RUN(c, 6 * STEP_MS);
	for (n = 0; n < 8; n++) {
		/* The fifth burst is the first that is paced */
		u32 at = n < 5 ? 0 : (n - 4) * 2 * STEP_MS;

		EXPECT(c, ACK | (n == 7 ? PSH : 0), SEQ(2 * n), 1, .len = 2 * MSS, .at = at);
	}
	EXPECT_NOTHING(c);
}

static struct kunit_case pace_cases[] = {
	KUNIT_CASE(own_timer),
	KUNIT_CASE(makes_up),
	KUNIT_CASE(full_flight_opens),
	KUNIT_CASE(failure_is_not_paced),
	KUNIT_CASE(control_is_free),
	KUNIT_CASE(slow),
	KUNIT_CASE(paces_retransmissions),
	KUNIT_CASE(closes_in_time),
	KUNIT_CASE(rate_lifted),
	KUNIT_CASE(fq_departures),
	KUNIT_CASE(fq_round_trip),
	KUNIT_CASE(fq_vanished),
	KUNIT_CASE(fq_timeout),
	KUNIT_CASE(rate_of_window),
	KUNIT_CASE(rate_unpaced),
	KUNIT_CASE(burst_sizes),
	KUNIT_CASE(bursts_leave),
	{}
};

static struct kunit_suite pace_suite = {
	.name = "mytcp-conv-pace",
	.test_cases = pace_cases,
};

kunit_test_suite(pace_suite);
