// SPDX-License-Identifier: GPL-2.0
/*
 * The queue of things that wait equally long. Time stands still, and the delay is one
 * that no timer of the real clock comes to the end of, but for the last two tests.
 */
#include <kunit/test.h>
#include <linux/delay.h>

#include "../../module/clock.h"
#include "../../module/fifo.h"

#define DELAY_NS	(3600ull * NSEC_PER_SEC)
#define REAL_DELAY_MS	10
#define EPOCH_NS	(1000ull * NSEC_PER_SEC)
#define MANY		3000

/* A queue, its entries, and in which order they expired. */
struct fixture {
	struct mytcp_fifo fifo;
	struct mytcp_fifo_entry entry[MANY];
	unsigned int order[MANY];
	unsigned int expired;
	unsigned int again;	/* so many entries are queued again as they expire */
};

static void expired(struct mytcp_fifo *fifo, struct mytcp_fifo_entry *entry)
{
	struct fixture *f = container_of(fifo, struct fixture, fifo);

	if (f->expired < MANY)
		f->order[f->expired] = entry - f->entry;
	f->expired++;
	if (f->again) {
		f->again--;
		mytcp_fifo_add(fifo, entry);
	}
}

static int setup(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int i;

	if (!f)
		return -ENOMEM;
	mytcp_fifo_init(&f->fifo, DELAY_NS, expired);
	for (i = 0; i < MANY; i++)
		mytcp_fifo_entry_init(&f->entry[i]);
	test->priv = f;
	WRITE_ONCE(mytcp_test_clock, EPOCH_NS);
	return 0;
}

static void teardown(struct kunit *test)
{
	struct fixture *f = test->priv;

	WRITE_ONCE(mytcp_test_clock, 0);
	if (f)
		mytcp_fifo_stop(&f->fifo);
}

/* Time goes on to so many ns after the beginning; what is due expires. */
static bool run_to(struct fixture *f, u64 ns)
{
	bool more;

	WRITE_ONCE(mytcp_test_clock, EPOCH_NS + ns);
	local_bh_disable();
	more = mytcp_fifo_reap(&f->fifo);
	local_bh_enable();
	return more;
}

static void expires_after_delay(struct kunit *test)
{
	struct fixture *f = test->priv;

	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	KUNIT_EXPECT_EQ(test, f->fifo.count, 1);
	run_to(f, DELAY_NS - 1);
	KUNIT_EXPECT_EQ(test, f->expired, 0);
	run_to(f, DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	KUNIT_EXPECT_EQ(test, f->fifo.count, 0);
	run_to(f, 10 * DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
}

static void expires_in_order_of_arrival(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		run_to(f, i);
		mytcp_fifo_add(&f->fifo, &f->entry[i]);
	}
	run_to(f, DELAY_NS + 2);
	KUNIT_EXPECT_EQ(test, f->expired, 3);
	run_to(f, DELAY_NS + 4);
	KUNIT_EXPECT_EQ(test, f->expired, 5);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, f->order[i], i);
}

static void deleted_does_not_expire(struct kunit *test)
{
	struct fixture *f = test->priv;

	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	mytcp_fifo_add(&f->fifo, &f->entry[1]);
	KUNIT_EXPECT_TRUE(test, mytcp_fifo_del(&f->fifo, &f->entry[0]));
	KUNIT_EXPECT_FALSE(test, mytcp_fifo_del(&f->fifo, &f->entry[0]));
	KUNIT_EXPECT_EQ(test, f->fifo.count, 1);
	run_to(f, DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	KUNIT_EXPECT_EQ(test, f->order[0], 1);
	/* Who comes too late is told. */
	KUNIT_EXPECT_FALSE(test, mytcp_fifo_del(&f->fifo, &f->entry[1]));
	KUNIT_EXPECT_FALSE(test, mytcp_fifo_refresh(&f->fifo, &f->entry[1]));
}

static void refreshed_waits_anew(struct kunit *test)
{
	struct fixture *f = test->priv;

	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	run_to(f, 1);
	mytcp_fifo_add(&f->fifo, &f->entry[1]);
	run_to(f, 2);
	KUNIT_EXPECT_TRUE(test, mytcp_fifo_refresh(&f->fifo, &f->entry[0]));
	KUNIT_EXPECT_EQ(test, f->fifo.count, 2);
	run_to(f, DELAY_NS + 1);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	KUNIT_EXPECT_EQ(test, f->order[0], 1);
	run_to(f, DELAY_NS + 2);
	KUNIT_EXPECT_EQ(test, f->expired, 2);
	KUNIT_EXPECT_EQ(test, f->order[1], 0);
}

static void pops_what_is_not_due(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_NULL(test, mytcp_fifo_pop(&f->fifo));
	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	mytcp_fifo_add(&f->fifo, &f->entry[1]);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_fifo_pop(&f->fifo), &f->entry[0]);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_fifo_pop(&f->fifo), &f->entry[1]);
	KUNIT_EXPECT_NULL(test, mytcp_fifo_pop(&f->fifo));
	KUNIT_EXPECT_EQ(test, f->fifo.count, 0);
}

