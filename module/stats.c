// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the counters of stats.h; writing them is a macro.
 */
#include <linux/cpumask.h>

#include "pernet.h"
#include "stats.h"

static const char * const mytcp_counter_names[MYTCP_C_COUNT] = {
	[MYTCP_C_active_opens] = "active_opens",
	[MYTCP_C_passive_opens] = "passive_opens",
	[MYTCP_C_attempt_fails] = "attempt_fails",
	[MYTCP_C_estab_resets] = "estab_resets",
	[MYTCP_C_in_segs] = "in_segs",
	[MYTCP_C_out_segs] = "out_segs",
	[MYTCP_C_retrans_segs] = "retrans_segs",
	[MYTCP_C_in_errs] = "in_errs",
	[MYTCP_C_out_rsts] = "out_rsts",
	[MYTCP_C_bad_checksum] = "bad_checksum",
	[MYTCP_C_challenge_acks] = "challenge_acks",
	[MYTCP_C_challenge_acks_limited] = "challenge_acks_limited",
	[MYTCP_C_time_wait_reaped] = "time_wait_reaped",
	[MYTCP_C_time_wait_reused] = "time_wait_reused",
	[MYTCP_C_time_wait_overflow] = "time_wait_overflow",
	[MYTCP_C_backlog_drops] = "backlog_drops",
	[MYTCP_C_syn_queue_drops] = "syn_queue_drops",
	[MYTCP_C_syncookies_sent] = "syncookies_sent",
	[MYTCP_C_syncookies_recv] = "syncookies_recv",
	[MYTCP_C_syncookies_failed] = "syncookies_failed",
	[MYTCP_C_fastopen_actives] = "fastopen_actives",
	[MYTCP_C_fastopen_active_fails] = "fastopen_active_fails",
	[MYTCP_C_fastopen_passives] = "fastopen_passives",
	[MYTCP_C_fastopen_passive_fails] = "fastopen_passive_fails",
	[MYTCP_C_fastopen_passive_alt_keys] = "fastopen_passive_alt_keys",
	[MYTCP_C_fastopen_listen_overflows] = "fastopen_listen_overflows",
	[MYTCP_C_fastopen_cookie_requests] = "fastopen_cookie_requests",
	[MYTCP_C_fastopen_blackholes] = "fastopen_blackholes",
	[MYTCP_C_accepts_deferred] = "accepts_deferred",
	[MYTCP_C_socket_backlog_drops] = "socket_backlog_drops",
	[MYTCP_C_paws_drops] = "paws_drops",
	[MYTCP_C_ts_missing] = "ts_missing",
	[MYTCP_C_rto_timeouts] = "rto_timeouts",
	[MYTCP_C_fast_retransmits] = "fast_retransmits",
	[MYTCP_C_recoveries_undone] = "recoveries_undone",
	[MYTCP_C_spurious_timeouts] = "spurious_timeouts",
	[MYTCP_C_tail_loss_probes] = "tail_loss_probes",
	[MYTCP_C_dsacks_received] = "dsacks_received",
	[MYTCP_C_dsacks_sent] = "dsacks_sent",
	[MYTCP_C_sacks_ignored] = "sacks_ignored",
	[MYTCP_C_sack_reneging] = "sack_reneging",
	[MYTCP_C_ce_segs] = "ce_segs",
	[MYTCP_C_delivered_ce] = "delivered_ce",
	[MYTCP_C_ecn_reductions] = "ecn_reductions",
	[MYTCP_C_ecn_fallbacks] = "ecn_fallbacks",
	[MYTCP_C_mtu_probes] = "mtu_probes",
	[MYTCP_C_mtu_probes_lost] = "mtu_probes_lost",
	[MYTCP_C_persist_probes] = "persist_probes",
	[MYTCP_C_keepalive_probes] = "keepalive_probes",
	[MYTCP_C_delayed_acks] = "delayed_acks",
	[MYTCP_C_out_of_order] = "out_of_order",
	[MYTCP_C_out_of_window] = "out_of_window",
	[MYTCP_C_receive_drops] = "receive_drops",
	[MYTCP_C_orphan_drops] = "orphan_drops",
	[MYTCP_C_aborted_on_data] = "aborted_on_data",
	[MYTCP_C_timeouts] = "timeouts",
	[MYTCP_C_icmp_ignored] = "icmp_ignored",
};

/**
 * mytcp_counter_sum() - value of a counter
 * @net: namespace that it belongs to
 * @which: the counter
 *
 * Exact when nothing is counted at the moment; else it may miss what other CPUs
 * are just counting, but nothing twice.
 *
 * Context: any.
 * Return: the sum over all CPUs.
 */
unsigned long mytcp_counter_sum(struct net *net, enum mytcp_counter which)
{
	const struct mytcp_counters __percpu *counters = mytcp_pernet(net)->counters;
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(counters, cpu)->v[which]);
	return sum;
}

/**
 * mytcp_counter_name() - name of a counter, that of its file in sysfs
 * @which: the counter
 *
 * Return: the name.
 */
const char *mytcp_counter_name(enum mytcp_counter which)
{
	return mytcp_counter_names[which];
}
