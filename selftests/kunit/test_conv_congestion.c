// SPDX-License-Identifier: GPL-2.0
/*
 * Congestion control in conversations: which algorithm a connection has, and what
 * CUBIC with HyStart++ (RFC 9438, RFC 9406) is told of its ACKs.
 */
#include <net/tcp.h>

#include "../../module/hystart.h"
#include "conv.h"

#define MSS	1000

/* Connections with segments of 1000 octets: segment n begins at SEQ(n). */
#define SEQ(n)	(1 + (n) * MSS)

#define BEGIN(test, ...)							\
	IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,		\
		 .sndbuf = 1 << 24, .wnd = 1 << 20, .has_wscale = true,		\
		 .wscale = 7, __VA_ARGS__)

static struct mytcp_cong *cong(const struct catch *c)
{
	return &mytcp_sk(c->sk)->cong;
}

/* The kernel's own default is CUBIC, too; its name is looked up here. */
static void default_by_name(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	const struct tcp_congestion_ops *kernel;

	rcu_read_lock();
	kernel = rcu_dereference(init_net.ipv4.tcp_congestion_control);
	KUNIT_EXPECT_STREQ(test, kernel->name, "cubic");
	rcu_read_unlock();
	KUNIT_EXPECT_PTR_EQ(test, cong(c)->ops, &mytcp_cong_cubic);
}

/* A child has what its listener has. */
static void child_inherits(struct kunit *test)
{
	struct catch *c = BEGIN(test, .passive = true, .congestion = &mytcp_cong_reno);

	KUNIT_EXPECT_PTR_EQ(test, cong(c)->ops, &mytcp_cong_reno);
}

static void child_has_default(struct kunit *test)
{
	struct catch *c = BEGIN(test, .passive = true);

	KUNIT_EXPECT_PTR_EQ(test, cong(c)->ops, &mytcp_cong_cubic);
}

/*
 * RFC 9438 4.6: 0.7 after a loss, whether duplicates or the timer tell of it.
 * Shows: 9438-4.6-1, 9438-4.6-2
 */
static void decrease(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	int i;

	SEND_N(c, 10 * MSS);
	FORGET(c);
	/* The first is no duplicate: its window is scaled, that of the SYN was not. */
	for (i = 0; i < 4; i++)
		PEER(c, ACK, 1, SEQ(0));
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 7U);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 7U);
}

/* Shows: 9438-4.8-1. */
static void decrease_by_timer(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 10 * MSS);
	RUN(c, 300);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 7U);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 1U);
}

/*
 * A round of RFC 9406: the peer acknowledges, segment by segment, what had been
 * sent when the last round ended; SND.NXT then is "end", which goes on to this one's.
 */
static void round_trip(struct catch *c, u32 *end, u32 ms)
{
	struct mytcp_sock *s = mytcp_sk(c->sk);
	u32 until = *end ?: s->snd_nxt;

	RUN(c, ms);
	while (s->snd_una != until) {
		*end = s->snd_nxt;
		PEER(c, ACK, 1, s->snd_una + MSS - c->iss);
		FORGET(c);
	}
}

/*
 * RFC 9406: five rounds of a quarter, after which slow start is over.
 * Shows: 9438-4.10-2
 */
static void hystart(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n, before, end = 0;

	SEND_N(c, 600 * MSS);
	FORGET(c);
	round_trip(c, &end, 50);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 20U);
	round_trip(c, &end, 50);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 38U);
	/* 36 have been sent for 18: seven samples, and the eighth */
	round_trip(c, &end, 70);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 38U + 7 + 29 / 4);
	for (n = 1; n < MYTCP_HYSTART_CSS_ROUNDS; n++) {
		before = cong(c)->cwnd;
		KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, MYTCP_SSTHRESH_INF);
		round_trip(c, &end, 70);
		KUNIT_EXPECT_GE(test, cong(c)->cwnd, before + before / 4 - 2);
		KUNIT_EXPECT_LE(test, cong(c)->cwnd, before + before / 4 + 1);
	}
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, cong(c)->cwnd);
}

