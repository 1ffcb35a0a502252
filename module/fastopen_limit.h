/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many connections a Fast Open server lets wait for the final ACK, RFC 7413
 * sections 4.2 and 5.1: each has a socket already and may have made the program work.
 *
 * Valid cookies are for sale: whoever has stolen some can send SYNs in their owners'
 * names, whose resets would make room for more at once. So a connection that was
 * reset still counts for a minute.
 */
#ifndef _MYTCP_FASTOPEN_LIMIT_H
#define _MYTCP_FASTOPEN_LIMIT_H

#include <linux/types.h>

/* A reset one counts for 15 to 16 of these: from 60 to 64 seconds. */
#define MYTCP_FASTOPEN_SLOTS	16
#define MYTCP_FASTOPEN_SLOT_NS	(4 * 1000000000ull)

/**
 * struct mytcp_fastopen_limit - of a listener; all zero in the beginning
 * @max: TCP_FASTOPEN: so many; 0: no Fast Open
 * @count: those that wait, and those that were reset in the last minute
 * @slot: the slot of time that was looked at last
 * @reset: how many of @count were reset in a slot, by its number modulo their number
 */
struct mytcp_fastopen_limit {
	u32 max;
	u32 count;
	u64 slot;
	u32 reset[MYTCP_FASTOPEN_SLOTS];
};

/**
 * mytcp_fastopen_limit_room() - is there room for another connection?
 * @limit: the limit
 * @now_ns: a clock that does not go back, in nanoseconds
 *
 * Return: true when there is.
 */
bool mytcp_fastopen_limit_room(struct mytcp_fastopen_limit *limit, u64 now_ns);

/**
 * mytcp_fastopen_limit_take() - a connection begins, if there is room for it
 * @limit: the limit
 * @now_ns: as for mytcp_fastopen_limit_room()
 *
 * Return: false: there is not.
 *
 * Rules: 7413-4.2-2
 */
bool mytcp_fastopen_limit_take(struct mytcp_fastopen_limit *limit, u64 now_ns);

/**
 * mytcp_fastopen_limit_give() - its handshake is over
 * @limit: the limit
 * @now_ns: as for mytcp_fastopen_limit_room()
 * @was_reset: by an RST
 *
 * Rules: 7413-5.2-1
 */
void mytcp_fastopen_limit_give(struct mytcp_fastopen_limit *limit, u64 now_ns,
			       bool was_reset);

#endif /* _MYTCP_FASTOPEN_LIMIT_H */
