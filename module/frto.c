// SPDX-License-Identifier: GPL-2.0
/*
 * Timeouts that came too early: see frto.h.
 */
#include <net/tcp.h>

#include "frto.h"
#include "output.h"
#include "undo.h"

/**
 * mytcp_frto_begin() - the retransmission timer is due: RFC 5682 section 2.1, step 1
 * @sk: locked; nothing is changed yet
 *
 * Not in a fast recovery, nor while an earlier timeout is repaired, unless that too
 * got no answer; nor with a probe of the path's MTU on the way, whose loss is likely.
 *
 * Rules: 5682-2.1-1
 */
void mytcp_frto_begin(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool again = ms->cong.state == MYTCP_CONG_LOSS && ms->retries > 1;

	if (READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_frto) &&
	    (!mytcp_cong_repairing(&ms->cong) || again) && !ms->plpmtud.probe)
		ms->frto = MYTCP_FRTO_RESENT;
	else
		ms->frto = MYTCP_FRTO_OFF;
}

/*
 * Step 3 (b): an original has arrived. One ACK may cover a repetition and what had been
 * there before it, whose blocks may be lost: that proves nothing. Nor does, without SACK,
 * the first ACK.
 * Rules: 5682-2.1-4, 5682-3.1-1, 5682-3.1-2
 */
static bool frto_was_early(const struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	return acked->original && !acked->retransmitted &&
	       (ms->sack_ok || ms->frto == MYTCP_FRTO_NEW);
}

/**
 * mytcp_frto_send_new() - the segment whose ACK decides
 * @sk: locked; what is lost waits for it
 *
 * Step 2 (b). It leaves whatever Nagle or a cork may say: nothing else would come
 * before the timer.
 *
 * Return: false when it cannot be sent: then what is lost is not to wait.
 */
bool mytcp_frto_send_new(struct sock *sk)
{
	if (mytcp_send_one(sk))
		return true;
	mytcp_sk(sk)->frto = MYTCP_FRTO_OFF;
	return false;
}

/**
 * mytcp_frto_ack() - what an ACK says of the timeout before it
 * @sk: locked; SND.UNA is moved, the congestion window not yet
 * @acked: what it tells
 *
 * Return: true when something new is to be sent now instead of what is lost.
 *
 * Rules: 5682-2.1-2, 5682-2.1-3, 5682-2.1-5, 5682-2.1-6, 5682-2.1-7, 5682-3.1-3,
 * 5682-3.1-4, 5682-3.1-5
 */
bool mytcp_frto_ack(struct sock *sk, const struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->frto == MYTCP_FRTO_OFF || ms->cong.state != MYTCP_CONG_LOSS)
		return false;
	if (frto_was_early(ms, acked)) {
		ms->frto = MYTCP_FRTO_OFF;
		mytcp_count(sock_net(sk), spurious_timeouts);
		mytcp_undo(sk);
		return false;
	}
	/* 2 (b): SND.UNA moved, but not over all that was sent before the timeout */
	if (ms->frto == MYTCP_FRTO_RESENT && acked->bytes &&
	    seq_before(ms->snd_una, ms->recover) && mytcp_may_send_new(sk)) {
		ms->frto = MYTCP_FRTO_NEW;
		return true;
	}
	/* 2 (a), 3 (a): it was in time */
	if (acked->bytes || acked->sacked || acked->dup_ack)
		ms->frto = MYTCP_FRTO_OFF;
	return false;
}
