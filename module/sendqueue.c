// SPDX-License-Identifier: GPL-2.0
/*
 * The send queue: see sendqueue.h.
 */
#include <linux/skbuff.h>
#include <net/tcp.h>

#include "delivery.h"
#include "mss.h"
#include "sendqueue.h"

/**
 * mytcp_alloc_send_skb() - an empty buffer for the send queue
 * @sk: locked
 * @gfp: how hard to try
 *
 * MYTCP_LINEAR_MAX octets may be put into its head; page fragments may follow.
 *
 * Return: the buffer, or NULL when there is no memory or the socket may not
 * have more.
 */
struct sk_buff *mytcp_alloc_send_skb(struct sock *sk, gfp_t gfp)
{
	struct sk_buff *skb;

	skb = alloc_skb_fclone(MYTCP_HEADER_MAX + MYTCP_LINEAR_MAX, gfp);
	if (skb && likely(sk_wmem_schedule(sk, skb->truesize))) {
		skb_reserve(skb, MYTCP_HEADER_MAX);
		skb->ip_summed = CHECKSUM_PARTIAL;
		memset(skb->cb, 0, sizeof(skb->cb));
		return skb;
	}
	kfree_skb(skb);
	sk->sk_prot->enter_memory_pressure(sk);
	sk_stream_moderate_sndbuf(sk);
	return NULL;
}

/**
 * mytcp_free_send_skb() - give back a buffer that has left the send queue
 * @sk: locked
 * @skb: what mytcp_queue_tail() had charged
 */
void mytcp_free_send_skb(struct sock *sk, struct sk_buff *skb)
{
	sk_wmem_queued_add(sk, -skb->truesize);
	sk_mem_uncharge(sk, skb->truesize);
	__kfree_skb(skb);
}

/**
 * mytcp_queue_tail() - append a buffer to the send queue and charge it
 * @sk: locked
 * @skb: from mytcp_alloc_send_skb(); takes up no sequence number yet
 *
 * Who then puts text into it advances its end_seq, ms->write_seq and the
 * charges (sk_wmem_queued_add(), sk_mem_charge()) along with its length.
 */
void mytcp_queue_tail(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);

	cb->seq = ms->write_seq;
	cb->end_seq = ms->write_seq;
	cb->flags |= MYTCP_FLAG_ACK;
	__skb_queue_tail(&sk->sk_write_queue, skb);
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
}

/* Into the tree of what is sent, where it belongs by its sequence number. */
static void mytcp_insert_sent(struct sock *sk, struct sk_buff *skb)
{
	struct rb_node **link = &sk->tcp_rtx_queue.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		if (seq_before(MYTCP_CB(skb)->seq, MYTCP_CB(rb_to_skb(parent))->seq))
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color(&skb->rbnode, &sk->tcp_rtx_queue);
}

/**
 * mytcp_queue_sent() - the first buffer that was not sent now is
 * @sk: locked
 * @skb: that buffer
 */
void mytcp_queue_sent(struct sock *sk, struct sk_buff *skb)
{
	__skb_unlink(skb, &sk->sk_write_queue);
	mytcp_insert_sent(sk, skb);
	list_add_tail(&MYTCP_CB(skb)->link, &mytcp_sk(sk)->tsorted);
	mytcp_sk(sk)->packets_out += mytcp_packets(skb);
}

static void mytcp_unlink_sent(struct sock *sk, struct sk_buff *skb)
{
	list_del_init(&MYTCP_CB(skb)->link);
	rb_erase(&skb->rbnode, &sk->tcp_rtx_queue);
}

/**
 * mytcp_queue_purge() - forget everything, sent or not
 * @sk: locked
 */
void mytcp_queue_purge(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&sk->sk_write_queue)))
		mytcp_free_send_skb(sk, skb);
	while ((skb = mytcp_sent_head(sk))) {
		mytcp_unlink_sent(sk, skb);
		mytcp_free_send_skb(sk, skb);
	}
	ms->packets_out = 0;
	ms->retrans_out = 0;
	ms->lost_out = 0;
	ms->sacked_out = 0;
}

