/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending: what the send queue, the windows and Nagle allow; ACKs; the segments
 * of the handshakes. All with the socket's lock held and ms->now set.
 */
#ifndef _MYTCP_OUTPUT_H
#define _MYTCP_OUTPUT_H

#include "sock.h"

void mytcp_push(struct sock *sk, bool more);
void mytcp_resume(struct sock *sk);
bool mytcp_may_send_new(const struct sock *sk);
bool mytcp_send_one(struct sock *sk);
int mytcp_retransmit(struct sock *sk, struct sk_buff *skb);
void mytcp_persist(struct sock *sk);

int mytcp_queue_syn(struct sock *sk, gfp_t gfp);
void mytcp_send_syn(struct sock *sk, const struct mytcp_fastopen_cookie *cookie);
int mytcp_send_syn_ack(struct sock *sk);
void mytcp_send_fin(struct sock *sk);
void mytcp_send_ack(struct sock *sk);
void mytcp_send_reset(struct sock *sk);
void mytcp_send_probe(struct sock *sk);

#endif /* _MYTCP_OUTPUT_H */
