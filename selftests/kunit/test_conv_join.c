// SPDX-License-Identifier: GPL-2.0
/*
 * What is sent is put together: small segments that are lost, when they are sent again
 * (RFC 9293 3.9.1.2), and what the peer has told to have.
 */
#include "../../module/recovery.h"
#include "../../module/sendqueue.h"
#include "conv.h"

#define MSS	1000
#define TINY	100

/* Segment n of 100 octets begins there. */
#define SEQ(n)	(1 + (n) * TINY)
#define SACK(first, end)	{ SEQ(first), SEQ(end) }

#define RTT_MS	100
/* When one timeout is over and not yet two; with SACK a probe comes before it. */
#define RTO_MS		300
#define RTO_SACK_MS	600

#define BEGIN(test, ...)							\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,	\
		       .sndbuf = 1 << 23, .congestion = &mytcp_cong_reno, __VA_ARGS__))

static struct catch *begin(struct catch *c)
{
	conv_round_trip(c, RTT_MS * USEC_PER_MSEC);
	return c;
}

/* So many small segments leave. */
static void send_tiny(struct catch *c, u32 n)
{
	while (n--)
		SEND_N(c, TINY);
	FORGET(c);
}

/* They do, and are half a round trip on their way. */
static void send_flight(struct catch *c, u32 n)
{
	send_tiny(c, n);
	RUN(c, RTT_MS);
}

/* All is acknowledged, and nothing is left behind. */
static void expect_end(struct kunit *test, struct catch *c)
{
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	PEER(c, ACK, 1, ms->snd_nxt - c->iss);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, ms->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, c->sk->sk_wmem_queued, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&ms->tsorted));
	KUNIT_EXPECT_TRUE(test, list_empty(&ms->lost));
}

/* --- What is lost --- */

/*
 * A flight of tinygrams is lost. After the first, whose ACK tells that the timeout was
 * none too early, full segments repair it.
 * Shows: SHLD-27
 */
static void timeout_repairs_in_few(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	mytcp_sk(c->sk)->cong.cwnd = 25;
	send_flight(c, 25);
	RUN(c, RTO_MS);
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = TINY);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(1));
	EXPECT(c, ACK | PSH, SEQ(1), 1, .len = MSS);
	EXPECT(c, ACK | PSH, SEQ(11), 1, .len = MSS);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(11));
	EXPECT(c, ACK | PSH, SEQ(21), 1, .len = 4 * TINY);
	EXPECT_COUNTED(c, retrans_segs, 4);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->total_retrans, 4U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->bytes_retrans, 25ULL * TINY);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 2U);
	expect_end(test, c);
}

/* Without F-RTO the first goes with the others. */
static void timeout_without_frto(struct kunit *test)
{
	u8 before = init_net.ipv4.sysctl_tcp_frto;
	struct catch *c = BEGIN(test);

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_frto, 0);
	send_flight(c, 10);
	RUN(c, RTO_MS);
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = MSS);
	EXPECT_COUNTED(c, retrans_segs, 1);
	expect_end(test, c);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_frto, before);
}

/* With it the next original still tells that all were merely late: RFC 5682 3.1. */
static void late_flight(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 5);
	RUN(c, RTO_SACK_MS);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->lost_out, 5U);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	EXPECT_COUNTED(c, spurious_timeouts, 1);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->lost_out, 0U);
	FORGET(c);
	expect_end(test, c);
}

/* Of a hole in the scoreboard, too: one segment fills five. */
static void hole_is_filled_by_one(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10) });
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 5 * TINY);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, retrans_segs, 1);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->retrans_out, 1U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->lost_out, 1U);
	expect_end(test, c);
}

/* What the peer has is not sent again. */
static void not_what_is_sacked(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(6, 10), SACK(3, 4) });
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 3 * TINY);
	EXPECT(c, ACK | PSH, SEQ(4), 1, .len = 2 * TINY);
	EXPECT_NOTHING(c);
	expect_end(test, c);
}

/* In a head, in pages, and too much for the head: the octets stay in order. */
static void sizes_are_mixed(struct kunit *test)
{
	static const u32 sizes[] = { 10, 20, 300, 10, 1, 250, 100, 128, 129 };
	struct catch *c = BEGIN(test, .sack = true);
	u32 i, sum = 0;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		SEND_N(c, sizes[i]);
		sum += sizes[i];
	}
	SEND_N(c, MSS);
	FORGET(c);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, 1, .sacks = { { 1 + sum, 1 + sum + MSS } });
	RUN(c, RTT_MS / 2);
	EXPECT(c, ACK | PSH, 1, 1, .len = sum);
	EXPECT_NOTHING(c);
	expect_end(test, c);
}

/* MSG_EOR: nothing is added behind it, then as now. */
static void not_over_end_of_record(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);
	u32 i;

	for (i = 0; i < 10; i++)
		CATCH_EQ(catch_write_pattern(c, TINY, i == 1 ? MSG_EOR : 0), TINY);
	FORGET(c);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10) });
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 2 * TINY);
	EXPECT(c, ACK | PSH, SEQ(2), 1, .len = 3 * TINY);
	EXPECT_NOTHING(c);
	expect_end(test, c);
}

