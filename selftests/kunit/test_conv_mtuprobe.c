// SPDX-License-Identifier: GPL-2.0
/*
 * Probes of the path's MTU in conversations, RFC 4821 section 7: when they are sent, and
 * what becomes of them.
 */
#include "conv.h"

#define BASE	1024				/* net.ipv4.tcp_base_mss */
#define PROBE	((BASE + CATCH_MSS) / 2)
#define CWND	20

static void restore(void *was)
{
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_mtu_probing, (unsigned long)was);
}

/* net.ipv4.tcp_mtu_probing, until the test is over */
static void probing(struct kunit *test, u8 mode)
{
	void *was = (void *)(unsigned long)init_net.ipv4.sysctl_tcp_mtu_probing;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, restore, was), 0);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_mtu_probing, mode);
}

/* A connection that searches from the beginning. */
static struct catch *begin(struct kunit *test, bool sack, bool gso)
{
	probing(test, 2);
	return IN_STATE(test, TCP_ESTABLISHED, .sack = sack, .gso = gso, .nodelay = true,
			.sndbuf = 1 << 20);
}

/*
 * The user writes more than the window has room for; then it has. What is sent first
 * knows of all that follows.
 */
static void write_window(struct catch *c, size_t len, u32 una, u32 cwnd)
{
	/* No pause counts. */
	mytcp_sk(c->sk)->last_sent = 0;
	mytcp_sk(c->sk)->cong.cwnd = 0;
	SEND_N(c, len);
	EXPECT_NOTHING(c);
	mytcp_sk(c->sk)->cong.cwnd = cwnd;
	mytcp_sk(c->sk)->cwnd_limited = false;
	PEER(c, ACK, 1, una);
}

