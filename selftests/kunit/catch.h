/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conversations: a connection whose network layer catches what is sent, and a
 * test that plays the peer. Time stands still unless the test lets it go on.
 *
 *	static void acknowledges_second_segment(struct kunit *test)
 *	{
 *		struct catch *c = IN_STATE(test, TCP_ESTABLISHED);
 *
 *		PEER(c, ACK, 1, 1, .len = 1460);
 *		EXPECT_NOTHING(c);
 *		PEER(c, ACK, 1461, 1, .len = 1460);
 *		EXPECT(c, ACK, 1, 2921);
 *		RECV_N(c, 2920);
 *	}
 *
 * Sequence numbers are relative: each side's SYN is 0, its first octet is 1, so a
 * test reads the same wherever the numbers begin; CATCH_SETUP's .iss and .irs move
 * both, for instance to the end of the circle.
 *
 * A test is single-threaded: no call of the socket layer may wait. One
 * conversation at a time; it ends with the test by itself.
 */
#ifndef _MYTCP_CATCH_H
#define _MYTCP_CATCH_H

#include <kunit/test.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <net/inet_ecn.h>
#include <net/tcp_states.h>

#include "../../module/metrics.h"
#include "../../module/sock.h"
#include "../../module/stats.h"
#include "../../module/wire.h"

#define FIN	MYTCP_FLAG_FIN
#define SYN	MYTCP_FLAG_SYN
#define RST	MYTCP_FLAG_RST
#define PSH	MYTCP_FLAG_PSH
#define ACK	MYTCP_FLAG_ACK
#define URG	MYTCP_FLAG_URG
#define ECE	MYTCP_FLAG_ECE
#define CWR	MYTCP_FLAG_CWR

/* The ECN field of a packet */
#define ECT0	INET_ECN_ECT_0
#define CE	INET_ECN_CE

#define CATCH_MTU	1500
#define CATCH_MSS	(CATCH_MTU - 40)	/* what we announce, and the peer */
#define CATCH_WND	65535			/* what the peer offers */
#define CATCH_WND_0	(-1)			/* struct catch_segment.wnd: a shut window */
#define CATCH_NONE	U16_MAX			/* .mss: without the option */
#define CATCH_IRS	1000000			/* the peer's ISN by default */

/**
 * struct catch_segment - what the peer sends, or what it expects from us
 * @flags: FIN SYN RST PSH ACK URG ECE CWR; expected exactly
 * @seq: relative to the sender's ISN; expected exactly
 * @ack: relative to the receiver's ISN, with ACK only; expected exactly
 * @data: text, or NULL: @len octets of the pattern
 * @len: octets of payload, not needed with @data; expected exactly. When the user
 *	has written by SEND_N() alone, the octets must be the pattern, too
 * @wnd: window in octets, after scaling; CATCH_WND_0 for 0. 0: PEER() sends the
 *	window of the set-up, EXPECT() does not look
 * @urg: urgent pointer as in the header, with URG only
 * @mss: MSS option, 0: PEER() sends none, EXPECT() does not look; CATCH_NONE:
 *	expected to be absent
 * @has_wscale: window scale option present; EXPECT() does not look when false
 * @wscale: its value
 * @sack_ok: SACK-permitted present; EXPECT() does not look when false
 * @no_options: expected on a SYN: no option but MSS
 * @has_ts: timestamps present. PEER() adds them by itself once they are
 *	negotiated, see @no_ts; EXPECT() does not look when false
 * @no_ts: PEER() sends none all the same; EXPECT() wants none
 * @ts_val: TSval, absolute; 0: PEER() takes the peer's clock, EXPECT() does not look
 * @ts_ecr: TSecr, absolute; 0: PEER() echoes our latest, EXPECT() does not look
 * @sacks: SACK blocks, relative as @ack; they end with {0, 0}; expected exactly
 * @ecn: ECN field of the packet: ECT0, CE, 0; expected exactly
 * @reserved: PEER() only: the reserved bits of the header, which hold 4
 * @at: EXPECT() only: when it was sent, in milliseconds since MARK(); 0: any time
 * @raw: @seq and @ack are the header's numbers
 * @raw_options: PEER() only: these octets instead of all options
 * @raw_options_len: how many, a multiple of 4
 * @nonlinear: PEER() only: the payload comes in a page, as from a driver
 */
