// SPDX-License-Identifier: GPL-2.0
/*
 * Options: RFC 9293 3.2 and 3.7.1 (MSS), RFC 7323 (window scale, timestamps,
 * PAWS), RFC 2018 (SACK-permitted).
 */
#include <linux/sizes.h>

#include "../../module/input.h"
#include "conv.h"

/* --- Negotiation --- */

/**
 * struct offer - which options the peer's SYN has
 * @desc: their names
 * @mss: MSS option
 * @wscale: window scale
 * @ts: timestamps
 * @sack: SACK-permitted
 */
struct offer {
	const char *desc;
	bool mss;
	bool wscale;
	bool ts;
	bool sack;
};

static const struct offer offers[] = {
	{ "none" },
	{ "mss", .mss = true },
	{ "wscale", .wscale = true },
	{ "ts", .ts = true },
	{ "sack", .sack = true },
	{ "mss, wscale", .mss = true, .wscale = true },
	{ "mss, ts", .mss = true, .ts = true },
	{ "mss, sack", .mss = true, .sack = true },
	{ "wscale, ts", .wscale = true, .ts = true },
	{ "wscale, sack", .wscale = true, .sack = true },
	{ "ts, sack", .ts = true, .sack = true },
	{ "mss, wscale, ts", .mss = true, .wscale = true, .ts = true },
	{ "mss, wscale, sack", .mss = true, .wscale = true, .sack = true },
	{ "mss, ts, sack", .mss = true, .ts = true, .sack = true },
	{ "wscale, ts, sack", .wscale = true, .ts = true, .sack = true },
	{ "all", .mss = true, .wscale = true, .ts = true, .sack = true },
};

