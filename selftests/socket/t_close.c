// SPDX-License-Identifier: GPL-2.0
/* close(), SO_LINGER, resets, and processes that die. */
#define _GNU_SOURCE
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

static void get_reset(int fd)
{
	char byte;

	await(fd, POLLIN);
	ASSERT_FAILS(recv(fd, &byte, 1, 0), ECONNRESET);
}

static void reset_by(int fd)
{
	linger(fd, 0);
	ASSERT_OK(close(fd));
}

/* Read whatever is there, to the end of the stream. */
static size_t drain(int fd)
{
	char buf[SMALL];
	size_t n = 0;
	ssize_t got;

	do {
		await(fd, POLLIN);
		got = ASSERT_OK(recv(fd, buf, sizeof(buf), 0));
		n += got;
	} while (got);
	return n;
}

TEST(close_is_end_of_stream)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "bye");
	ASSERT_OK(close(fd[CLIENT]));
	get(fd[SERVER], "bye");
	get_eof(fd[SERVER]);
	get_eof(fd[SERVER]);
}

TEST(close_by_server)
{
	int fd[2];

	pair(fd);
	put(fd[SERVER], "bye");
	ASSERT_OK(close(fd[SERVER]));
	get(fd[CLIENT], "bye");
	get_eof(fd[CLIENT]);
}

TEST(close_sends_what_is_queued)
{
	size_t n;
	int fd[2];

	small_pair(fd);
	n = fill(fd[CLIENT]);
	ASSERT_OK(close(fd[CLIENT]));
	ASSERT_EQ(drain(fd[SERVER]), n);
}

/* RFC 2525 2.17 */
TEST(close_with_unread_data_resets)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "unread");
	await_bytes(fd[SERVER], 6);
	ASSERT_OK(close(fd[SERVER]));
	get_reset(fd[CLIENT]);
	get_eof(fd[CLIENT]);
}

TEST(close_with_partly_read_data_resets)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "partly read");
	await_bytes(fd[SERVER], 11);
	get(fd[SERVER], "partly");
	ASSERT_OK(close(fd[SERVER]));
	get_reset(fd[CLIENT]);
}

TEST(close_with_read_data_does_not_reset)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "read");
	get(fd[SERVER], "read");
	ASSERT_OK(close(fd[SERVER]));
	get_eof(fd[CLIENT]);
}

TEST(close_linger_zero_resets)
{
	int fd[2];

	pair(fd);
	reset_by(fd[CLIENT]);
	get_reset(fd[SERVER]);
}

TEST(close_linger_zero_drops_unsent_data)
{
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	reset_by(fd[CLIENT]);
	await_revents(fd[SERVER], POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM |
		      POLLRDHUP | POLLHUP | POLLERR);
}

/* The peer of the reset does not go through TIME_WAIT, nor do we. */
TEST(close_linger_zero_frees_the_port)
{
	int lst = stream();
	__u16 port;
	int c, s;

	ASSERT_OK(bind_to(lst, loopback(0)));
	ASSERT_OK(listen(lst, 1));
	port = port_of(lst);
	c = client_of(lst);
	s = accept_from(lst);
	close(lst);
	reset_by(s);
	get_reset(c);
	ASSERT_OK(bind_to(stream(), loopback(port)));
}

TEST(close_linger_waits_for_the_peer)
{
	long long before;
	size_t n;
	int fd[2];

	small_pair(fd);
	n = fill(fd[CLIENT]);
	linger(fd[CLIENT], 1);
	before = now_ms();
	ASSERT_OK(close(fd[CLIENT]));
	ASSERT_IN(now_ms() - before, 500, SOON);
	/* The time is over, the data are not lost. */
	ASSERT_EQ(drain(fd[SERVER]), n);
}

