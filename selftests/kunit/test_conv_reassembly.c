// SPDX-License-Identifier: GPL-2.0
/*
 * Segments out of order: RFC 9293 3.10.7.4, seventh, and what RFC 2018 reports
 * of them.
 */
#include <linux/bitops.h>
#include <linux/sort.h>

#include "conv.h"

/* --- Every combination of three overlapping segments, against a model --- */

#define UNITS	4	/* of sequence space that a round is about */
#define UNIT	10	/* octets */
#define NR_SPANS	(UNITS * (UNITS + 1) / 2)
#define ROUND	3	/* segments */

/**
 * struct model - what a receiver must have after some arrivals
 * @base: relative sequence number of the first unit
 * @have: units that have arrived, a bit each
 * @stamp: when each unit arrived last
 * @now: arrivals so far
 */
struct model {
	u32 base;
	unsigned long have;
	u32 stamp[UNITS];
	u32 now;
};

struct span {
	u32 first;
	u32 end;
};

static struct span span_of(u32 n)
{
	struct span s = { };
	u32 len;

	for (len = UNITS; n >= len; len--) {
		n -= len;
		s.first++;
	}
	s.end = s.first + n + 1;
	return s;
}

static void model_arrive(struct model *m, struct span s)
{
	u32 i;

	m->now++;
	for (i = s.first; i < s.end; i++) {
		m->have |= BIT(i);
		m->stamp[i] = m->now;
	}
}

/* The units before the first gap. */
static u32 model_in_order(const struct model *m)
{
	return find_first_zero_bit(&m->have, UNITS);
}

struct run {
	u32 first;
	u32 end;
	u32 stamp;
};

static int run_is_older(const void *a, const void *b)
{
	const struct run *ra = a, *rb = b;

	return (int)rb->stamp - (int)ra->stamp;
}

/*
 * RFC 2018 section 4: the first block has the segment that came last, the others
 * repeat the most recent; each is a whole run.
 */
static void model_sacks(const struct model *m, struct mytcp_sack_block *blocks)
{
	struct run runs[UNITS] = { };
	u32 at = model_in_order(m);
	u32 n = 0, i;

	while (at < UNITS) {
		struct run *r = &runs[n];

		r->first = find_next_bit(&m->have, UNITS, at);
		if (r->first >= UNITS)
			break;
		r->end = find_next_zero_bit(&m->have, UNITS, r->first);
		for (i = r->first; i < r->end; i++)
			r->stamp = max(r->stamp, m->stamp[i]);
		at = r->end;
		n++;
	}
	sort(runs, n, sizeof(*runs), run_is_older, NULL);
	for (i = 0; i < n; i++) {
		blocks[i].start = m->base + runs[i].first * UNIT;
		blocks[i].end = m->base + runs[i].end * UNIT;
	}
}

/*
 * RFC 2883 section 4: a block in front of the others says what was here before, of a
 * segment the first of it. Returns whether there is one.
 */
static bool model_duplicate(const struct model *m, struct span s,
			    struct mytcp_sack_block *block)
{
	u32 first = find_next_bit(&m->have, UNITS, s.first);
	u32 end = find_next_zero_bit(&m->have, UNITS, first);

	if (first >= s.end)
		return false;
	block->start = m->base + first * UNIT;
	block->end = m->base + min(end, s.end) * UNIT;
	return true;
}

/*
 * May the ACK of this arrival be delayed? RFC 5681 4.2: text in order, no gap; and
 * nothing of it was here before.
 */
static bool model_may_delay(const struct model *m, struct span s)
{
	u32 in_order = model_in_order(m);

	return !(m->have >> in_order) && s.first == in_order;
}

/* One arrival, and the ACK that must come of it at once, if it must. */
static void model_step(struct catch *c, struct model *m, struct span s, bool nonlinear)
{
	struct catch_segment want = { .flags = ACK, .seq = 1 };
	bool duplicate = mytcp_sk(c->sk)->sack_ok && model_duplicate(m, s, want.sacks);
	bool may_delay = model_may_delay(m, s);
	const char *why = NULL;

	PEER(c, ACK, m->base + s.first * UNIT, 1, .len = (s.end - s.first) * UNIT,
	     .nonlinear = nonlinear);
	model_arrive(m, s);
	want.ack = m->base + model_in_order(m) * UNIT;
	model_sacks(m, want.sacks + duplicate);
	if (!may_delay || !skb_queue_empty(&c->sent))
		why = catch_compare(c, &want);
	else if (mytcp_sk(c->sk)->rcv_nxt - c->irs != want.ack)
		why = "RCV.NXT is wrong";
	if (why)
		KUNIT_FAIL(c->test, "segment %u, units %u to %u: %s", m->now, s.first,
			   s.end, why);
}

