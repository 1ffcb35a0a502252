/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Passive opens: a listener, its SYN queue of requests (no sockets, no listener
 * lock on a SYN) and its accept queue.
 */
#ifndef _MYTCP_LISTEN_H
#define _MYTCP_LISTEN_H

#include "fifo.h"
#include "node.h"
#include "sock.h"

/* A handshake in SYN-RECEIVED. At most 256 bytes: a static_assert. */
struct mytcp_request {
	struct mytcp_node node;
	union {
		struct mytcp_fifo_entry wait;	/* for the next SYN-ACK */
		struct rcu_head rcu;
	};
	struct sock *listener;		/* a reference */
	const struct mytcp_lower *lower;
	u32 irs;
	u32 iss;
	u32 rcv_wnd;			/* bytes announced */
	u32 ts_recent;
	u32 ts_offset;
	u32 mark;
	u64 synack_sent;		/* ns, for the first RTT */
	u16 mss;			/* the peer's MSS option */
	u16 advmss;
	u8 snd_wscale;
	u8 rcv_wscale;
	u8 step;			/* SYN-ACKs sent again */
	u8 tos;
	bool wscale_ok;
	bool ts_ok;
	bool sack_ok;
	refcount_t refcnt;
	u32 secid;			/* LSM: security_inet_conn_request() */
	u32 peer_secid;
};

int mytcp_listen_init_module(void);
void mytcp_listen_exit_module(void);

/* listen(2): socket locked; CLOSE with a bucket, or LISTEN (new backlog). */
int mytcp_listen_start(struct sock *sk, int backlog);
/* The listener closes: its requests are dropped, its queued children reset. */
void mytcp_listen_stop(struct sock *sk);

/*
 * A segment without a connection for a listener: 3.10.7.2. "isn_min": our ISN
 * must be after this one (a SYN over TIME_WAIT, RFC 6191); 0: none. Consumes skb.
 */
void mytcp_listen_segment(struct sock *listener, struct sk_buff *skb,
			  const struct mytcp_tuple *tuple, u32 isn_min);
/* A segment for a request: SYN-RECEIVED of a passive open. Consumes skb. */
void mytcp_request_segment(struct mytcp_request *req, struct sk_buff *skb);
/* An ICMP error quoted a SYN-ACK of ours. */
void mytcp_request_icmp(struct mytcp_request *req, u32 quoted_seq, int err);

/*
 * accept(2): the oldest complete child; waits as "timeo" (jiffies) allows.
 * ERR_PTR(-EAGAIN, -EINVAL not listening, -ERESTARTSYS, ...). Listener locked.
 */
struct sock *mytcp_accept(struct sock *sk, long timeo);
void mytcp_request_expired(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
void mytcp_requests_purge(struct net *net);

static inline bool mytcp_accept_ready(const struct sock *sk)
{
	return !list_empty_careful(&mytcp_sk(sk)->accept_queue);
}

#endif /* _MYTCP_LISTEN_H */
