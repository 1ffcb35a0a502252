// SPDX-License-Identifier: GPL-2.0
/*
 * The connection floor's network layer for IPv4: see lower.h. What is sent for a
 * socket goes by ip_queue_xmit(), so that routing, IPsec, firewalls and queueing
 * treat it as the kernel's own TCP.
 */
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/inet_hashtables.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/xfrm.h>

#include "demux.h"
#include "ipv4.h"
#include "lower.h"
#include "metrics.h"
#include "pernet.h"
#include "request.h"
#include "source_route.h"
#include "stats.h"
#include "wire.h"

/*
 * Leave the checksum to the device, or fill it in: the devices that know only
 * TCP and UDP over IP (NETIF_F_IP_CSUM) would do it with the pseudo header of
 * another protocol than ours, and which device will be the last on the way is
 * known only on loopback.
 * Rules: MUST-2
 */
static void mytcp_ipv4_checksum(struct sk_buff *skb, __be32 saddr, __be32 daddr,
				u8 wire, const struct dst_entry *dst)
{
	struct tcphdr *th = (struct tcphdr *)skb->data;

	skb_reset_transport_header(skb);
	if (wire == IPPROTO_TCP || (dst && dst->dev->flags & IFF_LOOPBACK)) {
		th->check = ~csum_tcpudp_magic(saddr, daddr, skb->len, wire, 0);
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = offsetof(struct tcphdr, check);
		skb->ip_summed = CHECKSUM_PARTIAL;
		return;
	}
	th->check = 0;
	th->check = csum_tcpudp_magic(saddr, daddr, skb->len, wire,
				      skb_checksum(skb, 0, skb->len, 0));
	skb->ip_summed = CHECKSUM_NONE;
}

/*
 * The first hop: a source route's, or the peer itself.
 * Rules: MUST-51, MUST-52
 */
static __be32 mytcp_ipv4_first_hop(const struct sock *sk, __be32 daddr)
{
	const struct ip_options_rcu *opt;
	__be32 hop = daddr;

	rcu_read_lock();
	opt = rcu_dereference(inet_sk(sk)->inet_opt);
	if (opt && opt->opt.srr)
		hop = opt->opt.faddr;
	rcu_read_unlock();
	return hop;
}

static u32 mytcp_ipv4_options_len(const struct sock *sk)
{
	const struct ip_options_rcu *opt;
	u32 len;

	rcu_read_lock();
	opt = rcu_dereference(inet_sk(sk)->inet_opt);
	len = opt ? opt->opt.optlen : 0;
	rcu_read_unlock();
	return len;
}

/*
 * The socket's route from now on. Only TCP's own protocol number can be segmented
 * below us: the kernel has no offload for the other.
 */
static void mytcp_ipv4_commit(struct sock *sk, struct rtable *rt)
{
	sk->sk_gso_type = SKB_GSO_TCPV4;
	sk->sk_gso_disabled = sk->sk_protocol != IPPROTO_TCP;
	sk_setup_caps(sk, &rt->dst);
}

static int mytcp_ipv4_route(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct rtable *rt;

	rt = ip_route_output_ports(sock_net(sk), &inet->cork.fl.u.ip4, sk,
				   mytcp_ipv4_first_hop(sk, inet->inet_daddr),
				   inet->inet_saddr, inet->inet_dport,
				   inet->inet_sport, sk->sk_protocol,
				   ip_sock_rt_tos(sk), sk->sk_bound_dev_if);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	mytcp_ipv4_commit(sk, rt);
	return 0;
}

static int mytcp_ipv4_reroute(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct flowi4 *fl4 = &inet->cork.fl.u.ip4;

	if (__sk_dst_check(sk, 0) && fl4->fl4_sport == inet->inet_sport &&
	    fl4->fl4_dport == inet->inet_dport)
		return 0;
	return mytcp_ipv4_route(sk);
}

/* Both names of the connection, of which the route has told ours. */
static void mytcp_ipv4_name(struct sock *sk, __be32 saddr, __be32 daddr,
			    __be16 dport)
{
	struct inet_sock *inet = inet_sk(sk);

	inet->inet_saddr = saddr;
	sk_rcv_saddr_set(sk, saddr);
	sk_daddr_set(sk, daddr);
	inet->inet_dport = dport;
	atomic_set(&inet->inet_id, get_random_u16());
	sk_set_txhash(sk);
}

/* Rules: MUST-45. */
static void mytcp_ipv4_sock_tuple(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	mytcp_sk(sk)->node.tuple = (struct mytcp_tuple) {
		.net = sock_net(sk),
		.laddr.v4 = inet->inet_saddr,
		.raddr.v4 = inet->inet_daddr,
		.lport = inet->inet_sport,
		.rport = inet->inet_dport,
		.dif = sk->sk_bound_dev_if,
		.wire = sk->sk_protocol,
		.family = AF_INET,
	};
}

