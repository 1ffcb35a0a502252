// SPDX-License-Identifier: GPL-2.0
/*
 * Window arithmetic on small grids, every point of them, and whole readers and
 * writers. RFC 9293 sections 3.7.4 and 3.8.6.2, RFC 7323 section 2.
 */
#include <kunit/test.h>
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/prandom.h>

#include "../../module/window.h"

/* Window scale */

/* RFC 7323 section 2.2, the slow way. */
static u8 model_wscale(u64 space)
{
	u8 shift = 0;

	while (shift < 14 && (space >> shift) > 65535)
		shift++;
	return shift;
}

/* Shows: 7323-2.3-4. */
static void window_scale(struct kunit *test)
{
	u64 space;
	int bit, d;

	for (space = 0; space < 1 << 20; space++)
		KUNIT_ASSERT_EQ(test, mytcp_select_wscale(space),
				model_wscale(space));
	for (bit = 20; bit <= 32; bit++)
		for (d = -70000; d <= 70000; d += 35) {
			space = clamp_t(s64, (1LL << bit) + d, 0, U32_MAX);
			KUNIT_ASSERT_EQ(test, mytcp_select_wscale(space),
					model_wscale(space));
		}
}

/* Shows: 7323-2.3-4. */
static void window_scale_values(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mytcp_select_wscale(0), 0);
	KUNIT_EXPECT_EQ(test, mytcp_select_wscale(65535), 0);
	KUNIT_EXPECT_EQ(test, mytcp_select_wscale(65536), 1);
	/* Linux's tcp_rmem of 6 MB: 7 */
	KUNIT_EXPECT_EQ(test, mytcp_select_wscale(6 << 20), 7);
	KUNIT_EXPECT_EQ(test, mytcp_select_wscale(1U << 30), 14);
	KUNIT_EXPECT_EQ(test, mytcp_select_wscale(U32_MAX), 14);
}

/* Receiver */

/* In check_window(): with the point where it failed, worded only then. */
#define CHECK(op, left, right)						\
	KUNIT_ASSERT_##op##_MSG(test, left, right,			\
				"full %u free %u mss %u cur %u scale %u: %u", \
				full, free, mss, cur, scale, wnd)

/* One point: full buffer, free space in it, segment size, window that the peer
 * has in hand, scale.
 */
static void check_window(struct kunit *test, u32 full, u32 free, u32 mss,
			 u32 cur, u8 scale)
{
	u32 unit = 1U << scale;
	u32 wnd = mytcp_select_window(free, full, mss, cur, scale);
	u32 held = ALIGN(cur, unit);
	bool may_move = (s64)free - cur >= min(full / 2, mss) && free > cur;

	/* The peer sees exactly this. */
	CHECK(EQ, (wnd >> scale) << scale, wnd);
	CHECK(LE, wnd >> scale, 65535);
	/* Never back. */
	CHECK(GE, wnd, cur);
	/* And not on by a little, but for the unit. */
	if (!may_move)
		CHECK(EQ, wnd, held);
	/* Nothing is promised that is not there. */
	if (full >= unit)
		CHECK(LE, wnd, max(free, held));
	else
		CHECK(LE, wnd, max(unit, held));
	/* When the edge may move, all that is there is offered. */
	if (may_move)
		CHECK(GE, wnd, min(free & -unit, 65535U << scale));
	/* A closed window opens when the buffer is empty. */
	if (!cur && full && free == full)
		CHECK(GT, wnd, 0);
}

/* Shows: SHLD-14, MUST-39. */
static void window_grid(struct kunit *test)
{
	u32 full, free, mss, cur;
	u8 scale;

	for (full = 0; full <= 24; full++)
		for (free = 0; free <= full; free++)
			for (mss = 1; mss <= 10; mss++)
				for (cur = 0; cur <= 28; cur++)
					for (scale = 0; scale <= 5; scale++)
						check_window(test, full, free,
							     mss, cur, scale);
}

/*
 * The same at the sizes of real buffers and at the largest of all.
 * Shows: SHLD-14, MUST-39
 */
static void window_grid_large(struct kunit *test)
{
	static const u32 fulls[] = { 2048, 65535, 65536, 131072, 6 << 20,
				     1U << 30, 0x7fffffff };
	static const u32 sizes[] = { 48, 536, 1460, 8960, 65483 };
	int f, m, a, b;
	u8 scale;

	for (f = 0; f < ARRAY_SIZE(fulls); f++)
		for (m = 0; m < ARRAY_SIZE(sizes); m++)
			for (scale = 0; scale <= 14; scale++)
				for (a = 0; a <= 16; a++)
					for (b = 0; b <= 16; b++) {
						u32 most = 65535U << scale;
						u32 part = fulls[f] / 16;

						check_window(test, fulls[f],
							     part * a,
							     sizes[m],
							     min(part * b + a,
								 most), scale);
					}
}

