/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SEGMENT ARRIVES, RFC 9293 section 3.10.7, for a connection that has a socket.
 */
#ifndef _MYTCP_INPUT_H
#define _MYTCP_INPUT_H

#include "sock.h"

/*
 * One segment, checksum verified, skb->data at the TCP header, for a socket in
 * any state but LISTEN (listen.h). Consumes skb. Socket locked or owned.
 */
void mytcp_segment_arrives(struct sock *sk, struct sk_buff *skb);
/* The backlog of a socket that was owned; struct proto's backlog_rcv. */
int mytcp_backlog_rcv(struct sock *sk, struct sk_buff *skb);
/*
 * Parse header and options into *seg. The options' fast path first. Requires
 * that the whole TCP header is linear. False: malformed.
 */
bool mytcp_parse(const struct sk_buff *skb, struct mytcp_segment *seg);

/*
 * ICMP: a soft error is remembered, a hard one ends a connection that is not
 * yet established. "quoted_seq" is the sequence number of the quoted header:
 * outside SND.UNA..SND.NXT the error is ignored (RFC 5927). Socket not locked,
 * RCU, soft-irq.
 */
void mytcp_icmp_error(struct mytcp_node *node, u32 quoted_seq, int err, bool hard);
/* ICMP fragmentation needed: the path's MTU is now "mtu" bytes of IP packet. */
void mytcp_icmp_mtu(struct mytcp_node *node, u32 quoted_seq, u32 mtu);

#endif /* _MYTCP_INPUT_H */
