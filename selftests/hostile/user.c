// SPDX-License-Identifier: GPL-2.0
/*
 * What the victim's user does with a connection, what an administrator sets, and whether
 * the connection's numbers can be.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/sockios.h>

#include "hostile.h"

#define COUNT_MAX	1000000u	/* of segments, which would else be less than none */
#define OCTETS_MAX	300000000
#define RTO_MAX_US	120000000u
#define SHOWN		5

static unsigned int odd;

static const struct {
	const char *name;
	enum condition condition;
} algorithms[] = {
	{ "cubic", CUBIC }, { "reno", RENO }, { "bbr", BBR }, { "dctcp", DCTCP },
};

enum condition choose_algorithm(int fd)
{
	unsigned int i = below(ARRAY_SIZE(algorithms));

	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, algorithms[i].name,
		       strlen(algorithms[i].name)))
		return CUBIC;
	return algorithms[i].condition;
}

void set_option(int fd, int level, int option, int value)
{
	setsockopt(fd, level, option, &value, sizeof(value));
}

/* What a program may want of its connection: a value from "least" on, of so many. */
static const struct {
	int level, option, least, values;
} wishes[] = {
	{ SOL_SOCKET, SO_OOBINLINE, 0, 2 },
	{ SOL_SOCKET, SO_RCVBUF, 2000, 20000 },
	{ SOL_SOCKET, SO_SNDBUF, 2000, 20000 },
	{ SOL_SOCKET, SO_RCVLOWAT, 1, 5000 },
	{ SOL_SOCKET, SO_MAX_PACING_RATE, 10000, 1000000 },
	{ SOL_SOCKET, SO_TIMESTAMPNS, 0, 2 },
	{ IPPROTO_IP, IP_RECVERR, 0, 2 },
	{ IPPROTO_IP, IP_TOS, 0, 256 },
	{ IPPROTO_IP, IP_MINTTL, 1, 64 },
	{ IPPROTO_TCP, TCP_NODELAY, 0, 2 },
	{ IPPROTO_TCP, TCP_CORK, 0, 2 },
	{ IPPROTO_TCP, TCP_QUICKACK, 0, 2 },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, 1000, 5000 },
	{ IPPROTO_TCP, TCP_LINGER2, -1, 4 },
	{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1, 20000 },
	{ IPPROTO_TCP, TCP_WINDOW_CLAMP, 0, 40000 },
	{ IPPROTO_TCP, TCP_MAXSEG, 88, 1400 },
	{ IPPROTO_TCP, TCP_INQ, 0, 2 },
};

void choose_options(int fd)
{
	unsigned int i = below(ARRAY_SIZE(wishes) + 2);
	struct linger linger = { .l_onoff = 1 };

	if (i < ARRAY_SIZE(wishes)) {
		set_option(fd, wishes[i].level, wishes[i].option,
			   wishes[i].least + (int)below(wishes[i].values));
	} else if (i == ARRAY_SIZE(wishes)) {
		set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
		set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 1);
		set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 1);
	} else if (one_in(8)) {
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	}
}

static void write_sysctl(const char *name, const char *value)
{
	char path[80];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
	file = fopen(path, "w");
	if (!file)
		return;
	fputs(value, file);
	fclose(file);
}

/* What an administrator may want of all connections: one thing at a time. */
void choose_sysctl(void)
{
	static const struct {
		const char *name, *usual, *odd[2];
	} sysctls[] = {
		{ "tcp_timestamps", "1", { "0", "2" } },
		{ "tcp_sack", "1", { "0", "0" } },
		{ "tcp_dsack", "1", { "0", "0" } },
		{ "tcp_window_scaling", "1", { "0", "0" } },
		{ "tcp_syncookies", "1", { "0", "2" } },
		{ "tcp_ecn", "1", { "0", "2" } },
		{ "tcp_fastopen", "3", { "0", "515" } },
		{ "tcp_frto", "2", { "0", "1" } },
		{ "tcp_early_retrans", "3", { "0", "4" } },
		{ "tcp_mtu_probing", "1", { "0", "2" } },
		{ "tcp_tw_reuse", "2", { "0", "1" } },
		{ "tcp_stdurg", "0", { "1", "1" } },
		{ "tcp_invalid_ratelimit", "500", { "0", "10" } },
	};
	static unsigned int changed;

	write_sysctl(sysctls[changed].name, sysctls[changed].usual);
	changed = below(ARRAY_SIZE(sysctls));
	write_sysctl(sysctls[changed].name, any_of(sysctls[changed].odd));
}

