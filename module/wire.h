/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The header and the options on the wire, RFC 9293 sections 3.1 and 3.2,
 * RFC 7323 (window scale, timestamps), RFC 2018 (SACK), RFC 7413 (Fast Open).
 *
 * A segment becomes numbers in host order here and nowhere else. What the
 * numbers mean is for the callers.
 */
#ifndef _MYTCP_WIRE_H
#define _MYTCP_WIRE_H

#include <linux/types.h>

/* RFC 9293 section 3.1: the header without options, and the most that a four
 * bit data offset can tell.
 */
#define MYTCP_HDR_LEN		20
#define MYTCP_HDR_LEN_MAX	60
#define MYTCP_OPTIONS_MAX	(MYTCP_HDR_LEN_MAX - MYTCP_HDR_LEN)

/* RFC 9293 section 3.1: control bits, as in octet 13 of the header. */
#define MYTCP_FLAG_FIN		0x01
#define MYTCP_FLAG_SYN		0x02
#define MYTCP_FLAG_RST		0x04
#define MYTCP_FLAG_PSH		0x08
#define MYTCP_FLAG_ACK		0x10
#define MYTCP_FLAG_URG		0x20
#define MYTCP_FLAG_ECE		0x40
#define MYTCP_FLAG_CWR		0x80

/* RFC 7323 section 2.3: a larger shift is to be taken as this one. */
#define MYTCP_WSCALE_MAX	14

/* RFC 2018 section 3: as many blocks as fit in 40 octets of options. */
#define MYTCP_SACK_BLOCKS	4

/**
 * struct mytcp_sack_block - a run of octets that the receiver holds
 * @start: first sequence number of the run
 * @end: sequence number right after the run
 */
struct mytcp_sack_block {
	u32 start;
	u32 end;
};

/* RFC 7413 section 4.1.1: octets of a cookie, an even number; 0 asks for one. */
#define MYTCP_FASTOPEN_COOKIE_MIN	4
#define MYTCP_FASTOPEN_COOKIE_MAX	16

/**
 * struct mytcp_fastopen_cookie - the Fast Open option
 * @len: octets of the cookie, MYTCP_FASTOPEN_COOKIE_MIN to _MAX, even; 0: a request
 * @exp: in the experimental form of before RFC 7413 (kind 254, RFC 6994)
 * @val: the cookie
 */
struct mytcp_fastopen_cookie {
	u8 len;
	bool exp;
	u8 val[MYTCP_FASTOPEN_COOKIE_MAX];
};

/**
 * struct mytcp_options - the options of one segment
 * @mss: maximum segment size in octets, SYN only; 0: absent
 * @wscale: window scale, 0 to 14; valid with @has_wscale
 * @has_wscale: window scale present, SYN only
 * @sack_ok: SACK-permitted present, SYN only
 * @has_ts: timestamps present
 * @nr_sacks: number of valid entries in @sacks, never on a SYN
 * @malformed: the parser met an option with an illegal length
 * @has_cookie: Fast Open present, SYN only
 * @ts_val: TSval; valid with @has_ts
 * @ts_ecr: TSecr; valid with @has_ts
 * @sacks: SACK blocks, as they came: nothing says that they make sense;
 *	entries from @nr_sacks on are undefined
 * @cookie: Fast Open's cookie; undefined without @has_cookie
 */
struct mytcp_options {
	u16 mss;
	u8 wscale;
	bool has_wscale;
	bool sack_ok;
	bool has_ts;
	u8 nr_sacks;
	bool malformed;
	bool has_cookie;
	u32 ts_val;
	u32 ts_ecr;
	struct mytcp_sack_block sacks[MYTCP_SACK_BLOCKS];
	struct mytcp_fastopen_cookie cookie;
};

/**
 * struct mytcp_segment - a received segment in host byte order
 * @seq: SEG.SEQ
 * @ack: SEG.ACK; means something with MYTCP_FLAG_ACK only
 * @wnd: SEG.WND as it is on the wire, not scaled
 * @urg: SEG.UP, offset from @seq; means something with MYTCP_FLAG_URG only
 * @flags: MYTCP_FLAG_*
 * @reserved: the four bits before @flags, of which the next use may tell
 * @hdr_len: octets of header with options, 20 to 60
 * @len: octets of payload
 * @opt: the options; filled by mytcp_options_parse() or
 *	mytcp_options_ts_fast(), not by mytcp_wire_parse()
 */
struct mytcp_segment {
	u32 seq;
	u32 ack;
	u16 wnd;
	u16 urg;
	u8 flags;
	u8 reserved;
	u8 hdr_len;
	u32 len;
	struct mytcp_options opt;
};