static void offer_desc(const struct offer *o, char *desc)
{
	strscpy(desc, o->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(offer, offers, offer_desc);

/* More than any sysctl allows: half of it is 128 MiB of window, which need a scale of 12. */
#define RCVBUF		SZ_256M
#define RCV_WSCALE	12
#define PEER_WSCALE	3

static struct catch *offer_begin(struct kunit *test, const struct offer *o, int state)
{
	return IN_STATE(test, state, .mss = o->mss ? 1000 : CATCH_NONE,
			.has_wscale = o->wscale, .wscale = PEER_WSCALE, .ts = o->ts,
			.sack = o->sack, .rcvbuf = RCVBUF);
}

/* Both sides have spoken: what was agreed is in use, what was not is not. */
static void negotiated(struct catch *c, const struct offer *o)
{
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 mss = (o->mss ? 1000 : MYTCP_MSS_DEFAULT) - (o->ts ? 12 : 0);

	/* 3.7.1: 536 without the option; RFC 6691: less what options take */
	SEND_N(c, 3 * mss);
	EXPECT(c, ACK, 1, 1, .len = mss, .has_ts = o->ts, .no_ts = !o->ts);
	EXPECT(c, ACK, 1 + mss, 1, .len = mss);
	EXPECT(c, PSH | ACK, 1 + 2 * mss, 1, .len = mss);
	/* RFC 7323 2.3: the peer's field is shifted, if both have agreed */
	PEER(c, ACK, 1, 1 + 3 * mss, .wnd = 40000);
	KUNIT_EXPECT_EQ(c->test, ms->snd_wnd, 40000U);
	if (o->wscale) {
		PEER(c, ACK, 1, 1 + 3 * mss, .wnd = 400000);
		KUNIT_EXPECT_EQ(c->test, ms->snd_wnd, 400000U);
	}
	KUNIT_EXPECT_EQ(c->test, c->rcv_wscale, o->wscale ? PEER_WSCALE : 0);
	/* and so is ours */
	KUNIT_EXPECT_EQ(c->test, c->snd_wscale, o->wscale ? RCV_WSCALE : 0);
	PEER(c, ACK, 101, 1 + 3 * mss, .len = 100);
	if (o->sack)
		EXPECT(c, ACK, 1 + 3 * mss, 1, .no_ts = !o->ts, .has_ts = o->ts,
		       .sacks = { { 101, 201 } });
	else
		EXPECT(c, ACK, 1 + 3 * mss, 1, .no_ts = !o->ts, .has_ts = o->ts);
	EXPECT_NOTHING(c);
}

/*
 * Our SYN offers all; we use what the answer has (RFC 7323 2.2, 3.2, RFC 2018
 * 2).
 * Shows: MUST-1, SHLD-5, REC-1, 7323-2.2-3, 7323-2.2-4, 7323-2.3-1, 7323-2.3-3,
 * 7323-3.2-5, 7323-3.2-7
 */
static void negotiates_as_client(struct kunit *test)
{
	const struct offer *o = test->param_value;
	struct catch *c = offer_begin(test, o, TCP_CLOSE);

	CONNECT(c);
	EXPECT(c, SYN, 0, .mss = CATCH_MSS, .has_wscale = true,
	       .wscale = RCV_WSCALE, .sack_ok = true, .has_ts = true, .wnd = 65535);
	PEER(c, SYN | ACK, 0, 1, .mss = c->setup.mss, .has_wscale = o->wscale,
	     .wscale = PEER_WSCALE, .sack_ok = o->sack, .has_ts = o->ts,
	     .no_ts = !o->ts);
	EXPECT(c, ACK, 1, 1, .has_ts = o->ts, .no_ts = !o->ts);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	negotiated(c, o);
}

/*
 * Our SYN-ACK offers nothing that the SYN did not: RFC 7323 2.2, RFC 2018 2.
 * Shows: MUST-1, SHLD-5, 7323-2.2-1, 7323-2.2-3, 7323-2.2-4, 7323-2.3-1,
 * 7323-2.3-3, 7323-3.2-4, 7323-3.2-5
 */
static void negotiates_as_server(struct kunit *test)
{
	const struct offer *o = test->param_value;
	struct catch *c = offer_begin(test, o, TCP_LISTEN);

	PEER(c, SYN, 0, .mss = c->setup.mss, .has_wscale = o->wscale,
	     .wscale = PEER_WSCALE, .sack_ok = o->sack, .has_ts = o->ts);
	EXPECT(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .has_wscale = o->wscale,
	       .wscale = o->wscale ? RCV_WSCALE : 0, .sack_ok = o->sack,
	       .has_ts = o->ts, .no_ts = !o->ts, .wnd = 65535,
	       .no_options = !o->wscale && !o->sack && !o->ts);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->sack_ok, o->sack);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->wscale_ok, o->wscale);
	negotiated(c, o);
}

/* RFC 7323 2.3: a shift above 14 is taken as 14. Shows: 7323-2.3-5. */
static void wscale_above_14(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .has_wscale = true,
				   .wscale = 15);

	c->rcv_wscale = 14;
	PEER(c, ACK, 1, 1, .wnd = 3 << 14);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_wnd, 3U << 14);
}

/*
 * RFC 7323 2.2: the window of a SYN itself is never scaled.
 * Shows: 7323-2.2-3
 */
static void wscale_not_on_syn(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE, .has_wscale = true, .wscale = 7,
				   .wnd = 1000);

	CONNECT(c);
	EXPECT(c, SYN, 0);
	PEER(c, SYN | ACK, 0, 1, .mss = CATCH_MSS, .has_wscale = true, .wscale = 7);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->snd_wnd, 1000U);
}

/*
 * The scaled window that we announce is what we accept.
 * Shows: REC-1, 7323-2.3-2
 */
