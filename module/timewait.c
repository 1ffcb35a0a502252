// SPDX-License-Identifier: GPL-2.0
/*
 * TIME_WAIT: see timewait.h.
 */
#include <linux/slab.h>
#include <net/ip.h>

#include "clock.h"
#include "compat.h"
#include "demux.h"
#include "input.h"
#include "pernet.h"
#include "port.h"
#include "reply.h"
#include "secret.h"
#include "sock.h"
#include "stats.h"
#include "timewait.h"

/* RFC 6191 section 2 leaves the amount to us; Linux's: more than any old window. */
#define TIMEWAIT_ISN_STEP	(65535 + 2)

/* What an old duplicate may trigger: one answer in so many quarters of a second. */
#define TIMEWAIT_ANSWER_TICK_NS	(NSEC_PER_SEC / 4)
#define TIMEWAIT_ANSWER_TICKS	2

/* As the kernel's tcp_tw_reuse: our own timestamp clock has ticked by then. */
#define TIMEWAIT_REUSE_MIN_NS	NSEC_PER_SEC

static struct kmem_cache *timewait_cache __read_mostly;

/* Now, in the unit of mytcp_timewait.answered. */
static u8 timewait_tick(void)
{
	return div_u64(mytcp_clock(), TIMEWAIT_ANSWER_TICK_NS) & 63;
}

static struct mytcp_fifo *timewait_fifo(const struct mytcp_timewait *tw)
{
	return &mytcp_pernet(tw->node.tuple.net)->time_wait;
}

static void timewait_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(timewait_cache,
			container_of(rcu, struct mytcp_timewait, rcu));
}

/* Unhashed by the caller, and thus his; readers may still look at it. */
static void timewait_release(struct mytcp_timewait *tw)
{
	mytcp_fifo_del(timewait_fifo(tw), &tw->wait);
	if (tw->bucket)
		mytcp_port_drop(tw->bucket, tw->reuse);
	call_rcu(&tw->rcu, timewait_free_rcu);
}

/**
 * mytcp_timewait_kill() - end an entry before its time
 * @tw: the entry, RCU
 *
 * Context: any but hard-irq.
 * Return: false when someone else was first.
 */
bool mytcp_timewait_kill(struct mytcp_timewait *tw)
{
	if (!mytcp_demux_del(&tw->node))
		return false;
	timewait_release(tw);
	return true;
}

/**
 * mytcp_timewait_expired() - an entry has waited for 2 MSL
 * @fifo: the namespace's queue
 * @entry: the entry's place in it
 *
 * Context: soft-irq, RCU.
 *
 * Rules: MUST-13
 */
void mytcp_timewait_expired(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry)
{
	struct mytcp_timewait *tw = container_of(entry, struct mytcp_timewait, wait);
	struct net *net = tw->node.tuple.net;

	if (mytcp_timewait_kill(tw))
		mytcp_count(net, time_wait_reaped);
}

static struct mytcp_timewait *timewait_alloc(struct net *net)
{
	u32 max = READ_ONCE(net->ipv4.tcp_death_row.sysctl_max_tw_buckets);
	struct mytcp_timewait *tw = NULL;

	if (mytcp_timewait_count(net) < max)
		tw = kmem_cache_zalloc(timewait_cache, GFP_ATOMIC);
	if (!tw)
		mytcp_count(net, time_wait_overflow);
	return tw;
}

static void timewait_fill(struct mytcp_timewait *tw, const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	tw->node.tuple = ms->node.tuple;
	tw->node.kind = MYTCP_NODE_TIMEWAIT;
	mytcp_fifo_entry_init(&tw->wait);
	tw->snd_nxt = ms->snd_nxt;
	tw->rcv_nxt = ms->rcv_nxt;
	tw->rcv_wnd = min_t(u32, mytcp_receive_window(ms) >> ms->rcv_wscale,
			    U16_MAX);
	tw->tos = inet_sk(sk)->tos;
	tw->answered = timewait_tick() - TIMEWAIT_ANSWER_TICKS;
	tw->ts_ok = ms->ts_ok;
	tw->reuse = !!sk->sk_reuse;
	if (ms->ts_ok)
		tw->ts_recent = ms->ts_recent;
}

/**
 * mytcp_timewait_enter() - a connection goes to TIME_WAIT
 * @sk: both FINs are acknowledged, ours by the peer and the peer's by us; locked
 *
 * An entry takes the socket's place in the demultiplexer and the socket becomes
 * CLOSE, by mytcp_done(). When there are too many entries, or no memory, there is
 * none, and the connection just ends: the peer's FIN, should our ACK be lost, will
 * be answered by an RST.
 *
 * Context: any but hard-irq; the caller has a reference or RCU is held.
 */
