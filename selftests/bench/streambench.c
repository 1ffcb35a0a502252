// SPDX-License-Identifier: GPL-2.0
/*
 * streambench FAMILY...: what a stream socket costs, in nanoseconds and bytes.
 *
 * Under QEMU's instruction counting a nanosecond of CLOCK_MONOTONIC is one
 * instruction of the guest, so times are instructions: of both ends and of all
 * their system calls, on one processor. Each work is done twice in a row and
 * the second time is reported, as the first also pays for fresh pages.
 *
 * Prints a line "FAMILY WORK VALUE" for each.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mytcp.h"

#define ROUND_TRIPS 2000
#define CONNECTIONS 500
#define BLOCK (128 << 10)
#define BLOCKS 512
#define PAIRS 2000
#define TIME_WAITS 4000

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define NSEC_PER_SEC 1000000000LL

/* Seconds: 2 MSL, and something for whoever clears up behind it. */
#define AFTER_TIME_WAIT 70

struct family {
	const char *name;
	int domain;
	int protocol;
	const char *table;	/* its connections in /proc, NULL without TIME_WAIT */
};

static const struct family families[] = {
	{ "tcp", AF_INET, 0, "/proc/net/tcp" },
	{ "unix", AF_UNIX, 0, NULL },
	{ "mytcp", AF_MYTCP, 0, "/proc/net/mytcp" },
	{ "mytcp253", AF_MYTCP, MYTCP_PROTO_EXPERIMENTAL, "/proc/net/mytcp" },
};

static const struct family *family;

static void die(const char *what)
{
	fprintf(stderr, "streambench: %s: %s: %s\n", family ? family->name : "",
		what, strerror(errno));
	exit(1);
}

static long need(long ret, const char *what)
{
	if (ret < 0)
		die(what);
	return ret;
}

/*
 * Sockets
 */

static int new_socket(void)
{
	return need(socket(family->domain, SOCK_STREAM, family->protocol), "socket");
}

/* Linux names a Unix socket by itself when only the family is given. */
static int listener(struct sockaddr_storage *addr, socklen_t *len)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	sa_family_t any = AF_UNIX;
	int fd = new_socket();

	if (family->domain == AF_UNIX)
		need(bind(fd, (struct sockaddr *)&any, sizeof(any)), "bind");
	else
		need(bind(fd, (struct sockaddr *)&in, sizeof(in)), "bind");
	need(listen(fd, 16), "listen");
	*len = sizeof(*addr);
	need(getsockname(fd, (struct sockaddr *)addr, len), "getsockname");
	return fd;
}

static void make_pair(int lst, const struct sockaddr_storage *addr, socklen_t len,
		      int fd[2])
{
	fd[0] = new_socket();
	need(connect(fd[0], (const struct sockaddr *)addr, len), "connect");
	fd[1] = need(accept(lst, NULL, NULL), "accept");
}

static void put_byte(int fd)
{
	if (write(fd, "x", 1) != 1)
		die("write");
}

/* False at the end of the stream. */
static bool get_byte(int fd)
{
	char byte;

	return need(read(fd, &byte, 1), "read") == 1;
}

/*
 * Time
 */

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static pid_t start_child(void)
{
	fflush(stdout);
	return need(fork(), "fork");
}

static void end_child(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "streambench: %s: the other end failed\n", family->name);
		exit(1);
	}
}

static void a_pair(int fd[2])
{
	struct sockaddr_storage addr;
	socklen_t len;
	int lst = listener(&addr, &len);

	make_pair(lst, &addr, len, fd);
	close(lst);
}

static double ping_pong(void)
{
	long long begin, end;
	pid_t pid;
	int fd[2];
	int i;

	a_pair(fd);
	pid = start_child();
	if (!pid) {
		close(fd[0]);
		while (get_byte(fd[1]))
			put_byte(fd[1]);
		_exit(0);
	}
	close(fd[1]);
	begin = now();
	for (i = 0; i < ROUND_TRIPS; i++) {
		put_byte(fd[0]);
		get_byte(fd[0]);
	}
	end = now();
	close(fd[0]);
	end_child(pid);
	return (double)(end - begin) / ROUND_TRIPS;
}

static void serve(int lst)
{
	int i;

	for (i = 0; i < CONNECTIONS; i++) {
		int fd = need(accept(lst, NULL, NULL), "accept");

		while (get_byte(fd))
			put_byte(fd);
		close(fd);
	}
	_exit(0);
}

static double short_connections(void)
{
	struct sockaddr_storage addr;
	socklen_t len;
	long long begin, end;
	int lst = listener(&addr, &len);
	pid_t pid = start_child();
	int i;

	if (!pid)
		serve(lst);
	close(lst);
	begin = now();
	for (i = 0; i < CONNECTIONS; i++) {
		int fd = new_socket();

		need(connect(fd, (struct sockaddr *)&addr, len), "connect");
		put_byte(fd);
		get_byte(fd);
		close(fd);
	}
	end = now();
	end_child(pid);
	return (double)(end - begin) / CONNECTIONS;
}

static char block[BLOCK];

