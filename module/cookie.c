// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies: see cookie.h.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/siphash.h>
#include <linux/time64.h>

#include "cookie.h"

#define COOKIE_MINUTE_NS	(60 * NSEC_PER_SEC)
#define COOKIE_MINUTE_MS	(60 * MSEC_PER_SEC)

/* The minute stands above so many bits, which hide the data. */
#define COOKIE_SHIFT		24
#define COOKIE_LOW		GENMASK(COOKIE_SHIFT - 1, 0)

/* The data: an index into the table, and a bit. */
#define COOKIE_MSS		GENMASK(2, 0)
#define COOKIE_TS		BIT(3)
#define COOKIE_DATA_MAX		GENMASK(3, 0)

/* The options in a timestamp. */
#define COOKIE_TS_WSCALE	GENMASK(3, 0)
#define COOKIE_TS_WSCALE_NONE	15
#define COOKIE_TS_SACK		BIT(4)
#define COOKIE_TS_ECN		BIT(5)
#define COOKIE_TS_BITS		GENMASK(5, 0)

/* What a hash is for; never those of isn.c, whatever the key. */
enum purpose {
	FOR_PLACE = 0x100,
	FOR_PROOF,
};

/*
 * What is announced in real life: nothing (536), IPv6's least MTU, tunnels and
 * mobile networks, IPv6 or PPPoE on Ethernet, Ethernet itself, its jumbo frames. The
 * first one is for those who announce less than the default, and is what the
 * kernel's TCP sends at least (tcp_min_snd_mss).
 */
static const u16 cookie_mss[] = { 48, 536, 1220, 1300, 1360, 1440, 1460, 8960 };

static_assert(ARRAY_SIZE(cookie_mss) == COOKIE_MSS + 1);

static u32 cookie_mss_index(u16 mss)
{
	u32 i = ARRAY_SIZE(cookie_mss) - 1;

	while (i && cookie_mss[i] > mss)
		i--;
	return i;
}

u16 mytcp_cookie_mss(u16 mss)
{
	return cookie_mss[cookie_mss_index(mss)];
}

/* All of it is proved, the lowest 8 bits are told. */
static u32 cookie_minute(u64 now_ns)
{
	return div64_u64(now_ns, COOKIE_MINUTE_NS);
}

static u32 cookie_place(const siphash_key_t *key, u64 name, u32 irs)
{
	return (u32)siphash_2u64(name, FOR_PLACE, key) + irs;
}

static u32 cookie_proof(const siphash_key_t *key, u64 name, u32 irs, u32 minute)
{
	return siphash_3u64(name, (u64)irs << 32 | minute, FOR_PROOF, key);
}

u32 mytcp_cookie_make(const siphash_key_t *key, const void *tuple, size_t len,
		      u32 irs, u64 now_ns, const struct mytcp_cookie *what)
{
	u64 name = siphash(tuple, len, key);
	u32 minute = cookie_minute(now_ns);
	u32 data = cookie_mss_index(what->mss) | (what->ts_ok ? COOKIE_TS : 0);

	return cookie_place(key, name, irs) + (minute << COOKIE_SHIFT) +
	       ((cookie_proof(key, name, irs, minute) + data) & COOKIE_LOW);
}

bool mytcp_cookie_open(const siphash_key_t *key, const void *tuple, size_t len,
		       u32 irs, u32 isn, u64 now_ns, struct mytcp_cookie *what)
{
	u64 name = siphash(tuple, len, key);
	u32 minute = cookie_minute(now_ns);
	u32 bare = isn - cookie_place(key, name, irs);
	u8 age = minute - (bare >> COOKIE_SHIFT);
	u32 data;

	if (age >= MYTCP_COOKIE_MINUTES)
		return false;
	data = (bare - cookie_proof(key, name, irs, minute - age)) & COOKIE_LOW;
	if (data > COOKIE_DATA_MAX)
		return false;
	what->mss = cookie_mss[data & COOKIE_MSS];
	what->ts_ok = data & COOKIE_TS;
	return true;
}

u32 mytcp_cookie_ts_make(u32 now_ms, const struct mytcp_cookie_options *what)
{
	u32 bits = what->wscale_ok ? what->wscale : COOKIE_TS_WSCALE_NONE;

	if (what->sack_ok)
		bits |= COOKIE_TS_SACK;
	if (what->ecn_ok)
		bits |= COOKIE_TS_ECN;
	/* The latest time that ends in these bits. */
	return now_ms - ((now_ms - bits) & COOKIE_TS_BITS);
}

bool mytcp_cookie_ts_open(u32 ts_ms, u32 now_ms, struct mytcp_cookie_options *what)
{
	u8 wscale = ts_ms & COOKIE_TS_WSCALE;

	if (now_ms - ts_ms > MYTCP_COOKIE_MINUTES * COOKIE_MINUTE_MS + COOKIE_TS_BITS)
		return false;
	what->wscale_ok = wscale != COOKIE_TS_WSCALE_NONE;
	what->wscale = what->wscale_ok ? wscale : 0;
	what->sack_ok = ts_ms & COOKIE_TS_SACK;
	what->ecn_ok = ts_ms & COOKIE_TS_ECN;
	return true;
}
