#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Transfers that go on while a command runs, both ways, and must be intact.

pairs.py PAIR... -- COMMAND ARGS...
    A PAIR is TEXT|STACK@NAMESPACE|ADDRESS|PORT|STACK@NAMESPACE[|BUFFER]: a name, who
    listens where, and who connects to it.  A STACK is kernel, mytcp or mytcp253;
    BUFFER bounds the socket's buffers, and so its window.

What is sent is pseudo-random, of each direction other than of all the others.  It is
compared byte by byte as it arrives and by SHA-256 when the command has ended.  Prints
TAP without numbers, after what the command prints.
"""
import ctypes
import hashlib
import os
import select
import socket
import subprocess
import sys
import time

AF_MYTCP = 19
CLONE_NEWNET = 0x40000000
STACKS = {"kernel": (socket.AF_INET, 0), "mytcp": (AF_MYTCP, 0), "mytcp253": (AF_MYTCP, 253)}
CHUNK = 16384
TICK_S = 0.05
LIMIT_S = 120   # without progress, when the command has ended

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    fd = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns " + namespace)
    os.close(fd)


def open_socket(place, buffer):
    """A socket of STACK@NAMESPACE."""
    stack, namespace = place.split("@")
    enter(namespace)
    family, protocol = STACKS[stack]
    fd = libc.socket(family, socket.SOCK_STREAM, protocol)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "socket")
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=fd)
    if buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
    return sock


class Direction:
    """One way of a connection: what is sent, and what of it has arrived."""

    def __init__(self, name, sender, receiver):
        self.name = name
        self.sender = sender
        self.receiver = receiver
        self.at_sender = hashlib.sha256()
        self.at_receiver = hashlib.sha256()
        self.unsent = b""
        self.on_the_way = bytearray()
        self.chunks = 0
        self.arrived = 0
        self.finished = False
        self.ended = False

    def send(self):
        if not self.unsent:
            seed = f"{self.name} {self.chunks}".encode()
            self.unsent = hashlib.shake_128(seed).digest(CHUNK)
            self.chunks += 1
        try:
            count = self.sender.send(self.unsent)
        except BlockingIOError:
            return
        self.at_sender.update(self.unsent[:count])
        self.on_the_way += self.unsent[:count]
        self.unsent = self.unsent[count:]

    def receive(self):
        try:
            data = self.receiver.recv(4 * CHUNK)
        except BlockingIOError:
            return
        if not data:
            self.ended = True
            return
        if self.on_the_way[:len(data)] != data:
            raise ConnectionError(f"octets {self.arrived} and on are not what was sent")
        del self.on_the_way[:len(data)]
        self.at_receiver.update(data)
        self.arrived += len(data)

    def finish(self):
        self.finished = True
        self.sender.shutdown(socket.SHUT_WR)

    def verify(self):
        if self.at_sender.digest() != self.at_receiver.digest():
            raise ConnectionError("the digests differ")
        if not self.arrived:
            raise ConnectionError("nothing was sent")


class Pair:
    """A connection, and what became of it."""

    def __init__(self, text):
        self.name, server, address, port, client, *buffer = text.split("|")
        buffer = int(buffer[0]) if buffer else 0
        with open_socket(server, buffer) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, int(port)))
            listener.listen()
            calling = open_socket(client, buffer)
            calling.connect((address, int(port)))
            accepted, _ = listener.accept()
        self.ends = (calling, accepted)
        for sock in self.ends:
            sock.setblocking(False)
        self.ways = [Direction(self.name + " there", calling, accepted),
                     Direction(self.name + " back", accepted, calling)]
        self.error = None

    def attempt(self, what):
        """Do it, unless the connection has failed already."""
        if self.error:
            return
        try:
            what()
        except OSError as error:
            self.error = error

    def step(self):
        for way in self.ways:
            if not way.finished:
                way.send()
            way.receive()

    def finish(self):
        for way in self.ways:
            way.finish()

    def verify(self):
        for way in self.ways:
            way.verify()

    def over(self):
        return self.error or all(way.ended for way in self.ways)

    def arrived(self):
        return sum(way.arrived for way in self.ways)

    def close(self):
        for sock in self.ends:
            sock.close()


def drain(pairs):
    """Until all have come to their ends."""
    last, since = -1, time.monotonic()
    while not all(pair.over() for pair in pairs):
        for pair in pairs:
            pair.attempt(pair.step)
        arrived = sum(pair.arrived() for pair in pairs)
        if arrived != last:
            last, since = arrived, time.monotonic()
        if time.monotonic() - since > LIMIT_S:
            break
        select.select([], [], [], TICK_S)


def report(pair):
    good = pair.over() and not pair.error
    if not good:
        print(f"# {pair.error or 'it did not come to its end'}")
    print(f"{'' if good else 'not '}ok - {pair.name}: {pair.arrived()} octets arrived",
          flush=True)


def main():
    at = sys.argv.index("--")
    pairs = [Pair(text) for text in sys.argv[1:at]]
    with subprocess.Popen(sys.argv[at + 1:]) as command:
        while command.poll() is None:
            for pair in pairs:
                pair.attempt(pair.step)
            select.select([], [], [], TICK_S)
    for pair in pairs:
        pair.attempt(pair.finish)
    drain(pairs)
    for pair in pairs:
        pair.attempt(pair.verify)
        report(pair)
        pair.close()
    return command.returncode


if __name__ == "__main__":
    sys.exit(main())
