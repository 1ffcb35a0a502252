# SPDX-License-Identifier: GPL-2.0
"""The path of the simulation: four network namespaces, and what delays, loses,
disorders and queues between them.

  sender            near                     far              receiver
  +------+    +-------------+          +-------------+        +------+
  | eth0 |----| in      out |----------| in      out |--------| eth0 |
  +------+    +-------------+          +-------------+        +------+
  10.80.1.2          bottleneck:        netem: the way back    10.80.3.2
                     rate and queue     netem: the way forth, with its losses

Data goes from left to right.  Its packets are single segments, as on a real link:
the sender's device has no segmentation offload.
"""

import ctypes
import os
import socket
import struct
import subprocess

RECEIVER = "10.80.3.2"
PACKET = 1514           # octets of a full segment on the link
QUEUE_MIN = 5 * PACKET  # no router has less

NAMESPACES = ("sender", "near", "far", "receiver")
LINKS = (
    ("sender", "eth0", "10.80.1.2", "near", "in", "10.80.1.1"),
    ("near", "out", "10.80.2.1", "far", "in", "10.80.2.2"),
    ("far", "out", "10.80.3.1", "receiver", "eth0", RECEIVER),
)
ROUTES = (
    ("sender", "default via 10.80.1.1"),
    ("near", "default via 10.80.2.2"),
    ("far", "default via 10.80.2.1"),
    ("receiver", "default via 10.80.3.1"),
)
SYSCTLS = {
    "net/ipv4/ip_forward": 1,
    # What one run has learned is not for the next
    "net/ipv4/tcp_no_metrics_save": 1,
}

CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
ETHTOOL_STSO = 0x1f
ETHTOOL_SGSO = 0x24

RTM_NEWQDISC = 36
NLM_F_REQUEST, NLM_F_ACK, NLM_F_REPLACE, NLM_F_CREATE = 1, 4, 0x100, 0x400
NLMSG_ERROR = 2
TC_H_ROOT = 0xffffffff
TCA_KIND, TCA_OPTIONS = 1, 2
TCA_NETEM_REORDER, TCA_NETEM_LOSS = 3, 5
TCA_NETEM_LATENCY64, TCA_NETEM_JITTER64, TCA_NETEM_PRNG_SEED = 10, 11, 14
NETEM_LOSS_GE = 2
NLA_F_NESTED = 0x8000
NETEM_LIMIT = 100000    # packets: its own queue is not what is looked at

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    """Sockets that are made from now on belong to this namespace"""
    with open(f"/run/netns/{namespace}", "rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns: {namespace}")


def batch(program, lines, *options):
    """Run ip or tc once for many commands"""
    subprocess.run([program, *options, "-batch", "-"], check=True, text=True,
                   input="\n".join(lines) + "\n")


