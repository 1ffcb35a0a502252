// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/mytcp: the table of connections in the columns of /proc/net/tcp, so
 * that what reads the one can read the other (proc_net_tcp.rst).
 *
 * As there, no lock is taken for a row: its numbers may be of two moments.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <net/sock.h>

#include "clock.h"
#include "demux.h"
#include "proc.h"
#include "request.h"
#include "sock.h"
#include "timer.h"
#include "timewait.h"

#define MYTCP_PROC_WIDTH	149

/* The column "tr", proc_net_tcp.rst */
enum mytcp_proc_timer {
	MYTCP_PROC_TIMER_NONE,
	MYTCP_PROC_TIMER_RETRANSMIT,
	MYTCP_PROC_TIMER_OTHER,		/* keepalive, FIN_WAIT_2 */
	MYTCP_PROC_TIMER_TIME_WAIT,
	MYTCP_PROC_TIMER_PERSIST,
};

struct mytcp_proc_iter {
	struct seq_net_private p;	/* first */
	struct mytcp_walk at;		/* where the row of "pos" is looked for */
	struct mytcp_walk after;	/* where that of the next is; set by show */
	loff_t pos;			/* 1: the first row */
	bool end;			/* there was no row at "pos" */
};

/* What is left until then, in the clock ticks that user space knows. */
static clock_t mytcp_proc_remaining(u64 when)
{
	u64 now = mytcp_clock();

	return when > now ? jiffies_delta_to_clock_t(nsecs_to_jiffies(when - now)) : 0;
}

/* The columns that every row begins with: name and state. */
static void mytcp_proc_name(struct seq_file *seq, const struct mytcp_proc_iter *iter,
			    __be32 laddr, __be16 lport, __be32 raddr, __be16 rport,
			    int state)
{
	seq_printf(seq, "%4d: %08X:%04X %08X:%04X %02X ", (int)iter->pos - 1,
		   (__force u32)laddr, ntohs(lport),
		   (__force u32)raddr, ntohs(rport), state);
}

static u64 mytcp_proc_deadline(const struct mytcp_sock *ms, enum mytcp_deadline which)
{
	return READ_ONCE(ms->deadline[which]);
}

static enum mytcp_proc_timer mytcp_proc_timer(const struct mytcp_sock *ms, u64 *when)
{
	*when = mytcp_proc_deadline(ms, MYTCP_DL_RETRANSMIT);
	if (*when != MYTCP_NEVER)
		return MYTCP_PROC_TIMER_RETRANSMIT;
	*when = mytcp_proc_deadline(ms, MYTCP_DL_PERSIST);
	if (*when != MYTCP_NEVER)
		return MYTCP_PROC_TIMER_PERSIST;
	*when = min(mytcp_proc_deadline(ms, MYTCP_DL_KEEPALIVE),
		    mytcp_proc_deadline(ms, MYTCP_DL_LINGER));
	if (*when != MYTCP_NEVER)
		return MYTCP_PROC_TIMER_OTHER;
	*when = 0;
	return MYTCP_PROC_TIMER_NONE;
}

/* A connection or a listener. */
static void mytcp_proc_sock(struct seq_file *seq, struct sock *sk)
{
	const struct mytcp_sock *ms = mytcp_sk(sk);
	const struct inet_sock *inet = inet_sk(sk);
	int state = inet_sk_state_load(sk);
	u32 ssthresh = READ_ONCE(ms->cong.ssthresh);
	enum mytcp_proc_timer timer;
	u64 when;
	int rx_queue;

	if (state == TCP_LISTEN)
		rx_queue = READ_ONCE(sk->sk_ack_backlog);
	else
		rx_queue = max_t(int, READ_ONCE(ms->rcv_nxt) -
				      READ_ONCE(ms->copied_seq), 0);
	timer = mytcp_proc_timer(ms, &when);

	mytcp_proc_name(seq, seq->private, inet->inet_rcv_saddr, inet->inet_sport,
			inet->inet_daddr, inet->inet_dport, state);
	seq_printf(seq, "%08X:%08X %02X:%08lX %08X %5u %8d %lu %d %pK %lu %lu %u %u %d",
		   READ_ONCE(ms->write_seq) - READ_ONCE(ms->snd_una), rx_queue,
		   timer, mytcp_proc_remaining(when), ms->retries,
		   from_kuid_munged(seq_user_ns(seq), sock_i_uid(sk)),
		   ms->probes_out, sock_i_ino(sk),
		   refcount_read(&sk->sk_refcnt), sk,
		   jiffies_to_clock_t(nsecs_to_jiffies(mytcp_rto_ns(ms))),
		   jiffies_to_clock_t(nsecs_to_jiffies(MYTCP_DELACK_MAX_NS)),
		   0, READ_ONCE(ms->cong.cwnd),
		   state == TCP_LISTEN ? 0 :
		   ssthresh >= MYTCP_SSTHRESH_INF ? -1 : (int)ssthresh);
}

