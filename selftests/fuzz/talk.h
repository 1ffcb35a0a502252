/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conversations for the targets: those of selftests/kunit/catch.h, with a peer who
 * says whatever the tape says, and what must hold after each step.
 */
#ifndef _FUZZ_TALK_H
#define _FUZZ_TALK_H

#include "../kunit/catch.h"
#include "target.h"

struct talk {
	struct kunit test;
	struct catch *c;
	struct tape *t;
	bool fails;		/* memory or the queue below have failed */
	bool reused;		/* the socket may be another connection's than at first */
	unsigned long objects;	/* that were allocated before */
};

void talk_init(void);
void talk_setup(struct talk *k, struct catch_setup *setup);
void talk_begin(struct talk *k, int state, const struct catch_setup *setup);
void talk_end(struct talk *k);

void talk_memory(struct talk *k, u8 fails, bool all);
void talk_write(struct talk *k);
void talk_option(struct talk *k);
void talk_icmp(struct talk *k);
void talk_time(struct talk *k);
void talk_below(struct talk *k);
u32 talk_sent_seq(struct talk *k);

void talk_check(struct talk *k);
void talk_check_sent(struct talk *k);

#endif /* _FUZZ_TALK_H */
