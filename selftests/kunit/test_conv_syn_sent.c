// SPDX-License-Identifier: GPL-2.0
/*
 * SYN-SENT: RFC 9293 3.10.7.3.
 */
#include "../../module/fastopen.h"
#include "conv.h"

/* Before the peer's SYN there is no RCV.NXT: 0 is where its SYN will be. */
static const struct conv_state syn_sent = {
	.state = TCP_SYN_SENT, .rcv_nxt = 0, .snd_nxt = 1,
	.reset_error = ECONNREFUSED,
};

static const struct conv_arrival arrivals[] = {
	/* First: "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset" */
	{ "ACK of ISS", { ACK, 0, -1 }, .answer = CONV_RESET },
	{ "ACK before ISS", { ACK, 0, -1000 }, .answer = CONV_RESET },
	{ "ACK beyond SND.NXT", { ACK, 0, 1 }, .answer = CONV_RESET },
	{ "ACK half a circle away", { ACK, 0, 0x80000000 }, .answer = CONV_RESET },
	{ "ACK beyond SND.NXT, with text", { ACK, 0, 1, .len = 100 },
	  .answer = CONV_RESET },
	{ "FIN, bad ACK", { FIN | ACK, 0, 1 }, .answer = CONV_RESET },
	{ "SYN, ACK of ISS", { SYN | ACK, 0, -1 }, .answer = CONV_RESET },
	{ "SYN, ACK beyond SND.NXT", { SYN | ACK, 0, 1 }, .answer = CONV_RESET },
	{ "SYN and FIN, bad ACK", { SYN | FIN | ACK, 0, 1 }, .answer = CONV_RESET },
	{ "URG, bad ACK", { URG | ACK, 0, 1, .urg = 1 }, .answer = CONV_RESET },
	/* "unless the RST bit is set, if so drop the segment" */
	{ "RST, ACK of ISS", { RST | ACK, 0, -1 } },
	{ "RST, ACK beyond SND.NXT", { RST | ACK, 0, 1 } },
	{ "RST and SYN, bad ACK", { RST | SYN | ACK, 0, 1 } },

	/* Second: "If the ACK was acceptable" the connection is refused */
	{ "RST and ACK", { RST | ACK }, .becomes = TCP_CLOSE },
	{ "RST and ACK, any sequence number", { RST | ACK, 12345 },
	  .becomes = TCP_CLOSE },
	{ "RST, SYN and ACK", { RST | SYN | ACK }, .becomes = TCP_CLOSE },
	{ "RST, FIN and ACK", { RST | FIN | ACK }, .becomes = TCP_CLOSE },
	{ "RST and ACK with text", { RST | ACK, 0, .len = 10 }, .becomes = TCP_CLOSE },
	{ "RST without ACK", { RST } },
	{ "RST and SYN without ACK", { RST | SYN } },

	/* Fourth: SYN */
	{ "SYN and ACK", { SYN | ACK }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_ESTABLISHED },
	{ "SYN, ACK and PSH", { SYN | ACK | PSH }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_ESTABLISHED },
	{ "SYN and ACK with window 0", { SYN | ACK, 0, .wnd = CATCH_WND_0 },
	  .answer = CONV_ACK, .takes = 1, .becomes = TCP_ESTABLISHED },
	{ "SYN and ACK with text", { SYN | ACK, 0, .len = 100 },
	  .answer = CONV_ACK, .takes = 101, .text = 100,
	  .becomes = TCP_ESTABLISHED },
	{ "SYN and ACK with FIN", { SYN | ACK | FIN },
	  .answer = CONV_ACK, .takes = 2, .becomes = TCP_CLOSE_WAIT },
	{ "SYN and ACK with text and FIN", { SYN | ACK | FIN, 0, .len = 10 },
	  .answer = CONV_ACK, .takes = 12, .text = 10, .becomes = TCP_CLOSE_WAIT },
	{ "SYN and ACK with urgent text",
	  { SYN | ACK | URG, 0, .len = 10, .urg = 10 },
	  .answer = CONV_ACK, .takes = 11, .text = 9, .urgent = true,
	  .becomes = TCP_ESTABLISHED },
	{ "SYN", { SYN }, .answer = CONV_SYN_ACK, .takes = 1,
	  .becomes = TCP_SYN_RECV },
	{ "SYN and PSH", { SYN | PSH }, .answer = CONV_SYN_ACK, .takes = 1,
	  .becomes = TCP_SYN_RECV },

	/* Fifth: "if neither of the SYN or RST bits is set, drop" */
	{ "ACK without SYN", { ACK } },
	{ "ACK with text", { ACK, 0, .len = 100 } },
	{ "FIN and ACK", { FIN | ACK } },
	{ "FIN", { FIN } },
	{ "text without ACK", { 0, 0, .len = 100 } },
	{ "URG", { URG, 0, .len = 1, .urg = 1 } },
	{ "no flag at all", { 0 } },
	{ "FIN, PSH, URG", { FIN | PSH | URG, 0, .urg = 1 } },
};

