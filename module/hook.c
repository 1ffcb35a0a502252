// SPDX-License-Identifier: GPL-2.0
/*
 * Taking TCP's own protocol number without touching the host's TCP: a netfilter
 * hook at LOCAL_IN, after the firewall's rules. A segment whose tuple or listening
 * port is ours is consumed, anything else goes on to the kernel untouched: what
 * foreign traffic pays is the lookup.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#endif

#include "demux.h"
#include "hook.h"
#include "icmp.h"
#include "ipv4.h"
#include "reserve.h"

/*
 * Connection tracking enters a new flow in its table in a hook behind ours, when
 * no rule has dropped its first packet. Do its work for a packet that will not
 * come that far. NF_ACCEPT, or the packet is to be dropped.
 */
static unsigned int mytcp_hook_confirm(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	struct nf_conntrack *nfct = skb_nfct(skb);
	const struct nf_ct_hook *ct_hook;

	if (!nfct || nf_ct_is_confirmed(container_of(nfct, struct nf_conn, ct_general)))
		return NF_ACCEPT;
	/* By the pointer: it must not make us depend on the module. */
	ct_hook = rcu_dereference(nf_ct_hook);
	if (ct_hook)
		return ct_hook->confirm(skb);
#endif
	return NF_ACCEPT;
}

/*
 * Early demultiplexing or a rule (TPROXY) gave it to a kernel's socket. But when
 * a listener of ours has followed one of the kernel's, its connections may begin
 * over the other's TIME_WAIT entries.
 */
static bool mytcp_hook_is_given(const struct sk_buff *skb)
{
	return skb->sk && skb->sk->sk_state != TCP_TIME_WAIT;
}

/*
 * With SO_REUSEADDR our listener may follow one of the kernel's, whose connections
 * live on. Early demultiplexing does not tell of them on loopback, or when it is
 * switched off. A SYN is for the listener, even over the kernel's TIME_WAIT.
 */
static bool mytcp_hook_is_kernels(const struct sk_buff *skb,
				  const struct mytcp_tuple *tuple)
{
	const struct tcphdr *th;
	struct tcphdr th_copy;

	th = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(*th), &th_copy);
	if (!th || (th->syn && !th->ack && !th->rst))
		return false;
	return skb->sk || mytcp_reserve_connected(tuple);
}

static unsigned int mytcp_hook_segment(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct mytcp_ports *ports;
	struct mytcp_ports ports_copy;
	struct sock *listener = NULL;
	struct mytcp_tuple tuple;
	struct mytcp_node *node;
	unsigned int verdict;

	if (mytcp_hook_is_given(skb) || !mytcp_ipv4_for_host(skb))
		return NF_ACCEPT;
	ports = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(*ports), &ports_copy);
	if (!ports)
		return NF_ACCEPT;

	mytcp_ipv4_tuple(&tuple, net, skb, iph, ports);
	node = mytcp_demux_find(&tuple);
	if (!node) {
		listener = mytcp_demux_find_listener(&tuple);
		if (!listener || mytcp_hook_is_kernels(skb, &tuple))
			return NF_ACCEPT;
	}

	verdict = mytcp_hook_confirm(skb);
	if (verdict != NF_ACCEPT)
		return verdict;

	skb_orphan(skb);
	/* As ip_local_deliver_finish(). */
	skb_clear_delivery_time(skb);
	__skb_pull(skb, skb_network_header_len(skb));
	__IP_INC_STATS(net, IPSTATS_MIB_INDELIVERS);
	mytcp_ipv4_rcv(skb, &tuple, node, listener);
	return NF_STOLEN;
}

static unsigned int mytcp_hook_in(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	unsigned int verdict = NF_ACCEPT;

	/* What a program has let pass (NFQUEUE) comes in that program's context. */
	local_bh_disable();
	switch (ip_hdr(skb)->protocol) {
	case IPPROTO_TCP:
		verdict = mytcp_hook_segment(state->net, skb);
		break;
	case IPPROTO_ICMP:
		if (mytcp_ipv4_for_host(skb))
			mytcp_icmp_look(state->net, skb, state->hook);
		break;
	}
	local_bh_enable();
	return verdict;
}

/* Behind every rule, in front of connection tracking's confirmation. */
static const struct nf_hook_ops mytcp_hook_ops[] = {
	{
		.hook		= mytcp_hook_in,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP_PRI_CONNTRACK_CONFIRM - 1,
	},
};

/**
 * mytcp_hook_register() - begin to take segments of a namespace
 * @net: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int mytcp_hook_register(struct net *net)
{
	return nf_register_net_hooks(net, mytcp_hook_ops, ARRAY_SIZE(mytcp_hook_ops));
}

/**
 * mytcp_hook_unregister() - take no more segments of a namespace
 * @net: the namespace
 *
 * The hook may still run until an RCU grace period has passed.
 *
 * Context: process, may sleep.
 */
void mytcp_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, mytcp_hook_ops, ARRAY_SIZE(mytcp_hook_ops));
}
