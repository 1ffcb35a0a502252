// SPDX-License-Identifier: GPL-2.0
/*
 * Windows and when to send: RFC 9293 3.7.4 (Nagle), 3.8.6 (windows, zero windows,
 * silly windows), 3.8.6.3 (delayed ACKs).
 */
#include <linux/tcp.h>

#include "conv.h"

/*
 * The handshake took no time, which counts as 1 us: so RTO, RFC 6298 (2.2), is the
 * floor and that.
 */
#define RTO_US	200001

/* What we have announced, from RCV.NXT. */
static u32 receive_window(struct catch *c)
{
	return mytcp_receive_window(mytcp_sk(c->sk));
}

/* --- The peer's window --- */

/* 3.8.4, figure 3: never a number beyond SND.UNA+SND.WND. Shows: 5681-2-1, 7323-2.4-4. */
static void sends_no_more_than_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 4000, .nodelay = true);

	SEND_N(c, 10000);
	EXPECT(c, ACK, 1, 1, .len = 1460);
	FORGET(c);
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->snd_nxt - c->iss, 2921U);
	KUNIT_EXPECT_LE(test, mytcp_sk(c->sk)->snd_nxt - c->iss, 4001U);
	PEER(c, ACK, 1, 1461);
	FORGET(c);
	KUNIT_EXPECT_LE(test, mytcp_sk(c->sk)->snd_nxt - c->iss, 5461U);
}

/*
 * The right edge moves back over what was sent: nothing new, no harm.
 * Shows: MUST-34, SHLD-15, 7323-2.4-1
 */
static void window_shrinks(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 3 * CATCH_MSS);
	FORGET(c);
	PEER(c, ACK, 1, 1461, .wnd = 1000);
	SEND_N(c, 100);
	EXPECT_NOTHING(c);
	/* RFC 9293 3.8.6: "continue to receive acknowledgments" */
	PEER(c, ACK, 1, 4381, .wnd = 1000);
	EXPECT(c, PSH | ACK, 4381, 1, .len = 100);
}

/*
 * What is left of the window is used for what was sent already, by the timer, and
 * for no more than that.
 * Shows: SHLD-16
 */
static void shrunk_window_is_repeated(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 3 * CATCH_MSS);
	FORGET(c);
	PEER(c, ACK, 1, 1, .wnd = CATCH_MSS);
	EXPECT_NOTHING(c);
	RUN_US(c, RTO_US);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 1461, .wnd = CATCH_MSS);
	EXPECT(c, ACK, 1461, 1, .len = CATCH_MSS);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 4381);
	EXPECT_NOTHING(c);
}

/*
 * The window has closed over what is on its way, and the peer says so for hours,
 * longer than R2.
 * Shows: SHLD-17
 */
static void shrunk_window_does_not_time_out(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int i;

	SEND_N(c, 2 * CATCH_MSS);
	for (i = 0; i < 300; i++) {
		PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
		RUN(c, 30000);
		FORGET(c);
	}
	EXPECT_STATE(c, TCP_ESTABLISHED);
	PEER(c, ACK, 1, 1 + 2 * CATCH_MSS);
	EXPECT_NOTHING(c);
}

/*
 * RFC 5961 5.2: how old an ACK may be depends on the largest window, not on the
 * latest.
 * Shows: 5961-5.2-3
 */
static void largest_window_counts(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .has_wscale = true, .wscale = 3,
				   .wnd = 80000);

	PEER(c, ACK, 1, 1);
	PEER(c, ACK, 1, 1, .wnd = 1000);
	PEER(c, ACK, 1, 1 - 80000, .len = 10);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11);
	PEER(c, ACK, 11, 1 - 80001, .len = 10);
	EXPECT(c, ACK, 1, 11);
	EXPECT_COUNTED(c, challenge_acks, 1);
	RECV_N(c, 10);
}

