// SPDX-License-Identifier: GPL-2.0
/*
 * What numbers of the socket interface are called in scripts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/tcp.h>

#include "macros.h"
#include "names.h"

static const struct socket_option options[] = {
	{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR },
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE },
	{ "linger", SOL_SOCKET, SO_LINGER },
	{ "oobinline", SOL_SOCKET, SO_OOBINLINE },
	{ "rcvbuf", SOL_SOCKET, SO_RCVBUF },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF },
	{ "max-pacing-rate", SOL_SOCKET, SO_MAX_PACING_RATE },
	{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT },
	{ "rcvtimeo", SOL_SOCKET, SO_RCVTIMEO },
	{ "sndtimeo", SOL_SOCKET, SO_SNDTIMEO },
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
	{ "maxseg", IPPROTO_TCP, TCP_MAXSEG },
	{ "cork", IPPROTO_TCP, TCP_CORK },
	{ "keepidle", IPPROTO_TCP, TCP_KEEPIDLE },
	{ "keepintvl", IPPROTO_TCP, TCP_KEEPINTVL },
	{ "keepcnt", IPPROTO_TCP, TCP_KEEPCNT },
	{ "syncnt", IPPROTO_TCP, TCP_SYNCNT },
	{ "linger2", IPPROTO_TCP, TCP_LINGER2 },
	{ "defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT },
	{ "window_clamp", IPPROTO_TCP, TCP_WINDOW_CLAMP },
	{ "quickack", IPPROTO_TCP, TCP_QUICKACK },
	{ "user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT },
	{ "congestion", IPPROTO_TCP, TCP_CONGESTION },
	{ "fastopen", IPPROTO_TCP, TCP_FASTOPEN },
	{ "fastopen_connect", IPPROTO_TCP, TCP_FASTOPEN_CONNECT },
	{ "fastopen_key", IPPROTO_TCP, TCP_FASTOPEN_KEY },
	{ "fastopen_no_cookie", IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE },
	{ "save_syn", IPPROTO_TCP, TCP_SAVE_SYN },
	{ "notsent_lowat", IPPROTO_TCP, TCP_NOTSENT_LOWAT },
	{ "recverr", IPPROTO_IP, IP_RECVERR },
	{ "tos", IPPROTO_IP, IP_TOS },
	{ "ttl", IPPROTO_IP, IP_TTL },
	{ "ip_options", IPPROTO_IP, IP_OPTIONS },
	{ "mtu_discover", IPPROTO_IP, IP_MTU_DISCOVER },
};

const struct socket_option *option_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].name, name))
			return &options[i];
	return NULL;
}

#define ERROR(name)	{ #name, name }

static const struct {
	const char *name;
	int number;
} errors[] = {
	ERROR(EAGAIN), ERROR(EALREADY), ERROR(EISCONN), ERROR(EINPROGRESS),
	ERROR(ECONNREFUSED), ERROR(ECONNRESET), ERROR(ECONNABORTED),
	ERROR(ETIMEDOUT), ERROR(EPIPE), ERROR(ENOTCONN), ERROR(EINVAL),
	ERROR(EHOSTUNREACH), ERROR(ENETUNREACH), ERROR(ENOPROTOOPT),
	ERROR(EPROTO), ERROR(EADDRINUSE), ERROR(EADDRNOTAVAIL),
	ERROR(EOPNOTSUPP), ERROR(EMSGSIZE), ERROR(EINTR), ERROR(EFAULT),
	ERROR(EACCES), ERROR(EPERM), ERROR(EDESTADDRREQ), ERROR(EAFNOSUPPORT),
	ERROR(EBADF), ERROR(EHOSTDOWN), ERROR(ENONET), ERROR(ENOBUFS),
};

int errno_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].number;
	return 0;
}

const char *errno_name(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].number == number)
			return errors[i].name;
	return "an unknown error";
}

static const struct {
	const char *name;
	short bit;
} events[] = {
	{ "IN", POLLIN }, { "PRI", POLLPRI }, { "OUT", POLLOUT },
	{ "RDHUP", POLLRDHUP }, { "ERR", POLLERR }, { "HUP", POLLHUP },
};

bool poll_parse(const char *text, short *bits)
{
	*bits = 0;
	if (!strcmp(text, "-"))
		return true;
	for (;;) {
		size_t length = strcspn(text, "|"), i;

		for (i = 0; i < ARRAY_SIZE(events); i++)
			if (strlen(events[i].name) == length &&
			    !strncmp(events[i].name, text, length))
				break;
		if (i == ARRAY_SIZE(events))
			return false;
		*bits |= events[i].bit;
		text += length;
		if (!*text++)
			return true;
	}
}

void poll_print(short bits, char *text, size_t size)
{
	const char *bar = "";

	snprintf(text, size, "%s", bits ? "" : "-");
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		size_t used = strlen(text);

		if (!(bits & events[i].bit))
			continue;
		snprintf(text + used, size - used, "%s%s", bar,
			 events[i].name);
		bar = "|";
	}
}

#define INFO(field) { #field, offsetof(struct tcp_info, tcpi_##field), \
		      sizeof(((struct tcp_info *)0)->tcpi_##field) }

static const struct {
	const char *name;
	size_t offset, size;
} info[] = {
	INFO(state), INFO(ca_state), INFO(options), INFO(retransmits), INFO(probes),
	INFO(backoff), INFO(rto), INFO(ato), INFO(snd_mss), INFO(rcv_mss),
	INFO(unacked), INFO(sacked), INFO(lost), INFO(retrans), INFO(pmtu),
	INFO(rtt), INFO(rttvar), INFO(snd_ssthresh), INFO(snd_cwnd),
	INFO(advmss), INFO(rcv_space), INFO(total_retrans), INFO(bytes_acked),
	INFO(bytes_received), INFO(segs_out), INFO(segs_in),
	INFO(notsent_bytes), INFO(min_rtt), INFO(pacing_rate),
	INFO(max_pacing_rate), INFO(delivery_rate), INFO(delivered),
	INFO(delivered_ce), INFO(reordering), INFO(reord_seen),
};

int info_offset(const char *name, size_t *size)
{
	for (size_t i = 0; i < ARRAY_SIZE(info); i++) {
		if (strcmp(info[i].name, name))
			continue;
		*size = info[i].size;
		return info[i].offset;
	}
	return -1;
}

static const char * const states[] = {
	"NONE", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1",
	"FIN-WAIT-2", "TIME-WAIT", "CLOSED", "CLOSE-WAIT", "LAST-ACK",
	"LISTEN", "CLOSING",
};

int state_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcmp(states[i], name))
			return i;
	return -1;
}

const char *state_name(int number)
{
	if (number < 0 || (size_t)number >= ARRAY_SIZE(states))
		return "an unknown state";
	return states[number];
}
