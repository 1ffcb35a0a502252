// SPDX-License-Identifier: GPL-2.0
/*
 * Loss recovery with SACK: RFC 2018, RFC 2883 (duplicates), RFC 6675 (scoreboard),
 * RFC 6937 (PRR), RFC 8985 (RACK).
 */
#include <linux/icmp.h>

#include "../../module/sendqueue.h"
#include "../../module/undo.h"
#include "conv.h"

#define MSS	1000

/* Connections with segments of 1000 octets: segment n begins at SEQ(n). With Reno. */
#define SEQ(n)	(1 + (n) * MSS)

/* The path's round trip; the handshake took none. */
#define RTT_MS	100

#define BEGIN(test, ...)							\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,	\
		       .sack = true, .sndbuf = 1 << 20,				\
		       .congestion = &mytcp_cong_reno, __VA_ARGS__))

/* The same with timestamps, which take 12 octets of each segment. */
#define BEGIN_TS(test)								\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS + 12, .nodelay = true,	\
		       .sack = true, .ts = true, .sndbuf = 1 << 20))

/* The segments from first to before end are there. */
#define SACK(first, end)	{ SEQ(first), SEQ(end) }

static struct catch *begin(struct catch *c)
{
	conv_round_trip(c, RTT_MS * USEC_PER_MSEC);
	return c;
}

static void send_segments(struct catch *c, u32 n)
{
	SEND_N(c, n * MSS);
}

/* n segments are sent, and half a round trip is over when they arrive. */
static void send_flight(struct catch *c, u32 n)
{
	send_segments(c, n);
	FORGET(c);
	RUN(c, RTT_MS);
}

static void expect_segment(struct catch *c, u32 n, u32 pushed)
{
	EXPECT(c, ACK | (n == pushed ? PSH : 0), SEQ(n), 1, .len = MSS);
}

static void expect_open(struct kunit *test, struct catch *c)
{
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, ms->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 0U);
	KUNIT_EXPECT_EQ(test, ms->lost_out, 0U);
	KUNIT_EXPECT_EQ(test, ms->retrans_out, 0U);
	KUNIT_EXPECT_TRUE(test, list_empty(&ms->tsorted));
	KUNIT_EXPECT_TRUE(test, list_empty(&ms->lost));
}

/* --- Holes --- */

struct hole {
	const char *name;
	u32 first, end;		/* segments lost, of ten */
};

static const struct hole holes[] = {
	{ "the first", 0, 1 },
	{ "one in the middle", 4, 5 },
	{ "the last that can be told of", 6, 7 },
	{ "the first two", 0, 2 },
	{ "four in the middle", 3, 7 },
};

static void hole_describe(const struct hole *h, char *desc)
{
	strscpy(desc, h->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(holes, holes, hole_describe);

/*
 * Three segments behind a hole: it is filled, and nothing else is sent again.
 * Shows: 2018-5.1-1, 5681-3.2-11, 5681-4.3-4, 6675-4-3, 6675-4-5, 6675-4-9, 6675-5-4,
 * 6675-5-5, 6937-3-5, 8985-6.2-5, 8985-6.2-9
 */
static void fills_hole(struct kunit *test)
{
	const struct hole *h = test->param_value;
	struct catch *c = BEGIN(test);
	u32 n;

	send_flight(c, 10);
	if (h->first)
		PEER(c, ACK, 1, SEQ(h->first));
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(h->first), .sacks = { SACK(h->end, h->end + 1) });
	PEER(c, ACK, 1, SEQ(h->first), .sacks = { SACK(h->end, h->end + 2) });
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(h->first), .sacks = { SACK(h->end, h->end + 3) });
	expect_segment(c, h->first, 9);
	for (n = h->end + 4; n <= 10; n++)
		PEER(c, ACK, 1, SEQ(h->first), .sacks = { SACK(h->end, n) });
	for (n = h->first + 1; n < h->end; n++) {
		/* What PRR had not let go goes as the hole is filled */
		if (skb_queue_empty(&c->sent))
			PEER(c, ACK, 1, SEQ(n), .sacks = { SACK(h->end, 10) });
		expect_segment(c, n, 9);
	}
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, fast_retransmits, 1);
	EXPECT_COUNTED(c, retrans_segs, h->end - h->first);
	PEER(c, ACK, 1, SEQ(10));
	EXPECT_NOTHING(c);
	expect_open(test, c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, mytcp_sk(c->sk)->cong.ssthresh);
}

/*
 * Two holes are filled within one round trip: NewReno takes two.
 * Shows: 2018-5-2, 5681-4.3-6, 6675-4-5, 6675-5-6, 6675-5-9, 6675-5-10
 */
static void fills_two_holes(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 6), SACK(1, 4) });
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 8), SACK(1, 4) });
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 10), SACK(1, 4) });
	expect_segment(c, 4, 9);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/*
 * What was sent again is lost again: what was sent behind it tells.
 * Shows: 8985-6.1-1, 8985-6.2-11, 8985-9.2-1
 */
static void lost_retransmission(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 10) });
	send_segments(c, 2);
	expect_segment(c, 10, 11);
	expect_segment(c, 11, 11);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 11) });
	/* It was sent before the eleventh, which is there */
	expect_segment(c, 0, 11);
	EXPECT_COUNTED(c, rto_timeouts, 0);
	EXPECT_COUNTED(c, retrans_segs, 2);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(12));
	expect_open(test, c);
}

/*
 * What is lost again goes before what still waits to be sent again, and as much goes
 * as there is room for.
 * Shows: 6675-4-5, 6675-5-6, 6675-5-10, 8985-6.2-11, 8985-9.2-1
 */
static void lost_again_goes_first(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(6, 10) });
	for (n = 0; n < 5; n++)
		expect_segment(c, n, 9);
	EXPECT_NOTHING(c);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2), SACK(6, 10) });
	expect_segment(c, 0, 9);
	expect_segment(c, 5, 9);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/*
 * With timestamps: what comes behind a hole is acknowledged with the timestamp from
 * before the hole. It tells of the lost repetition all the same.
 * Shows: 8985-6.2-3, 8985-6.2-11
 */
static void lost_retransmission_with_timestamps(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);
	u32 before = c->last_ts_val;

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) }, .ts_ecr = before);
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4), SACK(5, 10) }, .ts_ecr = before);
	expect_segment(c, 4, 9);
	RUN(c, RTT_MS);
	/* The fourth has come, the first has not, and was sent before it */
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 10) }, .ts_ecr = before);
	RUN(c, RTT_MS / 4);
	expect_segment(c, 0, 9);
	EXPECT_COUNTED(c, rto_timeouts, 0);
	/* And its ACK takes a round trip from then on: no timeout before */
	RUN(c, 2 * RTT_MS);
	EXPECT_COUNTED(c, rto_timeouts, 0);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/*
 * RFC 7323 4.1: a block for a repetition moves no SND.UNA. The timestamp beside it is from
 * before the hole, and says nothing of how long the repetition took.
 * Shows: 7323-4.1-2
 */
static void echo_beside_block(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);
	const struct mytcp_rtt *rtt = &mytcp_sk(c->sk)->rtt;
	u32 before_hole = c->last_ts_val;
	u32 srtt;

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .ts_ecr = before_hole, .sacks = { SACK(2, 10) });
	FORGET(c);
	EXPECT_COUNTED(c, retrans_segs, 2);
	srtt = rtt->srtt_us;
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .ts_ecr = before_hole, .sacks = { SACK(1, 10) });
	KUNIT_EXPECT_EQ(test, rtt->srtt_us, srtt);
	FORGET(c);
}

/*
 * What was sent in a recovery is lost, too: that begins the next one.
 * Shows: 5681-4.3-1
 */
