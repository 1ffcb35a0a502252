/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_SPEC_H
#define WIRE_SPEC_H

#include "field.h"
#include "wire.h"

/**
 * enum presence - what a script says about an option
 * @UNSAID: nothing
 * @PRESENT: it is there
 * @ABSENT: it is not
 */
enum presence { UNSAID, PRESENT, ABSENT };

/**
 * struct spec - what a script says about a segment, to send or to expect
 * @flags: bits of enum tcp_flag
 * @free_flags: flags that may be there or not when a segment is expected
 * @seq_new: "seq new": the stack has chosen a new initial sequence number
 * @seq: sequence number
 * @ack: acknowledgment number
 * @win: window field
 * @len: length of the payload
 * @urg: urgent pointer
 * @mss: value of the MSS option
 * @wscale: value of the window scale option
 * @tsval: timestamp value
 * @tsecr: timestamp echo reply
 * @fill: octet that the payload consists of, instead of the pattern
 * @ttl: time to live
 * @tos: type of service
 * @hop: last octet of the address to which the packet goes first
 * @has_mss: MSS option
 * @has_wscale: window scale option
 * @has_sackok: SACK-permitted option
 * @has_ts: timestamps option
 * @has_sack: SACK blocks
 * @sacks: number of SACK blocks
 * @sack: their edges, relative
 * @has_fo: Fast Open option
 * @fo_exp: in its experimental form
 * @fo_len: octets of its cookie
 * @fo: the cookie
 * @ip_options: IP options, octet by octet
 * @ip_options_len: how many octets
 * @damage: what to spoil in a segment that is sent
 */
struct spec {
	__u8 flags, free_flags;
	bool seq_new;
	struct field seq, ack, win, len, urg;
	struct field mss, wscale, tsval, tsecr, fill, ttl, tos, hop;
	enum presence has_mss, has_wscale, has_sackok, has_ts, has_sack, has_fo;
	int sacks;
	struct { __s64 left, right; } sack[SACK_MAX];
	bool fo_exp;
	size_t fo_len;
	__u8 fo[OPTIONS_MAX];
	__u8 ip_options[OPTIONS_MAX];
	size_t ip_options_len;
	struct damage damage;
};

/**
 * spec_parse() - read what a line says about a segment
 * @line: the line; its second word is the flags
 * @spec: filled in
 *
 * Ends the process if the line cannot be understood.
 */
void spec_parse(const struct line *line, struct spec *spec);

/**
 * spec_match() - compare a segment with what the script says
 * @spec: what it says
 * @flow: the conversation
 * @seg: the segment from the stack under test
 * @why: receives the first difference
 * @size: octets in @why
 *
 * Return: true if the segment is as said.
 */
bool spec_match(const struct spec *spec, const struct flow *flow,
		const struct segment *seg, char *why, size_t size);

/**
 * segment_print() - write a segment in the form of a script
 * @flow: the conversation
 * @seg: the segment
 * @sent: the script sent it; else the stack did
 * @text: receives the text
 * @size: octets in @text
 */
void segment_print(const struct flow *flow, const struct segment *seg,
		   bool sent, char *text, size_t size);

#endif
