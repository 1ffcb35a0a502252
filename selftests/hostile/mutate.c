// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that break a rule, or several: made of one that keeps to them, in the fields
 * where a TCP decides, at the edges where it changes its mind.
 */
#include <string.h>

#include "hostile.h"

#define HALF	0x80000000u	/* of the circle of sequence numbers */
#define MUTATIONS_MAX	4

static __u32 near(__u32 value)
{
	static const __u32 steps[] = {
		0, 1, -1, 2, -2, 100, -100, 1460, -1460, 65535, -65535,
		1 << 20, -(1 << 20), HALF, HALF - 1, HALF + 1,
	};

	return value + any_of(steps);
}

static __u32 edge_of_receiving(const struct flow *flow)
{
	switch (below(4)) {
	case 0:
		return flow->una;
	case 1:
		return flow->una + flow->win;
	case 2:
		return flow->una + flow->win / 2;
	default:
		return flow->snd_nxt;
	}
}

static void mutate_seq(struct segment *seg, const struct flow *flow)
{
	if (flow && flow->known && !one_in(8))
		seg->seq = near(edge_of_receiving(flow));
	else
		seg->seq = draw();
}

static void mutate_ack(struct segment *seg, const struct flow *flow)
{
	if (flow && flow->known && !one_in(8))
		seg->ack = near(one_in(2) ? flow->rcv_nxt : flow->acked);
	else
		seg->ack = one_in(4) ? 0 : draw();
}

static void mutate_flags(struct segment *seg)
{
	if (one_in(3))
		seg->flags = draw();
	else
		seg->flags ^= 1 << below(8);
}

static void mutate_window(struct segment *seg)
{
	static const __u16 windows[] = { 0, 1, 2, 88, 535, 1460, 32767, 32768, 65535 };

	seg->win = one_in(3) ? draw() : any_of(windows);
}

static void mutate_urgent(struct segment *seg)
{
	const __u16 pointers[] = {
		0, 1, seg->len, seg->len + 1, seg->len - 1, 32768, 65535, draw(),
	};

	seg->flags |= FLAG_URG;
	seg->urg = any_of(pointers);
}

static void mutate_length(struct segment *seg)
{
	static const __u32 lengths[] = { 0, 1, 2, 536, 1459, 1460, 1461, 9000, 40000 };

	seg->len = one_in(2) ? below(1500) : lengths[below(one_in(4) ? 9 : 7)];
}

static void mutate_stamps(struct segment *seg, const struct flow *flow)
{
	__u32 recent = flow ? flow->ts_recent : draw();

	switch (below(4)) {
	case 0:
		seg->has_ts = !seg->has_ts;
		break;
	case 1:
		seg->tsval = one_in(3) ? draw() : near(seg->tsval);
		break;
	case 2:
		seg->tsecr = one_in(3) ? draw() : near(recent);
		break;
	default:
		seg->tsval = one_in(2) ? 0 : ~0u;
		seg->tsecr = 0;
	}
}

static void mutate_sack(struct segment *seg, const struct flow *flow)
{
	const struct flow nothing = { .rcv_nxt = draw(), .acked = draw() };

	if (!flow)
		flow = &nothing;
	seg->sacks = 1 + below(SACK_MAX);
	for (int i = 0; i < seg->sacks; i++) {
		__u32 left = near(one_in(2) ? flow->rcv_nxt : flow->acked);

		seg->sack[i].left = left;
		switch (below(5)) {
		case 0:
			seg->sack[i].right = left;
			break;
		case 1:
			seg->sack[i].right = left - below(5000);
			break;
		case 2:
			seg->sack[i].right = draw();
			break;
		case 3:
			seg->sack[i].right = flow->rcv_nxt;
			break;
		default:
			seg->sack[i].right = left + below(5000);
		}
	}
}

