// SPDX-License-Identifier: GPL-2.0
/*
 * Local ports beside the kernel's own TCP: who may bind and listen, what is kept
 * in the kernel and until when, and the choice of automatic ports.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/in.h>
#include <linux/net.h>
#include <net/ip.h>

#include "../../module/demux.h"
#include "../../module/family.h"
#include "../../module/pernet.h"
#include "../../module/port.h"
#include "../../module/port_auto.h"
#include "../../module/sock.h"
#include "../../module/uapi/mytcp.h"

/* Nobody else has these in the guest. */
#define PORT		30123
#define ADDR_A		0xc0000201	/* 192.0.2.1, RFC 5737 */
#define ADDR_B		0xc0000202
#define ADDR_PEER	0xc6336401	/* 198.51.100.1 */

struct owned {
	struct socket *sock;
};

static void release(void *arg)
{
	struct owned *o = arg;

	if (o->sock)
		sock_release(o->sock);
	o->sock = NULL;
}

/* A socket that goes with the test at the latest; any address may be bound. */
static struct owned *make(struct kunit *test, int family, int protocol, bool reuse)
{
	struct owned *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, o);
	err = sock_create_kern(&init_net, family, SOCK_STREAM, protocol, &o->sock);
	KUNIT_ASSERT_EQ(test, err, 0);
	err = kunit_add_action_or_reset(test, release, o);
	KUNIT_ASSERT_EQ(test, err, 0);
	o->sock->sk->sk_reuse = reuse ? SK_CAN_REUSE : SK_NO_REUSE;
	ip_sock_set_freebind(o->sock->sk);
	return o;
}

static struct owned *ours(struct kunit *test, bool reuse)
{
	return make(test, mytcp_family, IPPROTO_TCP, reuse);
}

static struct owned *on_253(struct kunit *test, bool reuse)
{
	return make(test, mytcp_family, MYTCP_PROTO_EXPERIMENTAL, reuse);
}

static struct owned *kernels(struct kunit *test, bool reuse)
{
	return make(test, AF_INET, IPPROTO_TCP, reuse);
}

static int bind_to(struct owned *o, u32 addr, u16 port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(addr),
		.sin_port = htons(port),
	};

	return kernel_bind(o->sock, (struct sockaddr *)&sin, sizeof(sin));
}

static int listen_on(struct owned *o)
{
	return kernel_listen(o->sock, 1);
}

static u16 port_of(const struct owned *o)
{
	return inet_sk(o->sock->sk)->inet_num;
}

static void taken_by_ours(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, true), 0, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT + 1), 0);
}

static void taken_by_kernels(struct kunit *test)
{
	struct owned *loser = ours(test, false);

	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(loser, 0, PORT), -EADDRINUSE);
	/* It is not bound, and may try another one. */
	KUNIT_EXPECT_EQ(test, port_of(loser), 0);
	KUNIT_EXPECT_EQ(test, bind_to(loser, 0, PORT + 1), 0);
}

static void kernel_refuses_ours(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), 0, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, true), 0, PORT), -EADDRINUSE);
}

static void addresses_are_apart(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), ADDR_A, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), ADDR_B, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), ADDR_A, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), ADDR_B, PORT),
			-EADDRINUSE);
}

static void wildcard_covers_addresses(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), ADDR_A, PORT), -EADDRINUSE);
}

static void wires_are_apart(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bind_to(on_253(test, false), 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(on_253(test, false), 0, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), -EADDRINUSE);
}

/* Side by side with SO_REUSEADDR until one listens. */
static void reuse_until_one_listens(struct kunit *test)
{
	struct owned *a = ours(test, true), *b = ours(test, true);

	KUNIT_EXPECT_EQ(test, bind_to(a, 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(b, 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, listen_on(a), 0);
	KUNIT_EXPECT_EQ(test, listen_on(b), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, true), 0, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, true), ADDR_A, PORT), -EADDRINUSE);
	/* Another backlog is not another listener. */
	KUNIT_EXPECT_EQ(test, listen_on(a), 0);

	release(a);
	KUNIT_EXPECT_EQ(test, listen_on(b), 0);
}

