// SPDX-License-Identifier: GPL-2.0
/*
 * ESTABLISHED: RFC 9293 3.10.7.4.
 */
#include "conv.h"

static const struct conv_state established = {
	.state = TCP_ESTABLISHED, .rcv_nxt = 1, .snd_nxt = 1,
	.reset_error = ECONNRESET,
};

/* Fifth to eighth: ACK, URG, text, FIN. */
static const struct conv_arrival arrivals[] = {
	{ "empty, acceptable", { ACK } },
	{ "empty, at the last octet of the window", { ACK, -1 }, .from_edge = true },
	{ "ACK that is old, but not too old", { ACK, 0, -1 } },
	{ "PSH alone", { ACK | PSH } },

	{ "text in order", { ACK, 0, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 100, .text = 100 },
	{ "text in order, pushed", { ACK | PSH, 0, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 100, .text = 100 },
	{ "text in order, old ACK", { ACK, 0, -1, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 100, .text = 100 },
	{ "one octet", { ACK, 0, .len = 1 },
	  .answer = CONV_DELAYED_ACK, .takes = 1, .text = 1 },
	{ "two full segments in one buffer", { ACK, 0, .len = 2 * CATCH_MSS },
	  .answer = CONV_ACK, .takes = 2 * CATCH_MSS, .text = 2 * CATCH_MSS },
	{ "text in a page", { ACK, 0, .len = 1000, .nonlinear = true },
	  .answer = CONV_DELAYED_ACK, .takes = 1000, .text = 1000 },
	{ "text across RCV.NXT: only the new part", { ACK, -50, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 50, .text = 50 },
	{ "text across RCV.NXT by one octet", { ACK, -99, .len = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 1, .text = 1 },
	{ "text across RCV.NXT, in a page",
	  { ACK, -500, .len = 1000, .nonlinear = true },
	  .answer = CONV_DELAYED_ACK, .takes = 500, .text = 500 },
	{ "text beyond a gap", { ACK, 100, .len = 100 }, .answer = CONV_ACK },
	{ "text beyond a gap of one octet", { ACK, 1, .len = 100 },
	  .answer = CONV_ACK },
	{ "text that ends at the right edge", { ACK, -100, .len = 100 },
	  .from_edge = true, .answer = CONV_ACK },
	{ "text across the right edge", { ACK, -50, .len = 100 },
	  .from_edge = true, .answer = CONV_ACK },
	{ "text of which one octet is in the window", { ACK, -1, .len = 100 },
	  .from_edge = true, .answer = CONV_ACK },

	{ "FIN", { FIN | ACK },
	  .answer = CONV_ACK, .takes = 1, .becomes = TCP_CLOSE_WAIT },
	{ "FIN with text", { FIN | ACK, 0, .len = 100 },
	  .answer = CONV_ACK, .takes = 101, .text = 100, .becomes = TCP_CLOSE_WAIT },
	{ "FIN with pushed text", { FIN | PSH | ACK, 0, .len = 100 },
	  .answer = CONV_ACK, .takes = 101, .text = 100, .becomes = TCP_CLOSE_WAIT },
	{ "FIN with text across RCV.NXT", { FIN | ACK, -50, .len = 100 },
	  .answer = CONV_ACK, .takes = 51, .text = 50, .becomes = TCP_CLOSE_WAIT },
	{ "FIN with text all before RCV.NXT", { FIN | ACK, -100, .len = 100 },
	  .answer = CONV_ACK, .takes = 1, .becomes = TCP_CLOSE_WAIT },
	{ "FIN with old ACK", { FIN | ACK, 0, -1 },
	  .answer = CONV_ACK, .takes = 1, .becomes = TCP_CLOSE_WAIT },
	{ "FIN beyond a gap", { FIN | ACK, 1 }, .answer = CONV_ACK },
	{ "FIN with text beyond a gap", { FIN | ACK, 100, .len = 100 },
	  .answer = CONV_ACK },
	{ "FIN at the last octet of the window", { FIN | ACK, -1 },
	  .from_edge = true, .answer = CONV_ACK },
	{ "FIN behind text at the right edge", { FIN | ACK, -100, .len = 100 },
	  .from_edge = true, .answer = CONV_ACK },

	{ "URG alone: data are to come", { ACK | URG, 0, .urg = 10 } },
	{ "URG with text before the urgent octet", { ACK | URG, 0, .len = 10, .urg = 50 },
	  .answer = CONV_DELAYED_ACK, .takes = 10, .text = 10 },
	{ "urgent octet is the last", { ACK | URG, 0, .len = 100, .urg = 100 },
	  .answer = CONV_DELAYED_ACK, .takes = 100, .text = 99, .urgent = true },
	{ "URG and FIN", { FIN | ACK | URG, 0, .len = 10, .urg = 10 },
	  .answer = CONV_ACK, .takes = 11, .text = 9, .urgent = true,
	  .becomes = TCP_CLOSE_WAIT },
	{ "FIN, PSH, URG, ACK at once", { FIN | PSH | URG | ACK, 0, .len = 1, .urg = 1 },
	  .answer = CONV_ACK, .takes = 2, .urgent = true,
	  .becomes = TCP_CLOSE_WAIT },
};

KUNIT_ARRAY_PARAM(arrivals, arrivals, conv_describe);

CONV_ARRIVAL(established_arrival, established)
/* Shows: 5961-3.2-1, 5961-3.2-2, 5961-3.2-3, 5961-4.2-1, 5961-4.2-2. */
CONV_ARRIVAL(established_common, established)
/* Shows: MAY-12, 5961-5.2-1, 5961-5.2-2. */
CONV_ARRIVAL(established_ack, established)
/* The same at the end of the circle: RFC 9293 3.4. */
CONV_ARRIVAL(established_arrival_wraps, established, .iss = -1, .irs = -30)

static struct kunit_case established_cases[] = {
	KUNIT_CASE_PARAM(established_common, conv_common_gen_params),
	KUNIT_CASE_PARAM(established_ack, conv_ack_gen_params),
	KUNIT_CASE_PARAM(established_arrival, arrivals_gen_params),
	KUNIT_CASE_PARAM(established_arrival_wraps, arrivals_gen_params),
	{}
};

static struct kunit_suite established_suite = {
	.name = "mytcp-established",
	.test_cases = established_cases,
};

kunit_test_suite(established_suite);
