/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All state of a network namespace. It hangs off struct net by net_generic();
 * deleting the namespace resets its connections and frees everything.
 */
#ifndef _MYTCP_PERNET_H
#define _MYTCP_PERNET_H

#include <linux/siphash.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "fastopen_cache.h"
#include "fifo.h"
#include "ratelimit.h"
#include "stats.h"

#define MYTCP_SYNACK_STEPS	8	/* SYN-ACK waits 1, 2, 4 ... 64, 120 s */

struct mytcp_pernet {
	struct net *net;
	struct mytcp_counters __percpu *counters;

	siphash_key_t isn_key;		/* ISN, timestamp offset, port choice */
	siphash_key_t cookie_key;	/* SYN cookies */

	struct mytcp_fifo time_wait;	/* RFC 9293 3.4.2 */

	/* The SYN queue: a request waits in the queue of its next step. */
	struct mytcp_fifo synack[MYTCP_SYNACK_STEPS];

	/* TCP Fast Open, client: RFC 7413 */
	struct mytcp_fastopen_cache fastopen;
	atomic_t fastopen_pauses;	/* paths that were found to swallow it, in a row */
	u64 fastopen_paused_ns;		/* when the last one was; no lock needed */

	struct mytcp_ratelimit challenge;	/* RFC 5961 section 7 */

	atomic_t curr_estab;		/* RFC 4022: ESTABLISHED and CLOSE-WAIT */

	/* Ports that connecting sockets are given: inclusive */
	u16 port_lo;
	u16 port_hi;
};

extern unsigned int mytcp_pernet_id;
extern unsigned int mytcp_time_wait_ms;	/* parameter: 2 MSL of new namespaces */

static inline struct mytcp_pernet *mytcp_pernet(const struct net *net)
{
	return net_generic(net, mytcp_pernet_id);
}

int mytcp_pernet_init(void);
void mytcp_pernet_exit(void);

#endif /* _MYTCP_PERNET_H */
