// SPDX-License-Identifier: GPL-2.0
/*
 * A connection's deadlines and the one hrtimer behind them: see timer.h.
 *
 * The hrtimer holds no reference on the socket. While its callback runs it can be
 * queued once more but not be cancelled, so nobody could tell how many references
 * there have to be. Instead the socket's end, after the last reference and a grace
 * period, waits for the callback (mytcp_timer_cancel()); one that runs between
 * finds the socket in CLOSE.
 */
#include <linux/log2.h>

#include "ack.h"
#include "delivery.h"
#include "fastopen.h"
#include "output.h"
#include "pace.h"
#include "recovery.h"
#include "sendqueue.h"
#include "timer.h"
#include "tlp.h"

/* Queue the hrtimer for "when", whether it is queued already or not. */
void mytcp_timer_arm(struct sock *sk, u64 when)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->timer_expires = when;
#ifdef MYTCP_KUNIT
	/* A test that stopped the clock runs the timers itself. */
	if (READ_ONCE(mytcp_test_clock))
		return;
#endif
	hrtimer_start(&ms->timer, ns_to_ktime(when), HRTIMER_MODE_ABS_SOFT);
}

/**
 * mytcp_timer_stop() - no deadline is left
 * @sk: locked
 *
 * A callback that runs at this moment, or that cannot be kept from running once
 * more, finds nothing due.
 */
void mytcp_timer_stop(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int i;

	for (i = 0; i < MYTCP_DL_COUNT; i++)
		ms->deadline[i] = MYTCP_NEVER;
	ms->timer_expires = MYTCP_NEVER;
	hrtimer_try_to_cancel(&ms->timer);
}

/**
 * mytcp_timer_cancel() - the socket's memory goes: so does its hrtimer
 * @sk: without references, in CLOSE, not locked
 *
 * Context: any but hard-irq and the timer's own callback.
 */
void mytcp_timer_cancel(struct sock *sk)
{
	hrtimer_cancel(&mytcp_sk(sk)->timer);
}

static enum hrtimer_restart mytcp_timer_fired(struct hrtimer *timer)
{
	struct mytcp_sock *ms = container_of(timer, struct mytcp_sock, timer);
	struct sock *sk = mytcp_to_sk(ms);

	/* An orphan that ends here must stay until the lock is let go of. */
	rcu_read_lock();
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk)) {
		ms->now = mytcp_clock();
		mytcp_timer_run(sk);
	} else {
		set_bit(MYTCP_DEFER_TIMER, &ms->deferred);
	}
	bh_unlock_sock(sk);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

/**
 * mytcp_timer_init() - no deadlines
 * @sk: a socket that is being made
 */
