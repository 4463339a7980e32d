"""Funding claims with plain numpy, beside which `cargo run --release -p benches` measures the library.

    python3 benches/python/fund_numpy.py 1000000

The same claims, limit and rules as the Rust benchmark. It sorts, and it computes λ and shares in binary floats, as one
would without a library: no proof that a fen is right. Prints a line for each rule: its name, the seconds of the best of
several runs, and the sum of the first thousand awards, by which the benchmark sees that the job is the same.
"""

import sys
import time

import numpy as np

RUNS = 5


def claims_of(rows):
    """The claims of the benchmark's roster in fen: 123.45 元 a pupil, 1 to 200,000 pupils (splitmix64)."""
    draws = 5  # of each row: kind, designation, county, pupils, income
    with np.errstate(over="ignore"):
        at = np.arange(1, rows * draws + 1, dtype=np.uint64)
        z = np.uint64(7) + at * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    draws = z.reshape(rows, draws)
    pupils = 1 + draws[:, 3] % np.uint64(200_000)
    poor = 5_000 + draws[:, 4] % np.uint64(30_000) < 20_000
    return pupils.astype(np.int64) * 12_345, poor


def whole(exact, total):
    """Whole fen next to the exact awards that sum to the total: largest remainder, ties to the first."""
    awards = np.floor(exact).astype(np.int64)
    left = int(total - awards.sum())
    awards[np.argsort(awards - exact, kind="stable")[:left]] += 1
    return awards


def level(claims, amount):
    """λ with the sum of min(claim, λ) equal to the amount."""
    ordered = np.sort(claims)
    below = np.concatenate(([0], np.cumsum(ordered)[:-1]))
    number = np.arange(len(claims), 0, -1)
    at = np.argmax(below + ordered * number > amount)
    return (amount - below[at]) / number[at]


def proportional(claims, limit):
    return claims * (limit / claims.sum())


def equal_awards(claims, limit):
    return np.minimum(claims, level(claims, limit))


def equal_losses(claims, limit):
    return np.maximum(0, claims - level(claims, claims.sum() - limit))


def talmud(claims, limit):
    half = claims / 2
    if limit <= half.sum():
        return np.minimum(half, level(half, limit))
    return claims - np.minimum(half, level(half, claims.sum() - limit))


def priority(claims, limit, first):
    awards = np.zeros(len(claims))
    own = claims[first].sum()
    awards[first] = claims[first] * min(1, limit / own)
    awards[~first] = claims[~first] * (max(0, limit - own) / claims[~first].sum())
    return awards


def main():
    claims, poor = claims_of(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    limit = int(claims.sum()) // 17 * 10 // 100 * 100
    rules = {
        "proportional": lambda: proportional(claims, limit),
        "constrained-equal-awards": lambda: equal_awards(claims, limit),
        "constrained-equal-losses": lambda: equal_losses(claims, limit),
        "talmud": lambda: talmud(claims, limit),
        "priority": lambda: priority(claims, limit, poor),
    }
    for name, rule in rules.items():
        best = float("inf")
        for _ in range(RUNS):
            begun = time.perf_counter()
            awards = whole(rule(), limit)
            best = min(best, time.perf_counter() - begun)
        print(name, best, int(awards[:1000].sum()))


if __name__ == "__main__":
    main()
