// SPDX-License-Identifier: GPL-2.0
/*
 * poll(2), select(2) and epoll(7): the events that tcp(7) gives.
 */
#include <linux/poll.h>
#include <net/sock.h>

#include "buflimit.h"
#include "family.h"
#include "fastopen.h"
#include "listen.h"
#include "sock.h"
#include "urgent.h"

/*
 * Enough to read, or no hope for more: a buffer that is nearly full or a window
 * too small for another segment would keep a reader with a large SO_RCVLOWAT
 * waiting for ever.
 */
static bool mytcp_readable(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 copied_seq = READ_ONCE(ms->copied_seq);
	int avail = READ_ONCE(ms->rcv_nxt) - copied_seq;
	int target = sock_rcvlowat(sk, 0, INT_MAX);
	int rcvbuf = READ_ONCE(sk->sk_rcvbuf);

	/* The urgent byte is not for ordinary reading. */
	if (READ_ONCE(ms->urg_data) && READ_ONCE(ms->urg_seq) == copied_seq &&
	    !sock_flag(sk, SOCK_URGINLINE))
		target++;
	if (avail <= 0)
		return false;
	return avail >= target || sk_under_memory_pressure(sk) ||
	       atomic_read(&sk->sk_rmem_alloc) > rcvbuf - (rcvbuf >> 3) ||
	       mytcp_receive_window(ms) <= ms->rcv_mss;
}

static bool mytcp_writable(struct sock *sk)
{
	if (READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN)
		return true;
	if (__sk_stream_is_writeable(sk, 1))
		return true;

	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	/*
	 * Space that was freed before the bit was seen wakes nobody: look again.
	 * Pairs with the barrier of whoever frees space and then tests the bit.
	 */
	smp_mb__after_atomic();
	return __sk_stream_is_writeable(sk, 1);
}

/* A connection that was established, whatever became of it since. */
static __poll_t mytcp_poll_stream(struct sock *sk)
{
	__poll_t mask = 0;

	if (mytcp_readable(sk))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (mytcp_writable(sk))
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (READ_ONCE(mytcp_sk(sk)->urg_data) & MYTCP_URG_VALID)
		mask |= EPOLLPRI;
	return mask;
}

/* Is it open to its user? Whatever changes that wakes who waits. */
static bool mytcp_pollable(const struct sock *sk, int state)
{
	return state != TCP_SYN_SENT &&
	       (state != TCP_SYN_RECV || mytcp_fastopen_opening(sk));
}

/**
 * mytcp_poll() - which events are there now
 * @file: of the socket
 * @sock: not locked: what is missed here comes again by a wake-up
 * @wait: where to queue for the next event
 *
 * EPOLLHUP cannot be masked, so it means that both directions are shut: after
 * the peer's FIN alone one must still be able to wait for EPOLLOUT.
 *
 * Return: EPOLL* events.
 */
__poll_t mytcp_poll(struct file *file, struct socket *sock, poll_table *wait)
{
	struct sock *sk = sock->sk;
	__poll_t mask = 0;
	u8 shutdown;
	int state;

	sock_poll_wait(file, sock, wait);

	state = inet_sk_state_load(sk);
	if (state == TCP_LISTEN)
		return mytcp_accept_ready(sk) ? EPOLLIN | EPOLLRDNORM : 0;

	shutdown = READ_ONCE(sk->sk_shutdown);
	if (shutdown == SHUTDOWN_MASK || state == TCP_CLOSE)
		mask |= EPOLLHUP;
	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (mytcp_pollable(sk, state))
		mask |= mytcp_poll_stream(sk);
	else if (state == TCP_SYN_SENT && READ_ONCE(mytcp_sk(sk)->connect_deferred))
		/* The SYN waits for what is to be written. */
		mask |= EPOLLOUT | EPOLLWRNORM;

	/* Pairs with mytcp_fail(), which sets sk_err before the state. */
	smp_rmb();
	if (READ_ONCE(sk->sk_err) || !skb_queue_empty_lockless(&sk->sk_error_queue))
		mask |= EPOLLERR;
	return mask;
}

/**
 * mytcp_set_rcvlowat() - SO_RCVLOWAT
 * @sk: locked
 * @val: bytes, 0 is taken as 1
 *
 * A reader that waits for so much must find room for it: half of the buffer is
 * the most that can be asked for, and an unlocked buffer grows.
 *
 * Return: 0.
 */
int mytcp_set_rcvlowat(struct sock *sk, int val)
{
	bool locked = sk->sk_userlocks & SOCK_RCVBUF_LOCK;
	int most = locked ? sk->sk_rcvbuf :
		   mytcp_rcvbuf_most(sock_net(sk));

	val = clamp(val, 1, most >> 1);
	WRITE_ONCE(sk->sk_rcvlowat, val);
	if (!locked && val > sk->sk_rcvbuf >> 1)
		WRITE_ONCE(sk->sk_rcvbuf, val << 1);

	/* It may be enough now. */
	if (mytcp_readable(sk))
		sk->sk_data_ready(sk);
	return 0;
}