static void mutate_syn_options(struct segment *seg)
{
	static const __u16 sizes[] = { 0, 1, 7, 8, 12, 40, 63, 64, 535, 536, 65495, 65535 };

	switch (below(4)) {
	case 0:
		seg->has_mss = !one_in(4);
		seg->mss = one_in(2) ? any_of(sizes) : draw();
		break;
	case 1:
		seg->has_wscale = true;
		seg->wscale = draw();
		break;
	case 2:
		seg->has_sackok = !seg->has_sackok;
		break;
	default:
		seg->has_fo = true;
		seg->fo_exp = one_in(3);
		seg->fo_len = below(COOKIE_MAX + 1);
		draw_octets(seg->fo, seg->fo_len);
	}
}

/* Octets where options stand: known kinds of wrong lengths, unknown kinds, noise. */
static void mutate_raw_options(struct damage *damage)
{
	static const __u8 kinds[] = { 0, 1, 2, 3, 4, 5, 8, 19, 28, 29, 30, 34, 69, 253, 254, 255 };
	static const __u8 lengths[] = { 0, 1, 2, 3, 4, 9, 10, 11, 18, 34, 40, 255 };

	damage->options_len = 1 + below(OPTIONS_MAX / (one_in(2) ? 1 : 4));
	draw_octets(damage->options, damage->options_len);
	if (one_in(8)) {
		memset(damage->options, any_of(kinds), damage->options_len);
	} else if (!one_in(4)) {
		damage->options[0] = any_of(kinds);
		if (damage->options_len > 1)
			damage->options[1] = any_of(lengths);
	}
}

static void mutate_ip(struct segment *seg)
{
	static const __u8 kinds[] = { 0, 1, 7, 68, 130, 131, 134, 136, 137, 148, 255 };

	seg->tos = draw();
	if (one_in(4))
		seg->ttl = below(3);
	if (!one_in(3))
		return;
	seg->ip_options_len = 4 * (1 + below(10));
	memset(seg->ip_options, 1, seg->ip_options_len);
	seg->ip_options[0] = any_of(kinds);
	seg->ip_options[1] = one_in(2) ? seg->ip_options_len : draw();
	seg->ip_options[2] = one_in(2) ? 4 : draw();
}

static void mutate_once(struct shot *shot)
{
	const struct flow *flow = shot->flow;
	struct segment *seg = &shot->seg;

	switch (below(16)) {
	case 0 ... 2:
		mutate_seq(seg, flow);
		break;
	case 3 ... 5:
		mutate_ack(seg, flow);
		break;
	case 6 ... 7:
		mutate_flags(seg);
		break;
	case 8:
		mutate_window(seg);
		break;
	case 9:
		mutate_urgent(seg);
		break;
	case 10:
		mutate_length(seg);
		break;
	case 11:
		mutate_stamps(seg, flow);
		break;
	case 12:
		mutate_sack(seg, flow);
		break;
	case 13:
		mutate_syn_options(seg);
		break;
	case 14:
		mutate_raw_options(&shot->damage);
		break;
	default:
		mutate_ip(seg);
	}
}

/* A segment that could come next, but for one to four of its fields. */
void mutate(struct shot *shot, const struct row *row)
{
	int count = 1;

	move(shot, row);
	while (count < MUTATIONS_MAX && one_in(2))
		count++;
	while (count--)
		mutate_once(shot);
}

/* Everything at random but for addresses and ports. */
void wild(struct shot *shot, const struct row *row)
{
	struct segment *seg = &shot->seg;

	move(shot, row);
	seg->seq = draw();
	seg->ack = draw();
	seg->flags = draw();
	seg->win = draw();
	seg->urg = draw();
	seg->tos = draw();
	seg->len = below(1500);
	seg->has_ts = one_in(2);
	seg->tsval = draw();
	seg->tsecr = draw();
	if (one_in(2))
		mutate_raw_options(&shot->damage);
	shot->damage.doff = one_in(4) ? below(16) : 0;
	shot->damage.bad_sum = one_in(8);
}
