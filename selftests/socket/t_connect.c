// SPDX-License-Identifier: GPL-2.0
/* connect(): blocking, not blocking, failing, interrupted, and undone. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

static struct sockaddr_in target;

static long do_connect(int fd)
{
	return connect_to(fd, target);
}

static int disconnect(int fd)
{
	struct sockaddr addr = { .sa_family = AF_UNSPEC };

	return connect(fd, &addr, sizeof(addr));
}

/* A connection attempt that nobody answers. */
static int connecting(int *hole)
{
	int fd = stream();

	*hole = blackhole();
	target = loopback(port_of(*hole));
	nonblocking(fd);
	ASSERT_FAILS(connect_to(fd, target), EINPROGRESS);
	return fd;
}

/* Shows: MUST-44. */
TEST(connect_establishes)
{
	int lst = listener(1);
	int c = client_of(lst);
	int s = accept_from(lst);

	ASSERT_EQ(state_of(c), TCP_ESTABLISHED);
	await_state(s, TCP_ESTABLISHED);
	ASSERT_TRUE(same_address(peer_of(c), local_of(lst)));
	ASSERT_TRUE(same_address(peer_of(s), local_of(c)));
	ASSERT_EQ(local_of(c).sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	ASSERT_EQ(revents(c), POLLOUT | POLLWRNORM);
}

TEST(connect_again)
{
	int lst = listener(1);
	int c = client_of(lst);

	ASSERT_FAILS(connect_to(c, local_of(lst)), EISCONN);
	ASSERT_FAILS(connect_to(accept_from(lst), local_of(lst)), EISCONN);
}

/* Shows: MUST-43. */
TEST(connect_keeps_bound_address)
{
	int lst = listener(1);
	__u16 port = unused_port();
	int fd = stream();

	ASSERT_OK(bind_to(fd, address(0x7f000009, port)));
	ASSERT_OK(connect_to(fd, local_of(lst)));
	ASSERT_TRUE(same_address(local_of(fd), address(0x7f000009, port)));
	ASSERT_TRUE(same_address(peer_of(accept_from(lst)), local_of(fd)));
}

/* Shows: MUST-44. */
TEST(connect_to_any_is_to_oneself)
{
	int lst = listener(1);
	int fd = stream();

	ASSERT_OK(connect_to(fd, address(INADDR_ANY, port_of(lst))));
	ASSERT_TRUE(same_address(peer_of(fd), local_of(lst)));
}

TEST(connect_refused)
{
	int fd = stream();

	ASSERT_FAILS(connect_to(fd, loopback(unused_port())), ECONNREFUSED);
	ASSERT_EQ(state_of(fd), TCP_CLOSE);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
}

TEST(connect_refused_by_bound_socket)
{
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(0)));
	ASSERT_FAILS(connect_to(stream(), loopback(port_of(fd))), ECONNREFUSED);
}

TEST(connect_after_refusal)
{
	int lst = listener(1);
	int fd = stream();

	ASSERT_FAILS(connect_to(fd, loopback(unused_port())), ECONNREFUSED);
	ASSERT_OK(connect_to(fd, local_of(lst)));
	put(fd, "x");
	get(accept_from(lst), "x");
}

TEST(connect_port_zero)
{
	ASSERT_FAILS(connect_to(stream(), loopback(0)), ECONNREFUSED);
}

TEST(connect_no_route)
{
	ASSERT_FAILS(connect_to(stream(), address(0xc0000201, 1)), ENETUNREACH);
}

/* Shows: MUST-46. */
TEST(connect_multicast_and_broadcast)
{
	ASSERT_FAILS(connect_to(stream(), address(0xe0000001, 1)), ENETUNREACH);
	ASSERT_FAILS(connect_to(stream(), address(0x7fffffff, 1)), ENETUNREACH);
}

TEST(connect_wrong_family)
{
	struct sockaddr_in addr = loopback(1);

	addr.sin_family = AF_INET6;
	ASSERT_FAILS(connect_to(stream(), addr), EAFNOSUPPORT);
	addr.sin_family = AF_UNIX;
	ASSERT_FAILS(connect_to(stream(), addr), EAFNOSUPPORT);
}

