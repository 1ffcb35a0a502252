// SPDX-License-Identifier: GPL-2.0
/*
 * Passive opens without state: SYN cookies, RFC 4987, as net.ipv4.tcp_syncookies
 * says. What a cookie is made of is test_cookie.c's.
 */
#include "../../module/demux.h"
#include "../../module/listen.h"
#include "../../module/request.h"
#include "catch.h"

#define PEER_PORT	1000

/* From now on the peer is this one, with a port of its own. */
static void turn_to(struct catch *c, unsigned int peer)
{
	c->tuple.rport = htons(PEER_PORT + peer);
	c->iss = 0;
}

static struct catch *cookies(struct kunit *test, const struct catch_setup *setup)
{
	catch_syncookies(test, CATCH_COOKIES_ALWAYS);
	return catch_in_state(test, TCP_LISTEN, setup);
}

/* A listener that answers by cookies, whose peer can do all of it. */
#define COOKIES(test, ...)							\
	cookies(test, &(const struct catch_setup) {				\
		.ts = true, .sack = true, .has_wscale = true, .wscale = 7,	\
		##__VA_ARGS__ })

static void full_syn(struct catch *c)
{
	PEER(c, SYN, 0, .mss = c->setup.mss, .has_wscale = true, .wscale = 7,
	     .has_ts = true, .sack_ok = true);
}

static void expect_cookie(struct catch *c)
{
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .has_ts = true, .sack_ok = true);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_NULL(c->test, catch_node(c));
	KUNIT_EXPECT_EQ(c->test, atomic_read(&mytcp_sk(c->sk)->syn_queue_len), 0);
}

/* The handshake up to its last segment. */
static struct catch *cookie_sent(struct kunit *test)
{
	struct catch *c = COOKIES(test);

	full_syn(c);
	expect_cookie(c);
	EXPECT_COUNTED(c, syncookies_sent, 1);
	return c;
}

/* accept(2), which is to give this peer; its connection is reset. */
static void accept_peer(struct catch *c, unsigned int peer)
{
	struct socket *child;

	KUNIT_ASSERT_EQ(c->test, kernel_accept(c->sock, &child, O_NONBLOCK), 0);
	KUNIT_EXPECT_EQ(c->test, ntohs(inet_sk(child->sk)->inet_dport), PEER_PORT + peer);
	sock_set_flag(child->sk, SOCK_LINGER);
	child->sk->sk_lingertime = 0;
	sock_release(child);
	FORGET(c);
}

static void opens_without_state(struct kunit *test)
{
	struct catch *c = cookie_sent(test);
	const struct mytcp_sock *ms;

	EXPECT_COUNTED(c, passive_opens, 0);
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, syncookies_recv, 1);
	EXPECT_COUNTED(c, syncookies_failed, 0);
	EXPECT_COUNTED(c, passive_opens, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	ACCEPT(c);

	ms = mytcp_sk(c->sk);
	KUNIT_EXPECT_EQ(test, ms->mss_clamp, 1460);
	KUNIT_EXPECT_TRUE(test, ms->wscale_ok);
	KUNIT_EXPECT_EQ(test, ms->snd_wscale, 7);
	KUNIT_EXPECT_EQ(test, ms->rcv_wscale, c->snd_wscale);
	KUNIT_EXPECT_TRUE(test, ms->sack_ok);
	KUNIT_EXPECT_TRUE(test, ms->ts_ok);
	KUNIT_EXPECT_EQ(test, ms->irs, c->irs);
	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, mytcp_iw(ms->mss));
	/* When the SYN-ACK went out is not known well enough. */
	KUNIT_EXPECT_EQ(test, ms->rtt.srtt_us, 0);

	SEND_N(c, 100);
	EXPECT(c, ACK | PSH, 1, 1, .len = 100, .has_ts = true);
	PEER(c, ACK, 1, 101, .len = 200);
	RECV_N(c, 200);
}