static void reuse_with_kernels(struct kunit *test)
{
	struct owned *a = ours(test, true), *k = kernels(test, true);

	KUNIT_EXPECT_EQ(test, bind_to(a, 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(k, 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, listen_on(a), 0);
	KUNIT_EXPECT_EQ(test, listen_on(k), -EADDRINUSE);
	release(a);
	KUNIT_EXPECT_EQ(test, listen_on(k), 0);
	a = ours(test, true);
	KUNIT_EXPECT_EQ(test, bind_to(a, 0, PORT), -EADDRINUSE);
}

static void kernels_listener_comes_first(struct kunit *test)
{
	struct owned *a = ours(test, true), *k = kernels(test, true);

	KUNIT_EXPECT_EQ(test, bind_to(a, 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(k, 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, listen_on(k), 0);
	KUNIT_EXPECT_EQ(test, listen_on(a), -EADDRINUSE);
	release(k);
	KUNIT_EXPECT_EQ(test, listen_on(a), 0);
}

/* The port is free, in both stacks, when close() returns. */
static void free_after_close(struct kunit *test)
{
	struct owned *o;
	int i;

	for (i = 0; i < 20; i++) {
		o = ours(test, false);
		KUNIT_EXPECT_EQ(test, bind_to(o, 0, PORT), 0);
		if (i % 2)
			KUNIT_EXPECT_EQ(test, listen_on(o), 0);
		release(o);
		o = kernels(test, false);
		KUNIT_EXPECT_EQ(test, bind_to(o, 0, PORT), 0);
		KUNIT_EXPECT_EQ(test, listen_on(o), 0);
		release(o);
	}
}

/* A TIME_WAIT entry keeps the port as the socket had it. */
static void timewait_keeps_port(struct kunit *test)
{
	struct owned *o = ours(test, true);
	struct mytcp_bucket *bucket;

	KUNIT_EXPECT_EQ(test, bind_to(o, 0, PORT), 0);
	bucket = mytcp_port_hold(mytcp_sk(o->sock->sk)->bucket, true);
	release(o);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), 0, PORT), -EADDRINUSE);

	o = ours(test, true);
	KUNIT_EXPECT_EQ(test, bind_to(o, 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, listen_on(o), 0);
	release(o);

	mytcp_port_drop(bucket, true);
	mytcp_port_settle();
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), 0, PORT), 0);
}

static void strict_timewait_keeps_port(struct kunit *test)
{
	struct owned *o = ours(test, false);
	struct mytcp_bucket *bucket;

	KUNIT_EXPECT_EQ(test, bind_to(o, 0, PORT), 0);
	bucket = mytcp_port_hold(mytcp_sk(o->sock->sk)->bucket, false);
	release(o);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, true), 0, PORT), -EADDRINUSE);
	mytcp_port_drop(bucket, false);
	/* No settling is needed before one of ours. */
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), 0);
}

static bool is_automatic(u16 port)
{
	const struct mytcp_pernet *pernet = mytcp_pernet(&init_net);

	return port >= pernet->port_lo && port <= pernet->port_hi;
}

static void automatic_port(struct kunit *test)
{
	struct owned *a = ours(test, false), *b = ours(test, false);

	KUNIT_EXPECT_EQ(test, bind_to(a, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, bind_to(b, 0, 0), 0);
	KUNIT_EXPECT_TRUE(test, is_automatic(port_of(a)));
	KUNIT_EXPECT_TRUE(test, is_automatic(port_of(b)));
	KUNIT_EXPECT_NE(test, port_of(a), port_of(b));
	KUNIT_EXPECT_EQ(test, inet_sk(a->sock->sk)->inet_sport, htons(port_of(a)));

	/* Kept in the kernel from the moment that somebody listens. */
	KUNIT_EXPECT_EQ(test, listen_on(a), 0);
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), 0, port_of(a)),
			-EADDRINUSE);
}

