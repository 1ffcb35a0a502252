/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The same segments under the IP protocol number for experiments, RFC 3692.
 */
#ifndef _MYTCP_EXPERIMENTAL_H
#define _MYTCP_EXPERIMENTAL_H

int mytcp_experimental_init(void);
void mytcp_experimental_exit(void);

#endif /* _MYTCP_EXPERIMENTAL_H */
