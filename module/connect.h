/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Active opens: RFC 9293 3.10.1.
 */
#ifndef _MYTCP_CONNECT_H
#define _MYTCP_CONNECT_H

#include "sock.h"

/*
 * Route, choose addresses and port, enter SYN_SENT and send the SYN. The socket
 * is CLOSE and locked. 0 or an error of connect(2); on error it is as before.
 */
int mytcp_connect(struct sock *sk, struct sockaddr *uaddr, int len);

#endif /* _MYTCP_CONNECT_H */
