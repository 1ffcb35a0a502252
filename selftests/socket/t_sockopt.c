// SPDX-License-Identifier: GPL-2.0
/* getsockopt() and setsockopt(): SOL_SOCKET, SOL_IP and SOL_TCP. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

/* As the kernel reads it. */
#define NEGATIVE ((socklen_t)-1)

static int set_raw(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

static int get_raw(int fd, int level, int name)
{
	char buf[256];
	socklen_t len = sizeof(buf);

	return getsockopt(fd, level, name, buf, &len);
}

static void check_switch(int level, int name)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, level, name), 0);
	set_int(fd, level, name, 1);
	ASSERT_EQ(get_int(fd, level, name), 1);
	set_int(fd, level, name, 7);
	ASSERT_EQ(get_int(fd, level, name), 1);
	set_int(fd, level, name, 0);
	ASSERT_EQ(get_int(fd, level, name), 0);
}

TEST(opt_reuseaddr)
{
	check_switch(SOL_SOCKET, SO_REUSEADDR);
}

TEST(opt_keepalive)
{
	check_switch(SOL_SOCKET, SO_KEEPALIVE);
}

TEST(opt_oobinline)
{
	check_switch(SOL_SOCKET, SO_OOBINLINE);
}

TEST(opt_nodelay)
{
	check_switch(IPPROTO_TCP, TCP_NODELAY);
}

TEST(opt_buffers_are_doubled)
{
	int fd = stream();

	set_int(fd, SOL_SOCKET, SO_SNDBUF, 30000);
	set_int(fd, SOL_SOCKET, SO_RCVBUF, 40000);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_SNDBUF), 60000);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_RCVBUF), 80000);
}

TEST(opt_buffers_have_a_floor)
{
	int fd = stream();

	set_int(fd, SOL_SOCKET, SO_SNDBUF, 1);
	set_int(fd, SOL_SOCKET, SO_RCVBUF, 1);
	ASSERT_IN(get_int(fd, SOL_SOCKET, SO_SNDBUF), 1024, 8192);
	ASSERT_IN(get_int(fd, SOL_SOCKET, SO_RCVBUF), 1024, 8192);
}

/* The administrator's middle values of tcp_wmem and tcp_rmem. */
static int middle_of(const char *path)
{
	FILE *f = fopen(path, "r");
	int low, middle, high;

	ASSERT_TRUE(f);
	ASSERT_EQ(fscanf(f, "%d %d %d", &low, &middle, &high), 3);
	fclose(f);
	return middle;
}

TEST(opt_buffers_default)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_SNDBUF),
		  middle_of("/proc/sys/net/ipv4/tcp_wmem"));
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_RCVBUF),
		  middle_of("/proc/sys/net/ipv4/tcp_rmem"));
}

TEST(opt_send_buffer_limits_what_is_queued)
{
	size_t small, large;
	int fd[2];

	small_pair(fd);
	small = fill(fd[CLIENT]);
	small_pair(fd);
	set_int(fd[CLIENT], SOL_SOCKET, SO_SNDBUF, 100000);
	large = fill(fd[CLIENT]);
	ASSERT_TRUE(large > small);
}

TEST(opt_linger)
{
	struct linger l;
	socklen_t len = sizeof(l);
	int fd = stream();

	ASSERT_OK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len));
	ASSERT_EQ(l.l_onoff, 0);
	linger(fd, 7);
	ASSERT_OK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len));
	ASSERT_EQ(len, sizeof(l));
	ASSERT_EQ(l.l_onoff, 1);
	ASSERT_EQ(l.l_linger, 7);
	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, 4), EINVAL);
}

TEST(opt_read_only)
{
	int fd = stream();

	ASSERT_FAILS(set_raw(fd, SOL_SOCKET, SO_TYPE, 1), ENOPROTOOPT);
	ASSERT_FAILS(set_raw(fd, SOL_SOCKET, SO_ERROR, 1), ENOPROTOOPT);
	ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, TCP_INFO, 1), ENOPROTOOPT);
}

