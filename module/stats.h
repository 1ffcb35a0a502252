/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-namespace, per-CPU counters: one list names them all, for the enum and for
 * the files of /sys/kernel/mytcp/counters. The first ten are RFC 4022's.
 * (name, what one count means)
 */
#ifndef _MYTCP_STATS_H
#define _MYTCP_STATS_H

#include <linux/percpu.h>

#define MYTCP_COUNTERS(X)							\
	X(active_opens, "SYN-SENT entered from CLOSED")				\
	X(passive_opens, "SYN-RECEIVED entered from LISTEN")			\
	X(attempt_fails, "handshakes that ended in CLOSED or LISTEN")		\
	X(estab_resets, "ESTABLISHED or CLOSE-WAIT that ended by a reset")	\
	X(in_segs, "segments received, bad ones included")			\
	X(out_segs, "segments sent, retransmissions excluded")			\
	X(retrans_segs, "segments retransmitted")				\
	X(in_errs, "segments received in error")				\
	X(out_rsts, "segments sent with RST")					\
	X(bad_checksum, "segments dropped for their checksum")			\
	X(challenge_acks, "challenge ACKs sent, RFC 5961")			\
	X(challenge_acks_limited, "challenge ACKs that the rate limit held back") \
	X(time_wait_reaped, "TIME_WAIT entries that lived their 2 MSL")		\
	X(time_wait_reused, "TIME_WAIT entries that a new SYN took over, RFC 6191") \
	X(time_wait_overflow, "TIME_WAIT entries not made, the ceiling reached") \
	X(backlog_drops, "SYNs and final ACKs dropped, the accept queue full")	\
	X(syn_queue_drops, "SYNs dropped, the SYN queue full")			\
	X(socket_backlog_drops, "segments dropped, a busy socket's backlog full") \
	X(paws_drops, "segments dropped by PAWS, RFC 7323")			\
	X(rto_timeouts, "retransmission timer expirations")			\
	X(fast_retransmits, "recoveries entered by duplicate ACKs")		\
	X(persist_probes, "zero window probes sent")				\
	X(keepalive_probes, "keepalive probes sent")				\
	X(delayed_acks, "ACKs sent by the delayed-ACK timer")			\
	X(out_of_order, "segments queued out of order")				\
	X(out_of_window, "segments outside the receive window")			\
	X(receive_drops, "segments dropped, the receive buffer full")		\
	X(orphan_drops, "orphans reset, their limit reached")			\
	X(aborted_on_data, "connections reset with data unread, RFC 2525")	\
	X(timeouts, "connections that ended in ETIMEDOUT")			\
	X(icmp_ignored, "ICMP errors whose quote was not in the window")

enum mytcp_counter {
#define X(name, text) MYTCP_C_##name,
	MYTCP_COUNTERS(X)
#undef X
	MYTCP_C_COUNT
};

struct mytcp_counters {
	unsigned long v[MYTCP_C_COUNT];
};

/*
 * One more of a thing: mytcp_count(net, in_segs). Any context; the increment is
 * a single instruction on this CPU's copy.
 */
#define mytcp_count(net, name) \
	this_cpu_inc(mytcp_pernet(net)->counters->v[MYTCP_C_##name])
#define mytcp_count_add(net, name, n) \
	this_cpu_add(mytcp_pernet(net)->counters->v[MYTCP_C_##name], n)

struct net;
unsigned long mytcp_counter_sum(struct net *net, enum mytcp_counter which);
const char *mytcp_counter_name(enum mytcp_counter which);

#endif /* _MYTCP_STATS_H */