/**
 * mytcp_gso_max() - octets of payload that the stack below cuts up for us
 * @sk: locked
 * @mss: octets of a full segment
 *
 * Return: a multiple of @mss.
 */
u32 mytcp_gso_max(const struct sock *sk, u32 mss)
{
	u32 max;

	if (!sk_can_gso(sk))
		return mss;
	/* sk_setup_caps() has taken the headers off. */
	max = min_t(u32, sk->sk_gso_max_size, GSO_LEGACY_MAX_SIZE);
	return clamp_t(u32, max / mss, 1, sk->sk_gso_max_segs) * mss;
}

/**
 * mytcp_size_goal() - octets that a buffer of the send queue should hold
 * @sk: locked
 *
 * Return: a multiple of the MSS: what the stack below takes in one piece, and
 * at most half of the peer's window, so that two can be on the way.
 */
u32 mytcp_size_goal(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 mss = mytcp_current_mss(ms);
	u32 goal = min(mytcp_gso_max(sk, mss), ms->max_snd_wnd / 2);

	return max(goal - goal % mss, mss);
}

/**
 * mytcp_set_gso() - say how a buffer is to be cut up
 * @sk: locked
 * @skb: on the send queue
 * @mss: octets of a full segment
 */
void mytcp_set_gso(const struct sock *sk, struct sk_buff *skb, u32 mss)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	if (skb->len <= mss) {
		shinfo->gso_size = 0;
		shinfo->gso_segs = 1;
		shinfo->gso_type = 0;
	} else {
		shinfo->gso_size = mss;
		shinfo->gso_segs = DIV_ROUND_UP(skb->len, mss);
		shinfo->gso_type = sk->sk_gso_type;
	}
}

/**
 * mytcp_resend_size() - how much of a buffer goes in one segment when sent again
 * @ms: locked
 * @skb: sent
 *
 * Not more than what is a segment today, and none of those it was cut into is
 * joined with a part of the next.
 *
 * Return: octets; may exceed the buffer's length.
 */
u32 mytcp_resend_size(const struct mytcp_sock *ms, const struct sk_buff *skb)
{
	return min_not_zero(mytcp_current_mss(ms), (u32)skb_shinfo(skb)->gso_size);
}

/* Recount a buffer that was sent and has changed its size. */
static void mytcp_recount(struct sock *sk, struct sk_buff *skb, u32 before)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->packets_out += mytcp_packets(skb) - before;
	if (MYTCP_CB(skb)->marks & MYTCP_MARK_RETRANS)
		ms->retrans_out += mytcp_packets(skb) - before;
	if (MYTCP_CB(skb)->marks & MYTCP_MARK_LOST)
		ms->lost_out += mytcp_packets(skb) - before;
	if (MYTCP_CB(skb)->marks & MYTCP_MARK_SACKED)
		ms->sacked_out += mytcp_packets(skb) - before;
}

/* Make the buffer's head ours alone; the charge follows its size. */
static int mytcp_unclone(struct sock *sk, struct sk_buff *skb)
{
	u32 before = skb->truesize;
	int err = skb_unclone(skb, GFP_ATOMIC);

	sk_wmem_queued_add(sk, skb->truesize - before);
	sk_mem_charge(sk, skb->truesize - before);
	return err;
}

/*
 * A split costs a buffer more. A peer with a tiny MSS that lets everything time
 * out must not make us split all that was sent (CVE-2019-11478); but the first
 * has to go on, and what was not sent yet is bounded by the window.
 */
static bool mytcp_may_split(const struct sock *sk, const struct sk_buff *skb)
{
	u32 limit = READ_ONCE(sk->sk_sndbuf) + 2 * GSO_LEGACY_MAX_SIZE;

	return !MYTCP_CB(skb)->sent_ns || skb == mytcp_sent_head(sk) ||
	       sk->sk_wmem_queued / 2 <= limit;
}