void mytcp_timewait_enter(struct sock *sk)
{
	struct mytcp_timewait *tw = timewait_alloc(sock_net(sk));
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (tw) {
		timewait_fill(tw, sk);
		tw->bucket = mytcp_port_hold(ms->bucket, tw->reuse);
		/*
		 * First the queue, then the hash: who takes it out of the hash
		 * may be another CPU at once, and takes it out of the queue.
		 */
		rcu_read_lock();
		mytcp_fifo_add(timewait_fifo(tw), &tw->wait);
		if (!mytcp_demux_replace(&ms->node, &tw->node))
			timewait_release(tw);
		else if (!mytcp_fifo_refresh(timewait_fifo(tw), &tw->wait))
			/* It expired before it could be found in the hash. */
			mytcp_timewait_kill(tw);
		rcu_read_unlock();
	}
	mytcp_done(sk);
}

/* Is the segment older than what we have seen? RFC 7323 section 5. */
static bool timewait_paws_reject(const struct mytcp_timewait *tw,
				 const struct mytcp_segment *seg)
{
	return tw->ts_ok && mytcp_ts_older(seg, READ_ONCE(tw->ts_recent));
}

/*
 * RFC 6191 section 2: may this SYN open the connection anew? With timestamps when
 * they are newer, or equal and the sequence number says so; else when the
 * sequence number is beyond all that the old connection has used.
 * Rules: MAY-2, SHLD-4
 */
static bool timewait_syn_is_new(const struct mytcp_timewait *tw,
				const struct mytcp_segment *seg)
{
	if (tw->ts_ok && seg->opt.has_ts &&
	    seg->opt.ts_val != READ_ONCE(tw->ts_recent))
		return !timewait_paws_reject(tw, seg);
	return seq_after(seg->seq, tw->rcv_nxt);
}

static u32 timewait_isn_min(const struct mytcp_timewait *tw)
{
	/* 0 means that there is no minimum. */
	return tw->snd_nxt + TIMEWAIT_ISN_STEP ?: 1;
}

static void timewait_ack(const struct mytcp_timewait *tw, struct sk_buff *skb,
			 const struct mytcp_lower *lower)
{
	const struct mytcp_tuple *tuple = &tw->node.tuple;
	struct mytcp_reply_segment ack = {
		.seq = tw->snd_nxt,
		.ack = tw->rcv_nxt,
		.wnd = tw->rcv_wnd,
		.flags = MYTCP_FLAG_ACK,
	};
	struct mytcp_reply to = {
		.tuple = *tuple,
		.mark = mytcp_reply_mark(tuple->net, NULL, skb),
		.tos = tw->tos,
		.route_tos = tw->tos,
	};

	if (tw->ts_ok) {
		ack.opt.has_ts = true;
		ack.opt.ts_val = mytcp_ts_at(mytcp_clock(),
					     mytcp_tuple_ts_offset(tuple));
		ack.opt.ts_ecr = READ_ONCE(tw->ts_recent);
	}
	mytcp_reply_send(lower, &to, &ack);
}

/*
 * Two entries could answer each other's ACKs for ever: so an entry answers only
 * so often, whatever the namespace's limit allows.
 */
static bool timewait_answer_due(struct mytcp_timewait *tw)
{
	u8 tick = timewait_tick();

	if (((tick - tw->answered) & 63) < TIMEWAIT_ANSWER_TICKS)
		return false;
	tw->answered = tick;
	return true;
}

/**
 * mytcp_timewait_challenge() - answer a segment that TIME_WAIT does not expect
 * @tw: the entry, RCU
 * @skb: the segment; stays the caller's
 * @lower: the network layer
 *
 * By an ACK (RFC 9293 section 3.10.7.4, first and fourth), which is rate limited.
 *
 * Context: soft-irq.
 */
void mytcp_timewait_challenge(struct mytcp_timewait *tw, struct sk_buff *skb,
			      const struct mytcp_lower *lower)
{
	if (timewait_answer_due(tw) &&
	    mytcp_challenge_allowed(tw->node.tuple.net))
		timewait_ack(tw, skb, lower);
}

/* Is it the peer's FIN once more, because our ACK was lost? */
static bool timewait_is_late_fin(const struct mytcp_timewait *tw,
				 const struct mytcp_segment *seg)
{
	return (seg->flags & MYTCP_FLAG_FIN) && !(seg->flags & MYTCP_FLAG_SYN) &&
	       seg->seq + mytcp_seg_len(seg) == tw->rcv_nxt;
}

/**
 * mytcp_timewait_segment() - a segment for an entry
 * @tw: the entry, RCU
 * @skb: the segment; stays the caller's
 * @lower: the network layer that it came from
 * @isn_min: with MYTCP_TW_NEW: the least ISN for our SYN-ACK, not 0
 *
 * RFC 9293 section 3.10.7.4 for TIME-WAIT. After the peer's FIN nothing can come
 * any more, so the window is closed: whatever has a length is not acceptable.
 *
 * Context: soft-irq.
 * Return: enum mytcp_timewait_verdict.
 */