TEST(connect_length)
{
	struct sockaddr_in addr = loopback(1);
	int fd = stream();

	ASSERT_FAILS(connect(fd, (struct sockaddr *)&addr, 0), EINVAL);
	ASSERT_FAILS(connect(fd, (struct sockaddr *)&addr, 1), EINVAL);
	ASSERT_FAILS(connect(fd, (struct sockaddr *)&addr, sizeof(addr) - 1), EINVAL);
	ASSERT_FAILS(connect(fd, (struct sockaddr *)&addr, -1), EINVAL);
	ASSERT_FAILS(connect(fd, (struct sockaddr *)&addr, 4096), EINVAL);
}

TEST(connect_bad_pointer)
{
	ASSERT_FAILS(connect(stream(), (void *)8, sizeof(struct sockaddr_in)), EFAULT);
}

TEST(connect_after_bad_arguments)
{
	int lst = listener(1);
	int fd = stream();

	ASSERT_FAILS(connect(fd, (void *)8, sizeof(struct sockaddr_in)), EFAULT);
	ASSERT_FAILS(connect_to(fd, address(0xc0000201, 1)), ENETUNREACH);
	ASSERT_OK(connect_to(fd, local_of(lst)));
}

TEST(connect_nonblocking)
{
	int lst = listener(1);
	int fd = stream();

	nonblocking(fd);
	ASSERT_FAILS(connect_to(fd, local_of(lst)), EINPROGRESS);
	ASSERT_EQ(await(fd, POLLOUT), POLLOUT);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
	ASSERT_EQ(state_of(fd), TCP_ESTABLISHED);
	/* The first call after success reports it; then it is old news. */
	ASSERT_OK(connect_to(fd, local_of(lst)));
	ASSERT_FAILS(connect_to(fd, local_of(lst)), EISCONN);
}

TEST(connect_nonblocking_refused)
{
	int fd = stream();

	nonblocking(fd);
	ASSERT_FAILS(connect_to(fd, loopback(unused_port())), EINPROGRESS);
	ASSERT_EQ(await(fd, POLLOUT), POLLOUT | POLLERR | POLLHUP);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
}

TEST(connect_reports_refusal_once)
{
	struct sockaddr_in nobody = loopback(unused_port());
	int lst = listener(1);
	int fd = stream();

	nonblocking(fd);
	ASSERT_FAILS(connect_to(fd, nobody), EINPROGRESS);
	await(fd, POLLOUT);
	ASSERT_FAILS(connect_to(fd, nobody), ECONNREFUSED);
	ASSERT_FAILS(connect_to(fd, local_of(lst)), EINPROGRESS);
	ASSERT_EQ(await(fd, POLLOUT), POLLOUT);
}

TEST(connect_after_error_was_taken)
{
	struct sockaddr_in nobody = loopback(unused_port());
	int fd = stream();

	nonblocking(fd);
	ASSERT_FAILS(connect_to(fd, nobody), EINPROGRESS);
	await(fd, POLLOUT);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	ASSERT_FAILS(connect_to(fd, nobody), ECONNABORTED);
	ASSERT_FAILS(connect_to(fd, nobody), EINPROGRESS);
}

TEST(connect_pending)
{
	int hole;
	int fd = connecting(&hole);

	ASSERT_EQ(revents(fd), 0);
	ASSERT_EQ(state_of(fd), TCP_SYN_SENT);
	ASSERT_FAILS(connect_to(fd, target), EALREADY);
	ASSERT_FAILS(listen(fd, 1), EINVAL);
}

TEST(connect_pending_has_no_stream)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int hole;
	int fd = connecting(&hole);
	char byte;

	ASSERT_FAILS(recv(fd, &byte, 1, 0), EAGAIN);
	ASSERT_FAILS(send(fd, "x", 1, 0), EAGAIN);
	ASSERT_FAILS(getpeername(fd, (struct sockaddr *)&addr, &len), ENOTCONN);
	ASSERT_EQ(local_of(fd).sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	ASSERT_TRUE(port_of(fd));
}

TEST(connect_pending_completes)
{
	int hole;
	int fd = connecting(&hole);
	int s;

	accept_from(hole);
	s = accept_from(hole);
	ASSERT_EQ(await(fd, POLLOUT), POLLOUT);
	put(fd, "late");
	get(s, "late");
}

static long do_send(int fd)
{
	return send(fd, "x", 1, 0);
}

static long do_recv(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0);
}

static void *blocking_connect(void *arg)
{
	connect_to(*(int *)arg, target);
	return NULL;
}

/* send() and recv() on a connecting socket wait for the connection. */
static int connecting_in_thread(int *hole)
{
	static int fd;
	pthread_t thread;

	*hole = blackhole();
	target = loopback(port_of(*hole));
	fd = stream();
	ASSERT_EQ(pthread_create(&thread, NULL, blocking_connect, &fd), 0);
	await_state(fd, TCP_SYN_SENT);
	return fd;
}

