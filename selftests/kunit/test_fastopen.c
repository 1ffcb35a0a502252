// SPDX-License-Identifier: GPL-2.0
/*
 * TCP Fast Open, RFC 7413: its cookies, the limit of what may wait, a client's memory.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/net_namespace.h>

#include "../../module/fastopen_cache.h"
#include "../../module/fastopen_cookie.h"
#include "../../module/fastopen_limit.h"
#include "../../module/pernet.h"

/*
 * Cookies
 */

static const u8 key_octets[MYTCP_FASTOPEN_KEYS * MYTCP_FASTOPEN_KEY_LEN] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
	0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
	0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
};

/* 192.0.2.2, the client, and 192.0.2.1 */
static const u8 addrs[] = { 192, 0, 2, 2, 192, 0, 2, 1 };

/* What the kernel's TCP makes of them. */
static const u8 cookie_of_first[] = { 0xdf, 0xd0, 0x79, 0x8e, 0x5a, 0x20, 0x8d, 0x57 };
static const u8 cookie_of_second[] = { 0x9a, 0x3a, 0x9e, 0xe7, 0x1c, 0xd5, 0x09, 0x51 };

static void keys_set(struct mytcp_fastopen_keys *keys, u32 first, u8 num)
{
	mytcp_fastopen_keys_set(keys, key_octets + first * MYTCP_FASTOPEN_KEY_LEN, num);
}

static struct mytcp_fastopen_cookie cookie(const u8 *val)
{
	struct mytcp_fastopen_cookie c = { .len = 8 };

	memcpy(c.val, val, c.len);
	return c;
}

/* Shows: 7413-4.1.2-1. */
static void cookie_is_linuxs(struct kunit *test)
{
	struct mytcp_fastopen_cookie c = { .exp = true };
	struct mytcp_fastopen_keys keys;

	keys_set(&keys, 0, 2);
	mytcp_fastopen_cookie_make(&keys, addrs, sizeof(addrs), &c);
	KUNIT_EXPECT_EQ(test, c.len, 8);
	KUNIT_EXPECT_EQ(test, memcmp(c.val, cookie_of_first, 8), 0);
	KUNIT_EXPECT_TRUE(test, c.exp);
	keys_set(&keys, 1, 1);
	mytcp_fastopen_cookie_make(&keys, addrs, sizeof(addrs), &c);
	KUNIT_EXPECT_EQ(test, memcmp(c.val, cookie_of_second, 8), 0);
}

/* The key in use, the one before it, and one that has gone. Shows: 7413-4.1.2-3. */
static void cookie_of_each_key(struct kunit *test)
{
	struct mytcp_fastopen_cookie first = cookie(cookie_of_first);
	struct mytcp_fastopen_cookie second = cookie(cookie_of_second);
	struct mytcp_fastopen_keys keys;

	keys_set(&keys, 0, 2);
	KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, addrs, 8, &first),
			MYTCP_FASTOPEN_VALID);
	KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, addrs, 8, &second),
			MYTCP_FASTOPEN_BACKUP);
	keys_set(&keys, 1, 1);
	KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, addrs, 8, &first),
			MYTCP_FASTOPEN_FORGED);
	KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, addrs, 8, &second),
			MYTCP_FASTOPEN_VALID);
}

/* Every bit of cookie and addresses counts, and the length. Shows: 7413-4.1.2-1. */
static void cookie_every_bit(struct kunit *test)
{
	struct mytcp_fastopen_cookie c = cookie(cookie_of_first);
	struct mytcp_fastopen_keys keys;
	u8 others[sizeof(addrs)];
	u32 bit;

	keys_set(&keys, 0, 2);
	for (bit = 0; bit < 64; bit++) {
		c.val[bit / 8] ^= 1 << bit % 8;
		KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, addrs, 8, &c),
				MYTCP_FASTOPEN_FORGED);
		c.val[bit / 8] ^= 1 << bit % 8;
		memcpy(others, addrs, sizeof(addrs));
		others[bit / 8] ^= 1 << bit % 8;
		KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, others, 8, &c),
				MYTCP_FASTOPEN_FORGED);
	}
	for (c.len = 0; c.len <= MYTCP_FASTOPEN_COOKIE_MAX; c.len += 2)
		KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, addrs, 8, &c),
				c.len == 8 ? MYTCP_FASTOPEN_VALID :
					     MYTCP_FASTOPEN_FORGED);
	keys.num = 0;
	c.len = 8;
	KUNIT_EXPECT_EQ(test, mytcp_fastopen_cookie_check(&keys, addrs, 8, &c),
			MYTCP_FASTOPEN_FORGED);
}

