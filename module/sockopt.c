// SPDX-License-Identifier: GPL-2.0
/*
 * setsockopt(2) and getsockopt(2): SOL_TCP with the kernel's own names, ranges,
 * units and errors, SOL_IP by IP's own code. SOL_SOCKET is the socket layer's.
 *
 * An option that would do nothing is refused with ENOPROTOOPT, so that a program
 * can find another way.
 */
#include <linux/capability.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sockptr.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "ack.h"
#include "cong.h"
#include "family.h"
#include "fastopen.h"
#include "mss.h"
#include "output.h"
#include "rcvbuf.h"
#include "savesyn.h"
#include "sock.h"
#include "timer.h"

/* tcp(7) has no numbers for these; the kernel's MAX_TCP_KEEP*, in seconds. */
#define MYTCP_KEEP_MAX		32767
#define MYTCP_KEEPCNT_MAX	127
#define MYTCP_SYNCNT_MAX	127
#define MYTCP_LINGER2_MAX	120
/* The longest wait for the ACK of a SYN-ACK, in seconds. */
#define MYTCP_DEFER_WAIT_MAX	120

/*
 * TCP_NODELAY is weaker than TCP_CORK, which stays, but it pushes: out goes even what
 * the cork holds back now.
 * Rules: MUST-17
 */
static int mytcp_set_nodelay(struct sock *sk, int val)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u8 cork = ms->user.cork;

	ms->user.nodelay = !!val;
	if (val) {
		ms->user.cork = 0;
		mytcp_push(sk, false);
		ms->user.cork = cork;
	}
	return 0;
}

static int mytcp_set_cork(struct sock *sk, int val)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->user.cork = !!val;
	if (!val)
		mytcp_push(sk, false);
	return 0;
}

static int mytcp_set_maxseg(struct sock *sk, int val)
{
	if (val && (val < TCP_MIN_MSS || val > MAX_TCP_WINDOW))
		return -EINVAL;
	mytcp_sk(sk)->user.max_seg = val;
	return 0;
}

static int mytcp_set_keepidle(struct sock *sk, int val)
{
	if (val < 1 || val > MYTCP_KEEP_MAX)
		return -EINVAL;
	mytcp_sk(sk)->user.keepalive_time_s = val;
	if (sock_flag(sk, SOCK_KEEPOPEN))
		sk->sk_prot->keepalive(sk, 1);
	return 0;
}

static int mytcp_set_keepintvl(struct sock *sk, int val)
{
	if (val < 1 || val > MYTCP_KEEP_MAX)
		return -EINVAL;
	mytcp_sk(sk)->user.keepalive_intvl_s = val;
	return 0;
}

static int mytcp_set_keepcnt(struct sock *sk, int val)
{
	if (val < 1 || val > MYTCP_KEEPCNT_MAX)
		return -EINVAL;
	mytcp_sk(sk)->user.keepalive_probes = val;
	return 0;
}

static int mytcp_set_syncnt(struct sock *sk, int val)
{
	if (val < 1 || val > MYTCP_SYNCNT_MAX)
		return -EINVAL;
	WRITE_ONCE(mytcp_sk(sk)->user.syn_retries, val);
	return 0;
}

/* Negative: an orphan does not stay in FIN_WAIT_2 at all. 0: the sysctl's time. */
static int mytcp_set_linger2(struct sock *sk, int val)
{
	mytcp_sk(sk)->user.linger2_s = clamp(val, -1, MYTCP_LINGER2_MAX);
	return 0;
}

static int mytcp_set_window_clamp(struct sock *sk, int val)
{
	if (!val && sk->sk_state != TCP_CLOSE)
		return -EINVAL;
	mytcp_rcvbuf_clamp(mytcp_sk(sk), val ? max_t(int, val, SOCK_MIN_RCVBUF / 2) : 0);
	return 0;
}

static int mytcp_set_notsent_lowat(struct sock *sk, int val)
{
	WRITE_ONCE(mytcp_sk(sk)->user.notsent_lowat, val);
	mytcp_wake_writers(sk);
	return 0;
}

static int mytcp_set_quick(struct sock *sk, int val)
{
	mytcp_set_quickack(sk, val);
	return 0;
}