/* An urgent pointer is its segment's. */
static void not_while_urgent(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);
	u32 i;

	for (i = 0; i < 10; i++)
		CATCH_EQ(catch_write_pattern(c, TINY, i == 9 ? MSG_OOB : 0), TINY);
	FORGET(c);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 9) });
	EXPECT(c, ACK | PSH | URG, SEQ(0), 1, .len = TINY, .urg = 10 * TINY);
	EXPECT(c, ACK | PSH | URG, SEQ(1), 1, .len = TINY, .urg = 9 * TINY);
	EXPECT_NOTHING(c);
	expect_end(test, c);
}

/*
 * Never beyond the peer's window.
 * Shows: SHLD-15
 */
static void not_beyond_window(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10) }, .wnd = 5 * TINY / 2);
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 2 * TINY);
	EXPECT(c, ACK, SEQ(2), 1, .len = TINY / 2);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10) });
	EXPECT(c, ACK | PSH, SEQ(2) + TINY / 2, 1, .len = 5 * TINY / 2);
	expect_end(test, c);
}

/* A FIN is part of the last segment, when the window has room for it. */
static void fin_goes_along(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_tiny(c, 4);
	SHUTDOWN(c, SHUT_WR);
	FORGET(c);
	RUN(c, RTO_SACK_MS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(1));
	EXPECT(c, ACK | PSH | FIN, SEQ(1), 1, .len = 3 * TINY);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(4) + 1);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	KUNIT_EXPECT_EQ(test, c->sk->sk_wmem_queued, 0);
}

static void fin_has_no_room(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_tiny(c, 4);
	SHUTDOWN(c, SHUT_WR);
	FORGET(c);
	RUN(c, RTO_SACK_MS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(1), .wnd = 3 * TINY);
	EXPECT(c, ACK | PSH, SEQ(1), 1, .len = 3 * TINY);
	EXPECT_NOTHING(c);
}

/* What still waits below is not sent again, nor is what would be joined with it. */
static void not_what_waits_below(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	SEND_N(c, TINY);
	SEND_N(c, TINY);
	HOLD(c);
	SEND_N(c, TINY);
	c->hold = false;
	send_tiny(c, 7);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10) });
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 2 * TINY);
	EXPECT_NOTHING(c);
	FREE_HELD(c, 1);
	RUN(c, 1);
	EXPECT(c, ACK | PSH, SEQ(2), 1, .len = 3 * TINY);
	expect_end(test, c);
}

/*
 * The originals come after all: an ACK that ends within what was put together. And the
 * rest is lost once more.
 */
static void ack_within(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10) });
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 5 * TINY);
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(5, 10) });
	EXPECT_NOTHING(c);
	RUN(c, 2 * RTO_MS);
	EXPECT(c, ACK | PSH, SEQ(2), 1, .len = 3 * TINY);
	FORGET(c);
	expect_end(test, c);
}

/* A segment of today is smaller: not more than that. */
static void mss_shrinks(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 10);
	mytcp_sk(c->sk)->mss = 3 * TINY;
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10) });
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 3 * TINY);
	EXPECT(c, ACK | PSH, SEQ(3), 1, .len = 2 * TINY);
	EXPECT_NOTHING(c);
	expect_end(test, c);
}

/* A buffer that was cut into segments below stays as it was cut, be there room now. */
static void not_what_was_cut(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true, .gso = true);

	SEND_N(c, TINY);
	SEND_N(c, TINY);
	mytcp_sk(c->sk)->mss = 4 * TINY;
	SEND_N(c, 7 * TINY);
	mytcp_sk(c->sk)->mss = MSS;
	SEND_N(c, 4 * MSS);
	FORGET(c);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(9), SEQ(9) + 4 * MSS } });
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = 2 * TINY);
	EXPECT(c, ACK, SEQ(2), 1, .len = 4 * TINY);
	FORGET(c);
	expect_end(test, c);
}

/* --- What the peer has --- */

/* Buffers that are sent and not acknowledged. */
static u32 buffers(struct catch *c)
{
	struct sk_buff *skb;
	u32 n = 0;

	skb_rbtree_walk(skb, &c->sk->tcp_rtx_queue)
		n++;
	return n;
}

/* A window of so many full segments, each a buffer, is on the way. */
static struct catch *full_flight(struct kunit *test, u32 n)
{
	struct catch *c = BEGIN(test, .sack = true, .has_wscale = true, .wscale = 7,
				.wnd = 1 << 22);

	mytcp_sk(c->sk)->cong.cwnd = n;
	/* The window of the SYN was none of so much. */
	PEER(c, ACK, 1, 1);
	SEND_N(c, n * MSS);
	FORGET(c);
	RUN(c, RTT_MS);
	KUNIT_ASSERT_EQ(test, buffers(c), n);
	return c;
}

