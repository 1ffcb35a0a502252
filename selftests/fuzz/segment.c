// SPDX-License-Identifier: GPL-2.0
/*
 * Target "segment": any segment arrives in any state, and between them the user calls
 * what there is to call, time goes on, and memory fails. What is read is the stream;
 * nothing is left behind in the end.
 */
#include <linux/poll.h>

#include "talk.h"

#define STEPS_MAX	100

static const u8 segment_states[] = {
	TCP_CLOSE, TCP_LISTEN, TCP_SYN_SENT, TCP_SYN_RECV, TCP_ESTABLISHED, TCP_FIN_WAIT1,
	TCP_FIN_WAIT2, TCP_CLOSE_WAIT, TCP_CLOSING, TCP_LAST_ACK, TCP_TIME_WAIT,
};

/* The next number that we wait for, and what is near to it, relative */
static u32 segment_seq(struct talk *k)
{
	const struct sock *sk = k->c->sk;
	u8 how = tape_u8(k->t);
	u32 seq = 0;

	if (sk && sk->sk_state != TCP_LISTEN && sk->sk_state != TCP_CLOSE)
		seq = mytcp_sk(sk)->rcv_nxt - k->c->irs;
	else
		seq = how >> 3;
	switch (how & 7) {
	case 0:
	case 1:
	case 2:
	case 3:
		return seq;
	case 4:
		return seq + tape_u16(k->t);
	case 5:
		return seq - tape_u8(k->t);
	case 6:
		return sk ? seq + mytcp_receive_window(mytcp_sk(sk)) - (how >> 3) : 0;
	default:
		return tape_u32(k->t);
	}
}

static u32 segment_ack(struct talk *k)
{
	/* Where there is no connection yet: of the SYN, or nearly */
	if (!k->c->sk || k->c->sk->sk_state == TCP_LISTEN)
		return tape_u8(k->t) % 4;
	return talk_sent_seq(k);
}

static void segment_arrives(struct talk *k)
{
	static const u8 flags[] = {
		ACK, ACK | PSH, FIN | ACK, SYN, SYN | ACK, RST, RST | ACK, ACK | URG,
	};
	struct tape *t = k->t;
	u8 how = tape_u8(t), with = tape_u8(t), i;
	u8 raw[MYTCP_OPTIONS_MAX];
	struct catch_segment s = {
		.flags = how & 128 ? tape_u8(t) : flags[how & 7],
		.seq = segment_seq(k),
		.ack = segment_ack(k),
		.len = how & 8 ? tape_any(t) % 3000 : 0,
		.nonlinear = how & 16,
		.ecn = how >> 5 & 3,
		.no_ts = with & 1,
		.wnd = with & 2 ? (tape_any(t) & 0x3fffffff) ?: CATCH_WND_0 : 0,
		.reserved = with & 4 ? tape_u8(t) & 15 : 0,
	};

	if (s.flags & URG)
		s.urg = tape_u16(t);
	if (s.flags & SYN && with & 8) {
		s.mss = tape_u16(t);
		s.has_wscale = with & 16;
		s.wscale = with & 16 ? tape_u8(t) : 0;
		s.sack_ok = with & 32;
		s.has_ts = with & 64;
	}
	if (with & 128) {
		s.raw_options_len = tape_u8(t) % 11 * 4;
		for (i = 0; i < s.raw_options_len; i++)
			raw[i] = tape_u8(t);
		s.raw_options = raw;
	}
	catch_peer(k->c, &s);
}

/* Text is the peer's pattern, if no urgent octet was taken out of it. */
static void segment_read(struct talk *k)
{
	static const int flags[] = { 0, 0, MSG_PEEK, MSG_OOB, MSG_TRUNC, MSG_PEEK | MSG_OOB };
	int flag = flags[tape_u8(k->t) % ARRAY_SIZE(flags)];
	u32 len = tape_any(k->t) % 70000;
	u8 *buf = fuzz_malloc(len ?: 1);

	if (flag == MSG_TRUNC)
		catch_read(k->c, NULL, len, flag);
	else
		catch_read(k->c, buf, len, flag);
	fuzz_free(buf);
}

