// SPDX-License-Identifier: GPL-2.0
/*
 * What is done to whole packets: they are cut, bent, put into fragments, sent again; and
 * ICMP errors that quote the victim's.
 */
#include <string.h>

#include "hostile.h"

#define CAPTURED	256
#define CAPTURE_MAX	2000
#define ICMP		1
#define MORE_FRAGMENTS	0x2000
#define ROUTER_ADDR	0x0a4a00feu	/* 10.74.0.254 */

static __u8 packet[PACKET_MAX];

/* Packets of before, to be sent again. */
static struct {
	__u8 octets[CAPTURE_MAX];
	size_t length;
} captured[CAPTURED];
static unsigned int captures;

static void capture(size_t length)
{
	unsigned int at = captures++ % CAPTURED;

	if (length > CAPTURE_MAX)
		return;
	memcpy(captured[at].octets, packet, length);
	captured[at].length = length;
}

/* What has too many options goes without those that do not belong there. */
static size_t build(const struct shot *shot)
{
	struct shot less = *shot;
	size_t length;

	length = segment_build(&less.seg, &less.damage, packet);
	if (length)
		return length;
	less.seg.sacks = less.seg.sacks ? 1 : 0;
	less.seg.has_fo = false;
	less.damage.options_len = 0;
	return segment_build(&less.seg, &less.damage, packet);
}

static void sum_of_ip(void)
{
	put16(packet + 10, 0);
	put16(packet + 10, inet_checksum(0, packet, (packet[0] & 15) * 4));
}

static void sum_of_tcp(size_t length)
{
	size_t header = (packet[0] & 15) * 4;
	__u32 sum = packet[9] + length - header;

	if (header < IP_HLEN || length < header + 18)
		return;
	for (int i = 12; i < 20; i += 2)
		sum += get16(packet + i);
	put16(packet + header + 16, 0);
	put16(packet + header + 16, inet_checksum(sum, packet + header, length - header));
}

void fire(const struct shot *shot)
{
	size_t length = build(shot), header;

	if (!length)
		return;
	capture(length);
	header = length - shot->seg.len;
	if (shot->gso_size && shot->seg.len > shot->gso_size &&
	    shot->seg.proto == IPPROTO_TCP_WIRE && !shot->damage.doff)
		link_send_as(packet, length, header, shot->gso_size, shot->linear);
	else
		link_send_as(packet, length, header, 0, shot->linear);
}

void send_valid(const struct shot *shot)
{
	fire(shot);
	if (shot->flow)
		flow_sent(shot->flow, &shot->seg);
}

/* Bits anywhere behind the addresses, half of the time with a checksum that fits. */
static void bend(size_t length)
{
	for (unsigned int i = 1 + below(4); i; i--) {
		size_t at = IP_HLEN + 4 + below(length - IP_HLEN - 4);

		packet[at] ^= 1 << below(8);
	}
	if (one_in(2))
		sum_of_tcp(length);
}

/* The IP header says how long the packet is, and TCP's does not fit in. */
static size_t cut(size_t length)
{
	size_t shorter = IP_HLEN + below(length - IP_HLEN < 60 ? length - IP_HLEN : 60);

	put16(packet + 2, one_in(8) ? length : shorter);
	sum_of_ip();
	if (one_in(2))
		sum_of_tcp(shorter);
	return shorter;
}

void fire_damaged(const struct shot *shot)
{
	size_t length = build(shot);

	if (!length)
		return;
	switch (below(4)) {
	case 0:
		bend(length);
		break;
	case 1:
		length = cut(length);
		break;
	case 2:
		/* A data offset that is too small, or beyond the end */
		packet[(packet[0] & 15) * 4 + 12] = draw();
		sum_of_tcp(length);
		break;
	default:
		packet[9] = packet[9] == IPPROTO_OURS ? IPPROTO_TCP_WIRE : IPPROTO_OURS;
		sum_of_ip();
		sum_of_tcp(length);
	}
	link_send(packet, length);
}

static void send_fragment(__u16 id, size_t header, size_t from, size_t to, bool more)
{
	static __u8 fragment[PACKET_MAX];
	size_t length = header + to - from;

	memcpy(fragment, packet, header);
	memcpy(fragment + header, packet + header + from, to - from);
	put16(fragment + 2, length);
	put16(fragment + 4, id);
	put16(fragment + 6, from / 8 | (more ? MORE_FRAGMENTS : 0));
	put16(fragment + 10, 0);
	put16(fragment + 10, inet_checksum(0, fragment, header));
	link_send(fragment, length);
}

