// SPDX-License-Identifier: GPL-2.0
/*
 * stress SEED ROUNDS OPS: processes and threads that use, share and close mytcp
 * sockets against each other at random.
 *
 * A round is a process of three threads that do OPS operations each, on sockets
 * that all three of them have; so one closes what another sleeps on. Every third
 * process is killed in the middle of it, every fourth has a network namespace of
 * its own, which goes when the process has ended, its orphans with it. Four are
 * at work at a time, and one more process reads the table and the counters. What
 * can go wrong is seen by the kernel's checkers; here it is that a process does
 * not come to its end.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mytcp.h"

#define WORKERS		4
#define THREADS		3
#define SLOTS		16
#define PORT		2000
#define PORTS		6
#define BLOCK_US	5000	/* how long a call may block */
#define LIMIT_S		600	/* of the whole */

static atomic_int slots[SLOTS];	/* descriptors; 0: none */
static unsigned long seed;
static unsigned long ops;

/* splitmix64: the same numbers everywhere */
static unsigned long draw(unsigned long *state)
{
	unsigned long z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void put(int fd, unsigned long r)
{
	int old;

	if (fd <= 0)
		return;
	old = atomic_exchange(&slots[r % SLOTS], fd);
	if (old)
		close(old);
}

static int open_socket(unsigned long r)
{
	struct timeval block = { .tv_usec = BLOCK_US };
	int wire = r & 1 ? MYTCP_PROTO_EXPERIMENTAL : 0;
	int fd = socket(AF_MYTCP, SOCK_STREAM | (r & 2 ? SOCK_NONBLOCK : 0), wire);
	int on = 1;

	if (fd < 0)
		return fd;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &block, sizeof(block));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &block, sizeof(block));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return fd;
}

static void at_random(int fd, unsigned long r)
{
	static __thread char buf[20000];
	struct linger linger = { .l_onoff = 1 };
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT + (r >> 8) % PORTS),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	struct pollfd poller = { .fd = fd, .events = POLLIN | POLLOUT };

	switch (r % 32) {
	case 0 ... 2:
		put(open_socket(r >> 8), r >> 16);
		break;
	case 3:
		bind(fd, (struct sockaddr *)&to, sizeof(to));
		listen(fd, (r >> 16) % 5);
		break;
	case 4 ... 8:
		connect(fd, (struct sockaddr *)&to, sizeof(to));
		break;
	case 9 ... 12:
		put(accept(fd, NULL, NULL), r >> 16);
		break;
	case 13 ... 18:
		send(fd, buf, (r >> 8) % sizeof(buf),
		     MSG_NOSIGNAL | (r & 1024 ? MSG_DONTWAIT : 0) |
		     (r & 2048 ? MSG_MORE : 0) | (!(r & 0x70000) ? MSG_OOB : 0));
		break;
	case 19 ... 23:
		recv(fd, buf, (r >> 8) % sizeof(buf),
		     r & 1024 ? MSG_DONTWAIT : r & 2048 ? MSG_PEEK : 0);
		break;
	case 24:
		shutdown(fd, (r >> 8) % 3);
		break;
	case 25:
		connect(fd, &unspec, sizeof(unspec));
		break;
	case 26:
		linger.l_linger = (r >> 8) & 1;
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		break;
	case 27:
		poll(&poller, 1, (r >> 8) % 5);
		break;
	default:
		fd = atomic_exchange(&slots[(r >> 16) % SLOTS], 0);
		if (fd)
			close(fd);
	}
}

static void *thread(void *arg)
{
	unsigned long state = seed ^ (unsigned long)arg, i;

	for (i = 0; i < ops; i++) {
		unsigned long r = draw(&state);

		at_random(slots[r >> 60], r);
	}
	return NULL;
}

static void own_namespace(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET)) {
		perror("unshare");
		exit(1);
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
}

static pid_t start(unsigned long round)
{
	pthread_t threads[THREADS];
	unsigned long i;
	pid_t pid;

	pid = fork();
	if (pid)
		return pid;
	if (round % 4 == 3)
		own_namespace();
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, thread,
			       (void *)(round * THREADS + i + 1));
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static void read_file(const char *name)
{
	char buf[8192];
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		return;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

/* Reads what the module shows, until it is killed. */
static pid_t start_reader(void)
{
	static const char dir[] = "/sys/kernel/mytcp/counters";
	pid_t pid = fork();
	struct dirent *entry;
	char name[300];
	DIR *d;

	if (pid)
		return pid;
	for (;;) {
		read_file("/proc/net/mytcp");
		d = opendir(dir);
		while (d && (entry = readdir(d))) {
			snprintf(name, sizeof(name), "%s/%s", dir, entry->d_name);
			read_file(name);
		}
		if (d)
			closedir(d);
		usleep(2000);
	}
}

int main(int argc, char **argv)
{
	unsigned long rounds, started = 0, state;
	unsigned int failed = 0, killed = 0, running = 0;
	pid_t reader, pid;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: stress SEED ROUNDS OPS\n");
		return 2;
	}
	seed = strtoul(argv[1], NULL, 0);
	rounds = strtoul(argv[2], NULL, 0);
	ops = strtoul(argv[3], NULL, 0);
	state = seed;
	alarm(LIMIT_S);

	reader = start_reader();
	while (started < rounds || running) {
		if (started < rounds && running < WORKERS) {
			pid = start(started++);
			running++;
			if (started % 3 == 0) {
				usleep(draw(&state) % 400000);
				kill(pid, SIGKILL);
			}
			continue;
		}
		pid = wait(&status);
		if (pid == reader) {
			fprintf(stderr, "the reader has ended\n");
			return 1;
		}
		running--;
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		failed += status && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	kill(reader, SIGKILL);
	wait(NULL);
	printf("# %lu processes, %u of them killed, %u failed\n", rounds, killed, failed);
	return failed != 0;
}
