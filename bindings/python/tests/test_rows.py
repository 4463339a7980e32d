"""Rows as offices and data frames have them: files, open files, merged cells, years, labels, what is missing."""

from __future__ import annotations

import datetime as dt
import io
import pickle
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import fundlayers as fl

CSV = "编码,名称,类型,认定层级,区县,起始年度\n1,黄堡镇,镇,市级,王益区,2023\n2,义兴村,村,市级,王益区,2024\n"
MERGED = "区县,编码,名称,类型,认定层级\n王益区,1,黄堡镇,镇,市级\n,2,义兴村,村,市级\n耀州区,3,关庄镇,镇,省级\n,4,甲村,村,省级\n"
POLICY = fl.Policy("tongchuan-2023")


def counties(roster: fl.Roster) -> list[str]:
    return [row["county"] for row in roster.to_dicts()]


def starts(data: Any) -> list[int | None]:
    return [row["from"] for row in POLICY.roster(data).to_dicts()]


# Files.


class Named(io.BytesIO):
    name = "名单.csv"


def test_a_roster_is_read_from_a_path_bytes_or_an_open_file(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(CSV, encoding="utf-8")
    data = CSV.encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.csv", data)
    json = POLICY.roster(path).to_json().encode()
    with path.open("rb") as binary, path.open(encoding="utf-8") as text, zipfile.ZipFile(archive).open("a.csv") as member:
        inputs: list[Any] = [path, str(path), data, bytearray(data), memoryview(data), io.BytesIO(data), io.StringIO(CSV)]
        inputs += [Named(data), binary, text, member, json, io.BytesIO(b"\xef\xbb\xbf" + json), CSV.encode("utf-16"), CSV.encode("gb18030")]
        for given in inputs:
            assert [row["id"] for row in POLICY.roster(given).to_dicts()] == ["1", "2"], given
            binary.seek(0)


def test_a_file_of_parquet_is_read_with_what_its_folders_say(tmp_path: Path) -> None:
    rows = pl.read_csv(io.StringIO(CSV), schema_overrides={"编码": pl.String})
    file = tmp_path / "count=3" / "区县=王益区" / "名单.PARQUET"
    file.parent.mkdir(parents=True)
    rows.drop("区县").write_parquet(file)
    expected = POLICY.allocate(rows.with_columns(count=pl.lit(3)))
    found = POLICY.allocate(file)
    assert found.to_csv() == expected.to_csv()
    assert pickle.loads(pickle.dumps(found)).to_csv() == expected.to_csv()
    ledger = pl.DataFrame({"名称": ["黄堡镇"], "年度": [2024], "安排层级": ["city"], "到位金额(元)": [200]})
    ledger.write_parquet(tmp_path / "ledger.parquet")
    assert found.reconcile(tmp_path / "ledger.parquet").to_csv() == expected.reconcile(ledger).to_csv()
    # What is wrong names the file and its row.
    rows.with_columns(类型=pl.Series(["镇", "市"])).write_parquet(file)
    with pytest.raises(fl.FundlayersError) as raised:
        POLICY.allocate(str(file))
    assert [(problem.code, problem.file, problem.row) for problem in raised.value.problems] == [("unknown-kind", str(file), 2)]
    file.write_bytes(b"PAR1")
    with pytest.raises(fl.FundlayersError, match="cannot-read"):
        POLICY.allocate(file)
    with pytest.raises(FileNotFoundError):
        POLICY.allocate(tmp_path / "none.parquet")
    # Several files are for `scan`.
    (tmp_path / "folder.parquet").mkdir()
    with pytest.raises(fl.FundlayersError, match="directory"):
        POLICY.allocate(tmp_path / "folder.parquet")
    with pytest.raises(TypeError, match="sheet"):
        found.reconcile(tmp_path / "ledger.parquet", sheet="台账")


def test_the_name_of_an_open_file_stands_in_its_problems_and_tells_its_format() -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster(Named(b"\xe5\x90\x8d\xe7\xa7\xb0,count\na,x\n"))
    assert {problem.file for problem in caught.value.problems} == {"名单.csv"}
    named = Named(b"[]")
    named.name = "a.toml"
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster(named)
    assert caught.value.code == "unknown-format"
    with pytest.raises(TypeError, match="not `int`"):
        POLICY.roster(type("File", (), {"read": lambda self: 5})())


def test_a_policy_limits_receipts_and_scenarios_are_read_from_open_files() -> None:
    document = POLICY.to_json()
    for given in (document.encode(), io.StringIO(document), io.BytesIO(document.encode())):
        assert fl.Policy(given) == POLICY
    toml = b'id = "x"\ntitle = { zh = "x" }\nyears = [2024, 2024]\nunit = "\xe5\x85\x83"\n'
    assert fl.Policy(toml).id == "x" and fl.Policy(io.BytesIO(toml)).id == "x"
    allocation = POLICY.allocate(years=2023)
    limits = "安排层级,安排主体,年度,金额(万元)\n市级,市级,2023,1020\n".encode()
    funded = allocation.fund(limits, "proportional")
    assert funded.totals("layer").to_dicts()[1]["coverage"] == 50
    assert pickle.loads(pickle.dumps(funded)).to_csv() == funded.to_csv()
    ledger = io.BytesIO("名称,年度,安排层级,到位金额(万元)\n黄堡镇,2023,市级,200\n".encode())
    assert [row["gap"] for row in allocation.reconcile(ledger).to_dicts() if row["name"] == "黄堡镇"][0] == 100
    asked = io.BytesIO("scenario,path,value\n现行,,\n650,classes.municipal-town.standard,650\n".encode())
    assert [row["difference"] for row in fl.scenarios(POLICY, asked, [], years=2023).to_dicts()] == [0, 100]


def test_a_frame_with_a_column_named_read_is_a_frame() -> None:
    frame = pd.DataFrame({"名称": ["甲镇"], "类型": "镇", "认定层级": "省级", "read": 1, "name": None})
    assert POLICY.roster(frame[["名称", "类型", "认定层级", "read"]]).places == 1


def test_a_missing_file_is_a_file_not_found_error(tmp_path: Path) -> None:
    for use in (lambda path: POLICY.roster(path), fl.Policy, lambda path: POLICY.allocate().reconcile(path)):
        with pytest.raises(FileNotFoundError, match="没有.csv|没有.toml") as caught:
            use(tmp_path / ("没有.toml" if use is fl.Policy else "没有.csv"))
        assert isinstance(caught.value, fl.FundlayersError)
        error: Any = caught.value
        assert error.code == "cannot-read"
        assert error.errno == 2 and "没有" in error.filename and error.problems[0].file == error.filename
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.errno, again.filename) == (type(error), str(error), 2, error.filename)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OSError) as folder:
        POLICY.roster(tmp_path / "folder.csv")
    assert isinstance(folder.value, fl.FundlayersError)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf", b"[]", "", [], pl.DataFrame(), pd.DataFrame()])
