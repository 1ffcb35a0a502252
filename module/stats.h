/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-namespace, per-CPU counters, which are also the files of
 * /sys/kernel/mytcp/counters. Beside them stand two gauges that are not counted
 * here: curr_estab and time_wait.
 */
#ifndef _MYTCP_STATS_H
#define _MYTCP_STATS_H

#include <linux/percpu.h>

struct net;

/**
 * enum mytcp_counter - what is counted; the first ones are RFC 4022's
 * @MYTCP_C_active_opens: SYN-SENT entered from CLOSED
 * @MYTCP_C_passive_opens: SYN-RECEIVED entered from LISTEN
 * @MYTCP_C_attempt_fails: handshakes that ended in CLOSED or LISTEN
 * @MYTCP_C_estab_resets: ESTABLISHED or CLOSE-WAIT that ended by a reset
 * @MYTCP_C_in_segs: segments received, bad ones included
 * @MYTCP_C_out_segs: segments sent, retransmissions excluded
 * @MYTCP_C_retrans_segs: segments retransmitted
 * @MYTCP_C_in_errs: segments received in error
 * @MYTCP_C_out_rsts: segments sent with RST
 * @MYTCP_C_bad_checksum: segments dropped for their checksum
 * @MYTCP_C_challenge_acks: challenge ACKs sent, RFC 5961
 * @MYTCP_C_challenge_acks_limited: challenge ACKs that the rate limit held back
 * @MYTCP_C_time_wait_reaped: TIME_WAIT entries that lived their 2 MSL
 * @MYTCP_C_time_wait_reused: TIME_WAIT entries that a new SYN took over, RFC 6191
 * @MYTCP_C_time_wait_overflow: TIME_WAIT entries not made, the ceiling reached
 * @MYTCP_C_backlog_drops: SYNs and final ACKs dropped, the accept queue full
 * @MYTCP_C_syn_queue_drops: SYNs dropped, the SYN queue full
 * @MYTCP_C_syncookies_sent: SYN cookies sent, RFC 4987
 * @MYTCP_C_syncookies_recv: ACKs that brought one back
 * @MYTCP_C_syncookies_failed: ACKs that should have, and did not
 * @MYTCP_C_fastopen_actives: text on a SYN of ours that was acknowledged, RFC 7413
 * @MYTCP_C_fastopen_active_fails: text on a SYN of ours that was not, or no answer
 * @MYTCP_C_fastopen_passives: connections that began with the SYN
 * @MYTCP_C_fastopen_passive_fails: bad cookies, and SYNs that no socket could be made for
 * @MYTCP_C_fastopen_passive_alt_keys: cookies of the key before this one
 * @MYTCP_C_fastopen_listen_overflows: SYNs without Fast Open, TCP_FASTOPEN's limit reached
 * @MYTCP_C_fastopen_cookie_requests: SYNs that asked for a cookie
 * @MYTCP_C_fastopen_blackholes: paths that swallowed such connections
 * @MYTCP_C_accepts_deferred: ACKs of a SYN dropped, TCP_DEFER_ACCEPT waits for text
 * @MYTCP_C_socket_backlog_drops: segments dropped, a busy socket's backlog full
 * @MYTCP_C_paws_drops: segments dropped by PAWS, RFC 7323
 * @MYTCP_C_ts_missing: segments dropped without the timestamp agreed upon, RFC 7323
 * @MYTCP_C_rto_timeouts: retransmission timer expirations
 * @MYTCP_C_fast_retransmits: recoveries entered by duplicate ACKs or SACK
 * @MYTCP_C_recoveries_undone: recoveries that were a mistake, RFC 4015
 * @MYTCP_C_spurious_timeouts: timeouts that came too early, RFC 5682
 * @MYTCP_C_tail_loss_probes: tail loss probes sent, RFC 8985
 * @MYTCP_C_dsacks_received: SACK blocks that told of duplicates, RFC 2883
 * @MYTCP_C_dsacks_sent: duplicates that we told the peer of
 * @MYTCP_C_sacks_ignored: SACK blocks about what was never sent
 * @MYTCP_C_sack_reneging: peers that threw away what they had acknowledged by SACK
 * @MYTCP_C_ce_segs: segments with text that came marked: RFC 3168
 * @MYTCP_C_delivered_ce: segments that the peer told of with ECE
 * @MYTCP_C_ecn_reductions: windows that were reduced because of ECE
 * @MYTCP_C_ecn_fallbacks: SYNs with ECN that were repeated without
 * @MYTCP_C_mtu_probes: probes for a larger segment size sent, RFC 4821
 * @MYTCP_C_mtu_probes_lost: those that did not arrive
 * @MYTCP_C_persist_probes: zero window probes sent
 * @MYTCP_C_keepalive_probes: keepalive probes sent
 * @MYTCP_C_delayed_acks: ACKs sent by the delayed-ACK timer
 * @MYTCP_C_out_of_order: segments queued out of order
 * @MYTCP_C_out_of_window: segments outside the receive window
 * @MYTCP_C_receive_drops: segments dropped, the receive buffer full
 * @MYTCP_C_orphan_drops: orphans reset, their limit reached
 * @MYTCP_C_aborted_on_data: connections reset with data unread, RFC 2525
 * @MYTCP_C_timeouts: connections that ended in ETIMEDOUT
 * @MYTCP_C_icmp_ignored: ICMP errors whose quote was not in the window
 * @MYTCP_C_COUNT: how many there are
 *
 * A new one needs a name in stats.c, and nothing else.
 */
