// SPDX-License-Identifier: GPL-2.0
/* TCP Fast Open as tcp(7) has it: options, MSG_FASTOPEN, and what becomes of both. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "tap.h"

/* net.ipv4.tcp_fastopen */
#define CLIENT_AND_SERVER 3

#define KEY_LEN 16

static int set_raw(int fd, int name, int value)
{
	return setsockopt(fd, IPPROTO_TCP, name, &value, sizeof(value));
}

static int send_open(int fd, struct sockaddr_in to, const char *text, int flags)
{
	return sendto(fd, text, strlen(text), MSG_FASTOPEN | MSG_NOSIGNAL | flags,
		      (struct sockaddr *)&to, sizeof(to));
}

static struct tcp_info info_of(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	return info;
}

/* A listener that does it, in a namespace where all may. */
static int server(void)
{
	int fd;

	fresh_namespace();
	set_sysctl("tcp_fastopen", CLIENT_AND_SERVER);
	fd = listener(8);
	set_int(fd, IPPROTO_TCP, TCP_FASTOPEN, 8);
	return fd;
}

/* The first connection, which asks for the cookie. */
static void get_cookie(int fd)
{
	int client = stream();
	int child;

	ASSERT_EQ(send_open(client, local_of(fd), "abc", 0), 3);
	child = accept_from(fd);
	get(child, "abc");
	ASSERT_EQ(info_of(client).tcpi_options & TCPI_OPT_SYN_DATA, 0);
	close(client);
	close(child);
}

TEST(fastopen_queue)
{
	int fd = stream();
	int two[2];

	fresh_namespace();
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN), 0);
	ASSERT_FAILS(set_raw(fd, TCP_FASTOPEN, -1), EINVAL);
	ASSERT_OK(set_raw(fd, TCP_FASTOPEN, 5));
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN), 5);
	/* net.core.somaxconn */
	ASSERT_OK(set_raw(fd, TCP_FASTOPEN, 1000000000));
	ASSERT_TRUE(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN) < 1000000000);
	ASSERT_OK(set_raw(fd, TCP_FASTOPEN, 0));
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN), 0);
	pair(two);
	ASSERT_FAILS(set_raw(two[CLIENT], TCP_FASTOPEN, 5), EINVAL);
}

TEST(fastopen_for_every_listener)
{
	int fd;

	fresh_namespace();
	set_sysctl("tcp_fastopen", 0x402);
	fd = listener(7);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN), 7);
	set_sysctl("tcp_fastopen", 0x400);
	fd = listener(7);
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN), 0);
}

TEST(fastopen_connect_option)
{
	int two[2];
	int fd;

	fresh_namespace();
	fd = stream();
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT), 0);
	ASSERT_FAILS(set_raw(fd, TCP_FASTOPEN_CONNECT, 2), EINVAL);
	ASSERT_FAILS(set_raw(fd, TCP_FASTOPEN_CONNECT, -1), EINVAL);
	ASSERT_OK(set_raw(fd, TCP_FASTOPEN_CONNECT, 1));
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT), 1);
	pair(two);
	ASSERT_FAILS(set_raw(two[CLIENT], TCP_FASTOPEN_CONNECT, 1), EINVAL);
	set_sysctl("tcp_fastopen", 0);
	ASSERT_FAILS(set_raw(fd, TCP_FASTOPEN_CONNECT, 0), EOPNOTSUPP);
	ASSERT_FAILS(set_raw(fd, TCP_FASTOPEN_CONNECT, 2), EINVAL);
}

TEST(fastopen_no_cookie_option)
{
	int two[2];
	int fd;

	fresh_namespace();
	fd = stream();
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE), 0);
	ASSERT_FAILS(set_raw(fd, TCP_FASTOPEN_NO_COOKIE, 2), EINVAL);
	ASSERT_FAILS(set_raw(fd, TCP_FASTOPEN_NO_COOKIE, -1), EINVAL);
	ASSERT_OK(set_raw(fd, TCP_FASTOPEN_NO_COOKIE, 1));
	ASSERT_EQ(get_int(fd, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE), 1);
	pair(two);
	ASSERT_FAILS(set_raw(two[CLIENT], TCP_FASTOPEN_NO_COOKIE, 1), EINVAL);
}

