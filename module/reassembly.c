// SPDX-License-Identifier: GPL-2.0
/*
 * Reassembly: see reassembly.h.
 */
#include "ack.h"
#include "ecn.h"
#include "input.h"
#include "rcvbuf.h"
#include "reassembly.h"
#include "sack_report.h"

/* Buffers without a gap between them that are looked at for one segment */
#define MYTCP_RUN_MAX	64

/* Cut off the octets before "seq": they are here already. False: no memory. */
static bool mytcp_trim_front(struct sk_buff *skb, u32 seq)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 cut = seq - cb->seq;

	if (cut && !pskb_pull(skb, min(cut, skb->len)))
		return false;
	cb->seq = seq;
	return true;
}

/* Cut off what lies at or behind "end", a FIN included. False: no memory. */
static bool mytcp_trim_back(struct sk_buff *skb, u32 end)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 text_end = cb->end_seq - !!(cb->flags & MYTCP_FLAG_FIN);

	if (!seq_after(cb->end_seq, end))
		return true;
	cb->flags &= ~MYTCP_FLAG_FIN;
	cb->end_seq = end;
	return !seq_after(text_end, end) || !pskb_trim(skb, end - cb->seq);
}

/* Charge a segment to the socket if "limit" octets of memory allow. */
static bool mytcp_charge(struct sock *sk, struct sk_buff *skb, int limit)
{
	if (atomic_read(&sk->sk_rmem_alloc) > limit ||
	    !sk_rmem_schedule(sk, skb, skb->truesize))
		return false;
	skb_set_owner_r(skb, sk);
	return true;
}

/* A refusal leaves the socket in debt; its next success pays that, too. */
static void mytcp_charge_anyway(struct sock *sk, struct sk_buff *skb)
{
	if (!sk_rmem_schedule(sk, skb, skb->truesize))
		sk->sk_prot->enter_memory_pressure(sk);
	skb_set_owner_r(skb, sk);
}

/*
 * Text in order must be taken, if it can be at all: what waits out of order
 * gives way (RFC 2018 section 8 allows that), and an empty queue takes one
 * segment whatever the limits say, or the connection would never go on; a FIN
 * without text is the last there is. Small segments cost more than their text,
 * so twice the buffer may be filled with what the window had promised already:
 * see mytcp_repack().
 */
static bool mytcp_charge_in_order(struct sock *sk, struct sk_buff *skb)
{
	int rcvbuf = READ_ONCE(sk->sk_rcvbuf);
	int limit = min_t(u32, 2U * rcvbuf, INT_MAX);

	if (unlikely(atomic_read(&sk->sk_rmem_alloc) > rcvbuf))
		mytcp_rcvbuf_overfull(mytcp_sk(sk));
	if (likely(mytcp_charge(sk, skb, limit)))
		return true;
	mytcp_reassembly_purge(sk);
	if (mytcp_charge(sk, skb, limit))
		return true;
	if (skb->len && !skb_queue_empty(&sk->sk_receive_queue))
		return false;
	mytcp_charge_anyway(sk, skb);
	return true;
}

/* Can the text of "from" be copied behind that of "to", which costs nothing? */
static bool mytcp_fits_behind(const struct sk_buff *to, const struct sk_buff *from)
{
	return from->len && from->len <= skb_tailroom(to) && !skb_cloned(to);
}

static bool mytcp_copy_behind(struct sk_buff *to, const struct sk_buff *from)
{
	if (!mytcp_fits_behind(to, from) ||
	    skb_copy_bits(from, 0, skb_tail_pointer(to), from->len))
		return false;
	skb_put(to, from->len);
	return true;
}

/*
 * What the window promised has to fit, in however small segments it comes: when the
 * buffer is full, one that costs more than it carries is moved to where the next
 * ones find room behind it. Consumes skb; returns what to queue instead.
 */
static struct sk_buff *mytcp_repack(const struct sock *sk, struct sk_buff *skb)
{
	const struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	const u32 room = SKB_WITH_OVERHEAD(PAGE_SIZE);
	struct sk_buff *roomy;

	if (likely(atomic_read(&sk->sk_rmem_alloc) <= READ_ONCE(sk->sk_rcvbuf)) ||
	    !skb->len || 2 * skb->len > min(skb->truesize, room) ||
	    (tail && mytcp_fits_behind(tail, skb)))
		return skb;
	roomy = alloc_skb(room, GFP_ATOMIC);
	if (!roomy)
		return skb;
	*MYTCP_CB(roomy) = *MYTCP_CB(skb);
	if (!mytcp_copy_behind(roomy, skb)) {
		kfree_skb(roomy);
		return skb;
	}
	consume_skb(skb);
	return roomy;
}

