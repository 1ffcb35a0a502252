// SPDX-License-Identifier: GPL-2.0
/* ioctl(): what is in the queues. */
#define _GNU_SOURCE
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

static int ask(int fd, unsigned long request)
{
	int n = -1;

	ASSERT_OK(ioctl(fd, request, &n));
	return n;
}

static void await_answer(int fd, unsigned long request, int want)
{
	long long limit = now_ms() + SOON;

	while (ask(fd, request) != want) {
		if (now_ms() > limit)
			ASSERT_EQ(ask(fd, request), want);
		sleep_ms(1);
	}
}

TEST(ioctl_inq)
{
	int fd[2];

	pair(fd);
	ASSERT_EQ(ask(fd[SERVER], SIOCINQ), 0);
	put(fd[CLIENT], "12345");
	await_bytes(fd[SERVER], 5);
	ASSERT_EQ(ask(fd[SERVER], SIOCINQ), 5);
	get(fd[SERVER], "12");
	ASSERT_EQ(ask(fd[SERVER], SIOCINQ), 3);
	ASSERT_EQ(ask(fd[SERVER], FIONREAD), 3);
}

TEST(ioctl_inq_does_not_count_the_fin)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "12345");
	close(fd[CLIENT]);
	await(fd[SERVER], POLLRDHUP);
	ASSERT_EQ(ask(fd[SERVER], SIOCINQ), 5);
	get(fd[SERVER], "12345");
	ASSERT_EQ(ask(fd[SERVER], SIOCINQ), 0);
}

TEST(ioctl_outq)
{
	char buf[SMALL];
	int fd[2];
	size_t n;

	small_pair(fd);
	ASSERT_EQ(ask(fd[CLIENT], SIOCOUTQ), 0);
	n = fill(fd[CLIENT]);
	/* What the peer's stack has acknowledged is not counted. */
	ASSERT_EQ(ask(fd[CLIENT], SIOCOUTQ) + readable_bytes(fd[SERVER]), n);
	ASSERT_TRUE(ask(fd[CLIENT], SIOCOUTQ) > 0);
	ASSERT_IN(ask(fd[CLIENT], SIOCOUTQNSD), 0, ask(fd[CLIENT], SIOCOUTQ));
	while (n) {
		await(fd[SERVER], POLLIN);
		n -= ASSERT_OK(recv(fd[SERVER], buf, sizeof(buf), 0));
	}
	await_answer(fd[CLIENT], SIOCOUTQ, 0);
	ASSERT_EQ(ask(fd[CLIENT], SIOCOUTQNSD), 0);
}

TEST(ioctl_outq_after_delivery)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "12345");
	get(fd[SERVER], "12345");
	await_answer(fd[CLIENT], SIOCOUTQ, 0);
}

TEST(ioctl_fionbio)
{
	char byte;
	int fd[2];
	int on = 1;

	pair(fd);
	ASSERT_OK(ioctl(fd[CLIENT], FIONBIO, &on));
	ASSERT_FAILS(recv(fd[CLIENT], &byte, 1, 0), EAGAIN);
}

TEST(ioctl_unknown)
{
	int fd[2];
	int n;

	pair(fd);
	ASSERT_FAILS(ioctl(fd[CLIENT], 0x7777, &n), ENOTTY);
}

TEST(ioctl_bad_pointer)
{
	int fd[2];

	pair(fd);
	ASSERT_FAILS(ioctl(fd[CLIENT], SIOCINQ, (void *)8), EFAULT);
	ASSERT_FAILS(ioctl(fd[CLIENT], SIOCOUTQ, (void *)8), EFAULT);
	ASSERT_FAILS(ioctl(fd[CLIENT], SIOCATMARK, (void *)8), EFAULT);
}
