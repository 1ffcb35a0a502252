// SPDX-License-Identifier: GPL-2.0
/*
 * hostile SEED SEGMENTS: segments of a peer that knows everything and keeps to nothing,
 * against live connections in every state.
 *
 * It is the peer of the victim's connections, on a tun device, and the user of their
 * sockets, so it knows all the numbers; of some connections, with somebody else as their
 * peer, it knows the names alone. Again and again it reads the table of connections, sends
 * about one segment to each, lets the user act, and replaces what has died. Each
 * segment is counted by the state that the table told. The results are TAP without
 * numbers. What the kernel says to it all is its log's business.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hostile.h"

#define PROGRESS	10000	/* segments, which take some seconds */
#define STATE_MAX	6	/* segments to one state of one protocol in a round */
#define OPEN_MAX	24	/* the same, ESTABLISHED */
#define BLIND_TIMES	2
#define IDLE_MAX	3	/* rounds */
#define NAP_US		1000
#define LONG_NAP_US	400000	/* retransmission timers fire */
#define STATE_SHARE	400	/* of all segments, this part must have met each state */
#define CONDITION_SHARE	2000
#define FORM_SHARE	200

static const char *const state_names[STATES] = {
	[ESTABLISHED] = "ESTABLISHED", [SYN_SENT] = "SYN-SENT", [SYN_RECV] = "SYN-RECEIVED",
	[FIN_WAIT1] = "FIN-WAIT-1", [FIN_WAIT2] = "FIN-WAIT-2", [TIME_WAIT] = "TIME-WAIT",
	[CLOSE_WAIT] = "CLOSE-WAIT", [LAST_ACK] = "LAST-ACK", [LISTEN] = "LISTEN",
	[CLOSING] = "CLOSING",
};

static const char *const condition_names[CONDITIONS] = {
	[REQUEST] = "in the SYN queue", [CHILD] = "SYN-RECEIVED as a socket",
	[FASTOPEN] = "Fast Open child", [ORPHAN] = "orphan", [IN_FLIGHT] = "text in flight",
	[SACKED] = "text in flight, SACKed", [HOLES] = "holes in the receive queue",
	[UNREAD] = "unread text", [ZERO_WINDOW] = "zero window", [RETRYING] = "after a timeout",
	[URGENT] = "urgent text", [MARKS] = "ECN", [STAMPED] = "timestamps",
	[NOT_STAMPED] = "no timestamps", [SACK_OFF] = "no SACK", [CUBIC] = "cubic",
	[RENO] = "reno", [BBR] = "bbr", [DCTCP] = "dctcp", [BLIND] = "numbers not known",
};

static const char *const form_names[FORMS] = {
	[FORM_VALID] = "valid", [FORM_MUTATED] = "mutated", [FORM_WILD] = "wild",
	[FORM_DAMAGED] = "damaged", [FORM_FRAGMENTS] = "in fragments", [FORM_LARGE] = "large",
	[FORM_REPLAY] = "replayed", [FORM_ICMP] = "ICMP", [FORM_BLIND] = "blind",
	[FORM_GUESSED] = "guessed",
};

static unsigned long met[WIRES][STATES], under[CONDITIONS], formed[FORMS];
static unsigned long sent, wanted, rounds;

static int wire_of(const struct row *row)
{
	__u16 rport = row->state == LISTEN ? 0xffff : row->rport;

	return flow_wire(row->lport, rport) == IPPROTO_OURS;
}

static bool is_open(int state)
{
	return state != LISTEN && state != TIME_WAIT && state != SYN_SENT && state != SYN_RECV;
}

static void count_options(const struct flow *flow)
{
	under[MARKS] += flow->ecn;
	under[flow->ts ? STAMPED : NOT_STAMPED]++;
	under[SACK_OFF] += !flow->sack;
	under[flow->cong] += flow->fd >= 0;
}