/* Rules: MUST-44. */
static int mytcp_ipv4_connect(struct sock *sk, struct sockaddr *uaddr, int len)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)uaddr;
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;
	__be32 daddr, hop;
	struct rtable *rt;

	if (len < (int)sizeof(*sin))
		return -EINVAL;
	if (sin->sin_family != AF_INET && sin->sin_family != sk->sk_family)
		return -EAFNOSUPPORT;

	daddr = sin->sin_addr.s_addr;
	hop = mytcp_ipv4_first_hop(sk, daddr);
	if (!daddr && hop)
		return -EINVAL;

	rt = ip_route_connect(fl4, hop, inet->inet_saddr, sk->sk_bound_dev_if,
			      sk->sk_protocol, inet->inet_sport, sin->sin_port, sk);
	if (IS_ERR(rt)) {
		if (PTR_ERR(rt) == -ENETUNREACH)
			IP_INC_STATS(sock_net(sk), IPSTATS_MIB_OUTNOROUTES);
		return PTR_ERR(rt);
	}
	/* RFC 9293 3.10.1 with MUST-46: the remote address must be a host's. */
	if (rt->rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST)) {
		ip_rt_put(rt);
		return -ENETUNREACH;
	}

	/* The unspecified address means this host: the route has filled it in. */
	mytcp_ipv4_name(sk, inet->inet_saddr ?: fl4->saddr,
			hop == daddr ? fl4->daddr : daddr, sin->sin_port);
	mytcp_ipv4_commit(sk, rt);
	mytcp_ipv4_sock_tuple(sk);
	return 0;
}

static void mytcp_ipv4_disconnect(struct sock *sk)
{
	inet_sk(sk)->inet_dport = 0;
	sk_daddr_set(sk, 0);
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		inet_reset_saddr(sk);
	sk->sk_route_caps = 0;
	sk_dst_reset(sk);
}

/* Rules: SHLD-22. */
static int mytcp_ipv4_xmit(struct sock *sk, struct sk_buff *skb, u8 ecn)
{
	struct inet_sock *inet = inet_sk(sk);

	mytcp_ipv4_checksum(skb, inet->inet_saddr, inet->inet_daddr,
			    sk->sk_protocol, __sk_dst_get(sk));
	/* Our control block stands where the IP layer expects its own. */
	memset(IPCB(skb), 0, sizeof(struct inet_skb_parm));
	return __ip_queue_xmit(sk, skb, &inet->cork.fl,
			       (READ_ONCE(inet->tos) & ~INET_ECN_MASK) | ecn);
}

static struct rtable *mytcp_ipv4_reply_route(const struct mytcp_reply *reply,
					     struct flowi4 *fl4)
{
	const struct mytcp_tuple *tuple = &reply->tuple;
	/* 6.1 asks for a socket it could write to, and does not write. */
	struct sock *sk = (struct sock *)reply->sk;

	flowi4_init_output(fl4, tuple->dif, reply->mark,
			   reply->route_tos & INET_DSCP_MASK,
			   RT_SCOPE_UNIVERSE, tuple->wire,
			   sk ? inet_sk_flowi_flags(sk) : 0,
			   reply->back ? reply->back->opt.faddr : tuple->raddr.v4,
			   tuple->laddr.v4, tuple->rport, tuple->lport,
			   sock_net_uid(tuple->net, sk));
	if (sk)
		security_sk_classify_flow(sk, flowi4_to_flowi_common(fl4));
	return ip_route_output_flow(tuple->net, fl4, sk);
}

/* The source route: at its end there is the peer, in the header the first hop. */
static void mytcp_ipv4_push_route(struct sk_buff *skb, const struct ip_options *back,
				  __be32 daddr)
{
	u8 *data = skb_push(skb, back->optlen);
	u8 *route = data + back->srr - sizeof(struct iphdr);

	memcpy(data, back->__data, back->optlen);
	memcpy(route + route[1] - sizeof(daddr), &daddr, sizeof(daddr));
}

