// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mytcp.h"
#include "net.h"
#include "tap.h"

const struct family family_tcp = { "tcp", AF_INET, 0 };
const struct family family_mytcp = { "mytcp", AF_MYTCP, 0 };
const struct family family_mytcp253 = {
	"mytcp253", AF_MYTCP, MYTCP_PROTO_EXPERIMENTAL
};

const struct family *family;

/* Steps of polls that have no event to wait for, in ms. */
#define STEP 1

/*
 * The network
 */

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = ASSERT_OK(socket(AF_INET, SOCK_DGRAM, 0));

	ifr.ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING;
	ASSERT_OK(ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

void fresh_namespace(void)
{
	ASSERT_OK(unshare(CLONE_NEWNET));
	loopback_up();
}

static FILE *open_sysctl(const char *name, const char *mode)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
	f = fopen(path, mode);
	if (!f)
		tap_fail(__FILE__, __LINE__, "%s: %s", path, tap_errno_name(errno));
	return f;
}

void set_sysctl(const char *name, int value)
{
	FILE *f = open_sysctl(name, "w");

	fprintf(f, "%d\n", value);
	ASSERT_EQ(fclose(f), 0);
}

int get_sysctl(const char *name)
{
	FILE *f = open_sysctl(name, "r");
	int value;

	ASSERT_EQ(fscanf(f, "%d", &value), 1);
	fclose(f);
	return value;
}

void drop_privileges(void)
{
	ASSERT_OK(setresgid(65534, 65534, 65534));
	ASSERT_OK(setresuid(65534, 65534, 65534));
}

/*
 * Sockets and addresses
 */

int stream_of(const struct family *f)
{
	return ASSERT_OK(socket(f->domain, SOCK_STREAM, f->protocol));
}

int stream(void)
{
	return stream_of(family);
}

struct sockaddr_in address(__u32 host, __u16 port)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(host),
	};
}

struct sockaddr_in loopback(__u16 port)
{
	return address(INADDR_LOOPBACK, port);
}

int bind_to(int fd, struct sockaddr_in addr)
{
	return bind(fd, (struct sockaddr *)&addr, sizeof(addr));
}

int connect_to(int fd, struct sockaddr_in addr)
{
	return connect(fd, (struct sockaddr *)&addr, sizeof(addr));
}

struct sockaddr_in local_of(int fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	ASSERT_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	ASSERT_EQ(len, sizeof(addr));
	return addr;
}

struct sockaddr_in peer_of(int fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	ASSERT_OK(getpeername(fd, (struct sockaddr *)&addr, &len));
	ASSERT_EQ(len, sizeof(addr));
	return addr;
}

__u16 port_of(int fd)
{
	return ntohs(local_of(fd).sin_port);
}

bool same_address(struct sockaddr_in a, struct sockaddr_in b)
{
	return a.sin_family == b.sin_family && a.sin_port == b.sin_port &&
	       a.sin_addr.s_addr == b.sin_addr.s_addr;
}

__u16 unused_port(void)
{
	int fd = stream();
	__u16 port;

	ASSERT_OK(bind_to(fd, loopback(0)));
	port = port_of(fd);
	close(fd);
	return port;
}

int listener(int backlog)
{
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(0)));
	ASSERT_OK(listen(fd, backlog));
	return fd;
}

int client_of(int fd)
{
	int client = stream();

	ASSERT_OK(connect_to(client, loopback(port_of(fd))));
	return client;
}

int accept_from(int fd)
{
	await(fd, POLLIN);
	return ASSERT_OK(accept(fd, NULL, NULL));
}

static void connect_pair(int fd[2], int buffer)
{
	int lst = stream();

	fd[CLIENT] = stream();
	if (buffer) {
		set_int(lst, SOL_SOCKET, SO_SNDBUF, buffer);
		set_int(lst, SOL_SOCKET, SO_RCVBUF, buffer);
		set_int(fd[CLIENT], SOL_SOCKET, SO_SNDBUF, buffer);
		set_int(fd[CLIENT], SOL_SOCKET, SO_RCVBUF, buffer);
	}
	ASSERT_OK(bind_to(lst, loopback(0)));
	ASSERT_OK(listen(lst, 1));
	ASSERT_OK(connect_to(fd[CLIENT], loopback(port_of(lst))));
	fd[SERVER] = accept_from(lst);
	close(lst);
}

void pair(int fd[2])
{
	connect_pair(fd, 0);
}

void small_pair(int fd[2])
{
	connect_pair(fd, SMALL);
}