/**
 * mytcp_fragment() - split a buffer of the send queue
 * @sk: locked
 * @skb: on the queue, sent or not
 * @len: octets that stay in it; the rest, with FIN and PSH, follows in a new one
 *
 * Return: 0; -ENOMEM, or -ENOSPC where too much is split already, and nothing has
 * changed.
 */
int mytcp_fragment(struct sock *sk, struct sk_buff *skb, u32 len)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 before = mytcp_packets(skb);
	u32 moved = skb->len - len;
	u32 mss = mytcp_current_mss(ms);
	struct sk_buff *rest;

	/* What was sent is cut for good: the peer has it so, and it is counted so. */
	if (cb->sent_ns)
		mss = skb_shinfo(skb)->gso_size ?: skb->len;
	if (!mytcp_may_split(sk, skb))
		return -ENOSPC;
	if (mytcp_unclone(sk, skb))
		return -ENOMEM;
	/* The linear part of the rest is at most what a head holds. */
	rest = alloc_skb_fclone(MYTCP_HEADER_MAX + MYTCP_LINEAR_MAX, GFP_ATOMIC);
	if (!rest)
		return -ENOMEM;
	skb_reserve(rest, MYTCP_HEADER_MAX);
	rest->ip_summed = CHECKSUM_PARTIAL;

	memcpy(rest->cb, skb->cb, sizeof(rest->cb));
	*mytcp_flight(rest) = *mytcp_flight(skb);
	MYTCP_CB(rest)->seq = cb->seq + len;
	cb->end_seq = cb->seq + len;
	cb->flags &= ~(MYTCP_FLAG_FIN | MYTCP_FLAG_PSH);

	/* The payload's share of the charge moves along; the head is new. */
	sk_wmem_queued_add(sk, rest->truesize);
	sk_mem_charge(sk, rest->truesize);
	skb_split(skb, rest, len);
	moved = min(moved, skb->truesize - SKB_TRUESIZE(0));
	rest->truesize += moved;
	skb->truesize -= moved;

	mytcp_set_gso(sk, skb, mss);
	mytcp_set_gso(sk, rest, mss);
	if (cb->sent_ns) {
		/* A block that had an end within a segment may cover one now: sack.c */
		if (len % mss)
			memset(ms->seen, 0, sizeof(ms->seen));
		mytcp_insert_sent(sk, rest);
		INIT_LIST_HEAD(&MYTCP_CB(rest)->link);
		if (!list_empty(&cb->link))
			list_add(&MYTCP_CB(rest)->link, &cb->link);
		mytcp_recount(sk, skb, before);
		mytcp_recount(sk, rest, 0);
	} else {
		__skb_queue_after(&sk->sk_write_queue, skb, rest);
	}
	return 0;
}

/* Does the text of "from" go on in the page where that of "to" ends? */
static bool mytcp_frags_meet(const struct sk_buff *to, const struct sk_buff *from)
{
	const skb_frag_t *first = skb_shinfo(from)->frags;

	return skb_can_coalesce((struct sk_buff *)to, skb_shinfo(to)->nr_frags,
				skb_frag_page(first), skb_frag_off(first));
}

/**
 * mytcp_move_text() - all text of a buffer goes to the end of another one
 * @to: of the send queue
 * @from: of the send queue; some text, all in pages
 *
 * Neither has a clone. Of what @from is charged, its text's share moves along.
 *
 * Return: false when @to has no room for so many pages, and nothing has changed.
 */
