// SPDX-License-Identifier: GPL-2.0
/*
 * Recoveries that were a mistake: see undo.h.
 */
#include <linux/list_sort.h>

#include "ecn.h"
#include "sendqueue.h"
#include "undo.h"

/**
 * mytcp_undo_arm() - a recovery begins: remember what may have to be undone
 * @ms: locked; congestion control is about to reduce its window
 *
 * What an earlier recovery has sent again may still be on the way: its ACK, and its
 * DSACK, come in this one.
 */
void mytcp_undo_arm(struct mytcp_sock *ms)
{
	ms->undo = (struct mytcp_undo) {
		.armed = true,
		.marker = ms->snd_una,
		.first_ns = ms->undo.first_ns,
		.resent = ms->retrans_out,
	};
}

/**
 * mytcp_undo_ended() - the recovery has ended
 * @ms: locked
 *
 * What was repeated last was sent behind everything else, and the DSACK for it comes
 * after the ACK for that: one round trip more, until something is acknowledged that is
 * sent from now on. Where nothing is sent, nothing comes that could be mistaken for it.
 */
void mytcp_undo_ended(struct mytcp_sock *ms)
{
	ms->undo.ended = true;
	ms->undo.until = ms->snd_nxt;
}

/**
 * mytcp_undo_forget() - what is lost is lost, whatever comes
 * @ms: locked
 */
void mytcp_undo_forget(struct mytcp_sock *ms)
{
	ms->undo.armed = false;
}

/**
 * mytcp_undo_resent() - a segment was sent again
 * @sk: locked; it does not yet count as such
 * @ns: when it leaves, by mytcp_clock(): its timestamp
 */
void mytcp_undo_resent(struct sock *sk, u64 ns)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->retrans_out && !MYTCP_CB(mytcp_sent_head(sk))->retransmits)
		ms->undo.first_ns = ns;
	ms->undo.resent++;
}

/*
 * RFC 3522 section 3.2: the first ACK for new data that comes after the
 * repetition echoes a timestamp from before it: the original was there.
 */
static bool undo_by_timestamp(struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	if (!acked->bytes || ms->undo.asked || !mytcp_cong_repairing(&ms->cong))
		return false;
	ms->undo.asked = true;
	return mytcp_echo_before(ms, acked, ms->undo.first_ns);
}

/* RFC 3708 section 2: everything that this recovery sent again came twice. */
static bool undo_by_duplicates(struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	if (!acked->duplicate || !seq_after(acked->dup_end, ms->undo.marker) ||
	    seq_after(acked->dup_end, ms->snd_una))
		return false;
	ms->undo.resent -= min(ms->undo.resent, acked->dup_segs);
	return !ms->undo.resent;
}

/* For list_sort(): was "a" sent after "b"? */
static int undo_sent_after(void *unused, const struct list_head *a, const struct list_head *b)
{
	const struct mytcp_skb_cb *x = list_entry(a, struct mytcp_skb_cb, link);
	const struct mytcp_skb_cb *y = list_entry(b, struct mytcp_skb_cb, link);

	return mytcp_sent_before(y->sent_ns, y->seq, x->sent_ns, x->seq);
}

/*
 * What was thought to be lost is on its way after all, and stands where it belongs
 * by the time of its transmission: RACK goes by that. What is on the way is in this
 * order. What is lost is nearly; but a peer that takes SACK blocks back can have it in
 * any, so that it is sorted before it is merged.
 */
static void undo_losses(struct mytcp_sock *ms)
{
	struct list_head *pos = ms->tsorted.next;
	struct mytcp_skb_cb *cb, *next;

	list_for_each_entry(cb, &ms->tsorted, link)
		cb->marks &= ~(MYTCP_MARK_LOST | MYTCP_MARK_RETRANS);
	list_sort(NULL, &ms->lost, undo_sent_after);
	list_for_each_entry_safe(cb, next, &ms->lost, link) {
		cb->marks &= ~MYTCP_MARK_LOST;
		while (pos != &ms->tsorted && undo_sent_after(NULL, &cb->link, pos))
			pos = pos->next;
		list_move_tail(&cb->link, pos);
	}
	ms->lost_out = 0;
	ms->retrans_out = 0;
}

/**
 * mytcp_undo() - the recovery was a mistake: all is as if it had not been
 * @sk: locked
 *
 * RFC 4015 section 3.2.
 *
 * Rules: 5682-4-1
 */
void mytcp_undo(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	mytcp_undo_forget(ms);
	if (ms->cong.state == MYTCP_CONG_RECOVERY)
		/* Who was overtaken by three may be so again: RFC 8985 section 6.2 */
		ms->rack.reordering_seen = max(ms->rack.reordering_seen, 1U);
	if (mytcp_cong_repairing(&ms->cong)) {
		undo_losses(ms);
		ms->recover = ms->snd_una;
	}
	mytcp_ecn_undone(ms);
	mytcp_cong_undo(&ms->cong);
	mytcp_count(sock_net(sk), recoveries_undone);
}

/**
 * mytcp_undo_check() - does an ACK tell that the recovery was a mistake?
 * @sk: locked; SND.UNA is moved
 * @acked: what the ACK tells
 */
void mytcp_undo_check(struct sock *sk, const struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->undo.armed)
		return;
	if (ms->undo.resent &&
	    (undo_by_timestamp(ms, acked) || undo_by_duplicates(ms, acked)))
		mytcp_undo(sk);
	else if (ms->undo.ended && seq_after(ms->snd_una, ms->undo.until))
		mytcp_undo_forget(ms);
}
