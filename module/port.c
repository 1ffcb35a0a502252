// SPDX-License-Identifier: GPL-2.0
/*
 * Local ports: see port.h.
 */
#include <linux/in.h>
#include <linux/jhash.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/workqueue.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/netns/hash.h>
#include <net/route.h>

#include "compat.h"
#include "port.h"
#include "port_auto.h"
#include "reserve.h"
#include "sock.h"

#define PORT_CHAINS	1024U

/**
 * struct mytcp_bucket - one (namespace, wire, local address, port, device)
 * @chain: in the chain of the port
 * @owners: sockets by bind_link: bound by name, listeners, their children
 * @holds: TIME_WAIT entries
 * @strict_holds: those of @holds whose socket had no SO_REUSEADDR
 * @listener: the owner that listens, or NULL
 * @net: the namespace
 * @addr: local address, all zero: any
 * @dif: bound device's index, 0: any
 * @port: host byte order
 * @wire: the IP protocol number
 * @family: AF_INET or AF_INET6
 * @dead_listed: is on the list of those to be given up
 * @dead: place on that list
 * @reservation: the kernel's TCP socket that keeps the port for us: NULL for
 *	wire 253, for an automatic port until somebody listens; guarded by the
 *	port mutex
 * @rcu: for its memory
 *
 * What is not the mutex's is guarded by the chain's lock. The bucket lives as
 * long as there are owners or holds, and then until it is reaped; somebody may
 * bind to it meanwhile.
 */
struct mytcp_bucket {
	struct hlist_node chain;
	struct hlist_head owners;
	unsigned int holds;
	unsigned int strict_holds;
	struct sock *listener;
	struct net *net;
	union mytcp_addr addr;
	int dif;
	u16 port;
	u8 wire;
	u8 family;
	bool dead_listed;
	struct llist_node dead;
	struct socket *reservation;
	struct rcu_head rcu;
};

struct port_chain {
	spinlock_t lock;	/* the list and what hangs on it */
	struct hlist_head buckets;
};

static struct port_chain port_chains[PORT_CHAINS];
static DEFINE_MUTEX(port_mutex);
static u32 port_key __read_mostly;

/* Buckets that nobody uses, whose reservations are to be given back. */
static LLIST_HEAD(port_dead);

static struct port_chain *port_chain(const struct net *net, u16 port, u8 wire)
{
	return &port_chains[jhash_2words(port, wire, port_key ^ net_hash_mix(net)) %
			    PORT_CHAINS];
}

static struct port_chain *port_bucket_chain(const struct mytcp_bucket *bucket)
{
	return port_chain(bucket->net, bucket->port, bucket->wire);
}

static bool port_bucket_used(const struct mytcp_bucket *bucket)
{
	return !hlist_empty(&bucket->owners) || READ_ONCE(bucket->holds);
}

/**
 * mytcp_port_local_name() - our end of a socket's name
 * @sk: the socket
 * @name: filled with namespace, wire, family, device, local address and port; the
 *	peer's part is zero
 */
void mytcp_port_local_name(const struct sock *sk, struct mytcp_tuple *name)
{
	memset(name, 0, sizeof(*name));
	name->net = sock_net(sk);
	name->laddr.v4 = inet_sk(sk)->inet_rcv_saddr;
	name->lport = htons(inet_sk(sk)->inet_num);
	name->dif = READ_ONCE(sk->sk_bound_dev_if);
	name->wire = sk->sk_protocol;
	name->family = AF_INET;
}

/*
 * Giving back. The last one to leave may be in soft-irq, where no socket can be
 * released: so the bucket waits for the work item, or for the next process that
 * comes along, whichever is first.
 */

static void port_reap_one(struct mytcp_bucket *bucket)
{
	struct port_chain *chain = port_bucket_chain(bucket);
	bool used;

	spin_lock_bh(&chain->lock);
	bucket->dead_listed = false;
	used = port_bucket_used(bucket);
	if (!used)
		hlist_del_rcu(&bucket->chain);
	spin_unlock_bh(&chain->lock);
	if (used)
		return;

	if (bucket->reservation)
		mytcp_reserve_release(bucket->reservation);
	kfree_rcu(bucket, rcu);
}

