// SPDX-License-Identifier: GPL-2.0
/* The rest of tcp(7)'s options, which programs set without asking. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
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

/* tcp(7): for 200 ms at most. Shows: MUST-60. */
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

/* TCP_NODELAY is weaker, but pushes what is there. */
TEST(cork_is_overridden_once)
{
	int held = 0;
	int fd[2];
	int i;

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK, 1);
	for (i = 0; i < TRIES; i++) {
		put(fd[CLIENT], "abc");
		held += !readable_bytes(fd[SERVER]);
		set_int(fd[CLIENT], IPPROTO_TCP, TCP_NODELAY, 1);
		get(fd[SERVER], "abc");
		ASSERT_EQ(get_int(fd[CLIENT], IPPROTO_TCP, TCP_CORK), 1);
	}
	ASSERT_TRUE(held);
}

TEST(user_timeout_bounds)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
	set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 12345);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 12345);
	ASSERT_FAILS(set_raw(fd, TCP_USER_TIMEOUT, -1), EINVAL);
	set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, INT_MAX);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), INT_MAX);
	set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 0);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
}

TEST(user_timeout_is_inherited)
{
	int lst = listener(1);

	set_int(lst, IPPROTO_TCP, TCP_USER_TIMEOUT, 4711);
	client_of(lst);
	ASSERT_EQ(get_int(accept_from(lst), IPPROTO_TCP, TCP_USER_TIMEOUT), 4711);
}

TEST(user_timeout_ends_a_connect)
{
	int hole = blackhole();
	long long before = now_ms();
	int fd = stream();

	set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 1500);
	ASSERT_FAILS(connect_to(fd, local_of(hole)), ETIMEDOUT);
	ASSERT_IN(now_ms() - before, 1490, SOON);
}

/* The window stays shut, for which there is no other end. */
TEST(user_timeout_ends_a_write)
{
	long long before;
	int fd[2];

	small_pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_USER_TIMEOUT, 700);
	before = now_ms();
	fill(fd[CLIENT]);
	ASSERT_TRUE(await(fd[CLIENT], POLLERR) & POLLERR);
	ASSERT_IN(now_ms() - before, 690, SOON);
	ASSERT_EQ(get_int(fd[CLIENT], SOL_SOCKET, SO_ERROR), ETIMEDOUT);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), EPIPE);
}

/* Seconds become timeouts of a SYN-ACK, rounded up: 1, 2, 4 ... 64, 120, 120 ... */
TEST(defer_accept_bounds)
{
	static const struct {
		int set, get;
	} rows[] = {
		{ 1, 1 }, { 2, 3 }, { 3, 3 }, { 4, 7 }, { 100, 127 }, { 127, 127 },
		{ 128, 247 }, { 300, 367 }, { INT_MAX, 29887 }, { 0, 0 }, { 5, 7 },
		{ -1, 0 },
	};
	int fd = stream();
	size_t i;

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		set_int(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, rows[i].set);
		ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), rows[i].get);
	}
}

TEST(defer_accept_waits_for_text)
{
	int lst = listener(1);
	int fd;

	set_int(lst, IPPROTO_TCP, TCP_DEFER_ACCEPT, 20);
	fd = client_of(lst);
	ASSERT_EQ(state_of(fd), TCP_ESTABLISHED);
	ASSERT_TRUE(quiet(lst, POLLIN));
	put(fd, "hello");
	fd = accept_from(lst);
	get(fd, "hello");
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
}

TEST(defer_accept_waits_for_the_end)
{
	int lst = listener(1);
	int fd;

	set_int(lst, IPPROTO_TCP, TCP_DEFER_ACCEPT, 20);
	fd = client_of(lst);
	ASSERT_TRUE(quiet(lst, POLLIN));
	close(fd);
	get_eof(accept_from(lst));
}

/* A second, then the peer is asked once more, and accepted as it is. */
TEST(defer_accept_does_not_wait_for_ever)
{
	int lst = listener(1);
	int fd;

	set_int(lst, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
	fd = client_of(lst);
	ASSERT_TRUE(quiet(lst, POLLIN));
	put(accept_from(lst), "hello");
	get(fd, "hello");
}

static socklen_t saved_syn(int fd, unsigned char *buf, socklen_t room)
{
	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, buf, &room));
	return room;
}

