// SPDX-License-Identifier: GPL-2.0
/*
 * How the buffers of a connection grow: the window with what the peer sends, the
 * receive buffer with what the user reads, the send buffer with the congestion window.
 */
#include <linux/sizes.h>
#include <linux/tcp.h>

#include "../../module/buflimit.h"
#include "../../module/rcvbuf.h"
#include "../../module/recovery.h"
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

/* It is for the most that there may be, whatever the buffer is today. */
static void scale_is_for_the_largest(struct kunit *test)
{
	const u32 most = max(mytcp_rcvbuf_most(&init_net) / 4 * 3, READ_ONCE(sysctl_rmem_max));
	struct catch *c = BEGIN(test, .rcvbuf = 8192);

	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rcv_wscale, mytcp_select_wscale(most));
}

/* The three numbers of a sysctl, until the test ends. */
struct limits {
	int *sysctl;
	int before[3];
};

static void limits_back(void *data)
{
	const struct limits *l = data;

	memcpy(l->sysctl, l->before, sizeof(l->before));
}

static void limits_are(struct kunit *test, int *sysctl, int least, int first, int most)
{
	struct limits *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, l);
	l->sysctl = sysctl;
	memcpy(l->before, sysctl, sizeof(l->before));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, limits_back, l), 0);
	WRITE_ONCE(sysctl[0], least);
	WRITE_ONCE(sysctl[1], first);
	WRITE_ONCE(sysctl[2], most);
}

/* What the kernel has set at boot, 12.5 MB of window do not fit in; ours they do. */
static void own_limits_hold_at_boot(struct kunit *test)
{
	limits_are(test, init_net.ipv4.sysctl_tcp_rmem, PAGE_SIZE, SZ_128K, 6 * SZ_1M);
	limits_are(test, init_net.ipv4.sysctl_tcp_wmem, PAGE_SIZE, SZ_16K, SZ_4M);
	KUNIT_EXPECT_EQ(test, mytcp_rcvbuf_most(&init_net), mytcp_rcvbuf_max);
	KUNIT_EXPECT_EQ(test, mytcp_sndbuf_most(&init_net), mytcp_sndbuf_max);
	KUNIT_EXPECT_GT(test, mytcp_rcvbuf_max, 18U * SZ_1M);
	KUNIT_EXPECT_GT(test, mytcp_sndbuf_max, 18U * SZ_1M);
	KUNIT_EXPECT_LE(test, mytcp_rcvbuf_max, 32U * SZ_1M);
	KUNIT_EXPECT_LE(test, mytcp_sndbuf_max, 32U * SZ_1M);
}

/* What tcp_init() makes of so many pages. */
static void boot_sets(unsigned long pages, long mem[3], int rmem[3], int wmem[3])
{
	unsigned long limit = pages << (PAGE_SHIFT - 7);

	mem[1] = pages / 16;
	mem[0] = mem[1] / 4 * 3;
	mem[2] = mem[0] * 2;
	rmem[0] = PAGE_SIZE;
	rmem[1] = SZ_128K;
	rmem[2] = max(131072UL, min(6UL * SZ_1M, limit));
	wmem[0] = PAGE_SIZE;
	wmem[1] = SZ_16K;
	wmem[2] = max(65536UL, min(4UL * SZ_1M, limit));
}

/* Any amount of memory, and what has been given back since then or added. */
static void boot_is_known(struct kunit *test)
{
	unsigned long mib, pages, sixteenth;
	int rmem[3], wmem[3];
	long mem[3];

	for (mib = 16; mib <= 16384; mib += mib / 16 + 1) {
		pages = (mib * SZ_1M >> PAGE_SHIFT) - mib % 37;
		boot_sets(pages, mem, rmem, wmem);
		sixteenth = mytcp_buflimit_boot_memory(mem, pages + pages / 8);
		KUNIT_EXPECT_TRUE_MSG(test, mytcp_buflimit_is_boot(rmem, &mytcp_buflimit_rmem,
								   sixteenth), "%lu", mib);
		KUNIT_EXPECT_TRUE_MSG(test, mytcp_buflimit_is_boot(wmem, &mytcp_buflimit_wmem,
								   sixteenth), "%lu", mib);
	}
}