static void port_reap(void)
{
	struct mytcp_bucket *bucket, *next;

	lockdep_assert_held(&port_mutex);
	llist_for_each_entry_safe(bucket, next, llist_del_all(&port_dead), dead)
		port_reap_one(bucket);
}

static void port_reap_work(struct work_struct *work)
{
	mutex_lock(&port_mutex);
	port_reap();
	mutex_unlock(&port_mutex);
}

static DECLARE_WORK(port_work, port_reap_work);

/**
 * mytcp_port_settle() - give back what nobody uses any more
 *
 * So that a port is free, in both stacks, when the close() that freed it returns;
 * and that the namespace's exit leaves nothing behind.
 *
 * Context: process; may sleep.
 */
void mytcp_port_settle(void)
{
	if (llist_empty(&port_dead)) {
		/* Pairs with the mutex, taken before the list is emptied. */
		smp_rmb();
		if (!mutex_is_locked(&port_mutex))
			return;
	}
	mutex_lock(&port_mutex);
	port_reap();
	mutex_unlock(&port_mutex);
}

/* The chain's lock is held. */
static void port_bucket_left(struct mytcp_bucket *bucket)
{
	if (port_bucket_used(bucket) || bucket->dead_listed)
		return;
	bucket->dead_listed = true;
	llist_add(&bucket->dead, &port_dead);
	schedule_work(&port_work);
}

/**
 * mytcp_port_release() - a socket leaves its port
 * @sk: locked, or nobody else has it; bound or not
 *
 * inet_sport stays, getsockname() tells it.
 *
 * Context: any but hard-irq.
 */
void mytcp_port_release(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_bucket *bucket = ms->bucket;
	struct port_chain *chain;

	inet_sk(sk)->inet_num = 0;
	if (!bucket)
		return;

	chain = port_bucket_chain(bucket);
	spin_lock_bh(&chain->lock);
	hlist_del_init(&ms->bind_link);
	if (bucket->listener == sk)
		bucket->listener = NULL;
	WRITE_ONCE(ms->bucket, NULL);
	port_bucket_left(bucket);
	spin_unlock_bh(&chain->lock);
}

/**
 * mytcp_port_hold() - a TIME_WAIT entry keeps its connection's bucket
 * @bucket: of a socket that is locked, or NULL
 * @reuse: the socket had SO_REUSEADDR
 *
 * Context: any but hard-irq.
 * Return: @bucket.
 */
struct mytcp_bucket *mytcp_port_hold(struct mytcp_bucket *bucket, bool reuse)
{
	struct port_chain *chain;

	if (!bucket)
		return NULL;
	chain = port_bucket_chain(bucket);
	spin_lock_bh(&chain->lock);
	WRITE_ONCE(bucket->holds, bucket->holds + 1);
	bucket->strict_holds += !reuse;
	spin_unlock_bh(&chain->lock);
	return bucket;
}

/**
 * mytcp_port_drop() - the reverse of mytcp_port_hold()
 * @bucket: the bucket, not NULL
 * @reuse: as for mytcp_port_hold()
 *
 * Context: any but hard-irq.
 */
void mytcp_port_drop(struct mytcp_bucket *bucket, bool reuse)
{
	struct port_chain *chain = port_bucket_chain(bucket);

	spin_lock_bh(&chain->lock);
	WRITE_ONCE(bucket->holds, bucket->holds - 1);
	bucket->strict_holds -= !reuse;
	port_bucket_left(bucket);
	spin_unlock_bh(&chain->lock);
}

/**
 * mytcp_port_share() - a child is bound to its listener's port
 * @child: not bound, its spin lock is held
 * @listener: not locked, RCU
 *
 * Context: soft-irq.
 * Return: false when the listener has left the port meanwhile, or is at another.
 */
