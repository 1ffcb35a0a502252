// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the connection of a segment: see demux.h.
 */
#include <linux/filter.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/rculist_nulls.h>
#include <net/busy_poll.h>
#include <net/netns/hash.h>

#include "compat.h"
#include "demux.h"
#include "input.h"
#include "listen.h"
#include "lower.h"
#include "reply.h"
#include "request.h"
#include "sock.h"
#include "stats.h"
#include "timewait.h"

#define DEMUX_CHAINS_MIN	1024U
#define DEMUX_CHAINS_MAX	65536U
#define DEMUX_LISTENER_CHAINS	256U
/* Behind the numbers of all chains of connections */
#define DEMUX_LISTENER_NULLS	DEMUX_CHAINS_MAX
#define DEMUX_LOCKS		256U

/*
 * Connections and listeners are two tables of this kind. The chains end in nulls
 * that tell their number, other ones in each table: a socket that is disconnected
 * and connected again, or listens, moves while a reader may stand on it, who would
 * go on in another chain.
 */
struct demux_table {
	struct hlist_nulls_head *chains;
	u32 mask;
};

static struct demux_table connections __read_mostly;
static struct demux_table listeners __read_mostly;
static u32 demux_key __read_mostly;
/* Chain i of either table is written under lock i % DEMUX_LOCKS. */
static spinlock_t demux_locks[DEMUX_LOCKS];

static spinlock_t *demux_lock(u32 chain)
{
	return &demux_locks[chain % DEMUX_LOCKS];
}

static u32 demux_addr_fold(const union mytcp_addr *addr, u8 family)
{
	if (family == AF_INET)
		return (__force u32)addr->v4;
	return jhash2((__force const u32 *)addr->v6.s6_addr32, 4, demux_key);
}

/* The device does not count: a connection may be open to all of them. */
static u32 demux_chain(const struct mytcp_tuple *t)
{
	u32 ports = (__force u32)t->lport << 16 | (__force u32)t->rport;

	return jhash_3words(demux_addr_fold(&t->laddr, t->family),
			    demux_addr_fold(&t->raddr, t->family), ports,
			    demux_key ^ net_hash_mix(t->net) ^ t->wire) &
	       connections.mask;
}

static u32 demux_listener_chain(const struct mytcp_tuple *t)
{
	return jhash_2words((__force u32)t->lport, t->wire,
			    demux_key ^ net_hash_mix(t->net)) & listeners.mask;
}

static bool demux_addr_equal(const union mytcp_addr *a, const union mytcp_addr *b,
			     u8 family)
{
	if (family == AF_INET)
		return a->v4 == b->v4;
	return ipv6_addr_equal(&a->v6, &b->v6);
}

static bool demux_addr_any(const union mytcp_addr *addr, u8 family)
{
	if (family == AF_INET)
		return !addr->v4;
	return ipv6_addr_any(&addr->v6);
}

/* All but the device. */
static bool demux_names_equal(const struct mytcp_tuple *a,
			      const struct mytcp_tuple *b)
{
	return a->lport == b->lport && a->rport == b->rport &&
	       a->wire == b->wire && a->family == b->family &&
	       net_eq(a->net, b->net) &&
	       demux_addr_equal(&a->raddr, &b->raddr, a->family) &&
	       demux_addr_equal(&a->laddr, &b->laddr, a->family);
}

/**
 * mytcp_demux_find() - find what a segment belongs to
 * @tuple: from the segment; @tuple->dif is the device that it came in by
 *
 * Context: RCU and bottom halves off.
 * Return: the node, valid as long as RCU is held: see node.h; NULL: not ours.
 */
struct mytcp_node *mytcp_demux_find(const struct mytcp_tuple *tuple)
{
	u32 chain = demux_chain(tuple);
	struct hlist_nulls_node *pos;
	struct mytcp_node *node;

again:
	hlist_nulls_for_each_entry_rcu(node, pos, &connections.chains[chain],
				       hash_link) {
		if (demux_names_equal(&node->tuple, tuple) &&
		    (!node->tuple.dif || node->tuple.dif == tuple->dif))
			return node;
	}
	if (unlikely(get_nulls_value(pos) != chain))
		goto again;
	return NULL;
}

