// SPDX-License-Identifier: GPL-2.0
/*
 * The tun device by which we are the victim's peers. It has a header for offloads before
 * each packet, so that large packets can come as a device's receive offload makes them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <arpa/inet.h>

#include "hostile.h"

#define DEVICE		"hostile0"
#define TCP_CSUM_AT	16	/* in TCP's header */

static int tun;

static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

static void set_address(int fd, unsigned long request, __u32 address)
{
	struct ifreq ifr = { .ifr_name = DEVICE };
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address),
	};

	memcpy(&ifr.ifr_addr, &sin, sizeof(sin));
	must(ioctl(fd, request, &ifr), "address of the device");
}

void link_open(void)
{
	struct ifreq ifr = {
		.ifr_name = DEVICE, .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR,
	};
	struct ifreq up = { .ifr_name = DEVICE, .ifr_flags = IFF_UP };
	int fd;

	tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	must(tun, "/dev/net/tun");
	must(ioctl(tun, TUNSETIFF, &ifr), "tun device");
	must(ioctl(tun, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO_ECN),
	     "offloads");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	must(fd, "socket");
	set_address(fd, SIOCSIFADDR, LOCAL_ADDR);
	set_address(fd, SIOCSIFNETMASK, 0xffff0000);
	must(ioctl(fd, SIOCSIFFLAGS, &up), "device up");
	close(fd);
}

static void send_with(const struct virtio_net_hdr *header, const __u8 *packet,
		      size_t length)
{
	struct iovec parts[] = {
		{ .iov_base = (void *)header, .iov_len = sizeof(*header) },
		{ .iov_base = (void *)packet, .iov_len = length },
	};

	/* What the device or IP refuse at once has been refused, too. */
	if (writev(tun, parts, ARRAY_SIZE(parts)) < 0 && errno != EINVAL)
		must(-1, "write to the device");
}

void link_send(const __u8 *packet, size_t length)
{
	static const struct virtio_net_hdr header;

	send_with(&header, packet, length);
}

/* Large, its checksum not yet filled in; "header" octets of it are IP's and TCP's. */
void link_send_as(const __u8 *packet, size_t length, __u16 header, __u16 gso_size,
		  __u16 linear)
{
	struct virtio_net_hdr vnet = { .hdr_len = linear };

	if (gso_size) {
		vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		vnet.gso_size = gso_size;
		vnet.hdr_len = linear ? linear : header;
		vnet.csum_start = (packet[0] & 15) * 4;
		vnet.csum_offset = TCP_CSUM_AT;
	}
	send_with(&vnet, packet, length);
}

/* "partial": the checksum was left to the device. */
bool link_receive(const __u8 **packet, size_t *length, bool *partial)
{
	static __u8 buffer[PACKET_MAX + sizeof(struct virtio_net_hdr)];
	const struct virtio_net_hdr *header = (const void *)buffer;
	ssize_t got = read(tun, buffer, sizeof(buffer));

	if (got < (ssize_t)sizeof(*header))
		return false;
	*packet = buffer + sizeof(*header);
	*length = got - sizeof(*header);
	*partial = header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
	return true;
}