static void loss_behind_recovery(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	send_segments(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 10) });
	FORGET(c);
	KUNIT_ASSERT_GT(test, ms->snd_nxt - c->iss, (u32)SEQ(13));
	RUN(c, RTT_MS);
	/* Of these the first is lost as well, and what it waits for is repaired */
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(11, 14), SACK(1, 10) });
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(11, 14) });
	EXPECT_COUNTED(c, fast_retransmits, 2);
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_RECOVERY);
	FORGET(c);
	PEER(c, ACK, 1, ms->snd_nxt - c->iss);
	FORGET(c);
}

/*
 * RFC 3042, RFC 6675 section 5 (3): what SACK tells for the first and the second
 * time lets a new segment go each; a duplicate that tells nothing new does not.
 * Shows: 5681-3.2-4, 5681-3.2-5, 5681-3.2-6, 5681-3.2-12, 6675-4-4, 6675-4-6, 6675-5-3,
 * 6675-5-11
 */
static void limited_transmit(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 20);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	expect_segment(c, 10, 19);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 3) });
	expect_segment(c, 11, 19);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, 10U);
	EXPECT_COUNTED(c, retrans_segs, 0);
	/* Half of ten, not of the twelve that are on the way */
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 19);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, 5U);
}

/* --- Reordering: RFC 8985 6.2, step 4 --- */

/*
 * A segment overtaken by one or two is not lost, and comes.
 * Shows: 2018-5.1-1, 8985-6.2-4
 */
static void overtaken(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 3) });
	RUN(c, RTT_MS / 8);
	PEER(c, ACK, 1, SEQ(10));
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, retrans_segs, 0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rack.reordering_seen, 1U);
	expect_open(test, c);
}

/* One of a flight of thirty, which fills the window, is overtaken by n, and comes so late. */
static void overtake(struct kunit *test, struct catch *c, u32 *flight, u32 n, u32 late_ms)
{
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 late = *flight + 5, i;

	ms->cong.cwnd = 30;
	send_flight(c, 30);
	PEER(c, ACK, 1, SEQ(late));
	for (i = 1; i <= n; i++)
		PEER(c, ACK, 1, SEQ(late), .sacks = { SACK(late + 1, late + 1 + i) });
	RUN(c, late_ms);
	PEER(c, ACK, 1, SEQ(late + n + 1));
	*flight += 30;
	PEER(c, ACK, 1, SEQ(*flight));
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_GE_MSG(test, ms->cong.cwnd, 30U, "by %u", n);
	KUNIT_EXPECT_EQ_MSG(test, ms->snd_una, ms->write_seq, "by %u", n);
	expect_open(test, c);
}

/*
 * Reordered by 1 to 20, within a quarter of the round trip: who has seen the first of it
 * takes none of them for lost, and three SACKs prove nothing any more.
 * Shows: 8985-6.2-4, 8985-6.2-6
 */
static void overtaken_by_many(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n, flight = 0;

	for (n = 1; n <= 20; n++)
		overtake(test, c, &flight, n, RTT_MS / 5);
	EXPECT_COUNTED(c, retrans_segs, 0);
	EXPECT_COUNTED(c, fast_retransmits, 0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, MYTCP_SSTHRESH_INF);
}

/*
 * The same later, within half of the round trip: a needless repetition, of which a DSACK
 * tells, has taught it.
 * Shows: 8985-4-3, 8985-6.2-7
 */
static void overtaken_by_many_later(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n, flight = 10;

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(4));
	PEER(c, ACK, 1, SEQ(4), .sacks = { SACK(0, 1) });
	EXPECT_COUNTED(c, recoveries_undone, 1);
	PEER(c, ACK, 1, SEQ(10));
	for (n = 1; n <= 20; n++)
		overtake(test, c, &flight, n, 2 * RTT_MS / 5);
	EXPECT_COUNTED(c, retrans_segs, 1);
	EXPECT_COUNTED(c, fast_retransmits, 1);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, MYTCP_SSTHRESH_INF);
}

/*
 * What is overtaken counts for the window when SACK tells of it: with the ACK that
 * closes the gap all but the one that was late would be forgotten. As long as nothing
 * was reordered, it is rather a loss that SACK tells of.
 */
static void window_grows_while_overtaken(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 cwnd;

	send_flight(c, 100);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 3) });
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, 10U);
	PEER(c, ACK, 1, SEQ(10));
	cwnd = mytcp_sk(c->sk)->cong.cwnd;
	KUNIT_EXPECT_EQ(test, cwnd, 18U);

	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(11, 14) });
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, cwnd + 3);
	PEER(c, ACK, 1, SEQ(14));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, cwnd + 4);
	FORGET(c);
}

/*
 * When it does not come within a quarter of the round trip, it is.
 * Shows: 8985-4-2, 8985-6.2-6, 8985-6.2-9, 8985-6.2-10
 */
static void reordering_timer(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	MARK(c);
	RUN(c, RTT_MS);
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS, .at = RTT_MS / 4);
	EXPECT_COUNTED(c, fast_retransmits, 1);
	EXPECT_COUNTED(c, rto_timeouts, 0);
}

/*
 * On a path that reorders, three segments behind a hole prove nothing.
 * Shows: 8985-6.2-6
 */
static void patient_after_reordering(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	PEER(c, ACK, 1, SEQ(2));
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(3, 8) });
	EXPECT_NOTHING(c);
	RUN(c, RTT_MS / 8);
	PEER(c, ACK, 1, SEQ(10));
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, retrans_segs, 0);
}

/*
 * A DSACK: patience doubles, but once a round trip.
 * Shows: 2883-4-6, 8985-4-3, 8985-6.2-7
 */
static void duplicate_widens(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	/* Some of which may have come twice */
	ms->total_retrans = 3;
	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(0, 1) });
	KUNIT_EXPECT_EQ(test, ms->rack.reo_wnd_mult, 2);
	PEER(c, ACK, 1, SEQ(3), .sacks = { SACK(1, 2) });
	KUNIT_EXPECT_EQ(test, ms->rack.reo_wnd_mult, 2);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(2, 3) });
	KUNIT_EXPECT_EQ(test, ms->rack.reo_wnd_mult, 3);
	EXPECT_COUNTED(c, dsacks_received, 3);
}

/* RFC 2883 4.2.2: a duplicate beyond a hole lies in the second block. Shows: 2883-4-6. */
static void duplicate_beyond_hole(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 6), SACK(4, 6) });
	EXPECT_COUNTED(c, dsacks_received, 1);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(8, 9), SACK(4, 6) });
	EXPECT_COUNTED(c, dsacks_received, 1);
}

/* --- Blocks that are wrong --- */

struct wrong {
	const char *name;
	struct mytcp_sack_block block;
};

static const struct wrong wrongs[] = {
	{ "beyond what was sent", { SEQ(8), SEQ(11) } },
	{ "all of it never sent", { SEQ(20), SEQ(21) } },
	{ "backwards", { SEQ(5), SEQ(3) } },
	{ "empty", { SEQ(5), SEQ(5) } },
	{ "half a circle", { SEQ(1), SEQ(1) + 0x7fffffffu } },
	{ "older than any window", { SEQ(1) - 0x40000000, SEQ(2) - 0x40000000 } },
	{ "begins at the hole", { SEQ(0), SEQ(5) } },
	{ "around the circle", { SEQ(10) + 0x60000000, SEQ(10) - 0x20000000 } },
	{ "the front of a segment", { SEQ(5), SEQ(5) + 10 } },
	{ "the end of a segment", { SEQ(5) + 10, SEQ(6) } },
};

