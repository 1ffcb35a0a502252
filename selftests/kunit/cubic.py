#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The tables of test_cubic.c: RFC 9438's formulas in floating point.

One ACK a segment, evenly spaced over the round trip. cwnd is what the formulas say;
in flight, and so what they mean by "cwnd" in their divisors, are whole segments.
"""

C = 0.4
BETA = 0.7
ALPHA = 3 * (1 - BETA) / (1 + BETA)


class Stage:
    """A congestion avoidance stage: section 4.2 to 4.5."""

    def __init__(self, cwnd, w_max, prior, rtt):
        self.cwnd = self.w_est = float(cwnd)
        self.w_max = max(w_max, cwnd)
        self.k = ((self.w_max - cwnd) / C) ** (1 / 3)
        self.prior = prior
        self.rtt = rtt

    def w_cubic(self, t):
        return C * (t - self.k) ** 3 + self.w_max

    def ack(self, t):
        flight = int(self.cwnd)
        alpha = 1 if self.w_est >= self.prior else ALPHA
        self.w_est += alpha / flight
        if self.w_cubic(t) < self.w_est:
            self.cwnd = max(self.cwnd, self.w_est)
            return
        target = min(max(self.w_cubic(t + self.rtt), self.cwnd), 1.5 * self.cwnd)
        self.cwnd += (target - self.cwnd) / flight


def windows(cwnd, w_max, prior, rtt, rounds):
    """cwnd in whole segments at the end of each of these round trips."""
    stage = Stage(cwnd, w_max, prior, rtt)
    wanted = []
    for number in range(1, rounds[-1] + 1):
        flight = int(stage.cwnd)
        for i in range(flight):
            stage.ack((number - 1 + i / flight) * rtt)
        if number in rounds:
            wanted.append(int(stage.cwnd))
    return wanted


def table(name, cwnd, w_max, prior, rtt, rounds):
    wanted = windows(cwnd, w_max, prior, rtt, rounds)
    print(f"/* {name} */")
    print(", ".join(f"{{ {n}, {w} }}" for n, w in zip(rounds, wanted)))


def main():
    table("concave and convex", 700, 1000, 1000, 0.1,
          [1, 2, 5, 10, 20, 30, 50, 70, 90, 100, 110, 120, 140])
    table("long and fast", 7000, 10000, 10000, 0.2, [1, 5, 20, 50, 80])
    table("two ACKs a microsecond", 7000, 10000, 10000, 0.003, [10, 40])
    table("Reno-friendly", 70, 100, 100, 0.01,
          [1, 2, 10, 20, 40, 57, 60, 80, 100, 200])
    table("small", 7, 10, 10, 0.05, [1, 2, 5, 10, 20, 40, 80])
    table("fast convergence", 560, 680, 800, 0.1, [1, 5, 10, 30, 50, 67, 80, 100])
    table("W_max not known", 100, 0, 100, 0.1, [1, 2, 5, 10, 20, 40, 60, 80])
    table("after a timeout", 70, 0, 100, 0.1, [1, 2, 5, 10, 20, 40, 60, 80])


if __name__ == "__main__":
    main()
