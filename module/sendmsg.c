// SPDX-License-Identifier: GPL-2.0
/*
 * SEND, RFC 9293 3.10.2 and 3.9.1.2: the user's bytes are copied once, into page
 * fragments of buffers that hold as many segments as the path's offload takes,
 * so that what waits in the queue is what goes down.
 */
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "delivery.h"
#include "family.h"
#include "fastopen.h"
#include "mss.h"
#include "output.h"
#include "sendqueue.h"
#include "sock.h"

/* After so many buffers the segments that came meanwhile are looked at. */
#define MYTCP_BACKLOG_EVERY	16

/* The buffer that bytes may be added to: the last, if it was never sent. */
static struct sk_buff *mytcp_open_tail(const struct sock *sk)
{
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);

	return skb && !(MYTCP_CB(skb)->marks & MYTCP_MARK_EOR) ? skb : NULL;
}

/* A buffer without bytes must not be found in the queue when we sleep. */
static void mytcp_remove_empty(struct sock *sk)
{
	struct sk_buff *skb = mytcp_open_tail(sk);

	if (!skb || MYTCP_CB(skb)->seq != MYTCP_CB(skb)->end_seq)
		return;
	__skb_unlink(skb, &sk->sk_write_queue);
	mytcp_free_send_skb(sk, skb);
}

static void mytcp_mark_push(struct mytcp_sock *ms, struct sk_buff *skb)
{
	MYTCP_CB(skb)->flags |= MYTCP_FLAG_PSH;
	ms->pushed_seq = ms->write_seq;
}

/*
 * RFC 9293 3.9.1.2: a sender that collects data must not collect for ever. Half
 * of the largest window without a push is enough.
 * Rules: MUST-60
 */
static bool mytcp_forced_push(const struct mytcp_sock *ms)
{
	return seq_after(ms->write_seq, ms->pushed_seq + (ms->max_snd_wnd >> 1));
}

/*
 * What a call has written so far goes out as the rules allow. The last segment
 * of it is pushed (RFC 9293 SHLD-27) unless more is to come.
 * Rules: MUST-61
 */
static void mytcp_push_written(struct sock *sk, int flags)
{
	struct mytcp_sock *ms = mytcp_sk(sk);
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);
	bool more = flags & MSG_MORE;

	if (flags & MSG_OOB) {
		/* RFC 9293 3.8.5: it points right after the last byte. */
		ms->snd_up = ms->write_seq;
		ms->urg_mode = true;
	}
	if (skb && (!more || mytcp_forced_push(ms)))
		mytcp_mark_push(ms, skb);
	ms->now = mytcp_clock();
	mytcp_push(sk, more);
}

/* Few bytes and nothing else: behind the headers, which needs no page. */
static int mytcp_copy_linear(struct sock *sk, struct sk_buff *skb,
			     struct iov_iter *from, int copy)
{
	int err = skb_add_data_nocache(sk, skb, from, copy);

	return err ?: copy;
}

/*
 * Up to "copy" bytes into the task's or socket's page fragment. -EMSGSIZE: the
 * buffer has no room for another fragment, -ENOBUFS: there is no memory now.
 */
static int mytcp_copy_frag(struct sock *sk, struct sk_buff *skb,
			   struct iov_iter *from, int copy)
{
	struct page_frag *pfrag = sk_page_frag(sk);
	int i = skb_shinfo(skb)->nr_frags;
	bool merge;
	int err;

	if (!sk_page_frag_refill(sk, pfrag))
		return -ENOBUFS;
	merge = skb_can_coalesce(skb, i, pfrag->page, pfrag->offset);
	if (!merge && i >= MAX_SKB_FRAGS)
		return -EMSGSIZE;
	copy = min_t(int, copy, pfrag->size - pfrag->offset);
	if (!sk_wmem_schedule(sk, copy))
		return -ENOBUFS;

	/* Adds to len, data_len, truesize and to what the socket is charged. */
	err = skb_copy_to_page_nocache(sk, from, skb, pfrag->page, pfrag->offset, copy);
	if (err)
		return err;

	if (merge) {
		skb_frag_size_add(&skb_shinfo(skb)->frags[i - 1], copy);
	} else {
		skb_fill_page_desc(skb, i, pfrag->page, pfrag->offset, copy);
		page_ref_inc(pfrag->page);
	}
	pfrag->offset += copy;
	return copy;
}

/* Bytes copied to the end of skb, no more than "room"; or -errno as above. */
static int mytcp_append(struct sock *sk, struct sk_buff *skb, struct msghdr *msg,
			int room)
{
	size_t left = msg_data_left(msg);
	int copy = min_t(size_t, left, room);

	if (!skb_shinfo(skb)->nr_frags && left == copy && copy <= skb_tailroom(skb))
		copy = mytcp_copy_linear(sk, skb, &msg->msg_iter, copy);
	else
		copy = mytcp_copy_frag(sk, skb, &msg->msg_iter, copy);
	if (copy < 0)
		return copy;

	WRITE_ONCE(mytcp_sk(sk)->write_seq, mytcp_sk(sk)->write_seq + copy);
	MYTCP_CB(skb)->end_seq += copy;
	return copy;
}