/* SND.WL1, SND.WL2: an old segment must not change the window. */
static void old_segment_keeps_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	PEER(c, ACK, 101, 1, .len = 100, .wnd = 5000);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 5000U);
	/* SEG.SEQ before SND.WL1 */
	PEER(c, ACK, 1, 1, .len = 50, .wnd = 9000);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 5000U);
	SEND_N(c, 100);
	PEER(c, ACK, 201, 101, .wnd = 7000);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 7000U);
	/* SEG.SEQ equal, SEG.ACK before SND.WL2 */
	PEER(c, ACK, 201, 50, .wnd = 9000);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 7000U);
	/* equal and equal: an update */
	PEER(c, ACK, 201, 101, .wnd = 6000);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 6000U);
}

/*
 * What is sent again has an old SEG.SEQ, but it acknowledges more than we knew of: its
 * window is the newest.
 */
static void repetition_tells_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	SEND_N(c, 100);
	/* Behind a hole */
	PEER(c, ACK, 101, 1, .len = 100, .wnd = 5000);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 5000U);
	PEER(c, ACK, 1, 101, .len = 100, .wnd = 50);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 50U);
	/* Late, from before that */
	PEER(c, ACK, 101, 1, .len = 100, .wnd = 9000);
	KUNIT_EXPECT_EQ(test, ms->snd_wnd, 50U);
	FORGET(c);
	SEND_N(c, 100);
	KUNIT_EXPECT_LE(test, ms->snd_nxt - c->iss, 151U);
}

/* A window update lets the next text go at once. */
static void window_update_sends(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 2920, .nodelay = true);

	SEND_N(c, 5840);
	FORGET(c);
	PEER(c, ACK, 1, 2921, .wnd = CATCH_WND_0);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 2921, .wnd = 2920);
	EXPECT(c, ACK, 2921, 1, .len = 1460);
	EXPECT(c, PSH | ACK, 4381, 1, .len = 1460);
	EXPECT_NOTHING(c);
}

/* A FIN takes a place in the window, too. */
static void fin_waits_for_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 100, .nodelay = true);

	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
	SHUTDOWN(c, SHUT_WR);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 101);
	EXPECT(c, FIN | ACK, 101, 1);
}

/* ... and goes with the last text when there is room for both. */
static void fin_with_text(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
	SEND_N(c, 100);
	EXPECT_NOTHING(c);
	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | PSH | ACK, 101, 1, .len = 100);
	PEER(c, ACK, 1, 202);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
}

/* --- Zero window: 3.8.6.1 --- */

/*
 * Probes for ever, from RTO on, doubled.
 * Shows: MUST-36, MUST-37, SHLD-29, SHLD-30
 */
static void probes_zero_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int i;

	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 100);
	for (i = 0; i < 9; i++) {
		RUN_US(c, (RTO_US << i) - 1);
		EXPECT_NOTHING(c);
		RUN_US(c, 1);
		EXPECT(c, ACK, 0, 1);
		EXPECT_NOTHING(c);
		PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	}
	for (i = 0; i < 30; i++) {
		RUN(c, 120000);
		EXPECT(c, ACK, 0, 1);
		PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	}
	/* The peer answers: who would give up? */
	EXPECT_STATE(c, TCP_ESTABLISHED);
	PEER(c, ACK, 1, 1);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
}

/* Nobody answers the probes: R2 ends it. */
static void probes_in_vain(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 100);
	RUN(c, 3600 * MSEC_PER_SEC);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
	EXPECT_COUNTED(c, persist_probes, 15);
}

/* A lost window update: the probe's answer brings it. */
static void probe_answer_opens(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 3000);
	RUN_US(c, RTO_US);
	EXPECT(c, ACK, 0, 1);
	PEER(c, ACK, 1, 1, .wnd = 10000);
	EXPECT(c, ACK, 1, 1, .len = 1460);
	EXPECT(c, ACK, 1461, 1, .len = 1460);
	PEER(c, ACK, 1, 2921, .wnd = 10000);
	EXPECT(c, PSH | ACK, 2921, 1, .len = 80);
	RUN(c, 199);
	EXPECT_NOTHING(c);
}

/*
 * The window closes over what is on its way: it is sent again by RTO.
 * Shows: MUST-35, MAY-7, 7323-2.4-5
 */