/* RFC 9293 3.9.1.1 (OPEN's timeout), RFC 5482: milliseconds; from the next timer on. */
static int mytcp_set_user_timeout(struct sock *sk, int val)
{
	if (val < 0)
		return -EINVAL;
	mytcp_sk(sk)->user.timeout_ms = val;
	return 0;
}

static int mytcp_set_fastopen(struct sock *sk, int val)
{
	if (val < 0 || !((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN)))
		return -EINVAL;
	return mytcp_fastopen_set_queue(sk, val);
}

static int mytcp_set_fastopen_connect(struct sock *sk, int val)
{
	if (val < 0 || val > 1)
		return -EINVAL;
	if (!(READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fastopen) & MYTCP_FASTOPEN_CLIENT))
		return -EOPNOTSUPP;
	if (sk->sk_state != TCP_CLOSE)
		return -EINVAL;
	mytcp_sk(sk)->user.fastopen_connect = val;
	return 0;
}

static int mytcp_set_fastopen_no_cookie(struct sock *sk, int val)
{
	if (val < 0 || val > 1 || !((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN)))
		return -EINVAL;
	WRITE_ONCE(mytcp_sk(sk)->user.fastopen_no_cookie, val);
	return 0;
}

static int mytcp_set_save_syn(struct sock *sk, int val)
{
	if (val < 0 || val >= MYTCP_SAVE_SYN_COUNT)
		return -EINVAL;
	WRITE_ONCE(mytcp_sk(sk)->user.save_syn, val);
	return 0;
}

/* How long so many timeouts of a SYN-ACK take: 1, 2, 4 ... 64, then 120 s each. */
static int mytcp_defer_seconds(u8 steps)
{
	int seconds = 0, wait = 1;

	while (steps--) {
		seconds += wait;
		wait = min(2 * wait, MYTCP_DEFER_WAIT_MAX);
	}
	return seconds;
}

/* TCP_DEFER_ACCEPT is in seconds and counts in timeouts, rounded up. */
static int mytcp_set_defer_accept(struct sock *sk, int val)
{
	u8 steps = 0;

	while (steps < U8_MAX && mytcp_defer_seconds(steps) < val)
		steps++;
	WRITE_ONCE(mytcp_sk(sk)->user.defer_accept, steps);
	return 0;
}

static const struct mytcp_int_option {
	int name;
	int (*set)(struct sock *sk, int val);
} mytcp_int_options[] = {
	{ TCP_NODELAY, mytcp_set_nodelay },
	{ TCP_MAXSEG, mytcp_set_maxseg },
	{ TCP_CORK, mytcp_set_cork },
	{ TCP_KEEPIDLE, mytcp_set_keepidle },
	{ TCP_KEEPINTVL, mytcp_set_keepintvl },
	{ TCP_KEEPCNT, mytcp_set_keepcnt },
	{ TCP_SYNCNT, mytcp_set_syncnt },
	{ TCP_LINGER2, mytcp_set_linger2 },
	{ TCP_WINDOW_CLAMP, mytcp_set_window_clamp },
	{ TCP_QUICKACK, mytcp_set_quick },
	{ TCP_USER_TIMEOUT, mytcp_set_user_timeout },
	{ TCP_DEFER_ACCEPT, mytcp_set_defer_accept },
	{ TCP_SAVE_SYN, mytcp_set_save_syn },
	{ TCP_NOTSENT_LOWAT, mytcp_set_notsent_lowat },
	{ TCP_FASTOPEN, mytcp_set_fastopen },
	{ TCP_FASTOPEN_CONNECT, mytcp_set_fastopen_connect },
	{ TCP_FASTOPEN_NO_COOKIE, mytcp_set_fastopen_no_cookie },
};

/* The windows stay as they are; only what comes next follows the other rules. */
static void mytcp_switch_congestion(struct mytcp_sock *ms,
				    const struct mytcp_cong_ops *ops)
{
	struct mytcp_cong before = ms->cong;

	/* Who decides for himself has no ssthresh that a reduction could end at. */
	if (mytcp_cong_controls(&before) &&
	    (before.state == MYTCP_CONG_CWR || before.state == MYTCP_CONG_RECOVERY))
		before.ssthresh = before.cwnd;
	mytcp_cong_release(&ms->cong);
	mytcp_cong_init(&ms->cong, ops, before.cwnd);
	ms->cong.ssthresh = before.ssthresh;
	ms->cong.prior_cwnd = before.prior_cwnd;
	ms->cong.prior_ssthresh = before.prior_ssthresh;
	ms->cong.state = before.state;
	ms->cong.rto_again = before.rto_again;
	ms->cong.marked = before.marked;
}

