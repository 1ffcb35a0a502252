/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection: the transmission control block of RFC 9293 section 3.3.1 in the
 * shape of a kernel socket.
 *
 * Locking: everything here is the socket's lock's: lock_sock() in process
 * context, bh_lock_sock() in soft-irq; a segment that finds the lock owned by a
 * process waits in the backlog, a timer in "deferred". What is read without the
 * lock says so.
 *
 * Lifetime: sk_refcnt is held by the struct socket (or the accept queue) and by the
 * demultiplexer while the node is hashed; an armed timer holds none (timer.c). Memory
 * goes back after an RCU grace period (SOCK_RCU_FREE), so a lookup takes no reference.
 *
 *                              +---------+
 *                              |  CLOSE  |<---- RST, timeout, abort
 *                              +---------+
 *               passive open   |         |   active open: send SYN
 *                              v         v
 *     request in the SYN  +--------+   +----------+
 *     queue (request.h) <-| LISTEN |   | SYN_SENT |
 *            |            +--------+   +----------+
 *            | ACK of SYN                |      | SYN: simultaneous open
 *            v              SYN,ACK      |      v
 *     +-------------+<-------------------+   +----------+
 *     | ESTABLISHED |<-----------------------| SYN_RECV |
 *     +-------------+   ACK of SYN           +----------+
 *       | close: FIN          | FIN
 *       v                     v
 *     +-----------+  FIN    +------------+
 *     | FIN_WAIT1 |-----+   | CLOSE_WAIT |
 *     +-----------+     |   +------------+
 *       | ACK of FIN    v        | close: FIN
 *       v         +---------+    v
 *     +---------+ | CLOSING |  +----------+
 *     | FIN_    | +---------+  | LAST_ACK |
 *     |   WAIT2 |   | ACK      +----------+
 *     +---------+   v of FIN        | ACK of FIN
 *       | FIN     +-----------+     v
 *       +-------->| TIME_WAIT |   CLOSE
 *                 +-----------+
 *                 (timewait.h: an entry of its own; the socket is CLOSE)
 */
#ifndef _MYTCP_SOCK_H
#define _MYTCP_SOCK_H

#include <linux/hrtimer.h>
#include <linux/llist.h>
#include <linux/tcp.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "clock.h"
#include "compat.h"
#include "cong.h"
#include "drs.h"
#include "lower.h"
#include "node.h"
#include "paws.h"
#include "pernet.h"
#include "plpmtud.h"
#include "prr.h"
#include "rack.h"
#include "rate.h"
#include "rtt.h"
#include "secret.h"
#include "seq.h"
#include "wire.h"

#define MYTCP_MSS_DEFAULT	536	/* RFC 9293 3.7.1, MUST-15 */
/* What TCP_MAXSEG and ICMP may bring it down to, as Linux's tcp_min_snd_mss. */
#define MYTCP_MSS_MIN		48

/* One deadline each; the earliest is the socket's one hrtimer's. timer.h */
enum mytcp_deadline {
	MYTCP_DL_REORDER,	/* may what is late be lost? RFC 8985 */
	MYTCP_DL_PROBE,		/* is the tail lost? RFC 8985 */
	MYTCP_DL_RETRANSMIT,	/* SYN, data, FIN: RFC 6298 */
	MYTCP_DL_PERSIST,	/* zero window probe: RFC 9293 3.8.6.1 */
	MYTCP_DL_DELACK,	/* RFC 9293 3.8.6.3 */
	MYTCP_DL_KEEPALIVE,	/* RFC 9293 3.8.4 */
	MYTCP_DL_LINGER,	/* FIN_WAIT_2 of an orphan */
	MYTCP_DL_PACE,		/* the next data may leave: pace.h */
	MYTCP_DL_COUNT
};

#define MYTCP_NEVER	U64_MAX

/* Bits of mytcp_sock.deferred, for the release of a socket that was owned. */
enum mytcp_deferred {
	MYTCP_DEFER_TIMER,	/* the hrtimer fired */
	MYTCP_DEFER_MTU,	/* ICMP fragmentation needed came: see icmp_mtu */
	MYTCP_DEFER_RESUME,	/* the queues below have room again: small_queue.h */
};

