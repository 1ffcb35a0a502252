// SPDX-License-Identifier: GPL-2.0
/*
 * The program above the stack: socket calls and what must come of them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/sockios.h>
#include <linux/tcp.h>

#include "field.h"
#include "names.h"
#include "wire.h"

#define BUFFER_MAX	(4 << 20)
#define CALL_SECONDS	5
#define DEFAULT_BACKLOG	128

/*
 * A socket has the name of its conversation, a listener has none. Both
 * streams follow pattern(), so it is enough to know how far they have come.
 */
struct app_socket {
	struct app_socket *next;
	char *name;
	int fd;
	__u32 received, sent;
};

/* One call: made from a line, run at once or in a thread of its own. */
struct call {
	struct wire *wire;
	const struct line *line;
	struct app_socket *socket;
	struct flow *flow;
	int args;
	char **arg;
	const char *expected;
	long result;
	int error;
	struct field fallback;
	char why[200];
	__s64 end;
	int wakeup;
	pthread_t thread;
};

static struct app_socket *sockets;
static struct call *background;

static struct app_socket *socket_find(const char *name)
{
	struct app_socket *sock;

	for (sock = sockets; sock; sock = sock->next)
		if (!strcmp(sock->name, name))
			return sock;
	sock = calloc(1, sizeof(*sock));
	if (!sock)
		abort();
	sock->name = strdup(name);
	sock->fd = -1;
	sock->next = sockets;
	sockets = sock;
	return sock;
}

static const char *arg(const struct call *call, int index)
{
	if (index >= call->args)
		script_error(call->line, "the call lacks an argument");
	return call->arg[index];
}

static bool has_arg(const struct call *call, const char *word)
{
	for (int i = 0; i < call->args; i++)
		if (!strcmp(call->arg[i], word))
			return true;
	return false;
}

/* The number after a word, or another one if the word is not there. */
static long arg_after(const struct call *call, const char *word, long other)
{
	for (int i = 0; i + 1 < call->args; i++)
		if (!strcmp(call->arg[i], word))
			return strtol(call->arg[i + 1], NULL, 0);
	return other;
}

static void expect_by_default(struct call *call, long result)
{
	call->fallback = (struct field){ FIELD_RANGE, result, result, false };
}

static void call_socket(struct call *call)
{
	struct wire *wire = call->wire;
	struct app_socket *sock = call->socket;

	sock->fd = socket(wire->family, SOCK_STREAM | SOCK_NONBLOCK |
			  SOCK_CLOEXEC, wire->socket_proto);
	sock->received = 0;
	sock->sent = 0;
	call->result = sock->fd < 0 ? -1 : 0;
}

static struct sockaddr_in local_address(__u16 port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(LOCAL_ADDR),
	};
}

static int bind_port(struct app_socket *sock, __u16 port)
{
	struct sockaddr_in sin = local_address(port);

	return bind(sock->fd, (struct sockaddr *)&sin, sizeof(sin));
}

static bool need_socket(struct call *call)
{
	if (call->socket->fd < 0)
		call_socket(call);
	return call->socket->fd >= 0;
}

/* bind PORT */
static void call_bind(struct call *call)
{
	if (need_socket(call))
		call->result = bind_port(call->socket, atoi(arg(call, 0)));
}

/* listen [port N] [backlog N]: socket, bind and listen, what is missing */
static void call_listen(struct call *call)
{
	int one = 1, backlog = arg_after(call, "backlog", DEFAULT_BACKLOG);
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	if (!need_socket(call))
		return;
	call->result = getsockname(call->socket->fd, (struct sockaddr *)&sin,
				   &len);
	if (!call->result && !sin.sin_port) {
		setsockopt(call->socket->fd, SOL_SOCKET, SO_REUSEADDR, &one,
			   sizeof(one));
		call->result = bind_port(call->socket,
					 arg_after(call, "port", LOCAL_PORT));
	}
	if (!call->result)
		call->result = listen(call->socket->fd, backlog);
}

