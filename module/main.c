// SPDX-License-Identifier: GPL-2.0
/*
 * mytcp: a TCP (RFC 9293) as a loadable module, beside the kernel's own. Init in
 * order, exit in the reverse order, module parameters; nothing else.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/net.h>

#include "buflimit.h"
#include "cong.h"
#include "demux.h"
#include "experimental.h"
#include "family.h"
#include "pernet.h"
#include "port.h"
#include "port_auto.h"
#include "request.h"
#include "small_queue.h"
#include "sock.h"
#include "sysfs.h"
#include "timewait.h"
#include "uapi/mytcp.h"

static int family = AF_MYTCP;
module_param(family, int, 0444);
MODULE_PARM_DESC(family, "number of the protocol family (default 19)");

unsigned int mytcp_time_wait_ms = MYTCP_TIME_WAIT_MS;
module_param_named(time_wait_ms, mytcp_time_wait_ms, uint, 0444);
MODULE_PARM_DESC(time_wait_ms, "length of TIME_WAIT in milliseconds (default 60000)");

module_param_named(max_orphans, mytcp_max_orphans, uint, 0644);
MODULE_PARM_DESC(max_orphans, "connections that no process has any more (default 16384)");

module_param_named(rcvbuf_max, mytcp_rcvbuf_max, uint, 0644);
MODULE_PARM_DESC(rcvbuf_max, "bytes a receive buffer grows to while tcp_rmem is as at boot (default 32 MiB, by memory)");

module_param_named(sndbuf_max, mytcp_sndbuf_max, uint, 0644);
MODULE_PARM_DESC(sndbuf_max, "bytes a send buffer grows to while tcp_wmem is as at boot (default 32 MiB, by memory)");

static int __init mytcp_init(void)
{
	int err;

	if (family <= AF_UNSPEC || family >= AF_MAX ||
	    mytcp_time_wait_ms < MYTCP_TIME_WAIT_MS_MIN ||
	    mytcp_time_wait_ms > MYTCP_TIME_WAIT_MS_MAX) {
		pr_err("family=%d must be in 1..%d, time_wait_ms=%u in %d..%d\n",
		       family, AF_MAX - 1, mytcp_time_wait_ms,
		       MYTCP_TIME_WAIT_MS_MIN, MYTCP_TIME_WAIT_MS_MAX);
		return -EINVAL;
	}

	mytcp_small_queue_init();
	err = mytcp_cong_register(&mytcp_cong_dctcp);
	if (err)
		goto err_cong;
	err = mytcp_sock_init_module();
	if (err)
		goto err_sock;
	err = mytcp_demux_init();
	if (err)
		goto err_demux;
	mytcp_port_init_module();
	mytcp_port_auto_init_module();
	err = mytcp_timewait_init_module();
	if (err)
		goto err_timewait;
	err = mytcp_request_init_module();
	if (err)
		goto err_listen;
	err = mytcp_pernet_init();
	if (err)
		goto err_pernet;
	err = mytcp_experimental_init();
	if (err)
		goto err_experimental;
	err = mytcp_sysfs_init();
	if (err)
		goto err_sysfs;
	err = mytcp_family_init(family);
	if (err)
		goto err_family;

	pr_info("version %s, protocol family %d\n", MYTCP_VERSION, family);
	return 0;

err_family:
	mytcp_sysfs_exit();
err_sysfs:
	mytcp_experimental_exit();
err_experimental:
	mytcp_pernet_exit();
err_pernet:
	mytcp_request_exit_module();
err_listen:
	mytcp_timewait_exit_module();
err_timewait:
	mytcp_port_exit_module();
	mytcp_demux_exit();
err_demux:
	mytcp_sock_exit_module();
err_sock:
	mytcp_cong_unregister(&mytcp_cong_dctcp);
err_cong:
	mytcp_small_queue_exit();
	return err;
}

static void __exit mytcp_exit(void)
{
	mytcp_family_exit();
	mytcp_sysfs_exit();
	mytcp_experimental_exit();
	mytcp_pernet_exit();
	mytcp_request_exit_module();
	mytcp_timewait_exit_module();
	mytcp_port_exit_module();
	mytcp_demux_exit();
	mytcp_sock_exit_module();
	mytcp_cong_unregister(&mytcp_cong_dctcp);
	mytcp_small_queue_exit();
}

module_init(mytcp_init);
module_exit(mytcp_exit);

MODULE_DESCRIPTION("A TCP that can be loaded: protocol family AF_MYTCP");
MODULE_AUTHOR("The mytcp authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MYTCP_VERSION);
