// SPDX-License-Identifier: GPL-2.0
/*
 * TIME_WAIT entries beside what they do with segments, which is
 * test_conv_time_wait.c's: their number, their end, and our own connect().
 */
#include "../../module/demux.h"
#include "../../module/pernet.h"
#include "../../module/timewait.h"
#include "catch.h"

static struct mytcp_pernet *pernet(void)
{
	return mytcp_pernet(&init_net);
}

static struct mytcp_timewait *entry(struct catch *c)
{
	struct mytcp_node *node = catch_node(c);

	return container_of(node, struct mytcp_timewait, node);
}

static bool reuse(struct catch *c, u32 *isn_min, u32 *ts_recent)
{
	bool reused;

	rcu_read_lock();
	reused = mytcp_timewait_reuse(entry(c), isn_min, ts_recent);
	rcu_read_unlock();
	return reused;
}

static void set_tw_reuse(void *mode)
{
	WRITE_ONCE(init_net.ipv4.sysctl_tcp_tw_reuse, (uintptr_t)mode);
}

static void allow_reuse(struct kunit *test, u8 mode)
{
	void *was = (void *)(uintptr_t)init_net.ipv4.sysctl_tcp_tw_reuse;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, set_tw_reuse, was), 0);
	set_tw_reuse((void *)(uintptr_t)mode);
}

/* The design's promise. */
static void entry_is_small(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, sizeof(struct mytcp_timewait), 128);
}

static void counts_entries(struct kunit *test)
{
	u32 before = mytcp_timewait_count(&init_net);
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);

	KUNIT_EXPECT_EQ(test, mytcp_timewait_count(&init_net), before + 1);
	CLOSE(c);
	RUN(c, 60000);
	KUNIT_EXPECT_EQ(test, mytcp_timewait_count(&init_net), before);
	EXPECT_COUNTED(c, time_wait_reaped, 1);
	KUNIT_EXPECT_NULL(test, catch_node(c));
}

/* A new length is for new entries; the others wait no longer than these. */
static void length_can_be_changed(struct kunit *test)
{
	struct mytcp_fifo *fifo = &pernet()->time_wait;
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);
	u64 delay = fifo->delay_ns;

	RUN(c, 1000);
	mytcp_fifo_set_delay(fifo, 5 * NSEC_PER_SEC);
	RUN(c, 4999);
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RUN(c, 1);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	mytcp_fifo_set_delay(fifo, delay);
}

static void no_entry_above_ceiling(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_FIN_WAIT2);
	int *max = &init_net.ipv4.tcp_death_row.sysctl_max_tw_buckets;
	int was = *max;

	WRITE_ONCE(*max, mytcp_timewait_count(&init_net));
	PEER(c, FIN | ACK, 1, 2);
	WRITE_ONCE(*max, was);
	EXPECT(c, ACK, 2, 2);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	EXPECT_COUNTED(c, time_wait_overflow, 1);
	EXPECT_STATE(c, TCP_CLOSE);
	RECV_EOF(c);
}

static void killed_once(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);
	struct mytcp_timewait *tw = entry(c);

	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, mytcp_timewait_kill(tw));
	KUNIT_EXPECT_FALSE(test, mytcp_timewait_kill(tw));
	rcu_read_unlock();
	KUNIT_EXPECT_NULL(test, catch_node(c));
	RUN(c, 60000);
	EXPECT_COUNTED(c, time_wait_reaped, 0);
}

/*
 * Another processor has found the entry, and it is killed before that one has dealt
 * with the FIN that came: the queue must not be touched.
 */
static void fin_comes_as_it_is_killed(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);
	struct mytcp_fifo *fifo = &pernet()->time_wait;
	struct mytcp_timewait *tw = entry(c);
	u32 count = mytcp_timewait_count(&init_net);

	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, mytcp_timewait_kill(tw));
	KUNIT_EXPECT_FALSE(test, mytcp_fifo_refresh(fifo, &tw->wait));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, mytcp_timewait_count(&init_net), count - 1);
}

static void keeps_port(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);

	KUNIT_EXPECT_NOT_NULL(test, entry(c)->bucket);
	KUNIT_EXPECT_PTR_EQ(test, entry(c)->bucket, mytcp_sk(c->sk)->bucket);
}

/* RFC 6191: with timestamps, once our clock has ticked for sure. */
static void connect_takes_over(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT, .ts = true);
	u32 isn_min, ts_recent, snd_nxt = c->iss + 2;

	allow_reuse(test, 1);
	RUN(c, 999);
	KUNIT_EXPECT_FALSE(test, reuse(c, &isn_min, &ts_recent));
	EXPECT_STATE(c, TCP_TIME_WAIT);
	RUN(c, 1);
	KUNIT_EXPECT_TRUE(test, reuse(c, &isn_min, &ts_recent));
	KUNIT_EXPECT_TRUE(test, seq_after(isn_min, snd_nxt + 65535));
	KUNIT_EXPECT_NE(test, ts_recent, 0);
	KUNIT_EXPECT_NULL(test, catch_node(c));
	EXPECT_COUNTED(c, time_wait_reused, 1);
}

static void connect_needs_timestamps(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT);
	u32 isn_min, ts_recent;

	allow_reuse(test, 1);
	RUN(c, 30000);
	KUNIT_EXPECT_FALSE(test, reuse(c, &isn_min, &ts_recent));
	EXPECT_STATE(c, TCP_TIME_WAIT);
}

static void connect_obeys_sysctl(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_TIME_WAIT, .ts = true);
	u32 isn_min, ts_recent;

	RUN(c, 30000);
	allow_reuse(test, 0);
	KUNIT_EXPECT_FALSE(test, reuse(c, &isn_min, &ts_recent));
	/* 2: on loopback alone */
	set_tw_reuse((void *)2);
	KUNIT_EXPECT_FALSE(test, reuse(c, &isn_min, &ts_recent));
	set_tw_reuse((void *)1);
	KUNIT_EXPECT_TRUE(test, reuse(c, &isn_min, &ts_recent));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(entry_is_small),
	KUNIT_CASE(counts_entries),
	KUNIT_CASE(length_can_be_changed),
	KUNIT_CASE(no_entry_above_ceiling),
	KUNIT_CASE(killed_once),
	KUNIT_CASE(fin_comes_as_it_is_killed),
	KUNIT_CASE(keeps_port),
	KUNIT_CASE(connect_takes_over),
	KUNIT_CASE(connect_needs_timestamps),
	KUNIT_CASE(connect_obeys_sysctl),
	{ }
};

static struct kunit_suite suite = {
	.name = "mytcp-timewait",
	.test_cases = cases,
};

kunit_test_suite(suite);