/* accept [from LISTENER]: the new socket has the name of the conversation */
static void call_accept(struct call *call)
{
	const char *name = call->args > 1 ? arg(call, 1) : "l";
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	int fd = accept4(socket_find(name)->fd, (struct sockaddr *)&sin, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	call->result = fd < 0 ? -1 : 0;
	if (fd < 0)
		return;
	call->socket->fd = fd;
	call->socket->received = 0;
	call->socket->sent = 0;
	if (sin.sin_family != AF_INET ||
	    sin.sin_addr.s_addr != htonl(call->flow->peer_addr) ||
	    sin.sin_port != htons(call->flow->peer_port))
		snprintf(call->why, sizeof(call->why),
			 "accept() returned another peer's address");
}

/* The stack has chosen a port: the conversation goes on with it. */
static void learn_port(struct call *call)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	if (getsockname(call->socket->fd, (struct sockaddr *)&sin, &len) ||
	    !sin.sin_port)
		return;
	call->flow->local_port = ntohs(sin.sin_port);
}

static struct sockaddr_in peer_address(const struct call *call, __u16 port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(call->flow->peer_addr),
	};
}

/* connect [unspec | port N | local PORT] */
static void call_connect(struct call *call)
{
	struct sockaddr_in sin = peer_address(call, arg_after(call, "port",
							      call->flow->peer_port));
	long local = arg_after(call, "local", 0);

	if (has_arg(call, "unspec"))
		sin.sin_family = AF_UNSPEC;
	if (local)
		sin = local_address(local);
	expect_by_default(call, -EINPROGRESS);
	if (!need_socket(call))
		return;
	call->result = connect(call->socket->fd, (struct sockaddr *)&sin,
			       sizeof(sin));
	call->error = errno;
	learn_port(call);
	errno = call->error;
}

static const struct {
	const char *name;
	int flag;
} message_flags[] = {
	{ "more", MSG_MORE }, { "oob", MSG_OOB }, { "peek", MSG_PEEK },
	{ "waitall", MSG_WAITALL }, { "trunc", MSG_TRUNC },
	{ "dontwait", MSG_DONTWAIT },
};

static int parse_message_flags(const struct call *call)
{
	int flags = MSG_NOSIGNAL;

	for (size_t i = 0; i < ARRAY_SIZE(message_flags); i++)
		if (has_arg(call, message_flags[i].name))
			flags |= message_flags[i].flag;
	return flags;
}

/* What is written goes on with the stream's pattern. */
static void send_pattern(struct call *call, int flags, const struct sockaddr_in *to)
{
	struct app_socket *sock = call->socket;
	size_t length = strtoul(arg(call, 0), NULL, 0);
	__u8 *data = malloc(length + 1);

	if (!data || length > BUFFER_MAX)
		script_error(call->line, "too much to write");
	for (size_t i = 0; i < length; i++)
		data[i] = pattern(sock->sent + i);
	expect_by_default(call, length);
	call->result = sendto(sock->fd, data, length, flags, (const struct sockaddr *)to,
			      to ? sizeof(*to) : 0);
	call->error = errno;
	if (call->result > 0)
		sock->sent += call->result;
	free(data);
	errno = call->error;
}

/* write N [more] [oob] */
static void call_write(struct call *call)
{
	send_pattern(call, parse_message_flags(call), NULL);
}

/* fastopen N: sendto() with MSG_FASTOPEN, to the peer */
static void call_fastopen(struct call *call)
{
	struct sockaddr_in sin = peer_address(call, call->flow->peer_port);

	if (!need_socket(call))
		return;
	send_pattern(call, parse_message_flags(call) | MSG_FASTOPEN, &sin);
	call->error = errno;
	learn_port(call);
	errno = call->error;
}

static void check_received(struct call *call, const __u8 *data,
			   __u32 at, long fill)
{
	for (long i = 0; i < call->result; i++) {
		__u8 octet = fill < 0 ? pattern(at + i) : fill;

		if (data[i] == octet)
			continue;
		snprintf(call->why, sizeof(call->why),
			 "octet %ld of the data is 0x%02x, not 0x%02x", i,
			 data[i], octet);
		return;
	}
}

