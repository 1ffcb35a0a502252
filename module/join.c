// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours become one buffer: see join.h.
 */
#include <linux/mm.h>
#include <linux/skbuff.h>

#include "join.h"
#include "mss.h"
#include "sendqueue.h"

/*
 * Is a buffer one segment that is lost? Of what was cut into more below, a part is
 * not joined with others. A SYN goes alone.
 */
static bool join_is_lost_segment(const struct sk_buff *skb)
{
	return mytcp_waits_for_repeat(MYTCP_CB(skb)) && !skb_shinfo(skb)->gso_size &&
	       !(MYTCP_CB(skb)->flags & MYTCP_FLAG_SYN);
}

/* The last buffer that goes into one segment with "skb"; "skb" itself: none. */
static struct sk_buff *join_lost_last(const struct sock *sk, struct sk_buff *skb, u32 room)
{
	u32 mss = mytcp_current_mss(mytcp_sk(sk));
	u32 seq = MYTCP_CB(skb)->seq;
	u32 len = skb->len;

	while (!(MYTCP_CB(skb)->marks & MYTCP_MARK_EOR)) {
		struct sk_buff *next = skb_rb_next(skb);

		if (!next || !join_is_lost_segment(next) || skb_fclone_busy(sk, next))
			break;
		len += next->len;
		if (len > mss || MYTCP_CB(next)->end_seq - seq > room)
			break;
		skb = next;
	}
	return skb;
}

/* Room for so much text at the end of a buffer: in its head, else in a page. */
static void *join_room(struct sk_buff *skb, u32 len)
{
	int i = skb_shinfo(skb)->nr_frags;
	struct page *page;
	void *to;

	if (!i && len <= skb_tailroom(skb))
		return skb_put(skb, len);
	if (i >= MAX_SKB_FRAGS)
		return NULL;
	to = netdev_alloc_frag(len);
	if (!to)
		return NULL;
	page = virt_to_head_page(to);
	skb_fill_page_desc(skb, i, page, to - page_address(page), len);
	skb->len += len;
	skb->data_len += len;
	skb->truesize += len;
	return to;
}

/* "next" is in "skb" now, with what is known of both. */
static void join_lost_next(struct sock *sk, struct sk_buff *skb, struct sk_buff *next)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	const struct mytcp_skb_cb *from = MYTCP_CB(next);

	cb->end_seq = from->end_seq;
	cb->flags |= from->flags;
	cb->marks |= from->marks & MYTCP_MARK_EOR;
	/* Karn, RACK: what is said of it is said of the newest. */
	cb->retransmits = max(cb->retransmits, from->retransmits);
	cb->sent_ns = max(cb->sent_ns, from->sent_ns);
	mytcp_unlink_acked(sk, next);
}

/**
 * mytcp_join_lost() - put the lost small segments behind one into that
 * @sk: locked
 * @skb: sent; about to be sent again
 * @room: octets from its beginning to the end of the peer's window
 *
 * RFC 9293 3.9.1.2: the largest possible segment is sent. No more than is a segment
 * today, nothing beyond the window, and none of it while there is an urgent pointer,
 * which belongs to its segment. They count as one segment from now on.
 *
 * Rules: SHLD-27
 */
void mytcp_join_lost(struct sock *sk, struct sk_buff *skb, u32 room)
{
	struct sk_buff *last, *next;
	u32 truesize = skb->truesize;
	u32 len;
	void *to;

	if (!join_is_lost_segment(skb) || mytcp_sk(sk)->urg_mode || skb_cloned(skb))
		return;
	last = join_lost_last(sk, skb, room);
	if (likely(last == skb))
		return;
	/* A FIN alone has no text. */
	len = MYTCP_CB(last)->seq + last->len - MYTCP_CB(skb)->seq - skb->len;
	to = len ? join_room(skb, len) : NULL;
	if (len && !to)
		return;
	do {
		next = skb_rb_next(skb);
		if (next->len) {
			skb_copy_bits(next, 0, to, next->len);
			to += next->len;
		}
		join_lost_next(sk, skb, next);
	} while (next != last);
	sk_wmem_queued_add(sk, skb->truesize - truesize);
	sk_mem_charge(sk, skb->truesize - truesize);
}

/* May the text of a buffer move to one before it? The peer has both. */
static bool join_is_sacked(const struct sk_buff *skb)
{
	return MYTCP_CB(skb)->marks & MYTCP_MARK_SACKED && !skb_cloned(skb);
}

/*
 * Two that the peer has become one. All that is still asked of them is where they begin
 * and end, and how many segments they were; and when the peer throws them away (RFC 2018
 * section 8), in which size they are to be sent again.
 */
static bool join_sacked_next(struct sock *sk, struct sk_buff *skb, struct sk_buff *next)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 segs = mytcp_packets(next);
	u32 size = max_t(u32, shinfo->gso_size ?: skb->len,
			 skb_shinfo(next)->gso_size ?: next->len);

	if (!next->len || skb_headlen(next) || mytcp_packets(skb) + segs > U16_MAX ||
	    !mytcp_move_text(skb, next))
		return false;
	MYTCP_CB(skb)->end_seq = MYTCP_CB(next)->end_seq;
	MYTCP_CB(skb)->flags |= MYTCP_CB(next)->flags;
	shinfo->gso_segs = mytcp_packets(skb) + segs;
	shinfo->gso_size = size;
	shinfo->gso_type = sk->sk_gso_type;
	mytcp_unlink_acked(sk, next);
	ms->packets_out += segs;
	ms->sacked_out += segs;
	return true;
}

/**
 * mytcp_join_sacked() - put what the peer has into one buffer with its neighbours
 * @sk: locked
 * @skb: sent, just marked SACKED
 *
 * Return: the buffer that it is in now.
 */
struct sk_buff *mytcp_join_sacked(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *prev = skb_rb_prev(skb), *next = skb_rb_next(skb);

	if (!join_is_sacked(skb))
		return skb;
	if (prev && join_is_sacked(prev) && join_sacked_next(sk, prev, skb))
		skb = prev;
	if (next && join_is_sacked(next))
		join_sacked_next(sk, skb, next);
	return skb;
}