static void wrong_describe(const struct wrong *w, char *desc)
{
	strscpy(desc, w->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wrongs, wrongs, wrong_describe);

static void ignores_wrong_block(struct kunit *test)
{
	const struct wrong *w = test->param_value;
	struct catch *c = BEGIN(test);
	int i;

	send_flight(c, 10);
	for (i = 0; i < 5; i++)
		PEER(c, ACK, 1, SEQ(0), .sacks = { w->block });
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->sacked_out, 0U);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/* Of two blocks the wrong one is ignored, whichever comes first. */
static void ignores_wrong_beside_right(struct kunit *test)
{
	const struct wrong *w = test->param_value;
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { w->block, SACK(8, 9) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 1U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(9, 10), w->block });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 2U);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, dsacks_received, 0);
	EXPECT_COUNTED(c, sacks_ignored, seq_after(w->block.end, SEQ(10)) ? 2 : 0);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/* What was told before stays told. */
static void ignores_wrong_after_right(struct kunit *test)
{
	const struct wrong *w = test->param_value;
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	int i;

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(4, 6) });
	for (i = 0; i < 5; i++)
		PEER(c, ACK, 1, SEQ(0), .sacks = { w->block });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 2U);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(4), .sacks = { w->block, SACK(4, 6) });
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/* What claims to have come twice, and cannot have come. */
static const struct wrong wrong_duplicates[] = {
	{ "beyond what was sent", { SEQ(0), SEQ(11) } },
	{ "backwards", { SEQ(1), SEQ(0) } },
	{ "empty", { SEQ(1), SEQ(1) } },
	{ "older than any window", { SEQ(1) - 0x40000000, SEQ(2) - 0x40000000 } },
	{ "begins before any window", { SEQ(1) - 0x40000000, SEQ(2) } },
	{ "ends half a circle away", { SEQ(1), SEQ(1) + 0x7fffffffu } },
};

KUNIT_ARRAY_PARAM(wrong_duplicates, wrong_duplicates, wrong_describe);

/* It neither widens RACK's window nor undoes anything. */
static void ignores_wrong_duplicate(struct kunit *test)
{
	const struct wrong *w = test->param_value;
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(2), .sacks = { w->block });
	PEER(c, ACK, 1, SEQ(2), .sacks = { w->block, SACK(5, 6) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 1U);
	KUNIT_EXPECT_EQ(test, ms->rack.reo_wnd_mult, 1);
	KUNIT_EXPECT_EQ(test, ms->dsack_dups, 0U);
	EXPECT_COUNTED(c, dsacks_received, 0);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/* --- The scoreboard --- */

/*
 * Blocks may come in any order, grow at either end, join, and be forgotten.
 * Shows: 2018-5-1, 6675-3-1, 6675-4-2, 6675-5-1, 8985-4-1
 */
static void scoreboard_counts(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(8, 9), SACK(2, 3) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 2U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 4), SACK(8, 9) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 3U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(7, 10), SACK(1, 5) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 7U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 10) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 9U);
	PEER(c, ACK, 1, SEQ(0));
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 9U);
	PEER(c, ACK, 1, SEQ(4), .sacks = { SACK(5, 10) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 6U);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/* A block ends within a segment, and the next one covers all of it. Shows: 6675-4-2. */
static void block_grows(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(5), SEQ(5) + 500 } });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 0U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(5), SEQ(6) + 10 } });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 1U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(5, 7) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 2U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(4) + 10, SEQ(7) } });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 2U);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(4, 7) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 3U);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/* The path has become narrower, and what a block had cut through is cut just there. */
static void block_fits_what_was_cut(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 4);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(1) + 600, SEQ(3) } });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 1U);
	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1, 640);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(1) + 600, SEQ(3) } });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 2U);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(4));
	expect_open(test, c);
}

/*
 * A buffer of many segments is cut where the peer's hole begins and ends.
 * Shows: 6675-4-2
 */
static void cuts_buffers(struct kunit *test)
{
	struct catch *c = BEGIN(test, .gso = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 3), SACK(6, 8) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 4U);
	KUNIT_EXPECT_EQ(test, ms->packets_out, 10U);
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	FORGET(c);
	/* In the middle of segments */
	PEER(c, ACK, 1, SEQ(0), .sacks = { { SEQ(3) + 1, SEQ(5) + 1 }, SACK(1, 3) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 5U);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/* What is seen of one flight does not count for what bears its numbers later. */
static void seen_is_forgotten(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	ms->seen[0] = (struct mytcp_sack_block) { c->iss + SEQ(1), c->iss + SEQ(3) };
	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 3) });
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 2U);
	PEER(c, ACK, 1, SEQ(10));
	FORGET(c);
	expect_open(test, c);
}

/* The window has shrunk: what is sent again keeps within it. */
static void keeps_within_window(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 5) }, .wnd = 1500);
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 10) }, .wnd = 1500);
	EXPECT(c, ACK, SEQ(1), 1, .len = 500);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(10));
	FORGET(c);
	expect_open(test, c);
}

/*
 * What is first on the list of losses lies beyond the shrunken window; what the peer
 * waits for does not, and was lost again.
 */
static void head_within_window(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	/* Four are lost; PRR lets two of them go */
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(4, 7) });
	expect_segment(c, 0, 9);
	expect_segment(c, 1, 9);
	KUNIT_EXPECT_EQ(test, ms->lost_out - ms->retrans_out, 2U);
	RUN(c, 400);
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_LOSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(1), .sacks = { SACK(4, 7) }, .wnd = MSS);
	expect_segment(c, 1, 9);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(10));
	FORGET(c);
	expect_open(test, c);
}

/* --- The retransmission timer --- */

/*
 * What the peer has is not sent again: RFC 6675 section 5.1.
 * Shows: 2018-5-2, 6675-5.1-3, 6675-5.1-4
 */
static void timeout_keeps_marks(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 4);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 3) });
	FORGET(c);
	RUN(c, 1000);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(1), .sacks = { SACK(2, 3) });
	expect_segment(c, 1, 3);
	expect_segment(c, 3, 3);
	PEER(c, ACK, 1, SEQ(3));
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 1U);
	PEER(c, ACK, 1, SEQ(4));
	expect_open(test, c);
}

/* What an ACK covers and no memory could drop is not sent again, or that for ever. */
static void acked_front(struct kunit *test)
{
	struct catch *c = BEGIN(test, .gso = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_segments(c, 10);
	FORGET(c);
	/* As an ACK of three leaves it then */
	ms->snd_una += 3 * MSS;
	RUN(c, 2 * RTT_MS);
	expect_segment(c, 9, 9);
	RUN(c, 400);
	expect_segment(c, 3, 9);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/*
 * RFC 8985 section 6.3: what was sent shortly before the timer was due is on the way.
 * Shows: 6675-4-4, 8985-6.3-1
 */
static void timeout_spares_the_late(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 1);
	PEER(c, ACK, 1, SEQ(1));
	send_segments(c, 5);
	/* The probe, with which the timer begins anew */
	RUN(c, 2 * RTT_MS + 250);
	send_segments(c, 2);
	FORGET(c);
	RUN(c, 50);
	expect_segment(c, 1, 5);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	KUNIT_EXPECT_EQ(test, ms->lost_out, 5U);
	KUNIT_EXPECT_EQ(test, mytcp_in_flight(ms), 3U);
	PEER(c, ACK, 1, SEQ(8));
	expect_open(test, c);
}

/*
 * What comes of the flight before the timeout begins no recovery of its own.
 * Shows: 5682-2.1-1, 6675-5.1-1, 6675-5.1-2
 */
static void timeout_ends_recovery(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_RECOVERY);
	RUN(c, 400);
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_LOSS);
	KUNIT_EXPECT_EQ(test, ms->recover, ms->snd_nxt);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 8) });
	PEER(c, ACK, 1, SEQ(8), .sacks = { SACK(9, 10) });
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_LOSS);
	EXPECT_COUNTED(c, fast_retransmits, 1);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(10));
	expect_open(test, c);
}

