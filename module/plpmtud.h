/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packetization layer path MTU discovery, RFC 4821: the search. It goes by halves
 * between a size that the path has carried and one that it may carry; sizes are those
 * of the MSS option: octets of payload and TCP options. When it comes from below, or
 * begins there because large segments vanish without a word (RFC 2923 section 2.1),
 * nobody has to send an ICMP message. As Linux's net.ipv4.tcp_mtu_probing.
 */
#ifndef _MYTCP_PLPMTUD_H
#define _MYTCP_PLPMTUD_H

#include <linux/types.h>

/**
 * struct mytcp_plpmtud - the search of a connection
 * @since_ns: when it began, or began anew
 * @low: largest size that is taken for granted
 * @high: largest size that may be possible
 * @probe: size of the probe that is on the way; 0: none is
 * @on: segments are no larger than @low
 * @probe_seq: SEG.SEQ of the probe
 */
struct mytcp_plpmtud {
	u64 since_ns;
	u16 low;
	u16 high;
	u16 probe;
	bool on;
	u32 probe_seq;
};

/**
 * mytcp_plpmtud_init() - a connection is open
 * @p: the search
 * @base: size that every path carries, or nearly
 * @most: size that the peer takes
 * @on: begin to search at once; else when a black hole is found
 * @now: nanoseconds
 */
void mytcp_plpmtud_init(struct mytcp_plpmtud *p, u32 base, u32 most, bool on, u64 now);

/**
 * mytcp_plpmtud_next() - which size to try next
 * @p: the search, which is on; no probe is on the way
 * @most: size that route, peer and user allow
 * @threshold: octets: nearer to each other than that, the bounds are good enough
 *
 * Return: the size, between the bounds and neither of them; 0: the search is at its end.
 */
u32 mytcp_plpmtud_next(const struct mytcp_plpmtud *p, u32 most, u32 threshold);

/**
 * mytcp_plpmtud_again() - the path may have changed: begin anew, from here
 * @p: the search, at its end
 * @now_size: size of segments today
 * @most: size that the peer takes
 * @interval: nanoseconds for which an end is one
 * @now: nanoseconds
 */
void mytcp_plpmtud_again(struct mytcp_plpmtud *p, u32 now_size, u32 most, u64 interval, u64 now);

/**
 * mytcp_plpmtud_shrink() - segments vanish: the search begins, or further below
 * @p: the search
 * @base: size that every path carries, or nearly
 * @floor: size below which no path is
 * @now: nanoseconds
 *
 * RFC 4821 section 7.7: the full-stop timeout.
 */
void mytcp_plpmtud_shrink(struct mytcp_plpmtud *p, u32 base, u32 floor, u64 now);

/* The probe was sent. */
static inline void mytcp_plpmtud_sent(struct mytcp_plpmtud *p, u32 size, u32 seq)
{
	p->probe = size;
	p->probe_seq = seq;
}

/* It has arrived. */
static inline void mytcp_plpmtud_arrived(struct mytcp_plpmtud *p)
{
	p->low = p->probe;
	p->probe = 0;
}

/* It alone is lost: RFC 4821 section 7.6.2. */
static inline void mytcp_plpmtud_failed(struct mytcp_plpmtud *p)
{
	p->high = p->probe - 1;
	p->probe = 0;
}

#endif /* _MYTCP_PLPMTUD_H */
