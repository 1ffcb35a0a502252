// SPDX-License-Identifier: GPL-2.0
/*
 * Explicit congestion notification: RFC 3168; RFC 8257 for the receiver of DCTCP.
 */
#include "conv.h"

#define MSS	1000
#define IW	10

/* Connections with segments of 1000 octets: segment n begins at SEQ(n). With Reno. */
#define SEQ(n)	(1 + (n) * MSS)

/* The path's round trip; the handshake took none. */
#define RTT_MS	100

#define BEGIN_WITH(test, ...)							\
	begin(IN_STATE(test, TCP_ESTABLISHED, .nodelay = true, .ecn = true,	\
		       .sndbuf = 1 << 20, __VA_ARGS__))
#define BEGIN(test, ...)							\
	BEGIN_WITH(test, .mss = MSS, .congestion = &mytcp_cong_reno, __VA_ARGS__)

/* The segments from first to before end are there. */
#define SACK(first, end)	{ SEQ(first), SEQ(end) }

static struct catch *begin(struct catch *c)
{
	conv_round_trip(c, RTT_MS * USEC_PER_MSEC);
	return c;
}

static struct mytcp_cong *cong(struct catch *c)
{
	return &mytcp_sk(c->sk)->cong;
}

/* n segments are written, of which the window lets IW go; they arrive. */
static void send_flight(struct catch *c, u32 n)
{
	SEND_N(c, n * MSS);
	FORGET(c);
	RUN(c, RTT_MS);
	EXPECT_NOTHING(c);
}

/* A segment of new text, which can be marked, with ACK and what else is said. */
static void expect_new(struct catch *c, u32 n, u8 flags)
{
	EXPECT(c, ACK | flags, SEQ(n), 1, .len = MSS, .ecn = ECT0);
}

static void expect_ecn(struct catch *c, bool agreed)
{
	EXPECT_STATE(c, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(c->test, mytcp_sk(c->sk)->ecn.ok, agreed);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100, .ecn = agreed ? ECT0 : 0);
	EXPECT_NOTHING(c);
}

/* --- Who agrees: RFC 3168 6.1.1 --- */

/**
 * struct offer - we connect
 * @desc: what it is about
 * @tcp_ecn: net.ipv4.tcp_ecn
 * @route: the route asks for ECN
 * @dctcp: congestion control does
 * @syn: ECE and CWR of our SYN
 * @answer: those of the peer's SYN,ACK
 * @agreed: the connection uses ECN
 */
struct offer {
	const char *desc;
	u8 tcp_ecn;
	bool route;
	bool dctcp;
	u8 syn;
	u8 answer;
	bool agreed;
};

static const struct offer offers[] = {
	{ "0: not asked", 0 },
	{ "0: not asked, agreed to", 0, .answer = ECE },
	{ "1: asked, agreed to", 1, .syn = ECE | CWR, .answer = ECE, .agreed = true },
	{ "1: asked, not agreed to", 1, .syn = ECE | CWR },
	{ "1: asked, reflected", 1, .syn = ECE | CWR, .answer = ECE | CWR },
	{ "1: asked, CWR alone", 1, .syn = ECE | CWR, .answer = CWR },
	{ "2: not asked", 2 },
	{ "2: not asked, agreed to", 2, .answer = ECE },
	{ "0: the route asks", 0, .route = true, .syn = ECE | CWR, .answer = ECE,
	  .agreed = true },
	{ "2: the route asks", 2, .route = true, .syn = ECE | CWR, .answer = ECE,
	  .agreed = true },
	{ "0: DCTCP asks", 0, .dctcp = true, .syn = ECE | CWR, .answer = ECE,
	  .agreed = true },
	{ "0: DCTCP asks, not agreed to", 0, .dctcp = true, .syn = ECE | CWR },
};