/* An administrator's number is told from that, on a small host, too. */
static void boot_is_none(struct kunit *test)
{
	unsigned long pages = (256UL * SZ_1M >> PAGE_SHIFT) - 100, sixteenth;
	int rmem[3], wmem[3];
	long mem[3];

	boot_sets(pages, mem, rmem, wmem);
	sixteenth = mytcp_buflimit_boot_memory(mem, pages);
	rmem[2] += SZ_1K;
	wmem[2] -= SZ_1K;
	KUNIT_EXPECT_FALSE(test, mytcp_buflimit_is_boot(rmem, &mytcp_buflimit_rmem, sixteenth));
	KUNIT_EXPECT_FALSE(test, mytcp_buflimit_is_boot(wmem, &mytcp_buflimit_wmem, sixteenth));
	rmem[2] = 6 * SZ_1M;
	wmem[2] = SZ_4M;
	KUNIT_EXPECT_FALSE(test, mytcp_buflimit_is_boot(rmem, &mytcp_buflimit_rmem, sixteenth));
	KUNIT_EXPECT_FALSE(test, mytcp_buflimit_is_boot(wmem, &mytcp_buflimit_wmem, sixteenth));
}

/* An administrator who has set tcp_mem has set no more than that. */
static void boot_without_tcp_mem(struct kunit *test)
{
	unsigned long pages = SZ_1G >> PAGE_SHIFT;
	long mem[3] = { 1000, 2000, 3000 };

	KUNIT_EXPECT_EQ(test, mytcp_buflimit_boot_memory(mem, pages), pages / 16);
	KUNIT_EXPECT_EQ(test, mytcp_buflimit_boot_memory(NULL, pages), pages / 16);
}

/* This host, whose administrator has just booted it. */
static void boot_of_this_host(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mytcp_rcvbuf_most(&init_net), mytcp_rcvbuf_max);
	KUNIT_EXPECT_EQ(test, mytcp_sndbuf_most(&init_net), mytcp_sndbuf_max);
}

/* net.ipv4.tcp_mem is mytcp's, too: an administrator's hand is felt at once. */
static void tcp_mem_holds(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	long *mem = mytcp_buflimit_tcp_mem();
	long least;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	least = mem[0];
	KUNIT_EXPECT_TRUE(test, mytcp_memory_plenty(c->sk));
	WRITE_ONCE(mem[0], 0);
	KUNIT_EXPECT_FALSE(test, mytcp_memory_plenty(c->sk));
	WRITE_ONCE(mem[0], least);
}

/* One of the numbers is another: somebody has chosen all of them, be they smaller. */
static void administrator_holds(struct kunit *test)
{
	int *rmem = init_net.ipv4.sysctl_tcp_rmem, *wmem = init_net.ipv4.sysctl_tcp_wmem;

	limits_are(test, rmem, PAGE_SIZE, SZ_128K, 5 * SZ_1M);
	KUNIT_EXPECT_EQ(test, mytcp_rcvbuf_most(&init_net), 5U * SZ_1M);
	limits_are(test, rmem, PAGE_SIZE, SZ_128K, 64 * SZ_1M);
	KUNIT_EXPECT_EQ(test, mytcp_rcvbuf_most(&init_net), 64U * SZ_1M);
	limits_are(test, rmem, PAGE_SIZE, 87380, 6 * SZ_1M);
	KUNIT_EXPECT_EQ(test, mytcp_rcvbuf_most(&init_net), 6U * SZ_1M);
	limits_are(test, rmem, 2 * PAGE_SIZE, SZ_128K, 6 * SZ_1M);
	KUNIT_EXPECT_EQ(test, mytcp_rcvbuf_most(&init_net), 6U * SZ_1M);
	limits_are(test, wmem, PAGE_SIZE, SZ_64K, SZ_4M);
	KUNIT_EXPECT_EQ(test, mytcp_sndbuf_most(&init_net), (u32)SZ_4M);
}

/* A parameter of 0, or of less than the kernel has: the kernel's limit. */
static void own_limits_are_none(struct kunit *test)
{
	unsigned int rcv = mytcp_rcvbuf_max, snd = mytcp_sndbuf_max;

	limits_are(test, init_net.ipv4.sysctl_tcp_rmem, PAGE_SIZE, SZ_128K, 6 * SZ_1M);
	limits_are(test, init_net.ipv4.sysctl_tcp_wmem, PAGE_SIZE, SZ_16K, SZ_4M);
	WRITE_ONCE(mytcp_rcvbuf_max, 0);
	WRITE_ONCE(mytcp_sndbuf_max, SZ_1M);
	KUNIT_EXPECT_EQ(test, mytcp_rcvbuf_most(&init_net), 6U * SZ_1M);
	KUNIT_EXPECT_EQ(test, mytcp_sndbuf_most(&init_net), (u32)SZ_4M);
	WRITE_ONCE(mytcp_rcvbuf_max, rcv);
	WRITE_ONCE(mytcp_sndbuf_max, snd);
}

