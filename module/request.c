// SPDX-License-Identifier: GPL-2.0
/*
 * Handshakes of passive opens: see request.h.
 */
#include <linux/slab.h>
#include <net/busy_poll.h>
#include <net/inet_ecn.h>
#include <net/tcp.h>

#include "clock.h"
#include "compat.h"
#include "demux.h"
#include "ecn.h"
#include "fastopen.h"
#include "input.h"
#include "listen.h"
#include "lower.h"
#include "metrics.h"
#include "mss.h"
#include "pernet.h"
#include "port.h"
#include "rcvbuf.h"
#include "reassembly.h"
#include "recovery.h"
#include "reply.h"
#include "request.h"
#include "savesyn.h"
#include "secret.h"
#include "stateless.h"
#include "stats.h"

/*
 * Bytes of memory that the text of one SYN may hold, and how many SYNs may: nobody
 * is charged for it, and who listens with what backlog is up to any user.
 */
#define REQUEST_TEXT_MAX	SKB_TRUESIZE(4096)
#define REQUEST_TEXTS_MAX	256
static atomic_t request_texts;

static struct kmem_cache *request_cache __read_mostly;

/*
 * Requests: birth and death.
 */

static struct mytcp_fifo *request_fifo(const struct mytcp_request *req)
{
	u8 step = min_t(u8, req->step, MYTCP_SYNACK_STEPS - 1);

	return &mytcp_pernet(req->node.tuple.net)->synack[step];
}

static void request_free_rcu(struct rcu_head *rcu)
{
	struct mytcp_request *req = container_of(rcu, struct mytcp_request, rcu);

	kfree(req->back);
	kmem_cache_free(request_cache, req);
}

/* The text that came with the SYN, or NULL: no longer the request's. */
static struct sk_buff *request_take_text(struct mytcp_request *req)
{
	struct sk_buff *skb = req->text;

	if (skb)
		atomic_dec(&request_texts);
	WRITE_ONCE(req->text, NULL);
	return skb;
}

/* The headers of the SYN (TCP_SAVE_SYN), or NULL: no longer the request's. */
static struct mytcp_saved_syn *request_take_syn(struct mytcp_request *req)
{
	struct mytcp_saved_syn *syn = req->saved_syn;

	req->saved_syn = NULL;
	return syn;
}

/* It is in no queue and no table any more; readers may still look at it. */
static void request_free(struct mytcp_request *req)
{
	kfree_skb(request_take_text(req));
	kfree(request_take_syn(req));
	atomic_dec(&mytcp_sk(req->listener)->syn_queue_len);
	sock_put(req->listener);
	call_rcu(&req->rcu, request_free_rcu);
}

/*
 * The handshake ends without a connection: back to LISTEN (RFC 9293 3.10.7.4).
 * False when someone else was first.
 * Rules: MUST-11
 */
static bool request_drop(struct mytcp_request *req)
{
	bool mine;

	spin_lock_bh(&req->lock);
	mine = mytcp_demux_del(&req->node);
	if (mine)
		mytcp_fifo_del(request_fifo(req), &req->wait);
	spin_unlock_bh(&req->lock);
	if (!mine)
		return false;

	mytcp_count(req->node.tuple.net, attempt_fails);
	request_free(req);
	return true;
}

/* Into the table, so that the ACK finds it, and into the first queue. */
static bool request_publish(struct mytcp_request *req)
{
	bool done;

	spin_lock_bh(&req->lock);
	done = !mytcp_demux_add(&req->node);
	if (done)
		mytcp_fifo_add(request_fifo(req), &req->wait);
	spin_unlock_bh(&req->lock);
	return done;
}

/*
 * Sending for a request.
 */

static struct mytcp_reply request_reply(const struct mytcp_request *req)
{
	return (struct mytcp_reply) {
		.tuple = req->node.tuple,
		.sk = req->listener,
		.mark = req->mark,
		.tos = req->tos,
		.route_tos = READ_ONCE(inet_sk(req->listener)->tos),
		.back = req->back,
	};
}

static u32 request_ts_now(const struct mytcp_request *req)
{
	return mytcp_ts_at(mytcp_clock(), req->ts_offset);
}

