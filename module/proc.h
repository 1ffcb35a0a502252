/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/net/mytcp: the table of connections in the columns of /proc/net/tcp.
 */
#ifndef _MYTCP_PROC_H
#define _MYTCP_PROC_H

struct net;

int mytcp_proc_register(struct net *net);
void mytcp_proc_unregister(struct net *net);

#endif /* _MYTCP_PROC_H */