def test_what_is_empty_is_said_to_be_empty(data: Any) -> None:
    given = io.StringIO(data) if isinstance(data, str) else data
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster(given)
    assert [problem.code for problem in caught.value.problems] == ["empty-table"], caught.value
    assert "nothing stands in it" in str(caught.value)


# Merged cells.


def test_merged_cells_are_an_error_until_it_is_said_what_they_are() -> None:
    frame = pd.read_csv(io.StringIO(MERGED), dtype=str)
    polars = pl.read_csv(io.StringIO(MERGED), infer_schema=False)
    filled, blank = ["王益区", "王益区", "耀州区", "耀州区"], ["王益区", "", "耀州区", ""]
    for data in (MERGED.encode(), frame, polars, pa.Table.from_pandas(frame)):
        with pytest.raises(fl.FundlayersError) as caught:
            POLICY.roster(data)
        assert [problem.code for problem in caught.value.problems] == ["merged-cells"]
        assert counties(POLICY.roster(data, fill_down=True)) == filled
        assert counties(fl.Roster(POLICY, data, fill_down=False)) == blank
        assert counties(POLICY.allocate(data, fill_down=True).roster) == filled
        assert counties(fl.Allocation(POLICY, data, fill_down=True).roster) == filled
    rows = polars.to_dicts()
    assert counties(POLICY.roster(rows)) == blank and counties(POLICY.roster(rows, fill_down=True)) == filled
    assert counties(fl.Roster.from_csv(POLICY, MERGED, fill_down=True)) == filled
    assert counties(fl.Roster.from_json(POLICY, pl.DataFrame(rows).write_json(), fill_down=True)) == filled
    solved = fl.solve(POLICY, "classes.municipal-town.standard", layer="county", payer="王益区", year=2024, limit=400, roster=frame, fill_down=True)
    assert solved.value > 0


