# SPDX-License-Identifier: GPL-2.0
"""What a test of processes, their connections and the module needs.

Namespaces "ours" (10.73.0.1) and "peer" (10.73.0.2) are joined by a cable; who
runs the tests is in "ours".  Processes are forked into either one, on either
stack, and say by a pipe how far they have come.  Waits are bounded and for an
event, never for a time.
"""
import collections
import ctypes
import errno
import glob
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback

OURS = "10.73.0.1"
PEER = "10.73.0.2"
VOID = "10.73.9.9"      # swallows everything

AF_MYTCP = 19
CLONE_NEWNET = 0x40000000
ETH_P_IP = 0x0800
ETH_P_ALL = 3
PACKET_OUTGOING = 4
SO_ATTACH_FILTER = 26
SO_RCVBUFFORCE = 33
SYS_DELETE_MODULE = 176     # x86-64, and UML on it
SYS_FINIT_MODULE = 313

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

STATES = {
    "01": "ESTABLISHED", "02": "SYN_SENT", "03": "SYN_RECV", "04": "FIN_WAIT1",
    "05": "FIN_WAIT2", "06": "TIME_WAIT", "08": "CLOSE_WAIT", "09": "LAST_ACK",
    "0A": "LISTEN", "0B": "CLOSING",
}
TIMER_PERSIST = "04"

libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """A test failed; the text says why."""


def check(value, text):
    if not value:
        raise Failure(text)


def wait_for(seconds, what, happened):
    """Until happened() is true; what is expected is a text, or makes one."""
    begin = time.monotonic()
    while not happened():
        waited = time.monotonic() - begin
        if waited > seconds:
            raise Failure("not in time: " + (what() if callable(what) else what))
        time.sleep(0.02 + waited / 50)


def virtual_time():
    """UML: an hour's wait takes no time."""
    return os.path.exists("/proc/exitcode")


def enter(namespace):
    fd = os.open("/run/netns/" + namespace, os.O_RDONLY)
    check(libc.setns(fd, CLONE_NEWNET) == 0, "setns " + namespace)
    os.close(fd)


class Stack:
    """A TCP in a namespace."""

    def __init__(self, namespace, address, family):
        self.namespace = namespace
        self.address = address
        self.family = family

    def socket(self):
        fd = libc.socket(self.family, socket.SOCK_STREAM, 0)
        if fd < 0:
            raise OSError(ctypes.get_errno(), "socket")
        # Python would not know how to write addresses of a family of its own
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=fd)

    def listener(self, port, backlog=16):
        sock = self.socket()
        sock.bind((self.address, port))
        sock.listen(backlog)
        return sock


MYTCP = Stack("ours", OURS, AF_MYTCP)
KERNEL = Stack("peer", PEER, socket.AF_INET)


