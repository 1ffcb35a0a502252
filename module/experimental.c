// SPDX-License-Identifier: GPL-2.0
/*
 * The same segments under the IP protocol number for experiments, 253 (RFC 3692):
 * the IP layer hands them to us, and the host's TCP never sees them. So it is on
 * us to answer those that nobody waits for.
 */
#include <net/ip.h>
#include <net/protocol.h>

#include "demux.h"
#include "experimental.h"
#include "icmp.h"
#include "ipv4.h"
#include "uapi/mytcp.h"

static int mytcp_experimental_rcv(struct sk_buff *skb)
{
	struct sock *listener = NULL;
	struct mytcp_tuple tuple;
	struct mytcp_node *node;

	if (!mytcp_ipv4_for_host(skb) ||
	    !pskb_may_pull(skb, sizeof(struct mytcp_ports))) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NOT_SPECIFIED);
		return 0;
	}
	mytcp_ipv4_tuple(&tuple, dev_net(skb->dev), skb, ip_hdr(skb),
			 (const struct mytcp_ports *)skb->data);
	node = mytcp_demux_find(&tuple);
	if (!node)
		listener = mytcp_demux_find_listener(&tuple);
	mytcp_ipv4_rcv(skb, &tuple, node, listener);
	return 0;
}

static const struct net_protocol mytcp_experimental_protocol = {
	.handler	= mytcp_experimental_rcv,
	.err_handler	= mytcp_icmp_experimental,
	/* The policy is checked with the socket: lower->policy_ok(). */
	.no_policy	= 1,
	/* The quote's sequence number is checked against the window. */
	.icmp_strict_tag_validation = 1,
};

/**
 * mytcp_experimental_init() - receive protocol number 253
 *
 * Return: 0, or -EBUSY when somebody else has it.
 */
int mytcp_experimental_init(void)
{
	int err = inet_add_protocol(&mytcp_experimental_protocol,
				    MYTCP_PROTO_EXPERIMENTAL);

	if (!err)
		return 0;
	pr_err("IP protocol number %d is taken by another module\n",
	       MYTCP_PROTO_EXPERIMENTAL);
	return -EBUSY;
}

/**
 * mytcp_experimental_exit() - the reverse; nothing is received any more
 *
 * Context: process, sleeps for a grace period.
 */
void mytcp_experimental_exit(void)
{
	inet_del_protocol(&mytcp_experimental_protocol, MYTCP_PROTO_EXPERIMENTAL);
}
