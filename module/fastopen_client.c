// SPDX-License-Identifier: GPL-2.0
/*
 * A client's side of TCP Fast Open: see fastopen.h.
 */
#include <linux/if.h>
#include <linux/tcp.h>
#include <net/dst.h>

#include "fastopen.h"
#include "loss.h"
#include "sendqueue.h"
#include "stats.h"

/* Middleboxes may add options of their own: room for all that a header can have. */
#define FASTOPEN_ROOM_OPTIONS	40

/*
 * Paths that swallow it.
 *
 * There are firewalls that let such a connection be opened and then nothing more pass.
 * Where the administrator wishes (net.ipv4.tcp_fastopen_blackhole_timeout_sec), a
 * connection that looks so makes the whole namespace do without for that time, and twice
 * as long each time it happens again, as in the kernel's TCP.
 */

/* The longest pause is so many doublings. */
#define FASTOPEN_PAUSES_MAX	6

static u64 fastopen_pause_ns(const struct net *net)
{
	return (u64)READ_ONCE(net->ipv4.sysctl_tcp_fastopen_blackhole_timeout) *
	       NSEC_PER_SEC;
}

static void fastopen_pause(struct sock *sk)
{
	struct mytcp_pernet *pernet = mytcp_pernet(sock_net(sk));

	if (!fastopen_pause_ns(sock_net(sk)))
		return;
	WRITE_ONCE(pernet->fastopen_paused_ns, mytcp_sk(sk)->now);
	/* Pairs with fastopen_paused(): whoever sees the number sees the time. */
	smp_mb__before_atomic();
	atomic_inc(&pernet->fastopen_pauses);
	mytcp_count(sock_net(sk), fastopen_blackholes);
}

static bool fastopen_paused(struct sock *sk)
{
	const struct mytcp_pernet *pernet = mytcp_pernet(sock_net(sk));
	u64 pause = fastopen_pause_ns(sock_net(sk));
	int times = atomic_read(&pernet->fastopen_pauses);

	if (!pause || !times)
		return false;
	/* Pairs with fastopen_pause(). */
	smp_rmb();
	pause <<= min(times - 1, FASTOPEN_PAUSES_MAX);
	if (mytcp_sk(sk)->now - READ_ONCE(pernet->fastopen_paused_ns) < pause)
		return true;
	mytcp_sk(sk)->fastopen_probe = true;
	return false;
}

static bool fastopen_loopback(struct sock *sk)
{
	const struct dst_entry *dst;
	bool loopback;

	rcu_read_lock();
	dst = __sk_dst_get(sk);
	loopback = dst && dst->dev->flags & IFF_LOOPBACK;
	rcu_read_unlock();
	return loopback;
}

/* All that ever came is a FIN behind a gap: the text before it was swallowed. */
static bool fastopen_lone_fin(const struct mytcp_sock *ms)
{
	struct sk_buff *skb = skb_rb_first(&ms->out_of_order);

	return skb && !skb->len && !skb_rb_next(skb);
}

/**
 * mytcp_fastopen_closing() - the user leaves: how has the connection fared?
 * @sk: locked, ms->now set; any socket
 */
void mytcp_fastopen_closing(struct sock *sk)
{
	struct mytcp_pernet *pernet = mytcp_pernet(sock_net(sk));
	const struct mytcp_sock *ms = mytcp_sk(sk);

	if (!ms->syn_option)
		return;
	if (!ms->bytes_received) {
		if (fastopen_lone_fin(ms))
			fastopen_pause(sk);
	} else if (ms->fastopen_probe && atomic_read(&pernet->fastopen_pauses) &&
		   !fastopen_loopback(sk)) {
		atomic_set(&pernet->fastopen_pauses, 0);
	}
}

/**
 * mytcp_fastopen_odd_reset() - an RST in the window, but not where the next text begins
 * @sk: locked, ms->now set
 */
void mytcp_fastopen_odd_reset(struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	if (ms->syn_option && !ms->bytes_received && sk->sk_state == TCP_ESTABLISHED)
		fastopen_pause(sk);
}

/**
 * mytcp_fastopen_timeout() - the retransmission timer is due
 * @sk: locked, ms->now set, ms->retries as it was before; mytcp_fastopen_tried(), or a
 *	child that was
 * @last: the connection is given up
 *
 * Rules: 7413-4.1.3-3
 */
void mytcp_fastopen_timeout(struct sock *sk, bool last)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);

	if (last && sk->sk_state == TCP_SYN_SENT)
		mytcp_fastopen_cache_refuse(&ms->node.tuple, ms->now);
	if (ms->retries == 2 || (ms->retries < 2 && last)) {
		fastopen_pause(sk);
		mytcp_count(sock_net(sk), fastopen_active_fails);
	}
}

/*
 * SYN
 */

