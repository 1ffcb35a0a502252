// SPDX-License-Identifier: GPL-2.0
/*
 * What is below sockets and packets: time, soft interrupts, RCU, chance, and the
 * kernel's complaints, which are failures here.
 */
#include <linux/hrtimer.h>
#include <linux/icmp.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/wait.h>
#include <net/busy_poll.h>
#include <net/icmp.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "shim.h"

extern u64 mytcp_test_clock;	/* module/clock.h */

static struct task_struct fuzz_task = { .stack = &fuzz_thread_info };
struct thread_info fuzz_thread_info = { .task = &fuzz_task };
struct module __this_module;
int signals_enabled;
unsigned long task_size = ~0ul;
unsigned long volatile jiffies;
DEFINE_STATIC_KEY_FALSE(memcg_sockets_enabled_key);
DEFINE_STATIC_KEY_FALSE(netstamp_needed_key);
struct workqueue_struct *system_percpu_wq;
const struct nf_ct_hook __rcu *nf_ct_hook;
struct kobject *kernel_kobj;
unsigned int sysctl_net_busy_read;

/* --- Complaints --- */

void fuzz_fail(const char *format, ...)
{
	char text[1024] = "\n== failed: ";
	size_t n = strlen(text);
	va_list args;

	va_start(args, format);
	fuzz_print(text + n, sizeof(text) - n, format, args);
	va_end(args);
	fuzz_say(text);
	fuzz_abort();
}

void warn_slowpath_fmt(const char *file, const int line, unsigned int taint,
		       const char *format, ...)
{
	char text[400] = "";
	va_list args;

	if (format) {
		va_start(args, format);
		fuzz_print(text, sizeof(text), format, args);
		va_end(args);
	}
	fuzz_fail("%s:%d: the kernel would warn. %s", file, line, text);
}

void panic(const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	fuzz_print(text, sizeof(text), format, args);
	va_end(args);
	fuzz_fail("the kernel would stop: %s", text);
}

int _printk(const char *format, ...)
{
	char text[1024];
	va_list args;

	if (!fuzz_verbose())
		return 0;
	va_start(args, format);
	fuzz_print(text, sizeof(text), printk_skip_level(format), args);
	va_end(args);
	fuzz_say(text);
	return 0;
}

int scnprintf(char *to, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = fuzz_print(to, size, format, args);
	va_end(args);
	return n < (int)size ? n : size ? (int)size - 1 : 0;
}

ssize_t sized_strscpy(char *to, const char *from, size_t size)
{
	size_t n = strnlen(from, size);

	if (!size)
		return -E2BIG;
	memcpy(to, from, min(n, size - 1));
	to[min(n, size - 1)] = 0;
	return n < size ? (ssize_t)n : -E2BIG;
}

int net_ratelimit(void)
{
	return 1;
}

/* --- Time --- */

ktime_t ktime_get(void)
{
	return mytcp_test_clock;
}

ktime_t ktime_get_with_offset(enum tk_offsets offset)
{
	return mytcp_test_clock;
}

unsigned int jiffies_to_msecs(const unsigned long j)
{
	return j * (MSEC_PER_SEC / HZ);
}

unsigned int jiffies_to_usecs(const unsigned long j)
{
	return j * (USEC_PER_SEC / HZ);
}

/* --- Timers: fired by the target alone --- */

#define FUZZ_TIMERS	64
static struct hrtimer *fuzz_timers[FUZZ_TIMERS];

static struct hrtimer **fuzz_timer_slot(struct hrtimer *timer)
{
	unsigned int i;

	for (i = 0; i < FUZZ_TIMERS; i++)
		if (fuzz_timers[i] == timer)
			return &fuzz_timers[i];
	return NULL;
}

void hrtimer_init(struct hrtimer *timer, clockid_t clock, enum hrtimer_mode mode)
{
	memset(timer, 0, sizeof(*timer));
}

void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t when, u64 delta,
			    const enum hrtimer_mode mode)
{
	struct hrtimer **slot = fuzz_timer_slot(timer) ?: fuzz_timer_slot(NULL);

	if (slot)
		*slot = timer;
	else
		fuzz_fail("too many timers are armed");
	hrtimer_set_expires(timer, when);
}

int hrtimer_try_to_cancel(struct hrtimer *timer)
{
	struct hrtimer **slot = fuzz_timer_slot(timer);

	if (slot)
		*slot = NULL;
	return !!slot;
}

int hrtimer_cancel(struct hrtimer *timer)
{
	return hrtimer_try_to_cancel(timer);
}

