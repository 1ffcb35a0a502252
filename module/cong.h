/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Congestion control: a table of operations for each algorithm, and the part
 * that is the same for all of them. RFC 5681, RFC 6582, RFC 6928.
 *
 * Windows are counted in segments. The window says how many segments may be in
 * the network at once; the caller counts them (in_flight) by RFC 6675's pipe:
 * sent, not acknowledged, and not known to have left the network. Without SACK
 * each duplicate ACK tells of one segment that has left, and a partial ACK for n
 * segments takes n - 1 of these back. This is the window inflation of RFC 5681
 * section 3.2 and the deflation of RFC 6582 section 3.2 with the terms moved to
 * the other side: cwnd itself is not inflated, and holds at ssthresh until
 * recovery ends.
 *
 *	                      ECE
 *	          +------+ ---------> +-----+
 *	     +--->| OPEN | <--------- | CWR |
 *	     | +->|      |            +-----+
 *	     | |  +------+             |  |
 *	     | |    |  | loss     loss |  | timeout
 *	     | |    |  +-----+   +-----+  |
 *	     | |    |        v   v        |
 *	     | |    |     +----------+    |
 *	     | +----|-----| RECOVERY |    |
 *	     |      |     +----------+    |
 *	     |      | timeout  | timeout  |
 *	     |      v          v          v
 *	     |    +------------------------+
 *	     +----|          LOSS          |
 *	          +------------------------+
 *
 * ECE is mytcp_cong_enter_cwr(), a loss mytcp_cong_enter_recovery(), a timeout
 * mytcp_cong_on_rto(). When all is acknowledged that was sent until then,
 * mytcp_cong_exit_cwr() and mytcp_cong_exit_recovery() lead back to OPEN.
 */
#ifndef _MYTCP_CONG_H
#define _MYTCP_CONG_H

#include <linux/list.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "rate.h"

struct module;
struct mytcp_cong_ops;

/* RFC 6928 section 2: the initial window, in segments and in octets. */
#define MYTCP_IW_SEGMENTS	10U
#define MYTCP_IW_BYTES		14600U
/* RFC 5681 equation (4): ssthresh after a loss is no less. */
#define MYTCP_SSTHRESH_MIN	2U
/* RFC 5681 section 3.1: ssthresh begins arbitrarily high; Linux's value. */
#define MYTCP_SSTHRESH_INF	0x7fffffffU
/* RFC 7323 section 2.3: no peer ever offers more than 2^30 octets. */
#define MYTCP_CWND_MAX		0x40000000U

#define MYTCP_CONG_NAME_MAX	16

/**
 * enum mytcp_cong_state - what the last losses and marks mean for the window
 * @MYTCP_CONG_OPEN: none to repair: the window grows
 * @MYTCP_CONG_CWR: none, but the peer has told of marks (RFC 3168): the window goes
 *	down to ssthresh, once a round trip
 * @MYTCP_CONG_RECOVERY: fast recovery (RFC 6582): the window holds
 * @MYTCP_CONG_LOSS: after a retransmission timeout, until all that was sent
 *	before it is acknowledged: slow start, one segment an ACK
 */
enum mytcp_cong_state {
	MYTCP_CONG_OPEN,
	MYTCP_CONG_CWR,
	MYTCP_CONG_RECOVERY,
	MYTCP_CONG_LOSS,
};

/**
 * enum mytcp_cong_event - what an algorithm is told beside the ACKs
 * @MYTCP_CONG_EV_LOSS: the retransmission timer expired
 * @MYTCP_CONG_EV_RECOVERY: fast recovery begins
 * @MYTCP_CONG_EV_RECOVERED: what was lost is repaired, after either, or the reduction
 *	by marks is over
 * @MYTCP_CONG_EV_IDLE_RESTART: sending begins anew after a pause, or the window is
 *	smaller because too little of it was used
 * @MYTCP_CONG_EV_CWR: the window goes down because of marks
 *
 * An event comes after cwnd and ssthresh were set for it.
 */
