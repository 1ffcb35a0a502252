// SPDX-License-Identifier: GPL-2.0
/*
 * What the user does meanwhile: CLOSE, ABORT, half-close (RFC 9293 3.10.4, 3.10.5,
 * 3.6), urgent data (3.8.5), and what ICMP tells him (3.9.2.2).
 */
#include <linux/icmp.h>
#include <linux/poll.h>

#include "conv.h"

/* --- CLOSE --- */

/* Figure 12: the normal sequence, we first. */
static void close_first(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	PEER(c, ACK, 1, 2);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	EXPECT_NOTHING(c);
}

/* ... the peer first. */
static void close_second(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, FIN | ACK, 1, 1);
	EXPECT(c, ACK, 1, 2);
	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 2);
	EXPECT_STATE(c, TCP_LAST_ACK);
	PEER(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
}

/* connect(2) to AF_UNSPEC: TCP_INFO tells of the next connection alone. */
static void disconnect_forgets_traffic(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	const struct mytcp_sock *ms = mytcp_sk(c->sk);

	PEER(c, ACK, 1, 1, .len = 10);
	SEND_N(c, 10);
	RUN(c, 300);
	KUNIT_EXPECT_EQ(test, ms->total_retrans, 1);
	FORGET(c);
	CATCH_EQ(kernel_connect(c->sock, &none, sizeof(none), 0), 0);
	KUNIT_EXPECT_EQ(test, ms->bytes_received, 0);
	KUNIT_EXPECT_EQ(test, ms->bytes_sent, 0);
	KUNIT_EXPECT_EQ(test, ms->segs_in, 0);
	KUNIT_EXPECT_EQ(test, ms->total_retrans, 0);
	KUNIT_EXPECT_EQ(test, ms->last_sent, 0ULL);
	KUNIT_EXPECT_EQ(test, ms->last_rcvd, 0ULL);
	KUNIT_EXPECT_EQ(test, ms->opened, 0ULL);
	FORGET(c);
}

/* Figure 13: at the same time. */
static void close_at_once(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1);
	PEER(c, FIN | ACK, 1, 1);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_CLOSING);
	PEER(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	EXPECT_NOTHING(c);
}

/* The peer's FIN and its ACK of ours in one. */
static void close_fin_with_ack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
}

/* What was written goes out before the FIN: "until all preceding SENDs". */
static void close_with_unsent(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 2000, .nodelay = true);

	SEND_N(c, 4000);
	FORGET(c);
	CLOSE(c);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 2001);
	KUNIT_EXPECT_GE(test, skb_queue_len(&c->sent), 2U);
	FORGET(c);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	PEER(c, ACK, 1, 4001);
	EXPECT(c, FIN | PSH | ACK, 4001, 1);
	PEER(c, ACK, 1, 4002);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
}

/*
 * RFC 2525 2.17: unread text: the peer is told that nobody will read it.
 * Shows: SHLD-3
 */
static void close_with_unread(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 100);
	CLOSE(c);
	EXPECT(c, RST | ACK, 1, 101);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, aborted_on_data, 1);
	EXPECT_COUNTED(c, estab_resets, 1);
}

/* Shows: SHLD-3. */
static void close_with_part_unread(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	char octet[1];

	PEER(c, ACK, 1, 1, .len = 2);
	CATCH_EQ(catch_read(c, octet, 1, 0), 1);
	CLOSE(c);
	EXPECT(c, RST | ACK, 1, 3);
	EXPECT_STATE(c, TCP_CLOSE);
}

static void close_with_all_read(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 2);
	RECV_N(c, 2);
	EXPECT(c, ACK, 1, 3);
	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 3);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
}

static void close_wait_with_unread(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, FIN | ACK, 1, 1, .len = 100);
	EXPECT(c, ACK, 1, 102);
	CLOSE(c);
	EXPECT(c, RST | ACK, 1, 102);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* The peer's FIN alone is nothing that could be read. */
static void close_wait_without_unread(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE_WAIT);

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 2);
	EXPECT_STATE(c, TCP_LAST_ACK);
}

/*
 * Text that comes after CLOSE: RST (RFC 9293 3.10.4's note, RFC 1122 4.2.2.13).
 * Shows: MAY-1, SHLD-3
 */