/**
 * mytcp_request_synack() - send <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>
 * @req: the request
 * @ts_val: TSval, if timestamps are in use
 * @again: it was sent before
 * @cookie: Fast Open's, or NULL
 *
 * Context: soft-irq, RCU.
 *
 * Rules: 7413-4.2.1-6
 */
void mytcp_request_synack(const struct mytcp_request *req, u32 ts_val, bool again,
			  const struct mytcp_fastopen_cookie *cookie)
{
	struct mytcp_reply_segment synack = {
		.seq = req->iss,
		.ack = req->irs + 1,
		/* RFC 7323 section 2.2: never scaled in a SYN. */
		.wnd = min_t(u32, req->rcv_wnd, U16_MAX),
		.flags = MYTCP_FLAG_SYN | MYTCP_FLAG_ACK |
			 (req->ecn_ok ? MYTCP_FLAG_ECE : 0),
		.again = again,
		.opt = {
			.mss = req->advmss,
			.has_wscale = req->wscale_ok,
			.wscale = req->rcv_wscale,
			.sack_ok = req->sack_ok,
			.has_ts = req->ts_ok,
			.ts_val = ts_val,
			.ts_ecr = READ_ONCE(req->ts_recent),
		},
	};
	struct mytcp_reply to = request_reply(req);

	if (cookie) {
		synack.opt.has_cookie = true;
		synack.opt.cookie = *cookie;
	}
	mytcp_reply_send(req->lower, &to, &synack);
}

static void request_resend_synack(const struct mytcp_request *req)
{
	mytcp_request_synack(req, request_ts_now(req), true, NULL);
}

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, rate limited: RFC 5961 section 7. */
static void request_challenge(const struct mytcp_request *req)
{
	struct mytcp_reply_segment ack = {
		.seq = req->iss + 1,
		.ack = req->irs + 1,
		.wnd = req->rcv_wnd >> req->rcv_wscale,
		.flags = MYTCP_FLAG_ACK,
		.opt = {
			.has_ts = req->ts_ok,
			.ts_val = request_ts_now(req),
			.ts_ecr = READ_ONCE(req->ts_recent),
		},
	};
	struct mytcp_reply to = request_reply(req);

	if (!mytcp_challenge_allowed(req->node.tuple.net))
		return;
	mytcp_reply_send(req->lower, &to, &ack);
}

/*
 * The SYN-ACK's timer.
 */

/* TCP_DEFER_ACCEPT of the listener, in steps of the timer. */
static u8 request_defer(const struct mytcp_request *req)
{
	return READ_ONCE(mytcp_sk(req->listener)->user.defer_accept);
}

/* How often the SYN-ACK is sent again: TCP_SYNCNT of the listener, or the sysctl. */
static u8 request_retries(const struct mytcp_request *req)
{
	return READ_ONCE(mytcp_sk(req->listener)->user.syn_retries) ?:
	       READ_ONCE(req->node.tuple.net->ipv4.sysctl_tcp_synack_retries);
}

/* A peer that has answered, and need only send something, is waited for longer. */
static bool request_may_wait(const struct mytcp_request *req)
{
	return req->step < request_retries(req) ||
	       (READ_ONCE(req->acked) && req->step < request_defer(req));
}

/*
 * While the user waits for text, not for the ACK that has come, there is nothing to
 * remind the peer of; only at the end, for a last ACK, which opens the connection.
 */
static bool request_reminds(const struct mytcp_request *req)
{
	return !READ_ONCE(req->acked) || req->step + 1 >= request_defer(req);
}

enum request_step {
	REQUEST_END,		/* it has ended or shall end */
	REQUEST_WAIT,
	REQUEST_REMIND,		/* with a SYN-ACK, and wait */
};

/* Wait for the next time, or no longer. */
static enum request_step request_requeue(struct mytcp_request *req)
{
	enum request_step step = REQUEST_END;

	spin_lock_bh(&req->lock);
	if (mytcp_node_hashed(&req->node) && request_may_wait(req) &&
	    READ_ONCE(req->listener->sk_state) == TCP_LISTEN) {
		step = request_reminds(req) ? REQUEST_REMIND : REQUEST_WAIT;
		/* Who has answered the first one has lost none. */
		if (step == REQUEST_REMIND && !READ_ONCE(req->acked))
			WRITE_ONCE(req->resent, true);
		WRITE_ONCE(req->step, req->step + 1);
		mytcp_fifo_add(request_fifo(req), &req->wait);
	}
	spin_unlock_bh(&req->lock);
	return step;
}