bool mytcp_port_share(struct sock *child, const struct sock *listener)
{
	struct mytcp_bucket *bucket = READ_ONCE(mytcp_sk(listener)->bucket);
	struct mytcp_sock *ms = mytcp_sk(child);
	struct port_chain *chain;
	bool used;

	if (!bucket)
		return false;

	chain = port_bucket_chain(bucket);
	spin_lock_bh(&chain->lock);
	used = port_bucket_used(bucket) && bucket->port == ntohs(ms->node.tuple.lport);
	if (used) {
		hlist_add_head(&ms->bind_link, &bucket->owners);
		ms->bucket = bucket;
		inet_sk(child)->inet_num = bucket->port;
		inet_sk(child)->inet_sport = htons(bucket->port);
	}
	spin_unlock_bh(&chain->lock);
	return used;
}

/*
 * Conflicts, the rules of bind(2) in the kernel's TCP: two sockets cannot have a
 * port on overlapping addresses and devices, unless both have SO_REUSEADDR and
 * neither listens.
 */

static bool port_names_overlap(const struct mytcp_bucket *bucket,
			       const struct mytcp_tuple *name)
{
	static const union mytcp_addr any;

	if (bucket->port != ntohs(name->lport) || bucket->wire != name->wire ||
	    !net_eq(bucket->net, name->net))
		return false;
	if (bucket->dif && name->dif && bucket->dif != name->dif)
		return false;
	return bucket->family != name->family ||
	       !memcmp(&bucket->addr, &any, sizeof(any)) ||
	       !memcmp(&name->laddr, &any, sizeof(any)) ||
	       !memcmp(&bucket->addr, &name->laddr, sizeof(any));
}

static bool port_names_equal(const struct mytcp_bucket *bucket,
			     const struct mytcp_tuple *name)
{
	return bucket->port == ntohs(name->lport) && bucket->wire == name->wire &&
	       net_eq(bucket->net, name->net) && bucket->dif == name->dif &&
	       bucket->family == name->family &&
	       !memcmp(&bucket->addr, &name->laddr, sizeof(bucket->addr));
}

/* Does anybody but @sk in this bucket forbid @sk to bind, or to listen? */
static bool port_bucket_conflict(const struct mytcp_bucket *bucket,
				 const struct sock *sk)
{
	const struct mytcp_sock *owner;

	if (sk->sk_reuse ? bucket->strict_holds : bucket->holds)
		return true;
	hlist_for_each_entry(owner, &bucket->owners, bind_link) {
		const struct sock *other = mytcp_to_sk(owner);

		if (other == sk)
			continue;
		if (!sk->sk_reuse || !other->sk_reuse ||
		    bucket->listener == other)
			return true;
	}
	return false;
}

static bool port_conflict(const struct port_chain *chain,
			  const struct mytcp_tuple *name, const struct sock *sk)
{
	const struct mytcp_bucket *bucket;

	lockdep_assert_held(&chain->lock);
	hlist_for_each_entry(bucket, &chain->buckets, chain) {
		if (port_names_overlap(bucket, name) &&
		    port_bucket_conflict(bucket, sk))
			return true;
	}
	return false;
}

static struct mytcp_bucket *port_find(const struct port_chain *chain,
				      const struct mytcp_tuple *name)
{
	struct mytcp_bucket *bucket;

	lockdep_assert_held(&chain->lock);
	hlist_for_each_entry(bucket, &chain->buckets, chain) {
		if (port_names_equal(bucket, name))
			return bucket;
	}
	return NULL;
}

static struct mytcp_bucket *port_bucket_alloc(const struct mytcp_tuple *name)
{
	struct mytcp_bucket *bucket = kzalloc(sizeof(*bucket), GFP_KERNEL);

	if (!bucket)
		return NULL;
	bucket->net = name->net;
	bucket->addr = name->laddr;
	bucket->dif = name->dif;
	bucket->port = ntohs(name->lport);
	bucket->wire = name->wire;
	bucket->family = name->family;
	return bucket;
}