static void wscale_window_is_honoured(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .has_wscale = true,
				   .rcvbuf = RCVBUF);
	u32 edge;

	PEER(c, ACK, 2, 1, .len = 10);
	edge = 1 + mytcp_receive_window(mytcp_sk(c->sk));
	KUNIT_EXPECT_GT(test, edge, 65536U);
	EXPECT(c, ACK, 1, 1, .wnd = edge - 1);
	PEER(c, ACK, edge - 10, 1, .len = 10);
	EXPECT(c, ACK, 1, 1);
	EXPECT_COUNTED(c, out_of_window, 0);
	PEER(c, ACK, edge, 1, .len = 10);
	EXPECT(c, ACK, 1, 1);
	EXPECT_COUNTED(c, out_of_window, 1);
}

/* --- MSS --- */

/**
 * struct mss_case - how large our segments are
 * @desc: why
 * @setup: the peer's option, the path
 * @user: TCP_MAXSEG, 0: none
 * @mss: octets of text expected
 */
struct mss_case {
	const char *desc;
	struct catch_setup setup;
	u16 user;
	u32 mss;
};

static const struct mss_case mss_cases[] = {
	{ "option absent: 536", { .mss = CATCH_NONE }, 0, 536 },
	{ "option decides", { .mss = 1000 }, 0, 1000 },
	{ "path decides", { .mss = 9000 }, 0, CATCH_MSS },
	{ "small path", { .mtu = 576 }, 0, 536 },
	{ "user decides", { .mss = 1000 }, 600, 600 },
	{ "user asks for more", { .mss = 1000 }, 1400, 1000 },
	{ "timestamps take 12", { .mss = 1000, .ts = true }, 0, 988 },
	{ "timestamps with 536", { .mss = CATCH_NONE, .ts = true }, 0, 524 },
	{ "not below what is sensible", { .mss = 1 }, 0, MYTCP_MSS_MIN },
	{ "not below, with timestamps", { .mss = 1, .ts = true }, 0,
	  MYTCP_MSS_MIN - 12 },
	{ "large", { .mss = 8960, .mtu = 9000 }, 0, 8960 },
};

static void mss_desc(const struct mss_case *m, char *desc)
{
	strscpy(desc, m->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mss, mss_cases, mss_desc);

static void sends_segments_of_mss(struct catch *c, const struct mss_case *m)
{
	mytcp_sk(c->sk)->user.max_seg = m->user;
	KUNIT_EXPECT_EQ(c->test, catch_write_pattern(c, 2 * m->mss, 0), (int)(2 * m->mss));
	PEER(c, ACK, 1, 1);
	EXPECT(c, ACK, 1, 1, .len = m->mss);
	EXPECT(c, PSH | ACK, 1 + m->mss, 1, .len = m->mss);
	EXPECT_NOTHING(c);
}

static struct catch *mss_begin(struct kunit *test, const struct mss_case *m, bool passive)
{
	struct catch_setup setup = m->setup;
	struct catch *c;

	setup.passive = passive;
	c = catch_in_state(test, passive ? TCP_LISTEN : TCP_CLOSE, &setup);
	mytcp_sk(c->sk)->user.max_seg = m->user;
	return c;
}

/* Shows: MUST-14, MUST-15, MUST-16, MUST-67, MAY-3. */
static void mss_as_client(struct kunit *test)
{
	const struct mss_case *m = test->param_value;
	struct catch *c = mss_begin(test, m, false);

	CONNECT(c);
	EXPECT(c, SYN, 0, .mss = min_t(u32, c->mtu - 40, m->user ?: U16_MAX));
	PEER(c, SYN | ACK, 0, 1, .mss = c->setup.mss, .has_ts = m->setup.ts);
	EXPECT(c, ACK, 1, 1);
	sends_segments_of_mss(c, m);
}

/* Shows: MUST-14, MUST-15, MUST-16, MUST-67. */
static void mss_as_server(struct kunit *test)
{
	const struct mss_case *m = test->param_value;
	struct catch *c = mss_begin(test, m, true);

	PEER(c, SYN, 0, .mss = c->setup.mss, .has_ts = m->setup.ts);
	EXPECT(c, SYN | ACK, 0, 1,
	       .mss = min_t(u32, c->mtu - 40, m->user ?: U16_MAX));
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	sends_segments_of_mss(c, m);
}

/* An MSS option on a later segment means nothing (RFC 9293 3.2). */
static void mss_not_later(struct kunit *test)
{
	static const u8 mss_100[] = { 2, 4, 0, 100 };
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .raw_options = mss_100, .raw_options_len = 4);
	SEND_N(c, CATCH_MSS);
	EXPECT(c, PSH | ACK, 1, 1, .len = CATCH_MSS);
}

