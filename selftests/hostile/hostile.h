/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of hostile know of each other. The stack under test is "the victim", its
 * end of a connection is "local"; we are the peer on the tun device, and the program
 * above the victim's sockets, too.
 */
#ifndef HOSTILE_HOSTILE_H
#define HOSTILE_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>

#include <mytcp.h>

#include "../wire/macros.h"
#include "../wire/segment.h"

#define LOCAL_ADDR	0x0a4a0001u	/* 10.74.0.1, on the tun device */
#define PEER_ADDR	0x0a4a0101u	/* 10.74.1.1 and the next ones: us */
#define PEERS		8
#define BLIND_PEER_ADDR	0x0a4b0002u	/* 10.75.0.2: whom we only pretend to be */

#define IPPROTO_TCP_WIRE	6
#define IPPROTO_OURS		MYTCP_PROTO_EXPERIMENTAL
#define WIRES		2		/* protocol 6 and protocol 253 */
#define FLOWS_MAX	400
#define ROWS_MAX	2000
#define IP_HLEN		20
#define QUOTE_MAX	60

/* The states' numbers in /proc/net/mytcp, as in the kernel's enum. */
enum state {
	ESTABLISHED = 1, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT,
	CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING, STATES,
};

/* What a segment may meet beside a state. */
enum condition {
	REQUEST,	/* SYN-RECEIVED in the SYN queue */
	CHILD,		/* SYN-RECEIVED as a socket, by a simultaneous open or Fast Open */
	FASTOPEN,	/* of which the latter */
	ORPHAN,
	IN_FLIGHT,	/* text not acknowledged */
	SACKED,		/* with holes in it */
	HOLES,		/* text out of order in the receive queue */
	UNREAD,
	ZERO_WINDOW,	/* the victim probes ours */
	RETRYING,	/* the retransmission timer has fired */
	URGENT,
	MARKS,		/* ECN was agreed upon */
	STAMPED,	/* timestamps were */
	NOT_STAMPED,
	SACK_OFF,
	CUBIC, RENO, BBR, DCTCP,
	BLIND,		/* we do not know the numbers */
	CONDITIONS,
};

/**
 * struct row - a line of /proc/net/mytcp
 * @laddr: local address, host byte order as all numbers here
 * @raddr: peer's address
 * @lport: local port
 * @rport: peer's port
 * @state: enum state
 * @timer: column "tr"
 * @retries: column "retrnsmt"
 * @tx_queue: octets that the victim's user sent and nobody acknowledged
 * @rx_queue: octets that wait for the victim's user
 * @inode: of the socket, 0 when it has no user
 * @request: a handshake in the SYN queue
 */
struct row {
	__u32 laddr, raddr;
	__u16 lport, rport;
	int state, timer;
	unsigned int retries, tx_queue, rx_queue;
	unsigned long inode;
	bool request;
};

/**
 * struct flow - what we know of a connection of the victim's
 * @used: this record is
 * @raddr: our address
 * @lport: the victim's port
 * @rport: our port
 * @wire: IP protocol number
 * @known: the victim has sent something
 * @fd: the socket, when we are its user; else -1
 * @snd_nxt: what we send next when we keep to the rules
 * @rcv_nxt: end of what the victim has sent
 * @acked: of which we have acknowledged up to here
 * @una: what the victim has acknowledged
 * @win: its window, scaled
 * @wscale: what it is scaled by
 * @mss: what the victim announced
 * @ts: timestamps were agreed upon
 * @ts_recent: the victim's last one
 * @sack: SACK was agreed upon
 * @ecn: so were marks
 * @sacked: we have told of text behind a hole
 * @holes: so has the victim
 * @urgent: urgent text is on its way, in either direction
 * @fastopen: it began with text on the SYN
 * @cong: its algorithm, as an enum condition
 * @cookie: that of Fast Open, which the victim gave us
 * @cookie_length: its octets
 * @idle: rounds since it stood in the table
 * @quote: the last packet's beginning, to be quoted by ICMP
 * @quoted: how much of it there is
 */
