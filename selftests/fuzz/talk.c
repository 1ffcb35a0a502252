// SPDX-License-Identifier: GPL-2.0
/*
 * Conversations for the targets: see talk.h.
 */
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/list_sort.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "../../module/cong_bbr.h"
#include "../../module/fastopen_cache.h"
#include "../../module/output.h"
#include "../../module/pernet.h"
#include "../../module/plpmtud.h"
#include "../../module/recovery.h"
#include "../../module/sendqueue.h"
#include "../../module/timer.h"
#include "talk.h"

/* Of a write, and of a step in time */
#define TALK_WRITE_MAX	100000
#define TALK_STEP_MAX_US	400000000u

static const struct mytcp_cong_ops *const talk_congs[] = {
	&mytcp_cong_cubic, &mytcp_cong_reno, &mytcp_cong_bbr, &mytcp_cong_dctcp,
};

/* Once in a program's life */
void talk_init(void)
{
	fuzz_kernel_init();
}

/* Sizes that matter, and any other */
static u16 talk_size(struct tape *t)
{
	static const u16 sizes[] = {
		1, 48, 88, 216, 512, 536, 537, 1220, 1460, 8960, 16384, 32767, 65495, 65535,
	};
	u8 which = tape_u8(t);

	return which < ARRAY_SIZE(sizes) ? sizes[which] : tape_u16(t);
}

/**
 * talk_setup() - how the conversation begins, as the tape says
 * @k: the conversation
 * @setup: where it goes
 */
void talk_setup(struct talk *k, struct catch_setup *setup)
{
	struct tape *t = k->t;
	u8 has = tape_u8(t), more = tape_u8(t);

	*setup = (struct catch_setup) {
		.sack = has & 1,
		.ts = has & 2,
		.has_wscale = has & 4,
		.ecn = has & 8,
		.gso = has & 16,
		.nodelay = has & 32,
		.passive = has & 64,
		.fresh = has & 128,
		.congestion = talk_congs[more & 3],
		/* Both ends of the circle are near, in one of two */
		.iss = more & 4 ? -(tape_u16(t) + 1u) : 5000000,
		.irs = more & 8 ? -(tape_u16(t) + 1u) : 0,
	};
	/* It asks for ECN whether it is told to or not */
	if (setup->congestion->needs_ecn)
		setup->ecn = true;
	if (setup->has_wscale)
		setup->wscale = tape_u8(t) % 15;
	if (more & 16)
		setup->mss = talk_size(t);
	if (more & 32)
		setup->mtu = max_t(u32, talk_size(t), 68);
	if (more & 64)
		/* Not shut, or no FIN could be sent on the way to a state */
		setup->wnd = max_t(u32, tape_any(t) & 0x3fffffff, 1u << setup->wscale);
	if (more & 128) {
		setup->rcvbuf = SOCK_MIN_RCVBUF + (tape_any(t) & 0xfffff);
		setup->sndbuf = SOCK_MIN_SNDBUF + (tape_any(t) & 0xfffff);
	}
}

/**
 * talk_begin() - begin it
 * @k: the conversation
 * @state: TCP_*
 * @setup: how
 */
void talk_begin(struct talk *k, int state, const struct catch_setup *setup)
{
	fuzz_random_seed(1);
	k->objects = fuzz_objects;
	fuzz_test_begin(&k->test);
	k->c = catch_in_state(&k->test, state, setup);
}

/* What outlives a conversation by design, and would be counted as a leak */
static void talk_forget_caches(void)
{
	mytcp_fastopen_cache_purge(&mytcp_pernet(&init_net)->fastopen);
	if (current->task_frag.page) {
		put_page(current->task_frag.page);
		current->task_frag = (struct page_frag) { };
	}
}

/**
 * talk_end() - all are closed, and nothing is left behind
 * @k: the conversation
 */
void talk_end(struct talk *k)
{
	talk_memory(k, 0, false);
	fuzz_test_end(&k->test);
	fuzz_softirq();
	rcu_barrier();
	talk_forget_caches();
	if (fuzz_objects != k->objects)
		fuzz_fail("%lu objects were there before, %lu are now: a leak", k->objects,
			  fuzz_objects);
	if (preempt_count())
		fuzz_fail("preemption or soft interrupts are still off");
}

/**
 * talk_memory() - let allocations fail
 * @k: the conversation
 * @fails: so many of 256
 * @all: those that may wait, too
 */
void talk_memory(struct talk *k, u8 fails, bool all)
{
	fuzz_memory_fails = fails;
	fuzz_memory_fails_all = all;
	if (fails)
		k->fails = true;
}

