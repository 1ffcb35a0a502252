// SPDX-License-Identifier: GPL-2.0
/* The rest of tcp(7)'s options, which programs set without asking. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

/* For effects that a busy machine can hide: once in so many is proof enough. */
#define TRIES 20

static int set_raw(int fd, int name, int value)
{
	return setsockopt(fd, IPPROTO_TCP, name, &value, sizeof(value));
}

TEST(cork_holds_until_it_is_pulled)
{
	int held = 0;
	int fd[2];
	int i;

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_NODELAY, 1);
	for (i = 0; i < TRIES; i++) {
		set_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK, 1);
		ASSERT_EQ(get_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK), 1);
		put(fd[CLIENT], "abc");
		put(fd[CLIENT], "def");
		held += !readable_bytes(fd[SERVER]);
		set_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK, 0);
		get(fd[SERVER], "abcdef");
	}
	ASSERT_TRUE(held);
}

/* tcp(7): for 200 ms at most. */
TEST(cork_does_not_hold_for_ever)
{
	int fd[2];

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK, 1);
	put(fd[CLIENT], "abc");
	get(fd[SERVER], "abc");
}

TEST(cork_and_close)
{
	int fd[2];

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK, 1);
	put(fd[CLIENT], "abc");
	close(fd[CLIENT]);
	get(fd[SERVER], "abc");
	get_eof(fd[SERVER]);
}

TEST(cork_does_not_hold_full_segments)
{
	int fd[2];

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK, 1);
	send_pattern(fd[CLIENT], 500000, 0);
	recv_pattern(fd[SERVER], 400000, 0);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK, 0);
	recv_pattern(fd[SERVER], 100000, 400000);
}

TEST(syncnt_bounds)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_SYNCNT), get_sysctl("tcp_syn_retries"));
	set_int(fd, IPPROTO_TCP, TCP_SYNCNT, 3);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_SYNCNT), 3);
	ASSERT_FAILS(set_raw(fd, TCP_SYNCNT, 0), EINVAL);
	ASSERT_FAILS(set_raw(fd, TCP_SYNCNT, 128), EINVAL);
}

TEST(syncnt_ends_a_connect)
{
	int hole = blackhole();
	long long before = now_ms();
	int fd = stream();

	set_int(fd, IPPROTO_TCP, TCP_SYNCNT, 1);
	ASSERT_FAILS(connect_to(fd, local_of(hole)), ETIMEDOUT);
	ASSERT_IN(now_ms() - before, 2000, SOON);
}

TEST(linger2_bounds)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_LINGER2), get_sysctl("tcp_fin_timeout"));
	set_int(fd, IPPROTO_TCP, TCP_LINGER2, 5);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_LINGER2), 5);
	set_int(fd, IPPROTO_TCP, TCP_LINGER2, 100000);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_LINGER2), 120);
	set_int(fd, IPPROTO_TCP, TCP_LINGER2, -7);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_LINGER2), -1);
	set_int(fd, IPPROTO_TCP, TCP_LINGER2, 0);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_LINGER2), get_sysctl("tcp_fin_timeout"));
}

TEST(window_clamp_bounds)
{
	int fd[2];
	int fresh = stream();

	set_int(fresh, IPPROTO_TCP, TCP_WINDOW_CLAMP, 50000);
	ASSERT_EQ(get_int(fresh, IPPROTO_TCP, TCP_WINDOW_CLAMP), 50000);
	set_int(fresh, IPPROTO_TCP, TCP_WINDOW_CLAMP, 0);
	pair(fd);
	ASSERT_FAILS(set_raw(fd[CLIENT], TCP_WINDOW_CLAMP, 0), EINVAL);
}

/* How long it stays set is the stack's business. */
TEST(quickack_is_accepted)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(set_raw(fd[CLIENT], TCP_QUICKACK, 1));
	ASSERT_OK(set_raw(fd[CLIENT], TCP_QUICKACK, 0));
	put(fd[SERVER], "x");
	get(fd[CLIENT], "x");
}

/* Room in the buffer is no reason to write while so much is not even sent. */
TEST(notsent_lowat_holds_back_writers)
{
	static char data[60000];
	int fd[2];

	small_pair(fd);
	set_int(fd[CLIENT], SOL_SOCKET, SO_SNDBUF, 200000);
	ASSERT_EQ(send(fd[CLIENT], data, sizeof(data), MSG_DONTWAIT), sizeof(data));
	ASSERT_EQ(revents(fd[CLIENT]), POLLOUT | POLLWRNORM);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1000);
	ASSERT_EQ(get_int(fd[CLIENT], IPPROTO_TCP, TCP_NOTSENT_LOWAT), 1000);
	ASSERT_EQ(revents(fd[CLIENT]), 0);
	ASSERT_EQ(recv(fd[SERVER], data, sizeof(data), MSG_WAITALL), sizeof(data));
	ASSERT_EQ(await(fd[CLIENT], POLLOUT), POLLOUT);
}

