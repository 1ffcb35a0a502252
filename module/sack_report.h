/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What we tell the peer by SACK blocks: what waits behind a gap (RFC 2018 section 4),
 * and what came twice (RFC 2883).
 */
#ifndef _MYTCP_SACK_REPORT_H
#define _MYTCP_SACK_REPORT_H

#include "sock.h"

void mytcp_sack_report(struct mytcp_sock *ms, u32 start, u32 end);
void mytcp_sack_report_advance(struct mytcp_sock *ms);
void mytcp_sack_report_duplicate(struct sock *sk, u32 start, u32 end);
u8 mytcp_sack_report_take(struct mytcp_sock *ms, struct mytcp_sack_block *blocks, bool alone);

/* Is there a duplicate to tell of? The next ACK without text does. */
static inline bool mytcp_sack_report_holds_duplicate(const struct mytcp_sock *ms)
{
	return ms->dsack.start != ms->dsack.end;
}

#endif /* _MYTCP_SACK_REPORT_H */