static void text_after_close(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1);
	PEER(c, ACK, 1, 2, .len = 10);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&c->sent), 1U);
	FORGET(c);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_COUNTED(c, aborted_on_data, 1);
}

static void text_after_close_fin_wait_2(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	CLOSE(c);
	PEER(c, FIN | ACK, 1, 2, .len = 10);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&c->sent), 1U);
	FORGET(c);
	EXPECT_STATE(c, TCP_CLOSE);
	PEER(c, ACK, 12, 2);
	EXPECT(c, RST, 2);
}

/* Old text after CLOSE is no new text: it is acknowledged. */
static void old_text_after_close(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 10);
	RECV_N(c, 10);
	EXPECT(c, ACK, 1, 11);
	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 11);
	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 2, 11);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
}

/* Half-close, 3.6: we have said all, and listen on. */
static void half_close(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 1, 1);
	PEER(c, ACK, 1, 2);
	SEND_ERROR(c, -EPIPE);
	PEER(c, ACK | PSH, 1, 2, .len = 1000);
	RECV_N(c, 1000);
	RUN(c, 40);
	EXPECT(c, ACK, 2, 1001);
	PEER(c, FIN | ACK, 1001, 2);
	EXPECT(c, ACK, 2, 1002);
	RECV_EOF(c);
	EXPECT_STATE(c, TCP_TIME_WAIT);
}

/* The other way: the peer has said all, and we go on. Shows: MUST-12. */
static void half_close_of_peer(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE_WAIT);

	RECV_EOF(c);
	SEND_N(c, 1000);
	EXPECT(c, PSH | ACK, 1, 2, .len = 1000);
	PEER(c, ACK, 2, 1001);
	SEND_N(c, 1000);
	EXPECT(c, PSH | ACK, 1001, 2, .len = 1000);
	PEER(c, ACK, 2, 2001);
	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 2001, 2);
	PEER(c, ACK, 2, 2002);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
}

/* SHUT_RD: nothing is sent, reads end. */
static void shut_rd(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SHUTDOWN(c, SHUT_RD);
	EXPECT_NOTHING(c);
	RECV_EOF(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	SEND_N(c, 10);
	EXPECT(c, PSH | ACK, 1, 1, .len = 10);
}

static void shut_rdwr(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SHUTDOWN(c, SHUT_RDWR);
	EXPECT(c, FIN | ACK, 1, 1);
	RECV_EOF(c);
	SEND_ERROR(c, -EPIPE);
	PEER(c, ACK, 1, 2);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
}

/* A second CLOSE sends no second FIN: "CLOSE ... connection closing". */
static void shutdown_twice(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT1);

	SHUTDOWN(c, SHUT_WR);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 2);
	SHUTDOWN(c, SHUT_WR);
	EXPECT_NOTHING(c);
	CLOSE(c);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
}

/* --- ABORT --- */

/**
 * struct abort_case - ABORT in a state, RFC 9293 3.10.5
 * @state: TCP_*
 * @rst: an RST is sent, with these numbers
 * @seq: SND.NXT
 * @ack: RCV.NXT
 */
struct abort_case {
	int state;
	bool rst;
	u32 seq;
	u32 ack;
};

static const struct abort_case aborts[] = {
	{ TCP_CLOSE },
	{ TCP_LISTEN },
	{ TCP_SYN_SENT },
	{ TCP_SYN_RECV },
	{ TCP_ESTABLISHED, true, 1, 1 },
	{ TCP_FIN_WAIT1, true, 2, 1 },
	{ TCP_FIN_WAIT2, true, 2, 1 },
	{ TCP_CLOSE_WAIT, true, 1, 2 },
	/* "respond with ok and delete the TCB" */
	{ TCP_CLOSING },
	{ TCP_LAST_ACK },
};

static void abort_desc(const struct abort_case *a, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "state %d", a->state);
}

KUNIT_ARRAY_PARAM(abort, aborts, abort_desc);

static void abort_in_state(struct kunit *test)
{
	const struct abort_case *a = test->param_value;
	struct catch *c = IN_STATE(test, a->state);

	ABORT(c);
	if (a->rst)
		EXPECT(c, RST | ACK, a->seq, a->ack);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_CLOSE);
	RUN(c, 100000);
	EXPECT_NOTHING(c);
}

