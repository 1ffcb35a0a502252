/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of the segments on the way are lost: found by RACK (RFC 8985) where the
 * peer sends SACK blocks.
 */
#ifndef _MYTCP_LOSS_H
#define _MYTCP_LOSS_H

#include "recovery.h"
#include "sock.h"

void mytcp_loss_mark(struct mytcp_sock *ms, struct sk_buff *skb);
void mytcp_loss_delivered(struct mytcp_sock *ms, const struct mytcp_skb_cb *cb,
			  struct mytcp_acked *acked, bool cumulative);
bool mytcp_loss_detect(struct sock *sk, bool timer);
void mytcp_loss_timeout(struct sock *sk, bool reneged);

#endif /* _MYTCP_LOSS_H */
