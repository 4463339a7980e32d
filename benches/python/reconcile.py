"""The reconciliation of benches/rust/reconcile.rs as one would write it in polars.

    python3 benches/python/reconcile.py ROSTER.csv LEDGER.csv

Prints the best time in seconds, the lines of the result and the sum of their gaps in fen. What is due is laid out before
the clock starts, as it is there. Amounts are whole fen; only this script's reading of two decimals goes through a float.
"""

import os
import sys
import time

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl  # noqa: E402

LAYERS = ["central_provincial", "city", "county"]
KEYS = ["id", "year", "layer"]
RUNS = 3
WAN = 1_000_000


def due(path):
    """What the reference policy gives: a row for each recipient, year and layer."""
    roster = pl.read_csv(path, columns=["id", "kind", "designation", "county"], schema_overrides={"id": pl.String})
    scale = pl.when(pl.col("kind") == "town").then(100).otherwise(20)
    provincial = pl.col("designation") == "provincial"
    amounts = {
        "central_provincial": pl.when(provincial).then(5 * scale).otherwise(0),
        "city": pl.when(provincial).then(scale).otherwise(3 * scale),
        "county": pl.when(provincial).then(0).otherwise(3 * scale),
    }
    years = pl.DataFrame({"year": [2023, 2024, 2025]})
    parts = [
        roster.select("id", pl.col("county").alias("place"), pl.lit(layer).alias("layer"), (amount * WAN).cast(pl.Int64).alias("due"))
        for layer, amount in amounts.items()
    ]
    return pl.concat(parts).join(years, how="cross")


def reconcile(ledger, amounts):
    receipts = pl.read_csv(ledger, schema_overrides={"id": pl.String})
    fen = (pl.col("amount") * 100).round().cast(pl.Int64) * (WAN // 100)
    sums = receipts.with_columns(fen=fen).group_by(KEYS).agg(
        *(pl.col("fen").filter(pl.col("event") == event).sum().alias(event) for event in ("issued", "received", "spent"))
    )
    lines = amounts.join(sums, on=KEYS, how="left").with_columns(
        pl.col("issued", "received", "spent").fill_null(0)
    )
    less = pl.col("due") - pl.col("received")
    lines = lines.with_columns(gap=less.clip(lower_bound=0), excess=(-less).clip(lower_bound=0))
    figures = pl.col("due", "issued", "received", "spent", "gap", "excess")
    lines = lines.filter(pl.any_horizontal(figures != 0))
    totals = lines.group_by("place", "layer", "year").agg(figures.sum())
    return lines, totals


def main():
    roster, ledger = sys.argv[1:]
    amounts = due(roster)
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        lines, totals = reconcile(ledger, amounts)
        best = min(best, time.perf_counter() - start)
    assert totals["gap"].sum() == lines["gap"].sum()
    print(best, lines.height, lines["gap"].sum())


if __name__ == "__main__":
    main()