static void offer_desc(const struct offer *o, char *desc)
{
	strscpy(desc, o->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(offer, offers, offer_desc);

/* Shows: 3168-6.1.1-1, 3168-6.1.1-2, 3168-6.1.1-3, 3168-6.1.1-5. */
static void asks(struct kunit *test)
{
	const struct offer *o = test->param_value;
	struct catch *c = IN_STATE(test, TCP_CLOSE, .congestion = o->dctcp ?
				   &mytcp_cong_dctcp : NULL);

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn, o->tcp_ecn);
	c->wants_ecn = o->route;
	CONNECT(c);
	EXPECT(c, SYN | o->syn, 0);
	PEER(c, SYN | ACK | o->answer, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	expect_ecn(c, o->agreed);
	EXPECT_COUNTED(c, ecn_reductions, 0);
}

/**
 * struct request - the peer connects
 * @desc: what it is about
 * @tcp_ecn: net.ipv4.tcp_ecn
 * @route: the route back asks for ECN
 * @dctcp: the listener's congestion control does
 * @syn: ECE and CWR of the peer's SYN
 * @ecn: the ECN field of its packet
 * @reserved: the reserved bits of its header
 * @agreed: we agree
 */
struct request {
	const char *desc;
	u8 tcp_ecn;
	bool route;
	bool dctcp;
	u8 syn;
	u8 ecn;
	u8 reserved;
	bool agreed;
};

static const struct request requests[] = {
	{ "0: asked", 0, .syn = ECE | CWR },
	{ "1: asked", 1, .syn = ECE | CWR, .agreed = true },
	{ "2: asked", 2, .syn = ECE | CWR, .agreed = true },
	{ "1: not asked", 1 },
	{ "1: ECE alone", 1, .syn = ECE },
	{ "1: CWR alone", 1, .syn = CWR },
	{ "1: a SYN that can be marked", 1, .syn = ECE | CWR, .ecn = ECT0 },
	{ "1: a SYN that is marked", 1, .syn = ECE | CWR, .ecn = CE },
	{ "1: the same of a later TCP", 1, .syn = ECE | CWR, .ecn = ECT0, .reserved = 1,
	  .agreed = true },
	{ "0: the route asks", 0, .route = true, .syn = ECE | CWR, .agreed = true },
	{ "0: the route asks, the SYN does not", 0, .route = true },
	{ "0: DCTCP", 0, .dctcp = true, .syn = ECE | CWR, .agreed = true },
	{ "0: DCTCP, a SYN that can be marked", 0, .dctcp = true, .syn = ECE | CWR,
	  .ecn = ECT0, .agreed = true },
	{ "1: DCTCP, not asked", 1, .dctcp = true },
};

static void request_desc(const struct request *r, char *desc)
{
	strscpy(desc, r->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(request, requests, request_desc);

/* Shows: 3168-6.1.1-1, 3168-6.1.1-2, 3168-6.1.1-3, 3168-6.1.1-6. */
static void is_asked(struct kunit *test)
{
	const struct request *r = test->param_value;
	struct catch *c = IN_STATE(test, TCP_LISTEN, .congestion = r->dctcp ?
				   &mytcp_cong_dctcp : NULL);

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn, r->tcp_ecn);
	c->wants_ecn = r->route;
	PEER(c, SYN | r->syn, 0, .mss = MSS, .ecn = r->ecn, .reserved = r->reserved);
	EXPECT(c, SYN | ACK | (r->agreed ? ECE : 0), 0, 1);
	/* Sent again it says the same. */
	RUN(c, 1000);
	EXPECT(c, SYN | ACK | (r->agreed ? ECE : 0), 0, 1);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	expect_ecn(c, r->agreed);
}

/* RFC 3168 6.1.1.1: a SYN with ECN is not answered: the next one is without. */
static struct catch *falls_back(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .ecn = true);

	RUN(c, 1000);
	EXPECT(c, SYN, 0, .at = 1000);
	RUN(c, 2000);
	EXPECT(c, SYN, 0, .at = 3000);
	EXPECT_COUNTED(c, ecn_fallbacks, 1);
	return c;
}

/* Shows: 3168-6.1.1-7. */
static void fallback(struct kunit *test)
{
	struct catch *c = falls_back(test);

	PEER(c, SYN | ACK, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	expect_ecn(c, false);
}

/*
 * It is the first SYN that is answered, late: the peer thinks that we do ECN.
 * Shows: 3168-6.1.1-10
 */
static void fallback_first_answered(struct kunit *test)
{
	struct catch *c = falls_back(test);

	PEER(c, SYN | ACK | ECE, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	expect_ecn(c, true);
}

/* net.ipv4.tcp_ecn_fallback 0: it goes on as it began. */
static void no_fallback(struct kunit *test)
{
	u8 before = READ_ONCE(init_net.ipv4.sysctl_tcp_ecn_fallback);
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .ecn = true);

	WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn_fallback, 0);
	RUN(c, 1000);
	EXPECT(c, SYN | ECE | CWR, 0, .at = 1000);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn_fallback, before);
	EXPECT_COUNTED(c, ecn_fallbacks, 0);
	PEER(c, SYN | ACK | ECE, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	/* That a SYN was lost is not told by CWR. */
	expect_ecn(c, true);
}

/* Both SYNs ask: so both SYN,ACKs agree. ECE of the peer's tells of no congestion. */
static void crossed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .ecn = true);

	PEER(c, SYN | ECE | CWR, 0, .mss = MSS);
	EXPECT(c, SYN | ACK | ECE, 0, 1);
	PEER(c, SYN | ACK | ECE, 0, 1, .mss = MSS);
	expect_ecn(c, true);
	EXPECT_COUNTED(c, ecn_reductions, 0);
}

static void crossed_peer_does_not_ask(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .ecn = true);

	PEER(c, SYN, 0, .mss = MSS);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, SYN | ACK, 0, 1, .mss = MSS);
	expect_ecn(c, false);
}

/* The peer has seen the second of our SYNs, which did not ask. */
static void crossed_after_fallback(struct kunit *test)
{
	struct catch *c = falls_back(test);

	PEER(c, SYN | ECE | CWR, 0, .mss = MSS);
	EXPECT(c, SYN | ACK, 0, 1);
	PEER(c, ACK, 1, 1);
	expect_ecn(c, false);
}

