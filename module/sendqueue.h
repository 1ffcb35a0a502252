/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The send queue, in two parts: what was never sent (sk_write_queue, a list), and
 * what is sent and not acknowledged (tcp_rtx_queue, a tree by sequence number, for
 * SACK blocks and splits in the middle). Each of the latter is one of three: on the
 * way, in ms->tsorted by the time of its last transmission; to be sent again, in
 * ms->lost; or SACKED, in neither. A buffer holds up to 64 KiB of payload: the stack
 * below cuts it up. Here are the buffers and their charges; what is sent when is
 * output.h's. All with the socket's lock held.
 */
#ifndef _MYTCP_SENDQUEUE_H
#define _MYTCP_SENDQUEUE_H

#include "sock.h"

#define MYTCP_HEADER_MAX	(MAX_HEADER + 60 + 60)	/* link, IP and TCP with options */
#define MYTCP_LINEAR_MAX	128	/* room for a small write in the buffer's own head */

struct sk_buff *mytcp_alloc_send_skb(struct sock *sk, gfp_t gfp);
void mytcp_free_send_skb(struct sock *sk, struct sk_buff *skb);
void mytcp_queue_tail(struct sock *sk, struct sk_buff *skb);
void mytcp_queue_sent(struct sock *sk, struct sk_buff *skb);
void mytcp_queue_purge(struct sock *sk);
u32 mytcp_gso_max(const struct sock *sk, u32 mss);
void mytcp_set_gso(const struct sock *sk, struct sk_buff *skb, u32 mss);
u32 mytcp_resend_size(const struct mytcp_sock *ms, const struct sk_buff *skb);
u32 mytcp_size_goal(const struct sock *sk);
int mytcp_fragment(struct sock *sk, struct sk_buff *skb, u32 len);
bool mytcp_move_text(struct sk_buff *to, struct sk_buff *from);
bool mytcp_gather(struct sock *sk, struct sk_buff *skb, u32 len);
void mytcp_unlink_acked(struct sock *sk, struct sk_buff *skb);
int mytcp_trim_acked(struct sock *sk, struct sk_buff *skb);
int mytcp_trim_again(struct sock *sk);

/* The first buffer that was never sent, or NULL. */
static inline struct sk_buff *mytcp_unsent_head(const struct sock *sk)
{
	return skb_peek(&sk->sk_write_queue);
}

/* The first buffer that is sent and not acknowledged, or NULL. */
static inline struct sk_buff *mytcp_sent_head(const struct sock *sk)
{
	return skb_rb_first(&sk->tcp_rtx_queue);
}

/* Segments that a buffer is on the wire. */
static inline u32 mytcp_packets(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_segs ?: 1;
}

/* Is a buffer lost, and not sent again since? */
static inline bool mytcp_waits_for_repeat(const struct mytcp_skb_cb *cb)
{
	return (cb->marks & (MYTCP_MARK_LOST | MYTCP_MARK_RETRANS)) == MYTCP_MARK_LOST;
}

/*
 * Segments thought to be on the way: RFC 5681 FlightSize by recovery.h's marks.
 * Rules: 6675-4-4
 */
static inline u32 mytcp_in_flight(const struct mytcp_sock *ms)
{
	u32 left = ms->sacked_out + ms->lost_out;

	return ms->packets_out - min(left, ms->packets_out) + ms->retrans_out;
}

#endif /* _MYTCP_SENDQUEUE_H */