/*
 * RFC 2018 section 8: the peer throws away what it had acknowledged by SACK.
 * Shows: 2018-5-3, 2018-5-4, 2018-8-3, 2018-8-4, 6298-5-1, 6675-4-1
 */
static void survives_reneging(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 4);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 3);
	/* It takes the first, and has no longer what came after it */
	MARK(c);
	PEER(c, ACK, 1, SEQ(1));
	EXPECT_NOTHING(c);
	/* A moment later the timer finds that out. */
	RUN(c, 400);
	EXPECT(c, ACK, SEQ(1), 1, .len = MSS, .at = RTT_MS / 2);
	EXPECT_COUNTED(c, sack_reneging, 1);
	PEER(c, ACK, 1, SEQ(2));
	expect_segment(c, 2, 3);
	expect_segment(c, 3, 3);
	PEER(c, ACK, 1, SEQ(4));
	expect_open(test, c);
}

/* ... where a round trip takes no time, that is 10 ms: what it says may be on its way. */
static void reneging_takes_time(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	conv_round_trip(c, USEC_PER_MSEC);
	send_segments(c, 4);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 3);
	MARK(c);
	PEER(c, ACK, 1, SEQ(1));
	RUN(c, 9);
	EXPECT_NOTHING(c);
	/* It has all of it, after all. */
	PEER(c, ACK, 1, SEQ(4));
	RUN(c, 400);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, sack_reneging, 0);
	expect_open(test, c);
}

/*
 * An ACK that was overtaken is old, but what its blocks say is not.
 * Shows: 6675-5-1
 */
static void overtaken_ack(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 8);
	PEER(c, ACK, 1, SEQ(2));
	PEER(c, ACK, 1, SEQ(1), .sacks = { SACK(4, 7) });
	expect_segment(c, 2, 7);
	expect_segment(c, 3, 7);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_una - mytcp_sk(c->sk)->iss, (u32)SEQ(2));
	/* What it acknowledges is gone, as what its blocks say of that. */
	PEER(c, ACK, 1, SEQ(1), .sacks = { SACK(1, 3) });
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->sacked_out, 3U);
	PEER(c, ACK, 1, SEQ(8));
	expect_open(test, c);
}

/*
 * The path becomes longer: that the peer may have delayed its ACK is no reason to think
 * so, that a flight takes longer is.
 */
static void least_round_trip(struct kunit *test)
{
	const u32 window_ms = 300 * MSEC_PER_SEC;
	struct catch *c = BEGIN(test);
	const struct mytcp_rtt *rtt = &mytcp_sk(c->sk)->rtt;

	RUN(c, window_ms + 1);
	SEND_N(c, 1);
	RUN(c, RTT_MS + 40);
	PEER(c, ACK, 1, 2);
	KUNIT_EXPECT_EQ(test, rtt->min_rtt_us, RTT_MS * USEC_PER_MSEC);
	SEND_N(c, 2 * MSS);
	RUN(c, RTT_MS + 20);
	PEER(c, ACK, 1, 2 + 2 * MSS);
	KUNIT_EXPECT_EQ(test, rtt->min_rtt_us, (RTT_MS + 20) * USEC_PER_MSEC);
}

/* What the path has become too narrow for is sent again, and is no congestion. */
static void narrow_path(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 4);
	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1, 640);
	KUNIT_EXPECT_GE(test, COUNTED(c, retrans_segs), 7UL);
	FORGET(c);
	PEER(c, ACK, 1, 601);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
	EXPECT_COUNTED(c, fast_retransmits, 0);
	PEER(c, ACK, 1, SEQ(4));
	expect_open(test, c);
}

/* --- Tail loss probes: RFC 8985 section 7 --- */

/*
 * The end of a flight is lost: after two round trips its last segment is sent
 * again.
 * Shows: 8985-7.2-1, 8985-7.2-2, 8985-7.3-2, 8985-7.4-1
 */
static void probes_tail(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(7));
	MARK(c);
	RUN(c, 3 * RTT_MS);
	EXPECT(c, ACK | PSH, SEQ(9), 1, .len = MSS, .at = 2 * RTT_MS);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	/* Its SACK shows the rest, which needs no timeout */
	PEER(c, ACK, 1, SEQ(7), .sacks = { SACK(9, 10) });
	expect_segment(c, 7, 9);
	PEER(c, ACK, 1, SEQ(8), .sacks = { SACK(9, 10) });
	expect_segment(c, 8, 9);
	PEER(c, ACK, 1, SEQ(10));
	EXPECT_COUNTED(c, rto_timeouts, 0);
	expect_open(test, c);
	/* One loss, one reduction */
	send_segments(c, 2);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(12));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, 2U);
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->cong.cwnd, 2U);
}

/*
 * Something new, when there is, though the congestion window is full.
 * Shows: 8985-7.3-1, 8985-7.3-3, 8985-7.3-5, 8985-8-1
 */
static void probes_with_new(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 20);
	FORGET(c);
	MARK(c);
	RUN(c, 2 * RTT_MS);
	EXPECT(c, ACK, SEQ(10), 1, .len = MSS, .at = 2 * RTT_MS);
	EXPECT_NOTHING(c);
	/* One probe, then the retransmission timer */
	RUN(c, 200);
	EXPECT_NOTHING(c);
	RUN(c, 300);
	expect_segment(c, 0, 19);
	EXPECT_COUNTED(c, rto_timeouts, 1);
}

/*
 * One at once: the ACK of something before it, with a measured round trip, is no
 * reason for the next.
 * Shows: 8985-7.3-4
 */
static void one_probe_at_once(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 10);
	FORGET(c);
	RUN(c, 2 * RTT_MS);
	expect_segment(c, 9, 9);
	PEER(c, ACK, 1, SEQ(3));
	KUNIT_EXPECT_TRUE(test, mytcp_sk(c->sk)->tlp_sampled);
	/* SRTT is 112.5 ms now, the retransmission timeout 362.5 ms */
	RUN(c, 300);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	RUN(c, 100);
	expect_segment(c, 3, 9);
	EXPECT_COUNTED(c, rto_timeouts, 1);
}

/* A lone segment's ACK may be delayed. Shows: 8985-7.2-3. */
static void probe_waits_for_delayed_ack(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	mytcp_rtt_sample(&mytcp_sk(c->sk)->rtt, 1000000, MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US);
	MARK(c);
	send_segments(c, 1);
	FORGET(c);
	RUN(c, 1000);
	/* SRTT is 212.5 ms now: twice that and 200 ms */
	EXPECT(c, ACK | PSH, SEQ(0), 1, .len = MSS, .at = 625);
}

/*
 * The probe repairs the only loss: that is congestion all the same.
 * Shows: 8985-7.4-2, 8985-7.4-5
 */
static void probe_repairs(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(9));
	RUN(c, 4 * RTT_MS + 50);
	expect_segment(c, 9, 9);
	PEER(c, ACK, 1, SEQ(10));
	send_segments(c, 1);
	FORGET(c);
	/* The peer's text with the same ACK is no duplicate that would excuse it */
	PEER(c, ACK, 1, SEQ(10), .len = 10);
	FORGET(c);
	PEER(c, ACK, 11, SEQ(11));
	/* Half of what was on the way when the probe went */
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, 2U);
	expect_open(test, c);
}

/*
 * The same with a flight of ten: half of it, not half of what is on the way later.
 * Shows: 8985-7.4-2, 8985-7.4-5
 */
static void probe_repairs_flight(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 10);
	FORGET(c);
	RUN(c, 2 * RTT_MS);
	expect_segment(c, 9, 9);
	PEER(c, ACK, 1, SEQ(10));
	send_segments(c, 1);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(11));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, 5U);
	expect_open(test, c);
}