/**
 * mytcp_request_expired() - no ACK of our SYN-ACK came in time
 * @fifo: the queue of the request's step
 * @entry: the request's place in it
 *
 * Context: soft-irq, RCU.
 */
void mytcp_request_expired(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry)
{
	struct mytcp_request *req = container_of(entry, struct mytcp_request, wait);

	switch (request_requeue(req)) {
	case REQUEST_REMIND:
		request_resend_synack(req);
		break;
	case REQUEST_WAIT:
		break;
	case REQUEST_END:
		request_drop(req);
		break;
	}
}

/*
 * SYN: from LISTEN to SYN-RECEIVED.
 */

/*
 * What was offered and what the namespace allows.
 * Rules: 7323-2.2-1, 7323-3.2-4
 */
static void request_negotiate(struct mytcp_request *req,
			      const struct mytcp_options *opt)
{
	const struct net *net = req->node.tuple.net;

	req->mss = opt->mss;
	req->wscale_ok = opt->has_wscale &&
			 READ_ONCE(net->ipv4.sysctl_tcp_window_scaling);
	if (req->wscale_ok)
		req->snd_wscale = opt->wscale;
	req->sack_ok = opt->sack_ok && READ_ONCE(net->ipv4.sysctl_tcp_sack);
	req->ts_ok = opt->has_ts && READ_ONCE(net->ipv4.sysctl_tcp_timestamps);
	if (req->ts_ok) {
		req->ts_recent = opt->ts_val;
		req->ts_offset = mytcp_tuple_ts_offset(&req->node.tuple);
	}
}

/*
 * What the SYN,ACK says of us, by the way back: RFC 9293 section 3.7.1 and the first
 * window.
 * Rules: MUST-67, SHLD-5
 */
static void request_announce(struct mytcp_request *req, const struct mytcp_metrics *m)
{
	struct mytcp_rcvbuf_limits limits = { .clamp = m->window };
	u32 text;
	u8 wscale;

	req->advmss = mytcp_advertised_mss(READ_ONCE(mytcp_sk(req->listener)->user.max_seg),
					   m->advmss);
	text = req->advmss - (req->ts_ok ? TCPOLEN_TSTAMP_ALIGNED : 0);
	limits.first = (u64)m->initrwnd * text;
	mytcp_rcvbuf_initial(req->listener, &limits, &req->rcv_wnd, &wscale);
	if (req->wscale_ok)
		req->rcv_wscale = wscale;
	req->fastopen_no_cookie = m->fastopen_no_cookie;
}

/* False: there is no way back to the peer. */
static bool request_route(struct mytcp_request *req)
{
	struct mytcp_reply to = request_reply(req);
	struct mytcp_metrics m;

	if (!req->lower->metrics(NULL, &to, &m))
		return false;
	request_announce(req, &m);
	return true;
}

/* The listener's, or by net.ipv4.tcp_reflect_tos that of the SYN, but for its ECN field. */
static u8 request_tos(const struct mytcp_request *req, const struct sk_buff *skb)
{
	u8 tos = READ_ONCE(inet_sk(req->listener)->tos);

	if (READ_ONCE(req->node.tuple.net->ipv4.sysctl_tcp_reflect_tos))
		tos = (req->lower->tos(skb) & ~INET_ECN_MASK) | (tos & INET_ECN_MASK);
	return tos;
}

/**
 * mytcp_request_fill() - what a SYN asks for and what we make of it
 * @req: all zero; its @back is for the caller to free
 * @listener: not locked
 * @skb: the SYN, or what stands for it: its mark and source route
 * @tuple: its addresses and ports
 * @seg: what it says
 *
 * Context: soft-irq, RCU.
 * Return: false: there is no way back to the peer.
 */
