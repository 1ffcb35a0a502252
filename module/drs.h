/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dynamic right-sizing: which window a receiver has to offer so that it is not what
 * holds the sender back. It measures how much its user reads in a round trip, and the
 * round trip itself, of which a receiver that sends nothing learns by other ways than
 * the sender: by the echoes of its timestamps, or by the time that a window takes to
 * be filled. As Linux's tcp_rcv_space_adjust(), after Fisk and Feng.
 */
#ifndef _MYTCP_DRS_H
#define _MYTCP_DRS_H

#include <linux/types.h>

/**
 * struct mytcp_drs - the measurements of a connection
 * @begin_ns: when that of the reader began
 * @begin_seq: what the user had read then
 * @space: the most octets ever read in a round trip
 * @rtt_us8: round trip in microseconds, times 8; 0: not known
 * @rtt_seq: the edge of the window whose filling is measured
 * @rtt_ns: when that edge was announced; 0: none is measured
 * @echo: the last timestamp that was looked at
 */
struct mytcp_drs {
	u64 begin_ns;
	u32 begin_seq;
	u32 space;
	u32 rtt_us8;
	u32 rtt_seq;
	u64 rtt_ns;
	u32 echo;
};

/**
 * mytcp_drs_init() - the connection is open, nothing is measured
 * @d: the measurements
 * @space: octets that count as read in a round trip, until more are
 * @seq: first number that the user will read
 * @now: nanoseconds
 */
void mytcp_drs_init(struct mytcp_drs *d, u32 space, u32 seq, u64 now);

/**
 * mytcp_drs_announced() - the right edge of the window moves, and none is measured
 * @d: the measurements
 * @edge: first number beyond the window
 * @now: nanoseconds
 */
static inline void mytcp_drs_announced(struct mytcp_drs *d, u32 edge, u64 now)
{
	d->rtt_seq = edge;
	d->rtt_ns = now;
}

/**
 * mytcp_drs_filled() - the window that is measured is filled
 * @d: the measurements; RCV.NXT has come to @rtt_seq
 * @now: nanoseconds
 *
 * It has taken a round trip at least, and much more where the sender has paused: so
 * only the least counts.
 */
void mytcp_drs_filled(struct mytcp_drs *d, u64 now);

/**
 * mytcp_drs_echoed() - an echoed timestamp tells a round trip
 * @d: the measurements
 * @rtt_us: microseconds, not 0
 */
void mytcp_drs_echoed(struct mytcp_drs *d, u32 rtt_us);

/**
 * mytcp_drs_window() - the window for a rate of reading
 * @copied: octets that were read in a round trip, more than @space
 * @space: the most before; 0 is taken as 1
 * @advmss: octets of a full segment
 *
 * Twice as much, since a loss takes a round trip to be repaired; and more as it grows,
 * for what is announced now is for the round trip after the next one.
 *
 * Return: octets.
 */
u64 mytcp_drs_window(u32 copied, u32 space, u32 advmss);

/**
 * mytcp_drs_read() - the user has read: what does that say of the window?
 * @d: the measurements
 * @copied_seq: first number that the user has not read
 * @unread: octets that are here and not read: the reader is no faster
 * @advmss: octets of a full segment
 * @now: nanoseconds
 *
 * To be called when more than @space octets are read since @begin_seq.
 *
 * Return: octets of window that are wanted; 0: no more than before.
 */
u64 mytcp_drs_read(struct mytcp_drs *d, u32 copied_seq, u32 unread, u32 advmss, u64 now);

#endif /* _MYTCP_DRS_H */
