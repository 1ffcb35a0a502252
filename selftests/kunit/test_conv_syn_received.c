// SPDX-License-Identifier: GPL-2.0
/*
 * SYN-RECEIVED: RFC 9293 3.10.7.4. After a passive open it is a request without a
 * socket, after a simultaneous open (section 3.5, figure 8) a connection.
 */
#include "conv.h"

/* --- After a passive open --- */

static const struct conv_state request = {
	.state = TCP_SYN_RECV, .rcv_nxt = 1, .snd_nxt = 1,
};

static const struct conv_arrival request_arrivals[] = {
	/* First: not acceptable */
	{ "empty, one before the window", { ACK, -1 }, .answer = CONV_CHALLENGE },
	{ "empty, far before the window", { ACK, -70000 },
	  .answer = CONV_CHALLENGE },
	{ "empty, at the right edge", { ACK, CATCH_WND }, .answer = CONV_CHALLENGE },
	{ "text, all before the window", { ACK, -100, .len = 100 },
	  .answer = CONV_CHALLENGE },
	{ "text at the right edge", { ACK, CATCH_WND, .len = 100 },
	  .answer = CONV_CHALLENGE },
	{ "FIN before the window", { FIN | ACK, -1 }, .answer = CONV_CHALLENGE },
	{ "SYN and ACK, with the SYN's number", { SYN | ACK, -1 },
	  .answer = CONV_CHALLENGE },
	{ "another SYN before the window", { SYN, -100 }, .answer = CONV_CHALLENGE },
	/* The SYN once more: the SYN-ACK was lost */
	{ "the SYN again", { SYN, -1 }, .answer = CONV_SYN_ACK },
	{ "the SYN again, with text", { SYN, -1, .len = 100 },
	  .answer = CONV_SYN_ACK },

	/* Second: "then return this connection to LISTEN" */
	{ "RST exact", { RST }, .becomes = TCP_LISTEN },
	{ "RST and ACK exact", { RST | ACK }, .becomes = TCP_LISTEN },
	{ "RST exact, bad ACK", { RST | ACK, 0, 100 }, .becomes = TCP_LISTEN },
	{ "RST and SYN exact", { RST | SYN }, .becomes = TCP_LISTEN },
	{ "RST and FIN exact", { RST | FIN }, .becomes = TCP_LISTEN },
	{ "RST before the window", { RST, -1 } },
	{ "RST and SYN with the SYN's number", { RST | SYN, -1 } },
	{ "RST at the right edge", { RST, CATCH_WND } },
	{ "RST in the window", { RST, 1 }, .answer = CONV_CHALLENGE },
	{ "RST and ACK in the window", { RST | ACK, 1000 },
	  .answer = CONV_CHALLENGE },
	{ "RST at the last octet of the window", { RST, CATCH_WND - 1 },
	  .answer = CONV_CHALLENGE },

	/* Fourth: SYN in the window: back to LISTEN */
	{ "SYN in the window", { SYN, 10 }, .becomes = TCP_LISTEN },
	{ "SYN at RCV.NXT", { SYN }, .becomes = TCP_LISTEN },
	{ "SYN and ACK in the window", { SYN | ACK, 10 }, .becomes = TCP_LISTEN },

	/* Fifth */
	{ "no flag at all", { 0 } },
	{ "text without ACK", { 0, 0, .len = 100 } },
	{ "FIN without ACK", { FIN } },
	{ "URG without ACK", { URG, 0, .len = 5, .urg = 5 } },
	{ "ACK of ISS", { ACK, 0, -1 }, .answer = CONV_RESET },
	{ "ACK beyond SND.NXT", { ACK, 0, 1 }, .answer = CONV_RESET },
	{ "ACK far before ISS", { ACK, 0, -100000 }, .answer = CONV_RESET },
	{ "bad ACK with text", { ACK, 0, 1, .len = 100 }, .answer = CONV_RESET },
	{ "bad ACK with FIN", { FIN | ACK, 0, 1 }, .answer = CONV_RESET },
	{ "bad ACK with URG", { URG | ACK, 0, 1, .len = 1, .urg = 1 },
	  .answer = CONV_RESET },

	/* "then enter ESTABLISHED state and continue processing" */
	{ "ACK", { ACK }, .becomes = TCP_ESTABLISHED },
	{ "ACK and PSH", { ACK | PSH }, .becomes = TCP_ESTABLISHED },
	{ "ACK with text", { ACK, 0, .len = 100 }, .answer = CONV_ACK,
	  .takes = 100, .text = 100, .becomes = TCP_ESTABLISHED },
	{ "ACK with text in a page", { ACK, 0, .len = 1000, .nonlinear = true },
	  .answer = CONV_ACK, .takes = 1000, .text = 1000,
	  .becomes = TCP_ESTABLISHED },
	{ "ACK with text across RCV.NXT", { ACK, -1, .len = 100 },
	  .answer = CONV_ACK, .takes = 99, .text = 99,
	  .becomes = TCP_ESTABLISHED },
	{ "ACK with text beyond a gap", { ACK, 100, .len = 100 },
	  .answer = CONV_ACK, .becomes = TCP_ESTABLISHED },
	{ "ACK with FIN", { FIN | ACK }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_CLOSE_WAIT },
	{ "ACK with text and FIN", { FIN | ACK, 0, .len = 100 },
	  .answer = CONV_ACK, .takes = 101, .text = 100,
	  .becomes = TCP_CLOSE_WAIT },
	{ "ACK with FIN beyond a gap", { FIN | ACK, 100 }, .answer = CONV_ACK,
	  .becomes = TCP_ESTABLISHED },
	{ "ACK with urgent text", { URG | ACK, 0, .len = 10, .urg = 10 },
	  .answer = CONV_ACK, .takes = 10, .text = 9, .urgent = true,
	  .becomes = TCP_ESTABLISHED },
	{ "ACK with window 0", { ACK, 0, .wnd = CATCH_WND_0 },
	  .becomes = TCP_ESTABLISHED },
	{ "ACK in the middle of the window", { ACK, 1000 },
	  .becomes = TCP_ESTABLISHED },
};