/* In two or three pieces, in either order; some overlap, some never come. */
void fire_fragments(const struct shot *shot)
{
	size_t length = build(shot), header, body, first, second;
	__u16 id = draw();
	bool backwards = one_in(3);

	if (!length)
		return;
	header = (packet[0] & 15) * 4;
	body = length - header;
	first = 8 * (1 + below(one_in(2) ? 2 : body / 8));
	if (first >= body)
		first = 8;
	second = first - (one_in(8) ? 8 : 0);
	if (backwards && !one_in(8))
		send_fragment(id, header, second, body, false);
	send_fragment(id, header, 0, first, true);
	if (!backwards && !one_in(8))
		send_fragment(id, header, second, body, false);
}

/* What was sent before, as it was or with other numbers, to the same or this connection. */
void fire_replay(const struct flow *flow)
{
	unsigned int at = below(CAPTURED);
	size_t length = captured[at].length, header;

	if (!length)
		return;
	memcpy(packet, captured[at].octets, length);
	header = (packet[0] & 15) * 4;
	if (flow && one_in(2) && length >= header + 20) {
		put32(packet + 12, flow->raddr);
		packet[9] = flow->wire;
		put16(packet + header, flow->rport);
		put16(packet + header + 2, flow->lport);
		if (one_in(2))
			put32(packet + header + 4, flow->snd_nxt);
		sum_of_ip();
		sum_of_tcp(length);
	}
	if (one_in(3))
		bend(length);
	link_send(packet, length);
}

/* IP header and the beginning of a segment that the victim may have sent. */
static size_t quote(__u8 *to, const struct row *row, const struct flow *flow)
{
	static const __u32 steps[] = { 0, 0, 0, 1, -1, 100, -100, 0x80000000u };

	memset(to, 0, QUOTE_MAX);
	if (flow && flow->quoted) {
		memcpy(to, flow->quote, QUOTE_MAX);
	} else {
		to[0] = 0x45;
		put16(to + 2, QUOTE_MAX);
		to[8] = 64;
		to[9] = flow_wire(row->lport, row->rport);
		put32(to + 12, row->laddr);
		put32(to + 16, row->raddr);
		put16(to + IP_HLEN, row->lport);
		put16(to + IP_HLEN + 2, row->rport);
		put32(to + IP_HLEN + 4, draw());
	}
	if (flow && one_in(2))
		put32(to + IP_HLEN + 4, (one_in(2) ? flow->acked : flow->rcv_nxt) + any_of(steps));
	if (one_in(16))
		to[0] = draw();
	if (one_in(16))
		put16(to + 6, draw());
	return one_in(4) ? below(QUOTE_MAX) : IP_HLEN + 8;
}

static void fill_icmp(__u8 *icmp)
{
	static const __u8 types[] = { 3, 3, 3, 3, 4, 5, 11, 12, 12, 0, 8, 13, 18 };
	static const __u16 mtus[] = {
		0, 1, 20, 40, 67, 68, 69, 296, 551, 552, 553, 576, 1280, 1499, 1500, 1501, 65535,
	};

	icmp[0] = one_in(16) ? draw() : any_of(types);
	icmp[1] = one_in(8) ? draw() : below(16);
	if (one_in(3)) {
		icmp[0] = 3;
		icmp[1] = 4;
	}
	draw_octets(icmp + 4, 4);
	if (icmp[0] == 3)
		put16(icmp + 6, one_in(4) ? draw() : any_of(mtus));
	if (icmp[0] == 5)
		put32(icmp + 4, ROUTER_ADDR + below(2));
}

void fire_icmp(const struct row *row, const struct flow *flow)
{
	__u8 *icmp = packet + IP_HLEN;
	size_t length;

	memset(packet, 0, IP_HLEN + 8);
	fill_icmp(icmp);
	length = 8 + quote(icmp + 8, row, flow);
	put16(icmp + 2, inet_checksum(0, icmp, length));
	if (one_in(32))
		icmp[2] ^= 1;
	length += IP_HLEN;
	packet[0] = 0x45;
	put16(packet + 2, length);
	packet[8] = 64;
	packet[9] = ICMP;
	put32(packet + 12, one_in(2) ? ROUTER_ADDR : row->raddr);
	put32(packet + 16, row->laddr ? row->laddr : LOCAL_ADDR);
	sum_of_ip();
	link_send(packet, length);
}
