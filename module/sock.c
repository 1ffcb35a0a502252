// SPDX-License-Identifier: GPL-2.0
/*
 * Birth and death of a connection's socket: see sock.h.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/memcontrol.h>
#include <linux/module.h>
#include <net/inet_common.h>
#include <net/tcp.h>
#include <net/xfrm.h>

#include "buflimit.h"
#include "demux.h"
#include "fastopen.h"
#include "input.h"
#include "isn.h"
#include "mss.h"
#include "output.h"
#include "port.h"
#include "rcvbuf.h"
#include "reassembly.h"
#include "recovery.h"
#include "request.h"
#include "sendqueue.h"
#include "small_queue.h"
#include "sock.h"
#include "timer.h"

#define MYTCP_EXIT_POLL_MS	2
#define MYTCP_EXIT_WARN_S	10

/* Accounting is the kernel's, each for itself, with the same limits. */
static atomic_long_t mytcp_memory_allocated;
static DEFINE_PER_CPU(int, mytcp_memory_fw_alloc);
static struct percpu_counter mytcp_sockets_allocated;
static DEFINE_PER_CPU(unsigned int, mytcp_orphan_count);
static unsigned long mytcp_memory_pressure;

/* As net.ipv4.tcp_max_orphans, which modules cannot read: a module parameter. */
unsigned int mytcp_max_orphans = 16384;

static void mytcp_enter_memory_pressure(struct sock *sk)
{
	if (!READ_ONCE(mytcp_memory_pressure))
		WRITE_ONCE(mytcp_memory_pressure, 1);
}

static void mytcp_leave_memory_pressure(struct sock *sk)
{
	if (READ_ONCE(mytcp_memory_pressure))
		WRITE_ONCE(mytcp_memory_pressure, 0);
}

/* Bytes written and not yet sent must stay below TCP_NOTSENT_LOWAT. */
static bool mytcp_stream_memory_free(const struct sock *sk, int wake)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 lowat = READ_ONCE(ms->user.notsent_lowat) ?:
		    READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_notsent_lowat);
	u32 notsent = READ_ONCE(ms->write_seq) - READ_ONCE(ms->snd_nxt);

	return (u64)notsent << wake < lowat;
}

/* The socket is released: what soft-irq left for us while it was owned. */
static void mytcp_release_cb(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (likely(!READ_ONCE(ms->deferred)))
		return;

	ms->now = mytcp_clock();
	if (test_and_clear_bit(MYTCP_DEFER_MTU, &ms->deferred))
		mytcp_path_mtu(sk, READ_ONCE(ms->icmp_mtu));
	if (test_and_clear_bit(MYTCP_DEFER_TIMER, &ms->deferred))
		mytcp_timer_run(sk);
	if (test_and_clear_bit(MYTCP_DEFER_RESUME, &ms->deferred))
		mytcp_resume(sk);
}

struct proto mytcp_prot = {
	.name			= "MYTCP",
	/* No owner: an orphan does not hold the module, its exit resets it. */
	.close			= mytcp_close,
	.keepalive		= mytcp_set_keepalive,
	.get_port		= mytcp_port_bind,	/* inet_bind() calls these two */
	.put_port		= mytcp_port_release,
	.backlog_rcv		= mytcp_backlog_rcv,
	.release_cb		= mytcp_release_cb,
	.stream_memory_free	= mytcp_stream_memory_free,
	.enter_memory_pressure	= mytcp_enter_memory_pressure,
	.leave_memory_pressure	= mytcp_leave_memory_pressure,
	.memory_allocated	= &mytcp_memory_allocated,
	.per_cpu_fw_alloc	= &mytcp_memory_fw_alloc,
	.sockets_allocated	= &mytcp_sockets_allocated,
	.memory_pressure	= &mytcp_memory_pressure,
	.orphan_count		= &mytcp_orphan_count,
	.sysctl_wmem_offset	= offsetof(struct net, ipv4.sysctl_tcp_wmem),
	.sysctl_rmem_offset	= offsetof(struct net, ipv4.sysctl_tcp_rmem),
	.max_header		= MYTCP_HEADER_MAX,
	.obj_size		= sizeof(struct mytcp_sock),
};

/*
 * Once the last reference and the RCU grace period are over, and the last packet
 * has left the queues below. The namespace may be gone by then.
 */
static void mytcp_sock_destruct(struct sock *sk)
{
	mytcp_timer_cancel(sk);
	kfree(mytcp_sk(sk)->saved_syn);
	mytcp_fastopen_put(mytcp_sk(sk)->fastopen);
	inet_sock_destruct(sk);
	sk_sockets_allocated_dec(sk);
}