KUNIT_ARRAY_PARAM(request_arrivals, request_arrivals, conv_describe);
/* Shows: MUST-11. */
CONV_ARRIVAL(request_arrival, request)
CONV_ARRIVAL(request_arrival_wraps, request, .irs = -50)

/* 1, 2, 4 ... s; tcp_synack_retries, then back to LISTEN. */
static void request_retransmits(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);
	u32 at = 0;
	int i;

	KUNIT_ASSERT_EQ(test, READ_ONCE(init_net.ipv4.sysctl_tcp_synack_retries), 5);
	for (i = 0; i < 5; i++) {
		at += 1000 << i;
		RUN(c, 1000 << i);
		EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .at = at);
		EXPECT_NOTHING(c);
	}
	RUN(c, 32000 - 1);
	EXPECT_STATE(c, TCP_SYN_RECV);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_LISTEN);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, attempt_fails, 1);
}

/*
 * RFC 6298 (5.7) and RFC 5681 3.1 for the side that was opened passively.
 * Shows: 5681-3.1-4, 6298-5-8
 */
static void request_late_ack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	RUN(c, 1000);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	MARK(c);
	SEND_N(c, 2 * CATCH_MSS);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	RUN(c, 2999);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS, .at = 3000);
}

/* A request that ended is forgotten: its ACK meets the listener. */
static void request_after_reset(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	PEER(c, RST, 1);
	PEER(c, ACK, 1, 1);
	EXPECT(c, RST, 1);
	EXPECT_STATE(c, TCP_LISTEN);
}

/* The listener closes: its requests are forgotten. */
static void request_listener_closes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	CLOSE(c);
	EXPECT_STATE(c, TCP_CLOSE);
	PEER(c, ACK, 1, 1);
	EXPECT(c, RST, 1);
	RUN(c, 5000);
	EXPECT_NOTHING(c);
}

/* A connection that nobody accepted is reset when the listener closes. */
static void unaccepted_is_reset(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 1, 11);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	CLOSE(c);
	EXPECT(c, RST | ACK, 1, 11);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* One that the peer has reset meanwhile is still accepted, and says so. */
static void unaccepted_reset_by_peer(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	PEER(c, ACK, 1, 1);
	PEER(c, RST, 1);
	ACCEPT(c);
	RECV_ERROR(c, -ECONNRESET);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* RFC 7323 3.2: an ACK whose echo we never sent is not of this handshake. */
static void request_bad_echo(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV, .ts = true);
	u32 ours = c->last_ts_val;

	PEER(c, ACK, 1, 1, .ts_ecr = ours + 1000);
	EXPECT(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_SYN_RECV);
	PEER(c, ACK, 1, 1, .ts_ecr = ours);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* RFC 7323 5.3 R1: so is one with an old timestamp. */
static void request_paws(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV, .ts = true);

	PEER(c, ACK, 1, 1, .ts_val = 1);
	EXPECT(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_COUNTED(c, paws_drops, 1);
}

/* --- After a simultaneous open --- */

static const struct conv_state crossed = {
	.state = TCP_SYN_RECV, .rcv_nxt = 1, .snd_nxt = 1,
	.reset_error = ECONNREFUSED,
};

static struct catch *crossed_begin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	PEER(c, SYN, 0, .mss = CATCH_MSS);
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_NOTHING(c);
	return c;
}