/* "All queued SENDs ... given connection reset notification" */
static void abort_forgets_unsent(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 2000);

	SEND_N(c, 10000);
	FORGET(c);
	ABORT(c);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&c->sent), 1U);
	FORGET(c);
	EXPECT_STATE(c, TCP_CLOSE);
	RUN(c, 100000);
	EXPECT_NOTHING(c);
}

/* In CLOSING and LAST_ACK the peer may not have all of it, either, nor the FIN. */
static void abort_before_last_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 100);
	SHUTDOWN(c, SHUT_WR);
	PEER(c, FIN | ACK, 1, 1, .wnd = CATCH_WND_0);
	EXPECT_STATE(c, TCP_CLOSING);
	FORGET(c);
	ABORT(c);
	EXPECT(c, RST | ACK, 1, 2);
	EXPECT_STATE(c, TCP_CLOSE);
}

static void abort_before_last_ack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE_WAIT);

	PEER(c, ACK, 2, 1, .wnd = CATCH_WND_0);
	SHUTDOWN(c, SHUT_WR);
	EXPECT_STATE(c, TCP_LAST_ACK);
	FORGET(c);
	ABORT(c);
	EXPECT(c, RST | ACK, 1, 2);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* --- The peer's reset --- */

/*
 * What had arrived can still be read, then comes the error, once.
 * Shows: MUST-12
 */
static void reset_after_text(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 100);
	PEER(c, RST, 101);
	EXPECT_STATE(c, TCP_CLOSE);
	RECV_N(c, 100);
	RECV_ERROR(c, -ECONNRESET);
	RECV_EOF(c);
	SEND_ERROR(c, -EPIPE);
	EXPECT_COUNTED(c, estab_resets, 1);
}

static void reset_drops_unsent(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 2000);

	SEND_N(c, 10000);
	FORGET(c);
	PEER(c, RST, 1);
	SEND_ERROR(c, -ECONNRESET);
	RUN(c, 100000);
	EXPECT_NOTHING(c);
}

static void reset_of_orphan(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1);
	PEER(c, RST, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	RUN(c, 100000);
	EXPECT_NOTHING(c);
}

/* --- What poll(2) says --- */

struct poll_case {
	int state;
	__poll_t events;
};

/* As the kernel's TCP has it. */
static const struct poll_case polls[] = {
	{ TCP_LISTEN, 0 },
	{ TCP_SYN_SENT, 0 },
	{ TCP_ESTABLISHED, EPOLLOUT | EPOLLWRNORM },
	{ TCP_FIN_WAIT1, EPOLLOUT | EPOLLWRNORM },
	{ TCP_FIN_WAIT2, EPOLLOUT | EPOLLWRNORM },
	{ TCP_CLOSE_WAIT, EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLOUT | EPOLLWRNORM },
	{ TCP_CLOSING, EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLHUP | EPOLLOUT |
	  EPOLLWRNORM },
	{ TCP_LAST_ACK, EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLHUP | EPOLLOUT |
	  EPOLLWRNORM },
	{ TCP_TIME_WAIT, EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLHUP | EPOLLOUT |
	  EPOLLWRNORM },
};

static void poll_desc(const struct poll_case *p, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "state %d", p->state);
}

KUNIT_ARRAY_PARAM(poll, polls, poll_desc);

static void poll_in_state(struct kunit *test)
{
	const struct poll_case *p = test->param_value;
	struct catch *c = IN_STATE(test, p->state);

	KUNIT_EXPECT_EQ(test, catch_poll(c), (__force u32)p->events);
}

/* --- Urgent data: 3.8.5 --- */

/*
 * RFC 6093: the last octet is the urgent one of sockets.
 * Shows: MUST-30
 */
static void urgent_octet(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	char octet[1];

	PEER(c, PSH | ACK | URG, 1, 1, "abcd", .urg = 4);
	KUNIT_EXPECT_TRUE(test, catch_poll(c) & (__force u32)EPOLLPRI);
	CATCH_EQ(catch_read(c, octet, 1, MSG_OOB), 1);
	KUNIT_EXPECT_EQ(test, octet[0], 'd');
	KUNIT_EXPECT_FALSE(test, catch_poll(c) & (__force u32)EPOLLPRI);
	CATCH_EQ(catch_read(c, octet, 1, MSG_OOB), -EINVAL);
	RECV(c, "abc");
	RECV_ERROR(c, -EAGAIN);
}

