// SPDX-License-Identifier: GPL-2.0
/* A socket that nothing has been done with yet. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

TEST(open_plain)
{
	int fd = stream();

	ASSERT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ASSERT_EQ(fcntl(fd, F_GETFD), 0);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_ERROR), 0);
	ASSERT_EQ(state_of(fd), TCP_CLOSE);
}

TEST(open_flags)
{
	int fd = ASSERT_OK(socket(family->domain,
				  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
				  family->protocol));

	ASSERT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	ASSERT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

TEST(open_bad_flags)
{
	ASSERT_FAILS(socket(family->domain, SOCK_STREAM | 0x100000,
			    family->protocol), EINVAL);
}

TEST(open_is_a_socket_file)
{
	int fd = stream();
	struct stat st;

	ASSERT_OK(fstat(fd, &st));
	ASSERT_TRUE(S_ISSOCK(st.st_mode));
	ASSERT_FAILS(lseek(fd, 0, SEEK_CUR), ESPIPE);
}

TEST(open_has_no_addresses)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd = stream();

	ASSERT_TRUE(same_address(local_of(fd), address(INADDR_ANY, 0)));
	ASSERT_FAILS(getpeername(fd, (struct sockaddr *)&addr, &len), ENOTCONN);
}

TEST(open_poll)
{
	ASSERT_EQ(revents(stream()), POLLOUT | POLLWRNORM | POLLHUP);
}

TEST(open_recv_not_connected)
{
	char byte;

	ASSERT_FAILS(recv(stream(), &byte, 1, 0), ENOTCONN);
}

TEST(open_send_not_connected)
{
	signal(SIGPIPE, SIG_IGN);
	ASSERT_FAILS(send(stream(), "x", 1, 0), EPIPE);
}

TEST(open_shutdown_not_connected)
{
	int fd = stream();

	ASSERT_FAILS(shutdown(fd, SHUT_RD), ENOTCONN);
	ASSERT_FAILS(shutdown(fd, SHUT_WR), ENOTCONN);
	ASSERT_FAILS(shutdown(fd, SHUT_RDWR), ENOTCONN);
}

TEST(open_accept_not_listening)
{
	int fd = stream();

	ASSERT_FAILS(accept(fd, NULL, NULL), EINVAL);
	ASSERT_OK(bind_to(fd, loopback(0)));
	ASSERT_FAILS(accept(fd, NULL, NULL), EINVAL);
}

TEST(open_queues_are_empty)
{
	int fd = stream();
	int n = -1;

	ASSERT_EQ(readable_bytes(fd), 0);
	ASSERT_OK(ioctl(fd, SIOCOUTQ, &n));
	ASSERT_EQ(n, 0);
}

TEST(open_no_socketpair)
{
	int fd[2];

	ASSERT_FAILS(socketpair(family->domain, SOCK_STREAM, family->protocol, fd),
		     EOPNOTSUPP);
}