enum mytcp_cong_event {
	MYTCP_CONG_EV_LOSS,
	MYTCP_CONG_EV_RECOVERY,
	MYTCP_CONG_EV_RECOVERED,
	MYTCP_CONG_EV_IDLE_RESTART,
	MYTCP_CONG_EV_CWR,
};

/**
 * struct mytcp_cong - congestion control of one connection
 * @cwnd: congestion window in segments, at least 1
 * @ssthresh: slow start threshold in segments
 * @cwnd_cnt: segments acknowledged since @cwnd last grew in congestion avoidance
 * @prior_cwnd: @cwnd before the last reduction, for mytcp_cong_undo()
 * @prior_ssthresh: @ssthresh before the last reduction
 * @state: enum mytcp_cong_state
 * @rto_again: the timer expired and nothing was acknowledged since
 * @marked: marks have shown that there is congestion: what the window was reduced
 *	by stays so, whatever mytcp_cong_undo() is told
 * @ops: the algorithm
 * @pacing_rate: octets in a second that the algorithm wants data paced at; 0: it does
 *	not care
 * @priv: for the algorithm; all zero before its init()
 */
struct mytcp_cong {
	u32 cwnd;
	u32 ssthresh;
	u32 cwnd_cnt;
	u32 prior_cwnd;
	u32 prior_ssthresh;
	u8 state;
	bool rto_again;
	bool marked;
	const struct mytcp_cong_ops *ops;
	u64 pacing_rate;
	u64 priv[16];
};

/**
 * struct mytcp_ack_sample - what one ACK told
 * @acked: segments that it acknowledged for the first time, cumulatively or
 *	selectively
 * @bytes_acked: octets by which SND.UNA moved
 * @in_flight: segments in the network before the ACK
 * @snd_una: SND.UNA, where the ACK has moved it
 * @snd_nxt: SND.NXT
 * @rtt_us: round trip in microseconds, -1: none measured
 * @srtt_us: smoothed round trip in microseconds, 0: none measured yet
 * @burst: segments that leave at once as one buffer which the device cuts up;
 *	U32_MAX when sending is paced, so that there are no bursts. Else told only when
 *	the window may grow in slow start, and 0
 * @now_ns: when it came, in nanoseconds
 * @exact: all of @acked were on the way until now, as SACK tells
 * @cwnd_limited: the window, and not the application or the peer, has held back
 *	sending while what the ACK may acknowledge was on the way
 * @window_used: that, or in slow start half of the window was on the way: else it must
 *	not grow (RFC 7661)
 * @ece: it says ECE: of what it acknowledges something was marked (RFC 3168)
 * @reordering: segments of this connection are known to overtake each other
 * @rate: the delivery rate; this and what follows is for cong_control() alone
 * @now_in_flight: segments in the network after the ACK
 * @delivered: segments delivered in the connection's life
 * @mss: octets of a full segment
 */
struct mytcp_ack_sample {
	u32 acked;
	u32 bytes_acked;
	u32 in_flight;
	u32 snd_una;
	u32 snd_nxt;
	s32 rtt_us;
	u32 srtt_us;
	u32 burst;
	u64 now_ns;
	bool exact;
	bool cwnd_limited;
	bool window_used;
	bool ece;
	bool reordering;
	const struct mytcp_rate_sample *rate;
	u32 now_in_flight;
	u32 delivered;
	u32 mss;
};

/**
 * struct mytcp_loss_sample - a segment is thought to be lost
 * @segments: how many it is
 * @tx_in_flight: segments on the way when it was sent, it included
 * @lost: segments thought to be lost since then, it included
 * @delivered: segments delivered so far
 * @now_ns: when it is, in nanoseconds
 * @app_limited: it was sent when the application gave too little
 * @sack: the peer sends SACK blocks
 */
struct mytcp_loss_sample {
	u32 segments;
	u32 tx_in_flight;
	u32 lost;
	u32 delivered;
	u64 now_ns;
	bool app_limited;
	bool sack;
};

