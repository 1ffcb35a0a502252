// SPDX-License-Identifier: GPL-2.0
/*
 * What a peer, a user or the clock could do to a connection that nobody means to:
 * hold it for ever, let a wake-up get lost, use references or memory up, come
 * around the circle of sequence numbers.
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/tcp.h>

#include "../../module/cong.h"
#include "../../module/sendqueue.h"
#include "../../module/timer.h"
#include "conv.h"

/* Orphans are given up after eight retries: about 100 s. */
#define ORPHAN_END_MS	(300 * MSEC_PER_SEC)

/* --- Orphans and dead links --- */

/* The peer answers every probe by a window that is shut. */
static void answer_with_shut_window(struct catch *c)
{
	int i;

	for (i = 0; i < ORPHAN_END_MS / 2000; i++) {
		RUN(c, 2000);
		if (!catch_node(c))
			break;
		PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	}
	FORGET(c);
}

/* Probing for ever is for a user who waits: RFC 9293 3.8.6.1. */
static void orphan_is_not_probed_for_ever(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 100);
	CLOSE(c);
	answer_with_shut_window(c);
	KUNIT_EXPECT_NULL(test, catch_node(c));
}

/* ... even if something was on its way when the window shut. */
static void orphan_is_not_repeated_for_ever(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	SEND_N(c, 100);
	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	CLOSE(c);
	answer_with_shut_window(c);
	KUNIT_EXPECT_NULL(test, catch_node(c));
}

/* RFC 9293 3.8.3: what cannot leave this host will never be acknowledged. */
static void firewall_ends_it(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	c->xmit_error = -EPERM;
	SEND_N(c, 100);
	RUN(c, 3600 * MSEC_PER_SEC);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ETIMEDOUT);
}

/* --- The peer's FIN --- */

/* What was sent beyond the end of the stream is no part of it. */
static void text_behind_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 102, 1, .len = 10);
	EXPECT(c, ACK, 1, 1);
	PEER(c, FIN | ACK, 1, 1, .len = 100);
	EXPECT(c, ACK, 1, 102);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	RECV_N(c, 100);
	RECV_EOF(c);
	RECV_EOF(c);
}

/* --- Around the circle --- */

/* The last small segment was sent 2.6 GB ago, and all since is acknowledged. */
static void nagle_after_half_a_circle(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	mytcp_sk(c->sk)->snd_sml = mytcp_sk(c->sk)->snd_una - 0xa0000000;
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
}

/* RFC 6582's recover must not be overtaken by half a circle. */
static void recover_keeps_pace(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	struct mytcp_sock *ms = mytcp_sk(c->sk);

	SEND_N(c, 5000);
	FORGET(c);
	PEER(c, ACK, 1, 5001);
	KUNIT_EXPECT_EQ(test, ms->recover, ms->snd_una - 1);
}

/* --- The user --- */

static unsigned int wakeups;
static void (*wake_up)(struct sock *sk);

static void count_wakeup(struct sock *sk)
{
	wakeups++;
}

/* The reader is woken by nobody until stop_counting(), which tells how often he would be. */
static void count_wakeups(struct catch *c)
{
	wakeups = 0;
	wake_up = c->sk->sk_data_ready;
	c->sk->sk_data_ready = count_wakeup;
}

static unsigned int stop_counting(struct catch *c)
{
	c->sk->sk_data_ready = wake_up;
	return wakeups;
}

/* SO_RCVLOWAT: who waits for more than fits must be woken when no more fits. */
static void full_buffer_wakes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 32768);
	int i;

	CATCH_EQ(catch_setsockopt(c, SOL_SOCKET, SO_RCVLOWAT, 8192), 0);
	count_wakeups(c);
	for (i = 0; i < 100; i++)
		PEER(c, ACK, 1 + i, 1, .len = 1, .nonlinear = true);
	KUNIT_EXPECT_GT(test, stop_counting(c), 0U);
}

