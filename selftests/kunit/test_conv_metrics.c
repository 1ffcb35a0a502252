// SPDX-License-Identifier: GPL-2.0
/*
 * What the route says of a connection: metrics.h. That it is asked for in the kernel's
 * words is shown by selftests/wire/route.
 */
#include <net/tcp.h>

#include "../../module/metrics.h"
#include "conv.h"

#define MSS	CATCH_MSS

/* The first flight is as large as the route says, and the last after a pause, too. */
static void first_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .metrics.initcwnd = 20,
				   .has_wscale = true, .wscale = 7, .wnd = 1000000);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	int i;

	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, 20);
	SEND_N(c, 40 * MSS);
	for (i = 0; i < 20; i++)
		EXPECT(c, ACK, 1 + i * MSS, 1, .len = MSS);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 1 + 20 * MSS);
	PEER(c, ACK, 1, 1 + 40 * MSS);
	RUN(c, 60000);
	FORGET(c);
	SEND_N(c, MSS);
	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, 20);
}

/* As large as ip-route(8) takes it: the window stays what can be reckoned with. */
static void first_window_without_bounds(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .metrics.initcwnd = U32_MAX);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, MYTCP_CWND_MAX);
	SEND_N(c, 4 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, 1 + 4 * MSS);
	KUNIT_EXPECT_EQ(test, ms->cong.cwnd, MYTCP_CWND_MAX);
}

/* It is in vain when a SYN was lost: RFC 5681 section 3.1. */
static void first_window_after_loss(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .metrics.initcwnd = 20);

	RUN(c, 1000);
	EXPECT(c, SYN, 0);
	PEER(c, SYN | ACK, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, 1);
}

/*
 * The least RTO counts from the first sample on, which a child has of its SYN,ACK. It
 * says nothing of how long the SYN waits.
 */
static void rto_min(struct kunit *test)
{
	struct catch *c;

	c = IN_STATE(test, TCP_ESTABLISHED, .passive = true, .metrics.rto_min_us = 500000);
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->rtt.rto_us, 500000U);
	KUNIT_EXPECT_LE(test, mytcp_sk(c->sk)->rtt.rto_us, 501000U);
	CLOSE(c);
	FORGET(c);
}

static void rto_min_active(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .metrics.rto_min_us = 20000);

	MARK(c);
	RUN(c, 1000);
	EXPECT(c, SYN, 0, .at = 1000);
	PEER(c, SYN | ACK, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	SEND(c, "a");
	EXPECT(c, ACK | PSH, 1, 1, "a");
	PEER(c, ACK, 1, 2);
	KUNIT_EXPECT_LE(test, mytcp_sk(c->sk)->rtt.rto_us, 21000U);
}

/* With such a rto_min in the route an ACK that may wait does so for this long. */
static void ack_waits(struct kunit *test, u32 rto_min_us, u32 ms)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .metrics.rto_min_us = rto_min_us);

	KUNIT_EXPECT_EQ(test, catch_setsockopt(c, SOL_TCP, TCP_QUICKACK, 0), 0);
	MARK(c);
	PEER(c, ACK | PSH, 1, 1, "a");
	EXPECT_NOTHING(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 2, .at = ms);
}

/* Linux's tcp_delack_max(): an ACK waits for less than the least timeout. */
static void delayed_ack(struct kunit *test)
{
	ack_waits(test, 20000, 19);
}

/* But for a millisecond at least. */
static void delayed_ack_least(struct kunit *test)
{
	ack_waits(test, 1, 1);
}

static void quickack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .metrics.quickack = true);

	PEER(c, ACK | PSH, 1, 1, "a");
	EXPECT(c, ACK, 1, 2);
	/* Text in answer makes others wait. */
	SEND(c, "b");
	EXPECT(c, ACK | PSH, 1, 2, "b");
	PEER(c, ACK | PSH, 2, 2, "c");
	EXPECT(c, ACK, 2, 3);
}

/* The MSS option of either SYN; TCP_MAXSEG may ask for less, not for more. */
static void advmss(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE, .metrics.advmss = 1000);

	KUNIT_EXPECT_EQ(test, catch_setsockopt(c, SOL_TCP, TCP_MAXSEG, 1200), 0);
	CONNECT(c);
	EXPECT(c, SYN, 0, .mss = 1000);
	CLOSE(c);
}

