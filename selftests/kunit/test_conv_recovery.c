// SPDX-License-Identifier: GPL-2.0
/*
 * Losses: RFC 6298 (RTO), RFC 5681 (slow start, fast retransmit), RFC 6582
 * (NewReno), RFC 9293 3.8.3 (giving up).
 */
#include <linux/icmp.h>
#include <net/dst.h>

#include "../../module/mss.h"
#include "../../module/sendqueue.h"
#include "conv.h"

#define MSS	1000

/* The handshake took no time, which counts as 1 us, above the floor of 200 ms. */
#define RTO_US	200001

/* Connections with segments of 1000 octets: segment n begins at SEQ(n). With Reno. */
#define SEQ(n)	(1 + (n) * MSS)

#define BEGIN(test, ...)							\
	IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,		\
		 .sndbuf = 1 << 20, .congestion = &mytcp_cong_reno, __VA_ARGS__)

/* Segments first..last are sent, in order and nothing else; the last has PSH. */
static void expect_segments(struct catch *c, u32 first, u32 last, u32 pushed)
{
	u32 n;

	for (n = first; n <= last; n++)
		EXPECT(c, ACK | (n == pushed ? PSH : 0), SEQ(n), 1, .len = MSS);
	EXPECT_NOTHING(c);
}

/* n segments are written; the last is pushed. */
static void send_segments(struct catch *c, u32 n)
{
	SEND_N(c, n * MSS);
}

static u32 cwnd(const struct catch *c)
{
	return mytcp_sk(c->sk)->cong.cwnd;
}

/* --- Slow start --- */

/*
 * RFC 6928: ten segments; then two for each that is acknowledged.
 * Shows: MUST-19, 5681-2-1, 5681-3.1-1, 5681-3.1-2, 5681-3.1-3, 5681-3.1-5, 5681-3.1-7,
 * 5681-3.1-8
 */
static void slow_start(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, MYTCP_SSTHRESH_INF);
	send_segments(c, 40);
	expect_segments(c, 0, 9, 39);
	for (n = 0; n < 5; n++) {
		PEER(c, ACK, 1, SEQ(n + 1));
		expect_segments(c, 10 + 2 * n, 11 + 2 * n, 39);
	}
	KUNIT_EXPECT_EQ(test, cwnd(c), 15U);
	/* A stretch ACK counts segments, as Linux: RFC 3465 */
	PEER(c, ACK, 1, SEQ(10));
	expect_segments(c, 20, 29, 39);
	KUNIT_EXPECT_EQ(test, cwnd(c), 20U);
}

/* An application that does not fill the window does not open it: RFC 7661. */
static void slow_start_not_limited(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	for (n = 0; n < 20; n++) {
		send_segments(c, 1);
		expect_segments(c, n, n, n);
		PEER(c, ACK, 1, SEQ(n + 1));
	}
	KUNIT_EXPECT_EQ(test, cwnd(c), 10U);
}

/*
 * More than half of the window is enough in slow start, and so is a flight that fills
 * it when nothing more is there to be held back: else who answers with as much as the
 * window holds would never have a larger one.
 * Shows: 5681-3.1-16
 */
static void slow_start_validated(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 5);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(5));
	KUNIT_EXPECT_EQ(test, cwnd(c), 10U);
	send_segments(c, 6);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(11));
	KUNIT_EXPECT_EQ(test, cwnd(c), 16U);

	/* Congestion avoidance asks for the whole of it. */
	mytcp_sk(c->sk)->cong.ssthresh = 16;
	send_segments(c, 15);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(26));
	KUNIT_EXPECT_EQ(test, cwnd(c), 16U);
	send_segments(c, 16);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(42));
	KUNIT_EXPECT_EQ(test, cwnd(c), 17U);
}

/*
 * The path has become narrower: as many segments, each of them smaller.
 * Shows: 5681-3.1-6
 */
static void narrow_path_narrows_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true, .sndbuf = 1 << 20);

	SEND_N(c, 30 * CATCH_MSS);
	FORGET(c);
	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1, 1040);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, mytcp_current_mss(mytcp_sk(c->sk)), 1000U);
	KUNIT_EXPECT_EQ(test, cwnd(c), 10U);
	KUNIT_EXPECT_LE(test, mytcp_in_flight(mytcp_sk(c->sk)), 10U);
}

