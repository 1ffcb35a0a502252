// SPDX-License-Identifier: GPL-2.0
/*
 * Delivery rate samples, draft-ietf-ccwg-bbr section 4.1: the arithmetic, and what a
 * connection tells it.
 */
#include "../../module/delivery.h"
#include "../../module/rate.h"
#include "conv.h"

#define US_PER_MS	USEC_PER_MSEC

/* Segments by their number, with what is remembered of each. */
struct flight {
	struct mytcp_rate r;
	struct mytcp_rate_mark mark[32];
	u32 sent_us[32];
	u32 on_the_way;
	u32 epoch_us;
};

static void send(struct flight *f, u32 n, u32 ms)
{
	f->sent_us[n] = f->epoch_us + ms * US_PER_MS;
	mytcp_rate_sent(&f->r, &f->mark[n], f->sent_us[n], !f->on_the_way);
	f->on_the_way++;
}

/* Segments first to before end are delivered by one ACK. */
static struct mytcp_rate_sample ack(struct flight *f, u32 first, u32 end, u32 ms, u32 min_rtt_us)
{
	const struct mytcp_rate_flight flight = { .in_flight = 7, .lost = f->r.lost };
	struct mytcp_rate_sample s = { };
	u32 n;

	for (n = first; n < end; n++) {
		const struct mytcp_rate_segment p = {
			.mark = &f->mark[n],
			.flight = &flight,
			.sent_us = f->sent_us[n],
			.end_seq = n + 1,
			.segments = 1,
			.app_limited = f->r.app_limited,
		};

		mytcp_rate_delivered(&f->r, &s, &p, f->epoch_us + ms * US_PER_MS);
		f->on_the_way--;
	}
	mytcp_rate_generate(&f->r, &s, min_rtt_us);
	return s;
}

/* A flight from silence: all of it in one round trip. */
static void first_flight(struct kunit *test)
{
	struct flight f = { .epoch_us = 5 };
	struct mytcp_rate_sample s;
	u32 n;

	for (n = 0; n < 10; n++)
		send(&f, n, 0);
	s = ack(&f, 0, 10, 100, 0);
	KUNIT_EXPECT_EQ(test, s.delivered, 10U);
	KUNIT_EXPECT_EQ(test, s.interval_us, 100U * US_PER_MS);
	KUNIT_EXPECT_EQ(test, s.prior_delivered, 0U);
	KUNIT_EXPECT_EQ(test, s.tx_in_flight, 7U);
	KUNIT_EXPECT_EQ(test, mytcp_rate_bytes(&f.r, 1000), 100000ULL);
}

/*
 * One segment in 10 ms, each acknowledged 40 ms later: in the long run one in
 * 10 ms, whatever the round trip.
 */
static void steady(struct kunit *test)
{
	struct flight f = { };
	struct mytcp_rate_sample s = { };
	u32 n;

	for (n = 0; n < 20; n++) {
		send(&f, n, n * 10);
		if (n >= 4)
			s = ack(&f, n - 4, n - 3, n * 10, 0);
	}
	/* Sent right before the ACK of the one four places before it */
	KUNIT_EXPECT_EQ(test, s.delivered * 10 * US_PER_MS, s.interval_us);
	KUNIT_EXPECT_EQ(test, s.interval_us, 50U * US_PER_MS);
}

/* ACKs that were held up come at once: what was sent slowly was not delivered fast. */
static void compressed_acks(struct kunit *test)
{
	struct flight f = { };
	struct mytcp_rate_sample s;
	u32 n;

	send(&f, 0, 0);
	ack(&f, 0, 1, 40, 0);
	for (n = 1; n < 11; n++)
		send(&f, n, 40 + n * 10);
	ack(&f, 1, 2, 149, 0);
	s = ack(&f, 2, 11, 150, 0);
	KUNIT_EXPECT_EQ(test, s.delivered, 10U);
	/* Since the first of them was sent: 90 ms of sending, 100 of waiting */
	KUNIT_EXPECT_EQ(test, s.send_elapsed_us, 90U * US_PER_MS);
	KUNIT_EXPECT_EQ(test, s.interval_us, 100U * US_PER_MS);
}

/* What was sent in one burst arrives in its ACKs' time, and the reverse. */
static void longer_of_both(struct kunit *test)
{
	struct flight f = { };
	struct mytcp_rate_sample s;

	send(&f, 0, 0);
	send(&f, 1, 80);
	ack(&f, 0, 1, 90, 0);
	s = ack(&f, 1, 2, 91, 0);
	/* 91 ms since the flight began; 80 ms to send it */
	KUNIT_EXPECT_EQ(test, s.send_elapsed_us, 80U * US_PER_MS);
	KUNIT_EXPECT_EQ(test, s.interval_us, 91U * US_PER_MS);
	send(&f, 2, 100);
	send(&f, 3, 180);
	s = ack(&f, 2, 4, 181, 0);
	KUNIT_EXPECT_EQ(test, s.delivered, 2U);
	KUNIT_EXPECT_EQ(test, s.interval_us, 81U * US_PER_MS);
}

