// SPDX-License-Identifier: GPL-2.0
/*
 * DCTCP's arithmetic: RFC 8257 sections 3.3 to 3.5.
 */
#include <kunit/test.h>

#include "../../module/cong.h"

/* A window is this many ACKs of so many octets, whatever its size in segments. */
#define ACKS	10
#define OCTETS	1000
#define WINDOW	(ACKS * OCTETS - OCTETS / 2)

/**
 * struct flow - a connection of which nothing is looked at but this
 * @c: its congestion control
 * @una: SND.UNA
 */
struct flow {
	struct mytcp_cong c;
	u32 una;
};

static void ack(struct flow *f, u32 octets, bool ece)
{
	struct mytcp_ack_sample s = {
		.acked = 1,
		.bytes_acked = octets,
		.rtt_us = -1,
		.ece = ece,
	};

	f->una += octets;
	s.snd_una = f->una;
	s.snd_nxt = f->una + WINDOW;
	mytcp_cong_on_ack(&f->c, &s);
}

/* The first ACK is a window: alpha is 960. */
static void begin(struct flow *f, u32 iss)
{
	mytcp_cong_init(&f->c, &mytcp_cong_dctcp, 10);
	f->una = iss;
	ack(f, 1, false);
}

static void window(struct flow *f, u32 marked)
{
	u32 i;

	for (i = 0; i < ACKS; i++)
		ack(f, OCTETS, i < marked);
}

/* DCTCP.Alpha in 1/1024, as the window would go down by it. */
static u32 alpha(const struct flow *f)
{
	struct mytcp_cong c = f->c;

	c.cwnd = 2048;
	c.state = MYTCP_CONG_OPEN;
	mytcp_cong_enter_cwr(&c);
	return 2048 - c.ssthresh;
}

/* "DCTCP.Alpha is initialized to 1": the first marks halve the window. */
static void dctcp_begins_with_half(struct kunit *test)
{
	struct mytcp_cong c;

	mytcp_cong_init(&c, &mytcp_cong_dctcp, 10);
	mytcp_cong_enter_cwr(&c);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 5);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10);
}

/* (5): alpha = alpha * (1 - g) + g * M, g = 1/16, M = 0 */
static void dctcp_alpha_without_marks(struct kunit *test)
{
	static const u32 want[] = { 960, 900, 844, 792, 743, 697, 654 };
	struct flow f;
	u32 i;

	begin(&f, 0);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		KUNIT_EXPECT_EQ(test, alpha(&f), want[i]);
		window(&f, 0);
	}
	/* Section 4.2: it comes to 0, and not only near it */
	for (i = 0; i < 100; i++)
		window(&f, 0);
	KUNIT_EXPECT_EQ(test, alpha(&f), 0);
}

static void dctcp_alpha_all_marked(struct kunit *test)
{
	struct flow f;
	u32 i;

	begin(&f, 0);
	window(&f, ACKS);
	KUNIT_EXPECT_EQ(test, alpha(&f), 964);
	for (i = 0; i < 100; i++)
		window(&f, ACKS);
	KUNIT_EXPECT_EQ(test, alpha(&f), 1024);
}

/* Whatever part is marked all the time, alpha becomes, from above and from below. */
static void dctcp_alpha_converges(struct kunit *test)
{
	struct flow f;
	u32 marked, i;

	for (marked = 1; marked < ACKS; marked++) {
		u32 want = marked * 1024 / ACKS;

		begin(&f, 0);
		for (i = 0; i < 200; i++)
			window(&f, marked);
		KUNIT_EXPECT_GE(test, alpha(&f), want - 16);
		KUNIT_EXPECT_LE(test, alpha(&f), want + 16);

		for (i = 0; i < 200; i++)
			window(&f, 0);
		for (i = 0; i < 200; i++)
			window(&f, marked);
		KUNIT_EXPECT_GE(test, alpha(&f), want - 16);
		KUNIT_EXPECT_LE(test, alpha(&f), want + 16);
	}
}

/* (3): within a window nothing changes. */
static void dctcp_alpha_once_a_window(struct kunit *test)
{
	struct flow f;
	u32 i;

	begin(&f, 0);
	for (i = 0; i < ACKS - 1; i++) {
		ack(&f, OCTETS, true);
		KUNIT_EXPECT_EQ(test, alpha(&f), 960);
	}
	ack(&f, OCTETS, true);
	KUNIT_EXPECT_EQ(test, alpha(&f), 964);
}

/* (1), (2): octets count, not ACKs. */
static void dctcp_counts_octets(struct kunit *test)
{
	struct flow f;

	begin(&f, 0);
	/* 9000 of 10000 in one of two: M is 921, of which 1/16 is 57 */
	ack(&f, ACKS * OCTETS - OCTETS, true);
	ack(&f, OCTETS, false);
	KUNIT_EXPECT_EQ(test, alpha(&f), 900 + 57);
	/* The reverse: M is 102, of which 1/16 is 6 */
	ack(&f, OCTETS, true);
	ack(&f, ACKS * OCTETS - OCTETS, false);
	KUNIT_EXPECT_EQ(test, alpha(&f), 957 - 59 + 6);
}