/*
 * The control block of a segment in our queues: the send queue's parts
 * (sendqueue.h); on sk_receive_queue and out_of_order: what came.
 */
struct mytcp_skb_cb {
	u32 seq;
	u32 end_seq;		/* SYN and FIN included */
	u8 flags;		/* MYTCP_FLAG_* */
	u8 marks;		/* enum mytcp_mark */
	u16 retransmits;	/* how often this was sent again */
	struct mytcp_rate_mark rate;	/* when it was sent last */
	u64 sent_ns;		/* last transmission, its departure; 0: never */
	struct list_head link;	/* once sent, in tsorted or lost: sendqueue.h */
};

static_assert(sizeof(struct mytcp_skb_cb) <= sizeof_field(struct sk_buff, cb));

enum mytcp_mark {
	MYTCP_MARK_LOST = 1,	/* thought to have left the path unseen */
	MYTCP_MARK_RETRANS = 2,	/* sent again since then */
	MYTCP_MARK_SACKED = 4,	/* the peer has it: never with one of these two */
	MYTCP_MARK_EOR = 8,	/* MSG_EOR: nothing may be added behind it */
	MYTCP_MARK_APP_LIMITED = 16,	/* sent when the user gave too little: rate.h */
};

#define MYTCP_CB(skb) ((struct mytcp_skb_cb *)&(skb)->cb[0])
#define MYTCP_SKB(block) container_of((void *)(block), struct sk_buff, cb)

struct mytcp_fastopen;
struct mytcp_saved_syn;

/* What the user asked for by options; copied from a listener to its children. */
struct mytcp_user {
	u16 max_seg;		/* TCP_MAXSEG, 0: none */
	u8 nodelay;		/* TCP_NODELAY */
	u8 cork;		/* TCP_CORK */
	u8 syn_retries;		/* TCP_SYNCNT, 0: sysctl */
	u8 keepalive_probes;	/* TCP_KEEPCNT, 0: sysctl */
	u8 defer_accept;	/* TCP_DEFER_ACCEPT, in timeouts of a SYN-ACK */
	u8 save_syn;		/* TCP_SAVE_SYN: enum mytcp_save_syn */
	u32 timeout_ms;		/* TCP_USER_TIMEOUT, 0: none */
	u32 keepalive_time_s;	/* TCP_KEEPIDLE, 0: sysctl */
	u32 keepalive_intvl_s;	/* TCP_KEEPINTVL, 0: sysctl */
	int linger2_s;		/* TCP_LINGER2: 0: sysctl, < 0: none */
	u32 window_clamp;	/* TCP_WINDOW_CLAMP */
	u32 notsent_lowat;	/* TCP_NOTSENT_LOWAT */
	u8 fastopen_connect;	/* TCP_FASTOPEN_CONNECT */
	u8 fastopen_no_cookie;	/* TCP_FASTOPEN_NO_COOKIE */
};

/* What may have to be undone of a recovery: undo.h */
struct mytcp_undo {
	u64 first_ns;		/* when the oldest repetition that may be on the way was sent */
	u32 resent;		/* segments sent again of which no DSACK told */
	u32 marker;		/* SND.UNA when the recovery began */
	u32 until;		/* once it has ended: DSACKs may come until this is acknowledged */
	bool armed;
	bool ended;
	bool asked;		/* the first ACK of something new has been looked at */
};

/* Explicit congestion notification, RFC 3168: ecn.h */
struct mytcp_ecn {
	bool ok;		/* both ends do it; in SYN_SENT: we have offered it */
	bool seen;		/* text came in packets that can be marked */
	bool echo;		/* our segments say ECE */
	bool cwr;		/* our next new text says CWR */
	bool reduced;		/* the window was reduced in this round trip, */
	u32 high;		/* which ends when more than this is acknowledged */
};

struct mytcp_sock {
	struct inet_sock inet;	/* first: IP's code finds its fields there */

