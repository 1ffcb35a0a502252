/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loss detection by time, RFC 8985 section 6: a segment is lost when one that was
 * sent sufficiently later has been delivered. Here is what a connection remembers
 * for it, and the arithmetic; the segments themselves are loss.h's.
 */
#ifndef _MYTCP_RACK_H
#define _MYTCP_RACK_H

#include <linux/types.h>

#include "seq.h"

/* RFC 8985 section 6.2 step 4: recoveries that a wider window survives. */
#define MYTCP_RACK_PERSIST	16
/* RFC 5681 section 3.2: so many segments behind a hole show a loss at once. */
#define MYTCP_DUPTHRESH		3

/**
 * struct mytcp_rack - RACK's variables, RFC 8985 section 5.2
 * @xmit_ns: RACK.xmit_ts: when the segment was sent that was sent last of all that
 *	were delivered; 0: none yet
 * @end_seq: RACK.end_seq: where that segment ends
 * @rtt_us: RACK.rtt: its round trip
 * @fack: RACK.fack: the highest sequence number delivered
 * @dsack_round: RACK.dsack_round: SND.NXT when a DSACK last widened the window
 * @ack_xmit_ns: the same as @xmit_ns among what the present ACK delivers
 * @advanced: @xmit_ns or @end_seq moved since losses were last looked for
 * @dsack_seen: @dsack_round means something
 * @reordering_seen: RACK.reordering_seen: how often, for TCP_INFO
 * @reo_wnd_mult: RACK.reo_wnd_mult: the window in quarters of the least round trip
 * @reo_wnd_persist: RACK.reo_wnd_persist: recoveries until it is 1 again
 */
struct mytcp_rack {
	u64 xmit_ns;
	u64 ack_xmit_ns;
	u32 end_seq;
	u32 rtt_us;
	u32 fack;
	u32 dsack_round;
	u32 reordering_seen;
	bool advanced;
	bool dsack_seen;
	u8 reo_wnd_mult;
	u8 reo_wnd_persist;
};

/**
 * struct mytcp_rack_segment - a segment that an ACK says was delivered
 * @xmit_ns: when it was sent last
 * @end_seq: where it ends
 * @resent: it was sent more than once
 * @echo_older: the ACK echoes a timestamp from before @xmit_ns
 */
struct mytcp_rack_segment {
	u64 xmit_ns;
	u32 end_seq;
	bool resent;
	bool echo_older;
};

/**
 * mytcp_rack_init() - the connection begins
 * @r: the state
 * @iss: our initial sequence number
 */
void mytcp_rack_init(struct mytcp_rack *r, u32 iss);

/**
 * mytcp_rack_ack() - an ACK came
 * @r: the state
 * @una: SND.UNA after it
 */
void mytcp_rack_ack(struct mytcp_rack *r, u32 una);

/**
 * mytcp_rack_delivered() - RFC 8985 section 6.2, steps 2 and 3
 * @r: the state
 * @s: a segment that was not known to be delivered before
 * @now_ns: when the ACK came
 * @min_rtt_us: least round trip of the connection, in microseconds
 *
 * Segments of one ACK come in the order of their sequence numbers.
 *
 * Rules: 8985-6.2-2, 8985-6.2-3, 8985-6.2-4
 */
void mytcp_rack_delivered(struct mytcp_rack *r, const struct mytcp_rack_segment *s,
			  u64 now_ns, u32 min_rtt_us);

/**
 * mytcp_rack_duplicate() - RFC 8985 section 6.2, step 4: a DSACK came
 * @r: the state
 * @nxt: SND.NXT
 *
 * Something was sent again too early: once a round trip the window widens.
 *
 * Rules: 8985-4-3, 8985-6.2-7
 */
void mytcp_rack_duplicate(struct mytcp_rack *r, u32 nxt);

/**
 * mytcp_rack_recovered() - a recovery has ended
 * @r: the state
 */
void mytcp_rack_recovered(struct mytcp_rack *r);

/**
 * mytcp_rack_window() - RFC 8985 section 6.2, step 4: RACK.reo_wnd
 * @r: the state
 * @srtt_us: SRTT in microseconds; 0: none yet
 * @min_rtt_us: least round trip
 * @recovering: a loss is being repaired
 * @sacked: segments that are selectively acknowledged
 *
 * Return: microseconds.
 *
 * Rules: 8985-6.2-5, 8985-6.2-6, 8985-6.2-8
 */
u32 mytcp_rack_window(const struct mytcp_rack *r, u32 srtt_us, u32 min_rtt_us,
		      bool recovering, u32 sacked);

/**
 * mytcp_sent_before() - which of two segments was sent first? RFC 8985 section 6.2
 * @ns1: when the one was sent last
 * @seq1: its place in the sequence
 * @ns2: the same of the other
 * @seq2: and its place
 *
 * Return: true when it was the one: at the same time the lower number goes first.
 */
static inline bool mytcp_sent_before(u64 ns1, u32 seq1, u64 ns2, u32 seq2)
{
	return ns1 < ns2 || (ns1 == ns2 && seq_before(seq1, seq2));
}

/**
 * mytcp_rack_sent_before() - was a segment sent before RACK's?
 * @r: the state
 * @xmit_ns: when it was sent last
 * @end_seq: where it ends
 *
 * Return: true when it was, or at the same time and with a lower number.
 */
bool mytcp_rack_sent_before(const struct mytcp_rack *r, u64 xmit_ns, u32 end_seq);

#endif /* _MYTCP_RACK_H */
