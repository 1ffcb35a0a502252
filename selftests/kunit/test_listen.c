// SPDX-License-Identifier: GPL-2.0
/*
 * A listener and several peers: the SYN queue, the accept queue, what a SYN-ACK
 * offers. What a single request does with each kind of segment is
 * test_conv_syn_received.c's.
 */
#include <net/tcp.h>

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

static void syn(struct catch *c)
{
	PEER(c, SYN, 0, .mss = CATCH_MSS);
}

static void connect_peer(struct catch *c, unsigned int peer)
{
	turn_to(c, peer);
	syn(c);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
}

/* accept(2); which peer it was, or -errno. The connection is reset. */
static int accept_peer(struct catch *c)
{
	struct socket *child;
	int err, peer;

	err = kernel_accept(c->sock, &child, O_NONBLOCK);
	if (err)
		return err;
	peer = ntohs(inet_sk(child->sk)->inet_dport) - PEER_PORT;
	sock_set_flag(child->sk, SOCK_LINGER);
	child->sk->sk_lingertime = 0;
	sock_release(child);
	FORGET(c);
	return peer;
}

static int syn_queue_len(const struct catch *c)
{
	return atomic_read(&mytcp_sk(c->sk)->syn_queue_len);
}

static void accepts_in_order(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	int i;

	KUNIT_EXPECT_EQ(test, accept_peer(c), -EAGAIN);
	for (i = 0; i < 3; i++)
		connect_peer(c, i);
	KUNIT_EXPECT_TRUE(test, mytcp_accept_ready(c->sk));
	KUNIT_EXPECT_EQ(test, c->sk->sk_ack_backlog, 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, accept_peer(c), i);
	KUNIT_EXPECT_EQ(test, accept_peer(c), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, mytcp_accept_ready(c->sk));
	KUNIT_EXPECT_EQ(test, c->sk->sk_ack_backlog, 0);
	EXPECT_COUNTED(c, passive_opens, 3);
	EXPECT_COUNTED(c, attempt_fails, 0);
}

/* The handshakes' order does not count, that of their ends does. */
static void queues_by_completion(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	u32 iss[2];
	int i;

	for (i = 0; i < 2; i++) {
		turn_to(c, i);
		syn(c);
		EXPECT(c, SYN | ACK, 0, 1);
		iss[i] = c->iss;
	}
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 2);
	for (i = 1; i >= 0; i--) {
		turn_to(c, i);
		c->iss = iss[i];
		PEER(c, ACK, 1, 1);
	}
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 0);
	KUNIT_EXPECT_EQ(test, accept_peer(c), 1);
	KUNIT_EXPECT_EQ(test, accept_peer(c), 0);
}

/* As the kernel's TCP: one more than the backlog may wait. */
static void drops_syn_beyond_backlog(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);

	connect_peer(c, 0);
	connect_peer(c, 1);
	turn_to(c, 2);
	syn(c);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, backlog_drops, 1);
	EXPECT_COUNTED(c, out_rsts, 0);
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 0);

	KUNIT_EXPECT_EQ(test, accept_peer(c), 0);
	connect_peer(c, 2);
	KUNIT_EXPECT_EQ(test, accept_peer(c), 1);
	KUNIT_EXPECT_EQ(test, accept_peer(c), 2);
}

/* The handshake waits when the accept queue has filled up meanwhile. */
static void drops_ack_beyond_backlog(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);
	u32 iss;

	turn_to(c, 2);
	syn(c);
	EXPECT(c, SYN | ACK, 0, 1);
	iss = c->iss;
	connect_peer(c, 0);
	connect_peer(c, 1);

	turn_to(c, 2);
	c->iss = iss;
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_COUNTED(c, backlog_drops, 1);
	/* The peer is reminded, and answers. */
	RUN(c, 1000);
	EXPECT(c, SYN | ACK, 0, 1);
	KUNIT_EXPECT_EQ(test, accept_peer(c), 0);
	turn_to(c, 2);
	c->iss = iss;
	PEER(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, accept_peer(c), 1);
	KUNIT_EXPECT_EQ(test, accept_peer(c), 2);
}

/* Sixteen handshakes at once, however small the backlog is. */
static void drops_syn_beyond_syn_queue(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);
	int i;

	catch_syncookies(test, CATCH_COOKIES_NEVER);
	for (i = 0; i < 16; i++) {
		turn_to(c, i);
		syn(c);
		EXPECT(c, SYN | ACK, 0, 1);
	}
	turn_to(c, 16);
	syn(c);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, syn_queue_drops, 1);
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 16);

	/* A request that ends makes room. */
	turn_to(c, 0);
	PEER(c, RST, 1, 0);
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 15);
	EXPECT_COUNTED(c, attempt_fails, 1);
	turn_to(c, 16);
	syn(c);
	EXPECT(c, SYN | ACK, 0, 1);
}

