// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers that must not be guessed: see isn.h.
 */
#include <linux/math64.h>
#include <linux/siphash.h>

#include "isn.h"

/* RFC 9293 section 3.4.1: the ISN clock's tick, "approximately every 4 us". */
#define ISN_TICK_NS	4000

/* What a hash is for, so that one key gives independent numbers for each. */
enum purpose {
	FOR_ISN = 1,
	FOR_TIMESTAMP,
	FOR_PORT,
};

static u32 tuple_hash(const siphash_key_t *key, const void *tuple, size_t len,
		      enum purpose purpose)
{
	return siphash_2u64(siphash(tuple, len, key), purpose, key);
}

u32 mytcp_isn(const siphash_key_t *key, const void *tuple, size_t len,
	      u64 now_ns)
{
	return (u32)div_u64(now_ns, ISN_TICK_NS) +
	       tuple_hash(key, tuple, len, FOR_ISN);
}

u32 mytcp_ts_offset(const siphash_key_t *key, const void *tuple, size_t len)
{
	return tuple_hash(key, tuple, len, FOR_TIMESTAMP);
}

u32 mytcp_port_offset(const siphash_key_t *key, const void *tuple, size_t len)
{
	return tuple_hash(key, tuple, len, FOR_PORT);
}