void mytcp_timer_init(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	int i;

	hrtimer_init(&ms->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	ms->timer.function = mytcp_timer_fired;
	for (i = 0; i < MYTCP_DL_COUNT; i++)
		ms->deadline[i] = MYTCP_NEVER;
	ms->timer_expires = MYTCP_NEVER;
}

/*
 * How many timeouts of a series a connection survives: tcp(7) tcp_retries2.
 * Rules: SHLD-11
 */
static u32 mytcp_retries_max(const struct sock *sk)
{
	const struct net *net = sock_net(sk);

	if (sock_flag(sk, SOCK_DEAD))
		return READ_ONCE(net->ipv4.sysctl_tcp_orphan_retries) ?: 8;
	return READ_ONCE(net->ipv4.sysctl_tcp_retries2);
}

/*
 * The retries of a handshake: TCP_SYNCNT or the sysctls.
 * Rules: MUST-22, MUST-23
 */
static u32 mytcp_syn_retries_max(const struct sock *sk)
{
	const struct net *net = sock_net(sk);

	if (mytcp_sk(sk)->user.syn_retries)
		return mytcp_sk(sk)->user.syn_retries;
	if (sk->sk_state == TCP_SYN_SENT)
		return READ_ONCE(net->ipv4.sysctl_tcp_syn_retries);
	/* As the kernel's: one more for a connection that is in use already. */
	return READ_ONCE(net->ipv4.sysctl_tcp_synack_retries) + mytcp_fastopen_opening(sk);
}

/**
 * mytcp_time_out() - give up: ETIMEDOUT, or what ICMP had said (RFC 5461)
 * @sk: locked
 */
static void mytcp_time_out(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	mytcp_count(sock_net(sk), timeouts);
	mytcp_fail(sk, ms->soft_error ?: ETIMEDOUT);
}

/* TCP_USER_TIMEOUT, RFC 5482, of what began at "since"; 0: nothing has. */
static u64 mytcp_user_deadline(const struct mytcp_sock *ms, u64 since)
{
	if (!since || !ms->user.timeout_ms)
		return MYTCP_NEVER;
	return since + (u64)ms->user.timeout_ms * NSEC_PER_MSEC;
}

/*
 * The same of the retransmissions, as in the kernel's TCP: not before the first, from
 * which it counts, or from the SYN.
 */
static u64 mytcp_retransmit_deadline(const struct mytcp_sock *ms)
{
	return ms->rtt.backoff ? mytcp_user_deadline(ms, ms->retrans_ns) : MYTCP_NEVER;
}

/* How long so many retries take where the path is short. */
static u64 mytcp_patience_ns(u32 retries)
{
	u32 doubled = min_t(u32, retries, ilog2(MYTCP_RTO_MAX_US / MYTCP_RTO_MIN_US));

	return ((2ULL << doubled) - 1) * MYTCP_RTO_MIN_US * NSEC_PER_USEC +
	       (u64)(retries - doubled) * MYTCP_RTO_MAX_US * NSEC_PER_USEC;
}

/*
 * A peer may tell that the path is long, by the timestamps that it echoes: an orphan's
 * memory is not held for longer than by others. As Linux's retransmits_timed_out().
 */
static bool mytcp_orphan_is_late(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	return sock_flag(sk, SOCK_DEAD) && ms->retries && ms->retrans_ns &&
	       ms->now - ms->retrans_ns >= mytcp_patience_ns(mytcp_retries_max(sk));
}

/*
 * RFC 9293 3.8.3: R2, which the user may set for a connection.
 * Rules: MUST-20, MUST-21, MUST-22
 */
static bool mytcp_retransmits_over(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->now >= mytcp_retransmit_deadline(ms))
		return true;
	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return ms->retries >= mytcp_syn_retries_max(sk);
	if (ms->retries < mytcp_retries_max(sk) && !mytcp_orphan_is_late(sk))
		return false;
	/* The patience of a user who has gone ends where others need the room. */
	return !ms->user.timeout_ms ||
	       (sock_flag(sk, SOCK_DEAD) && mytcp_too_many_orphans(sk, 1));
}

static void mytcp_retransmit_due(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool over;

	if (!ms->packets_out)
		return;
	over = mytcp_retransmits_over(sk);
	if (unlikely(mytcp_fastopen_tried(ms) || ms->syn_text_acked))
		mytcp_fastopen_timeout(sk, over);
	if (over)
		mytcp_time_out(sk);
	else
		mytcp_recovery_timeout(sk);
}

/*
 * The persist timer: a window that stays shut is probed with the backoff of
 * RFC 9293 3.8.6.1, for as long as the peer answers; small data that was held
 * back is sent after this override timeout (3.8.6.2.1). An orphan has no user who
 * could lose patience with such a peer, so we do (RFC 6429 section 4), as the
 * kernel's TCP: memory must not be held for ever by whoever wishes to. Nor has a user
 * who has set TCP_USER_TIMEOUT.
 * Rules: MUST-37
 */