/* A handshake: a row of the listener's user, without an inode. */
static void mytcp_proc_request(struct seq_file *seq, struct mytcp_request *req)
{
	const struct mytcp_tuple *tuple = &req->node.tuple;

	mytcp_proc_name(seq, seq->private, tuple->laddr.v4, tuple->lport,
			tuple->raddr.v4, tuple->rport, TCP_SYN_RECV);
	seq_printf(seq, "%08X:%08X %02X:%08lX %08X %5u %8d %u %d %pK", 0, 0,
		   MYTCP_PROC_TIMER_RETRANSMIT,
		   mytcp_proc_remaining(READ_ONCE(req->wait.expires)), req->step,
		   from_kuid_munged(seq_user_ns(seq), sock_i_uid(req->listener)),
		   0, 0, 0, req);
}

static void mytcp_proc_timewait(struct seq_file *seq, struct mytcp_timewait *tw)
{
	const struct mytcp_tuple *tuple = &tw->node.tuple;
	u64 expires = READ_ONCE(tw->wait.expires);

	/* Once the entry has left the hash something else stands there. */
	smp_rmb();
	if (!mytcp_node_hashed(&tw->node))
		expires = 0;
	mytcp_proc_name(seq, seq->private, tuple->laddr.v4, tuple->lport,
			tuple->raddr.v4, tuple->rport, TCP_TIME_WAIT);
	seq_printf(seq, "%08X:%08X %02X:%08lX %08X %5d %8d %d %d %pK", 0, 0,
		   MYTCP_PROC_TIMER_TIME_WAIT, mytcp_proc_remaining(expires),
		   0, 0, 0, 0, 1, tw);
}

/* The walk's function: one row, then stop. */
static int mytcp_proc_row(struct mytcp_node *node, struct sock *listener, void *arg)
{
	struct seq_file *seq = arg;

	if (!node) {
		mytcp_proc_sock(seq, listener);
		return 1;
	}
	switch (node->kind) {
	case MYTCP_NODE_SOCK:
		mytcp_proc_sock(seq, mytcp_to_sk(container_of(node, struct mytcp_sock,
							      node)));
		break;
	case MYTCP_NODE_REQUEST:
		mytcp_proc_request(seq, container_of(node, struct mytcp_request, node));
		break;
	case MYTCP_NODE_TIMEWAIT:
		mytcp_proc_timewait(seq, container_of(node, struct mytcp_timewait, node));
		break;
	}
	return 1;
}

static int mytcp_proc_skip(struct mytcp_node *node, struct sock *listener, void *arg)
{
	return 1;
}

static void mytcp_proc_rewind(struct seq_file *seq)
{
	struct mytcp_proc_iter *iter = seq->private;

	iter->at = (struct mytcp_walk) { .net = seq_file_net(seq) };
	iter->pos = 1;
	iter->end = false;
}

static void *mytcp_proc_start(struct seq_file *seq, loff_t *pos)
{
	struct mytcp_proc_iter *iter = seq->private;

	if (!*pos)
		return SEQ_START_TOKEN;
	/* Reading goes on where the last read(2) ended; else somebody has sought. */
	if (*pos != iter->pos) {
		mytcp_proc_rewind(seq);
		for (; iter->pos < *pos; iter->pos++) {
			if (!mytcp_demux_walk(&iter->at, mytcp_proc_skip, NULL)) {
				iter->pos = *pos;
				iter->end = true;
				break;
			}
		}
	}
	return iter->end ? NULL : iter;
}

static void *mytcp_proc_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct mytcp_proc_iter *iter = seq->private;

	++*pos;
	if (v == SEQ_START_TOKEN) {
		mytcp_proc_rewind(seq);
		return iter;
	}
	iter->at = iter->after;
	iter->pos = *pos;
	return iter->end ? NULL : iter;
}

static void mytcp_proc_stop(struct seq_file *seq, void *v)
{
}

static int mytcp_proc_show(struct seq_file *seq, void *v)
{
	struct mytcp_proc_iter *iter = seq->private;

	seq_setwidth(seq, MYTCP_PROC_WIDTH);
	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "  sl  local_address rem_address   st tx_queue rx_queue ");
		seq_puts(seq, "tr tm->when retrnsmt   uid  timeout inode");
	} else {
		iter->after = iter->at;
		if (!mytcp_demux_walk(&iter->after, mytcp_proc_row, seq)) {
			iter->end = true;
			return SEQ_SKIP;
		}
	}
	seq_pad(seq, '\n');
	return 0;
}

static const struct seq_operations mytcp_proc_ops = {
	.start	= mytcp_proc_start,
	.next	= mytcp_proc_next,
	.stop	= mytcp_proc_stop,
	.show	= mytcp_proc_show,
};

/**
 * mytcp_proc_register() - make /proc/net/mytcp of a namespace
 * @net: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int mytcp_proc_register(struct net *net)
{
	if (!proc_create_net("mytcp", 0444, net->proc_net, &mytcp_proc_ops,
			     sizeof(struct mytcp_proc_iter)))
		return -ENOMEM;
	return 0;
}

/**
 * mytcp_proc_unregister() - the reverse; waits for readers
 * @net: the namespace
 */
void mytcp_proc_unregister(struct net *net)
{
	remove_proc_entry("mytcp", net->proc_net);
}