/* --- What the parser must survive --- */

/**
 * struct odd_options - options as nobody should send them
 * @desc: what is odd
 * @len: octets
 * @bytes: the options
 */
struct odd_options {
	const char *desc;
	u32 len;
	u8 bytes[40];
};

static const struct odd_options odd[] = {
	{ "only NOPs", 4, { 1, 1, 1, 1 } },
	{ "40 NOPs", 40, { [0 ... 39] = 1 } },
	{ "end of options, garbage behind", 8, { 0, 2, 4, 0, 1, 255, 255, 255 } },
	{ "unknown option", 4, { 253, 4, 0, 0 } },
	{ "unknown option of 40 octets", 40, { 254, 40 } },
	{ "length 0", 4, { 3, 0, 1, 1 } },
	{ "length 1", 4, { 8, 1, 1, 1 } },
	{ "unknown, length 0", 4, { 99, 0, 99, 0 } },
	{ "length beyond the end", 4, { 8, 10, 0, 0 } },
	{ "no length octet", 4, { 1, 1, 1, 8 } },
	{ "MSS of length 3", 4, { 2, 3, 5, 1 } },
	{ "window scale of length 4", 4, { 3, 4, 7, 7 } },
	{ "timestamps of length 9", 12, { 8, 9, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0 } },
	{ "SACK of length 9", 12, { 5, 9, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0 } },
	{ "SACK of length 2", 4, { 5, 2, 1, 1 } },
	{ "unaligned", 4, { 1, 253, 3, 7 } },
	{ "all octets 255", 40, { [0 ... 39] = 255 } },
};

static void odd_desc(const struct odd_options *o, char *desc)
{
	strscpy(desc, o->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(odd, odd, odd_desc);

/* Shows: MUST-5, MUST-6, MUST-7, MUST-64. */
static void odd_options_on_text(struct kunit *test)
{
	const struct odd_options *o = test->param_value;
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 100, .raw_options = o->bytes,
	     .raw_options_len = o->len);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	RECV_N(c, 100);
	EXPECT_COUNTED(c, in_errs, 0);
}

/* Shows: MUST-6, MUST-7. */
static void odd_options_on_syn_ack(struct kunit *test)
{
	const struct odd_options *o = test->param_value;
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);

	PEER(c, SYN | ACK, 0, 1, .raw_options = o->bytes, .raw_options_len = o->len);
	EXPECT(c, ACK, 1, 1, .no_ts = true);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	SEND_N(c, MYTCP_MSS_DEFAULT);
	EXPECT(c, PSH | ACK, 1, 1, .len = MYTCP_MSS_DEFAULT);
}

/* Shows: MUST-6, MUST-7. */
static void odd_options_on_syn(struct kunit *test)
{
	const struct odd_options *o = test->param_value;
	struct catch *c = IN_STATE(test, TCP_LISTEN);

	PEER(c, SYN, 0, .raw_options = o->bytes, .raw_options_len = o->len);
	EXPECT(c, SYN | ACK, 0, 1, .no_options = true);
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* --- Timestamps: RFC 7323 --- */

/*
 * 3.2: TSecr is valid with ACK; TSval is our clock, in milliseconds.
 * Shows: 7323-3.2-2, 7323-4.1-1, 7323-5.4-1
 */
static void timestamps_tick(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);
	u32 ours = c->last_ts_val;

	RUN(c, 1234);
	PEER(c, ACK, 101, 1, .len = 10, .ts_val = 7777);
	EXPECT(c, ACK, 1, 1, .ts_val = ours + 1234);
	PEER(c, ACK, 1, 1, .len = 100, .ts_val = 8888);
	EXPECT(c, ACK, 1, 111, .ts_val = ours + 1234, .ts_ecr = 8888);
}

