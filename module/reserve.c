// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations in the kernel's own TCP: see reserve.h.
 */
#include <linux/in.h>
#include <linux/net.h>
#include <net/inet_hashtables.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "node.h"
#include "reserve.h"
#include "sock.h"

static int reserve_bind(struct socket *reservation, const struct mytcp_tuple *name,
			struct sock *sk)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = name->laddr.v4,
		.sin_port = name->lport,
	};
	int err;

	reservation->sk->sk_reuse = sk->sk_reuse;
	/* IP_FREEBIND says it for IP_TRANSPARENT and the sysctl as well. */
	if (inet_can_nonlocal_bind(name->net, inet_sk(sk)))
		ip_sock_set_freebind(reservation->sk);
	if (name->dif) {
		err = sock_bindtoindex(reservation->sk, name->dif, true);
		if (err)
			return err;
	}
	return kernel_bind(reservation, (struct sockaddr *)&addr, sizeof(addr));
}

/**
 * mytcp_reserve() - keep a port
 * @name: namespace, local address and port, device
 * @sk: for whom, with its SO_REUSEADDR and whether it may bind anywhere; locked
 * @reservation: where the socket goes
 *
 * It holds no reference on the namespace, and must be released before that ends.
 *
 * Context: process; may sleep.
 * Return: 0, or an error of socket(2) or bind(2): -EADDRINUSE when the kernel's
 * TCP gave the port to another; -EACCES by the caller's capabilities.
 */
int mytcp_reserve(const struct mytcp_tuple *name, struct sock *sk,
		  struct socket **reservation)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(name->net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	err = reserve_bind(sock, name, sk);
	if (err)
		sock_release(sock);
	else
		*reservation = sock;
	return err;
}

/**
 * mytcp_reserve_listen() - nobody in the kernel's TCP may listen on the port
 * @reservation: from mytcp_reserve()
 * @sk: for whom, with its SO_REUSEADDR and SO_BINDTODEVICE as they are now
 *
 * That takes a listener: SO_REUSEADDR lets sockets share a port as long as none
 * of them listens. It gets no SYN, ours is found first.
 *
 * Context: process; may sleep.
 * Return: 0, or -EADDRINUSE when somebody listens already.
 */
int mytcp_reserve_listen(struct socket *reservation, const struct sock *sk)
{
	int err;

	reservation->sk->sk_reuse = sk->sk_reuse;
	/* SO_BINDTODEVICE may have come since bind(): elsewhere we do not listen. */
	err = sock_bindtoindex(reservation->sk, READ_ONCE(sk->sk_bound_dev_if), true);
	return err ?: kernel_listen(reservation, 0);
}

/**
 * mytcp_reserve_unlisten() - the port stays kept, but others may listen
 * @reservation: from mytcp_reserve(), listening
 *
 * Context: process; may sleep.
 */
void mytcp_reserve_unlisten(struct socket *reservation)
{
	kernel_sock_shutdown(reservation, SHUT_RDWR);
}

/**
 * mytcp_reserve_release() - give the port back
 * @reservation: from mytcp_reserve()
 *
 * Context: process; may sleep.
 */
void mytcp_reserve_release(struct socket *reservation)
{
	sock_release(reservation);
}

/**
 * mytcp_reserve_fastopen_key() - see to it that net.ipv4.tcp_fastopen_key is set
 * @net: the namespace
 *
 * The kernel's TCP chooses one when a socket of its asks for Fast Open first, so one
 * does: modules can read the key, but not make it. So there is one for both, which an
 * administrator may choose.
 *
 * Context: process; may sleep.
 */
void mytcp_reserve_fastopen_key(struct net *net)
{
	struct socket *sock;
	int none = 0;

	if (rcu_access_pointer(net->ipv4.tcp_fastopen_ctx) ||
	    sock_create_kern(net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &sock))
		return;
	sock->ops->setsockopt(sock, SOL_TCP, TCP_FASTOPEN, KERNEL_SOCKPTR(&none),
			      sizeof(none));
	sock_release(sock);
}

/**
 * mytcp_reserve_bound() - is a socket of the kernel's TCP bound to a port by name?
 * @net: the namespace
 * @port: host byte order
 *
 * Context: any but hard-irq.
 * Return: true when one is, by whatever address.
 */
bool mytcp_reserve_bound(struct net *net, u16 port)
{
	struct inet_hashinfo *hashinfo = net->ipv4.tcp_death_row.hashinfo;
	struct inet_bind_hashbucket *head;
	struct inet_bind_bucket *tb;
	bool bound = false;

	head = &hashinfo->bhash[inet_bhashfn(net, port, hashinfo->bhash_size)];
	spin_lock_bh(&head->lock);
	inet_bind_bucket_for_each(tb, &head->chain) {
		/* Negative: chosen by connect(), others may choose it, too. */
		if (net_eq(ib_net(tb), net) && tb->port == port &&
		    (tb->fastreuse >= 0 || tb->fastreuseport >= 0)) {
			bound = true;
			break;
		}
	}
	spin_unlock_bh(&head->lock);
	return bound;
}

/**
 * mytcp_reserve_connected() - does the kernel's TCP have this very connection?
 * @tuple: its name
 *
 * Context: any but hard-irq.
 * Return: true when it does, in whatever state.
 */
bool mytcp_reserve_connected(const struct mytcp_tuple *tuple)
{
	struct sock *other;

	if (tuple->wire != IPPROTO_TCP || tuple->family != AF_INET)
		return false;
	/* The table's sockets are reused at once: the lookup needs RCU. */
	rcu_read_lock();
	other = __inet_lookup_established(tuple->net,
					  tuple->net->ipv4.tcp_death_row.hashinfo,
					  tuple->raddr.v4, tuple->rport,
					  tuple->laddr.v4, ntohs(tuple->lport),
					  tuple->dif, 0);
	rcu_read_unlock();
	if (!other)
		return false;
	sock_gen_put(other);
	return true;
}
