// SPDX-License-Identifier: GPL-2.0
/* One connection in several processes or threads. */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

TEST(fork_shares_the_stream)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "parent ");
	pid = ASSERT_OK(fork());
	if (!pid) {
		get(fd[SERVER], "parent ");
		put(fd[CLIENT], "child ");
		_exit(0);
	}
	await_child(pid);
	put(fd[CLIENT], "parent");
	get(fd[SERVER], "child parent");
}

TEST(fork_close_in_one_process)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	pid = ASSERT_OK(fork());
	if (!pid)
		_exit(0);
	await_child(pid);
	ASSERT_TRUE(quiet(fd[SERVER], POLLIN | POLLRDHUP));
	put(fd[CLIENT], "open");
	get(fd[SERVER], "open");
}

TEST(fork_shutdown_in_one_process)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	pid = ASSERT_OK(fork());
	if (!pid) {
		ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
		_exit(0);
	}
	await_child(pid);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), EPIPE);
	get_eof(fd[SERVER]);
}

TEST(fork_options_are_shared)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	pid = ASSERT_OK(fork());
	if (!pid) {
		set_int(fd[CLIENT], SOL_SOCKET, SO_KEEPALIVE, 1);
		nonblocking(fd[CLIENT]);
		_exit(0);
	}
	await_child(pid);
	ASSERT_EQ(get_int(fd[CLIENT], SOL_SOCKET, SO_KEEPALIVE), 1);
	ASSERT_FAILS(recv_byte(fd[CLIENT]), EAGAIN);
}

/* Servers that fork first: each connection goes to exactly one of them. */
TEST(fork_shared_listener)
{
	enum { SERVERS = 3, CLIENTS = 30 };
	int lst = listener(CLIENTS);
	int fd[CLIENTS];
	int i;

	for (i = 0; i < SERVERS; i++) {
		if (fork())
			continue;
		for (;;) {
			int s = ASSERT_OK(accept(lst, NULL, NULL));

			put(s, "served");
			close(s);
		}
	}
	for (i = 0; i < CLIENTS; i++)
		fd[i] = client_of(lst);
	for (i = 0; i < CLIENTS; i++) {
		get(fd[i], "served");
		get_eof(fd[i]);
	}
}

static void send_fd(int channel, int fd)
{
	char space[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { "x", 1 };
	struct msghdr hdr = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&hdr);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	ASSERT_EQ(sendmsg(channel, &hdr, 0), 1);
}

static int recv_fd(int channel)
{
	char space[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr hdr = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space),
	};
	int fd;

	ASSERT_EQ(recvmsg(channel, &hdr, 0), 1);
	ASSERT_TRUE(CMSG_FIRSTHDR(&hdr));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&hdr)), sizeof(fd));
	return fd;
}

TEST(pass_over_a_unix_socket)
{
	int fd[2], channel[2];
	int copy;

	pair(fd);
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	send_fd(channel[0], fd[CLIENT]);
	close(fd[CLIENT]);
	/* In flight, the connection lives on. */
	ASSERT_TRUE(quiet(fd[SERVER], POLLIN | POLLRDHUP));
	copy = recv_fd(channel[1]);
	put(copy, "passed");
	get(fd[SERVER], "passed");
	close(copy);
	get_eof(fd[SERVER]);
}

TEST(pass_and_drop)
{
	int fd[2], channel[2];

	pair(fd);
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	send_fd(channel[0], fd[CLIENT]);
	close(fd[CLIENT]);
	close(channel[0]);
	close(channel[1]);
	get_eof(fd[SERVER]);
}

/* On Linux close() does not disturb a call that is under way. */
TEST(thread_close_leaves_a_reader)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(recv_byte, fd[CLIENT]);
	ASSERT_OK(close(fd[CLIENT]));
	ASSERT_TRUE(still_blocked(call));
	/* The FIN goes out when the last user is gone, not before. */
	ASSERT_TRUE(quiet(fd[SERVER], POLLRDHUP));
	put(fd[SERVER], "x");
	ASSERT_EQ(finish(call), 1);
	get_eof(fd[SERVER]);
}

