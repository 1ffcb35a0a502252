// SPDX-License-Identifier: GPL-2.0
/*
 * The SACK blocks that we send: see sack_report.h.
 */
#include <net/tcp.h>

#include "sack_report.h"

/* One SACK block less, the rest keep their order. */
static void sack_report_remove(struct mytcp_sock *ms, u8 at)
{
	ms->nr_sacks--;
	memmove(&ms->sacks[at], &ms->sacks[at + 1],
		(ms->nr_sacks - at) * sizeof(ms->sacks[0]));
}

/**
 * mytcp_sack_report() - text has come that lies behind a gap
 * @ms: locked
 * @start: its first sequence number
 * @end: the one behind it
 *
 * RFC 2018 section 4: the first block is the one with the segment that came
 * last; the others repeat the most recent reports.
 *
 * Rules: 2018-3-1, 2018-4-1, 2018-4-4, 2018-4-6
 */
void mytcp_sack_report(struct mytcp_sock *ms, u32 start, u32 end)
{
	u8 i = 0;

	if (!ms->sack_ok)
		return;
	while (i < ms->nr_sacks) {
		const struct mytcp_sack_block *b = &ms->sacks[i];

		if (seq_after(b->start, end) || seq_before(b->end, start)) {
			i++;
			continue;
		}
		start = seq_min(start, b->start);
		end = seq_max(end, b->end);
		sack_report_remove(ms, i);
		/* The grown block may touch one that was passed over. */
		i = 0;
	}
	if (ms->nr_sacks == MYTCP_SACK_BLOCKS)
		ms->nr_sacks--;
	memmove(&ms->sacks[1], &ms->sacks[0], ms->nr_sacks * sizeof(ms->sacks[0]));
	ms->sacks[0] = (struct mytcp_sack_block){ .start = start, .end = end };
	ms->nr_sacks++;
}

/**
 * mytcp_sack_report_advance() - RCV.NXT has moved: blocks that it covers are history
 * @ms: locked
 *
 * Rules: 2018-3-1
 */
void mytcp_sack_report_advance(struct mytcp_sock *ms)
{
	u8 i = 0;

	while (i < ms->nr_sacks) {
		if (seq_after(ms->sacks[i].start, ms->rcv_nxt))
			i++;
		else
			sack_report_remove(ms, i);
	}
}

/**
 * mytcp_sack_report_duplicate() - text has come that was here already
 * @sk: locked
 * @start: its first sequence number
 * @end: the one behind it
 *
 * RFC 2883 section 4: the next ACK says so, and no other. It is sent at once: the
 * peer may have slowed down for a loss that was none.
 *
 * Rules: 2883-4-3
 */
void mytcp_sack_report_duplicate(struct sock *sk, u32 start, u32 end)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->sack_ok || !READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_dsack) ||
	    !seq_before(start, end))
		return;
	ms->dsack = (struct mytcp_sack_block){ .start = start, .end = end };
	ms->ack_pending = MYTCP_ACK_NOW;
	mytcp_count(sock_net(sk), dsacks_sent);
}

/**
 * mytcp_sack_report_take() - the blocks for a segment that goes out
 * @ms: locked
 * @blocks: room for MYTCP_SACK_BLOCKS
 * @alone: the segment has no text, which a block more would leave no room for
 *
 * A duplicate comes first, and is forgotten.
 *
 * Return: how many blocks there are.
 *
 * Rules: 2018-4-5, 2883-4-1, 2883-4-2, 2883-4-5
 */
u8 mytcp_sack_report_take(struct mytcp_sock *ms, struct mytcp_sack_block *blocks, bool alone)
{
	u8 n = 0;

	if (alone && mytcp_sack_report_holds_duplicate(ms)) {
		blocks[n++] = ms->dsack;
		ms->dsack = (struct mytcp_sack_block){};
	}
	memcpy(blocks + n, ms->sacks, (MYTCP_SACK_BLOCKS - n) * sizeof(*blocks));
	return min_t(u8, n + ms->nr_sacks, MYTCP_SACK_BLOCKS);
}
