// SPDX-License-Identifier: GPL-2.0
/*
 * Keeping a SYN's headers: see savesyn.h.
 */
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/tcp.h>

#include "savesyn.h"
#include "sock.h"

/**
 * mytcp_save_syn() - keep a SYN's headers if the user wants them
 * @listener: not locked
 * @skb: the SYN, its TCP header linear and at the data
 *
 * As many as the SYN queue has room for: no more than that can be made us hold.
 *
 * Context: soft-irq.
 * Return: to be freed by kfree(); NULL: not wanted, or no memory.
 */
struct mytcp_saved_syn *mytcp_save_syn(const struct sock *listener,
				       const struct sk_buff *skb)
{
	const struct mytcp_user *user = &mytcp_sk(listener)->user;
	const u8 *end = skb_transport_header(skb) + tcp_hdrlen(skb);
	const u8 *begin = skb_network_header(skb);
	u8 how = READ_ONCE(user->save_syn);
	struct mytcp_saved_syn *syn;

	if (how == MYTCP_SAVE_SYN_OFF)
		return NULL;
	if (how == MYTCP_SAVE_SYN_MAC && skb_mac_header_was_set(skb))
		begin = skb_mac_header(skb);

	syn = kmalloc(struct_size(syn, data, end - begin), GFP_ATOMIC | __GFP_NOWARN);
	if (!syn)
		return NULL;
	syn->len = end - begin;
	memcpy(syn->data, begin, syn->len);
	return syn;
}
