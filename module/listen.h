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

/**
 * struct mytcp_request - a handshake in SYN-RECEIVED
 * @node: in the demultiplexer
 * @wait: for the next SYN-ACK, in the queue of @step
 * @rcu: once it is out of both
 * @lock: to be held by whoever takes it out of the demultiplexer or moves it from
 *	one queue to the next; taken with bottom halves off, outer to the
 *	demultiplexer's and the queues' locks
 * @listener: a reference
 * @lower: the network layer
 * @irs: the peer's initial sequence number
 * @iss: ours
 * @rcv_wnd: octets that the SYN-ACK offers
 * @ts_recent: the peer's latest timestamp; 0 without @ts_ok. Not guarded
 * @ts_offset: what to add to the clock for our own
 * @mark: of our packets
 * @synack_sent: when the first SYN-ACK was sent, in nanoseconds
 * @mss: what the peer's MSS option says, 0: none
 * @advmss: what ours says
 * @snd_wscale: the peer's window scale; 0 without @wscale_ok
 * @rcv_wscale: ours; 0 without @wscale_ok
 * @step: how often the timer has sent the SYN-ACK again
 * @tos: of our packets
 * @wscale_ok: window scaling is in use (RFC 7323)
 * @ts_ok: timestamps are (RFC 7323)
 * @sack_ok: selective acknowledgments are (RFC 2018)
 * @resent: the SYN-ACK was sent more than once: it gives no RTT sample (Karn).
 *	Not guarded
 *
 * All else stays as it was made. It is freed by whoever takes
 * it out of the demultiplexer, after a grace period.
 */
struct mytcp_request {
	struct mytcp_node node;
	union {
		struct mytcp_fifo_entry wait;
		struct rcu_head rcu;
	};
	spinlock_t lock;	/* leaving the tables */
	struct sock *listener;
	const struct mytcp_lower *lower;
	u32 irs;
	u32 iss;
	u32 rcv_wnd;
	u32 ts_recent;
	u32 ts_offset;
	u32 mark;
	u64 synack_sent;
	u16 mss;
	u16 advmss;
	u8 snd_wscale;
	u8 rcv_wscale;
	u8 step;
	u8 tos;
	bool wscale_ok;
	bool ts_ok;
	bool sack_ok;
	bool resent;
};

int mytcp_listen_init_module(void);
void mytcp_listen_exit_module(void);

int mytcp_listen_start(struct sock *sk, int backlog);
void mytcp_listen_stop(struct sock *sk);
struct sock *mytcp_accept(struct sock *sk, long timeo);

void mytcp_listen_segment(struct sock *listener, struct sk_buff *skb,
			  const struct mytcp_tuple *tuple, u32 isn_min);
void mytcp_request_segment(struct mytcp_request *req, struct sk_buff *skb);
void mytcp_request_icmp(struct mytcp_request *req, u32 quoted_seq, int err);
void mytcp_request_expired(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
void mytcp_requests_purge(struct net *net);

/**
 * mytcp_accept_ready() - would accept(2) return at once?
 * @sk: a listener, locked or not
 *
 * Return: true when a connection waits.
 */
static inline bool mytcp_accept_ready(const struct sock *sk)
{
	return !list_empty_careful(&mytcp_sk(sk)->accept_queue);
}

#endif /* _MYTCP_LISTEN_H */
