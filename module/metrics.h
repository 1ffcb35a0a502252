/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a route tells its connections: those metrics of ip-route(8) that are TCP's.
 *
 * They are read when a connection is set up, as it is routed then, and hold for its life;
 * an administrator who changes a route means the connections to come. What else a route
 * says is read where it is needed: its MTU and the lock on it (mss.c, by the network
 * layer), ECN (ecn.c), Fast Open without cookies of an active open (fastopen_client.c).
 *
 * rtt, rttvar, cwnd, ssthresh and reordering are not here: they are no settings but what
 * the kernel's TCP has found out about a path. It keeps them in a table that modules cannot
 * see, and takes only what is missing there from the route.
 */
#ifndef _MYTCP_METRICS_H
#define _MYTCP_METRICS_H

#include "cong.h"
#include "sock.h"

struct dst_entry;

/**
 * struct mytcp_metrics - the metrics of a route
 * @advmss: octets of payload that a segment to us may have: our MSS option
 * @initcwnd: the initial window, in segments; 0: RFC 6928's
 * @initrwnd: the first window that we offer, in segments of @advmss; 0: what there is
 * @window: the most that we ever offer, in octets; 0: any
 * @rto_min_us: least allowance above SRTT in RTO, in microseconds; 0: the usual one
 * @congestion: the key of the algorithm of congestion control, mytcp_cong_key(); 0: any
 * @congestion_locked: the user may not choose another one
 * @quickack: no ACK of text is delayed
 * @fastopen_no_cookie: text on a SYN needs no cookie
 */
struct mytcp_metrics {
	u32 advmss;
	u32 initcwnd;
	u32 initrwnd;
	u32 window;
	u32 rto_min_us;
	u32 congestion;
	bool congestion_locked;
	bool quickack;
	bool fastopen_no_cookie;
};

void mytcp_metrics_read(struct mytcp_metrics *m, const struct dst_entry *dst);
void mytcp_metrics_connect(struct sock *sk);
void mytcp_metrics_child(struct sock *child);

/* Segments of the first window, and of that after a pause: initcwnd, or RFC 6928. */
static inline u32 mytcp_first_window(const struct mytcp_sock *ms)
{
	return ms->initcwnd ?: mytcp_iw(ms->mss);
}

#endif /* _MYTCP_METRICS_H */
