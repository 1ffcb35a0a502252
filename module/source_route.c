// SPDX-License-Identifier: GPL-2.0
/*
 * The way back along a source route: see source_route.h.
 */
#include <linux/ip.h>
#include <net/ip.h>
#include <net/inet_sock.h>

#include "source_route.h"

/* Of the option: its kind, its length, its pointer, which counts from 1; addresses. */
#define ROUTE_LEN	1
#define ROUTE_POINTER	2
#define ROUTE_FIRST	3

/**
 * mytcp_source_route_reverse() - turn a recorded source route round
 * @recorded: an option LSRR or SSRR, as it came
 * @saddr: where it came from; a route that begins there has told it twice, RFC 1812
 *	section 5.3.13.4
 * @back: %MYTCP_SOURCE_ROUTE_MAX octets: the option by which to go back, of the same kind,
 *	whose first address is that of the first hop, the last one not the peer's
 *
 * Context: any.
 * Return: octets of @back; 0: there is no way to go: the route is empty, or not at its end.
 *
 * Rules: MUST-53
 */
u8 mytcp_source_route_reverse(const u8 *recorded, __be32 saddr, u8 *back)
{
	u8 len = recorded[ROUTE_LEN];
	const u8 *first = recorded + ROUTE_FIRST, *hop;
	u8 *to = back + ROUTE_FIRST;

	if (len > MYTCP_SOURCE_ROUTE_MAX || len < ROUTE_FIRST + sizeof(saddr) ||
	    recorded[ROUTE_POINTER] <= len)
		return 0;
	if (!memcmp(first, &saddr, sizeof(saddr)))
		first += sizeof(saddr);
	hop = recorded + ROUTE_FIRST + round_down(len - ROUTE_FIRST, sizeof(saddr));
	while (hop > first) {
		hop -= sizeof(saddr);
		memcpy(to, hop, sizeof(saddr));
		to += sizeof(saddr);
	}
	if (to == back + ROUTE_FIRST)
		return 0;
	back[0] = recorded[0];
	back[ROUTE_LEN] = to - back;
	back[ROUTE_POINTER] = ROUTE_FIRST + 1;
	return to - back;
}

/**
 * mytcp_source_route_back() - the IP options for the way back of a packet
 * @net: its network namespace
 * @skb: it, with the control block that IP has left there
 *
 * Context: soft-irq.
 * Return: options like those of IP_OPTIONS, to be freed by kfree(); NULL: it came by no
 * source route, or there was no memory.
 */
struct ip_options_rcu *mytcp_source_route_back(struct net *net, const struct sk_buff *skb)
{
	const struct ip_options *came = &IPCB(skb)->opt;
	struct ip_options_rcu *back;
	u8 len;

	if (likely(!came->srr))
		return NULL;
	back = kzalloc(sizeof(*back) + MAX_IPOPTLEN, GFP_ATOMIC | __GFP_NOWARN);
	if (!back)
		return NULL;
	len = mytcp_source_route_reverse(skb_network_header(skb) + came->srr,
					 ip_hdr(skb)->saddr, back->opt.__data);
	/* What is behind the option is the end of the list: it is 0. */
	back->opt.optlen = ALIGN(len, 4);
	if (!len || __ip_options_compile(net, &back->opt, NULL, NULL)) {
		kfree(back);
		return NULL;
	}
	return back;
}
