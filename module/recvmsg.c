// SPDX-License-Identifier: GPL-2.0
/*
 * RECEIVE, RFC 9293 3.10.3: the bytes in order go to the user, the urgent one by
 * its own way, and the window that reading has freed is announced.
 *
 * sk_receive_queue holds text in order without holes; its buffers' cb has seq
 * and end_seq, a FIN takes the last number. ms->copied_seq is what the user has
 * not read yet.
 */
#include <linux/net.h>
#include <net/busy_poll.h>
#include <net/sock.h>

#include "ack.h"
#include "family.h"
#include "sock.h"
#include "urgent.h"

/*
 * One call of recvmsg: where it stands and what it has got.
 * @seq: next byte to be copied; with MSG_PEEK it runs ahead of ms->copied_seq
 * @hole: urgent bytes that were passed over
 * @len: bytes of room that are left
 * @target: return only with so many, unless something happens
 * @copied: bytes so far, or -errno when there are none
 * @timeo: how long to wait still, jiffies
 */
struct mytcp_read {
	struct sock *sk;
	struct msghdr *msg;
	u32 seq;
	u32 hole;
	size_t len;
	int target;
	int copied;
	int flags;
	long timeo;
};

enum mytcp_read_step {
	MYTCP_READ_ON,		/* look for more */
	MYTCP_READ_WAIT,	/* nothing here: wait, or be content */
	MYTCP_READ_END,		/* return what there is */
};

/* Reading has gone past a buffer: it is freed, unless we only look. */
static void mytcp_eat(struct mytcp_read *r, struct sk_buff *skb)
{
	if (r->flags & MSG_PEEK)
		return;
	__skb_unlink(skb, &r->sk->sk_receive_queue);
	/* Its destructor gives the space back to the receive buffer. */
	__kfree_skb(skb);
}

/* "n" more bytes or numbers are behind us. */
static void mytcp_advance(struct mytcp_read *r, u32 n)
{
	r->seq += n;
	if (!(r->flags & MSG_PEEK))
		WRITE_ONCE(mytcp_sk(r->sk)->copied_seq, r->seq);
}

/* The buffer where reading goes on, or that has the FIN. */
static struct sk_buff *mytcp_find(const struct mytcp_read *r)
{
	struct sk_buff *skb;

	skb_queue_walk(&r->sk->sk_receive_queue, skb) {
		if (seq_before(r->seq, MYTCP_CB(skb)->end_seq))
			return skb;
	}
	return NULL;
}

/*
 * RFC 9293 3.8.5: reading stops before the urgent byte, and passes over it when
 * it comes by MSG_OOB. Returns how many of "used" bytes may be read now; 0: the
 * urgent byte itself was passed over.
 */
static u32 mytcp_stop_at_urgent(struct mytcp_read *r, u32 used)
{
	struct sock *sk = r->sk;
	u32 ahead = mytcp_sk(sk)->urg_seq - r->seq;

	if (ahead >= used)
		return used;
	if (ahead)
		return ahead;
	if (sock_flag(sk, SOCK_URGINLINE))
		return used;
	mytcp_advance(r, 1);
	r->hole++;
	return 0;
}

/* The user has read beyond the urgent byte: there is none any more. */
static void mytcp_forget_urgent(struct mytcp_sock *ms)
{
	if (ms->urg_data && seq_after(ms->copied_seq, ms->urg_seq))
		WRITE_ONCE(ms->urg_data, 0);
}

/* Copy from the buffer what may be read of it. */
static enum mytcp_read_step mytcp_copy(struct mytcp_read *r, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(r->sk);
	u32 offset = r->seq - MYTCP_CB(skb)->seq;
	u32 used = min_t(size_t, skb->len - offset, r->len);

	if (unlikely(ms->urg_data))
		used = mytcp_stop_at_urgent(r, used);

	if (used) {
		if (!(r->flags & MSG_TRUNC) &&
		    skb_copy_datagram_msg(skb, offset, r->msg, used)) {
			if (!r->copied)
				r->copied = -EFAULT;
			return MYTCP_READ_END;
		}
		mytcp_advance(r, used);
		r->copied += used;
		r->len -= used;
	}

	if (unlikely(ms->urg_data))
		mytcp_forget_urgent(ms);
	/* A FIN behind the text is for the next round. */
	if (r->seq == MYTCP_CB(skb)->end_seq)
		mytcp_eat(r, skb);
	return MYTCP_READ_ON;
}

/* RFC 9293 3.10.3: the text is followed by the end of the stream. */
static enum mytcp_read_step mytcp_take_fin(struct mytcp_read *r, struct sk_buff *skb)
{
	mytcp_advance(r, 1);
	mytcp_eat(r, skb);
	return MYTCP_READ_END;
}

/* Stop at the mark with what was read before it; SIGURG may be on its way. */
static bool mytcp_at_mark(struct mytcp_read *r)
{
	const struct mytcp_sock *ms = mytcp_sk(r->sk);

	if (likely(!ms->urg_data) || ms->urg_seq != r->seq)
		return false;
	if (r->copied)
		return true;
	if (signal_pending(current)) {
		r->copied = r->timeo ? sock_intr_errno(r->timeo) : -EAGAIN;
		return true;
	}
	return false;
}

static enum mytcp_read_step mytcp_read_queue(struct mytcp_read *r)
{
	struct sk_buff *skb;

	if (mytcp_at_mark(r))
		return MYTCP_READ_END;

	skb = mytcp_find(r);
	if (!skb)
		return MYTCP_READ_WAIT;
	if (r->seq - MYTCP_CB(skb)->seq >= skb->len)
		return mytcp_take_fin(r, skb);
	return mytcp_copy(r, skb);
}