TEST(connect_pending_send_waits)
{
	int hole;
	int fd = connecting_in_thread(&hole);
	struct call *call = start(do_send, fd);

	ASSERT_TRUE(still_blocked(call));
	accept_from(hole);
	get(accept_from(hole), "x");
	ASSERT_EQ(finish(call), 1);
}

TEST(connect_pending_recv_waits)
{
	int hole;
	int fd = connecting_in_thread(&hole);
	struct call *call = start(do_recv, fd);

	ASSERT_TRUE(still_blocked(call));
	accept_from(hole);
	put(accept_from(hole), "x");
	ASSERT_EQ(finish(call), 1);
}

TEST(connect_times_out)
{
	int hole, fd;
	long long before;

	fresh_namespace();
	set_sysctl("tcp_syn_retries", 1);
	hole = blackhole();
	fd = stream();
	before = now_ms();
	ASSERT_FAILS(connect_to(fd, loopback(port_of(hole))), ETIMEDOUT);
	/* RFC 6298: 1 s, then 2 s for the one retransmission. */
	ASSERT_IN(now_ms() - before, 2000, SOON);
	ASSERT_EQ(state_of(fd), TCP_CLOSE);
}

TEST(connect_nonblocking_times_out)
{
	int hole, fd;

	fresh_namespace();
	set_sysctl("tcp_syn_retries", 1);
	fd = connecting(&hole);
	ASSERT_EQ(await(fd, POLLOUT), POLLOUT | POLLERR | POLLHUP);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), ETIMEDOUT);
}

TEST(connect_send_timeout)
{
	int hole = blackhole();
	int fd = stream();
	long long before = now_ms();

	target = loopback(port_of(hole));
	set_timeout(fd, SO_SNDTIMEO, 200);
	ASSERT_FAILS(connect_to(fd, target), EINPROGRESS);
	ASSERT_IN(now_ms() - before, 100, SOON);
	ASSERT_FAILS(connect_to(fd, target), EALREADY);
}

TEST(connect_interrupted)
{
	int hole = blackhole();
	int fd = stream();
	struct call *call;

	target = loopback(port_of(hole));
	catch_usr1(0);
	call = start(do_connect, fd);
	interrupt(call);
	ASSERT_FAILS(finish(call), EINTR);

	/* It goes on in the background, as POSIX wants it. */
	accept_from(hole);
	accept_from(hole);
	ASSERT_EQ(await(fd, POLLOUT), POLLOUT);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
}

TEST(connect_restarted)
{
	int hole = blackhole();
	struct call *call;

	target = loopback(port_of(hole));
	catch_usr1(SA_RESTART);
	call = start(do_connect, stream());
	interrupt(call);
	await_signals(1);
	ASSERT_TRUE(still_blocked(call));
	accept_from(hole);
	accept_from(hole);
	ASSERT_OK(finish(call));
}

TEST(connect_shutdown_aborts)
{
	int hole = blackhole();
	int fd = stream();
	struct call *call;

	target = loopback(port_of(hole));
	call = start(do_connect, fd);
	ASSERT_OK(shutdown(fd, SHUT_RDWR));
	ASSERT_FAILS(finish(call), ECONNRESET);
	ASSERT_EQ(state_of(fd), TCP_CLOSE);
}

TEST(disconnect_unconnected)
{
	ASSERT_OK(disconnect(stream()));
}

TEST(disconnect_established)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	char byte;
	int fd[2];

	pair(fd);
	ASSERT_OK(disconnect(fd[CLIENT]));
	ASSERT_EQ(state_of(fd[CLIENT]), TCP_CLOSE);
	ASSERT_FAILS(getpeername(fd[CLIENT], (struct sockaddr *)&addr, &len), ENOTCONN);
	await(fd[SERVER], POLLIN);
	ASSERT_FAILS(recv(fd[SERVER], &byte, 1, 0), ECONNRESET);
}

TEST(disconnect_and_connect_again)
{
	int lst = listener(2);
	int fd = client_of(lst);
	int s = accept_from(lst);

	put(s, "unread");
	await_bytes(fd, 6);
	ASSERT_OK(disconnect(fd));
	ASSERT_OK(connect_to(fd, local_of(lst)));
	s = accept_from(lst);
	put(s, "new");
	get(fd, "new");
	put(fd, "old socket");
	get(s, "old socket");
}

