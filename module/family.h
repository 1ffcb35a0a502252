/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The socket family: what socket(2) and the calls on its descriptor reach. One
 * file for each face: family.c (birth, names, connections), sendmsg.c,
 * recvmsg.c, poll.c, ioctl.c, sockopt.c.
 */
#ifndef _MYTCP_FAMILY_H
#define _MYTCP_FAMILY_H

#include <linux/net.h>
#include <linux/poll.h>
#include <linux/sockptr.h>

struct sock;

/* The number that the family has: AF_MYTCP unless the administrator moved it. */
extern unsigned int mytcp_family;

int mytcp_family_init(int family);
void mytcp_family_exit(void);

/* The calls of struct proto_ops that have a file of their own. */
int mytcp_open_locked(struct socket *sock, struct sockaddr *uaddr, int addr_len,
		      int flags, struct msghdr *text);
int mytcp_fill_syn(struct sock *sk, struct msghdr *msg, u32 room);
int mytcp_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);
void mytcp_splice_eof(struct socket *sock);
int mytcp_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags);
__poll_t mytcp_poll(struct file *file, struct socket *sock, poll_table *wait);
int mytcp_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
int mytcp_setsockopt(struct socket *sock, int level, int optname,
		     sockptr_t optval, unsigned int optlen);
int mytcp_getsockopt(struct socket *sock, int level, int optname,
		     char __user *optval, int __user *optlen);
int mytcp_set_rcvlowat(struct sock *sk, int val);

#endif /* _MYTCP_FAMILY_H */