	struct mytcp_node node;		/* hashed: in the demultiplexer */
	const struct mytcp_lower *lower;
	struct mytcp_bucket *bucket;	/* port.h; NULL: no port */
	struct hlist_node bind_link;	/* in bucket->owners */

	/* Hot in both directions. */
	u64 now;		/* mytcp_clock() of the event being handled */
	u64 timer_expires;	/* what the hrtimer is armed for */
	u64 deadline[MYTCP_DL_COUNT];
	struct hrtimer timer;
	u64 pace_ns;		/* when the next data may leave: pace.h */
	unsigned long deferred;		/* enum mytcp_deferred, atomic bits */
	struct llist_node small_queue;	/* in a tasklet's list: small_queue.h */

	/* Send sequence space: RFC 9293 3.3.1, figure 3 */
	u32 snd_una;
	u32 snd_nxt;
	u32 snd_wnd;		/* bytes, scaled */
	u32 snd_wl1;
	u32 snd_wl2;
	u32 snd_up;
	u32 iss;
	u32 write_seq;		/* after the last byte that the user wrote */
	u32 pushed_seq;		/* after the last byte that was marked PSH */
	u32 snd_sml;		/* after the last segment sent that was not full: Nagle */
	u32 max_snd_wnd;	/* largest window the peer ever offered */

	/* Receive sequence space: figure 4 */
	u32 rcv_nxt;
	u32 rcv_wnd;		/* bytes from rcv_wup */
	u32 rcv_wup;		/* rcv_nxt when the window was last announced */
	u32 rcv_up;
	u32 irs;
	u32 copied_seq;		/* first byte that the user has not read */

	/* Negotiated: RFC 9293 3.7.1, RFC 7323, RFC 2018 */
	u16 mss;		/* payload bytes of a full segment, options taken off */
	u16 mss_clamp;		/* what the peer's MSS option allows */
	u16 advmss;		/* what we announced */
	u16 path_mss;		/* what the route and ICMP allow; 0: not yet known */
	u32 initcwnd;		/* segments, as the route says: metrics.h; 0: nothing */
	struct mytcp_plpmtud plpmtud;	/* what the path carries: mtuprobe.h */
	u8 snd_wscale;
	u8 rcv_wscale;
	bool wscale_ok;
	bool ts_ok;
	bool sack_ok;
	bool fin_queued;	/* our FIN stands at the end of the send queue */
	bool urg_mode;		/* snd_up is ahead of snd_una */
	bool refused;		/* what was sent last could not leave this host */
	struct mytcp_ecn ecn;	/* ecn.h */

	/* Timestamps: RFC 7323 */
	u32 ts_offset;
	u32 ts_recent;
	u32 ts_lastack;		/* Last.ACK.sent */
	u64 ts_recent_ns;	/* when ts_recent was set, for the 24 days */
	struct mytcp_paws paws;

	/* Acknowledging: RFC 9293 3.8.6.3 */
	u16 rcv_mss;		/* largest segment of late: what "full-sized" means */
	u8 ack_pending;		/* enum mytcp_ack_need */
	u8 ack_pushed;		/* ends of writes in what it is owed for, see ack.c */
	u8 quick_acks;		/* so many are not delayed; but see pingpong */
	bool pingpong;		/* answers are likely: ACKs may wait for them */
	bool quickack;		/* none is delayed, as the route says: metrics.h */
	u8 rcv_share;		/* of 256 octets of receive buffer: payload. rcvbuf.h */
	u32 rcv_ssthresh;	/* the most that is announced as yet */
	struct mytcp_drs drs;
	u64 last_oow_ack;	/* ns: the last ACK that answered something odd */

	/* Reassembly: reassembly.h, sack_report.h */
	struct rb_root out_of_order;
	struct mytcp_sack_block sacks[MYTCP_SACK_BLOCKS];	/* most recent first: RFC 2018 4 */
	u8 nr_sacks;
	struct mytcp_sack_block dsack;	/* start == end: none */

