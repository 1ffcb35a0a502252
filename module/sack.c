// SPDX-License-Identifier: GPL-2.0
/*
 * The scoreboard: see sack.h.
 */
#include <linux/rbtree.h>

#include "delivery.h"
#include "join.h"
#include "loss.h"
#include "sack.h"
#include "sendqueue.h"

/* Can a peer have received that, once or twice? Only what we have sent of late. */
static bool sack_possible(const struct mytcp_sock *ms, const struct mytcp_sack_block *b)
{
	return seq_before(b->start, b->end) && seq_before(b->start, ms->snd_nxt) &&
	       seq_before_eq(b->end, ms->snd_nxt) &&
	       !seq_before(b->start, ms->snd_una - ms->max_snd_wnd);
}

/*
 * RFC 2883 section 4: the first block tells of a duplicate when it lies below the
 * cumulative acknowledgment, or within the second.
 * Rules: 2883-4-6
 */
static bool sack_is_duplicate(const struct mytcp_sock *ms, const struct mytcp_segment *seg)
{
	const struct mytcp_sack_block *b = seg->opt.sacks;

	if (seq_before(b[0].start, seg->ack))
		return true;
	/* Within one that is nonsense there is everything. */
	return seg->opt.nr_sacks > 1 && sack_possible(ms, &b[1]) &&
	       seq_after_eq(b[0].start, b[1].start) && seq_before_eq(b[0].end, b[1].end);
}

/*
 * Something came twice. When that was more than was ever sent again it is the path
 * that duplicates, and of our repetitions it says nothing.
 */
static void sack_duplicate(struct sock *sk, const struct mytcp_sack_block *b,
			   struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!sack_possible(ms, b))
		return;
	mytcp_count(sock_net(sk), dsacks_received);
	acked->dup_segs = DIV_ROUND_UP(b->end - b->start, ms->mss);
	acked->dup_end = b->end;
	ms->dsack_dups += acked->dup_segs;
	acked->duplicate = ms->dsack_dups <= ms->total_retrans;
}

/* RFC 2018: blocks lie within what is sent, and behind a hole at SND.UNA. */
static bool sack_valid(const struct mytcp_sock *ms, const struct mytcp_sack_block *b)
{
	return seq_before(b->start, b->end) && seq_after(b->start, ms->snd_una) &&
	       seq_before(b->start, ms->snd_nxt) && seq_before_eq(b->end, ms->snd_nxt);
}

/* The first buffer that has something at or behind "seq". */
static struct sk_buff *sack_find(const struct sock *sk, u32 seq)
{
	struct rb_node *node = sk->tcp_rtx_queue.rb_node;
	struct sk_buff *found = NULL;