/**
 * mytcp_wake_writers() - wake who waits for room, once a third of the buffer is free
 * @sk: locked, or under RCU
 *
 * And when less than half of TCP_NOTSENT_LOWAT is unsent, as mytcp_poll() sees it: else
 * each segment that leaves would wake somebody to write one more.
 */
void mytcp_wake_writers(struct sock *sk)
{
	struct socket *sock = READ_ONCE(sk->sk_socket);
	struct socket_wq *wq;

	if (!__sk_stream_is_writeable(sk, 1) || !sock)
		return;
	clear_bit(SOCK_NOSPACE, &sock->flags);

	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT |
					   EPOLLWRNORM | EPOLLWRBAND);
	if (wq && wq->fasync_list && !(sk->sk_shutdown & SEND_SHUTDOWN))
		sock_wake_async(wq, SOCK_WAKE_SPACE, POLL_OUT);
	rcu_read_unlock();
}

/*
 * sk_write_space: sock_wfree() has freed a buffer below, without the lock; or
 * SO_SNDBUF was set, with it. The struct socket stays for a grace period.
 */
static void mytcp_write_space(struct sock *sk)
{
	const struct socket *sock;

	mytcp_small_queue_freed(sk);
	rcu_read_lock();
	sock = READ_ONCE(sk->sk_socket);
	if (sock && test_bit(SOCK_NOSPACE, &sock->flags))
		mytcp_wake_writers(sk);
	rcu_read_unlock();
}

/* What a new socket and a listener's child have in common. */
static void mytcp_sock_reset_state(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->now = mytcp_clock();
	ms->out_of_order = RB_ROOT;
	sk->tcp_rtx_queue = RB_ROOT;
	sk->sk_tsq_flags = 0;
	INIT_LIST_HEAD(&ms->tsorted);
	INIT_LIST_HEAD(&ms->lost);
	INIT_LIST_HEAD(&ms->accept_queue);
	INIT_LIST_HEAD(&ms->accept_link);
	spin_lock_init(&ms->accept_lock);
	mytcp_timer_init(sk);

	ms->mss_clamp = MYTCP_MSS_DEFAULT;
	ms->mss = MYTCP_MSS_DEFAULT;
	ms->rcv_mss = MYTCP_MSS_DEFAULT;
	ms->rcv_share = MYTCP_RCV_SHARE_LEAST;
	mytcp_rtt_init(&ms->rtt, MYTCP_RTO_INIT_US);
	mytcp_cong_init(&ms->cong, ms->cong.ops, mytcp_iw(ms->mss));
}

/*
 * What the administrator has chosen for the kernel's TCP in this namespace, if we
 * have an algorithm of that name; else CUBIC.
 */
static const struct mytcp_cong_ops *mytcp_default_congestion(const struct net *net)
{
	const struct mytcp_cong_ops *ops;

	rcu_read_lock();
	ops = mytcp_cong_find(rcu_dereference(net->ipv4.tcp_congestion_control)->name);
	rcu_read_unlock();
	return ops ?: &mytcp_cong_cubic;
}

/**
 * mytcp_sock_init() - make a fresh socket a CLOSE connection
 * @sk: allocated with &mytcp_prot, after sock_init_data(), sk_protocol set
 * @lower: its network layer
 *
 * Context: process; the socket is not yet seen by anyone.
 */
void mytcp_sock_init(struct sock *sk, const struct mytcp_lower *lower)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct net *net = sock_net(sk);

	ms->lower = lower;
	ms->node.kind = MYTCP_NODE_SOCK;
	ms->cong.ops = mytcp_default_congestion(net);
	mytcp_sock_reset_state(sk);

	sk->sk_state = TCP_CLOSE;
	sk->sk_destruct = mytcp_sock_destruct;
	sk->sk_write_space = mytcp_write_space;
	/* Without SOCK_USE_WRITE_QUEUE: sock_wfree() is to call sk_write_space. */
	sock_set_flag(sk, SOCK_RCU_FREE);
	WRITE_ONCE(sk->sk_sndbuf, READ_ONCE(net->ipv4.sysctl_tcp_wmem[1]));
	WRITE_ONCE(sk->sk_rcvbuf, READ_ONCE(net->ipv4.sysctl_tcp_rmem[1]));
	sk_sockets_allocated_inc(sk);
}