/* RFC 8985 7.3: no second probe before a round trip was measured. Shows: 8985-7.3-6. */
static void probes_once_a_sample(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 2);
	FORGET(c);
	RUN(c, 2 * RTT_MS);
	expect_segment(c, 1, 1);
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(1, 2) });
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	/* The first was acknowledged by what may be the ACK of either: Karn */
	mytcp_sk(c->sk)->tlp_sampled = false;
	send_segments(c, 2);
	FORGET(c);
	RUN(c, 2 * RTT_MS + 10);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	PEER(c, ACK, 1, SEQ(3));
	RUN(c, 3 * RTT_MS + 100);
	EXPECT_COUNTED(c, tail_loss_probes, 2);
	FORGET(c);
}

/* The peer's own text does not put the probe off. Shows: 8985-7.2-1. */
static void probes_while_peer_sends(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 seq = 1;

	send_segments(c, 10);
	FORGET(c);
	MARK(c);
	while (seq < 190) {
		RUN(c, 10);
		PEER(c, ACK, seq, SEQ(0), .len = 10);
		seq += 10;
	}
	FORGET(c);
	EXPECT_COUNTED(c, tail_loss_probes, 0);
	RUN(c, 10);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	FORGET(c);
}

/*
 * The last segment had arrived, and a DSACK says so: no congestion.
 * Shows: 8985-7.4-3
 */
static void probe_was_needless(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(9));
	RUN(c, 4 * RTT_MS + 50);
	expect_segment(c, 9, 9);
	PEER(c, ACK, 1, SEQ(10));
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(9, 10) });
	send_segments(c, 1);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(11));
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->cong.cwnd, 10U);
}

/* The same from a peer that sends no DSACK. Shows: 8985-7.4-4. */
static void probe_was_needless_by_duplicate(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(9));
	RUN(c, 4 * RTT_MS + 50);
	expect_segment(c, 9, 9);
	PEER(c, ACK, 1, SEQ(10));
	PEER(c, ACK, 1, SEQ(10));
	send_segments(c, 1);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(11));
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->cong.cwnd, 10U);
}

/* And where sequence numbers begin anew behind the probe. */
static void probe_ends_at_zero(struct kunit *test)
{
	struct catch *c = BEGIN(test, .iss = -(u32)SEQ(10));

	send_flight(c, 10);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_nxt, 0U);
	PEER(c, ACK, 1, SEQ(9));
	RUN(c, 4 * RTT_MS + 50);
	expect_segment(c, 9, 9);
	PEER(c, ACK, 1, SEQ(10));
	PEER(c, ACK, 1, SEQ(10));
	send_segments(c, 1);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(11));
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->cong.cwnd, 10U);
}

/* A probe that is on its way is no repair of what is found to be lost meanwhile. */
static void probe_hides_no_loss(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 4);
	RUN(c, RTT_MS);
	expect_segment(c, 3, 3);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	EXPECT_NOTHING(c);
	MARK(c);
	RUN(c, RTT_MS / 2);
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS, .at = RTT_MS / 4);
	EXPECT_COUNTED(c, rto_timeouts, 0);
}

/*
 * New text and behind it a repetition leave in the same moment: that the new text has
 * arrived says nothing of the repetition.
 */
static void order_within_a_moment(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 12);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 2) });
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 3) });
	expect_segment(c, 10, 11);
	expect_segment(c, 11, 11);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 11);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 10) });
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 11) });
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 12) });
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(12));
	EXPECT_COUNTED(c, retrans_segs, 1);
	expect_open(test, c);
}

/*
 * A recovery has no use for the probe that is on its way: the loss is answered once, and
 * the next tail has a probe of its own.
 * Shows: 8985-7.1-1
 */
static void recovery_forgets_probe(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 10);
	FORGET(c);
	RUN(c, 2 * RTT_MS);
	expect_segment(c, 9, 9);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, 5U);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	send_segments(c, 2);
	FORGET(c);
	RUN(c, 4 * RTT_MS);
	EXPECT_COUNTED(c, tail_loss_probes, 2);
	PEER(c, ACK, 1, SEQ(12));
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->cong.cwnd, 5U);
	expect_open(test, c);
}

/* --- Mistakes: RFC 3522, RFC 3708, RFC 4015 --- */

static void expect_undone(struct kunit *test, struct catch *c, u32 cwnd)
{
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->cong.cwnd, cwnd);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, MYTCP_SSTHRESH_INF);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->lost_out, 0U);
	EXPECT_COUNTED(c, recoveries_undone, 1);
}

/* Overtaken by three; its timestamp tells that it came, and not the repetition. */
static void undone_by_timestamp(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);
	u32 first;

	send_flight(c, 10);
	first = c->last_ts_val;
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	FORGET(c);
	PEER(c, ACK, 1, SEQ(4), .ts_ecr = first);
	expect_undone(test, c, 10);
}

/* The same, and the repetition was the one that came: no mistake. */
static void not_undone_by_timestamp(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	FORGET(c);
	RUN(c, RTT_MS);
	PEER(c, ACK, 1, SEQ(4));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_RECOVERY);
	EXPECT_COUNTED(c, recoveries_undone, 0);
}

/*
 * What one recovery has sent again fills its hole in the next: the timestamp that comes
 * back is older than what the next one has sent, and it is no mistake.
 */
static void not_undone_by_earlier_repetition(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 earlier;

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 10) });
	send_segments(c, 8);
	FORGET(c);
	RUN(c, RTT_MS);
	/* The repetition is lost, and one behind what the recovery is for: both go out. */
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 10), SACK(11, 12) });
	EXPECT_COUNTED(c, retrans_segs, 3);
	earlier = c->last_ts_val;
	/* The first recovery ends with this, the second begins. */
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(11, 12) });
	EXPECT_COUNTED(c, fast_retransmits, 2);
	RUN(c, RTT_MS / 4);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(11, 12), SACK(13, 14) });
	EXPECT_COUNTED(c, retrans_segs, 4);
	PEER(c, ACK, 1, SEQ(12), .sacks = { SACK(13, 14) }, .ts_ecr = earlier);
	EXPECT_COUNTED(c, recoveries_undone, 0);
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_RECOVERY);
	FORGET(c);
}

/* All that was sent again came twice. Shows: 2883-4-6. */
static void undone_by_duplicates(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 5) });
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 6) });
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 7) });
	EXPECT_COUNTED(c, retrans_segs, 2);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(7));
	PEER(c, ACK, 1, SEQ(7), .sacks = { SACK(0, 1) });
	EXPECT_COUNTED(c, recoveries_undone, 0);
	PEER(c, ACK, 1, SEQ(7), .sacks = { SACK(1, 2) });
	expect_undone(test, c, 10);
}

/* The timer was too early: all of it comes, in one ACK, but late. */
static void timeout_undone(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS + 12, .nodelay = true,
				   .ts = true);
	u32 first;

	send_segments(c, 5);
	FORGET(c);
	first = c->last_ts_val;
	RUN(c, 300);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(3), .ts_ecr = first);
	expect_undone(test, c, 10);
	EXPECT_NOTHING(c);
}

/*
 * A repetition that is lost again waits before what was sent long before it: what is
 * on the way after all is in the order of sending, all of it.
 */
static void undone_in_order_of_sending(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_skb_cb *cb;
	u64 last = 0;

	send_segments(c, 10);
	RUN(c, 800);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	c->xmit_error = -ENOBUFS;
	RUN(c, 800);
	c->xmit_error = 0;
	KUNIT_EXPECT_GT(test, COUNTED(c, rto_timeouts), 1UL);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 3) });
	expect_undone(test, c, 10);
	list_for_each_entry(cb, &mytcp_sk(c->sk)->tsorted, link) {
		KUNIT_EXPECT_GE(test, cb->sent_ns, last);
		last = cb->sent_ns;
	}
	FORGET(c);
}

/*
 * ... also when a peer takes SACK blocks back, so that what was lost is in no order: of
 * every two one was sent again.
 */
