// SPDX-License-Identifier: GPL-2.0
/*
 * The conversations' own tools: every state can be entered, with every option
 * that a set-up has, and what should be noticed is noticed.
 */
#include "catch.h"

static const int states[] = {
	TCP_CLOSE, TCP_LISTEN, TCP_SYN_SENT, TCP_SYN_RECV, TCP_ESTABLISHED,
	TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_CLOSING, TCP_TIME_WAIT, TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
};

static void state_name(const int *state, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "state %d", *state);
}

KUNIT_ARRAY_PARAM(state, states, state_name);

static void enters_state(struct kunit *test)
{
	const int *state = test->param_value;

	IN_STATE(test, *state);
}

static void enters_state_as_server(struct kunit *test)
{
	const int *state = test->param_value;

	if (*state == TCP_SYN_SENT)
		kunit_skip(test, "a server sends no SYN");
	IN_STATE(test, *state, .passive = true);
}

static void enters_state_with_options(struct kunit *test)
{
	const int *state = test->param_value;

	IN_STATE(test, *state, .iss = 0xffffffff, .irs = 0xfffffffe, .mss = 1000,
		 .has_wscale = true, .wscale = 7, .ts = true, .sack = true,
		 .nodelay = true);
}

static void chooses_iss(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_SYN_SENT, .iss = 0xfffffff0);

	KUNIT_EXPECT_EQ(test, c->iss, 0xfffffff0);
}

static void notices_differences(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED, .nodelay = true);
	const struct catch_segment right = { PSH | ACK, 1, 1, "abc" };
	struct catch_segment wrong = right;

	KUNIT_EXPECT_NOT_NULL(test, catch_compare(c, &right));
	wrong.flags = ACK;
	SEND(c, "abc");
	KUNIT_EXPECT_NOT_NULL(test, catch_compare(c, &wrong));
	wrong = right;
	wrong.seq = 5;
	PEER(c, ACK, 1, 4);
	SEND(c, "abc");
	KUNIT_EXPECT_NOT_NULL(test, catch_compare(c, &wrong));
	wrong.seq = 7;
	wrong.data = "abd";
	PEER(c, ACK, 1, 7);
	SEND(c, "abc");
	KUNIT_EXPECT_NOT_NULL(test, catch_compare(c, &wrong));
	SEND(c, "abc");
	KUNIT_EXPECT_NOT_NULL(test, catch_compare_nothing(c));
	KUNIT_EXPECT_NOT_NULL(test, catch_compare_state(c, TCP_CLOSE_WAIT));
	KUNIT_EXPECT_NOT_NULL(test, catch_compare_text(c, "x"));
}

static void talks(struct kunit *test)
{
	struct catch *c = IN_STATE(test, TCP_ESTABLISHED);

	PEER(c, ACK | PSH, 1, 1, "hello");
	RUN(c, 40);
	EXPECT(c, ACK, 1, 6, .at = 40);
	RECV(c, "hello");
	SEND(c, "world");
	EXPECT(c, ACK | PSH, 1, 6, "world");
	/* What is acknowledged shows that the neighbour is there. */
	KUNIT_EXPECT_EQ(test, c->sk->sk_dst_pending_confirm, 0U);
	PEER(c, ACK, 6, 6);
	EXPECT_NOTHING(c);
	KUNIT_EXPECT_EQ(test, c->sk->sk_dst_pending_confirm, 1U);
}

static struct kunit_case catch_cases[] = {
	KUNIT_CASE_PARAM(enters_state, state_gen_params),
	KUNIT_CASE_PARAM(enters_state_as_server, state_gen_params),
	KUNIT_CASE_PARAM(enters_state_with_options, state_gen_params),
	KUNIT_CASE(chooses_iss),
	KUNIT_CASE(notices_differences),
	KUNIT_CASE(talks),
	{}
};

static struct kunit_suite catch_suite = {
	.name = "mytcp-catch",
	.test_cases = catch_cases,
};

kunit_test_suite(catch_suite);
