// SPDX-License-Identifier: GPL-2.0
/*
 * Two stacks on one host: the family under test beside the kernel's TCP. They
 * share the wire and the port space, and talk to each other. With the kernel's
 * TCP in both roles every test passes too, which is what "share" means.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

#define BULK 1000000

#define LOOPBACK_2 0x7f000002

int main(int argc, char **argv)
{
	static const struct family *const families[] = {
		&family_tcp, &family_mytcp, NULL
	};

	return net_main(argc, argv, families);
}

static int kernel(void)
{
	return stream_of(&family_tcp);
}

static int reusing(int fd)
{
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return fd;
}

static int listen_on(int fd, struct sockaddr_in addr)
{
	ASSERT_OK(bind_to(fd, addr));
	ASSERT_OK(listen(fd, 4));
	return fd;
}

/*
 * One port space
 */

TEST(port_kernel_listener_refuses_ours)
{
	int k = listen_on(kernel(), loopback(0));

	ASSERT_FAILS(bind_to(stream(), loopback(port_of(k))), EADDRINUSE);
	ASSERT_FAILS(bind_to(stream(), address(INADDR_ANY, port_of(k))), EADDRINUSE);
}

TEST(port_our_listener_refuses_kernel)
{
	int m = listen_on(stream(), loopback(0));

	ASSERT_FAILS(bind_to(kernel(), loopback(port_of(m))), EADDRINUSE);
	ASSERT_FAILS(bind_to(kernel(), address(INADDR_ANY, port_of(m))), EADDRINUSE);
}

TEST(port_our_automatic_listener_refuses_kernel)
{
	int m = stream();

	ASSERT_OK(listen(m, 1));
	ASSERT_FAILS(bind_to(kernel(), address(INADDR_ANY, port_of(m))), EADDRINUSE);
}

TEST(port_kernel_bound_refuses_ours)
{
	int k = kernel();

	ASSERT_OK(bind_to(k, loopback(0)));
	ASSERT_FAILS(bind_to(stream(), loopback(port_of(k))), EADDRINUSE);
}

TEST(port_our_bound_refuses_kernel)
{
	__u16 port = unused_port();
	int m = stream();

	ASSERT_OK(bind_to(m, loopback(port)));
	ASSERT_FAILS(bind_to(kernel(), loopback(port)), EADDRINUSE);
}

TEST(port_any_and_one_address)
{
	int k = listen_on(kernel(), address(INADDR_ANY, 0));
	int m = listen_on(stream(), address(INADDR_ANY, 0));

	ASSERT_FAILS(bind_to(stream(), loopback(port_of(k))), EADDRINUSE);
	ASSERT_FAILS(bind_to(kernel(), loopback(port_of(m))), EADDRINUSE);
}

/* A listener for both IP versions has the IPv4 port too. */
TEST(port_dual_stack_kernel_listener)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(any);
	int k = socket(AF_INET6, SOCK_STREAM, 0);

	if (k < 0) {
		ASSERT_EQ(errno, EAFNOSUPPORT);
		tap_comment("this kernel has no IPv6");
		return;
	}
	ASSERT_OK(bind(k, (struct sockaddr *)&any, sizeof(any)));
	ASSERT_OK(listen(k, 1));
	ASSERT_OK(getsockname(k, (struct sockaddr *)&any, &len));
	ASSERT_FAILS(bind_to(stream(), loopback(ntohs(any.sin6_port))), EADDRINUSE);
}

TEST(port_other_address_is_another_port)
{
	int k = listen_on(kernel(), loopback(0));
	struct sockaddr_in there = address(LOOPBACK_2, port_of(k));
	int m = listen_on(stream(), there);
	int c = kernel();
	int d = kernel();

	ASSERT_OK(connect_to(c, there));
	ASSERT_OK(connect_to(d, local_of(k)));
	put(c, "to ours");
	put(d, "to the kernel's");
	get(accept_from(m), "to ours");
	get(accept_from(k), "to the kernel's");
}

TEST(port_free_for_kernel_after_our_close)
{
	__u16 port = unused_port();
	int m = listen_on(stream(), loopback(port));

	close(m);
	listen_on(kernel(), loopback(port));
}

TEST(port_free_for_us_after_kernels_close)
{
	int k = listen_on(kernel(), loopback(0));
	__u16 port = port_of(k);

	close(k);
	listen_on(stream(), loopback(port));
}

