/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TIME_WAIT (RFC 9293 3.4.2, 3.6.1): an entry without a socket or a timer, in a
 * queue whose head one hrtimer watches.
 */
#ifndef _MYTCP_TIMEWAIT_H
#define _MYTCP_TIMEWAIT_H

#include "fifo.h"
#include "node.h"

struct mytcp_bucket;
struct mytcp_lower;
struct sk_buff;
struct sock;

#define MYTCP_TIME_WAIT_MS	60000	/* 2 MSL, as Linux; the RFC's MSL is 2 minutes */

/* What the administrator may choose instead: sysfs, and the parameter in main.c */
#define MYTCP_TIME_WAIT_MS_MIN	1
#define MYTCP_TIME_WAIT_MS_MAX	(60 * 60 * 1000)

/**
 * struct mytcp_timewait - a connection in TIME_WAIT; all but @wait and @answered
 *	stays as it was made
 * @node: in the demultiplexer
 * @wait: place in the namespace's queue
 * @bucket: a hold on the local port's bucket, or NULL
 * @rcu: once it is out of both, in the place of @wait.expires and @bucket. Not of
 *	@wait.link: who has found the entry before may still ask for a refresh, and
 *	has to see that it is not queued
 * @snd_nxt: SND.NXT, after our FIN
 * @rcv_nxt: RCV.NXT, after the peer's FIN
 * @ts_recent: the peer's latest timestamp; 0 without @ts_ok
 * @rcv_wnd: the window last announced, as on the wire
 * @tos: of our segments
 * @ts_ok: timestamps were negotiated
 * @reuse: the socket had SO_REUSEADDR
 * @answered: when a segment out of order was answered last, in quarters of a
 *	second, modulo 64; that it comes around every 16 s holds an answer back
 *	now and then, no more
 */
struct mytcp_timewait {
	struct mytcp_node node;
	union {
		struct {
			struct mytcp_fifo_entry wait;
			struct mytcp_bucket *bucket;
		};
		struct {
			struct list_head unqueued;
			struct rcu_head rcu;
		};
	};
	u32 snd_nxt;
	u32 rcv_nxt;
	u32 ts_recent;
	u16 rcv_wnd;
	u8 tos;
	u8 ts_ok : 1;
	u8 reuse : 1;
	u8 answered : 6;
};

/**
 * enum mytcp_timewait_verdict - what to do with a segment
 * @MYTCP_TW_DONE: nothing more: it was answered or ignored
 * @MYTCP_TW_NEW: a SYN that may open the connection anew, if there is a listener
 */
enum mytcp_timewait_verdict {
	MYTCP_TW_DONE,
	MYTCP_TW_NEW,
};

int mytcp_timewait_init_module(void);
void mytcp_timewait_exit_module(void);

void mytcp_timewait_enter(struct sock *sk);
enum mytcp_timewait_verdict
mytcp_timewait_segment(struct mytcp_timewait *tw, struct sk_buff *skb,
		       const struct mytcp_lower *lower, u32 *isn_min);
void mytcp_timewait_challenge(struct mytcp_timewait *tw, struct sk_buff *skb,
			      const struct mytcp_lower *lower);
bool mytcp_timewait_kill(struct mytcp_timewait *tw);
bool mytcp_timewait_reuse(struct mytcp_timewait *tw, u32 *isn_min, u32 *ts_recent);

void mytcp_timewait_expired(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
void mytcp_timewait_purge(struct net *net);
u32 mytcp_timewait_count(struct net *net);

#endif /* _MYTCP_TIMEWAIT_H */