/* A new connection of the same socket begins anew. */
static void disconnect_forgets(struct kunit *test)
{
	struct catch *c = BEGIN(test);
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	FORGET(c);
	KUNIT_EXPECT_TRUE(test, mytcp_sk(c->sk)->ecn.echo);
	KUNIT_EXPECT_EQ(test, kernel_connect(c->sock, &none, sizeof(none), 0), 0);
	KUNIT_EXPECT_FALSE(test, mytcp_sk(c->sk)->ecn.ok);
	KUNIT_EXPECT_FALSE(test, mytcp_sk(c->sk)->ecn.echo);
}

/* --- What can be marked: 6.1.4 to 6.1.6. EXPECT() wants no ECN field unsaid. --- */

/*
 * 6.1.5: text that is sent again cannot, whoever sends it again.
 * Shows: 3168-6.1.5-1
 */
static void not_retransmissions(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 4 * MSS);
	expect_new(c, 0, 0);
	expect_new(c, 1, 0);
	expect_new(c, 2, 0);
	expect_new(c, 3, PSH);
	PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(0));
	PEER(c, ACK, 1, SEQ(0));
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	RUN(c, 2000);
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
}

/* A tail loss probe is either. Shows: 3168-6.1.5-1. */
static void not_tail_loss_probe(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	SEND_N(c, 2 * MSS);
	FORGET(c);
	RUN(c, 2 * RTT_MS);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	EXPECT(c, PSH | ACK, SEQ(1), 1, .len = MSS);
}

static void tail_loss_probe_of_new_text(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	SEND_N(c, 11 * MSS);
	FORGET(c);
	RUN(c, 2 * RTT_MS);
	EXPECT_COUNTED(c, tail_loss_probes, 1);
	expect_new(c, 10, PSH);
}

/*
 * 6.1.4: no ACK, be it delayed, at once, or for a window.
 * Shows: 3168-5.2-2, 3168-6.1.4-1
 */
static void not_acks(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = ECT0);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	PEER(c, ACK, 201, 1, .len = 100, .ecn = ECT0);
	EXPECT(c, ACK, 1, 101);
	EXPECT_NOTHING(c);
}

/* 6.1.6: no window probe; no FIN or RST without text. Shows: 3168-5.2-1, 3168-6.1.6-1. */
static void not_probes(struct kunit *test)
{
	struct catch *c = BEGIN(test, .wnd = CATCH_WND);

	PEER(c, ACK, 1, 1, .wnd = CATCH_WND_0);
	SEND_N(c, 100);
	RUN(c, 10000);
	EXPECT(c, ACK, 0, 1);
	FORGET(c);
	PEER(c, ACK, 1, 1);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100, .ecn = ECT0);
	PEER(c, ACK, 1, 101);
	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 101, 1);
	ABORT(c);
	EXPECT(c, RST | ACK, 102, 1);
}

/* --- The receiver: 6.1.3 --- */

/*
 * ECE on all that we send, until CWR comes.
 * Shows: 3168-6.1.1-4, 3168-6.1.3-1
 */
static void echoes_until_cwr(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	/* Whose window may be small now does not wait: two ACKs are not delayed. */
	EXPECT(c, ACK | ECE, 1, 101);
	PEER(c, ACK, 101, 1, .len = 100, .ecn = ECT0);
	EXPECT(c, ACK | ECE, 1, 201);
	PEER(c, ACK, 201, 1, .len = 100, .ecn = ECT0);
	EXPECT_NOTHING(c);
	MARK(c);
	RUN(c, 40);
	EXPECT(c, ACK | ECE, 1, 301, .at = 40);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK | ECE, 1, 301, .len = 100, .ecn = ECT0);
	/* Marked once more: nothing new. */
	PEER(c, ACK, 301, 101, .len = 100, .ecn = CE);
	EXPECT_NOTHING(c);
	PEER(c, ACK | CWR, 401, 101, .len = 100, .ecn = ECT0);
	EXPECT(c, ACK, 101, 501);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 101, 501, .len = 100, .ecn = ECT0);
	EXPECT_COUNTED(c, ce_segs, 2);
}

/*
 * One ACK for two segments, the second of which is marked.
 * Shows: 3168-6.1.3-2
 */
static void echoes_for_both(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = ECT0);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 101, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 201);
	EXPECT_NOTHING(c);
}

/* Who has agreed to ECN, but sends nothing that can be marked. */
static void echoes_though_it_only_receives(struct kunit *test)
{
	struct catch *c = BEGIN(test, .passive = true);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 101);
}

/* The segment with CWR is marked itself: that is the next window's. */
static void echoes_mark_with_cwr(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 101);
	PEER(c, ACK | CWR, 101, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 201);
}

/* Some senders say CWR without text. */
static void cwr_without_text(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 101);
	PEER(c, ACK | CWR, 101, 1);
	EXPECT_NOTHING(c);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 101, .len = 100, .ecn = ECT0);
}

