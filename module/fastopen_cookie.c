// SPDX-License-Identifier: GPL-2.0
/*
 * Fast Open cookies: see fastopen_cookie.h.
 */
#include <linux/siphash.h>
#include <linux/string.h>

#include "compat.h"
#include "fastopen_cookie.h"

/* The hash as it is, little-endian. */
#define COOKIE_LEN	8

void mytcp_fastopen_keys_set(struct mytcp_fastopen_keys *keys, const u8 *octets, u8 num)
{
	u8 i;

	memset(keys, 0, sizeof(*keys));
	for (i = 0; i < num; i++, octets += MYTCP_FASTOPEN_KEY_LEN) {
		keys->key[i].key[0] = get_unaligned_le64(octets);
		keys->key[i].key[1] = get_unaligned_le64(octets + 8);
	}
	keys->num = num;
}

u32 mytcp_fastopen_keys_get(const struct mytcp_fastopen_keys *keys, u8 *octets)
{
	u8 i;

	for (i = 0; i < keys->num; i++, octets += MYTCP_FASTOPEN_KEY_LEN) {
		put_unaligned_le64(keys->key[i].key[0], octets);
		put_unaligned_le64(keys->key[i].key[1], octets + 8);
	}
	return keys->num * MYTCP_FASTOPEN_KEY_LEN;
}

void mytcp_fastopen_cookie_make(const struct mytcp_fastopen_keys *keys,
				const void *addrs, size_t len,
				struct mytcp_fastopen_cookie *cookie)
{
	cookie->len = COOKIE_LEN;
	put_unaligned_le64(siphash(addrs, len, &keys->key[0]), cookie->val);
}

/* One comparison of a word: how long it takes tells nothing. */
enum mytcp_fastopen_match
mytcp_fastopen_cookie_check(const struct mytcp_fastopen_keys *keys,
			    const void *addrs, size_t len,
			    const struct mytcp_fastopen_cookie *cookie)
{
	u64 val;
	u8 i;

	if (cookie->len != COOKIE_LEN)
		return MYTCP_FASTOPEN_FORGED;
	val = get_unaligned_le64(cookie->val);
	for (i = 0; i < keys->num; i++)
		if (val == siphash(addrs, len, &keys->key[i]))
			return MYTCP_FASTOPEN_VALID + i;
	return MYTCP_FASTOPEN_FORGED;
}