/* --- Fast retransmit and NewReno --- */

/*
 * RFC 5681 3.2: not by two duplicates, by the third at once.
 * Shows: 5681-3.1-9, 5681-3.1-13, 5681-3.2-3, 5681-3.2-7, 5681-3.2-8, 5681-3.2-11,
 * 5681-4.3-2, 6582-3.2-1, 6582-3.2-2, 6582-3.2-3
 */
static void third_duplicate(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(0));
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(0));
	expect_segments(c, 0, 0, 9);
	EXPECT_COUNTED(c, fast_retransmits, 1);
	EXPECT_COUNTED(c, retrans_segs, 1);
	/* (4): half of FlightSize */
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, 5U);
	/* Once, whatever comes of duplicates */
	PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(0));
	EXPECT_NOTHING(c);
	/* A full acknowledgment ends it: RFC 6582 3.2 (3) */
	PEER(c, ACK, 1, SEQ(10));
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_LE(test, cwnd(c), 5U);
}

/* Before there is anything to recover. Shows: 6582-3.2-1. */
static void recover_begins_at_iss(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->recover, c->iss);
}

/*
 * Where nothing is lost it follows what is acknowledged: half a circle of numbers later
 * it would seem to lie ahead, and nothing would begin a recovery.
 * Shows: 6582-6-1
 */
static void recover_keeps_up(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	const struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 n;

	for (n = 0; n < 3; n++) {
		send_segments(c, 1);
		FORGET(c);
		PEER(c, ACK, 1, SEQ(n + 1));
		KUNIT_EXPECT_EQ(test, ms->recover, ms->snd_una - 1);
	}
}

/*
 * Two and two, with an ACK of something new between them, are not three.
 * Shows: 6675-5-2
 */
static void new_ack_forgets_duplicates(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	for (i = 0; i < 2; i++)
		PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(1));
	for (i = 0; i < 2; i++)
		PEER(c, ACK, 1, SEQ(1));
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, fast_retransmits, 0);
}

/*
 * RFC 3042: the first two duplicates let a new segment go each, beyond the window,
 * which stays as it is.
 * Shows: 5681-3.2-4, 5681-3.2-5
 */
static void limited_transmit(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 20);
	expect_segments(c, 0, 9, 19);
	PEER(c, ACK, 1, SEQ(0));
	expect_segments(c, 10, 10, 19);
	PEER(c, ACK, 1, SEQ(0));
	expect_segments(c, 11, 11, 19);
	KUNIT_EXPECT_EQ(test, cwnd(c), 10U);
	EXPECT_COUNTED(c, retrans_segs, 0);
}

/*
 * A loss in the window after: congestion once more.
 * Shows: 5681-4.3-1
 */
static void two_windows_reduce_twice(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 10);
	for (i = 0; i < 3; i++)
		PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, 5U);
	FORGET(c);
	send_segments(c, 5);
	/* Beyond what was sent when the first was found: RFC 6582 3.2 (2) */
	PEER(c, ACK, 1, SEQ(11));
	for (i = 0; i < 3; i++)
		PEER(c, ACK, 1, SEQ(11));
	EXPECT_COUNTED(c, fast_retransmits, 2);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, 2U);
}

/**
 * struct not_duplicate - an ACK that looks like a duplicate and is none
 * @desc: which part of RFC 5681's definition it fails
 * @seg: the segment; its ack is that of the data before the loss
 */
struct not_duplicate {
	const char *desc;
	struct catch_segment seg;
};

static const struct not_duplicate not_duplicates[] = {
	{ "(b): it carries data", { ACK, 1, 1, .len = 1 } },
	{ "(c): FIN is set", { FIN | ACK, 1, 1 } },
	{ "(d): older than the greatest acknowledgment", { ACK, 1, 0 } },
};