/* Make the socket an owner of the bucket of this name, which may be new. */
static int port_attach(struct sock *sk, const struct mytcp_tuple *name)
{
	struct port_chain *chain = port_chain(name->net, ntohs(name->lport),
					      name->wire);
	struct mytcp_bucket *bucket, *fresh;
	struct mytcp_sock *ms = mytcp_sk(sk);

	fresh = port_bucket_alloc(name);
	if (!fresh)
		return -ENOMEM;

	spin_lock_bh(&chain->lock);
	if (port_conflict(chain, name, sk)) {
		spin_unlock_bh(&chain->lock);
		kfree(fresh);
		return -EADDRINUSE;
	}
	bucket = port_find(chain, name);
	if (!bucket) {
		bucket = fresh;
		fresh = NULL;
		hlist_add_head_rcu(&bucket->chain, &chain->buckets);
	}
	hlist_add_head(&ms->bind_link, &bucket->owners);
	WRITE_ONCE(ms->bucket, bucket);
	spin_unlock_bh(&chain->lock);

	kfree(fresh);
	inet_sk(sk)->inet_num = ntohs(name->lport);
	inet_sk(sk)->inet_sport = name->lport;
	return 0;
}

/* Keep the port in the kernel's TCP, if that is where it is needed. */
static int port_reserve(struct mytcp_bucket *bucket, struct sock *sk)
{
	struct mytcp_tuple name = {
		.net = bucket->net,
		.laddr = bucket->addr,
		.lport = htons(bucket->port),
		.dif = bucket->dif,
		.wire = bucket->wire,
		.family = bucket->family,
	};

	lockdep_assert_held(&port_mutex);
	if (bucket->wire != IPPROTO_TCP || bucket->reservation)
		return 0;
	return mytcp_reserve(&name, sk, &bucket->reservation);
}

/* What inet_bind() checks beside the port. */
static int port_permitted(struct sock *sk, const struct mytcp_tuple *name)
{
	u32 table = l3mdev_fib_table_by_index(name->net, name->dif) ?:
		    RT_TABLE_LOCAL;
	int type = inet_addr_type_table(name->net, name->laddr.v4, table);
	u16 port = ntohs(name->lport);

	if (!inet_addr_valid_or_nonlocal(name->net, inet_sk(sk), name->laddr.v4,
					 type))
		return -EADDRNOTAVAIL;
	if (port && inet_port_requires_bind_service(name->net, port) &&
	    !ns_capable(name->net->user_ns, CAP_NET_BIND_SERVICE))
		return -EACCES;
	return 0;
}

static int port_bind_named(struct sock *sk, const struct mytcp_tuple *name)
{
	int err;

	err = port_attach(sk, name);
	if (err)
		return err;
	err = port_reserve(mytcp_sk(sk)->bucket, sk);
	if (err) {
		mytcp_port_release(sk);
		inet_sk(sk)->inet_sport = 0;
		port_reap();
	}
	return err;
}

/**
 * mytcp_port_in_use() - is a socket of ours bound to a port, by whatever address?
 * @net: the namespace
 * @port: host byte order
 * @wire: the IP protocol number
 *
 * Context: any.
 */
bool mytcp_port_in_use(const struct net *net, u16 port, u8 wire)
{
	struct port_chain *chain = port_chain(net, port, wire);
	const struct mytcp_bucket *bucket;
	bool used = false;

	rcu_read_lock();
	hlist_for_each_entry_rcu(bucket, &chain->buckets, chain) {
		if (bucket->port == port && bucket->wire == wire &&
		    net_eq(bucket->net, net) && port_bucket_used(bucket)) {
			used = true;
			break;
		}
	}
	rcu_read_unlock();
	return used;
}

/* RFC 6056 section 3.3.1: begin at random, take the next one that is free. */
static int port_bind_any(struct sock *sk, struct mytcp_tuple *name)
{
	u32 i, first, range;
	u16 lo, port;
	int err;

	range = mytcp_port_range(name->net, &lo);
	first = reciprocal_scale(get_random_u32(), range);
	for (i = 0; i < range; i++) {
		port = lo + (first + i) % range;
		if (!mytcp_port_is_automatic(name->net, port, name->wire))
			continue;
		name->lport = htons(port);
		err = port_attach(sk, name);
		if (err != -EADDRINUSE)
			return err;
	}
	return -EADDRINUSE;
}

