// SPDX-License-Identifier: GPL-2.0
/*
 * The tun device by which we are the victim's peers. It has a header for offloads before
 * each packet, so that large packets can come as a device's receive offload makes them.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>

#include "../wire/tun.h"
#include "hostile.h"

#define DEVICE		"hostile0"
#define TCP_CSUM_AT	16	/* in TCP's header */

static int tun;

void link_open(void)
{
	tun = tun_open(DEVICE, IFF_VNET_HDR, LOCAL_ADDR, 0xffff0000);
	must(ioctl(tun, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO_ECN),
	     "offloads");
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
