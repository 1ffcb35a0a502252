// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the segments on the way are lost: see loss.h.
 */
#include "delivery.h"
#include "loss.h"
#include "sendqueue.h"
#include "timer.h"

/**
 * mytcp_loss_mark() - a buffer is thought to be lost
 * @ms: locked
 * @skb: sent, not acknowledged in any way
 *
 * It waits to be sent again: the first of all first, or it were the last that is
 * repaired.
 *
 * Rules: 8985-9.2-1
 */
void mytcp_loss_mark(struct mytcp_sock *ms, struct sk_buff *skb)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	struct mytcp_skb_cb *first;

	if (mytcp_waits_for_repeat(cb))
		return;
	/* What was sent again since may be lost again. */
	mytcp_delivery_lost(ms, skb);
	if (cb->marks & MYTCP_MARK_RETRANS)
		ms->retrans_out -= mytcp_packets(skb);
	else
		ms->lost_out += mytcp_packets(skb);
	cb->marks &= ~MYTCP_MARK_RETRANS;
	cb->marks |= MYTCP_MARK_LOST;

	first = list_first_entry_or_null(&ms->lost, struct mytcp_skb_cb, link);
	if (first && seq_before(cb->seq, first->seq))
		list_move(&cb->link, &ms->lost);
	else
		list_move_tail(&cb->link, &ms->lost);
}

/**
 * mytcp_loss_delivered() - an ACK tells that a buffer was delivered
 * @ms: locked, ms->now set
 * @cb: the buffer's, which was not known to be delivered before
 * @acked: what the ACK tells
 * @cumulative: by SND.UNA, and not by a SACK block
 *
 * The ACK of what came behind a hole echoes what came before the hole (RFC 7323
 * section 4.3), so that RFC 8985 section 6.2, step 2, would never believe in a
 * repetition behind one that was lost again: the echo is asked for the others.
 *
 * Rules: 8985-6.2-3
 */
void mytcp_loss_delivered(struct mytcp_sock *ms, const struct mytcp_skb_cb *cb,
			  struct mytcp_acked *acked, bool cumulative)
{
	struct mytcp_rack_segment s = {
		.xmit_ns = cb->sent_ns,
		.end_seq = cb->end_seq,
		.resent = cb->retransmits,
	};

	if (s.resent && cumulative)
		s.echo_older = mytcp_echo_before(ms, acked, cb->sent_ns);
	mytcp_rack_delivered(&ms->rack, &s, ms->now, ms->rtt.min_rtt_us);
}

/* Nanoseconds that a segment may still take before it counts as lost; 0: it does. */
static u64 loss_remaining(const struct mytcp_sock *ms, u64 sent_ns, u64 patience_ns)
{
	u64 until = sent_ns + patience_ns;

	return until > ms->now ? until - ms->now : 0;
}

/* How long the ACK for a segment may take until it counts as lost. */
static u64 loss_patience(const struct mytcp_sock *ms)
{
	u64 us = ms->rack.rtt_us +
		 mytcp_rack_window(&ms->rack, ms->rtt.srtt_us >> 3, ms->rtt.min_rtt_us,
				   mytcp_cong_repairing(&ms->cong), ms->sacked_out);

	return us * NSEC_PER_USEC;
}

/**
 * mytcp_loss_detect() - RFC 8985 section 6.2, step 5: mark what is lost
 * @sk: locked, ms->now set; SACK is in use
 * @timer: time has passed; else an ACK came, which is asked for news only
 *
 * For what may yet be lost the reordering timer is set.
 *
 * Return: true when something was marked.
 *
 * Rules: 6675-4-3, 6675-5-7, 8985-6.2-9, 8985-6.2-10, 8985-6.2-11
 */
bool mytcp_loss_detect(struct sock *sk, bool timer)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb, *next;
	u64 patience, wait = 0;
	bool found = false;

	if (!ms->rack.advanced && !timer)
		return false;
	ms->rack.advanced = false;
	mytcp_deadline_clear(sk, MYTCP_DL_REORDER);
	patience = loss_patience(ms);

	/* In the order of their transmission: the first that is too late ends it. */
	list_for_each_entry_safe(cb, next, &ms->tsorted, link) {
		u64 remaining;

		if (!mytcp_rack_sent_before(&ms->rack, cb->sent_ns, cb->end_seq))
			break;
		remaining = loss_remaining(ms, cb->sent_ns, patience);
		if (remaining) {
			wait = max(wait, remaining);
		} else {
			mytcp_loss_mark(ms, MYTCP_SKB(cb));
			found = true;
		}
	}
	if (wait)
		mytcp_deadline_set(sk, MYTCP_DL_REORDER, ms->now + wait);
	return found;
}

/**
 * mytcp_loss_timeout() - the retransmission timer is due: mark what is lost
 * @sk: locked, ms->now set; something is unacknowledged
 * @reneged: the peer has thrown away what it had
 *
 * RFC 8985 section 6.3: the first segment, and of the others what RACK has lost
 * patience with. Without SACK nothing is known of them: all.
 *
 * Rules: 2018-5-4, 8985-6.3-1
 */
void mytcp_loss_timeout(struct sock *sk, bool reneged)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool by_time = ms->sack_ok && ms->rack.xmit_ns && !reneged;
	struct sk_buff *skb, *head = mytcp_sent_head(sk);
	u64 patience = loss_patience(ms);

	skb_rbtree_walk(skb, &sk->tcp_rtx_queue) {
		const struct mytcp_skb_cb *cb = MYTCP_CB(skb);

		if (cb->marks & MYTCP_MARK_SACKED)
			continue;
		if (skb != head && by_time && loss_remaining(ms, cb->sent_ns, patience))
			continue;
		mytcp_loss_mark(ms, skb);
	}
}