/* --- Steps --- */

/**
 * talk_write() - the user writes some of the pattern
 * @k: the conversation, its socket open
 */
void talk_write(struct talk *k)
{
	static const int flags[] = { 0, 0, MSG_MORE, MSG_EOR, MSG_OOB };
	int flag = flags[tape_u8(k->t) % ARRAY_SIZE(flags)];
	u32 len = tape_any(k->t) % TALK_WRITE_MAX;

	if (!k->c->sock)
		return;
	/* A write without room would be an allocation of nothing */
	catch_write_pattern(k->c, len ?: 1, flag);
}

/* Options whose value is a number. -1: any */
static const struct {
	int level;
	int name;
	u32 most;
} talk_options[] = {
	{ SOL_TCP, TCP_NODELAY, 1 },
	{ SOL_TCP, TCP_CORK, 1 },
	{ SOL_TCP, TCP_QUICKACK, 3 },
	{ SOL_TCP, TCP_MAXSEG, 65535 },
	{ SOL_TCP, TCP_KEEPIDLE, 40000 },
	{ SOL_TCP, TCP_KEEPINTVL, 40000 },
	{ SOL_TCP, TCP_KEEPCNT, 200 },
	{ SOL_TCP, TCP_LINGER2, 200 },
	{ SOL_TCP, TCP_DEFER_ACCEPT, 1000 },
	{ SOL_TCP, TCP_WINDOW_CLAMP, INT_MAX },
	{ SOL_TCP, TCP_USER_TIMEOUT, INT_MAX },
	{ SOL_TCP, TCP_NOTSENT_LOWAT, INT_MAX },
	{ SOL_TCP, TCP_SYNCNT, 127 },
	{ SOL_SOCKET, SO_KEEPALIVE, 1 },
	{ SOL_SOCKET, SO_RCVLOWAT, INT_MAX },
	{ SOL_SOCKET, SO_SNDBUF, INT_MAX },
	{ SOL_SOCKET, SO_RCVBUF, INT_MAX },
	{ SOL_SOCKET, SO_OOBINLINE, 1 },
	{ SOL_SOCKET, SO_MAX_PACING_RATE, INT_MAX },
};

/**
 * talk_option() - the user sets an option
 * @k: the conversation
 */
void talk_option(struct talk *k)
{
	u8 which = tape_u8(k->t) % ARRAY_SIZE(talk_options);
	u32 value = tape_any(k->t);

	if (!k->c->sock)
		return;
	catch_setsockopt(k->c, talk_options[which].level, talk_options[which].name,
			 talk_options[which].most == INT_MAX ? value & INT_MAX :
			 value % (talk_options[which].most + 1));
}

/**
 * talk_sent_seq() - a number of our sequence that may matter, relative
 * @k: the conversation
 */
u32 talk_sent_seq(struct talk *k)
{
	const struct mytcp_sock *ms = k->c->sk ? mytcp_sk(k->c->sk) : NULL;
	u8 how = tape_u8(k->t);
	struct sk_buff *skb;
	u32 seq;

	if (!ms || k->c->sk->sk_state == TCP_LISTEN)
		return tape_u32(k->t);
	switch (how & 7) {
	case 0:
		seq = ms->snd_nxt;
		break;
	case 1:
		seq = ms->snd_una;
		break;
	case 2:		/* the edge of a segment */
		seq = ms->snd_una + (how >> 3) * ms->mss;
		break;
	case 3:		/* the edge of a buffer */
		skb = mytcp_sent_head(k->c->sk);
		for (how >>= 3; skb && how; how--)
			skb = skb_rb_next(skb);
		seq = skb ? MYTCP_CB(skb)->end_seq : ms->snd_nxt;
		break;
	case 4:
		seq = ms->write_seq;
		break;
	case 5:
		seq = ms->snd_una + tape_u16(k->t);
		break;
	case 6:
		seq = ms->snd_una - tape_u16(k->t);
		break;
	default:
		seq = tape_u32(k->t);
		break;
	}
	return seq - k->c->iss;
}

/**
 * talk_icmp() - an ICMP error about something that we have sent
 * @k: the conversation
 */
void talk_icmp(struct talk *k)
{
	u8 what = tape_u8(k->t);
	u32 seq = talk_sent_seq(k);
	u32 mtu = tape_u16(k->t);

	if (!catch_node(k->c))
		return;
	if (what & 1)
		catch_icmp(k->c, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, seq, mtu);
	else if (what & 2)
		catch_icmp(k->c, ICMP_DEST_UNREACH, (what >> 2) % 4, seq, 0);
	else
		catch_icmp(k->c, ICMP_TIME_EXCEEDED, 0, seq, 0);
}