static void closes_over_flight(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 2920);
	FORGET(c);
	PEER(c, ACK, 1, 1461, .wnd = CATCH_WND_0);
	EXPECT_NOTHING(c);
	RUN_US(c, RTO_US);
	EXPECT(c, PSH | ACK, 1461, 1, .len = 1460);
	PEER(c, ACK, 1, 2921);
	EXPECT_NOTHING(c);
}

/* --- Our window --- */

/*
 * It shrinks by what is not read and the right edge stays.
 * Shows: SHLD-14, 7323-2.4-2
 */
static void announces_what_is_left(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 64 << 10);
	u32 edge = 1 + receive_window(c);
	u32 seq = 1;
	int i;

	for (i = 0; i < 10; i++) {
		PEER(c, ACK, seq, 1, .len = 1000);
		PEER(c, ACK, seq + 1000, 1, .len = 1000);
		seq += 2000;
		EXPECT(c, ACK, 1, seq);
		KUNIT_EXPECT_GE(test, seq + receive_window(c), edge);
		edge = seq + receive_window(c);
	}
}

/*
 * A full buffer: window 0; nothing more is taken; reading opens it.
 * Shows: MAY-8
 */
static void closes_and_opens(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 16 << 10);
	u32 wnd = receive_window(c);

	PEER(c, ACK, 1, 1, .len = wnd);
	EXPECT(c, ACK, 1, 1 + wnd, .wnd = CATCH_WND_0);
	/* A window probe with an octet of text, RFC 9293 3.8.6.1 */
	PEER(c, ACK, 1 + wnd, 1, .len = 1);
	EXPECT(c, ACK, 1, 1 + wnd, .wnd = CATCH_WND_0);
	/* One as ours are */
	PEER(c, ACK, wnd, 1);
	EXPECT(c, ACK, 1, 1 + wnd, .wnd = CATCH_WND_0);
	RECV_N(c, wnd);
	/* 3.8.6.2.2, the other side of it: told at once, since the peer waits */
	EXPECT(c, ACK, 1, 1 + wnd, .wnd = wnd);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1 + wnd, 1, .len = 100);
	RECV_N(c, 100);
}

/* Table 6: with a closed window only an empty segment at RCV.NXT is acceptable. */
static struct catch *closed_window(struct kunit *test, u32 *nxt)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 16 << 10);
	u32 wnd = receive_window(c);

	PEER(c, ACK, 1, 1, .len = wnd);
	EXPECT(c, ACK, 1, 1 + wnd, .wnd = CATCH_WND_0);
	*nxt = 1 + wnd;
	return c;
}

static void closed_window_takes_ack(struct kunit *test)
{
	u32 nxt;
	struct catch *c = closed_window(test, &nxt);

	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, nxt, .len = 100);
	PEER(c, ACK, nxt, 101);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 0U);
}

/* The text is not taken, but the ACK is. Shows: MUST-66. */
static void closed_window_takes_ack_of_text(struct kunit *test)
{
	u32 nxt;
	struct catch *c = closed_window(test, &nxt);

	SEND_N(c, 100);
	FORGET(c);
	PEER(c, ACK, nxt, 101, .len = 100);
	EXPECT(c, ACK, 101, nxt, .wnd = CATCH_WND_0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 0U);
}

/* Shows: MUST-66. */
static void closed_window_takes_rst(struct kunit *test)
{
	u32 nxt;
	struct catch *c = closed_window(test, &nxt);

	PEER(c, RST, nxt);
	EXPECT_STATE(c, TCP_CLOSE);
	RECV_N(c, nxt - 1);
	RECV_ERROR(c, -ECONNRESET);
}

/* Shows: MUST-66. */
static void closed_window_takes_urg(struct kunit *test)
{
	u32 nxt;
	struct catch *c = closed_window(test, &nxt);

	PEER(c, ACK | URG, nxt, 1, .urg = 10);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rcv_up, c->irs + nxt + 10);
}

