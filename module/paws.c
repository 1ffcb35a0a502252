// SPDX-License-Identifier: GPL-2.0
/*
 * Which old timestamps are no danger: see paws.h.
 */
#include "paws.h"
#include "seq.h"

void mytcp_paws_begin(struct mytcp_paws *p, u32 ts, u32 nxt)
{
	p->last = (struct mytcp_paws_mark) { .ts = ts, .nxt = nxt };
	p->before = p->last;
}

bool mytcp_paws_same_round(const struct mytcp_paws *p, u32 ts, u32 nxt)
{
	return !seq_before(ts, p->before.ts) && nxt - p->before.nxt <= MYTCP_PAWS_MARK_OCTETS;
}