/* Fill what is left, read it all, check every octet. */
static void model_finish(struct catch *c, struct model *m, bool nonlinear)
{
	if (m->have != GENMASK(UNITS - 1, 0))
		model_step(c, m, (struct span) { 0, UNITS }, nonlinear);
	EXPECT_NOTHING(c);
	RECV_N(c, UNITS * UNIT);
	/* What was owed may have gone with that. */
	FORGET(c);
	*m = (struct model) { .base = m->base + UNITS * UNIT };
}

static void reassembles(struct catch *c, bool nonlinear)
{
	struct model m = { .base = 1 };
	u32 n, i;

	for (n = 0; n < NR_SPANS * NR_SPANS * NR_SPANS; n++) {
		u32 rest = n;

		for (i = 0; i < ROUND; i++) {
			model_step(c, &m, span_of(rest % NR_SPANS), nonlinear);
			rest /= NR_SPANS;
		}
		model_finish(c, &m, nonlinear);
		if (c->test->status == KUNIT_FAILURE) {
			kunit_err(c->test, "combination %u", n);
			return;
		}
	}
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* Shows: SHLD-31, 2018-3-1, 2018-4-4, 2018-4-6, 2883-4-1, 2883-4-3, 5681-3.2-2. */
static void reassembles_all(struct kunit *test)
{
	reassembles(IN_STATE(test, TCP_ESTABLISHED, .sack = true), false);
}

static void reassembles_all_in_pages(struct kunit *test)
{
	reassembles(IN_STATE(test, TCP_ESTABLISHED, .sack = true), true);
}

/* Round number 500 or so crosses the end of the circle. */
static void reassembles_all_wrapping(struct kunit *test)
{
	reassembles(IN_STATE(test, TCP_ESTABLISHED, .sack = true, .ts = true,
			     .irs = -500 * UNITS * UNIT), false);
}

/* --- One by one, with a FIN --- */

/**
 * struct arrival_order - segments that come to ESTABLISHED; all is there at last
 * @desc: what is special
 * @seg: in the order of their coming; len 0 and no FIN: the end
 * @total: octets of text
 */
struct arrival_order {
	const char *desc;
	struct {
		u32 seq;
		u32 len;
		bool fin;
	} seg[6];
	u32 total;
};

static const struct arrival_order orders[] = {
	{ "FIN before all text", { { 101, 0, true }, { 1, 100 } }, 100 },
	{ "FIN with text before the rest", { { 51, 50, true }, { 1, 50 } }, 100 },
	{ "FIN twice beyond the gap",
	  { { 51, 50, true }, { 51, 50, true }, { 1, 50 } }, 100 },
	{ "FIN alone and with its text",
	  { { 101, 0, true }, { 51, 50, true }, { 1, 50 } }, 100 },
	{ "FIN with text, then alone",
	  { { 51, 50, true }, { 101, 0, true }, { 1, 50 } }, 100 },
	{ "text without FIN, then the same with it",
	  { { 51, 50 }, { 51, 50, true }, { 1, 50 } }, 100 },
	{ "FIN, then more of the text before it",
	  { { 81, 20, true }, { 41, 60, true }, { 1, 40 } }, 100 },
	{ "FIN, then its text without it",
	  { { 51, 50, true }, { 31, 70 }, { 1, 30 } }, 100 },
	{ "gap filled by a segment that covers all but FIN",
	  { { 51, 50, true }, { 1, 100 } }, 100 },
	{ "gap filled by a segment that covers all and FIN",
	  { { 51, 50, true }, { 1, 100, true } }, 100 },
	{ "FIN in three pieces from the end",
	  { { 81, 20, true }, { 41, 40 }, { 21, 20 }, { 1, 20 } }, 100 },
	{ "FIN, two gaps, filled from the right",
	  { { 91, 10, true }, { 41, 20 }, { 61, 30 }, { 1, 40 } }, 100 },
	{ "FIN, two gaps, filled from the left",
	  { { 91, 10, true }, { 41, 20 }, { 1, 40 }, { 61, 30 } }, 100 },
	{ "FIN, two gaps, filled at once",
	  { { 91, 10, true }, { 41, 20 }, { 1, 90 } }, 100 },
	{ "overlap left of FIN", { { 51, 50, true }, { 41, 20 }, { 1, 45 } }, 100 },
	{ "overlap of both neighbours",
	  { { 21, 20 }, { 61, 40, true }, { 31, 40 }, { 1, 25 } }, 100 },
	{ "single octets backwards",
	  { { 5, 1, true }, { 4, 1 }, { 3, 1 }, { 2, 1 }, { 1, 1 } }, 5 },
	{ "single octets, odd ones first",
	  { { 2, 1 }, { 4, 1, true }, { 1, 1 }, { 3, 1 } }, 4 },
	{ "full segments backwards",
	  { { 2921, 1460, true }, { 1461, 1460 }, { 1, 1460 } }, 4380 },
};

static void order_desc(const struct arrival_order *o, char *desc)
{
	strscpy(desc, o->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(order, orders, order_desc);

static u32 order_len(const struct arrival_order *o)
{
	u32 n = 0;

	while (n < ARRAY_SIZE(o->seg) && (o->seg[n].len || o->seg[n].fin))
		n++;
	return n;
}

/* All segments come; the state is to stay until the last. */
static void arrive_in_order(struct catch *c, const struct arrival_order *o,
			    int state, u32 ack)
{
	u32 i;

	for (i = 0; i < order_len(o); i++) {
		EXPECT_STATE(c, state);
		PEER(c, ACK | (o->seg[i].fin ? FIN : 0), o->seg[i].seq, ack,
		     .len = o->seg[i].len);
		/* RFC 5681 4.2: no delay while there is a gap */
		KUNIT_EXPECT_EQ(c->test, skb_queue_len(&c->sent), i + 1);
	}
}

/* The FIN counts when all before it is here, and not before. */
static void fin_out_of_order(struct kunit *test)
{
	const struct arrival_order *o = test->param_value;
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	arrive_in_order(c, o, TCP_ESTABLISHED, 1);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	while (skb_queue_len(&c->sent) > 1)
		kfree_skb(skb_dequeue(&c->sent));
	EXPECT(c, ACK, 1, o->total + 2);
	RECV_N(c, o->total);
	RECV_EOF(c);
	RUN(c, 100);
	EXPECT_NOTHING(c);
}

/* The same in FIN-WAIT-2: TIME-WAIT comes with the last of it. */
static void fin_out_of_order_fin_wait_2(struct kunit *test)
{
	const struct arrival_order *o = test->param_value;
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);

	arrive_in_order(c, o, TCP_FIN_WAIT2, 2);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RECV_N(c, o->total);
	RECV_EOF(c);
}

/* --- SACK blocks --- */

/*
 * RFC 2018 section 3: no more than fit; section 4: the most recent.
 * Shows: 2018-4-3, 2018-4-4, 2018-4-5, 2018-4-6
 */
static void sack_most_recent_four(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, ACK, 101, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 101, 111 } });
	PEER(c, ACK, 201, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 201, 211 }, { 101, 111 } });
	PEER(c, ACK, 301, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 301, 311 }, { 201, 211 }, { 101, 111 } });
	PEER(c, ACK, 401, 1, .len = 10);
	EXPECT(c, ACK, 1, 1,
	       .sacks = { { 401, 411 }, { 301, 311 }, { 201, 211 }, { 101, 111 } });
	PEER(c, ACK, 501, 1, .len = 10);
	EXPECT(c, ACK, 1, 1,
	       .sacks = { { 501, 511 }, { 401, 411 }, { 301, 311 }, { 201, 211 } });
}