static void closed_window_refuses_fin(struct kunit *test)
{
	u32 nxt;
	struct catch *c = closed_window(test, &nxt);

	PEER(c, FIN | ACK, nxt, 1);
	EXPECT(c, ACK, 1, nxt, .wnd = CATCH_WND_0);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RECV_N(c, nxt - 1);
	FORGET(c);
	PEER(c, FIN | ACK, nxt, 1);
	EXPECT(c, ACK, 1, nxt + 1);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
}

static void closed_window_rst_beyond(struct kunit *test)
{
	u32 nxt;
	struct catch *c = closed_window(test, &nxt);

	PEER(c, RST, nxt + 1);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* No update for every octet that is read. Shows: MUST-39. */
static void no_silly_updates(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 16 << 10);
	u32 wnd = receive_window(c);
	char octet[1];
	u32 i;

	PEER(c, ACK, 1, 1, .len = wnd);
	EXPECT(c, ACK, 1, 1 + wnd, .wnd = CATCH_WND_0);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, catch_read(c, octet, 1, 0), 1);
	EXPECT_NOTHING(c);
	RUN(c, 1000);
	EXPECT_NOTHING(c);
}

/* --- When to send: 3.7.4, 3.8.6.2.1 --- */

/*
 * With something unacknowledged small text waits for company.
 * Shows: SHLD-7, SHLD-27
 */
static void nagle_holds(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND(c, "a");
	EXPECT(c, PSH | ACK, 1, 1, "a");
	SEND(c, "b");
	SEND(c, "c");
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 2);
	EXPECT(c, PSH | ACK, 2, 1, "bc");
	EXPECT_NOTHING(c);
}

/* ... until there is a full segment. Shows: SHLD-28. */
static void nagle_full_segment_goes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 1);
	EXPECT(c, PSH | ACK, 1, 1, .len = 1);
	SEND_N(c, 1000);
	EXPECT_NOTHING(c);
	SEND_N(c, 500);
	EXPECT(c, ACK, 2, 1, .len = 1460);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 1462);
	EXPECT(c, PSH | ACK, 1462, 1, .len = 40);
}

/* An application can switch it off. Shows: MUST-17. */
static void nodelay_does_not_hold(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true);

	SEND(c, "a");
	EXPECT(c, PSH | ACK, 1, 1, "a");
	SEND(c, "b");
	EXPECT(c, PSH | ACK, 2, 1, "b");
	SEND(c, "c");
	EXPECT(c, PSH | ACK, 3, 1, "c");
}

/* ... also while something waits. Shows: MUST-17. */
static void nodelay_releases(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND(c, "a");
	SEND(c, "b");
	EXPECT(c, PSH | ACK, 1, 1, "a");
	EXPECT_NOTHING(c);
	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_NODELAY, 1), 0);
	EXPECT(c, PSH | ACK, 2, 1, "b");
}

/* TCP_CORK: only full segments, until it is drawn. Shows: MAY-16. */
static void cork_holds(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_CORK, 1), 0);
	SEND_N(c, 1000);
	EXPECT_NOTHING(c);
	SEND_N(c, 1000);
	EXPECT(c, ACK, 1, 1, .len = 1460);
	EXPECT_NOTHING(c);
	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_CORK, 0), 0);
	EXPECT(c, PSH | ACK, 1461, 1, .len = 540);
}

/* ... or until a FIN follows; the option stays as the user has set it. */
static void cork_and_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 1000);

	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_CORK, 1), 0);
	SEND_N(c, 1200);
	FORGET(c);
	SHUTDOWN(c, SHUT_WR);
	FORGET(c);
	PEER(c, ACK, 1, mytcp_sk(c->sk)->snd_nxt - c->iss);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_nxt - c->iss, 1202U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->user.cork, 1);
}

/* MSG_MORE promises more. Shows: MAY-16. */
static void more_holds(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CATCH_EQ(catch_write_pattern(c, 100, MSG_MORE), 100);
	EXPECT_NOTHING(c);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 200);
}

/*
 * 3.8.6.2.1 (3): half of the largest window is worth sending.
 * Shows: MUST-38
 */
