// SPDX-License-Identifier: GPL-2.0
/*
 * Scalable TCP (T. Kelly, 2003) for mytcp: how an algorithm for congestion control
 * is made a module of its own. cong.h says what the operations are asked for.
 *	insmod mytcp_cong_scalable.ko
 *	setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "scalable", 8);
 * A module that is named like this one, mytcp_cong_NAME, is loaded when an
 * administrator's program asks for NAME. It stays as long as a connection uses it.
 */
#include <linux/minmax.h>
#include <linux/module.h>

#include "../cong.h"

/* A window, or so many segments if that is less, opens it by one; a loss takes a part. */
#define SEGMENTS_EACH	100U
#define DECREASE	8U

static u32 scalable_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	return in_flight - in_flight / DECREASE;
}

static void scalable_cong_avoid(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	u32 acked = s->acked;

	if (mytcp_cong_in_slow_start(c))
		acked = mytcp_cong_slow_start(c, acked);
	if (acked)
		mytcp_cong_avoid_ai(c, min(c->cwnd, SEGMENTS_EACH), acked);
}

static u32 scalable_undo_cwnd(struct mytcp_cong *c)
{
	return max(c->cwnd, c->prior_cwnd);
}

static struct mytcp_cong_ops scalable = {
	.name		= "scalable",
	.owner		= THIS_MODULE,
	.ssthresh	= scalable_ssthresh,
	.cong_avoid	= scalable_cong_avoid,
	.undo_cwnd	= scalable_undo_cwnd,
};

static int __init scalable_init(void)
{
	return mytcp_cong_register(&scalable);
}
module_init(scalable_init);

static void __exit scalable_exit(void)
{
	mytcp_cong_unregister(&scalable);
}
module_exit(scalable_exit);

MODULE_DESCRIPTION("Scalable TCP for mytcp: an example");
MODULE_LICENSE("GPL");