/* In the middle: reading stops there, and goes on behind it. */
static void urgent_in_the_middle(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, PSH | ACK | URG, 1, 1, "abcdef", .urg = 3);
	RECV(c, "ab");
	RECV(c, "def");
}

/* SO_OOBINLINE: it stays in line, after the mark. */
static void urgent_inline(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CATCH_EQ(catch_setsockopt(c, SOL_SOCKET, SO_OOBINLINE, 1), 0);
	PEER(c, PSH | ACK | URG, 1, 1, "abcdef", .urg = 3);
	RECV(c, "ab");
	RECV(c, "cdef");
}

/*
 * The pointer comes before the octet: the user is told at once.
 * Shows: MUST-32
 */
static void urgent_announced(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	char octet[1];

	PEER(c, ACK | URG, 1, 1, .urg = 5);
	CATCH_EQ(catch_read(c, octet, 1, MSG_OOB), -EAGAIN);
	PEER(c, ACK | PSH | URG, 1, 1, "abcde", .urg = 5);
	CATCH_EQ(catch_read(c, octet, 1, MSG_OOB), 1);
	KUNIT_EXPECT_EQ(test, octet[0], 'e');
	RECV(c, "abcd");
}

/* "RCV.UP <- max(RCV.UP,SEG.UP)": an older pointer changes nothing. */
static void urgent_pointer_never_back(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	char octet[1];

	PEER(c, ACK | URG, 1, 1, .urg = 10);
	PEER(c, ACK | URG, 1, 1, .urg = 3);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rcv_up, c->irs + 11);
	PEER(c, ACK | PSH | URG, 1, 1, "0123456789", .urg = 10);
	CATCH_EQ(catch_read(c, octet, 1, MSG_OOB), 1);
	KUNIT_EXPECT_EQ(test, octet[0], '9');
}

/* Without the flag the field means nothing. */
static void urgent_pointer_without_flag(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK | PSH, 1, 1, "abc", .urg = 2);
	KUNIT_EXPECT_FALSE(test, catch_poll(c) & (__force u32)EPOLLPRI);
	RECV(c, "abc");
}

/*
 * We send it: the pointer is that of the octet behind the last.
 * Shows: MUST-30, MUST-62
 */
static void urgent_sent(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true);

	CATCH_EQ(catch_write(c, "abc", 3, MSG_OOB), 3);
	EXPECT(c, PSH | ACK | URG, 1, 1, "abc", .urg = 3);
	SEND(c, "de");
	EXPECT(c, PSH | ACK, 4, 1, "de");
}

/* Urgent text beyond the window: the pointer goes ahead of it. */
static void urgent_beyond_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wnd = 100, .nodelay = true);

	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
	CATCH_EQ(catch_write(c, "x", 1, MSG_OOB), 1);
	EXPECT_NOTHING(c);
	RUN(c, 300);
	EXPECT(c, PSH | ACK | URG, 1, 1, .len = 100, .urg = 101);
}

/*
 * A buffer that others would cut up has one pointer for all its segments.
 * Shows: MUST-31
 */
static void urgent_in_segments(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true, .gso = true,
				   .wnd = 60000);
	u32 seq;

	SEND_N(c, 20 * CATCH_MSS);
	c->literal = true;
	CATCH_EQ(catch_write(c, "x", 1, MSG_OOB), 1);
	FORGET(c);
	PEER(c, ACK, 1, 1 + 10 * CATCH_MSS, .wnd = 60000);
	for (seq = 1 + 10 * CATCH_MSS; seq < 19 * CATCH_MSS; seq += CATCH_MSS)
		EXPECT(c, ACK | URG, seq, 1, .len = CATCH_MSS,
		       .urg = 20 * CATCH_MSS + 2 - seq);
}

/*
 * More than the pointer's field can say: it points as far as it can.
 * Shows: MUST-31
 */
