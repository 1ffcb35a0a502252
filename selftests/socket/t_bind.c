// SPDX-License-Identifier: GPL-2.0
/* bind(): ports, addresses, who may have them, and what ip(7) says of errors. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

#define TEST_NET 0xc0000201	/* 192.0.2.1, nobody's (RFC 5737) */
#define LOOPBACK_2 0x7f000002

static int bind_raw(int fd, int af, __u32 host, socklen_t len)
{
	union {
		struct sockaddr_in in;
		struct sockaddr_storage storage;
	} addr = { .in = address(host, 0) };

	addr.in.sin_family = af;
	return bind(fd, (struct sockaddr *)&addr, len);
}

static int reusing(int fd)
{
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return fd;
}

TEST(bind_chooses_a_port)
{
	int fd = stream();

	ASSERT_OK(bind_to(fd, address(INADDR_ANY, 0)));
	ASSERT_TRUE(port_of(fd) >= 1024);
	ASSERT_EQ(local_of(fd).sin_addr.s_addr, htonl(INADDR_ANY));
}

TEST(bind_named_port)
{
	__u16 port = unused_port();
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(port)));
	ASSERT_TRUE(same_address(local_of(fd), loopback(port)));
}

TEST(bind_automatic_ports_differ)
{
	bool seen[65536] = { false };
	int i;

	for (i = 0; i < 50; i++) {
		int fd = stream();

		ASSERT_OK(bind_to(fd, loopback(0)));
		ASSERT_TRUE(!seen[port_of(fd)]);
		seen[port_of(fd)] = true;
	}
}

TEST(bind_twice)
{
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(0)));
	ASSERT_FAILS(bind_to(fd, loopback(0)), EINVAL);
}

TEST(bind_after_connect)
{
	int fd[2];

	pair(fd);
	ASSERT_FAILS(bind_to(fd[CLIENT], loopback(0)), EINVAL);
	ASSERT_FAILS(bind_to(fd[SERVER], loopback(0)), EINVAL);
}

TEST(bind_in_use_by_listener)
{
	ASSERT_FAILS(bind_to(stream(), loopback(port_of(listener(1)))), EADDRINUSE);
}

TEST(bind_in_use_by_bound)
{
	int a = stream();

	ASSERT_OK(bind_to(a, loopback(0)));
	ASSERT_FAILS(bind_to(stream(), loopback(port_of(a))), EADDRINUSE);
}

TEST(bind_any_conflicts_with_one)
{
	int a = stream();

	ASSERT_OK(bind_to(a, loopback(0)));
	ASSERT_FAILS(bind_to(stream(), address(INADDR_ANY, port_of(a))), EADDRINUSE);
}

TEST(bind_one_conflicts_with_any)
{
	int a = stream();

	ASSERT_OK(bind_to(a, address(INADDR_ANY, 0)));
	ASSERT_FAILS(bind_to(stream(), loopback(port_of(a))), EADDRINUSE);
}

/* Shows: MUST-43. */
TEST(bind_same_port_other_address)
{
	int a = listener(1);
	int b = stream();
	int c = stream();

	ASSERT_OK(bind_to(b, address(LOOPBACK_2, port_of(a))));
	ASSERT_OK(listen(b, 1));
	ASSERT_OK(connect_to(c, address(LOOPBACK_2, port_of(a))));
	accept_from(b);
	ASSERT_EQ(revents(a), 0);
}

TEST(bind_after_close)
{
	int a = stream();
	__u16 port;

	ASSERT_OK(bind_to(a, loopback(0)));
	port = port_of(a);
	close(a);
	ASSERT_OK(bind_to(stream(), loopback(port)));
}

TEST(bind_after_listener_closed)
{
	int a = listener(1);
	__u16 port = port_of(a);

	close(a);
	ASSERT_OK(bind_to(stream(), loopback(port)));
}

TEST(bind_after_failure_is_possible)
{
	int a = listener(1);
	int b = stream();

	ASSERT_FAILS(bind_to(b, loopback(port_of(a))), EADDRINUSE);
	ASSERT_OK(bind_to(b, loopback(0)));
}

TEST(bind_reuseaddr_both_until_one_listens)
{
	int a = reusing(stream());
	int b = reusing(stream());

	ASSERT_OK(bind_to(a, loopback(0)));
	ASSERT_OK(bind_to(b, loopback(port_of(a))));
	ASSERT_OK(listen(a, 1));
	ASSERT_FAILS(listen(b, 1), EADDRINUSE);
	close(a);
	ASSERT_OK(listen(b, 1));
}

