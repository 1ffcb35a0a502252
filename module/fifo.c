// SPDX-License-Identifier: GPL-2.0
/*
 * A queue of things that all wait equally long: see fifo.h.
 */
#include <linux/rcupdate.h>

#include "clock.h"
#include "fifo.h"

/* Entries taken off in one hold of the lock, and in one run of the timer. */
#define FIFO_BATCH	32
#define FIFO_ROUNDS	32

/*
 * Start the timer for the head. The wait is computed by mytcp_clock(), so that a
 * test's clock that stands still does not make the timer fire over and over.
 */
static void fifo_arm(struct mytcp_fifo *fifo, u64 now)
{
	struct mytcp_fifo_entry *head;
	u64 wait;

	lockdep_assert_held(&fifo->lock);

	head = list_first_entry_or_null(&fifo->entries, struct mytcp_fifo_entry,
					link);
	fifo->armed = head && !fifo->stopped;
	if (!fifo->armed)
		return;

	wait = head->expires > now ? head->expires - now : 0;
	hrtimer_start(&fifo->timer, ktime_add_ns(ktime_get(), wait),
		      HRTIMER_MODE_ABS_SOFT);
}

/* Take off what is due, at most @max of them. */
static unsigned int fifo_take_due(struct mytcp_fifo *fifo, u64 now,
				  struct mytcp_fifo_entry **due,
				  unsigned int max)
{
	struct mytcp_fifo_entry *entry, *next;
	unsigned int n = 0;

	spin_lock_bh(&fifo->lock);
	list_for_each_entry_safe(entry, next, &fifo->entries, link) {
		if (entry->expires > now || n == max)
			break;
		list_del_init(&entry->link);
		due[n++] = entry;
	}
	WRITE_ONCE(fifo->count, fifo->count - n);
	spin_unlock_bh(&fifo->lock);
	return n;
}

/**
 * mytcp_fifo_reap() - call expired() for everything that is due
 * @fifo: the queue
 *
 * What the timer does. An entry belongs to the one call of expired() from the
 * moment it is off the queue: whoever would remove it meanwhile is told by
 * mytcp_fifo_del() that it is not there any more.
 *
 * Context: bottom halves off.
 * Return: true when it stopped before the end, to let others run.
 */
bool mytcp_fifo_reap(struct mytcp_fifo *fifo)
{
	struct mytcp_fifo_entry *due[FIFO_BATCH];
	unsigned int round, i, n;
	u64 now = mytcp_clock();

	for (round = 0; round < FIFO_ROUNDS; round++) {
		/*
		 * The entries' memory goes back after a grace period: so they
		 * are good here even when someone else lets go of them.
		 */
		rcu_read_lock();
		n = fifo_take_due(fifo, now, due, ARRAY_SIZE(due));
		for (i = 0; i < n; i++)
			fifo->expired(fifo, due[i]);
		rcu_read_unlock();
		if (n < ARRAY_SIZE(due))
			return false;
	}
	return true;
}

static enum hrtimer_restart fifo_fire(struct hrtimer *timer)
{
	struct mytcp_fifo *fifo = container_of(timer, struct mytcp_fifo, timer);

	mytcp_fifo_reap(fifo);

	spin_lock_bh(&fifo->lock);
	fifo_arm(fifo, mytcp_clock());
	spin_unlock_bh(&fifo->lock);
	return HRTIMER_NORESTART;
}

/**
 * mytcp_fifo_init() - make an empty queue
 * @fifo: the queue
 * @delay_ns: how long each entry waits, in nanoseconds
 * @expired: called for each one when it has waited
 */
