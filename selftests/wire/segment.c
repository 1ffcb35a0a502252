// SPDX-License-Identifier: GPL-2.0
/*
 * Segments as octets: building (also malformed ones), reading, checksums.
 */
#include <string.h>
#include <netinet/ip.h>

#include "segment.h"

#define IP_HLEN		20
#define TCP_HLEN	20

enum option_kind {
	OPT_EOL = 0, OPT_NOP = 1, OPT_MSS = 2, OPT_WSCALE = 3, OPT_SACKOK = 4,
	OPT_SACK = 5, OPT_TS = 8, OPT_FO = 34, OPT_EXP = 254,
};

#define EXP_FO	0xf989		/* RFC 6994: the experiment that RFC 7413 was */

__u16 inet_checksum(__u32 sum, const __u8 *data, size_t length)
{
	for (; length > 1; data += 2, length -= 2)
		sum += get16(data);
	if (length)
		sum += *data << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __u16 tcp_checksum(const struct segment *seg, const __u8 *tcp,
			  size_t length)
{
	__u32 sum = (seg->src >> 16) + (seg->src & 0xffff) +
		       (seg->dst >> 16) + (seg->dst & 0xffff) +
		       seg->proto + length;

	return inet_checksum(sum, tcp, length);
}

static size_t build_options(const struct segment *seg,
			    const struct damage *damage, __u8 *opt)
{
	size_t n = 0;

	if (seg->has_mss) {
		opt[n] = OPT_MSS;
		opt[n + 1] = 4;
		put16(opt + n + 2, seg->mss);
		n += 4;
	}
	if (seg->has_sackok) {
		opt[n++] = OPT_SACKOK;
		opt[n++] = 2;
	}
	if (seg->has_ts) {
		while (n % 4 != 2)
			opt[n++] = OPT_NOP;
		opt[n] = OPT_TS;
		opt[n + 1] = 10;
		put32(opt + n + 2, seg->tsval);
		put32(opt + n + 6, seg->tsecr);
		n += 10;
	}
	if (seg->has_wscale) {
		opt[n++] = OPT_WSCALE;
		opt[n++] = 3;
		opt[n++] = seg->wscale;
	}
	if (seg->sacks) {
		while (n % 4 != 2)
			opt[n++] = OPT_NOP;
		opt[n++] = OPT_SACK;
		opt[n++] = 2 + 8 * seg->sacks;
		for (int i = 0; i < seg->sacks; i++, n += 8) {
			put32(opt + n, seg->sack[i].left);
			put32(opt + n + 4, seg->sack[i].right);
		}
	}
	if (seg->has_fo) {
		opt[n] = seg->fo_exp ? OPT_EXP : OPT_FO;
		opt[n + 1] = (seg->fo_exp ? 4 : 2) + seg->fo_len;
		n += 2;
		if (seg->fo_exp) {
			put16(opt + n, EXP_FO);
			n += 2;
		}
		memcpy(opt + n, seg->fo, seg->fo_len);
		n += seg->fo_len;
	}
	memcpy(opt + n, damage->options, damage->options_len);
	n += damage->options_len;
	while (n % 4)
		opt[n++] = OPT_EOL;
	return n;
}

size_t segment_build(const struct segment *seg, const struct damage *damage,
		     __u8 *packet)
{
	size_t ip_header = IP_HLEN + seg->ip_options_len;
	__u8 opt[3 * OPTIONS_MAX], *tcp = packet + ip_header;
	size_t options = build_options(seg, damage, opt);
	size_t header = TCP_HLEN + options;
	size_t total = ip_header + header + seg->len;

	if (options > OPTIONS_MAX || ip_header % 4 || total >= PACKET_MAX)
		return 0;
	memset(packet, 0, ip_header + TCP_HLEN);
	packet[0] = 0x40 | ip_header / 4;
	packet[1] = seg->tos;
	put16(packet + 2, total);
	packet[8] = seg->ttl;
	packet[9] = seg->proto;
	put32(packet + 12, seg->src);
	put32(packet + 16, seg->dst);
	memcpy(packet + IP_HLEN, seg->ip_options, seg->ip_options_len);
	put16(packet + 10, inet_checksum(0, packet, ip_header));

	put16(tcp, seg->sport);
	put16(tcp + 2, seg->dport);
	put32(tcp + 4, seg->seq);
	put32(tcp + 8, seg->ack);
	tcp[12] = (damage->doff ? damage->doff : header / 4) << 4;
	tcp[13] = seg->flags;
	put16(tcp + 14, seg->win);
	put16(tcp + 18, seg->urg);
	memcpy(tcp + TCP_HLEN, opt, options);
	if (seg->len)
		memcpy(tcp + header, seg->data, seg->len);
	put16(tcp + 16, tcp_checksum(seg, tcp, header + seg->len) ^
			(damage->bad_sum ? 0x5555 : 0));
	return total;
}

static bool parse_fo(struct segment *seg, const __u8 *opt, __u8 size, __u8 base)
{
	if (size < base || size - base > COOKIE_MAX)
		return false;
	seg->has_fo = true;
	seg->fo_exp = *opt == OPT_EXP;
	seg->fo_len = size - base;
	memcpy(seg->fo, opt + base, seg->fo_len);
	return true;
}

static bool parse_option(struct segment *seg, const __u8 *opt, __u8 size)
{
	switch (opt[0]) {
	case OPT_MSS:
		seg->has_mss = true;
		seg->mss = get16(opt + 2);
		return size == 4;
	case OPT_WSCALE:
		seg->has_wscale = true;
		seg->wscale = opt[2];
		return size == 3;
	case OPT_SACKOK:
		seg->has_sackok = true;
		return size == 2;
	case OPT_TS:
		seg->has_ts = true;
		seg->tsval = get32(opt + 2);
		seg->tsecr = get32(opt + 6);
		return size == 10;
	case OPT_SACK:
		seg->sacks = (size - 2) / 8;
		if (size % 8 != 2 || seg->sacks > SACK_MAX)
			return false;
		for (int i = 0; i < seg->sacks; i++) {
			seg->sack[i].left = get32(opt + 2 + 8 * i);
			seg->sack[i].right = get32(opt + 6 + 8 * i);
		}
		return true;
	case OPT_FO:
		return parse_fo(seg, opt, size, 2);
	case OPT_EXP:
		return size < 4 || get16(opt + 2) != EXP_FO || parse_fo(seg, opt, size, 4);
	default:
		return true;
	}
}

static bool parse_options(struct segment *seg, const __u8 *opt, size_t left)
{
	while (left && *opt != OPT_EOL) {
		__u8 size;

		if (*opt == OPT_NOP) {
			opt++;
			left--;
			continue;
		}
		if (left < 2 || opt[1] < 2 || opt[1] > left)
			return false;
		size = opt[1];
		if (!parse_option(seg, opt, size))
			return false;
		opt += size;
		left -= size;
	}
	return true;
}

/* A source route that has not come to its end: there is the destination, not next. */
static void follow_route(struct segment *seg)
{
	const __u8 *opt = seg->ip_options;
	size_t left = seg->ip_options_len;

	while (left > 2 && opt[0] != IPOPT_END) {
		size_t size = opt[0] == IPOPT_NOOP ? 1 : opt[1];

		if (!size || size > left)
			return;
		if ((opt[0] == IPOPT_LSRR || opt[0] == IPOPT_SSRR) && opt[2] <= size)
			seg->dst = get32(opt + size - 4);
		opt += size;
		left -= size;
	}
}

bool segment_parse(const __u8 *packet, size_t length, __u8 proto,
		   struct segment *seg)
{
	const __u8 *tcp;
	size_t ip_header, header, total;

	memset(seg, 0, sizeof(*seg));
	if (length < IP_HLEN || packet[0] >> 4 != 4 || packet[9] != proto)
		return false;
	ip_header = (packet[0] & 15) * 4;
	total = get16(packet + 2);
	if (ip_header < IP_HLEN || total > length ||
	    total < ip_header + TCP_HLEN)
		return false;
	tcp = packet + ip_header;
	header = (tcp[12] >> 4) * 4;
	if (header < TCP_HLEN || ip_header + header > total)
		return false;
	seg->ip_options_len = ip_header - IP_HLEN;
	memcpy(seg->ip_options, packet + IP_HLEN, seg->ip_options_len);
	seg->tos = packet[1];
	seg->ttl = packet[8];
	seg->proto = packet[9];
	seg->src = get32(packet + 12);
	seg->dst = get32(packet + 16);
	seg->hop = packet[19];
	follow_route(seg);
	seg->sport = get16(tcp);
	seg->dport = get16(tcp + 2);
	seg->seq = get32(tcp + 4);
	seg->ack = get32(tcp + 8);
	seg->flags = tcp[13];
	seg->win = get16(tcp + 14);
	seg->urg = get16(tcp + 18);
	seg->data = tcp + header;
	seg->len = total - ip_header - header;
	seg->sum_ok = !tcp_checksum(seg, tcp, total - ip_header);
	return parse_options(seg, tcp + TCP_HLEN, header - TCP_HLEN);
}
