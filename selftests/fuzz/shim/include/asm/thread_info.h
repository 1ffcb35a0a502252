/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In place of User Mode Linux's own, which finds this by the kernel's stack: there
 * is one thread.
 */
#ifndef _FUZZ_THREAD_INFO_H
#define _FUZZ_THREAD_INFO_H

#define current_thread_info mytcp_uml_current_thread_info
#include_next <asm/thread_info.h>
#undef current_thread_info

extern struct thread_info fuzz_thread_info;

static inline struct thread_info *current_thread_info(void)
{
	return &fuzz_thread_info;
}

#endif /* _FUZZ_THREAD_INFO_H */
