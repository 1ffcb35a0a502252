// SPDX-License-Identifier: GPL-2.0
/*
 * How the buffers of a connection grow: the window with what the peer sends, the
 * receive buffer with what the user reads, the send buffer with the congestion window.
 */
#include <linux/tcp.h>

#include "../../module/window.h"
#include "conv.h"

#define RTT_MS	100

#define BEGIN(test, ...)							\
	IN_STATE(test, TCP_ESTABLISHED, .has_wscale = true, .wscale = 7, .ts = true,	\
		 __VA_ARGS__)

static u32 rcvbuf(struct catch *c)
{
	return READ_ONCE(c->sk->sk_rcvbuf);
}

static u32 ssthresh(struct catch *c)
{
	return mytcp_sk(c->sk)->rcv_ssthresh;
}

/* The right edge that is announced, relative. */
static u32 edge(struct catch *c)
{
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	return ms->rcv_nxt + mytcp_receive_window(ms) - c->irs;
}

/* The peer sends segments of so many octets, and the user reads them at once. */
static u32 burst(struct catch *c, u32 seq, u32 segments, u32 len)
{
	u32 i;

	for (i = 0; i < segments; i++, seq += len)
		PEER(c, ACK, seq, 1, .len = len, .nonlinear = true);
	FORGET(c);
	RECV_N(c, segments * len);
	FORGET(c);
	return seq;
}

/* So many round trips, each with twice as many segments as the one before. */
static u32 slow_start(struct catch *c, u32 trips)
{
	u32 seq = 1, n = 10;

	while (trips--) {
		seq = burst(c, seq, n, CATCH_MSS);
		RUN(c, RTT_MS);
		FORGET(c);
		n = min(2 * n, 30U);
	}
	return seq;
}

/* It comes from net.ipv4.tcp_rmem[2], whatever the buffer is today. */
static void scale_is_for_the_largest(struct kunit *test)
{
	const u32 most = max_t(u32, READ_ONCE(init_net.ipv4.sysctl_tcp_rmem[2]),
			       READ_ONCE(sysctl_rmem_max));
	struct catch *c = BEGIN(test, .rcvbuf = 8192);

	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rcv_wscale, mytcp_select_wscale(most));
}

/* The user reads more in each round trip: the buffer is ahead of that. */
static void grows_with_reader(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 before = rcvbuf(c);

	slow_start(c, 4);
	KUNIT_EXPECT_GT(test, rcvbuf(c), before);
	KUNIT_EXPECT_GE(test, mytcp_sk(c->sk)->drs.space, 20U * CATCH_MSS);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->drs.rtt_us8, 8U * RTT_MS * USEC_PER_MSEC);
}

/* ... without timestamps, too: by the time that a window takes. */
static void grows_without_timestamps(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .has_wscale = true, .wscale = 7);
	u32 before = rcvbuf(c);

	slow_start(c, 5);
	KUNIT_EXPECT_GT(test, rcvbuf(c), before);
}

/* SO_RCVBUF says how large it is. */
static void rcvbuf_option_stays(struct kunit *test)
{
	struct catch *c = BEGIN(test, .rcvbuf = 256 << 10);

	slow_start(c, 4);
	KUNIT_EXPECT_EQ(test, rcvbuf(c), 256U << 10);
}

/* net.ipv4.tcp_moderate_rcvbuf = 0 */
static void moderate_off(struct kunit *test)
{
	u8 before = init_net.ipv4.sysctl_tcp_moderate_rcvbuf;
	struct catch *c = BEGIN(test);
	u32 size = rcvbuf(c);

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_moderate_rcvbuf, 0);
	slow_start(c, 4);
	KUNIT_EXPECT_EQ(test, rcvbuf(c), size);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_moderate_rcvbuf, before);
}

/* net.ipv4.tcp_rmem[2] is the most. */
static void no_more_than_allowed(struct kunit *test)
{
	int before = init_net.ipv4.sysctl_tcp_rmem[2];
	struct catch *c = BEGIN(test);

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_rmem[2], 140000);
	slow_start(c, 6);
	KUNIT_EXPECT_EQ(test, rcvbuf(c), 140000U);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_rmem[2], before);
}

/* A reader that comes late: what is unread is no reason to grow. */
static void not_for_a_slow_reader(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 before = rcvbuf(c), seq = 1, trip, i;

	for (trip = 0; trip < 6; trip++) {
		for (i = 0; i < 4; i++, seq += CATCH_MSS)
			PEER(c, ACK, seq, 1, .len = CATCH_MSS, .nonlinear = true);
		RUN(c, RTT_MS);
	}
	FORGET(c);
	RECV_N(c, seq - 1);
	KUNIT_EXPECT_EQ(test, rcvbuf(c), before);
}

