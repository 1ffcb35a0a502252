// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT: RFC 9293 3.10.7.4 and 3.6.1, RFC 1337, RFC 6191.
 */
#include "../../module/timewait.h"
#include "conv.h"

/* 2 MSL, unless the administrator has chosen otherwise. */
#define TIME_WAIT_MS	MYTCP_TIME_WAIT_MS

static const struct conv_state time_wait = {
	.state = TCP_TIME_WAIT, .rcv_nxt = 2, .snd_nxt = 2,
};

/*
 * Nothing can follow the peer's FIN, so RCV.WND is 0: all that has a length is
 * not acceptable.
 */
static const struct conv_arrival arrivals[] = {
	/* First */
	{ "empty, acceptable", { ACK } },
	{ "empty, old ACK", { ACK, 0, -1 } },
	{ "empty, one before RCV.NXT", { ACK, -1 }, .answer = CONV_ACK },
	{ "empty, far before RCV.NXT", { ACK, -70000 }, .answer = CONV_ACK },
	{ "empty, beyond RCV.NXT", { ACK, 1 }, .answer = CONV_ACK },
	{ "text before RCV.NXT", { ACK, -101, .len = 100 }, .answer = CONV_ACK },
	{ "text across RCV.NXT", { ACK, -50, .len = 100 }, .answer = CONV_ACK },
	{ "text at RCV.NXT", { ACK, 0, .len = 100 }, .answer = CONV_ACK },
	{ "text far beyond RCV.NXT", { ACK, 100000, .len = 100 },
	  .answer = CONV_ACK },
	{ "urgent text", { ACK | URG, 0, .len = 1, .urg = 1 }, .answer = CONV_ACK },

	/* Second, with RFC 1337's fix F1: RST is ignored */
	{ "RST exact", { RST } },
	{ "RST and ACK exact", { RST | ACK } },
	{ "RST before RCV.NXT", { RST, -1 } },
	{ "RST beyond RCV.NXT", { RST, 1 } },
	{ "RST far beyond RCV.NXT", { RST, 100000 } },
	{ "RST and SYN", { RST | SYN } },
	{ "RST and FIN", { RST | FIN | ACK, -1 } },
	{ "RST with text", { RST, 0, .len = 10 } },

	/* Fourth: a SYN without a listener opens nothing */
	{ "SYN, old", { SYN, -100 }, .answer = CONV_CHALLENGE },
	{ "SYN, new, but nobody listens", { SYN, 100000 },
	  .answer = CONV_CHALLENGE },
	{ "SYN and ACK", { SYN | ACK }, .answer = CONV_CHALLENGE },
	{ "SYN and ACK, new", { SYN | ACK, 100000 }, .answer = CONV_CHALLENGE },
	{ "SYN and FIN, old", { SYN | FIN, -2 }, .answer = CONV_CHALLENGE },

	/* Fifth and eighth: "a retransmission of the remote FIN. Acknowledge it" */
	{ "the FIN again", { FIN | ACK, -1 }, .answer = CONV_ACK },
	{ "the FIN again, old ACK", { FIN | ACK, -1, -1 }, .answer = CONV_ACK },
	{ "the FIN again, with the last text", { FIN | ACK, -101, .len = 100 },
	  .answer = CONV_ACK },
	{ "a FIN from elsewhere", { FIN | ACK, 1000 }, .answer = CONV_ACK },
	{ "a FIN before the last", { FIN | ACK, -2 }, .answer = CONV_ACK },

	{ "no flag at all", { 0 } },
};

KUNIT_ARRAY_PARAM(arrivals, arrivals, conv_describe);
CONV_ARRIVAL(time_wait_arrival, time_wait)
CONV_ARRIVAL(time_wait_arrival_wraps, time_wait, .iss = -2, .irs = -2)

/*
 * RFC 9293 3.6.1: the connection's name is kept for 2 MSL, not longer.
 * Shows: MUST-13
 */
static void time_wait_ends(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);

	EXPECT_COUNTED(c, time_wait_reaped, 0);
	RUN(c, TIME_WAIT_MS - 1);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_COUNTED(c, time_wait_reaped, 1);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, RST, 2);
}

/* "restart the 2 MSL timeout": by a late FIN. */
static void time_wait_fin_restarts(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);

	RUN(c, TIME_WAIT_MS - 1);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	RUN(c, TIME_WAIT_MS - 1);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* By nothing else: RFC 1337's hazards must not keep it for ever. */
static void time_wait_others_do_not_restart(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);

	RUN(c, TIME_WAIT_MS - 1000);
	PEER(c, ACK, 2, 2);
	PEER(c, ACK, 1, 2);
	PEER(c, RST, 2);
	PEER(c, ACK, 2, 2, .len = 10);
	FORGET(c);
	RUN(c, 999);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* Two ends in TIME-WAIT must not answer each other's ACKs for ever. */