TEST(disconnect_and_listen)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(disconnect(fd[CLIENT]));
	ASSERT_OK(listen(fd[CLIENT], 1));
	client_of(fd[CLIENT]);
	accept_from(fd[CLIENT]);
}

TEST(disconnect_keeps_bound_port)
{
	int lst = listener(1);
	__u16 port = unused_port();
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(port)));
	ASSERT_OK(connect_to(fd, local_of(lst)));
	ASSERT_OK(disconnect(fd));
	ASSERT_TRUE(same_address(local_of(fd), loopback(port)));
	ASSERT_FAILS(bind_to(stream(), loopback(port)), EADDRINUSE);
}

TEST(disconnect_pending)
{
	int lst = listener(1);
	int hole;
	int fd = connecting(&hole);

	ASSERT_OK(disconnect(fd));
	ASSERT_EQ(state_of(fd), TCP_CLOSE);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), ECONNRESET);
	ASSERT_FAILS(connect_to(fd, local_of(lst)), EINPROGRESS);
	ASSERT_EQ(await(fd, POLLOUT), POLLOUT);
}

TEST(disconnect_listener)
{
	int fd = listener(1);
	__u16 port = port_of(fd);

	ASSERT_OK(disconnect(fd));
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
	ASSERT_FAILS(connect_to(stream(), loopback(port)), ECONNREFUSED);
}

static int bound_again(__u16 port)
{
	int fd = stream();

	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	ASSERT_OK(bind_to(fd, loopback(port)));
	return fd;
}

TEST(connect_one_port_two_destinations)
{
	int x = listener(1);
	int y = listener(1);
	__u16 port = unused_port();
	int a = bound_again(port);
	int b = bound_again(port);

	ASSERT_OK(connect_to(a, local_of(x)));
	ASSERT_OK(connect_to(b, local_of(y)));
	put(a, "x");
	put(b, "y");
	get(accept_from(x), "x");
	get(accept_from(y), "y");
}

TEST(connect_same_tuple_twice)
{
	int lst = listener(2);
	__u16 port = unused_port();
	int a = bound_again(port);
	int b = bound_again(port);

	ASSERT_OK(connect_to(a, local_of(lst)));
	ASSERT_FAILS(connect_to(b, local_of(lst)), EADDRNOTAVAIL);
}

/* RFC 9293 figure 7 with one socket in both roles. */
TEST(self_connect)
{
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(0)));
	ASSERT_OK(connect_to(fd, local_of(fd)));
	ASSERT_EQ(state_of(fd), TCP_ESTABLISHED);
	ASSERT_TRUE(same_address(local_of(fd), peer_of(fd)));
	put(fd, "echo");
	get(fd, "echo");
	send_pattern(fd, 10000, 1);
	recv_pattern(fd, 10000, 1);
}

TEST(self_connect_closes)
{
	int fd = stream();

	ASSERT_OK(bind_to(fd, loopback(0)));
	ASSERT_OK(connect_to(fd, local_of(fd)));
	put(fd, "last");
	ASSERT_OK(shutdown(fd, SHUT_WR));
	get(fd, "last");
	get_eof(fd);
	ASSERT_EQ(revents(fd) & POLLHUP, POLLHUP);
}

/* The server closed first, so the connection's TIME_WAIT is on its side. */
TEST(connect_over_time_wait_of_the_server)
{
	int lst = listener(1);
	__u16 port = unused_port();
	int c = bound_again(port);
	int s;

	ASSERT_OK(connect_to(c, local_of(lst)));
	s = accept_from(lst);
	close(s);
	get_eof(c);
	close(c);

	/* RFC 6191: time has passed, so the new SYN is beyond the old stream. */
	sleep_ms(50);
	c = bound_again(port);
	ASSERT_OK(connect_to(c, local_of(lst)));
	s = accept_from(lst);
	put(c, "second life");
	get(s, "second life");
}

TEST(connect_fifty_at_once)
{
	int lst = listener(64);
	int fd[50];
	int i;

	for (i = 0; i < 50; i++) {
		fd[i] = stream();
		nonblocking(fd[i]);
		ASSERT_FAILS(connect_to(fd[i], local_of(lst)), EINPROGRESS);
	}
	for (i = 0; i < 50; i++) {
		ASSERT_EQ(await(fd[i], POLLOUT), POLLOUT);
		put(fd[i], "hello");
	}
	for (i = 0; i < 50; i++)
		get(accept_from(lst), "hello");
}