static void not_duplicate_desc(const struct not_duplicate *n, char *desc)
{
	strscpy(desc, n->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(not_duplicate, not_duplicates, not_duplicate_desc);

/* RFC 5681 section 2: such segments do not count. */
static void not_a_duplicate(struct kunit *test)
{
	const struct not_duplicate *n = test->param_value;
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	for (i = 0; i < 6; i++) {
		struct catch_segment seg = n->seg;

		seg.seq += i * seg.len;
		catch_peer(c, &seg);
	}
	EXPECT_COUNTED(c, fast_retransmits, 0);
	EXPECT_COUNTED(c, retrans_segs, 0);
}

/* (e): the window is another one: an update. */
static void window_update_is_no_duplicate(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 i;

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	for (i = 0; i < 6; i++)
		PEER(c, ACK, 1, SEQ(0), .wnd = 60000 - i * 100);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, fast_retransmits, 0);
}

/* (a): nothing is outstanding. */
static void idle_is_no_duplicate(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	for (i = 0; i < 6; i++)
		PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	send_segments(c, 1);
	expect_segments(c, 0, 0, 0);
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
}

/*
 * RFC 6582 3.2 (3): a partial acknowledgment: the next hole at once.
 * Shows: 6582-3.2-4, 6582-3.2-5, 6582-3.2-8
 */
static void newreno_partial(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	/* Segments 0, 3 and 6 are lost. */
	for (i = 0; i < 7; i++)
		PEER(c, ACK, 1, SEQ(0));
	expect_segments(c, 0, 0, 9);
	PEER(c, ACK, 1, SEQ(3));
	expect_segments(c, 3, 3, 9);
	/* Seven have left the path, two of them are acknowledged now. */
	KUNIT_EXPECT_EQ(test, mytcp_in_flight(mytcp_sk(c->sk)), 2U);
	PEER(c, ACK, 1, SEQ(6));
	expect_segments(c, 6, 6, 9);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_RECOVERY);
	PEER(c, ACK, 1, SEQ(10));
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
	EXPECT_COUNTED(c, fast_retransmits, 1);
	EXPECT_COUNTED(c, retrans_segs, 3);
	EXPECT_COUNTED(c, rto_timeouts, 0);
}

/*
 * What a partial acknowledgment leaves of the window lets new text go as well, and the
 * recovery goes on.
 * Shows: 6582-3.2-8
 */
static void newreno_partial_sends_new(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 30);
	expect_segments(c, 0, 9, 29);
	/* The first and the seventh are lost; twelve are sent until that is known. */
	for (i = 0; i < 11; i++)
		PEER(c, ACK, 1, SEQ(0));
	EXPECT_COUNTED(c, retrans_segs, 1);
	FORGET(c);
	KUNIT_ASSERT_EQ(test, mytcp_sk(c->sk)->snd_nxt - c->iss, (u32)SEQ(16));
	PEER(c, ACK, 1, SEQ(6));
	EXPECT(c, ACK, SEQ(6), 1, .len = MSS);
	expect_segments(c, 16, 16, 29);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_RECOVERY);
}

/*
 * Duplicates let new text go: each says that a segment has left the path.
 * Shows: 5681-3.2-9, 5681-3.2-10, 5681-3.2-12
 */
static void newreno_inflates(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 20);
	expect_segments(c, 0, 9, 19);
	for (i = 0; i < 3; i++)
		PEER(c, ACK, 1, SEQ(0));
	/* Perhaps with RFC 3042's limited transmit; in any case the lost one. */
	FORGET(c);
	EXPECT_COUNTED(c, retrans_segs, 1);
	/* FlightSize without what limited transmit has sent: RFC 5681 3.2 (2) */
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, 5U);
	for (i = 0; i < 6; i++)
		PEER(c, ACK, 1, SEQ(0));
	KUNIT_EXPECT_GT(test, mytcp_sk(c->sk)->snd_nxt - c->iss, (u32)SEQ(10));
	KUNIT_EXPECT_LE(test, mytcp_in_flight(mytcp_sk(c->sk)), cwnd(c));
	FORGET(c);
	PEER(c, ACK, 1, mytcp_sk(c->sk)->snd_nxt - c->iss);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
}

