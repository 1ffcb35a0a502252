/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where we take segments of TCP's own protocol number out of the kernel's way.
 */
#ifndef _MYTCP_HOOK_H
#define _MYTCP_HOOK_H

struct net;

int mytcp_hook_register(struct net *net);
void mytcp_hook_unregister(struct net *net);

#endif /* _MYTCP_HOOK_H */
