// SPDX-License-Identifier: GPL-2.0
/* The send and recv families with their flags. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

#define BULK (4 << 20)

/* No buffer: what is discarded needs none. */
#define NOWHERE ((void *)8)

/* For effects that a busy machine can hide: once in so many is proof enough. */
#define TRIES 20

TEST(transfer_both_ways)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "ping");
	get(fd[SERVER], "ping");
	put(fd[SERVER], "pong");
	get(fd[CLIENT], "pong");
}

TEST(transfer_has_no_boundaries)
{
	char buf[16];
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "abc");
	put(fd[CLIENT], "def");
	await_bytes(fd[SERVER], 6);
	ASSERT_EQ(recv(fd[SERVER], buf, 2, 0), 2);
	ASSERT_EQ(recv(fd[SERVER], buf + 2, sizeof(buf) - 2, 0), 4);
	ASSERT_EQ(memcmp(buf, "abcdef", 6), 0);
}

TEST(transfer_read_and_write)
{
	char buf[8];
	int fd[2];

	pair(fd);
	ASSERT_EQ(write(fd[CLIENT], "abc", 3), 3);
	await_bytes(fd[SERVER], 3);
	ASSERT_EQ(read(fd[SERVER], buf, sizeof(buf)), 3);
	ASSERT_EQ(memcmp(buf, "abc", 3), 0);
}

TEST(transfer_every_size)
{
	int fd[2];
	int n;

	pair(fd);
	for (n = 1; n < 3000; n += 37) {
		send_pattern(fd[CLIENT], n, n);
		recv_pattern(fd[SERVER], n, n);
	}
}

static void bulk_child(int fd, size_t n, unsigned int seed)
{
	if (fork())
		return;
	send_pattern(fd, n, seed);
	_exit(0);
}

TEST(transfer_bulk)
{
	int fd[2];

	pair(fd);
	bulk_child(fd[CLIENT], BULK, 5);
	recv_pattern(fd[SERVER], BULK, 5);
}

TEST(transfer_bulk_both_ways)
{
	pid_t pid;
	int fd[2];

	pair(fd);
	bulk_child(fd[CLIENT], BULK, 1);
	bulk_child(fd[SERVER], BULK, 2);
	pid = ASSERT_OK(fork());
	if (!pid) {
		recv_pattern(fd[SERVER], BULK, 1);
		_exit(0);
	}
	recv_pattern(fd[CLIENT], BULK, 2);
	await_child(pid);
}

TEST(transfer_bulk_small_buffers)
{
	int fd[2];

	small_pair(fd);
	bulk_child(fd[CLIENT], BULK / 16, 3);
	recv_pattern(fd[SERVER], BULK / 16, 3);
}

TEST(send_zero_bytes)
{
	int fd[2];

	pair(fd);
	ASSERT_EQ(send(fd[CLIENT], "", 0, 0), 0);
	ASSERT_EQ(write(fd[CLIENT], "", 0), 0);
	ASSERT_TRUE(quiet(fd[SERVER], POLLIN));
}

TEST(recv_zero_bytes)
{
	char byte;
	int fd[2];

	pair(fd);
	ASSERT_EQ(read(fd[SERVER], &byte, 0), 0);
	ASSERT_FAILS(recv(fd[SERVER], &byte, 0, MSG_DONTWAIT), EAGAIN);
	put(fd[CLIENT], "x");
	await_bytes(fd[SERVER], 1);
	ASSERT_EQ(recv(fd[SERVER], &byte, 0, 0), 0);
	ASSERT_EQ(readable_bytes(fd[SERVER]), 1);
}

TEST(recv_nonblocking)
{
	char byte;
	int fd[2];

	pair(fd);
	ASSERT_FAILS(recv(fd[CLIENT], &byte, 1, MSG_DONTWAIT), EAGAIN);
	nonblocking(fd[CLIENT]);
	ASSERT_FAILS(recv(fd[CLIENT], &byte, 1, 0), EAGAIN);
	ASSERT_FAILS(read(fd[CLIENT], &byte, 1), EAGAIN);
}

TEST(send_nonblocking)
{
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_DONTWAIT), EAGAIN);
	nonblocking(fd[CLIENT]);
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, 0), EAGAIN);
	ASSERT_FAILS(write(fd[CLIENT], "x", 1), EAGAIN);
}

