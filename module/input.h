/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SEGMENT ARRIVES, RFC 9293 section 3.10.7, for a connection that has a socket.
 */
#ifndef _MYTCP_INPUT_H
#define _MYTCP_INPUT_H

#include "sock.h"

void mytcp_segment_arrives(struct sock *sk, struct sk_buff *skb);
int mytcp_backlog_rcv(struct sock *sk, struct sk_buff *skb);
bool mytcp_parse(const struct sk_buff *skb, struct mytcp_segment *seg);
bool mytcp_syn_text(struct sk_buff *skb, const struct mytcp_segment *seg);
void mytcp_fin_arrived(struct sock *sk);
void mytcp_open_early(struct sock *sk, const struct mytcp_segment *syn);
void mytcp_check_space(struct sock *sk);

bool mytcp_icmp_in_flight(const struct sock *sk, u32 quoted_seq);
void mytcp_icmp_error(struct mytcp_node *node, u32 quoted_seq, int err, bool hard);
void mytcp_icmp_mtu(struct mytcp_node *node, u32 quoted_seq, u32 mtu);

#endif /* _MYTCP_INPUT_H */
