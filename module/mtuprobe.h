/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes for a larger segment size, RFC 4821 section 7, and what their fate and that of
 * others says of the path. A probe is the next text of the send queue, in one segment
 * that is larger than the others; that it is lost alone is no congestion. All with the
 * socket's lock held.
 */
#ifndef _MYTCP_MTUPROBE_H
#define _MYTCP_MTUPROBE_H

#include "sock.h"

void mytcp_mtuprobe_init(struct sock *sk);
u32 mytcp_mtuprobe_due(struct sock *sk, bool *wait);
bool mytcp_mtuprobe_prepare(struct sock *sk, u32 len);
void mytcp_mtuprobe_sent(struct sock *sk, u32 len);
void mytcp_mtuprobe_arrived(struct sock *sk);
bool mytcp_mtuprobe_failed(struct sock *sk);
void mytcp_mtuprobe_black_hole(struct sock *sk);

/* SND.UNA has moved. */
static inline void mytcp_mtuprobe_acked(struct sock *sk)
{
	const struct mytcp_plpmtud *p = &mytcp_sk(sk)->plpmtud;

	if (unlikely(p->probe) && seq_after(mytcp_sk(sk)->snd_una, p->probe_seq))
		mytcp_mtuprobe_arrived(sk);
}

/* Is it the probe that begins there? */
static inline bool mytcp_mtuprobe_at(const struct mytcp_sock *ms, u32 seq)
{
	return unlikely(ms->plpmtud.probe) && ms->plpmtud.probe_seq == seq;
}

/* Something is sent again: what becomes of a probe says nothing any more. */
static inline void mytcp_mtuprobe_forget(struct mytcp_sock *ms)
{
	ms->plpmtud.probe = 0;
}

#endif /* _MYTCP_MTUPROBE_H */
