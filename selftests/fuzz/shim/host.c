// SPDX-License-Identifier: GPL-2.0
/*
 * What the C library does for the shim: the only file that is compiled with its
 * headers.
 */
#include <malloc.h>
#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void *fuzz_malloc(size_t size)
{
	return malloc(size);
}

void *fuzz_malloc_aligned(size_t align, size_t size)
{
	return aligned_alloc(align, size);
}

void fuzz_free(const void *p)
{
	free((void *)p);
}

size_t fuzz_size(const void *p)
{
	return malloc_usable_size((void *)p);
}

void fuzz_poison(const void *p, size_t size)
{
	__asan_poison_memory_region(p, size);
}

void fuzz_unpoison(const void *p, size_t size)
{
	__asan_unpoison_memory_region(p, size);
}

int fuzz_print(char *to, size_t size, const char *format, va_list args)
{
	return vsnprintf(to, size, format, args);
}

void fuzz_say(const char *text)
{
	fputs(text, stderr);
	fputc('\n', stderr);
}

void fuzz_abort(void)
{
	abort();
}

bool fuzz_verbose(void)
{
	return getenv("FUZZ_VERBOSE");
}
