/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending: what the send queue, the windows and Nagle allow; ACKs; the segments
 * of the handshakes. All with the socket's lock held.
 */
#ifndef _MYTCP_OUTPUT_H
#define _MYTCP_OUTPUT_H

#include "sock.h"

#define MYTCP_HEADER_MAX	(MAX_HEADER + 60 + 60)	/* link, IP and TCP with options */

struct sk_buff *mytcp_alloc_send_skb(struct sock *sk, gfp_t gfp);
void mytcp_queue_tail(struct sock *sk, struct sk_buff *skb);

/* Send what may be sent now. "more": the caller will soon add data (MSG_MORE). */
void mytcp_push(struct sock *sk, bool more);
/* Bytes that one skb of the send queue may hold: a multiple of the MSS. */
u32 mytcp_size_goal(const struct sock *sk);

int mytcp_send_syn(struct sock *sk);		/* SYN, or SYN,ACK in SYN_RECV */
void mytcp_send_fin(struct sock *sk);
void mytcp_send_ack(struct sock *sk);
void mytcp_send_challenge_ack(struct sock *sk);
void mytcp_send_reset(struct sock *sk);
void mytcp_send_probe(struct sock *sk, bool urgent);	/* persist or keepalive */
int mytcp_retransmit(struct sock *sk, struct sk_buff *skb);

/* After reading: announce a larger window if it grew enough (3.8.6.2.2). */
void mytcp_window_update(struct sock *sk);
void mytcp_delack_expired(struct sock *sk);

void mytcp_update_mss(struct sock *sk, u32 mtu);
void mytcp_mss_from_options(struct sock *sk, const struct mytcp_options *opt);
u16 mytcp_advertised_mss(struct sock *sk);
void mytcp_select_initial_window(struct sock *sk);

static inline u32 mytcp_packets(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_segs ?: 1;
}

#endif /* _MYTCP_OUTPUT_H */
