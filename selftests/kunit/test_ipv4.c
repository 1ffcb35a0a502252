// SPDX-License-Identifier: GPL-2.0
/*
 * What comes by IPv4: headers and checksums that are wrong in every way, and
 * ICMP errors, as the IP layer and the netfilter hook hand them over.
 */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/prandom.h>
#include <net/checksum.h>
#include <net/icmp.h>
#include <net/ip.h>

#include "../../module/family.h"
#include "../../module/icmp.h"
#include "../../module/ipv4.h"
#include "../../module/uapi/mytcp.h"
#include "catch.h"

/* RFC 5737: nobody's. A reply finds no route. */
#define LADDR	0xc6336401
#define RADDR	0xc6336402

static const struct mytcp_tuple stray = {
	.laddr.v4 = cpu_to_be32(LADDR),
	.raddr.v4 = cpu_to_be32(RADDR),
	.lport = cpu_to_be16(7),
	.rport = cpu_to_be16(8),
	.wire = MYTCP_PROTO_EXPERIMENTAL,
	.family = AF_INET,
};

/* How much of each was counted since the last look. */
struct counts {
	unsigned long in_segs;
	unsigned long in_errs;
	unsigned long bad_checksum;
};

static struct counts counts_now(void)
{
	return (struct counts) {
		.in_segs = mytcp_counter_sum(&init_net, MYTCP_C_in_segs),
		.in_errs = mytcp_counter_sum(&init_net, MYTCP_C_in_errs),
		.bad_checksum = mytcp_counter_sum(&init_net, MYTCP_C_bad_checksum),
	};
}

static void expect_counts(struct kunit *test, const struct counts *before,
			  unsigned long in_errs, unsigned long bad_checksum)
{
	struct counts now = counts_now();

	KUNIT_EXPECT_EQ(test, now.in_segs, before->in_segs + 1);
	KUNIT_EXPECT_EQ(test, now.in_errs, before->in_errs + in_errs);
	KUNIT_EXPECT_EQ(test, now.bad_checksum, before->bad_checksum + bad_checksum);
}

/*
 * A segment of "len" octets, header included, for a port that nobody has: an RST,
 * which is not answered. Its checksum is right.
 */
static struct sk_buff *segment(struct kunit *test, u32 len, u8 doff)
{
	struct sk_buff *skb = alloc_skb(sizeof(struct iphdr) + len + 100, GFP_KERNEL);
	struct iphdr *iph;
	struct tcphdr th = {
		.source = stray.rport,
		.dest = stray.lport,
		.doff = doff,
		.rst = 1,
	};

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->dev = init_net.loopback_dev;
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->saddr = stray.raddr.v4;
	iph->daddr = stray.laddr.v4;
	iph->protocol = stray.wire;
	skb_reset_network_header(skb);
	__skb_pull(skb, sizeof(*iph));
	skb_reset_transport_header(skb);
	memset(skb_put(skb, len), 0x55, len);
	memcpy(skb->data, &th, min_t(u32, len, sizeof(th)));
	if (len >= sizeof(th))
		tcp_hdr(skb)->check = csum_tcpudp_magic(iph->saddr, iph->daddr, len,
							stray.wire,
							skb_checksum(skb, 0, len, 0));
	return skb;
}

static void receive(struct sk_buff *skb)
{
	struct mytcp_tuple tuple = stray;

	tuple.net = &init_net;
	local_bh_disable();
	rcu_read_lock();
	mytcp_ipv4_rcv(skb, &tuple, NULL, NULL);
	rcu_read_unlock();
	local_bh_enable();
}

