/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BBR, version 3, as draft-ietf-ccwg-bbr has it: a model of the path, made of the
 * rate at which it delivers, its round trip, and what it loses; and a state machine
 * that probes one after the other. The names are the draft's, without "BBR.". Between
 * cong_bbr.c (states, and the window and rate that follow) and cong_bbr_model.c.
 *
 * Volumes are segments. Bandwidths are segments in a microsecond times 2^24: 32 bits
 * go from 0.7 kbit/s to 3 Tbit/s, at 1500 octets. Gains are 256ths. Times are
 * milliseconds modulo 2^32.
 *
 * ECN is not part of the draft. Marks of a round trip count as the loss of one segment,
 * which is what RFC 3168 section 5 asks for: the short-term bounds go down.
 */
#ifndef _MYTCP_CONG_BBR_H
#define _MYTCP_CONG_BBR_H

#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "cong.h"
#include "rate.h"
#include "seq.h"

#define BBR_INFINITY		U32_MAX

#define BBR_BW_SHIFT		24
#define BBR_GAIN_SHIFT		8

#define BBR_MIN_PIPE_CWND	4U	/* MinPipeCwnd */
/* Beta, 0.7; Headroom, 0.15; LossThresh, 0.02: percent */
#define BBR_BETA		70
#define BBR_HEADROOM		15
#define BBR_LOSS_THRESH		2

/* 5.1.1: the states, in the diagram's order */
enum bbr_state {
	BBR_STARTUP,
	BBR_DRAIN,
	BBR_PROBE_BW_DOWN,
	BBR_PROBE_BW_CRUISE,
	BBR_PROBE_BW_REFILL,
	BBR_PROBE_BW_UP,
	BBR_PROBE_RTT,
};

/* 5.3.3.6: what the ACKs that come now tell of a probe */
enum bbr_ack_phase {
	BBR_ACKS_INIT,		/* nothing */
	BBR_ACKS_REFILLING,
	BBR_ACKS_PROBE_STARTING,	/* they are for what was sent before it */
	BBR_ACKS_PROBE_FEEDBACK,	/* for what was sent in it */
	BBR_ACKS_PROBE_STOPPING,	/* still, though it is over */
};

/**
 * struct bbr - the state of a connection: section 2
 * @max_bw: the filter's two slots: the cycle before, the present one
 * @bw: what is appropriate now: the least of max_bw and @bw_shortterm
 * @bw_latest: most in the present round trip
 * @bw_shortterm: bound by losses in the present cycle; BBR_INFINITY: none
 * @inflight_latest: as for @bw_latest
 * @inflight_shortterm: as for @bw_shortterm
 * @inflight_longterm: bound by losses while probing; BBR_INFINITY: none
 * @full_bw: baseline of the estimator of a full pipe
 * @min_rtt_us: least round trip of 10 s; BBR_INFINITY: none yet
 * @min_rtt_ms: min_rtt_stamp
 * @probe_rtt_min_us: probe_rtt_min_delay: least of 5 s
 * @probe_rtt_min_ms: probe_rtt_min_stamp
 * @probe_rtt_done_ms: probe_rtt_done_stamp; 0: not known yet
 * @cycle_ms: cycle_stamp
 * @extra_acked: the filter's two slots, of half its length each
 * @extra_acked_start_us: extra_acked_interval_start, in microseconds
 * @extra_acked_delivered: segments delivered since
 * @next_round_delivered: where the present round trip ends
 * @loss_round_delivered: the same of the one that losses are counted in
 * @delivered: C.delivered, of the latest ACK
 * @prior_cwnd: the last window that was good
 * @undo_bw_shortterm: before the losses that may prove to be none
 * @undo_inflight_shortterm: likewise
 * @undo_inflight_longterm: likewise
 * @bw_probe_up_acks: segments acknowledged since @inflight_longterm grew
 * @probe_up_cnt: as many let it grow by one
 * @bw_probe_wait_ms: bw_probe_wait
 * @initial_cwnd: C.InitialCwnd
 * @mss: C.SMSS
 * @rounds_since_bw_probe: round trips
 * @drain_rounds: round trips in Drain
 * @extra_acked_rounds: round trips of the present slot of @extra_acked
 * @loss_events: ACKs of the present round trip that told of losses
 * @state: enum bbr_state
 * @undo_state: before the losses that may prove to be none
 * @ack_phase: enum bbr_ack_phase
 * @full_bw_count: round trips without growth
 * @bw_probe_up_rounds: round trips of growth
 * @started: the first ACK has been seen
 * @round_start: the present ACK begins a round trip
 * @loss_round_start: the same of @loss_round_delivered
 * @loss_in_round: something was lost in it
 * @loss_on_ack: the present ACK told of losses
 * @full_bw_reached: the pipe has ever been full
 * @full_bw_now: it is since the last probe began
 * @bw_probe_samples: losses tell whether the present probe is too much
 * @cwnd_limited: C.is_cwnd_limited, in the present round trip
 * @idle_restart: the connection was idle
 * @probe_rtt_expired: @probe_rtt_min_us is too old
 * @probe_rtt_round_done: a round trip has passed in ProbeRTT
 */
