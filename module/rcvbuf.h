/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receive buffer: what of its memory is window, and how both grow.
 *
 * A part of the buffer is for payload, half of it until the first full segments tell
 * what they cost; the rest pays for what the kernel charges beside (Linux's
 * scaling_ratio). Not all of that is offered at once: rcv_ssthresh goes up with each
 * segment that comes, by less the more it costs for what it carries, so that a peer
 * that sends small ones never has a window that their memory would overfill. And
 * the buffer itself follows what the user reads (drs.h), as far as buflimit.h allows,
 * unless SO_RCVBUF says how large it is. All with the socket's lock held.
 */
#ifndef _MYTCP_RCVBUF_H
#define _MYTCP_RCVBUF_H

#include "sock.h"

/* The share of the buffer that is payload, of 256. */
#define MYTCP_RCV_SHARE_LEAST	128
#define MYTCP_RCV_SHARE_MOST	192

/**
 * struct mytcp_rcvbuf_limits - what a route allows the window to be
 * @clamp: octets at most, unless TCP_WINDOW_CLAMP says how many; 0: any
 * @first: octets of the SYN's; 0: any
 */
struct mytcp_rcvbuf_limits {
	u32 clamp;
	u64 first;
};

u32 mytcp_rcvbuf_free(const struct sock *sk);
u32 mytcp_rcvbuf_full(const struct sock *sk);
void mytcp_rcvbuf_initial(const struct sock *sk, const struct mytcp_rcvbuf_limits *limits,
			  u32 *wnd, u8 *wscale);
void mytcp_rcvbuf_open(struct sock *sk);
void mytcp_rcvbuf_taken(struct sock *sk, const struct sk_buff *skb, u32 full);
void mytcp_rcvbuf_overfull(struct mytcp_sock *ms);
void mytcp_rcvbuf_echo(struct mytcp_sock *ms, const struct mytcp_segment *seg);
void mytcp_rcvbuf_read(struct sock *sk);
void mytcp_rcvbuf_clamp(struct mytcp_sock *ms, u32 clamp);

/* Text has come: it may tell a round trip. */
static inline void mytcp_rcvbuf_measure(struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	if (ms->drs.rtt_ns && seq_after_eq(ms->rcv_nxt, ms->drs.rtt_seq))
		mytcp_drs_filled(&ms->drs, ms->now);
	if (ms->ts_ok && seg->opt.ts_ecr != ms->drs.echo)
		mytcp_rcvbuf_echo(ms, seg);
}

#endif /* _MYTCP_RCVBUF_H */
