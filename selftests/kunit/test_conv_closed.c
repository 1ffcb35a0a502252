// SPDX-License-Identifier: GPL-2.0
/*
 * CLOSED and LISTEN: RFC 9293 3.10.7.1 and 3.10.7.2.
 */
#include "conv.h"

/* No connection: the numbers of a segment stand for themselves. */
static const struct conv_state closed = { .state = TCP_CLOSE };

static const struct conv_arrival closed_arrivals[] = {
	{ "ACK", { ACK, 10, 20 }, .answer = CONV_RESET },
	{ "ACK with text", { ACK, 10, 20, .len = 100 }, .answer = CONV_RESET },
	{ "ACK of number 0", { ACK, 10, 0 }, .answer = CONV_RESET },
	{ "FIN and ACK", { FIN | ACK, 10, 20 }, .answer = CONV_RESET },
	{ "SYN and ACK", { SYN | ACK, 10, 20 }, .answer = CONV_RESET },
	{ "URG and ACK", { URG | ACK, 10, 20, .len = 1, .urg = 1 },
	  .answer = CONV_RESET },
	{ "FIN, SYN, PSH, URG, ACK", { FIN | SYN | PSH | URG | ACK, 10, 20 },
	  .answer = CONV_RESET },
	{ "SYN", { SYN, 10 }, .answer = CONV_RESET_ACK },
	{ "SYN at the end of the circle", { SYN, -CATCH_IRS - 1 },
	  .answer = CONV_RESET_ACK },
	{ "SYN and FIN", { SYN | FIN, 10 }, .answer = CONV_RESET_ACK },
	{ "SYN with text", { SYN, 10, .len = 100 }, .answer = CONV_RESET_ACK },
	{ "FIN", { FIN, 10 }, .answer = CONV_RESET_ACK },
	{ "FIN with text", { FIN, 10, .len = 7 }, .answer = CONV_RESET_ACK },
	{ "text without ACK", { 0, 10, .len = 100 }, .answer = CONV_RESET_ACK },
	{ "URG", { URG, 10, .urg = 1 }, .answer = CONV_RESET_ACK },
	{ "no flag at all", { 0, 10 }, .answer = CONV_RESET_ACK },
	/* "An incoming segment containing a RST is discarded" */
	{ "RST", { RST, 10 } },
	{ "RST and ACK", { RST | ACK, 10, 20 } },
	{ "RST and SYN", { RST | SYN, 10 } },
	{ "RST and FIN", { RST | FIN | ACK, 10, 20 } },
	{ "RST with text", { RST, 10, .len = 10 } },
	{ "all flags", { FIN | SYN | RST | PSH | ACK | URG, 10, 20 } },
};

KUNIT_ARRAY_PARAM(closed_arrivals, closed_arrivals, conv_describe);
CONV_ARRIVAL(closed_arrival, closed)

/* The listener is not a connection either: numbers as they are; ISS is to come. */
static const struct conv_state listening = { .state = TCP_LISTEN };

static const struct conv_arrival listen_arrivals[] = {
	/* First: "An incoming RST should be ignored" */
	{ "RST", { RST } },
	{ "RST and ACK", { RST | ACK, 10, 20 } },
	{ "RST and SYN", { RST | SYN } },
	{ "RST, SYN and ACK", { RST | SYN | ACK, 10, 20 } },
	{ "all flags", { FIN | SYN | RST | PSH | ACK | URG, 10, 20 } },
	/* Second: "Any acknowledgment is bad" */
	{ "ACK", { ACK, 10, 20 }, .answer = CONV_RESET },
	{ "ACK of number 0", { ACK, 10, 0 }, .answer = CONV_RESET },
	{ "ACK with text", { ACK, 10, 20, .len = 100 }, .answer = CONV_RESET },
	{ "SYN and ACK", { SYN | ACK, 10, 20 }, .answer = CONV_RESET },
	{ "FIN and ACK", { FIN | ACK, 10, 20 }, .answer = CONV_RESET },
	{ "URG and ACK", { URG | ACK, 10, 20, .len = 1, .urg = 1 },
	  .answer = CONV_RESET },
	{ "FIN, SYN, PSH, URG, ACK", { FIN | SYN | PSH | URG | ACK, 10, 20 },
	  .answer = CONV_RESET },
	/* Third: SYN */
	{ "SYN", { SYN }, .answer = CONV_SYN_ACK, .takes = 1,
	  .becomes = TCP_SYN_RECV },
	{ "SYN and PSH", { SYN | PSH }, .answer = CONV_SYN_ACK, .takes = 1,
	  .becomes = TCP_SYN_RECV },
	{ "SYN and URG", { SYN | URG, 0, .urg = 5 }, .answer = CONV_SYN_ACK,
	  .takes = 1, .becomes = TCP_SYN_RECV },
	{ "SYN with window 0", { SYN, 0, .wnd = CATCH_WND_0 },
	  .answer = CONV_SYN_ACK, .takes = 1, .becomes = TCP_SYN_RECV },
	/* Text and FIN are queued: 3.10.7.2, third */
	{ "SYN with text", { SYN, 0, .len = 100 }, .answer = CONV_SYN_ACK,
	  .takes = 1, .becomes = TCP_SYN_RECV },
	{ "SYN and FIN", { SYN | FIN }, .answer = CONV_SYN_ACK, .takes = 1,
	  .becomes = TCP_SYN_RECV },
	/* Fourth: "Drop the segment and return" */
	{ "no flag at all", { 0, 10 } },
	{ "text without ACK", { 0, 10, .len = 100 } },
	{ "FIN", { FIN, 10 } },
	{ "FIN, PSH, URG", { FIN | PSH | URG, 10, .len = 1, .urg = 1 } },
	{ "PSH", { PSH, 10, .len = 100 } },
	{ "URG", { URG, 10, .len = 1, .urg = 1 } },
};