TEST(port_free_after_our_failed_listen)
{
	int k = listen_on(kernel(), loopback(0));
	int m = stream();

	ASSERT_FAILS(bind_to(m, loopback(port_of(k))), EADDRINUSE);
	close(k);
	ASSERT_OK(bind_to(m, loopback(unused_port())));
}

TEST(port_of_a_killed_process_is_free)
{
	__u16 port = unused_port();
	pid_t pid = ASSERT_OK(fork());
	long long limit = now_ms() + SOON;
	int k;

	if (!pid) {
		listen_on(stream(), loopback(port));
		for (;;)
			pause();
	}
	k = kernel();
	while (connect_to(k, loopback(port))) {
		ASSERT_TRUE(now_ms() < limit);
		sleep_ms(1);
	}
	close(k);
	kill(pid, SIGKILL);

	/* The resets of its connections may take a moment. */
	k = reusing(kernel());
	while (bind_to(k, loopback(port)) || listen(k, 1)) {
		ASSERT_EQ(errno, EADDRINUSE);
		ASSERT_TRUE(now_ms() < limit);
		sleep_ms(1);
	}
}

/*
 * SO_REUSEADDR: two bound sockets stand side by side until one listens
 */

TEST(reuse_kernel_bound_first)
{
	int k = reusing(kernel());
	int m = reusing(stream());

	ASSERT_OK(bind_to(k, loopback(0)));
	ASSERT_OK(bind_to(m, loopback(port_of(k))));
	ASSERT_OK(listen(m, 1));
	ASSERT_FAILS(listen(k, 1), EADDRINUSE);
}

TEST(reuse_ours_bound_first)
{
	__u16 port = unused_port();
	int m = reusing(stream());
	int k = reusing(kernel());

	ASSERT_OK(bind_to(m, loopback(port)));
	ASSERT_OK(bind_to(k, loopback(port)));
	ASSERT_OK(listen(k, 1));
	ASSERT_FAILS(listen(m, 1), EADDRINUSE);
}

TEST(reuse_second_listener_after_the_first_closed)
{
	__u16 port = unused_port();
	int m = reusing(stream());
	int k = reusing(kernel());

	ASSERT_OK(bind_to(m, loopback(port)));
	ASSERT_OK(bind_to(k, loopback(port)));
	ASSERT_OK(listen(m, 1));
	ASSERT_FAILS(listen(k, 1), EADDRINUSE);
	close(m);
	ASSERT_OK(listen(k, 1));
	m = reusing(stream());
	ASSERT_FAILS(bind_to(m, loopback(port)), EADDRINUSE);
	close(k);
	ASSERT_OK(bind_to(m, loopback(port)));
	ASSERT_OK(listen(m, 1));
}

TEST(reuse_not_over_a_listener)
{
	int k = listen_on(reusing(kernel()), loopback(0));
	int m = listen_on(reusing(stream()), loopback(unused_port()));

	ASSERT_FAILS(bind_to(reusing(stream()), loopback(port_of(k))), EADDRINUSE);
	ASSERT_FAILS(bind_to(reusing(kernel()), loopback(port_of(m))), EADDRINUSE);
}

TEST(reuse_on_one_side_only)
{
	__u16 port = unused_port();
	int k = kernel();
	int m = stream();

	ASSERT_OK(bind_to(k, loopback(0)));
	ASSERT_OK(bind_to(m, loopback(port)));
	ASSERT_FAILS(bind_to(reusing(stream()), loopback(port_of(k))), EADDRINUSE);
	ASSERT_FAILS(bind_to(reusing(kernel()), loopback(port)), EADDRINUSE);
}

TEST(reuse_same_tuple_is_refused)
{
	int lst = listen_on(kernel(), loopback(0));
	int k = reusing(kernel());
	int m = reusing(stream());

	ASSERT_OK(bind_to(k, loopback(0)));
	ASSERT_OK(bind_to(m, loopback(port_of(k))));
	ASSERT_OK(connect_to(k, local_of(lst)));
	ASSERT_FAILS(connect_to(m, local_of(lst)), EADDRNOTAVAIL);
	put(k, "undisturbed");
	get(accept_from(lst), "undisturbed");
}