/* An old segment's CWR is about marks of long ago. */
static void cwr_of_old_segment(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, 2 * MSS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(1), .len = 100);
	PEER(c, ACK, 101, SEQ(1), .len = 100, .ecn = CE);
	FORGET(c);
	PEER(c, ACK | CWR, 201, SEQ(0), .len = 100, .ecn = ECT0);
	EXPECT(c, ACK | ECE, SEQ(2), 301);
}

/**
 * struct unheard - a mark that does not count
 * @desc: why
 * @seg: the segment: RCV.NXT is 101, SND.NXT is 1
 */
struct unheard {
	const char *desc;
	struct catch_segment seg;
};

static const struct unheard unheards[] = {
	{ "text that is here already", { ACK, 1, 1, .len = 100, .ecn = CE } },
	{ "text beyond the window", { ACK, 101 + 70000, 1, .len = 100, .ecn = CE } },
	{ "no text", { ACK, 101, 1, .ecn = CE } },
	{ "no ACK", { 0, 101, 1, .len = 100, .ecn = CE } },
	{ "ACK of what was never sent", { ACK, 101, 1000, .len = 100, .ecn = CE } },
	{ "SYN", { SYN | ACK, 101, 1, .len = 100, .ecn = CE } },
	{ "RST that is not exact", { RST, 102, 1, .ecn = CE } },
};

static void unheard_desc(const struct unheard *u, char *desc)
{
	strscpy(desc, u->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(unheard, unheards, unheard_desc);

/* 6.1.5: "the receiver SHOULD ignore" it outside of the window. Shows: 3168-6.1.5-2. */
static void ignores_mark(struct kunit *test)
{
	const struct unheard *u = test->param_value;
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = ECT0);
	RUN(c, 40);
	FORGET(c);
	catch_peer(c, &u->seg);
	FORGET(c);
	EXPECT_COUNTED(c, ce_segs, 0);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 101, .len = 100, .ecn = ECT0);
}

/* What is not in the window says nothing of congestion, here or there. */
static void ignores_flags(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, SEQ(10), 101);
	PEER(c, ACK | ECE, 101 + 70000, SEQ(2), .len = 100);
	PEER(c, ACK | ECE, 1, SEQ(2), .len = 100);
	FORGET(c);
	EXPECT_COUNTED(c, ecn_reductions, 0);
	EXPECT_COUNTED(c, delivered_ce, 0);

	PEER(c, ACK | CWR, 101 + 70000, 1, .len = 100);
	EXPECT(c, ACK | ECE, SEQ(10), 101);
	PEER(c, ACK | CWR, 1, 1, .len = 100);
	EXPECT(c, ACK | ECE, SEQ(10), 101);
	PEER(c, ACK | CWR, 101, 1, .len = 100, .ecn = ECT0);
	EXPECT(c, ACK, SEQ(10), 201);
}

/* Beyond a gap it lies in the window. */
static void echoes_out_of_order(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 101, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 1);
	EXPECT_COUNTED(c, ce_segs, 1);
}

/*
 * Without an agreement nothing of it means anything, and nothing is said.
 * Shows: 3168-6.1.1-2
 */
static void not_agreed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .mss = MSS, .nodelay = true);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	EXPECT_NOTHING(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	SEND_N(c, 2 * MSS);
	EXPECT(c, ACK, 1, 101, .len = MSS);
	EXPECT(c, PSH | ACK, SEQ(1), 101, .len = MSS);
	PEER(c, ACK | ECE | CWR, 101, SEQ(1), .len = 100, .ecn = ECT0);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_OPEN);
	EXPECT_COUNTED(c, ce_segs, 0);
	EXPECT_COUNTED(c, delivered_ce, 0);
	EXPECT_COUNTED(c, ecn_reductions, 0);
}

/* Text that cannot be marked, after text that could, was sent again: as Linux. */
static void quick_after_retransmission(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK, 1, 1, .len = 100);
	EXPECT_NOTHING(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	PEER(c, ACK, 101, 1, .len = 100, .ecn = ECT0);
	EXPECT_NOTHING(c);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 201);
	PEER(c, ACK, 201, 1, .len = 100);
	EXPECT(c, ACK, 1, 301);
}

/* --- The sender: 6.1.2 --- */

static const bool with_sack[] = { false, true };