/* The peer is in a hurry, or somebody forges its address: once in 500 ms. */
static void answers_same_syn_seldom(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	int i;

	syn(c);
	EXPECT(c, SYN | ACK, 0, 1);
	for (i = 0; i < 3; i++) {
		PEER(c, SYN, 0, 0, .mss = CATCH_MSS);
		EXPECT(c, SYN | ACK, 0, 1);
		RUN(c, 100);
		PEER(c, SYN, 0, 0, .mss = CATCH_MSS);
		PEER(c, SYN, 0, 0, .mss = CATCH_MSS);
		EXPECT_NOTHING(c);
		RUN(c, 401);
		FORGET(c);
	}
}

static void backlog_can_be_changed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);

	connect_peer(c, 0);
	connect_peer(c, 1);
	KUNIT_EXPECT_EQ(test, kernel_listen(c->sock, 2), 0);
	connect_peer(c, 2);
	turn_to(c, 3);
	syn(c);
	EXPECT_NOTHING(c);
}

static void close_resets_and_forgets(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	struct sock *sk = c->sk;
	u32 iss;

	turn_to(c, 2);
	syn(c);
	EXPECT(c, SYN | ACK, 0, 1);
	connect_peer(c, 0);
	iss = c->iss;
	connect_peer(c, 1);

	sock_hold(sk);
	CLOSE(c);
	/* The children, in their order. Nothing for the request. */
	turn_to(c, 0);
	c->iss = iss;
	EXPECT(c, RST | ACK, 1, 1);
	EXPECT_COUNTED(c, out_rsts, 2);
	FORGET(c);
	turn_to(c, 2);
	EXPECT_STATE(c, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, atomic_read(&mytcp_sk(sk)->syn_queue_len), 0);
	EXPECT_COUNTED(c, attempt_fails, 1);
	/* The last reference was the request's. */
	KUNIT_EXPECT_EQ(test, refcount_read(&sk->sk_refcnt), 1);
	sock_put(sk);
	RUN(c, 100000);
	EXPECT_NOTHING(c);
}

/* What SYNs can make us hold is bounded: beyond it, text has to come again. */
static void holds_text_of_few_syns(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .backlog = 1);
	struct mytcp_node *node;
	int i, held = 0;

	for (i = 0; i < 16; i++) {
		turn_to(c, i);
		PEER(c, SYN, 0, .len = 100);
		EXPECT(c, SYN | ACK, 0, 1);
		rcu_read_lock_bh();
		node = mytcp_demux_find(&c->tuple);
		if (node && node->kind == MYTCP_NODE_REQUEST)
			held += !!container_of(node, struct mytcp_request, node)->text;
		rcu_read_unlock_bh();
	}
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 16);
	KUNIT_EXPECT_EQ(test, held, 8);
	PEER(c, ACK, 1, 1, .len = 100);
	ACCEPT(c);
	RECV_N(c, 100);
}

static void fin_with_ack_of_syn(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	PEER(c, FIN | ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 1, 12);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	ACCEPT(c);
	RECV_N(c, 10);
	RECV_EOF(c);
}

static void synack_options(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN, 0, .mss = 1000, .has_wscale = true, .wscale = 3, .has_ts = true,
	     .ts_val = 77, .sack_ok = true);
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .sack_ok = true, .has_ts = true,
	       .ts_ecr = 77);
	/* Only what the peer has offered. */
	turn_to(c, 1);
	PEER(c, SYN, 0, .mss = 1000);
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .no_options = true);
}

static void synack_options_switched_off(struct kunit *test)
{
	struct netns_ipv4 *ipv4 = &init_net.ipv4;
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	u8 sack = ipv4->sysctl_tcp_sack;
	u8 ts = ipv4->sysctl_tcp_timestamps;
	u8 wscale = ipv4->sysctl_tcp_window_scaling;

	WRITE_ONCE(ipv4->sysctl_tcp_sack, 0);
	WRITE_ONCE(ipv4->sysctl_tcp_timestamps, 0);
	WRITE_ONCE(ipv4->sysctl_tcp_window_scaling, 0);
	PEER(c, SYN, 0, .mss = 1000, .has_wscale = true, .wscale = 3, .has_ts = true,
	     .ts_val = 77, .sack_ok = true);
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .no_options = true);
	WRITE_ONCE(ipv4->sysctl_tcp_sack, sack);
	WRITE_ONCE(ipv4->sysctl_tcp_timestamps, ts);
	WRITE_ONCE(ipv4->sysctl_tcp_window_scaling, wscale);
}

static void synack_announces_maxseg(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	KUNIT_EXPECT_EQ(test, catch_setsockopt(c, SOL_TCP, TCP_MAXSEG, 600), 0);
	syn(c);
	EXPECT(c, SYN | ACK, 0, 1, .mss = 600);
}

