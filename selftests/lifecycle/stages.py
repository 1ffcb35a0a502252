#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""kill -9 of a process at every stage of a connection.

stages.py [REGEX]: run the tests whose text matches, results in TAP without
numbers.  Each one brings a connection into a state, tries to unload the module
(which must be refused), kills the process, looks at what goes over the wire and
at what the peer is told, waits until all is freed, unloads the module, looks
for what it left behind, and loads it again.
"""
import array
import os
import select
import signal
import socket
import struct
import threading

from world import (ACK, FIN, OURS, PEER, RST, TIMER_PERSIST, VOID, Memory, check,
                   connect_to, counter, insmod, main, table, test, until_eof,
                   virtual_time, wait_for)

# What a process does with its connection: then(sock, say)

def idle(_sock, _say):
    pass


def eof_then_idle(sock, say):
    check(sock.recv(1) == b"", "data instead of EOF")
    say("eof")


def blocked(call):
    def then(sock, say):
        say("calls")
        call(sock)
    return then


def pause(_sock):
    signal.pause()


def poll(sock):
    events = select.poll()
    events.register(sock, select.POLLIN)
    events.poll()


def epoll(sock):
    events = select.epoll()
    events.register(sock, select.EPOLLIN | select.EPOLLET)
    events.poll()


def recv(sock):
    sock.recv(1)


def recv_all(sock):
    sock.recv(1000, socket.MSG_WAITALL)


def send_forever(sock):
    chunk = bytes(65536)
    while True:
        sock.sendall(chunk)


def fill(sock, say):
    """Send until neither the peer nor our own buffer takes more."""
    sock.setblocking(False)
    count = 0
    idle_since = 0
    while idle_since < 20:
        try:
            count += sock.send(bytes(65536))
            idle_since = 0
        except BlockingIOError:
            idle_since += 1
            select.select([], [sock], [], 0.05)
    say(f"sent {count}")


def half_close(sock, say):
    sock.shutdown(socket.SHUT_WR)
    say("half closed")


def unread(sock, say):
    """Leave in the receive queue what the peer sends."""
    poll(sock)
    say("has data")


def write(count, flags=0):
    def then(sock, say):
        sock.send(bytes(count), flags)
        say("wrote")
        until_eof(sock, say)
    return then


def close_wait(sock, say):
    poll(sock)
    say("has EOF")


def on_order(*actions):
    """The first action at once, each further one when a signal comes."""
    def then(sock, say):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        actions[0](sock, say)
        for action in actions[1:]:
            say("waits")
            signal.sigwait([signal.SIGUSR1])
            action(sock, say)
    return then


def order(process):
    process.expect("waits")
    os.kill(process.pid, signal.SIGUSR1)


def linger(seconds):
    def then(sock, say):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, seconds))
        say("lingers")
    return then


# Before there is a connection

@test("a socket, not bound")
def fresh(w):
    def hold(stack, say):
        sock = stack.socket()
        say("open")
        signal.pause()
        sock.close()

    us = w.ours(hold)
    us.expect("open")
    w.kill(us)
    w.freed()


@test("a bound socket")
def bound(w):
    def hold(stack, say):
        sock = stack.socket()
        sock.bind((OURS, w.port))
        say("bound")
        signal.pause()
        sock.close()

    us = w.ours(hold)
    us.expect("bound")
    w.kill(us)
    w.freed()


def begin_connect(stack, say, where, port):
    sock = stack.socket()
    sock.bind((stack.address, port))
    sock.setblocking(False)
    sock.connect_ex(where)
    say("connecting")
    poll(sock)
    err = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    say("connected" if not err else os.strerror(err))
    sock.setblocking(True)
    until_eof(sock, say)


@test("SYN-SENT, blocked in connect()")
def syn_sent(w):
    def connect(stack, say):
        sock = stack.socket()
        sock.bind((OURS, w.port))
        say("calls")
        sock.connect((VOID, 80))

    us = w.ours(connect)
    us.expect("calls")
    us.asleep()
    w.rows_are(SYN_SENT=1)
    w.kill(us)
    w.freed()


@test("SYN-SENT, blocked in poll()")
def syn_sent_poll(w):
    us = w.ours(begin_connect, (VOID, 80), w.port)
    us.expect("connecting")
    us.asleep()
    w.rows_are(SYN_SENT=1)
    w.kill(us)
    w.freed()


@test("SYN-RECEIVED by a simultaneous open")
def syn_recv_active(w):
    w.deaf()
    us = w.ours(begin_connect, (PEER, w.port + 1), w.port)
    us.expect("connecting")
    them = w.peer(begin_connect, (OURS, w.port), w.port + 1)
    them.expect("connecting")
    w.rows_are(SYN_RECV=1)
    us.asleep()
    w.kill(us)
    w.rows_are(FIN_WAIT1=1)
    w.hear()
    them.expect("connected", "eof 0")
    w.wire.four_way()
    w.freed(TIME_WAIT=1)


@test("a connection refused")
def refused(w):
    us = w.ours(begin_connect, (PEER, w.port), w.port)
    us.expect("connecting", "Connection refused", "eof 0")
    us.kill()
    w.freed()


# Listeners

def listen(stack, say, port, call):
    listener = stack.listener(port)
    say("listening")
    call(listener)


def refuses(w):
    """Who comes now learns that nobody listens."""
    them = w.peer(connect_to_us, w.port)
    them.expect("ECONNREFUSED")


def connect_to_us(stack, say, port):
    sock = stack.socket()
    sock.connect((OURS, port))
    say("connected")
    until_eof(sock, say)


def listener_stage(text, call):
    @test("a listener, blocked in " + text)
    def listening(w):
        us = w.ours(listen, w.port, call)
        us.expect("listening")
        us.asleep()
        w.kill(us)
        w.freed()
        refuses(w)


listener_stage("accept()", lambda listener: listener.accept())
listener_stage("poll()", poll)
listener_stage("epoll_wait()", epoll)


@test("a listener with a connection in SYN-RECEIVED")
def syn_recv(w):
    us = w.ours(listen, w.port, pause)
    us.expect("listening")
    w.deaf()
    them = w.peer(begin_connect, (OURS, w.port), w.port + 1)
    them.expect("connecting")
    w.rows_are(LISTEN=1, SYN_RECV=1)
    w.kill(us)
    w.freed()
    w.hear()
    them.expect("Connection refused")


@test("a listener with connections in its accept queue")
def accept_queue(w):
    us = w.ours(listen, w.port, pause)
    us.expect("listening")
    clients = [w.peer(connect_to, (OURS, w.port), then)
               for then in (until_eof, write(1000), half_then_read)]
    for client in clients:
        client.expect("connected")
    clients[1].expect("wrote")
    clients[2].expect("half closed")
    w.rows_are(LISTEN=1, ESTABLISHED=2, CLOSE_WAIT=1)
    w.kill(us)
    for client in clients:
        client.expect("reset 0")
    w.freed()


def half_then_read(sock, say):
    half_close(sock, say)
    until_eof(sock, say)


# Connected

def connected_stage(text, call, passive):
    @test("ESTABLISHED, " + text)
    def connected(w):
        us, them = w.pair(blocked(call), until_eof, passive)
        us.expect("calls")
        us.asleep()
        w.rows_are(ESTABLISHED=1)
        w.kill(us)
        them.expect("eof 0")
        w.wire.four_way()
        w.freed(TIME_WAIT=1)


connected_stage("idle", pause, False)
connected_stage("idle, from accept()", pause, True)
connected_stage("blocked in recv()", recv, False)
connected_stage("blocked in recv(MSG_WAITALL)", recv_all, True)
connected_stage("blocked in poll()", poll, False)
connected_stage("blocked in epoll_wait()", epoll, True)


@test("ESTABLISHED, threads blocked in recv(), send() and poll()")
def threads(w):
    def together(sock, say):
        for call in recv, send_forever, poll:
            threading.Thread(target=call, args=(sock,)).start()
        say("calls")

    us, them = w.pair(together, idle)
    us.expect("calls")
    # With a window of 0 they all sleep
    wait_for(30, "the peer's window shut", zero_window)
    us.asleep()
    w.kill(us)
    w.rows_are(FIN_WAIT1=1)
    # The peer's end with data unread: an RST
    them.kill()
    w.freed()


def zero_window():
    return any(row[5].startswith(TIMER_PERSIST + ":") for row in table())


@test("blocked in send(), the peer's window shut; then it reads on")
def blocked_send(w):
    us, them = w.pair(blocked(send_forever), on_order(idle, until_eof))
    us.expect("calls")
    wait_for(30, "the peer's window shut", zero_window)
    us.asleep()
    w.kill(us)
    w.rows_are(FIN_WAIT1=1)
    order(them)
    word = them.word(60)
    check(word.startswith("eof ") and int(word[4:]) > 65536, word)
    w.wire.four_way()
    w.freed(TIME_WAIT=1)


@test("the peer's window shut for good")
def window_shut(w):
    us, them = w.pair(fill, idle)
    check(us.word(120).startswith("sent "), "fill")
    wait_for(30, "the peer's window shut", zero_window)
    w.kill(us)
    w.rows_are(FIN_WAIT1=1)
    if virtual_time():
        # Nobody to tell: so it does not probe for ever, and resets the peer
        w.freed(3600)
        check(w.wire.with_flag(True, RST), "no RST: " + w.wire.show())
    check(them.pid, "the peer has ended")


@test("in the middle of sending")
def sending(w):
    us, them = w.pair(blocked(send_forever), until_eof, True)
    us.expect("calls")
    wait_for(30, "100 segments", lambda: counter("out_segs") > 100)
    w.kill(us)
    check(them.word(60).startswith("eof "), "no EOF")
    w.wire.four_way()
    w.freed(TIME_WAIT=1)


@test("in the middle of receiving: an RST, for data is lost")
def receiving(w):
    def receive(sock, say):
        say("calls")
        while sock.recv(1000):
            pass

    us, them = w.pair(receive, sends_until_error)
    us.expect("calls")
    wait_for(30, "100 segments", lambda: counter("in_segs") > 100)
    # A stopped reader certainly has something unread
    os.kill(us.pid, signal.SIGSTOP)
    wait_for(30, "octets unread", lambda: table()[0][4][9:] != "00000000")
    w.kill(us)
    them.expect("failed")
    w.wire.reset()
    w.freed()


def sends_until_error(sock, say):
    try:
        send_forever(sock)
    except (ConnectionResetError, BrokenPipeError):
        say("failed")


@test("data unread: an RST")
def data_unread(w):
    us, them = w.pair(unread, write(1000), True)
    them.expect("wrote")
    us.expect("has data")
    w.kill(us)
    them.expect("reset 0")
    w.wire.reset()
    w.freed()


@test("urgent data unread: an RST")
def urgent_unread(w):
    def urgent(sock, say):
        events = select.poll()
        events.register(sock, select.POLLPRI)
        events.poll()
        say("has data")

    us, them = w.pair(urgent, write(10, socket.MSG_OOB))
    them.expect("wrote")
    us.expect("has data")
    w.kill(us)
    them.expect("reset 0")
    w.wire.reset()
    w.freed()


@test("data out of order, the first of it lost")
def out_of_order(w):
    def two(sock, say):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.send(bytes(100))
        sock.send(bytes(200))
        say("wrote")

    us, them = w.pair(idle, two_then_read(two))
    them.expect("waits")
    w.drop("ours", "ip length 152")
    w.wire.forget()
    os.kill(them.pid, signal.SIGUSR1)
    them.expect("wrote")
    wait_for(10, "our ACK of what is out of order",
             lambda: w.wire.with_flag(True, ACK))
    w.kill(us)
    wait_for(10, lambda: "our FIN; " + w.wire.show(), lambda: w.wire.with_flag(True, FIN))
    w.hear()
    # What comes after the FIN has nobody to go to: RFC 9293 3.10.7.4, RFC 1122 4.2.2.13
    check(them.word() in ("eof 0", "reset 0"), "the peer does not end")
    w.freed()


def two_then_read(two):
    return on_order(idle, lambda sock, say: (two(sock, say), until_eof(sock, say)))


@test("TCP_CORK holds data back: it goes out with the FIN")
def corked(w):
    def cork(sock, say):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        sock.send(bytes(10))
        say("wrote")

    us, them = w.pair(cork, until_eof)
    us.expect("wrote")
    w.kill(us)
    w.ends(them, "eof 10", TIME_WAIT=1)


@test("two processes share the socket: the last one's end counts")
def shared(w):
    def twins(sock, say):
        twin = os.fork()
        if not twin:
            recv(sock)
        say(str(twin))

    us, them = w.pair(twins, until_eof)
    twin = int(us.word())
    w.kill(us)
    w.rows_are(ESTABLISHED=1)
    check(not w.wire.with_flag(True, FIN), "a FIN too early")
    os.kill(twin, signal.SIGKILL)
    w.ends(them, "eof 0", TIME_WAIT=1)


@test("the descriptor is on its way through an AF_UNIX socket")
def in_flight(w):
    def send_it(sock, say):
        send_it.ends = socket.socketpair()
        send_it.ends[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                          array.array("i", [sock.fileno()]))])
        sock.close()
        say("sent")

    us, them = w.pair(send_it, until_eof)
    us.expect("sent")
    w.rows_are(ESTABLISHED=1)
    w.kill(us)
    w.ends(them, "eof 0", TIME_WAIT=1)


@test("SO_LINGER of 0: an RST")
def linger_zero(w):
    us, them = w.pair(linger(0), until_eof, True)
    us.expect("lingers")
    w.kill(us)
    them.expect("reset 0")
    w.wire.reset()
    w.freed()


@test("SO_LINGER of an hour: a killed process does not wait")
def linger_long(w):
    us, them = w.pair(linger(3600), until_eof)
    us.expect("lingers")
    w.deaf()
    w.orphan_ends(us, them, "FIN_WAIT1", TIME_WAIT=1)


@test("blocked in close() by SO_LINGER")
def blocked_close(w):
    def close(sock, say):
        linger(3600)(sock, say)
        say("waits")
        signal.sigwait([signal.SIGUSR1])
        say("closes")
        sock.close()

    def start(sock, say):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        close(sock, say)

    us, them = w.pair(start, until_eof)
    us.expect("lingers")
    w.deaf()
    order(us)
    us.expect("closes")
    w.rows_are(FIN_WAIT1=1)
    us.asleep()
    w.orphan_ends(us, them, "FIN_WAIT1", TIME_WAIT=1)


# Half closed and further

@test("FIN-WAIT-1")
def fin_wait1(w):
    us, them = w.pair(on_order(idle, half_close), until_eof)
    w.deaf()
    order(us)
    us.expect("half closed")
    w.rows_are(FIN_WAIT1=1)
    w.orphan_ends(us, them, "FIN_WAIT1", TIME_WAIT=1)


@test("FIN-WAIT-2: an orphan's comes to its end by itself")
def fin_wait2(w):
    us, them = w.pair(half_close, eof_then_idle)
    us.expect("half closed")
    them.expect("eof")
    w.rows_are(FIN_WAIT2=1)
    w.kill(us)
    # tcp_fin_timeout is 2 s here
    w.freed(10)
    check(them.pid, "the peer has ended")


@test("FIN-WAIT-2: and the peer closes in time")
def fin_wait2_ends(w):
    us, them = w.pair(half_close, on_order(eof_then_idle,
                                           lambda sock, say: sock.close()))
    us.expect("half closed")
    them.expect("eof")
    w.rows_are(FIN_WAIT2=1)
    w.kill(us)
    order(them)
    w.wire.four_way()
    w.freed(TIME_WAIT=1)


@test("FIN-WAIT-2: and the peer sends on, to nobody: an RST")
def fin_wait2_data(w):
    us, them = w.pair(half_close, on_order(eof_then_idle, write(10)))
    us.expect("half closed")
    them.expect("eof")
    w.rows_are(FIN_WAIT2=1)
    w.kill(us)
    order(them)
    them.expect("wrote")
    wait_for(10, "our RST", lambda: w.wire.with_flag(True, RST))
    w.freed()


@test("CLOSE-WAIT")
def kill_close_wait(w):
    us, them = w.pair(close_wait, half_then_read, True)
    them.expect("half closed")
    us.expect("has EOF")
    w.rows_are(CLOSE_WAIT=1)
    w.kill(us)
    w.ends(them, "eof 0")


@test("LAST-ACK")
def last_ack(w):
    us, them = w.pair(on_order(close_wait, half_close), half_then_read)
    them.expect("half closed")
    us.expect("has EOF")
    w.deaf()
    order(us)
    us.expect("half closed")
    w.rows_are(LAST_ACK=1)
    w.orphan_ends(us, them, "LAST_ACK")


@test("CLOSING")
def closing(w):
    us, them = w.pair(on_order(idle, half_close), on_order(idle, half_then_read))
    w.deaf()
    order(us)
    us.expect("half closed")
    order(them)
    them.expect("half closed")
    w.rows_are(CLOSING=1)
    w.orphan_ends(us, them, "CLOSING", TIME_WAIT=1)


@test("TIME-WAIT")
def time_wait(w):
    us, them = w.pair(half_close, until_eof)
    us.expect("half closed")
    them.expect("eof 0")
    w.rows_are(TIME_WAIT=1)
    w.kill(us)
    w.freed(TIME_WAIT=1)


@test("TIME-WAIT comes to its end by itself")
def time_wait_ends(w):
    with open("/sys/kernel/mytcp/time_wait_ms", "w", encoding="ascii") as file:
        file.write("1000")
    us, them = w.pair(half_close, until_eof)
    us.expect("half closed")
    them.expect("eof 0")
    w.kill(us)
    w.freed(10)


@test("reset by the peer, the socket still open")
def was_reset(w):
    us, them = w.pair(until_eof, linger(0))
    them.expect("lingers")
    them.kill()
    us.expect("reset 0")
    w.rows_are()
    w.kill(us)
    w.freed()


# Orphans, when nobody answers any more

@test("an orphan that nobody answers gives up")
def orphan_gives_up(w):
    us, them = w.pair(on_order(idle, write(1000)), until_eof)
    w.deaf()
    order(us)
    us.expect("wrote")
    w.kill(us)
    w.rows_are(FIN_WAIT1=1)
    if virtual_time():
        w.freed(3600)
    w.hear()
    if virtual_time():
        check(them.pid, "the peer has ended")


@test("rmmod ends an orphan that retransmits, and tells the peer")
def unload_orphan(w):
    us, them = w.pair(fill, on_order(idle, until_eof))
    check(us.word(120).startswith("sent "), "fill")
    w.kill(us)
    w.rows_are(FIN_WAIT1=1)
    w.unload()
    check(w.wire.with_flag(True, RST), "no RST: " + w.wire.show())
    order(them)
    check(them.word().startswith("reset "), "the peer was not told")


@test("rmmod with many orphans and TIME-WAIT entries")
def unload_many(w):
    def call(stack, say):
        socks = []
        for i in range(60):
            sock = stack.socket()
            sock.connect((PEER, w.port))
            # A third of them is FIN-WAIT-2, a third TIME-WAIT
            sock.send(b"ehl"[i % 3:i % 3 + 1])
            socks.append(sock)
        say("connected")
        signal.pause()

    def serve(stack, say):
        listener = stack.listener(w.port, 60)
        say("listening")
        socks = []
        for _ in range(60):
            sock, _ = listener.accept()
            kind = sock.recv(1)
            if kind == b"e":
                threading.Thread(target=ends, args=(sock,)).start()
            socks.append(sock)
        say("accepted")
        signal.pause()

    def ends(sock):
        sock.recv(1)
        sock.close()

    with open("/proc/sys/net/ipv4/tcp_fin_timeout", "w", encoding="ascii") as file:
        file.write("60")
    them = w.peer(serve)
    them.expect("listening")
    us = w.ours(call)
    us.expect("connected")
    them.expect("accepted")
    w.kill(us)
    w.rows_are(TIME_WAIT=20, FIN_WAIT2=40)
    with open("/proc/sys/net/ipv4/tcp_fin_timeout", "w", encoding="ascii") as file:
        file.write("2")
    w.unload()


@test("rmmod while a queue still holds what an orphan sent")
def unload_queued(w):
    us, them = w.pair(on_order(idle, write(1000)), until_eof)
    os.system("tc qdisc add dev eth0 root netem delay 3s")
    order(us)
    us.expect("wrote")
    w.kill(us)
    w.rows_are(FIN_WAIT1=1)
    # Its memory is the packets': so this waits for them, and no longer
    w.unload(8)
    os.system("tc qdisc del dev eth0 root")
    check(them.pid, "the peer has ended")


# Memory

@test("memory is back where it began after connections and loads")
def memory(w):
    def call(stack, say):
        socks = [stack.socket() for _ in range(20)]
        for sock in socks:
            sock.connect((PEER, w.port))
            sock.send(bytes(100))
        say("connected")
        signal.pause()

    def serve(stack, say):
        listener = stack.listener(w.port, 60)
        say("listening")
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=until_eof, args=(sock, say)).start()

    them = w.peer(serve)
    them.expect("listening")

    def cycle():
        us = w.ours(call)
        us.expect("connected")
        w.kill(us)
        them.expect(*["eof 100"] * 20)
        w.freed(TIME_WAIT=20)
        w.unload()
        insmod()
        # What it caught is memory, too
        w.wire.forget()

    # Caches that fill up come to an end, a leak does not: one object lost by
    # connection would be 60 more each time.
    suspects = None
    for _ in range(8):
        before = Memory()
        for _ in range(3):
            cycle()
        grown = {name for name, number in Memory().growth(before).items()
                 if number > 40}
        suspects = grown if suspects is None else suspects & grown
        if not suspects:
            return
    check(False, f"60 connections made more each time of: {suspects}")


if __name__ == "__main__":
    main()