/* Of all that an ACK delivers the segment counts that was sent last. */
static void newest_counts(struct kunit *test)
{
	struct flight f = { };
	struct mytcp_rate_sample s;

	send(&f, 0, 0);
	send(&f, 1, 0);
	send(&f, 2, 0);
	ack(&f, 0, 1, 50, 0);
	send(&f, 3, 50);
	/* Segment 1 is sent again behind them */
	send(&f, 1, 60);
	f.on_the_way--;
	s = ack(&f, 1, 4, 110, 0);
	KUNIT_EXPECT_EQ(test, s.sent_us, 60U * US_PER_MS);
	KUNIT_EXPECT_EQ(test, s.last_end_seq, 2U);
	KUNIT_EXPECT_EQ(test, s.prior_delivered, 1U);
	KUNIT_EXPECT_EQ(test, s.delivered, 3U);
}

/* In less than the least round trip nothing is delivered: no sample. */
static void implausible(struct kunit *test)
{
	struct flight f = { };
	struct mytcp_rate_sample s;

	send(&f, 0, 0);
	s = ack(&f, 0, 1, 39, 40 * US_PER_MS);
	KUNIT_EXPECT_TRUE(test, s.has_data);
	KUNIT_EXPECT_EQ(test, s.delivered, 1U);
	KUNIT_EXPECT_EQ(test, s.interval_us, 0U);
	KUNIT_EXPECT_EQ(test, mytcp_rate_bytes(&f.r, 1000), 0ULL);
	/* An ACK that delivers nothing, neither */
	s = ack(&f, 1, 1, 80, 0);
	KUNIT_EXPECT_FALSE(test, s.has_data);
	KUNIT_EXPECT_EQ(test, s.interval_us, 0U);
}

/* What is sent during a pause of the application is marked, until it is delivered. */
static void app_limited(struct kunit *test)
{
	struct flight f = { };
	u32 n;

	for (n = 0; n < 4; n++)
		send(&f, n, 0);
	mytcp_rate_app_limited(&f.r, 4);
	KUNIT_EXPECT_EQ(test, f.r.app_limited, 4U);
	send(&f, 4, 10);
	ack(&f, 0, 4, 40, 0);
	KUNIT_EXPECT_EQ(test, f.r.app_limited, 4U);
	ack(&f, 4, 5, 50, 0);
	KUNIT_EXPECT_EQ(test, f.r.app_limited, 0U);
	/* It is never 0, not even at the circle's end */
	f.r.delivered = -3;
	mytcp_rate_app_limited(&f.r, 3);
	KUNIT_EXPECT_EQ(test, f.r.app_limited, 1U);
}

/* TCP_INFO forgets a good sample for a limited one only if that is no less. */
static void remembers(struct kunit *test)
{
	struct flight f = { };
	u32 n;

	for (n = 0; n < 10; n++)
		send(&f, n, 0);
	ack(&f, 0, 10, 100, 0);
	mytcp_rate_app_limited(&f.r, 0);
	send(&f, 10, 200);
	ack(&f, 10, 11, 300, 0);
	KUNIT_EXPECT_EQ(test, mytcp_rate_bytes(&f.r, 1000), 100000ULL);
	KUNIT_EXPECT_FALSE(test, f.r.best_app_limited);
	mytcp_rate_app_limited(&f.r, 20);
	for (n = 11; n < 26; n++)
		send(&f, n, 400);
	ack(&f, 11, 26, 500, 0);
	KUNIT_EXPECT_EQ(test, mytcp_rate_bytes(&f.r, 1000), 150000ULL);
	KUNIT_EXPECT_TRUE(test, f.r.best_app_limited);
}

/* Times and counts run over. */
static void runs_over(struct kunit *test)
{
	struct flight f = { .epoch_us = -50 * US_PER_MS, .r.delivered = -5, .r.lost = -1 };
	struct mytcp_rate_sample s;
	u32 n;

	for (n = 0; n < 10; n++)
		send(&f, n, n);
	s = ack(&f, 0, 10, 100, 0);
	KUNIT_EXPECT_EQ(test, s.delivered, 10U);
	KUNIT_EXPECT_EQ(test, s.lost, 0U);
	KUNIT_EXPECT_EQ(test, s.interval_us, 100U * US_PER_MS);
	KUNIT_EXPECT_EQ(test, s.last_end_seq, 10U);
}

