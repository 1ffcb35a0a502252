/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small queues: a connection has only so much in the queues below it, about a
 * millisecond's worth at its rate. What waits there delays everybody's packets, and
 * what was decided about it cannot be changed any more; the send queue is the better
 * place to wait. Linux's tcp_small_queue_check().
 *
 * sk_wmem_alloc counts what is below. Who finds it too much sets
 * MYTCP_TSQ_THROTTLED and stops; the next buffer that is freed, on whatever CPU and
 * under whatever locks, hands the socket to that CPU's tasklet, which goes on.
 */
#ifndef _MYTCP_SMALL_QUEUE_H
#define _MYTCP_SMALL_QUEUE_H

#include "sock.h"

/* Bits of sk_tsq_flags, which struct sock has for this purpose. */
enum mytcp_small_queue_flag {
	MYTCP_TSQ_THROTTLED,	/* sending waits for a buffer to be freed */
	MYTCP_TSQ_QUEUED,	/* a tasklet has the socket, and a part of sk_wmem_alloc */
};

void mytcp_small_queue_init(void);
void mytcp_small_queue_exit(void);
bool mytcp_small_queue_full(struct sock *sk, const struct sk_buff *skb, bool again);
bool mytcp_small_queue_holds(struct sock *sk, const struct sk_buff *skb);
void mytcp_small_queue_wake(struct sock *sk);

/* sock_wfree() has freed a buffer, and keeps the socket for us. */
static inline void mytcp_small_queue_freed(struct sock *sk)
{
	/*
	 * Pairs with that of mytcp_small_queue_full(): either it sees what was freed,
	 * or we see that it waits.
	 */
	smp_mb__after_atomic();
	if (test_bit(MYTCP_TSQ_THROTTLED, &sk->sk_tsq_flags))
		mytcp_small_queue_wake(sk);
}

#endif /* _MYTCP_SMALL_QUEUE_H */
