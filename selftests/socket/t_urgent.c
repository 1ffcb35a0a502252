// SPDX-License-Identifier: GPL-2.0
/* Urgent data: MSG_OOB, SO_OOBINLINE, SIOCATMARK, SIGURG. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

static void put_urgent(int fd, const char *text)
{
	ASSERT_EQ(send(fd, text, strlen(text), MSG_OOB), strlen(text));
}

static void get_urgent(int fd, char want)
{
	char byte;

	await(fd, POLLPRI);
	ASSERT_EQ(recv(fd, &byte, 1, MSG_OOB), 1);
	ASSERT_EQ(byte, want);
}

static int at_mark(int fd)
{
	int yes = -1;

	ASSERT_OK(ioctl(fd, SIOCATMARK, &yes));
	return yes;
}

/* One recv(), which is to return exactly this. */
static void get_once(int fd, const char *want)
{
	char buf[64];
	size_t n = strlen(want);

	await(fd, POLLIN);
	ASSERT_EQ(recv(fd, buf, sizeof(buf), 0), n);
	ASSERT_EQ(memcmp(buf, want, n), 0);
}

TEST(urgent_byte)
{
	int fd[2];

	pair(fd);
	put_urgent(fd[CLIENT], "!");
	get_urgent(fd[SERVER], '!');
}

TEST(urgent_stands_outside_the_stream)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "ab");
	put_urgent(fd[CLIENT], "c!");
	put(fd[CLIENT], "de");
	await(fd[SERVER], POLLPRI);
	await_bytes(fd[SERVER], 3);
	/* Only the last byte is urgent; reading stops at it. */
	get_once(fd[SERVER], "abc");
	ASSERT_EQ(at_mark(fd[SERVER]), 1);
	get_urgent(fd[SERVER], '!');
	get_once(fd[SERVER], "de");
	ASSERT_EQ(at_mark(fd[SERVER]), 0);
}

TEST(urgent_read_first)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "ab");
	put_urgent(fd[CLIENT], "!");
	put(fd[CLIENT], "cd");
	get_urgent(fd[SERVER], '!');
	ASSERT_EQ(at_mark(fd[SERVER]), 0);
	get(fd[SERVER], "abcd");
}

TEST(urgent_inline)
{
	char byte;
	int fd[2];

	pair(fd);
	set_int(fd[SERVER], SOL_SOCKET, SO_OOBINLINE, 1);
	put(fd[CLIENT], "ab");
	put_urgent(fd[CLIENT], "!");
	put(fd[CLIENT], "cd");
	await_bytes(fd[SERVER], 5);
	ASSERT_FAILS(recv(fd[SERVER], &byte, 1, MSG_OOB), EINVAL);
	get_once(fd[SERVER], "ab");
	ASSERT_EQ(at_mark(fd[SERVER]), 1);
	get_once(fd[SERVER], "!cd");
	ASSERT_EQ(at_mark(fd[SERVER]), 0);
}

TEST(urgent_none)
{
	char byte;
	int fd[2];

	pair(fd);
	ASSERT_FAILS(recv(fd[CLIENT], &byte, 1, MSG_OOB), EINVAL);
	put(fd[SERVER], "x");
	await_bytes(fd[CLIENT], 1);
	ASSERT_FAILS(recv(fd[CLIENT], &byte, 1, MSG_OOB), EINVAL);
	ASSERT_EQ(at_mark(fd[CLIENT]), 0);
}

TEST(urgent_twice)
{
	char byte;
	int fd[2];

	pair(fd);
	put_urgent(fd[CLIENT], "!");
	get_urgent(fd[SERVER], '!');
	ASSERT_FAILS(recv(fd[SERVER], &byte, 1, MSG_OOB), EINVAL);
	put_urgent(fd[CLIENT], "?");
	get_urgent(fd[SERVER], '?');
}

