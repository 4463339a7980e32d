"""A roster in Spark: totals and rows by `fundlayers.spark` beside the same rules in Spark SQL, and a pool with floors.

    python benches/python/spark.py [RECIPIENTS] [--files N] [--folder FOLDER] [--keep]

Run by `cargo xtask spark --rows RECIPIENTS`. Needs fundlayers (built with the profile `wheel`), pyspark with Java, pyarrow and
polars. The Parquet files are made first, as `scan.py` makes them, and removed afterwards, unless `--keep`. Everything runs on
`local[2]` in one process, after a small job that starts it; fundlayers takes the frame, or its files (`spark.Files`). The totals of
Spark have to be those of one machine (`fl.scan`), to the last digit, and so have those of the pool, within 12 passes.
"""

from __future__ import annotations

import argparse
import functools
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fundlayers as fl
import pyarrow
from fundlayers import spark
from scan import LAYERS, RULES, YEARS, make

PLAN = "tongchuan-2023"
BY = ["county", "layer", "year"]
PASSES = 12
# What both write of each amount.
COLUMNS = ["id", "county", "layer", "year", "amount"]
ROWS_OF = ["frame", "files", "ours", "theirs"]
# One pool for all: a share for each place, at least some, at most some.
POOL = {
    "id": "pool",
    "title": {"zh": "分配"},
    "years": [2024, 2024],
    "unit": "元",
    "kinds": {"town": {"zh": "镇"}, "village": {"zh": "村"}},
    "designations": {"provincial": {"zh": "省级"}, "municipal": {"zh": "市级"}},
    "payers": {"city": {"zh": "市级"}},
    "layers": [{"id": "city", "payer": "city"}],
    "figures": [{"id": "need", "name": {"zh": "需求"}, "value": {"cases": {"town": 7, "village": 3}, "of": "kind"}}],
    "pools": [
        {
            "id": "grant",
            "amount": {"rate": "100.37", "of": {"aggregate": "count"}},
            "weights": {"need": "1/3", "equal": "2/3"},
            "at_least": 60,
            "at_most": 150,
            "if_left": "keep",
        }
    ],
    "classes": [{"id": "all", "funding": {"city": {"pool": "grant"}}}],
}


def totals(policy: Any, rows: Any, by: list[str], max_passes: int | None = None) -> Any:
    return spark.totals(policy, rows, by, distinct_ids=True, max_passes=max_passes).frame.toArrow()


def spelled_out(session: Any, rows: Any) -> Any:
    """The plan in Spark SQL: a row for each recipient, year and layer."""
    rows.createOrReplaceTempView("places")
    cases = {
        layer: " ".join(
            f"when kind = '{kind}' and designation = '{level}' then {amounts[number]}" for (kind, level), amounts in RULES.items()
        )
        for number, layer in enumerate(LAYERS.values())
    }
    layers = ", ".join(f"'{layer}', cast(case {case} end as decimal(19, 6))" for layer, case in cases.items())
    years = ", ".join(map(str, YEARS))
    return session.sql(
        f"select id, county, year, layer, amount from (select id, county, stack({len(LAYERS)}, {layers}) as (layer, amount) "
        f"from places) lateral view explode(array({years})) as year where amount > 0"
    )


def timed(what: str, run: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = run()
    print(f"{what:44} {time.perf_counter() - start:8.2f} s", flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipients", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp())
    (folder / "places").mkdir(parents=True, exist_ok=True)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    warnings.simplefilter("ignore")
    from pyspark.sql import SparkSession

    try:
        if not list((folder / "places").glob("*.parquet")):
            make(folder / "places", asked.recipients, asked.files)
        builder: Any = SparkSession.builder
        builder = builder.master("local[2]").config("spark.driver.memory", "4g")
        for name in ("enabled", "showConsoleProgress"):
            builder = builder.config(f"spark.ui.{name}", "false")
        for name in ("bindAddress", "host"):
            builder = builder.config(f"spark.driver.{name}", "127.0.0.1")
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "250000").getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        rows = session.read.parquet(str(folder / "places"))
        timed("start: counting", rows.count)
        print(f"{asked.recipients:,} recipients × {len(YEARS)} years, {asked.files} files, {os.cpu_count()} cores")

        def of(frame: Any) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = pyarrow.table(frame).to_pylist()
            return sorted(found, key=lambda row: [str(row[key]) for key in (*BY, "id") if key in row])

        one = timed("totals: one machine", lambda: fl.scan(PLAN, folder / "places", distinct_ids=True).totals(BY))
        files = spark.Files(session, str(folder / "places"))
        for name, source in (("frame", rows), ("files", files)):
            many = timed(f"totals: fundlayers, {name}", functools.partial(totals, PLAN, source, BY))
            assert of(many) == of(one), "the totals of Spark are not those of one machine"
        sql = timed(
            "totals: Spark SQL",
            lambda: spelled_out(session, rows).groupBy(*BY).agg({"id": "count", "amount": "sum"}).toArrow(),
        )
        assert sum(sql["sum(amount)"].to_pylist()) == sum(row["amount"] for row in of(one)), "the sums differ"
        write = lambda frame, name: frame.write.mode("overwrite").parquet(str(folder / name))  # noqa: E731
        for name, source in (("frame", rows), ("files", files)):
            amounts = functools.partial(spark.allocate, PLAN, source, distinct_ids=True, columns=COLUMNS)
            timed(f"rows to Parquet: fundlayers, {name}", lambda amounts=amounts: write(amounts().frame, "ours"))
            shutil.rmtree(folder / name, ignore_errors=True)
            written = functools.partial(spark.to_parquet, PLAN, source, str(folder / name), distinct_ids=True, columns=COLUMNS)
            timed(f"rows to Parquet: by workers, {name}", written)
        timed("rows to Parquet: Spark SQL", lambda: write(spelled_out(session, rows), "theirs"))
        sums = [session.read.parquet(str(folder / name)).selectExpr("count(*)", "sum(amount)").first() for name in ROWS_OF]
        assert all(one == sums[0] for one in sums), "the rows that were written differ"
        pool = fl.Policy(POOL)
        by = ["county", "kind"]
        one = timed("pool: one machine", lambda: fl.scan(pool, folder / "places", distinct_ids=True, max_passes=PASSES).totals(by))
        for name, source in (("frame", rows), ("files", files)):
            many = timed(f"pool: fundlayers, {name}", functools.partial(totals, pool, source, by, max_passes=PASSES))
            assert of(many) == of(one), "the pool of Spark is not that of one machine"
        session.stop()
    finally:
        if not asked.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
