/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_MACROS_H
#define WIRE_MACROS_H

/* The kernel's short forms, for programs. */
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define __noreturn		__attribute__((noreturn))
#define __printf(at, first)	__attribute__((format(printf, at, first)))

#endif
