// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that keep to the rules, so that connections come from state to state: what a
 * peer could do next. Everything else is made of these.
 */
#include <string.h>

#include "hostile.h"

#define TEXT_MAX	60000

static __u8 text[TEXT_MAX];

/* What we know of the connection in a row, if anything. */
struct flow *flow_of_row(const struct row *row)
{
	if (row->state == LISTEN || row->laddr != LOCAL_ADDR)
		return NULL;
	return flow_find(row->raddr, row->lport, row->rport);
}

static void numbers_unknown(struct segment *seg)
{
	seg->seq = draw();
	seg->ack = draw();
	if (one_in(2)) {
		seg->has_ts = true;
		seg->tsval = one_in(2) ? our_clock() : draw();
		seg->tsecr = draw();
	}
}

/* An ACK of all that we know of. */
void template(struct shot *shot, struct flow *flow)
{
	static const __u16 windows[] = { 65535, 65535, 30000, 8192, 1000, 64 };

	*shot = (struct shot){
		.flow = flow,
		.seg = {
			.src = flow->raddr, .dst = LOCAL_ADDR, .proto = flow->wire,
			.sport = flow->rport, .dport = flow->lport,
			.flags = FLAG_ACK, .seq = flow->snd_nxt, .ack = flow->rcv_nxt,
			.win = any_of(windows), .ttl = 64,
			.tos = flow->ecn ? 2 : 0,
			.data = text,
			.has_ts = flow->ts, .tsval = our_clock(),
			.tsecr = flow->ts_recent,
		},
	};
	if (!flow->known)
		numbers_unknown(&shot->seg);
}

static void template_of_row(struct shot *shot, const struct row *row)
{
	struct flow *flow = flow_of_row(row), nobody = { .lport = row->lport };

	if (flow) {
		template(shot, flow);
		return;
	}
	nobody.raddr = row->raddr;
	nobody.rport = row->rport;
	if (row->state == LISTEN) {
		nobody.raddr = PEER_ADDR + below(PEERS);
		nobody.rport = 20000 + below(40000);
	}
	nobody.wire = flow_wire(nobody.lport, nobody.rport);
	template(shot, &nobody);
	shot->flow = NULL;
	shot->seg.dst = row->state == LISTEN ? LOCAL_ADDR : row->laddr;
}

void options_of_syn(struct segment *seg)
{
	static const __u16 sizes[] = { 1460, 1460, 1460, 8960, 536, 100, 1 };

	seg->has_mss = !one_in(8);
	seg->mss = any_of(sizes);
	seg->has_ts = !one_in(3);
	seg->has_sackok = !one_in(4);
	seg->has_wscale = !one_in(4);
	seg->wscale = below(15);
	seg->tsval = our_clock();
	seg->tsecr = 0;
}

static void move_syn(struct segment *seg)
{
	seg->flags = FLAG_SYN;
	seg->seq = draw();
	seg->ack = 0;
	options_of_syn(seg);
	if (one_in(3))
		seg->flags |= FLAG_ECE | FLAG_CWR;
	if (one_in(4)) {
		seg->has_fo = true;
		seg->fo_exp = one_in(4);
	}
	if (one_in(6))
		seg->len = below(1000);
}

static void move_syn_sent(struct segment *seg)
{
	seg->flags = FLAG_SYN | (one_in(3) ? 0 : FLAG_ACK) | (one_in(3) ? FLAG_ECE : 0);
	options_of_syn(seg);
	seg->tsecr = seg->flags & FLAG_ACK ? 1 : 0;
}

static void move_time_wait(struct segment *seg)
{
	switch (below(3)) {
	case 0:
		seg->flags |= FLAG_FIN;
		seg->seq--;
		break;
	case 1:
		move_syn(seg);
		break;
	}
}

/* Text behind a hole, or that was sent before, or at the edge of the window. */
static void text_elsewhere(struct segment *seg, const struct flow *flow)
{
	switch (below(4)) {
	case 0:
		seg->seq = flow->una;
		break;
	case 1:
		seg->seq = flow->una - below(3000);
		break;
	case 2:
		seg->seq = flow->una + flow->win - below(1000);
		break;
	default:
		seg->seq = flow->una + below(flow->win / 2 + 2);
	}
	seg->len = 1 + below(2000);
}

/* Up to four blocks of what is on its way to us, from the highest down. */
static void sack_some(struct segment *seg, const struct flow *flow)
{
	__u32 flight = flow->rcv_nxt - flow->acked, step;

	seg->ack = flow->acked;
	if (!flow->sack || flight < 20 || flight > 1u << 30)
		return;
	seg->sacks = 1 + below(seg->has_ts ? 3 : 4);
	step = flight / (seg->sacks + 1);
	for (int i = 0; i < seg->sacks; i++) {
		seg->sack[i].right = flow->rcv_nxt - i * step;
		seg->sack[i].left = seg->sack[i].right - 1 - below(step - 1);
	}
}

static void move_synchronized(struct shot *shot)
{
	struct segment *seg = &shot->seg;
	const struct flow *flow = shot->flow;
	__u32 flight = flow->rcv_nxt - flow->acked;

	switch (below(16)) {
	case 0 ... 2:
		seg->len = 1 + below(one_in(4) ? 20000 : 1460);
		break;
	case 3 ... 5:
		text_elsewhere(seg, flow);
		break;
	case 6:
		seg->ack = flow->acked + (flight < 1u << 30 ? below(flight + 1) : 0);
		break;
	case 7 ... 9:
		sack_some(seg, flow);
		break;
	case 10:
		seg->ack = flow->acked;
		break;
	case 11:
		seg->win = one_in(2) ? 0 : below(20);
		break;
	case 12:
		seg->flags |= FLAG_URG;
		seg->len = below(3000);
		seg->urg = below(4000);
		break;
	case 13:
		seg->tos = 3;
		seg->flags |= any_of(((__u8[]){ FLAG_ECE, FLAG_CWR, FLAG_ECE | FLAG_CWR }));
		seg->len = below(1460);
		break;
	case 14:
		if (one_in(12))
			seg->flags |= FLAG_FIN;
		else if (one_in(20))
			seg->flags = FLAG_RST | FLAG_ACK;
		break;
	}
}

/* A segment that could come next in the state of the row. */
void move(struct shot *shot, const struct row *row)
{
	if (!text[0])
		draw_octets(text, sizeof(text));
	template_of_row(shot, row);
	if (row->state == LISTEN)
		move_syn(&shot->seg);
	else if (row->state == SYN_SENT)
		move_syn_sent(&shot->seg);
	else if (row->state == TIME_WAIT)
		move_time_wait(&shot->seg);
	else if (row->state == SYN_RECV)
		shot->seg.len = one_in(2) ? below(1000) : 0;
	else if (shot->flow && shot->flow->known)
		move_synchronized(shot);
	else
		shot->seg.len = one_in(2) ? below(1460) : 0;
}