static void mytcp_persist_due(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 max = mytcp_retries_max(sk);

	if (ms->packets_out || !mytcp_unsent_head(sk))
		return;
	if (ms->probes_out >= max ||
	    ms->now >= mytcp_user_deadline(ms, ms->probe_ns)) {
		mytcp_time_out(sk);
		return;
	}
	if (sock_flag(sk, SOCK_DEAD) && ms->persist_backoff >= max) {
		mytcp_count(sock_net(sk), timeouts);
		mytcp_abort(sk, ETIMEDOUT);
		return;
	}
	if (!ms->probe_ns)
		ms->probe_ns = ms->now;
	mytcp_persist(sk);
	if (mytcp_deadline_pending(sk, MYTCP_DL_PERSIST))
		mytcp_deadline_set(sk, MYTCP_DL_PERSIST,
				   min(ms->deadline[MYTCP_DL_PERSIST],
				       mytcp_user_deadline(ms, ms->probe_ns)));
}

/* The sysctl may be 0, for which the kernel's timers take a tick; ours would not end. */
static u64 mytcp_seconds(u32 option_s, int sysctl_jiffies)
{
	if (option_s)
		return (u64)option_s * NSEC_PER_SEC;
	return (u64)jiffies_to_msecs(max(sysctl_jiffies, 1)) * NSEC_PER_MSEC;
}

/* Rules: MUST-27, MUST-28. */
static u64 mytcp_keepalive_time(const struct sock *sk)
{
	return mytcp_seconds(mytcp_sk(sk)->user.keepalive_time_s,
			     READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_keepalive_time));
}

static u64 mytcp_keepalive_interval(const struct sock *sk)
{
	return mytcp_seconds(mytcp_sk(sk)->user.keepalive_intvl_s,
			     READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_keepalive_intvl));
}

static u32 mytcp_keepalive_probes(const struct sock *sk)
{
	return mytcp_sk(sk)->user.keepalive_probes ?:
	       READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_keepalive_probes);
}

/* TCP_USER_TIMEOUT takes the place of TCP_KEEPCNT. */
static bool mytcp_keepalive_over(const struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->user.timeout_ms)
		return ms->probes_out &&
		       ms->now >= mytcp_user_deadline(ms, ms->last_rcvd);
	return ms->probes_out >= mytcp_keepalive_probes(sk);
}

/*
 * Keepalive, RFC 9293 3.8.4: only on an idle connection, off by default.
 * Rules: MAY-5, MUST-25, MUST-26, MUST-29
 */
static void mytcp_keepalive_due(struct sock *sk)
{
	const int alive = TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 |
			  TCPF_FIN_WAIT2 | TCPF_CLOSING | TCPF_LAST_ACK;
	struct mytcp_sock *ms = mytcp_sk(sk);
	u64 idle_until = ms->last_rcvd + mytcp_keepalive_time(sk);

	if (!sock_flag(sk, SOCK_KEEPOPEN) || !((1 << sk->sk_state) & alive))
		return;
	/* Unacknowledged data probes the peer already. */
	if (ms->packets_out || mytcp_unsent_head(sk)) {
		mytcp_timer_keepalive_restart(sk);
		return;
	}
	if (ms->now < idle_until) {
		mytcp_deadline_set(sk, MYTCP_DL_KEEPALIVE, idle_until);
		return;
	}
	if (mytcp_keepalive_over(sk)) {
		mytcp_send_reset(sk);
		mytcp_time_out(sk);
		return;
	}
	ms->probes_out++;
	mytcp_count(sock_net(sk), keepalive_probes);
	mytcp_send_probe(sk);
	mytcp_deadline_set(sk, MYTCP_DL_KEEPALIVE,
			   ms->now + mytcp_keepalive_interval(sk));
}

/* An orphan waited long enough in FIN_WAIT_2 for the peer's FIN. */
static void mytcp_linger_due(struct sock *sk)
{
	if (sk->sk_state == TCP_FIN_WAIT2 && sock_flag(sk, SOCK_DEAD))
		mytcp_done(sk);
}

