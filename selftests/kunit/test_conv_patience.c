// SPDX-License-Identifier: GPL-2.0
/*
 * How long to wait: TCP_USER_TIMEOUT (RFC 5482; RFC 9293 3.8.3, MUST-21),
 * TCP_DEFER_ACCEPT, TCP_SYNCNT of a listener, TCP_QUICKACK.
 */
#include <linux/tcp.h>

#include "../../module/demux.h"
#include "catch.h"

static void set(struct catch *c, int option, int value)
{
	KUNIT_ASSERT_EQ(c->test, catch_setsockopt(c, SOL_TCP, option, value), 0);
}

/* --- TCP_USER_TIMEOUT --- */

/*
 * The first RTO is 200 ms and the microsecond that a handshake takes at least. From the
 * first retransmission on, between two others.
 * Shows: MUST-21
 */
static void user_timeout_ends_retransmissions(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_USER_TIMEOUT, 5000);
	SEND_N(c, 10);
	MARK(c);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
	RUN(c, 5200);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
	EXPECT_COUNTED(c, timeouts, 1);
}

/* Longer than net.ipv4.tcp_retries2 would wait, too. Shows: MUST-21. */
static void user_timeout_may_be_long(struct kunit *test)
{
	struct netns_ipv4 *ipv4 = &init_net.ipv4;
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	u8 retries = ipv4->sysctl_tcp_retries2;

	WRITE_ONCE(ipv4->sysctl_tcp_retries2, 2);
	set(c, TCP_USER_TIMEOUT, 30000);
	SEND_N(c, 10);
	RUN(c, 30200);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	WRITE_ONCE(ipv4->sysctl_tcp_retries2, retries);
}

/* Each ACK of something new begins the patience anew. */
static void user_timeout_is_for_a_series(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_USER_TIMEOUT, 1000);
	SEND_N(c, 20);
	RUN(c, 1000);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	FORGET(c);
	PEER(c, ACK, 1, 11);
	/* Karn: the next RTO is 800 ms still. */
	RUN(c, 1800);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* A window that is shut does not count, else, against who answers: MUST-36. */
static void user_timeout_ends_probes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int i;

	set(c, TCP_USER_TIMEOUT, 1000);
	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 10);
	MARK(c);
	for (i = 0; i < 3; i++) {
		RUN(c, 300);
		FORGET(c);
		PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	}
	RUN(c, 300);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	FORGET(c);
	/* 200 ms to the first probe, and one second from there. */
	RUN(c, 1);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
}

/* The window opens and shuts again: that is progress. */
static void user_timeout_of_probes_begins_anew(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_USER_TIMEOUT, 1000);
	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 2 * CATCH_MSS);
	RUN(c, 1100);
	FORGET(c);
	PEER(c, ACK, 1, 1, .wnd = CATCH_MSS);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	PEER(c, ACK, 1, 1 + CATCH_MSS, .wnd = CATCH_WND_0);
	RUN(c, 1200);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* In the place of TCP_KEEPCNT. */
static void user_timeout_ends_keepalive(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_KEEPIDLE, 10);
	set(c, TCP_KEEPINTVL, 5);
	set(c, TCP_KEEPCNT, 1);
	set(c, TCP_USER_TIMEOUT, 22000);
	catch_setsockopt(c, SOL_SOCKET, SO_KEEPALIVE, 1);
	MARK(c);
	RUN(c, 24999);
	EXPECT(c, ACK, 0, 1, .at = 10000);
	EXPECT(c, ACK, 0, 1, .at = 15000);
	EXPECT(c, ACK, 0, 1, .at = 20000);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT(c, RST | ACK, 1, 1, .at = 25000);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
}

/* Of an active open it counts from the SYN; MUST-23's three minutes are the default. */
static void user_timeout_ends_syn_sent(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE);

	set(c, TCP_USER_TIMEOUT, 5000);
	CONNECT(c);
	MARK(c);
	RUN(c, 4999);
	EXPECT(c, SYN, 0, .at = 0);
	EXPECT(c, SYN, 0, .at = 1000);
	EXPECT(c, SYN, 0, .at = 3000);
	EXPECT_STATE(c, TCP_SYN_SENT);
	RUN(c, 1);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
}

