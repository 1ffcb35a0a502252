// SPDX-License-Identifier: GPL-2.0
/*
 * Target "scoreboard": we send, and the peer acknowledges what it likes: SACK blocks
 * of any kind, old and foreign numbers, windows that come and go. After each step the
 * send queue is counted anew.
 */
#include "talk.h"

#define STEPS_MAX	200

/* An ACK with up to four blocks */
static void scoreboard_ack(struct talk *k)
{
	struct tape *t = k->t;
	u8 how = tape_u8(t);
	struct catch_segment s = {
		.flags = ACK | (how & 64 ? ECE : 0),
		.seq = mytcp_sk(k->c->sk)->rcv_nxt - k->c->irs,
		.ack = talk_sent_seq(k),
		.no_ts = how & 32,
	};
	u8 blocks = how & 7, i;

	if (how & 8)
		s.wnd = tape_any(t) & 0x3fffffff ?: CATCH_WND_0;
	if (how & 16)
		s.ts_ecr = k->c->last_ts_val - tape_u16(t);
	if (how & 128)
		s.len = 1 + tape_u8(t);
	for (i = 0; i < min(blocks, MYTCP_SACK_BLOCKS); i++) {
		s.sacks[i].start = talk_sent_seq(k);
		s.sacks[i].end = talk_sent_seq(k);
	}
	catch_peer(k->c, &s);
}

/* The peer acknowledges all that was sent, as most do */
static void scoreboard_ack_all(struct talk *k)
{
	const struct mytcp_sock *ms = mytcp_sk(k->c->sk);

	PEER(k->c, ACK, ms->rcv_nxt - k->c->irs, ms->snd_nxt - k->c->iss);
}

static void scoreboard_step(struct talk *k)
{
	u8 what = tape_u8(k->t);

	switch (what & 15) {
	case 0:
	case 1:
		talk_write(k);
		break;
	case 2:
	case 3:
	case 4:
	case 5:
		scoreboard_ack(k);
		break;
	case 6:
	case 7:
		scoreboard_ack_all(k);
		break;
	case 8:
	case 9:
		talk_time(k);
		break;
	case 10:
		talk_below(k);
		break;
	case 11:
		talk_icmp(k);
		break;
	case 12:
		talk_option(k);
		break;
	case 13:
		talk_memory(k, tape_u8(k->t), false);
		break;
	case 14:
		catch_shutdown(k->c, SHUT_WR);
		break;
	case 15:
		WRITE_ONCE(init_net.ipv4.sysctl_tcp_mtu_probing, (what >> 4) % 3);
		break;
	}
}

int fuzz_init(int *argc, char ***argv)
{
	talk_init();
	return 0;
}

int fuzz_input(const u8 *data, size_t size)
{
	struct tape t = { data, size };
	struct talk k = { .t = &t };
	struct catch_setup setup;
	int steps;

	talk_setup(&k, &setup);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_mtu_probing, 0);
	talk_begin(&k, TCP_ESTABLISHED, &setup);
	for (steps = 0; tape_more(&t) && steps < STEPS_MAX; steps++) {
		scoreboard_step(&k);
		talk_check(&k);
		talk_check_sent(&k);
		if (k.c->sk->sk_state == TCP_CLOSE)
			break;
	}
	talk_end(&k);
	return 0;
}