/* IP_MINTTL, RFC 5082: as the kernel's TCP has it. */
static void ipv4_minttl(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
	struct sk_buff *skb = segment(test, 20, 5);

	KUNIT_EXPECT_EQ(test, catch_setsockopt(c, SOL_IP, IP_MINTTL, 255), 0);
	local_bh_disable();
	rcu_read_lock();
	ip_hdr(skb)->ttl = 254;
	KUNIT_EXPECT_FALSE(test, mytcp_ipv4.policy_ok(c->sk, skb));
	/* It is nobody's limit but this socket's. */
	KUNIT_EXPECT_TRUE(test, mytcp_ipv4.policy_ok(NULL, skb));
	ip_hdr(skb)->ttl = 255;
	KUNIT_EXPECT_TRUE(test, mytcp_ipv4.policy_ok(c->sk, skb));
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
}

/* RFC 9293 3.1: for short and long segments, odd and even. Shows: MUST-3. */
static void ipv4_checksum(struct kunit *test)
{
	static const u32 lens[] = { 20, 21, 60, 76, 77, 100, 1459, 1460 };
	int i, bit;

	for (i = 0; i < (int)ARRAY_SIZE(lens); i++) {
		struct counts before = counts_now();

		receive(segment(test, lens[i], 5));
		expect_counts(test, &before, 0, 0);

		for (bit = 0; bit < 8; bit++) {
			struct sk_buff *skb = segment(test, lens[i], 5);

			skb->data[lens[i] - 1] ^= BIT(bit);
			before = counts_now();
			receive(skb);
			expect_counts(test, &before, 1, 1);
		}
	}
}

/*
 * The pseudo header: addresses, length and protocol number count.
 * Shows: MUST-3
 */
static void ipv4_checksum_pseudo_header(struct kunit *test)
{
	struct counts before = counts_now();
	struct sk_buff *skb = segment(test, 40, 5);

	ip_hdr(skb)->saddr ^= htonl(1);
	receive(skb);
	expect_counts(test, &before, 1, 1);

	before = counts_now();
	skb = segment(test, 40, 5);
	ip_hdr(skb)->daddr ^= htonl(0x10000);
	receive(skb);
	expect_counts(test, &before, 1, 1);

	before = counts_now();
	skb = segment(test, 40, 5);
	skb_put_zero(skb, 2);
	receive(skb);
	expect_counts(test, &before, 1, 1);
}

/* What the device or loopback has verified is not verified again. */
static void ipv4_checksum_verified(struct kunit *test)
{
	struct counts before = counts_now();
	struct sk_buff *skb = segment(test, 100, 5);

	tcp_hdr(skb)->check = 0;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	receive(skb);
	expect_counts(test, &before, 0, 0);

	before = counts_now();
	skb = segment(test, 100, 5);
	tcp_hdr(skb)->check = 0;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	receive(skb);
	expect_counts(test, &before, 0, 0);
}

/* Every length and every data offset: too short is an error, and no more. */
static void ipv4_header_lengths(struct kunit *test)
{
	u32 len;
	u8 doff;

	for (len = 0; len <= 64; len++) {
		for (doff = 0; doff < 16; doff++) {
			bool good = doff >= 5 && doff * 4 <= len;
			struct counts before = counts_now();

			receive(segment(test, len, doff));
			expect_counts(test, &before, !good, 0);
		}
	}
}

/* The header may be spread over pages: it is made linear. */
static void ipv4_nonlinear_header(struct kunit *test)
{
	struct sk_buff *skb = segment(test, 60, 15);
	struct page *page = alloc_page(GFP_KERNEL);
	struct counts before = counts_now();

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page), skb->data + 3, 57);
	__skb_trim(skb, 3);
	skb_add_rx_frag(skb, 0, page, 0, 57, PAGE_SIZE);
	receive(skb);
	expect_counts(test, &before, 0, 0);
}

/* --- ICMP --- */

struct icmp_case {
	u8 type;
	u8 code;
	int error;	/* what connect(2) fails with; 0: the attempt goes on */
	int soft;	/* the reason to give, should it end in vain; 0: nothing was heard */
};