TEST(send_nonblocking_is_partial)
{
	static char big[BULK];
	ssize_t n;
	int fd[2];

	small_pair(fd);
	n = ASSERT_OK(send(fd[CLIENT], big, sizeof(big), MSG_DONTWAIT));
	ASSERT_IN(n, 1, BULK - 1);
}

static long recv_some(int fd)
{
	char buf[64];

	return recv(fd, buf, sizeof(buf), 0);
}

TEST(send_blocks_until_all_is_taken)
{
	static char got[BLOCK];
	struct call *call;
	size_t filled;
	int fd[2];

	small_pair(fd);
	filled = fill(fd[CLIENT]);
	call = start(send_block, fd[CLIENT]);
	ASSERT_TRUE(still_blocked(call));
	while (filled) {
		size_t want = filled < sizeof(got) ? filled : sizeof(got);

		filled -= ASSERT_OK(recv(fd[SERVER], got, want, MSG_WAITALL));
	}
	ASSERT_EQ(recv(fd[SERVER], got, sizeof(got), MSG_WAITALL), sizeof(got));
	ASSERT_EQ(finish(call), sizeof(got));
}

TEST(recv_blocks_until_data_comes)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(recv_some, fd[SERVER]);
	ASSERT_TRUE(still_blocked(call));
	put(fd[CLIENT], "abc");
	ASSERT_EQ(finish(call), 3);
}

TEST(recv_drained_window_opens_again)
{
	size_t filled;
	int fd[2];

	small_pair(fd);
	filled = fill(fd[CLIENT]);
	while (filled) {
		char buf[SMALL];
		size_t want = filled < sizeof(buf) ? filled : sizeof(buf);

		filled -= ASSERT_OK(recv(fd[SERVER], buf, want, MSG_WAITALL));
	}
	await(fd[CLIENT], POLLOUT);
	send_pattern(fd[CLIENT], 100, 7);
	recv_pattern(fd[SERVER], 100, 7);
}

TEST(recv_peek_leaves_the_data)
{
	char buf[8];
	int fd[2];
	int i;

	pair(fd);
	put(fd[CLIENT], "abcd");
	await_bytes(fd[SERVER], 4);
	for (i = 0; i < 2; i++) {
		memset(buf, 0, sizeof(buf));
		ASSERT_EQ(recv(fd[SERVER], buf, sizeof(buf), MSG_PEEK), 4);
		ASSERT_EQ(memcmp(buf, "abcd", 4), 0);
	}
	ASSERT_EQ(recv(fd[SERVER], buf, 2, MSG_PEEK), 2);
	ASSERT_EQ(readable_bytes(fd[SERVER]), 4);
	get(fd[SERVER], "abcd");
	ASSERT_EQ(readable_bytes(fd[SERVER]), 0);
}

TEST(recv_peek_sees_several_segments)
{
	char buf[16];
	int fd[2];

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_NODELAY, 1);
	put(fd[CLIENT], "ab");
	await_bytes(fd[SERVER], 2);
	put(fd[CLIENT], "cd");
	await_bytes(fd[SERVER], 4);
	put(fd[CLIENT], "ef");
	await_bytes(fd[SERVER], 6);
	ASSERT_EQ(recv(fd[SERVER], buf, 1, 0), 1);
	ASSERT_EQ(recv(fd[SERVER], buf, sizeof(buf), MSG_PEEK), 5);
	ASSERT_EQ(memcmp(buf, "bcdef", 5), 0);
	get(fd[SERVER], "bcdef");
}

TEST(recv_peek_end_of_stream)
{
	char byte;
	int fd[2];

	pair(fd);
	close(fd[CLIENT]);
	await(fd[SERVER], POLLIN);
	ASSERT_EQ(recv(fd[SERVER], &byte, 1, MSG_PEEK), 0);
	ASSERT_EQ(recv(fd[SERVER], &byte, 1, 0), 0);
	ASSERT_EQ(recv(fd[SERVER], &byte, 1, 0), 0);
}

TEST(recv_peek_waits)
{
	char byte;
	int fd[2];

	pair(fd);
	ASSERT_FAILS(recv(fd[SERVER], &byte, 1, MSG_PEEK | MSG_DONTWAIT), EAGAIN);
}

