// SPDX-License-Identifier: GPL-2.0
/*
 * Urgent data: see urgent.h.
 */
#include "urgent.h"

/*
 * The sequence number of the urgent octet. The pointer is that of the octet
 * behind it, as every stack sends it (RFC 6093 section 3.1), unless
 * net.ipv4.tcp_stdurg asks for RFC 1122's reading.
 */
static u32 mytcp_urgent_octet(const struct sock *sk, const struct mytcp_segment *seg)
{
	u32 ptr = seg->urg;

	if (ptr && !READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_stdurg))
		ptr--;
	return seg->seq + ptr;
}

/* Reading goes on behind the urgent octet. */
static void mytcp_urgent_pass(struct sock *sk)
{
	struct sk_buff *skb = skb_peek(&sk->sk_receive_queue);
	struct mytcp_sock *ms = mytcp_sk(sk);

	WRITE_ONCE(ms->copied_seq, ms->copied_seq + 1);
	/* No reader would look at a buffer again that was read to its end. */
	if (skb && seq_before_eq(MYTCP_CB(skb)->end_seq, ms->copied_seq)) {
		__skb_unlink(skb, &sk->sk_receive_queue);
		__kfree_skb(skb);
	}
}

/*
 * A new urgent pointer: tell the user, and drop an urgent octet he left unread.
 * Rules: MUST-32
 */
static void mytcp_urgent_pointer_moves(struct sock *sk, u32 octet)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	/* Already read past it, or not newer than what we know: RCV.UP = max() */
	if (seq_after(ms->copied_seq, octet))
		return;
	if (ms->urg_data && !seq_after(octet, ms->urg_seq))
		return;

	sk_send_sigurg(sk);
	/*
	 * The old urgent octet was not read out of band and is the next to be
	 * read: it must not turn up in line.
	 */
	if (ms->urg_seq == ms->copied_seq && ms->urg_data &&
	    !sock_flag(sk, SOCK_URGINLINE) && ms->copied_seq != ms->rcv_nxt)
		mytcp_urgent_pass(sk);
	WRITE_ONCE(ms->urg_data, MYTCP_URG_NOTYET);
	WRITE_ONCE(ms->urg_seq, octet);
	ms->rcv_up = octet + 1;
}

/**
 * mytcp_urgent_arrived() - 3.10.7.4, sixth: the URG bit
 * @sk: locked, in a state that takes text
 * @skb: the segment, data at the TCP header
 * @seg: the same
 *
 * Rules: MUST-30
 */
void mytcp_urgent_arrived(struct sock *sk, const struct sk_buff *skb,
			  const struct mytcp_segment *seg)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	u32 offset;
	u8 octet;

	mytcp_urgent_pointer_moves(sk, mytcp_urgent_octet(sk, seg));
	if (ms->urg_data != MYTCP_URG_NOTYET)
		return;
	/* Is the octet in this segment? */
	offset = ms->urg_seq - seg->seq;
	if (offset >= seg->len ||
	    skb_copy_bits(skb, seg->hdr_len + offset, &octet, 1))
		return;
	WRITE_ONCE(ms->urg_data, MYTCP_URG_VALID | octet);
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_data_ready(sk);
}
