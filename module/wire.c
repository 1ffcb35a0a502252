// SPDX-License-Identifier: GPL-2.0
/*
 * The header and the options on the wire: see wire.h.
 */
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "compat.h"
#include "wire.h"

/* RFC 9293 section 3.1, figure 1: where things are in a header. */
#define HDR_SEQ		4
#define HDR_ACK		8
#define HDR_DOFF	12
#define HDR_FLAGS	13
#define HDR_WND		14
#define HDR_URG		18

/* RFC 9293 section 3.2, table 1. */
#define OPT_EOL		0
#define OPT_NOP		1
#define OPT_MSS		2
#define OPT_MSS_LEN	4

/* RFC 7323 sections 2.2 and 3.2. */
#define OPT_WSCALE	3
#define OPT_WSCALE_LEN	3
#define OPT_TS		8
#define OPT_TS_LEN	10

/* RFC 2018 sections 2 and 3. */
#define OPT_SACK_OK	4
#define OPT_SACK_OK_LEN	2
#define OPT_SACK	5
#define OPT_SACK_BASE	2
#define OPT_SACK_BLOCK	8

/* RFC 7413 section 4.1.1; before it, RFC 6994's experiment 0xF989 of kind 254. */
#define OPT_FASTOPEN		34
#define OPT_FASTOPEN_BASE	2
#define OPT_EXPERIMENT		254
#define OPT_EXPERIMENT_BASE	4
#define OPT_EXPERIMENT_FASTOPEN	0xf989

/* Octets with padding, as mytcp_options_build() lays them out. */
#define ROOM_MSS	4
#define ROOM_SACK_OK	4
#define ROOM_TS		12
#define ROOM_WSCALE	4
#define ROOM_SACK_BASE	4

/* Four octets as one big-endian word. */
#define WORD(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))

int mytcp_wire_parse(const void *hdr, u32 avail, u32 total,
		     struct mytcp_segment *seg)
{
	const u8 *p = hdr;

	if (avail < MYTCP_HDR_LEN || total < MYTCP_HDR_LEN)
		return -EINVAL;

	/* The data offset counts words of four octets. */
	seg->hdr_len = (p[HDR_DOFF] >> 4) * 4;
	if (seg->hdr_len < MYTCP_HDR_LEN || seg->hdr_len > total)
		return -EINVAL;

	seg->seq = get_unaligned_be32(p + HDR_SEQ);
	seg->ack = get_unaligned_be32(p + HDR_ACK);
	seg->wnd = get_unaligned_be16(p + HDR_WND);
	seg->urg = get_unaligned_be16(p + HDR_URG);
	seg->flags = p[HDR_FLAGS];
	seg->reserved = p[HDR_DOFF] & 0xf;
	seg->len = total - seg->hdr_len;
	return 0;
}

/*
 * All absent. The blocks need no clearing, @nr_sacks says how many there are; nor does
 * the cookie behind them.
 */
static void options_clear(struct mytcp_options *o)
{
	memset(o, 0, offsetof(struct mytcp_options, sacks));
}

static bool parse_mss(const u8 *body, u32 size, bool syn,
		      struct mytcp_options *o)
{
	u16 mss;

	if (size != OPT_MSS_LEN)
		return false;
	/* RFC 9293 section 3.7.1 (MUST-65): on a SYN only. 0 says nothing. */
	mss = get_unaligned_be16(body);
	if (syn && mss)
		o->mss = mss;
	return true;
}

/* Rules: 7323-2.2-2, 7323-2.3-5. */
static bool parse_wscale(const u8 *body, u32 size, bool syn,
			 struct mytcp_options *o)
{
	if (size != OPT_WSCALE_LEN)
		return false;
	if (syn) {
		o->wscale = min_t(u8, body[0], MYTCP_WSCALE_MAX);
		o->has_wscale = true;
	}
	return true;
}

static bool parse_sack_ok(u32 size, bool syn, struct mytcp_options *o)
{
	if (size != OPT_SACK_OK_LEN)
		return false;
	if (syn)
		o->sack_ok = true;
	return true;
}

