// SPDX-License-Identifier: GPL-2.0
/*
 * The network layer that catches segments, and the peer's side of a conversation:
 * see catch.h.
 */
#include <linux/delay.h>
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/poll.h>
#include <net/icmp.h>
#include <net/inet_hashtables.h>

#include "../../module/demux.h"
#include "../../module/family.h"
#include "../../module/input.h"
#include "../../module/listen.h"
#include "../../module/request.h"
#include "../../module/port.h"
#include "../../module/secret.h"
#include "../../module/sendqueue.h"
#include "../../module/timer.h"
#include "../../module/timewait.h"
#include "../../module/uapi/mytcp.h"
#include "catch.h"

/* RFC 5737 */
#define CATCH_LADDR	0xc0000201	/* 192.0.2.1 */
#define CATCH_RADDR	0xc0000202	/* 192.0.2.2 */
#define CATCH_RPORT	80
/* Every conversation has a local port of its own. */
#define CATCH_LPORT_LO	20000
#define CATCH_LPORT_HI	29999

/*
 * A connection that is past its beginning has had text so long ago: no answer to it is
 * expected any more, but neither is it silent.
 */
#define CATCH_SETTLED_NS	(50 * NSEC_PER_MSEC)

/* How many conversations may pass until somebody looks for leaked sockets. */
#define CATCH_LEAK_EVERY	16
#define CATCH_LEAK_TRIES	100
#define CATCH_LEAK_WAIT_US	1000

/* When a conversation begins, and what the peer's timestamp clock says then. */
#define CATCH_EPOCH_NS	(1000ull * NSEC_PER_SEC)
#define CATCH_PEER_TS	5000

u64 mytcp_test_clock;

/* The conversation that is going on: a network layer has no other way to it. */
static struct catch *catch_now;

struct kunit *catch_test(void)
{
	return catch_now->test;
}

/* What is remembered of a caught segment, in skb->cb. */
struct catch_cb {
	u64 at;
	u8 ecn;
};

#define CATCH_CB(skb) ((struct catch_cb *)(skb)->cb)

/* A segment in numbers, as it was caught. */
struct caught {
	struct mytcp_segment seg;
	u8 data[64];		/* the first octets of payload */
	u32 pattern_errors;	/* octets that are not the pattern's */
	u64 at;
	u8 ecn;
};

static bool catch_parse(struct sk_buff *skb, struct mytcp_segment *seg)
{
	if (mytcp_wire_parse(skb->data, skb->len, skb->len, seg))
		return false;
	mytcp_options_parse(skb->data + MYTCP_HDR_LEN, seg->hdr_len - MYTCP_HDR_LEN,
			    seg->flags & SYN, &seg->opt);
	return true;
}

/* What the caught segment tells about our side. */
static void catch_learn(struct catch *c, const struct mytcp_segment *seg)
{
	if (seg->flags & SYN) {
		c->iss = seg->seq;
		c->snd_wscale = c->setup.has_wscale && seg->opt.has_wscale ?
				seg->opt.wscale : 0;
		c->rcv_wscale = c->setup.has_wscale && seg->opt.has_wscale ?
				c->setup.wscale : 0;
		c->ts = c->setup.ts && seg->opt.has_ts;
	}
	if (seg->opt.has_ts)
		c->last_ts_val = seg->opt.ts_val;
}

/* Keep a copy: the buffer may be a clone of one in the send queue. */
static int catch_segment(struct sk_buff *skb, u8 ecn)
{
	struct catch *c = catch_now;
	struct mytcp_segment seg;
	struct sk_buff *copy;

	if (c && c->xmit_error && c->refused < CATCH_REFUSALS_MAX) {
		c->refused++;
		kfree_skb(skb);
		return c->xmit_error;
	}
	copy = skb_copy(skb, GFP_ATOMIC);
	if (c && c->hold)
		skb_queue_tail(&c->held, skb);
	else
		consume_skb(skb);
	if (!c || !copy || !catch_parse(copy, &seg)) {
		kfree_skb(copy);
		return 0;
	}
	catch_learn(c, &seg);
	CATCH_CB(copy)->at = mytcp_clock();
	CATCH_CB(copy)->ecn = ecn;
	skb_queue_tail(&c->sent, copy);
	return 0;
}

static void catch_set_names(struct sock *sk, const struct mytcp_tuple *tuple)
{
	struct inet_sock *inet = inet_sk(sk);

	inet->inet_saddr = tuple->laddr.v4;
	sk_rcv_saddr_set(sk, tuple->laddr.v4);
	sk_daddr_set(sk, tuple->raddr.v4);
	inet->inet_dport = tuple->rport;
	sk->sk_gso_type = SKB_GSO_TCPV4;
	sk->sk_gso_max_size = GSO_LEGACY_MAX_SIZE;
	sk->sk_gso_max_segs = GSO_MAX_SEGS;
	sk->sk_route_caps = NETIF_F_SG | NETIF_F_HW_CSUM;
	if (catch_now && catch_now->setup.gso)
		sk->sk_route_caps |= NETIF_F_GSO_SOFTWARE;
}

static int catch_lower_connect(struct sock *sk, struct sockaddr *uaddr, int len)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)uaddr;
	struct mytcp_tuple *tuple = &mytcp_sk(sk)->node.tuple;

	*tuple = (struct mytcp_tuple) {
		.net = sock_net(sk),
		.laddr.v4 = htonl(CATCH_LADDR),
		.raddr.v4 = sin->sin_addr.s_addr,
		.lport = inet_sk(sk)->inet_sport,
		.rport = sin->sin_port,
		.wire = sk->sk_protocol,
		.family = AF_INET,
	};
	catch_set_names(sk, tuple);
	return 0;
}

static void catch_lower_disconnect(struct sock *sk)
{
	inet_sk(sk)->inet_dport = 0;
	sk_daddr_set(sk, 0);
	inet_reset_saddr(sk);
}

