/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receiver's side of the header: which window to announce (RFC 9293
 * 3.8.6.2.2), when to acknowledge (3.8.6.3), challenge ACKs (RFC 5961).
 */
#ifndef _MYTCP_ACK_H
#define _MYTCP_ACK_H

#include "sock.h"
#include "timer.h"

/* So many ACKs in a row are sent at once: as the kernel's TCP_MAX_QUICKACKS. */
#define MYTCP_QUICK_ACKS_MAX		16U
/* The same after a sign of congestion, as by the kernel's TCP. */
#define MYTCP_QUICK_ACKS_CONGESTED	2U

struct mytcp_rcvbuf_limits;

u16 mytcp_announce_window(struct sock *sk, bool syn);
void mytcp_select_initial_window(struct sock *sk, const struct mytcp_rcvbuf_limits *limits);
void mytcp_window_update(struct sock *sk);

void mytcp_ack_later(struct sock *sk);
void mytcp_ack_text(struct sock *sk, u32 len, bool push);
void mytcp_ack_hurry(struct mytcp_sock *ms, u32 most);
void mytcp_ack_after_silence(struct mytcp_sock *ms);
void mytcp_ack_if_due(struct sock *sk);
void mytcp_delack_due(struct sock *sk);
void mytcp_set_quickack(struct sock *sk, int val);
void mytcp_ack_unacceptable(struct sock *sk, bool has_text);
void mytcp_send_challenge_ack(struct sock *sk);

/*
 * How long an ACK may wait. Where timeouts may be shorter than usual (rto_min of the
 * route) the peer's are likely to be, too: a millisecond less than they take. As Linux's
 * tcp_delack_max().
 */
static inline u64 mytcp_delack_ns(const struct mytcp_sock *ms)
{
	u64 least = max_t(u64, ms->rto_min_us, 2 * USEC_PER_MSEC) - USEC_PER_MSEC;

	return min_t(u64, MYTCP_DELACK_MAX_NS, least * NSEC_PER_USEC);
}

/* A segment with ACK goes out: it carries what was owed. */
static inline void mytcp_ack_sent(struct mytcp_sock *ms)
{
	if (ms->ack_pending != MYTCP_ACK_NONE && ms->quick_acks)
		ms->quick_acks--;
	ms->ack_pending = MYTCP_ACK_NONE;
	ms->ack_pushed = 0;
	ms->deadline[MYTCP_DL_DELACK] = MYTCP_NEVER;
	ms->ts_lastack = ms->rcv_nxt;
}

/* Text goes out: so soon after text came in it is an answer. */
static inline void mytcp_ack_answered(struct mytcp_sock *ms)
{
	if (ms->now - ms->last_data_rcvd < MYTCP_DELACK_MAX_NS)
		ms->pingpong = true;
}

/* Text comes. */
static inline void mytcp_ack_text_arrives(struct mytcp_sock *ms)
{
	/* No timeout is shorter. */
	if (unlikely(ms->now - ms->last_data_rcvd > (u64)ms->rto_min_us * NSEC_PER_USEC))
		mytcp_ack_after_silence(ms);
	ms->last_data_rcvd = ms->now;
}

#endif /* _MYTCP_ACK_H */
