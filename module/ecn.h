/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Explicit congestion notification, RFC 3168: routers mark packets instead of dropping
 * them, the receiver tells the sender.
 *
 *	sender      ECT(0)  --->  router: queue is long  --- CE --->  receiver
 *	                   <---  ECE, on every segment  -----------
 *	window down  ---- CWR, on the first new text  ----------->  no more ECE
 *
 * What it means for the window is congestion control's (cong.h); here is who agrees to
 * it, which packets may be marked, and the dance of ECE and CWR. With an algorithm that
 * needs ECN the receiver says of each segment whether it was marked: RFC 8257.
 *
 * Different from RFC 3168, as in Linux: a window of one segment is not followed by a wait
 * for the retransmission timer, since marks do not bring it below two; after a timeout
 * the window grows by ACKs with ECE, too, since CWR has to wait for new text; and a
 * repeated SYN without ECN does not forbid to use it. Different from RFC 8257 section
 * 3.5: no SYN, SYN,ACK or RST can be marked, whatever the algorithm.
 */
#ifndef _MYTCP_ECN_H
#define _MYTCP_ECN_H

#include <net/inet_ecn.h>

#include "lower.h"
#include "recovery.h"
#include "sock.h"

/* Who agrees: RFC 3168 section 6.1.1 */
u8 mytcp_ecn_syn(struct sock *sk);
void mytcp_ecn_fallback(struct sock *sk, struct sk_buff *syn);
u8 mytcp_ecn_synack(const struct mytcp_sock *ms, u8 flags);
void mytcp_ecn_negotiate(struct sock *sk, const struct mytcp_segment *seg);
bool mytcp_ecn_request(const struct sock *listener, const struct mytcp_lower *lower,
		       const struct mytcp_reply *back, const struct sk_buff *skb,
		       const struct mytcp_segment *seg);

/* The sender: section 6.1.2 */
u8 mytcp_ecn_mark_new(struct mytcp_sock *ms, struct sk_buff *skb, u32 seq, u8 *flags);
void mytcp_ecn_react(struct sock *sk, const struct mytcp_acked *acked);
void mytcp_ecn_check_end(struct mytcp_sock *ms);

/* The receiver: section 6.1.3 */
void mytcp_ecn_check_text(struct sock *sk, const struct sk_buff *skb);
void mytcp_ecn_heed_cwr(struct sock *sk, const struct mytcp_segment *seg);

/**
 * mytcp_ecn_send() - a segment goes out: its part in ECN
 * @ms: locked
 * @skb: only the text, to be cut up by the stack below or not
 * @seq: its sequence number
 * @flags: its flags, to which ECE and CWR may be added
 *
 * Return: the ECN field of its packets: INET_ECN_NOT_ECT or INET_ECN_ECT_0.
 *
 * Rules: 3168-6.1.1-2
 */
static inline u8 mytcp_ecn_send(struct mytcp_sock *ms, struct sk_buff *skb, u32 seq,
				u8 *flags)
{
	if (!ms->ecn.ok)
		return INET_ECN_NOT_ECT;
	return mytcp_ecn_mark_new(ms, skb, seq, flags);
}

/**
 * mytcp_ecn_text() - text has come that lies in the window
 * @sk: locked; RCV.NXT is as before it
 * @skb: the text
 */
static inline void mytcp_ecn_text(struct sock *sk, const struct sk_buff *skb)
{
	if (mytcp_sk(sk)->ecn.ok)
		mytcp_ecn_check_text(sk, skb);
}

/**
 * mytcp_ecn_cwr() - has the peer reduced its window?
 * @sk: locked
 * @seg: an acceptable segment with ACK that is not old; its text is not yet looked at
 */
static inline void mytcp_ecn_cwr(struct sock *sk, const struct mytcp_segment *seg)
{
	if (unlikely(seg->flags & MYTCP_FLAG_CWR))
		mytcp_ecn_heed_cwr(sk, seg);
}

/**
 * mytcp_ecn_echoed() - does an ACK tell of marks?
 * @ms: locked
 * @seg: an acceptable ACK
 *
 * Return: true for ECE; that of a SYN,ACK is an agreement and tells of nothing.
 */
static inline bool mytcp_ecn_echoed(const struct mytcp_sock *ms,
				    const struct mytcp_segment *seg)
{
	return (seg->flags & (MYTCP_FLAG_ECE | MYTCP_FLAG_SYN)) == MYTCP_FLAG_ECE &&
	       ms->ecn.ok;
}

/**
 * mytcp_ecn_ack() - an ACK came: the sender's reaction, when it tells of marks
 * @sk: locked; SND.UNA is moved
 * @acked: what the ACK tells
 */
static inline void mytcp_ecn_ack(struct sock *sk, const struct mytcp_acked *acked)
{
	if (unlikely(acked->ece))
		mytcp_ecn_react(sk, acked);
}

/**
 * mytcp_ecn_reduced() - the window was reduced, for whatever reason
 * @ms: locked
 *
 * RFC 3168 section 6.1.2: the peer is told by CWR; and what was marked before that is
 * part of the same reason.
 *
 * Rules: 3168-6.1.2-9
 */
static inline void mytcp_ecn_reduced(struct mytcp_sock *ms)
{
	if (!ms->ecn.ok)
		return;
	ms->ecn.cwr = true;
	ms->ecn.reduced = true;
	ms->ecn.high = ms->snd_nxt;
}

/**
 * mytcp_ecn_loss() - something is lost, and the window is about to be reduced
 * @ms: locked
 *
 * When all is acknowledged that was sent before marks have reduced it, this is another
 * round trip, and counts. (That the next marks do waits for one ACK more: that of CWR.)
 */
static inline void mytcp_ecn_loss(struct mytcp_sock *ms)
{
	if (ms->cong.state == MYTCP_CONG_CWR && !seq_before(ms->snd_una, ms->ecn.high))
		mytcp_cong_exit_cwr(&ms->cong);
}

/**
 * mytcp_ecn_undone() - the reduction was a mistake, and is about to be undone
 * @ms: locked
 */
static inline void mytcp_ecn_undone(struct mytcp_sock *ms)
{
	if (ms->cong.marked)
		return;
	ms->ecn.cwr = false;
	ms->ecn.reduced = false;
}

#endif /* _MYTCP_ECN_H */