def test_limits_and_ledgers_fill_down_too_and_a_pickle_remembers() -> None:
    allocation = POLICY.allocate(years=2023)
    limits = pd.DataFrame({"安排层级": ["市级", "区县统筹", None], "安排主体": ["市级", "王益区", "新区"], "年度": "2023", "金额(万元)": "100"})
    with pytest.raises(fl.FundlayersError, match="merged"):
        allocation.fund(limits, "proportional")
    funded = allocation.fund(limits, "proportional", fill_down=True)
    again = pickle.loads(pickle.dumps(funded))
    assert again.totals().to_csv() == funded.totals().to_csv()
    assert [row["limit"] for row in funded.totals().to_dicts() if row["payer"] == "新区"] == [100]
    ledger: list[dict[str, Any]] = [
        {"名称": "黄堡镇", "年度": 2023, "安排层级": "市级", "到位金额(万元)": 200},
        {"名称": "黄堡镇", "年度": None, "安排层级": "区县统筹", "到位金额(万元)": 100},
    ]
    reconciled = allocation.reconcile(ledger, fill_down=True)
    assert sum(row["received"] for row in reconciled.to_dicts()) == 300


def test_options_that_say_nothing_are_refused() -> None:
    roster = POLICY.roster()
    calls: tuple[Any, ...] = (
        lambda: POLICY.allocate(roster, fill_down=True),
        lambda: POLICY.roster(sheet="名单"),
        lambda: POLICY.roster([{"名称": "甲镇"}], sheet="名单"),
        lambda: fl.scenarios(POLICY, {"a": {}}, sheet="名单"),
        lambda: fl.scenarios(POLICY, {"a": {}}, roster=roster, roster_sheet="名单"),
    )
    for call in calls:
        with pytest.raises(TypeError, match="sheet"):
            call()


# Years.

NAMES = {"编码": ["1", "2"], "名称": ["甲镇", "乙镇"], "类型": "镇", "认定层级": "省级", "区县": "甲县"}
DAYS = pd.to_datetime(["2024-01-01", "2025-01-01"])


@pytest.mark.parametrize(
    "years",
    [
        pd.PeriodIndex(["2024", "2025"], freq="Y"),
        pd.PeriodIndex(["2024", "2025"], freq="Y-MAR"),
        pd.Categorical(pd.PeriodIndex(["2024", "2025"], freq="Y")),
        DAYS,
        DAYS.tz_localize("Asia/Shanghai"),
        DAYS.date,
        np.array(["2024", "2025"], dtype="datetime64[Y]").astype("datetime64[s]"),
        [2024.0, 2025.0],
        np.array([2024, 2025], dtype=np.float32),
        ["2024年", "2025年度"],
        [Decimal("2024"), Decimal("2025")],
    ],
)
def test_years_are_years_whatever_their_type(years: Any) -> None:
    frame = pd.DataFrame({**NAMES, "起始年度": years})
    assert starts(frame) == [2024, 2025]
    assert starts(frame.to_dict("records")) == [2024, 2025]
    assert "起始年度" in frame and len(frame.columns) == 6