TEST(fastopen_key_option)
{
	static const char keys[] = "0123456789abcdefFEDCBA9876543210";
	char got[2 * KEY_LEN + 1];
	socklen_t len = sizeof(got);
	int fd = stream();

	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len));
	ASSERT_EQ(len, 0);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, keys, 15), EINVAL);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, keys, 24), EINVAL);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, keys, 33), EINVAL);
	ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, (void *)8, 16), EFAULT);

	ASSERT_OK(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, keys, 2 * KEY_LEN));
	len = sizeof(got);
	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len));
	ASSERT_EQ(len, 2 * KEY_LEN);
	ASSERT_TRUE(!memcmp(got, keys, 2 * KEY_LEN));
	/* As much as there is room for. */
	len = 5;
	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len));
	ASSERT_EQ(len, 5);

	ASSERT_OK(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, keys + KEY_LEN, KEY_LEN));
	len = sizeof(got);
	ASSERT_OK(getsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len));
	ASSERT_EQ(len, KEY_LEN);
	ASSERT_TRUE(!memcmp(got, keys + KEY_LEN, KEY_LEN));
}

TEST(fastopen_send_errors)
{
	struct sockaddr_in nobody, unspecified = { .sin_family = AF_UNSPEC };
	int two[2];
	int fd;

	fresh_namespace();
	nobody = loopback(unused_port());
	fd = stream();
	ASSERT_FAILS(send(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL), EINVAL);
	ASSERT_FAILS(send_open(fd, unspecified, "x", 0), EOPNOTSUPP);
	ASSERT_FAILS(sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&nobody, 8), EINVAL);
	ASSERT_FAILS(send_open(fd, nobody, "x", 0), ECONNREFUSED);
	/* It can be used again. */
	ASSERT_FAILS(send_open(fd, nobody, "x", 0), ECONNREFUSED);
	ASSERT_FAILS(send_open(listener(1), nobody, "x", 0), EISCONN);
	pair(two);
	ASSERT_FAILS(send_open(two[CLIENT], nobody, "x", 0), EISCONN);
	set_sysctl("tcp_fastopen", 2);
	ASSERT_FAILS(send_open(fd, nobody, "x", 0), EOPNOTSUPP);
	ASSERT_FAILS(send_open(two[CLIENT], nobody, "x", 0), EOPNOTSUPP);
}

/* Without a server that does it, it is connect() and send() in one. */
TEST(fastopen_to_a_plain_listener)
{
	int fd, client, child;

	fresh_namespace();
	fd = listener(8);
	client = stream();
	ASSERT_EQ(send_open(client, local_of(fd), "abcdef", 0), 6);
	child = accept_from(fd);
	get(child, "abcdef");
	ASSERT_EQ(info_of(client).tcpi_options & TCPI_OPT_SYN_DATA, 0);
}

TEST(fastopen_data_on_the_syn)
{
	int fd = server();
	int client, child;

	get_cookie(fd);
	client = stream();
	ASSERT_EQ(send_open(client, local_of(fd), "hello", 0), 5);
	child = accept_from(fd);
	get(child, "hello");
	ASSERT_TRUE(info_of(client).tcpi_options & TCPI_OPT_SYN_DATA);
	ASSERT_TRUE(info_of(child).tcpi_options & TCPI_OPT_SYN_DATA);
	ASSERT_TRUE(same_address(peer_of(child), local_of(client)));
	put(child, "answer");
	get(client, "answer");
	close(client);
	get_eof(child);
}

/* More than a SYN has room for. */
TEST(fastopen_much_data)
{
	const int size = 300000;
	int fd = server();
	int client, child;

	get_cookie(fd);
	client = stream();
	ASSERT_EQ(send_open(client, local_of(fd), "", 0), 0);
	child = accept_from(fd);
	send_pattern(client, size, 0);
	recv_pattern(child, size, 0);
}

