// SPDX-License-Identifier: GPL-2.0
/*
 * The conversation on the wire: "<" to the stack, ">" from the stack.
 */
#include <stdlib.h>
#include <string.h>

#include "spec.h"
#include "wire.h"

#define DEFAULT_WINDOW	65535
#define DEFAULT_TTL	64
#define ROUTER_ADDR	0xc00002feu	/* 192.0.2.254 */
#define ICMP_QUOTE	28		/* IP header and 8 octets, RFC 792 */

/* "<" and ">" may carry the name of a conversation: "<b", ">b". */
static struct flow *flow_of(struct wire *wire)
{
	const char *name = wire->line->word[0] + 1;

	return flow_find(wire, *name ? name : "c");
}

static __u32 exact_number(const struct wire *wire, const struct field *field,
			  __u32 base, __u32 otherwise)
{
	if (field->kind == FIELD_UNSAID)
		return otherwise;
	if (!field_is_exact(field))
		script_error(wire->line, "a number to send must be exact");
	return (field->absolute ? 0 : base) + (__u32)field->low;
}

static const __u8 *payload(const struct spec *spec, __u32 offset,
			   size_t len)
{
	static __u8 data[PACKET_MAX];

	for (size_t i = 0; i < len; i++)
		data[i] = spec->fill.kind == FIELD_UNSAID ?
			  pattern(offset + i) : spec->fill.low;
	return data;
}

static __u32 flow_clock(const struct flow *flow)
{
	return flow->ts_base + (now() - flow->ts_time) / NSEC_PER_MSEC;
}

/* Timestamps once agreed on go with every segment, RFC 7323 3.2. */
static void fill_timestamps(struct wire *wire, struct flow *flow,
			    const struct spec *spec, struct segment *seg)
{
	if (spec->has_ts == ABSENT ||
	    (spec->has_ts == UNSAID && (!flow->ts || seg->flags & FLAG_RST)))
		return;
	seg->has_ts = true;
	if (seg->flags & FLAG_SYN && spec->tsval.kind == FIELD_RANGE) {
		flow->ts = true;
		flow->ts_base = spec->tsval.low;
		flow->ts_time = now();
	}
	seg->tsval = exact_number(wire, &spec->tsval, 0, flow_clock(flow));
	/* A negative one is that much before the stack's latest. */
	seg->tsecr = exact_number(wire, &spec->tsecr,
				  spec->tsecr.low < 0 ? flow->ts_recent : 0,
				  seg->flags & FLAG_ACK ? flow->ts_recent : 0);
}

static void fill_options(struct wire *wire, struct flow *flow,
			 const struct spec *spec, struct segment *seg)
{
	seg->has_mss = spec->has_mss == PRESENT;
	seg->mss = exact_number(wire, &spec->mss, 0, 0);
	seg->has_wscale = spec->has_wscale == PRESENT;
	seg->wscale = exact_number(wire, &spec->wscale, 0, 0);
	seg->has_sackok = spec->has_sackok == PRESENT;
	seg->sacks = spec->sacks;
	for (int i = 0; i < spec->sacks; i++) {
		seg->sack[i].left = flow->local_isn + spec->sack[i].left;
		seg->sack[i].right = flow->local_isn + spec->sack[i].right;
	}
	seg->has_fo = spec->has_fo == PRESENT;
	seg->fo_exp = spec->fo_exp;
	seg->fo_len = spec->fo_len;
	memcpy(seg->fo, spec->fo, spec->fo_len);
	fill_timestamps(wire, flow, spec, seg);
}

static void fill_segment(struct wire *wire, struct flow *flow,
			 const struct spec *spec, struct segment *seg)
{
	__u32 local = flow->local_isn_known ? flow->local_isn : 0;
	__u32 ack = local + flow->local_nxt;

	memset(seg, 0, sizeof(*seg));
	seg->src = flow->peer_addr;
	seg->dst = flow->local_addr;
	seg->sport = flow->peer_port;
	seg->dport = flow->local_port;
	seg->proto = wire->proto;
	seg->flags = spec->flags;
	seg->seq = exact_number(wire, &spec->seq, flow->peer_isn,
				flow->peer_isn + flow->peer_nxt);
	seg->ack = exact_number(wire, &spec->ack, local,
				spec->flags & FLAG_ACK ? ack : 0);
	seg->win = exact_number(wire, &spec->win, 0, DEFAULT_WINDOW);
	seg->urg = exact_number(wire, &spec->urg, 0, 0);
	seg->ttl = exact_number(wire, &spec->ttl, 0, DEFAULT_TTL);
	seg->tos = exact_number(wire, &spec->tos, 0, 0);
	seg->ip_options_len = spec->ip_options_len;
	memcpy(seg->ip_options, spec->ip_options, spec->ip_options_len);
	seg->len = exact_number(wire, &spec->len, 0, 0);
	seg->data = payload(spec, seg->seq - flow->peer_isn -
			    !(spec->flags & FLAG_SYN), seg->len);
	fill_options(wire, flow, spec, seg);
}

