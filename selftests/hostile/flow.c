// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of the victim's connections, from what it sends.
 */
#include <string.h>
#include <time.h>

#include "hostile.h"

#define ISN_TOP		0xffff0000u	/* some streams come around soon */
#define MALFORMED_SHOWN	5

struct flow flows[FLOWS_MAX];
static unsigned int malformed;

__u32 our_clock(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return 0x7ffffff0u + time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/*
 * The table does not tell the protocol number: it is the server's port that does. Ours are
 * 80 and up, 100 and up; peers' have four digits.
 */
__u8 flow_wire(__u16 lport, __u16 rport)
{
	__u16 port = lport < rport ? lport : rport;

	if (port < 1000)
		return port < 100 ? IPPROTO_TCP_WIRE : IPPROTO_OURS;
	return port / 1000 % 2 ? IPPROTO_TCP_WIRE : IPPROTO_OURS;
}

struct flow *flow_find(__u32 raddr, __u16 lport, __u16 rport)
{
	for (struct flow *flow = flows; flow < flows + FLOWS_MAX; flow++)
		if (flow->used && flow->rport == rport && flow->lport == lport &&
		    flow->raddr == raddr)
			return flow;
	return NULL;
}

/* Return: NULL when there are too many. */
struct flow *flow_new(__u32 raddr, __u16 lport, __u16 rport)
{
	for (struct flow *flow = flows; flow < flows + FLOWS_MAX; flow++) {
		if (flow->used)
			continue;
		*flow = (struct flow){
			.used = true, .fd = -1, .raddr = raddr, .lport = lport,
			.rport = rport, .wire = flow_wire(lport, rport),
			.snd_nxt = one_in(3) ? ISN_TOP + below(0x10000) : draw(),
		};
		return flow;
	}
	return NULL;
}

void flow_forget(struct flow *flow)
{
	flow->used = false;
}

static __u32 length_of(const struct segment *seg)
{
	return seg->len + !!(seg->flags & FLAG_SYN) + !!(seg->flags & FLAG_FIN);
}

static void advance(__u32 *nxt, __u32 to)
{
	if ((__s32)(to - *nxt) > 0)
		*nxt = to;
}

/* A segment of ours that keeps to the rules moves us on. */
void flow_sent(struct flow *flow, const struct segment *seg)
{
	advance(&flow->snd_nxt, seg->seq + length_of(seg));
	if (seg->flags & FLAG_ACK)
		flow->acked = seg->ack;
	flow->sacked = seg->sacks;
	flow->urgent |= seg->flags & FLAG_URG;
}

static void learn_syn(struct flow *flow, const struct segment *seg)
{
	flow->rcv_nxt = seg->seq + 1;
	flow->acked = flow->rcv_nxt;
	flow->ts = seg->has_ts;
	flow->sack = seg->has_sackok;
	flow->wscale = seg->has_wscale ? seg->wscale : 0;
	flow->mss = seg->has_mss ? seg->mss : 536;
	flow->ecn = (seg->flags & (FLAG_ECE | FLAG_ACK)) == (FLAG_ECE | FLAG_ACK);
	flow->win = seg->win;
	if (seg->has_fo) {
		flow->cookie_length = seg->fo_len;
		memcpy(flow->cookie, seg->fo, seg->fo_len);
	}
}

static void learn(const __u8 *packet, const struct segment *seg)
{
	struct flow *flow = flow_find(seg->dst, seg->sport, seg->dport);

	if (!flow && (seg->flags & FLAG_SYN))
		flow = flow_new(seg->dst, seg->sport, seg->dport);
	if (!flow || flow->wire != seg->proto || (seg->flags & FLAG_RST))
		return;
	flow->quoted = QUOTE_MAX;
	memset(flow->quote, 0, QUOTE_MAX);
	memcpy(flow->quote, packet, IP_HLEN + 20);

	if (seg->flags & FLAG_SYN)
		learn_syn(flow, seg);
	else
		flow->win = (__u32)seg->win << flow->wscale;
	advance(&flow->rcv_nxt, seg->seq + length_of(seg));
	if (seg->flags & FLAG_ACK) {
		flow->una = seg->ack;
		if (!flow->known || (seg->flags & FLAG_SYN))
			flow->snd_nxt = seg->ack;
		advance(&flow->snd_nxt, seg->ack);
	}
	if (seg->has_ts)
		flow->ts_recent = seg->tsval;
	flow->holes = seg->sacks;
	flow->urgent |= seg->flags & FLAG_URG;
	flow->known = true;
}

/* What cannot have left the victim like this. */
static void complain(const __u8 *packet, size_t length, const char *why)
{
	if (malformed++ >= MALFORMED_SHOWN)
		return;
	printf("# the victim sent a segment with %s:", why);
	for (size_t i = 0; i < length && i < 80; i++)
		printf(" %02x", packet[i]);
	printf("\n");
}

/* Take whatever the victim has sent. */
void pump(void)
{
	const __u8 *packet;
	struct segment seg;
	size_t length;
	bool partial;

	while (link_receive(&packet, &length, &partial)) {
		if (length < IP_HLEN || packet[0] >> 4 != 4 ||
		    (packet[9] != IPPROTO_TCP_WIRE && packet[9] != IPPROTO_OURS) ||
		    get16(packet + 6) & 0x3fff)
			continue;
		if (!segment_parse(packet, length, packet[9], &seg))
			complain(packet, length, "a bad header");
		else if (!partial && !seg.sum_ok)
			complain(packet, length, "a bad checksum");
		else
			learn(packet, &seg);
	}
}

unsigned int flow_malformed(void)
{
	return malformed;
}
