// SPDX-License-Identifier: GPL-2.0
/*
 * Explicit congestion notification: see ecn.h.
 */
#include "ack.h"
#include "ecn.h"
#include "output.h"
#include "sendqueue.h"
#include "undo.h"

/* An ECN-setup SYN has both: RFC 3168 section 6.1.1. */
#define ECN_SETUP	(MYTCP_FLAG_ECE | MYTCP_FLAG_CWR)

static bool ecn_needed(const struct mytcp_sock *ms)
{
	return ms->cong.ops->needs_ecn;
}

/**
 * mytcp_ecn_syn() - an active open begins: do we ask for ECN?
 * @sk: locked, routed
 *
 * net.ipv4.tcp_ecn: 0: never, 1: yes, 2 (the default): only when the peer does. The
 * route or congestion control may want it in any case.
 *
 * Return: flags for our SYN.
 *
 * Rules: 3168-6.1.1-1, 3168-6.1.1-8
 */
u8 mytcp_ecn_syn(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->ecn = (struct mytcp_ecn) {
		.ok = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_ecn) == 1 ||
		      ecn_needed(ms) || ms->lower->wants_ecn(sk, NULL),
	};
	return ms->ecn.ok ? ECN_SETUP : 0;
}

/**
 * mytcp_ecn_fallback() - our SYN was not answered
 * @sk: locked, in SYN_SENT
 * @syn: what is about to be sent again
 *
 * RFC 3168 section 6.1.1.1: something on the way may drop a SYN with these flags. The
 * answer to the first may still come, so we remain ready (net.ipv4.tcp_ecn_fallback).
 *
 * Rules: 3168-6.1.1-7, 3168-6.1.1-10
 */
void mytcp_ecn_fallback(struct sock *sk, struct sk_buff *syn)
{
	if (!(MYTCP_CB(syn)->flags & ECN_SETUP) ||
	    !READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_ecn_fallback))
		return;
	MYTCP_CB(syn)->flags &= ~ECN_SETUP;
	mytcp_count(sock_net(sk), ecn_fallbacks);
}

/**
 * mytcp_ecn_synack() - our SYN goes out once more in a simultaneous open, with an ACK
 * @ms: locked, in SYN_RECV
 * @flags: of the segment
 *
 * Return: the flags, with ECE when the peer's SYN and ours asked for ECN.
 */
u8 mytcp_ecn_synack(const struct mytcp_sock *ms, u8 flags)
{
	flags &= ~ECN_SETUP;
	return ms->ecn.ok ? flags | MYTCP_FLAG_ECE : flags;
}

/**
 * mytcp_ecn_negotiate() - the peer's SYN or SYN,ACK answers ours
 * @sk: locked, in SYN_SENT
 * @seg: what it says
 *
 * ECE alone agrees. A peer that sends both bits back has not understood them.
 *
 * Rules: 3168-6.1.1-1, 3168-6.1.1-5
 */
void mytcp_ecn_negotiate(struct sock *sk, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u8 answer = seg->flags & ECN_SETUP;
	bool ok;

	if (seg->flags & MYTCP_FLAG_ACK)
		ok = ms->ecn.ok && answer == MYTCP_FLAG_ECE;
	else
		/* Two SYNs that cross each other: both ask, ours not only at first. */
		ok = answer == ECN_SETUP &&
		     (MYTCP_CB(mytcp_sent_head(sk))->flags & ECN_SETUP);
	/* That a SYN was lost is over: nothing of it is told by CWR. */
	ms->ecn = (struct mytcp_ecn) { .ok = ok };
}

/**
 * mytcp_ecn_request() - a SYN came: is ECN agreed upon?
 * @listener: not locked
 * @lower: the network layer
 * @back: the way back to the peer
 * @skb: the SYN; NULL: there is nothing to be said against its packet
 * @seg: what it says
 *
 * A SYN that can be marked itself is a broken peer's, or a future one's, who says so
 * by a reserved bit (RFC 8311 section 4.3).
 *
 * Context: soft-irq, RCU.
 * Return: true when the SYN,ACK is to have ECE.
 *
 * Rules: 3168-6.1.1-1, 3168-6.1.1-6, 3168-6.1.1-8
 */
bool mytcp_ecn_request(const struct sock *listener, const struct mytcp_lower *lower,
		       const struct mytcp_reply *back, const struct sk_buff *skb,
		       const struct mytcp_segment *seg)
{
	const struct mytcp_cong_ops *ops;

	if ((seg->flags & ECN_SETUP) != ECN_SETUP)
		return false;
	/* Its user may just be choosing another, under whose feet RCU keeps it. */
	ops = READ_ONCE(mytcp_sk(listener)->cong.ops);
	if (ops && ops->needs_ecn)
		return true;
	if (skb && !INET_ECN_is_not_ect(lower->tos(skb)) && !seg->reserved)
		return false;
	return READ_ONCE(sock_net(listener)->ipv4.sysctl_tcp_ecn) ||
	       lower->wants_ecn(NULL, back);
}

/**
 * mytcp_ecn_mark_new() - the long way of mytcp_ecn_send()
 * @ms: locked, both ends do ECN
 * @skb: the text
 * @seq: its sequence number
 * @flags: its flags
 *
 * RFC 3168 sections 6.1.4 to 6.1.6: only text that is sent for the first time can be
 * marked: no SYN, ACK or probe, nothing that is sent again. So is CWR only there; of a
 * buffer that is cut up below the first packet has it.
 *
 * Return: INET_ECN_NOT_ECT or INET_ECN_ECT_0.
 *
 * Rules: SHLD-8, 3168-5-2, 3168-5.2-1, 3168-5.2-2, 3168-6.1.1-3, 3168-6.1.1-9,
 * 3168-6.1.2-4, 3168-6.1.2-8, 3168-6.1.3-1, 3168-6.1.3-2, 3168-6.1.4-1, 3168-6.1.5-1,
 * 3168-6.1.6-1
 */