static void sack_desc(const bool *sack, char *desc)
{
	strscpy(desc, *sack ? "SACK" : "no SACK", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sack, with_sack, sack_desc);

static struct catch *begin_sack(struct kunit *test)
{
	const bool *sack = test->param_value;

	return BEGIN(test, .sack = *sack);
}

/*
 * Half of the window, one segment for two, CWR on the first; all of it once. The
 * round trip is over with the ACK of something sent after the beginning.
 * Shows: SHLD-8, 3168-5-2, 3168-5-3, 3168-6.1.2-1, 3168-6.1.2-2, 3168-6.1.2-3,
 * 3168-6.1.2-4
 */
static void reduces_once(struct kunit *test)
{
	struct catch *c = begin_sack(test);

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(2));
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_CWR);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	expect_new(c, 10, CWR);
	PEER(c, ACK | ECE, 1, SEQ(4));
	expect_new(c, 11, 0);
	PEER(c, ACK | ECE, 1, SEQ(6));
	expect_new(c, 12, 0);
	PEER(c, ACK | ECE, 1, SEQ(8));
	EXPECT_NOTHING(c);
	PEER(c, ACK | ECE, 1, SEQ(10));
	expect_new(c, 13, 0);
	expect_new(c, 14, 0);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_CWR);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	EXPECT_COUNTED(c, ecn_reductions, 1);
	EXPECT_COUNTED(c, delivered_ce, 10);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->delivered_ce, 10U);

	PEER(c, ACK, 1, SEQ(11));
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 5U);
	expect_new(c, 15, 0);
	EXPECT_COUNTED(c, delivered_ce, 10);
	EXPECT_COUNTED(c, retrans_segs, 0);
}

/* The next window is marked, too. Never below two segments. */
static void reduces_again(struct kunit *test)
{
	struct catch *c = begin_sack(test);

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(10));
	FORGET(c);
	PEER(c, ACK | ECE, 1, SEQ(11));
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_CWR);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 2U);
	EXPECT_COUNTED(c, ecn_reductions, 2);
}

/* ECE on every ACK, whatever else it says, for ever: the connection goes on. */
static void survives_flood(struct kunit *test)
{
	struct catch *c = begin_sack(test);
	u32 n;

	SEND_N(c, 200 * MSS);
	for (n = 1; n <= 200; n++) {
		RUN(c, 10);
		FORGET(c);
		PEER(c, ACK | ECE, 1, SEQ(n));
		PEER(c, ACK | ECE, 1, SEQ(n));
		KUNIT_ASSERT_GE(test, cong(c)->cwnd, 1U);
		KUNIT_ASSERT_GE(test, cong(c)->ssthresh, 2U);
	}
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->packets_out, 0U);
	EXPECT_COUNTED(c, retrans_segs, 0);
	/* At most one for each two segments: the window is two. */
	KUNIT_EXPECT_LE(test, COUNTED(c, ecn_reductions), 101UL);
	KUNIT_EXPECT_GE(test, COUNTED(c, ecn_reductions), 20UL);
	EXPECT_COUNTED(c, rto_timeouts, 0);
}

/* Duplicate ACKs with ECE are ACKs with ECE, and of them one counts. */
static void one_reduction_for_duplicates(struct kunit *test)
{
	struct catch *c = begin_sack(test);
	u32 i;

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(2));
	FORGET(c);
	for (i = 0; i < 2; i++)
		PEER(c, ACK | ECE, 1, SEQ(2));
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	EXPECT_COUNTED(c, ecn_reductions, 1);
}

/*
 * Without SACK: each duplicate says that one has arrived, and what they have told of is
 * not told once more by the ACK that covers it.
 * Shows: 6937-2-1
 */
static void duplicates_deliver(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(2));
	expect_new(c, 10, CWR);
	PEER(c, ACK, 1, SEQ(2));
	expect_new(c, 11, 0);
	PEER(c, ACK, 1, SEQ(2));
	EXPECT_NOTHING(c);
	/* Five have arrived, and three may go */
	PEER(c, ACK, 1, SEQ(5));
	expect_new(c, 12, 0);
	EXPECT_NOTHING(c);
}

/* Nothing is on its way that could have been marked. */
static void ece_when_idle(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	PEER(c, ACK | ECE, 1, 1);
	PEER(c, ACK | ECE, 1, 1, .len = 100);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, IW);
	EXPECT_COUNTED(c, ecn_reductions, 0);
}

/* An ACK from before the last one tells of nothing. */
static void ece_of_old_ack(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	PEER(c, ACK, 1, SEQ(2));
	PEER(c, ACK | ECE, 1, SEQ(1));
	FORGET(c);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_OPEN);
	EXPECT_COUNTED(c, ecn_reductions, 0);
}

/* 6.1.2: ECE opens no window, even when it cannot reduce it. */
static void ece_does_not_open(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 40);
	PEER(c, ACK, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 20U);
	PEER(c, ACK | ECE, 1, SEQ(12));
	KUNIT_EXPECT_LE(test, cong(c)->cwnd, 20U);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 10U);
}

/*
 * Marks and a loss in one window: one reduction, and the peer is told of it once.
 * Shows: 3168-6.1.2-3
 */
static void loss_after_mark(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);
	u32 n;

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(2));
	expect_new(c, 10, CWR);
	PEER(c, ACK | ECE, 1, SEQ(2), .sacks = { SACK(3, 6) });
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_RECOVERY);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	EXPECT(c, ACK, SEQ(2), 1, .len = MSS);
	PEER(c, ACK | ECE, 1, SEQ(2), .sacks = { SACK(3, 10) });
	for (n = 11; !skb_queue_empty(&c->sent); n++)
		expect_new(c, n, 0);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	EXPECT_COUNTED(c, ecn_reductions, 1);
	EXPECT_COUNTED(c, fast_retransmits, 1);
}