void mytcp_fifo_init(struct mytcp_fifo *fifo, u64 delay_ns,
		     void (*expired)(struct mytcp_fifo *, struct mytcp_fifo_entry *))
{
	spin_lock_init(&fifo->lock);
	INIT_LIST_HEAD(&fifo->entries);
	hrtimer_init(&fifo->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	fifo->timer.function = fifo_fire;
	fifo->delay_ns = delay_ns;
	fifo->count = 0;
	fifo->armed = false;
	fifo->stopped = false;
	fifo->expired = expired;
}

/**
 * mytcp_fifo_stop() - nothing expires any more
 * @fifo: the queue
 *
 * On return no expired() is running or will be. What is in the queue, or is
 * added later, stays until mytcp_fifo_pop() or mytcp_fifo_del() takes it off.
 *
 * Context: process.
 */
void mytcp_fifo_stop(struct mytcp_fifo *fifo)
{
	spin_lock_bh(&fifo->lock);
	fifo->stopped = true;
	spin_unlock_bh(&fifo->lock);
	hrtimer_cancel(&fifo->timer);
}

/**
 * mytcp_fifo_set_delay() - let entries wait for another time from now on
 * @fifo: the queue
 * @delay_ns: how long, in nanoseconds
 *
 * Who waits already keeps its time, but no longer than a new entry would: else
 * the order of arrival would not be the order of expiry any more.
 *
 * Context: any but hard-irq.
 */
void mytcp_fifo_set_delay(struct mytcp_fifo *fifo, u64 delay_ns)
{
	struct mytcp_fifo_entry *entry;
	u64 now = mytcp_clock();

	spin_lock_bh(&fifo->lock);
	if (delay_ns < fifo->delay_ns) {
		list_for_each_entry(entry, &fifo->entries, link)
			entry->expires = min(entry->expires, now + delay_ns);
		fifo_arm(fifo, now);
	}
	WRITE_ONCE(fifo->delay_ns, delay_ns);
	spin_unlock_bh(&fifo->lock);
}

static void fifo_append(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry,
			u64 now)
{
	entry->expires = now + fifo->delay_ns;
	list_add_tail(&entry->link, &fifo->entries);
	if (!fifo->armed)
		fifo_arm(fifo, now);
}

/**
 * mytcp_fifo_add() - queue an entry
 * @fifo: the queue
 * @entry: in no queue
 *
 * Context: any but hard-irq.
 */
void mytcp_fifo_add(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry)
{
	u64 now = mytcp_clock();

	spin_lock_bh(&fifo->lock);
	fifo_append(fifo, entry, now);
	WRITE_ONCE(fifo->count, fifo->count + 1);
	spin_unlock_bh(&fifo->lock);
}

/**
 * mytcp_fifo_del() - take an entry off
 * @fifo: the queue that it was added to
 * @entry: the entry
 *
 * Context: any but hard-irq.
 * Return: false when it was not queued: it has expired, or someone else was
 * first.
 */
bool mytcp_fifo_del(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry)
{
	bool queued;

	spin_lock_bh(&fifo->lock);
	queued = !list_empty(&entry->link);
	if (queued) {
		list_del_init(&entry->link);
		WRITE_ONCE(fifo->count, fifo->count - 1);
	}
	spin_unlock_bh(&fifo->lock);
	return queued;
}

/**
 * mytcp_fifo_refresh() - let an entry wait from the beginning again
 * @fifo: the queue that it was added to
 * @entry: the entry
 *
 * Context: any but hard-irq.
 * Return: false when it was not queued, as for mytcp_fifo_del().
 */
bool mytcp_fifo_refresh(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry)
{
	u64 now = mytcp_clock();
	bool queued;

	spin_lock_bh(&fifo->lock);
	queued = !list_empty(&entry->link);
	if (queued) {
		list_del(&entry->link);
		fifo_append(fifo, entry, now);
	}
	spin_unlock_bh(&fifo->lock);
	return queued;
}

/**
 * mytcp_fifo_pop() - take the head off, due or not
 * @fifo: the queue
 *
 * Context: any but hard-irq.
 * Return: the entry, or NULL when there is none.
 */
struct mytcp_fifo_entry *mytcp_fifo_pop(struct mytcp_fifo *fifo)
{
	struct mytcp_fifo_entry *entry;

	spin_lock_bh(&fifo->lock);
	entry = list_first_entry_or_null(&fifo->entries, struct mytcp_fifo_entry,
					 link);
	if (entry) {
		list_del_init(&entry->link);
		WRITE_ONCE(fifo->count, fifo->count - 1);
	}
	spin_unlock_bh(&fifo->lock);
	return entry;
}