/* RFC 9293 section 3.8.6.2.2 by hand: 8 kB, 1 kB segments, all of it unread,
 * then read 100 octets at a time: the window opens once for ten reads.
 * Shows: MUST-39
 */
static void window_opens_in_segments(struct kunit *test)
{
	u32 free, wnd = 0, updates = 0;

	for (free = 0; free <= 8000; free += 100) {
		u32 now = mytcp_select_window(free, 8000, 1000, wnd, 0);

		if (now != wnd) {
			KUNIT_EXPECT_EQ(test, now, free);
			KUNIT_EXPECT_EQ(test, now - wnd, 1000);
			updates++;
		}
		wnd = now;
	}
	KUNIT_EXPECT_EQ(test, updates, 8);
	KUNIT_EXPECT_EQ(test, wnd, 8000);
}

/* A buffer of less than two segments: by halves, Fr = 1/2. */
static void window_opens_by_halves(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mytcp_select_window(499, 1000, 1460, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, mytcp_select_window(500, 1000, 1460, 0, 0), 500);
	KUNIT_EXPECT_EQ(test, mytcp_select_window(999, 1000, 1460, 500, 0), 500);
	KUNIT_EXPECT_EQ(test, mytcp_select_window(1000, 1000, 1460, 500, 0),
			1000);
}

/* SO_RCVBUF made smaller than a unit after the scale was announced. */
static void window_unit_larger_than_buffer(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mytcp_select_window(4096, 4096, 1460, 0, 14),
			1 << 14);
	KUNIT_EXPECT_EQ(test, mytcp_select_window(1000, 4096, 1460, 0, 14), 0);
}

/* What the field can say is all that can be offered. */
static void window_field_limit(struct kunit *test)
{
	u8 scale;

	for (scale = 0; scale <= 14; scale++)
		KUNIT_EXPECT_EQ(test,
				mytcp_select_window(U32_MAX, U32_MAX, 1460, 0,
						    scale), 65535U << scale);
}

/* Two segments for one, if they are worth their memory. */
static void window_grows(struct kunit *test)
{
	const u32 most = 1 << 20;

	KUNIT_EXPECT_EQ(test, mytcp_window_growth(65535, 1460, 1460, most, 1460, 1000), 2920);
	/* As many as come at once */
	KUNIT_EXPECT_EQ(test, mytcp_window_growth(65535, 14600, 10000, most, 1460, 1460), 29200);
	/* At twice their cost up to half, at four times up to a quarter */
	KUNIT_EXPECT_EQ(test, mytcp_window_growth(most / 2, 1000, 2000, most, 1460, 1000), 2000);
	KUNIT_EXPECT_EQ(test, mytcp_window_growth(most / 2 + 1, 1000, 2000, most, 1460, 1000), 0);
	KUNIT_EXPECT_EQ(test, mytcp_window_growth(most / 4, 500, 2000, most, 1460, 500), 1000);
	KUNIT_EXPECT_EQ(test, mytcp_window_growth(most / 4 + 1, 500, 2000, most, 1460, 500), 0);
	KUNIT_EXPECT_EQ(test, mytcp_window_growth(65535, 1, U32_MAX, most, 1460, 1000), 0);
}

/* A receiver in all that it goes through: a peer that sends what fits in the
 * window, a reader that takes what it likes, a window after each.
 */
struct receiver {
	u32 full;
	u32 mss;
	u8 scale;
	u64 rcv_nxt;
	u64 copied;
	u64 edge;
};

static u32 offer(struct kunit *test, struct receiver *r)
{
	u64 unread = r->rcv_nxt - r->copied;
	u32 free = unread < r->full ? r->full - unread : 0;
	u32 cur = r->edge - r->rcv_nxt;
	u32 wnd = mytcp_select_window(free, r->full, r->mss, cur, r->scale);

	/* Never back. */
	KUNIT_ASSERT_GE(test, r->rcv_nxt + wnd, r->edge);
	r->edge = r->rcv_nxt + wnd;
	return wnd;
}

static void run_receiver(struct kunit *test, struct rnd_state *rnd,
			 struct receiver *r)
{
	int step;

	for (step = 0; step < 500; step++) {
		u32 wnd = offer(test, r);
		u32 sent = 0, unread;

		if (wnd)
			sent = min(1 + prandom_u32_state(rnd) % r->mss, wnd);
		r->rcv_nxt += sent;
		/* Unscaled, the buffer holds whatever the peer may send. */
		if (!r->scale)
			KUNIT_ASSERT_LE(test, r->edge - r->copied, r->full);
		unread = r->rcv_nxt - r->copied;
		if (unread && prandom_u32_state(rnd) % 3 == 0)
			r->copied += 1 + prandom_u32_state(rnd) % unread;
	}
	/* Whatever happened, an empty buffer is offered again. */
	r->copied = r->rcv_nxt;
	KUNIT_ASSERT_GT(test, offer(test, r), 0);
}