/* The sequence spaces as SYN and SYN-ACK left them: RFC 9293 3.10.7.4, fifth. */
static void mytcp_sock_adopt(struct sock *sk, const struct mytcp_request *req)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->iss = req->iss;
	ms->snd_una = req->iss;
	ms->snd_nxt = req->iss + 1;
	ms->write_seq = req->iss + 1;
	ms->pushed_seq = ms->write_seq;
	ms->snd_up = req->iss;
	ms->snd_sml = req->iss;
	mytcp_recovery_init(ms);

	ms->irs = req->irs;
	ms->rcv_nxt = req->irs + 1;
	ms->rcv_wup = ms->rcv_nxt;
	ms->copied_seq = ms->rcv_nxt;
	ms->rcv_up = ms->rcv_nxt;
	ms->rcv_wnd = req->rcv_wnd;
	ms->rcv_ssthresh = req->rcv_wnd;
	ms->snd_wl1 = req->irs;

	ms->wscale_ok = req->wscale_ok;
	ms->snd_wscale = req->snd_wscale;
	ms->rcv_wscale = req->rcv_wscale;
	ms->sack_ok = req->sack_ok;
	ms->ecn.ok = req->ecn_ok;
	ms->ts_ok = req->ts_ok;
	ms->ts_offset = req->ts_offset;
	ms->ts_recent = req->ts_recent;
	ms->ts_recent_ns = ms->now;
	mytcp_paws_begin(&ms->paws, ms->ts_recent, ms->rcv_nxt);
	ms->ts_lastack = ms->rcv_nxt;
	ms->mss_clamp = req->mss ?: MYTCP_MSS_DEFAULT;
	ms->advmss = req->advmss;
	ms->last_rcvd = ms->now;

	ms->total_retrans = req->resent;
	ms->retries = req->resent;
}

/*
 * What a child holds is its listener's control group's to pay, from the first
 * segment on. (The kernel's TCP charges whoever accepts it, by a function that
 * modules cannot call.)
 */
static void mytcp_sock_share_memcg(struct sock *child, const struct sock *listener)
{
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg = listener->sk_memcg;

	if (memcg && css_tryget(&memcg->css))
		child->sk_memcg = memcg;
#endif
}

/**
 * mytcp_sock_clone() - the child of a listener for a completed handshake
 * @listener: whose options and policies it inherits; not locked
 * @req: what was negotiated
 *
 * The child is in SYN_RECV with its sequence spaces set, its spin lock is held,
 * it has two references (the demultiplexer's and the accept queue's) and is not
 * hashed yet; its addresses are lower->child()'s business.
 *
 * Context: soft-irq.
 * Return: the child, or NULL without memory.
 */
struct sock *mytcp_sock_clone(struct sock *listener, const struct mytcp_request *req)
{
	struct sock *sk = sk_clone_lock(listener, GFP_ATOMIC);
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_user user;
	const struct mytcp_cong_ops *ops;

	if (!sk)
		return NULL;

	/* The listener may be closing: its orphan's flag is none of the child's. */
	sock_reset_flag(sk, SOCK_DEAD);
	mytcp_sock_share_memcg(sk, listener);
	/* The copy of a listener's own state is none of the child's. */
	user = ms->user;
	/* As the kernel's: it was about the way into the accept queue. */
	user.defer_accept = 0;
	/* The listener may be switching to another: RCU, and a hold of our own. */
	ops = ms->cong.ops;
	if (!ops || !try_module_get(ops->owner))
		ops = &mytcp_cong_cubic;
	memset_after(ms, 0, inet);
	ms->user = user;
	ms->cong.ops = ops;
	ms->lower = req->lower;
	ms->node.kind = MYTCP_NODE_SOCK;
	ms->node.tuple = req->node.tuple;
	ms->node.tuple.dif = READ_ONCE(sk->sk_bound_dev_if);
	mytcp_sock_reset_state(sk);

	sk->sk_state = TCP_SYN_RECV;
	sk->sk_mark = req->mark;
	sk->sk_max_ack_backlog = 0;
	sk->sk_ack_backlog = 0;
	atomic64_set(&sk->sk_cookie, 0);
	RCU_INIT_POINTER(inet_sk(sk)->inet_opt, NULL);
	inet_sk(sk)->mc_list = NULL;
	mytcp_sock_adopt(sk, req);
	return sk;
}

/**
 * mytcp_set_state() - change the state
 * @sk: locked
 * @state: TCP_*
 *
 * Keeps the gauge tcpCurrEstab (ESTABLISHED and CLOSE-WAIT) of RFC 4022, and
 * tells the tracepoint inet_sock_set_state.
 */
