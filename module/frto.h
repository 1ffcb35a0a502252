/* SPDX-License-Identifier: GPL-2.0 */
/*
 * F-RTO, RFC 5682: was the retransmission timer too early? After it only the first
 * segment is sent again. When its ACK moves SND.UNA something new is sent instead of
 * the rest, and the ACK after that tells: for what was sent before the timeout, and
 * only once, it shows that the flight had merely been late.
 */
#ifndef _MYTCP_FRTO_H
#define _MYTCP_FRTO_H

#include "recovery.h"
#include "sock.h"

/* Where the algorithm is: RFC 5682 section 2.1 and, with SACK, 3.1. */
enum mytcp_frto {
	MYTCP_FRTO_OFF,		/* no timeout, or its losses are repaired as usual */
	MYTCP_FRTO_RESENT,	/* step 1 is done: the first segment was sent again */
	MYTCP_FRTO_NEW,		/* step 2 (b): its ACK let something new go */
};

void mytcp_frto_begin(struct sock *sk);
bool mytcp_frto_ack(struct sock *sk, const struct mytcp_acked *acked);
bool mytcp_frto_send_new(struct sock *sk);

#endif /* _MYTCP_FRTO_H */