/* Shows: SHLD-14, 7323-2.4-3. */
static void window_whole_receivers(struct kunit *test)
{
	const u64 seed = 1122;
	struct rnd_state rnd;
	int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < 1000; i++) {
		struct receiver r = {
			.full = 1 + prandom_u32_state(&rnd) % 100000,
			.mss = 1 + prandom_u32_state(&rnd) % 9000,
			.scale = prandom_u32_state(&rnd) % 15 * (i & 1),
		};

		run_receiver(test, &rnd, &r);
	}
}

/* Sender */

/* RFC 9293 section 3.8.6.2.1 word by word: @d queued, @u usable. */
static bool model_send(u32 d, u32 u, u32 mss, u32 max_wnd, bool pushed,
		       bool nagle, bool una_is_nxt)
{
	bool bracket = !nagle || una_is_nxt;
	u32 least = min(d, u);

	if (!least)
		return false;
	if (least >= mss)
		return true;
	if (bracket && pushed && d <= u)
		return true;
	return bracket && 2 * least >= max_wnd;
}

static void check_send(struct kunit *test, u32 d, u32 u, u32 mss, u32 max_wnd,
		       int bits)
{
	bool pushed = bits & 1, nagle = bits & 2, unacked = bits & 4;

	KUNIT_ASSERT_EQ_MSG(test,
			    mytcp_sws_send_ok(min(d, u), mss, max_wnd,
					      pushed && d <= u, nagle, unacked),
			    model_send(d, u, mss, max_wnd, pushed, nagle,
				       !unacked),
			    "D %u U %u MSS %u max %u PSH %d Nagle %d unacked %d",
			    d, u, mss, max_wnd, pushed, nagle, unacked);
}

/* Shows: MUST-38, SHLD-7. */
static void window_send_grid(struct kunit *test)
{
	u32 d, u, mss, max_wnd;
	int bits;

	for (d = 0; d <= 12; d++)
		for (u = 0; u <= 12; u++)
			for (mss = 1; mss <= 8; mss++)
				for (max_wnd = 0; max_wnd <= 25; max_wnd++)
					for (bits = 0; bits < 8; bits++)
						check_send(test, d, u, mss,
							   max_wnd, bits);
}

/*
 * RFC 9293 section 3.7.4, the cases that a user notices.
 * Shows: MUST-17, SHLD-7
 */
static void window_nagle(struct kunit *test)
{
	/* The first small write goes at once, the next one waits. */
	KUNIT_EXPECT_TRUE(test, mytcp_sws_send_ok(1, 1460, 65535, true, true,
						  false));
	KUNIT_EXPECT_FALSE(test, mytcp_sws_send_ok(1, 1460, 65535, true, true,
						   true));
	/* TCP_NODELAY sends it. */
	KUNIT_EXPECT_TRUE(test, mytcp_sws_send_ok(1, 1460, 65535, true, false,
						  true));
	/* A full segment never waits. */
	KUNIT_EXPECT_TRUE(test, mytcp_sws_send_ok(1460, 1460, 65535, false, true,
						  true));
	/* No data, no segment, even for a peer that never had a window. */
	KUNIT_EXPECT_FALSE(test, mytcp_sws_send_ok(0, 1460, 0, true, false,
						   false));
}

/* The window itself at its largest: no sum may wrap. */
static void window_send_large(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, mytcp_sws_send_ok(1000, 1460, 65535U << 14,
						   false, false, false));
	KUNIT_EXPECT_FALSE(test, mytcp_sws_send_ok(1000, 1460, U32_MAX, false,
						   false, false));
	KUNIT_EXPECT_TRUE(test, mytcp_sws_send_ok(1U << 31, U32_MAX, U32_MAX,
						  false, false, false));
}

static struct kunit_case window_cases[] = {
	KUNIT_CASE(window_scale),
	KUNIT_CASE(window_scale_values),
	KUNIT_CASE(window_grid),
	KUNIT_CASE(window_grid_large),
	KUNIT_CASE(window_opens_in_segments),
	KUNIT_CASE(window_opens_by_halves),
	KUNIT_CASE(window_unit_larger_than_buffer),
	KUNIT_CASE(window_field_limit),
	KUNIT_CASE(window_grows),
	KUNIT_CASE(window_whole_receivers),
	KUNIT_CASE(window_send_grid),
	KUNIT_CASE(window_nagle),
	KUNIT_CASE(window_send_large),
	{}
};

static struct kunit_suite window_suite = {
	.name = "mytcp-window",
	.test_cases = window_cases,
};

kunit_test_suite(window_suite);