/*
 * Timestamps take the room of one: RFC 7323 section 3.2, RFC 2018 section 3.
 * Shows: 2018-4-5
 */
static void sack_three_with_timestamps(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true, .ts = true);

	PEER(c, ACK, 101, 1, .len = 10);
	PEER(c, ACK, 201, 1, .len = 10);
	PEER(c, ACK, 301, 1, .len = 10);
	FORGET(c);
	PEER(c, ACK, 401, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .has_ts = true,
	       .sacks = { { 401, 411 }, { 301, 311 }, { 201, 211 } });
}

/* Shows: 2018-3-1, 2018-4-4. */
static void sack_block_grows(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, ACK, 101, 1, .len = 10);
	PEER(c, ACK, 301, 1, .len = 10);
	FORGET(c);
	PEER(c, ACK, 111, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 101, 121 }, { 301, 311 } });
	PEER(c, ACK, 91, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 91, 121 }, { 301, 311 } });
	PEER(c, ACK, 121, 1, .len = 180);
	EXPECT(c, ACK, 1, 1, .sacks = { { 91, 311 } });
	PEER(c, ACK, 1, 1, .len = 90);
	EXPECT(c, ACK, 1, 311);
	RECV_N(c, 310);
}

/*
 * A duplicate beyond the gap: it comes first (RFC 2883), then the block that has it.
 * Shows: 2883-4-4, 2883-4-5
 */