/* It goes on with a clock that to the peer has not gone back. */
static void timestamps_go_on(struct kunit *test)
{
	struct catch *c = COOKIES(test);
	u32 first;
	int i;

	for (i = 0; i < 70; i++) {
		turn_to(c, i);
		full_syn(c);
		expect_cookie(c);
		first = c->last_ts_val;
		PEER(c, ACK | PSH, 1, 1, .len = 3000);
		EXPECT(c, ACK, 1, 3001, .has_ts = true);
		KUNIT_ASSERT_GE(test, (s32)(c->last_ts_val - first), 0);
		KUNIT_ASSERT_LT(test, c->last_ts_val - first, 64);
		accept_peer(c, i);
		RUN(c, 1);
	}
}

/* PAWS (RFC 7323 section 5) begins with the last segment of the handshake. */
static void paws_goes_on(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, ACK, 1, 1, .ts_val = 7000);
	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 6000);
	EXPECT(c, ACK, 1, 1, .ts_ecr = 7000);
	EXPECT_COUNTED(c, paws_drops, 1);
	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 7001);
	ACCEPT(c);
	RECV_N(c, 10);
}

/* Of the MSS what the table has, and 536 when the peer says nothing. */
static const struct mss_row {
	const char *desc;
	u16 option, mss;
} mss_rows[] = {
	{ "Ethernet", 1460, 1460 },
	{ "PPPoE", 1452, 1440 },
	{ "a tunnel", 1400, 1360 },
	{ "jumbo frames", 8960, 8960 },
	{ "loopback", 65495, 8960 },
	{ "none", CATCH_NONE, 536 },
	{ "the default", 536, 536 },
	{ "less than that", 500, 48 },
};

static void describe_mss(const struct mss_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mss_rows, mss_rows, describe_mss);

static void mss(struct kunit *test)
{
	const struct mss_row *row = test->param_value;
	struct catch *c;

	catch_syncookies(test, CATCH_COOKIES_ALWAYS);
	c = IN_STATE(test, TCP_ESTABLISHED, .passive = true, .mss = row->option);
	EXPECT_COUNTED(c, syncookies_recv, 1);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->mss_clamp, row->mss);
}

/* SYN of a peer that asks for ECN, and what it gets */
static void ecn_syn(struct catch *c, bool agreed)
{
	PEER(c, SYN | ECE | CWR, 0, .mss = CATCH_MSS, .has_ts = true);
	EXPECT(c, SYN | ACK | (agreed ? ECE : 0), 0, 1, .has_ts = true);
	KUNIT_EXPECT_NULL(c->test, catch_node(c));
}

static void expect_ecn(struct catch *c, bool agreed)
{
	ACCEPT(c);
	KUNIT_EXPECT_EQ(c->test, mytcp_sk(c->sk)->ecn.ok, agreed);
	SEND_N(c, 100);
	EXPECT(c, ACK | PSH, 1, mytcp_sk(c->sk)->rcv_nxt - c->irs, .len = 100,
	       .ecn = agreed ? ECT0 : 0);
}

/* RFC 3168 6.1.1: the echo of the timestamp says whether ECN was agreed upon. */
static void ecn(struct kunit *test)
{
	struct catch *c = COOKIES(test, .ecn = true);

	ecn_syn(c, true);
	PEER(c, ACK, 1, 1);
	expect_ecn(c, true);
}

/* The final ACK is lost: that text comes in a packet that can be marked proves nothing. */
static void ecn_ack_lost(struct kunit *test)
{
	struct catch *c = COOKIES(test, .ecn = true);

	ecn_syn(c, true);
	PEER(c, ACK, 1, 1, .len = 100, .ecn = ECT0);
	EXPECT(c, ACK, 1, 101);
	expect_ecn(c, true);
}

static void ecn_not_asked(struct kunit *test)
{
	struct catch *c = COOKIES(test, .ecn = true);

	full_syn(c);
	expect_cookie(c);
	PEER(c, ACK, 1, 1);
	expect_ecn(c, false);
}