/* read N [peek] [oob] [waitall] [trunc] [at OFFSET] [fill OCTET] */
static void call_read(struct call *call)
{
	struct app_socket *sock = call->socket;
	size_t length = strtoul(arg(call, 0), NULL, 0);
	int flags = parse_message_flags(call), error;
	__u8 *data = malloc(length + 1);
	__u32 at = arg_after(call, "at", sock->received);

	if (!data || length > BUFFER_MAX)
		script_error(call->line, "too much to read");
	expect_by_default(call, length);
	call->result = recv(sock->fd, data, length, flags);
	error = errno;
	if (!(flags & MSG_TRUNC))
		check_received(call, data, at, arg_after(call, "fill", -1));
	if (call->result > 0 && !(flags & (MSG_PEEK | MSG_OOB)))
		sock->received = at + call->result;
	free(data);
	errno = error;
}

/* shutdown rd|wr|rdwr */
static void call_shutdown(struct call *call)
{
	const char *how = arg(call, 0);

	call->result = shutdown(call->socket->fd,
				!strcmp(how, "rd") ? SHUT_RD :
				!strcmp(how, "wr") ? SHUT_WR : SHUT_RDWR);
}

static void call_close(struct call *call)
{
	int fd = call->socket->fd;

	call->socket->fd = -1;
	call->result = close(fd);
}

static const struct socket_option *option_of(const struct call *call)
{
	const struct socket_option *option = option_find(arg(call, 0));

	if (!option)
		script_error(call->line, "'%s' is not an option",
			     arg(call, 0));
	return option;
}

/*
 * set NAME VALUE; linger takes seconds or "off", timeouts milliseconds,
 * ip_options and fastopen_key hex digits, congestion a name
 */
static void call_set(struct call *call)
{
	const struct socket_option *option;
	int value = atoi(arg(call, 1));
	struct linger linger = {
		.l_onoff = strcmp(arg(call, 1), "off"), .l_linger = value,
	};
	struct timeval time = {
		.tv_sec = value / 1000, .tv_usec = value % 1000 * 1000,
	};
	__u8 octets[OPTIONS_MAX];
	const void *data = &value;
	socklen_t size = sizeof(value);

	if (!need_socket(call))
		return;
	option = option_of(call);
	if (option->level == SOL_SOCKET && option->option == SO_LINGER) {
		data = &linger;
		size = sizeof(linger);
	} else if (option->level == SOL_SOCKET &&
		   (option->option == SO_RCVTIMEO ||
		    option->option == SO_SNDTIMEO)) {
		data = &time;
		size = sizeof(time);
	} else if ((option->level == IPPROTO_IP && option->option == IP_OPTIONS) ||
		   (option->level == IPPROTO_TCP && option->option == TCP_FASTOPEN_KEY)) {
		data = octets;
		size = line_octets(call->line, arg(call, 1), octets);
	} else if (option->level == IPPROTO_TCP &&
		   option->option == TCP_CONGESTION) {
		data = arg(call, 1);
		size = strlen(data);
	}
	call->result = setsockopt(call->socket->fd, option->level,
				  option->option, data, size);
}

/* get NAME = VALUE */
static void call_get(struct call *call)
{
	const struct socket_option *option = option_of(call);
	int value = 0;
	socklen_t size = sizeof(value);

	call->result = getsockopt(call->socket->fd, option->level,
				  option->option, &value, &size);
	if (!call->result)
		call->result = value;
}

/* syn = N: TCP_SAVED_SYN, so many octets: the peer's SYN as it was sent, or none */
static void call_syn(struct call *call)
{
	const struct flow *flow = call->flow;
	__u8 data[HEADERS_MAX];
	socklen_t size = sizeof(data);

	call->result = getsockopt(call->socket->fd, IPPROTO_TCP, TCP_SAVED_SYN, data, &size);
	if (call->result)
		return;
	call->result = size;
	if (size && (size != flow->syn_len || memcmp(data, flow->syn, size)))
		snprintf(call->why, sizeof(call->why), "it is not the SYN that was sent");
}