static void keys_come_back(struct kunit *test)
{
	struct mytcp_fastopen_keys keys;
	u8 octets[sizeof(key_octets)];

	keys_set(&keys, 0, 2);
	KUNIT_EXPECT_EQ(test, mytcp_fastopen_keys_get(&keys, octets), 32);
	KUNIT_EXPECT_EQ(test, memcmp(octets, key_octets, 32), 0);
	keys_set(&keys, 1, 1);
	KUNIT_EXPECT_EQ(test, mytcp_fastopen_keys_get(&keys, octets), 16);
	KUNIT_EXPECT_EQ(test, memcmp(octets, key_octets + 16, 16), 0);
}

/*
 * The limit
 */

#define NOW	(1000003 * NSEC_PER_SEC)

/* Shows: 7413-4.2-2. */
static void limit_bounds(struct kunit *test)
{
	struct mytcp_fastopen_limit limit = { .max = 2 };

	KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit, NOW));
	KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_room(&limit, NOW));
	KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit, NOW));
	KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_room(&limit, NOW));
	KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_take(&limit, NOW));
	mytcp_fastopen_limit_give(&limit, NOW, false);
	KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit, NOW));
	KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_take(&limit, NOW));
	limit.max = 0;
	mytcp_fastopen_limit_give(&limit, NOW, false);
	mytcp_fastopen_limit_give(&limit, NOW, false);
	KUNIT_EXPECT_EQ(test, limit.count, 0);
	KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_take(&limit, NOW));
}

/* At any moment of a slot: not for 60 seconds, surely after 64. Shows: 7413-5.2-1. */
static void limit_remembers_resets(struct kunit *test)
{
	u64 at;

	for (at = NOW; at < NOW + 5 * NSEC_PER_SEC; at += NSEC_PER_SEC / 4) {
		struct mytcp_fastopen_limit limit = { .max = 1 };

		KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit, at));
		mytcp_fastopen_limit_give(&limit, at, true);
		KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_take(&limit, at));
		KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_take(&limit,
								   at + 60 * NSEC_PER_SEC));
		KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit,
								  at + 64 * NSEC_PER_SEC));
		mytcp_fastopen_limit_give(&limit, at + 64 * NSEC_PER_SEC, false);
		KUNIT_EXPECT_EQ(test, limit.count, 0);
	}
}

/* Resets at different times are forgiven each in its own. */
static void limit_forgives_one_by_one(struct kunit *test)
{
	struct mytcp_fastopen_limit limit = { .max = 10 };
	u32 n;

	for (n = 0; n < 10; n++) {
		KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit, NOW));
		mytcp_fastopen_limit_give(&limit, NOW + n * MYTCP_FASTOPEN_SLOT_NS, true);
	}
	for (n = 0; n < 10; n++) {
		u64 later = NOW + (MYTCP_FASTOPEN_SLOTS + n) * MYTCP_FASTOPEN_SLOT_NS;

		/* It is looked for when there is no room. */
		limit.max = limit.count;
		KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_room(&limit, later));
		KUNIT_EXPECT_EQ(test, limit.count, 9 - n);
		limit.max = limit.count;
		KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_room(&limit, later));
	}
}

