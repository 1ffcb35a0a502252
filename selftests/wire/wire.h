/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdbool.h>
#include <linux/types.h>

#include "macros.h"
#include "script.h"
#include "segment.h"

#define LOCAL_ADDR	0xc0000201u	/* 192.0.2.1, RFC 5737 */
#define PEER_ADDR	0xc0000202u	/* 192.0.2.2 */
#define LOCAL_PORT	8080
#define PEER_PORT	40000
#define PEER_ISN	1000
#define KSFT_SKIP	4

/**
 * struct packet - a packet that came out of the tun device
 * @next: the one after it
 * @time: when it came, nanoseconds of CLOCK_MONOTONIC
 * @seg: it as a segment; @seg.data points into @octets
 * @octets: the packet
 */
struct packet {
	struct packet *next;
	__s64 time;
	struct segment seg;
	__u8 octets[];
};

/**
 * struct flow - one conversation: the numbers that a script leaves out
 *
 * A script counts sequence numbers from the initial one of their side.
 *
 * @next: the next conversation
 * @name: its name, also that of its socket
 * @local_addr: address of the stack under test
 * @peer_addr: address that the script speaks for
 * @local_port: port of the stack under test
 * @peer_port: port that the script speaks for
 * @local_isn: initial sequence number of the stack under test
 * @local_isn_known: it has been seen
 * @peer_isn: initial sequence number of the script's side
 * @local_nxt: end of what the stack has sent, counted from @local_isn
 * @peer_nxt: end of what the script has sent, counted from @peer_isn
 * @ts: the script's side sends timestamps
 * @ts_base: timestamp value of the script's side at @ts_time
 * @ts_time: moment of the SYN that carried @ts_base, nanoseconds
 * @ts_recent: timestamp value last seen from the stack
 * @last: IP header and 8 octets of the last packet from the stack, for
 *	ICMP messages to quote
 * @last_len: length of @last, 0 before the first packet
 * @syn: the headers of the peer's latest SYN
 * @syn_len: length of @syn, 0 before the first one
 */
struct flow {
	struct flow *next;
	char *name;
	__u32 local_addr, peer_addr;
	__u16 local_port, peer_port;
	__u32 local_isn, peer_isn;
	bool local_isn_known;
	__u32 local_nxt, peer_nxt;
	bool ts;
	__u32 ts_base, ts_recent;
	__s64 ts_time;
	__u8 last[28];
	size_t last_len;
	__u8 syn[HEADERS_MAX];
	size_t syn_len;
};

/**
 * struct wire - one run of one script
 * @name: what --family calls the TCP under test
 * @family: socket family under test
 * @socket_proto: third argument of socket()
 * @proto: IP protocol number on the wire
 * @mytcp: it is mytcp that is under test, not the kernel's TCP
 * @must_fail: the script is wrong on purpose: it tests this program
 * @verbose: print the conversation while it goes on
 * @slack: how far a time may be off, nanoseconds
 * @tun: the device
 * @timer: timerfd for waiting: timeouts of poll() may be late by 1/1000
 * @start: when the script began, nanoseconds of CLOCK_MONOTONIC
 * @mark: when the last "mark" was
 * @previous: when the last event was
 * @line: the line being worked on
 * @head: first packet that the script has not spoken about
 * @tail: where to hang the next packet
 * @flows: the conversations
 */
struct wire {
	const char *name;
	int family;
	int socket_proto;
	__u8 proto;
	bool mytcp;
	bool verbose;
	bool must_fail;
	__s64 slack;
	int tun;
	int timer;
	__s64 start, mark, previous;
	const struct line *line;
	struct packet *head, **tail;
	struct flow *flows;
};

/**
 * now() - the time
 *
 * Return: nanoseconds of CLOCK_MONOTONIC.
 */
__s64 now(void);

/**
 * fail() - the stack did not do what the script says
 * @wire: the run
 * @why: printf() format
 *
 * Prints the line, the reason and the conversation so far, ends the process.
 */
void __noreturn fail(struct wire *wire, const char *why, ...)
	__printf(2, 3);