/* RFC 791 header for a segment without a socket: it is never fragmented. */
static void mytcp_ipv4_push_header(struct sk_buff *skb,
				   const struct mytcp_reply *reply,
				   const struct rtable *rt)
{
	const struct ip_options *back = reply->back ? &reply->back->opt : NULL;
	const struct sock *sk = reply->sk;
	int ttl = sk ? inet_sk(sk)->uc_ttl : -1;
	struct iphdr *iph;

	if (back)
		mytcp_ipv4_push_route(skb, back, reply->tuple.raddr.v4);
	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*iph = (struct iphdr) {
		.version = 4,
		.ihl = (sizeof(*iph) + (back ? back->optlen : 0)) / 4,
		.tos = reply->tos,
		.frag_off = htons(IP_DF),
		.ttl = ttl < 0 ? ip4_dst_hoplimit(&rt->dst) : ttl,
		.protocol = reply->tuple.wire,
		.saddr = reply->tuple.laddr.v4,
		.daddr = back ? back->faddr : reply->tuple.raddr.v4,
	};
}

static void mytcp_ipv4_reply(const struct mytcp_reply *reply, struct sk_buff *skb)
{
	const struct mytcp_tuple *tuple = &reply->tuple;
	struct sock *sk = (struct sock *)reply->sk;
	struct flowi4 fl4;
	struct rtable *rt;

	rt = mytcp_ipv4_reply_route(reply, &fl4);
	if (IS_ERR(rt)) {
		IP_INC_STATS(tuple->net, IPSTATS_MIB_OUTNOROUTES);
		kfree_skb_reason(skb, SKB_DROP_REASON_IP_OUTNOROUTES);
		return;
	}
	skb_dst_set(skb, &rt->dst);
	mytcp_ipv4_checksum(skb, tuple->laddr.v4, tuple->raddr.v4, tuple->wire,
			    &rt->dst);
	mytcp_ipv4_push_header(skb, reply, rt);
	memset(IPCB(skb), 0, sizeof(struct inet_skb_parm));
	skb->mark = reply->mark;

	/* Who sent it, for firewalls and control groups; nobody is charged. */
	if (sk && refcount_inc_not_zero(&sk->sk_refcnt)) {
		skb->sk = sk;
		skb->destructor = sock_edemux;
		skb->priority = READ_ONCE(sk->sk_priority);
	}
	ip_local_out(tuple->net, skb->sk, skb);
}

static u32 mytcp_ipv4_mtu(struct sock *sk)
{
	u32 header = sizeof(struct iphdr) + mytcp_ipv4_options_len(sk);

	/* Without a peer the route would be one to this host. */
	if (!inet_sk(sk)->inet_daddr || mytcp_ipv4_reroute(sk))
		return 0;
	/* A route may say anything; 0 would mean that there is none. */
	return max(dst_mtu(__sk_dst_get(sk)), header + 1) - header;
}

static u32 mytcp_ipv4_update_mtu(struct sock *sk, u32 mtu)
{
	struct dst_entry *dst = __sk_dst_check(sk, 0);

	if (dst && ip_sk_accept_pmtu(sk))
		dst->ops->update_pmtu(dst, sk, NULL, mtu, true);
	/* The route is obsolete now: its replacement knows. */
	return mytcp_ipv4_mtu(sk);
}

static bool mytcp_ipv4_metrics(struct sock *sk, const struct mytcp_reply *reply,
			       struct mytcp_metrics *m)
{
	struct rtable *rt;
	struct flowi4 fl4;

	if (sk) {
		if (mytcp_ipv4_reroute(sk))
			return false;
		mytcp_metrics_read(m, __sk_dst_get(sk));
		return true;
	}
	rt = mytcp_ipv4_reply_route(reply, &fl4);
	if (IS_ERR(rt))
		return false;
	mytcp_metrics_read(m, &rt->dst);
	ip_rt_put(rt);
	return true;
}

/*
 * A later route than the SYN's is what the peer means.
 * Rules: MUST-53, SHLD-24
 */
static int mytcp_ipv4_child_back(struct sock *child, const struct mytcp_request *req,
				 struct sk_buff *skb)
{
	struct ip_options_rcu *back = mytcp_source_route_back(sock_net(child), skb);
	const struct ip_options_rcu *syn = req->back;

	if (!back && likely(!syn))
		return 0;
	if (!back)
		back = kmemdup(syn, sizeof(*syn) + syn->opt.optlen, GFP_ATOMIC | __GFP_NOWARN);
	if (!back)
		return -ENOMEM;
	RCU_INIT_POINTER(inet_sk(child)->inet_opt, back);
	return 0;
}

static int mytcp_ipv4_child(struct sock *child, const struct mytcp_request *req,
			    struct sk_buff *skb)
{
	const struct mytcp_tuple *tuple = &req->node.tuple;
	struct inet_sock *inet = inet_sk(child);