struct bbr {
	u32 max_bw[2];
	u32 bw;
	u32 bw_latest;
	u32 bw_shortterm;
	u32 inflight_latest;
	u32 inflight_shortterm;
	u32 inflight_longterm;
	u32 full_bw;
	u32 min_rtt_us;
	u32 min_rtt_ms;
	u32 probe_rtt_min_us;
	u32 probe_rtt_min_ms;
	u32 probe_rtt_done_ms;
	u32 cycle_ms;
	u32 extra_acked[2];
	u32 extra_acked_start_us;
	u32 extra_acked_delivered;
	u32 next_round_delivered;
	u32 loss_round_delivered;
	u32 delivered;
	u32 prior_cwnd;
	u32 undo_bw_shortterm;
	u32 undo_inflight_shortterm;
	u32 undo_inflight_longterm;
	u32 bw_probe_up_acks;
	u32 probe_up_cnt;
	u16 bw_probe_wait_ms;
	u16 initial_cwnd;
	u16 mss;
	u8 rounds_since_bw_probe;
	u8 drain_rounds;
	u32 extra_acked_rounds:4,
	    loss_events:4,
	    state:3,
	    undo_state:3,
	    ack_phase:3,
	    full_bw_count:2,
	    bw_probe_up_rounds:5;
	u16 started:1,
	    round_start:1,
	    loss_round_start:1,
	    loss_in_round:1,
	    loss_on_ack:1,
	    full_bw_reached:1,
	    full_bw_now:1,
	    bw_probe_samples:1,
	    cwnd_limited:1,
	    idle_restart:1,
	    probe_rtt_expired:1,
	    probe_rtt_round_done:1;
};

static inline struct bbr *bbr_of(struct mytcp_cong *c)
{
	static_assert(sizeof(struct bbr) <= sizeof(c->priv));
	return (struct bbr *)c->priv;
}

static inline u32 bbr_ms(u64 now_ns)
{
	return (u32)div_u64(now_ns, NSEC_PER_MSEC);
}

/* Both signs: times are a circle. */
static inline bool bbr_elapsed(u32 now_ms, u32 since_ms, u32 span_ms)
{
	return (s32)(now_ms - since_ms - span_ms) > 0;
}

static inline u32 bbr_max_bw(const struct bbr *b)
{
	return max(b->max_bw[0], b->max_bw[1]);
}

static inline bool bbr_in_probe_bw(const struct bbr *b)
{
	return b->state >= BBR_PROBE_BW_DOWN && b->state <= BBR_PROBE_BW_UP;
}

/* 5.5.1: a round trip begins with what is sent from now on. */
static inline void bbr_start_round(struct bbr *b)
{
	b->next_round_delivered = b->delivered;
}

static inline void bbr_reset_full_bw(struct bbr *b)
{
	b->full_bw = 0;
	b->full_bw_count = 0;
	b->full_bw_now = 0;
}

/* cong_bbr_model.c: what the path is thought to be */
u32 bbr_delivery_rate(const struct mytcp_rate_sample *rs);
u32 bbr_bdp(const struct bbr *b, u32 bw, u32 gain);
bool bbr_inflight_too_high(u32 lost, u32 tx_in_flight, bool sack);
u32 bbr_inflight_at_loss(const struct mytcp_loss_sample *l);
void bbr_advance_max_bw(struct bbr *b);
void bbr_reset_congestion_signals(struct bbr *b);
void bbr_reset_shortterm(struct bbr *b);
void bbr_save_state(struct mytcp_cong *c);
void bbr_note_loss(struct mytcp_cong *c);
void bbr_update_model(struct mytcp_cong *c, const struct mytcp_ack_sample *s, u32 rate);
void bbr_finish_model(struct bbr *b, const struct mytcp_ack_sample *s, u32 rate);

#endif /* _MYTCP_CONG_BBR_H */
