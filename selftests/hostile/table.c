// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/mytcp, in the columns of /proc/net/tcp.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostile.h"

struct row rows[ROWS_MAX];

static bool parse(const char *line, struct row *row)
{
	unsigned int laddr, raddr, lport, rport, state, timer, references;
	int fields;

	fields = sscanf(line, "%*d: %x:%x %x:%x %x %x:%x %x:%*x %x %*u %*d %lu %u",
			&laddr, &lport, &raddr, &rport, &state, &row->tx_queue,
			&row->rx_queue, &timer, &row->retries, &row->inode, &references);
	if (fields != 11)
		return false;
	row->laddr = ntohl(laddr);
	row->raddr = ntohl(raddr);
	row->lport = lport;
	row->rport = rport;
	row->state = state;
	row->timer = timer;
	row->request = state == SYN_RECV && !references;
	return true;
}

/* Return: how many rows there are. */
int table_read(void)
{
	static char text[ROWS_MAX * 152];
	size_t length = 0;
	char *line, *rest;
	int count = 0;
	ssize_t got;
	int fd;

	fd = open("/proc/net/mytcp", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		printf("not ok - /proc/net/mytcp: %s\n", strerror(errno));
		exit(1);
	}
	while (length < sizeof(text) - 1) {
		got = read(fd, text + length, sizeof(text) - 1 - length);
		if (got <= 0)
			break;
		length += got;
	}
	close(fd);
	text[length] = '\0';

	/* Behind the heading */
	rest = strchr(text, '\n');
	rest += !!rest;
	while (count < ROWS_MAX && (line = strsep(&rest, "\n")))
		count += parse(line, &rows[count]);
	return count;
}
