/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TIME_WAIT (RFC 9293 3.4.2, 3.6.1): an entry without a socket or a timer, in a
 * queue whose head one hrtimer watches.
 */
#ifndef _MYTCP_TIMEWAIT_H
#define _MYTCP_TIMEWAIT_H

#include "fifo.h"
#include "node.h"
#include "sock.h"

#define MYTCP_TIME_WAIT_MS	60000	/* 2 MSL, as Linux; the RFC's MSL is 2 minutes */

struct mytcp_timewait {
	struct mytcp_node node;
	union {
		struct mytcp_fifo_entry wait;
		struct rcu_head rcu;
	};
	struct mytcp_bucket *bucket;	/* a reference, or NULL */
	u32 snd_nxt;
	u32 rcv_nxt;
	u32 ts_recent;			/* 0 with !ts_ok */
	u16 rcv_wnd;			/* as on the wire */
	u8 tos;
	bool ts_ok;
};

int mytcp_timewait_init_module(void);
void mytcp_timewait_exit_module(void);

/*
 * The connection goes to TIME_WAIT: an entry takes its place in the
 * demultiplexer and the socket becomes CLOSE (mytcp_done). Socket locked.
 */
void mytcp_timewait_enter(struct sock *sk);

enum mytcp_timewait_verdict {
	MYTCP_TW_DONE,		/* answered or ignored: drop the segment */
	MYTCP_TW_RESET,		/* answer as 3.10.7.1: there is no connection */
	MYTCP_TW_NEW,		/* a SYN that may open anew: to the listener; *isn_min is set */
};

/* A segment for an entry: 3.10.7.4 in TIME-WAIT, RFC 1337, RFC 6191. */
enum mytcp_timewait_verdict
mytcp_timewait_segment(struct mytcp_timewait *tw, struct sk_buff *skb,
		       const struct mytcp_lower *lower, u32 *isn_min);
/* May our own connect() take this tuple over? Then the entry is gone. RFC 6191. */
bool mytcp_timewait_reuse(struct mytcp_timewait *tw, u32 *isn_min, u32 *ts_recent);
void mytcp_timewait_purge(struct net *net);
u32 mytcp_timewait_count(struct net *net);

#endif /* _MYTCP_TIMEWAIT_H */
