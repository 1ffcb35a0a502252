# SPDX-License-Identifier: GPL-2.0
"""The cells of the simulation's grid: what paths there are, and for how long each is
used."""

import dataclasses
import itertools

from network import PACKET, QUEUE_MIN

RATES = (1, 10, 100)                            # Mbit/s
ROUND_TRIPS = (1, 20, 100, 300)                 # ms
LOSSES = ("0", "0.1", "1", "3", "bursts")       # %
QUEUES = ("0.25", "1", "4", "fq_codel", "ecn")  # BDP, or a discipline of 4 BDP
DISORDERS = ("overtaking", "jitter")

# Gilbert-Elliott: bad times of four packets in the mean, half of which are lost, and so
# one in a hundred of all.  Were it all of them, time would be that of the timer's backing
# off: what is repeated every other time falls into the same bad time, waits twice as
# long, and has a mean without a bound, so that runs could not be compared.
BURSTS = (0.005, 0.25, 0.5)

MSS = 1448
# Enough segments for a figure that says something, within these times
SEGMENTS = 15000
SECONDS_MIN, SECONDS_MAX = 4, 240


@dataclasses.dataclass(frozen=True)
class Cell:
    """A path.  Losses and queues are words of LOSSES and QUEUES."""
    mbit: float
    rtt: float
    loss: str = "0"
    queue: str = "1"
    disorder: str = "none"

    @property
    def rate(self):
        """Of the bottleneck, in bit/s"""
        return int(self.mbit * 1e6)

    def bdp(self):
        """Bandwidth-delay product in octets"""
        return self.rate / 8 * self.rtt / 1000

    def queue_bytes(self):
        """What the bottleneck's queue holds"""
        factor = 4.0 if self.queue in ("fq_codel", "ecn") else float(self.queue)
        return max(int(self.bdp() * factor), QUEUE_MIN)

    def queue_discipline(self):
        """Commands of tc for what stands below the rate"""
        if self.queue not in ("fq_codel", "ecn"):
            return []
        packets = max(self.queue_bytes() // PACKET, 10)
        return [f"qdisc add dev out parent 1:1 fq_codel limit {packets} "
                + ("ecn" if self.queue == "ecn" else "noecn")]

    def losses(self):
        """For Network.netem()"""
        return BURSTS if self.loss == "bursts" else float(self.loss) / 100

    def loss_share(self):
        """Of all packets"""
        return 0.01 if self.loss == "bursts" else float(self.loss) / 100

    def delay_forth(self):
        """Seconds of the round trip that data waits: who overtakes, overtakes by
        this"""
        return self.rtt / 1000 / (8 if self.disorder == "overtaking" else 2)

    def jitter(self):
        """Seconds by which a packet comes earlier or later"""
        return self.rtt / 1000 / 8 if self.disorder == "jitter" else 0.0

    def overtaking(self):
        """Share of packets that overtake"""
        return 0.02 if self.disorder == "overtaking" else 0.0

    def seconds(self):
        """How long to send: longer where little fits through, by what Mathis et al.
        expect of a loss rate, and for sixty round trips anyway"""
        pace = self.rate / 8 / PACKET
        if self.loss_share():
            pace = min(pace, 1.3 / (self.rtt / 1000 * self.loss_share() ** 0.5))
        enough = max(SEGMENTS / pace, 60 * self.rtt / 1000)
        return min(max(enough, SECONDS_MIN), SECONDS_MAX)


def whole():
    """Every combination of rate, round trip, loss and queue; disorder on the paths
    without loss and with a queue of one BDP"""
    cells = [Cell(*values) for values in
             itertools.product(RATES, ROUND_TRIPS, LOSSES, QUEUES)]
    cells += [Cell(mbit, rtt, disorder=disorder) for disorder, mbit, rtt in
              itertools.product(DISORDERS, RATES, ROUND_TRIPS)]
    return cells


def fairness():
    """Where two flows share a bottleneck"""
    return [Cell(mbit, rtt, queue=queue) for mbit, rtt, queue in
            itertools.product(RATES[1:], ROUND_TRIPS[1:3], ("1", "4", "fq_codel"))]


def few():
    """The same for `make test`"""
    return [Cell(10, 20), Cell(10, 100, queue="fq_codel")]


def short():
    """A cell of each kind, none of which takes long: for `make test`.  But of jitter:
    what a single run makes of it is chance, by more than a third either way."""
    return [
        Cell(10, 100), Cell(1, 100, queue="4"), Cell(10, 20, "1"), Cell(10, 100, "0.1"), Cell(1, 20, "3"),
        Cell(10, 20, "bursts"), Cell(10, 300, queue="0.25"),
        Cell(10, 20, queue="fq_codel"), Cell(10, 100, queue="ecn"),
        Cell(10, 20, disorder="overtaking"),
    ]
