/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Delivery rate samples, draft-ietf-ccwg-bbr section 4.1 (earlier
 * draft-cheng-iccrg-delivery-rate-estimation): how fast the network has delivered
 * what was sent between two points in time. The names are the draft's; volumes are
 * segments, times are microseconds modulo 2^32, which only ever meet in differences.
 *
 * A sample of an ACK goes from the last delivery that was known when the newest
 * segment which it acknowledges was sent, to now; or over the time which it took to
 * send that flight, whatever is longer: ACKs that come at once say nothing of the path.
 */
#ifndef _MYTCP_RATE_H
#define _MYTCP_RATE_H

#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/types.h>

/**
 * struct mytcp_rate - of a connection
 * @delivered: C.delivered: segments delivered so far
 * @lost: C.lost: segments marked lost so far
 * @app_limited: C.app_limited: @delivered when the last segment is delivered that was
 *	sent while the application gave too little; 0: it does not
 * @first_sent_us: C.first_send_time: when the newest segment was sent that is known
 *	to be delivered, or the flight began
 * @delivered_us: C.delivered_time: when @delivered grew last
 * @best_delivered: segments of the latest good sample, for TCP_INFO
 * @best_interval_us: its time; 0: there is none
 * @best_app_limited: its origin
 */
struct mytcp_rate {
	u32 delivered;
	u32 lost;
	u32 app_limited;
	u32 first_sent_us;
	u32 delivered_us;
	u32 best_delivered;
	u32 best_interval_us;
	bool best_app_limited;
};

/**
 * struct mytcp_rate_mark - of a segment: how things stood when it was sent last
 * @delivered: P.delivered
 * @delivered_us: P.delivered_time
 * @first_sent_us: P.first_send_time
 */
struct mytcp_rate_mark {
	u32 delivered;
	u32 delivered_us;
	u32 first_sent_us;
};

/**
 * struct mytcp_rate_flight - the same, of volumes
 * @in_flight: P.tx_in_flight: segments on the way, this one included
 * @lost: C.lost
 */
struct mytcp_rate_flight {
	u32 in_flight;
	u32 lost;
};

/**
 * struct mytcp_rate_segment - a segment that is delivered, for mytcp_rate_delivered()
 * @mark: from when it was sent
 * @flight: likewise
 * @sent_us: P.send_time
 * @end_seq: P.packet_id
 * @segments: how many it is
 * @app_limited: P.is_app_limited
 * @resent: it was sent more than once
 */
struct mytcp_rate_segment {
	const struct mytcp_rate_mark *mark;
	const struct mytcp_rate_flight *flight;
	u32 sent_us;
	u32 end_seq;
	u32 segments;
	bool app_limited;
	bool resent;
};

/**
 * struct mytcp_rate_sample - RS: what an ACK says
 * @has_data: it delivers something; else the rest means nothing
 * @app_limited: RS.is_app_limited
 * @resent: the newest segment was sent more than once
 * @last_end_seq: RS.last_acked_packet_id
 * @sent_us: P.send_time of the newest segment that it delivers
 * @prior_delivered: RS.prior_delivered
 * @prior_us: RS.prior_time
 * @send_elapsed_us: RS.send_elapsed
 * @tx_in_flight: RS.tx_in_flight
 * @prior_lost: C.lost when the newest segment was sent
 * @delivered: RS.delivered: segments
 * @lost: RS.lost: segments
 * @interval_us: RS.interval; 0: the sample is not reliable
 */
struct mytcp_rate_sample {
	bool has_data;
	bool app_limited;
	bool resent;
	u32 last_end_seq;
	u32 sent_us;
	u32 prior_delivered;
	u32 prior_us;
	u32 send_elapsed_us;
	u32 tx_in_flight;
	u32 prior_lost;
	u32 delivered;
	u32 lost;
	u32 interval_us;
};

/* A time, or a span, of mytcp_clock(). */
static inline u32 mytcp_rate_us(u64 ns)
{
	return (u32)div_u64(ns, NSEC_PER_USEC);
}

/**
 * mytcp_rate_sent() - OnPacketSent(): a segment is sent, or sent again
 * @r: the connection's state
 * @m: the segment's
 * @sent_us: P.send_time
 * @idle: nothing else is sent and not acknowledged. (Not: nothing is on the way, which
 *	is a guess. A timeout that is a mistake would make the interval too short.)
 */
static inline void mytcp_rate_sent(struct mytcp_rate *r, struct mytcp_rate_mark *m,
				   u32 sent_us, bool idle)
{
	if (idle) {
		r->first_sent_us = sent_us;
		r->delivered_us = sent_us;
	}
	m->delivered = r->delivered;
	m->delivered_us = r->delivered_us;
	m->first_sent_us = r->first_sent_us;
}

/**
 * mytcp_rate_delivered() - UpdateRateSample(): a segment is delivered
 * @r: the connection's state
 * @s: the ACK's sample, all zero before the first
 * @p: the segment
 * @now_us: when the ACK came
 */
void mytcp_rate_delivered(struct mytcp_rate *r, struct mytcp_rate_sample *s,
			  const struct mytcp_rate_segment *p, u32 now_us);

/**
 * mytcp_rate_generate() - GenerateRateSample(): all of an ACK is seen
 * @r: the connection's state
 * @s: the ACK's sample, completed on return
 * @min_rtt_us: C.min_rtt: what took less was not measured right
 */
void mytcp_rate_generate(struct mytcp_rate *r, struct mytcp_rate_sample *s, u32 min_rtt_us);

/**
 * mytcp_rate_app_limited() - MarkConnectionAppLimited()
 * @r: the connection's state
 * @in_flight: segments on the way
 */
static inline void mytcp_rate_app_limited(struct mytcp_rate *r, u32 in_flight)
{
	r->app_limited = r->delivered + in_flight ?: 1;
}

/**
 * mytcp_rate_bytes() - the latest good sample
 * @r: the connection's state
 * @mss: octets of a segment
 *
 * Return: octets in a second; 0: there is none.
 */
u64 mytcp_rate_bytes(const struct mytcp_rate *r, u32 mss);

#endif /* _MYTCP_RATE_H */
