/* SPDX-License-Identifier: GPL-2.0 */
/* A tun device of IPv4: what `wire` and `hostile` have in common. */
#ifndef _WIRE_TUN_H
#define _WIRE_TUN_H

#include <linux/types.h>

/* What has no way on: says "what" and why, in a line of TAP, and ends the program. */
void must(int result, const char *what);

/*
 * A new device that is up, with flags of TUNSETIFF besides those of any; addresses in
 * host order. Returns its descriptor, which does not block.
 */
int tun_open(const char *name, int flags, __u32 address, __u32 netmask);

/* Set a device up that is there anyway, and the MTU of one. */
void tun_set_up(const char *name);
void tun_set_mtu(const char *name, int mtu);

#endif /* _WIRE_TUN_H */
