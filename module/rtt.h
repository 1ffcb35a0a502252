/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The round-trip time estimator and the retransmission timeout, RFC 6298.
 *
 * All times are microseconds. Karn's algorithm (RFC 6298 section 3) is the
 * caller's: no sample may come from a retransmitted segment, unless timestamps
 * tell which transmission was acknowledged.
 */
#ifndef _MYTCP_RTT_H
#define _MYTCP_RTT_H

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <linux/win_minmax.h>

/* RFC 6298 (2.1): before there is a sample. */
#define MYTCP_RTO_INIT_US	1000000U
/* RFC 6298 (2.4) would have 1 s; Linux's TCP_RTO_MIN. */
#define MYTCP_RTO_MIN_US	200000U
/* RFC 6298 (2.5): at least 60 s; Linux's TCP_RTO_MAX. */
#define MYTCP_RTO_MAX_US	120000000U
/* RFC 6298 (5.7): for data, after the timer had to repeat the SYN. */
#define MYTCP_RTO_FALLBACK_US	3000000U

/* Samples are cut off here, 268 s, so that no sum below leaves 32 bits. */
#define MYTCP_RTT_MAX_US	268435456U
/* mytcp_rtt.min_rtt_us before there is a sample. */
#define MYTCP_RTT_NONE_US	U32_MAX

/**
 * struct mytcp_rtt - what a connection knows about its round trip
 * @srtt_us: SRTT times 8; 0: no sample yet
 * @rttvar_us: RTTVAR times 4, which is K * RTTVAR
 * @rto_us: RTO before backoff
 * @min_rtt_us: least sample of late, MYTCP_RTT_NONE_US before the first
 * @backoff: how often the timer expired in a row
 * @least: what @min_rtt_us is found by
 */
struct mytcp_rtt {
	u32 srtt_us;
	u32 rttvar_us;
	u32 rto_us;
	u32 min_rtt_us;
	u8 backoff;
	struct minmax least;
};

/* A round trip that was measured, in microseconds: the next one, not the one below. */
static inline u64 mytcp_rtt_us(u64 ns)
{
	return div_u64(ns + NSEC_PER_USEC / 2, NSEC_PER_USEC);
}

/**
 * mytcp_rtt_init() - start an estimator without samples
 * @r: the estimator
 * @rto_init_us: first RTO, normally MYTCP_RTO_INIT_US
 *
 * Rules: 6298-2-1
 */
void mytcp_rtt_init(struct mytcp_rtt *r, u32 rto_init_us);

/**
 * mytcp_rtt_sample() - take a measured round trip into account
 * @r: the estimator
 * @rtt_us: the sample; 0 is taken as 1
 * @rto_min_us: least allowance above SRTT, normally MYTCP_RTO_MIN_US
 * @rto_max_us: largest RTO, normally MYTCP_RTO_MAX_US
 *
 * RFC 6298 (2.2), (2.3): RTO = SRTT + K * RTTVAR with alpha 1/8, beta 1/4, K 4.
 * The floor is Linux's: it holds for the variance, RTO = SRTT + max(K * RTTVAR,
 * @rto_min_us), not for the sum, so that the smallest RTO is SRTT + 200 ms. A
 * path with a steady round trip of 300 ms thus keeps 200 ms for a delayed ACK,
 * which a floor for the sum would have eaten up.
 *
 * Ends the backoff, RFC 6298 section 5.
 *
 * Rules: MUST-18, 6298-2-2, 6298-2-3, 6298-2-4, 6298-2-5, 6298-2-6, 6298-4-1
 */
void mytcp_rtt_sample(struct mytcp_rtt *r, u32 rtt_us, u32 rto_min_us,
		      u32 rto_max_us);

/**
 * mytcp_rtt_least() - find the least round trip of late
 * @r: the estimator
 * @rtt_us: a sample that the peer has not delayed; 0 is taken as 1
 * @now_ms: the time, of any origin
 * @window_ms: for how long a sample counts
 *
 * When the path has become longer, the shorter one is forgotten by and by.
 *
 * Rules: 8985-6.2-1
 */
void mytcp_rtt_least(struct mytcp_rtt *r, u32 rtt_us, u32 now_ms, u32 window_ms);

/**
 * mytcp_rtt_rto() - the timeout to arm the timer with
 * @r: the estimator
 * @rto_max_us: largest RTO, normally MYTCP_RTO_MAX_US
 *
 * Return: RTO in microseconds, doubled for each backoff, at most @rto_max_us.
 *
 * Rules: 6298-2-8
 */
u32 mytcp_rtt_rto(const struct mytcp_rtt *r, u32 rto_max_us);

/**
 * mytcp_rtt_backoff() - the retransmission timer has expired
 * @r: the estimator
 *
 * RFC 6298 (5.5): the next RTO is twice as long.
 *
 * Rules: MUST-19, 6298-5-6
 */
void mytcp_rtt_backoff(struct mytcp_rtt *r);

/**
 * mytcp_rtt_syn_lost() - data follow on a SYN that the timer had to repeat
 * @r: the estimator
 *
 * RFC 6298 (5.7): where no timestamp gave a sample in the handshake, RTO begins
 * anew at MYTCP_RTO_FALLBACK_US. With a sample this changes nothing.
 *
 * Rules: 6298-5-8
 */
void mytcp_rtt_syn_lost(struct mytcp_rtt *r);

#endif /* _MYTCP_RTT_H */
