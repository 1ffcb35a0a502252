// SPDX-License-Identifier: GPL-2.0
/*
 * Loss recovery with SACK: RFC 2018, RFC 2883 (duplicates), RFC 6675 (scoreboard),
 * RFC 6937 (PRR), RFC 8985 (RACK).
 */
#include <linux/icmp.h>

#include "../../module/sendqueue.h"
#include "conv.h"

#define MSS	1000

/* Connections with segments of 1000 octets: segment n begins at SEQ(n). */
#define SEQ(n)	(1 + (n) * MSS)

/* The path's round trip; the handshake took none. */
#define RTT_MS	100

#define BEGIN(test, ...)							\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,	\
		       .sack = true, .sndbuf = 1 << 20, __VA_ARGS__))

/* The same with timestamps, which take 12 octets of each segment. */
#define BEGIN_TS(test)								\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS + 12, .nodelay = true,	\
		       .sack = true, .ts = true, .sndbuf = 1 << 20))

/* The segments from first to before end are there. */
#define SACK(first, end)	{ SEQ(first), SEQ(end) }

static struct catch *begin(struct catch *c)
{
	struct mytcp_rtt *rtt = &mytcp_sk(c->sk)->rtt;

	mytcp_rtt_init(rtt, MYTCP_RTO_INIT_US);
	mytcp_rtt_sample(rtt, RTT_MS * USEC_PER_MSEC, MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US);
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

/* Three segments behind a hole: it is filled, and nothing else is sent again. */
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

/* Two holes are filled within one round trip: NewReno takes two. */
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

/* What was sent again is lost again: what was sent behind it tells. */
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

/* --- Reordering: RFC 8985 6.2, step 4 --- */

/* A segment overtaken by one or two is not lost, and comes. */
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
	KUNIT_EXPECT_TRUE(test, mytcp_sk(c->sk)->rack.reordering_seen);
	expect_open(test, c);
}

/* When it does not come within a quarter of the round trip, it is. */
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

/* On a path that reorders, three segments behind a hole prove nothing. */
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

/* A DSACK: patience doubles, but once a round trip. */
static void duplicate_widens(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(2), .sacks = { SACK(0, 1) });
	KUNIT_EXPECT_EQ(test, ms->rack.reo_wnd_mult, 2);
	PEER(c, ACK, 1, SEQ(3), .sacks = { SACK(1, 2) });
	KUNIT_EXPECT_EQ(test, ms->rack.reo_wnd_mult, 2);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(2, 3) });
	KUNIT_EXPECT_EQ(test, ms->rack.reo_wnd_mult, 3);
	EXPECT_COUNTED(c, dsacks_received, 3);
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
	{ "half a circle", { SEQ(1), SEQ(1) + 0x7fffffff } },
	{ "older than any window", { SEQ(1) - 0x40000000, SEQ(2) - 0x40000000 } },
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

/* --- The scoreboard --- */

/* Blocks may come in any order, grow at either end, join, and be forgotten. */
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

/* A buffer of many segments is cut where the peer's hole begins and ends. */
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

/* --- The retransmission timer --- */

/* What the peer has is not sent again: RFC 6675 section 5.1. */
static void timeout_keeps_marks(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 4);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(2, 3) });
	FORGET(c);
	RUN(c, 1000);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(1), .sacks = { SACK(2, 3) });
	PEER(c, ACK, 1, SEQ(3));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 1U);
	PEER(c, ACK, 1, SEQ(4));
	expect_open(test, c);
	KUNIT_EXPECT_LE(test, COUNTED(c, retrans_segs), 5UL);
}

/* RFC 2018 section 8: the peer throws away what it had acknowledged by SACK. */
static void survives_reneging(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 4);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	expect_segment(c, 0, 3);
	/* It takes the first, and has no longer what came after it */
	PEER(c, ACK, 1, SEQ(1));
	EXPECT_NOTHING(c);
	RUN(c, 400);
	expect_segment(c, 1, 3);
	EXPECT_COUNTED(c, sack_reneging, 1);
	PEER(c, ACK, 1, SEQ(2));
	expect_segment(c, 2, 3);
	expect_segment(c, 3, 3);
	PEER(c, ACK, 1, SEQ(4));
	expect_open(test, c);
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

/* The end of a flight is lost: after two round trips its last segment is sent again. */
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
}

/* Something new, when there is, though the congestion window is full. */
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

/* A lone segment's ACK may be delayed. */
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

/* The probe repairs the only loss: that is congestion all the same. */
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
	PEER(c, ACK, 1, SEQ(11));
	KUNIT_EXPECT_LT(test, mytcp_sk(c->sk)->cong.cwnd, 10U);
	expect_open(test, c);
}

/* The last segment had arrived, and a DSACK says so: no congestion. */
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

/* All that was sent again came twice. */
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

/* --- Proportional rate reduction --- */

/* RFC 6937: one segment for two that were delivered, not a burst, not a pause. */
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
	KUNIT_CASE(overtaken),
	KUNIT_CASE(reordering_timer),
	KUNIT_CASE(patient_after_reordering),
	KUNIT_CASE(duplicate_widens),
	KUNIT_CASE_PARAM(ignores_wrong_block, wrongs_gen_params),
	KUNIT_CASE(scoreboard_counts),
	KUNIT_CASE(cuts_buffers),
	KUNIT_CASE(timeout_keeps_marks),
	KUNIT_CASE(survives_reneging),
	KUNIT_CASE(narrow_path),
	KUNIT_CASE(probes_tail),
	KUNIT_CASE(probes_with_new),
	KUNIT_CASE(probe_waits_for_delayed_ack),
	KUNIT_CASE(probe_repairs),
	KUNIT_CASE(probe_was_needless),
	KUNIT_CASE(undone_by_timestamp),
	KUNIT_CASE(not_undone_by_timestamp),
	KUNIT_CASE(undone_by_duplicates),
	KUNIT_CASE(timeout_undone),
	KUNIT_CASE(reduces_in_proportion),
	{}
};

static struct kunit_suite sack_suite = {
	.name = "mytcp-conv-sack",
	.test_cases = sack_cases,
};

kunit_test_suite(sack_suite);
