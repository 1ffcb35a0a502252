/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a Fast Open client remembers of servers, RFC 7413 section 4.1.3: cookie and MSS
 * of an address, and which ports have not answered as they should. (The kernel's
 * tcp_metrics, where its own TCP has this, are not open to modules.)
 *
 * One cache a namespace, of bounded size: only what our own programs connect to comes
 * in, where it stands is a keyed hash's choice, and a full chain forgets what has not
 * been told for longest.
 *
 * Lifetime: an entry never changes. A newer one takes its place under the cache's lock,
 * and it is freed after a grace period; readers need RCU alone.
 */
#ifndef _MYTCP_FASTOPEN_CACHE_H
#define _MYTCP_FASTOPEN_CACHE_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "node.h"
#include "wire.h"

#define MYTCP_FASTOPEN_CHAINS	64
#define MYTCP_FASTOPEN_CHAIN_MAX 8	/* entries of a chain */

/**
 * struct mytcp_fastopen_cache - a namespace's
 * @lock: of whoever changes it
 * @chains: of entries, the newest first
 */
struct mytcp_fastopen_cache {
	spinlock_t lock;	/* of whoever changes it */
	struct hlist_head chains[MYTCP_FASTOPEN_CHAINS];
};

/**
 * struct mytcp_fastopen_known - what is remembered of a server
 * @cookie: its len is 0 when there is none
 * @mss: the server's MSS option; 0: not known
 * @refused: it is better left alone for now
 */
struct mytcp_fastopen_known {
	struct mytcp_fastopen_cookie cookie;
	u16 mss;
	bool refused;
};

void mytcp_fastopen_cache_init(struct mytcp_fastopen_cache *cache);
void mytcp_fastopen_cache_purge(struct mytcp_fastopen_cache *cache);
void mytcp_fastopen_cache_get(const struct mytcp_tuple *tuple, u64 now_ns,
			      struct mytcp_fastopen_known *known);
void mytcp_fastopen_cache_learn(const struct mytcp_tuple *tuple, u16 mss,
				const struct mytcp_fastopen_cookie *cookie);
void mytcp_fastopen_cache_refuse(const struct mytcp_tuple *tuple, u64 now_ns);
void mytcp_fastopen_cache_welcome(const struct mytcp_tuple *tuple);

#endif /* _MYTCP_FASTOPEN_CACHE_H */
