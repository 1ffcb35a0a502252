// SPDX-License-Identifier: GPL-2.0
/* Signals that come while a call sleeps: EINTR, SA_RESTART, partial results. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

static long do_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

static long recv_ten(int fd)
{
	char buf[10];

	return recv(fd, buf, sizeof(buf), MSG_WAITALL);
}

static long poll_in(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, SOON);
}

TEST(signal_interrupts_recv)
{
	struct call *call;
	int fd[2];

	pair(fd);
	catch_usr1(0);
	call = start(recv_byte, fd[CLIENT]);
	interrupt(call);
	ASSERT_FAILS(finish(call), EINTR);
	put(fd[SERVER], "x");
	get(fd[CLIENT], "x");
}

TEST(signal_restarts_recv)
{
	struct call *call;
	int fd[2];

	pair(fd);
	catch_usr1(SA_RESTART);
	call = start(recv_byte, fd[CLIENT]);
	interrupt(call);
	await_signals(1);
	ASSERT_TRUE(still_blocked(call));
	put(fd[SERVER], "x");
	ASSERT_EQ(finish(call), 1);
}

/* signal(7): with a timeout set, EINTR whatever the handler's flags. */
TEST(signal_interrupts_recv_with_timeout)
{
	struct call *call;
	int fd[2];

	pair(fd);
	catch_usr1(SA_RESTART);
	set_timeout(fd[CLIENT], SO_RCVTIMEO, SOON);
	call = start(recv_byte, fd[CLIENT]);
	interrupt(call);
	ASSERT_FAILS(finish(call), EINTR);
}

TEST(signal_cuts_waitall_short)
{
	struct call *call;
	int fd[2];

	pair(fd);
	catch_usr1(SA_RESTART);
	call = start(recv_ten, fd[CLIENT]);
	put(fd[SERVER], "0123");
	ASSERT_TRUE(still_blocked(call));
	interrupt(call);
	ASSERT_EQ(finish(call), 4);
}

TEST(signal_interrupts_send)
{
	struct call *call;
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	catch_usr1(0);
	call = start(send_block, fd[CLIENT]);
	interrupt(call);
	ASSERT_FAILS(finish(call), EINTR);
}

TEST(signal_restarts_send)
{
	char buf[SMALL];
	struct call *call;
	size_t left;
	int fd[2];

	small_pair(fd);
	left = fill(fd[CLIENT]);
	catch_usr1(SA_RESTART);
	call = start(send_block, fd[CLIENT]);
	interrupt(call);
	await_signals(1);
	ASSERT_TRUE(still_blocked(call));
	left += BLOCK;
	while (left) {
		await(fd[SERVER], POLLIN);
		left -= ASSERT_OK(recv(fd[SERVER], buf, sizeof(buf), 0));
	}
	ASSERT_EQ(finish(call), BLOCK);
	ASSERT_TRUE(quiet(fd[SERVER], POLLIN));
}

TEST(signal_cuts_send_short)
{
	char buf[SMALL];
	struct call *call;
	size_t left;
	long sent;
	int fd[2];

	small_pair(fd);
	catch_usr1(SA_RESTART);
	call = start(send_block, fd[CLIENT]);
	ASSERT_TRUE(still_blocked(call));
	interrupt(call);
	sent = finish(call);
	ASSERT_IN(sent, 1, BLOCK - 1);
	/* Exactly what was reported arrives. */
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	for (left = sent; left; ) {
		await(fd[SERVER], POLLIN);
		left -= ASSERT_OK(recv(fd[SERVER], buf, sizeof(buf), 0));
	}
	get_eof(fd[SERVER]);
}

TEST(signal_interrupts_accept)
{
	int lst = listener(1);
	struct call *call;

	catch_usr1(0);
	call = start(do_accept, lst);
	interrupt(call);
	ASSERT_FAILS(finish(call), EINTR);
}

TEST(signal_restarts_accept)
{
	int lst = listener(1);
	struct call *call;

	catch_usr1(SA_RESTART);
	call = start(do_accept, lst);
	interrupt(call);
	await_signals(1);
	ASSERT_TRUE(still_blocked(call));
	client_of(lst);
	ASSERT_OK(finish(call));
}

/* poll() is never restarted. */
TEST(signal_interrupts_poll)
{
	struct call *call;
	int fd[2];

	pair(fd);
	catch_usr1(SA_RESTART);
	call = start(poll_in, fd[CLIENT]);
	interrupt(call);
	ASSERT_FAILS(finish(call), EINTR);
}

static long close_lingering(int fd)
{
	return close(fd);
}

/* The descriptor is gone and the data are sent, whatever close() returns. */
TEST(signal_ends_lingering_close)
{
	char buf[SMALL];
	struct call *call;
	size_t left;
	int fd[2];

	small_pair(fd);
	left = fill(fd[CLIENT]);
	linger(fd[CLIENT], 2 * SOON / 1000);
	catch_usr1(0);
	call = start(close_lingering, fd[CLIENT]);
	interrupt(call);
	finish(call);
	while (left) {
		await(fd[SERVER], POLLIN);
		left -= ASSERT_OK(recv(fd[SERVER], buf, sizeof(buf), 0));
	}
	get_eof(fd[SERVER]);
}

static atomic_int io_seen;

static void on_io(int signo __maybe_unused)
{
	io_seen = 1;
}

TEST(signal_on_arrival)
{
	struct sigaction sa = { .sa_handler = on_io };
	int fd[2];

	pair(fd);
	ASSERT_OK(sigaction(SIGIO, &sa, NULL));
	ASSERT_OK(fcntl(fd[SERVER], F_SETOWN, getpid()));
	ASSERT_OK(fcntl(fd[SERVER], F_SETFL, O_ASYNC));
	put(fd[CLIENT], "x");
	await(fd[SERVER], POLLIN);
	ASSERT_TRUE(io_seen);
}