static void urgent_of_any_length_sent(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sndbuf = 1 << 20,
				   .has_wscale = true, .wscale = 3, .wnd = 500000);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	PEER(c, ACK, 1, 1);
	SEND_N(c, 100 * CATCH_MSS);
	FORGET(c);
	CATCH_EQ(catch_write_pattern(c, 10, MSG_OOB), 10);
	PEER(c, ACK, 1, 1 + 10 * CATCH_MSS);
	EXPECT(c, ACK | URG, 1 + 10 * CATCH_MSS, 1, .len = CATCH_MSS, .urg = U16_MAX);
	while (ms->snd_nxt != ms->write_seq) {
		FORGET(c);
		PEER(c, ACK, 1, ms->snd_nxt - c->iss);
	}
	while (skb_queue_len(&c->sent) > 1)
		kfree_skb(skb_dequeue(&c->sent));
	EXPECT(c, PSH | ACK | URG, 1 + 100 * CATCH_MSS, 1, .len = 10, .urg = 10);
}

/* The end of it is told of when it is in sight. Shows: MUST-31, MUST-32. */
static void urgent_of_any_length_received(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	const u32 end = 1 + 100 * CATCH_MSS;
	char octet[1];
	u32 seq;

	for (seq = 1; seq < end; seq += CATCH_MSS) {
		PEER(c, ACK | URG, seq, 1, .len = CATCH_MSS,
		     .urg = min_t(u32, end - seq, U16_MAX));
		if (seq + CATCH_MSS != end)
			RECV_N(c, CATCH_MSS);
	}
	KUNIT_EXPECT_TRUE(test, catch_poll(c) & (__force u32)EPOLLPRI);
	CATCH_EQ(catch_read(c, octet, 1, MSG_OOB), 1);
	KUNIT_EXPECT_EQ(test, (u8)octet[0], catch_pattern(end - 1));
	RECV_N(c, CATCH_MSS - 1);
}

/* --- ICMP --- */

/**
 * struct icmp_case - an error about our SYN
 * @desc: its name
 * @type: ICMP type
 * @code: ICMP code
 * @error: SO_ERROR, 0: the connection goes on
 */
struct icmp_case {
	const char *desc;
	u8 type;
	u8 code;
	int error;
};

/* Hard errors abort; soft ones must not. */
static const struct icmp_case icmps[] = {
	{ "net unreachable", ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 0 },
	{ "host unreachable", ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0 },
	{ "protocol unreachable", ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, ENOPROTOOPT },
	{ "port unreachable", ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, ECONNREFUSED },
	{ "source route failed", ICMP_DEST_UNREACH, ICMP_SR_FAILED, 0 },
	{ "time exceeded", ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0 },
};

static void icmp_desc(const struct icmp_case *i, char *desc)
{
	strscpy(desc, i->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(icmp, icmps, icmp_desc);

/* Shows: MUST-56, SHLD-26. */
static void icmp_in_syn_sent(struct kunit *test)
{
	const struct icmp_case *i = test->param_value;
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	ICMP_ERROR(c, i->type, i->code, 0, 0);
	EXPECT_STATE(c, i->error ? TCP_CLOSE : TCP_SYN_SENT);
	SO_ERROR_IS(c, i->error);
	EXPECT_NOTHING(c);
}

/*
 * An open connection survives all of them: RFC 5461, RFC 5927 5.2.
 * Shows: MUST-56, SHLD-20
 */
static void icmp_in_established(struct kunit *test)
{
	const struct icmp_case *i = test->param_value;
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
	ICMP_ERROR(c, i->type, i->code, 1, 0);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	SO_ERROR_IS(c, 0);
	PEER(c, ACK, 1, 101);
	EXPECT_NOTHING(c);
}

static void icmp_in_request(struct kunit *test)
{
	const struct icmp_case *i = test->param_value;
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	ICMP_ERROR(c, i->type, i->code, 0, 0);
	EXPECT_STATE(c, i->error ? TCP_LISTEN : TCP_SYN_RECV);
	EXPECT_NOTHING(c);
}

/* RFC 5927 4.1: about nothing that is on its way: not believed. */
static void icmp_out_of_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 100, 0);
	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, -100, 0);
	EXPECT_STATE(c, TCP_SYN_SENT);
	EXPECT_COUNTED(c, icmp_ignored, 2);
}

/* A soft error is the reason to give when all was in vain. Shows: SHLD-25. */
static void icmp_soft_error_in_the_end(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0, 0);
	RUN(c, 300000);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, EHOSTUNREACH);
}