def test_a_blank_year_stays_blank() -> None:
    for blank in (pd.PeriodIndex([None, "2025"], freq="Y"), pd.to_datetime([None, "2025-01-01"]), [None, 2025.0], [float("nan"), 2025]):
        frame = pd.DataFrame({**NAMES, "起始年度": blank})
        assert starts(frame) == [None, 2025] == starts(frame.to_dict("records"))
    assert starts(pl.DataFrame({**{key: list(value) if isinstance(value, list) else [value] * 2 for key, value in NAMES.items()}, "起始年度": [None, 2025.0]})) == [None, 2025]
    assert starts(pl.DataFrame({"名称": ["甲镇"], "类型": "镇", "认定层级": "省级", "起始年度": [dt.date(2024, 1, 1)]})) == [2024]
    assert starts(pa.table({"名称": ["甲镇"], "类型": ["镇"], "认定层级": ["省级"], "起始年度": pa.array([dt.datetime(2024, 1, 1)])})) == [2024]


def test_periods_in_an_index_or_without_their_frame_are_never_numbers() -> None:
    frame = pd.DataFrame(NAMES, index=pd.PeriodIndex(["2024", "2025"], freq="Y", name="起始年度"))
    assert starts(frame) == [2024, 2025]
    frame = pd.DataFrame({**NAMES, "起始年度": pd.PeriodIndex(["2024", "2025"], freq="Y")})
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster(pa.Table.from_pandas(frame))
    assert [(problem.code, problem.column) for problem in caught.value.problems] == [("wrong-type", "from")]


def test_times_of_a_zone_are_not_moved_to_another_day() -> None:
    moved = pl.DataFrame({"名称": ["甲镇"], "类型": "镇", "认定层级": "省级", "起始年度": [dt.datetime(2024, 1, 1)]}).with_columns(
        pl.col("起始年度").dt.replace_time_zone("Asia/Shanghai")
    )
    with pytest.raises(fl.FundlayersError, match="replace_time_zone") as caught:
        POLICY.roster(moved)
    assert caught.value.code == "wrong-type"
    assert starts(moved.with_columns(pl.col("起始年度").dt.replace_time_zone(None))) == [2024]


def test_whole_floats_are_years_and_counts_and_nothing_else() -> None:
    frame = pd.DataFrame({**NAMES, "数量": [2.0, None], "编码": [610202.0, None]})
    for data in (frame, frame.to_dict("records"), pl.from_pandas(frame)):
        with pytest.raises(fl.FundlayersError) as caught:
            POLICY.roster(data)
        assert [(problem.code, problem.column, problem.title) for problem in caught.value.problems] == [("binary-float", "id", "编码")]
    assert POLICY.roster(frame.drop(columns="编码")).places == 3
    for wrong in ([2.5, None], [1e300, 1.0], [float("inf"), 1.0]):
        for data in (pd.DataFrame({**NAMES, "数量": wrong}), pd.DataFrame({**NAMES, "数量": wrong}).to_dict("records")):
            with pytest.raises(fl.FundlayersError) as caught:
                POLICY.roster(data)
            assert [problem.code for problem in caught.value.problems] == ["binary-float"]
    allocation = POLICY.allocate(years=2023)
    rows: list[dict[str, Any]] = [{"layer": "city", "payer": "city", "year": 2023.0, "amount": 100.0, "unit": "万元"}]
    for limits in (pd.DataFrame(rows), rows):
        with pytest.raises(fl.FundlayersError) as caught:
            allocation.fund(limits, "proportional")
        assert [(problem.code, problem.column) for problem in caught.value.problems] == [("binary-float", "amount")]
    share = [{**row, "share": 0.5} for row in pd.DataFrame(NAMES).to_dict("records")]
    assert [warning.code for warning in POLICY.roster(share).warnings] == ["unknown-column"]