/**
 * struct mytcp_cong_ops - a congestion control algorithm
 * @name: as in TCP_CONGESTION, fewer than MYTCP_CONG_NAME_MAX characters
 * @owner: module that must stay while a connection uses it; NULL for those that
 *	are part of mytcp itself
 * @allowed: who may not administer the network may choose it, too; see
 *	mytcp_cong_allow()
 * @node: for the list of them
 * @needs_ecn: our SYN asks for ECN, and a SYN that does gets it, whatever
 *	net.ipv4.tcp_ecn says; as a receiver we say with ECE which segments were marked
 *	(RFC 8257 section 3.2), and not until CWR that one was. Without a peer who knows
 *	ECN it is used all the same, and never sees a mark
 * @init: the connection begins to use it, may be NULL
 * @release: the connection ends to use it, may be NULL
 * @ssthresh: the new ssthresh after a loss, with FlightSize in segments;
 *	the core sees to the floor of MYTCP_SSTHRESH_MIN. The state is still the
 *	one before
 * @ecn_ssthresh: the same after marks, of cwnd; NULL: as after a loss
 * @acked: an ACK of something new came, whatever the state and whether the window
 *	may grow or not; before @cong_avoid; may be NULL
 * @cong_avoid: an ACK came and the window may grow; only when it was the limit, no
 *	fast recovery is going on, and no marks are to be answered
 * @event: something else happened, may be NULL
 * @undo_cwnd: the reduction was a mistake: the cwnd to go back to
 * @rescale: segments have "to" octets from now on, no more "from": what is kept in
 *	segments is to be as many octets as before (mytcp_cong_rescaled()). cwnd and
 *	ssthresh are. May be NULL
 * @cong_control: may be NULL; else the algorithm decides all by itself: it is called
 *	for each ACK, after what it says was lost is marked, sets cwnd and pacing_rate,
 *	and nobody else sets cwnd but for the loss window. Takes @cong_avoid's place.
 *	Returns true when what is sent now shall not count as a measure of the path's
 *	rate, as if an application gave too little
 * @loss: a segment is thought to be lost, may be NULL
 * @send_start: data are about to be sent, and nothing is on the way; may be NULL
 *
 * @init and @release come in pairs, perhaps several of them in a connection's life.
 *
 * Context: softirq, or process with the connection locked; none of them may sleep.
 */
struct mytcp_cong_ops {
	const char *name;
	struct module *owner;
	bool allowed;
	struct list_head node;
	bool needs_ecn;
	void (*init)(struct mytcp_cong *c);
	void (*release)(struct mytcp_cong *c);
	u32 (*ssthresh)(struct mytcp_cong *c, u32 in_flight);
	u32 (*ecn_ssthresh)(struct mytcp_cong *c);
	void (*acked)(struct mytcp_cong *c, const struct mytcp_ack_sample *s);
	void (*cong_avoid)(struct mytcp_cong *c,
			   const struct mytcp_ack_sample *s);
	void (*event)(struct mytcp_cong *c, enum mytcp_cong_event ev);
	u32 (*undo_cwnd)(struct mytcp_cong *c);
	void (*rescale)(struct mytcp_cong *c, u32 from, u32 to);
	bool (*cong_control)(struct mytcp_cong *c, const struct mytcp_ack_sample *s);
	void (*loss)(struct mytcp_cong *c, const struct mytcp_loss_sample *l);
	void (*send_start)(struct mytcp_cong *c, u64 now_ns, bool app_limited);
};

/* Always there. RFC 9438 with RFC 9406: what a connection uses unless told other. */
extern const struct mytcp_cong_ops mytcp_cong_cubic;
/* RFC 5681 and RFC 6582 */
extern const struct mytcp_cong_ops mytcp_cong_reno;
/* draft-ietf-ccwg-bbr: cong_bbr.h */
extern const struct mytcp_cong_ops mytcp_cong_bbr;
/* RFC 8257; not for everybody: it is no neighbour for the others. */
extern struct mytcp_cong_ops mytcp_cong_dctcp;

