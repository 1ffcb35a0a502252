// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of arrivals: see conv.h.
 */
#include <linux/poll.h>
#include <linux/string.h>

#include "../../module/recovery.h"
#include "conv.h"

/* Longer than a delayed ACK may wait, shorter than any retransmission timeout. */
#define CONV_QUIET_MS	60

static void conv_answered(struct catch *c, const struct conv_state *at,
			  const struct conv_arrival *a,
			  const struct catch_segment *seg)
{
	u32 rcv_nxt = at->rcv_nxt + a->takes;
	u32 seg_end = seg->seq + seg->len + !!(seg->flags & SYN) + !!(seg->flags & FIN);

	switch (a->answer) {
	case CONV_NOTHING:
		EXPECT_NOTHING(c);
		RUN(c, CONV_QUIET_MS);
		break;
	case CONV_ACK:
	case CONV_CHALLENGE:
		EXPECT(c, ACK, at->snd_nxt, rcv_nxt);
		break;
	case CONV_DELAYED_ACK:
		EXPECT_NOTHING(c);
		RUN(c, CONV_QUIET_MS);
		EXPECT(c, ACK, at->snd_nxt, rcv_nxt, .at = 40);
		break;
	case CONV_RESET:
		EXPECT(c, RST, seg->ack);
		break;
	case CONV_RESET_ACK:
		EXPECT(c, RST | ACK, 0, seg_end + c->irs, .raw = true);
		break;
	case CONV_SYN_ACK:
		EXPECT(c, SYN | ACK, 0, rcv_nxt);
		break;
	}
	EXPECT_NOTHING(c);
	if (a->answer == CONV_CHALLENGE)
		EXPECT_COUNTED(c, challenge_acks, 1);
	if (a->answer == CONV_NOTHING)
		EXPECT_COUNTED(c, challenge_acks, 0);
}

/* What the user learns: text, then the end of it, an error, or nothing yet. */
static void conv_read(struct catch *c, const struct conv_state *at,
		      const struct conv_arrival *a, int state)
{
	const int ended = TCPF_CLOSE_WAIT | TCPF_LAST_ACK | TCPF_CLOSING |
			  TCPF_TIME_WAIT;
	const int open = TCPF_SYN_RECV | TCPF_ESTABLISHED | TCPF_FIN_WAIT1 |
			 TCPF_FIN_WAIT2;

	if (c->sk->sk_state == TCP_LISTEN) {
		if (!((1 << state) & (open | ended)) || state == TCP_SYN_RECV)
			return;
		ACCEPT(c);
	}
	KUNIT_EXPECT_EQ(c->test, !!(catch_poll(c) & (__force u32)EPOLLPRI), a->urgent);
	if (a->text)
		RECV_N(c, a->text);
	if (a->seg.flags & RST && state == TCP_CLOSE && at->state != TCP_CLOSE)
		SO_ERROR_IS(c, at->reset_error);
	else if ((1 << state) & ended)
		RECV_EOF(c);
	else if ((1 << state) & open)
		RECV_ERROR(c, -EAGAIN);
}

/**
 * conv_arrive() - a segment arrives: check all that comes of it
 * @c: the conversation, in the state
 * @at: the state
 * @a: the row
 */
void conv_arrive(struct catch *c, const struct conv_state *at,
		 const struct conv_arrival *a)
{
	int state = a->becomes ?: at->state;
	struct catch_segment seg = a->seg;

	seg.seq += at->rcv_nxt;
	if (a->from_edge)
		seg.seq += mytcp_receive_window(mytcp_sk(c->sk));
	seg.ack += at->snd_nxt;
	MARK(c);
	catch_peer(c, &seg);
	conv_answered(c, at, a, &seg);
	EXPECT_STATE(c, state);
	conv_read(c, at, a, state);
}

/**
 * conv_run() - a test case: the row that is the test's parameter
 * @test: the test
 * @at: the state to begin with, which catch_in_state() can enter
 * @setup: how the conversation begins
 */
void conv_run(struct kunit *test, const struct conv_state *at,
	      const struct catch_setup *setup)
{
	conv_arrive(catch_in_state(test, at->state, setup), at, test->param_value);
}

/**
 * conv_describe() - a row's name, for KUNIT_ARRAY_PARAM()
 * @a: the row
 * @desc: room for KUNIT_PARAM_DESC_SIZE octets
 */
void conv_describe(const struct conv_arrival *a, char *desc)
{
	strscpy(desc, a->desc, KUNIT_PARAM_DESC_SIZE);
}

/*
 * RFC 9293 3.10.7.4, first to fifth, as far as they do not depend on the state:
 * sequence number, RST, SYN, no ACK.
 */