static void segment_disconnect(struct talk *k)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	k->reused = true;
	kernel_connect(k->c->sock, &none, sizeof(none), O_NONBLOCK);
}

/* What the user calls, with a socket that is open */
static void segment_call(struct talk *k)
{
	struct catch *c = k->c;
	u8 what = tape_u8(k->t);

	if (!c->sock)
		return;
	switch (what % 12) {
	case 0:
	case 1:
		talk_write(k);
		break;
	case 2:
	case 3:
		segment_read(k);
		break;
	case 4:
		catch_shutdown(c, what / 12 % 3);
		break;
	case 5:
		catch_close(c);
		break;
	case 6:
		catch_abort(c);
		break;
	case 7:
		if (!c->listener)
			catch_accept(c);
		break;
	case 8:
		k->reused = true;
		catch_connect(c);
		break;
	case 9:
		catch_listen(c);
		break;
	case 10:
		catch_poll(c);
		catch_so_error(c);
		break;
	case 11:
		segment_disconnect(k);
		break;
	}
}

/* The administrator turns a knob. */
static void segment_sysctl(struct talk *k)
{
	struct netns_ipv4 *net = &init_net.ipv4;
	u8 what = tape_u8(k->t), value = tape_u8(k->t);

	switch (what % 10) {
	case 0:
		WRITE_ONCE(net->sysctl_tcp_syncookies, value % 3);
		break;
	case 1:
		WRITE_ONCE(net->sysctl_tcp_mtu_probing, value % 3);
		break;
	case 2:
		WRITE_ONCE(net->sysctl_tcp_frto, value % 3);
		break;
	case 3:
		WRITE_ONCE(net->sysctl_tcp_early_retrans, value % 5);
		break;
	case 4:
		WRITE_ONCE(net->sysctl_tcp_tw_reuse, value % 3);
		break;
	case 5:
		WRITE_ONCE(net->sysctl_tcp_fastopen, value);
		break;
	case 6:
		WRITE_ONCE(net->sysctl_tcp_stdurg, value & 1);
		break;
	case 7:
		WRITE_ONCE(net->sysctl_tcp_dsack, value & 1);
		break;
	case 8:
		WRITE_ONCE(net->sysctl_tcp_retries2, value % 16);
		break;
	case 9:
		WRITE_ONCE(net->sysctl_tcp_slow_start_after_idle, value & 1);
		break;
	}
}

static void segment_step(struct talk *k)
{
	u8 what = tape_u8(k->t);

	switch (what & 15) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
	case 5:
		segment_arrives(k);
		break;
	case 6:
	case 7:
	case 8:
		segment_call(k);
		break;
	case 9:
	case 10:
		talk_time(k);
		break;
	case 11:
		talk_option(k);
		break;
	case 12:
		talk_icmp(k);
		break;
	case 13:
		talk_below(k);
		break;
	case 14:
		talk_memory(k, tape_u8(k->t), false);
		break;
	case 15:
		segment_sysctl(k);
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
	const struct netns_ipv4 sysctls = init_net.ipv4;
	struct tape t = { data, size };
	struct talk k = { .t = &t };
	struct catch_setup setup;
	int state, steps;

	talk_setup(&k, &setup);
	state = segment_states[tape_u8(&t) % ARRAY_SIZE(segment_states)];
	if (state == TCP_SYN_SENT)
		setup.passive = false;
	talk_begin(&k, state, &setup);
	for (steps = 0; tape_more(&t) && steps < STEPS_MAX; steps++) {
		segment_step(&k);
		talk_check(&k);
		talk_check_sent(&k);
	}
	talk_end(&k);
	init_net.ipv4 = sysctls;
	return 0;
}
