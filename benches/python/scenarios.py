#!/usr/bin/env python3
"""The scenarios of `benches` in plain Python: numpy and polars beside the library, on the same roster.

    python3 benches/python/scenarios.py [RECIPIENTS]

Runs `cargo run --release -p benches -- what-if` first, takes its roster and its sums, does the same job with arrays of
whole fen, checks that every sum is the same, and prints how many times as long each way took. Needs numpy and polars.
"""

import ast
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

WAN = 1_000_000  # fen in 万元
YEARS = 3
ROOT = Path(__file__).resolve().parents[2]


def measured(recipients, roster):
    """What the library took: seconds and sums by layer, for the reference and for the per-head policy."""
    words = ["cargo", "run", "--quiet", "--release", "-p", "benches", "--", "what-if", str(recipients), str(roster)]
    text = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    print(text)
    found = re.findall(r"^  (\d+) scenarios, ([0-9.e-]+) s, (\[.*\])$", text, re.MULTILINE)
    return [(int(count), float(seconds), dict(ast.literal_eval(sums))) for count, seconds, sums in found]


def reference_numpy(frame, count):
    """Every place's three layers for each scenario, added up."""
    town = (frame["kind"] == "town").to_numpy()
    provincial = (frame["designation"] == "provincial").to_numpy()
    scale = np.where(town, 100, 20).astype(np.int64) * WAN
    sums = dict.fromkeys(("central_provincial", "city", "county"), 0)
    for scenario in range(count):
        standard = np.where(town, 600 * WAN + scenario * WAN // 100, 120 * WAN)
        central = np.where(provincial, 5 * scale, 0)
        city = np.where(provincial, scale, 3 * scale)
        county = np.where(provincial, 0, np.maximum(standard - city, 0))
        for layer, amounts in (("central_provincial", central), ("city", city), ("county", county)):
            sums[layer] += YEARS * int(amounts.sum())
    return sums


def reference_polars(frame, count):
    """The same with a data frame; one that knows to group alike places first."""
    alike = frame.group_by("kind", "designation").agg(pl.len().cast(pl.Int64))
    sums = dict.fromkeys(("central_provincial", "city", "county"), 0)
    town, provincial = pl.col("kind") == "town", pl.col("designation") == "provincial"
    scale = pl.when(town).then(100 * WAN).otherwise(20 * WAN).cast(pl.Int64)
    for scenario in range(count):
        standard = pl.when(town).then(600 * WAN + scenario * WAN // 100).otherwise(120 * WAN).cast(pl.Int64)
        city = pl.when(provincial).then(scale).otherwise(3 * scale)
        row = alike.select(
            central_provincial=(pl.when(provincial).then(5 * scale).otherwise(0) * pl.col("len")).sum(),
            city=(city * pl.col("len")).sum(),
            county=(pl.when(provincial).then(0).otherwise((standard - city).clip(lower_bound=0)) * pl.col("len")).sum(),
        )
        for layer, amount in row.row(0, named=True).items():
            sums[layer] += YEARS * amount
    return sums


def per_head_numpy(frame, count):
    """Rates of pupils with floor and cap, a match under a condition, a top-up: whole fen, rounded half up."""
    pupils = frame["pupils"].to_numpy().astype(np.int64)
    income = frame["income"].to_numpy().astype(np.int64)
    sums = dict.fromkeys(("central_provincial", "city", "county"), 0)
    for scenario in range(count):
        central = np.clip((pupils - 50) * (scenario * WAN // 1000), 2 * WAN, 500 * WAN)
        # A third, half up; a floor of 1.5; only below an income of 20,000 元.
        match = np.maximum((2 * central + 3) // 6, 3 * WAN // 2)
        city = np.where(income < 20_000, match, 0)
        county = np.maximum(pupils * (WAN // 20) - central - city, 0)
        for layer, amounts in (("central_provincial", central), ("city", city), ("county", county)):
            sums[layer] += YEARS * int(amounts.sum())
    return sums


def main():
    recipients = int(sys.argv[1]) if len(sys.argv) > 1 else 730_000
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder) / "roster.csv"
        (thousand, seconds, sums), (twenty, head_seconds, head_sums) = measured(recipients, roster)
        frame = pl.read_csv(roster, columns=["kind", "designation", "pupils", "income"])
    for what, run, count, own, expected in (
        ("reference policy, numpy", reference_numpy, thousand, seconds, sums),
        ("reference policy, polars, alike places grouped by hand", reference_polars, thousand, seconds, sums),
        ("per-head policy, numpy", per_head_numpy, twenty, head_seconds, head_sums),
    ):
        start = time.perf_counter()
        found = run(frame, count)
        took = time.perf_counter() - start
        assert found == expected, (what, found, expected)
        print(f"{what:<58} {took:>8.2f} s  {took / own:>8.1f} times the library's {own:.2f} s")


if __name__ == "__main__":
    main()
