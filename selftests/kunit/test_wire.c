// SPDX-License-Identifier: GPL-2.0
/*
 * The header and option codec. RFC 9293 sections 3.1 and 3.2, RFC 7323,
 * RFC 2018. Input lies at the very end of its allocation, so that KASAN sees a
 * parser that reads one octet too far.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../../module/wire.h"

/* The kinds of the options that the codec knows, and the sizes they have. */
enum {
	EOL = 0,
	NOP = 1,
	MSS = 2,
	WSCALE = 3,
	SACK_OK = 4,
	SACK = 5,
	TS = 8,
	FASTOPEN = 34,
	EXPERIMENT = 254,
};

/* An allocation that holds exactly @size octets. */
static u8 *octets(struct kunit *test, u32 size)
{
	u8 *p = kunit_kmalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	return p;
}

/* Where to put @len octets so that they end where the 40 at @room do. */
static u8 *at_end(u8 *room, u32 len)
{
	return room + MYTCP_OPTIONS_MAX - len;
}

/* FMT and what follows say what was parsed; worded only when it failed. */
__printf(4, 5)
static void expect_options(struct kunit *test, const struct mytcp_options *got,
			   const struct mytcp_options *want, const char *fmt, ...)
{
	struct va_format what = { .fmt = fmt };
	va_list args;
	int i;

	va_start(args, fmt);
	what.va = &args;

	KUNIT_ASSERT_EQ_MSG(test, got->mss, want->mss, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->has_wscale, want->has_wscale, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->wscale, want->wscale, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->sack_ok, want->sack_ok, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->has_ts, want->has_ts, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->ts_val, want->ts_val, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->ts_ecr, want->ts_ecr, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->malformed, want->malformed, "%pV", &what);
	KUNIT_ASSERT_EQ_MSG(test, got->nr_sacks, want->nr_sacks, "%pV", &what);
	for (i = 0; i < want->nr_sacks; i++) {
		KUNIT_ASSERT_EQ_MSG(test, got->sacks[i].start,
				    want->sacks[i].start, "%pV", &what);
		KUNIT_ASSERT_EQ_MSG(test, got->sacks[i].end,
				    want->sacks[i].end, "%pV", &what);
	}
	KUNIT_ASSERT_EQ_MSG(test, got->has_cookie, want->has_cookie, "%pV", &what);
	if (want->has_cookie) {
		KUNIT_ASSERT_EQ_MSG(test, got->cookie.exp, want->cookie.exp,
				    "%pV", &what);
		KUNIT_ASSERT_EQ_MSG(test, got->cookie.len, want->cookie.len,
				    "%pV", &what);
		KUNIT_ASSERT_EQ_MSG(test, memcmp(got->cookie.val, want->cookie.val,
						 want->cookie.len), 0, "%pV", &what);
	}
	va_end(args);
}

/* Parse into memory that holds something else, as a caller's would. */
static void parse(const u8 *opt, u32 len, bool syn, struct mytcp_options *o)
{
	memset(o, 0xa5, sizeof(*o));
	mytcp_options_parse(opt, len, syn, o);
}

/* The header, RFC 9293 section 3.1 */

static const u8 header[MYTCP_HDR_LEN] = {
	0x40, 0x01, 0x00, 0x50,		/* ports */
	0xfe, 0xdc, 0xba, 0x98,		/* SEG.SEQ */
	0x01, 0x23, 0x45, 0x67,		/* SEG.ACK */
	0x50, 0x18, 0xab, 0xcd,		/* data offset, PSH ACK, SEG.WND */
	0x99, 0x88, 0x12, 0x34,		/* checksum, SEG.UP */
};

static void wire_header_fields(struct kunit *test)
{
	u8 *room = octets(test, MYTCP_HDR_LEN + 3);
	struct mytcp_segment seg;
	int off;

	for (off = 0; off <= 3; off++) {
		memcpy(room + off, header, MYTCP_HDR_LEN);
		memset(&seg, 0xa5, sizeof(seg));
		KUNIT_ASSERT_EQ(test, 0, mytcp_wire_parse(room + off,
							  MYTCP_HDR_LEN,
							  MYTCP_HDR_LEN + 1000,
							  &seg));
		KUNIT_EXPECT_EQ(test, seg.seq, 0xfedcba98);
		KUNIT_EXPECT_EQ(test, seg.ack, 0x01234567);
		KUNIT_EXPECT_EQ(test, seg.wnd, 0xabcd);
		KUNIT_EXPECT_EQ(test, seg.urg, 0x1234);
		KUNIT_EXPECT_EQ(test, seg.flags,
				MYTCP_FLAG_PSH | MYTCP_FLAG_ACK);
		KUNIT_EXPECT_EQ(test, seg.hdr_len, MYTCP_HDR_LEN);
		KUNIT_EXPECT_EQ(test, seg.len, 1000);
		/* Not the header's business. */
		KUNIT_EXPECT_EQ(test, seg.opt.mss, 0xa5a5);
	}
}

