// SPDX-License-Identifier: GPL-2.0
/*
 * Small queues: how much of a connection is below it, and that it goes on when
 * buffers are freed.
 */
#include "../../module/sendqueue.h"
#include "../../module/small_queue.h"
#include "conv.h"

#define MSS	1000

/* Connections with segments of 1000 octets: segment n begins at SEQ(n). */
#define SEQ(n)	(1 + (n) * MSS)

#define BEGIN(test, ...)							\
	begin(IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,	\
		       .sndbuf = 1 << 20, __VA_ARGS__))

/* So slow that two buffers are all that may wait; nothing is freed by itself. */
static struct catch *begin(struct catch *c)
{
	WRITE_ONCE(c->sk->sk_pacing_rate, 1);
	HOLD(c);
	return c;
}

static void expect_segments(struct catch *c, u32 first, u32 end, u32 pushed)
{
	u32 n;

	for (n = first; n < end; n++)
		EXPECT(c, ACK | (n == pushed ? PSH : 0), SEQ(n), 1, .len = MSS);
	EXPECT_NOTHING(c);
}

/* Two buffers go, and one for each that is freed, whatever the window allows. */
static void one_for_each(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	SEND_N(c, 8 * MSS);
	expect_segments(c, 0, 2, 7);
	for (n = 2; n < 8; n++) {
		FREE_HELD(c, 1);
		expect_segments(c, n, n + 1, 7);
	}
	FREE_HELD(c, 2);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, refcount_read(&c->sk->sk_wmem_alloc), 1U);
}

/* Two that are freed at once set two going. */
static void two_at_once(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 8 * MSS);
	expect_segments(c, 0, 2, 7);
	FREE_HELD(c, 2);
	expect_segments(c, 2, 4, 7);
}

/* The congestion window holds all the same. */
static void window_holds(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 20 * MSS);
	FORGET(c);
	while (!skb_queue_empty(&c->held))
		FREE_HELD(c, 1);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, mytcp_sk(c->sk)->cong.cwnd);
}

/* An ACK for all that is on the way lets one more go, though nothing is freed. */
static void late_device(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 8 * MSS);
	expect_segments(c, 0, 2, 7);
	WRITE_ONCE(c->sk->sk_max_pacing_rate, 1);
	PEER(c, ACK, 1, SEQ(2));
	KUNIT_EXPECT_GE(test, skb_queue_len(&c->held), 3U);
}

/* ACKs below are no data: they are charged with two octets, and stop nothing. */
static void acks_are_free(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 n;

	for (n = 0; n < 8; n++) {
		PEER(c, ACK, 1 + n, 1, .len = 1);
		RUN(c, 40);
		EXPECT(c, ACK, 1, 2 + n);
	}
	KUNIT_EXPECT_EQ(test, skb_queue_len(&c->held), 8U);
	KUNIT_EXPECT_EQ(test, refcount_read(&c->sk->sk_wmem_alloc), 1U + 8 * 2);
	SEND_N(c, 8 * MSS);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&c->held), 8U + 2);
	FORGET(c);
	FREE_HELD(c, 8);
	EXPECT_NOTHING(c);
	FREE_HELD(c, 1);
	EXPECT(c, ACK, SEQ(2), 9, .len = MSS);
}

/* A rate says how much: a millisecond of it. */
static void follows_rate(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	u32 truesize;

	SEND_N(c, MSS);
	expect_segments(c, 0, 1, 0);
	truesize = skb_peek(&c->held)->truesize;
	FREE_HELD(c, 1);
	WRITE_ONCE(c->sk->sk_pacing_rate, (5ul * truesize) << c->sk->sk_pacing_shift);
	SEND_N(c, 9 * MSS);
	expect_segments(c, 1, 6, 9);
	FREE_HELD(c, 1);
	expect_segments(c, 6, 7, 9);
}

static void restore_limit(void *before)
{
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_limit_output_bytes, (long)before);
}

/* net.ipv4.tcp_limit_output_bytes is the most, where nobody keeps to the rate. */
static void sysctl_caps(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	long before = READ_ONCE(init_net.ipv4.sysctl_tcp_limit_output_bytes);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, restore_limit,
							(void *)before), 0);
	WRITE_ONCE(c->sk->sk_pacing_rate, ~0UL);
	SEND_N(c, MSS);
	expect_segments(c, 0, 1, 0);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_limit_output_bytes,
		   3 * skb_peek(&c->held)->truesize);
	SEND_N(c, 7 * MSS);
	expect_segments(c, 1, 3, 7);
	/* One that is freed waits for its turn: the limit is lower by now */
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_limit_output_bytes, 1);
	FREE_HELD(c, 1);
	EXPECT_NOTHING(c);
}

/* What is sent again may be twice as much. */
static void twice_again(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct sk_buff *skb;

	SEND_N(c, 8 * MSS);
	expect_segments(c, 0, 2, 7);
	skb = mytcp_sent_head(c->sk);
	KUNIT_EXPECT_TRUE(test, mytcp_small_queue_full(c->sk, skb, false));
	KUNIT_EXPECT_FALSE(test, mytcp_small_queue_full(c->sk, skb, true));
}

/* What still waits below is not sent again, by no timer; it is when it has left. */
static void held_is_not_repeated(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	SEND_N(c, MSS);
	expect_segments(c, 0, 1, 0);
	RUN(c, 500);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, tail_loss_probes, 0);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	FREE_HELD(c, 1);
	expect_segments(c, 0, 1, 0);
	EXPECT_COUNTED(c, retrans_segs, 1);
}