/**
 * mytcp_port_bind() - bind(2)
 * @sk: locked, has no port; inet_rcv_saddr is set
 * @port: host byte order; 0: choose one
 *
 * Sets inet_num and inet_sport. A port that was named is reserved in the kernel's
 * TCP at once, a chosen one when somebody listens on it.
 *
 * Context: process; may sleep.
 * Return: 0; -EADDRINUSE when the port is taken, in either stack, or none is
 * left; -EADDRNOTAVAIL when the address is not this host's; -EACCES; -ENOMEM.
 */
int mytcp_port_bind(struct sock *sk, u16 port)
{
	struct mytcp_tuple name;
	int err;

	mytcp_port_local_name(sk, &name);
	name.lport = htons(port);
	err = port_permitted(sk, &name);
	if (err)
		return err;

	mutex_lock(&port_mutex);
	/* What is about to be given back must not be in our way. */
	port_reap();
	if (port)
		err = port_bind_named(sk, &name);
	else
		err = port_bind_any(sk, &name);
	mutex_unlock(&port_mutex);
	return err;
}

/* Nobody else listens, and will not as long as @sk does. */
static int port_claim_listener(struct sock *sk)
{
	struct mytcp_bucket *bucket = mytcp_sk(sk)->bucket;
	struct port_chain *chain = port_bucket_chain(bucket);
	struct mytcp_tuple name;
	int err = 0;

	mytcp_port_local_name(sk, &name);
	spin_lock_bh(&chain->lock);
	if (port_conflict(chain, &name, sk))
		err = -EADDRINUSE;
	else
		bucket->listener = sk;
	spin_unlock_bh(&chain->lock);
	return err;
}

static void port_unclaim_listener(struct sock *sk)
{
	struct mytcp_bucket *bucket = mytcp_sk(sk)->bucket;
	struct port_chain *chain = port_bucket_chain(bucket);

	spin_lock_bh(&chain->lock);
	if (bucket->listener == sk)
		bucket->listener = NULL;
	spin_unlock_bh(&chain->lock);
}

/* The reservation listens, too: so the kernel knows what SO_REUSEADDR may. */
static int port_reserve_listener(struct mytcp_bucket *bucket, struct sock *sk)
{
	int err = port_reserve(bucket, sk);

	if (err || !bucket->reservation)
		return err;
	return mytcp_reserve_listen(bucket->reservation, sk);
}

/**
 * mytcp_port_listen() - listen(2): become the only listener of the port
 * @sk: locked, bound by mytcp_port_bind()
 *
 * No SYN may reach the reservation: the caller has to be found by the
 * demultiplexer already.
 *
 * Context: process; may sleep.
 * Return: 0, or -EADDRINUSE when there is another one in either stack.
 */
int mytcp_port_listen(struct sock *sk)
{
	int err;

	mutex_lock(&port_mutex);
	port_reap();
	err = port_claim_listener(sk);
	if (!err) {
		err = port_reserve_listener(mytcp_sk(sk)->bucket, sk);
		if (err)
			port_unclaim_listener(sk);
	}
	mutex_unlock(&port_mutex);
	return err;
}

/**
 * mytcp_port_unlisten() - another one may listen on the port
 * @sk: locked, mytcp_port_listen() succeeded; still found by the demultiplexer
 *
 * Context: process; may sleep.
 */
void mytcp_port_unlisten(struct sock *sk)
{
	struct mytcp_bucket *bucket = mytcp_sk(sk)->bucket;

	if (!bucket)
		return;
	mutex_lock(&port_mutex);
	port_unclaim_listener(sk);
	if (bucket->reservation)
		mytcp_reserve_unlisten(bucket->reservation);
	mutex_unlock(&port_mutex);
}

/**
 * mytcp_port_init_module() - prepare the tables
 */
void mytcp_port_init_module(void)
{
	unsigned int i;

	for (i = 0; i < PORT_CHAINS; i++)
		spin_lock_init(&port_chains[i].lock);
	port_key = get_random_u32();
}

/**
 * mytcp_port_exit_module() - the reverse; no socket and no entry is left
 */
void mytcp_port_exit_module(void)
{
	mytcp_port_settle();
	cancel_work_sync(&port_work);
	/* Buckets are freed by the kernel, but readers are ours. */
	synchronize_rcu();
}