/* RFC 6582 4: no second fast retransmit for the same window. */
static void no_second_recovery(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	RUN_US(c, RTO_US);
	expect_segments(c, 0, 0, 9);
	/* Duplicates of what was sent before the timeout: 3.2 (2), "recover" */
	for (i = 0; i < 5; i++)
		PEER(c, ACK, 1, SEQ(0));
	EXPECT_COUNTED(c, fast_retransmits, 0);
}

/*
 * RFC 6582 3.2 (2): a timeout was needless, all had arrived. Duplicates for what
 * was repeated, which ask for nothing, begin no recovery until something is
 * acknowledged that was sent after it.
 * Shows: 6582-3.2-2, 6582-3.2-7
 */
static void no_recovery_for_repetitions(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	RUN_US(c, RTO_US);
	expect_segments(c, 0, 0, 9);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
	send_segments(c, 8);
	for (i = 0; i < 4; i++)
		PEER(c, ACK, 1, SEQ(10));
	FORGET(c);
	EXPECT_COUNTED(c, fast_retransmits, 0);
	PEER(c, ACK, 1, SEQ(11));
	for (i = 0; i < 3; i++)
		PEER(c, ACK, 1, SEQ(11));
	FORGET(c);
	EXPECT_COUNTED(c, fast_retransmits, 1);
}

/*
 * What was sent in one piece stays segments of the size that it had then, though
 * segments are smaller now: four SACK blocks of ours take their place. The rest of
 * the piece is no more segments than the whole was.
 */
static void counted_as_sent(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true, .gso = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	int i;

	send_segments(c, 20);
	EXPECT(c, ACK, SEQ(0), 1, .len = 10 * MSS);
	for (i = 0; i < MYTCP_SACK_BLOCKS; i++)
		PEER(c, ACK, 1001 + 1000 * i, SEQ(0), .len = 100);
	FORGET(c);
	KUNIT_ASSERT_EQ(test, ms->nr_sacks, MYTCP_SACK_BLOCKS);
	PEER(c, ACK, 1, SEQ(0) + 1);
	KUNIT_EXPECT_EQ(test, ms->packets_out, 10U);
	KUNIT_EXPECT_EQ(test, cwnd(c), 10U);
	PEER(c, ACK, 1, SEQ(9) + 1);
	KUNIT_EXPECT_EQ(test, cwnd(c), 19U);
	FORGET(c);
}

/* --- The retransmission timer --- */

/*
 * RFC 6298 (5.4) to (5.6): the earliest only, RTO doubled each time.
 * Shows: MUST-19, 6298-5-1, 6298-5-2, 6298-5-5, 6298-5-6, 6298-5-7, 8985-4-4
 */
static void rto_backs_off(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	send_segments(c, 3);
	expect_segments(c, 0, 2, 2);
	for (i = 0; i < 8; i++) {
		RUN_US(c, (RTO_US << i) - 1);
		EXPECT_NOTHING(c);
		RUN_US(c, 1);
		expect_segments(c, 0, 0, 2);
	}
	EXPECT_COUNTED(c, rto_timeouts, 8);
}

/*
 * (2.5): at most 120 s, as Linux; R2: tcp_retries2, then ETIMEDOUT.
 * Shows: MUST-20, SHLD-11, 6298-2-8
 */
static void rto_gives_up(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	KUNIT_ASSERT_EQ(test, READ_ONCE(init_net.ipv4.sysctl_tcp_retries2), 15);
	send_segments(c, 1);
	expect_segments(c, 0, 0, 0);
	for (i = 0; i < 15; i++) {
		EXPECT_STATE(c, TCP_ESTABLISHED);
		RUN_US(c, min_t(u64, (u64)RTO_US << i, 120000000));
		expect_segments(c, 0, 0, 0);
	}
	RUN(c, 119999);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
	SEND_ERROR(c, -ETIMEDOUT);
	EXPECT_COUNTED(c, timeouts, 1);
}

static int routes_doubted;

static void doubt_route(struct sock *sk, struct dst_entry *dst)
{
	routes_doubted++;
}

/*
 * R1, tcp_retries1: the IP layer is told with the third timeout and each after it.
 * Shows: MUST-20, SHLD-10
 */