/**
 * talk_time() - time goes on, or the connection's hrtimer fires too early
 * @k: the conversation
 */
void talk_time(struct talk *k)
{
	u64 us = tape_any(k->t) % TALK_STEP_MAX_US;

	if (!us)
		fuzz_hrtimers();
	else
		catch_run(k->c, us * NSEC_PER_USEC);
}

/**
 * talk_below() - the queue below us begins to hold buffers, frees some, or is full
 * @k: the conversation
 */
void talk_below(struct talk *k)
{
	static const int errors[] = { 0, -ENOBUFS, -EHOSTUNREACH, NET_XMIT_DROP };
	u8 what = tape_u8(k->t);
	struct catch *c = k->c;

	switch (what & 3) {
	case 0:
		c->hold = true;
		break;
	case 1:
		catch_free_held(c, min_t(u32, what >> 2, skb_queue_len(&c->held)));
		break;
	case 2:
		c->hold = false;
		catch_free_held(c, skb_queue_len(&c->held));
		break;
	case 3:
		c->xmit_error = errors[(what >> 2) % ARRAY_SIZE(errors)];
		k->fails |= c->xmit_error;
		break;
	}
}

/* --- What must hold --- */

/* Each buffer begins where the one before ends. Returns where the last one ends. */
static u32 talk_check_chain(struct sk_buff *skb, u32 seq, bool first)
{
	const struct mytcp_skb_cb *cb = MYTCP_CB(skb);
	u32 text = cb->end_seq - cb->seq - !!(cb->flags & MYTCP_FLAG_SYN) -
		   !!(cb->flags & MYTCP_FLAG_FIN);

	FUZZ_CHECK(first ? seq_before_eq(cb->seq, seq) : cb->seq == seq);
	FUZZ_CHECK(seq_after(cb->end_seq, cb->seq));
	FUZZ_CHECK(skb->len == text);
	return cb->end_seq;
}

struct talk_count {
	u32 packets;
	u32 retrans;
	u32 lost;
	u32 sacked;
	u32 in_tsorted;
	u32 in_lost;
	int truesize;
};

static void talk_count_sent(struct sock *sk, struct talk_count *n)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 seq = ms->snd_una;
	struct sk_buff *skb;
	bool first = true;

	skb_rbtree_walk(skb, &sk->tcp_rtx_queue) {
		u8 marks = MYTCP_CB(skb)->marks;
		u32 packets = mytcp_packets(skb);
		u32 gso_size = skb_shinfo(skb)->gso_size;

		/* What the peer has may have come in segments of several sizes: join.h */
		FUZZ_CHECK(gso_size ? packets >= DIV_ROUND_UP(skb->len, gso_size) : packets == 1);
		seq = talk_check_chain(skb, seq, first);
		first = false;
		n->packets += packets;
		n->retrans += marks & MYTCP_MARK_RETRANS ? packets : 0;
		n->lost += marks & MYTCP_MARK_LOST ? packets : 0;
		n->sacked += marks & MYTCP_MARK_SACKED ? packets : 0;
		n->truesize += skb->truesize;
		/* sock.h: enum mytcp_mark */
		FUZZ_CHECK(!(marks & MYTCP_MARK_SACKED) ||
			   !(marks & (MYTCP_MARK_LOST | MYTCP_MARK_RETRANS)));
		if (marks & MYTCP_MARK_SACKED)
			continue;
		if (mytcp_waits_for_repeat(MYTCP_CB(skb)))
			n->in_lost++;
		else
			n->in_tsorted++;
	}
	FUZZ_CHECK(first || seq == ms->snd_nxt);
	FUZZ_CHECK(!first || ms->snd_una == ms->snd_nxt);
	first = false;
	skb_queue_walk(&sk->sk_write_queue, skb) {
		seq = talk_check_chain(skb, ms->snd_nxt == MYTCP_CB(skb)->seq ? ms->snd_nxt : seq,
				       false);
		n->truesize += skb->truesize;
		FUZZ_CHECK(!(MYTCP_CB(skb)->marks &
			     (MYTCP_MARK_LOST | MYTCP_MARK_RETRANS | MYTCP_MARK_SACKED)));
	}
	FUZZ_CHECK(seq == ms->write_seq);
}