static void advmss_user(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE, .metrics.advmss = 1000);

	KUNIT_EXPECT_EQ(test, catch_setsockopt(c, SOL_TCP, TCP_MAXSEG, 900), 0);
	CONNECT(c);
	EXPECT(c, SYN, 0, .mss = 900);
	CLOSE(c);
}

static void advmss_passive(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .passive = true, .metrics.advmss = 1000);

	PEER(c, SYN, 0, .mss = MSS);
	EXPECT(c, SYN | ACK, 0, 1, .mss = 1000);
}

/* The window of the SYN: initrwnd segments, or the clamp, with the scale for that. */
static void receive_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE, .metrics.initrwnd = 3,
				   .metrics.window = 30000);

	CONNECT(c);
	EXPECT(c, SYN, 0, .wnd = 3 * MSS, .has_wscale = true, .wscale = 0);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->user.window_clamp, 30000);
	CLOSE(c);
}

static void receive_window_passive(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN, .passive = true,
				   .metrics.initrwnd = 30, .metrics.window = 30000,
				   .has_wscale = true, .wscale = 7);

	PEER(c, SYN, 0, .mss = MSS, .has_wscale = true, .wscale = 7);
	EXPECT(c, SYN | ACK, 0, 1, .wnd = 30000, .has_wscale = true, .wscale = 0);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->user.window_clamp, 30000);
}

/* No segments are too many for 32 bits. */
static void receive_window_huge(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE, .metrics.initrwnd = 0x40000000);

	CONNECT(c);
	EXPECT(c, SYN, 0, .wnd = U16_MAX);
	CLOSE(c);
}

/* The kernel's name for an algorithm in a route is ours. */
static void congestion_key(struct kunit *test)
{
	const struct tcp_congestion_ops *kernel;

	rcu_read_lock();
	kernel = rcu_dereference(init_net.ipv4.tcp_congestion_control);
	KUNIT_EXPECT_EQ(test, mytcp_cong_key(kernel->name), kernel->key);
	rcu_read_unlock();
}

static void congestion(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .passive = true,
				   .metrics.congestion = mytcp_cong_key("reno"));

	KUNIT_EXPECT_PTR_EQ(test, mytcp_sk(c->sk)->cong.ops, &mytcp_cong_reno);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->cong.cwnd, MYTCP_IW_SEGMENTS);
}

/* One that we have not got changes nothing, and locks nothing. */
static void congestion_unknown(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED,
				   .metrics.congestion = mytcp_cong_key("vegas"),
				   .metrics.congestion_locked = true);

	KUNIT_EXPECT_PTR_EQ(test, mytcp_sk(c->sk)->cong.ops, &mytcp_cong_cubic);
	KUNIT_EXPECT_FALSE(test, mytcp_sk(c->sk)->congestion_locked);
}

/* The SYN asks for ECN when the route's algorithm needs it. */
static void congestion_ecn(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE,
				   .metrics.congestion = mytcp_cong_key("dctcp"));

	CONNECT(c);
	EXPECT(c, SYN | ECE | CWR, 0);
	CLOSE(c);
}

static struct kunit_case metrics_cases[] = {
	KUNIT_CASE(first_window),
	KUNIT_CASE(first_window_without_bounds),
	KUNIT_CASE(first_window_after_loss),
	KUNIT_CASE(rto_min),
	KUNIT_CASE(rto_min_active),
	KUNIT_CASE(delayed_ack),
	KUNIT_CASE(delayed_ack_least),
	KUNIT_CASE(quickack),
	KUNIT_CASE(advmss),
	KUNIT_CASE(advmss_user),
	KUNIT_CASE(advmss_passive),
	KUNIT_CASE(receive_window),
	KUNIT_CASE(receive_window_passive),
	KUNIT_CASE(receive_window_huge),
	KUNIT_CASE(congestion_key),
	KUNIT_CASE(congestion),
	KUNIT_CASE(congestion_unknown),
	KUNIT_CASE(congestion_ecn),
	{}
};

static struct kunit_suite metrics_suite = {
	.name = "mytcp-metrics",
	.test_cases = metrics_cases,
};

kunit_test_suite(metrics_suite);