/* Also for those that wait already: the order of arrival is that of expiry. */
static void shorter_delay_counts_from_now(struct kunit *test)
{
	const u64 now = DELAY_NS - DELAY_NS / 100;
	struct fixture *f = test->priv;

	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	run_to(f, DELAY_NS / 2);
	mytcp_fifo_add(&f->fifo, &f->entry[1]);
	run_to(f, now);
	/* The first is due before a new one, the second later. */
	mytcp_fifo_set_delay(&f->fifo, DELAY_NS / 10);
	mytcp_fifo_add(&f->fifo, &f->entry[2]);

	run_to(f, DELAY_NS - 1);
	KUNIT_EXPECT_EQ(test, f->expired, 0);
	run_to(f, DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	run_to(f, now + DELAY_NS / 10 - 1);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	run_to(f, now + DELAY_NS / 10);
	KUNIT_EXPECT_EQ(test, f->expired, 3);
}

static void longer_delay_is_for_new_entries(struct kunit *test)
{
	struct fixture *f = test->priv;

	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	mytcp_fifo_set_delay(&f->fifo, 2 * DELAY_NS);
	mytcp_fifo_add(&f->fifo, &f->entry[1]);
	run_to(f, DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	run_to(f, 2 * DELAY_NS - 1);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	run_to(f, 2 * DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 2);
}

static void reaps_many_in_rounds(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i, first;

	for (i = 0; i < MANY; i++)
		mytcp_fifo_add(&f->fifo, &f->entry[i]);
	/* Not all of them without a pause, */
	KUNIT_EXPECT_TRUE(test, run_to(f, DELAY_NS));
	first = f->expired;
	KUNIT_EXPECT_GT(test, first, 0);
	KUNIT_EXPECT_LT(test, first, MANY);
	KUNIT_EXPECT_EQ(test, f->fifo.count, MANY - first);
	/* but none is forgotten, and none comes twice. */
	while (run_to(f, DELAY_NS))
		;
	KUNIT_EXPECT_EQ(test, f->expired, MANY);
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_EQ(test, f->order[i], i);
}

static void expired_may_be_queued_again(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->again = 2;
	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	run_to(f, DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 1);
	KUNIT_EXPECT_EQ(test, f->fifo.count, 1);
	run_to(f, 2 * DELAY_NS);
	run_to(f, 3 * DELAY_NS);
	KUNIT_EXPECT_EQ(test, f->expired, 3);
	KUNIT_EXPECT_EQ(test, f->fifo.count, 0);
}

/* The real clock and its timers. */
static void let_time_pass(struct fixture *f)
{
	WRITE_ONCE(mytcp_test_clock, 0);
	mytcp_fifo_set_delay(&f->fifo, REAL_DELAY_MS * NSEC_PER_MSEC);
}

static void fires_by_itself(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	let_time_pass(f);
	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	mytcp_fifo_add(&f->fifo, &f->entry[1]);
	/* A timer for an entry that is gone finds the next one. */
	mytcp_fifo_del(&f->fifo, &f->entry[0]);
	usleep_range(3000, 4000);
	mytcp_fifo_add(&f->fifo, &f->entry[2]);
	for (i = 0; i < 1000 && READ_ONCE(f->expired) < 2; i++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_EQ(test, f->expired, 2);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(f->fifo.armed));

	/* And again after it was empty. */
	mytcp_fifo_add(&f->fifo, &f->entry[3]);
	for (i = 0; i < 1000 && READ_ONCE(f->expired) < 3; i++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_EQ(test, f->expired, 3);
}

static void stopped_never_fires(struct kunit *test)
{
	struct fixture *f = test->priv;

	let_time_pass(f);
	mytcp_fifo_add(&f->fifo, &f->entry[0]);
	mytcp_fifo_stop(&f->fifo);
	mytcp_fifo_add(&f->fifo, &f->entry[1]);
	msleep(3 * REAL_DELAY_MS);
	KUNIT_EXPECT_EQ(test, f->expired, 0);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_fifo_pop(&f->fifo), &f->entry[0]);
	KUNIT_EXPECT_PTR_EQ(test, mytcp_fifo_pop(&f->fifo), &f->entry[1]);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(expires_after_delay),
	KUNIT_CASE(expires_in_order_of_arrival),
	KUNIT_CASE(deleted_does_not_expire),
	KUNIT_CASE(refreshed_waits_anew),
	KUNIT_CASE(pops_what_is_not_due),
	KUNIT_CASE(shorter_delay_counts_from_now),
	KUNIT_CASE(longer_delay_is_for_new_entries),
	KUNIT_CASE(reaps_many_in_rounds),
	KUNIT_CASE(expired_may_be_queued_again),
	KUNIT_CASE(fires_by_itself),
	KUNIT_CASE(stopped_never_fires),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-fifo",
	.init = setup,
	.exit = teardown,
	.test_cases = cases,
};

kunit_test_suite(suite);
