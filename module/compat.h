/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels that mytcp builds on (6.1 and 6.12).
 * No other file asks for a version.
 */
#ifndef _MYTCP_COMPAT_H
#define _MYTCP_COMPAT_H

#include <linux/version.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif /* _MYTCP_COMPAT_H */