static double bulk(void)
{
	long long begin, end;
	pid_t pid;
	int fd[2];
	int i;

	a_pair(fd);
	pid = start_child();
	if (!pid) {
		long left = (long)BLOCK * BLOCKS;

		close(fd[0]);
		while (left)
			left -= need(read(fd[1], block, sizeof(block)), "read");
		put_byte(fd[1]);
		_exit(0);
	}
	close(fd[1]);
	begin = now();
	for (i = 0; i < BLOCKS; i++) {
		if (write(fd[0], block, sizeof(block)) != sizeof(block))
			die("write");
	}
	get_byte(fd[0]);
	end = now();
	close(fd[0]);
	end_child(pid);
	return (double)(end - begin) / BLOCK / BLOCKS;
}

/*
 * Memory
 */

static void write_file(const char *path, const char *text)
{
	int fd = need(open(path, O_WRONLY), path);

	if (write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/*
 * Bytes in pages that nobody uses: those that the zones have, and those that
 * each processor keeps at hand, which MemFree does not count.
 */
static long long free_pages(void)
{
	char line[256];
	long long pages = 0;
	long n;
	FILE *f = fopen("/proc/zoneinfo", "r");

	if (!f)
		die("/proc/zoneinfo");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " nr_free_pages %ld", &n) == 1 ||
		    sscanf(line, " count: %ld", &n) == 1)
			pages += n;
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* The same once everything is given back that is only kept for later. */
static long long free_memory(void)
{
	write_file("/proc/sys/vm/drop_caches", "3");
	/* RCU's callbacks and the counters come to rest. */
	sleep(2);
	write_file("/proc/sys/vm/drop_caches", "3");
	write_file("/proc/sys/vm/stat_refresh", "1");
	return free_pages();
}

static double idle_pair(void)
{
	struct sockaddr_storage addr;
	socklen_t len;
	long long before, after;
	int lst = listener(&addr, &len);
	static int fd[PAIRS][2];
	int i;

	before = free_memory();
	for (i = 0; i < PAIRS; i++)
		make_pair(lst, &addr, len, fd[i]);
	after = free_memory();
	for (i = 0; i < PAIRS; i++) {
		close(fd[i][0]);
		close(fd[i][1]);
	}
	close(lst);
	return (double)(before - after) / PAIRS;
}

/* Rows of the family's table with the state that is 6 in /proc/net/tcp. */
static int count_time_wait(void)
{
	char line[256];
	int n = 0;
	FILE *f = fopen(family->table, "r");

	if (!f)
		die(family->table);
	while (fgets(line, sizeof(line), f)) {
		unsigned int state;

		n += sscanf(line, "%*d: %*x:%*x %*x:%*x %x", &state) == 1 && state == 6;
	}
	fclose(f);
	return n;
}

/* What becomes free when the last of many entries has passed away. */
static double time_wait(void)
{
	struct sockaddr_storage addr;
	socklen_t len;
	long long before, after;
	int lst = listener(&addr, &len);
	int i, n;

	for (i = 0; i < TIME_WAITS; i++) {
		int fd[2];

		make_pair(lst, &addr, len, fd);
		close(fd[0]);
		while (get_byte(fd[1]))
			;
		close(fd[1]);
	}
	n = count_time_wait();
	before = free_memory();
	sleep(AFTER_TIME_WAIT);
	if (n < TIME_WAITS / 2 || count_time_wait()) {
		fprintf(stderr, "streambench: %s: %d entries, then %d\n",
			family->name, n, count_time_wait());
		exit(1);
	}
	after = free_memory();
	close(lst);
	return (double)(after - before) / n;
}

struct work {
	const char *name;
	double (*run)(void);
	bool needs_time_wait;
};

static const struct work works[] = {
	{ "ping_pong", ping_pong, false },
	{ "connection", short_connections, false },
	{ "bulk_byte", bulk, false },
	{ "idle_pair", idle_pair, false },
	{ "time_wait", time_wait, true },
};

/* In a process of its own, so that nothing of one work is left to the next. */
static void measure(const struct work *work)
{
	pid_t pid = start_child();

	if (!pid) {
		work->run();
		printf("%s %s %.2f\n", family->name, work->name, work->run());
		exit(0);
	}
	end_child(pid);
}

static const struct family *find_family(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (!strcmp(families[i].name, name))
			return &families[i];
	fprintf(stderr, "streambench: %s: no such family\n", name);
	exit(2);
}

/* One processor, and no page of ours comes or goes while memory is counted. */
static void settle(void)
{
	struct rlimit files = { 2 * PAIRS + 64, 2 * PAIRS + 64 };
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	need(sched_setaffinity(0, sizeof(cpu), &cpu), "sched_setaffinity");
	need(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	/* The table of descriptors grows now rather than later. */
	close(need(dup2(0, 2 * PAIRS + 63), "dup2"));
	need(mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		fputs("Usage: streambench tcp|unix|mytcp|mytcp253...\n", stderr);
		return 2;
	}
	settle();
	for (; *++argv; )
		for (i = 0; i < ARRAY_SIZE(works); i++) {
			family = find_family(*argv);
			if (family->table || !works[i].needs_time_wait)
				measure(&works[i]);
		}
	return 0;
}