/* How well a listener fits: 0 not at all, more for what it names. */
static int demux_listener_score(const struct mytcp_tuple *l,
				const struct mytcp_tuple *t)
{
	int score = 1;

	if (l->lport != t->lport || l->wire != t->wire ||
	    l->family != t->family || !net_eq(l->net, t->net))
		return 0;
	if (!demux_addr_any(&l->laddr, l->family)) {
		if (!demux_addr_equal(&l->laddr, &t->laddr, l->family))
			return 0;
		score += 2;
	}
	if (l->dif) {
		if (l->dif != t->dif)
			return 0;
		score++;
	}
	return score;
}

/**
 * mytcp_demux_find_listener() - find who listens on a segment's port
 * @tuple: from the segment; @tuple->dif is the device that it came in by
 *
 * The one bound to the very address comes before a wildcard, one bound to the
 * device before one for all of them.
 *
 * Context: RCU and bottom halves off.
 * Return: the listener, valid as long as RCU is held, or NULL. It may be about
 * to close.
 */
struct sock *mytcp_demux_find_listener(const struct mytcp_tuple *tuple)
{
	u32 chain = demux_listener_chain(tuple);
	struct mytcp_node *node, *best;
	struct hlist_nulls_node *pos;
	int best_score, score;

again:
	best = NULL;
	best_score = 0;
	hlist_nulls_for_each_entry_rcu(node, pos, &listeners.chains[chain],
				       hash_link) {
		score = demux_listener_score(&node->tuple, tuple);
		if (score > best_score) {
			best_score = score;
			best = node;
		}
	}
	if (unlikely(get_nulls_value(pos) != DEMUX_LISTENER_NULLS + chain))
		goto again;
	return best ? mytcp_to_sk(mytcp_node_sk(best)) : NULL;
}

static bool demux_taken(const struct mytcp_node *node, u32 chain)
{
	struct hlist_nulls_node *pos;
	struct mytcp_node *other;

	hlist_nulls_for_each_entry(other, pos, &connections.chains[chain],
				   hash_link) {
		if (demux_names_equal(&other->tuple, &node->tuple) &&
		    (!other->tuple.dif || !node->tuple.dif ||
		     other->tuple.dif == node->tuple.dif))
			return true;
	}
	return false;
}

/**
 * mytcp_demux_add() - let segments find a node
 * @node: not hashed, its tuple complete
 *
 * A socket is held for the hash, see demux.h.
 *
 * Context: any but hard-irq.
 * Return: 0, or -EADDRNOTAVAIL when the tuple is taken, be it by a TIME_WAIT
 * entry: whether that may go is not decided here.
 */
int mytcp_demux_add(struct mytcp_node *node)
{
	u32 chain = demux_chain(&node->tuple);
	int err = 0;

	spin_lock_bh(demux_lock(chain));
	if (demux_taken(node, chain)) {
		err = -EADDRNOTAVAIL;
	} else {
		if (node->kind == MYTCP_NODE_SOCK)
			sock_hold(mytcp_to_sk(mytcp_node_sk(node)));
		hlist_nulls_add_head_rcu(&node->hash_link,
					 &connections.chains[chain]);
	}
	spin_unlock_bh(demux_lock(chain));
	return err;
}

static bool demux_unlink(struct mytcp_node *node,
			 u32 (*chain_of)(const struct mytcp_tuple *))
{
	bool hashed;
	u32 chain;

	/* One that never was there may have no tuple. */
	if (!mytcp_node_hashed(node))
		return false;

	chain = chain_of(&node->tuple);
	spin_lock_bh(demux_lock(chain));
	hashed = mytcp_node_hashed(node);
	if (hashed)
		hlist_nulls_del_init_rcu(&node->hash_link);
	spin_unlock_bh(demux_lock(chain));
	return hashed;
}

/**
 * mytcp_demux_del() - let no more segments find a node
 * @node: hashed or not; of a socket the caller has a reference or RCU is held
 *
 * Context: any but hard-irq.
 * Return: true when it was hashed: then the hash's reference to a socket was
 * given back, and any other node is the caller's now, to be freed after a grace
 * period.
 */
bool mytcp_demux_del(struct mytcp_node *node)
{
	if (!demux_unlink(node, demux_chain))
		return false;
	if (node->kind == MYTCP_NODE_SOCK)
		sock_put(mytcp_to_sk(mytcp_node_sk(node)));
	return true;
}