void user_sends(struct flow *flow, size_t length, int flags)
{
	static const char text[60000];

	if (length > sizeof(text))
		length = sizeof(text);
	if (send(flow->fd, text, length, flags | MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		flow->urgent |= flags & MSG_OOB;
	pump();
}

static void user_receives(struct flow *flow)
{
	static char text[65536];
	static const int flags[] = { 0, 0, 0, 0, MSG_PEEK, MSG_OOB, MSG_TRUNC };

	recv(flow->fd, text, 1 + below(sizeof(text)), MSG_DONTWAIT | any_of(flags));
}

/* Return: what is wrong with the numbers of a connection, or NULL. */
static const char *oddity(const struct tcp_info *info, int unacknowledged)
{
	bool opening = info->tcpi_state == SYN_SENT || info->tcpi_state == SYN_RECV;

	if (info->tcpi_unacked > COUNT_MAX)
		return "unacked";
	if (info->tcpi_sacked > info->tcpi_unacked)
		return "sacked";
	if (info->tcpi_sacked + info->tcpi_lost > info->tcpi_unacked)
		return "lost";
	if (info->tcpi_retrans > info->tcpi_unacked)
		return "retrans";
	if (!info->tcpi_snd_cwnd || info->tcpi_snd_cwnd > COUNT_MAX)
		return "snd_cwnd";
	if (!info->tcpi_snd_mss || info->tcpi_snd_mss > 65535)
		return "snd_mss";
	if (!info->tcpi_rto || info->tcpi_rto > RTO_MAX_US)
		return "rto";
	if (unacknowledged < 0 || unacknowledged > OCTETS_MAX)
		return "SIOCOUTQ";
	if (!opening && !unacknowledged && info->tcpi_unacked)
		return "nothing is unacknowledged, but unacked";
	return NULL;
}

static void look(const struct flow *flow)
{
	int unacknowledged = 0;
	struct tcp_info info = {};
	socklen_t length = sizeof(info);
	const char *what;

	if (getsockopt(flow->fd, IPPROTO_TCP, TCP_INFO, &info, &length) ||
	    info.tcpi_state == CLOSE || ioctl(flow->fd, SIOCOUTQ, &unacknowledged))
		return;
	what = oddity(&info, unacknowledged);
	if (!what || odd++ >= SHOWN)
		return;
	printf("# odd: %s; state %u, ca_state %u, options %x, SIOCOUTQ %d\n", what,
	       info.tcpi_state, info.tcpi_ca_state, info.tcpi_options, unacknowledged);
	printf("# unacked %u sacked %u lost %u retrans %u cwnd %u mss %u rto %u\n",
	       info.tcpi_unacked, info.tcpi_sacked, info.tcpi_lost, info.tcpi_retrans,
	       info.tcpi_snd_cwnd, info.tcpi_snd_mss, info.tcpi_rto);
}

unsigned int user_odd(void)
{
	return odd;
}

static void ask(const struct flow *flow)
{
	socklen_t length = sizeof(int);
	int value;

	ioctl(flow->fd, SIOCINQ, &value);
	ioctl(flow->fd, SIOCATMARK, &value);
	getsockopt(flow->fd, SOL_SOCKET, SO_ERROR, &value, &length);
}

/* Something that a program may do with a connection, but for close(). */
void user_act(struct flow *flow)
{
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	switch (below(32)) {
	case 0 ... 12:
		user_receives(flow);
		break;
	case 13 ... 22:
		user_sends(flow, below(one_in(3) ? 60000 : 3000), one_in(8) ? MSG_OOB : 0);
		break;
	case 23:
		ask(flow);
		break;
	case 24 ... 28:
		choose_options(flow->fd);
		break;
	case 29:
		flow->cong = choose_algorithm(flow->fd);
		break;
	case 30:
		shutdown(flow->fd, below(3));
		break;
	default:
		if (one_in(8))
			connect(flow->fd, &nowhere, sizeof(nowhere));
	}
	look(flow);
}