/*
 * 3.2: without ACK there is no echo, whatever is known of the peer; as what
 * mytcp_port_connect() leaves over a TIME_WAIT entry.
 * Shows: 7323-3.2-1
 */
static void timestamps_syn_echoes_nothing(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_CLOSE);
	struct mytcp_segment syn;
	struct sk_buff *skb;

	mytcp_sk(c->sk)->ts_recent = 4711;
	CONNECT(c);
	skb = skb_peek(&c->sent);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_TRUE(test, mytcp_parse(skb, &syn));
	KUNIT_EXPECT_TRUE(test, syn.opt.has_ts);
	KUNIT_EXPECT_EQ(test, syn.opt.ts_ecr, 0);
	EXPECT(c, SYN, 0);
}

/*
 * 4.3 (2), (A): a delayed ACK echoes the earliest segment that it acknowledges.
 * Shows: 7323-3.2-2, 7323-4.3-1
 */
static void timestamps_delayed_ack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1, 1, .len = 100, .ts_val = 6000);
	PEER(c, ACK, 101, 1, .len = 100, .ts_val = 6001);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 201, .ts_ecr = 6000);
	PEER(c, ACK, 201, 1, .len = 100, .ts_val = 6050);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 301, .ts_ecr = 6050);
}

/*
 * (B): beyond a gap the echo stays that of the last segment in order.
 * Shows: 7323-4.3-2, 7323-4.3-3, 7323-4.3-4, 7323-5.3-2
 */
static void timestamps_gap(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1, 1, .len = 100, .ts_val = 6000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101, .ts_ecr = 6000);
	PEER(c, ACK, 201, 1, .len = 100, .ts_val = 6100);
	EXPECT(c, ACK, 1, 101, .ts_ecr = 6000);
	/* (C): the segment that fills it is echoed */
	PEER(c, ACK, 101, 1, .len = 100, .ts_val = 6200);
	EXPECT(c, ACK, 1, 301, .ts_ecr = 6200);
}

/*
 * 5.3, R1: older than TS.Recent: an ACK, and the segment is dropped.
 * Shows: 7323-5.3-1
 */
static void paws_drops_text(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1, 1, .len = 50, .ts_val = 6000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 51);
	PEER(c, ACK, 51, 1, .len = 50, .ts_val = 7000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	PEER(c, ACK, 101, 1, .len = 100, .ts_val = 5999);
	EXPECT(c, ACK, 1, 101, .ts_ecr = 7000);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, paws_drops, 1);
	RECV_N(c, 100);
}

/*
 * What the repetition of a lost segment has overtaken is older than TS.Recent then, but
 * from no earlier round of the sequence numbers: it is taken, and not echoed.
 * Shows: 7323-4.3-3
 */
static void paws_spares_overtaken(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1, 1, .len = 100, .ts_val = 6000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101, .ts_ecr = 6000);
	PEER(c, ACK, 101, 1, .len = 100, .ts_val = 6100);
	PEER(c, ACK, 201, 1, .len = 100, .ts_val = 6030);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 301, .ts_ecr = 6100);
	EXPECT_COUNTED(c, paws_drops, 0);
	RECV_N(c, 300);
}

/* Shows: 7323-5.3-1. */
static void paws_drops_fin(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, FIN | ACK, 1, 1, .ts_val = 1);
	EXPECT(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	EXPECT_COUNTED(c, paws_drops, 1);
}

/*
 * What PAWS lets pass is judged as ever: outside of the window, beyond a gap, in order.
 * Shows: 7323-5.3-3
 */
