/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ICMP errors about segments of ours: RFC 9293 3.9.2.2, RFC 5461, RFC 5927.
 */
#ifndef _MYTCP_ICMP_H
#define _MYTCP_ICMP_H

struct net;
struct sk_buff;

void mytcp_icmp_look(struct net *net, struct sk_buff *skb, unsigned int hook);
int mytcp_icmp_experimental(struct sk_buff *skb, u32 info);

#endif /* _MYTCP_ICMP_H */