TEST(reuse_same_port_other_destination)
{
	int x = listen_on(kernel(), loopback(0));
	int y = listen_on(kernel(), loopback(0));
	int k = reusing(kernel());
	int m = reusing(stream());

	ASSERT_OK(bind_to(k, loopback(0)));
	ASSERT_OK(bind_to(m, loopback(port_of(k))));
	ASSERT_OK(connect_to(k, local_of(x)));
	ASSERT_OK(connect_to(m, local_of(y)));
	put(k, "kernel's");
	put(m, "ours");
	get(accept_from(x), "kernel's");
	get(accept_from(y), "ours");
}

/*
 * Privileges
 */

TEST(privileged_port)
{
	pid_t pid = ASSERT_OK(fork());

	if (!pid) {
		drop_privileges();
		ASSERT_FAILS(bind_to(stream(), loopback(80)), EACCES);
		ASSERT_FAILS(bind_to(kernel(), loopback(80)), EACCES);
		_exit(0);
	}
	await_child(pid);
	listen_on(stream(), loopback(80));
	ASSERT_FAILS(bind_to(kernel(), loopback(80)), EADDRINUSE);
}

TEST(privileged_port_limit_is_the_administrators)
{
	pid_t pid;

	fresh_namespace();
	set_sysctl("ip_unprivileged_port_start", 80);
	pid = ASSERT_OK(fork());
	if (!pid) {
		drop_privileges();
		ASSERT_OK(bind_to(stream(), loopback(80)));
		ASSERT_FAILS(bind_to(stream(), loopback(79)), EACCES);
		_exit(0);
	}
	await_child(pid);
}

/*
 * Automatic ports
 */

static bool in_range(__u16 port)
{
	int low = 16384, high = 32767;

	if (family == &family_tcp) {
		FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");

		ASSERT_TRUE(f);
		ASSERT_EQ(fscanf(f, "%d %d", &low, &high), 2);
		fclose(f);
	}
	return port >= low && port <= high;
}

TEST(automatic_ports_are_of_our_range)
{
	int lst = listen_on(kernel(), loopback(0));
	int i;

	for (i = 0; i < 50; i++) {
		int c = stream();
		int b = stream();

		ASSERT_OK(connect_to(c, local_of(lst)));
		ASSERT_TRUE(in_range(port_of(c)));
		close(accept_from(lst));
		ASSERT_OK(bind_to(b, loopback(0)));
		ASSERT_TRUE(in_range(port_of(b)));
	}
}

/* RFC 6056: whoever sees one port should not know the next. */
TEST(automatic_ports_are_not_consecutive)
{
	int lst = listen_on(kernel(), loopback(0));
	int neighbours = 0;
	__u16 last = 0;
	int i;

	for (i = 0; i < 32; i++) {
		/* Another destination each time: its ports begin elsewhere. */
		struct sockaddr_in there = address(INADDR_LOOPBACK + i, 0);
		int c = stream();
		int k = listen_on(kernel(), there);
		__u16 port;

		ASSERT_OK(connect_to(c, local_of(k)));
		port = port_of(c);
		neighbours += port - last >= -2 && port - last <= 2;
		last = port;
	}
	close(lst);
	ASSERT_TRUE(neighbours < 16);
}

/*
 * Strangers
 */

TEST(nobody_answers_the_kernel_with_reset)
{
	ASSERT_FAILS(connect_to(kernel(), loopback(unused_port())), ECONNREFUSED);
}

TEST(nobody_answers_us_with_reset)
{
	ASSERT_FAILS(connect_to(stream(), loopback(unused_port())), ECONNREFUSED);
}

TEST(our_bound_port_is_nobody_to_the_kernel)
{
	__u16 port = unused_port();
	int m = stream();

	ASSERT_OK(bind_to(m, loopback(port)));
	ASSERT_FAILS(connect_to(kernel(), loopback(port)), ECONNREFUSED);
}

TEST(kernel_connections_are_left_alone)
{
	int k = listen_on(kernel(), loopback(0));
	int m = listen_on(stream(), loopback(unused_port()));
	int c = kernel();
	int s;

	ASSERT_OK(connect_to(c, local_of(k)));
	s = accept_from(k);
	send_pattern(c, 100000, 0);
	recv_pattern(s, 100000, 0);
	close(c);
	get_eof(s);
	ASSERT_EQ(revents(m), 0);
}

/* A server restarts on the other stack: what it has accepted goes on. */
TEST(kernel_connections_outlive_their_listener)
{
	int k = listen_on(reusing(kernel()), loopback(0));
	__u16 port = port_of(k);
	int c = kernel();
	int s;

	ASSERT_OK(connect_to(c, loopback(port)));
	s = accept_from(k);
	close(k);
	listen_on(reusing(stream()), loopback(port));
	put(c, "undisturbed");
	get(s, "undisturbed");
	put(s, "both ways");
	get(c, "both ways");
}

