/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP_SAVE_SYN: the headers of the SYN that opened a connection, for a server that
 * tells its peers apart by them.
 */
#ifndef _MYTCP_SAVESYN_H
#define _MYTCP_SAVESYN_H

#include <linux/types.h>

struct sk_buff;
struct sock;

/* What TCP_SAVE_SYN may be set to. */
enum mytcp_save_syn {
	MYTCP_SAVE_SYN_OFF,
	MYTCP_SAVE_SYN_NETWORK,		/* from the IP header on */
	MYTCP_SAVE_SYN_MAC,		/* from the link's header on */
	MYTCP_SAVE_SYN_COUNT
};

/**
 * struct mytcp_saved_syn - headers
 * @len: octets
 * @data: them, up to the end of the TCP options
 */
struct mytcp_saved_syn {
	u32 len;
	u8 data[];
};

struct mytcp_saved_syn *mytcp_save_syn(const struct sock *listener,
				       const struct sk_buff *skb);

#endif /* _MYTCP_SAVESYN_H */