static void half_of_window_goes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 1000, .nodelay = true);

	SEND_N(c, 3000);
	EXPECT(c, ACK, 1, 1, .len = 500);
	/* Pushed: 3.9.1.2, a sender must not collect for ever */
	EXPECT(c, PSH | ACK, 501, 1, .len = 500);
	EXPECT_NOTHING(c);
	/* 100 octets of room are silly */
	PEER(c, ACK, 1, 1001, .wnd = 100);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 1001, .wnd = 600);
	EXPECT(c, ACK, 1001, 1, .len = 500);
	EXPECT_NOTHING(c);
}

/* 3.8.6.2.1 (4): the override timeout sends what would wait for ever. */
static void override_timeout(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 1000, .nodelay = true);

	SEND_N(c, 3000);
	FORGET(c);
	PEER(c, ACK, 1, 1001, .wnd = 100);
	RUN_US(c, RTO_US - 1);
	EXPECT_NOTHING(c);
	RUN_US(c, 1);
	EXPECT(c, ACK, 1001, 1, .len = 100);
	EXPECT_NOTHING(c);
}

/* --- Delayed ACKs: 3.8.6.3 --- */

/*
 * At least every second full segment.
 * Shows: SHLD-19, 5681-4.2-2
 */
static void every_second_segment(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	u32 seq = 1;
	int i;

	for (i = 0; i < 5; i++) {
		PEER(c, ACK, seq, 1, .len = CATCH_MSS);
		/* The first ones also teach us what is full */
		if (i)
			EXPECT_NOTHING(c);
		PEER(c, ACK, seq + CATCH_MSS, 1, .len = CATCH_MSS);
		seq += 2 * CATCH_MSS;
		FORGET(c);
		KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->ack_pending, MYTCP_ACK_NONE);
	}
}

/*
 * A lone segment: 40 ms, not sooner, not later.
 * Shows: SHLD-18, MUST-40, 5681-4.2-1, 5681-4.2-3
 */
static void lone_segment(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK | PSH, 1, 1, .len = 10);
	RUN(c, 39);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, ACK, 1, 11, .at = 40);
	EXPECT_COUNTED(c, delayed_acks, 1);
	RUN(c, 1000);
	EXPECT_NOTHING(c);
}

/*
 * The delay counts from the first of several small ones.
 * Shows: MUST-40, 5681-4.2-3
 */
static void small_segments_do_not_prolong(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	u32 i;

	for (i = 0; i < 3; i++) {
		PEER(c, ACK | PSH, 1 + i, 1, .len = 1);
		RUN(c, 14);
	}
	EXPECT(c, ACK, 1, 4, .at = 40);
	EXPECT_NOTHING(c);
}

/* Text that we send carries the ACK; none follows. */
static void ack_rides_on_text(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK | PSH, 1, 1, .len = 10);
	RUN(c, 20);
	SEND_N(c, 5);
	EXPECT(c, PSH | ACK, 1, 11, .len = 5);
	RUN(c, 100);
	EXPECT_NOTHING(c);
}

/* --- Quick ACKs, as Linux's --- */

/* The first 16 segments are acknowledged at once, however small: slow start. */
static void quick_at_the_beginning(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .fresh = true);
	u32 i;

	for (i = 0; i < 16; i++) {
		PEER(c, ACK, 1 + i, 1, .len = 1);
		EXPECT(c, ACK, 1, 2 + i);
	}
	PEER(c, ACK, 17, 1, .len = 1);
	EXPECT_NOTHING(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 18, .at = 40);
}

/* ... unless the user answers: then ACKs find company. */
static void quick_until_an_answer(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .fresh = true);

	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 1, 11);
	SEND_N(c, 10);
	EXPECT(c, PSH | ACK, 1, 11, .len = 10);
	PEER(c, ACK, 11, 11, .len = 10);
	EXPECT_NOTHING(c);
}

/* After a timeout's silence the peer is in slow start again. */
static void quick_after_silence(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 10);
	RUN_US(c, RTO_US);
	EXPECT(c, ACK, 1, 11, .at = 40);
	PEER(c, ACK, 11, 1, .len = 10);
	EXPECT_NOTHING(c);
	RUN_US(c, RTO_US + 1);
	FORGET(c);
	PEER(c, ACK, 21, 1, .len = 10);
	EXPECT(c, ACK, 1, 31);
}