TEST(close_linger_returns_when_done)
{
	long long before;
	int fd[2];

	pair(fd);
	linger(fd[CLIENT], 60);
	put(fd[CLIENT], "done");
	before = now_ms();
	ASSERT_OK(close(fd[CLIENT]));
	ASSERT_IN(now_ms() - before, 0, SOON);
	get(fd[SERVER], "done");
	get_eof(fd[SERVER]);
}

static long do_close(int fd)
{
	return close(fd);
}

TEST(close_linger_ends_when_data_are_taken)
{
	struct call *call;
	size_t n;
	int fd[2];

	small_pair(fd);
	n = fill(fd[CLIENT]);
	linger(fd[CLIENT], 60);
	call = start(do_close, fd[CLIENT]);
	ASSERT_TRUE(still_blocked(call));
	ASSERT_EQ(drain(fd[SERVER]), n);
	ASSERT_OK(finish(call));
}

TEST(close_linger_off_does_not_wait)
{
	struct linger off = { .l_onoff = 0, .l_linger = 60 };
	long long before;
	size_t n;
	int fd[2];

	small_pair(fd);
	ASSERT_OK(setsockopt(fd[CLIENT], SOL_SOCKET, SO_LINGER, &off, sizeof(off)));
	n = fill(fd[CLIENT]);
	before = now_ms();
	ASSERT_OK(close(fd[CLIENT]));
	ASSERT_IN(now_ms() - before, 0, SOON);
	ASSERT_EQ(drain(fd[SERVER]), n);
}

TEST(close_of_a_duplicate)
{
	int fd[2];
	int copy;

	pair(fd);
	copy = ASSERT_OK(dup(fd[CLIENT]));
	ASSERT_OK(close(fd[CLIENT]));
	ASSERT_TRUE(quiet(fd[SERVER], POLLIN | POLLRDHUP));
	put(copy, "alive");
	get(fd[SERVER], "alive");
	ASSERT_OK(close(copy));
	get_eof(fd[SERVER]);
}

TEST(reset_is_reported_once)
{
	char byte;
	int fd[2];

	pair(fd);
	reset_by(fd[SERVER]);
	get_reset(fd[CLIENT]);
	ASSERT_EQ(recv(fd[CLIENT], &byte, 1, 0), 0);
	ASSERT_EQ(get_int(fd[CLIENT], SOL_SOCKET, SO_ERROR), 0);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), EPIPE);
	ASSERT_EQ(state_of(fd[CLIENT]), TCP_CLOSE);
}

TEST(reset_reported_by_send)
{
	int fd[2];

	pair(fd);
	reset_by(fd[SERVER]);
	await(fd[CLIENT], POLLIN);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), ECONNRESET);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), EPIPE);
	get_eof(fd[CLIENT]);
}

TEST(reset_reported_by_so_error)
{
	int fd[2];

	pair(fd);
	reset_by(fd[SERVER]);
	await(fd[CLIENT], POLLIN);
	ASSERT_EQ(get_int(fd[CLIENT], SOL_SOCKET, SO_ERROR), ECONNRESET);
	ASSERT_EQ(get_int(fd[CLIENT], SOL_SOCKET, SO_ERROR), 0);
	get_eof(fd[CLIENT]);
}

TEST(reset_does_not_lose_received_data)
{
	int fd[2];

	pair(fd);
	put(fd[SERVER], "received");
	await_bytes(fd[CLIENT], 8);
	reset_by(fd[SERVER]);
	await(fd[CLIENT], POLLRDHUP);
	get(fd[CLIENT], "received");
	get_reset(fd[CLIENT]);
}

TEST(reset_ends_the_connection)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd[2];

	pair(fd);
	reset_by(fd[SERVER]);
	get_reset(fd[CLIENT]);
	ASSERT_FAILS(getpeername(fd[CLIENT], (struct sockaddr *)&addr, &len), ENOTCONN);
	ASSERT_FAILS(shutdown(fd[CLIENT], SHUT_RDWR), ENOTCONN);
}

