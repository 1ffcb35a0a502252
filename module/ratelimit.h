/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many challenge ACKs to send, RFC 5961 section 7.
 */
#ifndef _MYTCP_RATELIMIT_H
#define _MYTCP_RATELIMIT_H

#include <linux/types.h>

/* As net.ipv4.tcp_challenge_ack_limit: send them all. */
#define MYTCP_RATELIMIT_NONE	0x7fffffffU

/**
 * struct mytcp_ratelimit - a budget for each second; all zero to begin with
 * @second: the second that @left belongs to, plus one; 0: never used
 * @left: how many may still be sent in it
 */
struct mytcp_ratelimit {
	u32 second;
	u32 left;
};

/**
 * mytcp_ratelimit() - may one more be sent?
 * @l: the budget
 * @now_ns: any clock that does not go back, in nanoseconds
 * @per_sec: budget of a second on average, MYTCP_RATELIMIT_NONE for no limit
 * @rnd: 32 random bits
 *
 * RFC 5961 section 7 (ACK throttling). A budget that is the same every second
 * and shared by a whole host is a side channel: who counts the challenge ACKs on
 * a connection of his own learns whether others were sent (CVE-2016-5696). So
 * each second's budget is drawn anew from @per_sec / 2 to 3 * @per_sec / 2.
 *
 * Context: any; may be called on several CPUs at once without a lock, which
 * makes the budget of a second inexact by a few and harms nothing.
 *
 * Return: true when it may be sent, and is counted.
 */
bool mytcp_ratelimit(struct mytcp_ratelimit *l, u64 now_ns, u32 per_sec,
		     u32 rnd);

#endif /* _MYTCP_RATELIMIT_H */