/* ... and when what comes is refused; but the end of the stream is taken. */
static void refused_text_wakes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 32768);

	PEER(c, ACK, 1, 1, .len = 1000, .nonlinear = true);
	WRITE_ONCE(c->sk->sk_rcvbuf, 100);
	FORGET(c);
	count_wakeups(c);
	PEER(c, ACK, 1001, 1, .len = 1000, .nonlinear = true);
	KUNIT_EXPECT_EQ(test, stop_counting(c), 1U);
	EXPECT(c, ACK, 1, 1001);
	EXPECT_COUNTED(c, receive_drops, 1);
	PEER(c, FIN | ACK, 1001, 1);
	EXPECT(c, ACK, 1, 1002);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	RECV_N(c, 1000);
	RECV_EOF(c);
}

/* ... and when all connections together have little memory left: as poll(2) tells. */
static void memory_pressure_wakes(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	unsigned long *pressure = c->sk->sk_prot->memory_pressure;

	CATCH_EQ(catch_setsockopt(c, SOL_SOCKET, SO_RCVLOWAT, 8192), 0);
	count_wakeups(c);
	PEER(c, ACK, 1, 1, .len = 10);
	KUNIT_EXPECT_EQ(test, wakeups, 0U);
	WRITE_ONCE(*pressure, 1);
	PEER(c, ACK, 11, 1, .len = 10);
	WRITE_ONCE(*pressure, 0);
	KUNIT_EXPECT_EQ(test, stop_counting(c), 1U);
}

/* SO_RCVBUFFORCE, or an administrator's tcp_rmem: twice as much is no int. */
static void largest_buffer(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = INT_MAX - 1);

	PEER(c, ACK, 1, 1, .len = 1000, .nonlinear = true);
	PEER(c, ACK, 1001, 1, .len = 1000, .nonlinear = true);
	RECV_N(c, 2000);
}

/* An urgent octet that is passed over does not hold its buffer. */
static void urgent_octet_passed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, URG | ACK, 1, 1, .len = 1, .urg = 1);
	KUNIT_EXPECT_FALSE(test, skb_queue_empty(&c->sk->sk_receive_queue));
	PEER(c, URG | ACK, 2, 1, .urg = 5);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&c->sk->sk_receive_queue));
	PEER(c, ACK, 2, 1, "text");
	RECV(c, "text");
}

/* --- References --- */

static void accounts_sockets(struct kunit *test)
{
	unsigned int before = catch_count_socks();
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .passive = true);

	/* The listener and its child */
	KUNIT_EXPECT_EQ(test, catch_count_socks(), before + 2);
	ABORT(c);
	KUNIT_EXPECT_EQ(test, catch_count_socks(), before + 1);
}

static u32 test_ssthresh(struct mytcp_cong *cong, u32 in_flight)
{
	return in_flight;
}

static void test_avoid(struct mytcp_cong *cong, const struct mytcp_ack_sample *s)
{
}

static u32 test_undo(struct mytcp_cong *cong)
{
	return cong->cwnd;
}

static struct mytcp_cong_ops test_cong = {
	.name		= "hostile",
	.owner		= THIS_MODULE,
	.ssthresh	= test_ssthresh,
	.cong_avoid	= test_avoid,
	.undo_cwnd	= test_undo,
};

/* A child uses its listener's algorithm, and must hold it as the listener does. */
static void child_holds_algorithm(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_LISTEN);
	const struct mytcp_cong_ops *was = mytcp_sk(c->sk)->cong.ops;
	int before;

	KUNIT_ASSERT_EQ(test, mytcp_cong_register(&test_cong), 0);
	__module_get(test_cong.owner);
	mytcp_sk(c->sk)->cong.ops = &test_cong;
	PEER(c, SYN, 0);
	before = module_refcount(THIS_MODULE);
	PEER(c, ACK, 1, 1);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	PEER(c, RST, 1);
	mytcp_sk(c->sk)->cong.ops = was;
	module_put(test_cong.owner);
	CLOSE(c);
	mytcp_cong_unregister(&test_cong);
}