	/* Loss recovery: recovery.h */
	struct list_head tsorted;	/* what is on the way, by its last transmission */
	struct list_head lost;	/* what is to be sent again */
	struct mytcp_rtt rtt;
	u32 rto_min_us;		/* of the route or the namespace: metrics.h */
	bool congestion_locked;	/* the route has chosen, the user may not */
	struct mytcp_cong cong;
	struct mytcp_rack rack;
	struct mytcp_prr prr;
	struct mytcp_undo undo;
	struct mytcp_rate rate;
	struct mytcp_sack_block seen[MYTCP_SACK_BLOCKS];	/* the last ACK's: sack.c */
	u32 recover;		/* RFC 6582 */
	u32 flight_end;		/* where the flight ends that cwnd_limited tells of */
	u32 flight_most;	/* segments of it that were on the way at once */
	u32 used_most;		/* the same since used_ns */
	u64 used_ns;		/* when the window was used, or looked at: RFC 2861 */
	u32 packets_out;	/* segments sent and not acknowledged */
	u32 retrans_out;	/* of these, sent again and not yet acknowledged */
	u32 lost_out;		/* of these, thought to be lost */
	u32 sacked_out;		/* of these, arrived: by SACK, or thought so by duplicate ACKs */
	u32 tlp_seq;		/* TLP.end_seq: RFC 8985 */
	u32 tlp_flight;		/* FlightSize when it was sent */
	bool tlp_out;		/* TLP.end_seq is set: a probe is on the way */
	bool tlp_resent;	/* TLP.is_retrans */
	bool tlp_sampled;	/* a round trip was measured since the last one */
	u8 frto;		/* enum mytcp_frto */
	u8 dup_acks;
	bool cwnd_limited;	/* the congestion window has held back sending: recovery.h */
	u64 last_sent;		/* of data: restart after idle, TCP_INFO */
	u64 last_rcvd;		/* of any segment: keepalive */
	u64 last_data_rcvd;
	u64 retrans_ns;		/* when the present series of timeouts began; 0: none */
	u64 probe_ns;		/* likewise of zero window probes */
	u16 retries;		/* timeouts in the present series */
	u16 probes_out;		/* persist or keepalive, unanswered */
	u8 persist_backoff;	/* doublings of the time between probes */

	/* Urgent data, receiver: RFC 9293 3.8.5 */
	u16 urg_data;		/* octet | enum mytcp_urg */
	u32 urg_seq;

	/* Listener: listen.h, request.h */
	struct list_head accept_queue;	/* children complete; under accept_lock */
	spinlock_t accept_lock;
	struct list_head accept_link;	/* as a child */
	struct mytcp_saved_syn *saved_syn;	/* as a child: TCP_SAVED_SYN */
	struct sock *listener;		/* as a child in the accept queue; else NULL */
	atomic_t syn_queue_len;		/* requests; no lock needed */
	u32 flood_warned;		/* the log has it; no lock needed */
	u64 cookie_ns;			/* a SYN cookie of late; 0: none. No lock needed */

	/* TCP Fast Open: fastopen.h */
	struct mytcp_fastopen *fastopen;	/* as a listener: once set, it stays */
	struct mytcp_fastopen *fastopen_slot;	/* as a child before the final ACK */
	const struct mytcp_fastopen_cookie *syn_cookie;	/* for the SYN that is going out */
	u8 fastopen_fail;	/* enum tcp_fastopen_client_fail: why not; TCP_INFO */
	bool connect_deferred;	/* the SYN waits for text. No lock needed */
	bool fastopen_busy;	/* a thread is in sendmsg() for it */
	bool syn_option;	/* our SYN had the Fast Open option */
	bool syn_text;		/* and text */
	bool syn_text_acked;	/* text was taken with a SYN, ours or the peer's */
	bool fastopen_probe;	/* the first attempt since others were swallowed */

	u32 icmp_mtu;			/* for MYTCP_DEFER_MTU */
	int soft_error;			/* RFC 5461: reported when we give up */
	u64 opened;			/* when it became ESTABLISHED; 0: it did not */