/* The conditions of a segment that is about to be sent. */
static void count_conditions(const struct row *row, const struct flow *flow)
{
	under[REQUEST] += row->request;
	under[CHILD] += row->state == SYN_RECV && !row->request;
	if (row->state == SYN_RECV && !row->request && flow)
		under[FASTOPEN] += flow->fastopen;
	if (!is_open(row->state))
		return;
	under[ORPHAN] += !row->inode && row->state != ESTABLISHED && row->state != CLOSE_WAIT;
	under[IN_FLIGHT] += row->tx_queue > 0;
	under[UNREAD] += row->rx_queue > 0;
	under[ZERO_WINDOW] += row->timer == 4;
	under[RETRYING] += row->retries > 0;
	if (!flow)
		return;
	under[SACKED] += row->tx_queue && flow->sacked;
	under[HOLES] += flow->holes;
	under[URGENT] += flow->urgent;
	count_options(flow);
}

static void make_large(struct shot *shot)
{
	static const __u16 linear[] = { 0, 20, 28, 40, 41, 60, 100 };

	shot->seg.len = 4500 + below(50000);
	shot->gso_size = one_in(4) ? 0 : 1 + below(1460);
	if (shot->gso_size && shot->seg.len / shot->gso_size > 60)
		shot->gso_size = 1000;
	shot->linear = any_of(linear);
}

static enum form choose_form(void)
{
	static const __u8 share[FORMS] = {
		[FORM_VALID] = 20, [FORM_MUTATED] = 44, [FORM_WILD] = 8, [FORM_DAMAGED] = 8,
		[FORM_FRAGMENTS] = 3, [FORM_LARGE] = 4, [FORM_REPLAY] = 8, [FORM_ICMP] = 5,
	};
	unsigned int form = 0, left = below(100);

	while (left >= share[form])
		left -= share[form++];
	return form;
}

static void attack(const struct row *row)
{
	struct flow *flow = flow_of_row(row);
	enum form form = choose_form();
	struct shot shot;

	formed[form]++;
	switch (form) {
	case FORM_VALID:
		move(&shot, row);
		send_valid(&shot);
		break;
	case FORM_MUTATED:
		mutate(&shot, row);
		fire(&shot);
		break;
	case FORM_WILD:
		wild(&shot, row);
		fire(&shot);
		break;
	case FORM_LARGE:
		if (one_in(2))
			move(&shot, row);
		else
			mutate(&shot, row);
		make_large(&shot);
		fire(&shot);
		break;
	case FORM_DAMAGED:
		move(&shot, row);
		fire_damaged(&shot);
		break;
	case FORM_FRAGMENTS:
		if (one_in(2))
			move(&shot, row);
		else
			mutate(&shot, row);
		fire_fragments(&shot);
		break;
	case FORM_REPLAY:
		fire_replay(flow);
		break;
	default:
		fire_icmp(row, flow);
	}
	if (form == FORM_ICMP)
		return;
	sent++;
	/* Perhaps it went to another connection. */
	if (form == FORM_REPLAY)
		return;
	met[wire_of(row)][row->state]++;
	count_conditions(row, flow);
}

/* Addresses and ports are right, and that is all that we know. */
static void attack_blindly(const struct row *row)
{
	struct shot shot;

	formed[FORM_BLIND]++;
	if (one_in(16)) {
		fire_icmp(row, NULL);
		return;
	}
	if (one_in(2))
		wild(&shot, row);
	else
		mutate(&shot, row);
	fire(&shot);
	sent++;
	under[BLIND]++;
}

/*
 * RST or SYN in the window, but not where RFC 5961 believes it: the best that who does not
 * see the connection can hope for.
 */
static void attack_by_guess(const struct row *row)
{
	struct shot shot;

	move(&shot, row);
	if (!sniff_guess(row, &shot.seg.seq))
		return;
	shot.seg.flags = (draw() & ~FLAG_RST) | FLAG_SYN;
	if (one_in(2))
		shot.seg.flags ^= FLAG_SYN | FLAG_RST;
	shot.seg.ack = draw();
	shot.seg.len = one_in(2) ? 0 : below(100);
	formed[FORM_GUESSED]++;
	fire(&shot);
	sent++;
}

static bool is_target(const struct row *row)
{
	return row->laddr == LOCAL_ADDR;
}

static bool is_blind_target(const struct row *row)
{
	return row->raddr == BLIND_PEER_ADDR && row->state == ESTABLISHED;
}

