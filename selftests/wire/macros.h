/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_MACROS_H
#define WIRE_MACROS_H

/* The kernel's short forms, for programs. */
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define __printf(format_at, first) \
	__attribute__(( \
		format(printf, format_at, first)))

#endif
