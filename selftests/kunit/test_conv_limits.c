// SPDX-License-Identifier: GPL-2.0
/*
 * What is done seldom, or only so often: challenge ACKs (RFC 5961 section 7), ACKs
 * of what is out of the window, queues of a listener, keepalive (RFC 9293 3.8.4),
 * the wait in FIN-WAIT-2.
 */
#include <linux/tcp.h>

#include "conv.h"

/* --- ACKs that a stranger could ask for --- */

/*
 * Half to one and a half of tcp_challenge_ack_limit in a second.
 * Shows: 5961-7-1, 5961-7-2
 */
static void challenge_acks_are_limited(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int limit = READ_ONCE(init_net.ipv4.sysctl_tcp_challenge_ack_limit);
	unsigned long sent;
	int i;

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_challenge_ack_limit, 20);
	for (i = 0; i < 100; i++)
		PEER(c, RST, 2);
	sent = skb_queue_len(&c->sent);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_challenge_ack_limit, limit);
	KUNIT_EXPECT_GE(test, sent, 10UL);
	KUNIT_EXPECT_LE(test, sent, 30UL);
	EXPECT_COUNTED(c, challenge_acks, sent);
	EXPECT_COUNTED(c, challenge_acks_limited, 100 - sent);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* The next second has a budget of its own. */
static void challenge_acks_come_back(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int limit = READ_ONCE(init_net.ipv4.sysctl_tcp_challenge_ack_limit);
	int i;

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_challenge_ack_limit, 20);
	for (i = 0; i < 100; i++)
		PEER(c, SYN, 1);
	FORGET(c);
	PEER(c, SYN, 1);
	EXPECT_NOTHING(c);
	RUN(c, 1000);
	PEER(c, SYN, 1);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_challenge_ack_limit, limit);
	EXPECT(c, ACK, 1, 1);
}

/* Two stacks that are out of step must not answer each other for ever. */
static void out_of_window_acks_are_limited(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int i;

	PEER(c, ACK, -10, 1);
	EXPECT(c, ACK, 1, 1);
	for (i = 0; i < 50; i++)
		PEER(c, ACK, -10, 1);
	EXPECT_NOTHING(c);
	RUN(c, 499);
	PEER(c, ACK, -10, 1);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	PEER(c, ACK, -10, 1);
	EXPECT(c, ACK, 1, 1);
	EXPECT_COUNTED(c, out_of_window, 53);
}

/* ... but text that comes again is always answered: its ACK was lost. */
static void old_text_is_always_acknowledged(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	int i;

	PEER(c, ACK, 1, 1, .len = 100);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	for (i = 0; i < 5; i++) {
		PEER(c, ACK, 1, 1, .len = 100);
		EXPECT(c, ACK, 1, 101);
	}
}

/* --- Queues of a listener --- */

/* Another peer, by its port; ours learns its ISS from the SYN-ACK. */
static void next_peer(struct catch *c)
{
	c->tuple.rport = htons(ntohs(c->tuple.rport) + 1);
}

static void opens(struct catch *c)
{
	PEER(c, SYN, 0);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* Completed connections wait; beyond the backlog SYNs are dropped, not reset. */
static void backlog_is_full(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);

	opens(c);
	next_peer(c);
	opens(c);
	next_peer(c);
	PEER(c, SYN, 0);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, backlog_drops, 1);
	RUN(c, 10000);
	EXPECT_NOTHING(c);
	/* One is accepted: the SYN, which comes again, finds room. */
	ACCEPT(c);
	PEER(c, SYN, 0);
	EXPECT(c, SYN | ACK, 0, 1);
}

/* The accept queue filled while the handshake went on: its ACK is dropped. */
static void backlog_fills_during_handshake(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);
	u16 rport = ntohs(c->tuple.rport);
	u32 iss;

	opens(c);
	next_peer(c);
	PEER(c, SYN, 0);
	EXPECT(c, SYN | ACK, 0, 1);
	iss = c->iss;
	next_peer(c);
	opens(c);

	c->tuple.rport = htons(rport + 1);
	c->iss = iss;
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_COUNTED(c, backlog_drops, 1);
	/* The SYN-ACK comes again, and so does its ACK: now there is room. */
	ACCEPT(c);
	RUN(c, 1000);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* Requests are limited, too: a flood of SYNs takes no more than so much memory. */
