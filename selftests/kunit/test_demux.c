// SPDX-License-Identifier: GPL-2.0
/*
 * The demultiplexer's tables: what is found by what name, and who owns what.
 */
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/net.h>
#include <net/sock.h>

#include "../../module/demux.h"
#include "../../module/family.h"
#include "../../module/sock.h"

#define MANY	2000

static const struct mytcp_tuple name = {
	.net = &init_net,
	.laddr.v4 = htonl(0xc0000201),
	.raddr.v4 = htonl(0xc0000202),
	.lport = htons(1001),
	.rport = htons(2001),
	.wire = 253,
	.family = AF_INET,
};

struct fixture {
	struct mytcp_node a;
	struct mytcp_node b;
	struct mytcp_node many[MANY];
	u8 visits[MANY];
	unsigned int strangers;
};

/* A node that nobody owns, as a TIME_WAIT entry is. */
static void make(struct mytcp_node *node)
{
	node->kind = MYTCP_NODE_TIMEWAIT;
	node->tuple = name;
}

static int setup(struct kunit *test)
{
	struct fixture *f = kvzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	make(&f->a);
	make(&f->b);
	test->priv = f;
	return 0;
}

static void teardown(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	if (!f)
		return;
	mytcp_demux_del(&f->a);
	mytcp_demux_del(&f->b);
	for (i = 0; i < MANY; i++)
		mytcp_demux_del(&f->many[i]);
	synchronize_rcu();
	kvfree(f);
}

static struct mytcp_node *find(const struct mytcp_tuple *tuple)
{
	struct mytcp_node *node;

	rcu_read_lock();
	local_bh_disable();
	node = mytcp_demux_find(tuple);
	local_bh_enable();
	rcu_read_unlock();
	return node;
}

static void finds_the_whole_name_only(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mytcp_tuple t;

	KUNIT_EXPECT_NULL(test, find(&name));
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->a), 0);
	KUNIT_EXPECT_TRUE(test, mytcp_node_hashed(&f->a));
	KUNIT_EXPECT_PTR_EQ(test, find(&name), &f->a);

	t = name;
	t.laddr.v4 ^= htonl(1);
	KUNIT_EXPECT_NULL(test, find(&t));
	t = name;
	t.raddr.v4 ^= htonl(1);
	KUNIT_EXPECT_NULL(test, find(&t));
	t = name;
	t.lport ^= htons(1);
	KUNIT_EXPECT_NULL(test, find(&t));
	t = name;
	t.rport ^= htons(1);
	KUNIT_EXPECT_NULL(test, find(&t));
	t = name;
	t.wire = IPPROTO_TCP;
	KUNIT_EXPECT_NULL(test, find(&t));
	t = name;
	t.family = AF_INET6;
	KUNIT_EXPECT_NULL(test, find(&t));
	/* Both ends exchanged */
	t = name;
	swap(t.laddr, t.raddr);
	swap(t.lport, t.rport);
	KUNIT_EXPECT_NULL(test, find(&t));
}

static void finds_ipv6(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mytcp_tuple t = name;

	t.family = AF_INET6;
	t.laddr.v6.s6_addr[15] = 1;
	f->a.tuple = t;
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->a), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(&t), &f->a);
	t.laddr.v6.s6_addr[15] = 2;
	KUNIT_EXPECT_NULL(test, find(&t));
}

static void a_name_is_taken_once(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->a), 0);
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->b), -EADDRNOTAVAIL);
	KUNIT_EXPECT_FALSE(test, mytcp_node_hashed(&f->b));
	KUNIT_EXPECT_TRUE(test, mytcp_demux_del(&f->a));
	KUNIT_EXPECT_FALSE(test, mytcp_demux_del(&f->a));
	KUNIT_EXPECT_NULL(test, find(&name));
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->b), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(&name), &f->b);
}