/*
 * RFC 7323 4.3: the SYN-ACK echoes the SYN that it answers.
 * Shows: 7323-4.3-1
 */
static void repeated_syn_is_echoed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN, 0, .mss = 1000, .has_ts = true, .ts_val = 77);
	EXPECT(c, SYN | ACK, 0, 1, .has_ts = true, .ts_ecr = 77);
	RUN(c, 500);
	PEER(c, SYN, 0, .mss = 1000, .has_ts = true, .ts_val = 577);
	EXPECT(c, SYN | ACK, 0, 1, .has_ts = true, .ts_ecr = 577);
	EXPECT_COUNTED(c, retrans_segs, 1);
	EXPECT_COUNTED(c, out_segs, 1);
	/* The timer goes on as if nothing had happened. */
	RUN(c, 500);
	EXPECT(c, SYN | ACK, 0, 1, .has_ts = true, .ts_ecr = 577);
}

static void synack_retries_sysctl(struct kunit *test)
{
	struct netns_ipv4 *ipv4 = &init_net.ipv4;
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	u8 retries = ipv4->sysctl_tcp_synack_retries;

	WRITE_ONCE(ipv4->sysctl_tcp_synack_retries, 1);
	syn(c);
	MARK(c);
	EXPECT(c, SYN | ACK, 0, 1, .at = 0);
	RUN(c, 2999);
	EXPECT(c, SYN | ACK, 0, 1, .at = 1000);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	RUN(c, 1);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, attempt_fails, 1);
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 0);
	WRITE_ONCE(ipv4->sysctl_tcp_synack_retries, retries);
}

static void icmp(struct catch *c, u32 seq, int err)
{
	struct mytcp_node *node = catch_node(c);

	local_bh_disable();
	rcu_read_lock();
	mytcp_request_icmp(container_of(node, struct mytcp_request, node),
			   c->iss + seq, err);
	rcu_read_unlock();
	local_bh_enable();
}

static void icmp_ends_request(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV);

	/* Not our segment; then a soft error. */
	icmp(c, 1, ECONNREFUSED);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_COUNTED(c, icmp_ignored, 1);
	icmp(c, 0, EHOSTUNREACH);
	EXPECT_STATE(c, TCP_SYN_RECV);
	icmp(c, 0, ECONNREFUSED);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	KUNIT_EXPECT_EQ(test, syn_queue_len(c), 0);
	EXPECT_COUNTED(c, attempt_fails, 1);
}

static void child_shares_port(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .passive = true);

	KUNIT_EXPECT_NOT_NULL(test, mytcp_sk(c->sk)->bucket);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_sk(c->sk)->bucket,
			    mytcp_sk(c->listener->sk)->bucket);
	KUNIT_EXPECT_EQ(test, inet_sk(c->sk)->inet_num, ntohs(c->tuple.lport));
	KUNIT_EXPECT_NULL(test, mytcp_sk(c->sk)->listener);
}

/* A listener that closes while it makes a child: that one is nobody's orphan. */
static void child_of_closing(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	struct socket *child;

	turn_to(c, 0);
	syn(c);
	EXPECT(c, SYN | ACK, 0, 1);
	sock_set_flag(c->sk, SOCK_DEAD);
	PEER(c, ACK, 1, 1);
	sock_reset_flag(c->sk, SOCK_DEAD);
	KUNIT_ASSERT_EQ(test, kernel_accept(c->sock, &child, O_NONBLOCK), 0);
	KUNIT_EXPECT_FALSE(test, sock_flag(child->sk, SOCK_DEAD));
	sock_reset_flag(child->sk, SOCK_DEAD);
	sock_release(child);
	FORGET(c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(accepts_in_order),
	KUNIT_CASE(queues_by_completion),
	KUNIT_CASE(drops_syn_beyond_backlog),
	KUNIT_CASE(drops_ack_beyond_backlog),
	KUNIT_CASE(drops_syn_beyond_syn_queue),
	KUNIT_CASE(answers_same_syn_seldom),
	KUNIT_CASE(backlog_can_be_changed),
	KUNIT_CASE(close_resets_and_forgets),
	KUNIT_CASE(holds_text_of_few_syns),
	KUNIT_CASE(fin_with_ack_of_syn),
	KUNIT_CASE(synack_options),
	KUNIT_CASE(synack_options_switched_off),
	KUNIT_CASE(synack_announces_maxseg),
	KUNIT_CASE(repeated_syn_is_echoed),
	KUNIT_CASE(synack_retries_sysctl),
	KUNIT_CASE(icmp_ends_request),
	KUNIT_CASE(child_shares_port),
	KUNIT_CASE(child_of_closing),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-listen",
	.test_cases = cases,
};

kunit_test_suite(suite);
