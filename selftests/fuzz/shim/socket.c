// SPDX-License-Identifier: GPL-2.0
/*
 * The socket layer without files: what net/socket.c does for the kernel's own
 * sockets.
 */
#include <linux/net.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "shim.h"

const struct net_proto_family *fuzz_family;

int sock_register(const struct net_proto_family *family)
{
	fuzz_family = family;
	return 0;
}

static struct socket *fuzz_sock_alloc(int type)
{
	struct socket_alloc *alloc = kzalloc(sizeof(*alloc), GFP_KERNEL);
	struct socket *sock = &alloc->socket;

	if (!alloc)
		return NULL;
	sock->state = SS_UNCONNECTED;
	sock->type = type;
	init_waitqueue_head(&sock->wq.wait);
	return sock;
}

/* Of the kernel's TCP only its limits of memory are looked at: 64 MB are there */
static long tcp_mem[3] = { 768, 1024, 1536 };
static struct proto tcp = { .sysctl_mem = tcp_mem };
static struct sock tcp_sock = { .sk_prot = &tcp };

int sock_create_kern(struct net *net, int family, int type, int protocol,
		     struct socket **res)
{
	struct socket *sock = fuzz_sock_alloc(type);
	int err;

	if (!sock)
		return -ENOMEM;
	if (family == PF_INET) {
		sock->sk = &tcp_sock;
		*res = sock;
		return 0;
	}
	err = fuzz_family->create(net, sock, protocol, 1);
	if (err)
		sock_release(sock);
	else
		*res = sock;
	return err;
}

void sock_release(struct socket *sock)
{
	if (sock->ops)
		sock->ops->release(sock);
	kfree(container_of(sock, struct socket_alloc, socket));
}

int kernel_bind(struct socket *sock, struct sockaddr *addr, int len)
{
	return sock->ops->bind(sock, addr, len);
}

int kernel_listen(struct socket *sock, int backlog)
{
	return sock->ops->listen(sock, backlog);
}

int kernel_connect(struct socket *sock, struct sockaddr *addr, int len, int flags)
{
	return sock->ops->connect(sock, addr, len, flags);
}

int kernel_accept(struct socket *sock, struct socket **res, int flags)
{
	struct proto_accept_arg arg = { .flags = flags, .kern = true };
	struct socket *child = fuzz_sock_alloc(sock->type);
	int err;

	if (!child)
		return -ENOMEM;
	err = sock->ops->accept(sock, child, &arg);
	if (err) {
		sock_release(child);
		return err;
	}
	child->ops = sock->ops;
	*res = child;
	return 0;
}

int kernel_sendmsg(struct socket *sock, struct msghdr *msg, struct kvec *vec,
		   size_t num, size_t size)
{
	iov_iter_kvec(&msg->msg_iter, ITER_SOURCE, vec, num, size);
	return sock->ops->sendmsg(sock, msg, size);
}

int kernel_recvmsg(struct socket *sock, struct msghdr *msg, struct kvec *vec,
		   size_t num, size_t size, int flags)
{
	msg->msg_control_is_user = false;
	iov_iter_kvec(&msg->msg_iter, ITER_DEST, vec, num, size);
	return sock->ops->recvmsg(sock, msg, size, flags);
}

int kernel_sock_shutdown(struct socket *sock, enum sock_shutdown_cmd how)
{
	return sock->ops->shutdown(sock, how);
}

int sock_wake_async(struct socket_wq *wq, int how, int band)
{
	return 0;
}