/* A full buffer: let it go, if it is what the connection waits for. */
static void mytcp_push_full(struct sock *sk, struct sk_buff *skb)
{
	struct mytcp_sock *ms = mytcp_sk(sk);

	if (mytcp_forced_push(ms))
		mytcp_mark_push(ms, skb);
	else if (skb != mytcp_unsent_head(sk))
		return;
	ms->now = mytcp_clock();
	mytcp_push(sk, true);
}

/* Bytes that one buffer shall hold. An urgent pointer belongs to one segment. */
static int mytcp_goal(const struct sock *sk, int flags)
{
	return flags & MSG_OOB ? mytcp_current_mss(mytcp_sk(sk)) : mytcp_size_goal(sk);
}

/*
 * Copy as much as the send buffer takes, without waiting. "*copied" counts on.
 * 0: all of it; -ENOBUFS: the buffer is full; -EFAULT, -EPIPE.
 */
static int mytcp_fill(struct sock *sk, struct msghdr *msg, int *copied)
{
	struct sk_buff *skb = mytcp_open_tail(sk);
	int goal, buffers = 0;

	if (sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN))
		return -EPIPE;

	mytcp_mss_follow(sk);
	goal = mytcp_goal(sk, msg->msg_flags);

	while (msg_data_left(msg)) {
		int n;

		if (!skb || skb->len >= goal) {
			if (!sk_stream_memory_free(sk))
				return -ENOBUFS;
			if (++buffers > MYTCP_BACKLOG_EVERY && sk_flush_backlog(sk))
				return -EAGAIN;
			skb = mytcp_alloc_send_skb(sk, sk->sk_allocation);
			if (!skb)
				return -ENOBUFS;
			mytcp_queue_tail(sk, skb);
		}

		n = mytcp_append(sk, skb, msg, goal - skb->len);
		if (n == -EMSGSIZE) {
			mytcp_mark_push(mytcp_sk(sk), skb);
			skb = NULL;
			continue;
		}
		if (n < 0)
			return n;
		/* Pushed once, but the end of the data is no longer here. */
		if (!*copied)
			MYTCP_CB(skb)->flags &= ~MYTCP_FLAG_PSH;
		*copied += n;

		if (!msg_data_left(msg)) {
			if (msg->msg_flags & MSG_EOR)
				MYTCP_CB(skb)->marks |= MYTCP_MARK_EOR;
		} else if (skb->len >= goal && !(msg->msg_flags & MSG_OOB)) {
			mytcp_push_full(sk, skb);
			skb = mytcp_open_tail(sk);
		}
	}
	return 0;
}

/* The send buffer is full: send what there is and wait for acknowledgments. */
static int mytcp_wait_for_space(struct sock *sk, struct msghdr *msg, long *timeo,
				int copied)
{
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	mytcp_remove_empty(sk);
	if (copied)
		mytcp_push_written(sk, msg->msg_flags & ~(MSG_MORE | MSG_OOB));
	return sk_stream_wait_memory(sk, timeo);
}

/* Fill and wait in turn. 0 or -errno, "*copied" bytes are in the queue. */
static int mytcp_write(struct sock *sk, struct msghdr *msg, long timeo, int *copied)
{
	int err;

	for (;;) {
		err = mytcp_fill(sk, msg, copied);
		if (err == -EAGAIN)
			continue;
		if (err != -ENOBUFS)
			break;
		err = mytcp_wait_for_space(sk, msg, &timeo, *copied);
		if (err)
			break;
	}
	if (err)
		mytcp_remove_empty(sk);
	return err;
}

/**
 * mytcp_fill_syn() - queue text to go out with the SYN
 * @sk: locked, in SYN_SENT; the SYN is queued
 * @msg: the text; what is taken is taken off
 * @room: octets, at most
 *
 * Context: process; may sleep.
 * Return: 0, be it that there is no text or room; -ENOBUFS or -EFAULT when nothing
 * could be taken.
 */
int mytcp_fill_syn(struct sock *sk, struct msghdr *msg, u32 room)
{
	u32 left = min_t(size_t, room, msg_data_left(msg));
	struct sk_buff *skb;
	int n = 0;

	if (!left)
		return 0;
	skb = mytcp_alloc_send_skb(sk, sk->sk_allocation);
	if (!skb)
		return -ENOBUFS;
	mytcp_queue_tail(sk, skb);
	while (left) {
		n = mytcp_append(sk, skb, msg, left);
		if (n < 0)
			break;
		left -= n;
	}
	if (!skb->len) {
		mytcp_remove_empty(sk);
		return n;
	}
	mytcp_mark_push(mytcp_sk(sk), skb);
	return 0;
}

