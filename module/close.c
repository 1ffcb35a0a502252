// SPDX-License-Identifier: GPL-2.0
/*
 * Ending a connection from the user's side: CLOSE (RFC 9293 3.10.4), half-close,
 * disconnect.
 */
#include "fastopen.h"
#include "input.h"
#include "listen.h"
#include "output.h"
#include "port.h"
#include "rcvbuf.h"
#include "reassembly.h"
#include "sock.h"
#include "timer.h"

/*
 * The state that CLOSE leads to, and whether a FIN goes out. SYN_SENT: no peer
 * knows of us. A Fast Open child's FIN may go at once, but its handshake has to come to
 * an end first. The remaining states have sent their FIN already.
 */
static bool mytcp_close_state(struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_SYN_RECV:
		if (mytcp_fastopen_opening(sk))
			return !mytcp_sk(sk)->fin_queued;
		fallthrough;
	case TCP_ESTABLISHED:
		mytcp_set_state(sk, TCP_FIN_WAIT1);
		return true;
	case TCP_CLOSE_WAIT:
		mytcp_set_state(sk, TCP_LAST_ACK);
		return true;
	default:
		return false;
	}
}

/**
 * mytcp_shutdown_send() - half-close: nothing more will be written
 * @sk: locked; sk_shutdown has SEND_SHUTDOWN already
 */
void mytcp_shutdown_send(struct sock *sk)
{
	mytcp_sk(sk)->now = mytcp_clock();
	if (mytcp_close_state(sk))
		mytcp_send_fin(sk);
}

/* Data that arrived and that the user will never read: RFC 2525 2.17. */
static bool mytcp_discard_unread(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool unread = false;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&sk->sk_receive_queue))) {
		struct mytcp_skb_cb *cb = MYTCP_CB(skb);
		u32 end = cb->end_seq - !!(cb->flags & MYTCP_FLAG_FIN);

		unread |= seq_after(end, ms->copied_seq);
		__kfree_skb(skb);
	}
	return unread;
}

/* What close(2) says to the peer: nothing, FIN or RST. Rules: SHLD-3, MAY-1. */
static void mytcp_close_connection(struct sock *sk)
{
	bool unread = mytcp_discard_unread(sk);

	if (sk->sk_state == TCP_CLOSE)
		return;
	if (sk->sk_state == TCP_SYN_SENT) {
		mytcp_write_queue_purge(sk);
		mytcp_done(sk);
	} else if (unread && sk->sk_state != TCP_LAST_ACK &&
		   sk->sk_state != TCP_CLOSING) {
		mytcp_count(sock_net(sk), aborted_on_data);
		mytcp_count_estab_reset(sk);
		mytcp_abort(sk, ECONNABORTED);
	} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime) {
		mytcp_count_estab_reset(sk);
		mytcp_abort(sk, ECONNABORTED);
	} else if (mytcp_close_state(sk)) {
		mytcp_send_fin(sk);
	}
}

/**
 * mytcp_close() - close(2): the user leaves
 * @sk: the struct socket's; its reference is consumed
 * @timeout: how long to wait for the peer's ACK of the FIN (SO_LINGER), jiffies
 *
 * Context: process; may sleep.
 */
void mytcp_close(struct sock *sk, long timeout)
{
	lock_sock(sk);
	mytcp_sk(sk)->now = mytcp_clock();
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	mytcp_fastopen_closing(sk);

	if (sk->sk_state == TCP_LISTEN) {
		mytcp_set_state(sk, TCP_CLOSE);
		mytcp_listen_stop(sk);
	} else {
		mytcp_close_connection(sk);
		sk_stream_wait_close(sk, timeout);
	}

	sock_hold(sk);
	/* Runs the backlog; from here on only soft-irq can find the socket. */
	release_sock(sk);
	local_bh_disable();
	bh_lock_sock(sk);
	WARN_ON_ONCE(sock_owned_by_user(sk));
	mytcp_sk(sk)->now = mytcp_clock();
	mytcp_orphan(sk);
	bh_unlock_sock(sk);
	local_bh_enable();
	sock_put(sk);
	mytcp_port_settle();
}

/* Everything of the last connection is forgotten; options and port stay. */
static void mytcp_forget_connection(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	__skb_queue_purge(&sk->sk_receive_queue);
	mytcp_write_queue_purge(sk);
	mytcp_reassembly_purge(sk);

	ms->lower->disconnect(sk);

	ms->snd_una = 0;
	ms->snd_nxt = 0;
	ms->write_seq = 0;
	ms->pushed_seq = 0;
	ms->copied_seq = 0;
	ms->rcv_nxt = 0;
	ms->fin_queued = false;
	ms->urg_mode = false;
	ms->urg_data = 0;
	ms->ts_ok = false;
	ms->ts_recent = 0;
	ms->ecn = (struct mytcp_ecn) {};
	ms->ack_pending = MYTCP_ACK_NONE;
	ms->ack_pushed = 0;
	ms->quick_acks = 0;
	ms->last_sent = 0;
	ms->last_rcvd = 0;
	ms->last_data_rcvd = 0;
	ms->opened = 0;
	ms->pingpong = false;
	/* The route's, or TCP_WINDOW_CLAMP, which goes with it as by Linux's. */
	ms->user.window_clamp = 0;
	ms->congestion_locked = false;
	kfree(ms->saved_syn);
	ms->saved_syn = NULL;
	ms->soft_error = 0;
	ms->retries = 0;
	ms->retrans_ns = 0;
	ms->probe_ns = 0;
	ms->probes_out = 0;
	ms->dup_acks = 0;
	ms->snd_wnd = 0;
	ms->max_snd_wnd = 0;
	ms->fastopen_fail = TFO_STATUS_UNSPEC;
	WRITE_ONCE(ms->connect_deferred, false);
	ms->syn_option = false;
	ms->syn_text = false;
	ms->syn_text_acked = false;
	ms->fastopen_probe = false;
	ms->path_mss = 0;
	ms->plpmtud.on = false;
	ms->pace_ns = 0;
	memset(&ms->rate, 0, sizeof(ms->rate));
	ms->mss_clamp = MYTCP_MSS_DEFAULT;
	ms->mss = MYTCP_MSS_DEFAULT;
	ms->rcv_mss = MYTCP_MSS_DEFAULT;
	memset(&ms->traffic, 0, sizeof(ms->traffic));
	ms->rcv_share = MYTCP_RCV_SHARE_LEAST;
	mytcp_rtt_init(&ms->rtt, MYTCP_RTO_INIT_US);
	mytcp_cong_restart(&ms->cong, mytcp_iw(ms->mss));
	WRITE_ONCE(sk->sk_shutdown, 0);
	sock_reset_flag(sk, SOCK_DONE);
}

/**
 * mytcp_disconnect() - connect(2) to AF_UNSPEC: back to a fresh CLOSE
 * @sk: locked; any state
 *
 * Return: 0.
 */
int mytcp_disconnect(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool connected = (1 << sk->sk_state) & ~(TCPF_CLOSE | TCPF_LISTEN);

	ms->now = mytcp_clock();
	if (sk->sk_state == TCP_LISTEN) {
		mytcp_set_state(sk, TCP_CLOSE);
		mytcp_listen_stop(sk);
		if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
			mytcp_port_release(sk);
	} else if (connected) {
		mytcp_count_estab_reset(sk);
		mytcp_abort(sk, ECONNRESET);
	}
	mytcp_forget_connection(sk);
	/* Threads that sleep on the old connection learn of its end. */
	WRITE_ONCE(sk->sk_err, connected ? ECONNRESET : 0);
	sk_error_report(sk);
	return 0;
}