/* All that are armed fire, due or not: each must see for itself. */
void fuzz_hrtimers(void)
{
	struct hrtimer *timer;
	unsigned int i;

	for (i = 0; i < FUZZ_TIMERS; i++) {
		timer = fuzz_timers[i];
		if (!timer)
			continue;
		fuzz_timers[i] = NULL;
		local_bh_disable();
		if (timer->function(timer) == HRTIMER_RESTART)
			fuzz_timers[i] = timer;
		local_bh_enable();
	}
}

/* sk_timer, which nobody arms */
void init_timer_key(struct timer_list *timer, void (*func)(struct timer_list *),
		    unsigned int flags, const char *name, struct lock_class_key *key)
{
	timer->function = func;
}

/* --- Soft interrupts --- */

static struct tasklet_struct *fuzz_tasklets;

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	*t = (struct tasklet_struct) { .callback = callback, .use_callback = true };
}

void __tasklet_schedule(struct tasklet_struct *t)
{
	t->next = fuzz_tasklets;
	fuzz_tasklets = t;
}

void tasklet_kill(struct tasklet_struct *t)
{
	fuzz_softirq();
}

void fuzz_softirq(void)
{
	while (fuzz_tasklets) {
		struct tasklet_struct *t = fuzz_tasklets;

		fuzz_tasklets = t->next;
		clear_bit(TASKLET_STATE_SCHED, &t->state);
		preempt_count_add(SOFTIRQ_OFFSET);
		t->callback(t);
		preempt_count_sub(SOFTIRQ_OFFSET);
	}
}

void __local_bh_enable_ip(unsigned long ip, unsigned int count)
{
	preempt_count_sub(count);
	if (!softirq_count())
		fuzz_softirq();
}

int um_set_signals(int enable)
{
	int was = signals_enabled;

	signals_enabled = enable;
	return was;
}

void block_signals(void)
{
	signals_enabled = 0;
}

void unblock_signals(void)
{
	signals_enabled = 1;
}

/* --- RCU: a grace period ends when the target says so, or waits for it --- */

static struct rcu_head *fuzz_rcu, **fuzz_rcu_tail = &fuzz_rcu;

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
	head->next = NULL;
	*fuzz_rcu_tail = head;
	fuzz_rcu_tail = &head->next;
}

void synchronize_rcu(void)
{
	struct rcu_head *head;

	/* Who sleeps lets others go on */
	fuzz_softirq();
	while ((head = fuzz_rcu)) {
		fuzz_rcu = head->next;
		if (!fuzz_rcu)
			fuzz_rcu_tail = &fuzz_rcu;
		if ((unsigned long)head->func < 4096)
			kfree((void *)head - (unsigned long)head->func);
		else
			head->func(head);
	}
}

void rcu_barrier(void)
{
	synchronize_rcu();
}

/* --- One thread: locks are free, and who waits would wait for ever --- */

void mutex_lock(struct mutex *lock)
{
	if (atomic_long_read(&lock->owner))
		fuzz_fail("a mutex is taken twice");
	atomic_long_set(&lock->owner, 1);
}

void mutex_unlock(struct mutex *lock)
{
	atomic_long_set(&lock->owner, 0);
}

bool mutex_is_locked(struct mutex *lock)
{
	return atomic_long_read(&lock->owner);
}

long schedule_timeout(long timeout)
{
	fuzz_fail("a call waits");
}

void schedule(void)
{
	fuzz_fail("a call waits");
}

long wait_woken(struct wait_queue_entry *wait, unsigned int mode, long timeout)
{
	fuzz_fail("a call waits");
}

void __init_waitqueue_head(struct wait_queue_head *head, const char *name,
			   struct lock_class_key *key)
{
	spin_lock_init(&head->lock);
	INIT_LIST_HEAD(&head->head);
}

void add_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *wait)
{
	list_add(&wait->entry, &head->head);
}

void remove_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *wait)
{
	list_del(&wait->entry);
}

int woken_wake_function(struct wait_queue_entry *wait, unsigned int mode, int sync, void *key)
{
	return 0;
}

int __wake_up(struct wait_queue_head *head, unsigned int mode, int nr, void *key)
{
	return 0;
}

void __wake_up_sync_key(struct wait_queue_head *head, unsigned int mode, void *key)
{
}

int __cond_resched(void)
{
	return 0;
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	return true;
}

bool cancel_work_sync(struct work_struct *work)
{
	return false;
}

/* --- Chance, by the target's seed --- */

static u64 fuzz_chance = 1;

void fuzz_random_seed(u64 seed)
{
	fuzz_chance = seed * 2 + 1;
}

/* Marsaglia's xorshift64* */
u32 fuzz_random(void)
{
	fuzz_chance ^= fuzz_chance >> 12;
	fuzz_chance ^= fuzz_chance << 25;
	fuzz_chance ^= fuzz_chance >> 27;
	return (fuzz_chance * 0x2545f4914f6cdd1dull) >> 32;
}

