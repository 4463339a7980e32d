"""A national roster as a polars frame to totals by county x layer x year as a polars frame, several ways in one run.

    python benches/python/frames.py [RECIPIENTS] [--check]

With `--check` every way runs once and only its totals are compared.

Needs fundlayers (built with the profile `wheel`), polars and pyarrow; OpenFisca-Core is measured where it is installed. The
policy is the plan's: fixed amounts of two layers, and a county that tops up to a standard. Every way reads the same frame
and gives the same totals, which are compared outside the timing. The best of several runs counts.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa

import fundlayers as fl

COUNTIES = 3_000
YEARS = [2023, 2024, 2025]
LAYERS = ["central_provincial", "city", "county"]
# 万元 a year by kind and designation: central and province, city, the standard that the county tops up to.
RULES = {
    ("town", "provincial"): (500, 100, None),
    ("village", "provincial"): (100, 20, None),
    ("town", "municipal"): (0, 300, 600),
    ("village", "municipal"): (0, 60, 120),
}


def roster(rows: int) -> pl.DataFrame:
    """Recipients in an order by id, kinds and counties shuffled by a multiplication."""
    number = pl.int_range(rows, dtype=pl.UInt64)
    mixed = (number * 2_654_435_761) % 1_000_003
    return pl.select(
        id=number.cast(pl.String).str.zfill(9),
        name=pl.format("第{}村", number),
        kind=pl.when(mixed % 10 == 0).then(pl.lit("town")).otherwise(pl.lit("village")),
        designation=pl.when(mixed % 7 < 3).then(pl.lit("provincial")).otherwise(pl.lit("municipal")),
        county=pl.format("县{}", (mixed % COUNTIES).cast(pl.String).str.zfill(4)),
    )


def by_fundlayers(frame: pl.DataFrame) -> pl.DataFrame:
    policy = fl.Policy("tongchuan-2023")
    return policy.allocate(frame).totals(["county", "layer", "year"]).to_polars()


def by_scan(frame: pl.DataFrame) -> pl.DataFrame:
    """In parts, on all cores, as polars runs too."""
    return fl.scan("tongchuan-2023", frame).totals(["county", "layer", "year"]).to_polars()


def rules(dtype: Any, scale: int) -> pl.LazyFrame:
    rows = [(*key, *values) for key, values in RULES.items()]
    schema = ["kind", "designation", "central_provincial", "city", "standard"]
    money = pl.col("central_provincial", "city", "standard")
    return pl.DataFrame(rows, schema=schema, orient="row").lazy().with_columns((money * scale).cast(dtype))


def due(frame: pl.DataFrame, dtype: Any, scale: int) -> pl.LazyFrame:
    county = pl.max_horizontal(pl.col("standard") - pl.col("city"), pl.lit(0, dtype=dtype)).fill_null(0)
    return frame.lazy().join(rules(dtype, scale), on=["kind", "designation"], how="left").with_columns(due=county)


def by_polars(frame: pl.DataFrame, dtype: Any, scale: int) -> pl.DataFrame:
    """As an analyst writes it: rules joined, years crossed, layers unpivoted, totals."""
    layers = {"central_provincial": "central_provincial", "city": "city", "due": "county"}
    return (
        due(frame, dtype, scale)
        .join(pl.LazyFrame({"year": YEARS}), how="cross")
        .unpivot(list(layers), index=["id", "county", "year"], variable_name="layer", value_name="amount")
        .filter(pl.col("amount") > 0)
        .group_by("county", pl.col("layer").replace_strict(layers), "year")
        .agg(count=pl.len(), amount=pl.col("amount").sum())
        .sort("county", "layer", "year")
        .collect()
    )


def tuned(frame: pl.DataFrame, dtype: Any, scale: int) -> pl.LazyFrame:
    """As an expert writes it who knows that every place gets the same in each of the three years: sums before years."""
    layers = {"central_provincial": "central_provincial", "city": "city", "due": "county"}
    sums = [pl.col(column).sum().alias(f"{layer} amount") for column, layer in layers.items()]
    counts = [(pl.col(column) > 0).sum().alias(f"{layer} count") for column, layer in layers.items()]
    wide = due(frame, dtype, scale).group_by("county").agg(*sums, *counts)
    long = pl.concat(
        wide.select("county", layer=pl.lit(layer), count=f"{layer} count", amount=f"{layer} amount") for layer in LAYERS
    )
    years = pl.LazyFrame({"year": YEARS})
    return long.filter(pl.col("amount") > 0).join(years, how="cross").sort("county", "layer", "year")


def by_polars_tuned(frame: pl.DataFrame, dtype: Any, scale: int) -> pl.DataFrame:
    """Reads neither ids nor names, and takes every word for one that the rules know."""
    return tuned(frame, dtype, scale).collect()


def by_polars_checked(frame: pl.DataFrame, dtype: Any, scale: int) -> pl.DataFrame:
    """The same, with the least that whoever reads a roster looks at: no id twice, nothing blank, no unknown word."""
    texts = pl.col("id", "name", "kind", "designation", "county")
    blank = texts.is_null().any() | texts.str.strip_chars().eq("").any()
    looks = frame.lazy().select(ids=pl.col("id").n_unique(), blank=pl.any_horizontal(blank))
    words = due(frame, dtype, scale).select(unknown=pl.col("city").is_null().any())
    totals, looks, words = pl.collect_all([tuned(frame, dtype, scale), looks, words])
    assert looks.row(0) == (len(frame), False)
    assert words.row(0) == (False,)
    return totals


def by_decimals(frame: pl.DataFrame) -> dict[tuple[str, str, int], tuple[int, Decimal]]:
    amounts = {key: [None if value is None else Decimal(value) for value in values] for key, values in RULES.items()}
    totals: dict[tuple[str, str, int], list[Any]] = {}
    for kind, designation, county in frame.select("kind", "designation", "county").iter_rows():
        central, city, standard = amounts[kind, designation]
        for year in YEARS:
            top_up = Decimal(0) if standard is None else max(Decimal(0), standard - city)
            for layer, amount in zip(LAYERS, (central, city, top_up), strict=True):
                if amount:
                    total = totals.setdefault((county, layer, year), [0, Decimal(0)])
                    total[0] += 1
                    total[1] += amount
    return {key: (count, amount) for key, (count, amount) in totals.items()}


def by_openfisca(frame: pl.DataFrame) -> Callable[[], dict[tuple[str, str, int], tuple[int, Decimal]]] | None:
    """The same policy for OpenFisca-Core: whole fen in its 32 bits, totals by numpy."""
    try:
        import numpy as np
        from openfisca_core.entities import Entity
        from openfisca_core.periods import YEAR
        from openfisca_core.simulations import SimulationBuilder
        from openfisca_core.taxbenefitsystems import TaxBenefitSystem
        from openfisca_core.variables import Variable
    except ImportError:
        return None

    place = Entity("place", "places", "a town or village", "")
    fen = 1_000_000

    def variable(name: str, compute: Any = None) -> type[Variable]:
        body = {"value_type": int, "entity": place, "definition_period": YEAR, "label": name}
        return type(name, (Variable,), body if compute is None else {**body, "formula": compute})

    def fixed(at: int) -> Any:
        def formula(places: Any, period: Any) -> Any:
            kind, designation = places("kind", period), places("designation", period)
            result = np.zeros(len(kind), dtype=np.int32)
            for (one, other), values in RULES.items():
                here = (kind == (one == "town")) & (designation == (other == "provincial"))
                result[here] = (values[at] or 0) * fen
            return result

        return formula

    def top_up(places: Any, period: Any) -> Any:
        standard = places("standard", period)
        return np.where(standard > 0, np.maximum(standard - places("city", period), 0), 0)

    def job() -> dict[tuple[str, str, int], tuple[int, Decimal]]:
        system = TaxBenefitSystem([place])
        inputs = [variable("kind"), variable("designation")]
        formulas = [
            variable("central_provincial", fixed(0)),
            variable("city", fixed(1)),
            variable("standard", fixed(2)),
            variable("county", top_up),
        ]
        for one in inputs + formulas:
            system.add_variable(one)
        simulation = SimulationBuilder().build_default_simulation(system, len(frame))
        kind = (frame["kind"] == "town").to_numpy().astype(np.int32)
        designation = (frame["designation"] == "provincial").to_numpy().astype(np.int32)
        names, county = np.unique(frame["county"].to_numpy(), return_inverse=True)
        totals = {}
        for year in YEARS:
            simulation.set_input("kind", str(year), kind)
            simulation.set_input("designation", str(year), designation)
            for layer in LAYERS:
                amounts = simulation.calculate(layer, str(year)).astype(np.int64)
                counts = np.bincount(county, weights=amounts > 0, minlength=len(names)).astype(np.int64)
                # Below 2^53, so that its 64-bit floats are exact here.
                sums = np.bincount(county, weights=amounts, minlength=len(names)).astype(np.int64)
                for name, count, total in zip(names, counts.tolist(), sums.tolist(), strict=True):
                    if total:
                        totals[str(name), layer, year] = (count, Decimal(total) / fen)
        return totals

    return job


def best(job: Callable[[], Any], runs: int) -> tuple[float, Any]:
    least, answer = float("inf"), None
    for _ in range(runs):
        answer = None
        gc.collect()
        start = time.perf_counter()
        answer = job()
        least = min(least, time.perf_counter() - start)
    return least, answer


def totals_of(answer: Any, scale: int = 1) -> dict[tuple[str, str, int], tuple[int, Decimal]]:
    if isinstance(answer, dict):
        return answer
    rows = answer.select(pl.col("county", "layer").cast(pl.String), "year", "count", "amount").rows()
    return {(county, layer, year): (count, Decimal(amount) / scale) for county, layer, year, count, amount in rows}


def main() -> None:
    check = "--check" in sys.argv
    numbers = [argument for argument in sys.argv[1:] if argument != "--check"]
    rows = int(numbers[0]) if numbers else 1_000_000
    frame = roster(rows)
    words = frame.with_columns(pl.col("kind", "designation", "county").cast(pl.Categorical))
    print(f"{rows:,} recipients in {COUNTIES:,} counties, 3 layers, 3 years; the frame read and checked every time\n")
    jobs: list[tuple[str, Callable[[], Any], int, int]] = [
        ("fundlayers", lambda: by_fundlayers(frame), 7, 1),
        ("fundlayers, categorical columns", lambda: by_fundlayers(words), 7, 1),
        ("fundlayers, in parts on all cores", lambda: by_scan(frame), 7, 1),
        ("polars, Int64 (fen)", lambda: by_polars(frame, pl.Int64, 1_000_000), 5, 1_000_000),
        ("polars, Decimal", lambda: by_polars(frame, pl.Decimal(38, 6), 1), 5, 1),
        ("polars, Int64, tuned by hand", lambda: by_polars_tuned(frame, pl.Int64, 1_000_000), 5, 1_000_000),
        ("the same, ids and words checked", lambda: by_polars_checked(frame, pl.Int64, 1_000_000), 5, 1_000_000),
        ("decimal.Decimal loops", lambda: by_decimals(frame), 1, 1),
    ]
    openfisca = by_openfisca(frame)
    if openfisca is not None:
        jobs.append(("OpenFisca-Core", openfisca, 3, 1))
    base, expected = 0.0, None
    print("the same totals by" if check else f"{'way':<36}{'seconds':>9}{'times fundlayers':>19}")
    for name, job, runs, scale in jobs:
        seconds, answer = best(job, 1 if check else runs)
        base = base or seconds
        found = totals_of(answer, scale)
        expected = expected or found
        assert found == expected, f"{name}: other totals"
        print(name if check else f"{name:<36}{seconds:>9.3f}{seconds / base:>19.1f}")
    if openfisca is None:
        print("OpenFisca-Core is not installed")

    if check:
        return
    allocation = fl.Policy("tongchuan-2023").allocate(frame)
    table = allocation.table(zeros=True)
    print(f"\nthe long table, {rows * 9:,} rows of 14 columns")
    for name, leave in (("as Arrow (pyarrow.table)", lambda: pa.table(table)), ("as polars", table.to_polars)):
        seconds, answer = best(leave, 3)
        assert answer.shape == (rows * 9, 14)
        print(f"{name:<36}{seconds:>9.3f}")


if __name__ == "__main__":
    main()