#define FULL(n)		(1 + (n) * MSS)
#define HAS(first, end)	{ FULL(first), FULL(end) }

/* Behind a hole are 500 segments that come one by one. Then the hole is filled. */
static void long_hole(struct kunit *test)
{
	struct catch *c = full_flight(test, 500);
	u32 before = c->sk->sk_wmem_queued, n;

	for (n = 2; n <= 500; n++)
		PEER(c, ACK, 1, FULL(0), .sacks = { HAS(1, n) });
	FORGET(c);
	KUNIT_EXPECT_LE(test, buffers(c), 5U);
	KUNIT_EXPECT_LT(test, (u32)c->sk->sk_wmem_queued, before * 2 / 3);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 500U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->sacked_out, 499U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rate.delivered, 499U);
	expect_end(test, c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rate.delivered, 500U);
}

/* They come backwards, and from the middle. */
static void hole_from_behind(struct kunit *test)
{
	struct catch *c = full_flight(test, 100);
	u32 n;

	for (n = 99; n > 50; n--)
		PEER(c, ACK, 1, FULL(0), .sacks = { HAS(n, 100) });
	PEER(c, ACK, 1, FULL(0), .sacks = { HAS(20, 22), HAS(51, 100) });
	for (n = 22; n < 50; n++)
		PEER(c, ACK, 1, FULL(0), .sacks = { HAS(20, n), HAS(51, 100) });
	PEER(c, ACK, 1, FULL(0), .sacks = { HAS(10, 100) });
	FORGET(c);
	KUNIT_EXPECT_LE(test, buffers(c), 10U + 2);
	expect_end(test, c);
}

/*
 * The peer throws away what it had: all is sent again in segments of the usual size,
 * and it is the text that it was.
 */
static void reneged(struct kunit *test)
{
	struct catch *c = full_flight(test, 20);
	u32 resent = 2, before;

	PEER(c, ACK, 1, FULL(0), .sacks = { HAS(1, 20) });
	FORGET(c);
	KUNIT_EXPECT_LE(test, buffers(c), 3U);
	PEER(c, ACK, 1, FULL(1));
	EXPECT_NOTHING(c);
	RUN(c, RTT_MS);
	EXPECT_COUNTED(c, sack_reneging, 1);
	EXPECT(c, ACK, FULL(1), 1, .len = MSS);
	EXPECT_NOTHING(c);
	do {
		before = resent;
		PEER(c, ACK, 1, FULL(resent));
		while (!skb_queue_empty(&c->sent)) {
			EXPECT(c, ACK | (resent == 19 ? PSH : 0), FULL(resent), 1,
			       .len = MSS);
			resent++;
		}
		} while (resent > before && resent < 20);
	KUNIT_EXPECT_EQ(test, resent, 20U);
	expect_end(test, c);
}

/* An ACK ends within what was put together: the peer had told more than it has now. */
static void ack_within_sacked(struct kunit *test)
{
	struct catch *c = full_flight(test, 20);

	PEER(c, ACK, 1, FULL(0), .sacks = { HAS(1, 20) });
	FORGET(c);
	PEER(c, ACK, 1, FULL(5));
	FORGET(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 15U);
	PEER(c, ACK, 1, FULL(7) + 10);
	FORGET(c);
	expect_end(test, c);
}

/* The clone of one still stands below: its pages stay where they are. */
static void not_sacked_what_waits_below(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	SEND_N(c, MSS);
	SEND_N(c, MSS);
	HOLD(c);
	SEND_N(c, MSS);
	c->hold = false;
	SEND_N(c, MSS);
	FORGET(c);
	PEER(c, ACK, 1, 1, .sacks = { HAS(1, 4) });
	KUNIT_EXPECT_EQ(test, buffers(c), 4U);
	FORGET(c);
	FREE_HELD(c, 1);
	expect_end(test, c);
}

static struct kunit_case join_cases[] = {
	KUNIT_CASE(timeout_repairs_in_few),
	KUNIT_CASE(timeout_without_frto),
	KUNIT_CASE(late_flight),
	KUNIT_CASE(hole_is_filled_by_one),
	KUNIT_CASE(not_what_is_sacked),
	KUNIT_CASE(sizes_are_mixed),
	KUNIT_CASE(not_over_end_of_record),
	KUNIT_CASE(not_while_urgent),
	KUNIT_CASE(not_beyond_window),
	KUNIT_CASE(fin_goes_along),
	KUNIT_CASE(fin_has_no_room),
	KUNIT_CASE(not_what_waits_below),
	KUNIT_CASE(ack_within),
	KUNIT_CASE(mss_shrinks),
	KUNIT_CASE(not_what_was_cut),
	KUNIT_CASE(long_hole),
	KUNIT_CASE(hole_from_behind),
	KUNIT_CASE(reneged),
	KUNIT_CASE(ack_within_sacked),
	KUNIT_CASE(not_sacked_what_waits_below),
	{}
};

static struct kunit_suite join_suite = {
	.name = "mytcp-conv-join",
	.test_cases = join_cases,
};

kunit_test_suite(join_suite);