bool mytcp_move_text(struct sk_buff *to, struct sk_buff *from)
{
	struct skb_shared_info *dst = skb_shinfo(to), *src = skb_shinfo(from);
	u32 moved = min_t(u32, from->len, from->truesize - SKB_TRUESIZE(0));
	u8 meet = mytcp_frags_meet(to, from);
	u8 more = src->nr_frags - meet;

	if (dst->nr_frags + more > MAX_SKB_FRAGS)
		return false;
	if (meet) {
		skb_frag_size_add(&dst->frags[dst->nr_frags - 1],
				  skb_frag_size(&src->frags[0]));
		/* Of the two holds on the page one is left. */
		put_page(skb_frag_page(&src->frags[0]));
	}
	memcpy(dst->frags + dst->nr_frags, src->frags + meet, more * sizeof(*src->frags));
	dst->nr_frags += more;
	src->nr_frags = 0;
	to->len += from->len;
	to->data_len += from->len;
	to->truesize += moved;
	from->len = 0;
	from->data_len = 0;
	from->truesize -= moved;
	return true;
}

/**
 * mytcp_gather() - make a buffer hold so much, from those behind it
 * @sk: locked
 * @skb: not sent
 * @len: octets that it shall hold at least
 *
 * Return: false when it cannot: then the queue may have been cut and joined otherwise.
 */
bool mytcp_gather(struct sock *sk, struct sk_buff *skb, u32 len)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);

	while (skb->len < len) {
		struct sk_buff *next = skb_queue_next(&sk->sk_write_queue, skb);
		u32 need = len - skb->len;

		if (skb_queue_is_last(&sk->sk_write_queue, skb) || cb->marks & MYTCP_MARK_EOR ||
		    skb_headlen(next) || skb_cloned(skb) || skb_cloned(next))
			return false;
		if (need < next->len && mytcp_fragment(sk, next, need))
			return false;
		if (!mytcp_move_text(skb, next))
			return false;
		cb->end_seq = MYTCP_CB(next)->end_seq;
		cb->flags |= MYTCP_CB(next)->flags;
		cb->marks |= MYTCP_CB(next)->marks;
		__skb_unlink(next, &sk->sk_write_queue);
		mytcp_free_send_skb(sk, next);
	}
	return true;
}

/**
 * mytcp_unlink_acked() - a buffer is acknowledged as a whole
 * @sk: locked
 * @skb: the first of what is sent
 */
void mytcp_unlink_acked(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 segs = mytcp_packets(skb);

	ms->packets_out -= segs;
	if (MYTCP_CB(skb)->marks & MYTCP_MARK_RETRANS)
		ms->retrans_out -= segs;
	if (MYTCP_CB(skb)->marks & MYTCP_MARK_LOST)
		ms->lost_out -= segs;
	if (MYTCP_CB(skb)->marks & MYTCP_MARK_SACKED)
		ms->sacked_out -= segs;
	mytcp_unlink_sent(sk, skb);
	mytcp_free_send_skb(sk, skb);
}

/**
 * mytcp_trim_acked() - drop the acknowledged front of a buffer
 * @sk: locked
 * @skb: the first of what is sent, which SND.UNA stands within: text (a SYN stands
 *	alone)
 *
 * Return: 0 or -ENOMEM and nothing has changed.
 */
int mytcp_trim_acked(struct sock *sk, struct sk_buff *skb)
{
	int err = mytcp_fragment(sk, skb, mytcp_sk(sk)->snd_una - MYTCP_CB(skb)->seq);

	if (err)
		return err;
	mytcp_unlink_acked(sk, skb);
	return 0;
}

/**
 * mytcp_trim_again() - drop what is acknowledged and had to stay without memory
 * @sk: locked
 *
 * To be called before something that is sent is sent again or split: the peer would
 * tell nothing new of what it has, and we would send that for ever.
 *
 * Return: 0 or -ENOMEM.
 */
int mytcp_trim_again(struct sock *sk)
{
	struct sk_buff *skb = mytcp_sent_head(sk);

	if (!skb || !seq_before(MYTCP_CB(skb)->seq, mytcp_sk(sk)->snd_una))
		return 0;
	return mytcp_trim_acked(sk, skb);
}