static bool fastopen_needs_cookie(struct sock *sk)
{
	const struct dst_entry *dst = __sk_dst_get(sk);

	return !(READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fastopen) &
		 MYTCP_FASTOPEN_CLIENT_NO_COOKIE) &&
	       !mytcp_sk(sk)->user.fastopen_no_cookie &&
	       !(dst && dst_metric(dst, RTAX_FASTOPEN_NO_COOKIE));
}

/*
 * RFC 7413 section 4.2.2, client, 1: no more than the peer's MSS; nor than the path has
 * room for.
 */
static u32 fastopen_room(struct sock *sk, u16 peer_mss)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 mtu = ms->lower->mtu(sk);
	u32 mss = peer_mss ?: MYTCP_MSS_DEFAULT;

	if (mtu)
		mss = min_t(u32, mss, mtu - sizeof(struct tcphdr));
	if (ms->user.max_seg)
		mss = min_t(u32, mss, ms->user.max_seg);
	return mss > FASTOPEN_ROOM_OPTIONS ? mss - FASTOPEN_ROOM_OPTIONS : 0;
}

/**
 * mytcp_fastopen_plan() - the user wants Fast Open: what shall the SYN have?
 * @sk: locked, ms->now set; it has a name and a route
 * @plan: where that goes
 *
 * Rules: 7413-4.1.3-1, 7413-4.1.3-2, 7413-4.1.3-4, 7413-4.2.1-1, 7413-4.2.1-2,
 * 7413-4.2.1-7, 7413-4.2.2-1
 */
void mytcp_fastopen_plan(struct sock *sk, struct mytcp_fastopen_plan *plan)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct mytcp_fastopen_known known;

	*plan = (struct mytcp_fastopen_plan) {};
	mytcp_fastopen_cache_get(&ms->node.tuple, ms->now, &known);
	if (known.refused || fastopen_paused(sk))
		return;
	plan->room = fastopen_room(sk, known.mss);
	if (!fastopen_needs_cookie(sk)) {
		plan->text = true;
		return;
	}
	plan->option = true;
	plan->text = known.cookie.len;
	plan->cookie = known.cookie;
	if (!plan->text)
		ms->fastopen_fail = TFO_COOKIE_UNAVAILABLE;
}

/*
 * SYN,ACK
 */

/**
 * mytcp_fastopen_text_lost() - the peer has not taken what came with our SYN
 * @sk: locked; the SYN itself may still be there
 *
 * It goes out again as soon as it may. The path is not to blame: nothing slows down.
 *
 * Rules: 7413-4.2.2-4
 */
void mytcp_fastopen_text_lost(struct sock *sk)
{
	struct sk_buff *skb;

	skb_rbtree_walk(skb, &sk->tcp_rtx_queue)
		if (!(MYTCP_CB(skb)->flags & MYTCP_FLAG_SYN))
			mytcp_loss_mark(mytcp_sk(sk), skb);
}

/* What is worth to be remembered. Rules: 7413-4.2.1-7. */
static void fastopen_learn(struct mytcp_sock *ms, const struct mytcp_segment *seg,
			   bool text_missing)
{
	const struct mytcp_tuple *tuple = &ms->node.tuple;
	bool cookie = seg->opt.has_cookie && seg->opt.cookie.len;

	/* One that was not asked for is not taken. */
	cookie = cookie && ms->syn_option;
	mytcp_fastopen_cache_learn(tuple, seg->opt.mss ?: MYTCP_MSS_DEFAULT,
				   cookie ? &seg->opt.cookie : NULL);
	/*
	 * Whoever gives no cookie, and takes no text or only a SYN without the option,
	 * does not do it or is behind something that does not.
	 */
	if (!cookie && (text_missing || ms->total_retrans))
		mytcp_fastopen_cache_refuse(tuple, ms->now);
	else if (ms->syn_text && !text_missing)
		mytcp_fastopen_cache_welcome(tuple);
}

/**
 * mytcp_fastopen_answered() - a SYN,ACK for a SYN that mytcp_fastopen_tried()
 * @sk: locked, in ESTABLISHED; SND.UNA is not moved yet
 * @seg: the SYN,ACK
 *
 * Rules: 7413-4.1.3-1, 7413-4.1.3-2, 7413-4.1.3-3, 7413-4.2.2-4
 */
void mytcp_fastopen_answered(struct sock *sk, const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool missing = ms->syn_text && seq_before(seg->ack, ms->snd_nxt);

	fastopen_learn(ms, seg, missing);
	if (missing) {
		ms->fastopen_fail = ms->total_retrans ? TFO_SYN_RETRANSMITTED :
							TFO_DATA_NOT_ACKED;
		mytcp_count(sock_net(sk), fastopen_active_fails);
		mytcp_fastopen_text_lost(sk);
	} else if (ms->syn_text) {
		ms->syn_text_acked = true;
		mytcp_count(sock_net(sk), fastopen_actives);
	}
}
