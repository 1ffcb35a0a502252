// SPDX-License-Identifier: GPL-2.0
/*
 * Passive opens: see listen.h.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/net.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <net/request_sock.h>

#include "compat.h"
#include "demux.h"
#include "fastopen.h"
#include "input.h"
#include "listen.h"
#include "port.h"
#include "reply.h"
#include "request.h"
#include "reserve.h"
#include "stateless.h"
#include "stats.h"

/* A listener with a small backlog may still shake hands with a few at once. */
#define LISTEN_SYN_QUEUE_MIN	16U

/*
 * SYN: from LISTEN to SYN-RECEIVED.
 */

/**
 * mytcp_listen_syn_limit() - how many handshakes a listener may have at once
 * @listener: locked or not
 *
 * RFC 9293 section 3.10.1 leaves it to us; the limits are the kernel's.
 *
 * Return: requests.
 */
u32 mytcp_listen_syn_limit(const struct sock *listener)
{
	u32 limit = max(READ_ONCE(listener->sk_max_ack_backlog),
			LISTEN_SYN_QUEUE_MIN);
	int sysctl = READ_ONCE(sock_net(listener)->ipv4.sysctl_max_syn_backlog);

	return min_t(u32, limit, sysctl);
}

static bool listen_syn_queue_full(const struct sock *listener)
{
	return atomic_read(&mytcp_sk(listener)->syn_queue_len) >=
	       mytcp_listen_syn_limit(listener);
}

/* net.ipv4.tcp_syncookies */
enum listen_syncookies {
	LISTEN_SYNCOOKIES_NEVER,
	LISTEN_SYNCOOKIES_OVERFLOW,	/* when the SYN queue is full */
	LISTEN_SYNCOOKIES_ALWAYS,
};

/* What is done about a SYN. */
enum listen_answer {
	LISTEN_DROP,
	LISTEN_REQUEST,		/* in the SYN queue: request.h */
	LISTEN_COOKIE,		/* stateless.h */
};

/* Once a listener. */
static void listen_warn_flood(struct sock *listener, const char *what)
{
	struct mytcp_sock *lms = mytcp_sk(listener);

	if (READ_ONCE(lms->flood_warned) || xchg(&lms->flood_warned, 1))
		return;
	net_info_ratelimited("possible SYN flooding on port %pI4:%u. %s.\n",
			     &lms->node.tuple.laddr.v4,
			     ntohs(lms->node.tuple.lport), what);
}

/*
 * Over a TIME_WAIT entry, ours or the kernel's, there is always a request: no cookie
 * can be made to lie beyond the entry's numbers (RFC 6191), and its ACK would be the
 * kernel's entry's. Their number is bounded, as in the kernel's TCP.
 */
static bool listen_over_timewait(const struct mytcp_tuple *tuple, u32 isn_min)
{
	return isn_min || mytcp_reserve_connected(tuple);
}

/* The SYN queue is full, or is not to be used. */
static enum listen_answer listen_overflow(struct sock *listener,
					  const struct mytcp_tuple *tuple, u8 mode)
{
	switch (mode) {
	case LISTEN_SYNCOOKIES_ALWAYS:
		return LISTEN_COOKIE;
	case LISTEN_SYNCOOKIES_NEVER:
		listen_warn_flood(listener, "Dropping request");
		mytcp_count(tuple->net, syn_queue_drops);
		return LISTEN_DROP;
	default:
		listen_warn_flood(listener, "Sending cookies");
		return LISTEN_COOKIE;
	}
}

static enum listen_answer listen_answer(struct sock *listener,
					const struct mytcp_tuple *tuple, u32 isn_min)
{
	u8 mode = READ_ONCE(tuple->net->ipv4.sysctl_tcp_syncookies);

	if (sk_acceptq_is_full(listener)) {
		mytcp_count(tuple->net, backlog_drops);
		return LISTEN_DROP;
	}
	if (mode != LISTEN_SYNCOOKIES_ALWAYS && !listen_syn_queue_full(listener))
		return LISTEN_REQUEST;
	if (listen_over_timewait(tuple, isn_min))
		return LISTEN_REQUEST;
	return listen_overflow(listener, tuple, mode);
}

/**
 * mytcp_listen_lsm_allows() - may somebody connect?
 * @listener: not locked
 * @skb: what has come
 * @tuple: its addresses and ports
 *
 * Security modules judge a connection request by a structure of the kernel's TCP:
 * give them one with what they look at.
 *
 * Context: soft-irq, RCU.
 * Return: true when all of them allow it.
 */