static DECLARE_COMPLETION(timer_ran);
static int timer_took;

/* What others may do while the callback is at its end: arm it, and once more. */
static enum hrtimer_restart arm_twice(struct hrtimer *timer)
{
	struct mytcp_sock *ms = container_of(timer, struct mytcp_sock, timer);
	struct sock *sk = mytcp_to_sk(ms);
	int before = refcount_read(&sk->sk_refcnt);

	mytcp_timer_arm(sk, ktime_get_ns() + 3600 * NSEC_PER_SEC);
	mytcp_timer_arm(sk, ktime_get_ns() + 1800 * NSEC_PER_SEC);
	timer_took = refcount_read(&sk->sk_refcnt) - before;
	complete(&timer_ran);
	return HRTIMER_NORESTART;
}

/* The timer fires once, however often it was armed: one reference, if any. */
static void timer_armed_twice(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	enum hrtimer_restart (*fired)(struct hrtimer *) = ms->timer.function;
	u64 clock = mytcp_test_clock;

	reinit_completion(&timer_ran);
	ms->timer.function = arm_twice;
	WRITE_ONCE(mytcp_test_clock, 0);
	lock_sock(c->sk);
	mytcp_timer_arm(c->sk, ktime_get_ns() + NSEC_PER_MSEC);
	release_sock(c->sk);
	wait_for_completion(&timer_ran);
	hrtimer_cancel(&ms->timer);
	ms->timer.function = fired;
	ms->timer_expires = MYTCP_NEVER;
	WRITE_ONCE(mytcp_test_clock, clock);
	KUNIT_EXPECT_LE(test, timer_took, 1);
}

/* Buffers of what was sent are not split without bound, but for the first. */
static void splits_are_bounded(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true);
	struct sk_buff *head, *second;

	SEND_N(c, 1000);
	FORGET(c);
	/* Not the same buffer: it was sent */
	SEND_N(c, 1000);
	FORGET(c);
	lock_sock(c->sk);
	head = mytcp_sent_head(c->sk);
	second = skb_rb_next(head);
	KUNIT_EXPECT_NOT_NULL(test, second);
	if (second) {
		int more = 3 * c->sk->sk_sndbuf + SZ_1M;

		c->sk->sk_wmem_queued += more;
		KUNIT_EXPECT_EQ(test, mytcp_fragment(c->sk, second, 100), -ENOSPC);
		KUNIT_EXPECT_EQ(test, second->len, 1000);
		KUNIT_EXPECT_EQ(test, mytcp_fragment(c->sk, head, 100), 0);
		c->sk->sk_wmem_queued -= more;
		KUNIT_EXPECT_EQ(test, mytcp_fragment(c->sk, second, 100), 0);
	}
	release_sock(c->sk);
	PEER(c, ACK, 1, 2001);
	KUNIT_EXPECT_EQ(test, c->sk->sk_wmem_queued, 0);
}

static struct kunit_case hostile_cases[] = {
	KUNIT_CASE(orphan_is_not_probed_for_ever),
	KUNIT_CASE(orphan_is_not_repeated_for_ever),
	KUNIT_CASE(firewall_ends_it),
	KUNIT_CASE(text_behind_fin),
	KUNIT_CASE(nagle_after_half_a_circle),
	KUNIT_CASE(recover_keeps_pace),
	KUNIT_CASE(full_buffer_wakes),
	KUNIT_CASE(refused_text_wakes),
	KUNIT_CASE(memory_pressure_wakes),
	KUNIT_CASE(largest_buffer),
	KUNIT_CASE(urgent_octet_passed),
	KUNIT_CASE(accounts_sockets),
	KUNIT_CASE(child_holds_algorithm),
	KUNIT_CASE(timer_armed_twice),
	KUNIT_CASE(splits_are_bounded),
	{}
};

static struct kunit_suite hostile_suite = {
	.name = "mytcp-hostile",
	.test_cases = hostile_cases,
};

kunit_test_suite(hostile_suite);