/* Without timestamps there is no room for it. */
static void ecn_without_timestamps(struct kunit *test)
{
	struct catch *c = COOKIES(test, .ecn = true);

	PEER(c, SYN | ECE | CWR, 0, .mss = CATCH_MSS);
	EXPECT(c, SYN | ACK, 0, 1, .no_options = true);
	PEER(c, ACK, 1, 1);
	expect_ecn(c, false);
}

/* net.ipv4.tcp_ecn 0, then and now; by the time of the ACK it is a wish of the peer. */
static void ecn_switched_off(struct kunit *test)
{
	struct catch *c = COOKIES(test, .ecn = true);

	ecn_syn(c, true);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn, 0);
	PEER(c, ACK, 1, 1);
	expect_ecn(c, false);
}

static void ecn_off(struct kunit *test)
{
	struct catch *c = COOKIES(test);

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn, 0);
	ecn_syn(c, false);
	PEER(c, ACK, 1, 1);
	expect_ecn(c, false);
}

/* Without timestamps there is no room for what they would carry. */
static void without_timestamps(struct kunit *test)
{
	struct catch *c = COOKIES(test);
	const struct mytcp_sock *ms;

	PEER(c, SYN, 0, .mss = CATCH_MSS, .has_wscale = true, .wscale = 7, .sack_ok = true);
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .no_options = true);
	/* Nor does a timestamp mean anything that was not agreed upon: RFC 7323 3.2 */
	PEER(c, ACK, 1, 1, .has_ts = true, .ts_val = 1, .ts_ecr = 0x12345678);
	ACCEPT(c);
	ms = mytcp_sk(c->sk);
	KUNIT_EXPECT_FALSE(test, ms->ts_ok);
	KUNIT_EXPECT_FALSE(test, ms->wscale_ok);
	KUNIT_EXPECT_FALSE(test, ms->sack_ok);
	KUNIT_EXPECT_EQ(test, ms->snd_wscale, 0);
	KUNIT_EXPECT_EQ(test, ms->rcv_wscale, 0);
}

static void timestamps_alone(struct kunit *test)
{
	struct catch *c = COOKIES(test);
	const struct mytcp_sock *ms;

	PEER(c, SYN, 0, .mss = CATCH_MSS, .has_ts = true);
	EXPECT(c, SYN | ACK, 0, 1, .has_ts = true);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	ms = mytcp_sk(c->sk);
	KUNIT_EXPECT_TRUE(test, ms->ts_ok);
	KUNIT_EXPECT_FALSE(test, ms->wscale_ok);
	KUNIT_EXPECT_FALSE(test, ms->sack_ok);
}

static void text_with_the_ack(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, ACK | PSH, 1, 1, "hello");
	EXPECT(c, ACK, 1, 6);
	ACCEPT(c);
	RECV(c, "hello");
	SEND(c, "hi");
	EXPECT(c, ACK | PSH, 1, 6, "hi");
}

static void text_and_fin_with_the_ack(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, FIN | ACK | PSH, 1, 1, "hello");
	EXPECT(c, ACK, 1, 7);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	ACCEPT(c);
	RECV(c, "hello");
	RECV_EOF(c);
}

/* Text that comes with the SYN is not kept: it comes again. */
static void text_with_the_syn(struct kunit *test)
{
	struct catch *c = COOKIES(test);

	PEER(c, SYN, 0, .mss = CATCH_MSS, .len = 100, .has_ts = true);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1, .len = 100);
	ACCEPT(c);
	RECV_N(c, 100);
}

/* The final ACK twice: the second is the connection's. */
static void ack_comes_again(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, ACK, 1, 1);
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, syncookies_recv, 1);
	ACCEPT(c);
	CATCH_EQ(c->listener->sk->sk_ack_backlog, 0);
}

static void stale(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	RUN(c, 120000);
	PEER(c, ACK, 1, 1);
	EXPECT(c, RST, 1);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, syncookies_failed, 1);
	EXPECT_COUNTED(c, syncookies_recv, 0);
	KUNIT_EXPECT_FALSE(test, mytcp_accept_ready(c->sk));
}

