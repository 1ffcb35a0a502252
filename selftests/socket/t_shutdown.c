// SPDX-License-Identifier: GPL-2.0
/* shutdown() three ways, and connections that are closed by halves. */
#define _GNU_SOURCE
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

TEST(shutdown_bad_how)
{
	int fd[2];

	pair(fd);
	ASSERT_FAILS(shutdown(fd[CLIENT], 3), EINVAL);
	ASSERT_FAILS(shutdown(fd[CLIENT], -1), EINVAL);
	put(fd[CLIENT], "x");
	get(fd[SERVER], "x");
}

TEST(shutdown_write_sends_fin)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "last words");
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	get(fd[SERVER], "last words");
	get_eof(fd[SERVER]);
	await_state(fd[CLIENT], TCP_FIN_WAIT2);
	ASSERT_EQ(state_of(fd[SERVER]), TCP_CLOSE_WAIT);
}

TEST(shutdown_write_forbids_sending)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	signal(SIGPIPE, SIG_IGN);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, 0), EPIPE);
	ASSERT_FAILS(write(fd[CLIENT], "x", 1), EPIPE);
}

TEST(shutdown_write_twice)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	get_eof(fd[SERVER]);
}

TEST(half_close_client_first)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "question");
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	get(fd[SERVER], "question");
	get_eof(fd[SERVER]);
	if (!fork()) {
		send_pattern(fd[SERVER], 1000000, 0);
		ASSERT_OK(shutdown(fd[SERVER], SHUT_WR));
		_exit(0);
	}
	recv_pattern(fd[CLIENT], 1000000, 0);
	get_eof(fd[CLIENT]);
}

TEST(half_close_server_first)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[SERVER], SHUT_WR));
	get_eof(fd[CLIENT]);
	if (!fork()) {
		send_pattern(fd[CLIENT], 1000000, 0);
		ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
		_exit(0);
	}
	recv_pattern(fd[SERVER], 1000000, 0);
	get_eof(fd[SERVER]);
}

TEST(shutdown_read_ends_reading)
{
	char byte;
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RD));
	ASSERT_EQ(recv(fd[CLIENT], &byte, 1, 0), 0);
	ASSERT_EQ(state_of(fd[CLIENT]), TCP_ESTABLISHED);
	/* The peer is told nothing. */
	ASSERT_TRUE(quiet(fd[SERVER], POLLIN | POLLRDHUP));
	put(fd[CLIENT], "still sending");
	get(fd[SERVER], "still sending");
}

TEST(shutdown_read_keeps_what_is_there)
{
	int fd[2];

	pair(fd);
	put(fd[SERVER], "before");
	await_bytes(fd[CLIENT], 6);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RD));
	get(fd[CLIENT], "before");
	get_eof(fd[CLIENT]);
}

/* What comes after SHUT_RD is still delivered, as tcp(7) does not say. */
TEST(shutdown_read_and_later_data)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RD));
	put(fd[SERVER], "after");
	await_bytes(fd[CLIENT], 5);
	get(fd[CLIENT], "after");
	get_eof(fd[CLIENT]);
}

TEST(shutdown_both)
{
	char byte;
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "bye");
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RDWR));
	ASSERT_EQ(recv(fd[CLIENT], &byte, 1, 0), 0);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), EPIPE);
	get(fd[SERVER], "bye");
	get_eof(fd[SERVER]);
}

TEST(shutdown_after_both_fins)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	get_eof(fd[SERVER]);
	ASSERT_OK(shutdown(fd[SERVER], SHUT_WR));
	get_eof(fd[CLIENT]);
	await_state(fd[CLIENT], TCP_CLOSE);
	await_state(fd[SERVER], TCP_CLOSE);
	ASSERT_FAILS(shutdown(fd[CLIENT], SHUT_RDWR), ENOTCONN);
	ASSERT_FAILS(shutdown(fd[SERVER], SHUT_RDWR), ENOTCONN);
	ASSERT_FAILS(getpeername(fd[SERVER], (struct sockaddr *)&addr, &len), ENOTCONN);
	get_eof(fd[CLIENT]);
	get_eof(fd[SERVER]);
}

TEST(shutdown_read_wakes_a_reader)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(recv_byte, fd[CLIENT]);
	ASSERT_TRUE(still_blocked(call));
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RD));
	ASSERT_EQ(finish(call), 0);
}

TEST(shutdown_write_leaves_a_reader)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(recv_byte, fd[CLIENT]);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_TRUE(still_blocked(call));
	put(fd[SERVER], "x");
	ASSERT_EQ(finish(call), 1);
}

TEST(shutdown_write_wakes_a_writer)
{
	struct call *call;
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	call = start(send_block, fd[CLIENT]);
	ASSERT_TRUE(still_blocked(call));
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_FAILS(finish(call), EPIPE);
}

/* The FIN stands behind data that the window does not admit yet. */
TEST(shutdown_write_with_full_buffers)
{
	char buf[SMALL];
	ssize_t got;
	size_t n;
	int fd[2];

	small_pair(fd);
	n = fill(fd[CLIENT]);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	do {
		await(fd[SERVER], POLLIN);
		got = ASSERT_OK(recv(fd[SERVER], buf, sizeof(buf), 0));
		n -= got;
	} while (got);
	ASSERT_EQ(n, 0);
}

TEST(shutdown_both_ends_with_full_buffers)
{
	int fd[2];
	int end;

	small_pair(fd);
	fill(fd[CLIENT]);
	fill(fd[SERVER]);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_OK(shutdown(fd[SERVER], SHUT_WR));
	for (end = CLIENT; end <= SERVER; end++) {
		char buf[SMALL];

		do
			await(fd[end], POLLIN);
		while (ASSERT_OK(recv(fd[end], buf, sizeof(buf), 0)));
	}
	await_state(fd[CLIENT], TCP_CLOSE);
	await_state(fd[SERVER], TCP_CLOSE);
}

static long shut_write(int fd)
{
	return shutdown(fd, SHUT_WR);
}

/* Two FINs that may cross: RFC 9293 figure 13, or figure 12 if they do not. */
TEST(shutdown_from_both_ends_at_once)
{
	int i;

	for (i = 0; i < 20; i++) {
		struct call *a, *b;
		int fd[2];

		pair(fd);
		a = start(shut_write, fd[CLIENT]);
		b = start(shut_write, fd[SERVER]);
		ASSERT_OK(finish(a));
		ASSERT_OK(finish(b));
		get_eof(fd[CLIENT]);
		get_eof(fd[SERVER]);
		await_state(fd[CLIENT], TCP_CLOSE);
		await_state(fd[SERVER], TCP_CLOSE);
	}
}
