/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HyStart++, RFC 9406: the first slow start of a connection ends when the round
 * trip grows, before the queue of the bottleneck runs over.
 *
 * Without pacing the first segments of a round find the queue empty that the round
 * before has filled and that is drained since, so that its least RTT tells of a full
 * path when the window is twice as large. Two rules are added for that:
 * - ACKs that follow each other closely for half a round trip lead to CSS, too: they
 *   come at the rate of the bottleneck, and what they let go fills the path. It is the
 *   ACK train of HyStart (Ha and Rhee 2011), which Linux still has; there it ends slow
 *   start at once. Here it never does: if CSS_ROUNDS pass and no queue grows, slow start
 *   goes on and trains are of no interest any more. Nor are they where segments
 *   overtake each other, since jitter spreads ACKs as well as a bottleneck does.
 * - When the RTT grows from one round of CSS to the next as much as it must to begin
 *   CSS, it is a queue and no jitter, and CSS, which lasts "at most" CSS_ROUNDS, ends.
 *
 * Where segments overtake each other the least of a few round trips is chance, and the
 * least of many is that of the one that overtook most: there it is the mean of so many
 * of them that has to grow, over the least of such means, and in CSS once more.
 *
 *	+------------+   the round's least RTT is well     +--------------+
 *	| SLOW START | ----------------------------------> | CONSERVATIVE |
 *	|            |   above that of the round before,   |  SLOW START  |
 *	|            |   or a long train of ACKs           |              |
 *	|            | <---------------------------------- |    (CSS)     |
 *	+------------+   it falls below where CSS began,   +--------------+
 *	                 or CSS_ROUNDS after a train
 *	                                                     | CSS_ROUNDS,
 *	                                                     | or it grows again
 *	                                                     v
 *	                                            congestion avoidance
 *
 * A round ends when what was SND.NXT at its begin is acknowledged.
 */
#ifndef _MYTCP_HYSTART_H
#define _MYTCP_HYSTART_H

#include <linux/types.h>

struct mytcp_ack_sample;

/* RFC 9406 section 4.3, the recommended values. Times are microseconds. */
#define MYTCP_HYSTART_MIN_RTT_THRESH_US		4000U
#define MYTCP_HYSTART_MAX_RTT_THRESH_US		16000U
#define MYTCP_HYSTART_MIN_RTT_DIVISOR		8U
#define MYTCP_HYSTART_N_RTT_SAMPLE		8U
/* So many for a mean that their jitter moves by a sixth of its deviation. */
#define MYTCP_HYSTART_N_RTT_MEAN		32U
#define MYTCP_HYSTART_CSS_GROWTH_DIVISOR	4U
#define MYTCP_HYSTART_CSS_ROUNDS		5U
/* ACKs are a train when they are no further apart than this, or 1/32 round trip. */
#define MYTCP_HYSTART_TRAIN_GAP_US		2000U
#define MYTCP_HYSTART_TRAIN_GAP_DIVISOR		32U
/* Segments that one ACK opens the window by when sending is not paced. */
#define MYTCP_HYSTART_L				8U

/**
 * struct mytcp_hystart - RFC 9406 section 4.2
 * @window_end: windowEnd: the round ends when this is acknowledged
 * @last_min_us: lastRoundMinRTT, MYTCP_RTT_NONE_US: infinity
 * @current_min_us: currentRoundMinRTT, the same
 * @least_mean_us: the least mean of N_RTT_MEAN samples that followed each other
 * @sum_us: of the samples of the next mean
 * @summed: how many they are
 * @css_baseline_us: cssBaselineMinRtt; 0: a train of ACKs has begun CSS, and no RTT ends
 *	it; MYTCP_RTT_NONE_US: not in CSS
 * @train_begin_ns: when the first ACK of the present train came
 * @train_end_ns: when its last one came
 * @samples: rttSampleCount, which is of no interest beyond N_RTT_SAMPLE
 * @css_rounds: rounds of CSS that are over
 * @css_left: segments acknowledged in CSS that have not opened the window yet
 * @in_round: @window_end is set: something was in flight when the round began
 * @css_by_mean: @css_baseline_us is a mean, and no least of a round
 * @no_trains: a train has misled us
 */
struct mytcp_hystart {
	u64 train_begin_ns;
	u64 train_end_ns;
	u64 sum_us;
	u32 window_end;
	u32 last_min_us;
	u32 current_min_us;
	u32 least_mean_us;
	u32 css_baseline_us;
	u8 summed;
	u8 samples;
	u8 css_rounds;
	u8 css_left;
	bool in_round;
	bool css_by_mean;
	bool no_trains;
};

/**
 * mytcp_hystart_init() - slow start begins
 * @h: the state
 */
void mytcp_hystart_init(struct mytcp_hystart *h);

/**
 * mytcp_hystart_ack() - an ACK came in slow start
 * @h: the state
 * @s: what it told
 *
 * ACKs that open no window because the application is slow belong to their
 * rounds, too. May enter or leave CSS.
 *
 * Return: true when CSS has lasted long enough, or is confirmed: slow start is over.
 */
bool mytcp_hystart_ack(struct mytcp_hystart *h, const struct mytcp_ack_sample *s);

/**
 * mytcp_hystart_growth() - segments that an ACK may open the window by
 * @h: the state
 * @acked: segments acknowledged
 * @burst: segments that may leave at once; see struct mytcp_ack_sample
 *
 * min(N, L * SMSS), in CSS a quarter of it; what does not divide is kept for the
 * next ACK. L is 8 as the RFC recommends it for senders that do not pace, which is
 * to say that no ACK lets go a longer burst; but @burst segments leave together in
 * any case, as one buffer that the device cuts up, and come back as one ACK. So L is
 * no less than that: else a window of a few buffers would grow by 8 a round trip.
 *
 * Return: segments, at most @acked and what was kept.
 */
u32 mytcp_hystart_growth(struct mytcp_hystart *h, u32 acked, u32 burst);

#endif /* _MYTCP_HYSTART_H */