/**
 * mytcp_seg_len() - SEG.LEN of a segment
 * @s: the segment
 *
 * RFC 9293 section 3.4: SYN and FIN take a sequence number each.
 *
 * Return: octets of payload, plus one for SYN, plus one for FIN.
 */
static inline u32 mytcp_seg_len(const struct mytcp_segment *s)
{
	return s->len + !!(s->flags & MYTCP_FLAG_SYN) +
	       !!(s->flags & MYTCP_FLAG_FIN);
}

/**
 * mytcp_ts_older() - has a segment a timestamp that is older than the last?
 * @s: the segment, of a connection with timestamps
 * @ts_recent: TS.Recent
 *
 * RFC 7323 section 5.3, R1, for what lives too short for the exception of 5.5.
 *
 * Return: false when there is no timestamp.
 */
static inline bool mytcp_ts_older(const struct mytcp_segment *s, u32 ts_recent)
{
	return s->opt.has_ts && (s32)(s->opt.ts_val - ts_recent) < 0;
}

/**
 * mytcp_wire_parse() - read the fixed part of a header
 * @hdr: the header, aligned or not
 * @avail: octets that can be read at @hdr; fewer than 20 are too few
 * @total: octets of the whole segment, header and payload, as IP tells
 * @seg: where the result goes, all but @seg->opt, which is left alone
 *
 * The options are not looked at: @seg->hdr_len says how many octets the caller
 * has to make readable before it asks mytcp_options_parse() for them. Neither
 * is the checksum.
 *
 * Return: 0, or -EINVAL when the segment is shorter than its header or the data
 * offset is below 5; @seg is undefined then.
 *
 * Rules: MUST-1
 */
int mytcp_wire_parse(const void *hdr, u32 avail, u32 total,
		     struct mytcp_segment *seg);

/**
 * mytcp_options_parse() - read the options of a segment
 * @opt: the options, aligned or not
 * @len: octets of options, header length minus 20
 * @syn: the segment has SYN set: MSS, window scale, SACK-permitted and Fast Open
 *	count on such a segment only, SACK blocks on others only
 * @o: where the result goes; everything but the unused part of @o->sacks and
 *	@o->cookie is written, whatever the options hold
 *
 * RFC 9293 section 3.2 and MUST-5, MUST-6, MUST-7: options come in any order,
 * unknown ones are skipped by their length, illegal lengths do no harm. A
 * length below 2 or beyond the end stops the parser, since nothing after it can
 * be found; a known option of the wrong size is skipped. Both leave what else
 * was read and set @o->malformed. When an option comes twice the last one
 * counts, as in Linux.
 *
 * Rules: MUST-4, MUST-64, 7413-4.1.1-1, 7413-4.1.1-2
 */
void mytcp_options_parse(const u8 *opt, u32 len, bool syn,
			 struct mytcp_options *o);

/**
 * mytcp_options_ts_fast() - read the options of most segments
 * @opt: the options, aligned or not
 * @len: octets of options, header length minus 20
 * @o: where the result goes; untouched when the layout is another one
 *
 * RFC 7323 appendix A: nearly every segment of a connection that uses
 * timestamps carries NOP, NOP, timestamps and nothing else.
 *
 * Return: true when the options are in exactly that layout and @o was filled as
 * mytcp_options_parse() would have filled it.
 */
bool mytcp_options_ts_fast(const u8 *opt, u32 len, struct mytcp_options *o);

/**
 * mytcp_options_size() - room that options take in a header
 * @o: the options
 * @syn: the segment has SYN set, see mytcp_options_build()
 *
 * Return: octets that mytcp_options_build() writes for the same arguments, a
 * multiple of 4, at most 40.
 */
u32 mytcp_options_size(const struct mytcp_options *o, bool syn);

/**
 * mytcp_options_build() - write options into a header
 * @p: where they go, room for mytcp_options_size() octets, aligned or not
 * @o: the options; @o->malformed means nothing here
 * @syn: the segment has SYN set: MSS, window scale, SACK-permitted and Fast Open
 *	are written on such a segment only, SACK blocks on others only
 *
 * The order and the padding are Linux's, which every middlebox has seen: MSS;
 * SACK-permitted and timestamps in one; NOP, window scale; NOP, NOP, SACK; Fast
 * Open and its padding, for which there is always room on a SYN. SACK
 * blocks that do not fit in 40 octets are left out from the end: RFC 2018
 * section 4 wants the most recent block first.
 *
 * Return: octets written, a multiple of 4, at most 40.
 *
 * Rules: MUST-65, MUST-68, MUST-69, 2018-2-1, 2018-4-5
 */
u32 mytcp_options_build(u8 *p, const struct mytcp_options *o, bool syn);

#endif /* _MYTCP_WIRE_H */