/*
 * Hang "from" behind "to", which ends where it begins; both are charged. True:
 * "from" is gone.
 */
static bool mytcp_coalesce(struct sock *sk, struct sk_buff *to, struct sk_buff *from)
{
	struct mytcp_skb_cb *cb = MYTCP_CB(to);
	struct mytcp_skb_cb from_cb = *MYTCP_CB(from);
	bool stolen = false;
	int delta = 0;

	if (cb->end_seq != from_cb.seq || (cb->flags & MYTCP_FLAG_FIN))
		return false;
	/* The kernel's helper copies, too, but not between pools of pages. */
	if (!mytcp_copy_behind(to, from) && !skb_try_coalesce(to, from, &stolen, &delta))
		return false;
	/*
	 * "to" has grown by delta; the charge of "from" goes back whole, and after that:
	 * a page less to be given back, and to be asked for again.
	 */
	atomic_add(delta, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, delta);
	skb_orphan(from);
	cb->end_seq = from_cb.end_seq;
	cb->flags |= from_cb.flags;
	kfree_skb_partial(from, stolen);
	return true;
}

static struct sk_buff *mytcp_ooo_erase(struct mytcp_sock *ms, struct sk_buff *skb)
{
	rb_erase(&skb->rbnode, &ms->out_of_order);
	/* rbnode shares its place with these. */
	skb->next = NULL;
	skb->prev = NULL;
	skb->dev = NULL;
	return skb;
}

/**
 * mytcp_reassembly_purge() - drop everything that is out of order
 * @sk: locked
 *
 * SACK blocks that were sent for it are taken back, as RFC 2018 section 8 lets
 * a receiver do.
 *
 * Rules: 2018-8-2
 */
void mytcp_reassembly_purge(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = skb_rb_first(&ms->out_of_order)))
		kfree_skb(mytcp_ooo_erase(ms, skb));
	ms->nr_sacks = 0;
}

/*
 * Find where a segment belongs in the tree: its parent for linking, and the
 * neighbour before it (the last that does not begin after it).
 */
static struct sk_buff *mytcp_ooo_find(struct mytcp_sock *ms, u32 seq,
				      struct rb_node **parent, struct rb_node ***link)
{
	struct sk_buff *before = NULL;

	*link = &ms->out_of_order.rb_node;
	*parent = NULL;
	while (**link) {
		struct sk_buff *skb = rb_to_skb(**link);

		*parent = **link;
		if (seq_before(seq, MYTCP_CB(skb)->seq)) {
			*link = &(**link)->rb_left;
		} else {
			before = skb;
			*link = &(**link)->rb_right;
		}
	}
	return before;
}

/*
 * Where what is here without a gap ends, from "skb" on; looked for up to "end", and not
 * beyond so many buffers: a peer can have each octet in one of its own, and repeat at any
 * time what covers a thousand. What is not known to be here takes the place of what is, so
 * that such a walk is the last one over these.
 * Rules: 2883-4-3
 */
static u32 mytcp_ooo_run_end(struct sk_buff *skb, u32 end)
{
	u32 have = MYTCP_CB(skb)->end_seq;
	int most = MYTCP_RUN_MAX;

	while (--most && seq_before(have, end) && (skb = skb_rb_next(skb)) &&
	       MYTCP_CB(skb)->seq == have)
		have = MYTCP_CB(skb)->end_seq;
	return seq_min(have, end);
}

/*
 * A segment covers what was here: of several duplicates in it the first is told of.
 * "told" is of this segment, though nothing may be told to who knows no SACK: else each
 * of what it covers would be the begin of a walk over the rest.
 * Rules: 2883-4-1, 2883-4-2
 */
static void mytcp_ooo_duplicate(struct sock *sk, struct sk_buff *first, u32 end, bool *told)
{
	if (*told || mytcp_sack_report_holds_duplicate(mytcp_sk(sk)))
		return;
	*told = true;
	mytcp_sack_report_duplicate(sk, MYTCP_CB(first)->seq, mytcp_ooo_run_end(first, end));
}

/* Make room for "skb" in the tree: what it covers goes, what it meets bounds it. */
static bool mytcp_ooo_cover(struct sock *sk, struct sk_buff *skb, struct sk_buff *before)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	struct sk_buff *next;
	bool told = false;

	while ((next = before ? skb_rb_next(before) : skb_rb_first(&ms->out_of_order))) {
		struct mytcp_skb_cb *ncb = MYTCP_CB(next);

		if (!seq_before(ncb->seq, cb->end_seq))
			break;
		mytcp_ooo_duplicate(sk, next, cb->end_seq, &told);
		if (seq_after(ncb->end_seq, cb->end_seq))
			return mytcp_trim_back(skb, ncb->seq);
		kfree_skb(mytcp_ooo_erase(ms, next));
	}
	return true;
}