static long recv_ten(int fd)
{
	char buf[10];
	long n = recv(fd, buf, sizeof(buf), MSG_WAITALL);

	if (n > 0)
		ASSERT_EQ(memcmp(buf, "0123456789", n), 0);
	return n;
}

TEST(recv_waitall)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(recv_ten, fd[SERVER]);
	put(fd[CLIENT], "0123");
	ASSERT_TRUE(still_blocked(call));
	put(fd[CLIENT], "456789");
	ASSERT_EQ(finish(call), 10);
}

TEST(recv_waitall_cut_short_by_fin)
{
	struct call *call;
	int fd[2];

	pair(fd);
	call = start(recv_ten, fd[SERVER]);
	put(fd[CLIENT], "0123");
	ASSERT_TRUE(still_blocked(call));
	close(fd[CLIENT]);
	ASSERT_EQ(finish(call), 4);
	get_eof(fd[SERVER]);
}

TEST(recv_waitall_cut_short_by_reset)
{
	struct call *call;
	char byte;
	int fd[2];

	pair(fd);
	call = start(recv_ten, fd[SERVER]);
	put(fd[CLIENT], "0123");
	ASSERT_TRUE(still_blocked(call));
	linger(fd[CLIENT], 0);
	close(fd[CLIENT]);
	ASSERT_EQ(finish(call), 4);
	ASSERT_FAILS(recv(fd[SERVER], &byte, 1, 0), ECONNRESET);
}

TEST(recv_waitall_cut_short_by_timeout)
{
	int fd[2];

	pair(fd);
	set_timeout(fd[SERVER], SO_RCVTIMEO, 200);
	put(fd[CLIENT], "0123");
	ASSERT_EQ(recv_ten(fd[SERVER]), 4);
}

TEST(recv_waitall_larger_than_the_buffer)
{
	char *buf = malloc(BULK);
	int fd[2];

	small_pair(fd);
	bulk_child(fd[CLIENT], BULK / 16, 9);
	ASSERT_EQ(recv(fd[SERVER], buf, BULK / 16, MSG_WAITALL), BULK / 16);
}

TEST(recv_waitall_does_not_wait_with_dontwait)
{
	char buf[10];
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "0123");
	await_bytes(fd[SERVER], 4);
	ASSERT_EQ(recv(fd[SERVER], buf, 10, MSG_WAITALL | MSG_DONTWAIT), 4);
}

TEST(recv_low_water_mark)
{
	struct call *call;
	int fd[2];

	pair(fd);
	set_int(fd[SERVER], SOL_SOCKET, SO_RCVLOWAT, 5);
	call = start(recv_some, fd[SERVER]);
	put(fd[CLIENT], "0123");
	ASSERT_TRUE(still_blocked(call));
	ASSERT_EQ(revents(fd[SERVER]) & POLLIN, 0);
	put(fd[CLIENT], "4");
	ASSERT_EQ(finish(call), 5);
}

/* tcp(7): the bytes are discarded, not stored. */
TEST(recv_trunc_discards)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "0123456789");
	await_bytes(fd[SERVER], 10);
	ASSERT_EQ(recv(fd[SERVER], NOWHERE, 6, MSG_TRUNC), 6);
	get(fd[SERVER], "6789");
}

TEST(recv_trunc_peek)
{
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "0123");
	await_bytes(fd[SERVER], 4);
	ASSERT_EQ(recv(fd[SERVER], NOWHERE, 100, MSG_TRUNC | MSG_PEEK), 4);
	get(fd[SERVER], "0123");
}

TEST(recv_trunc_large)
{
	int fd[2];

	pair(fd);
	bulk_child(fd[CLIENT], 100000, 0);
	ASSERT_EQ(recv(fd[SERVER], NOWHERE, 99000, MSG_TRUNC | MSG_WAITALL), 99000);
	recv_pattern(fd[SERVER], 1000, 99000);
}

TEST(send_nosignal)
{
	int fd[2];

	pair(fd);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	/* SIGPIPE would kill the test. */
	ASSERT_FAILS(send(fd[CLIENT], "x", 1, MSG_NOSIGNAL), EPIPE);
}

