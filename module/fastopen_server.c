// SPDX-License-Identifier: GPL-2.0
/*
 * A server's side of TCP Fast Open: see fastopen.h.
 */
#include <linux/slab.h>
#include <net/tcp.h>

#include "fastopen.h"
#include "input.h"
#include "listen.h"
#include "output.h"
#include "reassembly.h"
#include "request.h"
#include "reserve.h"

/*
 * The listener's own.
 */

static struct mytcp_fastopen *fastopen_of(const struct sock *sk)
{
	/* Pairs with fastopen_make(). */
	return smp_load_acquire(&mytcp_sk(sk)->fastopen);
}

/* Socket locked. NULL: no memory. */
static struct mytcp_fastopen *fastopen_make(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_fastopen *fastopen = ms->fastopen;

	if (fastopen)
		return fastopen;
	fastopen = kzalloc(sizeof(*fastopen), GFP_KERNEL_ACCOUNT);
	if (!fastopen)
		return NULL;
	refcount_set(&fastopen->refs, 1);
	spin_lock_init(&fastopen->lock);
	/* Pairs with fastopen_of(). */
	smp_store_release(&ms->fastopen, fastopen);
	return fastopen;
}

/**
 * mytcp_fastopen_put() - the listener's end, or the end of a child's handshake
 * @fastopen: it, or NULL
 *
 * The listener's is given back after a grace period, so whoever has found it by the
 * listener is done with it.
 */
void mytcp_fastopen_put(struct mytcp_fastopen *fastopen)
{
	if (fastopen && refcount_dec_and_test(&fastopen->refs))
		kfree_sensitive(fastopen);
}

/**
 * mytcp_fastopen_set_queue() - TCP_FASTOPEN
 * @sk: locked, in CLOSE or LISTEN
 * @max: how many children may wait for the final ACK; net.core.somaxconn at most
 *
 * Context: process; may sleep.
 * Return: 0 or -ENOMEM.
 *
 * Rules: 7413-2-1, 7413-4.2-1
 */
int mytcp_fastopen_set_queue(struct sock *sk, int max)
{
	u32 somaxconn = READ_ONCE(sock_net(sk)->core.sysctl_somaxconn);
	struct mytcp_fastopen *fastopen = fastopen_make(sk);

	if (!fastopen)
		return -ENOMEM;
	/* Without a key there are no cookies: it is not worth an error. */
	mytcp_reserve_fastopen_key(sock_net(sk));
	spin_lock_bh(&fastopen->lock);
	WRITE_ONCE(fastopen->limit.max, min_t(u32, max, somaxconn));
	spin_unlock_bh(&fastopen->lock);
	return 0;
}

/**
 * mytcp_fastopen_queue() - the same, asked for
 * @sk: of any state
 *
 * Return: children.
 */
u32 mytcp_fastopen_queue(const struct sock *sk)
{
	const struct mytcp_fastopen *fastopen = fastopen_of(sk);

	return fastopen ? READ_ONCE(fastopen->limit.max) : 0;
}

/**
 * mytcp_fastopen_listen() - listen(2): Fast Open may be on for every listener
 * @sk: locked, about to listen
 * @backlog: the limit then
 */
void mytcp_fastopen_listen(struct sock *sk, int backlog)
{
	const int on = MYTCP_FASTOPEN_SERVER | MYTCP_FASTOPEN_EVERY_LISTENER;
	int mode = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fastopen);

	if ((mode & on) == on && !mytcp_fastopen_queue(sk))
		mytcp_fastopen_set_queue(sk, backlog);
}

/**
 * mytcp_fastopen_set_keys() - TCP_FASTOPEN_KEY
 * @sk: locked
 * @octets: as for mytcp_fastopen_keys_set()
 * @num: likewise
 *
 * Return: 0 or -ENOMEM.
 */
int mytcp_fastopen_set_keys(struct sock *sk, const u8 *octets, u8 num)
{
	struct mytcp_fastopen *fastopen = fastopen_make(sk);

	if (!fastopen)
		return -ENOMEM;
	spin_lock_bh(&fastopen->lock);
	mytcp_fastopen_keys_set(&fastopen->keys, octets, num);
	spin_unlock_bh(&fastopen->lock);
	return 0;
}

/**
 * mytcp_fastopen_keys() - the same, asked for
 * @sk: locked
 * @octets: room for all keys
 *
 * Return: octets; 0: the socket has none of its own.
 */
u32 mytcp_fastopen_keys(const struct sock *sk, u8 *octets)
{
	struct mytcp_fastopen *fastopen = fastopen_of(sk);
	u32 len;

	if (!fastopen)
		return 0;
	spin_lock_bh(&fastopen->lock);
	len = mytcp_fastopen_keys_get(&fastopen->keys, octets);
	spin_unlock_bh(&fastopen->lock);
	return len;
}

