// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors about segments of ours: RFC 9293 3.9.2.2. A message quotes the IP
 * header and the first eight bytes of the segment that it is about: ports and
 * sequence number. The quote must name a connection, and its sequence number must
 * be one that is in flight (RFC 5927 section 4), which input.c sees to.
 */
#include <linux/icmp.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/sock.h>

#include "demux.h"
#include "icmp.h"
#include "input.h"
#include "ipv4.h"
#include "sock.h"

/* What a message is about: the head of a segment that we have sent. */
struct mytcp_icmp_quote {
	struct mytcp_ports ports;
	__be32 seq;
};

/*
 * The connection that sent the quoted segment: its source is our end.
 * Rules: MUST-54
 */
static struct mytcp_node *mytcp_icmp_find(struct net *net, const struct sk_buff *skb,
					  const struct iphdr *iph,
					  const struct mytcp_icmp_quote *quote)
{
	const struct mytcp_tuple tuple = {
		.net = net,
		.laddr.v4 = iph->saddr,
		.raddr.v4 = iph->daddr,
		.lport = quote->ports.source,
		.rport = quote->ports.dest,
		.dif = inet_iif(skb),
		.wire = iph->protocol,
		.family = AF_INET,
	};

	return mytcp_demux_find(&tuple);
}

/*
 * The path has another first hop. The quote's IP header stands at "offset" from
 * skb->data, where the IP layer wants it.
 */
static void mytcp_icmp_redirect(struct sk_buff *skb, unsigned int offset,
				struct mytcp_node *node, u32 seq)
{
	struct sock *sk = mytcp_to_sk(mytcp_node_sk(node));
	struct dst_entry *dst;

	if (node->kind != MYTCP_NODE_SOCK ||
	    !pskb_may_pull(skb, offset + sizeof(struct iphdr)))
		return;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk) && mytcp_icmp_in_flight(sk, seq)) {
		dst = __sk_dst_check(sk, 0);
		if (dst) {
			__skb_pull(skb, offset);
			dst->ops->redirect(dst, sk, skb);
			__skb_push(skb, offset);
		}
	}
	bh_unlock_sock(sk);
}

/* Is the path MTU that an ICMP message tells to be believed? ip-sysctl.rst */
static bool mytcp_icmp_pmtu_wanted(struct net *net)
{
	int mode = READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc);

	/* 3: of protocols alone that check the quote as we do. */
	return mode == 0 || mode == 3;
}

/*
 * Which errno a message stands for, in the kernel's own words, and whether
 * RFC 9293 3.9.2.2 calls it hard (SHLD-26). No errno: it means nothing to us
 * (MUST-55: a source quench is ignored).
 * Rules: MUST-56
 */
static struct icmp_err mytcp_icmp_meaning(u8 type, u8 code)
{
	struct icmp_err meaning = { };

	if (type == ICMP_DEST_UNREACH && code <= NR_ICMP_UNREACH)
		meaning = icmp_err_convert[code];
	else if (type == ICMP_TIME_EXCEEDED && code != ICMP_EXC_FRAGTIME)
		meaning.errno = EHOSTUNREACH;
	else if (type == ICMP_PARAMETERPROB)
		meaning.errno = EPROTO;
	return meaning;
}

/* A message whose checksum is right, about a segment of "node". */
static void mytcp_icmp_act(struct net *net, struct sk_buff *skb,
			   unsigned int offset, const struct icmphdr *icmp,
			   struct mytcp_node *node, u32 seq)
{
	struct icmp_err meaning;

	if (icmp->type == ICMP_REDIRECT) {
		mytcp_icmp_redirect(skb, offset, node, seq);
		return;
	}
	if (icmp->type == ICMP_DEST_UNREACH && icmp->code == ICMP_FRAG_NEEDED) {
		if (mytcp_icmp_pmtu_wanted(net))
			mytcp_icmp_mtu(node, seq, ntohs(icmp->un.frag.mtu));
		return;
	}
	meaning = mytcp_icmp_meaning(icmp->type, icmp->code);
	if (meaning.errno)
		mytcp_icmp_error(node, seq, meaning.errno, meaning.fatal);
}

static bool mytcp_icmp_is_error(u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB || type == ICMP_REDIRECT;
}

/**
 * mytcp_icmp_look() - is this ICMP message about a segment of ours?
 * @net: where it came in
 * @skb: the message, its data begin with the IP header; left as it is
 * @hook: the netfilter hook that shows it
 *
 * For TCP's own protocol number: the kernel looks at the message, too, and finds
 * no connection of its own.
 *
 * Context: soft-irq, RCU.
 */
void mytcp_icmp_look(struct net *net, struct sk_buff *skb, unsigned int hook)
{
	unsigned int offset = ip_hdrlen(skb);
	const struct mytcp_icmp_quote *quote;
	struct mytcp_icmp_quote quote_copy;
	const struct icmphdr *icmp;
	struct icmphdr icmp_copy;
	const struct iphdr *iph;
	struct mytcp_node *node;
	struct iphdr iph_copy;

	icmp = skb_header_pointer(skb, offset, sizeof(*icmp), &icmp_copy);
	if (!icmp || !mytcp_icmp_is_error(icmp->type))
		return;
	offset += sizeof(*icmp);
	iph = skb_header_pointer(skb, offset, sizeof(*iph), &iph_copy);
	if (!iph || iph->protocol != IPPROTO_TCP || iph->ihl < 5 ||
	    iph->frag_off & htons(IP_OFFSET))
		return;
	quote = skb_header_pointer(skb, offset + iph->ihl * 4, sizeof(*quote),
				   &quote_copy);
	if (!quote)
		return;

	node = mytcp_icmp_find(net, skb, iph, quote);
	if (!node)
		return;
	icmp_copy = *icmp;
	quote_copy = *quote;
	/* This may move what the pointers point to. */
	if (nf_ip_checksum(skb, hook, ip_hdrlen(skb), IPPROTO_ICMP))
		return;
	mytcp_icmp_act(net, skb, offset, &icmp_copy, node, ntohl(quote_copy.seq));
}

/**
 * mytcp_icmp_experimental() - an ICMP error about a segment under number 253
 * @skb: its data begin with the quoted IP header, eight bytes after which are
 *	linear; the ICMP header stands before it, its checksum was right
 * @info: what the IP layer took from the header
 *
 * Context: soft-irq, RCU. struct net_protocol's err_handler.
 * Return: 0, or -ENOENT when the segment was not ours.
 */
int mytcp_icmp_experimental(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct mytcp_icmp_quote *quote;
	struct net *net = dev_net(skb->dev);
	const struct icmphdr icmp = *icmp_hdr(skb);
	struct mytcp_node *node;
	u32 seq;

	if (iph->frag_off & htons(IP_OFFSET))
		return -ENOENT;
	quote = (const struct mytcp_icmp_quote *)(skb->data + iph->ihl * 4);
	seq = ntohl(quote->seq);
	node = mytcp_icmp_find(net, skb, iph, quote);
	if (!node)
		return -ENOENT;
	mytcp_icmp_act(net, skb, 0, &icmp, node, seq);
	return 0;
}