bool mytcp_listen_lsm_allows(struct sock *listener, struct sk_buff *skb,
			     const struct mytcp_tuple *tuple)
{
	static struct request_sock_ops ops = { .family = AF_INET };
	struct inet_request_sock ireq = { .req.rsk_ops = &ops };
	bool allowed;

	ireq.ir_mark = inet_request_mark(listener, skb);
	ireq.ir_iif = tuple->dif;
	ireq.ir_num = ntohs(tuple->lport);
	ireq.ir_rmt_port = tuple->rport;
	ireq.ir_loc_addr = tuple->laddr.v4;
	ireq.ir_rmt_addr = tuple->raddr.v4;
	allowed = !security_inet_conn_request(listener, skb, &ireq.req);
	/* NetLabel may have added IP options; ours go without. */
	kfree(rcu_dereference_protected(ireq.ireq_opt, true));
	return allowed;
}

/* RFC 9293 section 3.10.7.2, third: check for a SYN. Consumes skb. */
static void listen_syn(struct sock *listener, struct sk_buff *skb,
		       const struct mytcp_tuple *tuple,
		       const struct mytcp_segment *seg, u32 isn_min)
{
	enum listen_answer answer = listen_answer(listener, tuple, isn_min);

	if (answer == LISTEN_DROP || !mytcp_listen_lsm_allows(listener, skb, tuple))
		kfree_skb(skb);
	else if (answer == LISTEN_COOKIE)
		mytcp_stateless_syn(listener, skb, tuple, seg);
	else
		mytcp_request_open(listener, skb, tuple, seg, isn_min);
}

/*
 * Second: check for an ACK. "Any acknowledgment is bad if it arrives on a connection
 * still in the LISTEN state", unless a cookie says that it is not. False: it is bad.
 */
static bool listen_ack(struct sock *listener, struct sk_buff *skb,
		       const struct mytcp_tuple *tuple,
		       const struct mytcp_segment *seg)
{
	return !(seg->flags & MYTCP_FLAG_SYN) &&
	       mytcp_stateless_ack(listener, skb, tuple, seg);
}

/**
 * mytcp_listen_segment() - a segment without a connection for a listener
 * @listener: not locked
 * @skb: the segment; consumed
 * @tuple: its addresses and ports
 * @isn_min: our ISN must not be before this one (a SYN over a TIME_WAIT entry,
 *	RFC 6191); 0: any
 *
 * RFC 9293 section 3.10.7.2.
 *
 * Context: soft-irq, RCU.
 */
void mytcp_listen_segment(struct sock *listener, struct sk_buff *skb,
			  const struct mytcp_tuple *tuple, u32 isn_min)
{
	enum skb_drop_reason reason = SKB_DROP_REASON_TCP_FLAGS;
	const struct mytcp_lower *lower = mytcp_sk(listener)->lower;
	struct mytcp_segment seg;

	if (!mytcp_parse(skb, &seg)) {
		mytcp_count(tuple->net, in_errs);
		goto drop;
	}
	if (READ_ONCE(listener->sk_state) != TCP_LISTEN) {
		reason = SKB_DROP_REASON_TCP_CLOSE;
		goto drop;
	}

	/* First: an RST cannot be for anything sent here. */
	if (seg.flags & MYTCP_FLAG_RST) {
		reason = SKB_DROP_REASON_TCP_RESET;
	} else if (seg.flags & MYTCP_FLAG_ACK) {
		if (listen_ack(listener, skb, tuple, &seg))
			return;
		mytcp_reply_reset(lower, tuple, listener, skb, &seg);
	} else if (seg.flags & MYTCP_FLAG_SYN) {
		listen_syn(listener, skb, tuple, &seg, isn_min);
		return;
	}
drop:
	kfree_skb_reason(skb, reason);
}

/*
 * The accept queue.
 */

/**
 * mytcp_listen_add_child() - a connection is ready to be accepted
 * @listener: not locked
 * @child: locked, ESTABLISHED or beyond; by Fast Open from SYN_RECV on
 *
 * Context: soft-irq.
 * Return: false when the listener has closed.
 */
bool mytcp_listen_add_child(struct sock *listener, struct sock *child)
{
	struct mytcp_sock *lms = mytcp_sk(listener);
	struct mytcp_sock *cms = mytcp_sk(child);
	bool open;

	spin_lock(&lms->accept_lock);
	open = READ_ONCE(listener->sk_state) == TCP_LISTEN;
	if (open) {
		cms->listener = listener;
		list_add_tail(&cms->accept_link, &lms->accept_queue);
		sk_acceptq_added(listener);
	}
	spin_unlock(&lms->accept_lock);
	return open;
}

/*
 * The user's side.
 */