/* The listener's keys, else net.ipv4.tcp_fastopen_key. False: there are none. */
static bool fastopen_get_keys(const struct net *net, struct mytcp_fastopen *fastopen,
			      struct mytcp_fastopen_keys *keys)
{
	const struct tcp_fastopen_context *ctx;

	spin_lock(&fastopen->lock);
	*keys = fastopen->keys;
	spin_unlock(&fastopen->lock);
	if (keys->num)
		return true;

	rcu_read_lock();
	ctx = rcu_dereference(net->ipv4.tcp_fastopen_ctx);
	if (ctx) {
		static_assert(sizeof(keys->key) == sizeof(ctx->key));
		memcpy(keys->key, ctx->key, sizeof(keys->key));
		keys->num = ctx->num;
	}
	rcu_read_unlock();
	return keys->num;
}

/*
 * The limit.
 */

static bool fastopen_room(struct mytcp_fastopen *fastopen)
{
	bool room;

	spin_lock(&fastopen->lock);
	room = mytcp_fastopen_limit_room(&fastopen->limit, mytcp_clock());
	spin_unlock(&fastopen->lock);
	return room;
}

/* A child's place, with a reference. */
static bool fastopen_take(struct mytcp_fastopen *fastopen)
{
	bool taken;

	spin_lock(&fastopen->lock);
	taken = mytcp_fastopen_limit_take(&fastopen->limit, mytcp_clock());
	spin_unlock(&fastopen->lock);
	if (taken)
		refcount_inc(&fastopen->refs);
	return taken;
}

static void fastopen_give(struct mytcp_fastopen *fastopen, bool was_reset)
{
	spin_lock_bh(&fastopen->lock);
	mytcp_fastopen_limit_give(&fastopen->limit, mytcp_clock(), was_reset);
	spin_unlock_bh(&fastopen->lock);
	mytcp_fastopen_put(fastopen);
}

/**
 * mytcp_fastopen_leave() - a child's handshake is over, or the child is
 * @sk: locked; any socket
 * @was_reset: by an RST of the peer
 *
 * Rules: 7413-4.2.2-11
 */
void mytcp_fastopen_leave(struct sock *sk, bool was_reset)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_fastopen *fastopen = ms->fastopen_slot;

	if (likely(!fastopen))
		return;
	WRITE_ONCE(ms->fastopen_slot, NULL);
	fastopen_give(fastopen, was_reset);
}

/*
 * SYN
 */

/*
 * The text is the user's now: RFC 7413 section 4.2.2. A FIN is not: the SYN,ACK does
 * not acknowledge it, and it comes again when there is a state to take it. Consumes skb.
 */
static void fastopen_take_text(struct sock *child, struct sk_buff *skb,
			       const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(child);
	struct mytcp_segment syn = *seg;

	syn.flags &= ~MYTCP_FLAG_FIN;
	if (!mytcp_syn_text(skb, &syn)) {
		consume_skb(skb);
		return;
	}
	ms->last_data_rcvd = ms->now;
	mytcp_receive_text(child, skb);
	ms->syn_text_acked = ms->rcv_nxt != ms->irs + 1;
	/* What the SYN,ACK offers begins here. */
	ms->rcv_wup = ms->rcv_nxt;
}

/*
 * The first transmission: what is sent again has no option. Without memory there is no
 * connection, and the peer knows of none: its SYN comes again.
 * Rules: 7413-4.2.2-9
 */
static void fastopen_send_synack(struct sock *child,
				 const struct mytcp_fastopen_cookie *cookie)
{
	struct mytcp_sock *ms = mytcp_sk(child);
	int err;

	ms->syn_cookie = cookie;
	err = mytcp_send_syn_ack(child);
	ms->syn_cookie = NULL;
	if (err)
		mytcp_done(child);
}

/*
 * The child as it is before its SYN,ACK. mytcp_sock_clone() thinks that it was
 * acknowledged.
 */
static void fastopen_rewind(struct sock *child, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(child);

	ms->snd_nxt = ms->iss;
	ms->write_seq = ms->iss;
	ms->pushed_seq = ms->iss;
	ms->segs_in = 1;
	mytcp_open_early(child, seg);
}

/*
 * RFC 7413 section 4.2.2, server, 2: the connection begins here. "fastopen" has a place
 * for it. False, and the segment is still the caller's, when it cannot.
 */
static bool fastopen_open(struct mytcp_request *req, struct mytcp_fastopen *fastopen,
			  struct sk_buff *skb, const struct mytcp_segment *seg,
			  const struct mytcp_fastopen_cookie *reply)
{
	struct sock *listener = req->listener;
	u64 sent = req->synack_sent;
	struct sock *child;
	bool ready;

	/* It has not been, so the child cannot know how long the path is. */
	req->synack_sent = 0;
	child = mytcp_request_child(req, skb, mytcp_request_publish_child);
	req->synack_sent = sent;
	if (!child)
		return false;
	/* For sparse: it came locked. */
	__acquire(&child->sk_lock.slock);

	WRITE_ONCE(mytcp_sk(child)->fastopen_slot, fastopen);
	fastopen_rewind(child, seg);
	fastopen_take_text(child, skb, seg);
	fastopen_send_synack(child, reply);
	ready = child->sk_state != TCP_CLOSE && mytcp_listen_add_child(listener, child);
	if (!ready)
		mytcp_child_discard(child);
	bh_unlock_sock(child);
	sock_put(child);

	if (ready)
		listener->sk_data_ready(listener);
	return true;
}