TEST(bind_reuseaddr_on_one_side_only)
{
	int a = stream();
	int b = reusing(stream());

	ASSERT_OK(bind_to(a, loopback(0)));
	ASSERT_FAILS(bind_to(b, loopback(port_of(a))), EADDRINUSE);
}

TEST(bind_reuseaddr_not_over_listener)
{
	int a = reusing(stream());
	int b = reusing(stream());

	ASSERT_OK(bind_to(a, loopback(0)));
	ASSERT_OK(listen(a, 1));
	ASSERT_FAILS(bind_to(b, loopback(port_of(a))), EADDRINUSE);
}

/* A server that closes first leaves TIME_WAIT on its port. */
static __u16 port_in_time_wait(void)
{
	int lst = reusing(stream());
	__u16 port;
	int c, s;

	ASSERT_OK(bind_to(lst, loopback(0)));
	ASSERT_OK(listen(lst, 1));
	port = port_of(lst);
	c = client_of(lst);
	s = accept_from(lst);
	close(lst);

	close(s);
	get_eof(c);
	close(c);
	return port;
}

TEST(bind_over_time_wait)
{
	ASSERT_FAILS(bind_to(stream(), loopback(port_in_time_wait())), EADDRINUSE);
}

TEST(bind_reuseaddr_over_time_wait)
{
	int fd = reusing(stream());

	ASSERT_OK(bind_to(fd, loopback(port_in_time_wait())));
	ASSERT_OK(listen(fd, 1));
	client_of(fd);
	accept_from(fd);
}

/* Shows: MUST-41. */
TEST(bind_reuseaddr_over_connection)
{
	int lst = reusing(stream());
	int again = reusing(stream());
	__u16 port;
	int c, s;

	ASSERT_OK(bind_to(lst, loopback(0)));
	ASSERT_OK(listen(lst, 1));
	port = port_of(lst);
	c = client_of(lst);
	s = accept_from(lst);
	close(lst);

	ASSERT_OK(bind_to(again, loopback(port)));
	ASSERT_OK(listen(again, 1));
	put(c, "old");
	get(s, "old");
}

TEST(bind_connection_keeps_the_port)
{
	int lst = listener(1);
	__u16 port = port_of(lst);

	client_of(lst);
	accept_from(lst);
	close(lst);
	ASSERT_FAILS(bind_to(stream(), loopback(port)), EADDRINUSE);
}

TEST(bind_not_our_address)
{
	ASSERT_FAILS(bind_to(stream(), address(TEST_NET, 0)), EADDRNOTAVAIL);
}

TEST(bind_wrong_family)
{
	ASSERT_FAILS(bind_raw(stream(), AF_INET6, INADDR_LOOPBACK,
			      sizeof(struct sockaddr_in)), EAFNOSUPPORT);
	ASSERT_FAILS(bind_raw(stream(), AF_UNIX, INADDR_LOOPBACK,
			      sizeof(struct sockaddr_in)), EAFNOSUPPORT);
}

/* Old programs leave sin_family zero; Linux takes that for "any address". */
TEST(bind_family_unspecified)
{
	ASSERT_OK(bind_raw(stream(), AF_UNSPEC, INADDR_ANY,
			   sizeof(struct sockaddr_in)));
	ASSERT_FAILS(bind_raw(stream(), AF_UNSPEC, INADDR_LOOPBACK,
			      sizeof(struct sockaddr_in)), EAFNOSUPPORT);
}

TEST(bind_length)
{
	int fd = stream();

	ASSERT_FAILS(bind_raw(fd, AF_INET, INADDR_LOOPBACK, 0), EINVAL);
	ASSERT_FAILS(bind_raw(fd, AF_INET, INADDR_LOOPBACK, 8), EINVAL);
	ASSERT_FAILS(bind_raw(fd, AF_INET, INADDR_LOOPBACK, -1), EINVAL);
	ASSERT_FAILS(bind_raw(fd, AF_INET, INADDR_LOOPBACK,
			      sizeof(struct sockaddr_storage) + 1), EINVAL);
	ASSERT_OK(bind_raw(fd, AF_INET, INADDR_LOOPBACK,
			   sizeof(struct sockaddr_storage)));
}

TEST(bind_bad_pointer)
{
	ASSERT_FAILS(bind(stream(), (void *)8, sizeof(struct sockaddr_in)), EFAULT);
}

TEST(bind_privileged_port)
{
	pid_t pid;

	ASSERT_OK(bind_to(stream(), loopback(1023)));
	pid = ASSERT_OK(fork());
	if (!pid) {
		drop_privileges();
		ASSERT_FAILS(bind_to(stream(), loopback(1022)), EACCES);
		ASSERT_OK(bind_to(stream(), loopback(1024)));
		_exit(0);
	}
	await_child(pid);
}
