// SPDX-License-Identifier: GPL-2.0
/* poll() and select(): which events, when, and that they wake. */
#define _GNU_SOURCE
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

#define IN (POLLIN | POLLRDNORM)
#define OUT (POLLOUT | POLLWRNORM)

TEST(poll_idle_connection)
{
	int fd[2];

	pair(fd);
	ASSERT_EQ(revents(fd[CLIENT]), OUT);
	ASSERT_EQ(revents(fd[SERVER]), OUT);
}

TEST(poll_readable)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "x");
	await_revents(fd[SERVER], IN | OUT);
	get(fd[SERVER], "x");
	ASSERT_EQ(revents(fd[SERVER]), OUT);
}

TEST(poll_only_what_is_asked)
{
	struct pollfd p;
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "x");
	await_bytes(fd[SERVER], 1);
	p = (struct pollfd) { .fd = fd[SERVER], .events = POLLOUT };
	ASSERT_EQ(poll(&p, 1, 0), 1);
	ASSERT_EQ(p.revents, POLLOUT);
	p.events = 0;
	ASSERT_EQ(poll(&p, 1, 0), 0);
}

TEST(poll_not_writable)
{
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	ASSERT_EQ(revents(fd[CLIENT]), 0);
}

TEST(poll_writable_again)
{
	char buf[SMALL];
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	while (!revents(fd[CLIENT])) {
		await(fd[SERVER], POLLIN);
		ASSERT_TRUE(ASSERT_OK(recv(fd[SERVER], buf, sizeof(buf), 0)));
	}
	ASSERT_EQ(revents(fd[CLIENT]), OUT);
}

TEST(poll_peer_half_closed)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	await_revents(fd[SERVER], IN | OUT | POLLRDHUP);
	ASSERT_EQ(revents(fd[CLIENT]), OUT);
}

TEST(poll_peer_closed)
{
	int fd[2];

	pair(fd);
	close(fd[CLIENT]);
	await_revents(fd[SERVER], IN | OUT | POLLRDHUP);
}

TEST(poll_shutdown_read)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RD));
	ASSERT_EQ(revents(fd[CLIENT]), IN | OUT | POLLRDHUP);
	ASSERT_EQ(revents(fd[SERVER]), OUT);
}

TEST(poll_shutdown_both)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RDWR));
	ASSERT_EQ(revents(fd[CLIENT]), IN | OUT | POLLRDHUP | POLLHUP);
}

TEST(poll_both_closed)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	get_eof(fd[SERVER]);
	ASSERT_OK(shutdown(fd[SERVER], SHUT_WR));
	await_revents(fd[CLIENT], IN | OUT | POLLRDHUP | POLLHUP);
	await_revents(fd[SERVER], IN | OUT | POLLRDHUP | POLLHUP);
}

TEST(poll_reset)
{
	int fd[2];

	pair(fd);
	linger(fd[CLIENT], 0);
	close(fd[CLIENT]);
	await_revents(fd[SERVER], IN | OUT | POLLRDHUP | POLLHUP | POLLERR);
	ASSERT_EQ(get_int(fd[SERVER], SOL_SOCKET, SO_ERROR), ECONNRESET);
	/* The error is taken; the rest stays. */
	ASSERT_EQ(revents(fd[SERVER]), IN | OUT | POLLRDHUP | POLLHUP);
}

TEST(poll_errors_need_not_be_asked_for)
{
	struct pollfd p;
	int fd[2];

	pair(fd);
	linger(fd[CLIENT], 0);
	close(fd[CLIENT]);
	p = (struct pollfd) { .fd = fd[SERVER] };
	ASSERT_EQ(poll(&p, 1, SOON), 1);
	ASSERT_EQ(p.revents, POLLHUP | POLLERR);
}

TEST(poll_listener)
{
	int lst = listener(1);

	ASSERT_EQ(revents(lst), 0);
	client_of(lst);
	await_revents(lst, IN);
	accept_from(lst);
	ASSERT_EQ(revents(lst), 0);
}

TEST(poll_listener_shut_down)
{
	int lst = listener(1);

	ASSERT_OK(shutdown(lst, SHUT_RDWR));
	ASSERT_EQ(revents(lst) & POLLHUP, POLLHUP);
}

TEST(poll_connection_already_dead_when_accepted)
{
	int lst = listener(1);
	int c = client_of(lst);

	await(lst, POLLIN);
	close(c);
	await_revents(accept_from(lst), IN | OUT | POLLRDHUP);
}

static long poll_in(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n = poll(&p, 1, SOON);

	return n == 1 ? p.revents : -1;
}

static long poll_out(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n = poll(&p, 1, SOON);

	return n == 1 ? p.revents : -1;
}

static long poll_rdhup(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };
	int n = poll(&p, 1, SOON);

	return n == 1 ? p.revents : -1;
}

TEST(poll_woken_by_data)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(poll_in, fd[SERVER]);
	ASSERT_TRUE(still_blocked(call));
	put(fd[CLIENT], "x");
	ASSERT_EQ(finish(call), POLLIN);
}

TEST(poll_woken_by_fin)
{
	struct call *in, *rdhup;
	int fd[2];

	pair(fd);
	in = start(poll_in, fd[SERVER]);
	rdhup = start(poll_rdhup, fd[SERVER]);
	put(fd[CLIENT], "x");
	ASSERT_EQ(finish(in), POLLIN);
	ASSERT_TRUE(still_blocked(rdhup));
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_EQ(finish(rdhup), POLLRDHUP);
}

TEST(poll_woken_by_reset)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(poll_in, fd[SERVER]);
	linger(fd[CLIENT], 0);
	close(fd[CLIENT]);
	ASSERT_EQ(finish(call), POLLIN | POLLERR | POLLHUP);
}

TEST(poll_woken_by_room)
{
	char buf[SMALL];
	struct call *call;
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	call = start(poll_out, fd[CLIENT]);
	ASSERT_TRUE(still_blocked(call));
	while (recv(fd[SERVER], buf, sizeof(buf), MSG_DONTWAIT) > 0 ||
	       !quiet(fd[SERVER], POLLIN))
		;
	ASSERT_EQ(finish(call), POLLOUT);
}

TEST(poll_woken_by_shutdown)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(poll_in, fd[CLIENT]);
	ASSERT_TRUE(still_blocked(call));
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_RD));
	ASSERT_EQ(finish(call), POLLIN);
}

TEST(poll_listener_woken)
{
	int lst = listener(1);
	struct call *call = start(poll_in, lst);

	ASSERT_TRUE(still_blocked(call));
	client_of(lst);
	ASSERT_EQ(finish(call), POLLIN);
}

TEST(select_three_sets)
{
	struct timeval now = { 0 };
	fd_set in, out, except;
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "x");
	await_bytes(fd[SERVER], 1);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	FD_SET(fd[CLIENT], &in);
	FD_SET(fd[SERVER], &in);
	FD_SET(fd[SERVER], &out);
	FD_SET(fd[SERVER], &except);
	ASSERT_EQ(select(fd[CLIENT] + fd[SERVER] + 1, &in, &out, &except, &now), 2);
	ASSERT_TRUE(FD_ISSET(fd[SERVER], &in));
	ASSERT_TRUE(!FD_ISSET(fd[CLIENT], &in));
	ASSERT_TRUE(FD_ISSET(fd[SERVER], &out));
	ASSERT_TRUE(!FD_ISSET(fd[SERVER], &except));
}