/* RFC 9293 3.9.2.2: hard ones, soft ones, and those that are ignored. */
static const struct icmp_case icmp_cases[] = {
	{ ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 0, ENETUNREACH },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0, EHOSTUNREACH },
	{ ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, ENOPROTOOPT },
	{ ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, ECONNREFUSED },
	{ ICMP_DEST_UNREACH, ICMP_SR_FAILED, 0, EOPNOTSUPP },
	{ ICMP_DEST_UNREACH, ICMP_NET_UNKNOWN, ENETUNREACH },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNKNOWN, EHOSTDOWN },
	{ ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, EHOSTUNREACH },
	{ ICMP_DEST_UNREACH, NR_ICMP_UNREACH + 1, 0 },
	{ ICMP_SOURCE_QUENCH, 0, 0 },
	{ ICMP_REDIRECT, ICMP_REDIR_HOST, 0 },
	{ ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0, EHOSTUNREACH },
	{ ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0 },
	{ ICMP_PARAMETERPROB, 0, 0, EPROTO },
	{ ICMP_ECHOREPLY, 0, 0 },
};

static void icmp_case_name(const struct icmp_case *icmp, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "type %u code %u", icmp->type, icmp->code);
}

KUNIT_ARRAY_PARAM(icmp, icmp_cases, icmp_case_name);

/*
 * An ICMP message, as it comes to LOCAL_IN: its data begin with the IP header.
 * It quotes the head of the segment "seq" of the conversation.
 */
static struct sk_buff *icmp_message(struct catch *c, const struct icmp_case *icmp,
				    u32 seq)
{
	struct {
		struct iphdr outer;
		struct icmphdr icmp;
		struct iphdr inner;
		__be16 source;
		__be16 dest;
		__be32 seq;
	} m = {
		.outer = {
			.version = 4,
			.ihl = 5,
			.protocol = IPPROTO_ICMP,
		},
		.icmp = {
			.type = icmp->type,
			.code = icmp->code,
		},
		.inner = {
			.version = 4,
			.ihl = 5,
			.protocol = c->tuple.wire,
			.saddr = c->tuple.laddr.v4,
			.daddr = c->tuple.raddr.v4,
		},
		.source = c->tuple.lport,
		.dest = c->tuple.rport,
		.seq = htonl(seq + c->iss),
	};
	struct sk_buff *skb = alloc_skb(sizeof(m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(c->test, skb);
	/* The kernel sums both headers, the one of which must come to nothing. */
	m.outer.check = ip_fast_csum(&m.outer, m.outer.ihl);
	m.icmp.checksum = csum_fold(csum_partial(&m.icmp, sizeof(m) - sizeof(m.outer), 0));
	skb->dev = init_net.loopback_dev;
	skb->skb_iif = skb->dev->ifindex;
	skb_put_data(skb, &m, sizeof(m));
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(m.outer));
	return skb;
}

static void icmp_to_hook(struct sk_buff *skb)
{
	local_bh_disable();
	rcu_read_lock();
	mytcp_icmp_look(&init_net, skb, NF_INET_LOCAL_IN);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
}

/* As icmp_socket_deliver() does: the data begin with the quoted header. */
static int icmp_to_handler(struct sk_buff *skb)
{
	int ret;

	__skb_pull(skb, sizeof(struct iphdr) + sizeof(struct icmphdr));
	local_bh_disable();
	rcu_read_lock();
	ret = mytcp_icmp_experimental(skb, 0);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return ret;
}

static void expect_icmp_effect(struct catch *c, const struct icmp_case *icmp)
{
	if (icmp->error)
		EXPECT_STATE(c, TCP_CLOSE);
	else
		EXPECT_STATE(c, TCP_SYN_SENT);
	SO_ERROR_IS(c, icmp->error);
	KUNIT_EXPECT_EQ(c->test, mytcp_sk(c->sk)->soft_error, icmp->soft);
}

/* Shows: MUST-54, MUST-55, MUST-56, SHLD-26. */
static void icmp_hook(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .wire = IPPROTO_TCP);
	const struct icmp_case *icmp = test->param_value;

	icmp_to_hook(icmp_message(c, icmp, 0));
	expect_icmp_effect(c, icmp);
}