static void syn_queue_is_full(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);
	int i;

	catch_syncookies(test, CATCH_COOKIES_NEVER);
	for (i = 0; i < 100; i++) {
		next_peer(c);
		PEER(c, SYN, 0);
	}
	KUNIT_EXPECT_LT(test, skb_queue_len(&c->sent), 100U);
	EXPECT_COUNTED(c, syn_queue_drops, 100 - skb_queue_len(&c->sent));
	FORGET(c);
	/* They time out, and the queue is empty again. */
	RUN(c, 64000);
	FORGET(c);
	PEER(c, SYN, 0);
	EXPECT(c, SYN | ACK, 0, 1);
	EXPECT_COUNTED(c, attempt_fails, COUNTED(c, passive_opens) - 1);
}

/* The listener closes with all its queues full: everyone who knew is told. */
static void full_listener_closes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 4);
	int i;

	for (i = 0; i < 3; i++) {
		opens(c);
		next_peer(c);
	}
	PEER(c, SYN, 0);
	EXPECT(c, SYN | ACK, 0, 1);
	CLOSE(c);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&c->sent), 3U);
	FORGET(c);
	EXPECT_STATE(c, TCP_CLOSE);
	RUN(c, 10000);
	EXPECT_NOTHING(c);
}

/* Connections are accepted in the order in which they were completed. */
static void accepts_in_order(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	u16 rport = ntohs(c->tuple.rport);

	opens(c);
	next_peer(c);
	opens(c);
	ACCEPT(c);
	KUNIT_EXPECT_EQ(test, ntohs(inet_sk(c->sk)->inet_dport), rport);
}

static void accept_without_connection(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	CATCH_EQ(catch_accept(c), -EAGAIN);
	PEER(c, SYN, 0);
	EXPECT(c, SYN | ACK, 0, 1);
	CATCH_EQ(catch_accept(c), -EAGAIN);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
}

/* --- Keepalive: RFC 9293 3.8.4 --- */

static struct catch *keepalive(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CATCH_EQ(catch_setsockopt(c, SOL_SOCKET, SO_KEEPALIVE, 1), 0);
	return c;
}

/* Off by default. Shows: MUST-25. */
static void keepalive_is_off(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	RUN(c, 30ull * 24 * 3600 * MSEC_PER_SEC);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/*
 * Two hours; SND.NXT-1 and no octet; 9 probes, 75 s apart.
 * Shows: MAY-5, MUST-28, SHLD-12
 */
static void keepalive_gives_up(struct kunit *test)
{
	struct catch *c = keepalive(test);
	u32 at = 7200 * MSEC_PER_SEC;
	int i;

	RUN(c, at - 1);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	for (i = 0; i < 9; i++) {
		EXPECT(c, ACK, 0, 1, .at = at);
		EXPECT_NOTHING(c);
		RUN(c, 75 * MSEC_PER_SEC - 1);
		EXPECT_STATE(c, TCP_ESTABLISHED);
		RUN(c, 1);
		at += 75 * MSEC_PER_SEC;
	}
	EXPECT(c, RST | ACK, 1, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
}

/* The sysctls may be 0: probes do not share a moment, and the clock goes on. */
static void keepalive_of_no_time(struct kunit *test)
{
	struct netns_ipv4 *net = &init_net.ipv4;
	int time = net->sysctl_tcp_keepalive_time;
	int interval = net->sysctl_tcp_keepalive_intvl;
	u32 tick = jiffies_to_msecs(1);
	struct catch *c;
	int i;

	WRITE_ONCE(net->sysctl_tcp_keepalive_time, 0);
	WRITE_ONCE(net->sysctl_tcp_keepalive_intvl, 0);
	c = keepalive(test);
	for (i = 0; i < 9; i++) {
		EXPECT_NOTHING(c);
		RUN(c, tick);
		EXPECT(c, ACK, 0, 1);
	}
	EXPECT_STATE(c, TCP_ESTABLISHED);
	WRITE_ONCE(net->sysctl_tcp_keepalive_time, time);
	WRITE_ONCE(net->sysctl_tcp_keepalive_intvl, interval);
}

/*
 * "it MUST NOT interpret failure to respond to any specific probe"
 * Shows: MUST-29
 */
static void keepalive_one_answer_is_enough(struct kunit *test)
{
	struct catch *c = keepalive(test);
	int i;

	RUN(c, 7200 * MSEC_PER_SEC);
	for (i = 0; i < 8; i++) {
		EXPECT(c, ACK, 0, 1);
		RUN(c, 75 * MSEC_PER_SEC);
	}
	EXPECT(c, ACK, 0, 1);
	PEER(c, ACK, 1, 1);
	RUN(c, 7200 * MSEC_PER_SEC - 1);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, ACK, 0, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* Traffic puts it off. Shows: MUST-26. */
static void keepalive_only_when_idle(struct kunit *test)
{
	struct catch *c = keepalive(test);

	RUN(c, 7000 * MSEC_PER_SEC);
	PEER(c, ACK, 1, 1, .len = 10);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11);
	MARK(c);
	RUN(c, 7200 * MSEC_PER_SEC - 41);
	EXPECT_NOTHING(c);
	RUN(c, 1);
	EXPECT(c, ACK, 0, 11);
}

/* Shows: MUST-27. */
static void keepalive_options(struct kunit *test)
{
	struct catch *c = keepalive(test);

	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_KEEPIDLE, 10), 0);
	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_KEEPINTVL, 5), 0);
	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_KEEPCNT, 2), 0);
	RUN(c, 10000);
	EXPECT(c, ACK, 0, 1, .at = 10000);
	RUN(c, 5000);
	EXPECT(c, ACK, 0, 1, .at = 15000);
	EXPECT_NOTHING(c);
	RUN(c, 5000);
	EXPECT(c, RST | ACK, 1, 1, .at = 20000);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* Shows: MUST-24. */