/* Any data offset in any segment of up to 80 octets, of which any number can be
 * read.
 */
static void wire_header_lengths(struct kunit *test)
{
	u8 *hdr = octets(test, MYTCP_HDR_LEN);
	struct mytcp_segment seg;
	u32 doff, total, avail;

	/* Wherever it may be read, there is a good data offset. */
	memset(hdr, 0x50, MYTCP_HDR_LEN);
	for (doff = 0; doff < 16; doff++)
		for (total = 0; total <= 80; total++)
			for (avail = 0; avail <= total; avail++) {
				bool good = avail >= 20 && doff >= 5 &&
					    doff * 4 <= total;
				u8 *p = hdr + MYTCP_HDR_LEN -
					min_t(u32, avail, MYTCP_HDR_LEN);

				if (avail >= MYTCP_HDR_LEN)
					hdr[12] = doff << 4 | 0xf;
				else
					hdr[12] = 0x50;
				KUNIT_ASSERT_EQ_MSG(test,
						    mytcp_wire_parse(p, avail,
								     total,
								     &seg),
						    good ? 0 : -EINVAL,
						    "offset %u of %u, %u there",
						    doff, total, avail);
				if (!good)
					continue;
				KUNIT_ASSERT_EQ(test, seg.hdr_len, doff * 4);
				KUNIT_ASSERT_EQ(test, seg.reserved, 0xf);
				KUNIT_ASSERT_EQ(test, seg.len, total - doff * 4);
			}
}

/* RFC 9293 section 3.4: all 256 control octets. */
static void wire_header_flags(struct kunit *test)
{
	struct mytcp_segment seg;
	u8 hdr[MYTCP_HDR_LEN];
	u32 flags;

	memcpy(hdr, header, MYTCP_HDR_LEN);
	for (flags = 0; flags < 256; flags++) {
		hdr[13] = flags;
		KUNIT_ASSERT_EQ(test, 0, mytcp_wire_parse(hdr, MYTCP_HDR_LEN,
							  120, &seg));
		KUNIT_ASSERT_EQ(test, seg.flags, flags);
		KUNIT_ASSERT_EQ(test, mytcp_seg_len(&seg),
				100 + (flags & 1) + (flags >> 1 & 1));
	}
}

/* Options, one at a time: RFC 9293 section 3.2 */

/* What @opt, an option of @size octets of which @len are there, comes to. The
 * octets of its body are @fill.
 */
static void model_option(u8 kind, u8 size, u32 len, u8 fill, bool syn,
			 struct mytcp_options *o)
{
	u32 word = fill * 0x01010101U;
	int i;

	memset(o, 0, sizeof(*o));
	if (len < 2 || size < 2 || size > len) {
		o->malformed = true;
	} else if (kind == MSS && size == 4) {
		o->mss = syn ? fill * 0x0101 : 0;
	} else if (kind == WSCALE && size == 3) {
		o->has_wscale = syn;
		o->wscale = syn ? min_t(u8, fill, 14) : 0;
	} else if (kind == SACK_OK && size == 2) {
		o->sack_ok = syn;
	} else if (kind == TS && size == 10) {
		o->has_ts = true;
		o->ts_val = word;
		o->ts_ecr = word;
	} else if (kind == SACK && size >= 10 && size % 8 == 2) {
		o->nr_sacks = syn ? 0 : size / 8;
		for (i = 0; i < o->nr_sacks; i++) {
			o->sacks[i].start = word;
			o->sacks[i].end = word;
		}
	} else if (kind == FASTOPEN && size % 2 == 0 &&
		   (size == 2 || (size >= 6 && size <= 18))) {
		o->has_cookie = syn;
		o->cookie.len = size - 2;
		memset(o->cookie.val, fill, sizeof(o->cookie.val));
	} else {
		o->malformed = kind == MSS || kind == WSCALE ||
			       kind == SACK_OK || kind == TS || kind == SACK ||
			       kind == FASTOPEN;
	}
}