/* Shows: MUST-54, MUST-55, MUST-56, SHLD-26. */
static void icmp_experimental(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);
	const struct icmp_case *icmp = test->param_value;

	KUNIT_EXPECT_EQ(test, icmp_to_handler(icmp_message(c, icmp, 0)), 0);
	expect_icmp_effect(c, icmp);
}

static const struct icmp_case refused = { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH };

/* RFC 5927 4.1: a sequence number that is not in flight was guessed. */
static void icmp_out_of_window(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .wire = IPPROTO_TCP);

	icmp_to_hook(icmp_message(c, &refused, -1));
	icmp_to_hook(icmp_message(c, &refused, 2));
	EXPECT_STATE(c, TCP_SYN_SENT);
	EXPECT_COUNTED(c, icmp_ignored, 2);
	icmp_to_hook(icmp_message(c, &refused, 0));
	EXPECT_STATE(c, TCP_CLOSE);
}

/* A hard error does not end a connection that is established: RFC 5461 4. */
static void icmp_established(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wire = IPPROTO_TCP);

	SEND(c, "x");
	EXPECT(c, ACK | PSH, 1, 1, "x");
	icmp_to_hook(icmp_message(c, &refused, 1));
	EXPECT_STATE(c, TCP_ESTABLISHED);
	SO_ERROR_IS(c, 0);
}

static void icmp_wrong_checksum(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .wire = IPPROTO_TCP);
	struct sk_buff *skb = icmp_message(c, &refused, 0);

	icmp_hdr(skb)->checksum ^= htons(1);
	icmp_to_hook(skb);
	EXPECT_STATE(c, TCP_SYN_SENT);
}

/* A quote of a later fragment has no ports: what stands there means nothing. */
static void icmp_quotes_fragment(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);
	struct sk_buff *skb = icmp_message(c, &refused, 0);
	struct iphdr *inner = (struct iphdr *)(icmp_hdr(skb) + 1);

	inner->frag_off = htons(1);
	KUNIT_EXPECT_EQ(test, icmp_to_handler(skb), -ENOENT);
	EXPECT_STATE(c, TCP_SYN_SENT);
}

/* The quote must name the connection: each of its four numbers. */
static void icmp_quotes_another(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT);
	static const int offsets[] = { 15, 19, 21, 23 };
	int i;

	for (i = 0; i < (int)ARRAY_SIZE(offsets); i++) {
		struct sk_buff *skb = icmp_message(c, &refused, 0);

		((u8 *)(icmp_hdr(skb) + 1))[offsets[i]] ^= 1;
		KUNIT_EXPECT_EQ(test, icmp_to_handler(skb), -ENOENT);
	}
	EXPECT_STATE(c, TCP_SYN_SENT);
}

/* Cut off anywhere, it is left alone. */
static void icmp_truncated(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .wire = IPPROTO_TCP);
	u32 len, whole = 56;

	for (len = sizeof(struct iphdr); len < whole; len++) {
		struct sk_buff *skb = icmp_message(c, &refused, 0);

		KUNIT_ASSERT_EQ(test, skb->len, whole);
		__skb_trim(skb, len);
		icmp_to_hook(skb);
	}
	EXPECT_STATE(c, TCP_SYN_SENT);
}

static void icmp_random(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .wire = IPPROTO_TCP);
	struct rnd_state rnd;
	int i;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 3000; i++) {
		struct sk_buff *skb = icmp_message(c, &refused, 0);
		u32 at = prandom_u32_state(&rnd) % 36;

		/* Not the ports and what follows, but all before it. */
		skb->data[20 + at % 28] = prandom_u32_state(&rnd);
		icmp_to_hook(skb);
	}
	EXPECT_NOTHING(c);
}