/*
 * A segment beyond a gap. Consumes skb.
 * Rules: SHLD-31, MAY-13, 2018-4-3, 2018-8-1, 2883-4-4, 5681-3.2-1, 5681-4.2-5,
 * 6582-5-1
 */
static void mytcp_queue_out_of_order(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	struct rb_node **link, *parent;
	u32 start = cb->seq, end = cb->end_seq;
	struct sk_buff *before;

	/* RFC 5681 3.2: the duplicate ACK that tells the sender of the gap */
	ms->ack_pending = MYTCP_ACK_NOW;
	mytcp_count(sock_net(sk), out_of_order);
	before = mytcp_ooo_find(ms, cb->seq, &parent, &link);
	if (before && seq_after(MYTCP_CB(before)->end_seq, start)) {
		u32 have = mytcp_ooo_run_end(before, end);

		mytcp_sack_report_duplicate(sk, start, have);
		if (have == end) {
			mytcp_sack_report(ms, start, end);
			goto drop;
		}
		if (!mytcp_trim_front(skb, MYTCP_CB(before)->end_seq))
			goto drop;
	}
	if (!mytcp_charge(sk, skb, READ_ONCE(sk->sk_rcvbuf))) {
		mytcp_count(sock_net(sk), receive_drops);
		goto drop;
	}
	mytcp_rcvbuf_taken(sk, skb, skb_shinfo(skb)->gso_size ?: skb->len);
	if (!mytcp_ooo_cover(sk, skb, before))
		goto drop;
	mytcp_sack_report(ms, start, end);
	if (before && mytcp_coalesce(sk, before, skb))
		return;
	/* The tree may have lost nodes: look for the place again. */
	mytcp_ooo_find(ms, cb->seq, &parent, &link);
	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color(&skb->rbnode, &ms->out_of_order);
	return;
drop:
	kfree_skb(skb);
}

/* Append a charged segment that begins at RCV.NXT. True: it ends with a FIN. */
static bool mytcp_append(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	bool fin = cb->flags & MYTCP_FLAG_FIN;

	ms->bytes_received += skb->len;
	WRITE_ONCE(ms->rcv_nxt, cb->end_seq);
	if (!tail || !mytcp_coalesce(sk, tail, skb))
		__skb_queue_tail(&sk->sk_receive_queue, skb);
	return fin;
}

/* What has become of the gap: take over what is in order now. True: a FIN. */
static bool mytcp_drain(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;
	bool fin = false, told = false;

	while (!fin && (skb = skb_rb_first(&ms->out_of_order))) {
		struct mytcp_skb_cb *cb = MYTCP_CB(skb);

		if (seq_after(cb->seq, ms->rcv_nxt))
			break;
		if (seq_before(cb->seq, ms->rcv_nxt))
			mytcp_ooo_duplicate(sk, skb, ms->rcv_nxt, &told);
		mytcp_ooo_erase(ms, skb);
		/* The charge follows the truesize, which a pull may change. */
		skb_orphan(skb);
		if (seq_before_eq(cb->end_seq, ms->rcv_nxt) ||
		    !mytcp_trim_front(skb, ms->rcv_nxt)) {
			kfree_skb(skb);
			continue;
		}
		mytcp_charge_anyway(sk, skb);
		fin = mytcp_append(sk, skb);
	}
	mytcp_sack_report_advance(ms);
	return fin;
}

/* Is there enough for a reader with SO_RCVLOWAT, or no room for more? As mytcp_poll(). */
static void mytcp_data_ready(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 lowat = READ_ONCE(sk->sk_rcvlowat);
	int rcvbuf = READ_ONCE(sk->sk_rcvbuf);

	if (sock_flag(sk, SOCK_DEAD))
		return;
	if (ms->rcv_nxt - ms->copied_seq >= lowat || sock_flag(sk, SOCK_DONE) ||
	    atomic_read(&sk->sk_rmem_alloc) > rcvbuf - (rcvbuf >> 3) ||
	    mytcp_receive_window(ms) <= ms->rcv_mss || sk_under_memory_pressure(sk))
		sk->sk_data_ready(sk);
}

/*
 * A segment that begins at or before RCV.NXT and ends behind it. Consumes skb.
 * Rules: 5681-3.2-2, 5681-4.2-6
 */