/* As the kernel's: an administrator may name one that is not loaded yet. */
static const struct mytcp_cong_ops *mytcp_find_congestion(const char *name)
{
	const struct mytcp_cong_ops *ops = mytcp_cong_find(name);

	if (ops || !capable(CAP_NET_ADMIN))
		return ops;
	request_module("mytcp_cong_%s", name);
	return mytcp_cong_find(name);
}

static int mytcp_set_congestion(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	const struct mytcp_cong_ops *ops;
	char name[MYTCP_CONG_NAME_MAX];
	int err = 0;
	long len;

	if (optlen < 1)
		return -EINVAL;
	len = strncpy_from_sockptr(name, optval, min_t(size_t, sizeof(name) - 1, optlen));
	if (len < 0)
		return -EFAULT;
	name[len] = '\0';

	if (READ_ONCE(ms->congestion_locked))
		return -EPERM;
	ops = mytcp_find_congestion(name);
	if (!ops)
		return -ENOENT;
	lock_sock(sk);
	if (ms->congestion_locked) {
		module_put(ops->owner);
		err = -EPERM;
	} else if (ops == ms->cong.ops) {
		module_put(ops->owner);
	} else if (READ_ONCE(ops->allowed) ||
		   ns_capable(sock_net(sk)->user_ns, CAP_NET_ADMIN)) {
		mytcp_switch_congestion(ms, ops);
	} else {
		module_put(ops->owner);
		err = -EPERM;
	}
	release_sock(sk);
	return err;
}

/* One key or two, the one in use first. */
static int mytcp_set_fastopen_key(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	u8 keys[MYTCP_FASTOPEN_KEYS * MYTCP_FASTOPEN_KEY_LEN];
	int err;

	if (optlen != MYTCP_FASTOPEN_KEY_LEN && optlen != sizeof(keys))
		return -EINVAL;
	if (copy_from_sockptr(keys, optval, optlen))
		return -EFAULT;
	lock_sock(sk);
	err = mytcp_fastopen_set_keys(sk, keys, optlen / MYTCP_FASTOPEN_KEY_LEN);
	release_sock(sk);
	memzero_explicit(keys, sizeof(keys));
	return err;
}

