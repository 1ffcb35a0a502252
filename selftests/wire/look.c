// SPDX-License-Identifier: GPL-2.0
/*
 * Looking into the stack from outside: counters, the connection table.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "names.h"
#include "wire.h"

#define COUNTERS	"/sys/kernel/mytcp/counters/"

/* The kernel's names of what mytcp counts too, of the same meaning. */
static const struct {
	const char *name, *kernel;
} counters[] = {
	{ "active_opens", "ActiveOpens" },
	{ "passive_opens", "PassiveOpens" },
	{ "attempt_fails", "AttemptFails" },
	{ "estab_resets", "EstabResets" },
	{ "curr_estab", "CurrEstab" },
	{ "retrans_segs", "RetransSegs" },
	{ "in_errs", "InErrs" },
	{ "out_rsts", "OutRsts" },
	{ "bad_checksum", "InCsumErrors" },
	{ "challenge_acks", "TCPChallengeACK" },
	{ "delivered_ce", "TCPDeliveredCE" },
	{ "fastopen_actives", "TCPFastOpenActive" },
	{ "fastopen_active_fails", "TCPFastOpenActiveFail" },
	{ "fastopen_passives", "TCPFastOpenPassive" },
	{ "fastopen_passive_fails", "TCPFastOpenPassiveFail" },
	{ "fastopen_passive_alt_keys", "TCPFastOpenPassiveAltKey" },
	{ "fastopen_listen_overflows", "TCPFastOpenListenOverflow" },
	{ "fastopen_cookie_requests", "TCPFastOpenCookieReqd" },
	{ "fastopen_blackholes", "TCPFastOpenBlackhole" },
};

static const char blanks[] = { ' ', '\n', '\0' };

/* /proc/net/snmp and netstat: a line of names, then a line of values. */
static bool read_table(const char *path, const char *name, long *value)
{
	char names[8192], values[8192];
	FILE *in = fopen(path, "r");
	bool found = false;

	if (!in)
		return false;
	while (!found && fgets(names, sizeof(names), in) &&
	       fgets(values, sizeof(values), in)) {
		char *rest_n = NULL, *rest_v = NULL;
		char *n = strtok_r(names, blanks, &rest_n);
		char *v = strtok_r(values, blanks, &rest_v);

		if (!n || strncmp(n, "Tcp", 3))
			continue;
		while (!found && n && v) {
			found = !strcmp(n, name);
			*value = atol(v);
			n = strtok_r(NULL, blanks, &rest_n);
			v = strtok_r(NULL, blanks, &rest_v);
		}
	}
	fclose(in);
	return found;
}

/* Return: false if the kernel's TCP does not count this. */
static bool read_kernel_counter(const char *name, long *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		if (!strcmp(counters[i].name, name))
			return read_table("/proc/net/snmp",
					  counters[i].kernel, value) ||
			       read_table("/proc/net/netstat",
					  counters[i].kernel, value);
	return false;
}

static long read_counter(struct wire *wire, const char *name)
{
	char path[200];
	long value;
	FILE *in;

	snprintf(path, sizeof(path), COUNTERS "%s", name);
	in = fopen(path, "r");
	if (!in || fscanf(in, "%ld", &value) != 1)
		fail(wire, "%s cannot be read", path);
	fclose(in);
	return value;
}

/* counter NAME VALUE: since the network namespace was made */
void look_counter(struct wire *wire)
{
	const char *name = line_word(wire->line, 1);
	struct field field;
	long value;

	if (!field_parse(line_word(wire->line, 2), &field))
		script_error(wire->line, "bad number");
	wait_for_line(wire);
	if (wire->mytcp)
		value = read_counter(wire, name);
	else if (!read_kernel_counter(name, &value))
		return;
	if (!field_match(&field, value))
		fail(wire, "%s is %ld", name, value);
}

struct row {
	unsigned int local_addr, local_port, peer_addr, peer_port;
	unsigned int state, tx_queue, rx_queue;
};

static bool row_matches(const struct row *row, const struct flow *flow,
			bool listener)
{
	if (ntohl(row->local_addr) != flow->local_addr ||
	    row->local_port != flow->local_port)
		return false;
	if (listener)
		return !row->peer_addr && !row->peer_port;
	return ntohl(row->peer_addr) == flow->peer_addr &&
	       row->peer_port == flow->peer_port;
}

static bool find_row(struct wire *wire, const struct flow *flow,
		     bool listener, struct row *row)
{
	const char *path = wire->mytcp ? "/proc/net/mytcp" : "/proc/net/tcp";
	FILE *in = fopen(path, "r");
	char text[512];
	bool found = false;

	if (!in)
		fail(wire, "%s: %s", path, strerror(errno));
	while (!found && fgets(text, sizeof(text), in))
		found = sscanf(text, " %*d: %x:%x %x:%x %x %x:%x",
			       &row->local_addr, &row->local_port,
			       &row->peer_addr, &row->peer_port, &row->state,
			       &row->tx_queue, &row->rx_queue) == 7 &&
			row_matches(row, flow, listener);
	fclose(in);
	return found;
}

/* state[:NAME] STATE [txq N] [rxq N] */
void look_state(struct wire *wire)
{
	const struct line *line = wire->line;
	const char *colon = strchr(line->word[0], ':');
	struct flow *flow = flow_find(wire, colon ? colon + 1 : "c");
	int expected = state_number(line_word(line, 1));
	struct row row = {};

	if (expected < 0)
		script_error(line, "'%s' is not a state", line->word[1]);
	wait_for_line(wire);
	if (!find_row(wire, flow, !strcmp(line->word[1], "LISTEN"), &row))
		row.state = 0;
	if ((int)row.state != expected)
		fail(wire, "the state is %s", state_name(row.state));
	for (int i = 2; i < line->words; i += 2) {
		unsigned int got = *line->word[i] == 't' ? row.tx_queue :
							   row.rx_queue;

		if (got != strtoul(line_word(line, i + 1), NULL, 0))
			fail(wire, "%s is %u", line->word[i], got);
	}
}

/* sysctl NAME VALUES */
void look_sysctl(struct wire *wire)
{
	const struct line *line = wire->line;
	char path[256] = "/proc/sys/";
	FILE *out;
	bool ok;

	strncat(path, line_word(line, 1), sizeof(path) - 20);
	for (char *p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	out = fopen(path, "w");
	ok = out;
	for (int i = 2; ok && i < line->words; i++)
		ok = fprintf(out, i > 2 ? " %s" : "%s", line->word[i]) > 0;
	if (!ok || fclose(out))
		script_error(line, "%s: %s", path, strerror(errno));
}