TEST(opt_bind_to_device)
{
	int fd = stream();
	int lst = listener(1);

	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nosuch", 6), ENODEV);
	ASSERT_OK(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
	ASSERT_OK(connect_to(fd, local_of(lst)));
}

TEST(opt_ip_ttl_and_tos)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_IP, IP_TTL), 64);
	set_int(fd, IPPROTO_IP, IP_TTL, 9);
	ASSERT_EQ(get_int(fd, IPPROTO_IP, IP_TTL), 9);
	ASSERT_FAILS(set_raw(fd, IPPROTO_IP, IP_TTL, 256), EINVAL);
	ASSERT_EQ(get_int(fd, IPPROTO_IP, IP_TOS), 0);
	set_int(fd, IPPROTO_IP, IP_TOS, IPTOS_LOWDELAY);
	ASSERT_EQ(get_int(fd, IPPROTO_IP, IP_TOS), IPTOS_LOWDELAY);
}

TEST(opt_ip_mtu)
{
	int fd[2];

	ASSERT_FAILS(get_raw(stream(), IPPROTO_IP, IP_MTU), ENOTCONN);
	pair(fd);
	ASSERT_EQ(get_int(fd[CLIENT], IPPROTO_IP, IP_MTU), 65535);
}

TEST(opt_keepalive_times)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPIDLE),
		  get_sysctl("tcp_keepalive_time"));
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPINTVL),
		  get_sysctl("tcp_keepalive_intvl"));
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPCNT),
		  get_sysctl("tcp_keepalive_probes"));
	set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, 11);
	set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, 12);
	set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, 13);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPIDLE), 11);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPINTVL), 12);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPCNT), 13);
}

TEST(opt_keepalive_bounds)
{
	static const int name[] = { TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT };
	static const int limit[] = { 32767, 32767, 127 };
	int fd = stream();
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_OK(set_raw(fd, IPPROTO_TCP, name[i], 1));
		ASSERT_OK(set_raw(fd, IPPROTO_TCP, name[i], limit[i]));
		ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, name[i], 0), EINVAL);
		ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, name[i], -1), EINVAL);
		ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, name[i], limit[i] + 1), EINVAL);
	}
}

/* The namespace's sysctls are the defaults, also when they change later. */
TEST(opt_keepalive_follows_sysctl)
{
	int fd;

	fresh_namespace();
	fd = stream();
	set_sysctl("tcp_keepalive_time", 123);
	set_sysctl("tcp_keepalive_intvl", 45);
	set_sysctl("tcp_keepalive_probes", 6);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPIDLE), 123);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPINTVL), 45);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPCNT), 6);
}

/* A peer that is there answers the probes, and nobody sees them. */
TEST(opt_keepalive_keeps_alive)
{
	int fd[2];

	pair(fd);
	set_int(fd[CLIENT], SOL_SOCKET, SO_KEEPALIVE, 1);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_KEEPIDLE, 1);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_KEEPINTVL, 1);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_KEEPCNT, 1);
	sleep_ms(3500);
	ASSERT_EQ(revents(fd[CLIENT]), POLLOUT | POLLWRNORM);
	ASSERT_EQ(revents(fd[SERVER]), POLLOUT | POLLWRNORM);
	put(fd[SERVER], "alive");
	get(fd[CLIENT], "alive");
}

TEST(opt_maxseg_bounds)
{
	int fd = stream();

	ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, TCP_MAXSEG, -1), EINVAL);
	ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, TCP_MAXSEG, 1), EINVAL);
	ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, TCP_MAXSEG, 32768), EINVAL);
	ASSERT_OK(set_raw(fd, IPPROTO_TCP, TCP_MAXSEG, 32767));
	ASSERT_OK(set_raw(fd, IPPROTO_TCP, TCP_MAXSEG, 0));
}

TEST(opt_maxseg_unconnected)
{
	int fd = stream();

	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_MAXSEG), 536);
	set_int(fd, IPPROTO_TCP, TCP_MAXSEG, 1000);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_MAXSEG), 1000);
}

TEST(opt_maxseg_established)
{
	int fd[2];

	pair(fd);
	/* Half the largest window seen, or what the loopback's MTU leaves. */
	ASSERT_IN(get_int(fd[CLIENT], IPPROTO_TCP, TCP_MAXSEG), 16000, 65495);
	ASSERT_IN(get_int(fd[SERVER], IPPROTO_TCP, TCP_MAXSEG), 16000, 65495);
}