/* The same without SACK. */
static void loss_after_mark_newreno(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(2));
	expect_new(c, 10, CWR);
	PEER(c, ACK, 1, SEQ(2));
	PEER(c, ACK, 1, SEQ(2));
	FORGET(c);
	PEER(c, ACK, 1, SEQ(2));
	EXPECT(c, ACK, SEQ(2), 1, .len = MSS);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_RECOVERY);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	EXPECT_COUNTED(c, fast_retransmits, 1);
}

/* A loss of what was sent after the reduction is another round trip's. */
static void loss_in_next_round(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	RUN(c, RTT_MS);
	FORGET(c);
	PEER(c, ACK, 1, SEQ(10), .sacks = { SACK(11, 15) });
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_RECOVERY);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 2U);
	EXPECT(c, ACK, SEQ(10), 1, .len = MSS);
	expect_new(c, 15, CWR);
}

/*
 * The ACK that ends a recovery says ECE: the peer has not yet seen CWR. Only what
 * comes after that is new.
 * Shows: 3168-6.1.2-3
 */
static void mark_at_recoverys_end(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 30);
	PEER(c, ACK | ECE, 1, SEQ(0), .sacks = { SACK(1, 4) });
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	RUN(c, RTT_MS / 2);
	PEER(c, ACK | ECE, 1, SEQ(10));
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	PEER(c, ACK | ECE, 1, SEQ(11));
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_CWR);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 2U);
}

/* A loss first: marks in the same window are part of it. CWR tells of losses, too. */
static void mark_after_loss(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 30);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	/* What is sent again cannot be marked, and says no CWR. */
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	expect_new(c, 10, CWR);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	PEER(c, ACK | ECE, 1, SEQ(0), .sacks = { SACK(1, 8) });
	expect_new(c, 11, 0);
	FORGET(c);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_RECOVERY);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	EXPECT_COUNTED(c, ecn_reductions, 0);
}

/* A timeout in the round trip of a reduction: ssthresh stays, cwnd is 1. */
static void timeout_after_mark(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 12);
	PEER(c, ACK | ECE, 1, SEQ(2));
	FORGET(c);
	RUN(c, 400);
	EXPECT_COUNTED(c, rto_timeouts, 1);
	EXPECT(c, ACK, SEQ(2), 1, .len = MSS);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_LOSS);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 1U);
}

/*
 * 6.1.2: ECE "SHOULD NOT increase" the window; after a timeout it does, or it would
 * take a round trip for each segment until there is new text for CWR.
 * Shows: 3168-6.1.2-7
 */
static void grows_after_timeout(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	send_flight(c, 10);
	RUN(c, 400);
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	PEER(c, ACK | ECE, 1, SEQ(1));
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 2U);
	EXPECT(c, ACK, SEQ(1), 1, .len = MSS);
	EXPECT(c, ACK, SEQ(2), 1, .len = MSS);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, ecn_reductions, 0);
}

/* A timeout is told by CWR, on the first new text. Shows: 3168-6.1.2-4. */
static void timeout_is_told(struct kunit *test)
{
	struct catch *c = BEGIN(test);

	SEND_N(c, MSS);
	expect_new(c, 0, PSH);
	RUN(c, 400);
	EXPECT(c, PSH | ACK, SEQ(0), 1, .len = MSS);
	PEER(c, ACK, 1, SEQ(1));
	SEND_N(c, 2 * MSS);
	expect_new(c, 1, CWR);
	EXPECT(c, PSH | ACK, SEQ(2), 1, .len = MSS, .ecn = ECT0);
}

#define BEGIN_TS(test)								\
	BEGIN_WITH(test, .mss = MSS + 12, .congestion = &mytcp_cong_reno,	\
		   .sack = true, .ts = true)

/* What was a mistake is not told by CWR. */
static void undone_is_not_told(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);
	u32 first;

	send_flight(c, 10);
	first = c->last_ts_val;
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	PEER(c, ACK, 1, SEQ(4), .ts_ecr = first);
	EXPECT_COUNTED(c, recoveries_undone, 1);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, MYTCP_SSTHRESH_INF);
	EXPECT_NOTHING(c);
	SEND_N(c, MSS);
	expect_new(c, 10, PSH);
}

/*
 * The recovery has ended, and marks have reduced the window again, when a DSACK tells
 * that nothing was lost.
 */
static void too_late_to_undo(struct kunit *test)
{
	struct catch *c = BEGIN(test, .sack = true);

	send_flight(c, 30);
	PEER(c, ACK, 1, SEQ(0), .sacks = { SACK(1, 4) });
	RUN(c, RTT_MS / 2);
	PEER(c, ACK | ECE, 1, SEQ(11));
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 2U);
	PEER(c, ACK, 1, SEQ(11), .sacks = { SACK(0, 1) });
	EXPECT_COUNTED(c, dsacks_received, 1);
	EXPECT_COUNTED(c, recoveries_undone, 0);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 2U);
}

