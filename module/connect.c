// SPDX-License-Identifier: GPL-2.0
/*
 * OPEN, active: RFC 9293 3.10.1.
 */
#include "connect.h"
#include "demux.h"
#include "output.h"
#include "port.h"
#include "port_auto.h"
#include "recovery.h"
#include "secret.h"

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

/**
 * mytcp_connect() - route, choose addresses and port, send the SYN
 * @sk: locked, in CLOSE
 * @uaddr: the peer
 * @len: bytes of @uaddr
 *
 * A reply cannot overtake us: while the socket is locked, segments wait in its
 * backlog.
 *
 * Context: process, may sleep.
 * Return: 0 and the socket is in SYN_SENT, or an error of connect(2) and it is as
 * before, but for an automatic port: -EINVAL, -EAFNOSUPPORT, -EACCES,
 * -ENETUNREACH, -EADDRNOTAVAIL, -ENOBUFS.
 */
int mytcp_connect(struct sock *sk, struct sockaddr *uaddr, int len)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int err;

	err = ms->lower->connect(sk, uaddr, len);
	if (err)
		return err;

	ms->now = mytcp_clock();
	err = mytcp_claim_tuple(sk);
	if (err)
		goto unclaim;

	/* What the last attempt ended with was not asked for. */
	WRITE_ONCE(sk->sk_err, 0);
	sock_reset_flag(sk, SOCK_DONE);
	mytcp_choose_iss(ms);
	mytcp_set_state(sk, TCP_SYN_SENT);
	err = mytcp_send_syn(sk);
	if (err)
		goto close;

	mytcp_count(sock_net(sk), active_opens);
	return 0;

close:
	mytcp_set_state(sk, TCP_CLOSE);
	mytcp_demux_del(&ms->node);
unclaim:
	mytcp_unclaim(sk);
	return err;
}