static void check_one_option(struct kunit *test, u8 *room, u8 kind, u8 size,
			     u32 len, u8 fill, bool syn)
{
	u8 *opt = at_end(room, len);
	struct mytcp_options got, want;

	/* What stands after the option is padding. */
	memset(opt, NOP, len);
	if (len > 2 && size > 2)
		memset(opt + 2, fill, min_t(u32, size, len) - 2);
	if (len > 1)
		opt[1] = size;
	opt[0] = kind;

	model_option(kind, size, len, fill, syn, &want);
	parse(opt, len, syn, &got);
	expect_options(test, &got, &want, "kind %u size %u in %u octets, SYN %d",
		       kind, size, len, syn);
}

/* Every kind with every length from 0 to 41, in every length from 1 to 40 of
 * options.
 * Shows: MUST-5, MUST-6, MUST-7, 7413-4.1.1-1, 7413-4.1.1-2
 */
static void wire_option_every_length(struct kunit *test)
{
	u8 *room = octets(test, MYTCP_OPTIONS_MAX);
	u32 kind, size, len;

	for (kind = 2; kind < 256; kind++)
		for (len = 1; len <= MYTCP_OPTIONS_MAX; len++)
			for (size = 0; size <= MYTCP_OPTIONS_MAX + 1; size++) {
				check_one_option(test, room, kind, size, len,
						 0x07, true);
				check_one_option(test, room, kind, size, len,
						 0x5a, false);
			}
}

/* Shows: MUST-7. */
static void wire_option_length_beyond(struct kunit *test)
{
	u8 *room = octets(test, MYTCP_OPTIONS_MAX);
	u32 kind, size;

	for (kind = 2; kind < 256; kind++)
		for (size = MYTCP_OPTIONS_MAX + 1; size < 256; size++)
			check_one_option(test, room, kind, size,
					 MYTCP_OPTIONS_MAX, 0xff, true);
}

/*
 * EOL ends the options, NOP is skipped; both have no length octet.
 * Shows: MUST-4, MUST-64
 */
static void wire_option_eol_nop(struct kunit *test)
{
	static const struct mytcp_options none;
	static const struct mytcp_options mss = { .mss = 1460 };
	u8 *room = octets(test, MYTCP_OPTIONS_MAX);
	struct mytcp_options o;
	u32 len, at;

	for (len = 0; len <= MYTCP_OPTIONS_MAX; len++) {
		u8 *opt = at_end(room, len);

		memset(opt, NOP, len);
		parse(opt, len, true, &o);
		expect_options(test, &o, &none, "NOP only");

		for (at = 0; at + 4 <= len; at++) {
			static const u8 bytes[] = { MSS, 4, 0x05, 0xb4 };

			memset(opt, NOP, len);
			memcpy(opt + at, bytes, 4);
			parse(opt, len, true, &o);
			expect_options(test, &o, &mss, "MSS between NOP");
			if (!at)
				continue;
			opt[at - 1] = EOL;
			parse(opt, len, true, &o);
			expect_options(test, &o, &none, "MSS after EOL");
		}
		if (!len)
			continue;
		/* Noise after EOL is nobody's business. */
		memset(opt, 0xff, len);
		opt[0] = EOL;
		parse(opt, len, true, &o);
		expect_options(test, &o, &none, "noise after EOL");
	}
}

/* RFC 7323 section 2.3: all 256 shifts. Shows: 7323-2.3-5. */
static void wire_option_wscale_limit(struct kunit *test)
{
	struct mytcp_options o;
	u8 opt[3] = { WSCALE, 3 };
	u32 shift;

	for (shift = 0; shift < 256; shift++) {
		opt[2] = shift;
		parse(opt, sizeof(opt), true, &o);
		KUNIT_ASSERT_TRUE(test, o.has_wscale);
		KUNIT_ASSERT_EQ(test, o.wscale, min(shift, 14U));
	}
}

/* All 65536 sizes; 0 is as good as none. */
static void wire_option_mss_values(struct kunit *test)
{
	struct mytcp_options o;
	u8 opt[4] = { MSS, 4 };
	u32 mss;

	for (mss = 0; mss < 65536; mss++) {
		opt[2] = mss >> 8;
		opt[3] = mss;
		parse(opt, sizeof(opt), true, &o);
		KUNIT_ASSERT_EQ(test, o.mss, mss);
		KUNIT_ASSERT_FALSE(test, o.malformed);
	}
}

/* Several options */

/* The last of two counts, as in Linux. */
static void wire_options_twice(struct kunit *test)
{
	static const u8 bytes[] = {
		MSS, 4, 0x01, 0x00, WSCALE, 3, 2,
		TS, 10, 0, 0, 0, 1, 0, 0, 0, 2,
		MSS, 4, 0x05, 0xb4, WSCALE, 3, 7,
		TS, 10, 0, 0, 0, 3, 0, 0, 0, 4,
		/* says nothing, so the one before it holds */
		MSS, 4, 0, 0,
	};
	static const struct mytcp_options want = {
		.mss = 1460, .has_wscale = true, .wscale = 7,
		.has_ts = true, .ts_val = 3, .ts_ecr = 4,
	};
	struct mytcp_options o;

	parse(bytes, sizeof(bytes), true, &o);
	expect_options(test, &o, &want, "options twice");
}