/* The loss was none, but there are marks: the window stays down. */
static void marks_are_not_undone(struct kunit *test)
{
	struct catch *c = BEGIN_TS(test);
	u32 first;

	send_flight(c, 10);
	first = c->last_ts_val;
	PEER(c, ACK | ECE, 1, SEQ(0), .sacks = { SACK(1, 4) });
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	PEER(c, ACK | ECE, 1, SEQ(4), .ts_ecr = first);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_OPEN);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, 5U);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 5U);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->lost_out, 0U);
	PEER(c, ACK, 1, SEQ(10));
	FORGET(c);
	SEND_N(c, MSS);
	expect_new(c, 10, PSH | CWR);
}

/* Of a buffer that the stack below cuts up the first packet says CWR: by a flag. */
static void cwr_of_large_buffer(struct kunit *test)
{
	struct catch *c = BEGIN(test, .gso = true);
	const struct skb_shared_info *info;

	cong(c)->cwnd = 20;
	SEND_N(c, 60 * MSS);
	FORGET(c);
	PEER(c, ACK | ECE, 1, SEQ(20));
	info = skb_shinfo(skb_peek(&c->sent));
	KUNIT_EXPECT_GT(test, info->gso_segs, 1);
	KUNIT_EXPECT_EQ(test, info->gso_type, SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN);
	EXPECT(c, ACK | CWR, SEQ(20), 1, .len = 10 * MSS, .ecn = ECT0);
	PEER(c, ACK, 1, SEQ(30));
	info = skb_shinfo(skb_peek(&c->sent));
	KUNIT_EXPECT_GT(test, info->gso_segs, 1);
	KUNIT_EXPECT_EQ(test, info->gso_type, SKB_GSO_TCPV4);
}

/* --- With DCTCP: RFC 8257 --- */

#define BEGIN_DCTCP(test, ...)							\
	BEGIN_WITH(test, .mss = MSS, .congestion = &mytcp_cong_dctcp, __VA_ARGS__)

/* 3.2: an ACK tells of marked segments or of others, and not of both. */
static void dctcp_echoes_each(struct kunit *test)
{
	struct catch *c = BEGIN_DCTCP(test);

	/* What waits for its ACK gets it before the first mark is told of */
	PEER(c, ACK, 1, 1, .len = 100, .ecn = ECT0);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 101, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK, 1, 101);
	EXPECT(c, ACK | ECE, 1, 201);
	EXPECT_NOTHING(c);
	/* As long as nothing changes ACKs are delayed as usual */
	PEER(c, ACK, 201, 1, .len = 100, .ecn = CE);
	EXPECT_NOTHING(c);
	/* and the reverse */
	PEER(c, ACK, 301, 1, .len = 100, .ecn = ECT0);
	EXPECT(c, ACK | ECE, 1, 301);
	EXPECT(c, ACK, 1, 401);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, ce_segs, 2);
}

/* Nothing waits: one ACK. */
static void dctcp_echoes_change(struct kunit *test)
{
	struct catch *c = BEGIN_DCTCP(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 101);
	PEER(c, ACK, 101, 1, .len = 100, .ecn = ECT0);
	EXPECT(c, ACK, 1, 201);
	EXPECT_NOTHING(c);
}

/* CWR says nothing that is not known; what is sent again neither. */
static void dctcp_heeds_marks_alone(struct kunit *test)
{
	struct catch *c = BEGIN_DCTCP(test);

	PEER(c, ACK, 1, 1, .len = 100, .ecn = CE);
	EXPECT(c, ACK | ECE, 1, 101);
	PEER(c, ACK | CWR, 101, 1);
	SEND_N(c, 100);
	EXPECT(c, PSH | ACK | ECE, 1, 101, .len = 100, .ecn = ECT0);
	PEER(c, ACK, 101, 101, .len = 100);
	EXPECT(c, ACK | ECE, 101, 201);
}

/* 3.3: by as much as there are marks. The first time nothing is known: half. */
static void dctcp_reduces_by_marks(struct kunit *test)
{
	struct catch *c = BEGIN_DCTCP(test, .sack = true);
	u32 n;

	cong(c)->cwnd = 40;
	cong(c)->ssthresh = 40;
	SEND_N(c, 300 * MSS);
	/* Five windows without marks: alpha is 743 of 1024, with the marked one 761 */
	for (n = 0; n < 5; n++)
		PEER(c, ACK, 1, mytcp_sk(c->sk)->snd_nxt - c->iss);
	FORGET(c);
	n = cong(c)->cwnd;
	PEER(c, ACK | ECE, 1, mytcp_sk(c->sk)->snd_una + 2 * MSS - c->iss);
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_CWR);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, n - n * 761 / 2048);
}