/* Is the next text for a SYN? */
static bool mytcp_opens(const struct sock *sk, const struct msghdr *msg)
{
	return msg->msg_flags & MSG_FASTOPEN ||
	       (sk->sk_state == TCP_SYN_SENT && mytcp_sk(sk)->connect_deferred);
}

static bool mytcp_unspecified(const struct msghdr *msg)
{
	const struct sockaddr *addr = msg->msg_name;

	return addr && msg->msg_namelen >= sizeof(addr->sa_family) &&
	       addr->sa_family == AF_UNSPEC;
}

/*
 * connect(2) and the first text in one: RFC 7413, MSG_FASTOPEN or TCP_FASTOPEN_CONNECT.
 * "*copied" bytes have gone with the SYN. -EINPROGRESS when the call does not wait.
 */
static int mytcp_send_open(struct sock *sk, struct msghdr *msg, int *copied)
{
	int flags = msg->msg_flags & MSG_DONTWAIT ? O_NONBLOCK : 0;
	struct mytcp_sock *ms = mytcp_sk(sk);
	size_t before = msg_data_left(msg);
	int err;

	if (!(READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fastopen) & MYTCP_FASTOPEN_CLIENT) ||
	    mytcp_unspecified(msg))
		return -EOPNOTSUPP;
	if (ms->fastopen_busy)
		return -EALREADY;

	ms->fastopen_busy = true;
	err = mytcp_open_locked(sk->sk_socket, msg->msg_name, msg->msg_namelen, flags, msg);
	ms->fastopen_busy = false;
	*copied = before - msg_data_left(msg);
	return err;
}

/* Text waits for the connection, but that of a Fast Open child goes at once. */
static int mytcp_send_wait(struct sock *sk, long *timeo)
{
	if (likely((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) ||
	    (sk->sk_state == TCP_SYN_RECV && mytcp_fastopen_opening(sk)))
		return 0;
	return sk_stream_wait_connect(sk, timeo);
}

/* What must be true before the first byte is taken. */
static int mytcp_send_prepare(struct sock *sk, struct msghdr *msg, long *timeo)
{
	struct sockcm_cookie sockc;
	int err = mytcp_send_wait(sk, timeo);

	if (err)
		return err;

	if (msg->msg_controllen) {
		sockcm_init(&sockc, sk);
		if (sock_cmsg_send(sk, msg, &sockc))
			return -EINVAL;
	}
	sk_clear_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	return 0;
}

static int mytcp_sendmsg_locked(struct sock *sk, struct msghdr *msg)
{
	long timeo = sock_sndtimeo(sk, msg->msg_flags & MSG_DONTWAIT);
	int copied = 0;
	int err;

	if (unlikely(mytcp_opens(sk, msg))) {
		err = mytcp_send_open(sk, msg, &copied);
		if (err == -EINPROGRESS && copied)
			return copied;
		if (err)
			return sk_stream_error(sk, msg->msg_flags, err);
	}
	mytcp_delivery_check_app(sk);
	err = mytcp_send_prepare(sk, msg, &timeo);
	if (!err)
		err = mytcp_write(sk, msg, timeo, &copied);
	if (copied) {
		mytcp_push_written(sk, msg->msg_flags);
		return copied;
	}
	if (!err)
		return 0;

	err = sk_stream_error(sk, msg->msg_flags, err);
	/* Nothing is left to be acknowledged that would wake an edge trigger. */
	if (err == -EAGAIN && !mytcp_sk(sk)->packets_out &&
	    skb_queue_empty(&sk->sk_write_queue))
		mytcp_wake_writers(sk);
	return err;
}

/**
 * mytcp_sendmsg() - send(2) and its family
 * @sock: of any state
 * @msg: bytes, flags, control messages; a name is for MSG_FASTOPEN, else ignored
 * @size: bytes
 *
 * Return: bytes taken, fewer than @size when the time or the connection ended
 * in between, or -errno: -EPIPE (with SIGPIPE unless MSG_NOSIGNAL), -EAGAIN,
 * -ECONNRESET and other errors of the connection, -EFAULT, -EINVAL for control
 * messages, -ERESTARTSYS or -EINTR; with MSG_FASTOPEN those of connect(2), too, and
 * -EOPNOTSUPP when net.ipv4.tcp_fastopen does not allow it.
 */
int mytcp_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct sock *sk = sock->sk;
	int ret;

	sock_rps_record_flow(sk);
	lock_sock(sk);
	ret = mytcp_sendmsg_locked(sk, msg);
	release_sock(sk);
	return ret;
}

/**
 * mytcp_splice_eof() - no more comes from sendfile(2) or splice(2)
 * @sock: of any state
 *
 * The last part had promised more (MSG_MORE) and the file ended: send it.
 */
void mytcp_splice_eof(struct socket *sock)
{
	struct sock *sk = sock->sk;

	lock_sock(sk);
	if (mytcp_open_tail(sk))
		mytcp_push_written(sk, 0);
	release_sock(sk);
}