class Process:
    """A child that runs what(stack, say, *args) and, unless killed, ends."""

    def __init__(self, stack, what, *args):
        self.heard = b""
        self.words, end = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.words)
            self.run(stack, end, what, args)
        os.close(end)

    @staticmethod
    def run(stack, end, what, args):
        def say(word):
            os.write(end, word.encode() + b"\n")

        try:
            enter(stack.namespace)
            what(stack, say, *args)
            say("end")
        except OSError as err:
            say(errno.errorcode[err.errno])
        except BaseException:
            say(traceback.format_exc().replace("\n", "; "))
        os._exit(0)

    def word(self, seconds=30):
        """The next word that it says."""
        end = time.monotonic() + seconds
        os.set_blocking(self.words, False)
        while b"\n" not in self.heard:
            check(time.monotonic() < end, "says nothing")
            try:
                more = os.read(self.words, 4096)
            except BlockingIOError:
                time.sleep(0.01)
                continue
            check(more, "ended without a word")
            self.heard += more
        word, self.heard = self.heard.split(b"\n", 1)
        return word.decode()

    def expect(self, *words):
        for word in words:
            got = self.word()
            check(got == word, f"says '{got}' instead of '{word}'")

    def asleep(self):
        """Every thread of it waits in the kernel: it comes back only by an event."""
        wait_for(10, "sleep", lambda: all(
            self.task_state(task) == "S"
            for task in glob.glob(f"/proc/{self.pid}/task/*/stat")))

    @staticmethod
    def task_state(stat):
        with open(stat, encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0]

    def ended(self):
        if self.pid and os.waitpid(self.pid, os.WNOHANG)[0]:
            self.pid = 0
            os.close(self.words)
        return not self.pid

    def kill(self):
        """kill -9, which nothing may delay."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            wait_for(10, "end of a killed process", self.ended)


Segment = collections.namedtuple("Segment", "out sport dport seq ack flags length")


# Of what is larger than 1500 octets only what has FIN, SYN or RST: millions of octets
# pass while a process is on its way to be killed, and whoever looks on must not miss
# the end of them.
SEGMENTS = (
    (0x28, 0, 0, 2),        # ldh [2]: the packet's length
    (0x25, 0, 3, 1500),     # jgt #1500, or keep
    (0xb1, 0, 0, 0),        # ldxb 4*([0]&0xf): the header's
    (0x50, 0, 0, 13),       # ldb [x + 13]: flags
    (0x45, 0, 1, FIN | SYN | RST),
    (0x06, 0, 0, 0xffff),   # keep
    (0x06, 0, 0, 0),        # drop
)


class Wire:
    """The TCP segments that pass eth0, as they leave and as they come: SEGMENTS."""

    def __init__(self):
        self.segments = []
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                  socket.htons(ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.filter(SEGMENTS)
        self.sock.bind(("eth0", ETH_P_ALL))
        self.sock.setblocking(False)

    def filter(self, program):
        code = ctypes.create_string_buffer(
            b"".join(struct.pack("HBBI", *instruction) for instruction in program))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                             struct.pack("HP", len(program), ctypes.addressof(code)))

    def read(self):
        while True:
            try:
                packet, where = self.sock.recvfrom(128)
            except BlockingIOError:
                return self.segments
            if where[1] == ETH_P_IP and packet[9] == socket.IPPROTO_TCP:
                self.segments.append(self.segment(packet, where[2]))

    @staticmethod
    def segment(packet, kind):
        begin = (packet[0] & 15) * 4
        sport, dport, seq, ack, offset, flags = struct.unpack_from(
            "!HHIIBB", packet, begin)
        length = struct.unpack_from("!H", packet, 2)[0] - begin - (offset >> 4) * 4
        return Segment(kind == PACKET_OUTGOING, sport, dport, seq, ack, flags,
                       length)

    def forget(self):
        self.read()
        self.segments = []

    def with_flag(self, out, flag):
        return [s for s in self.read() if s.out == out and s.flags & flag]

    def fin_acknowledged(self, out):
        """Our FIN (out) by the peer, or the peer's by us."""
        fins = {(s.seq + s.length + 1) & 0xffffffff for s in self.with_flag(out, FIN)}
        return any(s.ack in fins for s in self.with_flag(not out, ACK))

    def show(self):
        def one(segment):
            names = "".join(n for i, n in enumerate("FSRPA") if segment.flags >> i & 1)
            return (f"{'>' if segment.out else '<'}{names} {segment.seq:08x}"
                    f"+{segment.length} {segment.ack:08x}")
        return "wire: " + ", ".join(one(s) for s in self.read()[-16:])

    def four_way(self):
        """Both sides sent a FIN, both were acknowledged, nobody sent an RST."""
        wait_for(30, lambda: "the 4-way close: " + self.show(),
                 lambda: self.fin_acknowledged(True) and self.fin_acknowledged(False))
        check(not self.with_flag(True, RST) and not self.with_flag(False, RST),
              "an RST in the 4-way close: " + self.show())

    def reset(self):
        """We sent an RST instead of a FIN."""
        wait_for(10, lambda: "our RST: " + self.show(),
                 lambda: self.with_flag(True, RST))
        check(not self.with_flag(True, FIN), "our FIN: " + self.show())