static void is_open_with(struct catch *c, u32 cwnd)
{
	KUNIT_EXPECT_EQ(c->test, mytcp_sk(c->sk)->cong.state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(c->test, mytcp_sk(c->sk)->cong.cwnd, cwnd);
}

/* tcp_mtu_probing is 0 by default: full segments from the beginning. */
static void off(struct kunit *test)
{
	struct catch *c;

	probing(test, 0);
	c = IN_STATE(test, TCP_ESTABLISHED, .sndbuf = 1 << 20);
	write_window(c, 10 * CATCH_MSS, 1, CWND);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	FORGET(c);
	EXPECT_COUNTED(c, mtu_probes, 0);
}

/*
 * 2: from the base up. The probe is the next text, and what follows is of the usual
 * size; when it has arrived all are as large, and the window has as many octets.
 */
static void arrives(struct kunit *test)
{
	struct catch *c = begin(test, true, false);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	KUNIT_EXPECT_EQ(test, ms->mss, BASE);
	write_window(c, 8 * BASE, 1, CWND);
	EXPECT(c, ACK, 1, 1, .len = PROBE);
	/* What is left of the buffers that it was made of */
	EXPECT(c, ACK, 1 + PROBE, 1, .len = 2 * BASE - PROBE);
	EXPECT(c, ACK, 1 + 2 * BASE, 1, .len = BASE);
	FORGET(c);
	is_open_with(c, CWND - 1);
	PEER(c, ACK, 1, 1 + PROBE);
	KUNIT_EXPECT_EQ(test, ms->mss, PROBE);
	KUNIT_EXPECT_EQ(test, ms->plpmtud.low, PROBE);
	KUNIT_EXPECT_LE(test, ms->cong.cwnd * PROBE, (CWND + 1) * BASE);
	EXPECT_COUNTED(c, mtu_probes, 1);
	EXPECT_COUNTED(c, mtu_probes_lost, 0);
}

/* A window's worth of text is sent and acknowledged, without a probe. Returns SND.UNA. */
static u32 round_trip(struct catch *c, u32 una)
{
	int *threshold = &init_net.ipv4.sysctl_tcp_probe_threshold, before = *threshold;
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 len = ms->cong.cwnd * ms->mss;

	WRITE_ONCE(*threshold, U16_MAX);
	SEND_N(c, len);
	FORGET(c);
	RUN(c, 1);
	PEER(c, ACK, 1, una + len);
	WRITE_ONCE(*threshold, before);
	return una + len;
}

/*
 * What an algorithm keeps in segments is as many octets as before, too: CUBIC's estimate
 * of Reno's window.
 */
static void arrives_beyond_slow_start(struct kunit *test)
{
	struct catch *c = begin(test, true, false);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 una = 1, i;

	ms->cong.cwnd = CWND;
	ms->cong.ssthresh = CWND;
	for (i = 0; i < 3; i++)
		una = round_trip(c, una);
	write_window(c, 8 * BASE, una, CWND);
	EXPECT(c, ACK, una, 1, .len = PROBE);
	FORGET(c);
	PEER(c, ACK, 1, una + PROBE);
	KUNIT_EXPECT_EQ(test, ms->mss, PROBE);
	una += 8 * BASE;
	PEER(c, ACK, 1, una);
	round_trip(c, una);
	KUNIT_EXPECT_LE(test, ms->cong.cwnd * PROBE, (CWND + 3) * BASE);
}

/* A probe is made of two buffers above, and of one that is larger here. */
static void is_cut_from_a_large_buffer(struct kunit *test)
{
	struct catch *c = begin(test, true, true);

	write_window(c, 20 * BASE, 1, CWND);
	EXPECT(c, ACK, 1, 1, .len = PROBE);
}

/*
 * It alone is lost: no congestion. It is sent again at once in two segments, and the
 * window is what it was.
 */
static void is_lost(struct kunit *test)
{
	struct catch *c = begin(test, true, false);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 end = 1 + PROBE + 4 * BASE;

	write_window(c, PROBE + 4 * BASE, 1, CWND);
	FORGET(c);
	RUN_US(c, 100);
	PEER(c, ACK, 1, 1, .sacks = { { 1 + PROBE, end } });
	EXPECT(c, ACK, 1, 1, .len = BASE);
	EXPECT(c, ACK, 1 + BASE, 1, .len = PROBE - BASE);
	EXPECT_NOTHING(c);
	is_open_with(c, CWND);
	KUNIT_EXPECT_EQ(test, ms->plpmtud.high, PROBE - 1);
	KUNIT_EXPECT_EQ(test, ms->mss, BASE);
	EXPECT_COUNTED(c, mtu_probes_lost, 1);
	EXPECT_COUNTED(c, fast_retransmits, 0);
	PEER(c, ACK, 1, end);
	/* The next one is smaller. */
	write_window(c, 8 * BASE, end, CWND);
	EXPECT(c, ACK, end, 1, .len = (BASE + PROBE - 1) / 2);
}

/* The same where three duplicates are all that the peer says. */
static void is_lost_without_sack(struct kunit *test)
{
	struct catch *c = begin(test, false, false);
	int i;

	write_window(c, PROBE + 4 * BASE, 1, CWND);
	FORGET(c);
	for (i = 0; i < 3; i++)
		PEER(c, ACK, 1, 1);
	EXPECT(c, ACK, 1, 1, .len = BASE);
	EXPECT(c, ACK, 1 + BASE, 1, .len = PROBE - BASE);
	EXPECT_NOTHING(c);
	is_open_with(c, CWND);
	EXPECT_COUNTED(c, mtu_probes_lost, 1);
	PEER(c, ACK, 1, 1 + PROBE + 4 * BASE);
	is_open_with(c, CWND);
}

/* With it others are lost: congestion, and of the path nothing is known. */
static void is_lost_with_others(struct kunit *test)
{
	struct catch *c = begin(test, true, false);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	write_window(c, PROBE + 6 * BASE, 1, CWND);
	FORGET(c);
	RUN_US(c, 100);
	PEER(c, ACK, 1, 1, .sacks = { { 1 + PROBE + BASE, 1 + PROBE + 6 * BASE } });
	KUNIT_EXPECT_EQ(test, ms->cong.state, MYTCP_CONG_RECOVERY);
	KUNIT_EXPECT_EQ(test, ms->plpmtud.probe, 0);
	KUNIT_EXPECT_EQ(test, ms->plpmtud.high, CATCH_MSS);
	EXPECT_COUNTED(c, mtu_probes_lost, 0);
	FORGET(c);
}

/* Not with a small window, nor without text that would tell of its loss. */
static void not_now(struct kunit *test)
{
	struct catch *c = begin(test, true, false);

	write_window(c, PROBE + 4 * BASE - 1, 1, CWND);
	EXPECT(c, ACK, 1, 1, .len = BASE);
	FORGET(c);
	PEER(c, ACK, 1, PROBE + 4 * BASE);
	write_window(c, 9 * BASE, PROBE + 4 * BASE, 10);
	EXPECT(c, ACK, PROBE + 4 * BASE, 1, .len = BASE);
	FORGET(c);
	EXPECT_COUNTED(c, mtu_probes, 0);
}

/* The window has no room for it yet: nothing is sent that would fill it again. */
static void waits_for_room(struct kunit *test)
{
	struct catch *c = begin(test, true, false);

	write_window(c, 30 * BASE, 1, 10);
	FORGET(c);
	mytcp_sk(c->sk)->cong.cwnd = 11;
	mytcp_sk(c->sk)->cwnd_limited = false;
	PEER(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 1, 1 + BASE);
	EXPECT(c, ACK, 1 + 10 * BASE, 1, .len = PROBE);
	FORGET(c);
	EXPECT_COUNTED(c, mtu_probes, 1);
}

/* net.ipv4.tcp_probe_interval after the search has ended it begins anew. */
static void searches_again(struct kunit *test)
{
	struct catch *c = begin(test, true, false);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 seq = 1, trip;

	ms->plpmtud.high = BASE + 7;
	for (trip = 0; trip < 2; trip++, seq += 8 * BASE) {
		write_window(c, 8 * BASE, seq, CWND);
		EXPECT(c, ACK, seq, 1, .len = BASE);
		FORGET(c);
		PEER(c, ACK, 1, seq + 8 * BASE);
		FORGET(c);
		EXPECT_COUNTED(c, mtu_probes, 0);
		RUN(c, init_net.ipv4.sysctl_tcp_probe_interval * MSEC_PER_SEC / 2);
	}
	write_window(c, 8 * BASE, seq, CWND);
	EXPECT(c, ACK, seq, 1, .len = BASE);
	EXPECT(c, ACK, seq + BASE, 1, .len = PROBE);
	FORGET(c);
}

/*
 * 1: full segments; but when they are sent for the third time in vain, it may be their
 * size.
 */
static void black_hole(struct kunit *test)
{
	struct catch *c;

	probing(test, 1);
	KUNIT_ASSERT_EQ(test, READ_ONCE(init_net.ipv4.sysctl_tcp_retries1), 3);
	c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true);
	SEND_N(c, 2 * CATCH_MSS);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	FORGET(c);
	RUN(c, 1000);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS);
	EXPECT_NOTHING(c);
	RUN(c, 500);
	EXPECT(c, ACK, 1, 1, .len = BASE);
	EXPECT_NOTHING(c);
	/* Further down */
	RUN(c, 2000);
	EXPECT(c, ACK, 1, 1, .len = BASE / 2);
	PEER(c, ACK, 1, 1 + BASE / 2);
	EXPECT(c, ACK, 1 + BASE / 2, 1, .len = BASE / 2);
	FORGET(c);
	PEER(c, ACK, 1, 1 + 2 * CATCH_MSS);
	/* ... and up again, from there */
	write_window(c, 10 * CATCH_MSS, 1 + 2 * CATCH_MSS, CWND);
	EXPECT(c, ACK, 1 + 2 * CATCH_MSS, 1, .len = (BASE / 2 + CATCH_MSS) / 2);
}

/* 0: nothing of that. */
static void no_black_hole(struct kunit *test)
{
	struct catch *c;

	probing(test, 0);
	c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true);
	SEND_N(c, CATCH_MSS);
	RUN(c, 5000);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->mss, CATCH_MSS);
}

static struct kunit_case mtuprobe_cases[] = {
	KUNIT_CASE(off),
	KUNIT_CASE(arrives),
	KUNIT_CASE(arrives_beyond_slow_start),
	KUNIT_CASE(is_cut_from_a_large_buffer),
	KUNIT_CASE(is_lost),
	KUNIT_CASE(is_lost_without_sack),
	KUNIT_CASE(is_lost_with_others),
	KUNIT_CASE(not_now),
	KUNIT_CASE(waits_for_room),
	KUNIT_CASE(searches_again),
	KUNIT_CASE(black_hole),
	KUNIT_CASE(no_black_hole),
	{}
};

static struct kunit_suite mtuprobe_suite = {
	.name = "mytcp-conv-mtuprobe",
	.test_cases = mtuprobe_cases,
};

kunit_test_suite(mtuprobe_suite);