static void keepalive_switched_off(struct kunit *test)
{
	struct catch *c = keepalive(test);

	RUN(c, 7200 * MSEC_PER_SEC);
	EXPECT(c, ACK, 0, 1);
	CATCH_EQ(catch_setsockopt(c, SOL_SOCKET, SO_KEEPALIVE, 0), 0);
	RUN(c, 24 * 3600 * MSEC_PER_SEC);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* The peer has forgotten the connection: its RST ends it. */
static void keepalive_finds_peer_gone(struct kunit *test)
{
	struct catch *c = keepalive(test);

	RUN(c, 7200 * MSEC_PER_SEC);
	EXPECT(c, ACK, 0, 1);
	PEER(c, RST, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	RECV_ERROR(c, -ECONNRESET);
}

/* --- FIN-WAIT-2 --- */

/* An orphan waits for the peer's FIN for tcp_fin_timeout, 60 s. */
static void fin_wait_2_of_orphan(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	CLOSE(c);
	EXPECT_NOTHING(c);
	RUN(c, 59999);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	EXPECT_NOTHING(c);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, RST, 2);
}

/* The wait begins when the FIN is acknowledged. */
static void fin_wait_2_begins_later(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1);
	RUN(c, 100);
	PEER(c, ACK, 1, 2);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	RUN(c, 59999);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* Who still has the socket may wait for ever: a half-closed connection. */
static void fin_wait_2_of_user(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	RUN(c, 24 * 3600 * MSEC_PER_SEC);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	PEER(c, ACK, 1, 2, .len = 10);
	RUN(c, 40);
	EXPECT(c, ACK, 2, 11);
	RECV_N(c, 10);
}

static void fin_wait_2_linger2(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_LINGER2, 5), 0);
	CLOSE(c);
	RUN(c, 4999);
	EXPECT_STATE(c, TCP_FIN_WAIT2);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* The peer's FIN comes in time. */
static void fin_wait_2_orphan_to_time_wait(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	CLOSE(c);
	RUN(c, 59000);
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RUN(c, 59999);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RUN(c, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE(challenge_acks_are_limited),
	KUNIT_CASE(challenge_acks_come_back),
	KUNIT_CASE(out_of_window_acks_are_limited),
	KUNIT_CASE(old_text_is_always_acknowledged),
	KUNIT_CASE(backlog_is_full),
	KUNIT_CASE(backlog_fills_during_handshake),
	KUNIT_CASE(syn_queue_is_full),
	KUNIT_CASE(full_listener_closes),
	KUNIT_CASE(accepts_in_order),
	KUNIT_CASE(accept_without_connection),
	KUNIT_CASE(keepalive_is_off),
	KUNIT_CASE(keepalive_gives_up),
	KUNIT_CASE(keepalive_of_no_time),
	KUNIT_CASE(keepalive_one_answer_is_enough),
	KUNIT_CASE(keepalive_only_when_idle),
	KUNIT_CASE(keepalive_options),
	KUNIT_CASE(keepalive_switched_off),
	KUNIT_CASE(keepalive_finds_peer_gone),
	KUNIT_CASE(fin_wait_2_of_orphan),
	KUNIT_CASE(fin_wait_2_begins_later),
	KUNIT_CASE(fin_wait_2_of_user),
	KUNIT_CASE(fin_wait_2_linger2),
	KUNIT_CASE(fin_wait_2_orphan_to_time_wait),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "mytcp-limits",
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);