/* A SYN's headers are what TCP_SAVED_SYN returns. */
static void keep_syn(struct flow *flow, const struct segment *seg, const __u8 *packet,
		     size_t length)
{
	if (!(seg->flags & FLAG_SYN))
		return;
	flow->syn_len = length - seg->len;
	memcpy(flow->syn, packet, flow->syn_len);
}

static __u32 segment_length(const struct segment *seg)
{
	return seg->len + !!(seg->flags & FLAG_SYN) +
	       !!(seg->flags & FLAG_FIN);
}

/* What follows what was already said moves the end of a side's stream on. */
static void advance(__u32 *nxt, __u32 seq, __u32 len)
{
	if ((__s32)(seq - *nxt) <= 0 && (__s32)(seq + len - *nxt) > 0)
		*nxt = seq + len;
}

static void send_segment(struct wire *wire, struct flow *flow)
{
	static __u8 packet[PACKET_MAX];
	char text[512];
	struct spec spec;
	struct segment seg;
	size_t length;

	spec_parse(wire->line, &spec);
	fill_segment(wire, flow, &spec, &seg);
	length = segment_build(&seg, &spec.damage, packet);
	if (!length)
		script_error(wire->line, "too many options or too much data");
	segment_print(flow, &seg, true, text, sizeof(text));
	note(wire, now(), "<%s %s%s", wire->line->word[0] + 1, text,
	     spec.damage.bad_sum ? " badsum" : "");
	if (!(seg.flags & FLAG_RST) && !spec.damage.bad_sum)
		advance(&flow->peer_nxt, seg.seq - flow->peer_isn,
			segment_length(&seg));
	keep_syn(flow, &seg, packet, length);
	link_send(wire, packet, length);
}

struct icmp_kind {
	const char *name;
	__u8 type, code;
};

