// SPDX-License-Identifier: GPL-2.0
/*
 * OPEN, active: RFC 9293 3.10.1.
 */
#include "connect.h"
#include "demux.h"
#include "family.h"
#include "fastopen.h"
#include "metrics.h"
#include "output.h"
#include "port.h"
#include "port_auto.h"
#include "recovery.h"
#include "secret.h"
#include "timer.h"

/* SND.UNA, SND.NXT and ISS; mytcp_send_syn() counts the SYN itself. */
static void mytcp_choose_iss(struct mytcp_sock *ms)
{
	u32 least = ms->iss;

	ms->iss = mytcp_tuple_isn(&ms->node.tuple, ms->now);
	/* Above what the connection in TIME_WAIT had used: RFC 6191, MAY-2. */
	if (least && seq_before(ms->iss, least))
		ms->iss = least;

	ms->snd_una = ms->iss;
	ms->snd_nxt = ms->iss;
	ms->snd_up = ms->iss;
	ms->snd_sml = ms->iss;
	mytcp_recovery_init(ms);
	ms->pushed_seq = ms->iss;
	WRITE_ONCE(ms->write_seq, ms->iss);
	ms->ts_offset = mytcp_tuple_ts_offset(&ms->node.tuple);
}

/* A local port, the demultiplexer's word that nobody has the tuple, a route. */
static int mytcp_claim_tuple(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int err;

	err = mytcp_port_connect(sk);
	if (err)
		return err;

	err = ms->lower->reroute(sk);
	if (err)
		mytcp_demux_del(&ms->node);
	return err;
}

/* The port goes, too, unless the user had asked for it. */
static void mytcp_unclaim(struct sock *sk)
{
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		mytcp_port_release(sk);
	mytcp_sk(sk)->lower->disconnect(sk);
}

/* The attempt has failed before anything was sent. */
static void mytcp_give_up(struct sock *sk)
{
	mytcp_set_state(sk, TCP_CLOSE);
	mytcp_demux_del(&mytcp_sk(sk)->node);
	/* A keepalive's may be set: TCP_FASTOPEN_CONNECT waited for text. */
	mytcp_timer_stop(sk);
	mytcp_unclaim(sk);
}

/*
 * The SYN goes out, with what the plan has. Text that cannot be had leaves a request for
 * a cookie.
 */
static int mytcp_connect_syn(struct sock *sk, struct msghdr *text,
			     struct mytcp_fastopen_plan *plan)
{
	int err;

	mytcp_metrics_connect(sk);
	err = mytcp_queue_syn(sk, sk->sk_allocation);
	if (err)
		return err;
	if (plan->text && mytcp_fill_syn(sk, text, plan->room))
		plan->cookie.len = 0;
	mytcp_send_syn(sk, plan->option ? &plan->cookie : NULL);
	mytcp_count(sock_net(sk), active_opens);
	return 0;
}

/*
 * In SYN_SENT: send the SYN, or put it off when text may go with it and there is none
 * yet (TCP_FASTOPEN_CONNECT).
 */
static int mytcp_connect_start(struct sock *sk, struct msghdr *text)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_fastopen_plan plan = {};

	if (text || ms->user.fastopen_connect)
		mytcp_fastopen_plan(sk, &plan);
	if (plan.text && !text) {
		WRITE_ONCE(ms->connect_deferred, true);
		return 0;
	}
	return mytcp_connect_syn(sk, text, &plan);
}

/**
 * mytcp_connect() - route, choose addresses and port, send the SYN
 * @sk: locked, in CLOSE
 * @uaddr: the peer
 * @len: bytes of @uaddr
 * @text: what may go with the SYN (MSG_FASTOPEN); what has gone is taken off. NULL:
 *	nothing is asked for; then it may be that the SYN is put off
 *	(TCP_FASTOPEN_CONNECT), as ms->connect_deferred tells
 *
 * A reply cannot overtake us: while the socket is locked, segments wait in its
 * backlog.
 *
 * Context: process, may sleep.
 * Return: 0 and the socket is in SYN_SENT, or an error of connect(2) and it is as
 * before, but for an automatic port: -EINVAL, -EAFNOSUPPORT, -EACCES,
 * -ENETUNREACH, -EADDRNOTAVAIL, -ENOBUFS.
 */
int mytcp_connect(struct sock *sk, struct sockaddr *uaddr, int len, struct msghdr *text)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int err;

	err = ms->lower->connect(sk, uaddr, len);
	if (err)
		return err;

	ms->now = mytcp_clock();
	err = mytcp_claim_tuple(sk);
	if (err) {
		mytcp_unclaim(sk);
		return err;
	}

	/* What the last attempt ended with was not asked for. */
	WRITE_ONCE(sk->sk_err, 0);
	sock_reset_flag(sk, SOCK_DONE);
	mytcp_choose_iss(ms);
	mytcp_set_state(sk, TCP_SYN_SENT);
	err = mytcp_connect_start(sk, text);
	if (err)
		mytcp_give_up(sk);
	return err;
}

/**
 * mytcp_connect_deferred() - the text that a SYN was put off for
 * @sk: locked, in SYN_SENT, ms->connect_deferred
 * @text: as for mytcp_connect()
 *
 * What was planned with may have changed since. When it fails the socket is in CLOSE.
 */
void mytcp_connect_deferred(struct sock *sk, struct msghdr *text)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->now = mytcp_clock();
	WRITE_ONCE(ms->connect_deferred, false);
	if (ms->lower->reroute(sk) || mytcp_connect_start(sk, text))
		mytcp_give_up(sk);
}
