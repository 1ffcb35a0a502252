// SPDX-License-Identifier: GPL-2.0
/*
 * The victim's user, and how its connections come into every state: by a peer and a user
 * that keep to the rules.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hostile.h"

#define LISTENERS	3		/* for each protocol number */
#define PORT_TCP	80
#define PORT_OURS	180
#define WANTED		4		/* connections in each state, for each number */
#define WANTED_OPEN	12		/* ESTABLISHED: it has most conditions */
#define NEW_MAX		4		/* connections of one number made in a round */
#define FILES_MAX	250
#define FILES_ENOUGH	100
#define FLOOD_ROUNDS	30
#define LISTENER_ROUNDS	50
#define SYSCTL_ROUNDS	4
#define FLOOD_SYNS	24		/* more than a narrow listener's SYN queue holds */

enum { PLAIN, FASTOPENING, NARROW };	/* kinds of listeners */

static int listeners[WIRES][LISTENERS];
static __u8 cookies[PEERS][COOKIE_MAX];
static __u8 cookie_length[PEERS];
static __u16 next_port = 20000;
static unsigned int files;
static int poller;		/* somebody to be woken */

static void die(const char *what)
{
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_socket(int wire)
{
	int fd = socket(AF_MYTCP, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			wire ? IPPROTO_OURS : IPPROTO_TCP);

	if (fd < 0)
		die("socket");
	return fd;
}

static __u16 port_of(int wire, int kind)
{
	return (wire ? PORT_OURS : PORT_TCP) + kind;
}

static void open_listener(int wire, int kind)
{
	static const int backlogs[] = { [PLAIN] = 64, [FASTOPENING] = 64, [NARROW] = 2 };
	struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_port = htons(port_of(wire, kind)),
		.sin_addr.s_addr = htonl(LOCAL_ADDR),
	};
	int fd = open_socket(wire);

	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, (struct sockaddr *)&name, sizeof(name)))
		die("bind");
	if (kind == FASTOPENING)
		set_option(fd, IPPROTO_TCP, TCP_FASTOPEN, 32);
	if (listen(fd, backlogs[kind]))
		die("listen");
	listeners[wire][kind] = fd;
}

void victim_open(void)
{
	poller = epoll_create1(EPOLL_CLOEXEC);
	if (poller < 0)
		die("epoll_create1");
	for (int wire = 0; wire < WIRES; wire++)
		for (int kind = 0; kind < LISTENERS; kind++)
			open_listener(wire, kind);
}

static void have_socket(struct flow *flow, int fd, enum condition cong)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET,
	};

	flow->fd = fd;
	flow->cong = cong;
	files++;
	epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void close_socket(struct flow *flow)
{
	if (flow->fd < 0)
		return;
	close(flow->fd);
	flow->fd = -1;
	files--;
}