/**
 * note() - add a line to the conversation that fail() prints
 * @wire: the run
 * @time: when, nanoseconds of CLOCK_MONOTONIC
 * @what: printf() format
 */
void note(struct wire *wire, __s64 time, const char *what, ...)
	__printf(3, 4);

/**
 * window_of() - from when to when the current line may happen
 * @wire: the run
 * @from: set to the earliest moment, nanoseconds of CLOCK_MONOTONIC
 * @to: set to the latest; both include the slack
 */
void window_of(const struct wire *wire, __s64 *from, __s64 *to);

/**
 * wait_for_line() - let time pass up to the moment of the current line
 * @wire: the run
 *
 * Fails if the line has a time and the stack sends, or has sent, a segment
 * that no line before it spoke about: time does not pass over a segment.
 */
void wait_for_line(struct wire *wire);

/**
 * link_open() - make a network namespace with a tun device in it
 * @wire: the run; @wire->tun and @wire->timer are set
 *
 * The device has LOCAL_ADDR/24. Ends the process if it cannot be made.
 */
void link_open(struct wire *wire);

/**
 * link_set_mtu() - change the MTU of the device
 * @wire: the run
 * @mtu: octets
 */
void link_set_mtu(struct wire *wire, int mtu);

/**
 * link_set_route() - give the peer (PEER_ADDR) a route with metrics
 * @wire: the run
 * @metrics: as ip-route(8) has them
 *
 * Return: 0, or what ip(8) has returned.
 */
int link_set_route(struct wire *wire, const char *metrics);

/**
 * link_send() - hand a packet to the stack under test
 * @wire: the run
 * @packet: the packet
 * @length: its length
 */
void link_send(struct wire *wire, const __u8 *packet, size_t length);

/**
 * link_wait() - queue packets from the stack until one is there
 * @wire: the run
 * @until: when to give up, nanoseconds of CLOCK_MONOTONIC
 * @extra: another descriptor to wait for, or -1
 *
 * Return: true if @wire->head is a packet or @extra can be read.
 */
bool link_wait(struct wire *wire, __s64 until, int extra);

/**
 * flow_find() - a conversation by its name
 * @wire: the run
 * @name: the name; a new conversation is made if there is none
 *
 * Return: the conversation.
 */
struct flow *flow_find(struct wire *wire, const char *name);

/**
 * flow_command() - work on a "peer" or "local" line
 * @wire: the run, at the line
 */
void flow_command(struct wire *wire);

/**
 * talk_send() - work on a "<" line: inject a segment or an ICMP message
 * @wire: the run, at the line
 */
void talk_send(struct wire *wire);

/**
 * talk_expect() - work on a ">" line: the stack must send this segment
 * @wire: the run, at the line
 */
void talk_expect(struct wire *wire);

/**
 * talk_quiet() - work on a "quiet" line: the stack must send nothing
 * @wire: the run, at the line
 */
void talk_quiet(struct wire *wire);

/**
 * talk_drain() - work on a "drain" line: forget what the stack sends
 * @wire: the run, at the line
 */
void talk_drain(struct wire *wire);

/**
 * talk_end() - check at the end of a script that nothing was left unsaid
 * @wire: the run
 */
void talk_end(struct wire *wire);

/**
 * app_command() - work on an "app" or "app&" line: a socket call
 * @wire: the run, at the line
 */
void app_command(struct wire *wire);

/**
 * app_done() - work on a "done" line: a call in the background returns
 * @wire: the run, at the line
 */
void app_done(struct wire *wire);

/**
 * look_counter() - work on a "counter" line
 * @wire: the run, at the line
 */
void look_counter(struct wire *wire);

/**
 * look_state() - work on a "state" line
 * @wire: the run, at the line
 */
void look_state(struct wire *wire);

/**
 * look_sysctl() - work on a "sysctl" line: set one
 * @wire: the run, at the line
 */
void look_sysctl(struct wire *wire);

/**
 * pattern() - the octet that both sides send at a place in their stream
 * @offset: the place, 0 for the first octet after the SYN
 *
 * Return: the octet.
 */
static inline __u8 pattern(__u32 offset)
{
	return offset * 7 + offset / 256 * 13 + 1;
}

#endif
