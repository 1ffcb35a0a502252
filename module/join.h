/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Neighbours among what is sent become one buffer: small segments that are lost, so
 * that they are sent again in few; and what the peer has told to have, so that behind
 * a hole the queue does not become long. All with the socket's lock held.
 */
#ifndef _MYTCP_JOIN_H
#define _MYTCP_JOIN_H

#include "sock.h"

void mytcp_join_lost(struct sock *sk, struct sk_buff *skb, u32 room);
struct sk_buff *mytcp_join_sacked(struct sock *sk, struct sk_buff *skb);

#endif /* _MYTCP_JOIN_H */
