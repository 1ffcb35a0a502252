/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The maximum segment size: RFC 9293 3.7.1, RFC 6691, and the path's MTU.
 */
#ifndef _MYTCP_MSS_H
#define _MYTCP_MSS_H

#include "sock.h"

u16 mytcp_advertised_mss(u16 user, u32 route);
u32 mytcp_mss_most(const struct mytcp_sock *ms);
u32 mytcp_current_mss(const struct mytcp_sock *ms);
void mytcp_mss_from_peer(struct sock *sk, u16 option);
void mytcp_mss_sync(struct sock *sk);
void mytcp_mss_follow(struct sock *sk);
void mytcp_path_mtu(struct sock *sk, u32 mtu);

/* Octets of options on every segment: RFC 7323 appendix A. */
static inline u32 mytcp_fixed_options(const struct mytcp_sock *ms)
{
	return ms->ts_ok ? 12 : 0;
}

#endif /* _MYTCP_MSS_H */
