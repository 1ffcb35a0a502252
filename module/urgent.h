/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Urgent data, the receiver's side: RFC 9293 3.8.5, with the one octet of
 * MSG_OOB that the sockets interface makes of it (RFC 6093).
 */
#ifndef _MYTCP_URGENT_H
#define _MYTCP_URGENT_H

#include "sock.h"

/* Flags in the upper byte of mytcp_sock.urg_data, the octet in the lower. */
enum mytcp_urg {
	MYTCP_URG_VALID = 0x100,	/* the octet is here */
	MYTCP_URG_NOTYET = 0x200,	/* announced, not yet arrived */
	MYTCP_URG_READ = 0x400,		/* the user has it */
};

void mytcp_urgent_arrived(struct sock *sk, const struct sk_buff *skb,
			  const struct mytcp_segment *seg);

#endif /* _MYTCP_URGENT_H */