TEST(opt_maxseg_is_announced)
{
	int lst = listener(1);
	int c = stream();
	int s;

	set_int(c, IPPROTO_TCP, TCP_MAXSEG, 800);
	ASSERT_OK(connect_to(c, local_of(lst)));
	s = accept_from(lst);
	ASSERT_IN(get_int(c, IPPROTO_TCP, TCP_MAXSEG), 780, 800);
	ASSERT_IN(get_int(s, IPPROTO_TCP, TCP_MAXSEG), 780, 800);
	send_pattern(s, 50000, 1);
	recv_pattern(c, 50000, 1);
}

TEST(opt_maxseg_of_a_listener)
{
	int lst = stream();
	int c, s;

	set_int(lst, IPPROTO_TCP, TCP_MAXSEG, 700);
	ASSERT_OK(bind_to(lst, loopback(0)));
	ASSERT_OK(listen(lst, 1));
	c = client_of(lst);
	s = accept_from(lst);
	ASSERT_IN(get_int(c, IPPROTO_TCP, TCP_MAXSEG), 680, 700);
	ASSERT_IN(get_int(s, IPPROTO_TCP, TCP_MAXSEG), 680, 700);
}

TEST(opt_unknown_names)
{
	int fd = stream();

	ASSERT_FAILS(get_raw(fd, SOL_SOCKET, 0x7777), ENOPROTOOPT);
	ASSERT_FAILS(set_raw(fd, SOL_SOCKET, 0x7777, 1), ENOPROTOOPT);
	ASSERT_FAILS(get_raw(fd, IPPROTO_TCP, 0x7777), ENOPROTOOPT);
	ASSERT_FAILS(set_raw(fd, IPPROTO_TCP, 0x7777, 1), ENOPROTOOPT);
	ASSERT_FAILS(get_raw(fd, IPPROTO_IP, 0x7777), ENOPROTOOPT);
	ASSERT_FAILS(set_raw(fd, IPPROTO_IP, 0x7777, 1), ENOPROTOOPT);
}

TEST(opt_unknown_levels)
{
	int fd = stream();

	/* Two errors for one mistake, but programs know them. */
	ASSERT_FAILS(get_raw(fd, 200, 1), EOPNOTSUPP);
	ASSERT_FAILS(set_raw(fd, 200, 1, 1), ENOPROTOOPT);
	ASSERT_FAILS(get_raw(fd, IPPROTO_UDP, 1), EOPNOTSUPP);
	ASSERT_FAILS(set_raw(fd, IPPROTO_UDP, 1, 1), ENOPROTOOPT);
}

TEST(opt_set_length)
{
	int value = 1;
	int fd = stream();

	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, 3), EINVAL);
	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, NEGATIVE), EINVAL);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, 3), EINVAL);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, NEGATIVE), EINVAL);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, 0), EINVAL);
}

TEST(opt_get_length)
{
	socklen_t len = -1;
	short value = -1;
	int fd = stream();

	ASSERT_FAILS(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), EINVAL);
	ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len), EINVAL);
	len = sizeof(value);
	ASSERT_OK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	ASSERT_EQ(len, 2);
	ASSERT_EQ(value, SOCK_STREAM);
	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len));
	ASSERT_EQ(len, 2);
	ASSERT_EQ(value, 0);
}

TEST(opt_bad_pointers)
{
	socklen_t len = 4;
	int value;
	int fd = stream();

	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, (void *)8, 4), EFAULT);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, (void *)8, 4), EFAULT);
	ASSERT_FAILS(getsockopt(fd, SOL_SOCKET, SO_TYPE, (void *)8, &len), EFAULT);
	ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, (void *)8, &len), EFAULT);
	ASSERT_FAILS(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, (void *)8), EFAULT);
	ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, (void *)8), EFAULT);
}

TEST(info_of_a_connection)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "x");
	get(fd[SERVER], "x");
	memset(&info, 0xee, sizeof(info));
	ASSERT_OK(getsockopt(fd[CLIENT], IPPROTO_TCP, TCP_INFO, &info, &len));
	ASSERT_EQ(len, sizeof(info));
	ASSERT_EQ(info.tcpi_state, TCP_ESTABLISHED);
	ASSERT_EQ(info.tcpi_snd_mss, get_int(fd[CLIENT], IPPROTO_TCP, TCP_MAXSEG));
	ASSERT_EQ(info.tcpi_options & (TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE),
		  TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE);
	/* Microseconds: RFC 6298 with Linux' floor of 200 ms. */
	ASSERT_IN(info.tcpi_rto, 200000, 3000000);
	ASSERT_TRUE(info.tcpi_rtt < 10000000);
	/* RFC 6928 allows two such large segments, Linux begins with ten. */
	ASSERT_IN(info.tcpi_snd_cwnd, 2, 1000);
	ASSERT_EQ(info.tcpi_retransmits, 0);
	ASSERT_EQ(info.tcpi_total_retrans, 0);
	ASSERT_EQ(info.tcpi_pmtu, 65535);
}

