// SPDX-License-Identifier: GPL-2.0
/*
 * Proportional rate reduction: see prr.h.
 */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "prr.h"

void mytcp_prr_begin(struct mytcp_prr *p, u32 flight)
{
	*p = (struct mytcp_prr) { .recover_fs = max(flight, 1U) };
}

u32 mytcp_prr_window(struct mytcp_prr *p, u32 ssthresh, u32 pipe, u32 delivered,
		     bool retransmit)
{
	s64 count;

	p->delivered += delivered;
	if (pipe > ssthresh) {
		u64 due = (u64)p->delivered * ssthresh + p->recover_fs - 1;

		count = (s64)div_u64(due, p->recover_fs) - p->out;
	} else {
		s64 limit = max_t(s64, (s64)p->delivered - p->out, delivered) + 1;

		count = min_t(s64, ssthresh - pipe, limit);
	}
	return pipe + max_t(s64, count, retransmit);
}