static void undone_in_order_after_reneging(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	struct mytcp_skb_cb *cb;
	u64 last = 0;
	u32 i, n = 0;

	send_flight(c, 20);
	for (i = 1; i < 20; i += 2) {
		RUN(c, 1);
		PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(i, i + 1) });
	}
	KUNIT_EXPECT_GT(test, ms->retrans_out, 1U);
	PEER(c, ACK, 1, SEQ(1));
	c->xmit_error = -ENOBUFS;
	RUN(c, 200);
	c->xmit_error = 0;
	KUNIT_EXPECT_EQ(test, ms->sacked_out, 0U);
	KUNIT_EXPECT_GT(test, ms->lost_out, 10U);
	mytcp_undo(c->sk);
	list_for_each_entry(cb, &ms->tsorted, link) {
		KUNIT_EXPECT_GE(test, cb->sent_ns, last);
		last = cb->sent_ns;
		n++;
	}
	KUNIT_EXPECT_GT(test, n, 10U);
	FORGET(c);
}

/* The DSACK comes behind the ACK that ends the recovery: the last of the flight's. */
static void undone_after_recovery(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, 5U);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(0, 1) });
	expect_undone(test, c, 10);
	KUNIT_EXPECT_TRUE(test, mytcp_sk(c->sk)->rack.reo_wnd_mult > 1);
}

/* After a pause the window begins anew, and none from before it comes back. */
static void not_undone_after_pause(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(10));
	RUN(c, 10000);
	send_segments(c, 1);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(0, 1) });
	KUNIT_EXPECT_LE(test, mytcp_sk(c->sk)->cong.cwnd, 5U);
}

/* A duplicate of what an earlier recovery had sent again does not excuse this one. */
static void not_undone_by_others(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 9);
	PEER(c, ACK, 1, SEQ(10));
	send_flight(c, 5);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(11, 14) });
	expect_segment(c, 10, 14);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(0, 1), SACK(11, 14) });
	EXPECT_COUNTED(c, recoveries_undone, 0);
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_RECOVERY);
	PEER(c, ACK, 1, SEQ(15));
	FORGET(c);
}

/* A path that duplicates packets says nothing about what was sent again. */
static void not_undone_by_duplication(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(0, 1) });
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(1, 2) });
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(3, 6) });
	expect_segment(c, 2, 9);
	PEER(c, ACK, 1, SEQ(10));
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(2, 3) });
	EXPECT_COUNTED(c, recoveries_undone, 0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rack.reo_wnd_mult, 1);
}

/* --- F-RTO: RFC 5682 --- */

/* Half of a flight of twenty has left when the timer expires, without SACK. */
static struct catch *begin_timeout_without_sack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .sndbuf = 1 << 20);

	send_segments(c, 20);
	FORGET(c);
	RUN(c, 300);
	return c;
}

/*
 * The flight was late: after the ACK of the first new text goes, and another's tells.
 * Shows: 5682-2.1-1, 5682-2.1-2, 5682-2.1-4, 5682-4-1
 */
static void timeout_was_early(struct kunit *test)
{
	struct catch *c = begin_timeout_without_sack(test);

	EXPECT_COUNTED(c, rto_timeouts, 1);
	expect_segment(c, 0, 19);
	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 10, 19);
	expect_segment(c, 11, 19);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(2));
	EXPECT_COUNTED(c, spurious_timeouts, 1);
	expect_undone(test, c, 10);
	FORGET(c);
	EXPECT_COUNTED(c, retrans_segs, 1);
}

/* The new text leaves although it is small, or held together by a cork. */
static void timeout_early_behind_nagle(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .sndbuf = 1 << 20);

	SEND_N(c, MSS + 100);
	SEND_N(c, 100);
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	EXPECT(c, ACK | PSH, SEQ(1), 1, .len = 100);
	EXPECT_NOTHING(c);
	RUN(c, 300);
	expect_segment(c, 0, 1);
	MARK(c);
	PEER(c, ACK, 1, SEQ(1));
	EXPECT(c, ACK | PSH, SEQ(1) + 100, 1, .len = 100, .at = 0);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(1) + 100);
	EXPECT_COUNTED(c, spurious_timeouts, 1);
	expect_undone(test, c, 10);
	EXPECT_COUNTED(c, retrans_segs, 1);
}

/*
 * The ACK after that of something that an earlier repair has sent again, and of what is
 * behind it: the peer may have had that all along, and waited for the repetition.
 * Shows: 5682-2.1-4
 */
static void timeout_and_mixed_ack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .sndbuf = 1 << 20);

	send_segments(c, 20);
	RUN(c, 300);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 1, 19);
	expect_segment(c, 2, 19);
	/* Two more, of which the second is suspected, as the first got no answer */
	RUN(c, 1300);
	EXPECT_COUNTED(c, rto_timeouts, 3);
	expect_segment(c, 1, 19);
	expect_segment(c, 1, 19);
	PEER(c, ACK, 1, SEQ(2));
	expect_segment(c, 10, 19);
	expect_segment(c, 11, 19);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(4));
	EXPECT_COUNTED(c, spurious_timeouts, 0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_LOSS);
	FORGET(c);
}

/*
 * The flight was lost: a duplicate says so, and the rest is repaired.
 * Shows: 5682-2.1-2, 5682-2.1-5, 5682-2.1-7
 */
static void timeout_was_in_time(struct kunit *test)
{
	struct catch *c = begin_timeout_without_sack(test);

	expect_segment(c, 0, 19);
	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 10, 19);
	expect_segment(c, 11, 19);
	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 1, 19);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_LE(test, mytcp_sk(c->sk)->cong.cwnd, 3U);
	PEER(c, ACK, 1, SEQ(2));
	EXPECT_COUNTED(c, spurious_timeouts, 0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_LOSS);
	FORGET(c);
}

/*
 * The same where the repair has to wait for its time: then it goes, and not what is new.
 * Shows: 5682-2.1-5
 */
static void timeout_was_in_time_when_paced(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .sndbuf = 1 << 20);

	/* One segment in 10 ms, from the eleventh on */
	KUNIT_ASSERT_EQ(test, catch_setsockopt(c, SOL_SOCKET, SO_MAX_PACING_RATE, 100 * MSS), 0);
	send_segments(c, 20);
	FORGET(c);
	RUN(c, 300);
	expect_segment(c, 0, 19);
	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 10, 19);
	PEER(c, ACK, 1, SEQ(1));
	EXPECT_NOTHING(c);
	RUN(c, 10);
	expect_segment(c, 1, 19);
	EXPECT_NOTHING(c);
}

/*
 * Neither text of the peer nor its window is a duplicate, RFC 5681 section 2: the
 * question stays open.
 * Shows: 5682-2.1-5
 */
static void timeout_and_no_duplicate(struct kunit *test)
{
	struct catch *c = begin_timeout_without_sack(test);

	PEER(c, ACK, 1, SEQ(0), .len = 100);
	PEER(c, ACK, 101, SEQ(1));
	FORGET(c);
	PEER(c, ACK, 101, SEQ(1), .len = 100);
	PEER(c, ACK, 201, SEQ(1), .wnd = CATCH_WND - 1);
	EXPECT_COUNTED(c, spurious_timeouts, 0);
	PEER(c, ACK, 201, SEQ(2));
	EXPECT_COUNTED(c, spurious_timeouts, 1);
	FORGET(c);
}

/*
 * A duplicate before anything else: the peer waits for the first segment, and what
 * follows it is sent again, nothing new.
 * Shows: 5682-2.1-3
 */
static void timeout_and_duplicate(struct kunit *test)
{
	struct catch *c = begin_timeout_without_sack(test);

	expect_segment(c, 0, 19);
	PEER(c, ACK, 1, SEQ(0));
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 1, 19);
	expect_segment(c, 2, 19);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, spurious_timeouts, 0);
}