/**
 * mytcp_listen_start() - listen(2): RFC 9293 section 3.10.1, passive OPEN
 * @sk: locked; CLOSE and bound, or LISTEN: then the backlog is changed
 * @backlog: how many completed connections may wait to be accepted
 *
 * Context: process; may sleep.
 * Return: 0, or -EADDRINUSE when another one listens there, in either stack.
 */
int mytcp_listen_start(struct sock *sk, int backlog)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int err;

	WRITE_ONCE(sk->sk_max_ack_backlog, backlog);
	if (sk->sk_state == TCP_LISTEN)
		return 0;

	sk->sk_ack_backlog = 0;
	ms->flood_warned = 0;
	ms->cookie_ns = 0;
	mytcp_fastopen_listen(sk, backlog);
	mytcp_port_local_name(sk, &ms->node.tuple);
	/* As long as the state is CLOSE, segments for it are dropped. */
	mytcp_demux_add_listener(sk);
	err = mytcp_port_listen(sk);
	if (err) {
		mytcp_demux_del_listener(sk);
		return err;
	}
	sk_dst_reset(sk);
	mytcp_set_state(sk, TCP_LISTEN);
	return 0;
}

static void listen_reset_child(struct sock *child)
{
	struct mytcp_sock *ms = mytcp_sk(child);

	sock_hold(child);
	local_bh_disable();
	bh_lock_sock(child);
	ms->now = mytcp_clock();
	ms->listener = NULL;
	mytcp_child_discard(child);
	bh_unlock_sock(child);
	local_bh_enable();
	sock_put(child);
}

/* Children that were never accepted are reset, as the kernel's TCP does. */
static void listen_reset_children(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk), *child, *next;
	LIST_HEAD(children);

	spin_lock_bh(&ms->accept_lock);
	list_splice_init(&ms->accept_queue, &children);
	WRITE_ONCE(sk->sk_ack_backlog, 0);
	spin_unlock_bh(&ms->accept_lock);

	list_for_each_entry_safe(child, next, &children, accept_link) {
		list_del_init(&child->accept_link);
		listen_reset_child(mytcp_to_sk(child));
	}
}

/**
 * mytcp_listen_stop() - the listener closes
 * @sk: locked, its state is CLOSE already
 *
 * Its requests are dropped, its children in the accept queue are reset.
 *
 * Context: process; may sleep.
 */
void mytcp_listen_stop(struct sock *sk)
{
	/* In this order no SYN finds the port's reservation listening. */
	mytcp_port_unlisten(sk);
	mytcp_demux_del_listener(sk);
	mytcp_requests_drop(sk);
	listen_reset_children(sk);
}

static struct sock *listen_take_child(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk), *child;

	spin_lock_bh(&ms->accept_lock);
	child = list_first_entry_or_null(&ms->accept_queue, struct mytcp_sock,
					 accept_link);
	if (child) {
		list_del_init(&child->accept_link);
		child->listener = NULL;
		sk_acceptq_removed(sk);
	}
	spin_unlock_bh(&ms->accept_lock);
	return child ? mytcp_to_sk(child) : NULL;
}

/* Wait once; 0: look again. Exclusive: one connection wakes one thread. */
static int listen_wait(struct sock *sk, long *timeo)
{
	DEFINE_WAIT(wait);

	if (!*timeo)
		return -EAGAIN;

	prepare_to_wait_exclusive(sk_sleep(sk), &wait, TASK_INTERRUPTIBLE);
	release_sock(sk);
	if (!mytcp_accept_ready(sk))
		*timeo = schedule_timeout(*timeo);
	sched_annotate_sleep();
	lock_sock(sk);
	finish_wait(sk_sleep(sk), &wait);

	if (signal_pending(current) && !mytcp_accept_ready(sk))
		return sock_intr_errno(*timeo);
	return 0;
}

/**
 * mytcp_accept() - accept(2): the oldest connection in the queue
 * @sk: locked; the lock is given up while waiting
 * @timeo: how long to wait, in jiffies; 0: not at all
 *
 * It may have been reset meanwhile: then the user learns of it by using it.
 *
 * Context: process; may sleep.
 * Return: the connection, whose reference is the caller's now; -EAGAIN; -EINVAL
 * when @sk does not, or no longer, listen; -ERESTARTSYS or -EINTR.
 */
struct sock *mytcp_accept(struct sock *sk, long timeo)
{
	struct sock *child;
	int err;

	for (;;) {
		if (sk->sk_state != TCP_LISTEN)
			return ERR_PTR(-EINVAL);
		child = listen_take_child(sk);
		if (child)
			return child;
		err = listen_wait(sk, &timeo);
		if (err)
			return ERR_PTR(err);
	}
}