/* An IP header, and a SYN from the client's port to the listener's. */
static void check_saved_syn(const unsigned char *ip, socklen_t len, int client, int lst)
{
	const unsigned char *tcp = ip + 4 * (ip[0] & 15);

	ASSERT_EQ(ip[0] >> 4, 4);
	ASSERT_EQ(ip[2] << 8 | ip[3], len);
	ASSERT_EQ(ip[9], family == &family_mytcp253 ? 253 : IPPROTO_TCP);
	ASSERT_EQ(tcp[0] << 8 | tcp[1], port_of(client));
	ASSERT_EQ(tcp[2] << 8 | tcp[3], port_of(lst));
	ASSERT_EQ(tcp[13], 0x02);
	ASSERT_EQ(tcp - ip + 4 * (tcp[12] >> 4), len);
}

TEST(save_syn_bounds)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_SAVE_SYN), 0);
	ASSERT_FAILS(set_raw(fd, TCP_SAVE_SYN, -1), EINVAL);
	ASSERT_FAILS(set_raw(fd, TCP_SAVE_SYN, 3), EINVAL);
	set_int(fd, IPPROTO_TCP, TCP_SAVE_SYN, 2);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_SAVE_SYN), 2);
}

TEST(saved_syn_is_read_once)
{
	unsigned char buf[200];
	int client, fd, lst;
	socklen_t len = 10;

	lst = listener(1);
	set_int(lst, IPPROTO_TCP, TCP_SAVE_SYN, 1);
	client = client_of(lst);
	fd = accept_from(lst);
	/* Too little room: how much it takes, and it is still there. */
	ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, buf, &len), EINVAL);
	ASSERT_IN(len, 40, 120);
	ASSERT_EQ(saved_syn(fd, buf, sizeof(buf)), len);
	check_saved_syn(buf, len, client, lst);
	ASSERT_EQ(saved_syn(fd, buf, sizeof(buf)), 0);
}

TEST(saved_syn_with_the_link)
{
	unsigned char buf[200];
	int client, lst;
	socklen_t len;

	lst = listener(1);
	set_int(lst, IPPROTO_TCP, TCP_SAVE_SYN, 2);
	client = client_of(lst);
	len = saved_syn(accept_from(lst), buf, sizeof(buf));
	/* The loopback device has Ethernet's header. */
	ASSERT_EQ(buf[12] << 8 | buf[13], 0x0800);
	check_saved_syn(buf + 14, len - 14, client, lst);
}

TEST(saved_syn_when_nobody_asked)
{
	unsigned char buf[200];
	int fd[2];

	pair(fd);
	ASSERT_EQ(saved_syn(fd[SERVER], buf, sizeof(buf)), 0);
	ASSERT_EQ(saved_syn(fd[CLIENT], buf, sizeof(buf)), 0);
	/* An option of the listener at the time of the SYN. */
	set_int(fd[SERVER], IPPROTO_TCP, TCP_SAVE_SYN, 1);
	ASSERT_EQ(saved_syn(fd[SERVER], buf, sizeof(buf)), 0);
}

TEST(saved_syn_errors)
{
	unsigned char buf[200];
	socklen_t len = -1;
	int client, fd, lst;

	lst = listener(1);
	set_int(lst, IPPROTO_TCP, TCP_SAVE_SYN, 1);
	client = client_of(lst);
	fd = accept_from(lst);
	ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, buf, &len), EINVAL);
	len = sizeof(buf);
	ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, (void *)8, &len), EFAULT);
	ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, buf, (void *)8), EFAULT);
	len = saved_syn(fd, buf, sizeof(buf));
	check_saved_syn(buf, len, client, lst);
	ASSERT_FAILS(set_raw(fd, TCP_SAVED_SYN, 1), ENOPROTOOPT);
}

TEST(quickack_says_the_mode)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_QUICKACK), 1);
	set_int(fd, IPPROTO_TCP, TCP_QUICKACK, 0);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_QUICKACK), 0);
	set_int(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_QUICKACK), 1);
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