/* The queue is empty: must the call return, although it has not enough? */
static bool mytcp_read_over(struct mytcp_read *r)
{
	struct sock *sk = r->sk;

	if (r->copied)
		return !r->timeo || sk->sk_err || sk->sk_state == TCP_CLOSE ||
		       (sk->sk_shutdown & RCV_SHUTDOWN) || signal_pending(current);

	if (sock_flag(sk, SOCK_DONE))
		return true;
	if (sk->sk_err) {
		r->copied = sock_error(sk);
		return true;
	}
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return true;
	if (sk->sk_state == TCP_CLOSE)
		r->copied = -ENOTCONN;
	else if (!r->timeo)
		r->copied = -EAGAIN;
	else if (signal_pending(current))
		r->copied = sock_intr_errno(r->timeo);
	return r->copied;
}

/*
 * The lock was off: the handshake may be over, another thread may have read.
 * What we peeked at is still ours unless one has.
 */
static void mytcp_resume(struct mytcp_read *r)
{
	u32 copied_seq = mytcp_sk(r->sk)->copied_seq;

	if (!(r->flags & MSG_PEEK) || r->seq - r->copied - r->hole != copied_seq)
		r->seq = copied_seq;
}

/* Look into the backlog or wait for a segment. */
static enum mytcp_read_step mytcp_read_wait(struct mytcp_read *r)
{
	struct sock *sk = r->sk;
	int err;

	if (r->copied >= r->target && !READ_ONCE(sk->sk_backlog.tail))
		return MYTCP_READ_END;
	if (mytcp_read_over(r))
		return MYTCP_READ_END;

	if (r->copied >= r->target) {
		__sk_flush_backlog(sk);
	} else {
		mytcp_window_update(sk);
		err = sk_wait_data(sk, &r->timeo, skb_peek_tail(&sk->sk_receive_queue));
		if (err < 0) {
			if (!r->copied)
				r->copied = err;
			return MYTCP_READ_END;
		}
	}

	mytcp_resume(r);
	return MYTCP_READ_ON;
}

/* recv(MSG_OOB): never waits. Errors as BSD had them. */
static int mytcp_recv_urgent(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	char c = ms->urg_data;

	if (sock_flag(sk, SOCK_URGINLINE) || !ms->urg_data ||
	    ms->urg_data == MYTCP_URG_READ)
		return -EINVAL;
	if (sk->sk_state == TCP_CLOSE && !sock_flag(sk, SOCK_DONE))
		return -ENOTCONN;
	if (!(ms->urg_data & MYTCP_URG_VALID))
		return sk->sk_state == TCP_CLOSE || (sk->sk_shutdown & RCV_SHUTDOWN) ?
		       0 : -EAGAIN;

	if (!(flags & MSG_PEEK))
		WRITE_ONCE(ms->urg_data, MYTCP_URG_READ);
	msg->msg_flags |= MSG_OOB;
	if (!len) {
		msg->msg_flags |= MSG_TRUNC;
		return 0;
	}
	if (!(flags & MSG_TRUNC) && memcpy_to_msg(msg, &c, 1))
		return -EFAULT;
	return 1;
}

static int mytcp_recvmsg_locked(struct sock *sk, struct msghdr *msg, size_t len,
				int flags)
{
	struct mytcp_read r = {
		.sk = sk,
		.msg = msg,
		.seq = mytcp_sk(sk)->copied_seq,
		.len = len,
		.flags = flags,
		.target = sock_rcvlowat(sk, flags & MSG_WAITALL, len),
		.timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT),
	};
	enum mytcp_read_step step;

	if (sk->sk_state == TCP_LISTEN)
		return -ENOTCONN;
	if (flags & MSG_OOB)
		return mytcp_recv_urgent(sk, msg, len, flags);

	do {
		step = mytcp_read_queue(&r);
		if (step == MYTCP_READ_WAIT)
			step = mytcp_read_wait(&r);
	} while (step == MYTCP_READ_ON && r.len);

	if (r.copied > 0)
		mytcp_window_update(sk);
	return r.copied;
}

/**
 * mytcp_recvmsg() - recv(2) and its family
 * @sock: of any state
 * @msg: where the bytes go
 * @size: room in bytes
 * @flags: MSG_PEEK, MSG_WAITALL, MSG_TRUNC (count and discard), MSG_DONTWAIT,
 *	MSG_OOB, MSG_ERRQUEUE
 *
 * Return: bytes, 0 at the end of the stream, or -errno: -ENOTCONN, -EAGAIN,
 * the error that ended the connection (once), -EFAULT, -EINVAL for MSG_OOB
 * without an urgent byte, -ERESTARTSYS or -EINTR.
 */
int mytcp_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct sock *sk = sock->sk;
	int ret;

	if (unlikely(flags & MSG_ERRQUEUE))
		return sock_recv_errqueue(sk, msg, size, SOL_IP, IP_RECVERR);

	sock_rps_record_flow(sk);
	if (sk_can_busy_loop(sk) && sk->sk_state == TCP_ESTABLISHED &&
	    skb_queue_empty_lockless(&sk->sk_receive_queue))
		sk_busy_loop(sk, flags & MSG_DONTWAIT);

	lock_sock(sk);
	ret = mytcp_recvmsg_locked(sk, msg, size, flags);
	release_sock(sk);

	/* A stream's bytes have no sender's name. */
	if (ret >= 0)
		msg->msg_namelen = 0;
	return ret;
}
