/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies, RFC 4987 section 3.6: a SYN-ACK whose ISN says all that a request
 * in the SYN queue would have remembered, so that nothing need be. The ISN comes
 * back as the final ACK's SEG.ACK - 1. What else was agreed upon comes back in the
 * echo of our timestamp.
 *
 *	cookie = F(tuple) + IRS + (minute << 24)
 *		 + ((G(tuple, IRS, minute) + data) modulo 2^24)
 *
 * F and G are keyed hashes, the data are what struct mytcp_cookie has. Whoever does
 * not see the SYN-ACK must guess one of 32 numbers out of 2^32 (two minutes, 16
 * values of the data). As F() and IRS of a peer's clock grow, and the minute, so do
 * the ISNs of one tuple: RFC 9293 section 3.4.1.
 *
 * The lowest bits of the timestamp, as in Linux:
 *
 *	| 31 ...   6 |  5  |  4   | 3 ... 0           |
 *	| the clock  | ECN | SACK | window scale, 15: |
 *	|            |     |      | none              |
 *
 * A tuple is a blob of octets as isn.h has it.
 */
#ifndef _MYTCP_COOKIE_H
#define _MYTCP_COOKIE_H

#include <linux/siphash.h>
#include <linux/types.h>

/* How long a cookie is good for: the minute that it was made in, and the next. */
#define MYTCP_COOKIE_MINUTES	2

/**
 * struct mytcp_cookie - what a cookie says
 * @mss: the peer's MSS option, or a little less: mytcp_cookie_mss()
 * @ts_ok: timestamps were agreed upon: the echo has a struct mytcp_cookie_options
 */
struct mytcp_cookie {
	u16 mss;
	bool ts_ok;
};

/**
 * struct mytcp_cookie_options - what the timestamp says
 * @wscale: the peer's window scale, 0 to 14; 0 without @wscale_ok
 * @wscale_ok: window scaling was agreed upon (RFC 7323)
 * @sack_ok: selective acknowledgments were (RFC 2018)
 * @ecn_ok: explicit congestion notification was (RFC 3168)
 */
struct mytcp_cookie_options {
	u8 wscale;
	bool wscale_ok;
	bool sack_ok;
	bool ecn_ok;
};

/**
 * mytcp_cookie_mss() - what a cookie remembers of an MSS
 * @mss: octets, not 0
 *
 * There is room for eight values: never more than @mss (RFC 9293 MUST-16), unless
 * that is less than the smallest, which is the least that anybody sends.
 *
 * Return: octets.
 */
u16 mytcp_cookie_mss(u16 mss);

/**
 * mytcp_cookie_make() - the ISN of a SYN-ACK that is not remembered
 * @key: secret, random, chosen once
 * @tuple: local address, local port, remote address, remote port
 * @len: octets in @tuple
 * @irs: the peer's initial sequence number
 * @now_ns: a clock that does not go back, in nanoseconds
 * @what: to be remembered, its mss by mytcp_cookie_mss()
 *
 * Return: the ISN.
 */
u32 mytcp_cookie_make(const siphash_key_t *key, const void *tuple, size_t len,
		      u32 irs, u64 now_ns, const struct mytcp_cookie *what);

/**
 * mytcp_cookie_open() - is this a cookie of ours, and what does it say?
 * @key: as for mytcp_cookie_make()
 * @tuple: as for mytcp_cookie_make()
 * @len: as for mytcp_cookie_make()
 * @irs: SEG.SEQ - 1 of the final ACK
 * @isn: its SEG.ACK - 1
 * @now_ns: the same clock
 * @what: where the result goes
 *
 * Return: false, and nothing in @what, when it is not, or is too old.
 */
bool mytcp_cookie_open(const siphash_key_t *key, const void *tuple, size_t len,
		       u32 irs, u32 isn, u64 now_ns, struct mytcp_cookie *what);

/**
 * mytcp_cookie_ts_make() - TSval for such a SYN-ACK
 * @now_ms: the timestamp clock without the offset of the connection
 * @what: to be remembered
 *
 * Return: the time in milliseconds, up to 63 of them ago: the connection goes on
 * with the clock itself, so to the peer time does not go back.
 */
u32 mytcp_cookie_ts_make(u32 now_ms, const struct mytcp_cookie_options *what);

/**
 * mytcp_cookie_ts_open() - what an echo says
 * @ts_ms: TSecr without the offset of the connection
 * @now_ms: the timestamp clock, likewise
 * @what: where the result goes
 *
 * Return: false, and nothing in @what, when @ts_ms was no time at which a cookie
 * could have been made that is still good.
 */
bool mytcp_cookie_ts_open(u32 ts_ms, u32 now_ms, struct mytcp_cookie_options *what);

#endif /* _MYTCP_COOKIE_H */