/**
 * mytcp_demux_replace() - put one node in the place of another
 * @old: of a socket the caller has a reference or RCU is held
 * @new: not hashed, with the tuple of @old
 *
 * A request by its child, a connection by its TIME_WAIT entry, in one step: no
 * segment can fall between them. References go as for mytcp_demux_del() of @old;
 * of a new socket the hash takes over one that the caller has.
 *
 * Context: any but hard-irq.
 * Return: false when @old was no longer hashed: nothing happened.
 */
bool mytcp_demux_replace(struct mytcp_node *old, struct mytcp_node *new)
{
	u32 chain = demux_chain(&old->tuple);
	bool hashed;

	spin_lock_bh(demux_lock(chain));
	hashed = mytcp_node_hashed(old);
	if (hashed)
		hlist_nulls_replace_init_rcu(&old->hash_link, &new->hash_link);
	spin_unlock_bh(demux_lock(chain));

	if (hashed && old->kind == MYTCP_NODE_SOCK)
		sock_put(mytcp_to_sk(mytcp_node_sk(old)));
	return hashed;
}

/**
 * mytcp_demux_add_listener() - let SYNs find a listener
 * @sk: not hashed; its node's tuple has all but the peer
 *
 * Whether the port is free was decided by mytcp_port_listen(). The socket is held
 * for the hash.
 *
 * Context: process.
 *
 * Rules: MUST-41, MUST-42
 */
void mytcp_demux_add_listener(struct sock *sk)
{
	struct mytcp_node *node = &mytcp_sk(sk)->node;
	u32 chain = demux_listener_chain(&node->tuple);

	sock_hold(sk);
	spin_lock_bh(demux_lock(chain));
	hlist_nulls_add_head_rcu(&node->hash_link, &listeners.chains[chain]);
	spin_unlock_bh(demux_lock(chain));
}

/**
 * mytcp_demux_del_listener() - let no more SYNs find a listener
 * @sk: the caller has a reference
 *
 * Context: process.
 * Return: true when it was hashed; the hash's reference was given back.
 */
bool mytcp_demux_del_listener(struct sock *sk)
{
	struct mytcp_node *node = &mytcp_sk(sk)->node;

	if (!demux_unlink(node, demux_listener_chain))
		return false;
	sock_put(sk);
	return true;
}

/* What tcp_v4_rcv() does for a socket before it may have the segment. */
static bool demux_admit(struct sock *sk, struct sk_buff *skb,
			const struct mytcp_lower *lower)
{
	u32 hdr_len = tcp_hdrlen(skb);

	if (!lower->policy_ok(sk, skb)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_XFRM_POLICY);
		return false;
	}
	nf_reset_ct(skb);
	/* A filter may cut the payload, not the header. */
	if (sk_filter_trim_cap(sk, skb, hdr_len)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_FILTER);
		return false;
	}
	return true;
}

/* A process has the socket: let it find the segment when it lets go. */
static void demux_to_backlog(struct sock *sk, struct sk_buff *skb)
{
	u64 limit = (u64)READ_ONCE(sk->sk_rcvbuf) + READ_ONCE(sk->sk_sndbuf) +
		    SZ_64K;

	/* A small segment in a large page costs what the page costs. */
	mytcp_compat_skb_condense(skb);
	skb_dst_drop(skb);
	if (sk_add_backlog(sk, skb, min_t(u64, limit, UINT_MAX))) {
		mytcp_count(sock_net(sk), socket_backlog_drops);
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_BACKLOG);
	}
}

/*
 * Returns false, and leaves skb alone, when the connection has ended since it
 * was found.
 */
static bool demux_to_socket(struct sock *sk, struct sk_buff *skb,
			    const struct mytcp_tuple *tuple)
{
	bool alive;

	bh_lock_sock_nested(sk);
	/* It may have been disconnected, and listen or be connected elsewhere. */
	alive = sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN &&
		demux_names_equal(&mytcp_sk(sk)->node.tuple, tuple);
	if (likely(alive)) {
		skb->dev = NULL;
		sk_incoming_cpu_update(sk);
		sk_mark_napi_id(sk, skb);
		sock_rps_save_rxhash(sk, skb);
		if (!sock_owned_by_user(sk))
			mytcp_segment_arrives(sk, skb);
		else
			demux_to_backlog(sk, skb);
	}
	bh_unlock_sock(sk);
	return alive;
}

