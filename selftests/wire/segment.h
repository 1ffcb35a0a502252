/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define PACKET_MAX	65536
#define HEADERS_MAX	120	/* of IP and TCP, with all options */
#define SACK_MAX	4
#define OPTIONS_MAX	40	/* of TCP options, or of IP options */
#define COOKIE_MAX	16	/* of TCP Fast Open, RFC 7413 */

enum tcp_flag {
	FLAG_FIN = 0x01, FLAG_SYN = 0x02, FLAG_RST = 0x04, FLAG_PSH = 0x08,
	FLAG_ACK = 0x10, FLAG_URG = 0x20, FLAG_ECE = 0x40, FLAG_CWR = 0x80,
};

/**
 * struct segment - a TCP segment as it stands on the wire
 *
 * Addresses, ports and numbers are in host byte order, sequence numbers are
 * absolute.
 *
 * @src: IPv4 source address
 * @dst: IPv4 destination address
 * @proto: IP protocol number, 6 or 253
 * @sport: source port
 * @dport: destination port
 * @seq: sequence number
 * @ack: acknowledgment number
 * @flags: bits of enum tcp_flag
 * @win: window field, not scaled
 * @urg: urgent pointer
 * @has_mss: a maximum segment size option is there
 * @has_wscale: a window scale option is there
 * @has_sackok: a SACK-permitted option is there
 * @has_ts: a timestamps option is there
 * @mss: its value
 * @wscale: its value
 * @tsval: timestamp value
 * @tsecr: timestamp echo reply
 * @sacks: number of SACK blocks
 * @sack: left and right edges of the blocks, in wire order
 * @has_fo: a Fast Open option is there
 * @fo_exp: in its experimental form
 * @fo_len: octets of its cookie, 0 for a request
 * @fo: the cookie
 * @data: payload
 * @len: length of the payload, octets
 * @ttl: IP time to live
 * @tos: IP type of service octet
 * @hop: last octet of the header's destination; another one than @dst's with a source route
 * @ip_options: IP options
 * @ip_options_len: how many octets of them, a multiple of 4
 * @sum_ok: the checksum is right (set by segment_parse())
 */
struct segment {
	__u32 src, dst;
	__u8 proto;
	__u16 sport, dport;
	__u32 seq, ack;
	__u8 flags;
	__u16 win, urg;
	bool has_mss, has_wscale, has_sackok, has_ts;
	__u16 mss;
	__u8 wscale;
	__u32 tsval, tsecr;
	int sacks;
	struct { __u32 left, right; } sack[SACK_MAX];
	bool has_fo, fo_exp;
	size_t fo_len;
	__u8 fo[COOKIE_MAX];
	const __u8 *data;
	size_t len;
	__u8 ttl, tos, hop;
	__u8 ip_options[OPTIONS_MAX];
	size_t ip_options_len;
	bool sum_ok;
};

/**
 * struct damage - what segment_build() is to do against the rules
 * @options: raw octets to put after the well-formed options
 * @options_len: how many
 * @doff: data offset field to write, in words; 0 for the right one
 * @bad_sum: write a wrong checksum
 */
struct damage {
	__u8 options[OPTIONS_MAX];
	size_t options_len;
	__u8 doff;
	bool bad_sum;
};

/**
 * segment_build() - write a segment as an IPv4 packet
 * @seg: the segment
 * @damage: what to spoil
 * @packet: receives the packet, at least PACKET_MAX octets
 *
 * Return: length of the packet, or 0 if the options do not fit.
 */
size_t segment_build(const struct segment *seg, const struct damage *damage,
		     __u8 *packet);

/**
 * segment_parse() - read an IPv4 packet
 * @packet: the packet; @seg->data points into it afterwards
 * @length: its length
 * @proto: the IP protocol number that is TCP in this run
 * @seg: filled in
 *
 * Return: true if it is a well-formed segment of that protocol.
 */
bool segment_parse(const __u8 *packet, size_t length, __u8 proto,
		   struct segment *seg);

/**
 * inet_checksum() - the Internet checksum of RFC 1071
 * @sum: sum so far, for a pseudo-header
 * @data: octets
 * @length: how many
 *
 * Return: the checksum in host byte order.
 */
__u16 inet_checksum(__u32 sum, const __u8 *data, size_t length);

/**
 * put16() - write a number in network byte order
 * @p: where to
 * @value: the number
 */
static inline void put16(__u8 *p, __u16 value)
{
	p[0] = value >> 8;
	p[1] = value;
}

/**
 * put32() - write a number in network byte order
 * @p: where to
 * @value: the number
 */
static inline void put32(__u8 *p, __u32 value)
{
	put16(p, value >> 16);
	put16(p + 2, value);
}

/**
 * get16() - read a number in network byte order
 * @p: where from
 *
 * Return: the number.
 */
static inline __u16 get16(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

/**
 * get32() - read a number in network byte order
 * @p: where from
 *
 * Return: the number.
 */
static inline __u32 get32(const __u8 *p)
{
	return (__u32)get16(p) << 16 | get16(p + 2);
}

#endif