static int mytcp_set_tcp(struct sock *sk, int optname, sockptr_t optval,
			 unsigned int optlen)
{
	int val;
	int err;
	int i;

	if (optname == TCP_CONGESTION)
		return mytcp_set_congestion(sk, optval, optlen);
	if (optname == TCP_FASTOPEN_KEY)
		return mytcp_set_fastopen_key(sk, optval, optlen);

	if (optlen < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;

	for (i = 0; i < ARRAY_SIZE(mytcp_int_options); i++) {
		if (mytcp_int_options[i].name != optname)
			continue;
		lock_sock(sk);
		mytcp_sk(sk)->now = mytcp_clock();
		err = mytcp_int_options[i].set(sk, val);
		release_sock(sk);
		return err;
	}
	return -ENOPROTOOPT;
}

/* Rules: MUST-48, MUST-49, SHLD-21, MAY-10, MAY-11. */
static int mytcp_set_ip(struct sock *sk, int level, int optname, sockptr_t optval,
			unsigned int optlen)
{
	int err = ip_setsockopt(sk, level, optname, optval, optlen);

	/* RFC 9293 MUST-16: IP options take their room from the segment. */
	if (!err && level == SOL_IP && optname == IP_OPTIONS) {
		lock_sock(sk);
		mytcp_mss_sync(sk);
		release_sock(sk);
	}
	return err;
}

/**
 * mytcp_setsockopt() - setsockopt(2), all levels but SOL_SOCKET
 * @sock: of any state
 * @level: SOL_TCP or SOL_IP
 * @optname: the option
 * @optval: its value
 * @optlen: bytes of @optval
 *
 * Return: 0 or -errno: -EINVAL, -EFAULT, -ENOPROTOOPT, -ENOENT for an unknown
 * congestion control, -EPERM for one that only administrators may choose, -EOPNOTSUPP
 * for TCP_FASTOPEN_CONNECT where net.ipv4.tcp_fastopen does not allow it.
 */
int mytcp_setsockopt(struct socket *sock, int level, int optname,
		     sockptr_t optval, unsigned int optlen)
{
	if (level == SOL_TCP)
		return mytcp_set_tcp(sock->sk, optname, optval, optlen);
	return mytcp_set_ip(sock->sk, level, optname, optval, optlen);
}

static void mytcp_info_negotiated(struct sock *sk, struct tcp_info *info)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	u32 mtu = ms->lower->mtu(sk);

	if (mtu)
		info->tcpi_pmtu = mtu + ms->lower->net_header;
	if (ms->ts_ok)
		info->tcpi_options |= TCPI_OPT_TIMESTAMPS;
	if (ms->sack_ok)
		info->tcpi_options |= TCPI_OPT_SACK;
	if (ms->ecn.ok)
		info->tcpi_options |= TCPI_OPT_ECN;
	if (ms->ecn.seen)
		info->tcpi_options |= TCPI_OPT_ECN_SEEN;
	if (ms->syn_text_acked)
		info->tcpi_options |= TCPI_OPT_SYN_DATA;
	info->tcpi_fastopen_client_fail = ms->fastopen_fail;
	if (ms->wscale_ok) {
		info->tcpi_options |= TCPI_OPT_WSCALE;
		info->tcpi_snd_wscale = ms->snd_wscale;
		info->tcpi_rcv_wscale = ms->rcv_wscale;
	}
	info->tcpi_snd_mss = mytcp_current_mss(ms);
	info->tcpi_rcv_mss = ms->rcv_mss;
	info->tcpi_advmss = ms->advmss;
}

static u8 mytcp_ca_state(const struct mytcp_sock *ms)
{
	switch (ms->cong.state) {
	case MYTCP_CONG_CWR:
		return TCP_CA_CWR;
	case MYTCP_CONG_RECOVERY:
		return TCP_CA_Recovery;
	case MYTCP_CONG_LOSS:
		return TCP_CA_Loss;
	default:
		return ms->dup_acks || ms->sacked_out ? TCP_CA_Disorder : TCP_CA_Open;
	}
}

/* How often it was tried in vain. Rules: SHLD-9. */
static void mytcp_info_recovery(const struct mytcp_sock *ms, struct tcp_info *info)
{
	info->tcpi_ca_state = mytcp_ca_state(ms);
	info->tcpi_retransmits = min_t(u32, ms->retries, U8_MAX);
	info->tcpi_probes = min_t(u32, ms->probes_out, U8_MAX);
	info->tcpi_backoff = ms->rtt.backoff;
	info->tcpi_rto = mytcp_rtt_rto(&ms->rtt, MYTCP_RTO_MAX_US);
	info->tcpi_rtt = ms->rtt.srtt_us >> 3;
	info->tcpi_rttvar = ms->rtt.rttvar_us >> 2;
	info->tcpi_min_rtt = ms->rtt.min_rtt_us;
	info->tcpi_snd_ssthresh = ms->cong.ssthresh;
	info->tcpi_unacked = ms->packets_out;
	info->tcpi_lost = ms->lost_out;
	info->tcpi_sacked = ms->sacked_out;
	info->tcpi_retrans = ms->retrans_out;
	info->tcpi_total_retrans = ms->total_retrans;
	info->tcpi_dsack_dups = ms->dsack_dups;
	info->tcpi_reordering = MYTCP_DUPTHRESH;
	info->tcpi_reord_seen = ms->rack.reordering_seen;
	info->tcpi_delivered_ce = ms->delivered_ce;
}

/* Milliseconds; 0, too, for what has never been. */
static u32 mytcp_ms_since(u64 now, u64 when)
{
	return when ? div_u64(now - when, NSEC_PER_MSEC) : 0;
}

