/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One hrtimer a connection over an array of deadlines. Setting a deadline moves
 * a number; the hrtimer is touched only when the new deadline is earlier than
 * what it is armed for, and when it fires early it re-arms itself.
 */
#ifndef _MYTCP_TIMER_H
#define _MYTCP_TIMER_H

#include "sock.h"

/* RFC 9293 3.8.6.3 allows 500 ms. Rules: MUST-40, 5681-4.2-3. */
#define MYTCP_DELACK_MAX_NS	(40 * NSEC_PER_MSEC)

void mytcp_timer_init(struct sock *sk);
void mytcp_timer_arm(struct sock *sk, u64 when);
void mytcp_timer_stop(struct sock *sk);
void mytcp_timer_cancel(struct sock *sk);
/* Everything that is due at ms->now; the socket may be CLOSE afterwards. */
void mytcp_timer_run(struct sock *sk);

static inline void mytcp_deadline_set(struct sock *sk, enum mytcp_deadline which, u64 when)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->deadline[which] = when;
	if (when < ms->timer_expires)
		mytcp_timer_arm(sk, when);
}

static inline void mytcp_deadline_clear(struct sock *sk, enum mytcp_deadline which)
{
	mytcp_sk(sk)->deadline[which] = MYTCP_NEVER;
}

static inline bool mytcp_deadline_pending(const struct sock *sk, enum mytcp_deadline which)
{
	return mytcp_sk(sk)->deadline[which] != MYTCP_NEVER;
}

void mytcp_timer_rto_restart(struct sock *sk);
void mytcp_timer_keepalive_restart(struct sock *sk);
void mytcp_set_keepalive(struct sock *sk, int on);	/* struct proto's keepalive */
u64 mytcp_fin_wait_2_ns(const struct sock *sk);

#endif /* _MYTCP_TIMER_H */