void mytcp_set_state(struct sock *sk, int state)
{
	const int estab = TCPF_ESTABLISHED | TCPF_CLOSE_WAIT;
	bool was = (1 << sk->sk_state) & estab;
	bool is = (1 << state) & estab;

	if (is != was)
		atomic_add(is ? 1 : -1, &mytcp_pernet(sock_net(sk))->curr_estab);
	inet_sk_set_state(sk, state);
}

/**
 * mytcp_write_queue_purge() - forget everything that was to be sent
 * @sk: locked
 */
void mytcp_write_queue_purge(struct sock *sk)
{
	mytcp_queue_purge(sk);
	mytcp_deadline_clear(sk, MYTCP_DL_REORDER);
	mytcp_deadline_clear(sk, MYTCP_DL_PROBE);
	mytcp_deadline_clear(sk, MYTCP_DL_RETRANSMIT);
	mytcp_deadline_clear(sk, MYTCP_DL_PERSIST);
}

/* An orphan in CLOSE: nobody can find it or will use it again. */
static void mytcp_destroy(struct sock *sk)
{
	mytcp_write_queue_purge(sk);
	mytcp_reassembly_purge(sk);
	mytcp_timer_stop(sk);
	mytcp_port_release(sk);
	mytcp_cong_release(&mytcp_sk(sk)->cong);
	sk_stream_kill_queues(sk);
	xfrm_sk_free_policy(sk);
	/* An IPsec bundle belongs to the namespace, which we may outlive. */
	sk_dst_reset(sk);
	this_cpu_dec(mytcp_orphan_count);
	sock_put(sk);
}

/**
 * mytcp_done() - the connection is over: enter CLOSE
 * @sk: locked; the caller holds a reference or the RCU read lock
 *
 * Nothing finds the socket any more and no timer will fire. What was received
 * can still be read. An orphan is destroyed.
 */
void mytcp_done(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (sk->sk_state == TCP_SYN_SENT || sk->sk_state == TCP_SYN_RECV)
		mytcp_count(sock_net(sk), attempt_fails);
	mytcp_set_state(sk, TCP_CLOSE);
	mytcp_fastopen_leave(sk, false);
	mytcp_demux_del(&ms->node);
	mytcp_timer_stop(sk);
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		mytcp_port_release(sk);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);

	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_state_change(sk);
	else
		mytcp_destroy(sk);
}

/**
 * mytcp_fail() - the connection ended with an error that the user is told
 * @sk: locked, as for mytcp_done()
 * @err: positive errno
 */
void mytcp_fail(struct sock *sk, int err)
{
	bool orphan = sock_flag(sk, SOCK_DEAD);

	WRITE_ONCE(sk->sk_err, err);
	/* Pairs with mytcp_poll(): who sees the new state sees the error. */
	smp_wmb();
	mytcp_write_queue_purge(sk);
	mytcp_done(sk);
	/* Whoever is woken must find all of it: EPOLLERR, EPOLLHUP, EPOLLIN. */
	if (!orphan)
		sk_error_report(sk);
}

/*
 * Does the peer know of a connection that has not ended? RFC 9293 3.10.5 takes CLOSING
 * and LAST_ACK for ended, for it speaks of a FIN that is sent. One that still waits, with
 * text before it perhaps, will never come. As Linux's tcp_disconnect().
 */
static bool mytcp_needs_reset(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	const int synchronized = TCPF_SYN_RECV | TCPF_ESTABLISHED | TCPF_FIN_WAIT1 |
				 TCPF_FIN_WAIT2 | TCPF_CLOSE_WAIT;

	if ((1 << sk->sk_state) & synchronized)
		return true;
	return ((1 << sk->sk_state) & (TCPF_CLOSING | TCPF_LAST_ACK)) &&
	       ms->snd_nxt != ms->write_seq;
}

/**
 * mytcp_abort() - ABORT, RFC 9293 3.10.5: reset the peer, then fail
 * @sk: locked, as for mytcp_done()
 * @err: positive errno for our user
 */
void mytcp_abort(struct sock *sk, int err)
{
	if (mytcp_needs_reset(sk))
		mytcp_send_reset(sk);
	mytcp_fail(sk, err);
}

/*
 * An orphan that outlives its process must not keep its namespace alive: the
 * namespace's exit resets it. As a kernel's socket it holds none.
 */
static void mytcp_drop_net(struct sock *sk)
{
	if (sk->sk_net_refcnt)
		mytcp_compat_net_downgrade(sk);
}

