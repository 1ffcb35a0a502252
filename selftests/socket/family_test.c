// SPDX-License-Identifier: GPL-2.0
/*
 * What is mytcp's own: which sockets the family has, what it says of them, and
 * where the administrator sees them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mytcp.h"
#include "net.h"
#include "tap.h"

int main(int argc, char **argv)
{
	static const struct family *const families[] = {
		&family_mytcp, &family_mytcp253, NULL
	};

	return net_main(argc, argv, families);
}

TEST(family_other_types)
{
	ASSERT_FAILS(socket(AF_MYTCP, SOCK_DGRAM, 0), ESOCKTNOSUPPORT);
	ASSERT_FAILS(socket(AF_MYTCP, SOCK_SEQPACKET, 0), ESOCKTNOSUPPORT);
	ASSERT_FAILS(socket(AF_MYTCP, SOCK_RAW, 0), ESOCKTNOSUPPORT);
	ASSERT_FAILS(socket(AF_MYTCP, SOCK_RDM, 0), ESOCKTNOSUPPORT);
}

TEST(family_other_protocols)
{
	ASSERT_FAILS(socket(AF_MYTCP, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	ASSERT_FAILS(socket(AF_MYTCP, SOCK_STREAM, 132), EPROTONOSUPPORT);
	ASSERT_FAILS(socket(AF_MYTCP, SOCK_STREAM, 254), EPROTONOSUPPORT);
}

TEST(family_protocols)
{
	static const int protocol[] = { 0, IPPROTO_TCP, MYTCP_PROTO_EXPERIMENTAL };
	int i;

	for (i = 0; i < 3; i++)
		close(ASSERT_OK(socket(AF_MYTCP, SOCK_STREAM, protocol[i])));
}

/* What tells a program that knows mytcp, and tools, which stack it has. */
TEST(family_identity)
{
	int fd[2];

	ASSERT_EQ(get_int(stream(), SOL_SOCKET, SO_DOMAIN), AF_MYTCP);
	ASSERT_EQ(get_int(stream(), SOL_SOCKET, SO_PROTOCOL),
		  family->protocol ? family->protocol : IPPROTO_TCP);
	pair(fd);
	ASSERT_EQ(get_int(fd[SERVER], SOL_SOCKET, SO_DOMAIN), AF_MYTCP);
	ASSERT_EQ(get_int(fd[SERVER], SOL_SOCKET, SO_PROTOCOL),
		  family->protocol ? family->protocol : IPPROTO_TCP);
}

/* A program that writes its own family into its addresses is understood. */
TEST(family_in_addresses)
{
	struct sockaddr_in addr = loopback(0);
	int lst = stream();
	int c = stream();

	addr.sin_family = AF_MYTCP;
	ASSERT_OK(bind_to(lst, addr));
	ASSERT_EQ(local_of(lst).sin_family, AF_INET);
	ASSERT_OK(listen(lst, 1));
	addr = local_of(lst);
	addr.sin_family = AF_MYTCP;
	ASSERT_OK(connect_to(c, addr));
	ASSERT_EQ(peer_of(c).sin_family, AF_INET);
	ASSERT_EQ(peer_of(accept_from(lst)).sin_family, AF_INET);
}

/* The private wire has a port space of its own; TCP's has not. */
TEST(family_port_space)
{
	int k = stream_of(&family_tcp);
	int m = stream();

	ASSERT_OK(bind_to(k, loopback(0)));
	ASSERT_OK(listen(k, 1));
	if (family != &family_mytcp253) {
		ASSERT_FAILS(bind_to(m, loopback(port_of(k))), EADDRINUSE);
		return;
	}
	ASSERT_OK(bind_to(m, loopback(port_of(k))));
	ASSERT_OK(listen(m, 1));
	put(client_of(m), "private");
	get(accept_from(m), "private");
}

/* The two wires do not hear each other. */
TEST(family_wires_are_apart)
{
	const struct family *other = family == &family_mytcp ? &family_mytcp253 :
							       &family_mytcp;
	int lst = listener(1);
	int fd = stream_of(other);

	ASSERT_FAILS(connect_to(fd, local_of(lst)), ECONNREFUSED);
}

static long read_number(const char *path)
{
	FILE *f = fopen(path, "r");
	long n;

	if (!f)
		tap_fail(__FILE__, __LINE__, "%s: %s", path, tap_errno_name(errno));
	ASSERT_EQ(fscanf(f, "%ld", &n), 1);
	fclose(f);
	return n;
}