static void set_range(u16 lo, u16 hi)
{
	struct mytcp_pernet *pernet = mytcp_pernet(&init_net);

	WRITE_ONCE(pernet->port_lo, lo);
	WRITE_ONCE(pernet->port_hi, hi);
}

static void restore_range(void *arg)
{
	set_range(MYTCP_PORT_LO, MYTCP_PORT_HI);
}

static void limit_range(struct kunit *test, u16 lo, u16 hi)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, restore_range, NULL), 0);
	set_range(lo, hi);
}

static void automatic_port_skips_used(struct kunit *test)
{
	struct owned *o = ours(test, false);

	limit_range(test, PORT, PORT + 2);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, true), ADDR_A, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(kernels(test, false), 0, PORT + 2), 0);
	KUNIT_EXPECT_EQ(test, bind_to(o, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, port_of(o), PORT + 1);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, 0), -EADDRINUSE);
}

/* What connect() does once route and addresses are known. */
static int connect_to(struct owned *o, u32 addr, u16 port)
{
	struct sock *sk = o->sock->sk;
	struct mytcp_sock *ms = mytcp_sk(sk);
	int err;

	lock_sock(sk);
	ms->node.tuple = (struct mytcp_tuple) {
		.net = &init_net,
		.laddr.v4 = htonl(ADDR_A),
		.raddr.v4 = htonl(addr),
		.rport = htons(port),
		.wire = sk->sk_protocol,
		.family = AF_INET,
	};
	err = mytcp_port_connect(sk);
	release_sock(sk);
	return err;
}

static void disconnect(struct owned *o)
{
	struct sock *sk = o->sock->sk;

	lock_sock(sk);
	mytcp_demux_del(&mytcp_sk(sk)->node);
	mytcp_port_release(sk);
	release_sock(sk);
}

static void connection_gets_port(struct kunit *test)
{
	struct owned *o = ours(test, false);
	struct mytcp_sock *ms = mytcp_sk(o->sock->sk);

	KUNIT_EXPECT_EQ(test, connect_to(o, ADDR_PEER, 80), 0);
	KUNIT_EXPECT_TRUE(test, is_automatic(port_of(o)));
	KUNIT_EXPECT_EQ(test, ms->node.tuple.lport, htons(port_of(o)));
	KUNIT_EXPECT_TRUE(test, mytcp_node_hashed(&ms->node));
	KUNIT_EXPECT_NULL(test, ms->bucket);
	KUNIT_EXPECT_EQ(test, ms->iss, 0);
	disconnect(o);
	KUNIT_EXPECT_EQ(test, port_of(o), 0);
}

/* RFC 6056: one port is enough for any number of destinations. */
static void connections_share_port(struct kunit *test)
{
	struct owned *a = ours(test, false), *b = ours(test, false);
	struct owned *c = ours(test, false);

	limit_range(test, PORT, PORT);
	KUNIT_EXPECT_EQ(test, connect_to(a, ADDR_PEER, 80), 0);
	KUNIT_EXPECT_EQ(test, connect_to(b, ADDR_PEER, 81), 0);
	KUNIT_EXPECT_EQ(test, connect_to(c, ADDR_PEER, 80), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, port_of(c), 0);
	KUNIT_EXPECT_FALSE(test, mytcp_node_hashed(&mytcp_sk(c->sock->sk)->node));
	disconnect(a);
	KUNIT_EXPECT_EQ(test, connect_to(c, ADDR_PEER, 80), 0);
	disconnect(b);
	disconnect(c);
}