const struct conv_arrival conv_common[] = {
	/* First: "If an incoming segment is not acceptable, an ACK is sent" */
	{ "empty, one before the window", { ACK, -1 }, .answer = CONV_ACK },
	{ "empty, far before the window", { ACK, -70000 }, .answer = CONV_ACK },
	{ "empty, half a circle away", { ACK, 0x80000000 }, .answer = CONV_ACK },
	{ "empty, at the right edge", { ACK, 0 }, .from_edge = true,
	  .answer = CONV_ACK },
	{ "empty, beyond the right edge", { ACK, 1000 }, .from_edge = true,
	  .answer = CONV_ACK },
	{ "text, all before the window", { ACK, -100, .len = 100 },
	  .answer = CONV_ACK },
	{ "text, pushed, before the window", { ACK | PSH, -101, .len = 100 },
	  .answer = CONV_ACK },
	{ "text, urgent, before the window", { ACK | URG, -100, .len = 100, .urg = 100 },
	  .answer = CONV_ACK },
	{ "text without ACK before the window", { 0, -100, .len = 100 },
	  .answer = CONV_ACK },
	{ "text at the right edge", { ACK, 0, .len = 100 }, .from_edge = true,
	  .answer = CONV_ACK },
	{ "text beyond the right edge", { ACK, 5000, .len = 100 }, .from_edge = true,
	  .answer = CONV_ACK },
	{ "text that begins at the right edge, urgent",
	  { ACK | URG, 0, .len = 100, .urg = 100 }, .from_edge = true,
	  .answer = CONV_ACK },
	{ "FIN before the window", { FIN | ACK, -1 }, .answer = CONV_ACK },
	{ "FIN with text before the window", { FIN | ACK, -101, .len = 100 },
	  .answer = CONV_ACK },
	{ "FIN at the right edge", { FIN | ACK, 0 }, .from_edge = true,
	  .answer = CONV_ACK },
	{ "FIN with text at the right edge", { FIN | ACK, 0, .len = 10 },
	  .from_edge = true, .answer = CONV_ACK },
	{ "FIN without ACK before the window", { FIN, -1 }, .answer = CONV_ACK },
	{ "URG before the window", { ACK | URG, -1, .urg = 5 }, .answer = CONV_ACK },

	/* Second, 1): "outside the current receive window, silently drop" */
	{ "RST one before the window", { RST, -1 } },
	{ "RST and ACK one before the window", { RST | ACK, -1 } },
	{ "RST far before the window", { RST, -70000 } },
	{ "RST half a circle away", { RST, 0x80000000 } },
	{ "RST at the right edge", { RST, 0 }, .from_edge = true },
	{ "RST and ACK at the right edge", { RST | ACK, 0 }, .from_edge = true },
	{ "RST beyond the right edge", { RST, 1 }, .from_edge = true },
	{ "RST with text before the window", { RST, -100, .len = 100 } },
	{ "RST and SYN before the window", { RST | SYN, -1 } },
	{ "RST and FIN before the window", { RST | FIN, -1 } },

	/* Second, 2): "exactly matches", whatever else there is */
	{ "RST exact", { RST }, .becomes = TCP_CLOSE },
	{ "RST and ACK exact", { RST | ACK }, .becomes = TCP_CLOSE },
	{ "RST exact, ACK of what was never sent", { RST | ACK, 0, 1000 },
	  .becomes = TCP_CLOSE },
	{ "RST exact, with text", { RST | ACK, 0, .len = 50 }, .becomes = TCP_CLOSE },
	{ "RST and SYN exact", { RST | SYN }, .becomes = TCP_CLOSE },
	{ "RST and FIN exact", { RST | FIN | ACK }, .becomes = TCP_CLOSE },
	{ "all flags exact", { FIN | SYN | RST | PSH | ACK | URG },
	  .becomes = TCP_CLOSE },

	/* Second, 3): "does not exactly match, yet is within the window" */
	{ "RST one beyond RCV.NXT", { RST, 1 }, .answer = CONV_CHALLENGE },
	{ "RST and ACK one beyond RCV.NXT", { RST | ACK, 1 },
	  .answer = CONV_CHALLENGE },
	{ "RST in the middle of the window", { RST, 10000 },
	  .answer = CONV_CHALLENGE },
	{ "RST at the last octet of the window", { RST, -1 }, .from_edge = true,
	  .answer = CONV_CHALLENGE },
	{ "RST with text across RCV.NXT", { RST, -50, .len = 100 },
	  .answer = CONV_CHALLENGE },
	{ "RST and SYN in the window", { RST | SYN, 1 }, .answer = CONV_CHALLENGE },
	{ "RST and FIN in the window", { RST | FIN | ACK, 1 },
	  .answer = CONV_CHALLENGE },

	/* Fourth: RFC 5961 4.2, "irrespective of the sequence number" */
	{ "SYN at RCV.NXT", { SYN }, .answer = CONV_CHALLENGE },
	{ "SYN and ACK at RCV.NXT", { SYN | ACK }, .answer = CONV_CHALLENGE },
	{ "SYN in the window", { SYN, 1000 }, .answer = CONV_CHALLENGE },
	{ "SYN at the last octet of the window", { SYN, -1 }, .from_edge = true,
	  .answer = CONV_CHALLENGE },
	{ "SYN far before the window", { SYN, -70000 }, .answer = CONV_ACK },
	{ "SYN and ACK far before the window", { SYN | ACK, -70000 },
	  .answer = CONV_ACK },
	{ "SYN beyond the right edge", { SYN, 100 }, .from_edge = true,
	  .answer = CONV_ACK },
	{ "SYN and FIN", { SYN | FIN }, .answer = CONV_CHALLENGE },
	{ "SYN with text", { SYN | ACK, 0, .len = 100 }, .answer = CONV_CHALLENGE },
	{ "SYN and URG", { SYN | URG | ACK, 0, .urg = 1 }, .answer = CONV_CHALLENGE },
	{ "SYN and PSH", { SYN | PSH }, .answer = CONV_CHALLENGE },

	/* Fifth: "if the ACK bit is off, drop the segment and return" */
	{ "no flag at all", { 0 } },
	{ "no flag, in the window", { 0, 100 } },
	{ "text without ACK", { 0, 0, .len = 100 } },
	{ "text without ACK beyond a gap", { 0, 100, .len = 100 } },
	{ "text without ACK across RCV.NXT", { 0, -50, .len = 100 } },
	{ "PSH without ACK", { PSH, 0, .len = 100 } },
	{ "FIN without ACK", { FIN } },
	{ "FIN with text without ACK", { FIN, 0, .len = 100 } },
	{ "URG without ACK", { URG, 0, .len = 100, .urg = 100 } },
	{ "FIN, PSH, URG without ACK", { FIN | PSH | URG, 0, .urg = 1 } },
};