static void sack_duplicate(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, ACK, 101, 1, .len = 10);
	PEER(c, ACK, 201, 1, .len = 10);
	FORGET(c);
	PEER(c, ACK, 101, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 101, 111 }, { 101, 111 }, { 201, 211 } });
}

/* What two buffers have together, which could not be joined, is not queued once more. */
static void sack_duplicate_of_two(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	struct sk_buff *first, *shared;

	PEER(c, ACK, 11, 1, .len = 10);
	first = skb_rb_first(&ms->out_of_order);
	KUNIT_ASSERT_NOT_NULL(test, first);
	shared = skb_clone(first, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shared);
	PEER(c, ACK, 21, 1, .len = 10);
	FORGET(c);
	PEER(c, ACK, 16, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 16, 26 }, { 11, 31 } });
	KUNIT_EXPECT_PTR_EQ(test, skb_rb_first(&ms->out_of_order), first);
	KUNIT_EXPECT_PTR_EQ(test, skb_rb_next(first), skb_rb_last(&ms->out_of_order));
	KUNIT_EXPECT_EQ(test, skb_rb_last(&ms->out_of_order)->len, 10U);
	kfree_skb(shared);
	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 1, 31);
	RECV_N(c, 30);
}

/*
 * The first gap is filled: what is behind the second is still reported.
 * Shows: 2018-3-1, 2018-4-2, 2018-4-7
 */
static void sack_first_gap_filled(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, ACK, 101, 1, .len = 10);
	PEER(c, ACK, 201, 1, .len = 10);
	FORGET(c);
	PEER(c, ACK, 1, 1, .len = 100);
	EXPECT(c, ACK, 1, 111, .sacks = { { 201, 211 } });
	RECV_N(c, 110);
	PEER(c, ACK, 111, 1, .len = 90);
	EXPECT(c, ACK, 1, 211);
	RECV_N(c, 100);
}

/* A FIN beyond the gap is one of the numbers that a block covers. */
static void sack_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, FIN | ACK, 101, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 101, 112 } });
}

/* Not negotiated, not sent. Shows: 2018-4-1. */
static void sack_not_permitted(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 101, 1, .len = 10);
	EXPECT(c, ACK, 1, 1);
	PEER(c, ACK, 1, 1, .len = 100);
	EXPECT(c, ACK, 1, 111);
	RECV_N(c, 110);
}

/*
 * RFC 2018 section 8: what waits beyond the gap gives way to text in order when there
 * is no memory, and is told of no more. Nor is what comes then and finds no room.
 * Shows: 2018-8-1, 2018-8-2
 */
static void sack_taken_back(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, ACK, 101, 1, .len = 10);
	EXPECT(c, ACK, 1, 1, .sacks = { { 101, 111 } });
	WRITE_ONCE(c->sk->sk_rcvbuf, 1);
	PEER(c, ACK, 1, 1, .len = 10);
	EXPECT(c, ACK, 1, 11);
	PEER(c, ACK, 101, 1, .len = 10);
	EXPECT(c, ACK, 1, 11);
	EXPECT_COUNTED(c, receive_drops, 1);
	RECV_N(c, 10);
}

/*
 * Text that goes out meanwhile carries the report, too, and makes room for it.
 * Shows: 2018-4-2, 2018-4-7
 */
static void sack_with_data(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, ACK, 101, 1, .len = 10);
	FORGET(c);
	SEND_N(c, 2000);
	EXPECT(c, ACK, 1, 1, .len = CATCH_MSS - 12, .sacks = { { 101, 111 } });
}

/*
 * RFC 5681 4.2: each segment beyond a gap is acknowledged at once.
 * Shows: MAY-13, 5681-3.2-1, 5681-4.2-4, 5681-4.2-5, 6582-5-1
 */
static void duplicate_acks_at_once(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	u32 i;

	for (i = 1; i <= 10; i++) {
		PEER(c, ACK, 1 + i * 100, 1, .len = 100);
		EXPECT(c, ACK, 1, 1, .at = 0);
		EXPECT_NOTHING(c);
	}
	EXPECT_COUNTED(c, out_of_order, 10);
	PEER(c, ACK, 1, 1, .len = 100);
	EXPECT(c, ACK, 1, 1101);
	EXPECT_NOTHING(c);
	RECV_N(c, 1100);
}

/* Closing throws away what was out of order; nothing of it was acknowledged. */
static void closes_with_out_of_order(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);

	PEER(c, ACK, 101, 1, .len = 10);
	PEER(c, ACK, 201, 1, .len = 10, .nonlinear = true);
	FORGET(c);
	CLOSE(c);
	EXPECT(c, FIN | ACK, 1, 1, .sacks = { { 201, 211 }, { 101, 111 } });
	PEER(c, RST, 1);
	EXPECT_STATE(c, TCP_CLOSE);
}