def without_offload(device):
    """Let the host cut large buffers before the device sees them"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        for command in (ETHTOOL_STSO, ETHTOOL_SGSO):
            value = ctypes.create_string_buffer(
                struct.pack("II", command, command == ETHTOOL_SGSO))
            request = ctypes.create_string_buffer(
                struct.pack("16sP16x", device.encode(), ctypes.addressof(value)))
            if libc.ioctl(handle.fileno(), SIOCETHTOOL, request):
                raise OSError(ctypes.get_errno(), f"offloads of {device}")


def attribute(kind, data):
    """A netlink attribute"""
    raw = struct.pack("HH", len(data) + 4, kind) + data
    return raw + bytes(-len(raw) % 4)


def share(probability):
    """A probability as netem wants it"""
    return min(int(probability * 2 ** 32), 2 ** 32 - 1)


class Network:
    """The namespaces with their links.  One for all runs of a guest."""

    def __init__(self):
        batch("ip", [f"netns add {name}" for name in NAMESPACES])
        for left, ldev, laddr, right, rdev, raddr in LINKS:
            batch("ip", [f"link add {ldev} netns {left} type veth "
                         f"peer name {rdev} netns {right}"])
            for name, dev, addr in ((left, ldev, laddr), (right, rdev, raddr)):
                batch("ip", ["link set lo up", f"address add {addr}/24 dev {dev}",
                             f"link set {dev} up"], "-n", name)
        for name, route in ROUTES:
            batch("ip", [f"route add {route}"], "-n", name)
        self.netlink = {}
        for name in NAMESPACES:
            enter(name)
            for key, value in SYSCTLS.items():
                self.sysctl(key, value)
            self.netlink[name] = socket.socket(socket.AF_NETLINK,
                                               socket.SOCK_RAW, 0)
            if name == "sender":
                without_offload("eth0")
        self.index = {}
        for name in ("near", "far"):
            enter(name)
            for device in ("in", "out"):
                self.index[name, device] = socket.if_nametoindex(device)

    @staticmethod
    def sysctl(key, value):
        """Of the namespace that has been entered"""
        with open(f"/proc/sys/{key}", "w", encoding="ascii") as file:
            file.write(str(value))

    def ecn(self, on):
        """Whether the ends ask for ECN"""
        for name in ("sender", "receiver"):
            enter(name)
            self.sysctl("net/ipv4/tcp_ecn", 1 if on else 2)

    def netem(self, namespace, device, seed, delay, jitter=0.0, loss=None,
              overtake=0.0):
        """A new netem as the device's root: DELAY and JITTER in seconds; LOSS is a
        probability or, for bursts, three (good to bad, bad to good, that a packet
        of a bad time arrives); OVERTAKE
        is the share of packets that do not wait.  By netlink, since Debian's tc
        has no word for netem's seed."""
        single = loss if isinstance(loss, float) else 0.0
        options = struct.pack("IIIIII", 0, NETEM_LIMIT, share(single),
                              1 if overtake else 0, 0, 0)
        options += attribute(TCA_NETEM_LATENCY64, struct.pack("q", int(delay * 1e9)))
        options += attribute(TCA_NETEM_JITTER64, struct.pack("q", int(jitter * 1e9)))
        options += attribute(TCA_NETEM_PRNG_SEED, struct.pack("Q", seed))
        if overtake:
            options += attribute(TCA_NETEM_REORDER,
                                 struct.pack("II", share(overtake), 0))
        if isinstance(loss, tuple):
            model = struct.pack("IIII", *map(share, loss), 0)
            options += attribute(TCA_NETEM_LOSS | NLA_F_NESTED,
                                 attribute(NETEM_LOSS_GE, model))
        body = struct.pack("BxxxiIII", 0, self.index[namespace, device], 0,
                           TC_H_ROOT, 0)
        body += attribute(TCA_KIND, b"netem\0") + attribute(TCA_OPTIONS, options)
        flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_REPLACE | NLM_F_CREATE
        self.netlink[namespace].send(
            struct.pack("IHHII", 16 + len(body), RTM_NEWQDISC, flags, 1, 0) + body)
        answer = self.netlink[namespace].recv(4096)
        kind, error = struct.unpack_from("H", answer, 4)[0], \
            struct.unpack_from("i", answer, 16)[0]
        if kind != NLMSG_ERROR or error:
            raise OSError(-error, f"netem on {namespace} {device}")

    def path(self, cell, seed):
        """Make the path that a cell of the grid describes; queues begin empty"""
        batch("tc", [
            "qdisc replace dev out root pfifo",     # forget the last run's
            f"qdisc replace dev out root handle 1: tbf rate {cell.rate}bit "
            f"burst {2 * PACKET} limit {cell.queue_bytes()}",
        ] + cell.queue_discipline(), "-n", "near")
        forth = cell.delay_forth()
        self.netem("far", "out", seed, forth, cell.jitter(), cell.losses(),
                   cell.overtaking())
        self.netem("far", "in", seed + 1, cell.rtt / 1000 - forth)
        self.ecn(cell.queue == "ecn")