TEST(send_more_is_sent_with_the_next)
{
	int held = 0;
	int fd[2];
	int i;

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_NODELAY, 1);
	for (i = 0; i < TRIES; i++) {
		ASSERT_EQ(send(fd[CLIENT], "abc", 3, MSG_MORE), 3);
		held += !readable_bytes(fd[SERVER]);
		put(fd[CLIENT], "def");
		await_bytes(fd[SERVER], 6);
		get(fd[SERVER], "abcdef");
	}
	ASSERT_TRUE(held);
}

/* tcp(7): for 200 ms at most. Shows: MUST-60. */
TEST(send_more_is_not_kept_for_ever)
{
	int fd[2];

	pair(fd);
	ASSERT_EQ(send(fd[CLIENT], "abc", 3, MSG_MORE), 3);
	get(fd[SERVER], "abc");
}

TEST(send_more_then_shutdown)
{
	int fd[2];

	pair(fd);
	ASSERT_EQ(send(fd[CLIENT], "abc", 3, MSG_MORE), 3);
	ASSERT_OK(shutdown(fd[CLIENT], SHUT_WR));
	get(fd[SERVER], "abc");
	get_eof(fd[SERVER]);
}

TEST(send_more_then_close)
{
	int fd[2];

	pair(fd);
	ASSERT_EQ(send(fd[CLIENT], "abc", 3, MSG_MORE), 3);
	close(fd[CLIENT]);
	get(fd[SERVER], "abc");
	get_eof(fd[SERVER]);
}

TEST(nodelay_sends_at_once)
{
	int fd[2];
	int i;

	pair(fd);
	set_int(fd[CLIENT], IPPROTO_TCP, TCP_NODELAY, 1);
	for (i = 1; i <= 10; i++) {
		put(fd[CLIENT], "x");
		await_bytes(fd[SERVER], i);
	}
}

TEST(scatter_gather)
{
	char a[1], b[4], c[100];
	struct iovec out[] = {
		{ "abc", 3 }, { "", 0 }, { "defg", 4 }, { "h", 1 },
	};
	struct iovec in[] = {
		{ a, sizeof(a) }, { NULL, 0 }, { b, sizeof(b) }, { c, sizeof(c) },
	};
	int fd[2];

	pair(fd);
	ASSERT_EQ(writev(fd[CLIENT], out, 4), 8);
	await_bytes(fd[SERVER], 8);
	ASSERT_EQ(readv(fd[SERVER], in, 4), 8);
	ASSERT_EQ(memcmp(a, "a", 1), 0);
	ASSERT_EQ(memcmp(b, "bcde", 4), 0);
	ASSERT_EQ(memcmp(c, "fgh", 3), 0);
}

TEST(scatter_gather_many)
{
	static char data[1024][7], got[1024][7];
	struct iovec out[1024], in[1024];
	int fd[2];
	int i;

	pair(fd);
	for (i = 0; i < 1024; i++) {
		memset(data[i], i % 253, 7);
		out[i] = (struct iovec) { data[i], 7 };
		in[i] = (struct iovec) { got[i], 7 };
	}
	ASSERT_EQ(writev(fd[CLIENT], out, 1024), 7168);
	await_bytes(fd[SERVER], 7168);
	ASSERT_EQ(readv(fd[SERVER], in, 1024), 7168);
	ASSERT_EQ(memcmp(data, got, sizeof(got)), 0);
}

