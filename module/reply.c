// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that no connection's socket sends: see reply.h.
 */
#include <linux/random.h>
#include <linux/tcp.h>
#include <net/ip.h>

#include "clock.h"
#include "compat.h"
#include "pernet.h"
#include "reply.h"
#include "sendqueue.h"
#include "stats.h"

static void reply_fill_header(void *p, const struct mytcp_tuple *tuple,
			      const struct mytcp_reply_segment *segment,
			      u32 hdr_len)
{
	struct tcphdr *th = p;

	memset(th, 0, sizeof(*th));
	th->source = tuple->lport;
	th->dest = tuple->rport;
	th->seq = htonl(segment->seq);
	th->ack_seq = htonl(segment->ack);
	th->window = htons(segment->wnd);
	th->doff = hdr_len / 4;
	tcp_flag_word(th) |= cpu_to_be32((u32)segment->flags << 16);
}

/**
 * mytcp_reply_send() - send a segment without data that no socket owns
 * @lower: the network layer
 * @to: where it goes
 * @segment: sequence numbers, flags and options
 *
 * Without memory nothing is sent: all of these segments may be lost anyway.
 *
 * Context: soft-irq or process, RCU.
 */
void mytcp_reply_send(const struct mytcp_lower *lower, const struct mytcp_reply *to,
		      const struct mytcp_reply_segment *segment)
{
	bool syn = segment->flags & MYTCP_FLAG_SYN;
	struct net *net = to->tuple.net;
	struct sk_buff *skb;
	u32 hdr_len;
	void *hdr;

	hdr_len = MYTCP_HDR_LEN + mytcp_options_size(&segment->opt, syn);
	skb = alloc_skb(MYTCP_HEADER_MAX, GFP_ATOMIC);
	if (!skb)
		return;

	skb_reserve(skb, MYTCP_HEADER_MAX - MYTCP_HDR_LEN_MAX);
	hdr = skb_put(skb, hdr_len);
	skb_reset_transport_header(skb);
	reply_fill_header(hdr, &to->tuple, segment, hdr_len);
	mytcp_options_build(hdr + MYTCP_HDR_LEN, &segment->opt, syn);

	/* RFC 4022: tcpOutSegs does not count what was sent before. */
	if (segment->again)
		mytcp_count(net, retrans_segs);
	else
		mytcp_count(net, out_segs);
	if (segment->flags & MYTCP_FLAG_RST)
		mytcp_count(net, out_rsts);
	lower->reply(to, skb);
}

/**
 * mytcp_reply_mark() - the mark of an answer
 * @net: the network namespace
 * @sk: the listener or connection that the segment met, or NULL
 * @skb: the segment
 *
 * Return: the segment's with net.ipv4.fwmark_reflect, else the socket's.
 */
u32 mytcp_reply_mark(const struct net *net, const struct sock *sk,
		     const struct sk_buff *skb)
{
	return IP4_REPLY_MARK(net, skb->mark) ?: (sk ? READ_ONCE(sk->sk_mark) : 0);
}

/**
 * mytcp_reply_reset() - answer a segment that has no connection
 * @lower: the network layer
 * @tuple: its addresses and ports, our end is "local"
 * @sk: the listener or connection that refused it, or NULL
 * @skb: the segment; stays the caller's
 * @seg: the same, parsed
 *
 * RFC 9293 section 3.10.7.1 and section 3.5.2, group 1: an RST that the sender
 * of @skb will find acceptable; never for an RST.
 *
 * Context: soft-irq or process, RCU.
 */
void mytcp_reply_reset(const struct mytcp_lower *lower, const struct mytcp_tuple *tuple,
		       const struct sock *sk, struct sk_buff *skb,
		       const struct mytcp_segment *seg)
{
	struct mytcp_reply_segment rst = { .flags = MYTCP_FLAG_RST };
	struct mytcp_reply to = {
		.tuple = *tuple,
		.sk = sk,
		.mark = mytcp_reply_mark(tuple->net, sk, skb),
		.is_rst = true,
	};

	if (seg->flags & MYTCP_FLAG_RST)
		return;
	/* Where it came from need not be the way back. */
	to.tuple.dif = sk ? READ_ONCE(sk->sk_bound_dev_if) : 0;

	if (seg->flags & MYTCP_FLAG_ACK) {
		rst.seq = seg->ack;
	} else {
		rst.ack = seg->seq + mytcp_seg_len(seg);
		rst.flags |= MYTCP_FLAG_ACK;
	}
	mytcp_reply_send(lower, &to, &rst);
}

/**
 * mytcp_challenge_allowed() - may one more challenge ACK be sent?
 * @net: the network namespace
 *
 * RFC 5961 section 7, with net.ipv4.tcp_challenge_ack_limit. Counts either way.
 *
 * Context: any.
 * Return: true when it may.
 *
 * Rules: 5961-7-1, 5961-7-2
 */
bool mytcp_challenge_allowed(struct net *net)
{
	u32 limit = READ_ONCE(net->ipv4.sysctl_tcp_challenge_ack_limit);

	if (!mytcp_ratelimit(&mytcp_pernet(net)->challenge, mytcp_clock(), limit,
			     get_random_u32())) {
		mytcp_count(net, challenge_acks_limited);
		return false;
	}
	mytcp_count(net, challenge_acks);
	return true;
}

/**
 * mytcp_oow_allowed() - may a segment that was out of the window be answered?
 * @net: the network namespace
 * @now: mytcp_clock()
 * @last: when this connection or request last answered one, in nanoseconds; 0:
 *	never. Set when it may
 *
 * No more often than net.ipv4.tcp_invalid_ratelimit: two ends that each think the
 * other out of its window would answer for ever.
 *
 * Context: any; without a lock two CPUs may both be allowed.
 * Return: true when it may.
 */
bool mytcp_oow_allowed(const struct net *net, u64 now, u64 *last)
{
	u64 interval = jiffies_to_nsecs(READ_ONCE(net->ipv4.sysctl_tcp_invalid_ratelimit));
	u64 before = READ_ONCE(*last);

	if (before && now - before < interval)
		return false;
	WRITE_ONCE(*last, now);
	return true;
}
