// SPDX-License-Identifier: GPL-2.0
/*
 * Target "reassembly": the peer sends its stream in any pieces, in any order, again
 * and overlapping, and we may have no memory for them. A model knows what has come:
 * the user reads just that, in order, and in the end all of it.
 */
#include "talk.h"

#define STEPS_MAX	200
/* Octets of the stream that pieces are of */
#define STREAM_MAX	131072u
/* How often the peer begins again from what we have acknowledged, until we have all */
#define PATIENCE	2000

struct reassembly {
	struct talk talk;
	u8 came[STREAM_MAX / 8];	/* by octet: a piece had it */
	u32 prefix;			/* all before it came */
	u32 most;			/* nothing from here on did */
	bool ended;			/* a FIN came, or could have, */
	u32 end;			/* which stands here */
};

static void reassembly_note(struct reassembly *r, u32 from, u32 len)
{
	u32 i;

	for (i = from; i < from + len; i++)
		r->came[i / 8] |= 1 << i % 8;
	while (r->prefix < STREAM_MAX && r->came[r->prefix / 8] & 1 << r->prefix % 8)
		r->prefix++;
}

static u32 reassembly_rcv_nxt(const struct reassembly *r)
{
	return mytcp_sk(r->talk.c->sk)->rcv_nxt - r->talk.c->irs - 1;
}

/* A piece of the stream; octet 0 of it has the number 1 */
static void reassembly_send(struct reassembly *r, u32 from, u32 len, bool fin, u8 how)
{
	if (from > STREAM_MAX)
		from = STREAM_MAX;
	len = min(len, STREAM_MAX - from);
	/* It does not end before what was sent already */
	fin = fin && !r->ended && from + len >= r->most;
	if (fin) {
		r->ended = true;
		r->end = from + len;
	}
	if (r->ended) {
		from = min(from, r->end);
		len = min(len, r->end - from);
		fin = from + len == r->end;
	}
	r->most = max(r->most, from + len);
	reassembly_note(r, from, len);
	PEER(r->talk.c, ACK | (fin ? FIN : 0) | (how & 1 ? PSH : 0), 1 + from, 1, .len = len,
	     .nonlinear = how & 2, .no_ts = how & 4, .ecn = how & 8 ? CE : 0);
}

static void reassembly_piece(struct reassembly *r)
{
	struct tape *t = r->talk.t;
	u32 next = reassembly_rcv_nxt(r);
	u8 what = tape_u8(t), how = tape_u8(t);
	u32 len = tape_any(t) % 20000;
	u32 from;

	switch (what & 3) {
	case 0:
		from = next;
		break;
	case 1:
		from = next + tape_u16(t);
		break;
	case 2:
		from = next - min_t(u32, next, tape_u16(t));
		break;
	default:
		/* In steps of a segment, so that pieces meet */
		from = next + (what >> 2) * (len ?: 1);
		break;
	}
	reassembly_send(r, from, len, what >> 2 == 63, how);
}

/* The user reads, or looks: it is the stream, up to what has come */
static void reassembly_read(struct reassembly *r, u32 len, bool peek)
{
	struct catch *c = r->talk.c;
	u8 *buf = fuzz_malloc(len ?: 1);
	int n = catch_read(c, buf, len, peek ? MSG_PEEK : 0);
	u32 at = c->read - (n > 0 && !peek ? n : 0);
	int i;

	for (i = 0; i < n; i++)
		if (buf[i] != catch_pattern(1 + at + i))
			fuzz_fail("octet %u of the stream is not what was sent", at + i);
	if (n > 0)
		FUZZ_CHECK(at + n <= r->prefix);
	fuzz_free(buf);
}

/* SACK blocks tell of nothing that did not come. */
static void reassembly_check(struct reassembly *r)
{
	const struct mytcp_sock *ms = mytcp_sk(r->talk.c->sk);
	u32 at, end;
	int i;

	FUZZ_CHECK(reassembly_rcv_nxt(r) <= r->prefix + 1);
	for (i = 0; i < ms->nr_sacks; i++) {
		at = ms->sacks[i].start - r->talk.c->irs - 1;
		end = ms->sacks[i].end - r->talk.c->irs - 1;
		FUZZ_CHECK(end <= STREAM_MAX + 1);
		for (; at < min(end, STREAM_MAX); at++)
			FUZZ_CHECK(r->came[at / 8] & 1 << at % 8 || (r->ended && at == r->end));
	}
}

static bool reassembly_done(const struct reassembly *r)
{
	return !((1 << r->talk.c->sk->sk_state) &
		 (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2));
}

/* Memory is there again, the user reads, and the peer goes on: so does the stream. */
static void reassembly_finish(struct reassembly *r)
{
	u32 rounds;

	talk_memory(&r->talk, 0, false);
	if (!r->ended) {
		r->ended = true;
		r->end = r->most;
	}
	for (rounds = 0; !reassembly_done(r) && rounds < PATIENCE; rounds++) {
		reassembly_read(r, STREAM_MAX, false);
		reassembly_send(r, reassembly_rcv_nxt(r), 1460, false, 0);
		talk_check_sent(&r->talk);
	}
	FUZZ_CHECK(reassembly_done(r));
	reassembly_read(r, STREAM_MAX, false);
	if (r->talk.c->sk->sk_state == TCP_CLOSE_WAIT)
		FUZZ_CHECK(r->talk.c->read == r->end);
}

static void reassembly_step(struct reassembly *r)
{
	struct talk *k = &r->talk;
	u8 what = tape_u8(k->t);

	switch (what & 15) {
	case 10:
		talk_memory(k, tape_u8(k->t), false);
		break;
	case 11:
		talk_option(k);
		break;
	case 12:
		talk_time(k);
		break;
	case 13:
	case 14:
		reassembly_read(r, tape_any(k->t) % 70000, what & 16);
		break;
	case 15:
		WRITE_ONCE(init_net.ipv4.sysctl_tcp_rmem[2], tape_u32(k->t) % 6291456);
		break;
	default:
		reassembly_piece(r);
		break;
	}
}

int fuzz_init(int *argc, char ***argv)
{
	talk_init();
	return 0;
}

int fuzz_input(const u8 *data, size_t size)
{
	static struct reassembly r;
	struct tape t = { data, size };
	struct catch_setup setup;
	int steps;

	memset(&r, 0, sizeof(r));
	r.talk.t = &t;
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_rmem[2], 6291456);
	talk_setup(&r.talk, &setup);
	talk_begin(&r.talk, TCP_ESTABLISHED, &setup);
	for (steps = 0; tape_more(&t) && steps < STEPS_MAX; steps++) {
		reassembly_step(&r);
		if (reassembly_done(&r))
			break;
		talk_check(&r.talk);
		reassembly_check(&r);
		talk_check_sent(&r.talk);
	}
	reassembly_finish(&r);
	talk_end(&r.talk);
	return 0;
}
