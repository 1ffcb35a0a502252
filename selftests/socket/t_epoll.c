// SPDX-License-Identifier: GPL-2.0
/* epoll, level and edge triggered. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

static int watch(int fd, __u32 events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };
	int ep = ASSERT_OK(epoll_create1(0));

	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
	return ep;
}

/* The events of the one descriptor that is watched; 0 when there are none. */
static __u32 events_within(int ep, int ms)
{
	struct epoll_event event;
	int n = ASSERT_OK(epoll_wait(ep, &event, 1, ms));

	return n ? event.events : 0;
}

static __u32 events_soon(int ep)
{
	return events_within(ep, SOON);
}

static __u32 events_now(int ep)
{
	return events_within(ep, 0);
}

TEST(epoll_level)
{
	int fd[2];
	int ep;

	pair(fd);
	ep = watch(fd[SERVER], EPOLLIN);
	ASSERT_EQ(events_now(ep), 0);
	put(fd[CLIENT], "ab");
	ASSERT_EQ(events_soon(ep), EPOLLIN);
	ASSERT_EQ(events_now(ep), EPOLLIN);
	get(fd[SERVER], "a");
	ASSERT_EQ(events_now(ep), EPOLLIN);
	get(fd[SERVER], "b");
	ASSERT_EQ(events_now(ep), 0);
}

TEST(epoll_level_writable)
{
	int fd[2];
	int ep;

	small_pair(fd);
	ep = watch(fd[CLIENT], EPOLLOUT);
	ASSERT_EQ(events_now(ep), EPOLLOUT);
	ASSERT_EQ(events_now(ep), EPOLLOUT);
	fill(fd[CLIENT]);
	ASSERT_EQ(events_now(ep), 0);
}

TEST(epoll_edge)
{
	int fd[2];
	int ep;

	pair(fd);
	ep = watch(fd[SERVER], EPOLLIN | EPOLLET);
	put(fd[CLIENT], "ab");
	ASSERT_EQ(events_soon(ep), EPOLLIN);
	await_bytes(fd[SERVER], 2);
	events_now(ep);
	/* Unread data is no new edge, new data is. */
	get(fd[SERVER], "a");
	ASSERT_EQ(events_within(ep, A_WHILE), 0);
	put(fd[CLIENT], "c");
	ASSERT_EQ(events_soon(ep), EPOLLIN);
	get(fd[SERVER], "bc");
	ASSERT_EQ(events_within(ep, A_WHILE), 0);
}

TEST(epoll_edge_present_when_added)
{
	int fd[2];
	int ep;

	pair(fd);
	put(fd[CLIENT], "x");
	await_bytes(fd[SERVER], 1);
	ep = watch(fd[SERVER], EPOLLIN | EPOLLOUT | EPOLLET);
	ASSERT_EQ(events_now(ep), EPOLLIN | EPOLLOUT);
	ASSERT_EQ(events_now(ep), 0);
}

TEST(epoll_edge_writable_after_full)
{
	char buf[SMALL];
	int fd[2];
	int ep;

	small_pair(fd);
	ep = watch(fd[CLIENT], EPOLLOUT | EPOLLET);
	ASSERT_EQ(events_now(ep), EPOLLOUT);
	fill(fd[CLIENT]);
	events_now(ep);
	ASSERT_EQ(events_now(ep), 0);
	while (recv(fd[SERVER], buf, sizeof(buf), MSG_DONTWAIT) > 0 ||
	       !quiet(fd[SERVER], POLLIN))
		;
	ASSERT_EQ(events_soon(ep), EPOLLOUT);
}

TEST(epoll_edge_fin)
{
	int fd[2];
	int ep;

	pair(fd);
	ep = watch(fd[SERVER], EPOLLIN | EPOLLRDHUP | EPOLLET);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_EQ(events_soon(ep), EPOLLIN | EPOLLRDHUP);
	ASSERT_EQ(events_within(ep, A_WHILE), 0);
}

TEST(epoll_level_fin)
{
	int fd[2];
	int ep;

	pair(fd);
	ep = watch(fd[SERVER], EPOLLRDHUP);
	put(fd[CLIENT], "x");
	ASSERT_EQ(events_within(ep, A_WHILE), 0);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	ASSERT_EQ(events_soon(ep), EPOLLRDHUP);
	ASSERT_EQ(events_now(ep), EPOLLRDHUP);
}

