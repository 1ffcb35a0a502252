// SPDX-License-Identifier: GPL-2.0
/* listen(), accept() and the backlog. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

static long do_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

TEST(listen_state)
{
	int fd = listener(1);

	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	ASSERT_EQ(state_of(fd), TCP_LISTEN);
	ASSERT_EQ(revents(fd), 0);
}

TEST(listen_unbound_chooses_a_port)
{
	int fd = stream();

	ASSERT_OK(listen(fd, 1));
	ASSERT_TRUE(port_of(fd));
	client_of(fd);
	accept_from(fd);
}

TEST(listen_again_is_allowed)
{
	int fd = listener(1);

	ASSERT_OK(listen(fd, 5));
	client_of(fd);
	accept_from(fd);
}

TEST(listen_negative_backlog_is_large)
{
	int fd = listener(-1);
	int i;

	for (i = 0; i < 10; i++)
		client_of(fd);
	for (i = 0; i < 10; i++)
		accept_from(fd);
}

TEST(listen_connected)
{
	int fd[2];

	pair(fd);
	ASSERT_FAILS(listen(fd[CLIENT], 1), EINVAL);
	ASSERT_FAILS(listen(fd[SERVER], 1), EINVAL);
}

TEST(listen_has_no_stream)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd = listener(1);
	char byte;
	int n;

	signal(SIGPIPE, SIG_IGN);
	ASSERT_FAILS(recv(fd, &byte, 1, 0), ENOTCONN);
	ASSERT_FAILS(send(fd, "x", 1, 0), EPIPE);
	ASSERT_FAILS(getpeername(fd, (struct sockaddr *)&addr, &len), ENOTCONN);
	ASSERT_FAILS(connect_to(fd, loopback(1)), EISCONN);
	ASSERT_FAILS(ioctl(fd, SIOCINQ, &n), EINVAL);
	ASSERT_FAILS(ioctl(fd, SIOCOUTQ, &n), EINVAL);
	ASSERT_FAILS(bind_to(fd, loopback(0)), EINVAL);
}

/* Linux completes one connection more than the backlog says. */
TEST(listen_backlog_drops_but_does_not_reset)
{
	struct sockaddr_in addr;
	int lst = listener(1);
	int fd[4];
	int i;

	addr = loopback(port_of(lst));
	for (i = 0; i < 2; i++) {
		fd[i] = stream();
		ASSERT_OK(connect_to(fd[i], addr));
	}
	for (i = 2; i < 4; i++) {
		fd[i] = stream();
		nonblocking(fd[i]);
		ASSERT_FAILS(connect_to(fd[i], addr), EINPROGRESS);
	}
	ASSERT_TRUE(quiet(fd[2], POLLOUT));
	ASSERT_TRUE(quiet(fd[3], POLLOUT));
	ASSERT_EQ(state_of(fd[2]), TCP_SYN_SENT);
	ASSERT_EQ(state_of(fd[3]), TCP_SYN_SENT);

	/* Room: the retransmitted SYN is welcome. */
	for (i = 0; i < 4; i++)
		accept_from(lst);
	for (i = 2; i < 4; i++) {
		ASSERT_EQ(await(fd[i], POLLOUT), POLLOUT);
		ASSERT_EQ(get_int(fd[i], SOL_SOCKET, SO_ERROR), 0);
	}
}

TEST(listen_close_resets_the_queue)
{
	int lst = listener(2);
	int a = client_of(lst);
	int b = client_of(lst);
	char byte;

	await(lst, POLLIN);
	close(lst);
	await(a, POLLIN);
	ASSERT_FAILS(recv(a, &byte, 1, 0), ECONNRESET);
	await(b, POLLIN);
	ASSERT_FAILS(recv(b, &byte, 1, 0), ECONNRESET);
}

TEST(listen_close_keeps_accepted)
{
	int lst = listener(1);
	int c = client_of(lst);
	int s = accept_from(lst);

	close(lst);
	put(c, "still");
	get(s, "still");
	put(s, "here");
	get(c, "here");
}

