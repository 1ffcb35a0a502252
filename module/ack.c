// SPDX-License-Identifier: GPL-2.0
/*
 * Windows and acknowledgments of the receiver: see ack.h.
 */
#include "ack.h"
#include "output.h"
#include "rcvbuf.h"
#include "reply.h"
#include "window.h"

/* As the kernel's TCP_MAX_QUICKACKS. */
#define MYTCP_QUICK_ACKS_MAX	16U
/* So many are sent at once after a sign of congestion, as by the kernel's TCP. */
#define MYTCP_QUICK_ACKS_CONGESTED	2U

/* What the window would be if a segment went out now. Rules: MAY-8. */
static u32 mytcp_next_window(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return mytcp_select_window(min(mytcp_rcvbuf_free(sk), ms->rcv_ssthresh),
				   mytcp_rcvbuf_full(sk), ms->rcv_mss,
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
	u32 wnd;

	if (unlikely(syn))
		return min_t(u32, ms->rcv_wnd, U16_MAX);
	wnd = mytcp_next_window(sk);
	if (!ms->drs.rtt_ns && wnd > mytcp_receive_window(ms))
		mytcp_drs_announced(&ms->drs, ms->rcv_nxt + wnd, ms->now);
	ms->rcv_wnd = wnd;
	ms->rcv_wup = ms->rcv_nxt;
	return ms->rcv_wnd >> ms->rcv_wscale;
}

/**
 * mytcp_select_initial_window() - the window of our SYN and its scale
 * @sk: locked, about to send SYN
 */
void mytcp_select_initial_window(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	mytcp_rcvbuf_initial(sk, &ms->rcv_wnd, &ms->rcv_wscale);
	ms->rcv_ssthresh = ms->rcv_wnd;
	ms->rcv_wup = ms->rcv_nxt;
}

/**
 * mytcp_window_update() - the user has read: tell the peer if that opens much
 * @sk: locked
 *
 * RFC 9293 3.8.6.2.2: not for every octet. The peer is told when its window can
 * be at least doubled; smaller gains ride on the next segment.
 *
 * Context: process.
 *
 * Rules: MUST-39
 */
void mytcp_window_update(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 now_open = mytcp_receive_window(ms);

	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT |
				   TCPF_CLOSE_WAIT | TCPF_LAST_ACK | TCPF_CLOSING))
		return;
	mytcp_rcvbuf_read(sk);
	if (2 * now_open > mytcp_rcvbuf_full(sk))
		return;
	if (mytcp_next_window(sk) < max(2 * now_open, 1U))
		return;
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
		mytcp_deadline_set(sk, MYTCP_DL_DELACK, ms->now + MYTCP_DELACK_MAX_NS);
}

/**
 * mytcp_ack_quickly() - the peer's window may be small now: it waits for each ACK
 * @sk: locked
 *
 * The next ones are not delayed; as many as Linux has it.
 */
void mytcp_ack_quickly(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->quick_acks = max_t(u8, ms->quick_acks, MYTCP_QUICK_ACKS_CONGESTED);
	ms->pingpong = false;
}

/**
 * mytcp_ack_text() - text in order has arrived
 * @sk: locked; RCV.NXT is behind the text
 * @len: octets of payload that the peer put into one segment
 *
 * RFC 9293 3.8.6.3, SHLD-19: at least every second full-sized segment is
 * acknowledged at once.
 *
 * Rules: 5681-4.2-2
 */
void mytcp_ack_text(struct sock *sk, u32 len)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (len > ms->rcv_mss)
		ms->rcv_mss = min_t(u32, len, max(ms->advmss, ms->rcv_mss));
	if (ms->rcv_nxt - ms->rcv_wup >= 2 * ms->rcv_mss ||
	    (ms->quick_acks && !ms->pingpong))
		ms->ack_pending = MYTCP_ACK_NOW;
	else
		mytcp_ack_later(sk);
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
 * tcp(7): it is not permanent. So many ACKs are sent at once as would fill half of the
 * window with full segments; text that is sent in answer, or the time of a delayed
 * ACK, changes the mode. As the kernel's TCP.
 */
void mytcp_set_quickack(struct sock *sk, int val)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->pingpong = !val;
	if (!val)
		return;
	ms->quick_acks = clamp(ms->rcv_wnd / (2U * ms->rcv_mss), 2U, MYTCP_QUICK_ACKS_MAX);
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
