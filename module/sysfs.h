/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/kernel/mytcp: one value a file, of the reader's network namespace.
 */
#ifndef _MYTCP_SYSFS_H
#define _MYTCP_SYSFS_H

#define MYTCP_VERSION	"0.1.0"

int mytcp_sysfs_init(void);
void mytcp_sysfs_exit(void);

#endif /* _MYTCP_SYSFS_H */
