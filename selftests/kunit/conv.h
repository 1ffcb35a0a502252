/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of arrivals: one segment comes to a connection in a known state, and
 * the table says what RFC 9293 section 3.10.7 makes of it. Each row is a test
 * case of its own.
 */
#ifndef _MYTCP_CONV_H
#define _MYTCP_CONV_H

#include "catch.h"

/* What is sent in return. */
enum conv_answer {
	CONV_NOTHING,		/* neither now nor after the time of a delayed ACK */
	CONV_ACK,		/* at once: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
	CONV_CHALLENGE,		/* the same, under RFC 5961's limit */
	CONV_DELAYED_ACK,	/* the same, after 40 ms */
	CONV_RESET,		/* <SEQ=SEG.ACK><CTL=RST> */
	CONV_RESET_ACK,		/* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK> */
	CONV_SYN_ACK,		/* <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> */
};

/**
 * struct conv_arrival - a row: a segment arrives
 * @desc: what it is, and the rule
 * @seg: the segment. Its seq is relative to RCV.NXT, its ack to SND.NXT, as they
 *	are before it comes
 * @from_edge: its seq is relative to RCV.NXT+RCV.WND instead
 * @answer: what we send
 * @takes: by how much RCV.NXT goes forward
 * @text: how many octets the user reads afterwards; they must be the pattern's
 * @becomes: the state afterwards; 0: as before
 * @urgent: the user is told of urgent data
 */
struct conv_arrival {
	const char *desc;
	struct catch_segment seg;
	bool from_edge;
	enum conv_answer answer;
	u32 takes;
	u32 text;
	int becomes;
	bool urgent;
};

/**
 * struct conv_state - where a connection stands before the arrival
 * @state: TCP_*
 * @rcv_nxt: RCV.NXT, relative
 * @snd_nxt: SND.NXT, relative
 * @reset_error: what the user is told when the peer resets: a positive errno
 */
struct conv_state {
	int state;
	u32 rcv_nxt;
	u32 snd_nxt;
	int reset_error;
};

void conv_arrive(struct catch *c, const struct conv_state *at,
		 const struct conv_arrival *arrival);
void conv_run(struct kunit *test, const struct conv_state *at,
	      const struct catch_setup *setup);
void conv_describe(const struct conv_arrival *arrival, char *desc);
void conv_round_trip(struct catch *c, u32 rtt_us);

/* The rows that are the same in every state after SYN-SENT. */
extern const struct conv_arrival conv_common[];
const void *conv_common_gen_params(const void *prev, char *desc);

/* Those of the ACK field that are, in every state after SYN-RECEIVED. */
extern const struct conv_arrival conv_ack[];
const void *conv_ack_gen_params(const void *prev, char *desc);

/* A test of the rows of a table: "at" is the struct conv_state, then a set-up. */
#define CONV_ARRIVAL(name, at, ...)						\
static void name(struct kunit *test)						\
{										\
	conv_run(test, &(at), &(const struct catch_setup) { __VA_ARGS__ });	\
}

#endif /* _MYTCP_CONV_H */