	mytcp_ipv4_name(child, tuple->laddr.v4, tuple->raddr.v4, tuple->rport);
	inet->inet_sport = tuple->lport;
	inet->inet_num = ntohs(tuple->lport);
	inet->mc_index = inet_iif(skb);
	inet->mc_ttl = ip_hdr(skb)->ttl;
	inet->rcv_tos = ip_hdr(skb)->tos;
	return mytcp_ipv4_child_back(child, req, skb) ?: mytcp_ipv4_route(child);
}

/* IP_MINTTL, RFC 5082: who is further away than the user allows is not heard. */
static bool mytcp_ipv4_near_enough(const struct sock *sk, const struct sk_buff *skb)
{
	return !sk || ip_hdr(skb)->ttl >= READ_ONCE(inet_sk(sk)->min_ttl);
}

static u8 mytcp_ipv4_tos(const struct sk_buff *skb)
{
	return ip_hdr(skb)->tos;
}

static bool mytcp_ipv4_wants_ecn(struct sock *sk, const struct mytcp_reply *reply)
{
	const struct dst_entry *dst;
	struct rtable *rt;
	struct flowi4 fl4;
	bool wants;

	if (sk) {
		dst = __sk_dst_get(sk);
		return dst && dst_feature(dst, DST_FEATURE_ECN_MASK);
	}
	rt = mytcp_ipv4_reply_route(reply, &fl4);
	if (IS_ERR(rt))
		return false;
	wants = dst_feature(&rt->dst, DST_FEATURE_ECN_MASK);
	ip_rt_put(rt);
	return wants;
}

static bool mytcp_ipv4_policy_ok(struct sock *sk, struct sk_buff *skb)
{
	return mytcp_ipv4_near_enough(sk, skb) &&
	       xfrm4_policy_check(sk, XFRM_POLICY_IN, skb);
}

const struct mytcp_lower mytcp_ipv4 = {
	.net_header	= sizeof(struct iphdr),
	.connect	= mytcp_ipv4_connect,
	.disconnect	= mytcp_ipv4_disconnect,
	.reroute	= mytcp_ipv4_reroute,
	.xmit		= mytcp_ipv4_xmit,
	.reply		= mytcp_ipv4_reply,
	.mtu		= mytcp_ipv4_mtu,
	.update_mtu	= mytcp_ipv4_update_mtu,
	.metrics	= mytcp_ipv4_metrics,
	.way_back	= mytcp_source_route_back,
	.child		= mytcp_ipv4_child,
	.tos		= mytcp_ipv4_tos,
	.wants_ecn	= mytcp_ipv4_wants_ecn,
	.policy_ok	= mytcp_ipv4_policy_ok,
};

/* RFC 9293 3.1: the checksum must be right (MUST-3), whoever verified it. */
static bool mytcp_ipv4_checksum_ok(struct sk_buff *skb, u8 wire)
{
	return !skb_checksum_init(skb, wire, inet_compute_pseudo) &&
	       !skb_checksum_complete(skb);
}

/* The whole header must be there and linear. */
static bool mytcp_ipv4_pull(struct sk_buff *skb)
{
	u32 hdr_len;

	if (!pskb_may_pull(skb, MYTCP_HDR_LEN))
		return false;
	hdr_len = ((const struct tcphdr *)skb->data)->doff * 4;
	return hdr_len >= MYTCP_HDR_LEN && pskb_may_pull(skb, hdr_len);
}

/**
 * mytcp_ipv4_rcv() - a segment for us came by IPv4
 * @skb: its data begin with the TCP header; consumed
 * @tuple: its addresses and ports
 * @node: what mytcp_demux_find() found for them, or NULL
 * @listener: what mytcp_demux_find_listener() found without a node, or NULL
 *
 * Counts the segment, verifies header and checksum, and hands it up.
 *
 * Context: soft-irq, RCU since the lookup.
 *
 * Rules: MUST-50
 */
void mytcp_ipv4_rcv(struct sk_buff *skb, const struct mytcp_tuple *tuple,
		    struct mytcp_node *node, struct sock *listener)
{
	struct net *net = tuple->net;

	mytcp_count_add(net, in_segs, max_t(u16, 1, skb_shinfo(skb)->gso_segs));

	if (!mytcp_ipv4_pull(skb)) {
		mytcp_count(net, in_errs);
		kfree_skb_reason(skb, SKB_DROP_REASON_PKT_TOO_SMALL);
		return;
	}
	if (!mytcp_ipv4_checksum_ok(skb, tuple->wire)) {
		mytcp_count(net, bad_checksum);
		mytcp_count(net, in_errs);
		kfree_skb_reason(skb, SKB_DROP_REASON_TCP_CSUM);
		return;
	}
	mytcp_demux_rcv(skb, &mytcp_ipv4, tuple, node, listener);
}