/* The same round trips all the time: it goes on, one for each. */
static void no_hystart(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n, acked, end = 0;

	SEND_N(c, 1000 * MSS);
	FORGET(c);
	for (n = 0; n < 5; n++) {
		round_trip(c, &end, 50);
		acked = (mytcp_sk(c->sk)->snd_una - c->iss) / MSS;
		KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 10 + acked);
	}
	KUNIT_EXPECT_GT(test, cong(c)->cwnd, 200U);
}

/* Small segments are not bundled: no ACK opens the window by more than 8. */
static void slow_start_limit(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 100 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 18U);
}

/* What leaves as one buffer comes back as one ACK, and counts as a whole. */
static void slow_start_of_buffers(struct kunit *test)
{
	struct catch *c = BEGIN(test, .gso = true);

	SEND_N(c, 200 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 20U);
	PEER(c, ACK, 1, SEQ(30));
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 40U);
}

/* What is paced leaves in no bursts, however many one ACK lets go: L is infinite. */
static void slow_start_paced(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	WRITE_ONCE(c->sk->sk_pacing_status, SK_PACING_NEEDED);
	SEND_N(c, 100 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 20U);
}

/* RFC 9438 4.2: time on the curve is the clock's. */
static void curve(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n, end = 0;

	mytcp_rtt_init(&mytcp_sk(c->sk)->rtt, MYTCP_RTO_INIT_US);
	cong(c)->cwnd = 100;
	SEND_N(c, 4000 * MSS);
	FORGET(c);
	mytcp_cong_enter_recovery(cong(c), 100);
	mytcp_cong_exit_recovery(cong(c));
	KUNIT_ASSERT_EQ(test, cong(c)->cwnd, 70U);
	/* 30 segments too many are on the way: nothing is sent for them. */
	for (n = 0; n < 21; n++)
		round_trip(c, &end, 200);
	/* K is the cube root of 30 / 0.4: 4.22 s */
	KUNIT_EXPECT_GE(test, cong(c)->cwnd, 98U);
	KUNIT_EXPECT_LE(test, cong(c)->cwnd, 100U);
}

/* What an algorithm takes by init() it gives back by release(), each time. */
static int held;

static void holding_init(struct mytcp_cong *cong)
{
	held++;
}

static void holding_release(struct mytcp_cong *cong)
{
	held--;
}

static u32 holding_ssthresh(struct mytcp_cong *cong, u32 in_flight)
{
	return in_flight / 2;
}

static void holding_avoid(struct mytcp_cong *cong, const struct mytcp_ack_sample *s)
{
}

static u32 holding_undo(struct mytcp_cong *cong)
{
	return cong->prior_cwnd;
}

static const struct mytcp_cong_ops holding = {
	.name		= "holding",
	.init		= holding_init,
	.release	= holding_release,
	.ssthresh	= holding_ssthresh,
	.cong_avoid	= holding_avoid,
	.undo_cwnd	= holding_undo,
};

static void init_and_release_are_pairs(struct kunit *test)
{
	struct catch *c;

	held = 0;
	c = IN_STATE(test, TCP_ESTABLISHED, .congestion = &holding);
	KUNIT_EXPECT_EQ(test, held, 1);
	ABORT(c);
	KUNIT_EXPECT_EQ(test, held, 0);
}

static struct kunit_case congestion_cases[] = {
	KUNIT_CASE(default_by_name),
	KUNIT_CASE(child_inherits),
	KUNIT_CASE(child_has_default),
	KUNIT_CASE(init_and_release_are_pairs),
	KUNIT_CASE(decrease),
	KUNIT_CASE(decrease_by_timer),
	KUNIT_CASE(hystart),
	KUNIT_CASE(no_hystart),
	KUNIT_CASE(slow_start_limit),
	KUNIT_CASE(slow_start_of_buffers),
	KUNIT_CASE(slow_start_paced),
	KUNIT_CASE(curve),
	{}
};

static struct kunit_suite congestion_suite = {
	.name = "mytcp-congestion",
	.test_cases = congestion_cases,
};

kunit_test_suite(congestion_suite);