TEST(fastopen_without_waiting)
{
	int fd = server();
	int client = stream();
	int child;

	nonblocking(client);
	/* There is no cookie yet, so there is nothing that could be sent. */
	ASSERT_FAILS(send_open(client, local_of(fd), "abc", 0), EINPROGRESS);
	ASSERT_EQ(await(client, POLLOUT), POLLOUT);
	put(client, "abc");
	child = accept_from(fd);
	get(child, "abc");

	client = stream();
	nonblocking(client);
	ASSERT_EQ(send_open(client, local_of(fd), "abc", 0), 3);
	ASSERT_EQ(await(client, POLLOUT), POLLOUT);
	child = accept_from(fd);
	get(child, "abc");
}

TEST(fastopen_connect_waits_for_data)
{
	struct sockaddr_in addr;
	int fd = server();
	int client, child;

	get_cookie(fd);
	addr = local_of(fd);
	client = stream();
	set_int(client, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	ASSERT_OK(connect_to(client, addr));
	ASSERT_EQ(state_of(client), TCP_SYN_SENT);
	ASSERT_TRUE(quiet(fd, POLLIN));
	ASSERT_EQ(revents(client) & POLLOUT, POLLOUT);
	/* One that waits would wait for another thread to write. */
	nonblocking(client);
	ASSERT_FAILS(connect_to(client, addr), EISCONN);
	put(client, "first");
	child = accept_from(fd);
	get(child, "first");
	ASSERT_EQ(await(client, POLLOUT), POLLOUT);
	ASSERT_TRUE(info_of(client).tcpi_options & TCPI_OPT_SYN_DATA);
	ASSERT_OK(connect_to(client, addr));
	ASSERT_FAILS(connect_to(client, addr), EISCONN);
}

/* connect() without a cookie is an ordinary one; it brings the cookie. */
TEST(fastopen_connect_gets_the_cookie)
{
	int fd = server();
	int client = stream();

	set_int(client, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	ASSERT_OK(connect_to(client, local_of(fd)));
	ASSERT_EQ(state_of(client), TCP_ESTABLISHED);
	close(accept_from(fd));
	client = stream();
	ASSERT_EQ(send_open(client, local_of(fd), "abc", 0), 3);
	ASSERT_TRUE(info_of(client).tcpi_options & TCPI_OPT_SYN_DATA);
}

TEST(fastopen_connect_and_close)
{
	int fd = server();
	int client;

	get_cookie(fd);
	client = stream();
	set_int(client, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	ASSERT_OK(connect_to(client, local_of(fd)));
	ASSERT_OK(shutdown(client, SHUT_WR));
	close(client);
	client = stream();
	set_int(client, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	ASSERT_OK(connect_to(client, local_of(fd)));
	close(client);
	ASSERT_TRUE(quiet(fd, POLLIN));
}

TEST(fastopen_without_cookies)
{
	int fd = server();
	int client = stream();
	int child;

	set_int(fd, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1);
	set_int(client, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1);
	ASSERT_EQ(send_open(client, local_of(fd), "abc", 0), 3);
	child = accept_from(fd);
	get(child, "abc");
	ASSERT_TRUE(info_of(child).tcpi_options & TCPI_OPT_SYN_DATA);
}

/* The headers of a SYN with data are those of any other. */
TEST(fastopen_saved_syn)
{
	int fd = server();
	socklen_t len;
	__u8 syn[200];
	int client;
	int child;

	get_cookie(fd);
	set_int(fd, IPPROTO_TCP, TCP_SAVE_SYN, 1);
	client = stream();
	ASSERT_EQ(send_open(client, local_of(fd), "abc", 0), 3);
	child = accept_from(fd);
	get(child, "abc");
	len = sizeof(syn);
	ASSERT_OK(getsockopt(child, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len));
	ASSERT_TRUE(len >= 40 && len <= 80);
	ASSERT_EQ(syn[0] >> 4, 4);
	ASSERT_EQ(len, (syn[0] & 15) * 4 + (syn[(syn[0] & 15) * 4 + 12] >> 4) * 4);
}