struct catch_segment {
	u8 flags;
	u32 seq;
	u32 ack;
	const char *data;
	u32 len;
	s32 wnd;
	u16 urg;
	u16 mss;
	bool has_wscale;
	u8 wscale;
	bool sack_ok;
	bool no_options;
	bool has_ts;
	bool no_ts;
	u32 ts_val;
	u32 ts_ecr;
	struct mytcp_sack_block sacks[MYTCP_SACK_BLOCKS];
	u8 ecn;
	u8 reserved;
	u32 at;
	bool raw;
	const u8 *raw_options;
	u32 raw_options_len;
	bool nonlinear;
};

/**
 * struct catch_setup - how a conversation begins
 * @iss: our ISN; 0: as it comes
 * @irs: the peer's; 0: CATCH_IRS
 * @mss: of the peer's SYN; 0: CATCH_MSS, CATCH_NONE: no option
 * @has_wscale: the peer's SYN has the window scale option
 * @wscale: its value
 * @ts: it has timestamps
 * @sack: it has SACK-permitted
 * @wnd: window that the peer offers in all segments, in octets; 0: CATCH_WND
 * @mtu: of the path; 0: CATCH_MTU
 * @rcvbuf: SO_RCVBUF in octets of memory; 0: default
 * @sndbuf: SO_SNDBUF likewise
 * @nodelay: TCP_NODELAY
 * @congestion: TCP_CONGESTION, one of mytcp's own; NULL: the default
 * @ecn: both do ECN: net.ipv4.tcp_ecn is 1 for this conversation, and the peer's SYN
 *	or SYN,ACK agrees
 * @passive: we are the server: IN_STATE() takes the way by LISTEN
 * @backlog: of the listener; 0: 8
 * @wire: IP protocol number: MYTCP_PROTO_EXPERIMENTAL, or IPPROTO_TCP, for which the
 *	port is reserved in the kernel's TCP; 0: the former
 * @gso: let buffers larger than a segment come through; they are caught whole
 * @metrics: of the route; .advmss 0: as @mtu allows
 * @fresh: the connection is at its very beginning, where ACKs are not delayed; else
 *	that is over
 */
struct catch_setup {
	u32 iss;
	u32 irs;
	u16 mss;
	bool has_wscale;
	u8 wscale;
	bool ts;
	bool sack;
	u32 wnd;
	u32 mtu;
	int rcvbuf;
	int sndbuf;
	bool nodelay;
	const struct mytcp_cong_ops *congestion;
	bool ecn;
	bool passive;
	int backlog;
	u8 wire;
	bool gso;
	struct mytcp_metrics metrics;
	bool fresh;
};

/**
 * struct catch - a conversation
 * @test: whose
 * @sock: our end; NULL after CLOSE(). The listener until ACCEPT(), then the child
 * @sk: its struct sock, valid as long as @sock
 * @listener: after ACCEPT() the listener
 * @tuple: the connection's name
 * @iss: our ISN, known when the first SYN is caught; 0 before
 * @irs: the peer's ISN
 * @setup: how it began
 * @mtu: of the path now
 * @snd_wscale: shift of the windows that we announce, after the handshake
 * @rcv_wscale: shift of those that the peer does
 * @ts: timestamps are negotiated
 * @last_ts_val: the latest TSval that we have sent
 * @sent: what we have sent and nobody expected yet
 * @held: the buffers of it that a queue below has not freed: HOLD()
 * @hold: it keeps what comes
 * @mark: what EXPECT()'s .at counts from, nanoseconds of the clock
 * @policy: what lower->policy_ok() answers
 * @wants_ecn: what lower->wants_ecn() answers
 * @tcp_ecn: net.ipv4.tcp_ecn before the conversation
 * @xmit_error: what lower->xmit() answers; the segment is lost if not 0
 * @no_route: lower->reroute() answers -ENETUNREACH
 * @refused: how many it has refused so; with CATCH_REFUSALS_MAX it stops to
 * @written: octets written by SEND() and SEND_N()
 * @read: octets read
 * @literal: SEND() was used: the octets sent are not all of the pattern
 * @counters: values when the conversation began
 */
