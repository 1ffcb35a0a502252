// SPDX-License-Identifier: GPL-2.0
/*
 * Source routes turned round, RFC 791 section 3.1.
 */
#include <kunit/test.h>
#include <linux/ip.h>

#include "../../module/source_route.h"

#define HOPS	9
#define PEER	100

/* Of the addresses only the last octet; what begins them is 192.0.2. */
struct route_case {
	const char *name;
	u8 len;
	u8 pointer;
	u8 hops[HOPS];
	u8 back_len;
	u8 back[HOPS];
};

static const struct route_case cases[] = {
	{ "one", 7, 8, { 1 }, 7, { 1 } },
	{ "three", 15, 16, { 1, 2, 3 }, 15, { 3, 2, 1 } },
	{ "longest", 39, 40, { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 39, { 9, 8, 7, 6, 5, 4, 3, 2, 1 } },
	/* RFC 1812 5.3.13.4: some begin with the sender itself. */
	{ "peer first", 11, 12, { PEER, 2 }, 7, { 2 } },
	{ "peer alone", 7, 8, { PEER } },
	{ "empty", 3, 4 },
	{ "no length", 0, 4 },
	{ "too long", 40, 41, { 1, 2, 3, 4, 5, 6, 7, 8, 9 } },
	/* Its end is not reached: it is not for us to turn. */
	{ "underway", 11, 8, { 1, 2 } },
	/* An address that has not all octets is none. */
	{ "odd", 9, 10, { 1, 2 }, 7, { 1 } },
};

static void route_name(const struct route_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(route, cases, route_name);

/* An option, of the addresses those that its length has room for. */
static void route_option(u8 *option, u8 kind, u8 len, u8 pointer, const u8 *hops)
{
	u8 i, n = len < 3 ? 0 : min((len - 3) / 4, HOPS);
	const u8 head[] = { kind, len, pointer };

	memcpy(option, head, sizeof(head));
	for (i = 0; i < n; i++) {
		const u8 addr[] = { 192, 0, 2, hops[i] };

		memcpy(option + sizeof(head) + 4 * i, addr, sizeof(addr));
	}
}

static void turns_round(struct kunit *test)
{
	const struct route_case *c = test->param_value;
	static const u8 kinds[] = { IPOPT_LSRR, IPOPT_SSRR };
	__be32 peer = htonl(0xc0000200 | PEER);
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		u8 recorded[MYTCP_SOURCE_ROUTE_MAX] = {}, want[MYTCP_SOURCE_ROUTE_MAX] = {};
		u8 back[MYTCP_SOURCE_ROUTE_MAX] = {};

		route_option(recorded, kinds[i], c->len, c->pointer, c->hops);
		if (c->back_len)
			route_option(want, kinds[i], c->back_len, 4, c->back);
		KUNIT_EXPECT_EQ(test, mytcp_source_route_reverse(recorded, peer, back),
				c->back_len);
		KUNIT_EXPECT_MEMEQ(test, back, want, sizeof(back));
	}
}

static struct kunit_case source_route_cases[] = {
	KUNIT_CASE_PARAM(turns_round, route_gen_params),
	{}
};

static struct kunit_suite source_route_suite = {
	.name = "mytcp-source-route",
	.test_cases = source_route_cases,
};

kunit_test_suite(source_route_suite);