/* congestion NAME: TCP_CONGESTION is this */
static void call_congestion(struct call *call)
{
	char name[16] = "";
	socklen_t size = sizeof(name) - 1;

	call->result = getsockopt(call->socket->fd, IPPROTO_TCP, TCP_CONGESTION, name,
				  &size);
	if (!call->result && strcmp(name, arg(call, 0)))
		snprintf(call->why, sizeof(call->why), "it is %s", name);
}

/* error = NAME: SO_ERROR */
static void call_error(struct call *call)
{
	int value = 0;
	socklen_t size = sizeof(value);

	call->result = getsockopt(call->socket->fd, SOL_SOCKET, SO_ERROR,
				  &value, &size);
	if (!call->result && value) {
		call->result = -1;
		errno = value;
	}
}

/* poll EVENTS: exactly these are there, of all */
static void call_poll(struct call *call)
{
	struct pollfd pfd = {
		.fd = call->socket->fd,
		.events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP,
	};
	char text[80];
	short events;

	if (!poll_parse(arg(call, 0), &events))
		script_error(call->line, "'%s' is not a poll event",
			     arg(call, 0));
	call->result = poll(&pfd, 1, 0) < 0 ? -1 : 0;
	if (pfd.revents == events)
		return;
	poll_print(pfd.revents, text, sizeof(text));
	snprintf(call->why, sizeof(call->why), "poll() says %s", text);
}

static void call_ioctl(struct call *call, unsigned long request)
{
	int value = 0;

	call->result = ioctl(call->socket->fd, request, &value);
	if (!call->result)
		call->result = value;
}

static void call_inq(struct call *call)
{
	call_ioctl(call, SIOCINQ);
}

static void call_outq(struct call *call)
{
	call_ioctl(call, SIOCOUTQ);
}

static void call_atmark(struct call *call)
{
	call_ioctl(call, SIOCATMARK);
}

/* info FIELD = VALUE: a field of struct tcp_info */
static void call_info(struct call *call)
{
	struct tcp_info info = {};
	socklen_t length = sizeof(info);
	size_t size;
	bool fail = !strcmp(arg(call, 0), "fastopen_client_fail");
	int offset = info_offset(arg(call, 0), &size);
	__u64 value = 0;

	if (offset < 0 && !fail)
		script_error(call->line, "'%s' is not in struct tcp_info",
			     arg(call, 0));
	call->result = getsockopt(call->socket->fd, IPPROTO_TCP, TCP_INFO, &info,
				  &length);
	if (call->result)
		return;
	/* The one that is a few bits has no offset. */
	if (fail)
		value = info.tcpi_fastopen_client_fail;
	else
		memcpy(&value, (__u8 *)&info + offset, size);
	call->result = value;
}

/* block: calls wait from now on; for calls in the background */
static void call_block(struct call *call)
{
	int flags = fcntl(call->socket->fd, F_GETFL);

	call->result = fcntl(call->socket->fd, F_SETFL, flags & ~O_NONBLOCK);
}

static const struct verb {
	const char *name;
	void (*run)(struct call *call);
	const char *socket;
} verbs[] = {
	{ "socket", call_socket, "c" },
	{ "bind", call_bind, "c" },
	{ "listen", call_listen, "l" },
	{ "accept", call_accept, "c" },
	{ "connect", call_connect, "c" },
	{ "write", call_write, "c" },
	{ "fastopen", call_fastopen, "c" },
	{ "read", call_read, "c" },
	{ "shutdown", call_shutdown, "c" },
	{ "close", call_close, "c" },
	{ "set", call_set, "c" },
	{ "get", call_get, "c" },
	{ "syn", call_syn, "c" },
	{ "congestion", call_congestion, "c" },
	{ "error", call_error, "c" },
	{ "poll", call_poll, "c" },
	{ "inq", call_inq, "c" },
	{ "outq", call_outq, "c" },
	{ "atmark", call_atmark, "c" },
	{ "info", call_info, "c" },
	{ "block", call_block, "c" },
};