static void rto_doubts_route(struct kunit *test)
{
	static struct dst_ops ops = { .negative_advice = doubt_route };
	static struct dst_entry route = { .ops = &ops };
	struct catch *c = BEGIN(test);
	int i;

	KUNIT_ASSERT_EQ(test, READ_ONCE(init_net.ipv4.sysctl_tcp_retries1), 3);
	routes_doubted = 0;
	rcu_assign_pointer(c->sk->sk_dst_cache, &route);
	send_segments(c, 1);
	for (i = 1; i <= 5; i++) {
		RUN_US(c, (u64)RTO_US << (i - 1));
		KUNIT_EXPECT_EQ(test, routes_doubted, max(i - 2, 0));
	}
	RCU_INIT_POINTER(c->sk->sk_dst_cache, NULL);
	FORGET(c);
}

/*
 * RFC 5681 3.1: one segment after a timeout, then slow start through the rest.
 * Shows: 5681-3.1-15, 5681-3.1-16
 */
static void rto_slow_starts(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 8);
	expect_segments(c, 0, 7, 7);
	RUN_US(c, RTO_US);
	expect_segments(c, 0, 0, 7);
	KUNIT_EXPECT_EQ(test, cwnd(c), 1U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.ssthresh, 4U);
	PEER(c, ACK, 1, SEQ(1));
	expect_segments(c, 1, 2, 7);
	PEER(c, ACK, 1, SEQ(3));
	KUNIT_EXPECT_LE(test, cwnd(c), 4U);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(8));
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->lost_out, 0U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->retrans_out, 0U);
}

/*
 * All is lost, by the timer. Duplicate ACKs that still come are of segments that count
 * as lost already: they make no room for others.
 */
static void rto_duplicates_make_no_room(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	const struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 n;

	send_segments(c, 30);
	expect_segments(c, 0, 9, 29);
	RUN_US(c, RTO_US);
	for (n = 0; n < 5; n++) {
		PEER(c, ACK, 1, SEQ(0));
		KUNIT_EXPECT_LE(test, ms->sacked_out + ms->lost_out, ms->packets_out);
	}
	for (n = 1; n <= 5; n++)
		PEER(c, ACK, 1, SEQ(n));
	FORGET(c);
	KUNIT_EXPECT_EQ(test, cwnd(c), 5U);
	/* The four last ones are on the way again, and one may be new. */
	PEER(c, ACK, 1, SEQ(6));
	expect_segments(c, 10, 10, 29);
}

/* A hole behind a hole: what is lost cannot have been told of, either. */
static void newreno_told_of_no_hole(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	const struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 n;

	send_segments(c, 10);
	expect_segments(c, 0, 9, 9);
	for (n = 0; n < 9; n++)
		PEER(c, ACK, 1, SEQ(0));
	FORGET(c);
	for (n = 1; n < 10; n++) {
		PEER(c, ACK, 1, SEQ(n));
		KUNIT_EXPECT_LE(test, ms->sacked_out + ms->lost_out, ms->packets_out);
	}
	FORGET(c);
}

/*
 * (5.3): an acknowledgment of something new restarts the timer.
 * Shows: 6298-5-4
 */
static void rto_restarts(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 2);
	expect_segments(c, 0, 1, 1);
	RUN(c, 150);
	PEER(c, ACK, 1, SEQ(1));
	RUN(c, 190);
	EXPECT_NOTHING(c);
	RUN(c, 300);
	expect_segments(c, 1, 1, 1);
}

/* (5.2): all acknowledged: off. Shows: 6298-5-3. */
static void rto_stops(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 2);
	expect_segments(c, 0, 1, 1);
	RUN(c, 150);
	PEER(c, ACK, 1, SEQ(2));
	/* What is sent next has all of its time */
	send_segments(c, 1);
	expect_segments(c, 2, 2, 2);
	RUN(c, 199);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, SEQ(3));
	RUN(c, 100000);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, rto_timeouts, 0);
}

