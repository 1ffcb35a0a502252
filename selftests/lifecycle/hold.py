#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Bring stream sockets into a certain state, and hold them there.

hold.py WHAT ADDRESS PORT [NUMBER]
    open      a bound socket (PORT 0: any)
    syn       begin to connect, do not wait for it
    connect   be connected
    half      be connected, send the FIN
    send      be connected and send as fast as the peer reads
    fill      be connected and send until the peer's window is full
    listen    listen, accept nothing
    accept    accept one connection
    source    accept one connection and send on it
    sink      accept one connection and read from it
Says "ready" when it is so, and waits for a signal.
"""
import signal
import socket
import sys


def connected(where):
    return socket.create_connection(where)


def listener(where):
    return socket.create_server(where, backlog=16)


def send(sock):
    chunk = bytes(65536)
    while True:
        sock.sendall(chunk)


def hold(what, where):
    if what == "open":
        sock = socket.socket()
        sock.bind(where)
    elif what == "syn":
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(where)
    elif what in ("connect", "half", "send", "fill"):
        sock = connected(where)
        if what == "half":
            sock.shutdown(socket.SHUT_WR)
        elif what == "fill":
            sock.settimeout(1)
            try:
                send(sock)
            except TimeoutError:
                pass
    else:
        sock = listener(where)
        if what != "listen":
            print("listening", flush=True)
            # The listener stays open beside the connection
            sock = (sock, sock.accept()[0])
    print("ready", flush=True)
    if what == "send":
        send(sock)
    if what == "source":
        send(sock[1])
    if what == "sink":
        while sock[1].recv(65536):
            pass
    signal.pause()


if __name__ == "__main__":
    hold(sys.argv[1], (sys.argv[2], int(sys.argv[3])))