static int catch_lower_reroute(struct sock *sk)
{
	return catch_now->no_route ? -ENETUNREACH : 0;
}

static int catch_lower_xmit(struct sock *sk, struct sk_buff *skb, u8 ecn)
{
	return catch_segment(skb, ecn);
}

static void catch_lower_reply(const struct mytcp_reply *reply, struct sk_buff *skb)
{
	catch_segment(skb, reply->tos & INET_ECN_MASK);
}

static u32 catch_lower_mtu(struct sock *sk)
{
	return (catch_now ? catch_now->mtu : CATCH_MTU) - sizeof(struct iphdr);
}

static u32 catch_lower_update_mtu(struct sock *sk, u32 mtu)
{
	if (catch_now)
		catch_now->mtu = min(catch_now->mtu, mtu);
	return catch_lower_mtu(sk);
}

static bool catch_lower_metrics(struct sock *sk, const struct mytcp_reply *reply,
				struct mytcp_metrics *m)
{
	*m = catch_now ? catch_now->setup.metrics : (struct mytcp_metrics) {};
	if (!m->advmss)
		m->advmss = catch_lower_mtu(NULL) - MYTCP_HDR_LEN;
	return true;
}

static int catch_lower_child(struct sock *child, const struct mytcp_request *req,
			     struct sk_buff *skb)
{
	catch_set_names(child, &req->node.tuple);
	inet_sk(child)->inet_sport = req->node.tuple.lport;
	inet_sk(child)->inet_num = ntohs(req->node.tuple.lport);
	return 0;
}

static u8 catch_lower_tos(const struct sk_buff *skb)
{
	return ip_hdr(skb)->tos;
}

static bool catch_lower_wants_ecn(struct sock *sk, const struct mytcp_reply *reply)
{
	return catch_now && catch_now->wants_ecn;
}

static bool catch_lower_policy_ok(struct sock *sk, struct sk_buff *skb)
{
	return catch_now && catch_now->policy;
}

static struct ip_options_rcu *catch_lower_way_back(struct net *net, const struct sk_buff *skb)
{
	return NULL;
}

const struct mytcp_lower mytcp_catch = {
	.net_header	= sizeof(struct iphdr),
	.connect	= catch_lower_connect,
	.disconnect	= catch_lower_disconnect,
	.reroute	= catch_lower_reroute,
	.xmit		= catch_lower_xmit,
	.reply		= catch_lower_reply,
	.mtu		= catch_lower_mtu,
	.update_mtu	= catch_lower_update_mtu,
	.metrics	= catch_lower_metrics,
	.way_back	= catch_lower_way_back,
	.child		= catch_lower_child,
	.tos		= catch_lower_tos,
	.wants_ecn	= catch_lower_wants_ecn,
	.policy_ok	= catch_lower_policy_ok,
};

/* --- The peer sends --- */

/* The peer's clock ticks in milliseconds. */
static u32 catch_peer_ts(void)
{
	return CATCH_PEER_TS +
	       (u32)div_u64(mytcp_test_clock - CATCH_EPOCH_NS, NSEC_PER_MSEC);
}

/* RFC 9293 3.1: the field is not scaled on a SYN. */
static u16 catch_window_field(const struct catch *c, const struct catch_segment *s)
{
	u32 wnd = s->wnd > 0 ? s->wnd : s->wnd ? 0 : c->setup.wnd;

	if (!(s->flags & SYN))
		wnd >>= c->rcv_wscale;
	return min_t(u32, wnd, U16_MAX);
}

/* SACK blocks are about our octets. Ours are about the peer's. */
static u8 catch_sacks(const struct catch_segment *s, u32 base,
		      struct mytcp_sack_block *to)
{
	u8 n;

	for (n = 0; n < MYTCP_SACK_BLOCKS && (s->sacks[n].start || s->sacks[n].end); n++) {
		to[n].start = s->sacks[n].start + base;
		to[n].end = s->sacks[n].end + base;
	}
	return n;
}

static u32 catch_build_options(const struct catch *c, const struct catch_segment *s,
			       u8 *to)
{
	struct mytcp_options opt = {
		.mss = s->mss == CATCH_NONE ? 0 : s->mss,
		.wscale = s->wscale,
		.has_wscale = s->has_wscale,
		.sack_ok = s->sack_ok,
		.has_ts = (s->has_ts || c->ts) && !s->no_ts,
		.ts_val = s->ts_val ?: catch_peer_ts(),
		.ts_ecr = s->ts_ecr ?: s->flags & ACK ? c->last_ts_val : 0,
	};

	if (s->raw_options) {
		memcpy(to, s->raw_options, s->raw_options_len);
		return s->raw_options_len;
	}
	if (s->ts_ecr)
		opt.ts_ecr = s->ts_ecr;
	opt.nr_sacks = catch_sacks(s, c->iss, opt.sacks);
	return mytcp_options_build(to, &opt, s->flags & SYN);
}

static u32 catch_payload_len(const struct catch_segment *s)
{
	return s->len ?: s->data ? strlen(s->data) : 0;
}

static void catch_payload(const struct catch_segment *s, u8 *to)
{
	u32 len = catch_payload_len(s);
	u32 seq = s->seq + !!(s->flags & SYN);
	u32 i;

	if (s->data) {
		memcpy(to, s->data, len);
		return;
	}
	for (i = 0; i < len; i++)
		to[i] = catch_pattern(seq + i);
}

/* Room for the payload: behind the header, or in pages of its own. */
static u8 *catch_room(struct sk_buff *skb, const struct catch_segment *s)
{
	u32 len = catch_payload_len(s);
	struct page *page;

	if (!s->nonlinear || !len)
		return skb_put(skb, len);
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, get_order(len));
	if (!page)
		return NULL;
	skb_add_rx_frag(skb, 0, page, 0, len, PAGE_SIZE << get_order(len));
	return page_address(page);
}

