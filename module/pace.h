/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pacing: data leave no faster than sk_pacing_rate, octets in a second, which comes
 * from the congestion control algorithm or else from window and round trip.
 *
 * sk_pacing_status says who keeps to it, as for the kernel's TCP: nobody until
 * SO_MAX_PACING_RATE or an algorithm asks for it (SK_PACING_NEEDED: we, by a deadline
 * of the connection's timer); the queueing discipline fq where one is met
 * (SK_PACING_FQ, which it sets itself), by the time of departure in each packet.
 *
 * Whoever does: the rate also says how much goes in one piece (a burst is the
 * octets of a millisecond) and how much may wait below (small_queue.h).
 */
#ifndef _MYTCP_PACE_H
#define _MYTCP_PACE_H

#include "sock.h"
#include "timer.h"

void mytcp_pace_update(struct sock *sk);
void mytcp_pace_advance(struct sock *sk, u32 len);
void mytcp_pace_due(struct sock *sk);
u32 mytcp_pace_burst(const struct sock *sk, u32 mss);

/* When what is given to the network now leaves: nanoseconds of mytcp_clock(). */
static inline u64 mytcp_departure(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return READ_ONCE(sk->sk_pacing_status) == SK_PACING_FQ ?
	       max(ms->now, ms->pace_ns) : ms->now;
}

/* From when on the ACK of what is sent next can be waited for. */
static inline u64 mytcp_pace_base(const struct mytcp_sock *ms)
{
	return max(ms->now, ms->pace_ns);
}

/* So many octets of data are sent. */
static inline void mytcp_pace_sent(struct sock *sk, u32 len)
{
	if (READ_ONCE(sk->sk_pacing_status) != SK_PACING_NONE)
		mytcp_pace_advance(sk, len);
}

/* Is it too early for the next data? Then the timer will call. */
static inline bool mytcp_pace_hold(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	if (likely(READ_ONCE(sk->sk_pacing_status) != SK_PACING_NEEDED) ||
	    ms->pace_ns <= ms->now)
		return false;
	mytcp_deadline_set(sk, MYTCP_DL_PACE, ms->pace_ns);
	return true;
}

#endif /* _MYTCP_PACE_H */