bool mytcp_request_fill(struct mytcp_request *req, struct sock *listener,
			struct sk_buff *skb, const struct mytcp_tuple *tuple,
			const struct mytcp_segment *seg)
{
	req->node.tuple = *tuple;
	/* Open to all devices, unless the listener is bound to one. */
	req->node.tuple.dif = READ_ONCE(listener->sk_bound_dev_if);
	req->node.kind = MYTCP_NODE_REQUEST;
	mytcp_fifo_entry_init(&req->wait);
	spin_lock_init(&req->lock);
	req->listener = listener;
	req->lower = mytcp_sk(listener)->lower;
	req->mark = inet_request_mark(listener, skb);
	req->tos = request_tos(req, skb);
	req->synack_sent = mytcp_clock();
	req->back = req->lower->way_back(tuple->net, skb);

	req->irs = seg->seq;
	request_negotiate(req, &seg->opt);
	return request_route(req);
}

/**
 * mytcp_request_ecn() - does the SYN ask for ECN, and shall it have it?
 * @req: filled
 * @skb: the SYN; NULL: a cookie's, whose packet has been looked at when it came
 * @syn: what it says
 *
 * Context: soft-irq, RCU.
 */
bool mytcp_request_ecn(const struct mytcp_request *req, const struct sk_buff *skb,
		       const struct mytcp_segment *syn)
{
	struct mytcp_reply back = request_reply(req);

	return mytcp_ecn_request(req->listener, req->lower, &back, skb, syn);
}

static u32 request_isn(const struct mytcp_request *req, u32 isn_min)
{
	u32 isn = mytcp_tuple_isn(&req->node.tuple, req->synack_sent);

	return isn_min && seq_before(isn, isn_min) ? isn_min : isn;
}

/* NULL: no memory, or the listener has gone. */
static struct mytcp_request *request_alloc(struct sock *listener)
{
	struct mytcp_request *req;

	req = kmem_cache_zalloc(request_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!req)
		return NULL;
	if (!refcount_inc_not_zero(&listener->sk_refcnt)) {
		kmem_cache_free(request_cache, req);
		return NULL;
	}
	atomic_inc(&mytcp_sk(listener)->syn_queue_len);
	return req;
}

/* Beyond half of its limit the SYN queue may well be under attack. */
static bool request_may_hold(const struct sock *listener, const struct sk_buff *skb)
{
	u32 len = atomic_read(&mytcp_sk(listener)->syn_queue_len);

	return skb->truesize <= REQUEST_TEXT_MAX &&
	       len <= mytcp_listen_syn_limit(listener) / 2;
}

/*
 * RFC 9293 section 3.10.7.2, third: other control or text is queued for later.
 * Without it the peer sends it again, as the SYN-ACK does not acknowledge it.
 * True when the SYN is the request's now, and may be another processor's as soon
 * as that can be found.
 */
static bool request_hold_text(struct mytcp_request *req, struct sk_buff *skb,
			      const struct mytcp_segment *seg)
{
	if (!request_may_hold(req->listener, skb) || !mytcp_syn_text(skb, seg))
		return false;
	if (!atomic_add_unless(&request_texts, 1, REQUEST_TEXTS_MAX))
		return false;
	mytcp_skb_detach(skb);
	req->text = skb;
	return true;
}

/**
 * mytcp_request_open() - from LISTEN to SYN-RECEIVED: answer a SYN
 * @listener: not locked
 * @skb: the SYN; consumed
 * @tuple: its addresses and ports
 * @seg: what it says
 * @isn_min: our ISN must not be before this one; 0: any
 *
 * Context: soft-irq, RCU.
 */
void mytcp_request_open(struct sock *listener, struct sk_buff *skb,
			const struct mytcp_tuple *tuple,
			const struct mytcp_segment *seg, u32 isn_min)
{
	struct mytcp_request *req = request_alloc(listener);
	struct mytcp_fastopen_cookie cookie;

	if (!req) {
		kfree_skb(skb);
		return;
	}
	if (!mytcp_request_fill(req, listener, skb, tuple, seg)) {
		kfree_skb(skb);
		request_free(req);
		return;
	}
	req->ecn_ok = mytcp_request_ecn(req, skb, seg);
	req->iss = request_isn(req, isn_min);
	req->saved_syn = mytcp_save_syn(listener, skb);
	if (mytcp_fastopen_syn(req, skb, seg, &cookie)) {
		mytcp_count(tuple->net, passive_opens);
		request_free(req);
		return;
	}
	if (!request_hold_text(req, skb, seg))
		consume_skb(skb);
	if (!request_publish(req)) {
		request_free(req);
		return;
	}

	mytcp_count(tuple->net, passive_opens);
	mytcp_request_synack(req, request_ts_now(req), false, cookie.len ? &cookie : NULL);
	/*
	 * Pairs with mytcp_requests_drop(): either it finds the request, or we
	 * find that it has begun.
	 */
	smp_mb();
	if (unlikely(READ_ONCE(listener->sk_state) != TCP_LISTEN))
		request_drop(req);
}