/* sendqueue.h: one on the way is in tsorted, in the order of sending; one lost in lost */
static void talk_check_lists(struct mytcp_sock *ms, const struct talk_count *n)
{
	u32 in_tsorted = 0, in_lost = 0;
	struct mytcp_skb_cb *cb;
	u64 last = 0;

	list_for_each_entry(cb, &ms->tsorted, link) {
		in_tsorted++;
		FUZZ_CHECK(cb->sent_ns >= last);
		last = cb->sent_ns;
		FUZZ_CHECK(!mytcp_waits_for_repeat(cb));
	}
	list_for_each_entry(cb, &ms->lost, link) {
		in_lost++;
		FUZZ_CHECK(mytcp_waits_for_repeat(cb));
	}
	FUZZ_CHECK(in_tsorted == n->in_tsorted);
	FUZZ_CHECK(in_lost == n->in_lost);
}

static bool talk_was_seen(const struct mytcp_sock *ms, u32 seq, u32 end)
{
	int i;

	for (i = 0; i < MYTCP_SACK_BLOCKS; i++)
		if (!seq_before(seq, ms->seen[i].start) && !seq_after(end, ms->seen[i].end))
			return true;
	return false;
}

/*
 * sack.c: what was seen of blocks is entered, for whole segments, as long as buffers
 * may be split for it; else the peer would say it in vain. Nothing is known of blocks
 * any more when nothing is SACKed.
 */
static void talk_check_seen(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	if (!ms->sack_ok || !ms->sacked_out ||
	    sk->sk_wmem_queued / 2 > sk->sk_sndbuf + 2 * GSO_LEGACY_MAX_SIZE)
		return;
	skb_rbtree_walk(skb, &sk->tcp_rtx_queue) {
		const struct mytcp_skb_cb *cb = MYTCP_CB(skb);
		u32 size = skb_shinfo(skb)->gso_size ?: cb->end_seq - cb->seq;
		u32 seq;

		if (cb->marks & MYTCP_MARK_SACKED)
			continue;
		for (seq = cb->seq; seq_before(seq, cb->end_seq); seq += size)
			FUZZ_CHECK(!talk_was_seen(ms, seq, seq_min(seq + size, cb->end_seq)));
	}
}

static void talk_check_send(struct talk *k, struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct talk_count n = { };

	talk_count_sent(sk, &n);
	FUZZ_CHECK(ms->packets_out == n.packets);
	FUZZ_CHECK(ms->retrans_out == n.retrans);
	FUZZ_CHECK(ms->lost_out == n.lost);
	FUZZ_CHECK(!ms->sack_ok || ms->sacked_out == n.sacked);
	FUZZ_CHECK(sk->sk_wmem_queued == n.truesize);
	talk_check_lists(ms, &n);
	talk_check_seen(sk);
	FUZZ_CHECK(ms->retrans_out <= ms->packets_out);
	/* Without SACK duplicate ACKs are a guess: mytcp_in_flight() minds that */
	FUZZ_CHECK(!ms->sack_ok || ms->sacked_out + ms->lost_out <= ms->packets_out);
	FUZZ_CHECK(ms->sacked_out <= ms->packets_out);
	FUZZ_CHECK(seq_before_eq(ms->snd_una, ms->snd_nxt));
	FUZZ_CHECK(seq_before_eq(ms->snd_nxt, ms->write_seq));
}

static void talk_check_cong(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	FUZZ_CHECK(ms->cong.cwnd >= 1 && ms->cong.cwnd <= MYTCP_CWND_MAX);
	FUZZ_CHECK(ms->cong.ssthresh >= MYTCP_SSTHRESH_MIN);
	FUZZ_CHECK(ms->rtt.rto_us && ms->rtt.rto_us <= MYTCP_RTO_MAX_US);
	FUZZ_CHECK(ms->mss && (ms->rcv_mss || sk->sk_state == TCP_SYN_SENT));
	/* Who decides all by itself says how fast, once it knows of a round trip */
	if (ms->cong.ops == &mytcp_cong_bbr && bbr_of((struct mytcp_cong *)&ms->cong)->started)
		FUZZ_CHECK(ms->cong.pacing_rate);
}

/* Who has something to send has a reason to wait that ends. */
static void talk_check_alive(struct talk *k, struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	if (sk->sk_state == TCP_CLOSE || sk->sk_state == TCP_LISTEN ||
	    ms->connect_deferred)
		return;
	if (ms->packets_out)
		FUZZ_CHECK(mytcp_deadline_pending(sk, MYTCP_DL_RETRANSMIT) ||
			   mytcp_deadline_pending(sk, MYTCP_DL_PROBE) ||
			   mytcp_deadline_pending(sk, MYTCP_DL_REORDER));
	else if (mytcp_unsent_head(sk) && !ms->user.cork &&
		 refcount_read(&sk->sk_wmem_alloc) == 1)
		FUZZ_CHECK(mytcp_deadline_pending(sk, MYTCP_DL_PERSIST) ||
			   mytcp_deadline_pending(sk, MYTCP_DL_PACE) ||
			   mytcp_deadline_pending(sk, MYTCP_DL_RETRANSMIT));
}