TEST(listen_shutdown_read_ends_it)
{
	int fd = listener(1);

	ASSERT_OK(shutdown(fd, SHUT_RD));
	ASSERT_EQ(state_of(fd), TCP_CLOSE);
	ASSERT_FAILS(accept(fd, NULL, NULL), EINVAL);
	ASSERT_FAILS(connect_to(stream(), loopback(port_of(fd))), ECONNREFUSED);
}

TEST(listen_after_shutdown)
{
	__u16 port = unused_port();
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(port)));
	ASSERT_OK(listen(fd, 1));
	ASSERT_OK(shutdown(fd, SHUT_RDWR));
	ASSERT_OK(listen(fd, 1));
	ASSERT_EQ(port_of(fd), port);
	client_of(fd);
	accept_from(fd);
}

/* A port that nobody has asked for is free, and the socket for another one. */
TEST(listen_after_shutdown_elsewhere)
{
	int fd = stream(), other = stream();
	__u16 port;

	ASSERT_OK(listen(fd, 1));
	port = port_of(fd);
	ASSERT_OK(shutdown(fd, SHUT_RDWR));
	ASSERT_OK(bind_to(other, loopback(port)));
	ASSERT_OK(bind_to(fd, loopback(unused_port())));
	ASSERT_OK(listen(fd, 1));
	client_of(fd);
	accept_from(fd);
}

TEST(listen_shutdown_write_changes_nothing)
{
	int fd = listener(1);

	ASSERT_OK(shutdown(fd, SHUT_WR));
	client_of(fd);
	accept_from(fd);
}

TEST(accept_nonblocking_empty)
{
	int fd = listener(1);

	nonblocking(fd);
	ASSERT_FAILS(accept(fd, NULL, NULL), EAGAIN);
}

TEST(accept_blocks_until_a_client_comes)
{
	int fd = listener(1);
	struct call *call = start(do_accept, fd);
	int c, s;

	ASSERT_TRUE(still_blocked(call));
	c = client_of(fd);
	s = ASSERT_OK(finish(call));
	put(c, "x");
	get(s, "x");
}

TEST(accept_timeout)
{
	int fd = listener(1);
	long long before = now_ms();

	set_timeout(fd, SO_RCVTIMEO, 200);
	ASSERT_FAILS(accept(fd, NULL, NULL), EAGAIN);
	ASSERT_IN(now_ms() - before, 100, SOON);
}

TEST(accept_in_order)
{
	int lst = listener(3);
	int fd[3];
	int i;

	for (i = 0; i < 3; i++)
		fd[i] = client_of(lst);
	for (i = 0; i < 3; i++)
		ASSERT_TRUE(same_address(peer_of(accept_from(lst)), local_of(fd[i])));
}

TEST(accept_address)
{
	int lst = listener(1);
	int c = client_of(lst);
	struct sockaddr_storage addr = { 0 };
	socklen_t len = sizeof(addr);

	await(lst, POLLIN);
	ASSERT_OK(accept(lst, (struct sockaddr *)&addr, &len));
	ASSERT_EQ(len, sizeof(struct sockaddr_in));
	ASSERT_TRUE(same_address(*(struct sockaddr_in *)&addr, local_of(c)));
}

TEST(accept_address_truncated)
{
	int lst = listener(1);
	struct sockaddr_in addr;
	socklen_t len = 4;
	int c = client_of(lst);

	memset(&addr, 0xee, sizeof(addr));
	await(lst, POLLIN);
	ASSERT_OK(accept(lst, (struct sockaddr *)&addr, &len));
	ASSERT_EQ(len, sizeof(addr));
	ASSERT_EQ(addr.sin_port, local_of(c).sin_port);
	ASSERT_EQ(addr.sin_addr.s_addr, 0xeeeeeeee);
}

