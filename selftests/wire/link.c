// SPDX-License-Identifier: GPL-2.0
/*
 * The wire itself: a tun device in a network namespace of its own.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tun.h"
#include "wire.h"

#define DEVICE	"wire0"

void link_set_mtu(struct wire *wire, int mtu)
{
	(void)wire;
	tun_set_mtu(DEVICE, mtu);
}

int link_set_route(struct wire *wire, const char *metrics)
{
	char command[256];

	(void)wire;
	snprintf(command, sizeof(command),
		 "ip route replace 192.0.2.2 dev " DEVICE " %s", metrics);
	return system(command);
}

void link_open(struct wire *wire)
{
	must(unshare(CLONE_NEWNET), "new network namespace");
	wire->tun = tun_open(DEVICE, 0, LOCAL_ADDR, 0xffffff00);
	tun_set_up("lo");
	wire->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	must(wire->timer, "timerfd");
}

void link_send(struct wire *wire, const __u8 *packet, size_t length)
{
	must(write(wire->tun, packet, length), "write to the device");
}

/* Packets that are not TCP over IPv4 are none of the script's business. */
static bool link_read(struct wire *wire)
{
	static __u8 buffer[PACKET_MAX];
	ssize_t length = read(wire->tun, buffer, sizeof(buffer));
	struct packet *packet;

	if (length < 0)
		return false;
	packet = malloc(sizeof(*packet) + length);
	if (!packet)
		abort();
	packet->next = NULL;
	packet->time = now();
	memcpy(packet->octets, buffer, length);
	if (!segment_parse(packet->octets, length, wire->proto, &packet->seg)) {
		if (length > 9 && buffer[0] >> 4 == 4 &&
		    buffer[9] == wire->proto)
			fail(wire, "the stack sent a malformed segment");
		free(packet);
		return true;
	}
	*wire->tail = packet;
	wire->tail = &packet->next;
	return true;
}

static void set_timer(struct wire *wire, __s64 when)
{
	struct itimerspec spec = {
		.it_value.tv_sec = when / NSEC_PER_SEC,
		.it_value.tv_nsec = when % NSEC_PER_SEC,
	};

	must(timerfd_settime(wire->timer, TFD_TIMER_ABSTIME, &spec, NULL),
	     "timerfd");
}

bool link_wait(struct wire *wire, __s64 until, int extra)
{
	struct pollfd fds[] = {
		{ .fd = wire->tun, .events = POLLIN },
		{ .fd = extra, .events = POLLIN },
		{ .fd = wire->timer, .events = POLLIN },
	};

	set_timer(wire, until);
	for (;;) {
		while (link_read(wire))
			;
		if (wire->head)
			return true;
		must(poll(fds, ARRAY_SIZE(fds), -1), "poll");
		if (fds[1].revents)
			return true;
		if (fds[2].revents && !fds[0].revents)
			return false;
	}
}
