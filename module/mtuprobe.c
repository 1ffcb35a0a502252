// SPDX-License-Identifier: GPL-2.0
/*
 * Probes for a larger segment size: see mtuprobe.h.
 */
#include <net/tcp.h>

#include "mss.h"
#include "mtuprobe.h"
#include "sack_report.h"
#include "sendqueue.h"
#include "undo.h"

/* Segments that follow a probe, so that SACK or duplicate ACKs tell of its loss. */
#define MTUPROBE_FOLLOWERS	4
/* With less a loss that is none of congestion would weigh too much. As Linux's. */
#define MTUPROBE_CWND_MIN	11

/* As sizes are counted: with the options that each segment has. */
static u32 mtuprobe_base(const struct sock *sk)
{
	return READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_base_mss) +
	       mytcp_fixed_options(mytcp_sk(sk));
}

/**
 * mytcp_mtuprobe_init() - net.ipv4.tcp_mtu_probing when a connection opens
 * @sk: locked, ms->now set; what the peer's SYN says is known
 */
void mytcp_mtuprobe_init(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	bool on = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_mtu_probing) > 1;

	mytcp_plpmtud_init(&ms->plpmtud, mtuprobe_base(sk), ms->mss_clamp, on, ms->now);
}

/* Neither in a recovery nor without room: RFC 4821 section 7.4. */
static bool mtuprobe_allowed(const struct mytcp_sock *ms)
{
	return ms->plpmtud.on && !ms->plpmtud.probe && ms->cong.state == MYTCP_CONG_OPEN &&
	       !ms->lost_out && ms->cong.cwnd >= MTUPROBE_CWND_MIN && !ms->nr_sacks &&
	       !mytcp_sack_report_holds_duplicate(ms) && !ms->urg_mode;
}

/**
 * mytcp_mtuprobe_due() - shall the next segment be a probe?
 * @sk: locked, ms->now set; something is unsent
 * @wait: set when it shall, and there is no room for it as yet: nothing is to be sent
 *	until an ACK comes
 *
 * Return: octets of its payload, 0: no.
 */
u32 mytcp_mtuprobe_due(struct sock *sk, bool *wait)
{
	const struct netns_ipv4 *net = &sock_net(sk)->ipv4;
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 in_flight = mytcp_in_flight(ms);
	u32 size, len, needed;

	if (!mtuprobe_allowed(ms))
		return 0;
	size = mytcp_plpmtud_next(&ms->plpmtud, mytcp_mss_most(ms),
				  READ_ONCE(net->sysctl_tcp_probe_threshold));
	if (!size) {
		mytcp_plpmtud_again(&ms->plpmtud, ms->mss + mytcp_fixed_options(ms),
				    ms->mss_clamp,
				    (u64)READ_ONCE(net->sysctl_tcp_probe_interval) * NSEC_PER_SEC,
				    ms->now);
		return 0;
	}
	len = size - mytcp_fixed_options(ms);
	needed = len + MTUPROBE_FOLLOWERS * ms->mss;
	if (ms->write_seq - ms->snd_nxt < needed || ms->snd_wnd < needed)
		return 0;
	if (seq_after(ms->snd_nxt + needed, ms->snd_una + ms->snd_wnd) ||
	    (in_flight && in_flight + 2 > ms->cong.cwnd)) {
		*wait = true;
		return 0;
	}
	return len;
}

/**
 * mytcp_mtuprobe_prepare() - make the first unsent buffer a probe
 * @sk: locked
 * @len: octets of payload
 *
 * Return: false when the queue cannot be cut so.
 */
bool mytcp_mtuprobe_prepare(struct sock *sk, u32 len)
{
	struct sk_buff *skb = mytcp_unsent_head(sk);

	return mytcp_gather(sk, skb, len) &&
	       (skb->len == len || !mytcp_fragment(sk, skb, len));
}

/**
 * mytcp_mtuprobe_sent() - a probe is on the way
 * @sk: locked
 * @len: octets of payload
 *
 * It counts as one segment but takes the path's room of two, or nearly.
 */
void mytcp_mtuprobe_sent(struct sock *sk, u32 len)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	ms->cong.cwnd--;
	mytcp_plpmtud_sent(&ms->plpmtud, len + mytcp_fixed_options(ms), ms->snd_nxt - len);
	mytcp_count(sock_net(sk), mtu_probes);
}

/**
 * mytcp_mtuprobe_arrived() - the probe is acknowledged: segments are as large from now on
 * @sk: locked
 */
void mytcp_mtuprobe_arrived(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 before = ms->mss;

	mytcp_plpmtud_arrived(&ms->plpmtud);
	mytcp_mss_sync(sk);
	if (ms->mss > before)
		mytcp_cong_rescale(&ms->cong, before, ms->mss);
}

/**
 * mytcp_mtuprobe_failed() - something is lost: the probe, and nothing else?
 * @sk: locked; something is marked LOST
 *
 * Then it is sent again in segments of the usual size, and no window is reduced: RFC
 * 4821 section 7.6.2. Else its fate says nothing.
 *
 * Return: true when that is so.
 */
bool mytcp_mtuprobe_failed(struct sock *sk)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (likely(!mytcp_mtuprobe_at(ms, ms->snd_una)) || ms->lost_out != 1 ||
	    !(MYTCP_CB(mytcp_sent_head(sk))->marks & MYTCP_MARK_LOST))
		return false;
	mytcp_plpmtud_failed(&ms->plpmtud);
	ms->cong.cwnd++;
	mytcp_undo_forget(ms);
	mytcp_count(sock_net(sk), mtu_probes_lost);
	return true;
}

/**
 * mytcp_mtuprobe_black_hole() - timeout after timeout: is it the size of the segments?
 * @sk: locked, ms->now set
 */
void mytcp_mtuprobe_black_hole(struct sock *sk)
{
	const struct netns_ipv4 *net = &sock_net(sk)->ipv4;
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 floor = max3(READ_ONCE(net->sysctl_tcp_mtu_probe_floor),
			 READ_ONCE(net->sysctl_tcp_min_snd_mss), MYTCP_MSS_MIN);

	if (!READ_ONCE(net->sysctl_tcp_mtu_probing) ||
	    (1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return;
	mytcp_plpmtud_shrink(&ms->plpmtud, mtuprobe_base(sk), floor + mytcp_fixed_options(ms),
			     ms->now);
	mytcp_mss_sync(sk);
}