/* Nobody's: RFC 9293 section 3.10.7.1. */
static void demux_stray(struct sk_buff *skb, const struct mytcp_lower *lower,
			const struct mytcp_tuple *tuple)
{
	struct mytcp_segment seg;

	if (!lower->policy_ok(NULL, skb)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_XFRM_POLICY);
		return;
	}
	if (mytcp_parse(skb, &seg))
		mytcp_reply_reset(lower, tuple, NULL, skb, &seg);
	else
		mytcp_count(tuple->net, in_errs);
	kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
}

static void demux_to_listener(struct sock *listener, struct sk_buff *skb,
			      const struct mytcp_lower *lower,
			      const struct mytcp_tuple *tuple, u32 isn_min)
{
	if (demux_admit(listener, skb, lower))
		mytcp_listen_segment(listener, skb, tuple, isn_min);
}

static void demux_to_timewait(struct mytcp_timewait *tw, struct sk_buff *skb,
			      const struct mytcp_lower *lower,
			      const struct mytcp_tuple *tuple)
{
	struct sock *listener;
	u32 isn_min;

	if (!lower->policy_ok(NULL, skb)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_XFRM_POLICY);
		return;
	}
	nf_reset_ct(skb);

	if (mytcp_timewait_segment(tw, skb, lower, &isn_min) == MYTCP_TW_NEW) {
		listener = mytcp_demux_find_listener(tuple);
		if (listener && mytcp_timewait_kill(tw)) {
			mytcp_count(tuple->net, time_wait_reused);
			demux_to_listener(listener, skb, lower, tuple, isn_min);
			return;
		}
		/* A SYN that opens nothing is answered as any other: RFC 5961. */
		mytcp_timewait_challenge(tw, skb, lower);
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_NOT_SPECIFIED);
}

/*
 * Hand the segment to a node. Returns false, and leaves skb alone, when the node
 * has left the hash since it was found.
 */
static bool demux_to_node(struct mytcp_node *node, struct sk_buff *skb,
			  const struct mytcp_lower *lower,
			  const struct mytcp_tuple *tuple)
{
	struct mytcp_request *req;

	if (likely(node->kind == MYTCP_NODE_SOCK)) {
		struct sock *sk = mytcp_to_sk(mytcp_node_sk(node));

		return !demux_admit(sk, skb, lower) || demux_to_socket(sk, skb, tuple);
	}
	if (!mytcp_node_hashed(node))
		return false;

	if (node->kind == MYTCP_NODE_TIMEWAIT) {
		demux_to_timewait(container_of(node, struct mytcp_timewait, node),
				  skb, lower, tuple);
		return true;
	}
	req = container_of(node, struct mytcp_request, node);
	if (demux_admit(req->listener, skb, lower))
		mytcp_request_segment(req, skb);
	return true;
}

/**
 * mytcp_demux_rcv() - a segment for us has come
 * @skb: the segment, consumed; skb->data at the TCP header, which is linear with
 *	its options, transport and network header set, length and checksum
 *	verified
 * @lower: the network layer that it came from
 * @tuple: its addresses and ports, our end is "local"; dif is the device
 * @node: what mytcp_demux_find() found, or NULL
 * @listener: without a node what mytcp_demux_find_listener() found, or NULL: then
 *	the segment is answered by an RST
 *
 * Context: soft-irq or bottom halves off, RCU since the lookup.
 */
void mytcp_demux_rcv(struct sk_buff *skb, const struct mytcp_lower *lower,
		     const struct mytcp_tuple *tuple, struct mytcp_node *node,
		     struct sock *listener)
{
	if (likely(node)) {
		if (demux_to_node(node, skb, lower, tuple))
			return;
		/*
		 * It ended between the lookup and its lock. What took its place,
		 * a request's child, a connection's TIME_WAIT entry, is found by
		 * a second look; a third would be for a flood.
		 */
		node = mytcp_demux_find(tuple);
		if (node) {
			if (!demux_to_node(node, skb, lower, tuple))
				kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
			return;
		}
		listener = mytcp_demux_find_listener(tuple);
	}

	if (listener)
		demux_to_listener(listener, skb, lower, tuple, 0);
	else
		demux_stray(skb, lower, tuple);
}

