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

struct mytcp_fifo_entry {
	struct list_head link;	/* empty: not queued */
	u64 expires;		/* ns, mytcp_clock() */
};

struct mytcp_fifo {
	spinlock_t lock;	/* taken with BH off, inner to every socket's lock */
	struct list_head entries;
	struct hrtimer timer;
	u64 delay_ns;
	u32 count;
	bool armed;
	/* Called in soft-irq, no lock held, for an entry that was just taken off. */
	void (*expired)(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
};

void mytcp_fifo_init(struct mytcp_fifo *fifo, u64 delay_ns,
		     void (*expired)(struct mytcp_fifo *, struct mytcp_fifo_entry *));
void mytcp_fifo_stop(struct mytcp_fifo *fifo);
void mytcp_fifo_add(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
bool mytcp_fifo_del(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
bool mytcp_fifo_refresh(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry);
struct mytcp_fifo_entry *mytcp_fifo_pop(struct mytcp_fifo *fifo);

#endif /* _MYTCP_FIFO_H */
