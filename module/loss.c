// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the segments on the way are lost: see loss.h.
 */
#include "loss.h"
#include "sendqueue.h"
#include "timer.h"

/**
 * mytcp_loss_mark() - a buffer is thought to be lost
 * @ms: locked
 * @skb: sent, not acknowledged in any way
 */
void mytcp_loss_mark(struct mytcp_sock *ms, struct sk_buff *skb)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);

	if (!(cb->marks & MYTCP_MARK_LOST)) {
		cb->marks |= MYTCP_MARK_LOST;
		ms->lost_out += mytcp_packets(skb);
	}
	list_del_init(&cb->tsorted);
	if (cb->marks & MYTCP_MARK_RETRANS) {
		cb->marks &= ~MYTCP_MARK_RETRANS;
		ms->retrans_out -= mytcp_packets(skb);
	}
}

/* Does the ACK echo a timestamp from before the segment's last transmission? */
static bool loss_echo_older(const struct mytcp_sock *ms, u64 sent_ns,
			    const struct mytcp_acked *acked)
{
	u32 sent = (u32)div_u64(sent_ns, NSEC_PER_MSEC) + ms->ts_offset;

	return acked->has_echo && (s32)(acked->echo - sent) < 0;
}

/**
 * mytcp_loss_delivered() - an ACK tells that a buffer was delivered
 * @ms: locked, ms->now set
 * @cb: the buffer's, which was not known to be delivered before
 * @acked: what the ACK tells
 */
void mytcp_loss_delivered(struct mytcp_sock *ms, const struct mytcp_skb_cb *cb,
			  struct mytcp_acked *acked)
{
	struct mytcp_rack_segment s = {
		.xmit_ns = cb->sent_ns,
		.end_seq = cb->end_seq,
		.resent = cb->retransmits,
	};

	if (s.resent)
		s.echo_older = loss_echo_older(ms, cb->sent_ns, acked);
	mytcp_rack_delivered(&ms->rack, &s, ms->now, ms->rtt.min_rtt_us);
}

/* Nanoseconds that a segment may still take before it counts as lost; 0: it does. */
static u64 loss_remaining(const struct mytcp_sock *ms, u64 sent_ns, u64 patience_ns)
{
	u64 until = sent_ns + patience_ns;

	return until > ms->now ? until - ms->now : 0;
}

/**
 * mytcp_loss_detect() - RFC 8985 section 6.2, step 5: mark what is lost
 * @sk: locked, ms->now set; SACK is in use
 *
 * For what may yet be lost the reordering timer is set.
 *
 * Return: true when something was marked.
 */
bool mytcp_loss_detect(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb, *next;
	u64 patience, wait = 0;
	bool found = false;

	mytcp_deadline_clear(sk, MYTCP_DL_REORDER);
	if (!ms->rack.xmit_ns)
		return false;
	patience = ms->rack.rtt_us +
		   mytcp_rack_window(&ms->rack, ms->rtt.srtt_us >> 3, ms->rtt.min_rtt_us,
				     ms->cong.state != MYTCP_CONG_OPEN, ms->sacked_out);
	patience *= NSEC_PER_USEC;

	/* In the order of their transmission: the first that is too late ends it. */
	list_for_each_entry_safe(cb, next, &ms->tsorted, tsorted) {
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
