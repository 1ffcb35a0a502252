// SPDX-License-Identifier: GPL-2.0
/*
 * The states of a connection that one or both sides have closed: RFC 9293
 * 3.10.7.4. FIN-WAIT-1, FIN-WAIT-2, CLOSE-WAIT, CLOSING, LAST-ACK. SEG.ACK -1 in
 * the tables does not acknowledge our FIN, 0 does.
 */
#include "conv.h"

/* Our FIN is sent and not acknowledged; the user can still read. */
static const struct conv_state fin_wait_1 = {
	.state = TCP_FIN_WAIT1, .rcv_nxt = 1, .snd_nxt = 2,
	.reset_error = ECONNRESET,
};

static const struct conv_arrival fin_wait_1_arrivals[] = {
	/* "if the FIN segment is now acknowledged, then enter FIN-WAIT-2" */
	{ "ACK of FIN", { ACK }, .becomes = TCP_FIN_WAIT2 },
	{ "ACK, not of FIN", { ACK, 0, -1 } },
	{ "old ACK", { ACK, 0, -2 } },
	{ "PSH, ACK of FIN", { ACK | PSH }, .becomes = TCP_FIN_WAIT2 },
	/* "and continue processing in that state" */
	{ "text, ACK of FIN", { ACK, 0, .len = 100 }, .answer = CONV_DELAYED_ACK,
	  .takes = 100, .text = 100, .becomes = TCP_FIN_WAIT2 },
	{ "text, ACK not of FIN", { ACK, 0, -1, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 100, .text = 100 },
	{ "text across RCV.NXT, ACK of FIN", { ACK, -50, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 50, .text = 50,
	  .becomes = TCP_FIN_WAIT2 },
	{ "text across RCV.NXT, ACK not of FIN", { ACK, -50, -1, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 50, .text = 50 },
	{ "text beyond a gap, ACK of FIN", { ACK, 100, .len = 100 },
	  .answer = CONV_ACK, .becomes = TCP_FIN_WAIT2 },
	{ "text beyond a gap, ACK not of FIN", { ACK, 100, -1, .len = 100 },
	  .answer = CONV_ACK },
	{ "text across the right edge, ACK of FIN", { ACK, -50, .len = 100 },
	  .from_edge = true, .answer = CONV_ACK, .becomes = TCP_FIN_WAIT2 },
	/* Eighth: "if our FIN has been ACKed ... TIME-WAIT; otherwise CLOSING" */
	{ "FIN, ACK of FIN", { FIN | ACK }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_TIME_WAIT },
	{ "FIN, ACK not of FIN", { FIN | ACK, 0, -1 }, .answer = CONV_ACK,
	  .takes = 1, .becomes = TCP_CLOSING },
	{ "FIN, old ACK", { FIN | ACK, 0, -2 }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_CLOSING },
	{ "FIN with text, ACK of FIN", { FIN | ACK, 0, .len = 100 },
	  .answer = CONV_ACK, .takes = 101, .text = 100, .becomes = TCP_TIME_WAIT },
	{ "FIN with text, ACK not of FIN", { FIN | ACK, 0, -1, .len = 100 },
	  .answer = CONV_ACK, .takes = 101, .text = 100, .becomes = TCP_CLOSING },
	{ "FIN with text across RCV.NXT, ACK of FIN",
	  { FIN | ACK, -50, .len = 100 },
	  .answer = CONV_ACK, .takes = 51, .text = 50, .becomes = TCP_TIME_WAIT },
	{ "FIN beyond a gap, ACK of FIN", { FIN | ACK, 100 }, .answer = CONV_ACK,
	  .becomes = TCP_FIN_WAIT2 },
	{ "FIN beyond a gap, ACK not of FIN", { FIN | ACK, 100, -1 },
	  .answer = CONV_ACK },
	{ "urgent text, ACK of FIN", { ACK | URG, 0, .len = 10, .urg = 10 },
	  .answer = CONV_DELAYED_ACK, .takes = 10, .text = 9, .urgent = true,
	  .becomes = TCP_FIN_WAIT2 },
	{ "urgent text, ACK not of FIN", { ACK | URG, 0, -1, .len = 10, .urg = 10 },
	  .answer = CONV_DELAYED_ACK, .takes = 10, .text = 9, .urgent = true },
	{ "URG and FIN, ACK of FIN", { FIN | ACK | URG, 0, .len = 10, .urg = 10 },
	  .answer = CONV_ACK, .takes = 11, .text = 9, .urgent = true,
	  .becomes = TCP_TIME_WAIT },
	{ "URG and FIN, ACK not of FIN",
	  { FIN | ACK | URG, 0, -1, .len = 10, .urg = 10 },
	  .answer = CONV_ACK, .takes = 11, .text = 9, .urgent = true,
	  .becomes = TCP_CLOSING },
};

KUNIT_ARRAY_PARAM(fin_wait_1_arrivals, fin_wait_1_arrivals, conv_describe);
CONV_ARRIVAL(fin_wait_1_common, fin_wait_1)
CONV_ARRIVAL(fin_wait_1_ack, fin_wait_1)
CONV_ARRIVAL(fin_wait_1_arrival, fin_wait_1)

/* Our FIN is acknowledged; the peer may go on sending. */
static const struct conv_state fin_wait_2 = {
	.state = TCP_FIN_WAIT2, .rcv_nxt = 1, .snd_nxt = 2,
	.reset_error = ECONNRESET,
};

static const struct conv_arrival fin_wait_2_arrivals[] = {
	{ "empty, acceptable", { ACK } },
	{ "old ACK", { ACK, 0, -1 } },
	{ "text in order", { ACK, 0, .len = 100 }, .answer = CONV_DELAYED_ACK,
	  .takes = 100, .text = 100 },
	{ "text in order, old ACK", { ACK, 0, -1, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 100, .text = 100 },
	{ "two full segments in one buffer", { ACK, 0, .len = 2 * CATCH_MSS },
	  .answer = CONV_ACK, .takes = 2 * CATCH_MSS, .text = 2 * CATCH_MSS },
	{ "text across RCV.NXT", { ACK, -50, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 50, .text = 50 },
	{ "text beyond a gap", { ACK, 100, .len = 100 }, .answer = CONV_ACK },
	{ "text across the right edge", { ACK, -50, .len = 100 },
	  .from_edge = true, .answer = CONV_ACK },
	/* Eighth: "Enter the TIME-WAIT state" */
	{ "FIN", { FIN | ACK }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_TIME_WAIT },
	{ "FIN, old ACK", { FIN | ACK, 0, -1 }, .answer = CONV_ACK, .takes = 1,
	  .becomes = TCP_TIME_WAIT },
	{ "FIN with text", { FIN | ACK, 0, .len = 100 }, .answer = CONV_ACK,
	  .takes = 101, .text = 100, .becomes = TCP_TIME_WAIT },
	{ "FIN with text across RCV.NXT", { FIN | ACK, -50, .len = 100 },
	  .answer = CONV_ACK, .takes = 51, .text = 50, .becomes = TCP_TIME_WAIT },
	{ "FIN beyond a gap", { FIN | ACK, 100 }, .answer = CONV_ACK },
	{ "FIN with text beyond a gap", { FIN | ACK, 100, .len = 100 },
	  .answer = CONV_ACK },
	{ "FIN at the last octet of the window", { FIN | ACK, -1 },
	  .from_edge = true, .answer = CONV_ACK },
	{ "urgent text", { ACK | URG, 0, .len = 10, .urg = 10 },
	  .answer = CONV_DELAYED_ACK, .takes = 10, .text = 9, .urgent = true },
	{ "URG and FIN", { FIN | ACK | URG, 0, .len = 10, .urg = 10 },
	  .answer = CONV_ACK, .takes = 11, .text = 9, .urgent = true,
	  .becomes = TCP_TIME_WAIT },
};

KUNIT_ARRAY_PARAM(fin_wait_2_arrivals, fin_wait_2_arrivals, conv_describe);
CONV_ARRIVAL(fin_wait_2_common, fin_wait_2)
CONV_ARRIVAL(fin_wait_2_ack, fin_wait_2)
CONV_ARRIVAL(fin_wait_2_arrival, fin_wait_2)

/*
 * After the peer's FIN there can be no text, no urgent data and no second FIN:
 * "This should not occur ... Ignore the segment text."
 */
static const struct conv_state close_wait = {
	.state = TCP_CLOSE_WAIT, .rcv_nxt = 2, .snd_nxt = 1,
	.reset_error = EPIPE,	/* as every sockets interface has it */
};

static const struct conv_arrival close_wait_arrivals[] = {
	{ "empty, acceptable", { ACK } },
	{ "old ACK", { ACK, 0, -1 } },
	{ "text", { ACK, 0, .len = 100 } },
	{ "text across RCV.NXT", { ACK, -50, .len = 100 } },
	{ "text beyond a gap", { ACK, 100, .len = 100 } },
	{ "urgent text", { ACK | URG, 0, .len = 10, .urg = 10 } },
	{ "URG alone", { ACK | URG, 0, .urg = 10 } },
	{ "a second FIN behind the first", { FIN | ACK } },
	{ "a second FIN, with text", { FIN | ACK, 0, .len = 100 } },
	{ "a second FIN beyond a gap", { FIN | ACK, 100 } },
	{ "the FIN again", { FIN | ACK, -1 }, .answer = CONV_ACK },
};

KUNIT_ARRAY_PARAM(close_wait_arrivals, close_wait_arrivals, conv_describe);
CONV_ARRIVAL(close_wait_common, close_wait)
CONV_ARRIVAL(close_wait_ack, close_wait)
CONV_ARRIVAL(close_wait_arrival, close_wait)

/* Both FINs are sent, the peer's is here, ours is not acknowledged. */
static const struct conv_state closing = {
	.state = TCP_CLOSING, .rcv_nxt = 2, .snd_nxt = 2,
	.reset_error = ECONNRESET,
};

static const struct conv_arrival closing_arrivals[] = {
	/* "if the ACK acknowledges our FIN, then enter the TIME-WAIT state" */
	{ "ACK of FIN", { ACK }, .becomes = TCP_TIME_WAIT },
	{ "PSH, ACK of FIN", { ACK | PSH }, .becomes = TCP_TIME_WAIT },
	{ "URG, ACK of FIN", { ACK | URG, 0, .urg = 5 }, .becomes = TCP_TIME_WAIT },
	{ "text, ACK of FIN", { ACK, 0, .len = 100 }, .becomes = TCP_TIME_WAIT },
	{ "text beyond a gap, ACK of FIN", { ACK, 100, .len = 100 },
	  .becomes = TCP_TIME_WAIT },
	{ "a second FIN, ACK of FIN", { FIN | ACK }, .becomes = TCP_TIME_WAIT },
	/* "otherwise, ignore the segment" */
	{ "ACK, not of FIN", { ACK, 0, -1 } },
	{ "old ACK", { ACK, 0, -2 } },
	{ "text, ACK not of FIN", { ACK, 0, -1, .len = 100 } },
	{ "text across RCV.NXT, ACK not of FIN", { ACK, -50, -1, .len = 100 } },
	{ "a second FIN, ACK not of FIN", { FIN | ACK, 0, -1 } },
	{ "URG, ACK not of FIN", { ACK | URG, 0, -1, .len = 5, .urg = 5 } },
	/* First: the FIN again is not acceptable, its ACK does not count */
	{ "the FIN again, ACK not of FIN", { FIN | ACK, -1, -1 },
	  .answer = CONV_ACK },
	{ "the FIN again, ACK of FIN", { FIN | ACK, -1 }, .answer = CONV_ACK },
};

KUNIT_ARRAY_PARAM(closing_arrivals, closing_arrivals, conv_describe);
CONV_ARRIVAL(closing_common, closing)
CONV_ARRIVAL(closing_ack, closing)
CONV_ARRIVAL(closing_arrival, closing)

static const struct conv_state last_ack = {
	.state = TCP_LAST_ACK, .rcv_nxt = 2, .snd_nxt = 2,
	.reset_error = ECONNRESET,
};

static const struct conv_arrival last_ack_arrivals[] = {
	/* "If our FIN is now acknowledged, delete the TCB, enter CLOSED" */
	{ "ACK of FIN", { ACK }, .becomes = TCP_CLOSE },
	{ "PSH, ACK of FIN", { ACK | PSH }, .becomes = TCP_CLOSE },
	{ "URG, ACK of FIN", { ACK | URG, 0, .urg = 5 }, .becomes = TCP_CLOSE },
	{ "text, ACK of FIN", { ACK, 0, .len = 100 }, .becomes = TCP_CLOSE },
	{ "a second FIN, ACK of FIN", { FIN | ACK }, .becomes = TCP_CLOSE },
	{ "ACK, not of FIN", { ACK, 0, -1 } },
	{ "old ACK", { ACK, 0, -2 } },
	{ "text, ACK not of FIN", { ACK, 0, -1, .len = 100 } },
	{ "text across RCV.NXT, ACK not of FIN", { ACK, -50, -1, .len = 100 } },
	{ "text beyond a gap, ACK not of FIN", { ACK, 50, -1, .len = 100 } },
	{ "a second FIN, ACK not of FIN", { FIN | ACK, 0, -1 } },
	{ "URG, ACK not of FIN", { ACK | URG, 0, -1, .len = 5, .urg = 5 } },
	{ "the FIN again, ACK not of FIN", { FIN | ACK, -1, -1 },
	  .answer = CONV_ACK },
};

KUNIT_ARRAY_PARAM(last_ack_arrivals, last_ack_arrivals, conv_describe);
CONV_ARRIVAL(last_ack_common, last_ack)
CONV_ARRIVAL(last_ack_ack, last_ack)
CONV_ARRIVAL(last_ack_arrival, last_ack)

/* The FIN again is answered at once, whatever else was a moment ago. */
static void repeated_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE_WAIT);

	PEER(c, ACK, -10, 1);
	EXPECT(c, ACK, 1, 2);
	PEER(c, ACK, -10, 1);
	EXPECT_NOTHING(c);
	PEER(c, FIN | ACK, 1, 1);
	EXPECT(c, ACK, 1, 2);
	PEER(c, FIN | ACK, 1, 1);
	EXPECT(c, ACK, 1, 2);
}

static struct kunit_case closing_cases[] = {
	KUNIT_CASE(repeated_fin),
	KUNIT_CASE_PARAM(fin_wait_1_common, conv_common_gen_params),
	KUNIT_CASE_PARAM(fin_wait_1_ack, conv_ack_gen_params),
	KUNIT_CASE_PARAM(fin_wait_1_arrival, fin_wait_1_arrivals_gen_params),
	KUNIT_CASE_PARAM(fin_wait_2_common, conv_common_gen_params),
	KUNIT_CASE_PARAM(fin_wait_2_ack, conv_ack_gen_params),
	KUNIT_CASE_PARAM(fin_wait_2_arrival, fin_wait_2_arrivals_gen_params),
	KUNIT_CASE_PARAM(close_wait_common, conv_common_gen_params),
	KUNIT_CASE_PARAM(close_wait_ack, conv_ack_gen_params),
	KUNIT_CASE_PARAM(close_wait_arrival, close_wait_arrivals_gen_params),
	KUNIT_CASE_PARAM(closing_common, conv_common_gen_params),
	KUNIT_CASE_PARAM(closing_ack, conv_ack_gen_params),
	KUNIT_CASE_PARAM(closing_arrival, closing_arrivals_gen_params),
	KUNIT_CASE_PARAM(last_ack_common, conv_common_gen_params),
	KUNIT_CASE_PARAM(last_ack_ack, conv_ack_gen_params),
	KUNIT_CASE_PARAM(last_ack_arrival, last_ack_arrivals_gen_params),
	{}
};

static struct kunit_suite closing_suite = {
	.name = "mytcp-closing",
	.test_cases = closing_cases,
};

kunit_test_suite(closing_suite);