/* reassembly.h: text in order, then text beyond gaps; the charge is what both cost */
static void talk_check_receive(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 seq = ms->copied_seq;
	struct sk_buff *skb;
	bool first = true;
	int charge = 0;

	skb_queue_walk(&sk->sk_receive_queue, skb) {
		const struct mytcp_skb_cb *cb = MYTCP_CB(skb);

		FUZZ_CHECK(first ? seq_before_eq(cb->seq, seq) : cb->seq == seq);
		FUZZ_CHECK(skb->len == cb->end_seq - cb->seq -
				       !!(cb->flags & MYTCP_FLAG_FIN));
		charge += skb->truesize;
		seq = cb->end_seq;
		first = false;
	}
	FUZZ_CHECK(first || seq == ms->rcv_nxt);
	seq = ms->rcv_nxt;
	skb_rbtree_walk(skb, &ms->out_of_order) {
		const struct mytcp_skb_cb *cb = MYTCP_CB(skb);

		FUZZ_CHECK(seq_after_eq(cb->seq, seq));
		FUZZ_CHECK(skb->len == cb->end_seq - cb->seq -
				       !!(cb->flags & MYTCP_FLAG_FIN));
		charge += skb->truesize;
		seq = cb->end_seq;
	}
	FUZZ_CHECK(atomic_read(&sk->sk_rmem_alloc) == charge);
	FUZZ_CHECK(seq_before_eq(ms->copied_seq, ms->rcv_nxt) || ms->urg_data);
	FUZZ_CHECK(ms->nr_sacks <= MYTCP_SACK_BLOCKS);
}

/* The part of it that SACK blocks tell of */
static void talk_check_report(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	int i;

	for (i = 0; i < ms->nr_sacks; i++) {
		FUZZ_CHECK(seq_after(ms->sacks[i].start, ms->rcv_nxt));
		FUZZ_CHECK(seq_after(ms->sacks[i].end, ms->sacks[i].start));
	}
}

/**
 * talk_check() - what must hold of the connection now
 * @k: the conversation
 */
void talk_check(struct talk *k)
{
	struct sock *sk = k->c->sk;

	if (!sk || sk->sk_state == TCP_LISTEN || sk->sk_state == TCP_CLOSE)
		return;
	FUZZ_CHECK(!sock_owned_by_user(sk));
	talk_check_send(k, sk);
	talk_check_cong(sk);
	if (!k->fails)
		talk_check_alive(k, sk);
	talk_check_receive(sk);
	talk_check_report(sk);
}

/* Is what the user has written the pattern from the connection's first octet on? */
static bool talk_knows_text(const struct talk *k)
{
	const struct catch *c = k->c;

	return !k->reused && c->sk && c->sk->sk_state != TCP_LISTEN &&
	       mytcp_sk(c->sk)->iss == c->iss;
}

static void talk_check_text(struct talk *k, const struct sk_buff *skb,
			    const struct mytcp_segment *seg)
{
	u32 seq = seg->seq - k->c->iss + !!(seg->flags & SYN);
	const u8 *text = skb->data + seg->hdr_len;
	u32 i;

	for (i = 0; i < seg->len; i++)
		if (text[i] != catch_pattern(seq + i))
			fuzz_fail("octet %u of our text is not what was written", seq + i);
}

/**
 * talk_check_sent() - what must hold of what we have sent; it is forgotten then
 * @k: the conversation
 */
void talk_check_sent(struct talk *k)
{
	struct mytcp_segment seg;
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&k->c->sent))) {
		FUZZ_CHECK(!mytcp_wire_parse(skb->data, skb->len, skb->len, &seg));
		mytcp_options_parse(skb->data + MYTCP_HDR_LEN, seg.hdr_len - MYTCP_HDR_LEN,
				    seg.flags & SYN, &seg.opt);
		FUZZ_CHECK(!seg.opt.malformed);
		FUZZ_CHECK(!(seg.flags & RST) || !seg.len);
		if (seg.len && talk_knows_text(k))
			talk_check_text(k, skb, &seg);
		kfree_skb(skb);
	}
}