	while (node) {
		struct sk_buff *skb = rb_to_skb(node);

		if (seq_after(MYTCP_CB(skb)->end_seq, seq)) {
			found = skb;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/* The peer has it: neither lost nor on the way. Rules: 2018-5-2. */
static void sack_mark(struct sock *sk, struct sk_buff *skb, struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 segs = mytcp_packets(skb);

	mytcp_loss_delivered(ms, cb, acked, false);
	mytcp_delivery_acked(ms, cb, *mytcp_flight(skb), segs, acked);
	acked->sacked += segs;
	if (cb->retransmits) {
		acked->retransmitted = true;
	} else {
		acked->original |= !seq_after(cb->end_seq, ms->recover);
		if (acked->sack_rtt_us < 0)
			acked->sack_rtt_us = mytcp_us_since(ms, cb->sent_ns);
	}
	ms->sacked_out += segs;
	if (cb->marks & MYTCP_MARK_LOST)
		ms->lost_out -= segs;
	if (cb->marks & MYTCP_MARK_RETRANS)
		ms->retrans_out -= segs;
	cb->marks &= ~(MYTCP_MARK_LOST | MYTCP_MARK_RETRANS);
	cb->marks |= MYTCP_MARK_SACKED;
	list_del_init(&cb->link);
}

/* Without memory the block is not entered now: then it has not been seen. */
static int sack_fragment(struct sock *sk, struct sk_buff *skb, u32 off,
			 struct mytcp_acked *acked)
{
	int err = mytcp_fragment(sk, skb, off);

	if (err == -ENOMEM)
		acked->missed = true;
	return err;
}

/*
 * A block begins or ends within a buffer: cut it there, at the border of a segment,
 * since the peer has whole ones. Returns the buffer that begins inside the block,
 * the buffer itself when no cut is needed, or NULL: no segment of it is inside.
 */
static struct sk_buff *sack_cut(struct sock *sk, struct sk_buff *skb,
				const struct mytcp_sack_block *b,
				struct mytcp_acked *acked)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 size = skb_shinfo(skb)->gso_size;
	u32 off;

	if (seq_before(cb->seq, b->start)) {
		off = size ? roundup(b->start - cb->seq, size) : skb->len;
		if (off >= skb->len || sack_fragment(sk, skb, off, acked))
			return NULL;
		skb = skb_rb_next(skb);
		cb = MYTCP_CB(skb);
	}
	if (seq_after(cb->end_seq, b->end)) {
		off = size ? rounddown(b->end - cb->seq, size) : 0;
		if ((s32)off <= 0 || sack_fragment(sk, skb, off, acked))
			return NULL;
	}
	return skb;
}

/* Look at what a block says of the octets between "from" and "to". */
static void sack_range(struct sock *sk, const struct mytcp_sack_block *b, u32 from,
		       u32 to, struct mytcp_acked *acked)
{
	struct sk_buff *skb = seq_before(from, to) ? sack_find(sk, from) : NULL;

	for (; skb && seq_before(MYTCP_CB(skb)->seq, to); skb = skb_rb_next(skb)) {
		struct sk_buff *inside;

		if (MYTCP_CB(skb)->marks & MYTCP_MARK_SACKED)
			continue;
		inside = sack_cut(sk, skb, b, acked);
		if (!inside)
			continue;
		sack_mark(sk, inside, acked);
		skb = mytcp_join_sacked(sk, inside);
	}
}

/*
 * Most blocks are those of the ACK before, a little longer: only what is new of
 * them is looked for, so that an ACK does not cost a walk over all that is on the
 * way. Blocks that come and go do cost it: no more than our window, for each ACK.
 */
static void sack_block(struct sock *sk, const struct mytcp_sack_block *b,
		       struct mytcp_acked *acked)
{
	const struct mytcp_sack_block *seen = mytcp_sk(sk)->seen;
	u32 from = b->start;
	int i;

	for (i = 0; i < MYTCP_SACK_BLOCKS; i++) {
		if (seen[i].start == seen[i].end || !seq_before(seen[i].start, b->end) ||
		    !seq_after(seen[i].end, from))
			continue;
		sack_range(sk, b, from, seen[i].start, acked);
		from = seq_max(from, seen[i].end);
	}
	sack_range(sk, b, from, b->end, acked);
}

/* By their sequence numbers: so reordering is not seen where there is none. */
static void sack_sort(struct mytcp_sack_block *blocks, u8 n)
{
	u8 i, j;

	for (i = 1; i < n; i++)
		for (j = i; j && seq_before(blocks[j].start, blocks[j - 1].start); j--)
			swap(blocks[j], blocks[j - 1]);
}

/**
 * mytcp_sack_process() - enter an ACK's blocks into the scoreboard
 * @sk: locked; what SND.UNA covers is not on the queue any more
 * @seg: an acceptable ACK
 * @acked: what it tells is added
 *
 * Blocks that say what cannot be are ignored: they are old, or forged.
 *
 * Rules: 2018-5-1, 6675-3-1, 6675-4-2, 6675-5-1, 6675-5.1-4, 8985-4-1
 */
void mytcp_sack_process(struct sock *sk, const struct mytcp_segment *seg,
			struct mytcp_acked *acked)
{
	struct mytcp_sack_block blocks[MYTCP_SACK_BLOCKS] = {};
	struct mytcp_sock *ms = mytcp_sk(sk);
	u8 i = 0, n = 0;

	if (!ms->sack_ok || !seg->opt.nr_sacks)
		return;
	/* What was seen of a flight that is acknowledged says nothing of the next. */
	if (!ms->sacked_out)
		memset(ms->seen, 0, sizeof(ms->seen));
	if (sack_is_duplicate(ms, seg)) {
		i = 1;
		sack_duplicate(sk, &seg->opt.sacks[0], acked);
	}
	for (; i < seg->opt.nr_sacks; i++) {
		if (sack_valid(ms, &seg->opt.sacks[i]))
			blocks[n++] = seg->opt.sacks[i];
		else if (seq_after(seg->opt.sacks[i].end, ms->snd_nxt))
			mytcp_count(sock_net(sk), sacks_ignored);
	}
	sack_sort(blocks, n);
	for (i = 0; i < n; i++)
		sack_block(sk, &blocks[i], acked);
	if (acked->missed)
		memset(blocks, 0, sizeof(blocks));
	memcpy(ms->seen, blocks, sizeof(blocks));
}

/**
 * mytcp_sack_forget() - the peer has thrown away what it had: RFC 2018 section 8
 * @sk: locked
 *
 * Rules: 2018-5-3, 2018-8-4
 */
void mytcp_sack_forget(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	skb_rbtree_walk(skb, &sk->tcp_rtx_queue)
		MYTCP_CB(skb)->marks &= ~MYTCP_MARK_SACKED;
	ms->sacked_out = 0;
	memset(ms->seen, 0, sizeof(ms->seen));
}