/* The window's end may lie behind the end of the circle. */
static void dctcp_wraps(struct kunit *test)
{
	struct flow f;

	begin(&f, -5 * OCTETS);
	window(&f, 0);
	KUNIT_EXPECT_EQ(test, alpha(&f), 900);
	window(&f, 0);
	KUNIT_EXPECT_EQ(test, alpha(&f), 844);
}

/* (8): cwnd = cwnd * (1 - alpha / 2), rounded up, at least 2 */
static void dctcp_reduction(struct kunit *test)
{
	static const struct {
		u32 cwnd, want;
	} cases[] = {
		{ 1000, 532 }, { 100, 54 }, { 10, 6 }, { 4, 3 }, { 3, 2 }, { 2, 2 }, { 1, 2 },
		{ MYTCP_CWND_MAX, MYTCP_CWND_MAX - MYTCP_CWND_MAX / 2048 * 960 },
	};
	struct flow f;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&f, 0);
		f.c.cwnd = cases[i].cwnd;
		mytcp_cong_enter_cwr(&f.c);
		KUNIT_EXPECT_EQ_MSG(test, f.c.ssthresh, cases[i].want, "cwnd %u",
				    cases[i].cwnd);
	}
}

/* 3.5: as conventional TCP does, and alpha has nothing to do with it. */
static void dctcp_loss_is_reno(struct kunit *test)
{
	struct flow f;

	begin(&f, 0);
	f.c.cwnd = 40;
	mytcp_cong_enter_recovery(&f.c, 30);
	KUNIT_EXPECT_EQ(test, f.c.ssthresh, 15);
	KUNIT_EXPECT_EQ(test, alpha(&f), 960);

	begin(&f, 0);
	f.c.cwnd = 40;
	mytcp_cong_on_rto(&f.c, 30);
	KUNIT_EXPECT_EQ(test, f.c.ssthresh, 15);
	KUNIT_EXPECT_EQ(test, f.c.cwnd, 1);
	mytcp_cong_undo(&f.c);
	KUNIT_EXPECT_EQ(test, f.c.cwnd, 40);
}

/* A loss in the round trip of a reduction by marks that was less than half. */
static void dctcp_loss_after_marks(struct kunit *test)
{
	struct flow f;

	begin(&f, 0);
	window(&f, 0);
	f.c.cwnd = 100;
	mytcp_cong_enter_cwr(&f.c);
	KUNIT_EXPECT_EQ(test, f.c.ssthresh, 57);
	mytcp_cong_enter_recovery(&f.c, 90);
	KUNIT_EXPECT_EQ(test, f.c.ssthresh, 50);
}

/* 3.4: the window grows as Reno's, but not by an ACK with ECE. */
static void dctcp_grows_as_reno(struct kunit *test)
{
	struct mytcp_ack_sample s = {
		.acked = 10, .bytes_acked = 10000, .rtt_us = -1, .window_used = true,
	};
	struct mytcp_cong c, reno;
	int i;

	mytcp_cong_init(&c, &mytcp_cong_dctcp, 10);
	mytcp_cong_init(&reno, &mytcp_cong_reno, 10);
	c.ssthresh = 64;
	reno.ssthresh = 64;
	for (i = 0; i < 100; i++) {
		s.snd_una += 10000;
		s.snd_nxt = s.snd_una + 10000;
		mytcp_cong_on_ack(&c, &s);
		mytcp_cong_on_ack(&reno, &s);
		KUNIT_EXPECT_EQ(test, c.cwnd, reno.cwnd);
	}
	s.ece = true;
	mytcp_cong_on_ack(&c, &s);
	KUNIT_EXPECT_EQ(test, c.cwnd, reno.cwnd);
}

static void dctcp_is_found(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, mytcp_cong_find("dctcp"), &mytcp_cong_dctcp);
}

static struct kunit_case dctcp_cases[] = {
	KUNIT_CASE(dctcp_begins_with_half),
	KUNIT_CASE(dctcp_alpha_without_marks),
	KUNIT_CASE(dctcp_alpha_all_marked),
	KUNIT_CASE(dctcp_alpha_converges),
	KUNIT_CASE(dctcp_alpha_once_a_window),
	KUNIT_CASE(dctcp_counts_octets),
	KUNIT_CASE(dctcp_wraps),
	KUNIT_CASE(dctcp_reduction),
	KUNIT_CASE(dctcp_loss_is_reno),
	KUNIT_CASE(dctcp_loss_after_marks),
	KUNIT_CASE(dctcp_grows_as_reno),
	KUNIT_CASE(dctcp_is_found),
	{}
};

static struct kunit_suite dctcp_suite = {
	.name = "mytcp-dctcp",
	.test_cases = dctcp_cases,
};

kunit_test_suite(dctcp_suite);