static void connections_use_whole_range(struct kunit *test)
{
	struct owned *o[5];
	u32 seen = 0;
	int i;

	limit_range(test, PORT, PORT + 3);
	for (i = 0; i < 5; i++)
		o[i] = ours(test, false);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, connect_to(o[i], ADDR_PEER, 80), 0);
		seen |= 1 << (port_of(o[i]) - PORT);
	}
	KUNIT_EXPECT_EQ(test, seen, 0xf);
	KUNIT_EXPECT_EQ(test, connect_to(o[4], ADDR_PEER, 80), -EADDRNOTAVAIL);
	for (i = 0; i < 4; i++)
		disconnect(o[i]);
}

static void connection_avoids_named_ports(struct kunit *test)
{
	struct owned *o = ours(test, false), *k = kernels(test, false);

	limit_range(test, PORT, PORT + 2);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(k, 0, PORT + 1), 0);
	KUNIT_EXPECT_EQ(test, connect_to(o, ADDR_PEER, 80), 0);
	KUNIT_EXPECT_EQ(test, port_of(o), PORT + 2);
	disconnect(o);
}

static void connection_keeps_bound_port(struct kunit *test)
{
	struct owned *a = ours(test, true), *b = ours(test, true);

	KUNIT_EXPECT_EQ(test, bind_to(a, ADDR_A, PORT), 0);
	KUNIT_EXPECT_EQ(test, bind_to(b, ADDR_A, PORT), 0);
	KUNIT_EXPECT_EQ(test, connect_to(a, ADDR_PEER, 80), 0);
	KUNIT_EXPECT_EQ(test, port_of(a), PORT);
	KUNIT_EXPECT_EQ(test, connect_to(b, ADDR_PEER, 80), -EADDRNOTAVAIL);
	/* Still bound. */
	KUNIT_EXPECT_EQ(test, port_of(b), PORT);
	KUNIT_EXPECT_EQ(test, connect_to(b, ADDR_PEER, 81), 0);
	disconnect(a);
	disconnect(b);
}

static void privileged_ports(struct kunit *test)
{
	const struct cred *old;
	struct cred *cred = prepare_creds();

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_lower(cred->cap_effective, CAP_NET_BIND_SERVICE);
	old = override_creds(cred);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, 1023), -EACCES);
	KUNIT_EXPECT_EQ(test, bind_to(on_253(test, false), 0, 1023), -EACCES);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, 1024), 0);
	revert_creds(old);
	put_cred(cred);
	KUNIT_EXPECT_EQ(test, bind_to(ours(test, false), 0, 1023), 0);
}

static void foreign_address(struct kunit *test)
{
	struct owned *a = ours(test, false), *b = on_253(test, false);

	inet_clear_bit(FREEBIND, a->sock->sk);
	inet_clear_bit(FREEBIND, b->sock->sk);
	KUNIT_EXPECT_EQ(test, bind_to(a, ADDR_PEER, PORT), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, bind_to(b, ADDR_PEER, PORT), -EADDRNOTAVAIL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(taken_by_ours),
	KUNIT_CASE(taken_by_kernels),
	KUNIT_CASE(kernel_refuses_ours),
	KUNIT_CASE(addresses_are_apart),
	KUNIT_CASE(wildcard_covers_addresses),
	KUNIT_CASE(wires_are_apart),
	KUNIT_CASE(reuse_until_one_listens),
	KUNIT_CASE(reuse_with_kernels),
	KUNIT_CASE(kernels_listener_comes_first),
	KUNIT_CASE(free_after_close),
	KUNIT_CASE(timewait_keeps_port),
	KUNIT_CASE(strict_timewait_keeps_port),
	KUNIT_CASE(automatic_port),
	KUNIT_CASE(automatic_port_skips_used),
	KUNIT_CASE(connection_gets_port),
	KUNIT_CASE(connections_share_port),
	KUNIT_CASE(connections_use_whole_range),
	KUNIT_CASE(connection_avoids_named_ports),
	KUNIT_CASE(connection_keeps_bound_port),
	KUNIT_CASE(privileged_ports),
	KUNIT_CASE(foreign_address),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-port",
	.test_cases = cases,
};

kunit_test_suite(suite);