/*
 * ACK of our SYN: from SYN-RECEIVED to ESTABLISHED.
 */

/**
 * mytcp_child_discard() - end a connection that nobody will accept
 * @child: locked, not in the accept queue
 */
void mytcp_child_discard(struct sock *child)
{
	if (child->sk_state != TCP_CLOSE)
		mytcp_abort(child, ECONNABORTED);
	mytcp_orphan(child);
}

/* The same before it was hashed: no segment has come for it. */
static void child_discard_unhashed(struct sock *child)
{
	mytcp_set_state(child, TCP_CLOSE);
	mytcp_orphan(child);
	/* What would have been the demultiplexer's; the caller has one. */
	__sock_put(child);
}

/* The child takes the request's place. False when someone else was first. */
static bool request_replace(struct mytcp_request *req, struct sock *child)
{
	bool mine;

	spin_lock(&req->lock);
	mine = mytcp_demux_replace(&req->node, &mytcp_sk(child)->node);
	if (mine)
		mytcp_fifo_del(request_fifo(req), &req->wait);
	spin_unlock(&req->lock);
	return mine;
}

/* The first segment of a child. False when it leads to no connection. */
static bool child_begin(struct sock *child, struct sock *listener,
			struct sk_buff *skb)
{
	skb->dev = NULL;
	mytcp_segment_arrives(child, skb);
	return child->sk_state != TCP_CLOSE &&
	       child->sk_state != TCP_SYN_RECV && mytcp_listen_add_child(listener, child);
}

/**
 * mytcp_request_publish_child() - a child that takes no request's place in the table
 * @req: its handshake, in no table
 * @child: locked
 *
 * Return: false: another segment was faster, and the tuple is taken.
 */
bool mytcp_request_publish_child(struct mytcp_request *req, struct sock *child)
{
	if (mytcp_demux_add(&mytcp_sk(child)->node))
		return false;
	/* It holds the child; what mytcp_sock_clone() took for it is one too many. */
	__sock_put(child);
	return true;
}

/*
 * Karn: a SYN-ACK that was sent again gives no sample; nor does the first text of a peer
 * in no hurry, or a cookie.
 */
static void child_sample_rtt(struct sock *child, const struct mytcp_request *req)
{
	struct mytcp_sock *ms = mytcp_sk(child);
	u64 rtt_us;

	if (req->resent || req->acked || !req->synack_sent)
		return;
	rtt_us = div_u64(ms->now - req->synack_sent, NSEC_PER_USEC);
	mytcp_rtt_sample(&ms->rtt, rtt_us, ms->rto_min_us, MYTCP_RTO_MAX_US);
	mytcp_note_least_rtt(child, rtt_us);
}

/* Port, addresses, route, and what the latter says. */
static bool child_connect(struct sock *child, const struct mytcp_request *req,
			  struct sk_buff *skb)
{
	if (!mytcp_port_share(child, req->listener) || req->lower->child(child, req, skb))
		return false;
	/* IP_TOS of the listener may have changed since; what the SYN had has not. */
	if (READ_ONCE(sock_net(child)->ipv4.sysctl_tcp_reflect_tos))
		WRITE_ONCE(inet_sk(child)->tos, req->tos);
	mytcp_metrics_child(child);
	child_sample_rtt(child, req);
	return true;
}

/**
 * mytcp_request_child() - a socket for a handshake
 * @req: the request; a reference on its listener is held
 * @skb: the segment that it is born of; stays the caller's
 * @publish: puts the child where segments find it: false when it cannot
 *
 * It gets port, addresses and route, and the SYN's headers of the request.
 *
 * Context: soft-irq.
 * Return: the child in SYN_RECV, its spin lock held, with a reference more than it
 * needs; NULL, and nothing has changed.
 */
struct sock *mytcp_request_child(struct mytcp_request *req, struct sk_buff *skb,
				 bool (*publish)(struct mytcp_request *req,
						 struct sock *child))
{
	struct sock *child = mytcp_sock_clone(req->listener, req);

