/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel for the module in a program of the host: one thread, one namespace, a
 * clock that the target sets (clock.h). The headers are the kernel's own, and so is
 * the code of its lists, trees, packets and sockets; here is what is below them.
 */
#ifndef _FUZZ_SHIM_H
#define _FUZZ_SHIM_H

#include <kunit/test.h>
#include <linux/types.h>

/* host.c: what the C library does */
void *fuzz_malloc(size_t size);
void *fuzz_malloc_aligned(size_t align, size_t size);
void fuzz_free(const void *p);
size_t fuzz_size(const void *p);
void fuzz_poison(const void *p, size_t size);
void fuzz_unpoison(const void *p, size_t size);
int fuzz_print(char *to, size_t size, const char *format, va_list args);
void fuzz_say(const char *text);
void __noreturn fuzz_abort(void);
bool fuzz_verbose(void);

void __noreturn __printf(1, 2) fuzz_fail(const char *format, ...);

/* A rule that must hold whatever the input is. */
#define FUZZ_CHECK(condition)							\
do {										\
	if (!(condition))							\
		fuzz_fail("%s:%d: %s does not hold", __FILE__, __LINE__, #condition); \
} while (0)

/* memory.c: how often of 256 times an allocation fails, and those that may wait, too */
extern u8 fuzz_memory_fails;
extern bool fuzz_memory_fails_all;
extern unsigned long fuzz_objects;	/* that are allocated now */
void fuzz_memory_init(void);

/* kernel.c */
void fuzz_random_seed(u64 seed);
u32 fuzz_random(void);
void fuzz_softirq(void);
void fuzz_hrtimers(void);
void fuzz_kernel_init(void);

/* defaults.c: the namespace's sysctls, as the kernel begins */
void fuzz_defaults(struct net *net);

/* socket.c */
extern const struct net_proto_family *fuzz_family;

/* unit.c: KUnit, as far as its conversations need it */
void fuzz_test_begin(struct kunit *test);
void fuzz_test_end(struct kunit *test);

#endif /* _FUZZ_SHIM_H */
