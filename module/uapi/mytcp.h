/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What user space sees of mytcp beside the kernel's own constants: programs use
 * SOL_TCP, SOL_IP and SOL_SOCKET with the names of tcp(7), ip(7), socket(7).
 */
#ifndef _UAPI_MYTCP_H
#define _UAPI_MYTCP_H

/*
 * The protocol family: number 19 was Acorn Econet's until Linux 3.5 and has had
 * no user since. The module parameter "family" moves it.
 */
#ifndef AF_MYTCP
#define AF_MYTCP	19
#define PF_MYTCP	AF_MYTCP
#endif

/*
 * The third argument of socket(): 0 or IPPROTO_TCP for TCP's own protocol number
 * on the wire, this one for the same segments under the number that RFC 3692
 * sets aside for experiments.
 */
#define MYTCP_PROTO_EXPERIMENTAL	253

#endif /* _UAPI_MYTCP_H */