static void mytcp_queue_in_order(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 full = skb_shinfo(skb)->gso_size ?: skb->len;
	bool push = MYTCP_CB(skb)->flags & MYTCP_FLAG_PSH;
	bool gap = !RB_EMPTY_ROOT(&ms->out_of_order);
	bool fin;

	if (!mytcp_trim_front(skb, ms->rcv_nxt))
		goto drop;
	skb = mytcp_repack(sk, skb);
	if (!mytcp_charge_in_order(sk, skb))
		goto drop;
	mytcp_rcvbuf_taken(sk, skb, full);
	fin = mytcp_append(sk, skb);
	if (unlikely(gap)) {
		/* Nothing can follow a FIN, whatever the peer has sent. */
		fin = fin || mytcp_drain(sk);
		/* RFC 5681 4.2: at once when a gap was filled or narrowed */
		ms->ack_pending = MYTCP_ACK_NOW;
	}
	mytcp_ack_text(sk, full, push);
	if (unlikely(fin))
		mytcp_fin_arrived(sk);
	mytcp_data_ready(sk);
	return;
drop:
	mytcp_count(sock_net(sk), receive_drops);
	ms->ack_pending = MYTCP_ACK_NOW;
	kfree_skb(skb);
	/* Who waits for more than there is would wait for ever. */
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_data_ready(sk);
}

/**
 * mytcp_hold_text() - text and FIN that came with the peer's SYN
 * @sk: locked, in SYN_RECV
 * @skb: from mytcp_syn_text(), or NULL; consumed
 *
 * RFC 9293 3.10.7.2 and 3.10.7.3: to be taken when the connection is open.
 */
void mytcp_hold_text(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 edge = ms->rcv_nxt + mytcp_receive_window(ms);

	if (!skb)
		return;
	mytcp_skb_detach(skb);
	if (!RB_EMPTY_ROOT(&ms->out_of_order) || !mytcp_trim_back(skb, edge) ||
	    !mytcp_charge(sk, skb, READ_ONCE(sk->sk_rcvbuf))) {
		kfree_skb(skb);
		return;
	}
	rb_link_node(&skb->rbnode, NULL, &ms->out_of_order.rb_node);
	rb_insert_color(&skb->rbnode, &ms->out_of_order);
}

/**
 * mytcp_release_text() - the connection is open: take what came with the SYN
 * @sk: locked, just ESTABLISHED
 *
 * Its FIN may change the state.
 */
void mytcp_release_text(struct sock *sk)
{
	bool fin;

	if (likely(RB_EMPTY_ROOT(&mytcp_sk(sk)->out_of_order)))
		return;
	/* Nobody will read it; when it comes again, the peer is told. */
	if (sk->sk_shutdown & RCV_SHUTDOWN) {
		mytcp_reassembly_purge(sk);
		return;
	}
	fin = mytcp_drain(sk);
	mytcp_sk(sk)->ack_pending = MYTCP_ACK_NOW;
	if (fin)
		mytcp_fin_arrived(sk);
	mytcp_data_ready(sk);
}

/**
 * mytcp_receive_text() - 3.10.7.4, seventh: the segment text
 * @sk: locked, in a state that takes text
 * @skb: data at the text; its control block tells the sequence numbers of text
 *	and FIN, which is acted upon when everything before it is here; consumed
 *
 * The socket may be in CLOSE afterwards (TIME_WAIT).
 */
void mytcp_receive_text(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 edge = ms->rcv_nxt + mytcp_receive_window(ms);

	mytcp_skb_detach(skb);

	if (unlikely(seq_before(cb->seq, ms->rcv_nxt)))
		mytcp_sack_report_duplicate(sk, cb->seq, seq_min(cb->end_seq, ms->rcv_nxt));
	/* Nothing new, or nothing that the window has room for. */
	if (unlikely(seq_before_eq(cb->end_seq, ms->rcv_nxt) ||
		     !seq_before(cb->seq, edge) || !mytcp_trim_back(skb, edge))) {
		mytcp_ack_hurry(ms, MYTCP_QUICK_ACKS_MAX);
		ms->ack_pending = MYTCP_ACK_NOW;
		kfree_skb(skb);
		return;
	}
	ms->data_segs_in += max_t(u32, 1, skb_shinfo(skb)->gso_segs);
	mytcp_ecn_text(sk, skb);
	if (seq_after(cb->seq, ms->rcv_nxt))
		mytcp_queue_out_of_order(sk, skb);
	else
		mytcp_queue_in_order(sk, skb);
}
