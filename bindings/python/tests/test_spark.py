"""Spark: the same to the byte as one machine, whatever the partitions. Java is installed by `cargo xtask python`."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import fundlayers as fl
import pyarrow
import pyarrow.parquet
import pytest
from aid import BY, aid_policy, figured_policy, pooled_policy
from fundlayers import spark

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pyspark.sql import DataFrame, SparkSession

# pyspark warns of pandas 3, of which nothing is used here.
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning", "ignore::DeprecationWarning")

# Through a server that Spark Connect starts on this machine: `test_spark_connect.py` asks for it.
THROUGH_CONNECT = os.environ.get("FUNDLAYERS_TEST_SPARK") == "connect"
ROWS = 600
POLICY = aid_policy(villages=299)


def places(rows: int = ROWS) -> pyarrow.Table:
    """In the order of their ids, with a county left out here and there."""
    numbers = range(rows)
    return pyarrow.table(
        {
            "编码": [f"{number:08}" for number in numbers],
            "名称": [f"第{number}户" for number in numbers],
            "区县": [f"县{number * 7 % 23}" if number % 5 else None for number in numbers],
            "类型": ["镇" if number % 2 else "村" for number in numbers],
            "起始年度": pyarrow.array([2025 if number % 10 == 3 else None for number in numbers], "int32"),
            "学生数": pyarrow.array([Decimal(number) / 4 for number in numbers], pyarrow.decimal128(12, 2)),
        }
    )


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)  # of `spark_daemon`
    builder: Any = SparkSession.builder
    if THROUGH_CONNECT:
        local = builder.remote("local[2]")
    else:
        local = (
            builder.master("local[2]")
            .config("spark.python.daemon.module", "spark_daemon")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
        )
    built: SparkSession = (
        local.config("spark.sql.shuffle.partitions", "3")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "17")
        .getOrCreate()
    )
    yield built
    built.stop()


def frame(session: SparkSession, table: pyarrow.Table, partitions: int) -> DataFrame:
    """In so many partitions, in the order of the ids, which are not put in order again for each pass."""
    rows: DataFrame = session.createDataFrame(table)
    return rows.repartitionByRange(partitions, "编码").sortWithinPartitions("编码").persist()


def rows_of(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.table(table).to_pylist()
    return rows


@pytest.mark.parametrize("partitions", [1, 2, 7, 40])
def test_totals_are_those_of_one_machine(session: SparkSession, partitions: int) -> None:
    expected = POLICY.allocate(fl.Roster(POLICY, places(), fill_down=False)).totals(BY)
    found, odd = spark.totals(POLICY, frame(session, places(), partitions), BY, distinct_ids=partitions == 40)
    assert rows_of(found.toArrow()) == rows_of(expected)
    assert [str(field.dataType) for field in found.schema if field.name == "amount"] == ["DecimalType(19,2)"]
    assert {field.metadata["comment"] for field in found.schema} >= {"区县", "金额（元）"}
    assert "expected-count" in [warning.code for warning in odd]


@pytest.mark.parametrize("partitions", [1, 7])
def test_a_ledger_is_set_beside_all_partitions(session: SparkSession, partitions: int) -> None:
    ledger = [
        {"名称": f"第{number}户", "年度": 2024, "安排层级": "city", "到位金额(元)": Decimal(number), "支出金额(元)": Decimal(number + 1)}
        for number in range(0, ROWS + 20, 9)
    ]
    expected = POLICY.allocate(fl.Roster(POLICY, places(), fill_down=False)).reconcile(ledger, as_of="2024-06")
    found, unmatched, odd = spark.reconcile(POLICY, frame(session, places(), partitions), ledger, BY, as_of="2024-06")
    assert rows_of(found.toArrow()) == rows_of(expected.totals(BY))
    assert rows_of(unmatched.toArrow()) == rows_of(expected.unmatched())
    assert [str(field.dataType) for field in found.schema if field.name == "gap"] == ["DecimalType(19,2)"]
    # Problems are as of one machine; only that rows lie beside each other is not seen.
    assert {warning.code for warning in odd} == {warning.code for warning in expected.warnings}
    with pytest.raises(fl.FundlayersError) as raised:
        spark.reconcile(POLICY, frame(session, places(), partitions), [{"名称": "第7户"}], BY)
    assert "missing-column" in [problem.code for problem in raised.value.problems]


@pytest.mark.parametrize("partitions", [1, 3])
def test_top_ups_count_what_arrived_in_any_partition(session: SparkSession, partitions: int) -> None:
    ledger = [
        {"名称": f"第{number}户", "年度": 2024 + number % 2, "安排层级": "city", "到位金额(元)": Decimal(number % 40), "到位时间": f"2024-{number % 12 + 1:02}"}
        for number in range(0, ROWS + 20, 3)
    ]
    counted: list[dict[str, Any]] = [{}, {"top_up_years": "2024", "as_of": "2024-06"}]
    of_villages = {"classes.v.standard": 500, "classes.v.funding.county": {"top_up_to": "standard"}}
    policies = [one.with_changes(of_villages) for one in (POLICY, pooled_policy())]
    for policy, asked in [(one, how) for one in policies for how in counted]:
        allocation = policy.allocate(fl.Roster(policy, places(), fill_down=False))
        expected = allocation.reconcile(ledger, top_up="received", **asked)
        rows = frame(session, places(), partitions)
        found, unmatched, odd = spark.reconcile(policy, rows, ledger, BY, top_up="received", **asked)
        assert rows_of(found.toArrow()) == rows_of(expected.totals(BY)) != rows_of(allocation.reconcile(ledger).totals(BY))
        assert rows_of(unmatched.toArrow()) == rows_of(expected.unmatched())
        assert {warning.code for warning in odd} == {warning.code for warning in expected.warnings}
    # What is asked for wrongly is said before anything is read.
    missing = session.range(1).selectExpr("assert_true(id > 5) as id")
    with pytest.raises(fl.FundlayersError, match="none"):
        spark.reconcile(POLICY, missing, ledger, top_up="none")
    with pytest.raises(TypeError, match="top_up_years needs"):
        spark.reconcile(POLICY, missing, ledger, top_up_years=2024)


@pytest.mark.parametrize("partitions", [1, 2, 7, 13])
def test_what_limits_leave_is_that_of_one_machine(session: SparkSession, tmp_path: Path, partitions: int) -> None:
    limits = tmp_path / "limits.csv"
    text = "layer,payer,year,amount(元)\ncity,city,2024,3456.78\ncity,city,2025,100000\ncounty,县3,2024,20.01\ncounty,,2025,7\n"
    limits.write_text(text + "county,县99,2025,7\n", encoding="utf-8")
    rows = frame(session, places(), partitions)
    rules: list[tuple[str, str | None]] = [("talmud", None), ("priority", "v")]
    if partitions == 2:
        rules += [(rule, None) for rule in ("proportional", "constrained-equal-awards", "constrained-equal-losses")]
    for policy, (rule, order) in [(POLICY, one) for one in rules] + [(pooled_policy(), rules[0])]:
        expected = policy.allocate(fl.Roster(policy, places(), fill_down=False)).fund(limits, rule, order=order)
        found, notes, odd = spark.fund(policy, rows, limits, rule, order=order, distinct_ids=partitions == 13)
        assert rows_of(found.toArrow()) == rows_of(expected.totals())
        assert list(notes) == expected.notes()
        unclaimed = [str(warning) for warning in expected.warnings if warning.code == "unclaimed-limit"]
        assert [str(warning) for warning in odd if warning.code == "unclaimed-limit"] == unclaimed != []
    found, _, _ = spark.fund(POLICY, rows, limits, "talmud", ["id", "layer", "year"], unit="万元")
    expected = POLICY.allocate(fl.Roster(POLICY, places(), fill_down=False)).fund(limits, "talmud")
    assert rows_of(found.toArrow()) == rows_of(expected.totals(["id", "layer", "year"], unit="万元"))
    # Files that workers read by themselves.
    table = places().set_column(2, "区县", pyarrow.array(["新 区"] * ROWS))
    found, _, _ = spark.fund(POLICY, files(session, tmp_path / "files", table, partitions), limits, "talmud")
    expected = POLICY.allocate(fl.Roster(POLICY, table, fill_down=False)).fund(limits, "talmud")
    assert rows_of(found.toArrow()) == rows_of(expected.totals())


def test_what_is_wrong_with_limits_is_said_before_anything_is_read(session: SparkSession) -> None:
    missing = session.range(1).selectExpr("assert_true(id > 5) as id")
    limits: list[dict[str, Any]] = [{"layer": "city", "payer": "city", "year": 2024, "amount": 5, "unit": "元"}]
    for given, rule, order, code in [
        (limits, "none", None, "unknown-rule"),
        (limits, "priority", "nobody", "unknown-class"),
        ([{"layer": "city"}], "talmud", None, "missing-column"),
    ]:
        with pytest.raises(fl.FundlayersError) as raised:
            spark.fund(POLICY, missing, given, rule, order=order)
        assert code in [problem.code for problem in raised.value.problems]
    with pytest.raises(fl.FundlayersError, match="more than 1 passes"):
        spark.fund(POLICY, missing, limits, "talmud", max_passes=1)


@pytest.mark.parametrize("partitions", [1, 7])
def test_limits_of_layers_are_settled_in_passes(session: SparkSession, partitions: int) -> None:
    document = json.loads(pooled_policy().to_json())
    document["layers"][0]["limit"] = {"amount": 5_000, "rule": "talmud"}
    limited = fl.Policy(document)
    whole = limited.allocate(fl.Roster(limited, places(), fill_down=False))
    found, _ = spark.totals(limited, frame(session, places(), partitions), ["id", "layer", "year"])
    assert rows_of(found.toArrow()) == rows_of(whole.totals(["id", "layer", "year"]))


def files(session: SparkSession, folder: Path, table: pyarrow.Table, count: int) -> spark.Files:
    """The rows in so many files, in the order of their names, below a folder whose name says something of all of them."""
    place = folder / "区县=新 区"
    place.mkdir(parents=True)
    rows = table.num_rows
    for number in range(count):
        start, end = rows * number // count, rows * (number + 1) // count
        part = table.slice(start, end - start).drop_columns(["区县"])
        pyarrow.parquet.write_table(part, place / f"第 {number:02} 批.parquet")
    return spark.Files(session, folder)


@pytest.mark.parametrize("count", [1, 7, 20])
def test_files_that_workers_read_are_frames(session: SparkSession, tmp_path: Path, count: int) -> None:
    county = pyarrow.array(["新 区"] * ROWS)
    table = places().set_column(2, "区县", county)
    roster = fl.Roster(POLICY, table, fill_down=False)
    rows = files(session, tmp_path, table, count)
    assert repr(rows) == f"<Files: {count}>"
    found, odd = spark.totals(POLICY, rows, BY)
    assert rows_of(found.toArrow()) == rows_of(POLICY.allocate(roster).totals(BY))
    assert "expected-count" in [warning.code for warning in odd]
    found, _ = spark.allocate(POLICY, rows)
    assert rows_of(found.toArrow()) == rows_of(POLICY.allocate(roster))
    pooled = pooled_policy()
    by = ["id", "layer", "year"]
    found, _ = spark.totals(pooled, rows, by, max_passes=12)
    assert rows_of(found.toArrow()) == rows_of(pooled.allocate(fl.Roster(pooled, table, fill_down=False)).totals(by))


def test_what_is_wrong_in_a_file_is_said_of_it(session: SparkSession, tmp_path: Path) -> None:
    bad = places().set_column(3, "类型", pyarrow.array(["市" if row == 599 else "村" for row in range(ROWS)]))
    with pytest.raises(fl.FundlayersError) as raised:
        spark.totals(POLICY, files(session, tmp_path, bad, 7), BY)
    problem = next(problem for problem in raised.value.problems if problem.severity == "error")
    assert (problem.code, problem.row, problem.found) == ("unknown-kind", 86, "市")
    assert problem.file is not None and problem.file.endswith("第 06 批.parquet")


def test_a_file_that_cannot_be_read_is_said_as_on_one_machine(session: SparkSession, tmp_path: Path) -> None:
    """Not as what Java makes of it."""
    found = files(session, tmp_path, places(), 4)
    broken = sorted(tmp_path.rglob("*.parquet"))[2]
    whole = broken.read_bytes()
    limits = [{"layer": "city", "payer": "city", "year": 2024, "amount(元)": 3456}]
    asked: list[Callable[[], object]] = [
        lambda: spark.totals(POLICY, found, BY),
        lambda: spark.totals(pooled_policy(), found, BY),
        lambda: spark.allocate(POLICY, found),
        lambda: spark.figures(figured_policy(), found, "kind"),
        lambda: spark.fund(POLICY, found, limits, "talmud"),
        lambda: spark.scenarios(POLICY, found, {"a": {}}),
        lambda: spark.to_parquet(POLICY, found, tmp_path / "rows"),
    ]
    middle = len(whole) // 3
    for bytes_of_file, ways in ((whole[:-9], asked), (whole[:4] + bytes(middle) + whole[4 + middle :], asked[:1])):
        broken.write_bytes(bytes_of_file)
        for ask in ways:
            with pytest.raises(fl.FundlayersError) as raised:
                ask()
            [problem] = raised.value.problems
            assert problem.code == "cannot-read" and problem.file is not None
            assert problem.file.endswith(broken.name)
            assert problem.in_language("zh").expected == "请使用完整的 Parquet 文件"
    broken.unlink()
    with pytest.raises(FileNotFoundError):
        spark.totals(POLICY, found, BY)
    assert not (tmp_path / "rows").exists()


@pytest.mark.parametrize("count", [2, 20])
def test_an_id_in_two_files_is_found(session: SparkSession, tmp_path: Path, count: int) -> None:
    with pytest.raises(fl.FundlayersError) as raised:
        spark.totals(POLICY, files(session, tmp_path, pyarrow.concat_tables([places(), places(3)]), count))
    told = [problem for problem in raised.value.problems if problem.severity == "error"]
    assert [(problem.code, problem.found) for problem in told] == [("id-in-two-parts", f"{row:08}") for row in range(3)]
    assert "第 00 批.parquet" in str(told[0]) and f"第 {count - 1:02} 批.parquet" in str(told[0])
    # Of files that one task reads too.
    again = tmp_path / "again"
    again.mkdir()
    with pytest.raises(fl.FundlayersError, match="第 18 批.parquet` and in `[^`]*第 19 批.parquet"):
        table = pyarrow.concat_tables([places(), places().slice(550, 1)])
        spark.totals(POLICY, files(session, again, table, 20))


def test_only_columns_that_are_read_come_to_python(session: SparkSession) -> None:
    # What nobody reads cannot even be computed.
    rows = frame(session, places(), 2).selectExpr("*", "raise_error('read') as `a.b``c`")
    found, odd = spark.totals(POLICY, rows, BY)
    assert rows_of(found.toArrow()) == rows_of(POLICY.allocate(fl.Roster(POLICY, places(), fill_down=False)).totals(BY))
    assert [warning.found or str(warning) for warning in odd if warning.code == "unknown-column"] != []


def test_ids_in_order_are_not_sent_through_the_cluster(session: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise LookupError("ids are sent")

    monkeypatch.setattr(spark, "_in_two", refused)
    spark.totals(POLICY, frame(session, places(), 7), BY)
    # Stretches in order too, such as files that Spark put into one partition.
    stretches = [slice(400, 600), slice(0, 150), slice(250, 400), slice(150, 250)]
    table = pyarrow.concat_tables([places().slice(part.start, part.stop - part.start) for part in stretches])
    spark.totals(POLICY, session.createDataFrame(table).coalesce(3), BY)
    with pytest.raises(LookupError, match="ids are sent"):
        spark.totals(POLICY, session.createDataFrame(places()).repartition(7), BY)


def test_rows_are_those_of_one_machine(session: SparkSession) -> None:
    allocation = POLICY.allocate(fl.Roster(POLICY, places(), fill_down=False))
    found, _ = spark.allocate(POLICY, frame(session, places(), 7))
    assert rows_of(found.toArrow()) == rows_of(allocation)
    columns = ["year", "id", "amount"]
    found, _ = spark.allocate(POLICY, frame(session, places(), 7), columns=columns)
    assert found.columns == columns
    assert rows_of(found.toArrow()) == rows_of(pyarrow.table(allocation).select(columns))
    with pytest.raises(fl.FundlayersError, match="is no column of the table") as raised:
        spark.allocate(POLICY, session.range(1), columns="id,amounts")
    assert (raised.value.code, raised.value.problems[0].found) == ("unknown-key", "amounts")
    empty, _ = spark.allocate(POLICY, session.createDataFrame(places(0)), unit="万元", wide=True)
    assert (empty.count(), "city" in empty.columns) == (0, True)


def written(folder: Path) -> pyarrow.Table:
    """The rows of a folder in the order of its files, and that nothing is left beside it."""
    assert [path.name for path in folder.parent.iterdir() if folder.name in path.name] == [folder.name]
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "_SUCCESS" and all(name.startswith("part-") for name in names[1:])
    return pyarrow.concat_tables(
        [pyarrow.parquet.read_table(folder / name).replace_schema_metadata() for name in names[1:]], promote_options="permissive"
    )


@pytest.mark.parametrize("partitions", [1, 7])
def test_rows_are_written_by_the_workers(session: SparkSession, tmp_path: Path, partitions: int) -> None:
    allocation = POLICY.allocate(fl.Roster(POLICY, places(), fill_down=False))
    totals, odd = spark.to_parquet(POLICY, frame(session, places(), partitions), tmp_path / "金额 1", BY)
    assert rows_of(totals.toArrow()) == rows_of(allocation.totals(BY))
    assert "expected-count" in [warning.code for warning in odd]
    assert written(tmp_path / "金额 1").to_pylist() == rows_of(allocation)
    # Spark reads what stands there, with the comments of columns.
    read = session.read.parquet(str(tmp_path / "金额 1"))
    assert [str(field.dataType) for field in read.schema if field.name == "amount"] == ["DecimalType(19,2)"]
    assert {field.metadata["comment"] for field in read.schema} >= {"区县", "金额（元）"}
    assert sorted(map(str, rows_of(read.toArrow()))) == sorted(map(str, rows_of(allocation)))
    # Of files, as much as is asked for, into a folder that is there without anything in it.
    table = places().set_column(2, "区县", pyarrow.array(["新 区"] * ROWS))
    allocation = POLICY.allocate(fl.Roster(POLICY, table, fill_down=False))
    rows = files(session, tmp_path / "in", table, partitions * 3)
    out = tmp_path / "below" / "out"
    out.mkdir(parents=True)
    spark.to_parquet(POLICY, rows, out, "kind", columns="amount,id,year", distinct_ids=partitions == 7, unit="万元")
    expected = allocation.table(unit="万元").to_arrow().select(["amount", "id", "year"])
    assert written(out).to_pylist() == expected.to_pylist()
    # What rests on all places.
    pooled = pooled_policy()
    spark.to_parquet(pooled, rows, f"file://{tmp_path}/pool", max_passes=12)
    assert written(tmp_path / "pool").to_pylist() == rows_of(pooled.allocate(fl.Roster(pooled, table, fill_down=False)))
    # No rows at all have their columns.
    nobody = session.createDataFrame(places()).where("false")
    totals, _ = spark.to_parquet(POLICY, nobody, tmp_path / "none", wide=True, unit="万元")
    assert written(tmp_path / "none").column_names == allocation.table(wide=True, unit="万元").to_arrow().column_names
    assert totals.count() == 0


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_rows_beside_a_ledger_and_within_limits_are_written_by_the_workers(
    session: SparkSession, tmp_path: Path, partitions: int
) -> None:
    ledger = [
        {"名称": f"第{number}户", "年度": 2024 + number % 2, "安排层级": "city", "到位金额(元)": Decimal(number % 40), "到位时间": f"2024-{number % 12 + 1:02}"}
        for number in range(0, ROWS + 20, 3)
    ]
    limits = [{"layer": "city", "payer": "city", "year": year, "amount": 3456 + year, "unit": "元"} for year in (2024, 2025)]
    rows = frame(session, places(), partitions)
    topped_up = POLICY.with_changes({"classes.v.standard": 500, "classes.v.funding.county": {"top_up_to": "standard"}})
    asked: list[dict[str, Any]] = [{"as_of": "2024-06"}, {"top_up": "received", "top_up_years": 2024}]
    for number, (policy, how) in enumerate([(topped_up, how) for how in asked] + [(pooled_policy(), {})]):
        allocation = policy.allocate(fl.Roster(policy, places(), fill_down=False))
        expected = allocation.reconcile(ledger, **how)
        out = tmp_path / f"缺口 {number}"
        found, unmatched, _ = spark.reconcile(policy, rows, ledger, BY, to_parquet=out, **how)
        assert written(out).to_pylist() == rows_of(expected)
        assert rows_of(found.toArrow()) == rows_of(expected.totals(BY))
        assert rows_of(unmatched.toArrow()) == rows_of(expected.unmatched())
        met = allocation.fund(limits, "talmud")
        funded, notes, _ = spark.fund(policy, rows, limits, "talmud", to_parquet=f"file://{tmp_path}/met-{number}")
        assert written(tmp_path / f"met-{number}").to_pylist() == rows_of(met)
        assert rows_of(funded.toArrow()) == rows_of(met.totals()) and list(notes) == met.notes()
    read = session.read.parquet(str(out))
    assert [str(field.dataType) for field in read.schema if field.name == "gap"] == ["DecimalType(19,2)"]
    assert {field.metadata["comment"] for field in read.schema} >= {"区县", "缺口（元）"}
    # Of files, as much as is asked for.
    table = places().set_column(2, "区县", pyarrow.array(["新 区"] * ROWS))
    allocation = POLICY.allocate(fl.Roster(POLICY, table, fill_down=False))
    lying = files(session, tmp_path / "in", table, partitions * 3)
    some: dict[str, Any] = {"unit": "万元", "zeros": True, "distinct_ids": partitions == 7}
    spark.reconcile(POLICY, lying, ledger, to_parquet=tmp_path / "gaps", columns=["gap", "id"], **some)
    expected_rows = allocation.reconcile(ledger).table(unit="万元", zeros=True).to_arrow().select(["gap", "id"])
    assert written(tmp_path / "gaps").to_pylist() == expected_rows.to_pylist()
    spark.fund(POLICY, lying, limits, "proportional", to_parquet=tmp_path / "awards", columns="funded,id,year", **some)
    awards = allocation.fund(limits, "proportional").table(unit="万元", zeros=True)
    assert written(tmp_path / "awards").to_pylist() == awards.to_arrow().select(["funded", "id", "year"]).to_pylist()


def test_rows_that_cannot_be_written_beside_a_ledger_or_within_limits_leave_nothing(
    session: SparkSession, tmp_path: Path
) -> None:
    ledger = [{"名称": "第7户", "年度": 2024, "安排层级": "city", "到位金额(元)": 5}]
    limits = [{"layer": "city", "payer": "city", "year": 2024, "amount": 5, "unit": "元"}]
    calls: list[tuple[Any, list[Any], str]] = [(spark.fund, [limits, "talmud"], "funded"), (spark.reconcile, [ledger], "gap")]
    bad = places().set_column(3, "类型", pyarrow.array(["市" if row == 599 else "村" for row in range(ROWS)]))
    # The second partition has the larger numbers.
    more = pyarrow.array([Decimal(1_000_000)] * 3, pyarrow.decimal128(12, 2))
    table = pyarrow.concat_tables([places(), places(3).set_column(5, "学生数", more)])
    twice: DataFrame = session.createDataFrame(table).repartitionByRange(2, "学生数")
    missing = session.createDataFrame(places(3)).selectExpr("`编码`", "cast(raise_error('was read') as string) as `名称`", "`类型`")
    asked: list[tuple[DataFrame, dict[str, Any], str]] = [
        (frame(session, bad, 7), {}, "unknown-kind"),
        (twice, {}, "id-in-two-parts"),
        # Said before anything is read.
        (missing, {"columns": "amounts"}, "unknown-key"),
    ]
    for call, arguments, column in calls:
        for rows, what, code in asked:
            with pytest.raises(fl.FundlayersError) as raised:
                call(POLICY, rows, *arguments, to_parquet=tmp_path / "out", **what)
            assert code in [problem.code for problem in raised.value.problems]
            assert not list(tmp_path.iterdir())
        # No rows at all have their columns.
        call(POLICY, session.createDataFrame(places()).where("false"), *arguments, to_parquet=tmp_path / "none")
        assert column in written(tmp_path / "none").column_names and written(tmp_path / "none").num_rows == 0
        with pytest.raises(FileExistsError, match="none"):
            call(POLICY, missing, *arguments, to_parquet=tmp_path / "none")
        for path in (tmp_path / "none").iterdir():
            path.unlink()
        (tmp_path / "none").rmdir()


def test_what_cannot_be_written_leaves_nothing(session: SparkSession, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "1.txt").touch()
    rows = frame(session, places(), 3)
    for path in (taken, taken / "1.txt"):
        with pytest.raises(FileExistsError, match=path.name) as refused:
            spark.to_parquet(POLICY, rows, path)
        assert str(path) in str(refused.value.filename)
    bad = places().set_column(3, "类型", pyarrow.array(["市" if row == 599 else "村" for row in range(ROWS)]))
    more = pyarrow.array([Decimal(1_000_000)] * 3, pyarrow.decimal128(12, 2))
    table = pyarrow.concat_tables([places(), places(3).set_column(5, "学生数", more)])
    twice: DataFrame = session.createDataFrame(table).repartitionByRange(2, "学生数")
    out = tmp_path / "out"
    asked: list[tuple[DataFrame, dict[str, Any], str]] = [
        (frame(session, bad, 7), {}, "unknown-kind"),
        (twice, {}, "id-in-two-parts"),
        (rows, {"columns": "amounts"}, "unknown-key"),
        (rows, {"by": "colour"}, "unknown-grouping"),
    ]
    for given, what, code in asked:
        with pytest.raises(fl.FundlayersError) as raised:
            spark.to_parquet(POLICY, given, out, **what)
        assert code in [problem.code for problem in raised.value.problems]
        assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    with pytest.raises(Exception, match="in the middle"):
        spark.to_parquet(POLICY, rows.selectExpr("`编码`", "if(`编码` = '00000500', raise_error('in the middle'), `名称`) as `名称`", "`类型`", "`学生数`"), out)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_is_wrong_is_one_error_with_its_place(session: SparkSession) -> None:
    bad = places().set_column(3, "类型", pyarrow.array(["市" if row == 599 else "村" for row in range(ROWS)]))
    with pytest.raises(fl.FundlayersError) as raised:
        spark.totals(POLICY, frame(session, bad, 7), BY)
    problem = next(problem for problem in raised.value.problems if problem.severity == "error")
    assert (problem.code, problem.file, problem.column, problem.found) == ("unknown-kind", "partition 6", "kind", "市")
    with pytest.raises(fl.FundlayersError) as raised:
        fl.Roster(POLICY, bad, fill_down=False)
    expected = next(problem for problem in raised.value.problems if problem.severity == "error")
    for lang in ("zh", "en"):
        said, same = problem.in_language(lang), expected.in_language(lang)
        assert (said.message, said.expected) == (same.message, same.expected)
    # The second partition has the larger numbers.
    more = pyarrow.array([Decimal(1_000_000)] * 3, pyarrow.decimal128(12, 2))
    table = pyarrow.concat_tables([places(), places(3).set_column(5, "学生数", more)])
    rows: DataFrame = session.createDataFrame(table)
    twice = rows.repartitionByRange(2, "学生数")
    for ask in (spark.totals, spark.allocate):
        with pytest.raises(fl.FundlayersError, match="`partition 0` and in `partition 1`") as raised:
            ask(POLICY, twice)
        told = [problem.found for problem in raised.value.problems if problem.code == "id-in-two-parts"]
        assert told == ["00000000", "00000001", "00000002"]


@pytest.mark.parametrize("partitions", [1, 7])
def test_what_rests_on_all_places_is_settled_in_passes(session: SparkSession, partitions: int) -> None:
    policy = pooled_policy()
    rows = frame(session, places(), partitions)
    whole = policy.allocate(fl.Roster(policy, places(), fill_down=False))
    by = ["id", "layer", "year"]
    found, odd = spark.totals(policy, rows, by, max_passes=12)
    assert rows_of(found.toArrow()) == rows_of(whole.totals(by))
    assert [warning.code for warning in odd] == [warning.code for warning in whole.warnings]
    found, _ = spark.allocate(policy, rows, max_passes=12)
    assert rows_of(found.toArrow()) == rows_of(whole)
    with pytest.raises(fl.FundlayersError, match="more than 3 passes"):
        spark.totals(policy, rows, max_passes=3)


@pytest.mark.parametrize("partitions", [1, 7])
def test_figures_are_those_of_one_machine(session: SparkSession, partitions: int) -> None:
    policy = figured_policy()
    rows = frame(session, places(), partitions)
    whole = policy.allocate(fl.Roster(policy, places(), fill_down=False))
    for by in (["county", "kind", "year"], "id"):
        found, odd = spark.figures(policy, rows, by)
        expected = whole.figures(by)
        assert rows_of(found.toArrow()) == rows_of(expected)
        assert [warning.key for warning in odd] == [warning.key for warning in expected.warnings] == ["figures.ratio"]
        assert odd[0].in_language("zh").message == expected.warnings[0].in_language("zh").message
    with pytest.raises(fl.FundlayersError, match="more than 1 passes"):
        spark.figures(policy, rows, "kind", max_passes=1)


@pytest.mark.parametrize("partitions", [1, 7])
def test_what_if_is_that_of_one_machine(session: SparkSession, tmp_path: Path, partitions: int) -> None:
    rows = frame(session, places(), partitions)
    whole = fl.Roster(POLICY, places(), fill_down=False)
    asked: dict[str, Any] = {"现行": {}, "每人": {"classes.t.funding.city": {"rate": "1/3", "of": "pupils"}}, "一年": {"years": [2025, 2025]}}
    found, odd = spark.scenarios(POLICY, rows, asked, BY, distinct_ids=partitions == 7)
    expected = fl.scenarios(POLICY, asked, BY, roster=whole)
    assert rows_of(found.toArrow()) == rows_of(expected)
    assert [warning.code for warning in odd] == [warning.code for warning in expected.warnings]
    # Beside a pool, in as many rounds as that takes.
    other = pooled_policy()
    found, _ = spark.compare(POLICY, rows, other, ["county", "year"], unit="万元")
    beside = other.allocate(fl.Roster(other, places(), fill_down=False))
    assert rows_of(found.toArrow()) == rows_of(fl.compare(POLICY.allocate(whole), beside, ["county", "year"], unit="万元"))
    with pytest.raises(fl.FundlayersError, match="more than 2 passes"):
        spark.compare(POLICY, rows, other, max_passes=2)
    # Files that workers read by themselves.
    read = files(session, tmp_path, places(), partitions)
    county = places().set_column(2, "区县", pyarrow.array(["新 区"] * ROWS))
    in_one = fl.Roster(POLICY, county, fill_down=False)
    found, _ = spark.scenarios(POLICY, read, asked, BY)
    assert rows_of(found.toArrow()) == rows_of(fl.scenarios(POLICY, asked, BY, roster=in_one))


def test_what_is_wrong_with_rows_of_what_if_is_one_error(session: SparkSession) -> None:
    bad = places().set_column(3, "类型", pyarrow.array(["市" if row == 599 else "村" for row in range(ROWS)]))
    with pytest.raises(fl.FundlayersError) as raised:
        spark.scenarios(POLICY, frame(session, bad, 7), {"a": {}, "b": {}})
    errors = [problem for problem in raised.value.problems if problem.severity == "error"]
    assert [(problem.code, problem.file, problem.scenario) for problem in errors] == [("unknown-kind", "partition 6", None)]
    more = pyarrow.array([Decimal(1_000_000)] * 3, pyarrow.decimal128(12, 2))
    table = pyarrow.concat_tables([places(), places(3).set_column(5, "学生数", more)])
    twice: DataFrame = session.createDataFrame(table).repartitionByRange(2, "学生数")
    with pytest.raises(fl.FundlayersError, match="`partition 0` and in `partition 1`"):
        spark.compare(POLICY, twice, POLICY)


def test_more_passes_than_there_may_be_are_refused_before_anything_is_read(session: SparkSession) -> None:
    apart = {
        "id": "p",
        "title": {"zh": "例"},
        "years": [2024, 2024],
        "unit": "元",
        "layers": [{"id": "a", "payer": "county"}],
        "figures": [{"id": "many", "value": {"aggregate": "count"}}],
        "classes": [{"id": "all", "where": {"many": {"at_least": 1}}, "funding": {"a": 3}}],
    }
    missing = session.range(1).selectExpr("assert_true(id > 5) as id")
    with pytest.raises(fl.FundlayersError) as raised:
        spark.totals(apart, missing, max_passes=1)
    assert raised.value.code == "needs-whole-roster"