/* Two SACK options: the second, not both together. */
static void wire_options_sack_twice(struct kunit *test)
{
	static const u8 bytes[] = {
		SACK, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4,
		SACK, 10, 0, 0, 0, 5, 0, 0, 0, 6,
	};
	static const struct mytcp_options want = {
		.nr_sacks = 1, .sacks = { { 5, 6 } },
	};
	struct mytcp_options o;

	parse(bytes, sizeof(bytes), false, &o);
	expect_options(test, &o, &want, "SACK twice");
}

/* More octets than a header has room for cannot come, and would do no harm. */
static void wire_options_sack_too_many(struct kunit *test)
{
	struct mytcp_options o;
	u8 *opt = octets(test, 82);
	int i;

	memset(opt, 0, 82);
	opt[0] = SACK;
	opt[1] = 82;
	for (i = 0; i < 20; i++)
		opt[2 + 4 * i + 3] = i;
	parse(opt, 82, false, &o);
	KUNIT_EXPECT_EQ(test, o.nr_sacks, MYTCP_SACK_BLOCKS);
	for (i = 0; i < MYTCP_SACK_BLOCKS; i++) {
		KUNIT_EXPECT_EQ(test, o.sacks[i].start, 2 * i);
		KUNIT_EXPECT_EQ(test, o.sacks[i].end, 2 * i + 1);
	}
}

/* What stood before an illegal length counts, what stands after it
 * cannot be found.
 * Shows: MUST-6, MUST-7
 */
static void wire_options_before_malformed(struct kunit *test)
{
	static const u8 bad[] = { 0, 1, 30, 255 };
	struct mytcp_options want = {
		.mss = 1460, .sack_ok = true, .malformed = true,
	};
	u8 bytes[] = { MSS, 4, 0x05, 0xb4, SACK_OK, 2, 77, 0, WSCALE, 3, 7 };
	struct mytcp_options o;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		bytes[7] = bad[i];
		parse(bytes, sizeof(bytes), true, &o);
		expect_options(test, &o, &want, "before an illegal length");
	}
	/* A last octet that is a kind without its length. */
	parse(bytes, 7, true, &o);
	expect_options(test, &o, &want, "before a missing length");

	/* With a legal length an unknown option is stepped over. */
	bytes[7] = 2;
	want.malformed = false;
	want.has_wscale = true;
	want.wscale = 7;
	parse(bytes, sizeof(bytes), true, &o);
	expect_options(test, &o, &want, "around an unknown option");
}

/* A known option of another size than its own is stepped over too. */
static void wire_options_around_wrong_size(struct kunit *test)
{
	static const u8 bytes[] = {
		TS, 9, 1, 2, 3, 4, 5, 6, 7, MSS, 4, 0x05, 0xb4,
		SACK_OK, 3, 0, WSCALE, 4, 1, 1, MSS, 3, 9, SACK, 2,
		SACK, 9, 1, 2, 3, 4, 5, 6, 7, WSCALE, 3, 5,
	};
	static const struct mytcp_options want = {
		.mss = 1460, .has_wscale = true, .wscale = 5, .malformed = true,
	};
	struct mytcp_options o;

	parse(bytes, sizeof(bytes), true, &o);
	expect_options(test, &o, &want, "around wrong sizes");
}

/* RFC 9293 section 3.7.1, RFC 7323 section 2.2, RFC 2018 section 2: what is
 * said on a SYN means nothing on another segment.
 * Shows: 7323-2.2-2
 */
static void wire_options_syn_only(struct kunit *test)
{
	static const u8 bytes[] = {
		MSS, 4, 0x05, 0xb4, SACK_OK, 2, WSCALE, 3, 7,
		SACK, 10, 0, 0, 0, 1, 0, 0, 0, 2,
	};
	static const struct mytcp_options on_syn = {
		.mss = 1460, .sack_ok = true, .has_wscale = true, .wscale = 7,
	};
	static const struct mytcp_options on_others = {
		.nr_sacks = 1, .sacks = { { 1, 2 } },
	};
	struct mytcp_options o;

	parse(bytes, sizeof(bytes), true, &o);
	expect_options(test, &o, &on_syn, "on a SYN");
	parse(bytes, sizeof(bytes), false, &o);
	expect_options(test, &o, &on_others, "not on a SYN");
}