/* A peer that takes its time. */
static void late(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	RUN(c, 60000);
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	ACCEPT(c);
}

/* Who has sent no cookie of late believes in none, and does not even look. */
static void believed_only_when_sent(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	RUN(c, 122000);
	PEER(c, ACK, 1, 1);
	EXPECT(c, RST, 1);
	EXPECT_COUNTED(c, syncookies_failed, 0);
	/* A listener that begins anew is another one. */
	full_syn(c);
	expect_cookie(c);
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(c->sock, SHUT_RD), 0);
	LISTEN(c);
	PEER(c, ACK, 1, 1);
	EXPECT(c, RST, 1);
	EXPECT_COUNTED(c, syncookies_failed, 0);
	EXPECT_COUNTED(c, syncookies_recv, 0);
}

static void expect_refused(struct catch *c, u32 ack)
{
	EXPECT(c, RST, ack);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_NULL(c->test, catch_node(c));
	KUNIT_EXPECT_FALSE(c->test, mytcp_accept_ready(c->sk));
}

/* RFC 9293 3.10.7.2, second: any other ACK is answered by a reset. */
static void forged(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, ACK, 1, 1000);
	expect_refused(c, 1000);
	PEER(c, ACK, 1, 0x80000001);
	expect_refused(c, 0x80000001);
	PEER(c, ACK, 2, 1);
	expect_refused(c, 1);
	PEER(c, ACK, 0, 1);
	expect_refused(c, 1);
	PEER(c, ACK, 1001, 1, .len = 10);
	expect_refused(c, 1);
	EXPECT_COUNTED(c, syncookies_failed, 5);
	/* The right one still is. */
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	ACCEPT(c);
}

static void wrong_names(struct kunit *test)
{
	struct catch *c = cookie_sent(test);
	struct mytcp_tuple tuple = c->tuple;

	c->tuple.rport = htons(4711);
	PEER(c, ACK, 1, 1);
	expect_refused(c, 1);
	c->tuple = tuple;
	c->tuple.raddr.v4 ^= htonl(1);
	PEER(c, ACK, 1, 1);
	expect_refused(c, 1);
	c->tuple = tuple;
	c->tuple.laddr.v4 ^= htonl(1);
	PEER(c, ACK, 1, 1);
	expect_refused(c, 1);
	EXPECT_COUNTED(c, syncookies_failed, 3);
}

/* The echo is proved by its time: options that nobody has offered. */
static void forged_echo(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, ACK, 1, 1, .ts_ecr = c->last_ts_val + 64);
	expect_refused(c, 1);
	PEER(c, ACK, 1, 1, .ts_ecr = c->last_ts_val - 130000);
	expect_refused(c, 1);
	EXPECT_COUNTED(c, syncookies_failed, 2);
}

/* RFC 7323 3.2: what lacks the timestamp that was agreed upon is dropped. */
static void echo_missing(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, ACK, 1, 1, .no_ts = true);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, ts_missing, 1);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
}

/* Neither RST nor SYN brings a cookie back. */
static void other_segments(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, RST | ACK, 1, 1);
	EXPECT_NOTHING(c);
	PEER(c, SYN | ACK, 1, 1);
	EXPECT(c, RST, 1);
	PEER(c, PSH, 1, .len = 5);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, syncookies_failed, 0);
	EXPECT_COUNTED(c, syncookies_recv, 0);
	KUNIT_EXPECT_FALSE(test, mytcp_accept_ready(c->sk));
}

/* What was agreed upon has been switched off: such a connection cannot be. */
static void option_switched_off(struct kunit *test)
{
	struct netns_ipv4 *ipv4 = &init_net.ipv4;
	struct catch *c = cookie_sent(test);
	u8 sack = ipv4->sysctl_tcp_sack;

	WRITE_ONCE(ipv4->sysctl_tcp_sack, 0);
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_FALSE(test, mytcp_accept_ready(c->sk));
	WRITE_ONCE(ipv4->sysctl_tcp_sack, sack);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
}