/* A long time later, or by a clock that is a little behind. */
static void limit_clocks(struct kunit *test)
{
	struct mytcp_fastopen_limit limit = { .max = 1 };

	KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit, NOW));
	mytcp_fastopen_limit_give(&limit, NOW, true);
	KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_take(&limit, NOW - NSEC_PER_SEC));
	KUNIT_EXPECT_FALSE(test, mytcp_fastopen_limit_take(&limit, NOW - 100 * NSEC_PER_SEC));
	KUNIT_EXPECT_TRUE(test, mytcp_fastopen_limit_take(&limit, NOW * 1000));
	KUNIT_EXPECT_EQ(test, limit.count, 1);
}

/*
 * A client's memory
 */

static struct mytcp_tuple server(u32 host, u16 port)
{
	return (struct mytcp_tuple) {
		.net = &init_net,
		.laddr.v4 = htonl(0xc0000201),
		.raddr.v4 = htonl(host),
		.lport = htons(40000),
		.rport = htons(port),
		.wire = 253,
		.family = AF_INET,
	};
}

static struct mytcp_fastopen_known known_of(u32 host, u16 port, u64 now)
{
	struct mytcp_fastopen_known known;
	struct mytcp_tuple tuple = server(host, port);

	mytcp_fastopen_cache_get(&tuple, now, &known);
	return known;
}

/* The address's, whatever the port. Shows: 7413-4.1.3-1, 7413-4.1.3-2. */
static void cache_keeps_cookies(struct kunit *test)
{
	struct mytcp_fastopen_cookie first = cookie(cookie_of_first);
	struct mytcp_fastopen_cookie second = cookie(cookie_of_second);
	struct mytcp_tuple tuple = server(0xc6336401, 80);
	struct mytcp_fastopen_known known;

	known = known_of(0xc6336401, 80, NOW);
	KUNIT_EXPECT_EQ(test, known.cookie.len, 0);
	KUNIT_EXPECT_EQ(test, known.mss, 0);

	mytcp_fastopen_cache_learn(&tuple, 1400, &first);
	known = known_of(0xc6336401, 443, NOW);
	KUNIT_EXPECT_EQ(test, known.mss, 1400);
	KUNIT_EXPECT_EQ(test, memcmp(known.cookie.val, first.val, 8), 0);
	/* No cookie: the last one stays. Another one: it does not. */
	mytcp_fastopen_cache_learn(&tuple, 1300, NULL);
	known = known_of(0xc6336401, 80, NOW);
	KUNIT_EXPECT_EQ(test, known.mss, 1300);
	KUNIT_EXPECT_EQ(test, memcmp(known.cookie.val, first.val, 8), 0);
	mytcp_fastopen_cache_learn(&tuple, 1300, &second);
	known = known_of(0xc6336401, 80, NOW);
	KUNIT_EXPECT_EQ(test, memcmp(known.cookie.val, second.val, 8), 0);

	/* Other addresses, ours and theirs, and the other protocol know nothing. */
	KUNIT_EXPECT_EQ(test, known_of(0xc6336402, 80, NOW).cookie.len, 0);
	tuple.laddr.v4 = htonl(0xc0000202);
	mytcp_fastopen_cache_get(&tuple, NOW, &known);
	KUNIT_EXPECT_EQ(test, known.cookie.len, 0);
	tuple = server(0xc6336401, 80);
	tuple.wire = 6;
	mytcp_fastopen_cache_get(&tuple, NOW, &known);
	KUNIT_EXPECT_EQ(test, known.cookie.len, 0);
}