/* Nor does a listener that takes any ACK for a cookie's ask for theirs. */
TEST(kernel_connections_outlive_a_listener_with_cookies)
{
	int c, d, k, m, s;
	__u16 port;

	fresh_namespace();
	set_sysctl("tcp_syncookies", 2);
	k = listen_on(reusing(kernel()), loopback(0));
	port = port_of(k);
	c = kernel();
	ASSERT_OK(connect_to(c, loopback(port)));
	s = accept_from(k);
	close(k);
	m = listen_on(reusing(stream()), loopback(port));
	d = kernel();
	ASSERT_OK(connect_to(d, loopback(port)));
	put(d, "by a cookie");
	get(accept_from(m), "by a cookie");
	put(c, "undisturbed");
	get(s, "undisturbed");
	put(s, "both ways");
	get(c, "both ways");
}

/*
 * The two stacks talk to each other
 */

static void child_sends(int fd, unsigned int seed)
{
	if (fork())
		return;
	send_pattern(fd, BULK, seed);
	ASSERT_OK(shutdown(fd, SHUT_WR));
	_exit(0);
}

static void exchange(int a, int b)
{
	pid_t pid;

	child_sends(a, 1);
	child_sends(b, 2);
	pid = ASSERT_OK(fork());
	if (!pid) {
		recv_pattern(b, BULK, 1);
		get_eof(b);
		_exit(0);
	}
	recv_pattern(a, BULK, 2);
	get_eof(a);
	await_child(pid);
}

static void connect_across(int fd[2], const struct family *c, const struct family *s)
{
	int lst = listen_on(stream_of(s), loopback(unused_port()));

	fd[CLIENT] = stream_of(c);
	ASSERT_OK(connect_to(fd[CLIENT], local_of(lst)));
	fd[SERVER] = accept_from(lst);
	close(lst);
	ASSERT_TRUE(same_address(local_of(fd[CLIENT]), peer_of(fd[SERVER])));
	ASSERT_TRUE(same_address(local_of(fd[SERVER]), peer_of(fd[CLIENT])));
}

static void to_kernel(int fd[2])
{
	connect_across(fd, family, &family_tcp);
}

static void from_kernel(int fd[2])
{
	connect_across(fd, &family_tcp, family);
}

TEST(talk_to_kernel)
{
	int fd[2];

	to_kernel(fd);
	exchange(fd[CLIENT], fd[SERVER]);
}

TEST(talk_from_kernel)
{
	int fd[2];

	from_kernel(fd);
	exchange(fd[CLIENT], fd[SERVER]);
}

static void check_closes(int first, int second)
{
	put(first, "bye");
	ASSERT_OK(close(first));
	get(second, "bye");
	get_eof(second);
	ASSERT_EQ(state_of(second), TCP_CLOSE_WAIT);
	ASSERT_OK(shutdown(second, SHUT_WR));
	await_state(second, TCP_CLOSE);
}

TEST(close_ours_first_to_kernel)
{
	int fd[2];

	to_kernel(fd);
	check_closes(fd[CLIENT], fd[SERVER]);
}

TEST(close_kernel_first_to_kernel)
{
	int fd[2];

	to_kernel(fd);
	check_closes(fd[SERVER], fd[CLIENT]);
}

TEST(close_ours_first_from_kernel)
{
	int fd[2];

	from_kernel(fd);
	check_closes(fd[SERVER], fd[CLIENT]);
}

TEST(close_kernel_first_from_kernel)
{
	int fd[2];

	from_kernel(fd);
	check_closes(fd[CLIENT], fd[SERVER]);
}

static void check_reset(int first, int second)
{
	char byte;

	linger(first, 0);
	ASSERT_OK(close(first));
	await(second, POLLIN);
	ASSERT_FAILS(recv(second, &byte, 1, 0), ECONNRESET);
}

TEST(reset_by_ours)
{
	int fd[2];

	to_kernel(fd);
	check_reset(fd[CLIENT], fd[SERVER]);
	from_kernel(fd);
	check_reset(fd[SERVER], fd[CLIENT]);
}

