// SPDX-License-Identifier: GPL-2.0
/*
 * The namespace as the kernel would make it: its own functions that do this are
 * static, so the files are included.
 */
#include "net/ipv4/tcp_ipv4.c"

#undef pr_fmt
#include "net/ipv4/af_inet.c"

#include "shim.h"

/* tcp_sk_init() names it, and mytcp its name: what a kernel of today begins with */
struct tcp_congestion_ops tcp_reno = { .name = "cubic" };

void fuzz_defaults(struct net *net)
{
	/* tcp_init() computes these from the memory that there is */
	static const int rmem[] = { 4096, 131072, 6291456 };
	static const int wmem[] = { 4096, 16384, 4194304 };

	inet_init_net(net);
	tcp_sk_init(net);
	memcpy(net->ipv4.sysctl_tcp_rmem, rmem, sizeof(rmem));
	memcpy(net->ipv4.sysctl_tcp_wmem, wmem, sizeof(wmem));
	net->ipv4.tcp_death_row.sysctl_max_tw_buckets = 8192;
	net->ipv4.sysctl_max_syn_backlog = 256;
	net->core.sysctl_somaxconn = SOMAXCONN;
}
