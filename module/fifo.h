/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue of things that all wait equally long, as the 2 MSL of TIME_WAIT or one
 * step of a SYN-ACK's retransmission: entries expire in the order in which they
 * came, so insertion is at the tail, the first to expire is the head, and one
 * hrtimer serves them all. Removing an entry does not touch the timer; a timer
 * that finds its head not due re-arms itself, so a busy queue costs no timer
 * operation an entry.
 */
#ifndef _MYTCP_FIFO_H
#define _MYTCP_FIFO_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>

/**
 * struct mytcp_fifo_entry - one that waits
 * @link: place in the queue; empty: not queued
 * @expires: when, in nanoseconds of mytcp_clock()
 */
struct mytcp_fifo_entry {
	struct list_head link;
	u64 expires;
};

/**
 * struct mytcp_fifo - the queue
 * @lock: guards all below; taken with bottom halves off, inner to every
 *	socket's and request's lock
 * @entries: in the order in which they expire
 * @timer: soft, for the head or for something earlier
 * @delay_ns: how long each one waits
 * @count: how many wait; may be read without the lock
 * @armed: @timer is running or its callback is at work
 * @stopped: mytcp_fifo_stop() was called: @timer stays off
 * @expired: told of an entry that was just taken off; soft-irq, RCU, no lock held
 */
struct mytcp_fifo {
	spinlock_t lock;	/* all of this */
	struct list_head entries;
	struct hrtimer timer;
	u64 delay_ns;
	u32 count;
	bool armed;
	bool stopped;
	void (*expired)(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
};

void mytcp_fifo_init(struct mytcp_fifo *fifo, u64 delay_ns,
		     void (*expired)(struct mytcp_fifo *, struct mytcp_fifo_entry *));
void mytcp_fifo_stop(struct mytcp_fifo *fifo);
void mytcp_fifo_set_delay(struct mytcp_fifo *fifo, u64 delay_ns);
void mytcp_fifo_add(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
bool mytcp_fifo_del(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
bool mytcp_fifo_refresh(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
struct mytcp_fifo_entry *mytcp_fifo_pop(struct mytcp_fifo *fifo);
bool mytcp_fifo_reap(struct mytcp_fifo *fifo);

/**
 * mytcp_fifo_entry_init() - a new entry, in no queue
 * @entry: the entry
 */
static inline void mytcp_fifo_entry_init(struct mytcp_fifo_entry *entry)
{
	INIT_LIST_HEAD(&entry->link);
}

#endif /* _MYTCP_FIFO_H */
