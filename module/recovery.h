/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What acknowledgments and timeouts do to the send queue: cleaning it, RTT
 * samples, duplicate ACKs, fast retransmit and NewReno (RFC 5681, 6582), the
 * retransmission timer (RFC 6298).
 *
 * Where the peer sends SACK blocks, sack.h and loss.h say what is lost, and PRR how
 * much may be sent meanwhile; else duplicate ACKs do.
 *
 * A buffer that is sent is thought to be on the way until it is acknowledged or
 * marked LOST; sent again it is on the way once more (RETRANS). mytcp_in_flight()
 * counts segments by these marks.
 */
#ifndef _MYTCP_RECOVERY_H
#define _MYTCP_RECOVERY_H

#include "rate.h"
#include "sock.h"

/**
 * struct mytcp_acked - what one ACK tells
 * @bytes: octets by which SND.UNA moved
 * @segments: segments delivered that SND.UNA moved over; a SYN is none
 * @sacked: segments delivered that lie beyond it
 * @in_flight: segments on the way before it
 * @packets_out: segments sent and not acknowledged before it
 * @rtt_us: round trip of the first of @segments, in microseconds; -1: none
 * @sack_rtt_us: the same of @sacked
 * @retransmitted: something of these was sent more than once: Karn
 * @original: something of these was sent once, and before the recovery began
 * @ece: it says ECE, and ECN was agreed upon: RFC 3168
 * @dup_ack: it is a duplicate, RFC 5681 section 2, and has no SACK block
 * @duplicate: a DSACK: something came twice that may be of our repetitions
 * @missed: there was no memory to enter what a block says
 * @dup_segs: segments of the DSACK
 * @dup_end: where it ends
 * @has_echo: it has a timestamp
 * @echo: the timestamp of ours that it echoes
 * @cwnd_limited: the congestion window was what held back sending, in this flight
 * @window_used: the same, or enough of it was on the way: it may grow
 * @rate: the delivery rate's sample
 */
struct mytcp_acked {
	u32 bytes;
	u32 segments;
	u32 sacked;
	u32 in_flight;
	u32 packets_out;
	s32 rtt_us;
	s32 sack_rtt_us;
	bool retransmitted;
	bool original;
	bool ece;
	bool dup_ack;
	bool duplicate;
	bool missed;
	u32 dup_segs;
	u32 dup_end;
	bool has_echo;
	u32 echo;
	bool cwnd_limited;
	bool window_used;
	struct mytcp_rate_sample rate;
};

/* Does the ACK echo a timestamp from before a time by mytcp_clock()? */
static inline bool mytcp_echo_before(const struct mytcp_sock *ms,
				     const struct mytcp_acked *acked, u64 ns)
{
	return acked->has_echo &&
	       seq_before(acked->echo, mytcp_ts_at(ns, ms->ts_offset));
}

/*
 * Something was sent, or "limited": the congestion window has held back sending. What is
 * on the way then fills it, and the ACK of each segment of it tells that the path could
 * take the whole (RFC 7661). Of a flight that does not, the most that was on the way.
 */
static inline void mytcp_note_flight(struct mytcp_sock *ms, bool limited)
{
	if (!limited && seq_before(ms->snd_una, ms->flight_end) &&
	    (ms->cwnd_limited || ms->packets_out <= ms->flight_most))
		return;
	ms->cwnd_limited = limited;
	ms->flight_most = ms->packets_out;
	ms->flight_end = ms->snd_nxt;
}

/*
 * Was the congestion window made use of, so that it may grow? In slow start half of it
 * is enough, which is RFC 7661's validated phase, and Linux's rule: what grows twofold
 * with each round trip would else wait for an application that doubles as quickly.
 */
static inline bool mytcp_window_was_used(const struct mytcp_sock *ms)
{
	return ms->cwnd_limited || (mytcp_cong_in_slow_start(&ms->cong) &&
				    ms->cong.cwnd < 2 * ms->flight_most);
}

/* From now on it is looked at what is made of the window. */
static inline void mytcp_window_begins(struct mytcp_sock *ms)
{
	ms->used_most = 0;
	ms->used_ns = ms->now;
}

void mytcp_recovery_init(struct mytcp_sock *ms);
void mytcp_recovery_ack(struct sock *sk, const struct mytcp_segment *seg, bool wnd_changed);
void mytcp_recovery_old_ack(struct sock *sk, const struct mytcp_segment *seg);
void mytcp_recovery_timeout(struct sock *sk);
void mytcp_recovery_reorder(struct sock *sk);
void mytcp_note_least_rtt(struct sock *sk, u32 rtt_us);
void mytcp_recovery_resume(struct sock *sk);
void mytcp_recovery_path_shrunk(struct sock *sk);
void mytcp_grow_sndbuf(struct sock *sk);

#endif /* _MYTCP_RECOVERY_H */