struct catch {
	struct kunit *test;
	struct socket *sock;
	struct sock *sk;
	struct socket *listener;
	struct mytcp_tuple tuple;
	u32 iss;
	u32 irs;
	struct catch_setup setup;
	u32 mtu;
	u8 snd_wscale;
	u8 rcv_wscale;
	bool ts;
	u32 last_ts_val;
	struct sk_buff_head sent;
	struct sk_buff_head held;
	bool hold;
	u64 mark;
	bool policy;
	bool wants_ecn;
	u8 tcp_ecn;
	int xmit_error;
	bool no_route;
	u32 refused;
	u32 written;
	u32 read;
	bool literal;
	unsigned long counters[MYTCP_C_COUNT];
};

extern const struct mytcp_lower mytcp_catch;

struct catch *catch_in_state(struct kunit *test, int state,
			     const struct catch_setup *setup);

/* A conversation in a state: the handshake and what else leads there is done. */
#define IN_STATE(test, state, ...) \
	catch_in_state(test, state, &(const struct catch_setup) { __VA_ARGS__ })

void catch_peer(struct catch *c, const struct catch_segment *segment);

/* The peer sends a segment: PEER(c, ACK | PSH, 1, 1, "text") */
#define PEER(c, ...) \
	catch_peer(c, &(const struct catch_segment) { __VA_ARGS__ })

const char *catch_compare(struct catch *c, const struct catch_segment *want);

/* We have sent this next. */
#define EXPECT(c, ...) \
	CATCH_CHECK(catch_compare(c, &(const struct catch_segment) { __VA_ARGS__ }))

const char *catch_compare_nothing(struct catch *c);

/* We have sent nothing else. */
#define EXPECT_NOTHING(c) CATCH_CHECK(catch_compare_nothing(c))

void catch_forget(struct catch *c);

/* Whatever we have sent does not matter. */
#define FORGET(c) catch_forget(c)

/* From now on a queue below keeps the buffers that we send; EXPECT() sees them. */
/* Who tries so often will try for ever. */
#define CATCH_REFUSALS_MAX	10000U

#define HOLD(c) ((c)->hold = true)

void catch_free_held(struct catch *c, unsigned int n);

/* It frees its first n buffers. */
#define FREE_HELD(c, n) catch_free_held(c, n)

void catch_run(struct catch *c, u64 ns);

/* Time goes on; timers that are due on the way do their work at their time. */
#define RUN(c, ms)	catch_run(c, (u64)(ms) * NSEC_PER_MSEC)
#define RUN_US(c, us)	catch_run(c, (u64)(us) * NSEC_PER_USEC)

void catch_mark(struct catch *c);

/* EXPECT()'s .at counts from now. IN_STATE() does it, too. */
#define MARK(c) catch_mark(c)

const char *catch_compare_state(struct catch *c, int state);

/* The connection's state: TCP_SYN_RECV for a request, too. */
#define EXPECT_STATE(c, state) CATCH_CHECK(catch_compare_state(c, state))

/* Calls of the socket layer, none of which waits: 0, a length, or -errno. */
int catch_listen(struct catch *c);
int catch_connect(struct catch *c);
int catch_accept(struct catch *c);
int catch_write(struct catch *c, const char *text, size_t len, int flags);
int catch_write_pattern(struct catch *c, size_t len, int flags);
int catch_read(struct catch *c, char *buf, size_t len, int flags);
int catch_shutdown(struct catch *c, int how);
void catch_close(struct catch *c);
void catch_abort(struct catch *c);
u32 catch_poll(struct catch *c);
int catch_setsockopt(struct catch *c, int level, int name, int value);
struct mytcp_node *catch_node(struct catch *c);