TEST(sendmsg_recvmsg)
{
	char a[2], b[8];
	struct iovec out[] = { { "abc", 3 }, { "def", 3 } };
	struct iovec in[] = { { a, 2 }, { b, 8 } };
	struct sockaddr_in name;
	char control[64];
	struct msghdr send_hdr = { .msg_iov = out, .msg_iovlen = 2 };
	struct msghdr recv_hdr = {
		.msg_iov = in,
		.msg_iovlen = 2,
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd[2];

	pair(fd);
	ASSERT_EQ(sendmsg(fd[CLIENT], &send_hdr, 0), 6);
	await_bytes(fd[SERVER], 6);
	ASSERT_EQ(recvmsg(fd[SERVER], &recv_hdr, 0), 6);
	ASSERT_EQ(memcmp(a, "ab", 2), 0);
	ASSERT_EQ(memcmp(b, "cdef", 4), 0);
	/* A connection's peer is known; nothing is filled in. */
	ASSERT_EQ(recv_hdr.msg_namelen, 0);
	ASSERT_EQ(recv_hdr.msg_controllen, 0);
	ASSERT_EQ(recv_hdr.msg_flags, 0);
}

TEST(sendmsg_no_buffers)
{
	struct msghdr hdr = { 0 };
	int fd[2];

	pair(fd);
	ASSERT_EQ(sendmsg(fd[CLIENT], &hdr, 0), 0);
	ASSERT_TRUE(quiet(fd[SERVER], POLLIN));
}

TEST(sendmsg_too_many_buffers)
{
	static struct iovec iov[1025];
	struct msghdr hdr = { .msg_iov = iov, .msg_iovlen = 1025 };
	int fd[2];

	pair(fd);
	ASSERT_FAILS(sendmsg(fd[CLIENT], &hdr, 0), EMSGSIZE);
	ASSERT_FAILS(recvmsg(fd[CLIENT], &hdr, 0), EMSGSIZE);
}

TEST(sendmsg_unknown_control)
{
	struct iovec iov = { "x", 1 };
	union {
		struct cmsghdr hdr;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {
		.hdr = {
			.cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = 0x7777,
		},
	};
	struct msghdr hdr = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd[2];

	pair(fd);
	ASSERT_FAILS(sendmsg(fd[CLIENT], &hdr, 0), EINVAL);
}

TEST(sendmmsg_recvmmsg)
{
	char x[3], y[3];
	struct iovec iov[2] = { { "abc", 3 }, { "def", 3 } };
	struct mmsghdr msg[2] = {
		{ .msg_hdr = { .msg_iov = &iov[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &iov[1], .msg_iovlen = 1 } },
	};
	int fd[2];

	pair(fd);
	ASSERT_EQ(sendmmsg(fd[CLIENT], msg, 2, 0), 2);
	await_bytes(fd[SERVER], 6);
	iov[0].iov_base = x;
	iov[1].iov_base = y;
	ASSERT_EQ(recvmmsg(fd[SERVER], msg, 2, 0, NULL), 2);
	ASSERT_EQ(memcmp(x, "abc", 3), 0);
	ASSERT_EQ(memcmp(y, "def", 3), 0);
}

TEST(sendto_ignores_the_address)
{
	struct sockaddr_in other = loopback(1);
	int fd[2];

	pair(fd);
	ASSERT_EQ(sendto(fd[CLIENT], "x", 1, 0, (struct sockaddr *)&other,
			 sizeof(other)), 1);
	get(fd[SERVER], "x");
}

TEST(recvfrom_gives_no_address)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	char byte;
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "x");
	await_bytes(fd[SERVER], 1);
	ASSERT_EQ(recvfrom(fd[SERVER], &byte, 1, 0, (struct sockaddr *)&addr, &len), 1);
	ASSERT_EQ(len, 0);
}

TEST(send_bad_pointer)
{
	struct iovec iov = { (void *)8, 10 };
	int fd[2];

	pair(fd);
	ASSERT_FAILS(send(fd[CLIENT], (void *)8, 10, 0), EFAULT);
	ASSERT_FAILS(writev(fd[CLIENT], &iov, 1), EFAULT);
	ASSERT_FAILS(sendmsg(fd[CLIENT], (void *)8, 0), EFAULT);
	put(fd[CLIENT], "fine");
	get(fd[SERVER], "fine");
}

TEST(recv_bad_pointer_loses_nothing)
{
	struct iovec iov = { (void *)8, 10 };
	int fd[2];

	pair(fd);
	put(fd[CLIENT], "fine");
	await_bytes(fd[SERVER], 4);
	ASSERT_FAILS(recv(fd[SERVER], (void *)8, 10, 0), EFAULT);
	ASSERT_FAILS(readv(fd[SERVER], &iov, 1), EFAULT);
	ASSERT_FAILS(recv(fd[SERVER], (void *)8, 10, MSG_PEEK), EFAULT);
	ASSERT_FAILS(recvmsg(fd[SERVER], (void *)8, 0), EFAULT);
	get(fd[SERVER], "fine");
}

/* Two pages of which only the first is there. */
static char *half_mapped(size_t *page)
{
	char *map;

	*page = sysconf(_SC_PAGESIZE);
	map = mmap(NULL, 2 * *page, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(map != MAP_FAILED);
	ASSERT_OK(munmap(map + *page, *page));
	return map;
}

/* Either nothing is sent, or what could be read: never anything else. */
TEST(send_half_bad_buffer)
{
	size_t page;
	char *map = half_mapped(&page);
	ssize_t n;
	int fd[2];

	pair(fd);
	n = send(fd[CLIENT], map + page - 100, 200, 0);
	if (n < 0)
		ASSERT_EQ(errno, EFAULT);
	else
		ASSERT_IN(n, 1, 100);
	put(fd[CLIENT], "end");
	if (n > 0)
		ASSERT_EQ(recv(fd[SERVER], map, n, MSG_WAITALL), n);
	get(fd[SERVER], "end");
}

/* The bytes that did not fit must still be there. */
TEST(recv_half_bad_buffer)
{
	size_t page;
	char *map = half_mapped(&page);
	ssize_t n;
	int fd[2];

	pair(fd);
	send_pattern(fd[CLIENT], 200, 0);
	await_bytes(fd[SERVER], 200);
	n = recv(fd[SERVER], map + page - 100, 200, 0);
	if (n < 0) {
		ASSERT_EQ(errno, EFAULT);
		n = 0;
	}
	ASSERT_IN(n, 0, 100);
	recv_pattern(fd[SERVER], 200 - n, n);
}

TEST(recv_error_queue_is_empty)
{
	char byte;
	int fd[2];

	pair(fd);
	ASSERT_FAILS(recv(fd[CLIENT], &byte, 1, MSG_ERRQUEUE), EAGAIN);
}

static int file_of(size_t n)
{
	int fd = ASSERT_OK(memfd_create("file", 0));
	char block[5000];
	size_t at;

	for (at = 0; at < n; at += sizeof(block)) {
		size_t i;

		for (i = 0; i < sizeof(block); i++)
			block[i] = (at + i) % 251;
		ASSERT_EQ(write(fd, block, sizeof(block)), sizeof(block));
	}
	return fd;
}

TEST(sendfile_to_socket)
{
	enum { SIZE = 1000000 };
	int file = file_of(SIZE);
	off_t offset = 0;
	int fd[2];

	pair(fd);
	if (!fork()) {
		while (offset < SIZE)
			ASSERT_TRUE(ASSERT_OK(sendfile(fd[CLIENT], file, &offset,
						       SIZE - offset)));
		_exit(0);
	}
	recv_pattern(fd[SERVER], SIZE, 0);
}

TEST(sendfile_nonblocking)
{
	int file = file_of(1000000);
	off_t offset = 0;
	int fd[2];

	small_pair(fd);
	fill(fd[CLIENT]);
	nonblocking(fd[CLIENT]);
	ASSERT_FAILS(sendfile(fd[CLIENT], file, &offset, 1000000), EAGAIN);
	ASSERT_EQ(offset, 0);
}

TEST(splice_from_socket)
{
	int fd[2], p[2];
	char buf[8];

	pair(fd);
	ASSERT_OK(pipe(p));
	put(fd[CLIENT], "spliced");
	await_bytes(fd[SERVER], 7);
	ASSERT_EQ(splice(fd[SERVER], NULL, p[1], NULL, 100, 0), 7);
	ASSERT_EQ(read(p[0], buf, sizeof(buf)), 7);
	ASSERT_EQ(memcmp(buf, "spliced", 7), 0);
	nonblocking(fd[SERVER]);
	ASSERT_FAILS(splice(fd[SERVER], NULL, p[1], NULL, 100, 0), EAGAIN);
	close(fd[CLIENT]);
	await(fd[SERVER], POLLIN);
	ASSERT_EQ(splice(fd[SERVER], NULL, p[1], NULL, 100, 0), 0);
}

TEST(splice_to_socket)
{
	int fd[2], p[2];

	pair(fd);
	ASSERT_OK(pipe(p));
	ASSERT_EQ(write(p[1], "spliced", 7), 7);
	ASSERT_EQ(splice(p[0], NULL, fd[CLIENT], NULL, 7, 0), 7);
	get(fd[SERVER], "spliced");
}