/**
 * mytcp_cong_in_slow_start() - is the window below ssthresh?
 * @c: the connection's state
 *
 * Return: true in slow start, false in congestion avoidance.
 */
static inline bool mytcp_cong_in_slow_start(const struct mytcp_cong *c)
{
	return c->cwnd < c->ssthresh;
}

/**
 * mytcp_cong_controls() - does the algorithm decide all by itself?
 * @c: the connection's state
 */
static inline bool mytcp_cong_controls(const struct mytcp_cong *c)
{
	return c->ops->cong_control;
}

/**
 * mytcp_cong_repairing() - is there a loss to repair?
 * @c: the connection's state
 *
 * Return: true after a fast retransmit or a timeout, until all is repaired.
 */
static inline bool mytcp_cong_repairing(const struct mytcp_cong *c)
{
	return c->state == MYTCP_CONG_RECOVERY || c->state == MYTCP_CONG_LOSS;
}

/**
 * mytcp_cong_reducing() - does the window go down to ssthresh by and by?
 * @c: the connection's state
 *
 * Return: true when the caller's PRR (prr.h) says what cwnd is.
 */
static inline bool mytcp_cong_reducing(const struct mytcp_cong *c)
{
	return (c->state == MYTCP_CONG_CWR || c->state == MYTCP_CONG_RECOVERY) &&
	       !mytcp_cong_controls(c);
}

/**
 * mytcp_cong_rescaled() - as many octets in segments of another size
 * @segments: how many they were
 * @from: octets of each
 * @to: octets of each from now on
 *
 * Return: segments, at least 1.
 */
static inline u32 mytcp_cong_rescaled(u32 segments, u32 from, u32 to)
{
	return max_t(u32, div_u64((u64)segments * from, to), 1);
}

/**
 * mytcp_cong_rescale() - segments have become larger: RFC 4821 section 7.6.1
 * @c: the connection's state
 * @from: octets of a full segment
 * @to: octets of it from now on
 */
void mytcp_cong_rescale(struct mytcp_cong *c, u32 from, u32 to);

/**
 * mytcp_cong_on_loss() - a segment is thought to be lost
 * @c: the connection's state
 * @l: what about it
 */
static inline void mytcp_cong_on_loss(struct mytcp_cong *c, const struct mytcp_loss_sample *l)
{
	if (c->ops->loss)
		c->ops->loss(c, l);
}

/**
 * mytcp_cong_register() - add an algorithm
 * @ops: the algorithm; must stay until mytcp_cong_unregister()
 *
 * Context: process.
 * Return: 0, -EEXIST when the name is taken, -EINVAL when the name is empty or
 * too long or one of the operations that must be there is missing.
 */
int mytcp_cong_register(struct mytcp_cong_ops *ops);

/**
 * mytcp_cong_unregister() - take an algorithm away
 * @ops: the algorithm
 *
 * Connections that use it hold its module, so that there are none when a
 * module's exit function calls this.
 *
 * Context: process, sleeps for a grace period.
 */
void mytcp_cong_unregister(struct mytcp_cong_ops *ops);

/**
 * mytcp_cong_find() - find an algorithm by its name
 * @name: its name
 *
 * Context: any.
 * Return: the algorithm, its module held for the mytcp_cong_init() to come; NULL
 * when there is none or it is going away.
 */
const struct mytcp_cong_ops *mytcp_cong_find(const char *name);

/**
 * mytcp_cong_key() - the number that stands for an algorithm in a route
 * @name: its name
 *
 * The kernel turns the name of "ip route ... congctl NAME" into it, and does not tell
 * modules how to get the name back; so it is reckoned here as there.
 *
 * Return: the same for any algorithm of that name, mytcp's or the kernel's.
 */
u32 mytcp_cong_key(const char *name);