def test_a_result_of_whole_floats_is_pickled_with_them() -> None:
    limits = pd.DataFrame([{"layer": "city", "payer": "city", "year": 2023.0, "amount": 1020, "unit": "万元", "share": 0.5}])
    funded = POLICY.allocate(years=2023).fund(limits, "proportional")
    assert pickle.loads(pickle.dumps(funded)).totals().to_csv() == funded.totals().to_csv()


def test_dates_of_a_ledger_are_read_from_every_type() -> None:
    allocation = POLICY.allocate(years=2024)
    base: dict[str, list[Any]] = {"名称": ["黄堡镇"], "年度": [2024], "安排层级": ["市级"], "到位金额(万元)": [200]}
    expected = None
    for date in ("2024-03-01", pd.Timestamp("2024-03-01"), dt.date(2024, 3, 1), pd.Period("2024-03-01", freq="D"), np.datetime64("2024-03-01")):
        frame = pd.DataFrame({**base, "到位时间": [date]})
        for data in (frame, [{**{key: value[0] for key, value in base.items()}, "到位时间": date}]):
            found = allocation.reconcile(data, as_of="2024-06").to_csv()
            expected = expected or found
            assert found == expected


def test_a_day_stands_for_a_month_only_if_it_ends_it() -> None:
    allocation = POLICY.allocate(years=2024)
    ledger = [{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": 200}]
    expected = allocation.reconcile(ledger, as_of="2024-06").to_csv()
    for day in (dt.date(2024, 6, 30), pd.Timestamp("2024-06-30"), "2024-06-30"):
        assert allocation.reconcile(ledger, as_of=day).to_csv() == expected
    for day in (dt.date(2024, 6, 15), dt.date(2024, 6, 1), pd.Timestamp("2024-06-29"), "2024-06-15"):
        with pytest.raises(fl.FundlayersError) as caught:
            allocation.reconcile(ledger, as_of=day)
        assert caught.value.code == "bad-month"


# Advice.


def test_the_advice_of_messages_is_safe_to_follow() -> None:
    text = "编码,名称,类型,认定层级,区县\n0610202,甲镇,镇,省级,甲县\n,乙镇,镇,省级,甲县\n"
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster(pd.read_csv(io.StringIO(text)))
    advice = str(caught.value.problems[0].expected)
    assert "astype(str)" not in advice and "pl.Int64" not in advice
    for said, read in (("read_csv(…, dtype=str)", lambda: pd.read_csv(io.StringIO(text), dtype=str)), ("read_csv(…, infer_schema=False)", lambda: pl.read_csv(io.StringIO(text), infer_schema=False))):
        assert said in advice
        assert [row["id"] for row in POLICY.roster(read()).to_dicts()] == ["0610202", "甲县/乙镇"]
    assert '.astype("Int64")' in advice
    with pytest.raises(TypeError):
        pd.Series([1.5, None]).astype("Int64")
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster([{"名称": "甲镇", "类型": "镇", "认定层级": "省级", "编码": 610202100.0}])
    assert caught.value.problems[0].expected == 'write Decimal("610202100") or "610202100"'
    mixed = pd.DataFrame({"名称": ["甲镇", 5], "类型": "镇", "认定层级": "省级"})
    with pytest.raises(fl.FundlayersError, match="dtype=str") as caught:
        POLICY.roster(mixed)
    assert "astype(str)" not in str(caught.value)


# What rows and columns are called.


def test_filtered_frames_name_their_own_labels_and_columns() -> None:
    frame = pd.DataFrame({"编号": ["1", "2", "3"], "单位名称": ["甲镇", "乙镇", "丙镇"], "类型": "镇", "认定层级": ["省级", "市级", "县级"]})
    part = frame[frame["编号"] != "1"]
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster(part)
    (problem,) = caught.value.problems
    assert (problem.row, problem.label, problem.column, problem.title) == (2, "2", "designation", "认定层级")
    assert str(problem).startswith("row 2 (index 2), column `designation` (`认定层级`): ")
    assert pickle.loads(pickle.dumps(problem)) == problem
    for data in (part, pa.Table.from_pandas(part), part.set_axis(["x", "y"]), part.set_index(pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]))):
        with pytest.raises(fl.FundlayersError) as caught:
            POLICY.roster(data)
        assert "__index" not in str(caught.value)
    good = frame[frame["认定层级"] == "市级"]
    for data in (good, pa.Table.from_pandas(good)):
        assert POLICY.roster(data).warnings == () and POLICY.roster(data).places == 1