/* A duplicate does not restart it. */
static void rto_not_by_duplicate(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 2);
	expect_segments(c, 0, 1, 1);
	RUN(c, 150);
	PEER(c, ACK, 1, SEQ(0));
	RUN(c, 50);
	RUN_US(c, 1);
	expect_segments(c, 0, 0, 1);
}

/* Segment n, sent now, waits twice as long as RTO. */
static void expect_backoff(struct catch *c, u32 n)
{
	send_segments(c, 1);
	expect_segments(c, n, n, n);
	RUN_US(c, 2 * RTO_US - 1);
	EXPECT_NOTHING(c);
	RUN_US(c, 1);
	expect_segments(c, n, n, n);
}

/*
 * Section 3, Karn: no sample of what was sent twice, and the backoff stays.
 * Shows: MUST-18, 6298-3-1
 */
static void karn(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 srtt = mytcp_sk(c->sk)->rtt.srtt_us;

	send_segments(c, 1);
	expect_segments(c, 0, 0, 0);
	RUN_US(c, RTO_US);
	expect_segments(c, 0, 0, 0);
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(1));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rtt.srtt_us, srtt);
	/* (5.5) and the note in section 5: the next one still waits twice as long */
	expect_backoff(c, 1);
}

/*
 * Section 3, Karn: nor, when one ACK covers both, of what was sent once: it may have been
 * there long before, and its ACK had to wait for the repetition.
 * Shows: MUST-18, 6298-3-1
 */
static void karn_mixed(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 srtt = mytcp_sk(c->sk)->rtt.srtt_us;

	send_segments(c, 2);
	expect_segments(c, 0, 1, 1);
	RUN_US(c, RTO_US);
	expect_segments(c, 0, 0, 1);
	RUN(c, 100);
	PEER(c, ACK, 1, SEQ(2));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rtt.srtt_us, srtt);
	/* (5.5): the backoff stays */
	expect_backoff(c, 2);
}

/*
 * (2.2), (2.3): SRTT and RTTVAR follow what is measured.
 * Shows: MUST-18, 6298-2-2
 */
static void rto_follows_rtt(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .mss = MSS, .nodelay = true);

	/* (2.2): R = 1 s: SRTT 1 s, RTTVAR 500 ms, RTO 1 s + 4 * 500 ms */
	RUN_US(c, 999999);
	PEER(c, SYN | ACK, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	send_segments(c, 1);
	expect_segments(c, 0, 0, 0);
	RUN_US(c, 2999996);
	EXPECT_NOTHING(c);
	RUN_US(c, 1);
	expect_segments(c, 0, 0, 0);
}

/* A partial acknowledgment of a segment: the rest is sent again, not the whole. */
static void acknowledges_part_of_segment(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_segments(c, 1);
	expect_segments(c, 0, 0, 0);
	PEER(c, ACK, 1, 301);
	RUN(c, 1000);
	EXPECT(c, PSH | ACK, 301, 1, .len = 700);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(1));
	RUN(c, 100000);
	EXPECT_NOTHING(c);
}

/* FIN is repeated like text. */
static void rto_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT1);

	RUN_US(c, RTO_US);
	EXPECT(c, FIN | ACK, 1, 1);
	RUN_US(c, 2 * RTO_US);
	EXPECT(c, FIN | ACK, 1, 1);
	PEER(c, ACK, 1, 2);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	RUN(c, 10000);
	EXPECT_NOTHING(c);
}

/* FIN in CLOSING and in LAST-ACK, too. */
static void rto_fin_closing(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSING);

	RUN_US(c, RTO_US);
	EXPECT(c, FIN | ACK, 1, 2);
	PEER(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
}

static void rto_fin_last_ack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LAST_ACK);

	RUN_US(c, RTO_US);
	EXPECT(c, FIN | ACK, 1, 2);
	PEER(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* An orphan gives up sooner: tcp_orphan_retries, 8. */
static void orphan_gives_up(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int i;

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1);
	for (i = 0; i < 8; i++) {
		RUN_US(c, (u64)RTO_US << i);
		EXPECT(c, FIN | ACK, 1, 1);
	}
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	RUN_US(c, (u64)RTO_US << 8);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
}