static void paws_lets_pass(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1 + 0x1000000, 1, .len = 10, .ts_val = 6000);
	EXPECT(c, ACK, 1, 1);
	PEER(c, ACK, 11, 1, .len = 10, .ts_val = 6000);
	EXPECT(c, ACK, 1, 1);
	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 6000);
	EXPECT(c, ACK, 1, 21, .ts_ecr = 6000);
	RECV_N(c, 20);
	EXPECT_COUNTED(c, paws_drops, 0);
}

static void paws_drops_syn(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, SYN, 1, .has_ts = true, .ts_val = 1);
	EXPECT(c, ACK, 1, 1);
	EXPECT_COUNTED(c, paws_drops, 1);
}

/*
 * 3.2: without the timestamp that was agreed upon: dropped, and not a word.
 * Shows: 7323-3.2-8, 7323-3.2-9
 */
static void missing_is_dropped(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1, 1, .len = 100, .no_ts = true);
	PEER(c, FIN | ACK, 1, 1, .no_ts = true);
	PEER(c, ACK, 5000, 1, .len = 100, .no_ts = true);
	RUN(c, 100);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_ESTABLISHED);
	EXPECT_COUNTED(c, ts_missing, 3);
	PEER(c, ACK, 1, 1, .len = 100);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 101);
	RECV_N(c, 100);
}

/* ... nor is the handshake given up for it. Shows: 7323-3.2-8, 7323-3.2-9. */
static void missing_in_handshake(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_RECV, .ts = true);

	PEER(c, ACK, 1, 1, .no_ts = true);
	EXPECT_NOTHING(c);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_COUNTED(c, ts_missing, 1);
	PEER(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* ... but for a RST, and for the SYN of a peer that has lost its memory. */
static void missing_on_syn_and_rst(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, SYN, 1, .no_ts = true);
	EXPECT(c, ACK, 1, 1);
	PEER(c, RST, 1, 0, .no_ts = true);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ECONNRESET);
	EXPECT_COUNTED(c, ts_missing, 0);
}

/*
 * 5.3: "R1) ... and RST is not set": an old timestamp does not save us.
 * Shows: 7323-5.2-1
 */
static void paws_not_for_rst(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, RST | ACK, 1, 1, .ts_val = 1);
	EXPECT_STATE(c, TCP_CLOSE);
	SO_ERROR_IS(c, ECONNRESET);
	EXPECT_NOTHING(c);
	EXPECT_COUNTED(c, paws_drops, 0);
}

/*
 * 5.2: nor is anything learnt from its timestamp, here that of an old one.
 * Shows: 7323-5.2-2
 */
static void rst_leaves_timestamp(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 6000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11, .ts_ecr = 6000);
	PEER(c, RST, 1, 0, .has_ts = true, .ts_val = 9000);
	EXPECT_NOTHING(c);
	PEER(c, ACK, 21, 1, .len = 10, .ts_val = 6001);
	EXPECT(c, ACK, 1, 11, .ts_ecr = 6000);
	EXPECT_COUNTED(c, paws_drops, 0);
}

/*
 * Nor from one whose SEG.ACK is missing or not acceptable (RFC 5961 5.2): a guess, after
 * which PAWS would drop what the peer sends.
 * Shows: 7323-4.3-4
 */