/* Call fn for one object; what it is told can be used as demux_walk() says. */
static int demux_visit(struct mytcp_node *node, bool listener,
		       int (*fn)(struct mytcp_node *node, struct sock *listener,
				 void *arg),
		       void *arg)
{
	struct sock *sk;
	int ret;

	if (node->kind != MYTCP_NODE_SOCK)
		return fn(node, NULL, arg);

	sk = mytcp_to_sk(mytcp_node_sk(node));
	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return 0;
	rcu_read_unlock();
	ret = fn(listener ? NULL : node, listener ? sk : NULL, arg);
	rcu_read_lock();
	sock_put(sk);
	return ret;
}

/* The object at the walk's place in this chain, or NULL; RCU. */
static struct mytcp_node *demux_walk_at(const struct mytcp_walk *walk,
					const struct demux_table *table, u32 chain)
{
	unsigned int skip = walk->skip;
	struct hlist_nulls_node *pos;
	struct mytcp_node *node;

	hlist_nulls_for_each_entry_rcu(node, pos, &table->chains[chain], hash_link) {
		if (walk->net && !net_eq(node->tuple.net, walk->net))
			continue;
		if (!skip--)
			return node;
	}
	return NULL;
}

/**
 * mytcp_demux_walk() - visit everything that is hashed
 * @walk: where to begin; on return behind the object visited last
 * @fn: called for each object, with a node (a connection, a request, a TIME_WAIT
 *	entry) or with a listener, the other one is NULL. A connection or a
 *	listener is held during the call, which may sleep; for the others RCU is
 *	held, and it may not. A value other than 0 ends the walk.
 * @arg: for @fn
 *
 * What comes or goes during the walk may be visited, or be missed, or make
 * another object be visited twice or missed. Who wants to have them all goes on
 * until a walk finds none.
 *
 * Context: process.
 * Return: what @fn returned, 0 at the end.
 */
int mytcp_demux_walk(struct mytcp_walk *walk,
		     int (*fn)(struct mytcp_node *node, struct sock *listener,
			       void *arg),
		     void *arg)
{
	unsigned int nr_connections = connections.mask + 1;
	unsigned int nr = nr_connections + listeners.mask + 1;
	struct mytcp_node *node;
	int ret = 0;

	rcu_read_lock();
	while (walk->bucket < nr) {
		bool listener = walk->bucket >= nr_connections;

		if (listener)
			node = demux_walk_at(walk, &listeners,
					     walk->bucket - nr_connections);
		else
			node = demux_walk_at(walk, &connections, walk->bucket);
		if (!node) {
			walk->bucket++;
			walk->skip = 0;
			continue;
		}
		walk->skip++;
		ret = demux_visit(node, listener, fn, arg);
		if (ret)
			break;
	}
	rcu_read_unlock();
	return ret;
}

static int demux_table_init(struct demux_table *table, u32 nr, u32 nulls)
{
	u32 i;

	table->chains = kvmalloc_array(nr, sizeof(*table->chains), GFP_KERNEL);
	if (!table->chains)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		INIT_HLIST_NULLS_HEAD(&table->chains[i], nulls + i);
	table->mask = nr - 1;
	return 0;
}

/**
 * mytcp_demux_init() - make the tables, by the size of memory
 *
 * Return: 0 or -ENOMEM.
 */
int mytcp_demux_init(void)
{
	/* A chain for every 128 kB. */
	unsigned long nr = totalram_pages() >> (17 - min(PAGE_SHIFT, 17));
	unsigned int i;
	int err;

	nr = rounddown_pow_of_two(clamp_t(unsigned long, nr, DEMUX_CHAINS_MIN,
					  DEMUX_CHAINS_MAX));
	demux_key = get_random_u32();
	for (i = 0; i < DEMUX_LOCKS; i++)
		spin_lock_init(&demux_locks[i]);

	err = demux_table_init(&connections, nr, 0);
	if (err)
		return err;
	err = demux_table_init(&listeners, DEMUX_LISTENER_CHAINS,
			       DEMUX_LISTENER_NULLS);
	if (err)
		kvfree(connections.chains);
	return err;
}

/**
 * mytcp_demux_exit() - free the tables, which are empty
 */
void mytcp_demux_exit(void)
{
	kvfree(listeners.chains);
	kvfree(connections.chains);
}
