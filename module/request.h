/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SYN queue: handshakes of passive opens, from the SYN to the ACK of our
 * SYN-ACK, or to nothing. No sockets, and no listener's lock on a SYN.
 */
#ifndef _MYTCP_REQUEST_H
#define _MYTCP_REQUEST_H

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
 * @synack_sent: when the first SYN-ACK was sent, in nanoseconds; 0: nobody knows
 * @last_oow_ack: for mytcp_oow_allowed(): the SYN-ACK for a SYN that came again. Not
 *	guarded
 * @mss: what the peer's MSS option says, 0: none
 * @advmss: what ours says
 * @snd_wscale: the peer's window scale; 0 without @wscale_ok
 * @rcv_wscale: ours; 0 without @wscale_ok
 * @step: how often the timer has sent the SYN-ACK again
 * @tos: of our packets
 * @wscale_ok: window scaling is in use (RFC 7323)
 * @ts_ok: timestamps are (RFC 7323)
 * @sack_ok: selective acknowledgments are (RFC 2018)
 * @ecn_ok: ECN is (RFC 3168)
 * @text: the SYN, when text or FIN came with it, for the connection; or NULL. Whoever
 *	takes the request out of the demultiplexer owns it
 * @back: along which source route the SYN-ACK goes, or NULL; freed with the request
 * @saved_syn: its headers, when the listener has TCP_SAVE_SYN, or NULL; owned likewise
 * @resent: the SYN-ACK was sent more than once: it gives no RTT sample (Karn).
 *	Not guarded
 * @acked: an ACK came, but the listener waits for text (TCP_DEFER_ACCEPT): no RTT
 *	sample either. Not guarded
 * @fastopen_no_cookie: the route says that its text needs none (metrics.h)
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
	struct sk_buff *text;
	struct mytcp_saved_syn *saved_syn;
	struct ip_options_rcu *back;
	u32 irs;
	u32 iss;
	u32 rcv_wnd;
	u32 ts_recent;
	u32 ts_offset;
	u32 mark;
	u64 synack_sent;
	u64 last_oow_ack;
	u16 mss;
	u16 advmss;
	u8 snd_wscale;
	u8 rcv_wscale;
	u8 step;
	u8 tos;
	bool wscale_ok;
	bool ts_ok;
	bool sack_ok;
	bool ecn_ok;
	bool resent;
	bool acked;
	bool fastopen_no_cookie;
};

int mytcp_request_init_module(void);
void mytcp_request_exit_module(void);

void mytcp_request_open(struct sock *listener, struct sk_buff *skb,
			const struct mytcp_tuple *tuple,
			const struct mytcp_segment *seg, u32 isn_min);
bool mytcp_request_fill(struct mytcp_request *req, struct sock *listener,
			struct sk_buff *skb, const struct mytcp_tuple *tuple,
			const struct mytcp_segment *seg);
bool mytcp_request_ecn(const struct mytcp_request *req, const struct sk_buff *skb,
		       const struct mytcp_segment *syn);
void mytcp_request_synack(const struct mytcp_request *req, u32 ts_val, bool again,
			  const struct mytcp_fastopen_cookie *cookie);
bool mytcp_request_publish_child(struct mytcp_request *req, struct sock *child);
struct sock *mytcp_request_child(struct mytcp_request *req, struct sk_buff *skb,
				 bool (*publish)(struct mytcp_request *req,
						 struct sock *child));
bool mytcp_request_establish(struct mytcp_request *req, struct sk_buff *skb,
			     bool (*publish)(struct mytcp_request *req,
					     struct sock *child));
void mytcp_request_segment(struct mytcp_request *req, struct sk_buff *skb);
void mytcp_request_icmp(struct mytcp_request *req, u32 quoted_seq, int err);
void mytcp_request_expired(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
void mytcp_requests_drop(struct sock *listener);
void mytcp_requests_purge(struct net *net);
void mytcp_child_discard(struct sock *child);

#endif /* _MYTCP_REQUEST_H */
