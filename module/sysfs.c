// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/mytcp:
 *
 *	version, family		of the module
 *	time_wait_ms		2 MSL in milliseconds (settable)
 *	port_lo, port_hi	range of automatic ports, inclusive (settable)
 *	available_congestion_control	the algorithms that are loaded
 *	allowed_congestion_control	those that everybody may choose (settable)
 *	counters/NAME		stats.h; curr_estab and time_wait are gauges
 *
 * The version, the family and congestion control are the machine's; all else
 * belongs to the network namespace of the process that reads or writes the file.
 */
#include <linux/kobject.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "cong.h"
#include "family.h"
#include "pernet.h"
#include "stats.h"
#include "sysfs.h"
#include "timewait.h"

static struct net *mytcp_sysfs_net(void)
{
	return current->nsproxy->net_ns;
}

static struct mytcp_pernet *mytcp_sysfs_pernet(void)
{
	return mytcp_pernet(mytcp_sysfs_net());
}

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", MYTCP_VERSION);
}

static struct kobj_attribute version_attr = __ATTR_RO(version);

static ssize_t family_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%u\n", mytcp_family);
}

static struct kobj_attribute family_attr = __ATTR_RO(family);

static ssize_t time_wait_ms_show(struct kobject *kobj,
				 struct kobj_attribute *attr, char *buf)
{
	u64 ns = READ_ONCE(mytcp_sysfs_pernet()->time_wait.delay_ns);

	return sysfs_emit(buf, "%llu\n", div_u64(ns, NSEC_PER_MSEC));
}

static ssize_t time_wait_ms_store(struct kobject *kobj,
				  struct kobj_attribute *attr,
				  const char *buf, size_t count)
{
	unsigned int ms;
	int err = kstrtouint(buf, 0, &ms);

	if (err)
		return err;
	if (ms < MYTCP_TIME_WAIT_MS_MIN || ms > MYTCP_TIME_WAIT_MS_MAX)
		return -ERANGE;
	mytcp_fifo_set_delay(&mytcp_sysfs_pernet()->time_wait,
			     (u64)ms * NSEC_PER_MSEC);
	return count;
}

static struct kobj_attribute time_wait_ms_attr = __ATTR_RW(time_wait_ms);

/* An end of the range of automatic ports, if it is written within "least, most". */
static ssize_t port_store(u16 *end, const char *buf, size_t count, u16 least,
			  u16 most)
{
	u16 port;
	int err = kstrtou16(buf, 0, &port);

	if (err)
		return err;
	if (port < least || port > most)
		return -ERANGE;
	WRITE_ONCE(*end, port);
	return count;
}

static ssize_t port_lo_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(mytcp_sysfs_pernet()->port_lo));
}

static ssize_t port_lo_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	struct mytcp_pernet *pernet = mytcp_sysfs_pernet();

	return port_store(&pernet->port_lo, buf, count, 1,
			  READ_ONCE(pernet->port_hi));
}

static struct kobj_attribute port_lo_attr = __ATTR_RW(port_lo);

static ssize_t port_hi_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(mytcp_sysfs_pernet()->port_hi));
}

static ssize_t port_hi_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	struct mytcp_pernet *pernet = mytcp_sysfs_pernet();

	return port_store(&pernet->port_hi, buf, count,
			  READ_ONCE(pernet->port_lo), U16_MAX);
}

static struct kobj_attribute port_hi_attr = __ATTR_RW(port_hi);

static ssize_t available_congestion_control_show(struct kobject *kobj,
						 struct kobj_attribute *attr,
						 char *buf)
{
	size_t len = mytcp_cong_names(buf, PAGE_SIZE - 1, false);

	return len + sysfs_emit_at(buf, len, "\n");
}

static struct kobj_attribute available_congestion_control_attr =
	__ATTR_RO(available_congestion_control);

static ssize_t allowed_congestion_control_show(struct kobject *kobj,
					       struct kobj_attribute *attr,
					       char *buf)
{
	size_t len = mytcp_cong_names(buf, PAGE_SIZE - 1, true);

	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t allowed_congestion_control_store(struct kobject *kobj,
						struct kobj_attribute *attr,
						const char *buf, size_t count)
{
	return mytcp_cong_allow(buf) ?: count;
}

static struct kobj_attribute allowed_congestion_control_attr =
	__ATTR_RW(allowed_congestion_control);

static struct attribute *mytcp_attrs[] = {
	&version_attr.attr,
	&family_attr.attr,
	&time_wait_ms_attr.attr,
	&port_lo_attr.attr,
	&port_hi_attr.attr,
	&available_congestion_control_attr.attr,
	&allowed_congestion_control_attr.attr,
	NULL
};

static const struct attribute_group mytcp_group = {
	.attrs = mytcp_attrs,
};

struct mytcp_counter_attr {
	struct kobj_attribute kobj;
	enum mytcp_counter which;
};

static struct mytcp_counter_attr mytcp_counter_files[MYTCP_C_COUNT];

static ssize_t counter_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	struct mytcp_counter_attr *counter =
		container_of(attr, struct mytcp_counter_attr, kobj);

	return sysfs_emit(buf, "%lu\n",
			  mytcp_counter_sum(mytcp_sysfs_net(), counter->which));
}

static ssize_t curr_estab_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n",
			  atomic_read(&mytcp_sysfs_pernet()->curr_estab));
}

static struct kobj_attribute curr_estab_attr = __ATTR_RO(curr_estab);

static ssize_t time_wait_show(struct kobject *kobj, struct kobj_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%u\n", mytcp_timewait_count(mytcp_sysfs_net()));
}

static struct kobj_attribute time_wait_attr = __ATTR_RO(time_wait);

/* The counters come behind the gauges; filled in by counter_files_init(). */
static struct attribute *mytcp_counter_attrs[2 + MYTCP_C_COUNT + 1] = {
	&curr_estab_attr.attr,
	&time_wait_attr.attr,
};

static const struct attribute_group mytcp_counter_group = {
	.name = "counters",
	.attrs = mytcp_counter_attrs,
};

static const struct attribute_group *mytcp_groups[] = {
	&mytcp_group,
	&mytcp_counter_group,
	NULL
};

static void counter_files_init(void)
{
	int i;

	for (i = 0; i < MYTCP_C_COUNT; i++) {
		struct mytcp_counter_attr *counter = &mytcp_counter_files[i];

		sysfs_attr_init(&counter->kobj.attr);
		counter->kobj.attr.name = mytcp_counter_name(i);
		counter->kobj.attr.mode = 0444;
		counter->kobj.show = counter_show;
		counter->which = i;
		mytcp_counter_attrs[2 + i] = &counter->kobj.attr;
	}
}

static struct kobject *mytcp_kobj;

/**
 * mytcp_sysfs_init() - make /sys/kernel/mytcp
 *
 * Return: 0 or -errno.
 */
int mytcp_sysfs_init(void)
{
	int err;

	counter_files_init();
	mytcp_kobj = kobject_create_and_add("mytcp", kernel_kobj);
	if (!mytcp_kobj)
		return -ENOMEM;
	err = sysfs_create_groups(mytcp_kobj, mytcp_groups);
	if (err)
		kobject_put(mytcp_kobj);
	return err;
}

/**
 * mytcp_sysfs_exit() - the reverse; waits for readers
 */
void mytcp_sysfs_exit(void)
{
	sysfs_remove_groups(mytcp_kobj, mytcp_groups);
	kobject_put(mytcp_kobj);
}