static void catch_push_header(const struct catch *c, struct sk_buff *skb,
			      const struct catch_segment *s)
{
	u8 options[MYTCP_OPTIONS_MAX];
	u32 options_len = catch_build_options(c, s, options);
	struct tcphdr *th;

	memcpy(skb_push(skb, options_len), options, options_len);
	th = skb_push(skb, sizeof(*th));
	memset(th, 0, sizeof(*th));
	skb_reset_transport_header(skb);
	th->source = c->tuple.rport;
	th->dest = c->tuple.lport;
	th->seq = htonl(s->raw ? s->seq : s->seq + c->irs);
	if (s->flags & ACK || s->raw)
		th->ack_seq = htonl(s->raw ? s->ack : s->ack + c->iss);
	th->doff = (sizeof(*th) + options_len) / 4;
	((u8 *)th)[12] |= s->reserved;
	((u8 *)th)[13] = s->flags;
	th->window = htons(catch_window_field(c, s));
	th->urg_ptr = htons(s->urg);
}

static void catch_push_ip(const struct catch *c, struct sk_buff *skb, u8 ecn)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	*iph = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tos = ecn,
		.tot_len = htons(skb->len),
		.ttl = 64,
		.protocol = c->tuple.wire,
		.saddr = c->tuple.raddr.v4,
		.daddr = c->tuple.laddr.v4,
	};
	skb_reset_network_header(skb);
	__skb_pull(skb, sizeof(*iph));
}

/* As the soft-irq would: look up, hand over. */
static void catch_deliver(struct catch *c, struct sk_buff *skb)
{
	struct sock *listener = NULL;
	struct mytcp_node *node;

	skb->dev = init_net.loopback_dev;
	skb->skb_iif = skb->dev->ifindex;
	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_UNNECESSARY;

	local_bh_disable();
	rcu_read_lock();
	node = mytcp_demux_find(&c->tuple);
	if (!node)
		listener = mytcp_demux_find_listener(&c->tuple);
	mytcp_demux_rcv(skb, &mytcp_catch, &c->tuple, node, listener);
	rcu_read_unlock();
	local_bh_enable();
}

/* The counters of the send queue are what its buffers say. */
static void catch_recount(struct catch *c)
{
	u32 packets = 0, retrans = 0, lost = 0, sacked = 0, listed = 0, sent = 0;
	struct mytcp_sock *ms;
	struct list_head *pos;
	struct sk_buff *skb;
	int queued = 0;

	if (!c->sk || c->sk->sk_state == TCP_LISTEN)
		return;
	ms = mytcp_sk(c->sk);
	skb_rbtree_walk(skb, &c->sk->tcp_rtx_queue) {
		u8 marks = MYTCP_CB(skb)->marks;
		u32 n = mytcp_packets(skb);

		packets += n;
		retrans += marks & MYTCP_MARK_RETRANS ? n : 0;
		lost += marks & MYTCP_MARK_LOST ? n : 0;
		sacked += marks & MYTCP_MARK_SACKED ? n : 0;
		sent += !(marks & MYTCP_MARK_SACKED);
		queued += skb->truesize;
	}
	skb_queue_walk(&c->sk->sk_write_queue, skb)
		queued += skb->truesize;
	list_for_each(pos, &ms->tsorted)
		listed++;
	list_for_each(pos, &ms->lost)
		listed++;
	KUNIT_EXPECT_EQ(c->test, ms->packets_out, packets);
	KUNIT_EXPECT_EQ(c->test, ms->retrans_out, retrans);
	KUNIT_EXPECT_EQ(c->test, ms->lost_out, lost);
	KUNIT_EXPECT_EQ(c->test, listed, sent);
	KUNIT_EXPECT_EQ(c->test, c->sk->sk_wmem_queued, queued);
	/* Without SACK duplicate ACKs are counted there */
	if (ms->sack_ok)
		KUNIT_EXPECT_EQ(c->test, ms->sacked_out, sacked);
}

/**
 * catch_peer() - the peer sends a segment, which arrives at once
 * @c: the conversation
 * @s: the segment
 */
