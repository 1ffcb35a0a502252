// SPDX-License-Identifier: GPL-2.0
/* SO_RCVTIMEO and SO_SNDTIMEO on an established connection. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/time.h>

#include "net.h"
#include "tap.h"

static struct timeval get_timeout(int fd, int name)
{
	struct timeval tv;
	socklen_t len = sizeof(tv);

	ASSERT_OK(getsockopt(fd, SOL_SOCKET, name, &tv, &len));
	ASSERT_EQ(len, sizeof(tv));
	return tv;
}

TEST(timeout_default_is_none)
{
	int fd = stream();

	ASSERT_EQ(get_timeout(fd, SO_RCVTIMEO).tv_sec, 0);
	ASSERT_EQ(get_timeout(fd, SO_RCVTIMEO).tv_usec, 0);
	ASSERT_EQ(get_timeout(fd, SO_SNDTIMEO).tv_sec, 0);
	ASSERT_EQ(get_timeout(fd, SO_SNDTIMEO).tv_usec, 0);
}

TEST(timeout_set_and_get)
{
	int fd = stream();

	set_timeout(fd, SO_RCVTIMEO, 3500);
	set_timeout(fd, SO_SNDTIMEO, 7000);
	ASSERT_EQ(get_timeout(fd, SO_RCVTIMEO).tv_sec, 3);
	ASSERT_IN(get_timeout(fd, SO_RCVTIMEO).tv_usec, 490000, 510000);
	ASSERT_EQ(get_timeout(fd, SO_SNDTIMEO).tv_sec, 7);
}

TEST(timeout_bad_values)
{
	struct timeval tv = { 0, 1000000 };
	int fd = stream();

	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), EDOM);
	tv.tv_usec = -1;
	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)), EDOM);
	ASSERT_FAILS(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, 4), EINVAL);
}

TEST(timeout_recv)
{
	long long before;
	char byte;
	int fd[2];

	pair(fd);
	set_timeout(fd[CLIENT], SO_RCVTIMEO, 200);
	before = now_ms();
	ASSERT_FAILS(recv(fd[CLIENT], &byte, 1, 0), EAGAIN);
	ASSERT_IN(now_ms() - before, 100, SOON);
	put(fd[SERVER], "x");
	get(fd[CLIENT], "x");
}

TEST(timeout_recv_in_time)
{
	struct call *call;
	int fd[2];

	pair(fd);
	set_timeout(fd[CLIENT], SO_RCVTIMEO, SOON);
	call = start(recv_byte, fd[CLIENT]);
	put(fd[SERVER], "x");
	ASSERT_EQ(finish(call), 1);
}

TEST(timeout_send)
{
	long long before;
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	set_timeout(fd[CLIENT], SO_SNDTIMEO, 200);
	before = now_ms();
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, 0), EAGAIN);
	ASSERT_IN(now_ms() - before, 100, SOON);
}

TEST(timeout_send_is_partial)
{
	static char big[1 << 20];
	int fd[2];

	small_pair(fd);
	set_timeout(fd[CLIENT], SO_SNDTIMEO, 200);
	ASSERT_IN(send(fd[CLIENT], big, sizeof(big), 0), 1, sizeof(big) - 1);
}
