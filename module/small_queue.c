// SPDX-License-Identifier: GPL-2.0
/*
 * Small queues: see small_queue.h.
 *
 * Lifetime: a socket in a tasklet's list is held by one octet of sk_wmem_alloc, as it
 * is by a buffer below: its memory stays, and the module's exit waits for it, but the
 * connection may end meanwhile and its namespace be gone. So nothing of a socket in
 * CLOSE is looked at.
 */
#include <linux/interrupt.h>
#include <linux/llist.h>
#include <linux/percpu.h>

#include "output.h"
#include "small_queue.h"

/* One CPU's sockets that may go on. */
struct small_queue {
	struct tasklet_struct tasklet;
	struct llist_head waiting;
};

static DEFINE_PER_CPU(struct small_queue, small_queues);

/* Nothing is sent again before the queue has fewer buffers than this. */
#define SMALL_QUEUE_BUFFERS	2

/* Octets, with the kernel's own charges, that may be below. */
static unsigned long small_queue_limit(const struct sock *sk, const struct sk_buff *skb)
{
	unsigned long limit = READ_ONCE(sk->sk_pacing_rate) >>
			      READ_ONCE(sk->sk_pacing_shift);

	limit = max_t(unsigned long, limit, SMALL_QUEUE_BUFFERS * skb->truesize);
	/* A rate that nobody enforces is no promise that the queue empties so fast. */
	if (READ_ONCE(sk->sk_pacing_status) == SK_PACING_NONE)
		limit = min_t(unsigned long, limit,
			      READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_limit_output_bytes));
	return limit;
}

/*
 * Is no more than one buffer on the way? Where a device frees buffers late, the
 * next ACK must find something to answer.
 */
static bool small_queue_starved(const struct sock *sk)
{
	const struct rb_node *root = sk->tcp_rtx_queue.rb_node;

	return !root || (!root->rb_left && !root->rb_right);
}

/**
 * mytcp_small_queue_full() - is there enough of a connection in the queues below?
 * @sk: locked
 * @skb: what would be sent next
 * @again: it would be sent again, which is more urgent: twice as much may wait
 *
 * Return: true: stop; sending goes on by itself when a buffer is freed.
 */
bool mytcp_small_queue_full(struct sock *sk, const struct sk_buff *skb, bool again)
{
	unsigned long limit = small_queue_limit(sk, skb) << again;

	if (likely(refcount_read(&sk->sk_wmem_alloc) <= limit) || small_queue_starved(sk))
		return false;
	set_bit(MYTCP_TSQ_THROTTLED, &sk->sk_tsq_flags);
	/* It may have been freed just now: pairs with mytcp_small_queue_freed(). */
	smp_mb__after_atomic();
	return refcount_read(&sk->sk_wmem_alloc) > limit;
}

/**
 * mytcp_small_queue_holds() - does what was sent of a buffer still wait below?
 * @sk: locked
 * @skb: of the send queue, sent
 *
 * Then to send it again would only make the wait longer.
 *
 * Return: true: do not; sending goes on by itself when a buffer is freed.
 */
bool mytcp_small_queue_holds(struct sock *sk, const struct sk_buff *skb)
{
	if (likely(!skb_fclone_busy(sk, skb)))
		return false;
	set_bit(MYTCP_TSQ_THROTTLED, &sk->sk_tsq_flags);
	/* As in mytcp_small_queue_full() */
	smp_mb__after_atomic();
	return skb_fclone_busy(sk, skb);
}

/**
 * mytcp_small_queue_wake() - a buffer is freed, and the connection waits for that
 * @sk: not locked, or locked by whoever frees the buffer; a part of sk_wmem_alloc is
 *	the caller's
 *
 * Context: any but hard-irq.
 */
void mytcp_small_queue_wake(struct sock *sk)
{
	struct small_queue *queue;

	clear_bit(MYTCP_TSQ_THROTTLED, &sk->sk_tsq_flags);
	if (test_and_set_bit(MYTCP_TSQ_QUEUED, &sk->sk_tsq_flags))
		return;
	refcount_inc(&sk->sk_wmem_alloc);
	queue = get_cpu_ptr(&small_queues);
	if (llist_add(&mytcp_sk(sk)->small_queue, &queue->waiting))
		tasklet_schedule(&queue->tasklet);
	put_cpu_ptr(&small_queues);
}

/*
 * A buffer that could not leave this host is freed at once, which wakes a connection
 * that waits for another of its buffers: it would try again, and so on. That other one
 * will wake it, or the timer.
 */
static bool small_queue_woke_itself(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (likely(!ms->refused))
		return false;
	ms->refused = false;
	set_bit(MYTCP_TSQ_THROTTLED, &sk->sk_tsq_flags);
	return true;
}

static void small_queue_go_on(struct sock *sk)
{
	bh_lock_sock(sk);
	if (sock_owned_by_user(sk))
		set_bit(MYTCP_DEFER_RESUME, &mytcp_sk(sk)->deferred);
	else if (!small_queue_woke_itself(sk))
		mytcp_resume(sk);
	bh_unlock_sock(sk);
}

static void small_queue_run(struct tasklet_struct *tasklet)
{
	struct small_queue *queue = from_tasklet(queue, tasklet, tasklet);
	struct llist_node *list = llist_reverse_order(llist_del_all(&queue->waiting));
	struct mytcp_sock *ms, *next;

	/* An orphan that ends here must stay until the lock is let go of. */
	rcu_read_lock();
	llist_for_each_entry_safe(ms, next, list, small_queue) {
		struct sock *sk = mytcp_to_sk(ms);

		/* From here on it may be in a list again. */
		smp_mb__before_atomic();
		clear_bit(MYTCP_TSQ_QUEUED, &sk->sk_tsq_flags);
		small_queue_go_on(sk);
		sk_free(sk);
	}
	rcu_read_unlock();
}

/**
 * mytcp_small_queue_init() - before there is a socket
 */
void mytcp_small_queue_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct small_queue *queue = per_cpu_ptr(&small_queues, cpu);

		init_llist_head(&queue->waiting);
		tasklet_setup(&queue->tasklet, small_queue_run);
	}
}

/**
 * mytcp_small_queue_exit() - the last socket is gone
 *
 * The lists are empty; who emptied them may still be about to return.
 *
 * Context: process; may sleep.
 */
void mytcp_small_queue_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		tasklet_kill(&per_cpu_ptr(&small_queues, cpu)->tasklet);
}