TEST(thread_close_leaves_a_writer)
{
	char buf[SMALL];
	struct call *call;
	size_t left;
	int fd[2];

	small_pair(fd);
	left = fill(fd[CLIENT]);
	call = start(send_block, fd[CLIENT]);
	ASSERT_OK(close(fd[CLIENT]));
	ASSERT_TRUE(still_blocked(call));
	left += BLOCK;
	while (left) {
		await(fd[SERVER], POLLIN);
		left -= ASSERT_OK(recv(fd[SERVER], buf, sizeof(buf), 0));
	}
	ASSERT_EQ(finish(call), BLOCK);
	get_eof(fd[SERVER]);
}

static long do_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

TEST(thread_close_leaves_an_accepter)
{
	int lst = listener(1);
	struct sockaddr_in addr = local_of(lst);
	struct call *call = start(do_accept, lst);
	int c = stream();

	ASSERT_OK(close(lst));
	ASSERT_TRUE(still_blocked(call));
	ASSERT_OK(connect_to(c, addr));
	put(c, "x");
	get(ASSERT_OK(finish(call)), "x");
}

TEST(thread_shutdown_wakes_all_readers)
{
	struct call *call[3];
	int fd[2];
	int i;

	pair(fd);
	for (i = 0; i < 3; i++)
		call[i] = start(recv_byte, fd[CLIENT]);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RDWR));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(finish(call[i]), 0);
}

TEST(thread_reset_wakes_reader_and_writer)
{
	struct call *reader, *writer;
	long r, w;
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	reader = start(recv_byte, fd[CLIENT]);
	writer = start(send_block, fd[CLIENT]);
	linger(fd[SERVER], 0);
	close(fd[SERVER]);
	/* One of the two takes the error, the other sees what it left. */
	r = finish(reader);
	w = finish(writer);
	ASSERT_TRUE(r == 0 || r == -1);
	ASSERT_EQ(w, -1);
	ASSERT_EQ(get_int(fd[CLIENT], SOL_SOCKET, SO_ERROR), 0);
}

static long count_bytes(int fd)
{
	char buf[1000];
	long total = 0;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		total += n;
	return n < 0 ? n : total;
}

TEST(thread_two_readers_share_the_bytes)
{
	struct call *a, *b;
	int fd[2];

	pair(fd);
	a = start(count_bytes, fd[SERVER]);
	b = start(count_bytes, fd[SERVER]);
	send_pattern(fd[CLIENT], 300000, 0);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_EQ(finish(a) + finish(b), 300000);
}

static long send_much(int fd)
{
	send_pattern(fd, 300000, 0);
	return 0;
}

TEST(thread_two_writers_lose_nothing)
{
	struct call *a, *b, *reader;
	int fd[2];

	pair(fd);
	reader = start(count_bytes, fd[SERVER]);
	a = start(send_much, fd[CLIENT]);
	b = start(send_much, fd[CLIENT]);
	ASSERT_OK(finish(a));
	ASSERT_OK(finish(b));
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_EQ(finish(reader), 600000);
}

TEST(thread_reader_and_writer_on_one_socket)
{
	struct call *writer;
	int fd[2];

	pair(fd);
	if (!fork()) {
		char buf[1000];
		ssize_t n;

		/* An echo server. */
		while ((n = recv(fd[SERVER], buf, sizeof(buf), 0)) > 0)
			ASSERT_EQ(send(fd[SERVER], buf, n, 0), n);
		_exit(0);
	}
	writer = start(send_much, fd[CLIENT]);
	recv_pattern(fd[CLIENT], 300000, 0);
	ASSERT_OK(finish(writer));
}

TEST(exec_keeps_the_connection)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	pid = ASSERT_OK(fork());
	if (!pid) {
		/* Standard output of another program. */
		dup2(fd[CLIENT], STDOUT_FILENO);
		close(fd[CLIENT]);
		close(fd[SERVER]);
		execlp("echo", "echo", "exec", NULL);
		_exit(1);
	}
	close(fd[CLIENT]);
	get(fd[SERVER], "exec\n");
	get_eof(fd[SERVER]);
	await_child(pid);
}