class Memory:
    """What the kernel's caches hold, in objects."""

    CHECKERS = ("kmemleak_object", "debug_objects_cache")

    def __init__(self):
        # Free objects that are parked (by processor, by KASAN) are none
        for cache in glob.glob("/sys/kernel/slab/*/shrink"):
            with open(cache, "w", encoding="ascii") as file:
                file.write("1")
        self.objects = {}
        with open("/proc/slabinfo", encoding="ascii") as file:
            for line in file.readlines()[2:]:
                name, active = line.split()[:2]
                if name not in self.CHECKERS:
                    self.objects[name] = int(active)
        with open("/proc/vmallocinfo", encoding="ascii") as file:
            self.objects["vmalloc areas"] = len(file.readlines())

    def growth(self, since):
        return {name: number - since.objects.get(name, 0)
                for name, number in self.objects.items()
                if number > since.objects.get(name, 0)}


def loaded():
    with open("/proc/modules", encoding="ascii") as file:
        return any(line.startswith("mytcp ") for line in file)


def insmod(parameters="", path=None):
    fd = os.open(path or os.environ["MYTCP_KO"], os.O_RDONLY | os.O_CLOEXEC)
    status = libc.syscall(SYS_FINIT_MODULE, fd, parameters.encode(), 0)
    os.close(fd)
    check(status == 0, "insmod: " + os.strerror(ctypes.get_errno()))


def rmmod(name="mytcp"):
    """As rmmod(8) does it: 0 or an errno."""
    ctypes.set_errno(0)
    libc.syscall(SYS_DELETE_MODULE, name.encode(), os.O_NONBLOCK)
    return ctypes.get_errno()


def nothing_left():
    for path in "/proc/net/mytcp", "/sys/kernel/mytcp", "/sys/module/mytcp":
        check(not os.path.exists(path), path + " is still there")
    for path in "/proc/net/protocols", "/proc/slabinfo", "/proc/net/ptype":
        with open(path, encoding="ascii") as file:
            check("mytcp" not in file.read().lower(), path + " still tells of it")


def sockets():
    """How many mytcp sockets the machine has, closed ones included."""
    with open("/proc/net/protocols", encoding="ascii") as file:
        return sum(int(line.split()[2]) for line in file if line.startswith("MYTCP "))


def table():
    """The rows of /proc/net/mytcp, split."""
    with open("/proc/net/mytcp", encoding="ascii") as file:
        return [line.split() for line in file.readlines()[1:]]


def rows():
    """How many connections are in which state."""
    return collections.Counter(STATES[row[3]] for row in table())


def counter(name):
    with open("/sys/kernel/mytcp/counters/" + name, encoding="ascii") as file:
        return int(file.read())


def socket_statistics():
    """Of the kernel: sockets of this namespace, TCP's of all of them."""
    with open("/proc/net/sockstat", encoding="ascii") as file:
        lines = [line.split() for line in file]
    return {"sockets used": lines[0][2], "tcp inuse": lines[1][2],
            "tcp orphan": lines[1][4], "tcp alloc": lines[1][8]}


