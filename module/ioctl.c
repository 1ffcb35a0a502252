// SPDX-License-Identifier: GPL-2.0
/*
 * The requests of tcp(7); everything else that an inet socket answers is ip(7)'s
 * and netdevice(7)'s.
 */
#include <asm/ioctls.h>
#include <linux/sockios.h>
#include <net/inet_common.h>
#include <net/sock.h>

#include "family.h"
#include "sock.h"

/* Is the urgent byte still to come, between here and RCV.NXT? */
static bool mytcp_urgent_ahead(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return !sock_flag(sk, SOCK_URGINLINE) && ms->urg_data &&
	       !seq_before(ms->urg_seq, ms->copied_seq) &&
	       seq_before(ms->urg_seq, ms->rcv_nxt);
}

/* Bytes that a read would return now: up to the mark, without FIN. */
static int mytcp_inq(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	int unread;

	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return 0;
	if (mytcp_urgent_ahead(sk))
		return ms->urg_seq - ms->copied_seq;
	unread = ms->rcv_nxt - ms->copied_seq;
	if (unread && sock_flag(sk, SOCK_DONE))
		unread--;
	return unread;
}

/* Bytes written since "from", the first that counts; FIN included, as ever. */
static int mytcp_outq(const struct sock *sk, u32 from)
{
	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return 0;
	return mytcp_sk(sk)->write_seq - from;
}

/**
 * mytcp_ioctl() - ioctl(2)
 * @sock: of any state
 * @cmd: SIOCINQ (FIONREAD), SIOCOUTQ (TIOCOUTQ), SIOCOUTQNSD, SIOCATMARK, or one of
 *	those that are the same for all inet sockets
 * @arg: where the answer goes: an int, for these four
 *
 * Return: 0; -EINVAL for a listener's queues; -EFAULT; -ENOIOCTLCMD.
 *
 * Rules: MUST-33
 */
int mytcp_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct sock *sk = sock->sk;
	const struct mytcp_sock *ms = mytcp_sk(sk);
	int answer;

	switch (cmd) {
	case SIOCINQ:
	case SIOCOUTQ:
	case SIOCOUTQNSD:
	case SIOCATMARK:
		break;
	default:
		return inet_ioctl(sock, cmd, arg);
	}

	lock_sock(sk);
	if (cmd == SIOCATMARK)
		answer = ms->urg_data && ms->urg_seq == ms->copied_seq;
	else if (sk->sk_state == TCP_LISTEN)
		answer = -EINVAL;
	else if (cmd == SIOCINQ)
		answer = mytcp_inq(sk);
	else
		answer = mytcp_outq(sk, cmd == SIOCOUTQ ? ms->snd_una : ms->snd_nxt);
	release_sock(sk);

	if (answer < 0)
		return answer;
	return put_user(answer, (int __user *)arg);
}