static bool parse_ts(const u8 *body, u32 size, struct mytcp_options *o)
{
	if (size != OPT_TS_LEN)
		return false;
	o->ts_val = get_unaligned_be32(body);
	o->ts_ecr = get_unaligned_be32(body + 4);
	o->has_ts = true;
	return true;
}

static bool parse_sacks(const u8 *body, u32 size, bool syn,
			struct mytcp_options *o)
{
	u32 i, n = (size - OPT_SACK_BASE) / OPT_SACK_BLOCK;

	if (!n || size != OPT_SACK_BASE + n * OPT_SACK_BLOCK)
		return false;
	/* RFC 2018 section 4: a SYN acknowledges no data out of order. */
	if (syn)
		return true;
	n = min_t(u32, n, MYTCP_SACK_BLOCKS);
	for (i = 0; i < n; i++, body += OPT_SACK_BLOCK) {
		o->sacks[i].start = get_unaligned_be32(body);
		o->sacks[i].end = get_unaligned_be32(body + 4);
	}
	o->nr_sacks = n;
	return true;
}

/* "base" octets stand before the cookie. */
static bool parse_cookie(const u8 *opt, u32 size, u32 base, bool syn,
			 struct mytcp_options *o)
{
	u32 len = size - base;

	if (len % 2 || len > MYTCP_FASTOPEN_COOKIE_MAX ||
	    (len && len < MYTCP_FASTOPEN_COOKIE_MIN))
		return false;
	if (!syn)
		return true;
	o->has_cookie = true;
	o->cookie.exp = base == OPT_EXPERIMENT_BASE;
	o->cookie.len = len;
	memcpy(o->cookie.val, opt + base, len);
	return true;
}

static bool is_fastopen_experiment(const u8 *opt, u32 size)
{
	return size >= OPT_EXPERIMENT_BASE &&
	       get_unaligned_be16(opt + 2) == OPT_EXPERIMENT_FASTOPEN;
}

/* One option of @size octets, kind and length included.
 * False: its size is not the one that its kind has.
 */
static bool parse_one(const u8 *opt, u32 size, bool syn,
		      struct mytcp_options *o)
{
	const u8 *body = opt + 2;

	switch (opt[0]) {
	case OPT_MSS:
		return parse_mss(body, size, syn, o);
	case OPT_WSCALE:
		return parse_wscale(body, size, syn, o);
	case OPT_SACK_OK:
		return parse_sack_ok(size, syn, o);
	case OPT_TS:
		return parse_ts(body, size, o);
	case OPT_SACK:
		return parse_sacks(body, size, syn, o);
	case OPT_FASTOPEN:
		return parse_cookie(opt, size, OPT_FASTOPEN_BASE, syn, o);
	case OPT_EXPERIMENT:
		return !is_fastopen_experiment(opt, size) ||
		       parse_cookie(opt, size, OPT_EXPERIMENT_BASE, syn, o);
	default:
		/* MUST-6: what is not known is skipped. */
		return true;
	}
}

void mytcp_options_parse(const u8 *opt, u32 len, bool syn,
			 struct mytcp_options *o)
{
	options_clear(o);

	while (len) {
		u32 size;

		if (opt[0] == OPT_EOL)
			return;
		if (opt[0] == OPT_NOP) {
			opt++;
			len--;
			continue;
		}
		/* MUST-7: a length that is missing, less than itself, or beyond
		 * the header. What follows cannot be told from noise.
		 */
		if (len < 2 || opt[1] < 2 || opt[1] > len) {
			o->malformed = true;
			return;
		}
		size = opt[1];
		if (!parse_one(opt, size, syn, o))
			o->malformed = true;
		opt += size;
		len -= size;
	}
}