/*
 * IP_RECVERR: the user is told at once, and the connection goes on.
 * Shows: MUST-47, SHLD-25
 */
static void icmp_soft_error_at_once(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CATCH_EQ(catch_setsockopt(c, SOL_IP, IP_RECVERR, 1), 0);
	SEND_N(c, 100);
	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 1, 0);
	SO_ERROR_IS(c, EHOSTUNREACH);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	SO_ERROR_IS(c, 0);
}

/* Too large for the path: cut smaller and sent again at once (RFC 1191 6.4). */
static void icmp_frag_needed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 1460);
	EXPECT(c, PSH | ACK, 1, 1, .len = 1460);
	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1, 1040);
	EXPECT(c, ACK, 1, 1, .len = 1000);
	EXPECT(c, PSH | ACK, 1001, 1, .len = 460);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 1461);
	SEND_N(c, 2000);
	EXPECT(c, ACK, 1461, 1, .len = 1000);
	EXPECT(c, PSH | ACK, 2461, 1, .len = 1000);
	EXPECT_COUNTED(c, rto_timeouts, 0);
}

static void icmp_frag_needed_out_of_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 1460);
	EXPECT(c, PSH | ACK, 1, 1, .len = 1460);
	ICMP_ERROR(c, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 100000, 1040);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, icmp_ignored, 1);
	PEER(c, ACK, 1, 1461);
	SEND_N(c, 1460);
	EXPECT(c, PSH | ACK, 1461, 1, .len = 1460);
}

static struct kunit_case user_cases[] = {
	KUNIT_CASE(close_first),
	KUNIT_CASE(close_second),
	KUNIT_CASE(disconnect_forgets_traffic),
	KUNIT_CASE(close_at_once),
	KUNIT_CASE(close_fin_with_ack),
	KUNIT_CASE(close_with_unsent),
	KUNIT_CASE(close_with_unread),
	KUNIT_CASE(close_with_part_unread),
	KUNIT_CASE(close_with_all_read),
	KUNIT_CASE(close_wait_with_unread),
	KUNIT_CASE(close_wait_without_unread),
	KUNIT_CASE(text_after_close),
	KUNIT_CASE(text_after_close_fin_wait_2),
	KUNIT_CASE(old_text_after_close),
	KUNIT_CASE(half_close),
	KUNIT_CASE(half_close_of_peer),
	KUNIT_CASE(shut_rd),
	KUNIT_CASE(shut_rdwr),
	KUNIT_CASE(shutdown_twice),
	KUNIT_CASE_PARAM(abort_in_state, abort_gen_params),
	KUNIT_CASE(abort_forgets_unsent),
	KUNIT_CASE(abort_before_last_fin),
	KUNIT_CASE(abort_before_last_ack),
	KUNIT_CASE(reset_after_text),
	KUNIT_CASE(reset_drops_unsent),
	KUNIT_CASE(reset_of_orphan),
	KUNIT_CASE_PARAM(poll_in_state, poll_gen_params),
	KUNIT_CASE(urgent_octet),
	KUNIT_CASE(urgent_in_the_middle),
	KUNIT_CASE(urgent_inline),
	KUNIT_CASE(urgent_announced),
	KUNIT_CASE(urgent_pointer_never_back),
	KUNIT_CASE(urgent_pointer_without_flag),
	KUNIT_CASE(urgent_sent),
	KUNIT_CASE(urgent_beyond_window),
	KUNIT_CASE(urgent_in_segments),
	KUNIT_CASE(urgent_of_any_length_sent),
	KUNIT_CASE(urgent_of_any_length_received),
	KUNIT_CASE_PARAM(icmp_in_syn_sent, icmp_gen_params),
	KUNIT_CASE_PARAM(icmp_in_established, icmp_gen_params),
	KUNIT_CASE_PARAM(icmp_in_request, icmp_gen_params),
	KUNIT_CASE(icmp_out_of_window),
	KUNIT_CASE(icmp_soft_error_in_the_end),
	KUNIT_CASE(icmp_soft_error_at_once),
	KUNIT_CASE(icmp_frag_needed),
	KUNIT_CASE(icmp_frag_needed_out_of_window),
	{}
};

static struct kunit_suite user_suite = {
	.name = "mytcp-user",
	.test_cases = user_cases,
};

kunit_test_suite(user_suite);