/* Building */

/* Build at every alignment with guards around; returns the octets written. */
static u32 build(struct kunit *test, u8 *out, const struct mytcp_options *o,
		 bool syn)
{
	u8 room[4 + MYTCP_OPTIONS_MAX + 4];
	u32 size = mytcp_options_size(o, syn);
	u32 off, i;

	KUNIT_ASSERT_LE(test, size, MYTCP_OPTIONS_MAX);
	KUNIT_ASSERT_EQ(test, size % 4, 0);
	for (off = 1; off <= 4; off++) {
		memset(room, 0xee, sizeof(room));
		KUNIT_ASSERT_EQ(test, size,
				mytcp_options_build(room + off, o, syn));
		for (i = 0; i < sizeof(room); i++)
			if (i < off || i >= off + size)
				KUNIT_ASSERT_EQ(test, room[i], 0xee);
	}
	memcpy(out, room + 4, size);
	return size;
}

static void expect_bytes(struct kunit *test, const struct mytcp_options *o,
			 bool syn, const u8 *want, u32 size)
{
	u8 got[MYTCP_OPTIONS_MAX];
	u32 i;

	KUNIT_ASSERT_EQ(test, build(test, got, o, syn), size);
	for (i = 0; i < size; i++)
		KUNIT_ASSERT_EQ_MSG(test, got[i], want[i], "octet %u", i);
}

/* What tcpdump shows of a Linux client's SYN. Shows: MUST-68, MUST-69. */
static void wire_build_syn(struct kunit *test)
{
	static const u8 want[] = {
		MSS, 4, 0x05, 0xb4,
		SACK_OK, 2, TS, 10, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0,
		NOP, WSCALE, 3, 7,
	};
	static const struct mytcp_options o = {
		.mss = 1460, .sack_ok = true, .has_ts = true,
		.ts_val = 0x11223344, .has_wscale = true, .wscale = 7,
	};

	expect_bytes(test, &o, true, want, sizeof(want));
}

/* Shows: MUST-68, MUST-69. */
static void wire_build_syn_without_ts(struct kunit *test)
{
	static const u8 want[] = {
		MSS, 4, 0x05, 0xb4, NOP, NOP, SACK_OK, 2, NOP, WSCALE, 3, 0,
	};
	static const struct mytcp_options o = {
		.mss = 1460, .sack_ok = true, .has_wscale = true,
	};

	expect_bytes(test, &o, true, want, sizeof(want));
}

static const struct mytcp_options full_syn = {
	.mss = 1460, .sack_ok = true, .has_ts = true, .has_wscale = true,
	.wscale = 7,
};

/* RFC 7413 section 4.1.1: an empty cookie asks for one. Shows: 7413-4.1.1-1. */
static void wire_build_cookie_request(struct kunit *test)
{
	static const u8 want[] = { MSS, 4, 0x05, 0xb4, FASTOPEN, 2, NOP, NOP };
	static const struct mytcp_options o = { .mss = 1460, .has_cookie = true };

	expect_bytes(test, &o, true, want, sizeof(want));
}

/* Shows: 7413-4.1.1-1. */
static void wire_build_cookie(struct kunit *test)
{
	static const u8 want[] = {
		FASTOPEN, 10, 1, 2, 3, 4, 5, 6, 7, 8, NOP, NOP,
	};
	static const struct mytcp_options o = {
		.has_cookie = true,
		.cookie = { .len = 8, .val = { 1, 2, 3, 4, 5, 6, 7, 8 } },
	};

	expect_bytes(test, &o, true, want, sizeof(want));
}

/* RFC 6994: before RFC 7413 it was experiment 0xF989 of kind 254. */
static void wire_build_cookie_experimental(struct kunit *test)
{
	static const u8 want[] = {
		EXPERIMENT, 10, 0xf9, 0x89, 1, 2, 3, 4, 5, 6, NOP, NOP,
	};
	static const struct mytcp_options o = {
		.has_cookie = true,
		.cookie = { .exp = true, .len = 6, .val = { 1, 2, 3, 4, 5, 6 } },
	};

	expect_bytes(test, &o, true, want, sizeof(want));
}

/* Every length in both forms, beside all that a SYN has: there is room. */
static void wire_cookie_round_trip(struct kunit *test)
{
	struct mytcp_options o = full_syn, got;
	u8 bytes[MYTCP_OPTIONS_MAX];
	u32 size, form;
	u8 len;

	o.has_cookie = true;
	memset(o.cookie.val, 0xa5, sizeof(o.cookie.val));
	for (len = 0; len <= MYTCP_FASTOPEN_COOKIE_MAX; len += len ? 2 : 4) {
		o.cookie.len = len;
		for (form = 0; form < 2; form++) {
			o.cookie.exp = form;
			size = build(test, bytes, &o, true);
			KUNIT_ASSERT_LE(test, size, MYTCP_OPTIONS_MAX);
			parse(bytes, size, true, &got);
			expect_options(test, &got, &o, form ? "exp" : "cookie");
		}
	}
}