TEST(reset_by_kernel)
{
	int fd[2];

	to_kernel(fd);
	check_reset(fd[SERVER], fd[CLIENT]);
	from_kernel(fd);
	check_reset(fd[CLIENT], fd[SERVER]);
}

static void check_urgent(int from, int to)
{
	char byte;

	put(from, "ab");
	ASSERT_EQ(send(from, "!", 1, MSG_OOB), 1);
	put(from, "cd");
	await(to, POLLPRI);
	ASSERT_EQ(recv(to, &byte, 1, MSG_OOB), 1);
	ASSERT_EQ(byte, '!');
	get(to, "abcd");
}

TEST(urgent_both_ways)
{
	int fd[2];

	to_kernel(fd);
	check_urgent(fd[CLIENT], fd[SERVER]);
	check_urgent(fd[SERVER], fd[CLIENT]);
}

/* SYN cookies of either side open the other's connections. */
TEST(cookies_open_connections)
{
	int k, m, s;

	fresh_namespace();
	set_sysctl("tcp_syncookies", 2);
	k = listen_on(kernel(), loopback(0));
	m = listen_on(stream(), loopback(0));
	s = stream();
	ASSERT_OK(connect_to(s, local_of(k)));
	send_pattern(s, SMALL, 1);
	recv_pattern(accept_from(k), SMALL, 1);
	s = kernel();
	ASSERT_OK(connect_to(s, local_of(m)));
	send_pattern(s, SMALL, 2);
	recv_pattern(accept_from(m), SMALL, 2);
	s = stream();
	ASSERT_OK(connect_to(s, local_of(m)));
	send_pattern(s, SMALL, 3);
	recv_pattern(accept_from(m), SMALL, 3);
}

/* Window scale, SACK and timestamps are there all the same; the MSS a little less. */
TEST(cookies_carry_options)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int c, m, s;

	fresh_namespace();
	set_sysctl("tcp_syncookies", 2);
	m = listen_on(stream(), loopback(0));
	c = kernel();
	ASSERT_OK(connect_to(c, local_of(m)));
	s = accept_from(m);
	ASSERT_OK(getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &len));
	ASSERT_EQ(info.tcpi_options & (TCPI_OPT_SACK | TCPI_OPT_TIMESTAMPS | TCPI_OPT_WSCALE),
		  TCPI_OPT_SACK | TCPI_OPT_TIMESTAMPS | TCPI_OPT_WSCALE);
	ASSERT_IN(info.tcpi_snd_wscale, 1, 14);
	ASSERT_IN(info.tcpi_snd_mss, 1400, 8960);
	child_sends(s, 1);
	recv_pattern(c, BULK, 1);
	get_eof(c);
}

TEST(options_are_agreed_with_kernel)
{
	const int all = TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE;
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int fd[2];

	to_kernel(fd);
	ASSERT_OK(getsockopt(fd[SERVER], IPPROTO_TCP, TCP_INFO, &info, &len));
	ASSERT_EQ(info.tcpi_options & all, all);
	from_kernel(fd);
	ASSERT_OK(getsockopt(fd[CLIENT], IPPROTO_TCP, TCP_INFO, &info, &len));
	ASSERT_EQ(info.tcpi_options & all, all);
}

/* A reader that stops and goes on: zero window, probe, update. */
TEST(window_closes_and_opens_both_ways)
{
	int end;

	for (end = CLIENT; end <= SERVER; end++) {
		char buf[SMALL];
		size_t n;
		int fd[2];

		to_kernel(fd);
		set_int(fd[!end], SOL_SOCKET, SO_SNDBUF, 16 * SMALL);
		n = fill(fd[!end]);
		while (n) {
			await(fd[end], POLLIN);
			n -= ASSERT_OK(recv(fd[end], buf, sizeof(buf), 0));
		}
		put(fd[!end], "and on");
		get(fd[end], "and on");
	}
}

/* What closes first keeps TIME_WAIT; the other stack's new SYN is welcome. */
TEST(time_wait_admits_a_new_connection)
{
	int lst = listen_on(stream(), loopback(unused_port()));
	__u16 port = unused_port();
	int c, s, i;

	for (i = 0; i < 3; i++) {
		c = reusing(kernel());
		ASSERT_OK(bind_to(c, loopback(port)));
		ASSERT_OK(connect_to(c, local_of(lst)));
		s = accept_from(lst);
		put(c, "again");
		get(s, "again");
		close(s);
		get_eof(c);
		close(c);
		sleep_ms(50);
	}
}
