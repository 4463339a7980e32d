"""Data frames in and out: pandas, polars, pyarrow, DuckDB."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import fundlayers as fl

ROWS: list[dict[str, Any]] = [
    {"编码": "1", "名称": "黄堡镇", "类型": "镇", "认定层级": "市级", "区县": "王益区", "数量": 1, "起始年度": 2023},
    {"编码": "2", "名称": "义兴村", "类型": "村", "认定层级": "市级", "区县": "王益区", "数量": 2, "起始年度": 2024},
    {"编码": "3", "名称": "关庄镇", "类型": "镇", "认定层级": "省级", "区县": "耀州区", "数量": 1, "起始年度": 2025},
]
# 2023: 600; 2024: 600 + 2 × 120; 2025: that and 600.
EXPECTED = [Decimal(600), Decimal(840), Decimal(1440)]


def frames() -> dict[str, Any]:
    polars = pl.DataFrame(ROWS)
    words = ["类型", "认定层级", "区县"]
    pandas = pd.DataFrame(ROWS)
    arrow = pa.Table.from_pylist(ROWS)
    duck = duckdb.connect()
    duck.register("rows", arrow)
    return {
        "dicts": ROWS,
        "polars": polars,
        "polars, categorical": polars.with_columns(pl.col(words).cast(pl.Categorical)),
        "polars, enum and small numbers": polars.with_columns(
            pl.col("类型").cast(pl.Enum(["镇", "村"])), pl.col("数量").cast(pl.UInt8), pl.col("起始年度").cast(pl.Int16)
        ),
        "polars, decimals": polars.with_columns(pl.col("数量", "起始年度").cast(pl.Decimal(10, 2))),
        "polars, in parts": pl.concat([polars[:1], polars[1:]], rechunk=False),
        "polars, sliced": pl.concat([polars[1:], polars])[2:],
        "pandas": pandas,
        "pandas, categories": pandas.astype(dict.fromkeys(words, "category")),
        "pandas, arrow": pandas.convert_dtypes(dtype_backend="pyarrow"),
        "pyarrow": arrow,
        "pyarrow, a record batch": arrow.to_batches()[0],
        "pyarrow, a reader": arrow.to_reader(),
        "pyarrow, text for all": arrow.cast(pa.schema([(name, pa.string()) for name in arrow.column_names])),
        "pyarrow, large": arrow.cast(
            pa.schema([(f.name, pa.large_string() if f.type == pa.string() else pa.uint64()) for f in arrow.schema])
        ),
        "pyarrow, 256 bits": arrow.set_column(5, "数量", arrow["数量"].cast(pa.decimal256(40, 3))),
        "duckdb": duck.sql("select * from rows"),
    }


@pytest.mark.parametrize("name", frames())
def test_every_frame_is_the_same_roster(name: str) -> None:
    policy = fl.Policy("tongchuan-2023")
    allocation = policy.allocate(frames()[name])
    assert [row["amount"] for row in allocation.totals("year").to_dicts()] == EXPECTED
    assert allocation.roster.places == 4


def test_results_are_the_same_in_every_frame() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate(ROWS)
    for table in (allocation, allocation.table(wide=True), allocation.totals("county,layer"), allocation.explain("1")):
        rows = table.to_dicts()
        plain = [{key: str(value.normalize()) if isinstance(value, Decimal) else value for key, value in row.items()} for row in rows]

        def same(found: list[dict[str, Any]]) -> bool:
            def one(value: Any) -> Any:
                return str(Decimal(format(value.normalize(), "f")).normalize()) if isinstance(value, Decimal) else value

            return [{key: one(value) for key, value in row.items()} for row in found] == plain

        assert same(table.to_arrow().to_pylist())
        assert same(table.to_polars().to_dicts())
        assert same(table.to_pandas().to_dict("records"))
        relation = duckdb.connect().from_arrow(table.to_arrow())
        assert same([dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()])
        assert same(pa.RecordBatchReader.from_stream(table).read_all().to_pylist())
        assert same(pl.DataFrame(table).to_dicts())
        assert pa.schema(table) == table.to_arrow().schema


def test_columns_have_their_types_and_the_unit() -> None:
    table = fl.Policy("tongchuan-2023").allocate(ROWS)
    schema = table.to_arrow().schema
    words = pa.dictionary(pa.int32(), pa.string())
    for name in ("county", "township", "kind", "designation", "class", "layer", "payer", "unit"):
        assert schema.field(name).type == words, name
    for name in ("id", "name", "division_code"):
        assert schema.field(name).type == pa.string(), name
    assert schema.field("amount").type == pa.decimal128(19, 6)
    assert schema.field("amount").metadata[b"unit"].decode() == "万元" == schema.metadata[b"unit"].decode()
    assert schema.metadata[b"policy"] == b"tongchuan-2023" and schema.metadata[b"policy_status"] == b"draft"
    polars = table.to_polars()
    assert polars.schema["amount"] == pl.Decimal(19, 6) and polars.schema["county"] == pl.Categorical
    pandas = table.to_pandas()
    assert str(pandas["amount"].dtype) == "decimal128(19, 6)[pyarrow]" and pandas.attrs["unit"] == "万元"
    assert isinstance(pandas["county"].dtype, pd.CategoricalDtype)


# A third of n as a figure; who needs less than it can pays in.
FORMULA: dict[str, Any] = {
    "id": "e",
    "title": {"zh": "算例"},
    "years": [2024, 2024],
    "unit": "元",
    "attributes": {"need": {"type": "number"}, "capacity": {"type": "number"}},
    "figures": [{"id": "third", "unit": "分", "value": {"rate": "1/3", "of": "need"}}],
    "layers": [{"id": "balance", "payer": "county", "sign": "any"}],
    "classes": [{"id": "all", "funding": {"balance": {"difference": ["third", "capacity"]}}}],
}
# 100 ÷ 3 − 50 = −16.67; 30 ÷ 3 − 0 = 10.
NEEDS = [
    {"name": "甲", "county": "东县", "need": 100, "capacity": 50},
    {"name": "乙", "county": "西县", "need": 30, "capacity": 0},
]


def test_what_is_paid_in_is_below_zero_in_every_frame() -> None:
    allocation = fl.Allocation(FORMULA, NEEDS)
    expected = [Decimal("-16.67"), Decimal(10)]
    assert [row["amount"] for row in allocation.to_dicts()] == expected
    for table, column, total in ((allocation, "amount", "-6.67"), (allocation.table(wide=True), "balance", "-6.67")):
        assert table.to_arrow()[column].to_pylist() == expected
        assert table.to_arrow().schema.field(column).type == pa.decimal128(19, 2)
        assert table.to_polars()[column].to_list() == expected and table.to_polars()[column].sum() == Decimal(total)
        assert table.to_pandas()[column].to_list() == expected and table.to_pandas()[column].sum() == Decimal(total)
        arrow = table.to_arrow()
        assert duckdb.from_arrow(arrow).sum(column).fetchall() == [(Decimal(total),)]
    assert allocation.totals([]).to_dicts()[0]["amount"] == Decimal("-6.67")
    # The smallest amount there is.
    least = fl.Allocation(FORMULA, [{"name": "甲", "need": 0, "capacity": "92233720368547758.07"}])
    assert least.to_arrow()["amount"].to_pylist() == [Decimal("-92233720368547758.07")]


def test_figures_are_decimals_in_every_frame() -> None:
    allocation = fl.Allocation(FORMULA, NEEDS)
    expected = [Decimal("33.3333333333"), Decimal(10)]
    for table in (allocation.figures(), allocation.table(figures=True), allocation.table(figures=True, wide=True)):
        assert [row["third"] for row in table.to_dicts()] == expected
        arrow = table.to_arrow()
        assert pa.types.is_decimal(arrow.schema.field("third").type) and arrow["third"].to_pylist() == expected
        assert table.to_polars()["third"].to_list() == expected
        assert table.to_pandas()["third"].to_list() == expected
        assert pa.RecordBatchReader.from_stream(table).read_all() == arrow
    (total,) = allocation.figures([]).to_polars().to_dicts()
    assert (total["figure"], total["places"], total["sum"]) == ("third", 2, Decimal("43.3333333333"))
    assert (total["mean"], total["least"], total["greatest"]) == (Decimal("21.6666666667"), Decimal(10), Decimal("33.3333333333"))


def test_a_roster_leaves_as_a_frame_and_comes_back() -> None:
    document = {
        **fl.Policy("tongchuan-2023").to_dict(),
        "checks": [],
        "attributes": {"people": {"type": "number"}, "area": {"type": "number"}, "hilly": {"type": "flag"}, "soil": {"type": "text"}},
    }
    policy = fl.Policy(document)
    extra: list[dict[str, Any]] = [
        {"people": 5, "area": Decimal("1.25"), "hilly": True, "soil": "红"},
        {"people": None, "area": 7, "hilly": False, "soil": None},
        {"people": -3, "area": None, "hilly": None, "soil": "红"},
    ]
    roster = policy.roster([{**row, **more} for row, more in zip(ROWS, extra, strict=True)])
    rows = roster.to_dicts()
    assert [row["area"] for row in rows] == [Decimal("1.25"), Decimal(7), None] and rows[1]["people"] is None
    for frame in (roster.to_polars(), roster.to_pandas(), roster.to_arrow(), roster, roster.to_dicts()):
        assert policy.roster(frame).to_dicts() == rows
    assert fl.Roster.from_csv(policy, roster.to_csv()).to_dicts() == rows


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"name": ["a", "b"], "kind": "镇", "designation": "市级", "count": [None, 2.5]}),
        pd.DataFrame({"name": ["a", "b"], "kind": "镇", "designation": "市级", "count": [None, 2.5]}),
    ],
)
def test_floats_are_refused_and_the_first_is_shown(frame: Any) -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Roster("tongchuan-2023", frame)
    (problem,) = caught.value.problems
    assert (problem.code, problem.row, problem.column, problem.found) == ("binary-float", 2, "count", "2.5")
    assert "dtype=str" in str(problem.expected) and "infer_schema=False" in str(problem.expected)


def test_a_column_of_nothing_but_nan_is_blank() -> None:
    frame = pd.DataFrame({"name": ["a"], "kind": "镇", "designation": "市级", "count": [float("nan")]})
    assert fl.Roster("tongchuan-2023", frame).places == 1


def test_a_column_that_is_not_read_may_hold_anything() -> None:
    frame = pl.DataFrame({"name": ["a"], "kind": "镇", "designation": "市级", "share": [0.5], "tags": [["x"]]})
    roster = fl.Roster("tongchuan-2023", frame)
    assert [warning.code for warning in roster.warnings] == ["unknown-column", "unknown-column"]


def test_columns_of_other_types_are_refused() -> None:
    frame = pl.DataFrame({"name": [["a"]], "kind": "镇", "designation": "市级"})
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Roster("tongchuan-2023", frame)
    assert [problem.code for problem in caught.value.problems] == ["wrong-type"]


def test_an_empty_frame_is_an_empty_roster() -> None:
    frame = pl.DataFrame(schema={"name": pl.String, "kind": pl.String, "designation": pl.String})
    allocation = fl.Policy("tongchuan-2023").allocate(frame)
    assert len(allocation) == 0 and allocation.to_polars().shape == (0, 14)
    assert allocation.to_arrow().schema.field("amount").type == pa.decimal128(19, 6)


def test_a_requested_schema_is_met_where_arrow_can() -> None:
    table = fl.Policy("tongchuan-2023").allocate(ROWS).totals("county")
    wanted = pa.schema([("county", pa.string()), ("count", pa.int32()), ("amount", pa.decimal128(38, 6)), ("unit", pa.string())])
    assert pa.RecordBatchReader.from_stream(table, schema=wanted).schema.types == wanted.types


def test_limits_and_scenarios_come_from_frames_too() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate(years=2023)
    rows: dict[str, list[Any]] = {"安排层级": ["市级"], "安排主体": ["市级"], "年度": [2023], "金额(万元)": [1020]}
    for frame in (pl.DataFrame(rows), pd.DataFrame(rows), pa.table(rows), [{key: value[0] for key, value in rows.items()}]):
        totals = allocation.fund(frame, "proportional").totals("layer").to_dicts()
        assert [str(row["coverage"]) for row in totals] == ["100.00", "50.00", "100.00"]
    asked = pl.DataFrame({"scenario": ["现行", "650"], "path": ["", "classes.municipal-town.standard"], "value": ["", "650"]})
    found = fl.scenarios("tongchuan-2023", asked, [], years=2023).to_dicts()
    assert [row["difference"] for row in found] == [0, 100]


def test_a_polars_column_without_a_type_is_blank() -> None:
    rows = [{"名称": "黄堡镇", "类型": "镇", "认定层级": "市级", "乡镇": None, "备注": None}]
    frame = pl.DataFrame(rows)
    assert frame.schema["乡镇"] == pl.Null
    policy = fl.Policy("tongchuan-2023")
    assert policy.roster(frame).to_csv() == policy.roster(rows).to_csv()


def test_frames_that_cannot_be_handed_out_are_errors_with_a_code() -> None:
    policy = fl.Policy("tongchuan-2023")
    mixed = pd.DataFrame({"name": ["甲", "乙"], "count": pd.Series([1, "3"], dtype=object)})
    with pytest.raises(fl.FundlayersError, match="dtype=str") as caught:
        policy.roster(mixed)
    assert caught.value.code == "cannot-read"
    with pytest.raises(TypeError, match="collect"):
        policy.roster(pl.LazyFrame({"name": ["甲"]}))  # type: ignore[arg-type]


def test_a_result_in_json_is_read_as_the_rows_it_has() -> None:
    policy = fl.Policy("tongchuan-2023")
    roster = policy.roster()
    assert fl.Roster.from_json(policy, roster.to_json()).to_csv() == roster.to_csv()


def test_a_file_for_excel_begins_with_its_mark(tmp_path: Path) -> None:
    table = fl.Policy("tongchuan-2023").allocate().totals("county")
    table.to_csv(tmp_path / "a.csv", excel=True)
    assert (tmp_path / "a.csv").read_bytes() == "\ufeff".encode() + table.to_csv().encode()
