/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the targets share: an input is a tape that decisions are read from, and when
 * it is at its end they are all 0.
 */
#ifndef _FUZZ_TARGET_H
#define _FUZZ_TARGET_H

#include <linux/string.h>
#include <linux/types.h>

#include "shim/shim.h"

struct tape {
	const u8 *at;
	size_t left;
};

static inline bool tape_more(const struct tape *t)
{
	return t->left;
}

static inline u8 tape_u8(struct tape *t)
{
	if (!t->left)
		return 0;
	t->left--;
	return *t->at++;
}

static inline u16 tape_u16(struct tape *t)
{
	return tape_u8(t) | tape_u8(t) << 8;
}

static inline u32 tape_u32(struct tape *t)
{
	return tape_u16(t) | (u32)tape_u16(t) << 16;
}

static inline u64 tape_u64(struct tape *t)
{
	return tape_u32(t) | (u64)tape_u32(t) << 32;
}

/* A number of any size, small ones as often as large ones: an octet says how wide. */
static inline u64 tape_any(struct tape *t)
{
	u64 n = tape_u64(t);

	return n >> (tape_u8(t) & 63);
}

/* Once in the program's life, and for each input: libFuzzer's names for them */
int fuzz_init(int *argc, char ***argv) asm("LLVMFuzzerInitialize");
int fuzz_input(const u8 *data, size_t size) asm("LLVMFuzzerTestOneInput");

#endif /* _FUZZ_TARGET_H */