/* What is lost between a segment's departure and its arrival. */
static void counts_losses(struct kunit *test)
{
	struct flight f = { .r.lost = 10 };
	const struct mytcp_rate_flight before = { .in_flight = 20, .lost = 10 };
	const struct mytcp_rate_segment p = {
		.mark = &f.mark[0], .flight = &before, .end_seq = 1, .segments = 2,
	};
	struct mytcp_rate_sample s = { };

	mytcp_rate_sent(&f.r, &f.mark[0], 0, true);
	f.r.lost = 13;
	mytcp_rate_delivered(&f.r, &s, &p, 1000);
	mytcp_rate_generate(&f.r, &s, 0);
	KUNIT_EXPECT_EQ(test, s.lost, 3U);
	KUNIT_EXPECT_EQ(test, s.tx_in_flight, 20U);
	KUNIT_EXPECT_EQ(test, s.delivered, 2U);
}

/* --- A connection --- */

#define MSS	1000
#define SEQ(n)	(1 + (n) * MSS)

#define BEGIN(test, ...)							\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,	\
		       .sack = true, .sndbuf = 1 << 20, __VA_ARGS__))

/* The path's round trip is 100 ms: no timer is due earlier. */
static struct catch *begin(struct catch *c)
{
	struct mytcp_rtt *rtt = &mytcp_sk(c->sk)->rtt;

	mytcp_rtt_init(rtt, MYTCP_RTO_INIT_US);
	mytcp_rtt_sample(rtt, 100 * US_PER_MS, MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US);
	return c;
}

static u64 rate_of(struct catch *c)
{
	return mytcp_rate_bytes(&mytcp_sk(c->sk)->rate, MSS);
}

/* Ten segments in a round trip of 100 ms. */
static void connection_rate(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_rate *r = &mytcp_sk(c->sk)->rate;
	u32 before = r->delivered;

	SEND_N(c, 20 * MSS);
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, r->delivered - before, 10U);
	KUNIT_EXPECT_EQ(test, rate_of(c), 100000ULL);
	/* Before them there was nothing to send */
	KUNIT_EXPECT_TRUE(test, r->best_app_limited);
	FORGET(c);
	RUN(c, 50);
	/* Those that SACK tells of count once */
	PEER(c, ACK, 1, SEQ(10), .sacks = { { SEQ(12), SEQ(14) } });
	KUNIT_EXPECT_EQ(test, r->delivered - before, 12U);
	PEER(c, ACK, 1, SEQ(14));
	KUNIT_EXPECT_EQ(test, r->delivered - before, 14U);
}

/* In pieces of a large buffer, too. */
static void connection_gso(struct kunit *test)
{
	struct catch *c = BEGIN(test, .gso = true);
	struct mytcp_rate *r = &mytcp_sk(c->sk)->rate;
	u32 before = r->delivered;

	SEND_N(c, 20 * MSS);
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(4));
	KUNIT_EXPECT_EQ(test, r->delivered - before, 4U);
	KUNIT_EXPECT_EQ(test, rate_of(c), 40000ULL);
	RUN(c, 20);
	PEER(c, ACK, 1, SEQ(4), .sacks = { { SEQ(6), SEQ(8) } });
	KUNIT_EXPECT_EQ(test, r->delivered - before, 6U);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, r->delivered - before, 10U);
	/* All since the beginning, in 120 ms */
	KUNIT_EXPECT_EQ(test, rate_of(c), 83333ULL);
}

/* Who writes less than the window is not held for a slow path. */
static void connection_app_limited(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_rate *r = &mytcp_sk(c->sk)->rate;

	SEND_N(c, 2 * MSS);
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(2));
	KUNIT_EXPECT_TRUE(test, r->best_app_limited);
	SEND_N(c, 30 * MSS);
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(12));
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(22));
	KUNIT_EXPECT_FALSE(test, r->best_app_limited);
}

/* Each loss once, that of a repetition once more. */
static void connection_losses(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_rate *r = &mytcp_sk(c->sk)->rate;

	SEND_N(c, 10 * MSS);
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(2), SEQ(6) } });
	KUNIT_EXPECT_EQ(test, r->lost, 2U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(2), SEQ(10) } });
	KUNIT_EXPECT_EQ(test, r->lost, 2U);
	/* The timer thinks that both repetitions are lost */
	RUN(c, 2000);
	KUNIT_EXPECT_GE(test, r->lost, 4U);
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(first_flight),
	KUNIT_CASE(steady),
	KUNIT_CASE(compressed_acks),
	KUNIT_CASE(longer_of_both),
	KUNIT_CASE(newest_counts),
	KUNIT_CASE(implausible),
	KUNIT_CASE(app_limited),
	KUNIT_CASE(remembers),
	KUNIT_CASE(runs_over),
	KUNIT_CASE(counts_losses),
	KUNIT_CASE(connection_rate),
	KUNIT_CASE(connection_gso),
	KUNIT_CASE(connection_app_limited),
	KUNIT_CASE(connection_losses),
	{}
};

static struct kunit_suite rate_suite = {
	.name = "mytcp-rate",
	.test_cases = rate_cases,
};

kunit_test_suite(rate_suite);