void catch_peer(struct catch *c, const struct catch_segment *s)
{
	const unsigned int headers = sizeof(struct iphdr) + MYTCP_HDR_LEN_MAX;
	struct sk_buff *skb;
	u8 *payload;

	skb = alloc_skb(headers + (s->nonlinear ? 0 : catch_payload_len(s)),
			GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(c->test, skb);
	skb_reserve(skb, headers);
	payload = catch_room(skb, s);
	if (!payload) {
		kfree_skb(skb);
		KUNIT_FAIL(c->test, "no memory");
		return;
	}
	catch_payload(s, payload);
	catch_push_header(c, skb, s);
	catch_push_ip(c, skb, s->ecn);
	catch_deliver(c, skb);
	catch_recount(c);
}

/**
 * catch_icmp() - an ICMP error about a segment that we have sent
 * @c: the conversation
 * @type: ICMP_DEST_UNREACH, ...
 * @code: of it
 * @seq: sequence number in the quoted header, relative
 * @mtu: with ICMP_FRAG_NEEDED: octets of an IP packet
 */
void catch_icmp(struct catch *c, u8 type, u8 code, u32 seq, u32 mtu)
{
	struct mytcp_node *node;

	local_bh_disable();
	rcu_read_lock();
	node = mytcp_demux_find(&c->tuple);
	if (!node)
		KUNIT_FAIL(c->test, "no connection for the ICMP message");
	else if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		mytcp_icmp_mtu(node, seq + c->iss, mtu);
	else if (type == ICMP_DEST_UNREACH)
		mytcp_icmp_error(node, seq + c->iss, icmp_err_convert[code].errno,
				 icmp_err_convert[code].fatal);
	else
		mytcp_icmp_error(node, seq + c->iss, EHOSTUNREACH, false);
	rcu_read_unlock();
	local_bh_enable();
}

/* --- The peer receives --- */

static bool catch_next(struct catch *c, struct caught *caught)
{
	struct sk_buff *skb = skb_dequeue(&c->sent);
	struct mytcp_segment *seg = &caught->seg;
	const u8 *payload;
	u32 seq, i;

	if (!skb)
		return false;
	catch_parse(skb, seg);
	caught->at = CATCH_CB(skb)->at;
	caught->ecn = CATCH_CB(skb)->ecn;
	payload = skb->data + seg->hdr_len;
	memcpy(caught->data, payload, min_t(size_t, seg->len, sizeof(caught->data)));
	caught->pattern_errors = 0;
	seq = seg->seq - c->iss + !!(seg->flags & SYN);
	for (i = 0; i < seg->len; i++)
		caught->pattern_errors += payload[i] != catch_pattern(seq + i);
	kfree_skb(skb);
	return true;
}

static const char *catch_flags_text(u8 flags, char *buf)
{
	static const char letters[] = "FSRPAUEC";
	char *p = buf;
	int i;

	for (i = 0; i < 8; i++)
		if (flags & BIT(i))
			*p++ = letters[i];
	if (p == buf)
		*p++ = '-';
	*p = 0;
	return buf;
}

/* For messages: "AP seq 1 ack 4 len 3 wnd 65535" */
static void catch_describe(const struct catch *c, const struct mytcp_segment *seg,
			   char *buf, size_t size)
{
	char flags[9];
	int n, i;

	n = scnprintf(buf, size, "%s seq %u ack %u len %u wnd %u",
		      catch_flags_text(seg->flags, flags), seg->seq - c->iss,
		      seg->flags & ACK ? seg->ack - c->irs : 0, seg->len, seg->wnd);
	if (seg->opt.mss)
		n += scnprintf(buf + n, size - n, " mss %u", seg->opt.mss);
	if (seg->opt.has_wscale)
		n += scnprintf(buf + n, size - n, " wscale %u", seg->opt.wscale);
	if (seg->opt.has_ts)
		n += scnprintf(buf + n, size - n, " ts %u %u", seg->opt.ts_val,
			       seg->opt.ts_ecr);
	for (i = 0; i < seg->opt.nr_sacks; i++)
		n += scnprintf(buf + n, size - n, " sack %u-%u",
			       seg->opt.sacks[i].start - c->irs,
			       seg->opt.sacks[i].end - c->irs);
}

static bool catch_numbers_ok(const struct catch *c, const struct catch_segment *want,
			     const struct mytcp_segment *seg)
{
	u32 seq = want->raw ? want->seq : want->seq + c->iss;
	u32 ack = want->raw ? want->ack : want->ack + c->irs;

	return seg->seq == seq && (!(seg->flags & ACK) || seg->ack == ack);
}

static bool catch_window_ok(const struct catch *c, const struct catch_segment *want,
			    const struct mytcp_segment *seg)
{
	u32 wnd = seg->wnd;

	if (!(seg->flags & SYN))
		wnd <<= c->snd_wscale;
	return !want->wnd || wnd == (want->wnd > 0 ? want->wnd : 0);
}

static bool catch_syn_options_ok(const struct catch_segment *want,
				 const struct mytcp_options *opt)
{
	if (want->mss && opt->mss != (want->mss == CATCH_NONE ? 0 : want->mss))
		return false;
	if (want->has_wscale && (!opt->has_wscale || opt->wscale != want->wscale))
		return false;
	if (want->sack_ok && !opt->sack_ok)
		return false;
	return !want->no_options ||
	       (!opt->has_wscale && !opt->sack_ok && !opt->has_ts);
}

static bool catch_ts_ok(const struct catch_segment *want,
			const struct mytcp_options *opt)
{
	if (want->no_ts && opt->has_ts)
		return false;
	if ((want->has_ts || want->ts_val || want->ts_ecr) && !opt->has_ts)
		return false;
	return (!want->ts_val || opt->ts_val == want->ts_val) &&
	       (!want->ts_ecr || opt->ts_ecr == want->ts_ecr);
}

static bool catch_sacks_ok(const struct catch *c, const struct catch_segment *want,
			   const struct mytcp_options *opt)
{
	struct mytcp_sack_block blocks[MYTCP_SACK_BLOCKS];
	u8 n = catch_sacks(want, c->irs, blocks);

	return opt->nr_sacks == n && !memcmp(blocks, opt->sacks, n * sizeof(*blocks));
}

static bool catch_payload_ok(const struct catch *c, const struct catch_segment *want,
			     const struct caught *got)
{
	u32 len = catch_payload_len(want);

	if (got->seg.len != len)
		return false;
	if (want->data)
		return !memcmp(want->data, got->data,
			       min_t(size_t, len, sizeof(got->data)));
	return c->literal || !got->pattern_errors;
}

/* The first thing about it that is not as wanted, or NULL. */
static const char *catch_difference(const struct catch *c,
				    const struct catch_segment *want,
				    const struct caught *got)
{
	const struct mytcp_segment *seg = &got->seg;

	if (seg->flags != want->flags)
		return "flags";
	if (got->ecn != want->ecn)
		return got->ecn ? "packet that can be marked" :
				  "packet that cannot be marked";
	if (!catch_numbers_ok(c, want, seg))
		return "sequence numbers";
	if (!catch_payload_ok(c, want, got))
		return "payload";
	if (!catch_window_ok(c, want, seg))
		return "window";
	if (seg->flags & URG && seg->urg != want->urg)
		return "urgent pointer";
	if (!catch_syn_options_ok(want, &seg->opt))
		return "options";
	if (!catch_ts_ok(want, &seg->opt))
		return "timestamps";
	if (!catch_sacks_ok(c, want, &seg->opt))
		return "SACK blocks";
	if (want->at && got->at - c->mark != (u64)want->at * NSEC_PER_MSEC)
		return "time";
	return NULL;
}

static char catch_message[320];

/**
 * catch_compare() - what we have sent next, and what was expected
 * @c: the conversation
 * @want: what was expected
 *
 * Return: NULL when both agree, else a message.
 */
const char *catch_compare(struct catch *c, const struct catch_segment *want)
{
	char got_text[200], want_flags[9];
	struct caught got = { };
	const char *what;
	u64 at;

	if (!catch_next(c, &got)) {
		scnprintf(catch_message, sizeof(catch_message),
			  "nothing was sent, expected %s seq %u ack %u len %u",
			  catch_flags_text(want->flags, want_flags), want->seq,
			  want->ack, catch_payload_len(want));
		return catch_message;
	}
	what = catch_difference(c, want, &got);
	if (!what)
		return NULL;

	catch_describe(c, &got.seg, got_text, sizeof(got_text));
	at = got.at - c->mark;
	scnprintf(catch_message, sizeof(catch_message),
		  "%s: sent %s at %llu us, expected %s seq %u ack %u len %u wnd %d at %u ms",
		  what, got_text, div_u64(at, NSEC_PER_USEC),
		  catch_flags_text(want->flags, want_flags), want->seq, want->ack,
		  catch_payload_len(want), want->wnd, want->at);
	return catch_message;
}

/**
 * catch_compare_nothing() - is there nothing left that we have sent?
 * @c: the conversation
 *
 * Return: NULL, or a message with the next segment, which is forgotten.
 */
const char *catch_compare_nothing(struct catch *c)
{
	char text[200];
	struct caught got = { };

	if (!catch_next(c, &got))
		return NULL;
	catch_describe(c, &got.seg, text, sizeof(text));
	scnprintf(catch_message, sizeof(catch_message), "sent %s, expected nothing",
		  text);
	return catch_message;
}

/**
 * catch_forget() - do not look at what was sent so far
 * @c: the conversation
 */
void catch_forget(struct catch *c)
{
	skb_queue_purge(&c->sent);
}

/**
 * catch_free_held() - the queue below lets go of buffers
 * @c: the conversation
 * @n: of how many, in their order
 *
 * What their freeing sets going is done on return.
 */
void catch_free_held(struct catch *c, unsigned int n)
{
	local_bh_disable();
	while (n--)
		consume_skb(skb_dequeue(&c->held));
	local_bh_enable();
}

/* --- Time --- */

static int catch_earliest(struct mytcp_node *node, struct sock *listener, void *arg)
{
	const struct mytcp_sock *ms;
	u64 *earliest = arg;
	int i;

	if (!node || node->kind != MYTCP_NODE_SOCK)
		return 0;
	ms = container_of(node, struct mytcp_sock, node);
	if (ms->lower != &mytcp_catch)
		return 0;
	for (i = 0; i < MYTCP_DL_COUNT; i++)
		*earliest = min(*earliest, ms->deadline[i]);
	return 0;
}

static int catch_run_timer(struct mytcp_node *node, struct sock *listener, void *arg)
{
	struct mytcp_sock *ms;
	struct sock *sk;

	if (!node || node->kind != MYTCP_NODE_SOCK)
		return 0;
	ms = container_of(node, struct mytcp_sock, node);
	if (ms->lower != &mytcp_catch)
		return 0;
	sk = mytcp_to_sk(ms);
	local_bh_disable();
	bh_lock_sock(sk);
	ms->now = mytcp_clock();
	mytcp_timer_run(sk);
	bh_unlock_sock(sk);
	local_bh_enable();
	return 0;
}

static u64 catch_fifo_earliest(struct mytcp_fifo *fifo)
{
	struct mytcp_fifo_entry *head;
	u64 when = MYTCP_NEVER;

	spin_lock_bh(&fifo->lock);
	head = list_first_entry_or_null(&fifo->entries, struct mytcp_fifo_entry, link);
	if (head)
		when = head->expires;
	spin_unlock_bh(&fifo->lock);
	return when;
}

static u64 catch_next_event(void)
{
	struct mytcp_pernet *pernet = mytcp_pernet(&init_net);
	struct mytcp_walk walk = { .net = &init_net };
	u64 when = catch_fifo_earliest(&pernet->time_wait);
	int i;

	for (i = 0; i < MYTCP_SYNACK_STEPS; i++)
		when = min(when, catch_fifo_earliest(&pernet->synack[i]));
	mytcp_demux_walk(&walk, catch_earliest, &when);
	return when;
}

static void catch_run_due(void)
{
	struct mytcp_pernet *pernet = mytcp_pernet(&init_net);
	struct mytcp_walk walk = { .net = &init_net };
	int i;

	local_bh_disable();
	mytcp_fifo_reap(&pernet->time_wait);
	for (i = 0; i < MYTCP_SYNACK_STEPS; i++)
		mytcp_fifo_reap(&pernet->synack[i]);
	local_bh_enable();
	mytcp_demux_walk(&walk, catch_run_timer, NULL);
}

/**
 * catch_run() - let time go on
 * @c: the conversation
 * @ns: how long
 *
 * Every timer that is due does its work at its own time, in order.
 */
void catch_run(struct catch *c, u64 ns)
{
	u64 end = mytcp_test_clock + ns;
	unsigned int events = 0;
	u64 next;

	while ((next = catch_next_event()) <= end) {
		if (next > mytcp_test_clock)
			WRITE_ONCE(mytcp_test_clock, next);
		catch_run_due();
		if (++events > 10000) {
			KUNIT_FAIL(c->test, "timers fire over and over");
			break;
		}
	}
	WRITE_ONCE(mytcp_test_clock, end);
	catch_recount(c);
}

/**
 * catch_mark() - let EXPECT()'s .at count from now
 * @c: the conversation
 */
void catch_mark(struct catch *c)
{
	c->mark = mytcp_test_clock;
}

unsigned long catch_counted(struct catch *c, enum mytcp_counter which)
{
	return mytcp_counter_sum(&init_net, which) - c->counters[which];
}

/* --- The user --- */

/**
 * catch_node() - what stands in the demultiplexer for the connection
 * @c: the conversation
 *
 * Return: the node, or NULL; only to be looked at.
 */
struct mytcp_node *catch_node(struct catch *c)
{
	struct mytcp_node *node;

	rcu_read_lock();
	node = mytcp_demux_find(&c->tuple);
	rcu_read_unlock();
	return node;
}

static int catch_state(struct catch *c)
{
	struct mytcp_node *node = catch_node(c);

	if (!node)
		return c->sock ? c->sk->sk_state : TCP_CLOSE;
	switch (node->kind) {
	case MYTCP_NODE_REQUEST:
		return TCP_SYN_RECV;
	case MYTCP_NODE_TIMEWAIT:
		return TCP_TIME_WAIT;
	default:
		return mytcp_to_sk(container_of(node, struct mytcp_sock, node))->sk_state;
	}
}

static const char *catch_state_name(int state)
{
	static const char * const names[] = {
		[TCP_ESTABLISHED] = "ESTABLISHED",
		[TCP_SYN_SENT] = "SYN_SENT",
		[TCP_SYN_RECV] = "SYN_RECV",
		[TCP_FIN_WAIT1] = "FIN_WAIT1",
		[TCP_FIN_WAIT2] = "FIN_WAIT2",
		[TCP_TIME_WAIT] = "TIME_WAIT",
		[TCP_CLOSE] = "CLOSE",
		[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
		[TCP_LAST_ACK] = "LAST_ACK",
		[TCP_LISTEN] = "LISTEN",
		[TCP_CLOSING] = "CLOSING",
	};

	return state > 0 && state < (int)ARRAY_SIZE(names) ? names[state] : "?";
}

/**
 * catch_compare_state() - is the connection in a state?
 * @c: the conversation
 * @state: TCP_*
 *
 * Return: NULL, or a message.
 */
const char *catch_compare_state(struct catch *c, int state)
{
	int is = catch_state(c);

	if (is == state)
		return NULL;
	scnprintf(catch_message, sizeof(catch_message), "state is %s, expected %s",
		  catch_state_name(is), catch_state_name(state));
	return catch_message;
}

int catch_listen(struct catch *c)
{
	return kernel_listen(c->sock, c->setup.backlog);
}

int catch_connect(struct catch *c)
{
	struct sockaddr_in peer = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = c->tuple.raddr.v4,
		.sin_port = c->tuple.rport,
	};

	return kernel_connect(c->sock, (struct sockaddr *)&peer, sizeof(peer),
			      O_NONBLOCK);
}

int catch_accept(struct catch *c)
{
	struct socket *child;
	int err = kernel_accept(c->sock, &child, O_NONBLOCK);

	if (err)
		return err;
	c->listener = c->sock;
	c->sock = child;
	c->sk = child->sk;
	return 0;
}

int catch_write(struct catch *c, const char *text, size_t len, int flags)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | flags };
	struct kvec vec = { .iov_base = (void *)text, .iov_len = len };
	int n = kernel_sendmsg(c->sock, &msg, &vec, 1, len);

	if (n > 0) {
		c->literal = true;
		c->written += n;
	}
	return n;
}