/* net.ipv4.tcp_syncookies */
enum catch_syncookies {
	CATCH_COOKIES_NEVER,
	CATCH_COOKIES_OVERFLOW,
	CATCH_COOKIES_ALWAYS,
};

void catch_syncookies(struct kunit *test, enum catch_syncookies mode);

/* The user calls listen(2), connect(2) and accept(2), and they succeed. */
#define LISTEN(c)	CATCH_EQ(catch_listen(c), 0)
#define CONNECT(c)	CATCH_EQ(catch_connect(c), -EINPROGRESS)
#define ACCEPT(c)	CATCH_EQ(catch_accept(c), 0)
#define SHUTDOWN(c, how) CATCH_EQ(catch_shutdown(c, how), 0)
#define CLOSE(c)	catch_close(c)
/* SO_LINGER with zero seconds, then close: ABORT, RFC 9293 3.10.5 */
#define ABORT(c)	catch_abort(c)

const char *catch_send_text(struct catch *c, const char *text);
const char *catch_send_pattern(struct catch *c, size_t len);

/* The user writes a text, or so many octets of the pattern; all are taken. */
#define SEND(c, text)	CATCH_CHECK(catch_send_text(c, text))
#define SEND_N(c, n)	CATCH_CHECK(catch_send_pattern(c, n))
/* write fails */
#define SEND_ERROR(c, error) \
	CATCH_EQ(catch_write(c, "x", 1, 0), error)

const char *catch_compare_text(struct catch *c, const char *text);
const char *catch_compare_pattern(struct catch *c, size_t len);

/* The user reads just this, and nothing is left. */
#define RECV(c, text)	CATCH_CHECK(catch_compare_text(c, text))
#define RECV_N(c, n)	CATCH_CHECK(catch_compare_pattern(c, n))
/* read returns the end of the stream, or an error: -EAGAIN, -ECONNRESET */
#define RECV_EOF(c)	CATCH_EQ(catch_read(c, (char [1]) { }, 1, 0), 0)
#define RECV_ERROR(c, error) \
	CATCH_EQ(catch_read(c, (char [1]) { }, 1, 0), error)

int catch_so_error(struct catch *c);

/* SO_ERROR: a positive errno, 0: none; asking clears it */
#define SO_ERROR_IS(c, error) CATCH_EQ(catch_so_error(c), error)

void catch_icmp(struct catch *c, u8 type, u8 code, u32 seq, u32 mtu);

/*
 * An ICMP error quotes a segment of ours with this sequence number. "mtu" is for
 * ICMP_FRAG_NEEDED.
 */
#define ICMP_ERROR(c, type, code, seq, mtu) catch_icmp(c, type, code, seq, mtu)

unsigned long catch_counted(struct catch *c, enum mytcp_counter which);

/* How often something was counted since the conversation began. */
#define COUNTED(c, name) catch_counted(c, MYTCP_C_##name)
#define EXPECT_COUNTED(c, name, n) \
	CATCH_EQ(COUNTED(c, name), (unsigned long)(n))

/* The octet of the pattern that has this relative sequence number. */
static inline u8 catch_pattern(u32 seq)
{
	return seq * 7 + (seq >> 8);
}

unsigned int catch_count_socks(void);

/* Of the conversation that is going on. */
struct kunit *catch_test(void);

#define CATCH_CHECK(call)							\
do {										\
	const char *why = call;							\
										\
	if (why)								\
		KUNIT_FAIL(catch_test(), "%s", why);				\
} while (0)

#define CATCH_EQ(call, value) KUNIT_EXPECT_EQ(catch_test(), call, value)

#endif /* _MYTCP_CATCH_H */