/*
 * While one waits below no other can leave, and is freed: that is not what the
 * connection waits for.
 */
static void refused_does_not_wake(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	SEND_N(c, MSS);
	expect_segments(c, 0, 1, 0);
	RUN(c, 500);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	c->xmit_error = -ENOBUFS;
	SEND_N(c, MSS);
	RUN(c, 100);
	KUNIT_EXPECT_GT(test, c->refused, 0U);
	KUNIT_EXPECT_LT(test, c->refused, 10U);
	c->xmit_error = 0;
	FREE_HELD(c, 1);
	expect_segments(c, 0, 1, 0);
	FORGET(c);
}

/* A buffer is freed while a process has the socket: it goes on when that is done. */
static void owned(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 8 * MSS);
	expect_segments(c, 0, 2, 7);
	lock_sock(c->sk);
	FREE_HELD(c, 1);
	EXPECT_NOTHING(c);
	release_sock(c->sk);
	expect_segments(c, 2, 3, 7);
}

/* The lock is held by who frees the buffer, as when a queue below is full. */
static void freed_under_lock(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 8 * MSS);
	expect_segments(c, 0, 2, 7);
	local_bh_disable();
	bh_lock_sock(c->sk);
	consume_skb(skb_dequeue(&c->held));
	EXPECT_NOTHING(c);
	bh_unlock_sock(c->sk);
	local_bh_enable();
	expect_segments(c, 2, 3, 7);
}

/* Nobody who has closed waits: the rest goes, FIN last. */
static void closed(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 4 * MSS);
	expect_segments(c, 0, 2, 3);
	CLOSE(c);
	EXPECT_NOTHING(c);
	FREE_HELD(c, 2);
	EXPECT(c, ACK, SEQ(2), 1, .len = MSS);
	EXPECT(c, FIN | PSH | ACK, SEQ(3), 1, .len = MSS);
	EXPECT_STATE(c, TCP_FIN_WAIT1);
}

/* The connection ends while its buffers wait: they keep the socket, no more. */
static void aborted(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	unsigned int before = catch_count_socks();

	SEND_N(c, 8 * MSS);
	FORGET(c);
	ABORT(c);
	EXPECT(c, RST | ACK, SEQ(2), 1);
	KUNIT_EXPECT_EQ(test, catch_count_socks(), before);
	FREE_HELD(c, skb_queue_len(&c->held));
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, catch_count_socks(), before - 1);
}

/* A writer who waits for less to be unsent is told: TCP_NOTSENT_LOWAT. */
static void tells_writers(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 8 * MSS);
	mytcp_sk(c->sk)->user.notsent_lowat = 4 * MSS;
	KUNIT_EXPECT_EQ(test, catch_poll(c) & (__force u32)EPOLLOUT, 0U);
	KUNIT_EXPECT_TRUE(test, test_bit(SOCK_NOSPACE, &c->sock->flags));
	while (!skb_queue_empty(&c->held))
		FREE_HELD(c, 1);
	KUNIT_EXPECT_FALSE(test, test_bit(SOCK_NOSPACE, &c->sock->flags));
	KUNIT_EXPECT_EQ(test, catch_poll(c) & (__force u32)EPOLLOUT,
			(__force u32)EPOLLOUT);
}

/* RFC 5682 2.1: while F-RTO asks, something new goes on and nothing goes again. */
static void new_first(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true,
				   .sndbuf = 1 << 20);

	SEND_N(c, 10 * MSS);
	RUN(c, 300);
	FORGET(c);
	/* Else the ACK would bring a rate, and more room with it. */
	WRITE_ONCE(c->sk->sk_max_pacing_rate, 1);
	begin(c);
	SEND_N(c, 4 * MSS);
	EXPECT_NOTHING(c);
	mytcp_sk(c->sk)->cong.cwnd = 10;
	PEER(c, ACK, 1, SEQ(1));
	expect_segments(c, 10, 12, 13);
	FREE_HELD(c, 1);
	expect_segments(c, 12, 13, 13);
	/* The timeout was in time: now the losses */
	PEER(c, ACK, 1, SEQ(1));
	FREE_HELD(c, 2);
	EXPECT(c, ACK, SEQ(1), 1, .len = MSS);
	FORGET(c);
}

static struct kunit_case small_queue_cases[] = {
	KUNIT_CASE(one_for_each),
	KUNIT_CASE(two_at_once),
	KUNIT_CASE(window_holds),
	KUNIT_CASE(late_device),
	KUNIT_CASE(acks_are_free),
	KUNIT_CASE(follows_rate),
	KUNIT_CASE(sysctl_caps),
	KUNIT_CASE(twice_again),
	KUNIT_CASE(held_is_not_repeated),
	KUNIT_CASE(refused_does_not_wake),
	KUNIT_CASE(owned),
	KUNIT_CASE(freed_under_lock),
	KUNIT_CASE(closed),
	KUNIT_CASE(aborted),
	KUNIT_CASE(tells_writers),
	KUNIT_CASE(new_first),
	{}
};

static struct kunit_suite small_queue_suite = {
	.name = "mytcp-small-queue",
	.test_cases = small_queue_cases,
};

kunit_test_suite(small_queue_suite);
