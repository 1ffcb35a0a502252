// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a network namespace: made when the namespace or the module comes,
 * and taken down when either goes.
 */
#include <linux/random.h>

#include "demux.h"
#include "hook.h"
#include "pernet.h"
#include "port.h"
#include "port_auto.h"
#include "proc.h"
#include "request.h"
#include "sock.h"
#include "timewait.h"

unsigned int mytcp_pernet_id __read_mostly;

static void mytcp_pernet_fifos_init(struct mytcp_pernet *pernet)
{
	const u64 most = (u64)MYTCP_RTO_MAX_US * NSEC_PER_USEC;
	int i;

	mytcp_fifo_init(&pernet->time_wait, (u64)mytcp_time_wait_ms * NSEC_PER_MSEC,
			mytcp_timewait_expired);
	/* RFC 6298 (2.1), (2.5), (5.5): 1 s, then twice as long every time. */
	for (i = 0; i < MYTCP_SYNACK_STEPS; i++)
		mytcp_fifo_init(&pernet->synack[i],
				min((u64)NSEC_PER_SEC << i, most),
				mytcp_request_expired);
}

static int __net_init mytcp_net_init(struct net *net)
{
	struct mytcp_pernet *pernet = mytcp_pernet(net);
	int err;

	pernet->net = net;
	get_random_bytes(&pernet->isn_key, sizeof(pernet->isn_key));
	get_random_bytes(&pernet->cookie_key, sizeof(pernet->cookie_key));
	pernet->port_lo = MYTCP_PORT_LO;
	pernet->port_hi = MYTCP_PORT_HI;
	mytcp_pernet_fifos_init(pernet);
	mytcp_fastopen_cache_init(&pernet->fastopen);

	pernet->counters = alloc_percpu(struct mytcp_counters);
	if (!pernet->counters)
		return -ENOMEM;
	err = mytcp_proc_register(net);
	if (err)
		goto err_proc;
	err = mytcp_hook_register(net);
	if (err)
		goto err_hook;
	return 0;

err_hook:
	mytcp_proc_unregister(net);
err_proc:
	free_percpu(pernet->counters);
	return err;
}

static int mytcp_pernet_kill(struct mytcp_node *node, struct sock *listener, void *arg)
{
	unsigned int *killed = arg;
	struct sock *sk;

	if (!node || node->kind != MYTCP_NODE_SOCK)
		return 0;
	sk = mytcp_to_sk(container_of(node, struct mytcp_sock, node));
	if (sock_flag(sk, SOCK_DEAD)) {
		mytcp_orphan_kill(sk);
		++*killed;
	}
	return 0;
}

/*
 * Reset every connection. Only orphans are left: an open socket holds both the
 * namespace and the module. The walk's place counts objects, so that nothing else may
 * leave by itself.
 */
static void mytcp_pernet_kill_all(struct net *net)
{
	unsigned int killed;

	mytcp_requests_purge(net);
	mytcp_fifo_stop(&mytcp_pernet(net)->time_wait);
	do {
		struct mytcp_walk walk = { .net = net };

		killed = 0;
		mytcp_demux_walk(&walk, mytcp_pernet_kill, &killed);
	} while (killed);
}

/* While the devices are still there, so that the peers learn of it. */
static void __net_exit mytcp_net_pre_exit(struct net *net)
{
	mytcp_hook_unregister(net);
	mytcp_pernet_kill_all(net);
}

/*
 * A socket outlives its namespace while a packet of its waits in another one's
 * queue: only its destructor is to come, which does not look at the namespace.
 */
static void __net_exit mytcp_net_exit_batch(struct list_head *nets)
{
	struct net *net;

	/* A segment that was on its way may have begun something since. */
	list_for_each_entry(net, nets, exit_list) {
		mytcp_pernet_kill_all(net);
		mytcp_timewait_purge(net);
	}
	/* Who has found one of them before may still be counting. */
	synchronize_rcu();
	mytcp_port_settle();
	list_for_each_entry(net, nets, exit_list) {
		mytcp_proc_unregister(net);
		mytcp_fastopen_cache_purge(&mytcp_pernet(net)->fastopen);
		free_percpu(mytcp_pernet(net)->counters);
	}
}

static struct pernet_operations mytcp_net_ops = {
	.init		= mytcp_net_init,
	.pre_exit	= mytcp_net_pre_exit,
	.exit_batch	= mytcp_net_exit_batch,
	.id		= &mytcp_pernet_id,
	.size		= sizeof(struct mytcp_pernet),
};

/**
 * mytcp_pernet_init() - make the state of every namespace, now and to come
 *
 * From here on segments of TCP's own protocol number are looked at.
 *
 * Return: 0 or -errno.
 */
int mytcp_pernet_init(void)
{
	return register_pernet_subsys(&mytcp_net_ops);
}

/**
 * mytcp_pernet_exit() - the reverse, for a module that no socket holds any more
 *
 * Resets what connections there are. Their memory may be given back later:
 * mytcp_sock_exit_module() waits for it.
 *
 * Context: process; may sleep.
 */
void mytcp_pernet_exit(void)
{
	unregister_pernet_subsys(&mytcp_net_ops);
}