/* A connection that somebody has made, perhaps we by accident. */
static bool take(int wire, int kind)
{
	struct sockaddr_in peer;
	socklen_t length = sizeof(peer);
	struct flow *flow;
	int fd;

	fd = accept4(listeners[wire][kind], (struct sockaddr *)&peer, &length,
		     SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return false;
	flow = flow_find(ntohl(peer.sin_addr.s_addr), port_of(wire, kind), ntohs(peer.sin_port));
	if (!flow)
		flow = flow_new(ntohl(peer.sin_addr.s_addr), port_of(wire, kind),
				ntohs(peer.sin_port));
	if (!flow || files >= FILES_MAX) {
		close(fd);
		return true;
	}
	/* Another connection had this name before. */
	close_socket(flow);
	have_socket(flow, fd, choose_algorithm(fd));
	choose_options(fd);
	return true;
}

void victim_accept(void)
{
	for (int wire = 0; wire < WIRES; wire++)
		for (int kind = 0; kind < LISTENERS; kind++) {
			choose_algorithm(listeners[wire][kind]);
			while (take(wire, kind))
				;
		}
}

/* Our SYN, as ordinary as options_of_syn() makes it. */
static struct flow *begin(int wire, int kind, struct shot *shot)
{
	struct flow *flow;

	next_port = next_port < 60000 ? next_port + 1 : 20000;
	flow = flow_new(PEER_ADDR + below(PEERS), port_of(wire, kind), next_port);
	if (!flow)
		return NULL;
	template(shot, flow);
	shot->seg.flags = FLAG_SYN;
	shot->seg.seq = flow->snd_nxt;
	shot->seg.ack = 0;
	shot->seg.tos = 0;
	options_of_syn(&shot->seg);
	if (one_in(3))
		shot->seg.flags |= FLAG_ECE | FLAG_CWR;
	return flow;
}

static struct flow *shake_hands(struct flow *flow, int wire, int kind)
{
	struct shot shot;

	if (!flow || !flow->known)
		return NULL;
	template(&shot, flow);
	send_valid(&shot);
	pump();
	while (flow->fd < 0 && take(wire, kind))
		;
	return flow->fd >= 0 ? flow : NULL;
}

static struct flow *open_request(int wire)
{
	struct shot shot;
	struct flow *flow = begin(wire, PLAIN, &shot);

	if (!flow)
		return NULL;
	send_valid(&shot);
	pump();
	return flow;
}

static struct flow *open_passive(int wire)
{
	return shake_hands(open_request(wire), wire, PLAIN);
}

static void keep_cookie(const struct flow *flow)
{
	unsigned int peer = flow->raddr - PEER_ADDR;

	cookie_length[peer] = flow->cookie_length;
	memcpy(cookies[peer], flow->cookie, flow->cookie_length);
}

/* Text with a cookie on the SYN, or, once for each of our addresses, asking for one. */
static struct flow *open_fast(int wire)
{
	struct shot shot;
	struct flow *flow = begin(wire, FASTOPENING, &shot);
	unsigned int peer;

	if (!flow)
		return NULL;
	shot.seg.has_fo = true;
	peer = flow->raddr - PEER_ADDR;
	if (cookie_length[peer]) {
		shot.seg.fo_len = cookie_length[peer];
		memcpy(shot.seg.fo, cookies[peer], cookie_length[peer]);
		/* Sometimes a wrong one */
		shot.seg.fo[0] ^= one_in(8);
		shot.seg.len = 1 + below(500);
		flow->fastopen = true;
	}
	send_valid(&shot);
	pump();
	if (flow->cookie_length)
		keep_cookie(flow);
	while (flow->fd < 0 && take(wire, FASTOPENING))
		;
	return flow;
}

/* connect(): SYN-SENT, if nobody answers. */
static struct flow *open_active(int wire)
{
	struct sockaddr_in peer = {
		.sin_family = AF_INET,
		.sin_port = htons((wire ? 8000 : 7000) + below(1000)),
		.sin_addr.s_addr = htonl(PEER_ADDR + below(PEERS)),
	};
	struct sockaddr_in name;
	socklen_t length = sizeof(name);
	int fd = open_socket(wire);
	enum condition cong = choose_algorithm(fd);
	struct flow *flow;

	choose_options(fd);
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)) && errno != EINPROGRESS)
		goto fail;
	getsockname(fd, (struct sockaddr *)&name, &length);
	flow = flow_find(ntohl(peer.sin_addr.s_addr), ntohs(name.sin_port), ntohs(peer.sin_port));
	if (!flow)
		flow = flow_new(ntohl(peer.sin_addr.s_addr), ntohs(name.sin_port),
				ntohs(peer.sin_port));
	if (!flow)
		goto fail;
	close_socket(flow);
	have_socket(flow, fd, cong);
	pump();
	return flow;
fail:
	close(fd);
	return NULL;
}

static struct flow *answer(struct flow *flow, __u8 flags)
{
	struct shot shot;

	if (!flow || !flow->known)
		return NULL;
	template(&shot, flow);
	options_of_syn(&shot.seg);
	shot.seg.flags = flags;
	shot.seg.has_ts = flow->ts && !one_in(4);
	shot.seg.has_sackok &= flow->sack;
	shot.seg.has_wscale &= !!flow->wscale;
	shot.seg.tsecr = flags & FLAG_ACK ? flow->ts_recent : 0;
	flow->ts = shot.seg.has_ts;
	flow->sack = shot.seg.has_sackok;
	flow->ecn = flags & FLAG_ECE;
	if (!shot.seg.has_wscale)
		flow->wscale = 0;
	send_valid(&shot);
	pump();
	return flow;
}

static struct flow *open_crossed(int wire)
{
	return answer(open_active(wire), FLAG_SYN);
}

static struct flow *open_any(int wire)
{
	if (one_in(2))
		return open_passive(wire);
	return answer(open_active(wire), FLAG_SYN | FLAG_ACK | (one_in(2) ? FLAG_ECE : 0));
}

static void peer_sends(struct flow *flow, __u8 flags, size_t length, __u32 ack)
{
	struct shot shot;

	template(&shot, flow);
	shot.seg.flags = flags | FLAG_ACK;
	shot.seg.len = length;
	shot.seg.ack = ack;
	send_valid(&shot);
	pump();
}

/* An established connection in one of its many conditions. */
static void make_busy(struct flow *flow)
{
	struct shot shot;

	switch (below(6)) {
	case 0:
		break;
	case 1:
		user_sends(flow, 1 + below(60000), 0);
		peer_sends(flow, 0, below(3000), flow->acked);
		break;
	case 2:
		user_sends(flow, 1 + below(60000), 0);
		flow->snd_nxt += 1000;
		peer_sends(flow, 0, 1000, flow->acked);
		break;
	case 3:
		user_sends(flow, 1 + below(3000), 0);
		template(&shot, flow);
		shot.seg.win = 0;
		send_valid(&shot);
		user_sends(flow, 1 + below(20000), 0);
		break;
	case 4:
		user_sends(flow, 1000, MSG_OOB);
		template(&shot, flow);
		shot.seg.flags |= FLAG_URG;
		shot.seg.len = 1000;
		shot.seg.urg = 1 + below(1200);
		send_valid(&shot);
		break;
	default:
		user_sends(flow, 20000 + below(40000), 0);
		for (int i = 0; i < 4; i++)
			peer_sends(flow, 0, 0, flow->acked);
	}
}