/* Whatever the peer says of the path: it echoes a timestamp of 40 s ago. */
static void orphan_gives_up_in_time(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	SEND_N(c, 100);
	RUN_US(c, RTO_US);
	FORGET(c);
	PEER(c, ACK, 1, 101, .ts_ecr = mytcp_ts_now(mytcp_sk(c->sk)) - 40 * MSEC_PER_SEC);
	KUNIT_EXPECT_GT(test, mytcp_sk(c->sk)->rtt.rto_us, 40U * USEC_PER_SEC);
	CLOSE(c);
	RUN(c, 300 * MSEC_PER_SEC);
	FORGET(c);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* A local failure to send is as good as a loss. */
static void transmit_fails(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	c->xmit_error = -ENOBUFS;
	send_segments(c, 1);
	c->xmit_error = 0;
	EXPECT_NOTHING(c);
	RUN(c, 1000);
	KUNIT_EXPECT_GE(test, skb_queue_len(&c->sent), 1U);
	EXPECT(c, PSH | ACK, 1, 1, .len = MSS);
	PEER(c, ACK, 1, SEQ(1));
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 0U);
}

/* RFC 5681 4.1: after more than RTO of silence the window is not trusted. */
static void restarts_after_idle(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	KUNIT_ASSERT_TRUE(test, READ_ONCE(init_net.ipv4.sysctl_tcp_slow_start_after_idle));
	send_segments(c, 30);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(10));
	FORGET(c);
	PEER(c, ACK, 1, SEQ(30));
	KUNIT_EXPECT_GT(test, cwnd(c), 10U);
	RUN(c, 60000);
	send_segments(c, 30);
	KUNIT_EXPECT_EQ(test, cwnd(c), 10U);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&c->sent), 10U);
}

static struct kunit_case recovery_cases[] = {
	KUNIT_CASE(slow_start),
	KUNIT_CASE(slow_start_not_limited),
	KUNIT_CASE(slow_start_validated),
	KUNIT_CASE(narrow_path_narrows_window),
	KUNIT_CASE(third_duplicate),
	KUNIT_CASE(recover_begins_at_iss),
	KUNIT_CASE(recover_keeps_up),
	KUNIT_CASE(new_ack_forgets_duplicates),
	KUNIT_CASE(limited_transmit),
	KUNIT_CASE(two_windows_reduce_twice),
	KUNIT_CASE_PARAM(not_a_duplicate, not_duplicate_gen_params),
	KUNIT_CASE(window_update_is_no_duplicate),
	KUNIT_CASE(idle_is_no_duplicate),
	KUNIT_CASE(newreno_partial),
	KUNIT_CASE(newreno_partial_sends_new),
	KUNIT_CASE(newreno_inflates),
	KUNIT_CASE(no_second_recovery),
	KUNIT_CASE(no_recovery_for_repetitions),
	KUNIT_CASE(counted_as_sent),
	KUNIT_CASE(rto_backs_off),
	KUNIT_CASE(rto_gives_up),
	KUNIT_CASE(rto_doubts_route),
	KUNIT_CASE(rto_slow_starts),
	KUNIT_CASE(rto_duplicates_make_no_room),
	KUNIT_CASE(newreno_told_of_no_hole),
	KUNIT_CASE(rto_restarts),
	KUNIT_CASE(rto_stops),
	KUNIT_CASE(rto_not_by_duplicate),
	KUNIT_CASE(karn),
	KUNIT_CASE(karn_mixed),
	KUNIT_CASE(rto_follows_rtt),
	KUNIT_CASE(acknowledges_part_of_segment),
	KUNIT_CASE(rto_fin),
	KUNIT_CASE(rto_fin_closing),
	KUNIT_CASE(rto_fin_last_ack),
	KUNIT_CASE(orphan_gives_up),
	KUNIT_CASE(orphan_gives_up_in_time),
	KUNIT_CASE(transmit_fails),
	KUNIT_CASE(restarts_after_idle),
	{}
};

static struct kunit_suite recovery_suite = {
	.name = "mytcp-recovery",
	.test_cases = recovery_cases,
};

kunit_test_suite(recovery_suite);
