// SPDX-License-Identifier: GPL-2.0
/*
 * The socket family AF_MYTCP: its sockets' birth, names and connections. The
 * calls, their states and their errors are those of tcp(7), ip(7) and of each
 * system call's own page, as the kernel's inet sockets give them.
 *
 * Addresses are struct sockaddr_in with AF_INET, as AF_SMC's; AF_MYTCP is taken
 * for AF_INET. What is returned is always AF_INET.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf-cgroup.h>
#include <linux/in.h>
#include <linux/module.h>
#include <net/inet_common.h>

#include "connect.h"
#include "family.h"
#include "listen.h"
#include "port.h"
#include "sock.h"
#include "uapi/mytcp.h"

unsigned int mytcp_family __ro_after_init = AF_MYTCP;

/* Copy a user's address, with the family under which IPv4's code knows it. */
static int mytcp_take_address(struct sockaddr_in *to, const struct sockaddr *from,
			      int len)
{
	if (len < (int)sizeof(*to))
		return -EINVAL;

	*to = *(const struct sockaddr_in *)from;
	if (to->sin_family == mytcp_family)
		to->sin_family = AF_INET;
	return 0;
}

/* inet_bind() reaches the port by mytcp_prot.get_port. Rules: MUST-43. */
static int mytcp_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len)
{
	struct sockaddr_in addr;
	int err = mytcp_take_address(&addr, uaddr, addr_len);

	if (err)
		return err;
	return inet_bind(sock, (struct sockaddr *)&addr, sizeof(addr));
}

/* Threads that sleep on the old connection see that it is no longer theirs. */
static int mytcp_drop_connection(struct socket *sock)
{
	int err;

	sock->sk->sk_disconnects++;
	err = mytcp_disconnect(sock->sk);
	sock->state = err ? SS_DISCONNECTING : SS_UNCONNECTED;
	return err;
}

static int mytcp_connect_start(struct socket *sock, struct sockaddr *uaddr,
			       int addr_len, struct msghdr *text)
{
	struct sockaddr_in addr;
	int err;

	if (sock->sk->sk_state != TCP_CLOSE)
		return -EISCONN;

	err = mytcp_take_address(&addr, uaddr, addr_len);
	if (err)
		return err;

	err = mytcp_connect(sock->sk, (struct sockaddr *)&addr, sizeof(addr), text);
	if (err)
		return err;

	sock->state = SS_CONNECTING;
	return 0;
}

static bool mytcp_connecting(const struct sock *sk)
{
	return (1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV);
}

/* Until the handshake is over, "timeo" has passed or a signal came. */
static long mytcp_wait_for_connect(struct sock *sk, long timeo)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(sk_sleep(sk), &wait);
	while (mytcp_connecting(sk)) {
		release_sock(sk);
		timeo = wait_woken(&wait, TASK_INTERRUPTIBLE, timeo);
		lock_sock(sk);
		if (signal_pending(current) || !timeo)
			break;
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	return timeo;
}

/*
 * The handshake goes on or is over: wait as the caller wants, and say how it
 * ended. "err" is what a call returns that does not wait long enough.
 */
static int mytcp_connect_finish(struct socket *sock, int flags, int err)
{
	struct sock *sk = sock->sk;
	long timeo = sock_sndtimeo(sk, flags & O_NONBLOCK);

	if (mytcp_connecting(sk)) {
		int disconnects = sk->sk_disconnects;

		if (!timeo)
			return err;
		timeo = mytcp_wait_for_connect(sk, timeo);
		if (!timeo)
			return err;
		if (signal_pending(current))
			return sock_intr_errno(timeo);
		if (disconnects != sk->sk_disconnects)
			return -EPIPE;
	}

	/* RST, timeout, ICMP, or another thread's shutdown() ended it. */
	if (sk->sk_state == TCP_CLOSE) {
		err = sock_error(sk) ?: -ECONNABORTED;
		mytcp_drop_connection(sock);
		return err;
	}

	sock->state = SS_CONNECTED;
	return 0;
}

