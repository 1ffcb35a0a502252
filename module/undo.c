// SPDX-License-Identifier: GPL-2.0
/*
 * Recoveries that were a mistake: see undo.h.
 */
#include "sendqueue.h"
#include "undo.h"

/**
 * mytcp_undo_arm() - a recovery begins: remember what may have to be undone
 * @ms: locked; congestion control is about to reduce its window
 */
void mytcp_undo_arm(struct mytcp_sock *ms)
{
	ms->undo = (struct mytcp_undo) { .armed = true };
}

/**
 * mytcp_undo_resent() - a segment was sent again
 * @ms: locked, ms->now set
 */
void mytcp_undo_resent(struct mytcp_sock *ms)
{
	if (!ms->undo.first_ns)
		ms->undo.first_ns = ms->now;
	ms->undo.resent++;
}

/*
 * RFC 3522 section 3.2: the first ACK for new data that comes after the
 * repetition echoes a timestamp from before it: the original was there.
 */
static bool undo_by_timestamp(struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	u32 first = (u32)div_u64(ms->undo.first_ns, NSEC_PER_MSEC) + ms->ts_offset;

	if (!acked->bytes || ms->undo.asked)
		return false;
	ms->undo.asked = true;
	return acked->has_echo && (s32)(acked->echo - first) < 0;
}

/* RFC 3708 section 2: everything that was sent again came twice. */
static bool undo_by_duplicates(struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	return acked->duplicate && !--ms->undo.resent;
}

/* What was thought to be lost and was not sent again is on its way after all. */
static void undo_losses(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	skb_rbtree_walk(skb, &sk->tcp_rtx_queue) {
		struct mytcp_skb_cb *cb = MYTCP_CB(skb);

		if (!(cb->marks & MYTCP_MARK_LOST))
			continue;
		cb->marks &= ~MYTCP_MARK_LOST;
		ms->lost_out -= mytcp_packets(skb);
		if (cb->marks & MYTCP_MARK_RETRANS) {
			cb->marks &= ~MYTCP_MARK_RETRANS;
			ms->retrans_out -= mytcp_packets(skb);
		}
		if (list_empty(&cb->tsorted))
			list_add_tail(&cb->tsorted, &ms->tsorted);
	}
}

/**
 * mytcp_undo_check() - does an ACK tell that the recovery was a mistake?
 * @sk: locked; SND.UNA is moved
 * @acked: what the ACK tells
 *
 * Then the window is as before, and what was thought lost is not.
 */
void mytcp_undo_check(struct sock *sk, const struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->undo.armed || !ms->undo.resent || ms->cong.state == MYTCP_CONG_OPEN)
		return;
	if (!undo_by_timestamp(ms, acked) && !undo_by_duplicates(ms, acked))
		return;
	ms->undo.armed = false;
	undo_losses(sk);
	mytcp_cong_undo(&ms->cong);
	ms->recover = ms->snd_una;
	mytcp_count(sock_net(sk), recoveries_undone);
}