static void user_timeout_waits_for_one_retransmission(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_USER_TIMEOUT, 1);
	SEND_N(c, 10);
	MARK(c);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
	RUN(c, 201);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* Who has closed waits as long. */
static void user_timeout_of_an_orphan(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_USER_TIMEOUT, 2000);
	CLOSE(c);
	RUN(c, 2200);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/*
 * ... unless there are too many of his kind: then whoever has not been answered for as
 * long as other orphans wait, 8 timeouts, goes first.
 */
static void user_timeout_of_one_orphan_too_many(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	unsigned int max = mytcp_max_orphans;

	set(c, TCP_USER_TIMEOUT, 3600 * MSEC_PER_SEC);
	WRITE_ONCE(mytcp_max_orphans, 1);
	CLOSE(c);
	RUN(c, 100000);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
	RUN(c, 10000);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	WRITE_ONCE(mytcp_max_orphans, max);
}

/* The peer has room again: that the user holds his text back is not its fault. */
static void user_timeout_not_of_a_cork(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_USER_TIMEOUT, 1000);
	set(c, TCP_CORK, 1);
	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 10);
	RUN(c, 1100);
	FORGET(c);
	PEER(c, ACK, 1, 1);
	RUN(c, 300);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	EXPECT(c, ACK | PSH, 1, 1, .len = 10);
}

static void user_timeout_is_inherited(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	set(c, TCP_USER_TIMEOUT, 700);
	PEER(c, SYN, 0, .mss = CATCH_MSS);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	FORGET(c);
	SEND_N(c, 10);
	RUN(c, 900);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* --- TCP_DEFER_ACCEPT --- */

/* A listener that waits for text so long, whose peer has sent its SYN. */
static struct catch *deferring(struct kunit *test, int seconds)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	set(c, TCP_DEFER_ACCEPT, seconds);
	PEER(c, SYN, 0, .mss = CATCH_MSS);
	MARK(c);
	EXPECT(c, SYN | ACK, 0, 1);
	return c;
}

static void defer_waits_for_text(struct kunit *test)
{
	struct catch *c = deferring(test, 30);

	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	CATCH_EQ(catch_accept(c), -EAGAIN);
	EXPECT_COUNTED(c, accepts_deferred, 1);
	RUN(c, 10000);
	EXPECT_NOTHING(c);
	PEER(c, ACK | PSH, 1, 1, "request");
	ACCEPT(c);
	RECV(c, "request");
	/* The ten seconds were the peer's time to think, not the path's. */
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rtt.srtt_us, 0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->total_retrans, 0);
}

/* The reminder echoes the ACK that was deferred: RFC 7323 section 4.3 (2). */
static void defer_remembers_the_timestamp(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .ts = true);

	set(c, TCP_DEFER_ACCEPT, 2);
	PEER(c, SYN, 0, .mss = CATCH_MSS, .has_ts = true, .ts_val = 6000);
	EXPECT(c, SYN | ACK, 0, 1, .ts_ecr = 6000);
	PEER(c, ACK, 1, 1, .ts_val = 6010);
	RUN(c, 3000);
	EXPECT(c, SYN | ACK, 0, 1, .ts_ecr = 6010);
	/* What is older than that is not believed any more. */
	PEER(c, ACK, 1, 1, .ts_val = 6009);
	EXPECT(c, ACK, 1, 1, .ts_ecr = 6010);
	EXPECT_STATE(c, TCP_SYN_RECV);
	PEER(c, ACK, 1, 1, .ts_val = 9010);
	ACCEPT(c);
	/* Nor is the time that it took a round trip. */
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rtt.srtt_us, 0);
}

static void defer_and_text_at_once(struct kunit *test)
{
	struct catch *c = deferring(test, 30);

	PEER(c, ACK | PSH, 1, 1, "request");
	ACCEPT(c);
	RECV(c, "request");
	EXPECT_COUNTED(c, accepts_deferred, 0);
}

