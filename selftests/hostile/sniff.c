// SPDX-License-Identifier: GPL-2.0
/*
 * What the victim says to peers that we only pretend to be. A blind attacker does not see
 * it: it is for one who guesses well, into the window, but not the very number.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_ether.h>

#include "hostile.h"

#define EDGES		16

static struct {
	__u16 lport, rport;
	__u32 ack;
	__u16 win;
} edges[EDGES];
static int sniffer;

void sniff_open(void)
{
	sniffer = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			 htons(ETH_P_ALL));
	if (sniffer >= 0)
		return;
	printf("not ok - packet socket: %s\n", strerror(errno));
	exit(1);
}

static void note(const struct segment *seg)
{
	unsigned int i = 0;

	while (i < EDGES - 1 && edges[i].lport &&
	       (edges[i].lport != seg->sport || edges[i].rport != seg->dport))
		i++;
	edges[i].lport = seg->sport;
	edges[i].rport = seg->dport;
	edges[i].ack = seg->ack;
	edges[i].win = seg->win;
}

static void drain(void)
{
	static __u8 packet[PACKET_MAX];
	struct segment seg;
	ssize_t got;

	while ((got = recv(sniffer, packet, sizeof(packet), 0)) > 0)
		if (got > IP_HLEN && get32(packet + 16) == BLIND_PEER_ADDR &&
		    segment_parse(packet, got, packet[9], &seg) && (seg.flags & FLAG_ACK))
			note(&seg);
}

/**
 * sniff_guess() - a sequence number in the window, far from its left edge
 * @row: the connection
 * @seq: the number
 *
 * Return: whether anything is known.
 */
bool sniff_guess(const struct row *row, __u32 *seq)
{
	drain();
	for (unsigned int i = 0; i < EDGES; i++) {
		if (edges[i].lport != row->lport || edges[i].rport != row->rport ||
		    edges[i].win < 8)
			continue;
		*seq = edges[i].ack + edges[i].win * 3 / 4 + below(edges[i].win / 4);
		return true;
	}
	return false;
}