u32 get_random_u32(void)
{
	return fuzz_random();
}

u16 get_random_u16(void)
{
	return fuzz_random();
}

u8 get_random_u8(void)
{
	return fuzz_random();
}

void get_random_bytes(void *p, size_t len)
{
	u8 *to = p;

	while (len--)
		*to++ = fuzz_random();
}

/* --- Modules, rights, namespaces --- */

bool try_module_get(struct module *module)
{
	return true;
}

void module_put(struct module *module)
{
}

bool capable(int cap)
{
	return true;
}

bool ns_capable(struct user_namespace *ns, int cap)
{
	return true;
}

kgid_t make_kgid(struct user_namespace *ns, gid_t gid)
{
	return KGIDT_INIT(gid);
}

struct net init_net;
struct user_namespace init_user_ns;

static struct {
	struct net_generic gen;
	void *room[8];
} fuzz_generic;

int register_pernet_subsys(struct pernet_operations *ops)
{
	struct net_generic *gen = &fuzz_generic.gen;
	int id = 4;

	*ops->id = id;
	gen->s.len = ARRAY_SIZE(fuzz_generic.room);
	gen->ptr[id] = kzalloc(ops->size, GFP_KERNEL);
	rcu_assign_pointer(init_net.gen, gen);
	return ops->init(&init_net);
}

void __put_net(struct net *net)
{
	fuzz_fail("the namespace has lost a reference");
}

/* --- Nobody else asks for these --- */

int nf_register_net_hooks(struct net *net, const struct nf_hook_ops *ops, unsigned int n)
{
	return 0;
}

int inet_add_protocol(const struct net_protocol *protocol, unsigned char number)
{
	return 0;
}

struct kobject *kobject_create_and_add(const char *name, struct kobject *parent)
{
	return kzalloc(sizeof(struct kobject), GFP_KERNEL);
}

int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	return 0;
}

struct proc_dir_entry *proc_create_net_data(const char *name, umode_t mode,
					    struct proc_dir_entry *parent,
					    const struct seq_operations *ops,
					    unsigned int size, void *data)
{
	return (void *)&init_net;
}

int security_sk_alloc(struct sock *sk, int family, gfp_t gfp)
{
	return 0;
}

void security_sk_free(struct sock *sk)
{
}

void security_sk_clone(const struct sock *sk, struct sock *newsk)
{
}

void security_sock_graft(struct sock *sk, struct socket *parent)
{
}

int security_inet_conn_request(const struct sock *sk, struct sk_buff *skb,
			       struct request_sock *req)
{
	return 0;
}

void security_inet_conn_established(struct sock *sk, struct sk_buff *skb)
{
}

int sk_filter_trim_cap(struct sock *sk, struct sk_buff *skb, unsigned int cap)
{
	return 0;
}

void mem_cgroup_sk_alloc(struct sock *sk)
{
}

void mem_cgroup_sk_free(struct sock *sk)
{
}

void net_enable_timestamp(void)
{
}

void net_disable_timestamp(void)
{
}

void net_passive_dec(struct net *net)
{
}

int netlink_has_listeners(struct sock *sk, unsigned int group)
{
	return 0;
}

void dst_release(struct dst_entry *dst)
{
	if (dst)
		fuzz_fail("there are no routes");
}

unsigned int inet_addr_type_table(struct net *net, __be32 addr, u32 table)
{
	return RTN_LOCAL;
}

void put_pid(struct pid *pid)
{
}

void ip_mc_drop_socket(struct sock *sk)
{
}

const struct icmp_err icmp_err_convert[] = {
	{ .errno = ENETUNREACH, .fatal = 0 },
	{ .errno = EHOSTUNREACH, .fatal = 0 },
	{ .errno = ENOPROTOOPT, .fatal = 1 },
	{ .errno = ECONNREFUSED, .fatal = 1 },
	{ .errno = EMSGSIZE, .fatal = 0 },
	{ .errno = EOPNOTSUPP, .fatal = 0 },
};

/* The kernel and the module begin. */
void fuzz_kernel_init(void)
{
	static struct net_device loopback = { .ifindex = 1, .mtu = 65536 };

	fuzz_memory_init();
	mytcp_test_clock = NSEC_PER_SEC;
	init_net.user_ns = &init_user_ns;
	refcount_set(&init_net.ns.count, 1);
	refcount_set(&init_net.passive, 1);
	init_net.loopback_dev = &loopback;
	dev_net_set(&loopback, &init_net);
	init_net.core.prot_inuse = alloc_percpu(struct prot_inuse);
	fuzz_defaults(&init_net);
	skb_init();
	if (init_module())
		fuzz_fail("the module does not load");
	mytcp_test_clock = 0;
}