/*
 * An ACK of the whole flight may be that of the repetition: it proves nothing.
 * Shows: 5682-2.1-3
 */
static void timeout_and_ack_of_all(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .congestion = &mytcp_cong_reno);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_segments(c, 5);
	FORGET(c);
	RUN(c, 300);
	expect_segment(c, 0, 4);
	PEER(c, ACK, 1, SEQ(5));
	EXPECT_COUNTED(c, spurious_timeouts, 0);
	KUNIT_EXPECT_EQ(test, ms->cong.ssthresh, 2U);
	expect_open(test, c);
}

/*
 * With SACK an original behind the hole tells at once.
 * Shows: 5682-3.1-1, 5682-3.1-2, 5682-4-1
 */
static void timeout_was_early_by_sack(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 10);
	FORGET(c);
	RUN(c, 400);
	FORGET(c);
	RUN(c, 400);
	FORGET(c);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 3) });
	EXPECT_COUNTED(c, spurious_timeouts, 1);
	expect_undone(test, c, 10);
	PEER(c, ACK, 1, SEQ(10));
	FORGET(c);
}

/* With SACK, a probe of the tail, and then the timer. */
static struct catch *begin_timeout(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 20);
	FORGET(c);
	RUN(c, 400);
	expect_segment(c, 10, 19);
	RUN(c, 400);
	expect_segment(c, 0, 19);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	return c;
}

/*
 * With SACK: new text after the ACK of the first; the second is one that was not sent
 * again, and had been late.
 * Shows: 5682-3.1-1, 5682-3.1-4
 */
static void timeout_was_early_with_sack(struct kunit *test)
{
	struct catch *c = begin_timeout(test);

	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 11, 19);
	expect_segment(c, 12, 19);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(2));
	expect_undone(test, c, 10);
	EXPECT_COUNTED(c, spurious_timeouts, 1);
	FORGET(c);
}

/*
 * With SACK: an ACK of the repetition and of originals, whose blocks may have been lost
 * before the timeout. One of an original alone tells.
 * Shows: 5682-3.1-1
 */
static void timeout_and_mixed_ack_with_sack(struct kunit *test)
{
	struct catch *c = begin_timeout(test);

	PEER(c, ACK, 1, SEQ(3));
	EXPECT_COUNTED(c, spurious_timeouts, 0);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(4));
	EXPECT_COUNTED(c, spurious_timeouts, 1);
	FORGET(c);
}

/*
 * With SACK: of what was sent before the timeout nothing more has come, only the new.
 * Shows: 5682-3.1-5
 */
static void timeout_was_in_time_with_sack(struct kunit *test)
{
	struct catch *c = begin_timeout(test);

	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 11, 19);
	expect_segment(c, 12, 19);
	PEER(c, ACK, 1, SEQ(1), .sacks = { SACK(11, 12) });
	expect_segment(c, 1, 19);
	KUNIT_EXPECT_LE(test, mytcp_sk(c->sk)->cong.cwnd, 3U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_LOSS);
	/* An original that comes now does not make them any less so */
	PEER(c, ACK, 1, SEQ(1), .sacks = { SACK(5, 6), SACK(11, 12) });
	EXPECT_COUNTED(c, spurious_timeouts, 0);
	FORGET(c);
}

/*
 * Nothing new to send: the losses are repaired at once, and all of them before what is
 * written meanwhile.
 * Shows: 5682-2.1-6
 */
static void timeout_without_new(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true);

	send_segments(c, 5);
	FORGET(c);
	RUN(c, 300);
	expect_segment(c, 0, 4);
	PEER(c, ACK, 1, SEQ(1));
	expect_segment(c, 1, 4);
	expect_segment(c, 2, 4);
	send_segments(c, 2);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(3));
	expect_segment(c, 3, 4);
	expect_segment(c, 4, 4);
	FORGET(c);
	EXPECT_COUNTED(c, spurious_timeouts, 0);
}

/* --- Duplicates that we tell of: RFC 2883 section 4 --- */

/*
 * Text that comes twice, whole and in part.
 * Shows: 2883-4-1, 2883-4-2, 2883-4-3
 */
static void tells_of_duplicate(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100);
	PEER(c, ACK, 101, 1, .len = 100);
	FORGET(c);
	/* All of it was here */
	PEER(c, ACK, 1, 1, .len = 200);
	EXPECT(c, ACK, 1, 201, .sacks = { { 1, 201 } });
	/* Its front was, which is worth an ACK at once; the one after that says nothing */
	PEER(c, ACK, 151, 1, .len = 100);
	EXPECT(c, ACK, 1, 251, .sacks = { { 151, 201 } });
	PEER(c, ACK, 301, 1, .len = 100);
	EXPECT(c, ACK, 1, 251, .sacks = { { 301, 401 } });
	EXPECT_COUNTED(c, dsacks_sent, 2);
}

/*
 * The same beyond a gap: the block that has it follows.
 * Shows: 2883-4-1, 2883-4-2, 2883-4-3, 2883-4-4
 */
static void tells_of_duplicate_beyond(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 101, 1, .len = 100);
	FORGET(c);
	PEER(c, ACK, 151, 1, .len = 50);
	EXPECT(c, ACK, 1, 1, .sacks = { { 151, 201 }, { 101, 201 } });
	PEER(c, ACK, 151, 1, .len = 100);
	EXPECT(c, ACK, 1, 1, .sacks = { { 151, 201 }, { 101, 251 } });
	PEER(c, ACK, 251, 1, .len = 100);
	EXPECT(c, ACK, 1, 1, .sacks = { { 101, 351 } });
	EXPECT_COUNTED(c, dsacks_sent, 2);
}

/*
 * Text that may go out at the same time has no room for it, and does not delay it.
 * Shows: 2883-4-1, 2883-4-2
 */
static void tells_of_duplicate_before_text(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	PEER(c, ACK, 1, 1, .len = 100);
	send_segments(c, 12);
	for (n = 0; n < 10; n++)
		EXPECT(c, ACK, SEQ(n), 101, .len = MSS);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 51, SEQ(2), .len = 100);
	EXPECT(c, ACK, SEQ(10), 151, .sacks = { { 51, 101 } });
	EXPECT(c, ACK, SEQ(10), 151, .len = MSS);
	EXPECT(c, PSH | ACK, SEQ(11), 151, .len = MSS);
	EXPECT_NOTHING(c);
}

/*
 * RFC 2883 4.3: the timestamp is an old one, and the text was here before.
 * Shows: 2883-4.3-1
 */
static void tells_of_old_duplicate(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);

	PEER(c, ACK, 1, 1, .len = 50, .ts_val = 6000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 51);
	PEER(c, ACK, 51, 1, .len = 50, .ts_val = 7000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	PEER(c, ACK, 1, 1, .len = 100, .ts_val = 5000);
	EXPECT(c, ACK, 1, 101, .sacks = { { 1, 101 } });
	EXPECT_COUNTED(c, paws_drops, 1);
	/* What was never here is no duplicate */
	PEER(c, ACK, 101, 1, .len = 100, .ts_val = 5000);
	EXPECT(c, ACK, 1, 101);
	EXPECT_COUNTED(c, paws_drops, 2);
}

/* --- ACKs that are lost or overtaken --- */

/* Segments of a flight of ten that ACKs cover, in the order in which they come. */
static const struct ack_order {
	const char *name;
	u32 acks[10];
} ack_orders[] = {
	{ "every second is lost", { 2, 4, 6, 8, 10 } },
	{ "all but the last are lost", { 10 } },
	{ "backwards", { 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 } },
	{ "in pairs", { 2, 1, 4, 3, 6, 5, 8, 7, 10, 9 } },
	{ "the first comes last", { 2, 3, 4, 5, 6, 7, 8, 9, 10, 1 } },
	{ "three old ones behind one", { 4, 1, 2, 3, 8, 5, 6, 7, 10, 9 } },
};