static void mytcp_info_traffic(const struct mytcp_sock *ms, struct tcp_info *info)
{
	u64 now = mytcp_clock();

	/* As Linux's: the beginning counts for text. */
	info->tcpi_last_data_sent = mytcp_ms_since(now, ms->last_sent ?: ms->opened);
	info->tcpi_last_data_recv = mytcp_ms_since(now, ms->last_data_rcvd ?: ms->opened);
	info->tcpi_last_ack_recv = mytcp_ms_since(now, ms->last_rcvd);
	info->tcpi_bytes_acked = ms->bytes_acked;
	info->tcpi_bytes_received = ms->bytes_received;
	info->tcpi_bytes_sent = ms->bytes_sent;
	info->tcpi_bytes_retrans = ms->bytes_retrans;
	info->tcpi_delivered = ms->rate.delivered;
	info->tcpi_delivery_rate = mytcp_rate_bytes(&ms->rate, ms->mss);
	info->tcpi_delivery_rate_app_limited = ms->rate.best_app_limited;
	info->tcpi_notsent_bytes = ms->write_seq - ms->snd_nxt;
	info->tcpi_segs_in = ms->segs_in;
	info->tcpi_segs_out = ms->segs_out;
	info->tcpi_data_segs_in = ms->data_segs_in;
	info->tcpi_data_segs_out = ms->data_segs_out;
	info->tcpi_snd_wnd = ms->snd_wnd;
	info->tcpi_rcv_space = ms->drs.space;
	info->tcpi_rcv_rtt = ms->drs.rtt_us8 >> 3;
	info->tcpi_rcv_ssthresh = ms->rcv_ssthresh;
	info->tcpi_ato = MYTCP_DELACK_MAX_NS / NSEC_PER_USEC;
}

static u64 mytcp_rate(unsigned long rate)
{
	return rate == ~0UL ? ~0ULL : rate;
}

/* The kernel's struct; what a connection here does not have stays 0. */
static void mytcp_get_info(struct sock *sk, struct tcp_info *info)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	memset(info, 0, sizeof(*info));
	lock_sock(sk);
	info->tcpi_state = sk->sk_state;
	info->tcpi_pacing_rate = mytcp_rate(READ_ONCE(sk->sk_pacing_rate));
	info->tcpi_max_pacing_rate = mytcp_rate(READ_ONCE(sk->sk_max_pacing_rate));
	info->tcpi_snd_cwnd = ms->cong.cwnd;
	if (sk->sk_state == TCP_LISTEN) {
		/* As the kernel's: children that wait, and how many may. */
		info->tcpi_unacked = READ_ONCE(sk->sk_ack_backlog);
		info->tcpi_sacked = READ_ONCE(sk->sk_max_ack_backlog);
	} else {
		mytcp_info_negotiated(sk, info);
		mytcp_info_recovery(ms, info);
		mytcp_info_traffic(ms, info);
	}
	release_sock(sk);
}

/* A value of any length, cut to what the user has room for. */
static int mytcp_put(const void *val, int size, char __user *optval, int __user *optlen)
{
	int len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	len = min(len, size);
	if (put_user(len, optlen) || copy_to_user(optval, val, len))
		return -EFAULT;
	return 0;
}

