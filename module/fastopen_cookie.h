/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A server's Fast Open cookies, RFC 7413 section 4.1.2: a keyed hash of both
 * addresses, which only their owner gets to see. They are octet by octet those of the
 * kernel's TCP, so that servers of both kinds behind one address, with one key, know
 * each other's.
 */
#ifndef _MYTCP_FASTOPEN_COOKIE_H
#define _MYTCP_FASTOPEN_COOKIE_H

#include <linux/siphash.h>
#include <linux/types.h>

#include "wire.h"

/* Octets of a key, as TCP_FASTOPEN_KEY has it: two little-endian words. */
#define MYTCP_FASTOPEN_KEY_LEN	16
#define MYTCP_FASTOPEN_KEYS	2

/**
 * struct mytcp_fastopen_keys - what cookies are made with
 * @key: the first makes new ones, the second was the first until of late
 * @num: how many there are; 0: none
 */
struct mytcp_fastopen_keys {
	siphash_key_t key[MYTCP_FASTOPEN_KEYS];
	u8 num;
};

/**
 * enum mytcp_fastopen_match - what is thought of a cookie
 * @MYTCP_FASTOPEN_FORGED: none of ours, or of a key that has gone
 * @MYTCP_FASTOPEN_VALID: it is good
 * @MYTCP_FASTOPEN_BACKUP: it is, but the peer should have a new one
 */
enum mytcp_fastopen_match {
	MYTCP_FASTOPEN_FORGED,
	MYTCP_FASTOPEN_VALID,
	MYTCP_FASTOPEN_BACKUP,
};

/**
 * mytcp_fastopen_keys_set() - take keys as the user gives them
 * @keys: where they go
 * @octets: @num times MYTCP_FASTOPEN_KEY_LEN, the one in use first
 * @num: 1 or 2
 */
void mytcp_fastopen_keys_set(struct mytcp_fastopen_keys *keys, const u8 *octets, u8 num);

/**
 * mytcp_fastopen_keys_get() - the reverse
 * @keys: the keys
 * @octets: room for all there may be
 *
 * Return: octets written.
 */
u32 mytcp_fastopen_keys_get(const struct mytcp_fastopen_keys *keys, u8 *octets);

/**
 * mytcp_fastopen_cookie_make() - the cookie of a client
 * @keys: at least one
 * @addrs: the client's address, then ours, as they stand in an IP header
 * @len: octets of both
 * @cookie: where it goes; @cookie->exp is left alone
 *
 * Rules: 7413-4.1.2-1
 */
void mytcp_fastopen_cookie_make(const struct mytcp_fastopen_keys *keys,
				const void *addrs, size_t len,
				struct mytcp_fastopen_cookie *cookie);

/**
 * mytcp_fastopen_cookie_check() - is this a client's cookie?
 * @keys: at least one
 * @addrs: as for mytcp_fastopen_cookie_make()
 * @len: likewise
 * @cookie: what came
 *
 * Rules: 7413-4.1.2-1, 7413-4.1.2-2, 7413-4.1.2-3
 */
enum mytcp_fastopen_match
mytcp_fastopen_cookie_check(const struct mytcp_fastopen_keys *keys,
			    const void *addrs, size_t len,
			    const struct mytcp_fastopen_cookie *cookie);

#endif /* _MYTCP_FASTOPEN_COOKIE_H */