bool mytcp_options_ts_fast(const u8 *opt, u32 len, struct mytcp_options *o)
{
	if (len != ROOM_TS ||
	    get_unaligned_be32(opt) != WORD(OPT_NOP, OPT_NOP, OPT_TS,
					    OPT_TS_LEN))
		return false;

	options_clear(o);
	o->ts_val = get_unaligned_be32(opt + 4);
	o->ts_ecr = get_unaligned_be32(opt + 8);
	o->has_ts = true;
	return true;
}

/* How many SACK blocks fit beside @used octets of other options. */
static u32 sacks_that_fit(const struct mytcp_options *o, bool syn, u32 used)
{
	u32 room = MYTCP_OPTIONS_MAX - ROOM_SACK_BASE - used;

	return syn ? 0 : min_t(u32, o->nr_sacks, room / OPT_SACK_BLOCK);
}

static u32 cookie_base(const struct mytcp_fastopen_cookie *cookie)
{
	return cookie->exp ? OPT_EXPERIMENT_BASE : OPT_FASTOPEN_BASE;
}

u32 mytcp_options_size(const struct mytcp_options *o, bool syn)
{
	u32 n, size = 0;

	if (o->has_ts)
		size += ROOM_TS;
	if (syn) {
		if (o->mss)
			size += ROOM_MSS;
		/* With timestamps it stands where their padding would. */
		if (o->sack_ok && !o->has_ts)
			size += ROOM_SACK_OK;
		if (o->has_wscale)
			size += ROOM_WSCALE;
		if (o->has_cookie)
			size += round_up(cookie_base(&o->cookie) + o->cookie.len, 4);
	}
	n = sacks_that_fit(o, syn, size);
	if (n)
		size += ROOM_SACK_BASE + n * OPT_SACK_BLOCK;
	return size;
}

static u8 *build_word(u8 *p, u32 word)
{
	put_unaligned_be32(word, p);
	return p + 4;
}

static u8 *build_cookie(u8 *p, const struct mytcp_fastopen_cookie *cookie)
{
	u32 size = cookie_base(cookie) + cookie->len;

	if (cookie->exp) {
		p = build_word(p, WORD(OPT_EXPERIMENT, size,
				       OPT_EXPERIMENT_FASTOPEN >> 8,
				       OPT_EXPERIMENT_FASTOPEN & 0xff));
	} else {
		*p++ = OPT_FASTOPEN;
		*p++ = size;
	}
	memcpy(p, cookie->val, cookie->len);
	p += cookie->len;
	for (; size % 4; size++)
		*p++ = OPT_NOP;
	return p;
}

u32 mytcp_options_build(u8 *p, const struct mytcp_options *o, bool syn)
{
	const u8 *begin = p;
	bool sack_ok = syn && o->sack_ok;
	u32 i, n;

	if (syn && o->mss)
		p = build_word(p, WORD(OPT_MSS, OPT_MSS_LEN, 0, 0) | o->mss);

	if (o->has_ts) {
		p = build_word(p, sack_ok ?
			       WORD(OPT_SACK_OK, OPT_SACK_OK_LEN, OPT_TS,
				    OPT_TS_LEN) :
			       WORD(OPT_NOP, OPT_NOP, OPT_TS, OPT_TS_LEN));
		p = build_word(p, o->ts_val);
		p = build_word(p, o->ts_ecr);
	} else if (sack_ok) {
		p = build_word(p, WORD(OPT_NOP, OPT_NOP, OPT_SACK_OK,
				       OPT_SACK_OK_LEN));
	}

	if (syn && o->has_wscale)
		p = build_word(p, WORD(OPT_NOP, OPT_WSCALE, OPT_WSCALE_LEN,
				       o->wscale));

	n = sacks_that_fit(o, syn, p - begin);
	if (n) {
		p = build_word(p, WORD(OPT_NOP, OPT_NOP, OPT_SACK,
				       OPT_SACK_BASE + n * OPT_SACK_BLOCK));
		for (i = 0; i < n; i++) {
			p = build_word(p, o->sacks[i].start);
			p = build_word(p, o->sacks[i].end);
		}
	}
	if (syn && o->has_cookie)
		p = build_cookie(p, &o->cookie);
	return p - begin;
}