static const struct verb *verb_of(const struct line *line)
{
	const char *name = line_word(line, 1);

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	script_error(line, "there is no call '%s'", name);
}

/* A result is compared as the system call gives it: -errno or a number. */
static void check_result(struct wire *wire, const struct call *call)
{
	struct field field = call->fallback;
	long got = call->result < 0 ? -call->error : call->result;
	int error = call->expected ? errno_find(call->expected) : 0;

	if (*call->why)
		fail(wire, "%s", call->why);
	if (error)
		field = (struct field){ FIELD_RANGE, -error, -error, false };
	else if (call->expected && !field_parse(call->expected, &field))
		script_error(wire->line, "bad result '%s'", call->expected);
	if (field_match(&field, got))
		return;
	if (got < 0)
		fail(wire, "the call fails with %s (%s)",
		     errno_name(call->error), strerror(call->error));
	fail(wire, "the call returns %ld", got);
}

static void run(const struct verb *verb, struct call *call)
{
	errno = 0;
	verb->run(call);
	call->error = errno;
	call->end = now();
}

static void *run_in_thread(void *data)
{
	struct call *call = data;
	__u64 one = 1;

	run(verb_of(call->line), call);
	if (write(call->wakeup, &one, sizeof(one)) < 0)
		abort();
	return NULL;
}

static void start_background(struct wire *wire, struct call *call)
{
	if (background)
		script_error(wire->line, "a call is in the background yet");
	background = call;
	call->wakeup = eventfd(0, EFD_CLOEXEC);
	if (call->wakeup < 0 ||
	    pthread_create(&call->thread, NULL, run_in_thread, call))
		abort();
}

static struct call *call_new(struct wire *wire, const char *name)
{
	const struct line *line = wire->line;
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		abort();
	call->wire = wire;
	call->line = line;
	call->socket = socket_find(name);
	if (strcmp(name, "l"))
		call->flow = flow_find(wire, name);
	call->args = line->words - 2;
	call->arg = (char **)line->word + 2;
	if (call->args >= 2 && !strcmp(call->arg[call->args - 2], "=")) {
		call->expected = call->arg[call->args - 1];
		call->args -= 2;
	}
	expect_by_default(call, 0);
	return call;
}

/* A call that waits although its socket does not block ends the script. */
static void call_hangs(int number)
{
	static const char text[] = "# a call on a non-blocking socket waits\n";

	(void)number;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		abort();
	_exit(1);
}

/* app[&][:NAME] CALL ARGUMENTS [= RESULT] */
void app_command(struct wire *wire)
{
	const struct line *line = wire->line;
	const struct verb *verb = verb_of(line);
	bool behind = line->word[0][3] == '&';
	const char *name = line->word[0] + 3 + behind;
	struct call *call;

	call = call_new(wire, *name == ':' ? name + 1 : verb->socket);
	wait_for_line(wire);
	wire->previous = now();
	note(wire, wire->previous, "%s", line->text);
	if (behind) {
		start_background(wire, call);
		return;
	}
	signal(SIGALRM, call_hangs);
	alarm(CALL_SECONDS);
	run(verb, call);
	alarm(0);
	check_result(wire, call);
	free(call);
}

/* [TIME] done: the call in the background has returned, at that time */
void app_done(struct wire *wire)
{
	struct call *call = background;
	__s64 from, to;

	if (!call)
		script_error(wire->line, "no call is in the background");
	window_of(wire, &from, &to);
	while (!call->end && now() < to) {
		if (!link_wait(wire, to, call->wakeup))
			break;
		if (wire->head && !call->end)
			fail(wire, "a segment came before the call ended");
	}
	if (!call->end)
		fail(wire, "the call in the background goes on");
	pthread_join(call->thread, NULL);
	background = NULL;
	note(wire, call->end, "done");
	if (call->end < from || call->end > to)
		fail(wire, "it ended %.6f s after the event before",
		     (call->end - wire->previous) / 1e9);
	wire->previous = call->end;
	check_result(wire, call);
	close(call->wakeup);
	free(call);
}