int catch_write_pattern(struct catch *c, size_t len, int flags)
{
	bool literal = c->literal;
	u8 *text = kvmalloc(len, GFP_KERNEL);
	size_t i;
	int n;

	if (!text)
		return -ENOMEM;
	for (i = 0; i < len; i++)
		text[i] = catch_pattern(1 + c->written + i);
	n = catch_write(c, text, len, flags);
	c->literal = literal;
	kvfree(text);
	return n;
}

static const char *catch_wrote(int n, size_t len)
{
	if (n == (int)len)
		return NULL;
	scnprintf(catch_message, sizeof(catch_message), "wrote %d of %zu octets", n, len);
	return catch_message;
}

const char *catch_send_text(struct catch *c, const char *text)
{
	return catch_wrote(catch_write(c, text, strlen(text), 0), strlen(text));
}

const char *catch_send_pattern(struct catch *c, size_t len)
{
	return catch_wrote(catch_write_pattern(c, len, 0), len);
}

int catch_read(struct catch *c, char *buf, size_t len, int flags)
{
	struct msghdr msg = { };
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	int n = kernel_recvmsg(c->sock, &msg, &vec, 1, len, MSG_DONTWAIT | flags);

	if (n > 0 && !(flags & (MSG_PEEK | MSG_OOB)))
		c->read += n;
	return n;
}