/* A segment larger than the window, from before it to behind it. */
static void begins_before_and_ends_after_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 8192);
	u32 wnd = mytcp_receive_window(mytcp_sk(c->sk));

	/* RFC 9293 table 6: neither its first nor its last octet is inside */
	PEER(c, ACK, -9, 1, .len = wnd + 20);
	EXPECT(c, ACK, 1, 1);
	EXPECT_NOTHING(c);
	RECV_ERROR(c, -EAGAIN);
	/* Its last octet is the window's last: all of it is new but 10 */
	PEER(c, ACK, -9, 1, .len = wnd + 10);
	EXPECT(c, ACK, 1, 1 + wnd);
	RECV_N(c, wnd);
}

/* "trimming off any portions that lie outside the window (including FIN)" */
static void trims_to_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 8192);
	u32 wnd = mytcp_receive_window(mytcp_sk(c->sk));

	PEER(c, FIN | ACK, 1, 1, .len = wnd + 100);
	EXPECT(c, ACK, 1, 1 + wnd);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RECV_N(c, wnd);
	FORGET(c);
	PEER(c, FIN | ACK, 1 + wnd, 1, .len = 100);
	EXPECT(c, ACK, 1, wnd + 102);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
	RECV_N(c, 100);
}

/* The FIN alone does not fit any more: it is not taken. */
static void trims_fin_at_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .rcvbuf = 8192);
	u32 wnd = mytcp_receive_window(mytcp_sk(c->sk));

	PEER(c, FIN | ACK, 1, 1, .len = wnd);
	EXPECT(c, ACK, 1, 1 + wnd);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	RECV_N(c, wnd);
	FORGET(c);
	PEER(c, FIN | ACK, 1 + wnd, 1);
	EXPECT(c, ACK, 1, wnd + 2);
	EXPECT_STATE(c, TCP_CLOSE_WAIT);
}

static u32 held(const struct catch *c)
{
	struct sk_buff *skb;
	u32 n = 0;

	skb_rbtree_walk(skb, &mytcp_sk(c->sk)->out_of_order)
		n++;
	return n;
}

/*
 * Octet by octet, backwards, so that none fits behind another: what covers all of them is
 * told to be here, or else takes their place, so that it cannot make us look again and again.
 */
static void many_are_replaced(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .sack = true);
	u32 i;

	for (i = 100; i; i--)
		PEER(c, ACK, 100 + i, 1, .len = 1);
	KUNIT_EXPECT_EQ(test, held(c), 100U);
	PEER(c, ACK, 101, 1, .len = 20);
	KUNIT_EXPECT_EQ(test, held(c), 100U);
	FORGET(c);
	PEER(c, ACK, 101, 1, .len = 100);
	EXPECT(c, ACK, 1, 1, .sacks = { { 101, 165 }, { 101, 201 } });
	KUNIT_EXPECT_LE(test, held(c), 2U);
	PEER(c, ACK, 1, 1, .len = 100);
	RECV_N(c, 200);
}

static struct kunit_case reassembly_cases[] = {
	KUNIT_CASE(reassembles_all),
	KUNIT_CASE(reassembles_all_in_pages),
	KUNIT_CASE(reassembles_all_wrapping),
	KUNIT_CASE_PARAM(fin_out_of_order, order_gen_params),
	KUNIT_CASE_PARAM(fin_out_of_order_fin_wait_2, order_gen_params),
	KUNIT_CASE(sack_most_recent_four),
	KUNIT_CASE(sack_three_with_timestamps),
	KUNIT_CASE(sack_block_grows),
	KUNIT_CASE(sack_duplicate),
	KUNIT_CASE(sack_duplicate_of_two),
	KUNIT_CASE(sack_first_gap_filled),
	KUNIT_CASE(sack_fin),
	KUNIT_CASE(sack_not_permitted),
	KUNIT_CASE(sack_taken_back),
	KUNIT_CASE(sack_with_data),
	KUNIT_CASE(duplicate_acks_at_once),
	KUNIT_CASE(many_are_replaced),
	KUNIT_CASE(closes_with_out_of_order),
	KUNIT_CASE(begins_before_and_ends_after_window),
	KUNIT_CASE(trims_to_window),
	KUNIT_CASE(trims_fin_at_window),
	{}
};

static struct kunit_suite reassembly_suite = {
	.name = "mytcp-reassembly",
	.test_cases = reassembly_cases,
};

kunit_test_suite(reassembly_suite);