TEST(congestion_name)
{
	char name[16] = "", again[16] = "";
	socklen_t len = sizeof(name);
	int fd = stream();

	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	ASSERT_EQ(len, sizeof(name));
	ASSERT_IN(strnlen(name, sizeof(name)), 1, sizeof(name) - 1);
	ASSERT_OK(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, again, &len));
	ASSERT_EQ(strcmp(again, "reno"), 0);
}

TEST(congestion_errors)
{
	int fd = stream();

	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nosuch", 6), ENOENT);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 0), EINVAL);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, (void *)8, 4), EFAULT);
}

static void expect_congestion(int fd, const char *want)
{
	char name[16] = "";
	socklen_t len = sizeof(name);

	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	if (strcmp(name, want))
		tap_fail(__FILE__, __LINE__, "it is %s, want %s", name, want);
}

static void set_default_congestion(const char *name)
{
	int fd = ASSERT_OK(open("/proc/sys/net/ipv4/tcp_congestion_control", O_WRONLY));

	ASSERT_EQ(write(fd, name, strlen(name)), strlen(name));
	close(fd);
}

/* net.ipv4.tcp_congestion_control, of those that are made from now on */
TEST(congestion_default)
{
	int before, after;

	fresh_namespace();
	set_default_congestion("cubic");
	before = stream();
	set_default_congestion("reno");
	after = stream();
	expect_congestion(before, "cubic");
	expect_congestion(after, "reno");
}

/* A child has what its listener has when it is made, not the default. */
TEST(congestion_inherited)
{
	int lst, first, second;

	fresh_namespace();
	set_default_congestion("cubic");
	lst = listener(2);
	ASSERT_OK(setsockopt(lst, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	client_of(lst);
	first = accept_from(lst);
	ASSERT_OK(setsockopt(lst, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5));
	client_of(lst);
	second = accept_from(lst);
	expect_congestion(first, "reno");
	expect_congestion(second, "cubic");
}

/* Longer than a name can be, with bytes behind the NUL, cut to the room there is. */
TEST(congestion_lengths)
{
	char name[32] = "reno";
	socklen_t len = 3;
	int fd = stream();

	ASSERT_OK(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, sizeof(name)));
	expect_congestion(fd, "reno");
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, 3), ENOENT);
	memset(name, 'x', sizeof(name));
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, 32), ENOENT);
	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	ASSERT_EQ(len, 3);
	ASSERT_EQ(memcmp(name, "renx", 4), 0);
}

/* What is not there is not there, whoever asks. */
TEST(congestion_unprivileged)
{
	int fd = stream();

	drop_privileges();
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nosuch", 6), ENOENT);
	ASSERT_OK(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	ASSERT_OK(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5));
}

TEST(congestion_changes_under_way)
{
	int fd[2];

	pair(fd);
	send_pattern(fd[CLIENT], 100000, 0);
	recv_pattern(fd[SERVER], 100000, 0);
	ASSERT_OK(setsockopt(fd[CLIENT], IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	send_pattern(fd[CLIENT], 100000, 0);
	recv_pattern(fd[SERVER], 100000, 0);
	ASSERT_OK(setsockopt(fd[CLIENT], IPPROTO_TCP, TCP_CONGESTION, "cubic", 5));
	send_pattern(fd[CLIENT], 100000, 0);
	recv_pattern(fd[SERVER], 100000, 0);
}

TEST(info_counts_bytes)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int fd[2];

	pair(fd);
	ASSERT_OK(getsockopt(fd[CLIENT], IPPROTO_TCP, TCP_INFO, &info, &len));
	ASSERT_EQ(info.tcpi_unacked, 0);
	ASSERT_EQ(info.tcpi_ca_state, TCP_CA_Open);
	put(fd[CLIENT], "0123456789");
	get(fd[SERVER], "0123456789");
	len = sizeof(info);
	ASSERT_OK(getsockopt(fd[CLIENT], IPPROTO_TCP, TCP_INFO, &info, &len));
	ASSERT_EQ(info.tcpi_lost, 0);
	ASSERT_EQ(info.tcpi_retrans, 0);
	ASSERT_IN(info.tcpi_last_data_sent, 0, SOON);
}