/* An int option's value, or -ENOPROTOOPT; some are negative themselves. */
static int mytcp_get_int(struct sock *sk, int optname, int *val)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	const struct mytcp_user *user = &ms->user;
	const struct netns_ipv4 *net = &sock_net(sk)->ipv4;

	switch (optname) {
	case TCP_NODELAY:
		*val = user->nodelay;
		break;
	case TCP_CORK:
		*val = user->cork;
		break;
	case TCP_MAXSEG:
		*val = user->max_seg && (1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN) ?
		       user->max_seg : mytcp_current_mss(ms);
		break;
	case TCP_KEEPIDLE:
		*val = user->keepalive_time_s ?:
		       READ_ONCE(net->sysctl_tcp_keepalive_time) / HZ;
		break;
	case TCP_KEEPINTVL:
		*val = user->keepalive_intvl_s ?:
		       READ_ONCE(net->sysctl_tcp_keepalive_intvl) / HZ;
		break;
	case TCP_KEEPCNT:
		*val = user->keepalive_probes ?:
		       READ_ONCE(net->sysctl_tcp_keepalive_probes);
		break;
	case TCP_SYNCNT:
		*val = user->syn_retries ?: READ_ONCE(net->sysctl_tcp_syn_retries);
		break;
	case TCP_LINGER2:
		*val = user->linger2_s ?: READ_ONCE(net->sysctl_tcp_fin_timeout) / HZ;
		break;
	case TCP_WINDOW_CLAMP:
		*val = user->window_clamp;
		break;
	case TCP_QUICKACK:
		*val = !ms->pingpong;
		break;
	case TCP_USER_TIMEOUT:
		*val = user->timeout_ms;
		break;
	case TCP_DEFER_ACCEPT:
		*val = mytcp_defer_seconds(user->defer_accept);
		break;
	case TCP_SAVE_SYN:
		*val = user->save_syn;
		break;
	case TCP_NOTSENT_LOWAT:
		*val = user->notsent_lowat;
		break;
	case TCP_FASTOPEN:
		*val = mytcp_fastopen_queue(sk);
		break;
	case TCP_FASTOPEN_CONNECT:
		*val = user->fastopen_connect;
		break;
	case TCP_FASTOPEN_NO_COOKIE:
		*val = user->fastopen_no_cookie;
		break;
	default:
		return -ENOPROTOOPT;
	}
	return 0;
}

/* Read once; too little room is told, and what would do. Socket locked. */
static int mytcp_take_saved_syn(struct sock *sk, char __user *optval, int __user *optlen)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	const struct mytcp_saved_syn *syn = ms->saved_syn;
	int len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (put_user(syn ? syn->len : 0, optlen))
		return -EFAULT;
	if (!syn)
		return 0;
	if (len < syn->len)
		return -EINVAL;
	if (copy_to_user(optval, syn->data, syn->len))
		return -EFAULT;
	kfree(syn);
	ms->saved_syn = NULL;
	return 0;
}

static int mytcp_get_fastopen_key(struct sock *sk, char __user *optval,
				  int __user *optlen)
{
	u8 keys[MYTCP_FASTOPEN_KEYS * MYTCP_FASTOPEN_KEY_LEN];
	int len, err;

	lock_sock(sk);
	len = mytcp_fastopen_keys(sk, keys);
	release_sock(sk);
	err = mytcp_put(keys, len, optval, optlen);
	memzero_explicit(keys, sizeof(keys));
	return err;
}

static int mytcp_get_tcp(struct sock *sk, int optname, char __user *optval,
			 int __user *optlen)
{
	struct tcp_info info;
	char name[MYTCP_CONG_NAME_MAX] = {};
	int val;
	int err;

	switch (optname) {
	case TCP_INFO:
		mytcp_get_info(sk, &info);
		return mytcp_put(&info, sizeof(info), optval, optlen);
	case TCP_CONGESTION:
		lock_sock(sk);
		strscpy(name, mytcp_sk(sk)->cong.ops->name, sizeof(name));
		release_sock(sk);
		return mytcp_put(name, sizeof(name), optval, optlen);
	case TCP_FASTOPEN_KEY:
		return mytcp_get_fastopen_key(sk, optval, optlen);
	case TCP_SAVED_SYN:
		lock_sock(sk);
		err = mytcp_take_saved_syn(sk, optval, optlen);
		release_sock(sk);
		return err;
	default:
		err = mytcp_get_int(sk, optname, &val);
		return err ?: mytcp_put(&val, sizeof(val), optval, optlen);
	}
}

/**
 * mytcp_getsockopt() - getsockopt(2), all levels but SOL_SOCKET
 * @sock: of any state
 * @level: SOL_TCP or SOL_IP
 * @optname: the option
 * @optval: where its value goes
 * @optlen: room there, and what was used of it
 *
 * Return: 0 or -errno: -EINVAL, -EFAULT, -ENOPROTOOPT.
 */
int mytcp_getsockopt(struct socket *sock, int level, int optname,
		     char __user *optval, int __user *optlen)
{
	if (level == SOL_TCP)
		return mytcp_get_tcp(sock->sk, optname, optval, optlen);
	return ip_getsockopt(sock->sk, level, optname, optval, optlen);
}