int blackhole(void)
{
	int lst = listener(0);

	/* Linux queues one connection more than the backlog says. */
	client_of(lst);
	await(lst, POLLIN);
	return lst;
}

/*
 * Options and state
 */

void set_int(int fd, int level, int name, int value)
{
	ASSERT_OK(setsockopt(fd, level, name, &value, sizeof(value)));
}

int get_int(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	ASSERT_OK(getsockopt(fd, level, name, &value, &len));
	ASSERT_EQ(len, sizeof(value));
	return value;
}

void linger(int fd, int seconds)
{
	struct linger l = { .l_onoff = 1, .l_linger = seconds };

	ASSERT_OK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
}

void set_timeout(int fd, int name, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	ASSERT_OK(setsockopt(fd, SOL_SOCKET, name, &tv, sizeof(tv)));
}

void nonblocking(int fd)
{
	int flags = ASSERT_OK(fcntl(fd, F_GETFL));

	ASSERT_OK(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

int state_of(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	return info.tcpi_state;
}

void await_state(int fd, int state)
{
	long long limit = now_ms() + SOON;

	while (state_of(fd) != state) {
		if (now_ms() > limit)
			ASSERT_EQ(state_of(fd), state);
		sleep_ms(STEP);
	}
}

/*
 * Events
 */

static short poll_once(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	ASSERT_OK(poll(&p, 1, ms));
	return p.revents;
}

short revents(int fd)
{
	return poll_once(fd, POLLIN | POLLRDNORM | POLLPRI | POLLRDBAND |
			 POLLOUT | POLLWRNORM | POLLRDHUP, 0);
}

short await(int fd, short events)
{
	short got = poll_once(fd, events, SOON);

	if (!got)
		tap_fail(__FILE__, __LINE__, "none of events 0x%x came", events);
	return got;
}

void await_revents(int fd, short want)
{
	long long limit = now_ms() + SOON;

	while (revents(fd) != want) {
		if (now_ms() > limit)
			tap_fail(__FILE__, __LINE__, "revents 0x%x, want 0x%x",
				 revents(fd), want);
		sleep_ms(STEP);
	}
}

bool quiet(int fd, short events)
{
	return !poll_once(fd, events, A_WHILE);
}

int readable_bytes(int fd)
{
	int n = -1;

	ASSERT_OK(ioctl(fd, FIONREAD, &n));
	return n;
}

void await_bytes(int fd, int n)
{
	long long limit = now_ms() + SOON;

	while (readable_bytes(fd) != n) {
		if (now_ms() > limit)
			ASSERT_EQ(readable_bytes(fd), n);
		sleep_ms(STEP);
	}
}

/*
 * Data
 */

static void send_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t sent = ASSERT_OK(send(fd, data, n, MSG_NOSIGNAL));

		data += sent;
		n -= sent;
	}
}

static void recv_all(int fd, char *data, size_t n)
{
	while (n) {
		ssize_t got;

		await(fd, POLLIN);
		got = ASSERT_OK(recv(fd, data, n, 0));
		ASSERT_TRUE(got);
		data += got;
		n -= got;
	}
}

void put(int fd, const char *text)
{
	send_all(fd, text, strlen(text));
}

void get(int fd, const char *text)
{
	char got[256] = "";

	ASSERT_TRUE(strlen(text) < sizeof(got));
	recv_all(fd, got, strlen(text));
	if (strcmp(got, text))
		tap_fail(__FILE__, __LINE__, "read \"%s\", want \"%s\"", got, text);
}

void get_eof(int fd)
{
	char byte;

	await(fd, POLLIN);
	ASSERT_EQ(ASSERT_OK(recv(fd, &byte, 1, 0)), 0);
}