/**
 * mytcp_cong_find_key() - find an algorithm by the number that stands for it
 * @key: mytcp_cong_key() of its name
 *
 * Context: any.
 * Return: as mytcp_cong_find().
 */
const struct mytcp_cong_ops *mytcp_cong_find_key(u32 key);

/**
 * mytcp_cong_names() - the names of the algorithms
 * @buf: where they go, with spaces between them
 * @size: room there in octets, at least 1
 * @allowed: only those that everybody may choose
 *
 * Context: any.
 * Return: octets written, without the NUL behind them.
 */
size_t mytcp_cong_names(char *buf, size_t size, bool allowed);

/**
 * mytcp_cong_allow() - say which algorithms everybody may choose
 * @names: their names with blanks between them. Those that are part of mytcp
 *	itself are allowed in any case, whether they are named or not
 *
 * Context: process.
 * Return: 0; -ENOENT when one of them is not there, -ENOMEM; then nothing changes.
 */
int mytcp_cong_allow(const char *names);

/**
 * mytcp_iw() - initial window
 * @mss: largest segment in octets (Eff.snd.MSS)
 *
 * RFC 6928 section 2: min(10 * MSS, max(2 * MSS, 14600)) octets.
 *
 * Return: segments, 2 to 10.
 */
u32 mytcp_iw(u32 mss);

/**
 * mytcp_cong_init() - begin congestion control of a connection
 * @c: its state, need not be initialised
 * @ops: the algorithm from mytcp_cong_find(), or one of mytcp's own; the hold on
 *	its module goes over to @c
 * @iw: first window in segments, normally mytcp_iw(); 1 when the SYN had to be
 *	repeated (RFC 5681 section 3.1; RFC 6928 section 2 would let it happen once)
 */
void mytcp_cong_init(struct mytcp_cong *c, const struct mytcp_cong_ops *ops,
		     u32 iw);

/**
 * mytcp_cong_restart() - begin anew with the same algorithm
 * @c: the connection's state
 * @iw: as for mytcp_cong_init()
 */
void mytcp_cong_restart(struct mytcp_cong *c, u32 iw);

/**
 * mytcp_cong_release() - end congestion control of a connection
 * @c: its state; may not be used any more but for mytcp_cong_init()
 */
void mytcp_cong_release(struct mytcp_cong *c);

/**
 * mytcp_cong_on_ack() - an ACK acknowledged something new
 * @c: the connection's state
 * @s: what it told
 *
 * The window grows, or does not: by an ACK with ECE it does not (RFC 3168 section
 * 6.1.2), unless a timeout has left little of it; in fast recovery, and after marks, it
 * is PRR's; after a timeout it grows by at most one segment without SACK, for the ACK of
 * a hole may cover a window full of segments that left the network long ago (RFC 3465
 * section 2.3: L = 1); in all other cases the algorithm decides. The ACK that ends a
 * recovery still belongs to it: this comes before mytcp_cong_exit_recovery().
 */
void mytcp_cong_on_ack(struct mytcp_cong *c, const struct mytcp_ack_sample *s);

/**
 * mytcp_cong_enter_cwr() - an ACK with ECE
 * @c: the connection's state, MYTCP_CONG_OPEN
 *
 * RFC 3168 section 6.1.2: as if a segment had been lost, but by what cwnd and not
 * FlightSize is, as in Linux. ssthresh is set; cwnd goes down to it as PRR says.
 */
void mytcp_cong_enter_cwr(struct mytcp_cong *c);

/**
 * mytcp_cong_exit_cwr() - the round trip of the reduction is over
 * @c: the connection's state, MYTCP_CONG_CWR
 *
 * cwnd is ssthresh, whatever PRR had made of it.
 */
void mytcp_cong_exit_cwr(struct mytcp_cong *c);

/**
 * mytcp_cong_on_rto() - the retransmission timer expired
 * @c: the connection's state
 * @in_flight: FlightSize, segments sent and not acknowledged
 *
 * RFC 5681 section 3.1: ssthresh by equation (4), but only when this data was
 * not repeated by the timer before, nor marks have reduced it in this round trip;
 * cwnd becomes the loss window, 1 segment.
 */