static void ack_order_describe(const struct ack_order *o, char *desc)
{
	strscpy(desc, o->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ack_orders, ack_orders, ack_order_describe);

static void acks_in_order_of(struct kunit *test, struct catch *c, const struct ack_order *o)
{
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 cwnd = ms->cong.cwnd;
	u32 i, n, flight;

	for (flight = 0; flight < 100; flight += 10) {
		send_flight(c, 10);
		for (i = 0; i < ARRAY_SIZE(o->acks); i++) {
			n = o->acks[i];
			if (n)
				PEER(c, ACK, 1, SEQ(flight + n));
		}
		EXPECT_NOTHING(c);
		expect_open(test, c);
		KUNIT_EXPECT_GE(test, ms->cong.cwnd, cwnd);
	}
	/* No timer is left that would send something. */
	RUN(c, 10 * MSEC_PER_SEC);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, ms->snd_una, ms->write_seq);
	KUNIT_EXPECT_EQ(test, ms->cong.ssthresh, MYTCP_SSTHRESH_INF);
	EXPECT_COUNTED(c, retrans_segs, 0);
	EXPECT_COUNTED(c, rto_timeouts, 0);
	EXPECT_COUNTED(c, tail_loss_probes, 0);
}

/* An ACK covers what those before it did: neither gaps nor old ones tell of a loss. */
static void acks_lost(struct kunit *test)
{
	acks_in_order_of(test, BEGIN(test), test->param_value);
}

/* Without SACK an old one is no duplicate. */
static void acks_lost_without_sack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .sndbuf = 1 << 20, .congestion = &mytcp_cong_reno);

	acks_in_order_of(test, begin(c), test->param_value);
}

/* --- Proportional rate reduction --- */

/*
 * RFC 6937: one segment for two that were delivered, not a burst, not a pause.
 * Shows: 2018-5.1-1, 5681-4.3-3, 6675-4-4, 6675-5-8, 6937-3-2, 6937-3-3, 6937-3-5,
 * 6937-3-6, 8985-9.3-1
 */
static void reduces_in_proportion(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 n, sent = 0;

	ms->cong.cwnd = 20;
	send_flight(c, 20);
	send_segments(c, 40);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 19);
	for (n = 5; n <= 20; n++) {
		PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, n) });
		sent += !skb_queue_empty(&c->sent);
		KUNIT_EXPECT_LE(test, skb_queue_len(&c->sent), 1U);
		FORGET(c);
	}
	KUNIT_EXPECT_GE(test, sent, 7U);
	KUNIT_EXPECT_LE(test, sent, 9U);
	KUNIT_EXPECT_EQ(test, ms->cong.ssthresh, 10U);
	PEER(c, ACK, 1, SEQ(20));
	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, 10U);
}

static struct kunit_case sack_cases[] = {
	KUNIT_CASE_PARAM(fills_hole, holes_gen_params),
	KUNIT_CASE(fills_two_holes),
	KUNIT_CASE(lost_retransmission),
	KUNIT_CASE(lost_again_goes_first),
	KUNIT_CASE(lost_retransmission_with_timestamps),
	KUNIT_CASE(echo_beside_block),
	KUNIT_CASE(loss_behind_recovery),
	KUNIT_CASE(limited_transmit),
	KUNIT_CASE(overtaken),
	KUNIT_CASE(overtaken_by_many),
	KUNIT_CASE(overtaken_by_many_later),
	KUNIT_CASE(window_grows_while_overtaken),
	KUNIT_CASE(reordering_timer),
	KUNIT_CASE(patient_after_reordering),
	KUNIT_CASE(duplicate_widens),
	KUNIT_CASE(duplicate_beyond_hole),
	KUNIT_CASE_PARAM(ignores_wrong_block, wrongs_gen_params),
	KUNIT_CASE_PARAM(ignores_wrong_beside_right, wrongs_gen_params),
	KUNIT_CASE_PARAM(ignores_wrong_after_right, wrongs_gen_params),
	KUNIT_CASE_PARAM(ignores_wrong_duplicate, wrong_duplicates_gen_params),
	KUNIT_CASE(scoreboard_counts),
	KUNIT_CASE(block_grows),
	KUNIT_CASE(block_fits_what_was_cut),
	KUNIT_CASE(cuts_buffers),
	KUNIT_CASE(seen_is_forgotten),
	KUNIT_CASE(keeps_within_window),
	KUNIT_CASE(head_within_window),
	KUNIT_CASE(timeout_keeps_marks),
	KUNIT_CASE(acked_front),
	KUNIT_CASE(timeout_spares_the_late),
	KUNIT_CASE(timeout_ends_recovery),
	KUNIT_CASE(survives_reneging),
	KUNIT_CASE(reneging_takes_time),
	KUNIT_CASE(overtaken_ack),
	KUNIT_CASE(least_round_trip),
	KUNIT_CASE(narrow_path),
	KUNIT_CASE(probes_tail),
	KUNIT_CASE(probes_with_new),
	KUNIT_CASE(one_probe_at_once),
	KUNIT_CASE(probe_waits_for_delayed_ack),
	KUNIT_CASE(probe_repairs),
	KUNIT_CASE(probe_repairs_flight),
	KUNIT_CASE(probes_once_a_sample),
	KUNIT_CASE(probes_while_peer_sends),
	KUNIT_CASE(probe_was_needless),
	KUNIT_CASE(probe_was_needless_by_duplicate),
	KUNIT_CASE(probe_ends_at_zero),
	KUNIT_CASE(probe_hides_no_loss),
	KUNIT_CASE(order_within_a_moment),
	KUNIT_CASE(recovery_forgets_probe),
	KUNIT_CASE(undone_by_timestamp),
	KUNIT_CASE(not_undone_by_timestamp),
	KUNIT_CASE(not_undone_by_earlier_repetition),
	KUNIT_CASE(undone_by_duplicates),
	KUNIT_CASE(undone_in_order_of_sending),
	KUNIT_CASE(undone_in_order_after_reneging),
	KUNIT_CASE(undone_after_recovery),
	KUNIT_CASE(not_undone_after_pause),
	KUNIT_CASE(not_undone_by_others),
	KUNIT_CASE(not_undone_by_duplication),
	KUNIT_CASE(timeout_undone),
	KUNIT_CASE(timeout_was_early),
	KUNIT_CASE(timeout_early_behind_nagle),
	KUNIT_CASE(timeout_and_mixed_ack),
	KUNIT_CASE(timeout_was_in_time),
	KUNIT_CASE(timeout_was_in_time_when_paced),
	KUNIT_CASE(timeout_and_no_duplicate),
	KUNIT_CASE(timeout_and_duplicate),
	KUNIT_CASE(timeout_and_ack_of_all),
	KUNIT_CASE(timeout_was_early_by_sack),
	KUNIT_CASE(timeout_was_early_with_sack),
	KUNIT_CASE(timeout_and_mixed_ack_with_sack),
	KUNIT_CASE(timeout_was_in_time_with_sack),
	KUNIT_CASE(timeout_without_new),
	KUNIT_CASE(tells_of_duplicate),
	KUNIT_CASE(tells_of_duplicate_beyond),
	KUNIT_CASE(tells_of_duplicate_before_text),
	KUNIT_CASE(tells_of_old_duplicate),
	KUNIT_CASE_PARAM(acks_lost, ack_orders_gen_params),
	KUNIT_CASE_PARAM(acks_lost_without_sack, ack_orders_gen_params),
	KUNIT_CASE(reduces_in_proportion),
	{}
};

static struct kunit_suite sack_suite = {
	.name = "mytcp-conv-sack",
	.test_cases = sack_cases,
};

kunit_test_suite(sack_suite);
