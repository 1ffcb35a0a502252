// SPDX-License-Identifier: GPL-2.0
/*
 * Congestion control, the part that all algorithms share: see cong.h.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "cong.h"

/* Those that are part of mytcp itself. */
static const struct mytcp_cong_ops *const builtin[] = {
	&mytcp_cong_cubic,
	&mytcp_cong_reno,
	&mytcp_cong_bbr,
};

/* All others, DCTCP among them. Read under RCU, written under the lock. */
static LIST_HEAD(algorithms);
static DEFINE_SPINLOCK(algorithms_lock);

/* Under RCU or algorithms_lock. */
static struct mytcp_cong_ops *lookup_registered(const char *name)
{
	struct mytcp_cong_ops *ops;

	list_for_each_entry_rcu(ops, &algorithms, node,
				lockdep_is_held(&algorithms_lock))
		if (!strcmp(name, ops->name))
			return ops;
	return NULL;
}

/* The same. */
static const struct mytcp_cong_ops *lookup(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(builtin); i++)
		if (!strcmp(name, builtin[i]->name))
			return builtin[i];
	return lookup_registered(name);
}

int mytcp_cong_register(struct mytcp_cong_ops *ops)
{
	int err = 0;

	if (!ops->name || !*ops->name ||
	    strnlen(ops->name, MYTCP_CONG_NAME_MAX) == MYTCP_CONG_NAME_MAX ||
	    !ops->ssthresh || !(ops->cong_avoid || ops->cong_control) || !ops->undo_cwnd)
		return -EINVAL;

	spin_lock(&algorithms_lock);
	if (lookup(ops->name))
		err = -EEXIST;
	else
		list_add_tail_rcu(&ops->node, &algorithms);
	spin_unlock(&algorithms_lock);
	return err;
}
EXPORT_SYMBOL_GPL(mytcp_cong_register);

void mytcp_cong_unregister(struct mytcp_cong_ops *ops)
{
	spin_lock(&algorithms_lock);
	list_del_rcu(&ops->node);
	spin_unlock(&algorithms_lock);

	/* mytcp_cong_find() may be looking at it. */
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(mytcp_cong_unregister);

const struct mytcp_cong_ops *mytcp_cong_find(const char *name)
{
	const struct mytcp_cong_ops *ops;

	rcu_read_lock();
	ops = lookup(name);
	if (ops && !try_module_get(ops->owner))
		ops = NULL;
	rcu_read_unlock();
	return ops;
}

u32 mytcp_cong_key(const char *name)
{
	char padded[MYTCP_CONG_NAME_MAX] = {};

	strscpy(padded, name, sizeof(padded));
	return jhash(padded, sizeof(padded), strlen(padded));
}

/* Under RCU. */
static const struct mytcp_cong_ops *lookup_key(u32 key)
{
	const struct mytcp_cong_ops *ops;
	int i;

	for (i = 0; i < ARRAY_SIZE(builtin); i++)
		if (mytcp_cong_key(builtin[i]->name) == key)
			return builtin[i];
	list_for_each_entry_rcu(ops, &algorithms, node)
		if (mytcp_cong_key(ops->name) == key)
			return ops;
	return NULL;
}

const struct mytcp_cong_ops *mytcp_cong_find_key(u32 key)
{
	const struct mytcp_cong_ops *ops;

	rcu_read_lock();
	ops = lookup_key(key);
	if (ops && !try_module_get(ops->owner))
		ops = NULL;
	rcu_read_unlock();
	return ops;
}

size_t mytcp_cong_names(char *buf, size_t size, bool allowed)
{
	const struct mytcp_cong_ops *ops;
	size_t len = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(builtin); i++)
		len += scnprintf(buf + len, size - len, "%s%s", len ? " " : "",
				 builtin[i]->name);
	rcu_read_lock();
	list_for_each_entry_rcu(ops, &algorithms, node)
		if (!allowed || READ_ONCE(ops->allowed))
			len += scnprintf(buf + len, size - len, " %s", ops->name);
	rcu_read_unlock();
	return len;
}

/* One pass over the names, which are cut apart: are they there, or allow them. */
static int for_names(char *names, bool allow)
{
	struct mytcp_cong_ops *ops;
	char *name;

	while ((name = strsep(&names, " \t\n"))) {
		if (!*name)
			continue;
		if (!lookup(name))
			return -ENOENT;
		ops = lookup_registered(name);
		if (ops && allow)
			WRITE_ONCE(ops->allowed, true);
	}
	return 0;
}

int mytcp_cong_allow(const char *names)
{
	char *look = kstrdup(names, GFP_KERNEL), *set = kstrdup(names, GFP_KERNEL);
	struct mytcp_cong_ops *ops;
	int err = -ENOMEM;

	if (look && set) {
		spin_lock(&algorithms_lock);
		err = for_names(look, false);
		if (!err) {
			list_for_each_entry(ops, &algorithms, node)
				WRITE_ONCE(ops->allowed, false);
			for_names(set, true);
		}
		spin_unlock(&algorithms_lock);
	}
	kfree(look);
	kfree(set);
	return err;
}