void mytcp_cong_on_rto(struct mytcp_cong *c, u32 in_flight);

/**
 * mytcp_cong_enter_recovery() - fast retransmit
 * @c: the connection's state, not in fast recovery
 * @in_flight: FlightSize, segments sent and not acknowledged, those of limited
 *	transmit (RFC 3042) not counted
 *
 * RFC 5681 section 3.2 (2): ssthresh by equation (4), and cwnd goes down to it; no
 * further when marks have begun with that (RFC 3168 section 6.1.2: once a window).
 * See the top of this file for the inflation of (3).
 */
void mytcp_cong_enter_recovery(struct mytcp_cong *c, u32 in_flight);

/**
 * mytcp_cong_exit_recovery() - all that was sent before the loss is acknowledged
 * @c: the connection's state; when nothing is to be repaired nothing happens
 *
 * RFC 6582 section 3.2 (3): after fast recovery cwnd is ssthresh. After a
 * timeout it stays what slow start has made of it.
 */
void mytcp_cong_exit_recovery(struct mytcp_cong *c);

/**
 * mytcp_cong_undo() - nothing was lost after all
 * @c: the connection's state; there was a reduction
 *
 * Goes back to the windows before the last reduction (RFC 4015 section 3.2), unless
 * marks have shown that there was congestion, and ends the recovery, if it has not
 * ended meanwhile.
 */
void mytcp_cong_undo(struct mytcp_cong *c);

/**
 * mytcp_cong_app_limited() - for an RTO the window was larger than what was made of it
 * @c: the connection's state
 * @used: segments that were on the way at once, at most, or the initial window
 *
 * RFC 2861 section 3.2, which is the other half of what
 * net.ipv4.tcp_slow_start_after_idle stands for: half of what was not used goes; ssthresh
 * remembers three quarters. Nothing while losses or marks are answered.
 */
void mytcp_cong_app_limited(struct mytcp_cong *c, u32 used);

/**
 * mytcp_cong_idle_restart() - data are to be sent after a pause
 * @c: the connection's state; nothing is in flight
 * @iw: initial window in segments, mytcp_iw()
 * @idle_us: microseconds since data were sent last
 * @rto_us: the RTO in microseconds, not 0
 *
 * RFC 5681 section 4.1 in the form of RFC 2861, which is what
 * net.ipv4.tcp_slow_start_after_idle stands for: the window is halved for each
 * RTO of idleness, down to the restart window min(@iw, cwnd); ssthresh remembers
 * three quarters of it. A pause of no more than one RTO changes nothing.
 */
void mytcp_cong_idle_restart(struct mytcp_cong *c, u32 iw, u64 idle_us,
			     u32 rto_us);

/**
 * mytcp_cong_slow_start() - slow start, for algorithms to use
 * @c: the connection's state, in slow start
 * @acked: segments acknowledged
 *
 * RFC 5681 section 3.1 with RFC 3465's counting: cwnd grows by what was
 * acknowledged, up to ssthresh. The limit L is not applied, as in Linux: where
 * receivers coalesce (GRO), one ACK for forty segments is the rule, and it would
 * make slow start slower than the one ACK for two of RFC 5681.
 *
 * Return: segments of @acked that are left for congestion avoidance.
 */
u32 mytcp_cong_slow_start(struct mytcp_cong *c, u32 acked);

/**
 * mytcp_cong_avoid_ai() - additive increase, for algorithms to use
 * @c: the connection's state
 * @w: segments to be acknowledged for each segment that cwnd grows by, not 0;
 *	RFC 5681 section 3.1 (3) is cwnd itself
 * @acked: segments acknowledged
 */
void mytcp_cong_avoid_ai(struct mytcp_cong *c, u32 w, u32 acked);

#endif /* _MYTCP_CONG_H */
