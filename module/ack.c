// SPDX-License-Identifier: GPL-2.0
/*
 * Windows and acknowledgments of the receiver: see ack.h.
 */
#include "ack.h"
#include "output.h"
#include "rcvbuf.h"
#include "reply.h"
#include "window.h"

/*
 * What the window would be if a segment went out now. A limit below the scale's unit would
 * close it for good: only text that comes raises that.
 * Rules: MAY-8.
 */
static u32 mytcp_next_window(const struct mytcp_sock *ms, u32 free, u32 full)
{
	u32 most = max(ms->rcv_ssthresh, 1U << ms->rcv_wscale);

	return mytcp_select_window(min(free, most), full, ms->rcv_mss,
				   mytcp_receive_window(ms), ms->rcv_wscale);
}

/**
 * mytcp_announce_window() - the window field of a segment that goes out
 * @sk: locked
 * @syn: the segment has SYN: the field is not scaled (RFC 7323 2.2)
 *
 * What is announced is remembered: the right edge never moves back (RFC 9293
 * SHLD-14).
 *
 * Return: the field, in host order.
 *
 * Rules: 7323-2.2-3, 7323-2.3-2
 */
u16 mytcp_announce_window(struct sock *sk, bool syn)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 free, full, wnd;

	if (unlikely(syn))
		return min_t(u32, ms->rcv_wnd, U16_MAX);
	free = mytcp_rcvbuf_free(sk);
	full = mytcp_rcvbuf_full(sk);
	/* The reader is behind: why urge the sender on? */
	if (free < full / 2)
		ms->quick_acks = 0;
	wnd = mytcp_next_window(ms, free, full);
	if (!ms->drs.rtt_ns && wnd > mytcp_receive_window(ms))
		mytcp_drs_announced(&ms->drs, ms->rcv_nxt + wnd, ms->now);
	ms->rcv_wnd = wnd;
	ms->rcv_wup = ms->rcv_nxt;
	return ms->rcv_wnd >> ms->rcv_wscale;
}

/**
 * mytcp_select_initial_window() - the window of our SYN and its scale
 * @sk: locked, about to send SYN
 * @limits: what the route allows
 */
void mytcp_select_initial_window(struct sock *sk, const struct mytcp_rcvbuf_limits *limits)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	mytcp_rcvbuf_initial(sk, limits, &ms->rcv_wnd, &ms->rcv_wscale);
	ms->rcv_ssthresh = ms->rcv_wnd;
	ms->rcv_wup = ms->rcv_nxt;
}

/*
 * The user has read all that came, and the end of what the peer's user wrote was in
 * it: that one may wait for the ACK, by Nagle. Where answers are likely it waits for
 * them, unless there were two such ends.
 */
static bool mytcp_ack_on_read(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return ms->ack_pending != MYTCP_ACK_NONE && ms->ack_pushed > ms->pingpong &&
	       !atomic_read(&sk->sk_rmem_alloc);
}

/**
 * mytcp_window_update() - the user has read: tell the peer if that opens much
 * @sk: locked
 *
 * RFC 9293 3.8.6.2.2: not for every octet. The peer is told when its window can
 * be at least doubled; smaller gains ride on the next segment. An ACK that is owed
 * may go now.
 *
 * Context: process.
 *
 * Rules: MUST-39
 */
void mytcp_window_update(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 now_open = mytcp_receive_window(ms);
	u32 full;

	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT |
				   TCPF_SYN_RECV | TCPF_CLOSE_WAIT | TCPF_LAST_ACK | TCPF_CLOSING))
		return;
	mytcp_rcvbuf_read(sk);
	if (!mytcp_ack_on_read(sk)) {
		full = mytcp_rcvbuf_full(sk);
		if (2 * now_open > full ||
		    mytcp_next_window(ms, mytcp_rcvbuf_free(sk), full) < max(2 * now_open, 1U))
			return;
	}
	ms->now = mytcp_clock();
	mytcp_send_ack(sk);
}

/**
 * mytcp_ack_later() - an ACK is owed, it may wait for company
 * @sk: locked
 *
 * Rules: SHLD-18, 5681-4.2-1
 */
void mytcp_ack_later(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->ack_pending == MYTCP_ACK_NONE)
		ms->ack_pending = MYTCP_ACK_DELAYED;
	if (!mytcp_deadline_pending(sk, MYTCP_DL_DELACK))
		mytcp_deadline_set(sk, MYTCP_DL_DELACK, ms->now + mytcp_delack_ns(ms));
}

/* An ACK that is owed would go soon, anyway: a quarter of its time is left. */
static bool mytcp_ack_nearly_due(const struct mytcp_sock *ms)
{
	return ms->deadline[MYTCP_DL_DELACK] <= ms->now + mytcp_delack_ns(ms) / 4;
}

/**
 * mytcp_ack_text() - text in order has arrived
 * @sk: locked; RCV.NXT is behind the text
 * @len: octets of payload that the peer put into one segment
 * @push: it had PSH
 *
 * RFC 9293 3.8.6.3, SHLD-19: at least every second full-sized segment is
 * acknowledged at once, and with it what exceeds the first.
 *
 * Rules: 5681-4.2-2
 */