KUNIT_ARRAY_PARAM(arrivals, arrivals, conv_describe);

/* Shows: 5961-3.2-4. */
CONV_ARRIVAL(syn_sent_arrival, syn_sent)
CONV_ARRIVAL(syn_sent_arrival_wraps, syn_sent, .iss = -1, .irs = -1)

/* A bad segment changes nothing for the good one after it. */
static void syn_sent_survives(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	PEER(c, RST, 0);
	PEER(c, SYN | ACK, 0, 2);
	EXPECT(c, RST, 2);
	PEER(c, SYN | ACK, 0, 1);
	EXPECT(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	EXPECT_NOTHING(c);
}

/* RFC 9293 3.10.4: CLOSE in SYN-SENT tells nobody. */
static void syn_sent_close(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	CLOSE(c);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
	PEER(c, SYN | ACK, 0, 1);
	EXPECT(c, RST, 1);
	RUN(c, 10000);
	EXPECT_NOTHING(c);
}

/* RFC 9293 3.10.5: so does ABORT. */
static void syn_sent_abort(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	ABORT(c);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
}

/*
 * RFC 6298 (2.1), (5.5): 1 s, doubled; tcp_syn_retries, then ETIMEDOUT (R2).
 * Shows: MUST-22, 6298-2-1
 */
static void syn_sent_retransmits(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);
	u32 at = 0;
	int i;

	KUNIT_ASSERT_EQ(test, READ_ONCE(init_net.ipv4.sysctl_tcp_syn_retries), 6);
	for (i = 0; i < 6; i++) {
		at += 1000 << i;
		RUN(c, 1000 << i);
		EXPECT(c, SYN, 0, .mss = CATCH_MSS, .at = at);
		EXPECT_NOTHING(c);
	}
	RUN(c, 64000 - 1);
	EXPECT_STATE(c, TCP_SYN_SENT);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, attempt_fails, 1);
	EXPECT_COUNTED(c, timeouts, 1);
}

/*
 * The SYN's answer may come late. RFC 6298 (5.7): RTO is 3 s then.
 * Shows: 6298-5-8
 */
static void syn_sent_late_answer(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	RUN(c, 1000);
	EXPECT(c, SYN, 0);
	PEER(c, SYN | ACK, 0, 1, .mss = CATCH_MSS);
	EXPECT(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	MARK(c);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
	RUN(c, 2999);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100, .at = 3000);
}

/*
 * RFC 5681 3.1: "If the SYN or SYN/ACK is lost, the initial window is one"
 * Shows: 5681-3.1-4
 */
static void syn_lost_initial_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	RUN(c, 1000);
	EXPECT(c, SYN, 0);
	PEER(c, SYN | ACK, 0, 1, .mss = CATCH_MSS);
	EXPECT(c, ACK, 1, 1);
	SEND_N(c, 5 * CATCH_MSS);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	EXPECT_NOTHING(c);
}

/* RFC 9293 3.10.2: SEND in SYN-SENT is queued; here the call does not wait. */
static void syn_sent_send_waits(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	SEND_ERROR(c, -EAGAIN);
	RECV_ERROR(c, -EAGAIN);
	EXPECT_NOTHING(c);
}

/*
 * TCP_FASTOPEN_CONNECT: when the text comes there is no way to the peer any more. A
 * keepalive's timer was set; it would be past when the next attempt sets its own.
 */
static void deferred_syn_without_route(struct kunit *test)
{
	int *fastopen = &init_net.ipv4.sysctl_tcp_fastopen, before = *fastopen;
	struct catch *c = IN_STATE(test, TCP_CLOSE);

	WRITE_ONCE(*fastopen, MYTCP_FASTOPEN_CLIENT | MYTCP_FASTOPEN_CLIENT_NO_COOKIE);
	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_FASTOPEN_CONNECT, 1), 0);
	CATCH_EQ(catch_connect(c), 0);
	CATCH_EQ(catch_setsockopt(c, SOL_SOCKET, SO_KEEPALIVE, 1), 0);
	WRITE_ONCE(*fastopen, before);
	c->no_route = true;
	SEND_ERROR(c, -ECONNABORTED);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->timer_expires, MYTCP_NEVER);
}

static struct kunit_case syn_sent_cases[] = {
	KUNIT_CASE_PARAM(syn_sent_arrival, arrivals_gen_params),
	KUNIT_CASE_PARAM(syn_sent_arrival_wraps, arrivals_gen_params),
	KUNIT_CASE(syn_sent_survives),
	KUNIT_CASE(syn_sent_close),
	KUNIT_CASE(syn_sent_abort),
	KUNIT_CASE(syn_sent_retransmits),
	KUNIT_CASE(syn_sent_late_answer),
	KUNIT_CASE(syn_lost_initial_window),
	KUNIT_CASE(syn_sent_send_waits),
	KUNIT_CASE(deferred_syn_without_route),
	{}
};

static struct kunit_suite syn_sent_suite = {
	.name = "mytcp-syn-sent",
	.test_cases = syn_sent_cases,
};

kunit_test_suite(syn_sent_suite);