TEST(urgent_peek)
{
	char byte = 0;
	int fd[2];

	pair(fd);
	put_urgent(fd[CLIENT], "!");
	await(fd[SERVER], POLLPRI);
	ASSERT_EQ(recv(fd[SERVER], &byte, 1, MSG_OOB | MSG_PEEK), 1);
	ASSERT_EQ(byte, '!');
	get_urgent(fd[SERVER], '!');
}

TEST(urgent_flag_in_recvmsg)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fd[2];

	pair(fd);
	put_urgent(fd[CLIENT], "!");
	await(fd[SERVER], POLLPRI);
	ASSERT_EQ(recvmsg(fd[SERVER], &hdr, MSG_OOB), 1);
	ASSERT_EQ(hdr.msg_flags & MSG_OOB, MSG_OOB);
}

TEST(urgent_poll)
{
	int fd[2];

	pair(fd);
	put_urgent(fd[CLIENT], "!");
	await(fd[SERVER], POLLPRI);
	ASSERT_EQ(revents(fd[SERVER]) & (POLLPRI | POLLIN), POLLPRI);
	get_urgent(fd[SERVER], '!');
	ASSERT_EQ(revents(fd[SERVER]) & (POLLPRI | POLLIN), 0);
}

TEST(urgent_epoll)
{
	struct epoll_event event = { .events = EPOLLPRI };
	int fd[2];
	int ep = ASSERT_OK(epoll_create1(0));

	pair(fd);
	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd[SERVER], &event));
	put(fd[CLIENT], "x");
	ASSERT_EQ(epoll_wait(ep, &event, 1, A_WHILE), 0);
	put_urgent(fd[CLIENT], "!");
	ASSERT_EQ(epoll_wait(ep, &event, 1, SOON), 1);
	ASSERT_EQ(event.events, EPOLLPRI);
}

TEST(urgent_select)
{
	struct timeval tv = { SOON / 1000, 0 };
	fd_set except;
	int fd[2];

	pair(fd);
	put_urgent(fd[CLIENT], "!");
	FD_ZERO(&except);
	FD_SET(fd[SERVER], &except);
	ASSERT_EQ(select(fd[SERVER] + 1, NULL, NULL, &except, &tv), 1);
}

static atomic_int urgent_seen;

static void on_urgent(int signo __maybe_unused)
{
	urgent_seen = 1;
}

/* Shows: MUST-32. */
TEST(urgent_signal)
{
	struct sigaction sa = { .sa_handler = on_urgent };
	int fd[2];

	pair(fd);
	ASSERT_OK(sigaction(SIGURG, &sa, NULL));
	ASSERT_OK(fcntl(fd[SERVER], F_SETOWN, getpid()));
	put_urgent(fd[CLIENT], "!");
	await(fd[SERVER], POLLPRI);
	ASSERT_TRUE(urgent_seen);
}

TEST(urgent_after_half_close)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[SERVER], SHUT_WR));
	get_eof(fd[CLIENT]);
	put_urgent(fd[CLIENT], "!");
	get_urgent(fd[SERVER], '!');
}

TEST(urgent_in_the_middle_of_bulk)
{
	int fd[2];

	pair(fd);
	if (!fork()) {
		send_pattern(fd[CLIENT], 200000, 0);
		put_urgent(fd[CLIENT], "!");
		send_pattern(fd[CLIENT], 200000, 200000);
		_exit(0);
	}
	recv_pattern(fd[SERVER], 200000, 0);
	get_urgent(fd[SERVER], '!');
	recv_pattern(fd[SERVER], 200000, 200000);
}

/* Old programs ask with the BSD name; both answer alike. Shows: MUST-33. */
TEST(urgent_sockatmark)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "a");
	put_urgent(fd[CLIENT], "!");
	await(fd[SERVER], POLLPRI);
	await_bytes(fd[SERVER], 1);
	ASSERT_EQ(sockatmark(fd[SERVER]), 0);
	get(fd[SERVER], "a");
	ASSERT_EQ(sockatmark(fd[SERVER]), 1);
}