	struct_group(traffic,		/* TCP_INFO */
		u64 bytes_acked;
		u64 bytes_received;
		u64 bytes_sent;
		u64 bytes_retrans;
		u32 segs_in;
		u32 segs_out;
		u32 data_segs_in;
		u32 data_segs_out;
		u32 total_retrans;
		u32 dsack_dups;		/* segments that came twice, as DSACKs say */
		u32 delivered_ce;	/* segments that ACKs with ECE told of */
	);

	struct mytcp_user user;
};

/* Values of mytcp_sock.ack_pushed are no larger. */
#define MYTCP_PUSHED_TWICE	2

enum mytcp_ack_need {
	MYTCP_ACK_NONE,
	MYTCP_ACK_DELAYED,	/* within the delayed-ACK time */
	MYTCP_ACK_NOW,		/* after this segment */
};

static inline struct mytcp_sock *mytcp_sk(const struct sock *sk)
{
	return (struct mytcp_sock *)sk;
}

/* The connection that a node of kind MYTCP_NODE_SOCK is the head of. */
static inline struct mytcp_sock *mytcp_node_sk(const struct mytcp_node *node)
{
	return container_of((struct mytcp_node *)node, struct mytcp_sock, node);
}

static inline struct sock *mytcp_to_sk(const struct mytcp_sock *ms)
{
	return (struct sock *)&ms->inet.sk;
}

/*
 * Our timestamp clock: milliseconds, offset per connection (RFC 7323 5.4, 7.1).
 * Rules: 7323-4.1-1, 7323-5.4-1
 */
static inline u32 mytcp_ts_now(const struct mytcp_sock *ms)
{
	return mytcp_ts_at(ms->now, ms->ts_offset);
}

/*
 * Microseconds since something left; -1: it cannot have left yet. (Who was asked to
 * hold it back did not.)
 */
static inline s32 mytcp_us_since(const struct mytcp_sock *ms, u64 ns)
{
	return ms->now < ns ? -1 : (s32)mytcp_rtt_us(ms->now - ns);
}

/* Bytes that the receive window still offers, RCV.WND as of now. */
static inline u32 mytcp_receive_window(const struct mytcp_sock *ms)
{
	s32 win = ms->rcv_wup + ms->rcv_wnd - ms->rcv_nxt;

	return win < 0 ? 0 : win;
}

/* RTO with its backoff, in nanoseconds. */
static inline u64 mytcp_rto_ns(const struct mytcp_sock *ms)
{
	return (u64)mytcp_rtt_rto(&ms->rtt, MYTCP_RTO_MAX_US) * NSEC_PER_USEC;
}

/* RFC 4022 tcpEstabResets: to be called before the state changes. */
static inline void mytcp_count_estab_reset(const struct sock *sk)
{
	if ((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT))
		mytcp_count(sock_net(sk), estab_resets);
}

extern struct proto mytcp_prot;
extern unsigned int mytcp_max_orphans;

/* sock.c: birth and death */
int mytcp_sock_init_module(void);
void mytcp_sock_exit_module(void);
unsigned int mytcp_sock_count(void);
void mytcp_sock_init(struct sock *sk, const struct mytcp_lower *lower);
struct sock *mytcp_sock_clone(struct sock *listener, const struct mytcp_request *req);
void mytcp_set_state(struct sock *sk, int state);
void mytcp_wake_writers(struct sock *sk);
void mytcp_write_queue_purge(struct sock *sk);
void mytcp_done(struct sock *sk);
void mytcp_fail(struct sock *sk, int err);
void mytcp_abort(struct sock *sk, int err);
void mytcp_orphan(struct sock *sk);
void mytcp_orphan_kill(struct sock *sk);
bool mytcp_out_of_memory(const struct sock *sk);
bool mytcp_too_many_orphans(const struct sock *sk, int shift);

/* close.c: the user ends it */
void mytcp_close(struct sock *sk, long timeout);
void mytcp_shutdown_send(struct sock *sk);
int mytcp_disconnect(struct sock *sk);

#endif /* _MYTCP_SOCK_H */