/* It repeats what is here, so it waits for ACKs: 16, the first for the duplicate. */
static void quick_after_duplicate(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 10);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11);
	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 1, 11);
	PEER(c, ACK, 11, 1, .len = 10);
	EXPECT(c, ACK, 1, 21);
}

/* A reader that falls behind wants no faster sender. */
static void not_quick_for_a_slow_reader(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .fresh = true, .rcvbuf = 32 << 10);
	u32 i;

	for (i = 0; i < 10; i++)
		PEER(c, ACK, 1 + i * CATCH_MSS, 1, .len = CATCH_MSS);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->quick_acks, 0);
}

/* --- Writers that wait --- */

/* What an ACK lets us send makes room for TCP_NOTSENT_LOWAT at once. */
static void wakes_when_sent(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	SEND_N(c, 12 * CATCH_MSS);
	ms->user.notsent_lowat = 1000;
	FORGET(c);
	KUNIT_EXPECT_NE(test, ms->snd_nxt, ms->write_seq);
	set_bit(SOCK_NOSPACE, &c->sk->sk_socket->flags);
	PEER(c, ACK, 1, 1 + 2 * CATCH_MSS);
	KUNIT_EXPECT_EQ(test, ms->snd_nxt, ms->write_seq);
	KUNIT_EXPECT_FALSE(test, test_bit(SOCK_NOSPACE, &c->sk->sk_socket->flags));
}

static struct kunit_case window_cases[] = {
	KUNIT_CASE(sends_no_more_than_window),
	KUNIT_CASE(window_shrinks),
	KUNIT_CASE(shrunk_window_is_repeated),
	KUNIT_CASE(shrunk_window_does_not_time_out),
	KUNIT_CASE(largest_window_counts),
	KUNIT_CASE(old_segment_keeps_window),
	KUNIT_CASE(repetition_tells_window),
	KUNIT_CASE(window_update_sends),
	KUNIT_CASE(fin_waits_for_window),
	KUNIT_CASE(fin_with_text),
	KUNIT_CASE(probes_zero_window),
	KUNIT_CASE(probes_in_vain),
	KUNIT_CASE(probe_answer_opens),
	KUNIT_CASE(closes_over_flight),
	KUNIT_CASE(announces_what_is_left),
	KUNIT_CASE(closes_and_opens),
	KUNIT_CASE(closed_window_takes_ack),
	KUNIT_CASE(closed_window_takes_ack_of_text),
	KUNIT_CASE(closed_window_takes_rst),
	KUNIT_CASE(closed_window_takes_urg),
	KUNIT_CASE(closed_window_refuses_fin),
	KUNIT_CASE(closed_window_rst_beyond),
	KUNIT_CASE(no_silly_updates),
	KUNIT_CASE(nagle_holds),
	KUNIT_CASE(nagle_full_segment_goes),
	KUNIT_CASE(nodelay_does_not_hold),
	KUNIT_CASE(nodelay_releases),
	KUNIT_CASE(cork_holds),
	KUNIT_CASE(cork_and_fin),
	KUNIT_CASE(more_holds),
	KUNIT_CASE(half_of_window_goes),
	KUNIT_CASE(override_timeout),
	KUNIT_CASE(every_second_segment),
	KUNIT_CASE(lone_segment),
	KUNIT_CASE(small_segments_do_not_prolong),
	KUNIT_CASE(ack_rides_on_text),
	KUNIT_CASE(quick_at_the_beginning),
	KUNIT_CASE(quick_until_an_answer),
	KUNIT_CASE(quick_after_silence),
	KUNIT_CASE(quick_after_duplicate),
	KUNIT_CASE(not_quick_for_a_slow_reader),
	KUNIT_CASE(wakes_when_sent),
	{}
};

static struct kunit_suite window_suite = {
	.name = "mytcp-conv-window",
	.test_cases = window_cases,
};

kunit_test_suite(window_suite);