KUNIT_ARRAY_PARAM(listen_arrivals, listen_arrivals, conv_describe);
CONV_ARRIVAL(listen_arrival, listening)

/* A bad segment changes nothing for the good one after it. */
static void listen_survives(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, RST, 0);
	PEER(c, ACK, 5, 77);
	EXPECT(c, RST, 77);
	PEER(c, FIN, 0);
	PEER(c, SYN, 0);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	EXPECT_NOTHING(c);
}

/* The answer to text on the SYN covers the SYN alone: the text comes again. */
static void listen_syn_text_comes_again(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN, 0, .len = 10);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1, .len = 10);
	ACCEPT(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11);
	RECV_N(c, 10);
}

/* 3.10.7.2, third: text is queued until the connection is open. */
static void listen_syn_text_is_kept(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN, 0, .len = 10);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 11, 1);
	EXPECT(c, ACK, 1, 11);
	ACCEPT(c);
	RECV_N(c, 10);
	EXPECT_NOTHING(c);
}

static void listen_syn_text_then_more(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN, 0, .len = 10);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, FIN | ACK, 6, 1, .len = 10);
	EXPECT(c, ACK, 1, 17);
	EXPECT_NOTHING(c);
	ACCEPT(c);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	RECV_N(c, 15);
	RECV_EOF(c);
}

static void listen_syn_fin_is_kept(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN | FIN, 0, .len = 10);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 12, 1);
	EXPECT(c, ACK, 1, 12);
	ACCEPT(c);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	RECV_N(c, 10);
	RECV_EOF(c);
}

/* The request ends without a connection: what it held goes with it. */
static void listen_syn_text_dropped(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN, 0, .len = 10);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, RST, 1);
	EXPECT_STATE(c, TCP_LISTEN);
	EXPECT_NOTHING(c);
}

/* RFC 9293 3.10.4: CLOSE in LISTEN is the end of it. */
static void listen_close(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	CLOSE(c);
	EXPECT_STATE(c, TCP_CLOSE);
	PEER(c, SYN, 0);
	EXPECT(c, RST | ACK, 0, 1 + c->irs, .raw = true);
	EXPECT_NOTHING(c);
}

static struct kunit_case closed_cases[] = {
	KUNIT_CASE_PARAM(closed_arrival, closed_arrivals_gen_params),
	KUNIT_CASE_PARAM(listen_arrival, listen_arrivals_gen_params),
	KUNIT_CASE(listen_survives),
	KUNIT_CASE(listen_syn_text_comes_again),
	KUNIT_CASE(listen_syn_text_is_kept),
	KUNIT_CASE(listen_syn_text_then_more),
	KUNIT_CASE(listen_syn_fin_is_kept),
	KUNIT_CASE(listen_syn_text_dropped),
	KUNIT_CASE(listen_close),
	{}
};

static struct kunit_suite closed_suite = {
	.name = "mytcp-closed-listen",
	.test_cases = closed_cases,
};

kunit_test_suite(closed_suite);