enum mytcp_timewait_verdict
mytcp_timewait_segment(struct mytcp_timewait *tw, struct sk_buff *skb,
		       const struct mytcp_lower *lower, u32 *isn_min)
{
	struct net *net = tw->node.tuple.net;
	struct mytcp_segment seg;
	bool old;

	if (!mytcp_parse(skb, &seg)) {
		mytcp_count(net, in_errs);
		return MYTCP_TW_DONE;
	}

	/* RFC 1337 section 3, fix (F1): an RST must not end TIME-WAIT. */
	if (seg.flags & MYTCP_FLAG_RST)
		return MYTCP_TW_DONE;

	old = timewait_paws_reject(tw, &seg);
	if (old)
		mytcp_count(net, paws_drops);

	if ((seg.flags & (MYTCP_FLAG_SYN | MYTCP_FLAG_ACK)) == MYTCP_FLAG_SYN &&
	    !old && timewait_syn_is_new(tw, &seg)) {
		*isn_min = timewait_isn_min(tw);
		return MYTCP_TW_NEW;
	}

	/* Fifth and eighth: acknowledge it and restart the 2 MSL timeout. */
	if (!old && timewait_is_late_fin(tw, &seg)) {
		timewait_ack(tw, skb, lower);
		mytcp_fifo_refresh(timewait_fifo(tw), &tw->wait);
		return MYTCP_TW_DONE;
	}

	if (old || (seg.flags & MYTCP_FLAG_SYN) ||
	    !seq_acceptable(seg.seq, mytcp_seg_len(&seg), tw->rcv_nxt, 0))
		mytcp_timewait_challenge(tw, skb, lower);
	else if (tw->ts_ok && seg.opt.has_ts)
		WRITE_ONCE(tw->ts_recent, seg.opt.ts_val);
	return MYTCP_TW_DONE;
}

/* net.ipv4.tcp_tw_reuse: 0 never, 1 always, 2 to this host alone. */
static bool timewait_reuse_enabled(const struct mytcp_tuple *tuple)
{
	u8 mode = READ_ONCE(tuple->net->ipv4.sysctl_tcp_tw_reuse);

	if (mode != 2)
		return mode;
	if (tuple->family == AF_INET)
		return ipv4_is_loopback(tuple->laddr.v4) ||
		       ipv4_is_loopback(tuple->raddr.v4);
	return ipv6_addr_loopback(&tuple->laddr.v6) ||
	       ipv6_addr_loopback(&tuple->raddr.v6);
}

/**
 * mytcp_timewait_reuse() - may our own connect() take the tuple over?
 * @tw: the entry, RCU
 * @isn_min: on success the least ISN for our SYN, not 0
 * @ts_recent: on success what the new connection begins with: the peer's latest
 *	timestamp
 *
 * RFC 6191 seen from the other side: when timestamps are in use and ours has
 * ticked since, no segment of the old connection can be taken for one of the new.
 *
 * Context: any but hard-irq.
 * Return: true when it may: the entry is gone.
 */
bool mytcp_timewait_reuse(struct mytcp_timewait *tw, u32 *isn_min, u32 *ts_recent)
{
	struct net *net = tw->node.tuple.net;
	u64 since = READ_ONCE(tw->wait.expires) -
		    READ_ONCE(timewait_fifo(tw)->delay_ns);

	if (!tw->ts_ok || !timewait_reuse_enabled(&tw->node.tuple) ||
	    mytcp_clock() < since + TIMEWAIT_REUSE_MIN_NS)
		return false;

	*isn_min = timewait_isn_min(tw);
	*ts_recent = READ_ONCE(tw->ts_recent);
	if (!mytcp_timewait_kill(tw))
		return false;
	mytcp_count(net, time_wait_reused);
	return true;
}

/**
 * mytcp_timewait_purge() - the namespace ends: so do its entries
 * @net: the namespace; no connection is left that could make another
 *
 * Context: process.
 */
void mytcp_timewait_purge(struct net *net)
{
	struct mytcp_fifo *fifo = &mytcp_pernet(net)->time_wait;
	struct mytcp_fifo_entry *entry;

	mytcp_fifo_stop(fifo);
	rcu_read_lock();
	while ((entry = mytcp_fifo_pop(fifo)))
		mytcp_timewait_kill(container_of(entry, struct mytcp_timewait,
						 wait));
	rcu_read_unlock();
}

/**
 * mytcp_timewait_count() - how many entries there are
 * @net: the namespace
 *
 * Context: any.
 * Return: their number.
 */
u32 mytcp_timewait_count(struct net *net)
{
	return READ_ONCE(mytcp_pernet(net)->time_wait.count);
}

/**
 * mytcp_timewait_init_module() - make the cache of entries
 *
 * Return: 0 or -ENOMEM.
 */
int mytcp_timewait_init_module(void)
{
	/* The design's promise: half of what the kernel's TCP takes. */
	static_assert(sizeof(struct mytcp_timewait) <= 128);
	static_assert(offsetof(struct mytcp_timewait, rcu) >=
		      offsetofend(struct mytcp_timewait, wait.link));

	timewait_cache = kmem_cache_create("mytcp_timewait",
					   sizeof(struct mytcp_timewait), 0,
					   SLAB_HWCACHE_ALIGN, NULL);
	return timewait_cache ? 0 : -ENOMEM;
}

/**
 * mytcp_timewait_exit_module() - the reverse; no namespace has an entry
 */
void mytcp_timewait_exit_module(void)
{
	/* Entries go back in RCU callbacks. */
	rcu_barrier();
	kmem_cache_destroy(timewait_cache);
}