	if (!child)
		return NULL;
	/* For sparse: it came locked. */
	__acquire(&child->sk_lock.slock);

	sock_hold(child);
	if (child_connect(child, req, skb) && publish(req, child)) {
		mytcp_sk(child)->saved_syn = request_take_syn(req);
		sk_mark_napi_id_set(child, skb);
		sock_rps_save_rxhash(child, skb);
		/* And it goes locked. */
		__release(&child->sk_lock.slock);
		return child;
	}
	child_discard_unhashed(child);
	bh_unlock_sock(child);
	sock_put(child);
	return NULL;
}

/**
 * mytcp_request_establish() - the connection is born
 * @req: the request; a reference on its listener is held
 * @skb: the ACK of our SYN; consumed
 * @publish: as for mytcp_request_child()
 *
 * RFC 9293 section 3.10.7.4, fifth, SYN-RECEIVED: the segment goes on through its
 * steps in the child. Without one the ACK is lost: the SYN-ACK will be sent again.
 *
 * Context: soft-irq, RCU.
 * Return: false when nothing has come of it.
 */
bool mytcp_request_establish(struct mytcp_request *req, struct sk_buff *skb,
			     bool (*publish)(struct mytcp_request *req,
					     struct sock *child))
{
	struct sock *listener = req->listener;
	struct sock *child = mytcp_request_child(req, skb, publish);
	bool ready;

	if (!child) {
		kfree_skb(skb);
		return false;
	}
	/* For sparse: it came locked. */
	__acquire(&child->sk_lock.slock);

	mytcp_hold_text(child, request_take_text(req));
	ready = child_begin(child, listener, skb);
	if (!ready)
		mytcp_child_discard(child);
	bh_unlock_sock(child);
	sock_put(child);

	if (ready)
		listener->sk_data_ready(listener);
	return true;
}

/* The peer echoes a timestamp that we have not sent: RFC 7323 section 3.2. */
static bool request_bad_echo(const struct mytcp_request *req,
			     const struct mytcp_segment *seg)
{
	return req->ts_ok && seg->opt.has_ts && seg->opt.ts_ecr &&
	       !seq_between(seg->opt.ts_ecr,
			    mytcp_ts_at(req->synack_sent, req->ts_offset),
			    mytcp_ts_at(mytcp_clock(), req->ts_offset));
}

/* The SYN that made the request, once more: our SYN-ACK was lost. */
static bool request_is_same_syn(const struct mytcp_request *req,
				const struct mytcp_segment *seg)
{
	return (seg->flags & (MYTCP_FLAG_SYN | MYTCP_FLAG_ACK |
			      MYTCP_FLAG_RST)) == MYTCP_FLAG_SYN &&
	       seg->seq == req->irs;
}

/* TS.Recent, RFC 7323 section 4.3 (2): for the next SYN-ACK. PAWS has let it pass. */
static void request_remember_ts(struct mytcp_request *req,
				const struct mytcp_segment *seg)
{
	if (req->ts_ok && seg->opt.has_ts)
		WRITE_ONCE(req->ts_recent, seg->opt.ts_val);
}

/*
 * Not acceptable, and to be answered by an ACK; but the peer waits for a SYN-ACK,
 * and to let it wait for the timer would serve nobody.
 */
static void request_same_syn(struct mytcp_request *req,
			     const struct mytcp_segment *seg)
{
	request_remember_ts(req, seg);
	/* Or we would send as often as a forger likes, to whom he names. */
	if (!mytcp_oow_allowed(req->node.tuple.net, mytcp_clock(), &req->last_oow_ack))
		return;
	WRITE_ONCE(req->resent, true);
	request_resend_synack(req);
}

/*
 * RFC 9293 section 3.10.7.4, first to fourth. False when the segment ends here.
 */