TEST(epoll_edge_reset)
{
	int fd[2];
	int ep;

	pair(fd);
	ep = watch(fd[SERVER], EPOLLIN | EPOLLRDHUP | EPOLLET);
	linger(fd[CLIENT], 0);
	close(fd[CLIENT]);
	ASSERT_EQ(events_soon(ep), EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
}

TEST(epoll_edge_connected)
{
	int lst = listener(1);
	int fd = stream();
	int ep = watch(fd, EPOLLOUT | EPOLLIN | EPOLLET);

	/* An unconnected socket hangs up, as poll() has it too. */
	ASSERT_EQ(events_now(ep), EPOLLOUT | EPOLLHUP);
	nonblocking(fd);
	ASSERT_FAILS(connect_to(fd, local_of(lst)), EINPROGRESS);
	ASSERT_EQ(events_soon(ep), EPOLLOUT);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
}

TEST(epoll_edge_refused)
{
	int fd = stream();
	int ep;

	nonblocking(fd);
	ep = watch(fd, EPOLLOUT | EPOLLIN | EPOLLRDHUP | EPOLLET);
	events_now(ep);
	ASSERT_FAILS(connect_to(fd, loopback(unused_port())), EINPROGRESS);
	ASSERT_EQ(events_soon(ep), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLERR | EPOLLHUP);
}

TEST(epoll_edge_accept)
{
	int lst = listener(2);
	int ep = watch(lst, EPOLLIN | EPOLLET);

	ASSERT_EQ(events_now(ep), 0);
	client_of(lst);
	ASSERT_EQ(events_soon(ep), EPOLLIN);
	ASSERT_EQ(events_within(ep, A_WHILE), 0);
	client_of(lst);
	ASSERT_EQ(events_soon(ep), EPOLLIN);
	accept_from(lst);
	accept_from(lst);
}

TEST(epoll_oneshot)
{
	struct epoll_event again = { .events = EPOLLIN | EPOLLONESHOT };
	int fd[2];
	int ep;

	pair(fd);
	ep = watch(fd[SERVER], EPOLLIN | EPOLLONESHOT);
	put(fd[CLIENT], "x");
	ASSERT_EQ(events_soon(ep), EPOLLIN);
	put(fd[CLIENT], "y");
	ASSERT_EQ(events_within(ep, A_WHILE), 0);
	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_MOD, fd[SERVER], &again));
	ASSERT_EQ(events_now(ep), EPOLLIN);
}

static long wait_in(int ep)
{
	return events_soon(ep);
}

TEST(epoll_woken)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(wait_in, watch(fd[SERVER], EPOLLIN | EPOLLET));
	ASSERT_TRUE(still_blocked(call));
	put(fd[CLIENT], "x");
	ASSERT_EQ(finish(call), EPOLLIN);
}

/* An event loop in miniature: many connections, one of them speaks. */
TEST(epoll_many_connections)
{
	enum { N = 50 };
	struct epoll_event event;
	int lst = listener(N);
	int ep = ASSERT_OK(epoll_create1(0));
	int c[N], s[N];
	int i;

	for (i = 0; i < N; i++) {
		c[i] = client_of(lst);
		s[i] = accept_from(lst);
		event = (struct epoll_event) { .events = EPOLLIN, .data.u32 = i };
		ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, s[i], &event));
	}
	for (i = N - 1; i >= 0; i--) {
		put(c[i], "me");
		ASSERT_EQ(epoll_wait(ep, &event, 1, SOON), 1);
		ASSERT_EQ(event.data.u32, i);
		get(s[i], "me");
	}
	ASSERT_EQ(epoll_wait(ep, &event, 1, 0), 0);
}

TEST(epoll_forgets_closed)
{
	int fd[2];
	int ep;

	pair(fd);
	ep = watch(fd[SERVER], EPOLLIN);
	put(fd[CLIENT], "x");
	ASSERT_EQ(events_soon(ep), EPOLLIN);
	close(fd[SERVER]);
	ASSERT_EQ(events_now(ep), 0);
}