/* Full segments open the window by two for one, up to what the buffer has. */
static void window_opens_two_for_one(struct kunit *test)
{
	struct catch *c = BEGIN(test, .rcvbuf = 1 << 20);
	u32 before = ssthresh(c);

	KUNIT_EXPECT_EQ(test, before, 65535U);
	burst(c, 1, 10, CATCH_MSS);
	KUNIT_EXPECT_EQ(test, ssthresh(c), before + 20 * CATCH_MSS);
}

/*
 * Small ones, a page each, cost more than they carry: with a megabyte at most a window
 * of 64 kB of them would not fit, so that it stays.
 */
static void small_segments_do_not_open(struct kunit *test)
{
	int most = init_net.ipv4.sysctl_tcp_rmem[2];
	struct catch *c = BEGIN(test, .rcvbuf = 1 << 20);
	u32 before = ssthresh(c), seq;

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_rmem[2], 1 << 20);
	seq = burst(c, 1, 100, 130);
	KUNIT_EXPECT_EQ(test, ssthresh(c), before);
	burst(c, seq, 1, CATCH_MSS);
	KUNIT_EXPECT_EQ(test, ssthresh(c), before + 2 * CATCH_MSS);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_rmem[2], most);
}

/*
 * ... and when they fill the buffer's memory no more is promised, but what was
 * promised is taken.
 */
static void overfull(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 64 << 10);
	u32 promised = edge(c), seq = 1;

	while (seq < promised) {
		u32 len = min(10U, promised - seq);

		PEER(c, ACK, seq, 1, .len = len, .nonlinear = true);
		seq += len;
	}
	FORGET(c);
	KUNIT_EXPECT_EQ(test, edge(c), promised);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rcv_nxt - c->irs, promised);
	KUNIT_EXPECT_LE(test, ssthresh(c), 2U * CATCH_MSS);
	RECV_N(c, promised - 1);
}

/* TCP_WINDOW_CLAMP holds whatever the buffer is, and from the SYN on. */
static void clamp_holds(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 clamp = 20000, before = edge(c), seq;

	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_WINDOW_CLAMP, clamp), 0);
	seq = burst(c, 1, 20, CATCH_MSS);
	KUNIT_EXPECT_GE(test, edge(c), before);
	while (seq < before)
		seq = burst(c, seq, 4, CATCH_MSS);
	KUNIT_EXPECT_LE(test, mytcp_receive_window(mytcp_sk(c->sk)), clamp);
	CATCH_EQ(catch_setsockopt(c, SOL_TCP, TCP_WINDOW_CLAMP, 0), -EINVAL);
}

/* Two windows of segments, and what each of them costs. */
static void send_buffer_follows_window(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 before = c->sk->sk_sndbuf;

	SEND_N(c, 2 * CATCH_MSS);
	FORGET(c);
	ms->cong.cwnd = 100;
	PEER(c, ACK, 1, 1 + ms->mss);
	KUNIT_EXPECT_GT(test, c->sk->sk_sndbuf, before);
	KUNIT_EXPECT_GE(test, c->sk->sk_sndbuf, 200 * ms->mss);
	KUNIT_EXPECT_LE(test, c->sk->sk_sndbuf, 200 * (ms->mss + 2048));
}

/* SO_SNDBUF says how large it is. */
static void sndbuf_option_stays(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sndbuf = 50000);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	SEND_N(c, 2 * CATCH_MSS);
	FORGET(c);
	ms->cong.cwnd = 1000;
	PEER(c, ACK, 1, 1 + ms->mss);
	KUNIT_EXPECT_EQ(test, c->sk->sk_sndbuf, 50000);
}

static struct kunit_case buffers_cases[] = {
	KUNIT_CASE(scale_is_for_the_largest),
	KUNIT_CASE(grows_with_reader),
	KUNIT_CASE(grows_without_timestamps),
	KUNIT_CASE(rcvbuf_option_stays),
	KUNIT_CASE(moderate_off),
	KUNIT_CASE(no_more_than_allowed),
	KUNIT_CASE(not_for_a_slow_reader),
	KUNIT_CASE(window_opens_two_for_one),
	KUNIT_CASE(small_segments_do_not_open),
	KUNIT_CASE(overfull),
	KUNIT_CASE(clamp_holds),
	KUNIT_CASE(send_buffer_follows_window),
	KUNIT_CASE(sndbuf_option_stays),
	{}
};

static struct kunit_suite buffers_suite = {
	.name = "mytcp-conv-buffers",
	.test_cases = buffers_cases,
};

kunit_test_suite(buffers_suite);