void mytcp_ack_text(struct sock *sk, u32 len, bool push)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if ((push || len < ms->rcv_mss) && ms->ack_pushed < MYTCP_PUSHED_TWICE)
		ms->ack_pushed++;
	if (len > ms->rcv_mss)
		ms->rcv_mss = min_t(u32, len, max(ms->advmss, ms->rcv_mss));
	if (ms->rcv_nxt - ms->rcv_wup > ms->rcv_mss || mytcp_ack_nearly_due(ms) ||
	    (ms->quick_acks && !ms->pingpong) || ms->quickack)
		ms->ack_pending = MYTCP_ACK_NOW;
	else
		mytcp_ack_later(sk);
}

/*
 * So many ACKs at least are sent at once as would fill half of the window with full
 * segments: two, and not more than @most.
 */
static void mytcp_more_quick_acks(struct mytcp_sock *ms, u32 most)
{
	u32 n = clamp(ms->rcv_wnd / (2U * ms->rcv_mss), 2U, most);

	ms->quick_acks = max_t(u32, ms->quick_acks, n);
}

/**
 * mytcp_ack_hurry() - the sender's window may be small now: ACKs are sent at once
 * @ms: locked
 * @most: not more than so many, from 2: MYTCP_QUICK_ACKS_MAX for what was here already
 *	and came again, MYTCP_QUICK_ACKS_CONGESTED for a mark of congestion
 *
 * The sender repairs a loss, or thinks so, or was told of congestion: only ACKs open
 * its window. Linux's tcp_enter_quickack_mode().
 */
void mytcp_ack_hurry(struct mytcp_sock *ms, u32 most)
{
	mytcp_more_quick_acks(ms, most);
	ms->pingpong = false;
}

/**
 * mytcp_ack_after_silence() - text comes, the first or after a pause
 * @ms: locked; last_data_rcvd is when the last came, or 0
 *
 * Its sender is in slow start, where each ACK opens its window; RFC 5681 section 4.1
 * has it begin anew after a retransmission timeout of silence. The wait for a delayed
 * ACK would be the more felt.
 */
void mytcp_ack_after_silence(struct mytcp_sock *ms)
{
	if (!ms->last_data_rcvd || ms->now - ms->last_data_rcvd > mytcp_rto_ns(ms))
		mytcp_more_quick_acks(ms, MYTCP_QUICK_ACKS_MAX);
}

/**
 * mytcp_ack_if_due() - a segment was processed: what must be acknowledged now
 * @sk: locked, not CLOSE
 *
 * Rules: MUST-58, 5681-4.2-4
 */
void mytcp_ack_if_due(struct sock *sk)
{
	if (mytcp_sk(sk)->ack_pending == MYTCP_ACK_NOW)
		mytcp_send_ack(sk);
}

/**
 * mytcp_delack_due() - the delayed ACK has waited long enough
 * @sk: locked
 */
void mytcp_delack_due(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->ack_pending == MYTCP_ACK_NONE)
		return;
	/* No answer has come to go with it. */
	ms->pingpong = false;
	mytcp_count(sock_net(sk), delayed_acks);
	mytcp_send_ack(sk);
}

/**
 * mytcp_set_quickack() - TCP_QUICKACK
 * @sk: locked, ms->now set
 * @val: 0: delay ACKs, there will be answers for them to go with; else send what is
 *	owed at once, and if odd go on so
 *
 * tcp(7): it is not permanent. Text that is sent in answer, or the time of a delayed
 * ACK, changes the mode. As the kernel's TCP.
 */
void mytcp_set_quickack(struct sock *sk, int val)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->pingpong = !val;
	if (!val)
		return;
	mytcp_more_quick_acks(ms, MYTCP_QUICK_ACKS_MAX);
	if (ms->ack_pending != MYTCP_ACK_NONE &&
	    (1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) {
		mytcp_send_ack(sk);
		ms->pingpong = !(val & 1);
	}
}

/**
 * mytcp_ack_unacceptable() - RFC 9293 3.10.7.4, first: not in the window
 * @sk: locked
 * @has_text: it carried text and no SYN: such segments make no ACK loop
 *
 * "If an incoming segment is not acceptable, an acknowledgment should be sent
 * in reply".
 */
void mytcp_ack_unacceptable(struct sock *sk, bool has_text)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (has_text)
		mytcp_ack_hurry(ms, MYTCP_QUICK_ACKS_MAX);
	if (has_text || mytcp_oow_allowed(sock_net(sk), ms->now, &ms->last_oow_ack))
		mytcp_send_ack(sk);
}

/**
 * mytcp_send_challenge_ack() - RFC 5961: let the peer prove that it meant it
 * @sk: locked
 */
void mytcp_send_challenge_ack(struct sock *sk)
{
	if (mytcp_challenge_allowed(sock_net(sk)))
		mytcp_send_ack(sk);
}