/**
 * catch_compare_text() - read all that there is
 * @c: the conversation
 * @text: what it should be
 *
 * Return: NULL, or a message.
 */
const char *catch_compare_text(struct catch *c, const char *text)
{
	char buf[100];
	int n = catch_read(c, buf, sizeof(buf) - 1, 0);

	if (n == (int)strlen(text) && !memcmp(buf, text, n))
		return NULL;
	buf[max(n, 0)] = 0;
	scnprintf(catch_message, sizeof(catch_message),
		  "read %d octets \"%s\", expected \"%s\"", n, n > 0 ? buf : "", text);
	return catch_message;
}

/**
 * catch_compare_pattern() - read all that there is, which is the pattern
 * @c: the conversation
 * @len: how much it should be, in octets
 *
 * Return: NULL, or a message.
 */
const char *catch_compare_pattern(struct catch *c, size_t len)
{
	u32 seq = 1 + c->read;
	size_t i, wrong = 0;
	u8 *buf = kvmalloc(len + 1, GFP_KERNEL);
	int n;

	if (!buf)
		return "no memory";
	n = catch_read(c, buf, len + 1, 0);
	for (i = 0; (int)i < n; i++)
		wrong += buf[i] != catch_pattern(seq + i);
	kvfree(buf);
	if (n == (int)len && !wrong)
		return NULL;
	scnprintf(catch_message, sizeof(catch_message),
		  "read %d octets, %zu of them wrong, expected %zu", n, wrong, len);
	return catch_message;
}