/* Other experiments are none of ours, and too short to tell are all the same. */
static void wire_option_other_experiment(struct kunit *test)
{
	static const u8 other[] = { EXPERIMENT, 6, 0xf9, 0x88, 1, 2, NOP, NOP };
	static const u8 brief[] = { EXPERIMENT, 3, 0xf9, NOP };
	static const u8 wrong[] = { EXPERIMENT, 6, 0xf9, 0x89, 1, 2, NOP, NOP };
	struct mytcp_options o;

	parse(other, sizeof(other), true, &o);
	KUNIT_EXPECT_FALSE(test, o.has_cookie || o.malformed);
	parse(brief, sizeof(brief), true, &o);
	KUNIT_EXPECT_FALSE(test, o.has_cookie || o.malformed);
	/* Two octets are no cookie. */
	parse(wrong, sizeof(wrong), true, &o);
	KUNIT_EXPECT_FALSE(test, o.has_cookie);
	KUNIT_EXPECT_TRUE(test, o.malformed);
}

/*
 * Timestamps leave room for three blocks; the fourth, the oldest, is left out.
 * Shows: 2018-4-5
 */
static void wire_build_sacks_that_fit(struct kunit *test)
{
	static const u8 want[] = {
		NOP, NOP, TS, 10, 0, 0, 0, 1, 0, 0, 0, 2,
		NOP, NOP, SACK, 26,
		0, 0, 0, 10, 0, 0, 0, 11, 0, 0, 0, 20, 0, 0, 0, 21,
		0, 0, 0, 30, 0, 0, 0, 31,
	};
	struct mytcp_options o = {
		.has_ts = true, .ts_val = 1, .ts_ecr = 2, .nr_sacks = 4,
		.sacks = { { 10, 11 }, { 20, 21 }, { 30, 31 }, { 40, 41 } },
	};

	expect_bytes(test, &o, false, want, sizeof(want));
	o.has_ts = false;
	KUNIT_EXPECT_EQ(test, mytcp_options_size(&o, false), 36);
}

/* Shows: MUST-65, 2018-2-1. */
static void wire_build_nothing(struct kunit *test)
{
	static const struct mytcp_options none;
	/* None of this belongs on a segment that is not a SYN. */
	static const struct mytcp_options of_syn = {
		.mss = 1460, .sack_ok = true, .has_wscale = true, .wscale = 7,
	};
	/* Nor this on a SYN. */
	static const struct mytcp_options of_others = {
		.nr_sacks = 1, .sacks = { { 1, 2 } },
	};

	expect_bytes(test, &none, true, NULL, 0);
	expect_bytes(test, &none, false, NULL, 0);
	expect_bytes(test, &of_others, true, NULL, 0);
	expect_bytes(test, &of_syn, false, NULL, 0);
}

/* What should come back of @o: the part that belongs on such a segment. */
static void survives(struct mytcp_options *o, bool syn)
{
	if (syn) {
		o->nr_sacks = 0;
	} else {
		o->mss = 0;
		o->wscale = 0;
		o->has_wscale = false;
		o->sack_ok = false;
		o->nr_sacks = min_t(u8, o->nr_sacks, o->has_ts ? 3 : 4);
	}
}

static void check_round_trip(struct kunit *test, struct mytcp_options *o,
			     bool syn)
{
	u8 *opt = octets(test, MYTCP_OPTIONS_MAX);
	struct mytcp_options got;
	u8 bytes[MYTCP_OPTIONS_MAX];
	char what[80];
	u32 size;

	size = build(test, bytes, o, syn);
	memcpy(at_end(opt, size), bytes, size);
	parse(at_end(opt, size), size, syn, &got);
	snprintf(what, sizeof(what), "SYN %d MSS %u WS %d/%u SACKOK %d TS %d n %u",
		 syn, o->mss, o->has_wscale, o->wscale, o->sack_ok, o->has_ts,
		 o->nr_sacks);
	survives(o, syn);
	expect_options(test, &got, o, "%s", what);
	kunit_kfree(test, opt);
}