/* Flows that are not in the table have died, or are a cookie that nobody has seen. */
static void bury(int count)
{
	struct flow *flow;
	struct shot shot;

	for (flow = flows; flow < flows + FLOWS_MAX; flow++)
		flow->idle++;
	for (int i = 0; i < count; i++) {
		flow = flow_of_row(&rows[i]);
		if (flow)
			flow->idle = 0;
	}
	for (flow = flows; flow < flows + FLOWS_MAX; flow++) {
		if (!flow->used || !flow->idle)
			continue;
		if (flow->idle > IDLE_MAX) {
			victim_lost(flow);
		} else if (flow->known && flow->fd < 0 && one_in(2)) {
			template(&shot, flow);
			send_valid(&shot);
		}
	}
}

static void shuffle(int count)
{
	for (int i = count - 1; i > 0; i--) {
		int other = below(i + 1);
		struct row row = rows[i];

		rows[i] = rows[other];
		rows[other] = row;
	}
}

static void count_rows(int count, unsigned int in_state[WIRES][STATES],
		       unsigned int children[WIRES])
{
	for (int i = 0; i < count; i++) {
		if (!is_target(&rows[i]))
			continue;
		in_state[wire_of(&rows[i])][rows[i].state]++;
		children[wire_of(&rows[i])] += rows[i].state == SYN_RECV && !rows[i].request;
	}
}

static void attack_all(int count)
{
	unsigned int in_round[WIRES][STATES] = {};

	for (int i = 0; i < count && sent < wanted; i++) {
		const struct row *row = &rows[i];
		unsigned int most = row->state == ESTABLISHED ? OPEN_MAX : STATE_MAX;

		if (is_blind_target(row)) {
			attack_by_guess(row);
			for (int times = 0; times < BLIND_TIMES; times++)
				attack_blindly(row);
		} else if (is_target(row) && in_round[wire_of(row)][row->state]++ < most) {
			attack(row);
		}
		if (i % 8 == 7)
			pump();
	}
	pump();
}

static void play_round(void)
{
	unsigned int in_state[WIRES][STATES] = {}, children[WIRES] = {};
	int count = table_read();

	bury(count);
	count_rows(count, in_state, children);
	shuffle(count);
	attack_all(count);
	victim_accept();
	victim_act();
	victim_populate(in_state, children);
	/* The others' programs, and the clock, which is virtual, are to come on. */
	usleep(one_in(40) ? LONG_NAP_US : NAP_US);
	rounds++;
}

static void tell_progress(void)
{
	static unsigned long told;

	if (sent - told < PROGRESS)
		return;
	told = sent;
	printf("# %lu of %lu segments, %lu rounds\n", sent, wanted, rounds);
}

static bool judge(const char *what, unsigned long number, unsigned long least)
{
	printf("# %9lu  %s\n", number, what);
	if (number >= least)
		return true;
	printf("# too few: %lu are wanted\n", least);
	return false;
}

static void verdict(bool good, const char *text)
{
	printf("%sok - %s\n", good ? "" : "not ", text);
}

static void judge_states(void)
{
	char name[40];
	bool good = true;

	for (int wire = 0; wire < WIRES; wire++)
		for (int state = 0; state < STATES; state++) {
			if (!state_names[state])
				continue;
			snprintf(name, sizeof(name), "%s, protocol %d", state_names[state],
				 wire ? IPPROTO_OURS : IPPROTO_TCP_WIRE);
			good &= judge(name, met[wire][state], wanted / STATE_SHARE);
		}
	verdict(good, "every state was met");
}

static void judge_all(void)
{
	bool good = true;

	judge_states();
	for (int i = 0; i < CONDITIONS; i++)
		good &= judge(condition_names[i], under[i], wanted / CONDITION_SHARE);
	verdict(good, "every condition was met");
	good = true;
	for (int i = 0; i < FORMS; i++)
		good &= judge(form_names[i], formed[i], wanted / FORM_SHARE);
	verdict(good, "every form of segment was sent");
	verdict(!user_odd(), "the numbers of connections made sense");
	verdict(!flow_malformed(), "the victim sent well-formed segments alone");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: hostile SEED SEGMENTS\n");
		return 2;
	}
	setlinebuf(stdout);
	draw_seed(strtoul(argv[1], NULL, 0));
	wanted = strtoul(argv[2], NULL, 0);
	link_open();
	sniff_open();
	victim_open();
	while (sent < wanted) {
		play_round();
		tell_progress();
	}
	judge_all();
	victim_close();
	return 0;
}