static const struct conv_arrival crossed_arrivals[] = {
	/* The peer's SYN-ACK: its SYN is old, its ACK is what we wait for */
	{ "SYN and ACK", { SYN | ACK, -1 }, .becomes = TCP_ESTABLISHED },
	{ "ACK", { ACK }, .becomes = TCP_ESTABLISHED },
	{ "ACK and PSH", { ACK | PSH }, .becomes = TCP_ESTABLISHED },
	{ "ACK with text", { ACK, 0, .len = 100 }, .answer = CONV_DELAYED_ACK,
	  .takes = 100, .text = 100, .becomes = TCP_ESTABLISHED },
	{ "ACK with text beyond a gap", { ACK, 100, .len = 100 },
	  .answer = CONV_ACK, .becomes = TCP_ESTABLISHED },
	{ "ACK with FIN", { FIN | ACK }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_CLOSE_WAIT },
	{ "ACK with text and FIN", { FIN | ACK, 0, .len = 100 },
	  .answer = CONV_ACK, .takes = 101, .text = 100,
	  .becomes = TCP_CLOSE_WAIT },
	{ "ACK with urgent text", { URG | ACK, 0, .len = 10, .urg = 10 },
	  .answer = CONV_DELAYED_ACK, .takes = 10, .text = 9, .urgent = true,
	  .becomes = TCP_ESTABLISHED },
	{ "the SYN again", { SYN, -1 }, .answer = CONV_ACK },
	/* "If the segment acknowledgment is not acceptable, form a reset" */
	{ "ACK of ISS", { ACK, 0, -1 }, .answer = CONV_RESET },
	{ "ACK beyond SND.NXT", { ACK, 0, 1 }, .answer = CONV_RESET },
	{ "ACK far before ISS", { ACK, 0, -100000 }, .answer = CONV_RESET },
	{ "bad ACK with text", { ACK, 0, 1, .len = 100 }, .answer = CONV_RESET },
	{ "bad ACK with FIN", { FIN | ACK, 0, 1 }, .answer = CONV_RESET },
};

KUNIT_ARRAY_PARAM(crossed_arrivals, crossed_arrivals, conv_describe);

/* Shows: MUST-10. */
static void crossed_arrival(struct kunit *test)
{
	conv_arrive(crossed_begin(test), &crossed, test->param_value);
}

/* Shows: MUST-11. */
static void crossed_common(struct kunit *test)
{
	conv_arrive(crossed_begin(test), &crossed, test->param_value);
}

/* Figure 8, both ways, and the connection works afterwards. Shows: MUST-10. */
static void crossed_then_talk(struct kunit *test)
{
	struct catch *c = crossed_begin(test);

	PEER(c, SYN | ACK, 0, 1, .mss = CATCH_MSS);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	SEND_N(c, 3000);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	EXPECT(c, ACK, 1461, 1, .len = CATCH_MSS);
	PEER(c, ACK, 1, 2921);
	EXPECT(c, PSH | ACK, 2921, 1, .len = 80);
	PEER(c, PSH | ACK, 1, 3001, .len = 10);
	RECV_N(c, 10);
	RUN(c, 40);
	EXPECT(c, ACK, 3001, 11);
}

/*
 * RFC 7323 2.2: the window of a SYN,ACK is not scaled, whatever state it meets.
 * Shows: 7323-2.2-3
 */
static void crossed_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .has_wscale = true, .wscale = 7);

	PEER(c, SYN, 0, .mss = CATCH_MSS, .has_wscale = true, .wscale = 7);
	FORGET(c);
	PEER(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .wnd = 2000);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_wnd, 2000U);
	PEER(c, ACK, 1, 1, .wnd = 2560);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_wnd, 2560U);
}

/* Text and FIN that came with the crossing SYN: "queue them". */
static void crossed_with_text(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	PEER(c, SYN, 0, .len = 10, .mss = CATCH_MSS);
	KUNIT_ASSERT_GE(test, skb_queue_len(&c->sent), 1U);
	FORGET(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	PEER(c, SYN | ACK, 0, 1, .len = 10);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 100);
	FORGET(c);
	RECV_N(c, 10);
}

