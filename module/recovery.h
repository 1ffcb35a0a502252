/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What acknowledgments and timeouts do to the send queue: cleaning it, RTT
 * samples, duplicate ACKs, fast retransmit and NewReno (RFC 5681, 6582), the
 * retransmission timer (RFC 6298).
 *
 * A buffer that is sent is thought to be on the way until it is acknowledged or
 * marked LOST; sent again it is on the way once more (RETRANS). mytcp_in_flight()
 * counts segments by these marks.
 */
#ifndef _MYTCP_RECOVERY_H
#define _MYTCP_RECOVERY_H

#include "sock.h"

void mytcp_recovery_ack(struct sock *sk, const struct mytcp_segment *seg, bool wnd_changed);
void mytcp_recovery_timeout(struct sock *sk);
void mytcp_recovery_path_shrunk(struct sock *sk);
void mytcp_grow_sndbuf(struct sock *sk);

#endif /* _MYTCP_RECOVERY_H */
