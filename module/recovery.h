/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What acknowledgments do to the send queue: cleaning it, RTT samples, duplicate
 * ACKs, fast retransmit and NewReno (RFC 5681, 6582), the retransmission timeout.
 */
#ifndef _MYTCP_RECOVERY_H
#define _MYTCP_RECOVERY_H

#include "sock.h"

/* An acceptable ACK: seg->ack in SND.UNA..SND.NXT. Socket locked. */
void mytcp_recovery_ack(struct sock *sk, const struct mytcp_segment *seg, bool wnd_changed);
/* The retransmission timer expired: RFC 6298 (5.4)-(5.7). */
void mytcp_recovery_timeout(struct sock *sk);

#endif /* _MYTCP_RECOVERY_H */
