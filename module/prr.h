/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Proportional rate reduction, RFC 6937: how fast the window goes down to ssthresh
 * in fast recovery. Counted in segments.
 */
#ifndef _MYTCP_PRR_H
#define _MYTCP_PRR_H

#include <linux/types.h>

/**
 * struct mytcp_prr - RFC 6937 section 3
 * @delivered: prr_delivered: segments delivered in this recovery
 * @out: prr_out: segments sent in it, whether again or for the first time
 * @recover_fs: RecoverFS: FlightSize when it began
 */
struct mytcp_prr {
	u32 delivered;
	u32 out;
	u32 recover_fs;
};

/**
 * mytcp_prr_begin() - fast recovery begins
 * @p: the state
 * @flight: segments sent and not acknowledged
 */
void mytcp_prr_begin(struct mytcp_prr *p, u32 flight);

/**
 * mytcp_prr_window() - the window that an ACK leaves
 * @p: the state
 * @ssthresh: where the window goes to
 * @pipe: segments on the way after the ACK
 * @delivered: segments that the ACK says were delivered
 * @retransmit: the fast retransmit is still to be sent: it may go in any case
 *
 * RFC 6937 section 3.1, with the slow-start reduction bound.
 *
 * Return: segments; at least @pipe.
 *
 * Rules: 5681-4.3-3, 6937-3-3, 6937-3-4
 */
u32 mytcp_prr_window(struct mytcp_prr *p, u32 ssthresh, u32 pipe, u32 delivered,
		     bool retransmit);

#endif /* _MYTCP_PRR_H */