static void defer_and_text_with_the_syn(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	set(c, TCP_DEFER_ACCEPT, 30);
	PEER(c, SYN, 0, .mss = CATCH_MSS, .len = 10);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 11, 1);
	ACCEPT(c);
	RECV_N(c, 10);
}

/* The reminder repairs no loss: the window is no smaller for it (RFC 5681 3.1). */
static void defer_costs_no_window(struct kunit *test)
{
	struct catch *c = deferring(test, 1);

	PEER(c, ACK, 1, 1);
	RUN(c, 1000);
	EXPECT(c, SYN | ACK, 0, 1, .at = 1000);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, MYTCP_IW_SEGMENTS);
	KUNIT_EXPECT_EQ(test, mytcp_rto_ns(mytcp_sk(c->sk)), NSEC_PER_SEC);
}

/* A FIN says that there will be nothing to read: the user is to know. */
static void defer_and_fin(struct kunit *test)
{
	struct catch *c = deferring(test, 30);

	PEER(c, FIN | ACK, 1, 1);
	ACCEPT(c);
	RECV_EOF(c);
}

/*
 * Three seconds are two timeouts: at the first the peer is left in peace, at the
 * second it is reminded, and its ACK opens the connection.
 */
static void defer_ends(struct kunit *test)
{
	struct catch *c = deferring(test, 2);

	PEER(c, ACK, 1, 1);
	RUN(c, 2999);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, SYN | ACK, 0, 1, .at = 3000);
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	ACCEPT(c);
	RECV_ERROR(c, -EAGAIN);
	EXPECT_COUNTED(c, accepts_deferred, 1);
}

/* Beyond net.ipv4.tcp_synack_retries when the peer has answered once. */
static void defer_may_be_long(struct kunit *test)
{
	struct catch *c;

	c = deferring(test, 200);
	PEER(c, ACK, 1, 1);
	/* 1 + 2 + ... + 64, then 120 s */
	RUN(c, 246999);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, SYN | ACK, 0, 1, .at = 247000);
	EXPECT_STATE(c, TCP_SYN_RECV);
	/* No answer: the last wait, and it is over. */
	RUN(c, 120000);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	EXPECT_COUNTED(c, attempt_fails, 1);
}

/* A peer that has not answered is reminded as ever, and given up as ever. */
static void defer_without_an_ack(struct kunit *test)
{
	struct catch *c = deferring(test, 200);

	RUN(c, 62999);
	EXPECT(c, SYN | ACK, 0, 1, .at = 1000);
	EXPECT(c, SYN | ACK, 0, 1, .at = 3000);
	EXPECT(c, SYN | ACK, 0, 1, .at = 7000);
	EXPECT(c, SYN | ACK, 0, 1, .at = 15000);
	EXPECT(c, SYN | ACK, 0, 1, .at = 31000);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	RUN(c, 1);
	KUNIT_EXPECT_NULL(test, catch_node(c));
}

/* The client's side: the ACK of the SYN,ACK waits for the request. */
static void defer_ack_of_synack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE);

	set(c, TCP_DEFER_ACCEPT, 1);
	CONNECT(c);
	EXPECT(c, SYN, 0);
	PEER(c, SYN | ACK, 0, 1, .mss = CATCH_MSS);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	SEND(c, "request");
	EXPECT(c, ACK | PSH, 1, 1, "request");
	RUN(c, 199);
	EXPECT_NOTHING(c);
}

static void defer_ack_of_synack_not_for_long(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE);

	set(c, TCP_QUICKACK, 0);
	CONNECT(c);
	EXPECT(c, SYN, 0);
	PEER(c, SYN | ACK, 0, 1, .mss = CATCH_MSS);
	MARK(c);
	RUN(c, 199);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, ACK, 1, 1, .at = 200);
}

/* --- TCP_SYNCNT --- */