/* In SS_CONNECTING: nothing to do but wait, unless the SYN was put off. */
static int mytcp_connect_go_on(struct socket *sock, int flags, struct msghdr *text)
{
	struct sock *sk = sock->sk;

	if (!READ_ONCE(mytcp_sk(sk)->connect_deferred))
		return mytcp_connect_finish(sock, flags, -EALREADY);
	if (!text)
		return mytcp_connect_finish(sock, flags, -EISCONN);
	mytcp_connect_deferred(sk, text);
	return mytcp_connect_finish(sock, flags, -EINPROGRESS);
}

/**
 * mytcp_open_locked() - connect(2), or sendto(2) with MSG_FASTOPEN
 * @sock: locked; of any state
 * @uaddr: the peer, not AF_UNSPEC; NULL: none was given
 * @addr_len: bytes of it
 * @flags: O_NONBLOCK
 * @text: for the SYN, see mytcp_connect(); NULL: connect(2)
 *
 * Return: 0, or an error of connect(2).
 */
int mytcp_open_locked(struct socket *sock, struct sockaddr *uaddr, int addr_len,
		      int flags, struct msghdr *text)
{
	int err;

	switch (sock->state) {
	case SS_UNCONNECTED:
		err = mytcp_connect_start(sock, uaddr, addr_len, text);
		if (err)
			return err;
		if (mytcp_sk(sock->sk)->connect_deferred)
			return 0;
		return mytcp_connect_finish(sock, flags, -EINPROGRESS);
	case SS_CONNECTING:
		return mytcp_connect_go_on(sock, flags, text);
	case SS_CONNECTED:
		return -EISCONN;
	default:
		return -EINVAL;
	}
}

static int mytcp_stream_connect(struct socket *sock, struct sockaddr *uaddr,
				int addr_len, int flags)
{
	int err;

	if (addr_len < (int)sizeof(uaddr->sa_family))
		return -EINVAL;
	lock_sock(sock->sk);
	if (uaddr->sa_family == AF_UNSPEC)
		err = mytcp_drop_connection(sock);
	else
		err = mytcp_open_locked(sock, uaddr, addr_len, flags, NULL);
	release_sock(sock->sk);
	return err;
}

static int mytcp_listen_locked(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;

	if (sock->state != SS_UNCONNECTED ||
	    !((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN)))
		return -EINVAL;

	/* RFC 9293 leaves it open; ip(7): listen(2) binds a random port. */
	if (!inet_sk(sk)->inet_num) {
		int err = mytcp_port_bind(sk, 0);

		if (err)
			return err;
	}
	return mytcp_listen_start(sk, backlog);
}

static int mytcp_listen(struct socket *sock, int backlog)
{
	int err;

	lock_sock(sock->sk);
	err = mytcp_listen_locked(sock, backlog);
	release_sock(sock->sk);
	return err;
}

static int mytcp_stream_accept(struct socket *sock, struct socket *newsock,
			       MYTCP_COMPAT_ACCEPT_ARGS)
{
	bool nonblock = MYTCP_COMPAT_ACCEPT_FLAGS & O_NONBLOCK;
	struct sock *sk = sock->sk;
	struct sock *child;

	lock_sock(sk);
	child = mytcp_accept(sk, sock_rcvtimeo(sk, nonblock));
	release_sock(sk);
	if (IS_ERR(child))
		return PTR_ERR(child);

	lock_sock(child);
	sock_rps_record_flow(child);
	sock_graft(child, newsock);
	newsock->state = SS_CONNECTED;
	release_sock(child);
	return 0;
}

static int mytcp_shutdown_locked(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err;

	if (sock->state == SS_CONNECTING) {
		if (mytcp_connecting(sk) || sk->sk_state == TCP_CLOSE)
			sock->state = SS_DISCONNECTING;
		else
			sock->state = SS_CONNECTED;
	}

	switch (sk->sk_state) {
	case TCP_LISTEN:
		if (!(how & RCV_SHUTDOWN))
			return 0;
		fallthrough;
	case TCP_SYN_SENT:
		/* Wakes whoever waits in accept() or connect(). */
		err = mytcp_disconnect(sk);
		sock->state = err ? SS_DISCONNECTING : SS_UNCONNECTED;
		return err;
	default:
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | how);
		if (how & SEND_SHUTDOWN)
			mytcp_shutdown_send(sk);
		return sk->sk_state == TCP_CLOSE ? -ENOTCONN : 0;
	}
}