static void (* const mytcp_due[MYTCP_DL_COUNT])(struct sock *) = {
	[MYTCP_DL_REORDER]	= mytcp_recovery_reorder,
	[MYTCP_DL_PROBE]	= mytcp_tlp_due,
	[MYTCP_DL_RETRANSMIT]	= mytcp_retransmit_due,
	[MYTCP_DL_PERSIST]	= mytcp_persist_due,
	[MYTCP_DL_DELACK]	= mytcp_delack_due,
	[MYTCP_DL_KEEPALIVE]	= mytcp_keepalive_due,
	[MYTCP_DL_LINGER]	= mytcp_linger_due,
	[MYTCP_DL_PACE]		= mytcp_pace_due,
};

/**
 * mytcp_timer_run() - do what is due at ms->now, re-arm for what comes next
 * @sk: locked, ms->now fresh; may be CLOSE afterwards
 *
 * Context: soft-irq, or the release of an owned socket.
 */
void mytcp_timer_run(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u64 next = MYTCP_NEVER;
	int i;

	if (sk->sk_state == TCP_CLOSE)
		return;
	mytcp_delivery_check_app(sk);
	/* Handlers set deadlines; one arming at the end serves them all. */
	ms->timer_expires = 0;
	for (i = 0; i < MYTCP_DL_COUNT; i++) {
		if (ms->deadline[i] > ms->now)
			continue;
		ms->deadline[i] = MYTCP_NEVER;
		mytcp_due[i](sk);
		if (sk->sk_state == TCP_CLOSE)
			return;
	}
	for (i = 0; i < MYTCP_DL_COUNT; i++)
		next = min(next, ms->deadline[i]);
	ms->timer_expires = MYTCP_NEVER;
	if (next != MYTCP_NEVER)
		mytcp_timer_arm(sk, next);
}

/**
 * mytcp_timer_rto_restart() - RFC 6298 (5.1), (5.3): RTO from now
 * @sk: locked; something is unacknowledged
 *
 * Or less, when the user's patience ends before.
 *
 * Rules: 6298-5-1, 6298-5-2
 */
void mytcp_timer_rto_restart(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u64 end = max(mytcp_retransmit_deadline(ms), ms->now);

	mytcp_deadline_set(sk, MYTCP_DL_RETRANSMIT,
			   min(mytcp_pace_base(ms) + mytcp_rto_ns(ms), end));
}

/**
 * mytcp_timer_keepalive_restart() - the idle time begins now
 * @sk: locked
 */
void mytcp_timer_keepalive_restart(struct sock *sk)
{
	if (sock_flag(sk, SOCK_KEEPOPEN))
		mytcp_deadline_set(sk, MYTCP_DL_KEEPALIVE,
				   mytcp_sk(sk)->now + mytcp_keepalive_time(sk));
}

/**
 * mytcp_set_keepalive() - SO_KEEPALIVE, or a change of its times
 * @sk: locked
 * @on: what the user sets; SOCK_KEEPOPEN itself is set by the caller afterwards
 *
 * Rules: MUST-24
 */
void mytcp_set_keepalive(struct sock *sk, int on)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return;
	ms->now = mytcp_clock();
	if (on)
		mytcp_deadline_set(sk, MYTCP_DL_KEEPALIVE,
				   max(ms->last_rcvd + mytcp_keepalive_time(sk),
				       ms->now + 1));
	else
		mytcp_deadline_clear(sk, MYTCP_DL_KEEPALIVE);
}

/**
 * mytcp_fin_wait_2_ns() - how long an orphan waits for the peer's FIN
 * @sk: locked
 *
 * Return: nanoseconds: TCP_LINGER2 or net.ipv4.tcp_fin_timeout.
 */
u64 mytcp_fin_wait_2_ns(const struct sock *sk)
{
	int option_s = mytcp_sk(sk)->user.linger2_s;

	return mytcp_seconds(max(option_s, 0),
			     READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fin_timeout));
}
