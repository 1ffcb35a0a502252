// SPDX-License-Identifier: GPL-2.0
/*
 * A Fast Open client's memory: see fastopen_cache.h.
 */
#include <linux/rculist.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "fastopen_cache.h"
#include "pernet.h"

/* RFC 7413 section 4.1.3.1: how long a port is left alone, the first time; doubled. */
#define CACHE_REFUSED_NS	(60 * NSEC_PER_SEC)
#define CACHE_REFUSALS_MAX	6

/* What an entry has of its union. */
enum cache_kind {
	CACHE_COOKIE,		/* the host's: its key has no port */
	CACHE_REFUSAL,		/* the port's, which may be 0 */
};

/* No padding: it is hashed. */
struct cache_key {
	union mytcp_addr laddr;
	union mytcp_addr raddr;
	__be16 rport;
	u8 wire;
	u8 family;
	u32 kind;	/* enum cache_kind */
};

struct cache_entry {
	struct hlist_node link;
	struct rcu_head rcu;
	struct cache_key key;
	union {
		struct {
			struct mytcp_fastopen_cookie cookie;
			u16 mss;
		};
		struct {
			u64 until_ns;
			u8 times;
		} refusal;
	};
};

static struct mytcp_fastopen_cache *cache_of(const struct mytcp_tuple *tuple)
{
	return &mytcp_pernet(tuple->net)->fastopen;
}

static struct cache_key cache_key(const struct mytcp_tuple *tuple, enum cache_kind kind)
{
	return (struct cache_key) {
		.laddr = tuple->laddr,
		.raddr = tuple->raddr,
		.rport = kind == CACHE_REFUSAL ? tuple->rport : 0,
		.wire = tuple->wire,
		.family = tuple->family,
		.kind = kind,
	};
}

static struct hlist_head *cache_chain(const struct mytcp_tuple *tuple,
				      const struct cache_key *key)
{
	u64 hash = siphash(key, sizeof(*key), &mytcp_pernet(tuple->net)->isn_key);

	return &cache_of(tuple)->chains[hash % MYTCP_FASTOPEN_CHAINS];
}

/* Under RCU or the lock. */
static struct cache_entry *cache_find(struct hlist_head *chain,
				      const struct cache_key *key)
{
	struct cache_entry *entry;

	hlist_for_each_entry_rcu(entry, chain, link, true)
		if (!memcmp(&entry->key, key, sizeof(*key)))
			return entry;
	return NULL;
}

static void cache_drop(struct cache_entry *entry)
{
	hlist_del_rcu(&entry->link);
	kfree_rcu(entry, rcu);
}

/* The last of a chain that is too long has waited longest. Under the lock. */
static void cache_shorten(struct hlist_head *chain)
{
	struct cache_entry *entry, *last = NULL;
	unsigned int n = 0;

	hlist_for_each_entry(entry, chain, link) {
		last = entry;
		n++;
	}
	if (n > MYTCP_FASTOPEN_CHAIN_MAX)
		cache_drop(last);
}

/* "entry" comes to the front, in the place of "old". Under the lock. */
static void cache_put(struct hlist_head *chain, struct cache_entry *old,
		      struct cache_entry *entry)
{
	hlist_add_head_rcu(&entry->link, chain);
	if (old)
		cache_drop(old);
	else
		cache_shorten(chain);
}

/* What is not remembered for want of memory has to be asked for once more. */
static struct cache_entry *cache_alloc(const struct cache_key *key)
{
	struct cache_entry *entry = kzalloc(sizeof(*entry), GFP_ATOMIC | __GFP_NOWARN);

	if (entry)
		entry->key = *key;
	return entry;
}

/**
 * mytcp_fastopen_cache_init() - an empty cache
 * @cache: of a namespace that is being made
 */
void mytcp_fastopen_cache_init(struct mytcp_fastopen_cache *cache)
{
	unsigned int i;

	spin_lock_init(&cache->lock);
	for (i = 0; i < MYTCP_FASTOPEN_CHAINS; i++)
		INIT_HLIST_HEAD(&cache->chains[i]);
}

/**
 * mytcp_fastopen_cache_purge() - forget everything
 * @cache: its namespace ends, or a test begins
 */