/* Rules: 5681-3.1-2. */
u32 mytcp_iw(u32 mss)
{
	if (!mss)
		return MYTCP_IW_SEGMENTS;
	return min(MYTCP_IW_SEGMENTS, max(2U, MYTCP_IW_BYTES / mss));
}

static void tell(struct mytcp_cong *c, enum mytcp_cong_event ev)
{
	if (c->ops->event)
		c->ops->event(c, ev);
}

/* Rules: 5681-3.1-5. */
void mytcp_cong_init(struct mytcp_cong *c, const struct mytcp_cong_ops *ops,
		     u32 iw)
{
	memset(c, 0, sizeof(*c));
	c->cwnd = iw;
	c->ssthresh = MYTCP_SSTHRESH_INF;
	c->state = MYTCP_CONG_OPEN;
	c->ops = ops;
	if (ops->init)
		ops->init(c);
}

void mytcp_cong_restart(struct mytcp_cong *c, u32 iw)
{
	if (c->ops->release)
		c->ops->release(c);
	mytcp_cong_init(c, c->ops, iw);
}

void mytcp_cong_release(struct mytcp_cong *c)
{
	if (c->ops->release)
		c->ops->release(c);
	module_put(c->ops->owner);
	c->ops = NULL;
}

/* Rules: 5681-3.1-16, 9438-4.6-3. */
void mytcp_cong_on_ack(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	if (!s->acked)
		return;
	if (s->bytes_acked)
		c->rto_again = false;
	if (c->ops->acked)
		c->ops->acked(c, s);
	if (mytcp_cong_reducing(c) || mytcp_cong_controls(c) || !s->window_used)
		return;
	/*
	 * Marks reduce it, or have done so; but what a timeout leaves has to grow.
	 * Rules: 3168-6.1.2-7
	 */
	if (s->ece && c->state == MYTCP_CONG_OPEN)
		return;

	if (c->state == MYTCP_CONG_LOSS && !s->exact) {
		struct mytcp_ack_sample one = *s;

		one.acked = 1;
		c->ops->cong_avoid(c, &one);
		return;
	}
	c->ops->cong_avoid(c, s);
}

/* What undo has to go back to. */
static void remember_window(struct mytcp_cong *c)
{
	c->prior_cwnd = c->cwnd;
	c->prior_ssthresh = c->ssthresh;
	c->marked = false;
}

/* RFC 5681 section 3.1, equation (4). Rules: 5681-3.1-13, 5681-3.2-7, 5681-4.3-2. */
static u32 loss_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	return max(c->ops->ssthresh(c, in_flight), MYTCP_SSTHRESH_MIN);
}

/* Rules: 3168-6.1.2-3, 5681-3.1-9. */
static void reduce_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	/* Marks have done it, but where they count for less than a loss. */
	if (c->state == MYTCP_CONG_CWR) {
		if (c->ops->ecn_ssthresh)
			c->ssthresh = min(c->ssthresh, loss_ssthresh(c, c->prior_cwnd));
		return;
	}
	/* A second reduction before the first is repaired is no new beginning:
	 * undo has to go back to where all was well.
	 */
	if (c->state == MYTCP_CONG_OPEN)
		remember_window(c);
	c->ssthresh = loss_ssthresh(c, in_flight);
	c->cwnd_cnt = 0;
}

/* Rules: 3168-5-3, 3168-6.1.2-1, 3168-6.1.2-2, 3168-6.1.2-6, 9438-4.6-1. */
void mytcp_cong_enter_cwr(struct mytcp_cong *c)
{
	remember_window(c);
	if (c->ops->ecn_ssthresh)
		c->ssthresh = max(c->ops->ecn_ssthresh(c), MYTCP_SSTHRESH_MIN);
	else
		c->ssthresh = loss_ssthresh(c, c->cwnd);
	c->cwnd_cnt = 0;
	c->marked = true;
	c->state = MYTCP_CONG_CWR;
	tell(c, MYTCP_CONG_EV_CWR);
}

void mytcp_cong_exit_cwr(struct mytcp_cong *c)
{
	if (!mytcp_cong_controls(c))
		c->cwnd = c->ssthresh;
	c->state = MYTCP_CONG_OPEN;
	tell(c, MYTCP_CONG_EV_RECOVERED);
}

/* Rules: 5681-3.1-14, 5681-3.1-15. */
void mytcp_cong_on_rto(struct mytcp_cong *c, u32 in_flight)
{
	if (!c->rto_again)
		reduce_ssthresh(c, in_flight);
	c->rto_again = true;
	/* The loss window, RFC 5681 section 3.1. */
	c->cwnd = 1;
	c->state = MYTCP_CONG_LOSS;
	tell(c, MYTCP_CONG_EV_LOSS);
}

