// SPDX-License-Identifier: GPL-2.0
/*
 * A tun device: see tun.h.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if.h>
#include <linux/if_tun.h>

#include "tun.h"

void must(int result, const char *what)
{
	if (result >= 0)
		return;
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

/* An ioctl of a device by its name, for which any socket does */
static void control(unsigned long request, struct ifreq *ifr, const char *name,
		    const char *what)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(fd, "socket");
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", name);
	must(ioctl(fd, request, ifr), what);
	close(fd);
}

static void set_address(const char *name, unsigned long request, __u32 address)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address),
	};
	struct ifreq ifr = {};

	memcpy(&ifr.ifr_addr, &sin, sizeof(sin));
	control(request, &ifr, name, "address of the device");
}

void tun_set_up(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP };

	control(SIOCSIFFLAGS, &ifr, name, "device up");
}

void tun_set_mtu(const char *name, int mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu };

	control(SIOCSIFMTU, &ifr, name, "MTU of the device");
}

int tun_open(const char *name, int flags, __u32 address, __u32 netmask)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI | flags };
	int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	must(tun, "/dev/net/tun");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	must(ioctl(tun, TUNSETIFF, &ifr), "tun device");
	set_address(name, SIOCSIFADDR, address);
	set_address(name, SIOCSIFNETMASK, netmask);
	tun_set_up(name);
	return tun;
}