void mytcp_fastopen_cache_purge(struct mytcp_fastopen_cache *cache)
{
	struct cache_entry *entry;
	struct hlist_node *next;
	unsigned int i;

	spin_lock_bh(&cache->lock);
	for (i = 0; i < MYTCP_FASTOPEN_CHAINS; i++)
		hlist_for_each_entry_safe(entry, next, &cache->chains[i], link)
			cache_drop(entry);
	spin_unlock_bh(&cache->lock);
}

/**
 * mytcp_fastopen_cache_get() - what is known of a server?
 * @tuple: the name of a connection to it, but for our port
 * @now_ns: mytcp_clock()
 * @known: where it goes
 *
 * Rules: 7413-4.1.3-1, 7413-4.1.3-2, 7413-4.1.3-3
 */
void mytcp_fastopen_cache_get(const struct mytcp_tuple *tuple, u64 now_ns,
			      struct mytcp_fastopen_known *known)
{
	struct cache_key host = cache_key(tuple, CACHE_COOKIE);
	struct cache_key port = cache_key(tuple, CACHE_REFUSAL);
	const struct cache_entry *entry;

	*known = (struct mytcp_fastopen_known) {};
	rcu_read_lock();
	entry = cache_find(cache_chain(tuple, &host), &host);
	if (entry) {
		known->cookie = entry->cookie;
		known->mss = entry->mss;
	}
	entry = cache_find(cache_chain(tuple, &port), &port);
	known->refused = entry && now_ns < entry->refusal.until_ns;
	rcu_read_unlock();
}

/**
 * mytcp_fastopen_cache_learn() - a server has answered
 * @tuple: the connection's name
 * @mss: its MSS option, or the default
 * @cookie: the cookie that it gave us; NULL: none, the last one stays
 *
 * Context: any but hard-irq.
 *
 * Rules: 7413-4.1.3-1, 7413-4.1.3-2
 */
void mytcp_fastopen_cache_learn(const struct mytcp_tuple *tuple, u16 mss,
				const struct mytcp_fastopen_cookie *cookie)
{
	struct mytcp_fastopen_cache *cache = cache_of(tuple);
	struct cache_key key = cache_key(tuple, CACHE_COOKIE);
	struct hlist_head *chain = cache_chain(tuple, &key);
	struct cache_entry *entry = cache_alloc(&key);
	struct cache_entry *old;

	if (!entry)
		return;
	entry->mss = mss;
	spin_lock_bh(&cache->lock);
	old = cache_find(chain, &key);
	if (cookie)
		entry->cookie = *cookie;
	else if (old)
		entry->cookie = old->cookie;
	cache_put(chain, old, entry);
	spin_unlock_bh(&cache->lock);
}

/**
 * mytcp_fastopen_cache_refuse() - a port did not answer, or not as it should
 * @tuple: the connection's name
 * @now_ns: mytcp_clock()
 *
 * It is left alone for a minute, twice as long each time, 64 minutes at most.
 *
 * Context: any but hard-irq.
 *
 * Rules: 7413-4.1.3-3
 */
void mytcp_fastopen_cache_refuse(const struct mytcp_tuple *tuple, u64 now_ns)
{
	struct mytcp_fastopen_cache *cache = cache_of(tuple);
	struct cache_key key = cache_key(tuple, CACHE_REFUSAL);
	struct hlist_head *chain = cache_chain(tuple, &key);
	struct cache_entry *entry = cache_alloc(&key);
	struct cache_entry *old;
	u8 times = 0;

	if (!entry)
		return;
	spin_lock_bh(&cache->lock);
	old = cache_find(chain, &key);
	if (old)
		times = min(old->refusal.times + 1, CACHE_REFUSALS_MAX);
	entry->refusal.times = times;
	entry->refusal.until_ns = now_ns + (CACHE_REFUSED_NS << times);
	cache_put(chain, old, entry);
	spin_unlock_bh(&cache->lock);
}

/**
 * mytcp_fastopen_cache_welcome() - a port has taken text with our SYN
 * @tuple: the connection's name
 *
 * Context: any but hard-irq.
 */
void mytcp_fastopen_cache_welcome(const struct mytcp_tuple *tuple)
{
	struct mytcp_fastopen_cache *cache = cache_of(tuple);
	struct cache_key key = cache_key(tuple, CACHE_REFUSAL);
	struct hlist_head *chain = cache_chain(tuple, &key);
	struct cache_entry *entry;

	spin_lock_bh(&cache->lock);
	entry = cache_find(chain, &key);
	if (entry)
		cache_drop(entry);
	spin_unlock_bh(&cache->lock);
}