/* A message that is not for us is left as it was, to the last octet. */
static void icmp_left_alone(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .wire = IPPROTO_TCP);
	struct sk_buff *skb = icmp_message(c, &refused, 0);
	struct sk_buff *copy;

	((struct iphdr *)(icmp_hdr(skb) + 1))->daddr ^= htonl(1);
	copy = skb_copy(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	skb_get(skb);
	icmp_to_hook(skb);
	KUNIT_EXPECT_EQ(test, skb->len, copy->len);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == copy->ip_summed);
	KUNIT_EXPECT_MEMEQ(test, skb->data, copy->data, copy->len);
	kfree_skb(copy);
	kfree_skb(skb);
}

static void icmp_frag_needed(struct kunit *test)
{
	static const struct icmp_case big = { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED };
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .wire = IPPROTO_TCP,
				   .nodelay = true);
	struct sk_buff *skb;

	SEND_N(c, CATCH_MSS);
	EXPECT(c, ACK | PSH, 1, 1, .len = CATCH_MSS);
	skb = icmp_message(c, &big, 1);
	icmp_hdr(skb)->un.frag.mtu = htons(1000);
	icmp_hdr(skb)->checksum = 0;
	icmp_hdr(skb)->checksum = csum_fold(csum_partial(icmp_hdr(skb),
							 skb->len - sizeof(struct iphdr),
							 0));
	icmp_to_hook(skb);
	KUNIT_EXPECT_EQ(test, c->mtu, 1000U);
	EXPECT(c, ACK, 1, 1, .len = 960);
}

/* --- Routes --- */

/* TCP_INFO of a fresh socket, IP_OPTIONS of a listener: there is no path as yet. */
static void mtu_without_peer(struct kunit *test)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, mytcp_family, SOCK_STREAM,
					       MYTCP_PROTO_EXPERIMENTAL, &sock), 0);
	lock_sock(sock->sk);
	KUNIT_EXPECT_EQ(test, mytcp_ipv4.mtu(sock->sk), 0U);
	KUNIT_EXPECT_NULL(test, __sk_dst_get(sock->sk));
	release_sock(sock->sk);
	sock_release(sock);
}

/* --- Counters --- */

static void counters_have_names(struct kunit *test)
{
	int i, j;

	for (i = 0; i < MYTCP_C_COUNT; i++) {
		KUNIT_ASSERT_NOT_NULL(test, mytcp_counter_name(i));
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, mytcp_counter_name(i),
					    mytcp_counter_name(j));
	}
}

static struct kunit_case ipv4_cases[] = {
	KUNIT_CASE(ipv4_minttl),
	KUNIT_CASE(ipv4_checksum),
	KUNIT_CASE(ipv4_checksum_pseudo_header),
	KUNIT_CASE(ipv4_checksum_verified),
	KUNIT_CASE(ipv4_header_lengths),
	KUNIT_CASE(ipv4_nonlinear_header),
	KUNIT_CASE_PARAM(icmp_hook, icmp_gen_params),
	KUNIT_CASE_PARAM(icmp_experimental, icmp_gen_params),
	KUNIT_CASE(icmp_out_of_window),
	KUNIT_CASE(icmp_established),
	KUNIT_CASE(icmp_wrong_checksum),
	KUNIT_CASE(icmp_quotes_fragment),
	KUNIT_CASE(icmp_quotes_another),
	KUNIT_CASE(icmp_truncated),
	KUNIT_CASE(icmp_random),
	KUNIT_CASE(icmp_left_alone),
	KUNIT_CASE(icmp_frag_needed),
	KUNIT_CASE(mtu_without_peer),
	KUNIT_CASE(counters_have_names),
	{}
};

static struct kunit_suite ipv4_suite = {
	.name = "mytcp-ipv4",
	.test_cases = ipv4_cases,
};

kunit_test_suite(ipv4_suite);
