#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Congestion control as a module of its own, by the one that is the example.

congestion.py [REGEX]: run the tests whose text matches, results in TAP without
numbers.
"""
import errno
import os
import signal
import socket
import tempfile

from world import OURS, check, insmod, main, rmmod, test, until_eof

NAME = "mytcp_cong_scalable"
MODULE = os.path.join(os.path.dirname(os.environ["MYTCP_KO"]), "module", "examples",
                      NAME + ".ko")
AVAILABLE = "/sys/kernel/mytcp/available_congestion_control"
ALLOWED = "/sys/kernel/mytcp/allowed_congestion_control"
BUILT_IN = "cubic reno bbr dctcp"
FOR_ALL = "cubic reno bbr"
MODPROBE = "/proc/sys/kernel/modprobe"

def read(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def choose(sock, name):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, name.encode())


def chosen(sock):
    name = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
    return name.rstrip(b"\0").decode()


def unload():
    err = rmmod(NAME)
    check(err == 0, "rmmod: " + os.strerror(err))


def stays():
    check(rmmod(NAME) == errno.EWOULDBLOCK, "rmmod while a connection uses it")


# What processes do

def send_by_it(sock, say):
    choose(sock, "scalable")
    sock.sendall(bytes(300000))
    say(chosen(sock))


def serve_by_it(stack, say, port):
    listener = stack.listener(port)
    choose(listener, "scalable")
    say("listening")
    sock, _ = listener.accept()
    listener.close()
    say(chosen(sock))
    signal.pause()


def call(stack, say, where):
    sock = stack.socket()
    sock.connect(where)
    until_eof(sock, say)


def ask(stack, say, name, uid=0):
    # Closed before an error is told: who hears of it may unload the module
    with stack.socket() as sock:
        os.setresuid(uid, uid, uid)
        choose(sock, name)
        say(chosen(sock))


NOBODY = 65534


@test("chosen by its name; it stays until the connection ends")
def by_name(w):
    check(read(AVAILABLE) == BUILT_IN, read(AVAILABLE))
    insmod(path=MODULE)
    check(read(AVAILABLE) == BUILT_IN + " scalable", read(AVAILABLE))
    us, them = w.pair(send_by_it, until_eof)
    us.expect("scalable")
    stays()
    w.kill(us)
    them.expect("eof 300000")
    w.freed(TIME_WAIT=1)
    unload()
    check(read(AVAILABLE) == BUILT_IN, read(AVAILABLE))
    w.ours(ask, "scalable").expect("ENOENT")


@test("a listener's children have it, too, and it stays for them")
def inherited(w):
    insmod(path=MODULE)
    us = w.ours(serve_by_it, w.port)
    us.expect("listening")
    them = w.peer(call, (OURS, w.port))
    us.expect("scalable")
    stays()
    w.kill(us)
    them.expect("eof 0")
    w.freed(TIME_WAIT=1)
    unload()


@test("who administers nothing may choose it when it is allowed")
def allowed(w):
    insmod(path=MODULE)
    check(read(ALLOWED) == FOR_ALL, read(ALLOWED))
    w.ours(ask, "scalable", NOBODY).expect("EPERM")
    w.ours(ask, "reno", NOBODY).expect("reno", "end")
    w.ours(ask, "dctcp", NOBODY).expect("EPERM")
    write(ALLOWED, "dctcp")
    w.ours(ask, "dctcp", NOBODY).expect("dctcp", "end")
    write(ALLOWED, "scalable reno\n")
    check(read(ALLOWED) == FOR_ALL + " scalable", read(ALLOWED))
    w.ours(ask, "scalable", NOBODY).expect("scalable", "end")
    try:
        write(ALLOWED, "reno nosuch\n")
        check(False, "a name that is not there was taken")
    except FileNotFoundError:
        check(read(ALLOWED) == FOR_ALL + " scalable", "a refused list has changed it")
    write(ALLOWED, "\n")
    w.ours(ask, "scalable", NOBODY).expect("EPERM")
    w.freed()
    unload()


@test("loaded by its name, for administrators alone")
def loaded_by_name(w):
    was = read(MODPROBE)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = os.path.join(folder, "modprobe")
        write(program, f"#!/bin/sh\n[ \"$3\" = {NAME} ] && exec insmod {MODULE}\n")
        os.chmod(program, 0o755)
        try:
            write(MODPROBE, program)
            w.ours(ask, "scalable", NOBODY).expect("ENOENT")
            check(read(AVAILABLE) == BUILT_IN, "loaded for nobody")
            w.ours(ask, "nosuch").expect("ENOENT")
            w.ours(ask, "scalable").expect("scalable", "end")
        finally:
            write(MODPROBE, was)
    w.freed()
    unload()


if __name__ == "__main__":
    main()
