// SPDX-License-Identifier: GPL-2.0
/*
 * Target "codec": the header and options on the wire (module/wire.h). The octets are
 * a segment; and they are options as numbers, to be written and read again.
 */
#include "../../module/wire.h"
#include "target.h"

/* As large as the segment, so that the sanitizer sees who reads beyond it. */
static u8 *codec_copy(const u8 *data, size_t size)
{
	u8 *copy = fuzz_malloc(size ?: 1);

	memcpy(copy, data, size);
	return copy;
}

static void codec_same_cookie(const struct mytcp_options *a, const struct mytcp_options *b)
{
	FUZZ_CHECK(a->has_cookie == b->has_cookie);
	if (!a->has_cookie)
		return;
	FUZZ_CHECK(a->cookie.len == b->cookie.len);
	FUZZ_CHECK(a->cookie.exp == b->cookie.exp);
	FUZZ_CHECK(!memcmp(a->cookie.val, b->cookie.val, a->cookie.len));
}

/* "sacks" of the blocks are told by both */
static void codec_same(const struct mytcp_options *a, const struct mytcp_options *b,
		       u8 sacks)
{
	FUZZ_CHECK(a->mss == b->mss);
	FUZZ_CHECK(a->has_wscale == b->has_wscale);
	FUZZ_CHECK(!a->has_wscale || a->wscale == b->wscale);
	FUZZ_CHECK(a->sack_ok == b->sack_ok);
	FUZZ_CHECK(a->has_ts == b->has_ts);
	FUZZ_CHECK(!a->has_ts || (a->ts_val == b->ts_val && a->ts_ecr == b->ts_ecr));
	FUZZ_CHECK(!memcmp(a->sacks, b->sacks, sacks * sizeof(a->sacks[0])));
	codec_same_cookie(a, b);
}

/* What the parser promises, whatever came */
static void codec_plausible(const struct mytcp_options *o, bool syn)
{
	FUZZ_CHECK(o->nr_sacks <= MYTCP_SACK_BLOCKS);
	FUZZ_CHECK(!o->has_wscale || o->wscale <= MYTCP_WSCALE_MAX);
	if (syn)
		FUZZ_CHECK(!o->nr_sacks);
	else
		FUZZ_CHECK(!o->mss && !o->has_wscale && !o->sack_ok && !o->has_cookie);
	if (o->has_cookie && o->cookie.len) {
		FUZZ_CHECK(o->cookie.len >= MYTCP_FASTOPEN_COOKIE_MIN);
		FUZZ_CHECK(o->cookie.len <= MYTCP_FASTOPEN_COOKIE_MAX);
		FUZZ_CHECK(!(o->cookie.len & 1));
	}
}

/* Options that there is room for are written, and read again as they were. */
static void codec_round_trip(const struct mytcp_options *o, bool syn)
{
	u32 size = mytcp_options_size(o, syn);
	struct mytcp_options again;
	u8 *room;

	FUZZ_CHECK(size <= MYTCP_OPTIONS_MAX && !(size % 4));
	room = fuzz_malloc(size ?: 1);
	FUZZ_CHECK(mytcp_options_build(room, o, syn) == size);
	mytcp_options_parse(room, size, syn, &again);
	FUZZ_CHECK(!again.malformed);
	codec_plausible(&again, syn);
	/* What does not fit is left out from the end, one block at least always fits */
	FUZZ_CHECK(again.nr_sacks <= o->nr_sacks);
	FUZZ_CHECK(!o->nr_sacks || again.nr_sacks);
	codec_same(o, &again, again.nr_sacks);
	fuzz_free(room);
}

static void codec_options(const u8 *options, u32 len, bool syn)
{
	struct mytcp_options o, fast;

	memset(&o, 0xa5, sizeof(o));
	mytcp_options_parse(options, len, syn, &o);
	codec_plausible(&o, syn);
	codec_round_trip(&o, syn);

	memset(&fast, 0x5a, sizeof(fast));
	if (mytcp_options_ts_fast(options, len, &fast)) {
		mytcp_options_parse(options, len, false, &o);
		FUZZ_CHECK(fast.nr_sacks == o.nr_sacks);
		FUZZ_CHECK(fast.malformed == o.malformed);
		codec_same(&fast, &o, o.nr_sacks);
	}
}

static void codec_segment(const u8 *data, size_t size)
{
	u8 *copy = codec_copy(data, size);
	struct mytcp_segment seg;

	if (!mytcp_wire_parse(copy, size, size, &seg)) {
		FUZZ_CHECK(seg.hdr_len >= MYTCP_HDR_LEN && seg.hdr_len <= MYTCP_HDR_LEN_MAX);
		FUZZ_CHECK(!(seg.hdr_len % 4) && seg.hdr_len <= size);
		FUZZ_CHECK(seg.hdr_len + seg.len == size);
		FUZZ_CHECK(seg.reserved < 16);
		codec_options(copy + MYTCP_HDR_LEN, seg.hdr_len - MYTCP_HDR_LEN,
			      seg.flags & MYTCP_FLAG_SYN);
	}
	fuzz_free(copy);
}

/* The octets are nothing but options, of any length. */
static void codec_raw_options(struct tape *t)
{
	bool syn = tape_u8(t) & 1;
	u32 len = min_t(size_t, t->left, MYTCP_OPTIONS_MAX);
	u8 *copy = codec_copy(t->at, len);

	codec_options(copy, len, syn);
	fuzz_free(copy);
}

/* Numbers as a connection would have them written, for a SYN or not */
static void codec_numbers(struct tape *t)
{
	struct mytcp_options o = { };
	u8 what = tape_u8(t);
	bool syn = what & 1;
	int i;

	o.has_ts = what & 2;
	o.ts_val = o.has_ts ? tape_u32(t) : 0;
	o.ts_ecr = o.has_ts ? tape_u32(t) : 0;
	if (!syn) {
		o.nr_sacks = tape_u8(t) % (MYTCP_SACK_BLOCKS + 1);
		for (i = 0; i < o.nr_sacks; i++) {
			o.sacks[i].start = tape_u32(t);
			o.sacks[i].end = tape_u32(t);
		}
	} else {
		o.mss = tape_u16(t);
		o.sack_ok = what & 4;
		o.has_wscale = what & 8;
		o.wscale = o.has_wscale ? tape_u8(t) % (MYTCP_WSCALE_MAX + 1) : 0;
		o.has_cookie = what & 16;
		o.cookie.exp = what & 32;
		o.cookie.len = what & 64 ? 0 : 4 + 2 * (tape_u8(t) % 7);
		for (i = 0; i < o.cookie.len; i++)
			o.cookie.val[i] = tape_u8(t);
	}
	codec_round_trip(&o, syn);
}

int fuzz_init(int *argc, char ***argv)
{
	return 0;
}

int fuzz_input(const u8 *data, size_t size)
{
	struct tape t = { data, size };

	switch (tape_u8(&t) & 3) {
	case 0:
		codec_raw_options(&t);
		break;
	case 1:
		codec_numbers(&t);
		break;
	default:
		codec_segment(t.at, t.left);
		break;
	}
	return 0;
}
