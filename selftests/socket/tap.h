/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small harness for tests that speak the Test Anything Protocol.
 *
 * Each TEST() runs in a process of its own, killed with all its children
 * when it is over, so a test need not tidy up. A failed assertion names
 * itself in a comment line and ends the test, from whichever thread.
 */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stddef.h>

/* The kernel's short forms, for programs. */
#define __printf(format_at, first)						\
	__attribute__((								\
		format(printf, format_at, first)))
#define __noreturn								\
	__attribute__((								\
		noreturn))
#define __constructor								\
	__attribute__((								\
		constructor))
#define __maybe_unused								\
	__attribute__((								\
		unused))

struct tap_test {
	const char *name;
	void (*run)(void);
	struct tap_test *next;
};

/* Tests run in the order of their files on the link line, then as written. */
#define TEST(id)								\
	static void test_##id(void);						\
	static __constructor void tap_add_##id(void)				\
	{									\
		static struct tap_test test = { #id, test_##id, NULL };		\
										\
		tap_add(&test);							\
	}									\
	static void test_##id(void)

/** tap_add() - put a test behind those that are there; for TEST() */
void tap_add(struct tap_test *test);

/**
 * tap_run() - run the tests that are linked in, in TAP on standard output
 * @filter: run only tests whose name contains this; NULL for all
 * @list: name them instead of running them
 *
 * Return: 0 when every test passed, 1 otherwise or when none was run.
 */
int tap_run(const char *filter, int list);

/**
 * tap_fail() - say what is wrong, and end the test
 * @file: where
 * @line: where
 * @format: as printf() has it
 */
__noreturn __printf(3, 4)
void tap_fail(const char *file, int line, const char *format, ...);

/**
 * tap_comment() - print a line that a TAP reader passes over
 * @format: as printf() has it
 */
__printf(1, 2)
void tap_comment(const char *format, ...);

/**
 * tap_errno_name() - the name of an error, "EPIPE" for EPIPE
 * @error: an errno value
 */
const char *tap_errno_name(int error);

#define ASSERT_TRUE(cond) do {							\
	if (!(cond))								\
		tap_fail(__FILE__, __LINE__, "%s is false", #cond);		\
} while (0)

#define ASSERT_EQ(got, want) do {						\
	long long got_ = (got);							\
	long long want_ = (want);						\
	if (got_ != want_)							\
		tap_fail(__FILE__, __LINE__, "%s is %lld, want %s = %lld",	\
			 #got, got_, #want, want_);				\
} while (0)

#define ASSERT_IN(got, low, high) do {						\
	long long got_ = (got);							\
	long long low_ = (low);							\
	long long high_ = (high);						\
	if (got_ < low_ || got_ > high_)					\
		tap_fail(__FILE__, __LINE__, "%s is %lld, want %lld to %lld",	\
			 #got, got_, low_, high_);				\
} while (0)

/* A system call that must succeed; evaluates to what it returned. */
#define ASSERT_OK(call) ({							\
	long long ret_ = (call);						\
	if (ret_ < 0)								\
		tap_fail(__FILE__, __LINE__, "%s: %s", #call,			\
			 tap_errno_name(errno));				\
	ret_;									\
})

/* A system call that must fail with exactly this errno. */
#define ASSERT_FAILS(call, error) do {						\
	long long ret_ = (call);						\
	int errno_ = errno;							\
	if (ret_ != -1)								\
		tap_fail(__FILE__, __LINE__, "%s gave %lld, want %s",		\
			 #call, ret_, #error);					\
	if (errno_ != (error))							\
		tap_fail(__FILE__, __LINE__, "%s: %s, want %s", #call,		\
			 tap_errno_name(errno_), #error);			\
} while (0)

#endif /* TAP_H */