int catch_shutdown(struct catch *c, int how)
{
	return kernel_sock_shutdown(c->sock, how);
}

void catch_close(struct catch *c)
{
	sock_release(c->sock);
	c->sock = NULL;
	c->sk = NULL;
}

void catch_abort(struct catch *c)
{
	sock_set_flag(c->sk, SOCK_LINGER);
	c->sk->sk_lingertime = 0;
	catch_close(c);
}

u32 catch_poll(struct catch *c)
{
	return (__force u32)c->sock->ops->poll(NULL, c->sock, NULL);
}

int catch_setsockopt(struct catch *c, int level, int name, int value)
{
	sockptr_t val = KERNEL_SOCKPTR(&value);

	if (level == SOL_SOCKET)
		return sock_setsockopt(c->sock, level, name, val, sizeof(value));
	return c->sock->ops->setsockopt(c->sock, level, name, val, sizeof(value));
}

int catch_so_error(struct catch *c)
{
	return -sock_error(c->sk);
}

static void catch_restore_syncookies(void *was)
{
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_syncookies, (unsigned long)was);
}

/**
 * catch_syncookies() - set net.ipv4.tcp_syncookies until the test is over
 * @test: the test
 * @mode: what it is
 */
void catch_syncookies(struct kunit *test, enum catch_syncookies mode)
{
	void *was = (void *)(unsigned long)init_net.ipv4.sysctl_tcp_syncookies;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, catch_restore_syncookies,
							was), 0);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_syncookies, mode);
}

/* --- Beginning and end --- */

/*
 * Our ISN is a hash of the tuple plus a clock of 4 us (RFC 9293 3.4.1): when to
 * begin so that it is the wanted one.
 */
static u64 catch_when(const struct catch *c)
{
	u64 when = CATCH_EPOCH_NS;
	u32 ahead;

	if (c->setup.iss) {
		ahead = c->setup.iss - mytcp_tuple_isn(&c->tuple, when);
		when += (u64)ahead * 4 * NSEC_PER_USEC;
	}
	return when;
}

static void catch_fill_setup(struct catch *c, const struct catch_setup *setup)
{
	c->setup = *setup;
	c->setup.irs = setup->irs ?: CATCH_IRS;
	c->setup.mss = setup->mss ?: CATCH_MSS;
	c->setup.wnd = setup->wnd ?: CATCH_WND;
	c->setup.mtu = setup->mtu ?: CATCH_MTU;
	c->setup.backlog = setup->backlog ?: 8;
	c->setup.wire = setup->wire ?: MYTCP_PROTO_EXPERIMENTAL;
	c->irs = c->setup.irs;
	c->mtu = c->setup.mtu;
}

static void catch_fill_tuple(struct catch *c)
{
	static u16 lport = CATCH_LPORT_LO;

	c->tuple = (struct mytcp_tuple) {
		.net = &init_net,
		.laddr.v4 = htonl(CATCH_LADDR),
		.raddr.v4 = htonl(CATCH_RADDR),
		.lport = htons(lport),
		.rport = htons(CATCH_RPORT),
		.wire = c->setup.wire,
		.family = AF_INET,
	};
	lport = lport == CATCH_LPORT_HI ? CATCH_LPORT_LO : lport + 1;
}

/* A listener has the same port as all of its connections, whoever the peer is. */
static int catch_end_node(struct mytcp_node *node, struct sock *listener, void *arg)
{
	const struct catch *c = arg;

	if (!node || node->tuple.lport != c->tuple.lport)
		return 0;
	if (node->kind == MYTCP_NODE_SOCK)
		mytcp_orphan_kill(mytcp_to_sk(mytcp_node_sk(node)));
	else if (node->kind == MYTCP_NODE_TIMEWAIT)
		mytcp_timewait_kill(container_of(node, struct mytcp_timewait, node));
	/* The walk counts nodes: when this one is gone, look from there again. */
	return !mytcp_node_hashed(node);
}

/* Nothing of the conversation may outlive the test. */
static void catch_end_connections(struct catch *c)
{
	struct mytcp_walk walk = { .net = &init_net };

	while (mytcp_demux_walk(&walk, catch_end_node, c))
		walk.skip--;
}

/**
 * catch_count_socks() - how many sockets are alive
 *
 * Return: their number, without those that only wait for their grace period.
 */
unsigned int catch_count_socks(void)
{
	rcu_barrier();
	return mytcp_sock_count();
}

/*
 * Are as many sockets alive as before the conversations? Grace periods take
 * longer than conversations: not after each of them. For the last ones the
 * module's exit waits.
 */
static void catch_check_leak(struct kunit *test)
{
	static unsigned int conversations;
	static int before = -1;
	int tries;

	if (before >= 0 && ++conversations % CATCH_LEAK_EVERY)
		return;
	/* The tasklet of small queues may be about to let go of one. */
	for (tries = 0; before >= 0 && tries < CATCH_LEAK_TRIES; tries++) {
		if (catch_count_socks() == before)
			break;
		fsleep(CATCH_LEAK_WAIT_US);
	}
	if (before >= 0)
		KUNIT_EXPECT_EQ_MSG(test, catch_count_socks(), before,
				    "of the last %u conversations one leaks",
				    CATCH_LEAK_EVERY);
	before = catch_count_socks();
}

static void catch_end(void *arg)
{
	struct catch *c = arg;

	c->xmit_error = 0;
	if (c->sock)
		sock_release(c->sock);
	if (c->listener)
		sock_release(c->listener);
	catch_end_connections(c);
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn, c->tcp_ecn);
	KUNIT_EXPECT_NULL(c->test, catch_node(c));
	catch_now = NULL;
	skb_queue_purge(&c->sent);
	skb_queue_purge(&c->held);
	mytcp_port_settle();
	WRITE_ONCE(mytcp_test_clock, 0);
	catch_check_leak(c->test);
}