/**
 * mytcp_too_many_orphans() - is there no room for an orphan?
 * @sk: the orphan
 * @shift: how little it deserves it: by so many bits the limit is lower
 *
 * As the kernel's tcp_max_orphans.
 */
bool mytcp_too_many_orphans(const struct sock *sk, int shift)
{
	unsigned int orphans = 0;
	int cpu;

	/* The sum is exact only at rest; that is enough for a limit. */
	for_each_possible_cpu(cpu)
		orphans += per_cpu(mytcp_orphan_count, cpu);
	return (u64)orphans << shift > READ_ONCE(mytcp_max_orphans) ||
	       mytcp_out_of_memory(sk);
}

/**
 * mytcp_out_of_memory() - is more memory in use than mytcp may have?
 * @sk: of which the send buffer would take some
 */
bool mytcp_out_of_memory(const struct sock *sk)
{
	return sk->sk_wmem_queued > SOCK_MIN_SNDBUF &&
	       sk_memory_allocated(sk) > sk_prot_mem_limits(sk, 2);
}

/**
 * mytcp_orphan() - the user is gone, the connection may go on without one
 * @sk: bottom halves off, spin lock held, not owned; released by the caller
 *
 * On return the socket may be destroyed: the caller needs a reference.
 */
void mytcp_orphan(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	sock_orphan(sk);
	this_cpu_inc(mytcp_orphan_count);

	if (sk->sk_state == TCP_CLOSE) {
		mytcp_destroy(sk);
		return;
	}
	mytcp_drop_net(sk);
	if (mytcp_too_many_orphans(sk, 0)) {
		mytcp_count(sock_net(sk), orphan_drops);
		mytcp_abort(sk, ECONNABORTED);
	} else if (sk->sk_state == TCP_FIN_WAIT2) {
		if (ms->user.linger2_s < 0)
			mytcp_abort(sk, ECONNABORTED);
		else
			mytcp_deadline_set(sk, MYTCP_DL_LINGER,
					   ms->now + mytcp_fin_wait_2_ns(sk));
	}
}

/**
 * mytcp_orphan_kill() - the namespace ends: reset a connection nobody owns
 * @sk: found in the demultiplexer; a reference is held, not locked
 */
void mytcp_orphan_kill(struct sock *sk)
{
	local_bh_disable();
	bh_lock_sock(sk);
	if (sock_flag(sk, SOCK_DEAD) && sk->sk_state != TCP_CLOSE) {
		mytcp_sk(sk)->now = mytcp_clock();
		mytcp_abort(sk, ECONNABORTED);
	}
	bh_unlock_sock(sk);
	local_bh_enable();
}

/**
 * mytcp_sock_init_module() - register the protocol with the kernel's accounting, and
 *	set the limits of its buffers
 *
 * Context: process; may sleep.
 * Return: 0 or -errno.
 */
int mytcp_sock_init_module(void)
{
	int err;

	mytcp_prot.sysctl_mem = mytcp_buflimit_tcp_mem();
	if (!mytcp_prot.sysctl_mem)
		return -ENOMEM;
	mytcp_buflimit_init(mytcp_prot.sysctl_mem);
	err = percpu_counter_init(&mytcp_sockets_allocated, 0, GFP_KERNEL);
	if (err)
		return err;
	err = proto_register(&mytcp_prot, 1);
	if (err)
		percpu_counter_destroy(&mytcp_sockets_allocated);
	return err;
}

/**
 * mytcp_sock_count() - how many sockets there are, in all namespaces
 *
 * Return: those whose memory has not been given back; exact when none is made
 * meanwhile.
 */
unsigned int mytcp_sock_count(void)
{
	return percpu_counter_sum_positive(&mytcp_sockets_allocated);
}

/**
 * mytcp_sock_exit_module() - the reverse; every socket is closed
 *
 * Waits until the last packet of the last socket has left its queue, which may be
 * a device's that somebody else has stalled.
 *
 * Context: process; may sleep long.
 */
void mytcp_sock_exit_module(void)
{
	unsigned long warn = jiffies + MYTCP_EXIT_WARN_S * HZ;
	unsigned int left;

	while ((left = mytcp_sock_count())) {
		if (time_after(jiffies, warn)) {
			pr_warn("waiting for packets of %u sockets to be sent\n", left);
			warn = jiffies + MYTCP_EXIT_WARN_S * HZ;
		}
		msleep(MYTCP_EXIT_POLL_MS);
	}
	/* Their memory goes back in RCU callbacks, which may still be running. */
	rcu_barrier();
	proto_unregister(&mytcp_prot);
	percpu_counter_destroy(&mytcp_sockets_allocated);
}