struct flow {
	bool used;
	__u32 raddr;
	__u16 lport, rport;
	__u8 wire;
	bool known;
	int fd;
	__u32 snd_nxt, rcv_nxt, acked, una, win;
	__u8 wscale;
	__u16 mss;
	bool ts, sack, ecn, sacked, holes, urgent, fastopen;
	__u32 ts_recent;
	enum condition cong;
	__u8 cookie[COOKIE_MAX], cookie_length;
	unsigned int idle;
	__u8 quote[QUOTE_MAX];
	size_t quoted;
};

/**
 * struct shot - a segment to be sent, and what is to be spoiled
 * @flow: whose it is; NULL: we know nothing
 * @seg: the segment; what it leaves out is zero
 * @damage: what segment_build() does against the rules
 * @gso_size: hand it over as one that the device has put together from such ones
 * @linear: how much of it stands in the buffer's head, 0: as usual
 */
struct shot {
	struct flow *flow;
	struct segment seg;
	struct damage damage;
	__u16 gso_size;
	__u16 linear;
};

/* rng.c: the choices, all of them from the seed */
void draw_seed(unsigned long seed);
__u32 draw(void);
__u32 below(__u32 limit);
bool one_in(__u32 n);
void draw_octets(__u8 *to, size_t length);

#define any_of(array)	((array)[below(sizeof(array) / sizeof((array)[0]))])

/* link.c: the tun device */
void link_open(void);
void link_send(const __u8 *packet, size_t length);
void link_send_as(const __u8 *packet, size_t length, __u16 header, __u16 gso_size,
		  __u16 linear);
bool link_receive(const __u8 **packet, size_t *length, bool *partial);

/* table.c: /proc/net/mytcp */
int table_read(void);
extern struct row rows[ROWS_MAX];

/* flow.c: what is known of connections */
extern struct flow flows[FLOWS_MAX];
__u8 flow_wire(__u16 lport, __u16 rport);
struct flow *flow_find(__u32 raddr, __u16 lport, __u16 rport);
struct flow *flow_new(__u32 raddr, __u16 lport, __u16 rport);
void flow_forget(struct flow *flow);
void flow_sent(struct flow *flow, const struct segment *seg);
void pump(void);
unsigned int flow_malformed(void);
__u32 our_clock(void);

/* victim.c: its sockets, and how connections come into their states */
void victim_open(void);
void victim_accept(void);
void victim_act(void);
void victim_populate(const unsigned int count[WIRES][STATES], unsigned int children[WIRES]);
void victim_lost(struct flow *flow);
void victim_close(void);

/* user.c: what the victim's user does */
enum condition choose_algorithm(int fd);
void choose_options(int fd);
void choose_sysctl(void);
void set_option(int fd, int level, int option, int value);
void user_sends(struct flow *flow, size_t length, int flags);
void user_act(struct flow *flow);
unsigned int user_odd(void);

/* move.c: segments that keep to the rules */
struct flow *flow_of_row(const struct row *row);
void template(struct shot *shot, struct flow *flow);
void move(struct shot *shot, const struct row *row);
void options_of_syn(struct segment *seg);

/* mutate.c: segments that do not */
void mutate(struct shot *shot, const struct row *row);
void wild(struct shot *shot, const struct row *row);

/* packet.c: what is done to whole packets */
void fire(const struct shot *shot);
void send_valid(const struct shot *shot);
void fire_damaged(const struct shot *shot);
void fire_fragments(const struct shot *shot);
void fire_replay(const struct flow *flow);
void fire_icmp(const struct row *row, const struct flow *flow);

/* sniff.c: what the victim says to others */
void sniff_open(void);
bool sniff_guess(const struct row *row, __u32 *seq);

/* What was sent, by the form that it had. */
enum form {
	FORM_VALID, FORM_MUTATED, FORM_WILD, FORM_DAMAGED, FORM_FRAGMENTS, FORM_LARGE,
	FORM_REPLAY, FORM_ICMP, FORM_BLIND, FORM_GUESSED, FORMS,
};

#endif