static size_t send_until_full(int fd)
{
	static const char zeros[SMALL];
	size_t n = 0;
	ssize_t sent;

	while ((sent = send(fd, zeros, sizeof(zeros),
			    MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		n += sent;
	ASSERT_EQ(sent, -1);
	ASSERT_EQ(errno, EAGAIN);
	return n;
}

size_t fill(int fd)
{
	size_t n = 0;
	size_t more;

	/* The peer's acknowledgements make room once more, even without POLLOUT. */
	do {
		more = send_until_full(fd);
		n += more;
		sleep_ms(A_WHILE);
	} while (more);
	return n;
}

/* A period that divides no power of two shows every shifted block. */
static void make_pattern(char *data, size_t n, unsigned int position)
{
	while (n--)
		*data++ = position++ % 251;
}

void send_pattern(int fd, size_t n, unsigned int seed)
{
	char block[16384];

	while (n) {
		size_t now = n < sizeof(block) ? n : sizeof(block);

		make_pattern(block, now, seed);
		send_all(fd, block, now);
		seed += now;
		n -= now;
	}
}

void recv_pattern(int fd, size_t n, unsigned int seed)
{
	char got[16384], want[16384];

	while (n) {
		size_t now = n < sizeof(got) ? n : sizeof(got);

		recv_all(fd, got, now);
		make_pattern(want, now, seed);
		ASSERT_EQ(memcmp(got, want, now), 0);
		seed += now;
		n -= now;
	}
}

/*
 * Time
 */

long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void sleep_ms(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&ts, &ts))
		;
}

/*
 * Calls that block, in a thread of their own
 */

struct call {
	pthread_t thread;
	long (*fn)(int fd);
	int fd;
	long ret;
	int error;
	atomic_int tid;
	atomic_bool done;
};

static void *run_call(void *arg)
{
	struct call *call = arg;

	call->tid = syscall(SYS_gettid);
	errno = 0;
	call->ret = call->fn(call->fd);
	call->error = errno;
	call->done = true;
	return NULL;
}

/* The third field of /proc/self/task/TID/stat; no thread name has a ')'. */
static bool sleeps(pid_t tid)
{
	char path[64], line[256];
	const char *end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	end = strrchr(line, ')');
	return end && end[1] == ' ' && end[2] == 'S';
}

void await_sleep(struct call *call)
{
	long long limit = now_ms() + SOON;

	while (!call->done && !(call->tid && sleeps(call->tid))) {
		if (now_ms() > limit)
			tap_fail(__FILE__, __LINE__, "the thread does not block");
		sleep_ms(STEP);
	}
}

struct call *start(long (*fn)(int fd), int fd)
{
	struct call *call = calloc(1, sizeof(*call));

	ASSERT_TRUE(call);
	call->fn = fn;
	call->fd = fd;
	ASSERT_EQ(pthread_create(&call->thread, NULL, run_call, call), 0);
	await_sleep(call);
	return call;
}

void interrupt(struct call *call)
{
	ASSERT_EQ(pthread_kill(call->thread, SIGUSR1), 0);
}

bool still_blocked(struct call *call)
{
	sleep_ms(A_WHILE);
	return !call->done;
}

long recv_byte(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0);
}

long send_block(int fd)
{
	static char block[BLOCK];

	return send(fd, block, sizeof(block), MSG_NOSIGNAL);
}

long finish(struct call *call)
{
	long long limit = now_ms() + SOON;

	while (!call->done) {
		if (now_ms() > limit)
			tap_fail(__FILE__, __LINE__, "the call does not return");
		sleep_ms(STEP);
	}
	pthread_join(call->thread, NULL);
	errno = call->error;
	return call->ret;
}

atomic_int signals_seen;

static void count_signal(int signo __maybe_unused)
{
	signals_seen++;
}

void catch_usr1(int flags)
{
	struct sigaction sa = { .sa_handler = count_signal, .sa_flags = flags };

	ASSERT_OK(sigaction(SIGUSR1, &sa, NULL));
}

void await_signals(int n)
{
	long long limit = now_ms() + SOON;

	while (signals_seen < n) {
		if (now_ms() > limit)
			ASSERT_EQ(signals_seen, n);
		sleep_ms(STEP);
	}
}

void await_child(pid_t pid)
{
	int status;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
}

/*
 * The program
 */

static int usage(const char *name, const struct family *const *families)
{
	fprintf(stderr, "Usage: %s --family ", name);
	for (; *families; families++)
		fprintf(stderr, "%s%s", (*families)->name, families[1] ? "|" : "");
	fputs(" [--list] [FILTER]\n"
	      "Run the tests whose name contains FILTER, as root.\n", stderr);
	return 2;
}

int net_main(int argc, char **argv, const struct family *const *families)
{
	static const struct option options[] = {
		{ "family", required_argument, NULL, 'f' },
		{ "list", no_argument, NULL, 'l' },
		{ }
	};
	int list = 0;
	int opt, i;

	while ((opt = getopt_long(argc, argv, "f:l", options, NULL)) != -1) {
		if (opt == 'l')
			list = 1;
		for (i = 0; opt == 'f' && families[i]; i++)
			if (!strcmp(families[i]->name, optarg))
				family = families[i];
	}
	if (!family || argc - optind > 1)
		return usage(argv[0], families);

	fresh_namespace();
	return tap_run(argv[optind], list);
}
