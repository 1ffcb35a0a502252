/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Active opens: RFC 9293 3.10.1.
 */
#ifndef _MYTCP_CONNECT_H
#define _MYTCP_CONNECT_H

#include "sock.h"

struct msghdr;

int mytcp_connect(struct sock *sk, struct sockaddr *uaddr, int len, struct msghdr *text);
void mytcp_connect_deferred(struct sock *sk, struct msghdr *text);

#endif /* _MYTCP_CONNECT_H */