static bool fastopen_needs_cookie(const struct mytcp_request *req)
{
	const struct sock *listener = req->listener;

	return !(READ_ONCE(sock_net(listener)->ipv4.sysctl_tcp_fastopen) &
		 MYTCP_FASTOPEN_SERVER_NO_COOKIE) &&
	       !READ_ONCE(mytcp_sk(listener)->user.fastopen_no_cookie) &&
	       !req->fastopen_no_cookie;
}

/*
 * Is the cookie good? "reply" is what the client shall have instead, or nothing.
 * Rules: 7413-4.2.1-3, 7413-4.2.2-8
 */
static bool fastopen_check(const struct mytcp_request *req, struct mytcp_fastopen *fastopen,
			   const struct mytcp_segment *seg,
			   struct mytcp_fastopen_cookie *reply)
{
	const struct mytcp_tuple *tuple = &req->node.tuple;
	const __be32 addrs[] = { tuple->raddr.v4, tuple->laddr.v4 };
	const struct mytcp_fastopen_cookie *cookie = &seg->opt.cookie;
	enum mytcp_fastopen_match match = MYTCP_FASTOPEN_FORGED;
	struct mytcp_fastopen_keys keys;
	bool known;

	if (!seg->opt.has_cookie)
		return false;
	known = fastopen_get_keys(tuple->net, fastopen, &keys);
	if (known && cookie->len)
		match = mytcp_fastopen_cookie_check(&keys, addrs, sizeof(addrs), cookie);
	if (known && match != MYTCP_FASTOPEN_VALID) {
		reply->exp = cookie->exp;
		mytcp_fastopen_cookie_make(&keys, addrs, sizeof(addrs), reply);
	}
	memzero_explicit(&keys, sizeof(keys));
	if (match == MYTCP_FASTOPEN_FORGED && cookie->len)
		mytcp_count(tuple->net, fastopen_passive_fails);
	if (match == MYTCP_FASTOPEN_BACKUP)
		mytcp_count(tuple->net, fastopen_passive_alt_keys);
	return match != MYTCP_FASTOPEN_FORGED;
}

/*
 * Does the listener do it, is there anything to do, and is there room?
 * Rules: 7413-4.2-3
 */
static bool fastopen_concerns(const struct mytcp_request *req,
			      struct mytcp_fastopen *fastopen,
			      const struct mytcp_segment *seg)
{
	const struct net *net = req->node.tuple.net;

	if (!(READ_ONCE(net->ipv4.sysctl_tcp_fastopen) & MYTCP_FASTOPEN_SERVER))
		return false;
	if (!fastopen || !READ_ONCE(fastopen->limit.max))
		return false;
	if (!seg->opt.has_cookie && mytcp_seg_len(seg) == 1)
		return false;
	if (fastopen_room(fastopen))
		return true;
	mytcp_count(net, fastopen_listen_overflows);
	return false;
}

/**
 * mytcp_fastopen_syn() - a SYN for a listener: does the connection begin at once?
 * @req: the handshake, filled in, with an ISN; in no table yet
 * @skb: the SYN; consumed if so
 * @seg: what it says
 * @reply: the cookie that the client shall have by the SYN,ACK; len 0: none
 *
 * Context: soft-irq, RCU.
 * Return: false: the handshake goes on as any other.
 *
 * Rules: 7413-4.2-1, 7413-4.2-2, 7413-4.2.1-1, 7413-4.2.2-2, 7413-4.2.2-3
 */
bool mytcp_fastopen_syn(struct mytcp_request *req, struct sk_buff *skb,
			const struct mytcp_segment *seg,
			struct mytcp_fastopen_cookie *reply)
{
	struct mytcp_fastopen *fastopen = fastopen_of(req->listener);
	const struct net *net = req->node.tuple.net;

	reply->len = 0;
	if (seg->opt.has_cookie && !seg->opt.cookie.len)
		mytcp_count(net, fastopen_cookie_requests);
	if (!fastopen_concerns(req, fastopen, seg))
		return false;
	if (fastopen_needs_cookie(req) &&
	    !fastopen_check(req, fastopen, seg, reply))
		return false;

	if (!fastopen_take(fastopen))
		return false;
	if (fastopen_open(req, fastopen, skb, seg, reply->len ? reply : NULL)) {
		mytcp_count(net, fastopen_passives);
		return true;
	}
	fastopen_give(fastopen, false);
	mytcp_count(net, fastopen_passive_fails);
	return false;
}