def test_a_named_index_is_a_column() -> None:
    frame = pd.DataFrame({"名称": ["甲镇", "乙镇"], "类型": "镇", "认定层级": "省级"}, index=pd.Index(["7", "8"], name="编码"))
    assert [row["id"] for row in POLICY.roster(frame).to_dicts()] == ["7", "8"]


def test_warnings_and_other_tables_name_them_too() -> None:
    frame = pd.DataFrame({"编号": ["1", "'2"], "名称": ["甲镇", "乙镇"], "类型": "镇", "认定层级": "省级", "区县": "甲县"}, index=[10, 17])
    (warning,) = POLICY.roster(frame).warnings
    assert (warning.row, warning.label, warning.column, warning.title) == (2, "17", "id", "编号")
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.roster(pl.from_pandas(frame).with_columns(认定层级=pl.lit("县级")))
    assert {(problem.label, problem.title) for problem in caught.value.problems if problem.severity == "error"} == {(None, "认定层级")}
    limits = pd.DataFrame({"安排层级": ["市级"], "安排主体": ["市级"], "年度": ["x"], "金额(万元)": ["1"]}, index=["a"])
    with pytest.raises(fl.FundlayersError) as caught:
        POLICY.allocate(years=2023).fund(limits, "proportional")
    assert (caught.value.problems[0].label, caught.value.problems[0].title) == ("a", "年度")


def test_several_ledgers_are_one_each_with_its_own_unit(tmp_path: Path) -> None:
    allocation = fl.Allocation("tongchuan-2023", years=2024)
    first, second = tmp_path / "city.csv", tmp_path / "county.csv"
    first.write_text("名称,年度,安排层级,到位金额(万元),文号\n黄堡镇,2024,市级,200,甲〔2024〕1号\n", encoding="utf-8")
    second.write_text("台账,,,,\n单位：元,,,,\n名称,年度,安排层级,到位金额,文号\n坡头镇,2024,市级,1000000,乙\n无此镇,2024,市级,5,丙\n", encoding="utf-8")
    both = allocation.reconcile([first, second])
    received = {row["name"]: row["received"] for row in both.to_dicts() if row["layer"] == "city"}
    assert (received["黄堡镇"], received["坡头镇"]) == (Decimal(200), Decimal(100))
    (left,) = both.unmatched().to_dicts()
    assert (left["ledger"], left["row"], left["name"]) == (str(second), 5, "无此镇")
    again = pickle.loads(pickle.dumps(both))
    assert again.to_dicts() == both.to_dicts()
    rows = [{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": 200}]
    given: list[Any] = [rows, second]
    assert allocation.reconcile(given).to_dicts() == both.to_dicts()


def test_workbooks_are_read_as_paths_and_bytes() -> None:
    sheets = Path(__file__).parents[3] / "tests" / "sheets"
    expected = None
    for name in ("roster-office.xlsx", "roster-office.xls", "roster-office.ods"):
        path = sheets / name
        for source in (path, path.read_bytes()):
            rows = fl.Allocation("tongchuan-2023", source, years=2024).totals(["county", "layer"]).to_dicts()
            assert len(rows) == 10
            expected = expected or rows
            assert rows == expected
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Roster("tongchuan-2023", sheets / "trap-not-calculated.xlsx")
    assert [(problem.code, problem.cell) for problem in caught.value.problems] == [("not-calculated", "Sheet!D2")]