/* The user reads 30 MB in a round trip. */
static void read_much(struct catch *c)
{
	slow_start(c, 4);
	mytcp_sk(c->sk)->drs.begin_seq = mytcp_sk(c->sk)->copied_seq - 30 * SZ_1M;
	RUN(c, RTT_MS);
	mytcp_rcvbuf_read(c->sk);
}

/* Both buffers grow to our limits, and the window's scale suffices for that. */
static void grows_to_own_limits(struct kunit *test)
{
	struct catch *c;

	limits_are(test, init_net.ipv4.sysctl_tcp_rmem, PAGE_SIZE, SZ_128K, 6 * SZ_1M);
	limits_are(test, init_net.ipv4.sysctl_tcp_wmem, PAGE_SIZE, SZ_16K, SZ_4M);
	c = BEGIN(test);
	read_much(c);
	KUNIT_EXPECT_EQ(test, rcvbuf(c), mytcp_rcvbuf_max);
	KUNIT_EXPECT_GE(test, MYTCP_WND_FIELD_MAX << mytcp_sk(c->sk)->rcv_wscale,
			mytcp_rcvbuf_full(c->sk));
	mytcp_sk(c->sk)->cong.cwnd = 20000;
	mytcp_grow_sndbuf(c->sk);
	KUNIT_EXPECT_EQ(test, (u32)c->sk->sk_sndbuf, mytcp_sndbuf_max);
}

/* Others have so much memory already: no buffer grows. */
static void no_growth_without_memory(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	const u32 rcv = rcvbuf(c), snd = c->sk->sk_sndbuf;
	long much = sk_prot_mem_limits(c->sk, 0);

	atomic_long_add(much, mytcp_prot.memory_allocated);
	KUNIT_EXPECT_FALSE(test, mytcp_memory_plenty(c->sk));
	read_much(c);
	mytcp_sk(c->sk)->cong.cwnd = 20000;
	mytcp_grow_sndbuf(c->sk);
	atomic_long_sub(much, mytcp_prot.memory_allocated);
	KUNIT_EXPECT_EQ(test, rcvbuf(c), rcv);
	KUNIT_EXPECT_EQ(test, (u32)c->sk->sk_sndbuf, snd);
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

/* ... and where that is less than the window's unit it opens all the same. */
static void overfull_opens_again(struct kunit *test)
{
	int *rmem = init_net.ipv4.sysctl_tcp_rmem, most = rmem[2];
	struct mytcp_sock *ms;
	struct catch *c;
	u32 promised;

	WRITE_ONCE(rmem[2], 1 << 30);
	c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 64 << 10, .has_wscale = true,
		     .wscale = 7);
	ms = mytcp_sk(c->sk);
	promised = edge(c);
	PEER(c, ACK, 1, 1, .len = promised - 1);
	KUNIT_EXPECT_EQ(test, edge(c), promised);
	ms->rcv_ssthresh = 2 * CATCH_MSS;
	KUNIT_EXPECT_GT(test, 1U << ms->rcv_wscale, ms->rcv_ssthresh);
	FORGET(c);
	RECV_N(c, promised - 1);
	FORGET(c);
	KUNIT_EXPECT_GT(test, edge(c), promised);
	WRITE_ONCE(rmem[2], most);
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
	KUNIT_CASE(own_limits_hold_at_boot),
	KUNIT_CASE(boot_is_known),
	KUNIT_CASE(boot_is_none),
	KUNIT_CASE(boot_without_tcp_mem),
	KUNIT_CASE(boot_of_this_host),
	KUNIT_CASE(tcp_mem_holds),
	KUNIT_CASE(administrator_holds),
	KUNIT_CASE(own_limits_are_none),
	KUNIT_CASE(grows_to_own_limits),
	KUNIT_CASE(no_growth_without_memory),
	KUNIT_CASE(grows_with_reader),
	KUNIT_CASE(grows_without_timestamps),
	KUNIT_CASE(rcvbuf_option_stays),
	KUNIT_CASE(moderate_off),
	KUNIT_CASE(no_more_than_allowed),
	KUNIT_CASE(not_for_a_slow_reader),
	KUNIT_CASE(window_opens_two_for_one),
	KUNIT_CASE(small_segments_do_not_open),
	KUNIT_CASE(overfull),
	KUNIT_CASE(overfull_opens_again),
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