static const struct icmp_kind *icmp_kind(const struct line *line,
					 const char *name)
{
	static const struct icmp_kind kinds[] = {
		{ "net-unreachable", 3, 0 },
		{ "host-unreachable", 3, 1 },
		{ "protocol-unreachable", 3, 2 },
		{ "port-unreachable", 3, 3 },
		{ "frag-needed", 3, 4 },
		{ "source-route-failed", 3, 5 },
		{ "admin-prohibited", 3, 13 },
		{ "source-quench", 4, 0 },
		{ "time-exceeded", 11, 0 },
		{ "parameter-problem", 12, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	script_error(line, "'%s' is not an ICMP error", name);
}

/* < icmp KIND [mtu N] [quote SEQ]: about the last segment from the stack */
static void send_icmp(struct wire *wire, struct flow *flow)
{
	const struct line *line = wire->line;
	const struct icmp_kind *kind = icmp_kind(line, line_word(line, 2));
	__u8 packet[20 + 8 + ICMP_QUOTE] = { 0x45 };
	__u8 *icmp = packet + 20, *quote = icmp + 8;

	if (flow->last_len < ICMP_QUOTE)
		script_error(line, "the stack has sent nothing to quote");
	memcpy(quote, flow->last, ICMP_QUOTE);
	icmp[0] = kind->type;
	icmp[1] = kind->code;
	for (int i = 3; i < line->words; i += 2) {
		long value = strtol(line_word(line, i + 1), NULL, 0);

		if (!strcmp(line->word[i], "mtu"))
			put16(icmp + 6, value);
		else if (!strcmp(line->word[i], "quote"))
			put32(quote + 24, flow->local_isn + value);
		else
			script_error(line, "'%s' is neither mtu nor quote",
				     line->word[i]);
	}
	put16(icmp + 2, inet_checksum(0, icmp, 8 + ICMP_QUOTE));
	put16(packet + 2, sizeof(packet));
	packet[8] = DEFAULT_TTL;
	packet[9] = 1;
	put32(packet + 12, ROUTER_ADDR);
	put32(packet + 16, flow->local_addr);
	put16(packet + 10, inet_checksum(0, packet, 20));
	note(wire, now(), "%s", line->text);
	link_send(wire, packet, sizeof(packet));
}

void talk_send(struct wire *wire)
{
	struct flow *flow = flow_of(wire);

	wait_for_line(wire);
	wire->previous = now();
	if (!strcmp(line_word(wire->line, 1), "icmp"))
		send_icmp(wire, flow);
	else
		send_segment(wire, flow);
}

static struct packet *take_packet(struct wire *wire)
{
	struct packet *packet = wire->head;

	wire->head = packet->next;
	if (!wire->head)
		wire->tail = &wire->head;
	return packet;
}

static bool of_flow(const struct flow *flow, const struct segment *seg)
{
	return seg->src == flow->local_addr && seg->dst == flow->peer_addr &&
	       seg->sport == flow->local_port && seg->dport == flow->peer_port;
}

/* Reads what a segment tells of the stack: its numbers, its clock. */
static void learn(struct flow *flow, const struct packet *packet)
{
	const struct segment *seg = &packet->seg;

	if (seg->has_ts)
		flow->ts_recent = seg->tsval;
	else if (seg->flags & FLAG_SYN)
		flow->ts = false;
	if (flow->local_isn_known)
		advance(&flow->local_nxt, seg->seq - flow->local_isn,
			segment_length(seg));
	flow->last_len = ICMP_QUOTE;
	memcpy(flow->last, packet->octets, ICMP_QUOTE);
}

static void learn_isn(struct flow *flow, const struct segment *seg, bool again)
{
	if (!(seg->flags & FLAG_SYN) || (flow->local_isn_known && !again))
		return;
	flow->local_isn = seg->seq;
	flow->local_isn_known = true;
	flow->local_nxt = 0;
}

/* The conversation that a packet belongs to, or the first one. */
static struct flow *flow_of_packet(struct wire *wire,
				   const struct packet *packet)
{
	struct flow *flow = wire->flows;

	while (flow && !of_flow(flow, &packet->seg))
		flow = flow->next;
	return flow ? flow : wire->flows;
}

static void print_packet(struct wire *wire, const struct packet *packet,
			 char *text, size_t size)
{
	const struct flow *flow = flow_of_packet(wire, packet);
	const struct segment *seg = &packet->seg;

	segment_print(flow, seg, false, text, size);
	note(wire, packet->time, ">%s %s", of_flow(flow, seg) ? flow->name :
	     " (another conversation)", text);
}

void talk_expect(struct wire *wire)
{
	struct flow *flow = flow_of(wire);
	struct packet *packet;
	struct spec spec;
	char text[512], why[256] = "";
	__s64 from, to;

	spec_parse(wire->line, &spec);
	window_of(wire, &from, &to);
	if (!link_wait(wire, to, -1))
		fail(wire, "no segment came");
	packet = take_packet(wire);
	if (of_flow(flow, &packet->seg))
		learn_isn(flow, &packet->seg, spec.seq_new);
	print_packet(wire, packet, text, sizeof(text));
	if (!of_flow(flow, &packet->seg))
		fail(wire, "a segment of another conversation came");
	if (!spec_match(&spec, flow, &packet->seg, why, sizeof(why)))
		fail(wire, "%s in: %s", why, text);
	if (packet->time < from || packet->time > to)
		fail(wire, "it came %.6f s after the event before",
		     (packet->time - wire->previous) / 1e9);
	learn(flow, packet);
	wire->previous = packet->time;
	free(packet);
}

static void unexpected(struct wire *wire, const char *when)
{
	char text[512];

	print_packet(wire, wire->head, text, sizeof(text));
	fail(wire, "%s the stack sent: %s", when, text);
}

void wait_for_line(struct wire *wire)
{
	__s64 from, to;

	if (!wire->line->when.given)
		return;
	window_of(wire, &from, &to);
	if (link_wait(wire, from + wire->slack, -1))
		unexpected(wire, "before this line");
}

void talk_quiet(struct wire *wire)
{
	const char *end;
	__s64 length;

	if (!parse_duration(line_word(wire->line, 1), &end, &length) || *end)
		script_error(wire->line, "quiet needs a length of time");
	wait_for_line(wire);
	wire->previous = (wire->line->when.given ? now() : wire->previous) +
			 length;
	if (link_wait(wire, wire->previous, -1))
		unexpected(wire, "in the quiet time");
	note(wire, now(), "quiet");
}

void talk_drain(struct wire *wire)
{
	__s64 from, to;

	window_of(wire, &from, &to);
	while (link_wait(wire, from + wire->slack, -1)) {
		struct packet *packet = take_packet(wire);
		char text[512];

		print_packet(wire, packet, text, sizeof(text));
		learn(flow_of_packet(wire, packet), packet);
		free(packet);
	}
	wire->previous = now();
}

void talk_end(struct wire *wire)
{
	if (link_wait(wire, now(), -1))
		unexpected(wire, "after the last line");
}
