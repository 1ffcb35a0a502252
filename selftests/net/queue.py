#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Lets every packet of an nftables queue pass: queue.py NUMBER

It says "ready" when packets may come, and ends, when told to by SIGTERM, with
their number.  A packet then goes on in this program's context instead of a
soft-irq's: see linux/netfilter/nfnetlink_queue.h.
"""

import signal
import socket
import struct
import sys

NETLINK_NETFILTER = 12
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLMSG_ERROR = 2
QUEUE_PACKET, QUEUE_VERDICT, QUEUE_CONFIG = 0x300, 0x301, 0x302
NFQA_PACKET_HDR, NFQA_VERDICT_HDR = 1, 2
NFQA_CFG_CMD, NFQA_CFG_PARAMS = 1, 2
NFQNL_CFG_CMD_BIND, NFQNL_COPY_META = 1, 1
NF_ACCEPT = 1
HEADERS = 16 + 4  # struct nlmsghdr and struct nfgenmsg


def aligned(length):
    return (length + 3) & ~3


def attribute(kind, value):
    data = struct.pack("=HH", 4 + len(value), kind) + value
    return data.ljust(aligned(len(data)), b"\0")


def message(kind, flags, number, *attributes):
    body = struct.pack("=BB", 0, 0) + struct.pack("!H", number)
    body += b"".join(attributes)
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 0, 0) + body


def messages(data):
    while data:
        length, kind = struct.unpack_from("=IH", data)
        yield kind, data[:length]
        data = data[aligned(length):]


def packet_id(data):
    data = data[HEADERS:]
    while data:
        length, kind = struct.unpack_from("=HH", data)
        if kind == NFQA_PACKET_HDR:
            return data[4:8]
        data = data[aligned(length):]
    raise ValueError("a packet without its number")


def configure(netlink, number, attr):
    netlink.send(message(QUEUE_CONFIG, NLM_F_REQUEST | NLM_F_ACK, number, attr))
    for kind, data in messages(netlink.recv(65536)):
        error = struct.unpack_from("=i", data, 16)[0]
        if kind != NLMSG_ERROR or error:
            sys.exit(f"queue {number}: error {-error}")


def stop(*_):
    raise KeyboardInterrupt


number = int(sys.argv[1])
seen = 0
signal.signal(signal.SIGTERM, stop)
with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
    netlink.bind((0, 0))
    configure(netlink, number, attribute(
        NFQA_CFG_CMD, struct.pack("!BBH", NFQNL_CFG_CMD_BIND, 0, 0)))
    configure(netlink, number, attribute(
        NFQA_CFG_PARAMS, struct.pack("!IB", 0, NFQNL_COPY_META)))
    print("ready", flush=True)
    try:
        while True:
            for kind, data in messages(netlink.recv(65536)):
                if kind != QUEUE_PACKET:
                    continue
                seen += 1
                netlink.send(message(QUEUE_VERDICT, NLM_F_REQUEST, number, attribute(
                    NFQA_VERDICT_HDR,
                    struct.pack("!I", NF_ACCEPT) + packet_id(data))))
    except KeyboardInterrupt:
        print(seen)
