"""A roster too large to hold, in Parquet files: totals by county, layer and year, beside DuckDB and polars that stream.

    python benches/python/scan.py [RECIPIENTS] [--files N] [--folder FOLDER] [--keep] [--check]

Needs fundlayers (built with the profile `wheel`), pyarrow, polars and duckdb. The files are made first, in FOLDER (a temporary
folder if left out), and removed afterwards, unless `--keep`. Every way then runs in a process of its
own, whose seconds and most memory (the resident set) are printed, with what its totals come to; these have to agree. With `--check`
nothing is measured, and every group is compared instead.

The policy is the plan's: fixed amounts of two layers, and a county that tops up to a standard, in three years. Every way may use
all cores; DuckDB and polars get the rules as a table to join and sums in whole 万元. Spelled out they have a row for each recipient,
year and layer; tuned by hand they add before they cross with years; with checks they look at ids, blanks and words too, as
fundlayers does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

COUNTIES = 2_000
BLOCK = 250_000
YEARS = [2023, 2024, 2025]
# 万元 a year by kind and designation: central and province, city, what the county adds.
RULES = {
    ("town", "provincial"): (500, 100, 0),
    ("village", "provincial"): (100, 20, 0),
    ("town", "municipal"): (0, 300, 300),
    ("village", "municipal"): (0, 60, 60),
}
# The columns of the rules, and the layers that they are.
LAYERS = {"of_central": "central_provincial", "of_city": "city", "of_county": "county"}


def make(folder: Path, rows: int, files: int) -> None:
    """Recipients in the order of their ids; kinds and counties shuffled by a multiplication."""
    import polars as pl

    for part in range(files):
        start, end = rows * part // files, rows * (part + 1) // files
        number = pl.int_range(start, end, dtype=pl.UInt64)
        mixed = (number * 2_654_435_761) % 1_000_003
        frame = pl.select(
            id=number.cast(pl.String).str.zfill(12),
            name=pl.format("第{}户", mixed),
            kind=pl.when(mixed % 10 == 0).then(pl.lit("town")).otherwise(pl.lit("village")),
            designation=pl.when(mixed % 7 < 3).then(pl.lit("provincial")).otherwise(pl.lit("municipal")),
            county=pl.format("县{}", (mixed % COUNTIES).cast(pl.String).str.zfill(4)),
        )
        frame.write_parquet(folder / f"part-{part:04}.parquet", row_group_size=BLOCK)


Rows = list[tuple[str, str, int, int, int]]


def by_fundlayers(folder: Path) -> Rows:
    import fundlayers as fl

    totals = fl.scan("tongchuan-2023", folder).totals(["county", "layer", "year"])
    return [(r["county"], r["layer"], r["year"], r["count"], int(r["amount"])) for r in totals.to_dicts()]


def by_duckdb(folder: Path) -> Rows:
    import duckdb

    rules = ", ".join(f"('{kind}', '{level}', {a}, {b}, {c})" for (kind, level), (a, b, c) in RULES.items())
    layers = " union all ".join(
        f"select county, '{layer}' as layer, {column}_count as count, {column}_amount as amount from wide"
        for column, layer in LAYERS.items()
    )
    sums = ", ".join(
        f"sum({column}) as {column}_amount, count(*) filter ({column} > 0) as {column}_count" for column in LAYERS
    )
    query = f"""
        with rules(kind, designation, {", ".join(LAYERS)}) as (values {rules}),
             wide as (select county, {sums} from read_parquet('{folder}/*.parquet') join rules using (kind, designation) group by county)
        select county, layer, year, count, amount from ({layers}), (select unnest({YEARS}) as year) where amount > 0
    """
    return duckdb.connect().execute(query).fetchall()


def by_polars(folder: Path) -> Rows:
    import polars as pl

    rows = [(*key, *values) for key, values in RULES.items()]
    rules = pl.LazyFrame(rows, schema=["kind", "designation", *LAYERS], orient="row")
    sums = [pl.col(column).sum().alias(f"{column} amount") for column in LAYERS]
    counts = [(pl.col(column) > 0).sum().alias(f"{column} count") for column in LAYERS]
    read = pl.scan_parquet(folder / "*.parquet").join(rules, on=["kind", "designation"])
    wide = read.group_by("county").agg(*sums, *counts).collect(engine="streaming").lazy()
    long = pl.concat(
        wide.select("county", layer=pl.lit(layer), count=f"{column} count", amount=f"{column} amount")
        for column, layer in LAYERS.items()
    )
    every = long.filter(pl.col("amount") > 0).join(pl.LazyFrame({"year": YEARS}), how="cross")
    return every.select("county", "layer", "year", "count", "amount").collect().rows()


def by_spelled_out(folder: Path, way: str) -> Rows:
    """As an analyst writes it who does not know that all years are alike: a row for each recipient, year and layer."""
    if way == "polars":
        import polars as pl

        rows = [(*key, *values) for key, values in RULES.items()]
        rules = pl.LazyFrame(rows, schema=["kind", "designation", *LAYERS], orient="row")
        read = pl.scan_parquet(folder / "*.parquet").join(rules, on=["kind", "designation"])
        long = read.join(pl.LazyFrame({"year": YEARS}), how="cross").unpivot(
            list(LAYERS), index=["county", "year"], variable_name="column", value_name="amount"
        )
        sums = long.filter(pl.col("amount") > 0).group_by("county", "column", "year")
        every = sums.agg(count=pl.len(), amount=pl.col("amount").sum())
        every = every.with_columns(layer=pl.col("column").replace_strict(LAYERS))
        return every.select("county", "layer", "year", "count", "amount").collect(engine="streaming").rows()
    import duckdb

    rules_text = ", ".join(f"('{kind}', '{level}', {a}, {b}, {c})" for (kind, level), (a, b, c) in RULES.items())
    query = f"""
        with rules(kind, designation, {", ".join(LAYERS)}) as (values {rules_text}),
             due as (select county, year, {", ".join(LAYERS)} from read_parquet('{folder}/*.parquet')
                     join rules using (kind, designation), (select unnest({YEARS}) as year)),
             long as (unpivot due on {", ".join(LAYERS)} into name layer value amount)
        select county, layer, year, count(*), sum(amount) from long where amount > 0 group by all
    """
    found = duckdb.connect().execute(query).fetchall()
    return [(county, LAYERS[column], year, count, amount) for county, column, year, count, amount in found]


TEXTS = ["id", "name", "kind", "designation", "county"]


def by_duckdb_checked(folder: Path) -> Rows:
    """Tuned by hand, with the least that whoever reads a roster looks at: no id twice, nothing blank, no unknown word."""
    import duckdb

    blank = " or ".join(f"coalesce(trim({column}), '') = ''" for column in TEXTS)
    words = ", ".join(str(key) for key in RULES)
    looks = duckdb.connect().execute(
        f"""select count(*) = count(distinct id), bool_or({blank}), bool_and((kind, designation) in ({words}))
            from read_parquet('{folder}/*.parquet')"""
    )
    assert looks.fetchall() == [(True, False, True)]
    return by_duckdb(folder)


def by_polars_checked(folder: Path) -> Rows:
    """The same."""
    import polars as pl

    texts = pl.col(TEXTS)
    blank = texts.is_null().any() | texts.str.strip_chars().eq("").any()
    known = pl.any_horizontal((pl.col("kind") == kind) & (pl.col("designation") == level) for kind, level in RULES)
    looks = pl.scan_parquet(folder / "*.parquet").select(
        unlike=pl.col("id").n_unique() == pl.len(), blank=pl.any_horizontal(blank), known=known.all()
    )
    assert looks.collect(engine="streaming").rows() == [(True, False, True)]
    return by_polars(folder)


WAYS: dict[str, Any] = {
    "fundlayers": by_fundlayers,
    "duckdb": lambda folder: by_spelled_out(folder, "duckdb"),
    "polars": lambda folder: by_spelled_out(folder, "polars"),
    "duckdb, tuned by hand": by_duckdb,
    "polars, tuned by hand": by_polars,
    "duckdb, tuned, with checks": by_duckdb_checked,
    "polars, tuned, with checks": by_polars_checked,
}


def one(way: str, folder: Path) -> None:
    """Runs a way in this process and says what it took."""
    start = time.perf_counter()
    rows = WAYS[way](folder)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([len(rows), sum(row[3] for row in rows), int(sum(row[4] for row in rows)), seconds, memory]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipients", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one, asked.folder)
        return
    folder = asked.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not list(folder.glob("*.parquet")):
            make(folder, asked.recipients, asked.files)
        size = sum(file.stat().st_size for file in folder.glob("*.parquet"))
        print(f"{asked.recipients:,} recipients × {len(YEARS)} years, {size / 1e6:,.0f} MB of Parquet, {os.cpu_count()} cores")
        if asked.check:
            found = {way: sorted((*row[:4], int(row[4])) for row in run(folder)) for way, run in WAYS.items()}
            assert len({json.dumps(rows) for rows in found.values()}) == 1, "the ways differ"
            print("all ways give the same totals")
            return
        seen = set()
        for way in WAYS:
            ran = subprocess.run(
                [sys.executable, __file__, "--one", way, "--folder", str(folder)], capture_output=True, text=True, check=False
            )
            if ran.returncode:
                print(f"{way:28} failed: {ran.stderr.strip().splitlines()[-1:]}")
                continue
            groups, places, amount, seconds, memory = json.loads(ran.stdout)
            seen.add((groups, places, amount))
            print(f"{way:28} {seconds:8.2f} s {memory:6,} MB   {groups:,} groups, {amount:,} 万元")
        assert len(seen) == 1, f"the ways differ: {seen}"
    finally:
        if not asked.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