/* The accept queue is full: no reset, the peer sends again. */
static void accept_queue_full(struct kunit *test)
{
	struct catch *c = COOKIES(test, .backlog = 1);
	u32 iss[3];
	int i;

	for (i = 0; i < 3; i++) {
		turn_to(c, i);
		full_syn(c);
		expect_cookie(c);
		iss[i] = c->iss;
	}
	for (i = 0; i < 3; i++) {
		turn_to(c, i);
		c->iss = iss[i];
		PEER(c, ACK, 1, 1);
		EXPECT_NOTHING(c);
	}
	EXPECT_COUNTED(c, backlog_drops, 1);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	accept_peer(c, 0);
	PEER(c, ACK | PSH, 1, 1, "once more");
	accept_peer(c, 1);
	accept_peer(c, 2);
}

static void fill_syn_queue(struct catch *c)
{
	int i;

	for (i = 0; i < 16; i++) {
		turn_to(c, i);
		PEER(c, SYN, 0, .mss = CATCH_MSS);
		EXPECT(c, SYN | ACK, 0, 1);
	}
	KUNIT_ASSERT_EQ(c->test, atomic_read(&mytcp_sk(c->sk)->syn_queue_len), 16);
	turn_to(c, 16);
}

/* 1, the default: when the SYN queue overflows, and only then. */
static void mode_overflow(struct kunit *test)
{
	struct catch *c;

	catch_syncookies(test, CATCH_COOKIES_OVERFLOW);
	c = IN_STATE(test, TCP_LISTEN, .backlog = 1, .ts = true, .has_wscale = true,
		     .wscale = 7);
	fill_syn_queue(c);
	EXPECT_COUNTED(c, syncookies_sent, 0);
	PEER(c, SYN, 0, .mss = 1400, .has_wscale = true, .wscale = 7, .has_ts = true,
	     .sack_ok = true);
	EXPECT(c, SYN | ACK, 0, 1, .sack_ok = true, .has_ts = true);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	EXPECT_COUNTED(c, syncookies_sent, 1);
	EXPECT_COUNTED(c, syn_queue_drops, 0);
	PEER(c, ACK, 1, 1, .len = 50);
	EXPECT(c, ACK, 1, 51);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, syncookies_recv, 1);
	ACCEPT(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->mss_clamp, 1360);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_wscale, 7);
	KUNIT_EXPECT_TRUE(test, mytcp_sk(c->sk)->sack_ok);
	RECV_N(c, 50);
}

/* The SYN comes again when there is room: whichever answer the peer takes, it is good. */
static struct catch *answered_twice(struct kunit *test, u32 *cookie, u32 *iss)
{
	struct catch *c;

	catch_syncookies(test, CATCH_COOKIES_OVERFLOW);
	c = IN_STATE(test, TCP_LISTEN, .backlog = 1);
	fill_syn_queue(c);
	PEER(c, SYN, 0, .mss = CATCH_MSS);
	EXPECT(c, SYN | ACK, 0, 1);
	*cookie = c->iss;
	turn_to(c, 0);
	PEER(c, RST, 1);
	turn_to(c, 16);
	PEER(c, SYN, 0, .mss = CATCH_MSS);
	EXPECT(c, SYN | ACK, 0, 1);
	*iss = c->iss;
	EXPECT_STATE(c, TCP_SYN_RECV);
	KUNIT_ASSERT_NE(test, *cookie, *iss);
	return c;
}

static void second_answer_is_taken(struct kunit *test)
{
	u32 cookie, iss;
	struct catch *c = answered_twice(test, &cookie, &iss);

	PEER(c, ACK | PSH, 1, 1, "x");
	EXPECT(c, ACK, 1, 2);
	ACCEPT(c);
	RECV(c, "x");
	EXPECT_COUNTED(c, syncookies_recv, 0);
}