static void devices_divide_a_name(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mytcp_tuple t = name;

	/* Not bound to a device: open to all of them, */
	t.dif = 7;
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->a), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(&t), &f->a);
	f->b.tuple.dif = 7;
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->b), -EADDRNOTAVAIL);
	mytcp_demux_del(&f->a);

	/* bound: to the one. */
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->b), 0);
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->a), -EADDRNOTAVAIL);
	f->a.tuple.dif = 8;
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->a), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(&t), &f->b);
	t.dif = 8;
	KUNIT_EXPECT_PTR_EQ(test, find(&t), &f->a);
	t.dif = 9;
	KUNIT_EXPECT_NULL(test, find(&t));
}

static void replaces_in_place(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_FALSE(test, mytcp_demux_replace(&f->a, &f->b));
	KUNIT_EXPECT_NULL(test, find(&name));
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(&f->a), 0);
	KUNIT_EXPECT_TRUE(test, mytcp_demux_replace(&f->a, &f->b));
	KUNIT_EXPECT_FALSE(test, mytcp_node_hashed(&f->a));
	KUNIT_EXPECT_PTR_EQ(test, find(&name), &f->b);
	/* Who comes second is told. */
	KUNIT_EXPECT_FALSE(test, mytcp_demux_replace(&f->a, &f->b));
	KUNIT_EXPECT_FALSE(test, mytcp_demux_del(&f->a));
	KUNIT_EXPECT_TRUE(test, mytcp_demux_del(&f->b));
}

static void release(void *arg)
{
	sock_release(arg);
}

static struct sock *make_sock(struct kunit *test)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(&init_net, mytcp_family, SOCK_STREAM, 253, &sock);
	KUNIT_ASSERT_EQ(test, err, 0);
	err = kunit_add_action_or_reset(test, release, sock);
	KUNIT_ASSERT_EQ(test, err, 0);
	mytcp_sk(sock->sk)->node.tuple = name;
	return sock->sk;
}

/* The table's reference to a socket: taken, given back, handed over. */
static void holds_sockets(struct kunit *test)
{
	struct sock *old = make_sock(test), *new = make_sock(test);
	struct mytcp_node *o = &mytcp_sk(old)->node, *n = &mytcp_sk(new)->node;

	KUNIT_EXPECT_EQ(test, mytcp_demux_add(o), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&old->sk_refcnt), 2);
	KUNIT_EXPECT_EQ(test, mytcp_demux_add(n), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, refcount_read(&new->sk_refcnt), 1);

	sock_hold(new);
	KUNIT_EXPECT_TRUE(test, mytcp_demux_replace(o, n));
	KUNIT_EXPECT_EQ(test, refcount_read(&old->sk_refcnt), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&new->sk_refcnt), 2);
	KUNIT_EXPECT_TRUE(test, mytcp_demux_del(n));
	KUNIT_EXPECT_EQ(test, refcount_read(&new->sk_refcnt), 1);
	KUNIT_EXPECT_FALSE(test, mytcp_demux_del(n));
	KUNIT_EXPECT_EQ(test, refcount_read(&new->sk_refcnt), 1);
}

static struct sock *listener_of(__be32 laddr, int dif)
{
	struct mytcp_tuple t = name;
	struct sock *sk;

	t.laddr.v4 = laddr;
	t.dif = dif;
	rcu_read_lock();
	local_bh_disable();
	sk = mytcp_demux_find_listener(&t);
	local_bh_enable();
	rcu_read_unlock();
	return sk;
}

static struct sock *listener(struct kunit *test, __be32 laddr, int dif)
{
	struct sock *sk = make_sock(test);

	mytcp_sk(sk)->node.tuple.laddr.v4 = laddr;
	mytcp_sk(sk)->node.tuple.dif = dif;
	mytcp_demux_add_listener(sk);
	return sk;
}