TEST(info_length)
{
	struct tcp_info info;
	char large[1024];
	socklen_t len;
	int fd[2];

	pair(fd);
	memset(&info, 0xee, sizeof(info));
	len = 4;
	ASSERT_OK(getsockopt(fd[CLIENT], IPPROTO_TCP, TCP_INFO, &info, &len));
	ASSERT_EQ(len, 4);
	ASSERT_EQ(info.tcpi_state, TCP_ESTABLISHED);
	ASSERT_EQ(info.tcpi_rto, 0xeeeeeeee);

	len = sizeof(large);
	ASSERT_OK(getsockopt(fd[CLIENT], IPPROTO_TCP, TCP_INFO, large, &len));
	ASSERT_IN(len, sizeof(info), sizeof(large) - 1);
}

/* Without text the connection's beginning counts, when the SYN,ACK came. */
TEST(info_before_text)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	unsigned int begun;
	int fd[2];

	pair(fd);
	sleep_ms(100);
	ASSERT_OK(getsockopt(fd[CLIENT], IPPROTO_TCP, TCP_INFO, &info, &len));
	begun = info.tcpi_last_ack_recv;
	ASSERT_IN(begun, 80, 10000);
	/* The kernel's counts in ticks, and begins a little earlier. */
	ASSERT_IN(info.tcpi_last_data_sent, begun - 20, begun + 100);
	ASSERT_IN(info.tcpi_last_data_recv, begun - 20, begun + 100);
}

TEST(info_follows_the_states)
{
	int fd[2];

	pair(fd);
	await_state(fd[SERVER], TCP_ESTABLISHED);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	await_state(fd[CLIENT], TCP_FIN_WAIT2);
	await_state(fd[SERVER], TCP_CLOSE_WAIT);
	ASSERT_OK(shutdown(fd[SERVER], SHUT_WR));
	await_state(fd[CLIENT], TCP_CLOSE);
	await_state(fd[SERVER], TCP_CLOSE);
}

TEST(name_length)
{
	struct sockaddr_in addr;
	socklen_t len = 4;
	int fd[2];

	pair(fd);
	memset(&addr, 0xee, sizeof(addr));
	ASSERT_OK(getsockname(fd[CLIENT], (struct sockaddr *)&addr, &len));
	ASSERT_EQ(len, sizeof(addr));
	ASSERT_EQ(addr.sin_family, AF_INET);
	ASSERT_EQ(addr.sin_port, htons(port_of(fd[CLIENT])));
	ASSERT_EQ(addr.sin_addr.s_addr, 0xeeeeeeee);
	len = -1;
	ASSERT_FAILS(getsockname(fd[CLIENT], (struct sockaddr *)&addr, &len), EINVAL);
	len = -1;
	ASSERT_FAILS(getpeername(fd[CLIENT], (struct sockaddr *)&addr, &len), EINVAL);
	len = 0;
	ASSERT_OK(getpeername(fd[CLIENT], (struct sockaddr *)&addr, &len));
	ASSERT_EQ(len, sizeof(addr));
}

TEST(name_bad_pointers)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd[2];

	pair(fd);
	ASSERT_FAILS(getsockname(fd[CLIENT], (void *)8, &len), EFAULT);
	ASSERT_FAILS(getpeername(fd[CLIENT], (void *)8, &len), EFAULT);
	ASSERT_FAILS(getsockname(fd[CLIENT], (struct sockaddr *)&addr, (void *)8), EFAULT);
	ASSERT_FAILS(getpeername(fd[CLIENT], (struct sockaddr *)&addr, (void *)8), EFAULT);
}

TEST(name_padding_is_zero)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	static const char zero[sizeof(addr.sin_zero)];
	int fd[2];

	pair(fd);
	memset(&addr, 0xee, sizeof(addr));
	ASSERT_OK(getsockname(fd[CLIENT], (struct sockaddr *)&addr, &len));
	ASSERT_EQ(memcmp(addr.sin_zero, zero, sizeof(zero)), 0);
}