enum mytcp_counter {
	MYTCP_C_active_opens,
	MYTCP_C_passive_opens,
	MYTCP_C_attempt_fails,
	MYTCP_C_estab_resets,
	MYTCP_C_in_segs,
	MYTCP_C_out_segs,
	MYTCP_C_retrans_segs,
	MYTCP_C_in_errs,
	MYTCP_C_out_rsts,
	MYTCP_C_bad_checksum,
	MYTCP_C_challenge_acks,
	MYTCP_C_challenge_acks_limited,
	MYTCP_C_time_wait_reaped,
	MYTCP_C_time_wait_reused,
	MYTCP_C_time_wait_overflow,
	MYTCP_C_backlog_drops,
	MYTCP_C_syn_queue_drops,
	MYTCP_C_syncookies_sent,
	MYTCP_C_syncookies_recv,
	MYTCP_C_syncookies_failed,
	MYTCP_C_fastopen_actives,
	MYTCP_C_fastopen_active_fails,
	MYTCP_C_fastopen_passives,
	MYTCP_C_fastopen_passive_fails,
	MYTCP_C_fastopen_passive_alt_keys,
	MYTCP_C_fastopen_listen_overflows,
	MYTCP_C_fastopen_cookie_requests,
	MYTCP_C_fastopen_blackholes,
	MYTCP_C_accepts_deferred,
	MYTCP_C_socket_backlog_drops,
	MYTCP_C_paws_drops,
	MYTCP_C_ts_missing,
	MYTCP_C_rto_timeouts,
	MYTCP_C_fast_retransmits,
	MYTCP_C_recoveries_undone,
	MYTCP_C_spurious_timeouts,
	MYTCP_C_tail_loss_probes,
	MYTCP_C_dsacks_received,
	MYTCP_C_dsacks_sent,
	MYTCP_C_sacks_ignored,
	MYTCP_C_sack_reneging,
	MYTCP_C_ce_segs,
	MYTCP_C_delivered_ce,
	MYTCP_C_ecn_reductions,
	MYTCP_C_ecn_fallbacks,
	MYTCP_C_mtu_probes,
	MYTCP_C_mtu_probes_lost,
	MYTCP_C_persist_probes,
	MYTCP_C_keepalive_probes,
	MYTCP_C_delayed_acks,
	MYTCP_C_out_of_order,
	MYTCP_C_out_of_window,
	MYTCP_C_receive_drops,
	MYTCP_C_orphan_drops,
	MYTCP_C_aborted_on_data,
	MYTCP_C_timeouts,
	MYTCP_C_icmp_ignored,
	MYTCP_C_COUNT
};

/**
 * struct mytcp_counters - one CPU's
 * @v: by enum mytcp_counter
 */
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

unsigned long mytcp_counter_sum(struct net *net, enum mytcp_counter which);
const char *mytcp_counter_name(enum mytcp_counter which);

#endif /* _MYTCP_STATS_H */