u8 mytcp_ecn_mark_new(struct mytcp_sock *ms, struct sk_buff *skb, u32 seq, u8 *flags)
{
	if (*flags & (MYTCP_FLAG_SYN | MYTCP_FLAG_RST))
		return INET_ECN_NOT_ECT;
	if (ms->ecn.echo)
		*flags |= MYTCP_FLAG_ECE;
	if (!skb->len || seq_before(seq, ms->snd_nxt))
		return INET_ECN_NOT_ECT;
	if (ms->ecn.cwr) {
		ms->ecn.cwr = false;
		*flags |= MYTCP_FLAG_CWR;
		if (skb_is_gso(skb))
			skb_shinfo(skb)->gso_type |= SKB_GSO_TCP_ECN;
	}
	return INET_ECN_ECT_0;
}

/**
 * mytcp_ecn_react() - the long way of mytcp_ecn_ack()
 * @sk: locked; SND.UNA is moved
 * @acked: what the ACK tells, ECE among it
 *
 * RFC 3168 section 6.1.2: once a round trip, and not while a loss is repaired, for which
 * the window has been reduced already. What was proven to be congestion is not undone.
 *
 * Rules: 3168-6.1.2-1, 3168-6.1.2-3
 */
void mytcp_ecn_react(struct sock *sk, const struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 delivered = acked->segments + acked->sacked;

	ms->delivered_ce += delivered;
	mytcp_count_add(sock_net(sk), delivered_ce, delivered);
	/* What nothing of ours was on its way for is no answer to it. */
	if (ms->ecn.reduced || mytcp_cong_repairing(&ms->cong) || !acked->packets_out)
		return;
	mytcp_undo_forget(ms);
	mytcp_prr_begin(&ms->prr, acked->packets_out);
	mytcp_cong_enter_cwr(&ms->cong);
	mytcp_ecn_reduced(ms);
	mytcp_count(sock_net(sk), ecn_reductions);
}

/**
 * mytcp_ecn_check_end() - SND.UNA has moved: is the round trip of a reduction over?
 * @ms: locked; marks or losses have reduced the window
 *
 * When something is acknowledged that was sent after that: then the peer has seen CWR,
 * too, and ECE tells of new marks.
 */
void mytcp_ecn_check_end(struct mytcp_sock *ms)
{
	if (!seq_after(ms->snd_una, ms->ecn.high))
		return;
	ms->ecn.reduced = false;
	if (ms->cong.state == MYTCP_CONG_CWR)
		mytcp_cong_exit_cwr(&ms->cong);
}

/*
 * RFC 8257 section 3.2: ECE is about the very segments that an ACK tells of. What was
 * received before the change is acknowledged for itself, the change at once.
 */
static void ecn_echo_precisely(struct sock *sk, bool ce)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->ecn.echo == ce)
		return;
	if (ms->rcv_nxt != ms->rcv_wup)
		mytcp_send_ack(sk);
	ms->ecn.echo = ce;
	ms->ack_pending = MYTCP_ACK_NOW;
}

/*
 * RFC 3168 section 6.1.3: until CWR comes. Whose window goes down waits for ACKs.
 * Rules: 3168-6.1.3-1
 */
static void ecn_echo_until_cwr(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->ecn.echo)
		return;
	ms->ecn.echo = true;
	mytcp_ack_hurry(ms, MYTCP_QUICK_ACKS_CONGESTED);
}

/**
 * mytcp_ecn_check_text() - the long way of mytcp_ecn_text()
 * @sk: locked, both ends do ECN
 * @skb: the text
 *
 * RFC 3168 section 6.1.5: what lies outside of the window does not come here. It does
 * not matter who is allowed to be marked: RFC 3168 section 6.1.1.
 *
 * Rules: 3168-6.1.1-4, 3168-6.1.5-2
 */
void mytcp_ecn_check_text(struct sock *sk, const struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u8 ecn = ms->lower->tos(skb) & INET_ECN_MASK;
	bool ce = ecn == INET_ECN_CE;

	if (!skb->len)
		return;
	if (ecn == INET_ECN_NOT_ECT) {
		/* Sent again, most likely: as in Linux, a sign of congestion, too. */
		if (ms->ecn.seen)
			mytcp_ack_hurry(ms, MYTCP_QUICK_ACKS_CONGESTED);
		return;
	}
	ms->ecn.seen = true;
	if (ce)
		mytcp_count_add(sock_net(sk), ce_segs,
				max_t(u32, 1, skb_shinfo(skb)->gso_segs));
	if (ecn_needed(ms))
		ecn_echo_precisely(sk, ce);
	else if (ce)
		ecn_echo_until_cwr(sk);
}

/**
 * mytcp_ecn_heed_cwr() - the long way of mytcp_ecn_cwr()
 * @sk: locked
 * @seg: the segment with CWR
 *
 * RFC 3168 section 6.1.3, before its text is looked at, which may be marked anew. On a
 * segment without text it counts, too, as in Linux: there are senders who do that.
 * Where each mark is told of, the peer knows without.
 *
 * Rules: 3168-6.1.3-1
 */
void mytcp_ecn_heed_cwr(struct sock *sk, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->ecn.ok)
		return;
	if (!ecn_needed(ms))
		ms->ecn.echo = false;
	/* Its window may be as small as one segment. */
	if (mytcp_seg_len(seg))
		ms->ack_pending = MYTCP_ACK_NOW;
}