/* 3.5: a loss is answered as ever, even after a mark that counted for less. */
static void dctcp_loss(struct kunit *test)
{
	struct catch *c = BEGIN_DCTCP(test, .sack = true);
	u32 una, n;

	cong(c)->cwnd = 40;
	cong(c)->ssthresh = 40;
	SEND_N(c, 300 * MSS);
	for (n = 0; n < 5; n++)
		PEER(c, ACK, 1, mytcp_sk(c->sk)->snd_nxt - c->iss);
	n = cong(c)->cwnd;
	RUN(c, RTT_MS / 2);
	FORGET(c);
	una = mytcp_sk(c->sk)->snd_una - c->iss;
	PEER(c, ACK | ECE, 1, una + 2 * MSS);
	KUNIT_EXPECT_GT(test, cong(c)->ssthresh, n / 2);
	PEER(c, ACK, 1, una + 2 * MSS, .sacks = { { una + 3 * MSS, una + 9 * MSS } });
	KUNIT_EXPECT_EQ(test, cong(c)->state, MYTCP_CONG_RECOVERY);
	KUNIT_EXPECT_EQ(test, cong(c)->ssthresh, n / 2);
}

/* Without a peer that knows ECN it is Reno. */
static void dctcp_without_ecn(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE, .nodelay = true, .sndbuf = 1 << 20,
				   .congestion = &mytcp_cong_dctcp);

	CONNECT(c);
	EXPECT(c, SYN | ECE | CWR, 0);
	PEER(c, SYN | ACK, 0, 1, .mss = MSS);
	EXPECT(c, ACK, 1, 1);
	SEND_N(c, 30 * MSS);
	EXPECT(c, ACK, SEQ(0), 1, .len = MSS);
	FORGET(c);
	PEER(c, ACK | ECE, 1, SEQ(10));
	EXPECT(c, ACK, SEQ(10), 1, .len = MSS);
	KUNIT_EXPECT_EQ(test, cong(c)->cwnd, 20U);
	FORGET(c);
	PEER(c, ACK, 1, 1 + 10 * MSS, .len = 100, .ecn = CE);
	RUN(c, 40);
	EXPECT(c, ACK, SEQ(30), 101);
}

static struct kunit_case ecn_cases[] = {
	KUNIT_CASE_PARAM(asks, offer_gen_params),
	KUNIT_CASE_PARAM(is_asked, request_gen_params),
	KUNIT_CASE(fallback),
	KUNIT_CASE(fallback_first_answered),
	KUNIT_CASE(no_fallback),
	KUNIT_CASE(crossed),
	KUNIT_CASE(crossed_peer_does_not_ask),
	KUNIT_CASE(crossed_after_fallback),
	KUNIT_CASE(disconnect_forgets),
	KUNIT_CASE(not_retransmissions),
	KUNIT_CASE(not_tail_loss_probe),
	KUNIT_CASE(tail_loss_probe_of_new_text),
	KUNIT_CASE(not_acks),
	KUNIT_CASE(not_probes),
	KUNIT_CASE(echoes_until_cwr),
	KUNIT_CASE(echoes_for_both),
	KUNIT_CASE(echoes_though_it_only_receives),
	KUNIT_CASE(echoes_mark_with_cwr),
	KUNIT_CASE(cwr_without_text),
	KUNIT_CASE(cwr_of_old_segment),
	KUNIT_CASE_PARAM(ignores_mark, unheard_gen_params),
	KUNIT_CASE(ignores_flags),
	KUNIT_CASE(echoes_out_of_order),
	KUNIT_CASE(not_agreed),
	KUNIT_CASE(quick_after_retransmission),
	KUNIT_CASE_PARAM(reduces_once, sack_gen_params),
	KUNIT_CASE_PARAM(reduces_again, sack_gen_params),
	KUNIT_CASE_PARAM(survives_flood, sack_gen_params),
	KUNIT_CASE_PARAM(one_reduction_for_duplicates, sack_gen_params),
	KUNIT_CASE(duplicates_deliver),
	KUNIT_CASE(ece_when_idle),
	KUNIT_CASE(ece_of_old_ack),
	KUNIT_CASE(ece_does_not_open),
	KUNIT_CASE(loss_after_mark),
	KUNIT_CASE(loss_after_mark_newreno),
	KUNIT_CASE(loss_in_next_round),
	KUNIT_CASE(mark_at_recoverys_end),
	KUNIT_CASE(mark_after_loss),
	KUNIT_CASE(timeout_after_mark),
	KUNIT_CASE(grows_after_timeout),
	KUNIT_CASE(timeout_is_told),
	KUNIT_CASE(undone_is_not_told),
	KUNIT_CASE(too_late_to_undo),
	KUNIT_CASE(marks_are_not_undone),
	KUNIT_CASE(cwr_of_large_buffer),
	KUNIT_CASE(dctcp_echoes_each),
	KUNIT_CASE(dctcp_echoes_change),
	KUNIT_CASE(dctcp_heeds_marks_alone),
	KUNIT_CASE(dctcp_reduces_by_marks),
	KUNIT_CASE(dctcp_loss),
	KUNIT_CASE(dctcp_without_ecn),
	{}
};

static struct kunit_suite ecn_suite = {
	.name = "mytcp-conv-ecn",
	.test_cases = ecn_cases,
};

kunit_test_suite(ecn_suite);