void mytcp_cong_enter_recovery(struct mytcp_cong *c, u32 in_flight)
{
	reduce_ssthresh(c, in_flight);
	if (!mytcp_cong_controls(c))
		c->cwnd = c->ssthresh;
	c->state = MYTCP_CONG_RECOVERY;
	tell(c, MYTCP_CONG_EV_RECOVERY);
}

static void end_recovery(struct mytcp_cong *c)
{
	c->state = MYTCP_CONG_OPEN;
	c->rto_again = false;
	tell(c, MYTCP_CONG_EV_RECOVERED);
}

/* Rules: 5681-3.2-11, 5681-4.3-4, 6582-3.2-3, 6937-3-5. */
void mytcp_cong_exit_recovery(struct mytcp_cong *c)
{
	if (!mytcp_cong_repairing(c))
		return;
	if (c->state == MYTCP_CONG_RECOVERY && !mytcp_cong_controls(c))
		c->cwnd = c->ssthresh;
	end_recovery(c);
}

static void rescale_ssthresh(u32 *ssthresh, u32 from, u32 to)
{
	if (*ssthresh != MYTCP_SSTHRESH_INF)
		*ssthresh = max(mytcp_cong_rescaled(*ssthresh, from, to), MYTCP_SSTHRESH_MIN);
}

void mytcp_cong_rescale(struct mytcp_cong *c, u32 from, u32 to)
{
	c->cwnd = mytcp_cong_rescaled(c->cwnd, from, to);
	c->cwnd_cnt = 0;
	c->prior_cwnd = mytcp_cong_rescaled(c->prior_cwnd, from, to);
	rescale_ssthresh(&c->ssthresh, from, to);
	rescale_ssthresh(&c->prior_ssthresh, from, to);
	if (c->ops->rescale)
		c->ops->rescale(c, from, to);
}

void mytcp_cong_undo(struct mytcp_cong *c)
{
	if (c->marked) {
		mytcp_cong_exit_recovery(c);
		return;
	}
	c->cwnd = c->ops->undo_cwnd(c);
	c->ssthresh = max(c->ssthresh, c->prior_ssthresh);
	if (c->state != MYTCP_CONG_OPEN)
		end_recovery(c);
}

/* RFC 2861: what the path could take when last asked. */
static void remember_three_quarters(struct mytcp_cong *c)
{
	c->ssthresh = max(c->ssthresh, c->cwnd / 2 + c->cwnd / 4);
}

void mytcp_cong_app_limited(struct mytcp_cong *c, u32 used)
{
	/* An algorithm with a model of the path knows what it can take. */
	if (used >= c->cwnd || c->state != MYTCP_CONG_OPEN || mytcp_cong_controls(c))
		return;
	remember_three_quarters(c);
	c->cwnd = (c->cwnd + used) / 2;
	c->cwnd_cnt = 0;
	tell(c, MYTCP_CONG_EV_IDLE_RESTART);
}

/* Rules: 5681-4.1-1. */
void mytcp_cong_idle_restart(struct mytcp_cong *c, u32 iw, u64 idle_us,
			     u32 rto_us)
{
	u32 restart;

	/* An algorithm with a model of the path knows what it can take. */
	if (idle_us <= rto_us || mytcp_cong_controls(c))
		return;
	/* Its round trip is over, though nothing was sent whose ACK could tell. */
	if (c->state == MYTCP_CONG_CWR)
		mytcp_cong_exit_cwr(c);

	restart = min(iw, c->cwnd);
	remember_three_quarters(c);
	while (idle_us > rto_us && c->cwnd > restart) {
		idle_us -= rto_us;
		c->cwnd /= 2;
	}
	c->cwnd = max(c->cwnd, restart);
	c->cwnd_cnt = 0;
	tell(c, MYTCP_CONG_EV_IDLE_RESTART);
}

/* Rules: MUST-19, 5681-3.1-7, 5681-3.1-8. */
u32 mytcp_cong_slow_start(struct mytcp_cong *c, u32 acked)
{
	u32 most = min(c->ssthresh, MYTCP_CWND_MAX);
	u32 used = c->cwnd < most ? min(acked, most - c->cwnd) : 0;

	c->cwnd += used;
	return acked - used;
}
EXPORT_SYMBOL_GPL(mytcp_cong_slow_start);

/* Rules: MUST-19, 5681-3.1-10, 5681-3.1-11, 5681-3.1-17. */
void mytcp_cong_avoid_ai(struct mytcp_cong *c, u32 w, u32 acked)
{
	c->cwnd_cnt += acked;
	if (c->cwnd_cnt < w)
		return;
	c->cwnd = min(c->cwnd + c->cwnd_cnt / w, MYTCP_CWND_MAX);
	c->cwnd_cnt %= w;
}
EXPORT_SYMBOL_GPL(mytcp_cong_avoid_ai);