static void syncnt_of_a_listener(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	set(c, TCP_SYNCNT, 1);
	PEER(c, SYN, 0, .mss = CATCH_MSS);
	MARK(c);
	EXPECT(c, SYN | ACK, 0, 1);
	RUN(c, 2999);
	EXPECT(c, SYN | ACK, 0, 1, .at = 1000);
	EXPECT_STATE(c, TCP_SYN_RECV);
	RUN(c, 1);
	KUNIT_EXPECT_NULL(test, catch_node(c));
}

/* --- TCP_QUICKACK --- */

static void quickack_sends_what_is_owed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT_NOTHING(c);
	set(c, TCP_QUICKACK, 1);
	EXPECT(c, ACK, 1, 11);
	/* Once is enough. */
	set(c, TCP_QUICKACK, 1);
	EXPECT_NOTHING(c);
}

/* ... and goes on for a while: 16 ACKs. */
static void quickack_lasts_a_while(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int i;

	set(c, TCP_QUICKACK, 1);
	for (i = 0; i < 16; i++) {
		PEER(c, ACK, 1 + 10 * i, 1, .len = 10);
		EXPECT(c, ACK, 1, 11 + 10 * i);
	}
	MARK(c);
	PEER(c, ACK, 161, 1, .len = 10);
	EXPECT_NOTHING(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 171, .at = 40);
}

/* An even value sends what is owed and delays the next. */
static void quickack_once(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 10);
	set(c, TCP_QUICKACK, 2);
	EXPECT(c, ACK, 1, 11);
	PEER(c, ACK, 11, 1, .len = 10);
	EXPECT_NOTHING(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 21);
}

/* Text that is sent in answer ends it: ACKs will find company. */
static void quickack_ends_with_an_answer(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	set(c, TCP_QUICKACK, 1);
	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 1, 11);
	SEND_N(c, 10);
	EXPECT(c, ACK | PSH, 1, 11, .len = 10);
	PEER(c, ACK, 11, 11, .len = 10);
	EXPECT_NOTHING(c);
	/* None has come: the next is sent at once again. */
	RUN(c, 40);
	EXPECT(c, ACK, 11, 21);
	PEER(c, ACK, 21, 11, .len = 10);
	EXPECT(c, ACK, 11, 31);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(user_timeout_ends_retransmissions),
	KUNIT_CASE(user_timeout_may_be_long),
	KUNIT_CASE(user_timeout_is_for_a_series),
	KUNIT_CASE(user_timeout_ends_probes),
	KUNIT_CASE(user_timeout_of_probes_begins_anew),
	KUNIT_CASE(user_timeout_ends_keepalive),
	KUNIT_CASE(user_timeout_ends_syn_sent),
	KUNIT_CASE(user_timeout_waits_for_one_retransmission),
	KUNIT_CASE(user_timeout_of_an_orphan),
	KUNIT_CASE(user_timeout_of_one_orphan_too_many),
	KUNIT_CASE(user_timeout_not_of_a_cork),
	KUNIT_CASE(user_timeout_is_inherited),
	KUNIT_CASE(defer_waits_for_text),
	KUNIT_CASE(defer_remembers_the_timestamp),
	KUNIT_CASE(defer_and_text_at_once),
	KUNIT_CASE(defer_and_text_with_the_syn),
	KUNIT_CASE(defer_costs_no_window),
	KUNIT_CASE(defer_and_fin),
	KUNIT_CASE(defer_ends),
	KUNIT_CASE(defer_may_be_long),
	KUNIT_CASE(defer_without_an_ack),
	KUNIT_CASE(defer_ack_of_synack),
	KUNIT_CASE(defer_ack_of_synack_not_for_long),
	KUNIT_CASE(syncnt_of_a_listener),
	KUNIT_CASE(quickack_sends_what_is_owed),
	KUNIT_CASE(quickack_lasts_a_while),
	KUNIT_CASE(quickack_once),
	KUNIT_CASE(quickack_ends_with_an_answer),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-conv-patience",
	.test_cases = cases,
};

kunit_test_suite(suite);
