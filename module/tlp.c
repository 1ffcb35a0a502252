// SPDX-License-Identifier: GPL-2.0
/*
 * Tail loss probes: see tlp.h.
 */
#include "ecn.h"
#include "output.h"
#include "pace.h"
#include "sendqueue.h"
#include "small_queue.h"
#include "timer.h"
#include "tlp.h"
#include "undo.h"

/* RFC 8985 section 7.2: how long a peer may delay the ACK of a lone segment. */
#define TLP_ACK_DELAY_NS	(200 * NSEC_PER_MSEC)
/* No sooner: the timer would be moved more often than it is worth. */
#define TLP_MIN_NS		(2 * NSEC_PER_MSEC)

/* Rules: 8985-4-4, 8985-7.2-1, 8985-7.3-4, 8985-7.3-6. */
static bool tlp_may_probe(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u8 mode = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_early_retrans);

	/* 3 and 4 mean it, and 0 to 2 are no longer told apart: Linux's way. */
	return ms->sack_ok && mode >= 3 && ms->packets_out && !ms->sacked_out &&
	       !ms->tlp_out && ms->tlp_sampled && !mytcp_cong_repairing(&ms->cong) &&
	       /* Of a Fast Open child the SYN,ACK has to be sent again first. */
	       sk->sk_state != TCP_SYN_RECV;
}

/* RFC 8985 section 7.2: PTO. Rules: 8985-7.2-2, 8985-7.2-3. */
static u64 tlp_timeout(const struct mytcp_sock *ms)
{
	u64 pto = NSEC_PER_SEC;

	if (ms->rtt.srtt_us) {
		pto = 2ull * (ms->rtt.srtt_us >> 3) * NSEC_PER_USEC;
		if (ms->packets_out == 1)
			pto += TLP_ACK_DELAY_NS;
	}
	return max_t(u64, pto, TLP_MIN_NS);
}

/**
 * mytcp_tlp_schedule() - something was sent, or acknowledged: the probe waits anew
 * @sk: locked, ms->now set
 *
 * Rules: 8985-7.2-4, 8985-8-1
 */
void mytcp_tlp_schedule(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!tlp_may_probe(sk)) {
		mytcp_deadline_clear(sk, MYTCP_DL_PROBE);
		return;
	}
	/* In the place of the retransmission timer if need be, which begins anew. */
	mytcp_deadline_set(sk, MYTCP_DL_PROBE,
			   min(mytcp_pace_base(ms) + tlp_timeout(ms),
			       ms->deadline[MYTCP_DL_RETRANSMIT]));
}

/**
 * mytcp_tlp_cancel() - recovery begins, which has no use for probes
 * @sk: locked
 *
 * Rules: 8985-7.1-1
 */
void mytcp_tlp_cancel(struct sock *sk)
{
	mytcp_sk(sk)->tlp_out = false;
	mytcp_deadline_clear(sk, MYTCP_DL_PROBE);
}

/*
 * The last segment on the way, which is cut off its buffer. One that still waits in the
 * queues below is no tail that was lost.
 */
static struct sk_buff *tlp_last_segment(struct sock *sk)
{
	struct sk_buff *skb;
	u32 size;

	if (mytcp_trim_again(sk))
		return NULL;
	skb = skb_rb_last(&sk->tcp_rtx_queue);
	if (mytcp_small_queue_holds(sk, skb))
		return NULL;
	size = skb_shinfo(skb)->gso_size;
	if (!size || skb->len <= size)
		return skb;
	if (mytcp_fragment(sk, skb, rounddown(skb->len - 1, size)))
		return NULL;
	return skb_rb_next(skb);
}

/**
 * mytcp_tlp_due() - the probe timeout is over: RFC 8985 section 7.3
 * @sk: locked, ms->now set
 *
 * Rules: 8985-7.3-1, 8985-7.3-2, 8985-7.3-5
 */
void mytcp_tlp_due(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb;

	if (!tlp_may_probe(sk))
		return;
	/* RFC 5681: what exceeds the window does not count. */
	ms->tlp_flight = min(ms->packets_out, ms->cong.cwnd);
	/* Something new if there is, which the window has room for. */
	if (mytcp_send_one(sk)) {
		ms->tlp_resent = false;
	} else {
		skb = tlp_last_segment(sk);
		if (!skb || mytcp_retransmit(sk, skb))
			return;
		ms->tlp_resent = true;
	}
	ms->tlp_seq = ms->snd_nxt;
	ms->tlp_out = true;
	ms->tlp_sampled = false;
	mytcp_count(sock_net(sk), tail_loss_probes);
	mytcp_timer_rto_restart(sk);
}

/**
 * mytcp_tlp_duplicate() - is it the probe that came twice?
 * @ms: locked
 * @acked: what the ACK tells
 *
 * Return: true when a DSACK says so.
 *
 * Rules: 8985-7.4-3
 */
bool mytcp_tlp_duplicate(const struct mytcp_sock *ms, const struct mytcp_acked *acked)
{
	return ms->tlp_out && ms->tlp_resent && acked->duplicate &&
	       acked->dup_end == ms->tlp_seq;
}

/**
 * mytcp_tlp_ack() - what became of the probe? RFC 8985 section 7.4
 * @sk: locked; SND.UNA is moved
 * @acked: what the ACK tells
 *
 * Rules: 8985-7.4-1, 8985-7.4-2, 8985-7.4-3, 8985-7.4-4, 8985-7.4-5
 */
void mytcp_tlp_ack(struct sock *sk, const struct mytcp_acked *acked)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->tlp_out || seq_before(ms->snd_una, ms->tlp_seq))
		return;
	if (!ms->tlp_resent || mytcp_tlp_duplicate(ms, acked)) {
		/* It was new, or came twice: nothing was lost. */
		ms->tlp_out = false;
	} else if (seq_after(ms->snd_una, ms->tlp_seq)) {
		/* It has repaired the only loss, of which nothing else tells. */
		ms->tlp_out = false;
		if (ms->cong.state == MYTCP_CONG_OPEN) {
			/* This one stands, whatever comes of an earlier one. */
			mytcp_undo_forget(ms);
			mytcp_cong_enter_recovery(&ms->cong, ms->tlp_flight);
			mytcp_cong_exit_recovery(&ms->cong);
			mytcp_ecn_reduced(ms);
		}
	} else if (acked->dup_ack) {
		/* A duplicate without SACK: the original and the probe were there. */
		ms->tlp_out = false;
	}
}