/* A minute, two, four ... 64. Shows: 7413-4.1.3-3. */
static void cache_keeps_refusals(struct kunit *test)
{
	struct mytcp_tuple tuple = server(0xc6336401, 80);
	u64 minute = 60 * NSEC_PER_SEC, now = NOW;
	u32 n;

	for (n = 0; n < 9; n++) {
		u64 pause = minute << min(n, 6U);

		mytcp_fastopen_cache_refuse(&tuple, now);
		KUNIT_EXPECT_TRUE(test, known_of(0xc6336401, 80, now).refused);
		KUNIT_EXPECT_TRUE(test, known_of(0xc6336401, 80, now + pause - 1).refused);
		KUNIT_EXPECT_FALSE(test, known_of(0xc6336401, 80, now + pause).refused);
		KUNIT_EXPECT_FALSE(test, known_of(0xc6336401, 443, now).refused);
		now += pause;
	}
	/* One that works makes up for all. */
	mytcp_fastopen_cache_welcome(&tuple);
	mytcp_fastopen_cache_refuse(&tuple, now);
	KUNIT_EXPECT_TRUE(test, known_of(0xc6336401, 80, now + minute - 1).refused);
	KUNIT_EXPECT_FALSE(test, known_of(0xc6336401, 80, now + minute).refused);
	mytcp_fastopen_cache_welcome(&tuple);
	KUNIT_EXPECT_FALSE(test, known_of(0xc6336401, 80, now).refused);
	mytcp_fastopen_cache_welcome(&tuple);
}

/* Port 0 is a port, too: its refusal is no cookie, and the host's cookie no refusal. */
static void cache_keeps_port_0_apart(struct kunit *test)
{
	struct mytcp_fastopen_cookie first = cookie(cookie_of_first);
	struct mytcp_tuple tuple = server(0xc6336401, 0);

	mytcp_fastopen_cache_refuse(&tuple, NOW);
	KUNIT_EXPECT_TRUE(test, known_of(0xc6336401, 0, NOW).refused);
	KUNIT_EXPECT_EQ(test, known_of(0xc6336401, 0, NOW).cookie.len, 0);
	mytcp_fastopen_cache_learn(&tuple, 1400, &first);
	KUNIT_EXPECT_TRUE(test, known_of(0xc6336401, 0, NOW).refused);
	mytcp_fastopen_cache_welcome(&tuple);
	KUNIT_EXPECT_FALSE(test, known_of(0xc6336401, 0, NOW).refused);
	KUNIT_EXPECT_EQ(test, known_of(0xc6336401, 0, NOW).mss, 1400);
}

/* However many there are, only so many are kept, and the newest is one of them. */
static void cache_is_bounded(struct kunit *test)
{
	const u32 most = MYTCP_FASTOPEN_CHAINS * MYTCP_FASTOPEN_CHAIN_MAX;
	struct mytcp_fastopen_cookie c = cookie(cookie_of_first);
	u32 n, kept = 0;

	for (n = 0; n < 4 * most; n++) {
		struct mytcp_tuple tuple = server(0x0a000000 + n, 80);

		mytcp_fastopen_cache_learn(&tuple, 1000, &c);
		KUNIT_ASSERT_EQ(test, known_of(0x0a000000 + n, 80, NOW).mss, 1000);
	}
	for (n = 0; n < 4 * most; n++)
		kept += known_of(0x0a000000 + n, 80, NOW).mss == 1000;
	KUNIT_EXPECT_LE(test, kept, most);
	KUNIT_EXPECT_GT(test, kept, most / 2);
}

static int begin(struct kunit *test)
{
	mytcp_fastopen_cache_purge(&mytcp_pernet(&init_net)->fastopen);
	return 0;
}

static void end(struct kunit *test)
{
	mytcp_fastopen_cache_purge(&mytcp_pernet(&init_net)->fastopen);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cookie_is_linuxs),
	KUNIT_CASE(cookie_of_each_key),
	KUNIT_CASE(cookie_every_bit),
	KUNIT_CASE(keys_come_back),
	KUNIT_CASE(limit_bounds),
	KUNIT_CASE(limit_remembers_resets),
	KUNIT_CASE(limit_forgives_one_by_one),
	KUNIT_CASE(limit_clocks),
	KUNIT_CASE(cache_keeps_cookies),
	KUNIT_CASE(cache_keeps_refusals),
	KUNIT_CASE(cache_keeps_port_0_apart),
	KUNIT_CASE(cache_is_bounded),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-fastopen",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
