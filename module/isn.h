/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers that an off-path attacker must not guess: initial sequence numbers
 * (RFC 6528), timestamp offsets (RFC 7323 section 5.4), ephemeral ports
 * (RFC 6056).
 *
 * Each is a keyed hash of the connection's addresses and ports. What these look
 * like is the caller's business: they are a blob of octets without padding, in
 * the same layout for every call. One key may serve all three, the results are
 * independent of each other.
 */
#ifndef _MYTCP_ISN_H
#define _MYTCP_ISN_H

#include <linux/siphash.h>
#include <linux/types.h>

/**
 * mytcp_isn() - initial sequence number of a connection
 * @key: secret, random, chosen once
 * @tuple: local address, local port, remote address, remote port
 * @len: octets in @tuple
 * @now_ns: any clock that does not go back, in nanoseconds
 *
 * RFC 6528 section 3, RFC 9293 section 3.4.1 (MUST-8, SHLD-1): ISN = M + F(tuple,
 * key), where M ticks every 4 microseconds. A later connection with the same
 * addresses and ports begins above its predecessor; others tell nothing.
 *
 * Return: the ISN.
 *
 * Rules: MUST-9
 */
u32 mytcp_isn(const siphash_key_t *key, const void *tuple, size_t len,
	      u64 now_ns);

/**
 * mytcp_ts_offset() - what to add to the clock for TSval
 * @key: secret, random, chosen once
 * @tuple: both addresses; with both ports too if a new connection need not go on
 *	with the timestamps of its predecessor
 * @len: octets in @tuple
 *
 * RFC 7323 section 5.4: an offset for each connection hides the uptime of the
 * host. It is the same whenever the same tuple comes back, so that RFC 6191 can
 * compare timestamps with those in TIME_WAIT.
 *
 * Return: the offset.
 *
 * Rules: 7323-7.1-1
 */
u32 mytcp_ts_offset(const siphash_key_t *key, const void *tuple, size_t len);

/**
 * mytcp_port_offset() - where to begin the search for a local port
 * @key: secret, random, chosen once
 * @tuple: local address, remote address, remote port
 * @len: octets in @tuple
 *
 * RFC 6056 section 3.3.3, algorithm 3, and both hashes of section 3.3.4,
 * algorithm 4: F() chooses where in the range to begin, and with another @key
 * G() chooses the counter.
 *
 * Return: an offset, to be taken modulo the size of the port range.
 */
u32 mytcp_port_offset(const siphash_key_t *key, const void *tuple, size_t len);

#endif /* _MYTCP_ISN_H */