TEST(sysfs_family)
{
	ASSERT_EQ(read_number("/sys/kernel/mytcp/family"), AF_MYTCP);
}

#define ALLOWED "/sys/kernel/mytcp/allowed_congestion_control"

static void expect_line(const char *path, const char *want)
{
	char line[256] = "";
	FILE *f = fopen(path, "r");

	ASSERT_TRUE(f && fgets(line, sizeof(line), f));
	fclose(f);
	if (strcmp(line, want))
		tap_fail(__FILE__, __LINE__, "%s has %s", path, line);
}

/* Those that are part of mytcp are there for everybody, and stay so, but DCTCP. */
TEST(sysfs_congestion)
{
	int fd;

	expect_line("/sys/kernel/mytcp/available_congestion_control",
		    "cubic reno bbr dctcp\n");
	expect_line(ALLOWED, "cubic reno bbr\n");
	fd = ASSERT_OK(open(ALLOWED, O_WRONLY));
	ASSERT_FAILS(write(fd, "nosuch", 6), ENOENT);
	ASSERT_EQ(write(fd, "reno", 4), 4);
	expect_line(ALLOWED, "cubic reno bbr\n");
}

static long counter(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/mytcp/counters/%s", name);
	return read_number(path);
}

/* RFC 2385, RFC 5925: what would not be done is refused, not ignored. */
TEST(signatures_are_refused)
{
	static const int names[] = {
		TCP_MD5SIG, TCP_MD5SIG_EXT, 38, 39, 40, 41, 42 /* TCP_AO_* */
	};
	char value[512] = "";
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		socklen_t len = sizeof(value);
		int fd = stream();

		ASSERT_FAILS(setsockopt(fd, IPPROTO_TCP, names[i], value, len), ENOPROTOOPT);
		ASSERT_FAILS(getsockopt(fd, IPPROTO_TCP, names[i], value, &len), ENOPROTOOPT);
	}
}

TEST(counters_of_cookies)
{
	int lst;

	fresh_namespace();
	set_sysctl("tcp_syncookies", 2);
	lst = listener(1);
	client_of(lst);
	accept_from(lst);
	ASSERT_EQ(counter("syncookies_sent"), 1);
	ASSERT_EQ(counter("syncookies_recv"), 1);
	ASSERT_EQ(counter("syncookies_failed"), 0);
	ASSERT_EQ(counter("passive_opens"), 1);
}

/* RFC 4022, for the namespace of whoever reads. */
TEST(counters_of_one_connection)
{
	int fd[2];

	fresh_namespace();
	ASSERT_EQ(counter("active_opens"), 0);
	ASSERT_EQ(counter("in_segs"), 0);
	pair(fd);
	await_state(fd[SERVER], TCP_ESTABLISHED);
	ASSERT_EQ(counter("active_opens"), 1);
	ASSERT_EQ(counter("passive_opens"), 1);
	ASSERT_EQ(counter("curr_estab"), 2);
	ASSERT_EQ(counter("attempt_fails"), 0);
	/* SYN, SYN and ACK, ACK */
	ASSERT_EQ(counter("in_segs"), 3);
	ASSERT_EQ(counter("out_segs"), 3);

	linger(fd[CLIENT], 0);
	close(fd[CLIENT]);
	await_state(fd[SERVER], TCP_CLOSE);
	ASSERT_EQ(counter("curr_estab"), 0);
	ASSERT_EQ(counter("estab_resets"), 2);
	ASSERT_EQ(counter("out_rsts"), 1);
	ASSERT_EQ(counter("retrans_segs"), 0);
	ASSERT_EQ(counter("in_errs"), 0);
	ASSERT_EQ(counter("time_wait"), 0);
}

TEST(counters_of_a_failure)
{
	fresh_namespace();
	ASSERT_FAILS(connect_to(stream(), loopback(unused_port())), ECONNREFUSED);
	ASSERT_EQ(counter("active_opens"), 1);
	ASSERT_EQ(counter("attempt_fails"), 1);
	ASSERT_EQ(counter("curr_estab"), 0);
}

TEST(counters_of_a_full_backlog)
{
	int hole, fd;

	fresh_namespace();
	hole = blackhole();
	fd = stream();
	nonblocking(fd);
	ASSERT_FAILS(connect_to(fd, local_of(hole)), EINPROGRESS);
	ASSERT_EQ(counter("backlog_drops"), 1);
}