/*
 * Fifth, the ACK field: "acceptable only if it is in the range of ((SND.UNA -
 * MAX.SND.WND) =< SEG.ACK =< SND.NXT)"; SEG.ACK = SND.NXT is for each state.
 */
const struct conv_arrival conv_ack[] = {
	{ "ACK of what was never sent, by one", { ACK, 0, 1 }, .answer = CONV_ACK },
	{ "ACK of what was never sent, by far", { ACK, 0, 100000 },
	  .answer = CONV_ACK },
	{ "ACK of what was never sent, with text", { ACK, 0, 1, .len = 100 },
	  .answer = CONV_ACK },
	{ "ACK of what was never sent, with FIN", { FIN | ACK, 0, 1 },
	  .answer = CONV_ACK },
	{ "ACK of what was never sent, with URG", { ACK | URG, 0, 1, .len = 5, .urg = 5 },
	  .answer = CONV_ACK },
	{ "ACK of what was never sent, beyond a gap", { ACK, 50, 1, .len = 100 },
	  .answer = CONV_ACK },
	{ "ACK older than any window", { ACK, 0, -CATCH_WND - 3 },
	  .answer = CONV_ACK },
	{ "ACK older than any window, with text",
	  { ACK, 0, -CATCH_WND - 3, .len = 100 }, .answer = CONV_ACK },
	{ "ACK older than any window, with FIN",
	  { FIN | ACK, 0, -CATCH_WND - 3 }, .answer = CONV_ACK },
	{ "ACK half a circle away", { ACK, 0, 0x80000000 }, .answer = CONV_ACK },
	{ "ACK half a circle away, with text", { ACK, 0, 0x80000000, .len = 100 },
	  .answer = CONV_ACK },
};

static const void *conv_next(const struct conv_arrival *table, size_t n,
			     const struct conv_arrival *prev, char *desc)
{
	const struct conv_arrival *next = prev ? prev + 1 : table;

	if (next == table + n)
		return NULL;
	conv_describe(next, desc);
	return next;
}

/**
 * conv_common_gen_params() - the rows of conv_common, one after another
 * @prev: the row before, NULL: the first is wanted
 * @desc: room for its name
 *
 * Return: the row, NULL at the end.
 */
const void *conv_common_gen_params(const void *prev, char *desc)
{
	return conv_next(conv_common, ARRAY_SIZE(conv_common), prev, desc);
}

/**
 * conv_ack_gen_params() - the rows of conv_ack, likewise
 * @prev: the row before, NULL: the first is wanted
 * @desc: room for its name
 *
 * Return: the row, NULL at the end.
 */
const void *conv_ack_gen_params(const void *prev, char *desc)
{
	return conv_next(conv_ack, ARRAY_SIZE(conv_ack), prev, desc);
}

/**
 * conv_round_trip() - make a connection know of the path one round trip, and only that
 * @c: the connection
 * @rtt_us: microseconds
 */
void conv_round_trip(struct catch *c, u32 rtt_us)
{
	struct mytcp_rtt *rtt = &mytcp_sk(c->sk)->rtt;

	mytcp_rtt_init(rtt, MYTCP_RTO_INIT_US);
	mytcp_rtt_sample(rtt, rtt_us, MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US);
	mytcp_note_least_rtt(c->sk, rtt_us);
}