TEST(reset_wakes_a_reader)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(recv_byte, fd[CLIENT]);
	reset_by(fd[SERVER]);
	ASSERT_FAILS(finish(call), ECONNRESET);
}

TEST(reset_wakes_a_writer)
{
	struct call *call;
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	call = start(send_block, fd[CLIENT]);
	reset_by(fd[SERVER]);
	ASSERT_FAILS(finish(call), ECONNRESET);
}

/* The peer has closed altogether; what we send meets nobody. */
TEST(write_after_peer_closed)
{
	int fd[2];

	pair(fd);
	close(fd[SERVER]);
	get_eof(fd[CLIENT]);
	ASSERT_EQ(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), 1);
	await(fd[CLIENT], POLLERR);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), EPIPE);
	get_eof(fd[CLIENT]);
}

TEST(broken_pipe_signal)
{
	int fd[2];
	int status;
	pid_t pid;

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	pid = ASSERT_OK(fork());
	if (!pid) {
		send(fd[CLIENT], "x", 1, 0);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(WTERMSIG(status), SIGPIPE);
}

/* A process that holds fd[CLIENT] alone; it waits to be killed. */
static pid_t holder(int fd[2])
{
	pid_t pid = ASSERT_OK(fork());

	if (!pid) {
		close(fd[SERVER]);
		for (;;)
			pause();
	}
	close(fd[CLIENT]);
	return pid;
}

TEST(kill_closes_by_fin)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "before");
	pid = holder(fd);
	ASSERT_TRUE(quiet(fd[SERVER], POLLRDHUP));
	kill(pid, SIGKILL);
	get(fd[SERVER], "before");
	get_eof(fd[SERVER]);
	ASSERT_EQ(state_of(fd[SERVER]), TCP_CLOSE_WAIT);
}

TEST(kill_sends_what_is_queued)
{
	size_t n;
	pid_t pid;
	int fd[2];

	small_pair(fd);
	n = fill(fd[CLIENT]);
	pid = holder(fd);
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	ASSERT_EQ(drain(fd[SERVER]), n);
}

TEST(kill_with_unread_data_resets)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	put(fd[SERVER], "unread");
	await_bytes(fd[CLIENT], 6);
	pid = holder(fd);
	kill(pid, SIGKILL);
	get_reset(fd[SERVER]);
}

TEST(kill_a_blocked_reader)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	pid = ASSERT_OK(fork());
	if (!pid) {
		close(fd[SERVER]);
		recv_byte(fd[CLIENT]);
		_exit(0);
	}
	close(fd[CLIENT]);
	ASSERT_TRUE(quiet(fd[SERVER], POLLRDHUP));
	kill(pid, SIGKILL);
	get_eof(fd[SERVER]);
}

TEST(kill_a_lingering_closer)
{
	long long before;
	int fd[2], go[2];
	char byte;
	size_t n;
	pid_t pid;

	small_pair(fd);
	n = fill(fd[CLIENT]);
	linger(fd[CLIENT], 2 * SOON / 1000);
	ASSERT_OK(pipe(go));
	pid = ASSERT_OK(fork());
	if (!pid) {
		close(go[1]);
		ASSERT_EQ(read(go[0], &byte, 1), 0);
		close(fd[SERVER]);
		close(fd[CLIENT]);
		_exit(0);
	}
	close(fd[CLIENT]);
	close(go[1]);
	sleep_ms(A_WHILE);
	before = now_ms();
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	ASSERT_IN(now_ms() - before, 0, SOON);
	ASSERT_EQ(drain(fd[SERVER]), n);
}

TEST(exit_closes)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	pid = ASSERT_OK(fork());
	if (!pid) {
		put(fd[CLIENT], "child's");
		_exit(0);
	}
	close(fd[CLIENT]);
	get(fd[SERVER], "child's");
	get_eof(fd[SERVER]);
	await_child(pid);
}