/* The user closes its side, and half of the time is gone. */
static void user_closes(struct flow *flow, bool may_go)
{
	shutdown(flow->fd, SHUT_WR);
	pump();
	if (may_go && one_in(2))
		close_socket(flow);
}

static void bring_into(struct flow *flow, enum state state)
{
	if (!flow || flow->fd < 0)
		return;
	switch (state) {
	case ESTABLISHED:
		make_busy(flow);
		break;
	case CLOSE_WAIT:
		if (one_in(2))
			user_sends(flow, below(5000), 0);
		peer_sends(flow, FLAG_FIN, below(100), flow->acked);
		break;
	case LAST_ACK:
		peer_sends(flow, FLAG_FIN, 0, flow->rcv_nxt);
		user_closes(flow, true);
		break;
	case FIN_WAIT1:
		if (one_in(2))
			user_sends(flow, below(20000), 0);
		user_closes(flow, true);
		break;
	case FIN_WAIT2:
		user_closes(flow, true);
		peer_sends(flow, 0, 0, flow->rcv_nxt);
		break;
	case CLOSING:
		user_closes(flow, true);
		peer_sends(flow, FLAG_FIN, 0, flow->acked);
		break;
	case TIME_WAIT:
		user_closes(flow, false);
		peer_sends(flow, FLAG_FIN, 0, flow->rcv_nxt);
		close_socket(flow);
		break;
	default:
		break;
	}
}

/* Until there are cookies, half of which come back: see bury(). */
static void flood(int wire)
{
	struct shot shot;

	for (int i = 0; i < FLOOD_SYNS; i++)
		if (begin(wire, NARROW, &shot))
			send_valid(&shot);
	pump();
}

static void open_in(int wire, enum state state)
{
	if (state == SYN_SENT)
		open_active(wire);
	else if (state == SYN_RECV)
		open_request(wire);
	else
		bring_into(open_any(wire), state);
}

/**
 * victim_populate() - make connections anew where too few are left
 * @count: how many there are, by protocol number and state
 * @children: of SYN-RECEIVED those that are sockets
 */
void victim_populate(const unsigned int count[WIRES][STATES], unsigned int children[WIRES])
{
	static const enum state states[] = {
		ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT,
		CLOSE_WAIT, LAST_ACK, CLOSING,
	};
	unsigned int first = below(ARRAY_SIZE(states));

	for (int wire = 0; wire < WIRES; wire++) {
		unsigned int made = 0;

		if (one_in(FLOOD_ROUNDS))
			flood(wire);
		if (children[wire] < WANTED) {
			open_fast(wire);
			if (one_in(2))
				open_crossed(wire);
		}
		for (unsigned int i = 0; i < ARRAY_SIZE(states) && made < NEW_MAX; i++) {
			enum state state = states[(first + i) % ARRAY_SIZE(states)];
			unsigned int there = count[wire][state];

			if (state == SYN_RECV)
				there -= children[wire];
			if (there >= (state == ESTABLISHED ? WANTED_OPEN : WANTED))
				continue;
			open_in(wire, state);
			made++;
		}
	}
}

/* Handshakes and connections that nobody has accepted end with the listener. */
static void open_listener_anew(int wire, int kind)
{
	close(listeners[wire][kind]);
	open_listener(wire, kind);
	pump();
}

/*
 * The user does something with one in eight of its connections, and ends some, more when
 * there are too many.
 */
void victim_act(void)
{
	unsigned int ends = files > FILES_ENOUGH ? files - FILES_ENOUGH : 0;
	struct epoll_event events[16];

	epoll_wait(poller, events, ARRAY_SIZE(events), 0);
	if (one_in(LISTENER_ROUNDS))
		open_listener_anew(below(WIRES), below(LISTENERS));
	if (one_in(SYSCTL_ROUNDS))
		choose_sysctl();
	for (struct flow *flow = flows; flow < flows + FLOWS_MAX; flow++) {
		if (!flow->used || flow->fd < 0)
			continue;
		if (one_in(8))
			user_act(flow);
		if (one_in(256) || (ends && one_in(4))) {
			close_socket(flow);
			ends -= !!ends;
		}
	}
}

void victim_close(void)
{
	for (struct flow *flow = flows; flow < flows + FLOWS_MAX; flow++)
		if (flow->used)
			close_socket(flow);
	for (int wire = 0; wire < WIRES; wire++)
		for (int kind = 0; kind < LISTENERS; kind++)
			close(listeners[wire][kind]);
}

/* The connection is not in the table any more. */
void victim_lost(struct flow *flow)
{
	close_socket(flow);
	flow_forget(flow);
}