TEST(accept_bad_address_arguments)
{
	int lst = listener(2);
	struct sockaddr_in addr;
	socklen_t len = -1;

	client_of(lst);
	client_of(lst);
	await(lst, POLLIN);
	ASSERT_FAILS(accept(lst, (struct sockaddr *)&addr, &len), EINVAL);
	len = sizeof(addr);
	ASSERT_FAILS(accept(lst, (void *)8, &len), EFAULT);
}

TEST(accept4_flags)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int lst = listener(2);
	int fd;

	nonblocking(lst);
	client_of(lst);
	await(lst, POLLIN);
	fd = ASSERT_OK(accept4(lst, (struct sockaddr *)&addr, &len,
			       SOCK_NONBLOCK | SOCK_CLOEXEC));
	ASSERT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	ASSERT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);

	/* accept() inherits neither from the listener. */
	client_of(lst);
	fd = accept_from(lst);
	ASSERT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ASSERT_EQ(fcntl(fd, F_GETFD), 0);
}

TEST(accept4_bad_flags)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	ASSERT_FAILS(accept4(listener(1), (struct sockaddr *)&addr, &len, 1), EINVAL);
}

TEST(accept_inherits_options)
{
	int lst = listener(1);
	struct linger l;
	socklen_t len = sizeof(l);
	int fd;

	set_int(lst, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_int(lst, SOL_SOCKET, SO_OOBINLINE, 1);
	set_int(lst, SOL_SOCKET, SO_SNDBUF, 20000);
	set_int(lst, SOL_SOCKET, SO_RCVBUF, 30000);
	set_int(lst, IPPROTO_TCP, TCP_NODELAY, 1);
	set_int(lst, IPPROTO_TCP, TCP_KEEPIDLE, 77);
	linger(lst, 5);
	client_of(lst);
	fd = accept_from(lst);

	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_OOBINLINE), 1);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_SNDBUF), 40000);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_RCVBUF), 60000);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_KEEPIDLE), 77);
	ASSERT_OK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len));
	ASSERT_EQ(l.l_onoff, 1);
	ASSERT_EQ(l.l_linger, 5);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
}

TEST(accept_after_client_sent_and_closed)
{
	int lst = listener(1);
	int c = client_of(lst);
	int s;

	put(c, "gone already");
	close(c);
	s = accept_from(lst);
	get(s, "gone already");
	get_eof(s);
}

TEST(accept_after_client_reset)
{
	int lst = listener(1);
	int c = client_of(lst);
	char byte;
	int s;

	await(lst, POLLIN);
	linger(c, 0);
	close(c);
	s = accept_from(lst);
	ASSERT_FAILS(recv(s, &byte, 1, 0), ECONNRESET);
}

/* Shows: MUST-45. */
TEST(accept_gives_the_address_that_was_asked)
{
	int lst = stream();
	int c = stream();
	int s;

	ASSERT_OK(bind_to(lst, address(INADDR_ANY, 0)));
	ASSERT_OK(listen(lst, 1));
	ASSERT_OK(connect_to(c, address(0x7f000005, port_of(lst))));
	s = accept_from(lst);
	ASSERT_TRUE(same_address(local_of(s), address(0x7f000005, port_of(lst))));
	ASSERT_TRUE(same_address(local_of(s), peer_of(c)));
	ASSERT_TRUE(same_address(peer_of(s), local_of(c)));
}

TEST(accept_shutdown_wakes)
{
	int fd = listener(1);
	struct call *call = start(do_accept, fd);

	ASSERT_TRUE(still_blocked(call));
	ASSERT_OK(shutdown(fd, SHUT_RDWR));
	ASSERT_FAILS(finish(call), EINVAL);
}

TEST(accept_two_threads_one_client_each)
{
	int fd = listener(2);
	struct call *a = start(do_accept, fd);
	struct call *b = start(do_accept, fd);
	int x, y;

	client_of(fd);
	client_of(fd);
	x = ASSERT_OK(finish(a));
	y = ASSERT_OK(finish(b));
	ASSERT_TRUE(x != y);
	ASSERT_TRUE(!same_address(peer_of(x), peer_of(y)));
}