static bool request_check_sequence(struct mytcp_request *req,
				   const struct mytcp_segment *seg)
{
	struct net *net = req->node.tuple.net;
	bool rst = seg->flags & MYTCP_FLAG_RST;
	bool old = !rst && req->ts_ok && mytcp_ts_older(seg, READ_ONCE(req->ts_recent));

	/* RFC 7323 section 3.2: dropped, and the handshake goes on without it. */
	if (req->ts_ok && !seg->opt.has_ts &&
	    !(seg->flags & (MYTCP_FLAG_SYN | MYTCP_FLAG_RST))) {
		mytcp_count(net, ts_missing);
		return false;
	}
	if (old)
		mytcp_count(net, paws_drops);

	if (!old && request_is_same_syn(req, seg)) {
		request_same_syn(req, seg);
		return false;
	}

	/* First: sequence number, and RFC 7323 section 5. */
	if (old || !seq_acceptable(seg->seq, mytcp_seg_len(seg), req->irs + 1,
				   req->rcv_wnd)) {
		mytcp_count(net, out_of_window);
		if (!rst)
			request_challenge(req);
		return false;
	}

	/* Second: RST, RFC 5961 section 3.2. */
	if (rst) {
		if (seg->seq == req->irs + 1)
			request_drop(req);
		else
			request_challenge(req);
		return false;
	}

	/* Fourth: a SYN in the window returns a passive open to LISTEN. */
	if (seg->flags & MYTCP_FLAG_SYN) {
		request_drop(req);
		return false;
	}
	return true;
}

/*
 * TCP_DEFER_ACCEPT: the user wants no connection before there is something to read.
 * The ACK alone is forgotten but for that it came, and when.
 */
static bool request_defers(struct mytcp_request *req, const struct mytcp_segment *seg)
{
	if (READ_ONCE(req->step) >= request_defer(req) || READ_ONCE(req->text) ||
	    seg->seq + mytcp_seg_len(seg) != req->irs + 1)
		return false;
	request_remember_ts(req, seg);
	WRITE_ONCE(req->acked, true);
	return true;
}

/*
 * A SYN that came twice while the SYN queue was full now and then has two answers: a
 * cookie, and ours. When the peer has taken the former, the request is in its way.
 */
static bool request_gives_way(struct mytcp_request *req, const struct mytcp_segment *seg)
{
	return (seg->flags & MYTCP_FLAG_ACK) && seg->ack != req->iss + 1 &&
	       mytcp_stateless_sent(req->listener, &req->node.tuple, seg) &&
	       request_drop(req);
}

/* RFC 9293 section 3.10.7.4, fifth: the ACK field. False: the segment ends here. */
static bool request_check_ack(struct mytcp_request *req, struct sk_buff *skb,
			      const struct mytcp_segment *seg)
{
	if (!(seg->flags & MYTCP_FLAG_ACK))
		return false;
	/* SND.UNA < SEG.ACK =< SND.NXT leaves one number. */
	if (seg->ack != req->iss + 1) {
		mytcp_reply_reset(req->lower, &req->node.tuple, req->listener,
				  skb, seg);
		return false;
	}
	if (request_bad_echo(req, seg)) {
		request_challenge(req);
		return false;
	}
	return true;
}

/*
 * There is no room for a connection. The peer, or our SYN-ACK's timer, will try again,
 * unless net.ipv4.tcp_abort_on_overflow has it know at once.
 */
static void request_overflow(struct mytcp_request *req, struct sk_buff *skb,
			     const struct mytcp_segment *seg)
{
	struct net *net = req->node.tuple.net;

	mytcp_count(net, backlog_drops);
	if (READ_ONCE(net->ipv4.sysctl_tcp_abort_on_overflow) && request_drop(req))
		mytcp_reply_reset(req->lower, &req->node.tuple, req->listener, skb, seg);
}

/**
 * mytcp_request_segment() - a segment for a request
 * @req: the request
 * @skb: the segment; consumed
 *
 * RFC 9293 section 3.10.7.4 for SYN-RECEIVED after a passive open.
 *
 * Context: soft-irq, RCU.
 */