/* Bits of @combination: 1 SACK-permitted, 2 timestamps, 4 SYN. */
static void round_trips_with(struct kunit *test, u16 mss, int shift,
			     u32 combination)
{
	int n, i;

	for (n = 0; n <= MYTCP_SACK_BLOCKS; n++) {
		struct mytcp_options o = {
			.mss = mss,
			.has_wscale = shift >= 0,
			.wscale = max(shift, 0),
			.sack_ok = combination & 1,
			.nr_sacks = n,
		};

		if (combination & 2) {
			o.has_ts = true;
			o.ts_val = 0xfedcba98;
			o.ts_ecr = 0x76543210;
		}
		for (i = 0; i < n; i++) {
			o.sacks[i].start = 0xfffffff0 + 0x10 * i;
			o.sacks[i].end = 0xfffffff8 + 0x10 * i;
		}
		check_round_trip(test, &o, combination & 4);
	}
}

/* All combinations of options, on a SYN and on other segments. */
static void wire_round_trip_all(struct kunit *test)
{
	static const u16 sizes[] = { 0, 1, 536, 1460, 8960, 65535 };
	u32 combination;
	int m, shift;

	for (m = 0; m < ARRAY_SIZE(sizes); m++)
		for (shift = -1; shift <= MYTCP_WSCALE_MAX; shift++)
			for (combination = 0; combination < 8; combination++)
				round_trips_with(test, sizes[m], shift,
						 combination);
}

/* Noise */

/* Whatever comes: nothing is read that is not there, no field leaves its range,
 * and what was understood can be said again.
 */
static void check_noise(struct kunit *test, const u8 *opt, u32 len, bool syn)
{
	u8 bytes[MYTCP_OPTIONS_MAX];
	struct mytcp_options o, again;
	u32 size;

	parse(opt, len, syn, &o);
	KUNIT_ASSERT_LE(test, o.nr_sacks, MYTCP_SACK_BLOCKS);
	KUNIT_ASSERT_LE(test, o.wscale, MYTCP_WSCALE_MAX);
	KUNIT_ASSERT_TRUE(test, o.has_wscale || !o.wscale);
	KUNIT_ASSERT_TRUE(test, o.has_ts || (!o.ts_val && !o.ts_ecr));
	if (syn)
		KUNIT_ASSERT_EQ(test, o.nr_sacks, 0);
	else
		KUNIT_ASSERT_FALSE(test, o.mss || o.has_wscale || o.sack_ok);

	size = build(test, bytes, &o, syn);
	parse(bytes, size, syn, &again);
	o.malformed = false;
	expect_options(test, &again, &o, "noise, built again");
}

static void noise_octets(struct rnd_state *rnd, u8 *opt, u32 len)
{
	/* Kinds and lengths that mean something, more often than by chance. */
	static const u8 likely[] = { EOL, NOP, MSS, WSCALE, SACK_OK, SACK, TS,
				     2, 3, 4, 10, 18, 26, 34,
				     EXPERIMENT, 0xf9, 0x89 };
	u32 i;

	for (i = 0; i < len; i++) {
		u32 r = prandom_u32_state(rnd);

		if (r & 0x100)
			opt[i] = r;
		else
			opt[i] = likely[(r >> 16) % ARRAY_SIZE(likely)];
	}
}

static void wire_noise(struct kunit *test)
{
	u8 *room = octets(test, MYTCP_OPTIONS_MAX);
	const u64 seed = 9293;
	struct rnd_state rnd;
	u32 n;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (n = 0; n < 200000; n++) {
		u32 len = prandom_u32_state(&rnd) % (MYTCP_OPTIONS_MAX + 1);
		u8 *opt = at_end(room, len);

		noise_octets(&rnd, opt, len);
		check_noise(test, opt, len, n & 1);
	}
}

/* Nothing is left to chance in so few octets: no option but a shift fits. */
static void wire_noise_three_octets(struct kunit *test)
{
	static const u8 last[] = { EOL, NOP, 2, 3, 14, 15, 255 };
	u8 *opt = octets(test, 3);
	struct mytcp_options o;
	u32 n, i;

	for (n = 0; n < 1 << 16; n++)
		for (i = 0; i < ARRAY_SIZE(last); i++) {
			opt[0] = n >> 8;
			opt[1] = n;
			opt[2] = last[i];
			parse(opt, 3, true, &o);
			KUNIT_ASSERT_TRUE(test, !o.mss && !o.has_ts);
			KUNIT_ASSERT_EQ(test, o.nr_sacks, 0);
			KUNIT_ASSERT_EQ(test, o.has_wscale,
					opt[0] == WSCALE && opt[1] == 3);
			KUNIT_ASSERT_LE(test, o.wscale, MYTCP_WSCALE_MAX);
		}
}

/* The fast path, RFC 7323 appendix A */