static void first_answer_is_taken(struct kunit *test)
{
	u32 cookie, iss;
	struct catch *c = answered_twice(test, &cookie, &iss);

	/* Neither: the request stays. */
	c->iss = cookie + 12345;
	PEER(c, ACK, 1, 1);
	EXPECT(c, RST, 1);
	EXPECT_STATE(c, TCP_SYN_RECV);
	c->iss = cookie;
	PEER(c, ACK | PSH, 1, 1, "x");
	EXPECT(c, ACK, 1, 2);
	ACCEPT(c);
	RECV(c, "x");
	EXPECT_COUNTED(c, syncookies_recv, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&mytcp_sk(c->listener->sk)->syn_queue_len), 15);
}

/* 0: never, and none is believed in. */
static void mode_never(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	catch_syncookies(test, CATCH_COOKIES_NEVER);
	PEER(c, ACK, 1, 1);
	expect_refused(c, 1);
	fill_syn_queue(c);
	PEER(c, SYN, 0, .mss = CATCH_MSS);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, syn_queue_drops, 1);
	EXPECT_COUNTED(c, syncookies_sent, 1);
	EXPECT_COUNTED(c, syncookies_failed, 0);
}

/* A SYN over a TIME_WAIT entry makes a request: its ACK would be the entry's. */
static void over_time_wait(struct kunit *test)
{
	struct catch *c;

	catch_syncookies(test, CATCH_COOKIES_ALWAYS);
	c = IN_STATE(test, TCP_TIME_WAIT, .passive = true, .ts = true);
	EXPECT_COUNTED(c, syncookies_sent, 1);
	PEER(c, SYN, 100000, .mss = CATCH_MSS, .has_ts = true);
	EXPECT_COUNTED(c, time_wait_reused, 1);
	EXPECT_COUNTED(c, syncookies_sent, 1);
	EXPECT_STATE(c, TCP_SYN_RECV);
}

static void numbers_wrap(struct kunit *test)
{
	struct catch *c = COOKIES(test, .irs = -1);

	full_syn(c);
	expect_cookie(c);
	PEER(c, ACK | PSH, 1, 1, "x");
	ACCEPT(c);
	RECV(c, "x");
}

/* The children that nobody has accepted end with the listener, as all others. */
static void close_resets_children(struct kunit *test)
{
	struct catch *c = cookie_sent(test);

	PEER(c, ACK, 1, 1);
	CLOSE(c);
	EXPECT(c, RST | ACK, 1, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(opens_without_state),
	KUNIT_CASE(timestamps_go_on),
	KUNIT_CASE(paws_goes_on),
	KUNIT_CASE_PARAM(mss, mss_rows_gen_params),
	KUNIT_CASE(ecn),
	KUNIT_CASE(ecn_ack_lost),
	KUNIT_CASE(ecn_not_asked),
	KUNIT_CASE(ecn_without_timestamps),
	KUNIT_CASE(ecn_switched_off),
	KUNIT_CASE(ecn_off),
	KUNIT_CASE(without_timestamps),
	KUNIT_CASE(timestamps_alone),
	KUNIT_CASE(text_with_the_ack),
	KUNIT_CASE(text_and_fin_with_the_ack),
	KUNIT_CASE(text_with_the_syn),
	KUNIT_CASE(ack_comes_again),
	KUNIT_CASE(stale),
	KUNIT_CASE(late),
	KUNIT_CASE(believed_only_when_sent),
	KUNIT_CASE(forged),
	KUNIT_CASE(wrong_names),
	KUNIT_CASE(forged_echo),
	KUNIT_CASE(echo_missing),
	KUNIT_CASE(other_segments),
	KUNIT_CASE(option_switched_off),
	KUNIT_CASE(accept_queue_full),
	KUNIT_CASE(mode_overflow),
	KUNIT_CASE(second_answer_is_taken),
	KUNIT_CASE(first_answer_is_taken),
	KUNIT_CASE(mode_never),
	KUNIT_CASE(over_time_wait),
	KUNIT_CASE(numbers_wrap),
	KUNIT_CASE(close_resets_children),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-conv-cookie",
	.test_cases = cases,
};

kunit_test_suite(suite);