static void bad_ack_leaves_timestamp(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u64 heard;

	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 6000);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11, .ts_ecr = 6000);
	heard = ms->last_rcvd;
	ms->probes_out = 3;
	PEER(c, 0, 11, .has_ts = true, .ts_val = 9000);
	PEER(c, ACK, 11, 2, .ts_val = 9000);
	EXPECT(c, ACK, 1, 11, .ts_ecr = 6000);
	PEER(c, ACK, 11, 0U - ms->max_snd_wnd, .ts_val = 9000);
	EXPECT(c, ACK, 1, 11, .ts_ecr = 6000);
	KUNIT_EXPECT_EQ(test, ms->ts_recent, 6000U);
	KUNIT_EXPECT_EQ(test, ms->last_rcvd, heard);
	KUNIT_EXPECT_EQ(test, ms->probes_out, 3);
	PEER(c, ACK, 11, 1, .len = 10, .ts_val = 6040);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 21, .ts_ecr = 6040);
	KUNIT_EXPECT_GT(test, ms->last_rcvd, heard);
	KUNIT_EXPECT_EQ(test, ms->probes_out, 0);
	EXPECT_COUNTED(c, paws_drops, 0);
}

/* 3.2: our RST has one, too. Shows: 7323-3.2-6. */
static void timestamps_on_reset(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	ABORT(c);
	EXPECT(c, RST | ACK, 1, 1, .has_ts = true);
}

/* 3.2: what was not agreed upon is not looked at. Shows: 7323-3.2-10. */
static void timestamps_not_agreed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK, 1, 1, .len = 10, .has_ts = true, .ts_val = 6000, .ts_ecr = 1);
	PEER(c, ACK, 11, 1, .len = 10, .has_ts = true, .ts_val = 1, .ts_ecr = 1);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 21, .no_ts = true);
	EXPECT_COUNTED(c, paws_drops, 0);
	RECV_N(c, 20);
}

/* The clock of timestamps is a circle, too. Shows: 7323-5.3-1, 7323-5.3-2. */
static void paws_wraps(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);

	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 0x7fffffff);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11, .ts_ecr = 0x7fffffff);
	PEER(c, ACK, 11, 1, .len = 10, .ts_val = 0xfffffff0);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 21, .ts_ecr = 0xfffffff0);
	PEER(c, ACK, 21, 1, .len = 5, .ts_val = 200);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 26, .ts_ecr = 200);
	PEER(c, ACK, 26, 1, .len = 5, .ts_val = 400);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 31, .ts_ecr = 400);
	PEER(c, ACK, 31, 1, .len = 10, .ts_val = 0xfffffff0);
	EXPECT(c, ACK, 1, 31, .ts_ecr = 400);
	EXPECT_COUNTED(c, paws_drops, 1);
}

/*
 * 5.5: after 24 days of silence TS.Recent is no longer to be believed.
 * Shows: 7323-5.5-1
 */
static void paws_after_24_days(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);
	const u32 day = 24 * 3600;

	RUN(c, (u64)23 * day * MSEC_PER_SEC);
	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 1);
	EXPECT(c, ACK, 1, 1);
	EXPECT_COUNTED(c, paws_drops, 1);
	RUN(c, (u64)2 * day * MSEC_PER_SEC);
	PEER(c, ACK, 1, 1, .len = 10, .ts_val = 1);
	RUN(c, 40);
	EXPECT(c, ACK, 1, 11);
	RECV_N(c, 10);
}

/* 3.2: our SYN's echo must be one that we have sent. */
static void syn_ack_bad_echo(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .ts = true);

	PEER(c, SYN | ACK, 0, 1, .has_ts = true, .ts_ecr = c->last_ts_val + 1000000);
	EXPECT(c, RST, 1);
	EXPECT_STATE(c, TCP_SYN_SENT);
	PEER(c, SYN | ACK, 0, 1, .has_ts = true);
	EXPECT(c, ACK, 1, 1);
	EXPECT_STATE(c, TCP_ESTABLISHED);
}

/* 3.2: without ACK the echo is not one. Shows: 7323-3.2-3. */
static void echo_without_ack(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .ts = true);

	PEER(c, SYN, 0, .mss = CATCH_MSS, .has_ts = true,
	     .ts_ecr = c->last_ts_val + 1000000);
	EXPECT(c, SYN | ACK, 0, 1, .has_ts = true);
	EXPECT_STATE(c, TCP_SYN_RECV);
	EXPECT_COUNTED(c, paws_drops, 0);
}

