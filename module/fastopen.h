/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP Fast Open, RFC 7413: text on the SYN, for the program before the handshake is
 * over.
 *
 * A server's side is a struct mytcp_fastopen beside the listener. A SYN with a good
 * cookie makes a child at once, in SYN_RECV: it is in the demultiplexer and in the
 * accept queue, its user reads and writes, and its SYN,ACK stands in its own send
 * queue, from where the retransmission timer repeats it. No request has a part in it.
 *
 * A client's side is what the SYN has, what is thought of the SYN,ACK, and whether the
 * path swallows such connections.
 */
#ifndef _MYTCP_FASTOPEN_H
#define _MYTCP_FASTOPEN_H

#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "fastopen_cookie.h"
#include "fastopen_limit.h"
#include "sock.h"

/* net.ipv4.tcp_fastopen */
#define MYTCP_FASTOPEN_CLIENT		0x1
#define MYTCP_FASTOPEN_SERVER		0x2
#define MYTCP_FASTOPEN_CLIENT_NO_COOKIE	0x4
#define MYTCP_FASTOPEN_SERVER_NO_COOKIE	0x200
#define MYTCP_FASTOPEN_EVERY_LISTENER	0x400

/**
 * struct mytcp_fastopen - a listener's TCP_FASTOPEN and TCP_FASTOPEN_KEY
 * @refs: the listener's, and one of each child whose handshake goes on; so a child
 *	holds no listener, which would hold its namespace
 * @lock: of what follows; the innermost
 * @limit: how many children may be in the handshake
 * @keys: the listener's own; none: the namespace's
 *
 * Made when one of the options is set first, and then the listener's until its end:
 * SYNs find it without a lock.
 */
struct mytcp_fastopen {
	refcount_t refs;
	spinlock_t lock;	/* of what follows */
	struct mytcp_fastopen_limit limit;
	struct mytcp_fastopen_keys keys;
};

/* fastopen_server.c */
int mytcp_fastopen_set_queue(struct sock *sk, int max);
u32 mytcp_fastopen_queue(const struct sock *sk);
int mytcp_fastopen_set_keys(struct sock *sk, const u8 *octets, u8 num);
u32 mytcp_fastopen_keys(const struct sock *sk, u8 *octets);
void mytcp_fastopen_listen(struct sock *sk, int backlog);
void mytcp_fastopen_put(struct mytcp_fastopen *fastopen);
bool mytcp_fastopen_syn(struct mytcp_request *req, struct sk_buff *skb,
			const struct mytcp_segment *seg,
			struct mytcp_fastopen_cookie *reply);
void mytcp_fastopen_leave(struct sock *sk, bool was_reset);

/**
 * mytcp_fastopen_opening() - is it a child that its user may use before the final ACK?
 * @sk: in SYN_RECV, locked or not
 *
 * Return: true when it is.
 */
static inline bool mytcp_fastopen_opening(const struct sock *sk)
{
	return READ_ONCE(mytcp_sk(sk)->fastopen_slot);
}

/* fastopen_client.c */

/**
 * struct mytcp_fastopen_plan - what a SYN shall have
 * @option: the Fast Open option
 * @text: text, up to @room octets of it
 * @room: octets
 * @cookie: for @option: what is known, or a request
 */
struct mytcp_fastopen_plan {
	bool option;
	bool text;
	u32 room;
	struct mytcp_fastopen_cookie cookie;
};

void mytcp_fastopen_plan(struct sock *sk, struct mytcp_fastopen_plan *plan);
void mytcp_fastopen_answered(struct sock *sk, const struct mytcp_segment *seg);
void mytcp_fastopen_text_lost(struct sock *sk);
void mytcp_fastopen_timeout(struct sock *sk, bool last);
void mytcp_fastopen_odd_reset(struct sock *sk);
void mytcp_fastopen_closing(struct sock *sk);

/**
 * mytcp_fastopen_tried() - had our SYN the option or text?
 * @ms: locked
 *
 * Return: true when it had.
 */
static inline bool mytcp_fastopen_tried(const struct mytcp_sock *ms)
{
	return ms->syn_option || ms->syn_text;
}

#endif /* _MYTCP_FASTOPEN_H */