static void best_listener_wins(struct kunit *test)
{
	const __be32 addr = name.laddr.v4, other = htonl(0xc0000203);
	struct sock *any, *device, *exact, *both;

	KUNIT_EXPECT_NULL(test, listener_of(addr, 7));
	any = listener(test, 0, 0);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 7), any);
	device = listener(test, 0, 7);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 7), device);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 8), any);
	exact = listener(test, addr, 0);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 7), exact);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(other, 7), device);
	both = listener(test, addr, 7);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 7), both);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 8), exact);
	KUNIT_EXPECT_PTR_EQ(test, listener_of(other, 8), any);

	KUNIT_EXPECT_TRUE(test, mytcp_demux_del_listener(both));
	KUNIT_EXPECT_FALSE(test, mytcp_demux_del_listener(both));
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 7), exact);
	KUNIT_EXPECT_TRUE(test, mytcp_demux_del_listener(exact));
	KUNIT_EXPECT_TRUE(test, mytcp_demux_del_listener(device));
	KUNIT_EXPECT_PTR_EQ(test, listener_of(addr, 7), any);
	KUNIT_EXPECT_EQ(test, refcount_read(&any->sk_refcnt), 2);
	KUNIT_EXPECT_TRUE(test, mytcp_demux_del_listener(any));
	KUNIT_EXPECT_EQ(test, refcount_read(&any->sk_refcnt), 1);
}

static int count_visit(struct mytcp_node *node, struct sock *sk, void *arg)
{
	struct fixture *f = arg;

	if (node && node >= f->many && node < f->many + MANY)
		f->visits[node - f->many]++;
	else
		f->strangers++;
	return 0;
}

static int stop_at_ours(struct mytcp_node *node, struct sock *sk, void *arg)
{
	count_visit(node, sk, arg);
	return 42;
}

static void fill(struct kunit *test, struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		make(&f->many[i]);
		f->many[i].tuple.rport = htons(i + 1);
		KUNIT_ASSERT_EQ(test, mytcp_demux_add(&f->many[i]), 0);
	}
}

static void expect_all_visited(struct kunit *test, const struct fixture *f)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < MANY; i++)
		wrong += f->visits[i] != 1;
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void finds_each_of_many(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i, wrong = 0;

	fill(test, f);
	for (i = 0; i < MANY; i++)
		wrong += find(&f->many[i].tuple) != &f->many[i];
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void walks_everything_once(struct kunit *test)
{
	struct mytcp_walk walk = { .net = &init_net };
	struct fixture *f = test->priv;
	struct sock *sk;

	fill(test, f);
	sk = listener(test, 0, 0);
	KUNIT_EXPECT_EQ(test, mytcp_demux_walk(&walk, count_visit, f), 0);
	expect_all_visited(test, f);
	KUNIT_EXPECT_EQ(test, f->strangers, 1);
	KUNIT_EXPECT_TRUE(test, mytcp_demux_del_listener(sk));
}

static void walk_goes_on_after_stop(struct kunit *test)
{
	struct mytcp_walk walk = { };
	struct fixture *f = test->priv;
	unsigned int stops = 0;

	fill(test, f);
	while (mytcp_demux_walk(&walk, stop_at_ours, f) == 42)
		stops++;
	KUNIT_EXPECT_EQ(test, stops, MANY + f->strangers);
	expect_all_visited(test, f);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(finds_the_whole_name_only),
	KUNIT_CASE(finds_ipv6),
	KUNIT_CASE(a_name_is_taken_once),
	KUNIT_CASE(devices_divide_a_name),
	KUNIT_CASE(replaces_in_place),
	KUNIT_CASE(holds_sockets),
	KUNIT_CASE(best_listener_wins),
	KUNIT_CASE(finds_each_of_many),
	KUNIT_CASE(walks_everything_once),
	KUNIT_CASE(walk_goes_on_after_stop),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-demux",
	.init = setup,
	.exit = teardown,
	.test_cases = cases,
};

kunit_test_suite(suite);