static void catch_bind(struct catch *c)
{
	struct sockaddr_in self = {
		.sin_family = AF_INET,
		.sin_port = c->tuple.lport,
	};
	int err = kernel_bind(c->sock, (struct sockaddr *)&self, sizeof(self));

	KUNIT_ASSERT_EQ(c->test, err, 0);
}

static void catch_apply_setup(struct catch *c)
{
	const struct catch_setup *setup = &c->setup;

	if (setup->rcvbuf) {
		c->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
		WRITE_ONCE(c->sk->sk_rcvbuf, setup->rcvbuf);
	}
	if (setup->sndbuf) {
		c->sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
		WRITE_ONCE(c->sk->sk_sndbuf, setup->sndbuf);
	}
	mytcp_sk(c->sk)->user.nodelay = setup->nodelay;
	if (setup->congestion)
		mytcp_cong_init(&mytcp_sk(c->sk)->cong, setup->congestion,
				MYTCP_IW_SEGMENTS);
}

static struct catch *catch_begin(struct kunit *test, const struct catch_setup *setup)
{
	struct catch *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	int err, i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_NULL_MSG(test, catch_now, "one conversation at a time");
	c->test = test;
	c->policy = true;
	skb_queue_head_init(&c->sent);
	skb_queue_head_init(&c->held);
	catch_fill_setup(c, setup);
	catch_fill_tuple(c);
	c->tcp_ecn = READ_ONCE(init_net.ipv4.sysctl_tcp_ecn);
	if (setup->ecn)
		WRITE_ONCE(init_net.ipv4.sysctl_tcp_ecn, 1);
	for (i = 0; i < MYTCP_C_COUNT; i++)
		c->counters[i] = mytcp_counter_sum(&init_net, i);

	WRITE_ONCE(mytcp_test_clock, catch_when(c));
	catch_now = c;
	err = kunit_add_action_or_reset(test, catch_end, c);
	KUNIT_ASSERT_EQ(test, err, 0);

	err = sock_create_kern(&init_net, mytcp_family, SOCK_STREAM,
			       c->setup.wire, &c->sock);
	KUNIT_ASSERT_EQ(test, err, 0);
	c->sk = c->sock->sk;
	mytcp_sk(c->sk)->lower = &mytcp_catch;
	catch_apply_setup(c);
	catch_bind(c);
	return c;
}

/* The peer's SYN, with what the set-up says. */
static void catch_peer_syn(struct catch *c, u8 flags, u32 ack)
{
	PEER(c, SYN | flags, 0, ack, .mss = c->setup.mss,
	     .has_wscale = c->setup.has_wscale, .wscale = c->setup.wscale,
	     .sack_ok = c->setup.sack, .has_ts = c->setup.ts);
}

static void catch_open_active(struct catch *c, int state)
{
	CONNECT(c);
	EXPECT(c, SYN | (c->setup.ecn ? ECE | CWR : 0), 0);
	if (state == TCP_SYN_SENT)
		return;
	catch_peer_syn(c, ACK | (c->setup.ecn ? ECE : 0), 1);
	EXPECT(c, ACK, 1, 1);
}

static void catch_open_passive(struct catch *c, int state)
{
	LISTEN(c);
	if (state == TCP_LISTEN)
		return;
	catch_peer_syn(c, c->setup.ecn ? ECE | CWR : 0, 0);
	EXPECT(c, SYN | ACK | (c->setup.ecn ? ECE : 0), 0, 1);
	if (state == TCP_SYN_RECV)
		return;
	PEER(c, ACK, 1, 1);
	ACCEPT(c);
}

/* From ESTABLISHED, when we close first. */
static void catch_close_first(struct catch *c, int state)
{
	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 1, 1);
	if (state == TCP_FIN_WAIT1)
		return;
	if (state == TCP_CLOSING) {
		PEER(c, FIN | ACK, 1, 1);
		EXPECT(c, ACK, 2, 2);
		return;
	}
	PEER(c, ACK, 1, 2);
	if (state == TCP_FIN_WAIT2)
		return;
	PEER(c, FIN | ACK, 1, 2);
	EXPECT(c, ACK, 2, 2);
}

/* From ESTABLISHED, when the peer does. */
static void catch_close_second(struct catch *c, int state)
{
	PEER(c, FIN | ACK, 1, 1);
	EXPECT(c, ACK, 1, 2);
	if (state == TCP_CLOSE_WAIT)
		return;
	SHUTDOWN(c, SHUT_WR);
	EXPECT(c, FIN | ACK, 1, 2);
}

static void catch_enter(struct catch *c, int state)
{
	if (state == TCP_CLOSE)
		return;
	if (state == TCP_LISTEN || state == TCP_SYN_RECV || c->setup.passive)
		catch_open_passive(c, state);
	else
		catch_open_active(c, state);

	switch (state) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
	case TCP_TIME_WAIT:
		catch_close_first(c, state);
		break;
	case TCP_CLOSE_WAIT:
	case TCP_LAST_ACK:
		catch_close_second(c, state);
		break;
	}
}

/**
 * catch_in_state() - a conversation that has come to a state
 * @test: the test
 * @state: TCP_*; SYN_RECV is that of a request
 * @setup: how it begins
 *
 * Return: the conversation, which ends with the test.
 */
struct catch *catch_in_state(struct kunit *test, int state,
			     const struct catch_setup *setup)
{
	struct catch *c = catch_begin(test, setup);

	catch_enter(c, state);
	if (!setup->fresh && state != TCP_LISTEN && state != TCP_SYN_RECV)
		mytcp_sk(c->sk)->last_data_rcvd = mytcp_test_clock - CATCH_SETTLED_NS;
	EXPECT_STATE(c, state);
	EXPECT_NOTHING(c);
	MARK(c);
	return c;
}