void mytcp_request_segment(struct mytcp_request *req, struct sk_buff *skb)
{
	enum skb_drop_reason reason = SKB_DROP_REASON_NOT_SPECIFIED;
	struct sock *listener = req->listener;
	struct net *net = sock_net(listener);
	struct mytcp_segment seg;

	if (!mytcp_parse(skb, &seg)) {
		mytcp_count(net, in_errs);
		goto drop;
	}
	if (!request_check_sequence(req, &seg))
		goto drop;
	if (unlikely(request_gives_way(req, &seg))) {
		mytcp_listen_segment(listener, skb, &req->node.tuple, 0);
		return;
	}
	if (!request_check_ack(req, skb, &seg))
		goto drop;

	if (READ_ONCE(listener->sk_state) != TCP_LISTEN) {
		reason = SKB_DROP_REASON_TCP_CLOSE;
		goto drop;
	}
	if (request_defers(req, &seg)) {
		mytcp_count(net, accepts_deferred);
		goto drop;
	}
	if (sk_acceptq_is_full(listener)) {
		request_overflow(req, skb, &seg);
		goto drop;
	}
	if (mytcp_request_establish(req, skb, request_replace))
		request_free(req);
	return;
drop:
	kfree_skb_reason(skb, reason);
}

/**
 * mytcp_request_icmp() - an ICMP error quotes a SYN-ACK of ours
 * @req: the request
 * @quoted_seq: sequence number in the quoted header
 * @err: positive errno that it means
 *
 * RFC 9293 section 3.9.2.2: what the peer's host itself says (protocol or port
 * unreachable) ends the handshake, a soft error (MUST-56) does not.
 *
 * Context: soft-irq, RCU.
 */
void mytcp_request_icmp(struct mytcp_request *req, u32 quoted_seq, int err)
{
	if (quoted_seq != req->iss) {
		mytcp_count(req->node.tuple.net, icmp_ignored);
		return;
	}
	if (err == ECONNREFUSED || err == ENOPROTOOPT)
		request_drop(req);
}

/*
 * The end of many.
 */

static int request_drop_if(struct mytcp_node *node, struct sock *listener,
			   void *arg)
{
	struct mytcp_request *req;

	if (!node || node->kind != MYTCP_NODE_REQUEST)
		return 0;
	req = container_of(node, struct mytcp_request, node);
	/* The walk's place counts objects, and this one is gone: stop there. */
	return req->listener == arg && request_drop(req);
}

/**
 * mytcp_requests_drop() - a listener closes: so do its handshakes
 * @listener: its state is not LISTEN any more
 *
 * Context: process.
 */
void mytcp_requests_drop(struct sock *listener)
{
	int rounds = 4;
	bool dropped;

	/* Pairs with mytcp_request_open(). */
	smp_mb();
	if (!atomic_read(&mytcp_sk(listener)->syn_queue_len))
		return;
	/* Others that leave at the same time may make a walk miss one. */
	do {
		struct mytcp_walk walk = { .net = sock_net(listener) };

		dropped = false;
		while (mytcp_demux_walk(&walk, request_drop_if, listener)) {
			walk.skip--;
			dropped = true;
		}
	} while (dropped || (atomic_read(&mytcp_sk(listener)->syn_queue_len) && --rounds));
}

/**
 * mytcp_requests_purge() - the namespace ends: so do its handshakes
 * @net: the namespace
 *
 * May be called again when one came in meanwhile.
 *
 * Context: process.
 */
void mytcp_requests_purge(struct net *net)
{
	struct mytcp_pernet *pernet = mytcp_pernet(net);
	struct mytcp_fifo_entry *entry;
	int i;

	for (i = 0; i < MYTCP_SYNACK_STEPS; i++)
		mytcp_fifo_stop(&pernet->synack[i]);

	rcu_read_lock();
	for (i = 0; i < MYTCP_SYNACK_STEPS; i++) {
		while ((entry = mytcp_fifo_pop(&pernet->synack[i])))
			request_drop(container_of(entry, struct mytcp_request,
						  wait));
	}
	rcu_read_unlock();
}

/**
 * mytcp_request_init_module() - make the cache of requests
 *
 * Return: 0 or -ENOMEM.
 */
int mytcp_request_init_module(void)
{
	/* The design's promise; the locks of debug kernels are larger. */
	static_assert(sizeof(struct mytcp_request) - sizeof(spinlock_t) <=
		      256 - sizeof(u32));

	request_cache = kmem_cache_create("mytcp_request",
					  sizeof(struct mytcp_request), 0,
					  SLAB_HWCACHE_ALIGN, NULL);
	return request_cache ? 0 : -ENOMEM;
}

/**
 * mytcp_request_exit_module() - the reverse; no namespace has a request
 */
void mytcp_request_exit_module(void)
{
	/* Requests go back in RCU callbacks. */
	rcu_barrier();
	kmem_cache_destroy(request_cache);
}