/*
 * 4.1: an echo on what acknowledges nothing new may be old, and is no sample.
 * Shows: 7323-4.1-2
 */
static void echo_on_duplicate(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);
	struct mytcp_sock *ms = mytcp_sk(c->sk);
	u32 srtt = ms->rtt.srtt_us;
	u32 ours;

	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
	ours = c->last_ts_val;
	RUN(c, 100);
	PEER(c, ACK, 1, 1, .ts_ecr = ours);
	KUNIT_EXPECT_EQ(test, ms->rtt.srtt_us, srtt);
	PEER(c, ACK, 1, 101, .ts_ecr = ours);
	KUNIT_EXPECT_GT(test, ms->rtt.srtt_us, srtt);
}

/*
 * 4.1: with timestamps even what was sent twice gives a round-trip time.
 * Shows: 6298-3-2
 */
static void timestamps_measure_retransmission(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .ts = true);
	u32 first;

	SEND_N(c, 100);
	EXPECT(c, PSH | ACK, 1, 1, .len = 100);
	first = c->last_ts_val;
	RUN(c, 300);
	FORGET(c);
	/* It was the first transmission that arrived, 300 ms ago. */
	PEER(c, ACK, 1, 101, .ts_ecr = first);
	KUNIT_EXPECT_EQ(test, mytcp_sk(c->sk)->rtt.backoff, 0);
	KUNIT_EXPECT_GT(test, mytcp_sk(c->sk)->rtt.srtt_us >> 3, 30000U);
}

static struct kunit_case options_cases[] = {
	KUNIT_CASE_PARAM(negotiates_as_client, offer_gen_params),
	KUNIT_CASE_PARAM(negotiates_as_server, offer_gen_params),
	KUNIT_CASE(wscale_above_14),
	KUNIT_CASE(wscale_not_on_syn),
	KUNIT_CASE(wscale_window_is_honoured),
	KUNIT_CASE_PARAM(mss_as_client, mss_gen_params),
	KUNIT_CASE_PARAM(mss_as_server, mss_gen_params),
	KUNIT_CASE(mss_not_later),
	KUNIT_CASE_PARAM(odd_options_on_text, odd_gen_params),
	KUNIT_CASE_PARAM(odd_options_on_syn_ack, odd_gen_params),
	KUNIT_CASE_PARAM(odd_options_on_syn, odd_gen_params),
	KUNIT_CASE(timestamps_tick),
	KUNIT_CASE(timestamps_syn_echoes_nothing),
	KUNIT_CASE(timestamps_delayed_ack),
	KUNIT_CASE(timestamps_gap),
	KUNIT_CASE(missing_is_dropped),
	KUNIT_CASE(missing_in_handshake),
	KUNIT_CASE(missing_on_syn_and_rst),
	KUNIT_CASE(paws_drops_text),
	KUNIT_CASE(paws_spares_overtaken),
	KUNIT_CASE(paws_drops_fin),
	KUNIT_CASE(paws_drops_syn),
	KUNIT_CASE(paws_lets_pass),
	KUNIT_CASE(paws_not_for_rst),
	KUNIT_CASE(rst_leaves_timestamp),
	KUNIT_CASE(bad_ack_leaves_timestamp),
	KUNIT_CASE(timestamps_on_reset),
	KUNIT_CASE(timestamps_not_agreed),
	KUNIT_CASE(paws_wraps),
	KUNIT_CASE(paws_after_24_days),
	KUNIT_CASE(syn_ack_bad_echo),
	KUNIT_CASE(echo_without_ack),
	KUNIT_CASE(echo_on_duplicate),
	KUNIT_CASE(timestamps_measure_retransmission),
	{}
};

static struct kunit_suite options_suite = {
	.name = "mytcp-options",
	.test_cases = options_cases,
};

kunit_test_suite(options_suite);
