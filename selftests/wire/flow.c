// SPDX-License-Identifier: GPL-2.0
/*
 * Conversations: ports, initial sequence numbers, how far each side has come.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

struct flow *flow_find(struct wire *wire, const char *name)
{
	struct flow **link, *flow;
	int count = 0;

	for (link = &wire->flows; *link; link = &(*link)->next, count++)
		if (!strcmp((*link)->name, name))
			return *link;
	flow = calloc(1, sizeof(*flow));
	if (!flow)
		abort();
	flow->name = strdup(name);
	flow->local_addr = LOCAL_ADDR;
	flow->peer_addr = PEER_ADDR;
	flow->local_port = LOCAL_PORT;
	flow->peer_port = PEER_PORT + count;
	flow->peer_isn = PEER_ISN;
	*link = flow;
	return flow;
}

static __u32 read_address(const struct line *line, const char *text)
{
	struct in_addr in;

	if (!inet_pton(AF_INET, text, &in))
		script_error(line, "bad IPv4 address '%s'", text);
	return ntohl(in.s_addr);
}

/* peer[:NAME] | local[:NAME], then any of: isn N, port N, addr A */
void flow_command(struct wire *wire)
{
	const struct line *line = wire->line;
	const char *colon = strchr(line->word[0], ':');
	struct flow *flow = flow_find(wire, colon ? colon + 1 : "c");
	bool peer = *line->word[0] == 'p';

	for (int i = 1; i < line->words; i += 2) {
		const char *what = line->word[i];
		const char *value = line_word(line, i + 1);

		if (!strcmp(what, "port")) {
			*(peer ? &flow->peer_port : &flow->local_port) =
				atoi(value);
		} else if (!strcmp(what, "addr")) {
			*(peer ? &flow->peer_addr : &flow->local_addr) =
				read_address(line, value);
		} else if (!strcmp(what, "isn") && peer) {
			flow->peer_isn = strtoul(value, NULL, 0);
			flow->peer_nxt = 0;
		} else if (!strcmp(what, "isn") && !strcmp(value, "new")) {
			flow->local_isn_known = false;
			flow->local_nxt = 0;
		} else {
			script_error(line, "'%s' is not isn, port or addr",
				     what);
		}
	}
}