class World:
    """One test's processes, ports and expectations."""

    def __init__(self):
        enter("ours")
        self.wire = Wire()
        self.port = 1000
        self.processes = []
        self.filtering = None
        self.statistics = None

    def begin(self):
        # No two tests meet on a port
        self.port += 10
        self.processes = []
        self.statistics = socket_statistics()
        self.wire.forget()

    def process(self, stack, what, *args):
        process = Process(stack, what, *args)
        self.processes.append(process)
        return process

    def ours(self, what, *args):
        return self.process(MYTCP, what, *args)

    def peer(self, what, *args):
        return self.process(KERNEL, what, *args)

    def pair(self, ours, peer, passive=False):
        """A connection: what our process and the peer's do when they have it."""
        stacks = [(KERNEL, peer), (MYTCP, ours)]
        if passive:
            stacks.reverse()
        (stack, serve), (other, call) = stacks
        server = self.process(stack, accept_one, self.port, serve)
        server.expect("listening")
        client = self.process(other, connect_to, (stack.address, self.port), call)
        client.expect("connected")
        server.expect("connected")
        return (server, client) if passive else (client, server)

    @staticmethod
    def rows_are(seconds=20, **expected):
        wait_for(seconds, lambda: f"rows {expected}, there are {dict(rows())}",
                 lambda: rows() == collections.Counter(expected))

    def drop(self, namespace, rule):
        """Lose what comes in there and is what the rule of nft says."""
        self.nft(namespace, "table ip t { chain c { type filter hook prerouting "
                 f"priority 0; {rule} drop\n}}\n}}\n")
        self.filtering = namespace

    def deaf(self):
        """The peer does not hear us, though we hear it."""
        self.drop("peer", "ip protocol tcp")

    def hear(self):
        self.nft(self.filtering, "delete table ip t\n")
        self.filtering = None

    @staticmethod
    def nft(namespace, rules):
        subprocess.run(["nsenter", f"--net=/run/netns/{namespace}", "nft", "-f", "-"],
                       input=rules.encode(), check=True)

    def kill(self, process):
        """While it lives the module stays, then all that it had is closed."""
        check(rmmod() == errno.EWOULDBLOCK, "rmmod with an open socket")
        process.kill()

    def freed(self, seconds=60, **left):
        """No socket's memory is in use, and only these rows are left."""
        self.rows_are(seconds, **left)
        wait_for(seconds, lambda: f"{sockets()} sockets to be freed",
                 lambda: sockets() == 0)
        check(counter("curr_estab") == 0, "curr_estab is not 0")

    def ends(self, peer, last_word, **left):
        """The peer saw the end that the wire shows, and only these rows are left."""
        peer.expect(last_word)
        self.wire.four_way()
        self.freed(**left)

    def orphan_ends(self, us, them, state, **left):
        """Killed while the peer is deaf: the orphan waits until that hears again."""
        self.kill(us)
        self.rows_are(**{state: 1})
        self.hear()
        self.ends(them, "eof 0", **left)

    def unload(self, seconds=5):
        """At once, whatever there still is, and nothing stays behind."""
        begin = time.monotonic()
        err = rmmod()
        check(err == 0, "rmmod: " + os.strerror(err))
        took = time.monotonic() - begin
        check(took < seconds, f"rmmod took {took:.1f} s")
        nothing_left()

    def kernel_may_bind(self):
        """The port is the kernel's again, even without SO_REUSEADDR."""
        with socket.socket() as sock:
            sock.bind(("", self.port))
            sock.listen()

    def finish(self):
        if loaded():
            self.unload()
        self.kernel_may_bind()
        for process in self.processes:
            process.kill()
        if self.filtering:
            self.hear()
        wait_for(120, lambda: f"{self.statistics}, it is {socket_statistics()}",
                 lambda: socket_statistics() == self.statistics)
        insmod()

    def clean(self):
        """After a failure."""
        for process in self.processes:
            process.kill()
        if self.filtering:
            self.hear()
        if loaded():
            wait_for(10, "rmmod", lambda: rmmod() == 0)
        insmod()

    def run(self, text, function):
        """One test, its result in TAP without a number."""
        self.begin()
        try:
            function(self)
            self.finish()
            print("ok - " + text, flush=True)
        except Exception as err:
            why = err if isinstance(err, Failure) else traceback.format_exc()
            for line in str(why).splitlines():
                print("# " + line, flush=True)
            if isinstance(err, Failure):
                for frame in traceback.extract_tb(err.__traceback__):
                    print(f"# {frame.name}: {frame.line}", flush=True)
            print("not ok - " + text, flush=True)
            self.clean()


# What processes do

def connect_to(stack, say, where, then):
    sock = stack.socket()
    sock.connect(where)
    say("connected")
    then(sock, say)
    signal.pause()


def accept_one(stack, say, port, then):
    listener = stack.listener(port)
    say("listening")
    sock, _ = listener.accept()
    listener.close()
    say("connected")
    then(sock, say)
    signal.pause()


def until_eof(sock, say):
    """How it ends, and how many bytes came before."""
    count = 0
    try:
        while data := sock.recv(65536):
            count += len(data)
    except ConnectionResetError:
        say(f"reset {count}")
        return
    sock.close()
    say(f"eof {count}")


# The tests of a program

TESTS = []


def test(text):
    """The function that follows is a test."""
    def register(function):
        TESTS.append((text, function))
        return function
    return register


def main():
    """Run the tests whose text matches the first argument, if there is one."""
    wanted = re.compile(sys.argv[1] if len(sys.argv) > 1 else "")
    world = World()
    for text, function in TESTS:
        if wanted.search(text):
            world.run(text, function)