static int mytcp_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err;

	/* SHUT_RD, SHUT_WR and SHUT_RDWR become RCV_, SEND_ and SHUTDOWN_MASK. */
	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;

	lock_sock(sk);
	err = mytcp_shutdown_locked(sock, how + 1);
	/* Whoever polls looks again, even on a socket that was never connected. */
	sk->sk_state_change(sk);
	release_sock(sk);
	return err;
}

static const struct proto_ops mytcp_stream_ops = {
	.family		= PF_MYTCP,
	.owner		= THIS_MODULE,
	.release	= inet_release,
	.bind		= mytcp_bind,
	.connect	= mytcp_stream_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= mytcp_stream_accept,
	.getname	= inet_getname,
	.poll		= mytcp_poll,
	.ioctl		= mytcp_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= mytcp_listen,
	.shutdown	= mytcp_shutdown,
	.setsockopt	= mytcp_setsockopt,
	.getsockopt	= mytcp_getsockopt,
	.sendmsg	= mytcp_sendmsg,
	.recvmsg	= mytcp_recvmsg,
	.mmap		= sock_no_mmap,
	.splice_eof	= mytcp_splice_eof,
	.set_rcvlowat	= mytcp_set_rcvlowat,
};

/* Which protocol number stands in the IP header; see uapi/mytcp.h. */
static int mytcp_wire_protocol(int protocol)
{
	switch (protocol) {
	case IPPROTO_IP:
	case IPPROTO_TCP:
		return IPPROTO_TCP;
	case MYTCP_PROTO_EXPERIMENTAL:
		return MYTCP_PROTO_EXPERIMENTAL;
	default:
		return -EPROTONOSUPPORT;
	}
}

/* What IP's code expects in the struct inet_sock of a new socket. */
static void mytcp_init_inet(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);

	inet->pmtudisc = READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc) ?
			 IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
	inet->uc_ttl = -1;
	inet->mc_ttl = 1;
	mytcp_compat_multicast_defaults(sk);
}

static int mytcp_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct sock *sk;
	int err;

	if (protocol < 0 || protocol >= IPPROTO_MAX)
		return -EINVAL;
	if (sock->type != SOCK_STREAM)
		return -ESOCKTNOSUPPORT;
	protocol = mytcp_wire_protocol(protocol);
	if (protocol < 0)
		return protocol;

	sk = sk_alloc(net, mytcp_family, GFP_KERNEL, &mytcp_prot, kern);
	if (!sk)
		return -ENOMEM;

	sock->state = SS_UNCONNECTED;
	sock->ops = &mytcp_stream_ops;
	sock_init_data(sock, sk);
	sk->sk_protocol = protocol;
	sk->sk_backlog_rcv = sk->sk_prot->backlog_rcv;
	sk->sk_txrehash = READ_ONCE(net->core.sysctl_txrehash);
	mytcp_init_inet(sk);
	mytcp_sock_init(sk, &mytcp_ipv4);

	err = kern ? 0 : BPF_CGROUP_RUN_PROG_INET_SOCK(sk);
	if (err) {
		mytcp_close(sk, 0);
		sock->sk = NULL;
	}
	return err;
}

static struct net_proto_family mytcp_family_ops __ro_after_init = {
	.create	= mytcp_create,
	.owner	= THIS_MODULE,
};

/**
 * mytcp_family_init() - make the family known to socket(2)
 * @family: its number, AF_MYTCP or another one that nobody uses
 *
 * Return: 0, -EINVAL when there is no such number, -EEXIST when it is taken.
 */
int __init mytcp_family_init(int family)
{
	int err;

	if (family <= AF_UNSPEC || family >= NPROTO) {
		pr_err("there is no address family %d: 1 to %d\n", family, NPROTO - 1);
		return -EINVAL;
	}

	mytcp_family = family;
	mytcp_family_ops.family = family;
	err = sock_register(&mytcp_family_ops);
	if (err)
		pr_err("address family %d is taken by another module: choose one with family=\n",
		       family);
	return err;
}

/**
 * mytcp_family_exit() - no more sockets; those there were are closed
 */
void mytcp_family_exit(void)
{
	sock_unregister(mytcp_family);
}
