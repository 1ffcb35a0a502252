// SPDX-License-Identifier: GPL-2.0
/*
 * What a program sees that mytcp_run runs: run this one by
 *	mytcp_run [-p 253] ./preload_test --family tcp
 * It is linked dynamically, as a preload library needs it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mytcp.h"
#include "net.h"
#include "tap.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* What the kernel says, behind the library's back. */
static int kernels_answer(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	ASSERT_OK(syscall(SYS_getsockopt, fd, SOL_SOCKET, name, &value, &len));
	return value;
}

static bool is_mytcp(int fd)
{
	return kernels_answer(fd, SO_DOMAIN) == AF_MYTCP;
}

int main(int argc, char **argv)
{
	static const struct family *const families[] = { &family_tcp, NULL };

	/* TEST(preload_is_inherited) runs itself anew. */
	if (argc == 2 && !strcmp(argv[1], "child"))
		return !is_mytcp(stream_of(&family_tcp));
	return net_main(argc, argv, families);
}

TEST(preload_takes_stream_sockets)
{
	ASSERT_TRUE(is_mytcp(ASSERT_OK(socket(AF_INET, SOCK_STREAM, 0))));
	ASSERT_TRUE(is_mytcp(ASSERT_OK(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP))));
}

TEST(preload_keeps_flags)
{
	int fd = ASSERT_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));

	ASSERT_TRUE(is_mytcp(fd));
	ASSERT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	ASSERT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void left_alone(int domain, int type, int protocol)
{
	int fd = socket(domain, type, protocol);

	/* A kernel without IPv6 or MPTCP refuses, as it should. */
	if (fd < 0)
		ASSERT_TRUE(errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT ||
			    errno == ENOPROTOOPT);
	else
		ASSERT_EQ(kernels_answer(fd, SO_DOMAIN), domain);
}

TEST(preload_leaves_the_rest_alone)
{
	left_alone(AF_INET, SOCK_DGRAM, 0);
	left_alone(AF_INET, SOCK_RAW, IPPROTO_TCP);
	left_alone(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	left_alone(AF_INET6, SOCK_STREAM, 0);
	left_alone(AF_UNIX, SOCK_STREAM, 0);
}

TEST(preload_keeps_errors)
{
	ASSERT_FAILS(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	ASSERT_FAILS(socket(AF_INET, SOCK_STREAM | 0x100000, 0), EINVAL);
}

static void check_identity(int fd)
{
	ASSERT_TRUE(is_mytcp(fd));
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
}

TEST(preload_identity)
{
	int fd[2];

	pair(fd);
	check_identity(fd[CLIENT]);
	check_identity(fd[SERVER]);
	check_identity(ASSERT_OK(dup(fd[SERVER])));
	ASSERT_EQ(local_of(fd[SERVER]).sin_family, AF_INET);
	ASSERT_EQ(peer_of(fd[SERVER]).sin_family, AF_INET);
}

TEST(preload_identity_of_others)
{
	int fd = ASSERT_OK(socket(AF_INET, SOCK_DGRAM, 0));

	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ASSERT_EQ(get_int(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDP);
}

TEST(preload_identity_in_a_short_buffer)
{
	unsigned char value[4] = { 0xee, 0xee, 0xee, 0xee };
	socklen_t len = 2;

	ASSERT_OK(getsockopt(stream(), SOL_SOCKET, SO_PROTOCOL, value, &len));
	ASSERT_EQ(len, 2);
	ASSERT_EQ(value[0] | value[1] << 8, IPPROTO_TCP);
	ASSERT_EQ(value[2], 0xee);
	len = 0;
	ASSERT_OK(getsockopt(stream(), SOL_SOCKET, SO_DOMAIN, value, &len));
	ASSERT_EQ(len, 0);
}

TEST(preload_is_inherited)
{
	pid_t pid = ASSERT_OK(fork());

	if (!pid) {
		close_range(3, ~0U, 0);
		execl("/proc/self/exe", "preload_test", "child", NULL);
		_exit(1);
	}
	await_child(pid);

	pid = ASSERT_OK(fork());
	if (!pid) {
		ASSERT_TRUE(is_mytcp(stream()));
		_exit(0);
	}
	await_child(pid);
}