static const u8 ts_only[12] = {
	NOP, NOP, TS, 10, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
};

static void wire_ts_fast(struct kunit *test)
{
	static const struct mytcp_options want = {
		.has_ts = true, .ts_val = 0xfedcba98, .ts_ecr = 0x76543210,
	};
	u8 *room = octets(test, sizeof(ts_only) + 3);
	struct mytcp_options o;
	int off;

	for (off = 0; off <= 3; off++) {
		memcpy(room + off, ts_only, sizeof(ts_only));
		memset(&o, 0xa5, sizeof(o));
		KUNIT_ASSERT_TRUE(test, mytcp_options_ts_fast(room + off, 12,
							      &o));
		expect_options(test, &o, &want, "fast");
		parse(room + off, 12, false, &o);
		expect_options(test, &o, &want, "slow");
	}
}

/* Any other layout is the slow path's, with nothing written before that. */
static void wire_ts_fast_declines(struct kunit *test)
{
	u8 *room = octets(test, MYTCP_OPTIONS_MAX);
	struct mytcp_options o, before;
	u32 len, bit;

	memset(&before, 0xa5, sizeof(before));
	o = before;
	for (len = 0; len <= MYTCP_OPTIONS_MAX; len++) {
		u8 *opt = at_end(room, len);

		memset(opt, EOL, len);
		memcpy(opt, ts_only, min_t(u32, len, sizeof(ts_only)));
		if (len != sizeof(ts_only))
			KUNIT_ASSERT_FALSE(test,
					   mytcp_options_ts_fast(opt, len, &o));
	}
	for (bit = 0; bit < 32; bit++) {
		u8 *opt = at_end(room, sizeof(ts_only));

		memcpy(opt, ts_only, sizeof(ts_only));
		opt[bit / 8] ^= BIT(bit % 8);
		KUNIT_ASSERT_FALSE(test, mytcp_options_ts_fast(opt, 12, &o));
	}
	KUNIT_EXPECT_EQ(test, memcmp(&o, &before, sizeof(o)), 0);
}

static void wire_ts_fast_noise(struct kunit *test)
{
	const u64 seed = 7323;
	struct mytcp_options fast, slow;
	struct rnd_state rnd;
	u32 n, taken = 0;
	u8 opt[12];

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (n = 0; n < 50000; n++) {
		noise_octets(&rnd, opt, sizeof(opt));
		if (n % 4)
			memcpy(opt, ts_only, n % 4 + 1);
		if (!mytcp_options_ts_fast(opt, sizeof(opt), &fast))
			continue;
		taken++;
		parse(opt, sizeof(opt), n & 4, &slow);
		expect_options(test, &fast, &slow, "fast and slow");
	}
	KUNIT_EXPECT_GT(test, taken, 10000);
}

static struct kunit_case wire_cases[] = {
	KUNIT_CASE(wire_header_fields),
	KUNIT_CASE(wire_header_lengths),
	KUNIT_CASE(wire_header_flags),
	KUNIT_CASE(wire_option_every_length),
	KUNIT_CASE(wire_option_length_beyond),
	KUNIT_CASE(wire_option_eol_nop),
	KUNIT_CASE(wire_option_wscale_limit),
	KUNIT_CASE(wire_option_mss_values),
	KUNIT_CASE(wire_options_twice),
	KUNIT_CASE(wire_options_sack_twice),
	KUNIT_CASE(wire_options_sack_too_many),
	KUNIT_CASE(wire_options_before_malformed),
	KUNIT_CASE(wire_options_around_wrong_size),
	KUNIT_CASE(wire_options_syn_only),
	KUNIT_CASE(wire_build_syn),
	KUNIT_CASE(wire_build_syn_without_ts),
	KUNIT_CASE(wire_build_cookie_request),
	KUNIT_CASE(wire_build_cookie),
	KUNIT_CASE(wire_build_cookie_experimental),
	KUNIT_CASE(wire_cookie_round_trip),
	KUNIT_CASE(wire_option_other_experiment),
	KUNIT_CASE(wire_build_sacks_that_fit),
	KUNIT_CASE(wire_build_nothing),
	KUNIT_CASE(wire_round_trip_all),
	KUNIT_CASE(wire_noise),
	KUNIT_CASE(wire_noise_three_octets),
	KUNIT_CASE(wire_ts_fast),
	KUNIT_CASE(wire_ts_fast_declines),
	KUNIT_CASE(wire_ts_fast_noise),
	{}
};

static struct kunit_suite wire_suite = {
	.name = "mytcp-wire",
	.test_cases = wire_cases,
};

kunit_test_suite(wire_suite);
