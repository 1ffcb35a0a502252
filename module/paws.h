/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PAWS, RFC 7323 section 5, takes an older timestamp for the sign of a segment from
 * before the sequence numbers wrapped around.
 *
 * On a path that reorders it tells so of segments, too, that were only overtaken by the
 * repetition that has filled the hole before them: all that was sent for as long as the
 * overtaking lasts is dropped, is sent again, fills holes, and so on. But what cannot
 * be from an earlier round of the numbers needs no protection from that. So marks are
 * kept of what TS.Recent and RCV.NXT were together: as long as no more than a quarter
 * of all numbers was received since, nothing whose timestamp is at least the mark's was
 * sent a round before. A quick path gets new marks before that: with a peer whose clock
 * ticks slowly the old ones would see the numbers come round.
 */
#ifndef _MYTCP_PAWS_H
#define _MYTCP_PAWS_H

#include <linux/compiler.h>
#include <linux/sizes.h>
#include <linux/types.h>

/* How far apart marks are, in the peer's ticks: what is overtaken may be older by once
 * to twice as much, or a quarter of MARK_OCTETS, if that comes before. RFC 7323 section
 * 5.4: a tick is 1 ms, and Linux's is.
 */
#define MYTCP_PAWS_MARK_TICKS	128U
/* How much may have been received since the mark */
#define MYTCP_PAWS_MARK_OCTETS	SZ_1G

/**
 * struct mytcp_paws_mark - what was known at one time
 * @ts: TS.Recent
 * @nxt: RCV.NXT
 */
struct mytcp_paws_mark {
	u32 ts;
	u32 nxt;
};

/**
 * struct mytcp_paws - the marks
 * @last: the last one
 * @before: the one before it
 */
struct mytcp_paws {
	struct mytcp_paws_mark last;
	struct mytcp_paws_mark before;
};

/**
 * mytcp_paws_begin() - the first mark
 * @p: the marks
 * @ts: TS.Recent
 * @nxt: RCV.NXT
 */
void mytcp_paws_begin(struct mytcp_paws *p, u32 ts, u32 nxt);

/**
 * mytcp_paws_mark() - TS.Recent has moved
 * @p: the marks
 * @ts: TS.Recent
 * @nxt: RCV.NXT
 */
static inline void mytcp_paws_mark(struct mytcp_paws *p, u32 ts, u32 nxt)
{
	if (likely(ts - p->last.ts < MYTCP_PAWS_MARK_TICKS &&
		   nxt - p->last.nxt < MYTCP_PAWS_MARK_OCTETS / 4))
		return;
	p->before = p->last;
	p->last = (struct mytcp_paws_mark) { .ts = ts, .nxt = nxt };
}

/**
 * mytcp_paws_same_round() - is a segment surely not from before the wrap?
 * @p: the marks
 * @ts: its timestamp, older than TS.Recent
 * @nxt: RCV.NXT
 *
 * Return: true when it was at most overtaken.
 */
bool mytcp_paws_same_round(const struct mytcp_paws *p, u32 ts, u32 nxt);

#endif /* _MYTCP_PAWS_H */