/* The SYN,ACK comes without it: what was queued is all there is. */
static void crossed_text_is_kept(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	PEER(c, SYN | FIN, 0, .len = 10, .mss = CATCH_MSS);
	FORGET(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	PEER(c, ACK, 12, 1);
	EXPECT(c, ACK, 1, 12);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	RECV_N(c, 10);
	RECV_EOF(c);
}

/* A user who has closed will not read it: it is the peer's to send again. */
static void crossed_text_after_close(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	PEER(c, SYN, 0, .len = 10, .mss = CATCH_MSS);
	FORGET(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	CLOSE(c);
	FORGET(c);
	PEER(c, ACK, 11, 1);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	FORGET(c);
	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT(c, RST | ACK, 2, 1);
}

static void crossed_with_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	PEER(c, SYN | FIN, 0, .mss = CATCH_MSS);
	FORGET(c);
	/* Our SYN is not acknowledged: no other state than this one. */
	EXPECT_STATE(c, TCP_SYN_RECV);
	PEER(c, SYN | FIN | ACK, 0, 1, .mss = CATCH_MSS);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	RUN(c, 100);
	FORGET(c);
	RECV_EOF(c);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 2, .len = 100);
	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 101, 2);
	PEER(c, ACK, 2, 102);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* The SYN-ACK is repeated until it is acknowledged. */
static void crossed_retransmits(struct kunit *test)
{
	struct catch *c = crossed_begin(test);

	MARK(c);
	RUN(c, 1000);
	EXPECT(c, SYN | ACK, 0, 1, .at = 1000);
	RUN(c, 2000);
	EXPECT(c, SYN | ACK, 0, 1, .at = 3000);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 10000);
	EXPECT_NOTHING(c);
}

/* RFC 9293 3.10.4, CLOSE in SYN-RECEIVED: a FIN, and FIN-WAIT-1. */
static void crossed_close(struct kunit *test)
{
	struct catch *c = crossed_begin(test);

	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 1, 1);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	PEER(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	PEER(c, ACK, 1, 2);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	EXPECT_NOTHING(c);
}

/* ... which is not ESTABLISHED, but receives as if it had been. */
static void crossed_close_then_text(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .ts = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	PEER(c, SYN, 0, .mss = CATCH_MSS, .has_ts = true);
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .has_ts = true);
	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 1, 1, .has_ts = true);
	RUN(c, 100);
	PEER(c, ACK, 1, 2, .has_ts = true, .len = 1000);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, ms->plpmtud.high, CATCH_MSS);
	KUNIT_EXPECT_EQ(test, ms->drs.begin_seq, c->irs + 1);
	KUNIT_EXPECT_GT(test, ms->drs.space, 0U);
	KUNIT_EXPECT_GT(test, ms->drs.rtt_us8, 0U);
	ms->drs.space = 100;
	RUN(c, 100);
	RECV_N(c, 1000);
	KUNIT_EXPECT_EQ(test, ms->drs.begin_seq, c->irs + 1001);
}

/* RFC 9293 3.10.5, ABORT in SYN-RECEIVED: <SEQ=SND.NXT><CTL=RST>. */
static void crossed_abort(struct kunit *test)
{
	struct catch *c = crossed_begin(test);

	ABORT(c);
	EXPECT(c, RST | ACK, 1, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
}

static struct kunit_case syn_received_cases[] = {
	KUNIT_CASE_PARAM(request_arrival, request_arrivals_gen_params),
	KUNIT_CASE_PARAM(request_arrival_wraps, request_arrivals_gen_params),
	KUNIT_CASE(request_retransmits),
	KUNIT_CASE(request_late_ack),
	KUNIT_CASE(request_after_reset),
	KUNIT_CASE(request_listener_closes),
	KUNIT_CASE(unaccepted_is_reset),
	KUNIT_CASE(unaccepted_reset_by_peer),
	KUNIT_CASE(request_bad_echo),
	KUNIT_CASE(request_paws),
	KUNIT_CASE_PARAM(crossed_common, conv_common_gen_params),
	KUNIT_CASE_PARAM(crossed_arrival, crossed_arrivals_gen_params),
	KUNIT_CASE(crossed_then_talk),
	KUNIT_CASE(crossed_window),
	KUNIT_CASE(crossed_with_text),
	KUNIT_CASE(crossed_text_is_kept),
	KUNIT_CASE(crossed_text_after_close),
	KUNIT_CASE(crossed_with_fin),
	KUNIT_CASE(crossed_retransmits),
	KUNIT_CASE(crossed_close),
	KUNIT_CASE(crossed_close_then_text),
	KUNIT_CASE(crossed_abort),
	{}
};

static struct kunit_suite syn_received_suite = {
	.name = "mytcp-syn-received",
	.test_cases = syn_received_cases,
};

kunit_test_suite(syn_received_suite);