TEST(counters_of_time_wait)
{
	int fd[2];

	fresh_namespace();
	pair(fd);
	close(fd[CLIENT]);
	get_eof(fd[SERVER]);
	close(fd[SERVER]);
	ASSERT_EQ(counter("time_wait"), 1);
	ASSERT_EQ(counter("curr_estab"), 0);
	ASSERT_EQ(counter("out_rsts"), 0);
}

/* The states, as /proc/net/tcp numbers them, of the rows with this local port. */
static int states_of_port(__u16 port, int *states, int max)
{
	FILE *f = fopen("/proc/net/mytcp", "r");
	char line[256];
	int n = 0;

	ASSERT_TRUE(f);
	ASSERT_TRUE(fgets(line, sizeof(line), f));
	ASSERT_EQ(strncmp(line, "  sl  local_address rem_address   st tx_queue rx_queue", 54), 0);
	while (fgets(line, sizeof(line), f)) {
		unsigned int local_port, state;
		int fields = sscanf(line, "%*d: %*x:%x %*x:%*x %x", &local_port, &state);

		ASSERT_EQ(fields, 2);
		if (local_port == port && n < max)
			states[n++] = state;
	}
	fclose(f);
	return n;
}

TEST(proc_listener)
{
	int lst = listener(1);
	int state;

	ASSERT_EQ(states_of_port(port_of(lst), &state, 1), 1);
	ASSERT_EQ(state, TCP_LISTEN);
	close(lst);
}

TEST(proc_connection_and_time_wait)
{
	int fd[2];
	__u16 client, server;
	int states[2];

	pair(fd);
	client = port_of(fd[CLIENT]);
	server = port_of(fd[SERVER]);
	await_state(fd[SERVER], TCP_ESTABLISHED);
	ASSERT_EQ(states_of_port(client, states, 2), 1);
	ASSERT_EQ(states[0], TCP_ESTABLISHED);
	ASSERT_EQ(states_of_port(server, states, 2), 1);
	ASSERT_EQ(states[0], TCP_ESTABLISHED);

	close(fd[CLIENT]);
	get_eof(fd[SERVER]);
	ASSERT_EQ(states_of_port(client, states, 2), 1);
	ASSERT_EQ(states[0], TCP_FIN_WAIT2);
	ASSERT_EQ(states_of_port(server, states, 2), 1);
	ASSERT_EQ(states[0], TCP_CLOSE_WAIT);

	close(fd[SERVER]);
	ASSERT_EQ(states_of_port(client, states, 2), 1);
	ASSERT_EQ(states[0], TCP_TIME_WAIT);
	ASSERT_EQ(states_of_port(server, states, 2), 0);
}

TEST(proc_queues)
{
	unsigned int port, tx, rx;
	char line[256];
	int found = 0;
	int fd[2];
	FILE *f;

	pair(fd);
	put(fd[CLIENT], "12345");
	await_bytes(fd[SERVER], 5);
	f = fopen("/proc/net/mytcp", "r");
	ASSERT_TRUE(f);
	ASSERT_TRUE(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		int fields = sscanf(line, "%*d: %*x:%x %*x:%*x %*x %x:%x", &port, &tx, &rx);

		ASSERT_EQ(fields, 3);
		if (port != port_of(fd[SERVER]))
			continue;
		ASSERT_EQ(rx, 5);
		ASSERT_EQ(tx, 0);
		found++;
	}
	fclose(f);
	ASSERT_EQ(found, 1);
}

/* Of the namespace that the reader is in, and of no other. */
TEST(proc_is_of_the_namespace)
{
	int lst = listener(1);
	__u16 port = port_of(lst);
	int state;

	ASSERT_EQ(states_of_port(port, &state, 1), 1);
	fresh_namespace();
	ASSERT_EQ(states_of_port(port, &state, 1), 0);
}

TEST(namespace_dies_with_live_connections)
{
	pid_t pid = ASSERT_OK(fork());
	int fd[2];

	if (!pid) {
		fresh_namespace();
		pair(fd);
		listener(5);
		small_pair(fd);
		fill(fd[CLIENT]);
		close(fd[CLIENT]);
		_exit(0);
	}
	await_child(pid);
	/* This one's are untouched. */
	pair(fd);
	put(fd[CLIENT], "alive");
	get(fd[SERVER], "alive");
}