static void time_wait_answers_seldom(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);
	int i;

	PEER(c, ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	for (i = 0; i < 10; i++)
		PEER(c, ACK, 1, 2);
	EXPECT_NOTHING(c);
	/* But a FIN is always acknowledged: its sender waits for that. */
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	RUN(c, 500);
	PEER(c, ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	EXPECT_NOTHING(c);
}

/* We were the server: a listener is still there for the next connection. */
static struct catch *time_wait_of_server(struct kunit *test, bool ts)
{
	return IN_STATE(test, TCP_TIME_WAIT, .passive = true, .ts = ts);
}

/* The next connection is born, with an ISN above the old SND.NXT. */
static void time_wait_expect_new(struct catch *c, u32 old_iss, u32 irs)
{
	c->irs += irs;
	KUNIT_ASSERT_EQ(c->test, skb_queue_len(&c->sent), 1U);
	KUNIT_EXPECT_TRUE(c->test, seq_after(c->iss, old_iss + 2));
	EXPECT(c, SYN | ACK, 0, 1);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_COUNTED(c, time_wait_reused, 1);
	PEER(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	EXPECT_NOTHING(c);
}

/*
 * RFC 1122 4.2.2.13 (b): a SYN beyond the old RCV.NXT opens it anew.
 * Shows: MAY-2
 */
static void time_wait_new_syn(struct kunit *test)
{
	struct catch *c = time_wait_of_server(test, false);
	u32 iss = c->iss;

	PEER(c, SYN, 3);
	time_wait_expect_new(c, iss, 3);
}

static void time_wait_old_syn(struct kunit *test)
{
	struct catch *c = time_wait_of_server(test, false);

	PEER(c, SYN, 2);
	EXPECT(c, ACK, 2, 2);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	EXPECT_COUNTED(c, time_wait_reused, 0);
}

/*
 * RFC 6191: a larger timestamp is enough, whatever the sequence number.
 * Shows: SHLD-4
 */
static void time_wait_new_timestamp(struct kunit *test)
{
	struct catch *c = time_wait_of_server(test, true);
	u32 iss = c->iss;

	RUN(c, 100);
	c->ts = false;
	PEER(c, SYN, -1000, .has_ts = true);
	time_wait_expect_new(c, iss, -1000);
}

/* The same timestamp: the sequence number decides. */
static void time_wait_equal_timestamp_new_syn(struct kunit *test)
{
	struct catch *c = time_wait_of_server(test, true);
	u32 iss = c->iss;

	PEER(c, SYN, 3, .has_ts = true);
	time_wait_expect_new(c, iss, 3);
}

static void time_wait_equal_timestamp_old_syn(struct kunit *test)
{
	struct catch *c = time_wait_of_server(test, true);

	PEER(c, SYN, 1, .has_ts = true);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
}

/* A smaller timestamp: an old duplicate, however large its number (PAWS). */
static void time_wait_old_timestamp(struct kunit *test)
{
	struct catch *c = time_wait_of_server(test, true);

	PEER(c, SYN, 100000, .has_ts = true, .ts_val = 1);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	EXPECT_COUNTED(c, paws_drops, 1);
}

/* The old connection had timestamps, the SYN has none: its number decides. */
static void time_wait_lost_timestamp(struct kunit *test)
{
	struct catch *c = time_wait_of_server(test, true);
	u32 iss = c->iss;

	PEER(c, SYN, 100000, .no_ts = true);
	time_wait_expect_new(c, iss, 100000);
}

/* A late FIN with an old timestamp is an old duplicate, too. */
static void time_wait_paws(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT, .ts = true);

	RUN(c, TIME_WAIT_MS - 1000);
	PEER(c, FIN | ACK, 1, 2, .ts_val = 1);
	EXPECT(c, ACK, 2, 2);
	EXPECT_COUNTED(c, paws_drops, 1);
	RUN(c, 1000);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* Its ACKs carry timestamps, which go on from those of the connection. */
static void time_wait_timestamps(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT, .ts = true);
	u32 before = c->last_ts_val;

	RUN(c, 1000);
	PEER(c, FIN | ACK, 1, 2, .ts_val = 6000);
	EXPECT(c, ACK, 2, 2, .has_ts = true, .ts_val = before + 1000);
}

/* What arrived before the FIN can be read in TIME-WAIT; then the stream ends. */
static void time_wait_read(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	PEER(c, FIN | ACK, 1, 2, .len = 1000);
	EXPECT(c, ACK, 2, 1002);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RECV_N(c, 1000);
	RECV_EOF(c);
	SO_ERROR_IS(c, 0);
}

/* CLOSE with unread text in TIME-WAIT: there is nobody to reset any more. */
static void time_wait_close_unread(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	PEER(c, FIN | ACK, 1, 2, .len = 1000);
	EXPECT(c, ACK, 2, 1002);
	CLOSE(c);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_TIME_WAIT);
}

static struct kunit_case time_wait_cases[] = {
	KUNIT_CASE_PARAM(time_wait_arrival, arrivals_gen_params),
	KUNIT_CASE_PARAM(time_wait_arrival_wraps, arrivals_gen_params),
	KUNIT_CASE(time_wait_ends),
	KUNIT_CASE(time_wait_fin_restarts),
	KUNIT_CASE(time_wait_others_do_not_restart),
	KUNIT_CASE(time_wait_answers_seldom),
	KUNIT_CASE(time_wait_new_syn),
	KUNIT_CASE(time_wait_old_syn),
	KUNIT_CASE(time_wait_new_timestamp),
	KUNIT_CASE(time_wait_equal_timestamp_new_syn),
	KUNIT_CASE(time_wait_equal_timestamp_old_syn),
	KUNIT_CASE(time_wait_old_timestamp),
	KUNIT_CASE(time_wait_lost_timestamp),
	KUNIT_CASE(time_wait_paws),
	KUNIT_CASE(time_wait_timestamps),
	KUNIT_CASE(time_wait_read),
	KUNIT_CASE(time_wait_close_unread),
	{}
};

static struct kunit_suite time_wait_suite = {
	.name = "mytcp-time-wait",
	.test_cases = time_wait_cases,
};

kunit_test_suite(time_wait_suite);
