"""Rosters in parts: the same to the byte as at once, whatever the parts."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import urllib.parse
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import fundlayers as fl
import polars
import pyarrow
import pyarrow.dataset
import pyarrow.parquet
import pytest
from aid import BY, aid_policy, figured_policy, pooled_policy

ROWS = 1_000
POLICY = aid_policy(villages=499)


def people(rows: int = ROWS) -> pyarrow.Table:
    """Chinese titles, ids in no order, a column that is not read."""
    ids = list(range(rows))
    random.Random(7).shuffle(ids)
    return pyarrow.table(
        {
            "编码": [f"{number:08}" for number in ids],
            "名称": [f"第{number}户" for number in ids],
            "区县": [f"县{number * 7 % 23}" for number in ids],
            "类型": ["镇" if number % 2 else "村" for number in ids],
            "起始年度": pyarrow.array([2025 if number % 10 == 3 else None for number in ids], pyarrow.int64()),
            "学生数": pyarrow.array([Decimal(number) / 4 for number in ids], pyarrow.decimal128(12, 2)),
            "备用": [0.5] * rows,
        }
    )


def files(folder: Path, table: pyarrow.Table, parts: int) -> list[str]:
    cuts = [table.num_rows * part // parts for part in range(parts + 1)]
    paths = []
    for part, (start, end) in enumerate(zip(cuts, cuts[1:], strict=False)):
        path = folder / f"part-{part:03}.parquet"
        pyarrow.parquet.write_table(table.slice(start, end - start), path, row_group_size=97)
        paths.append(str(path))
    return paths


@pytest.mark.parametrize("parts", [1, 2, 7, 40])
def test_totals_are_those_of_one_machine_to_the_byte(tmp_path: Path, parts: int) -> None:
    paths = files(tmp_path, people(), parts)
    random.Random(parts).shuffle(paths)
    whole = pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])
    expected = POLICY.allocate(whole)
    for threads in (1, 3):
        scan = fl.scan(POLICY, paths, threads=threads)
        for by in (BY, "payer", [], "class,year"):
            found = scan.totals(by)
            assert found.to_csv() == expected.totals(by).to_csv()
            assert found.to_markdown(lang="zh") == expected.totals(by).to_markdown(lang="zh")
        assert scan.totals(BY, zeros=True, unit="万元").to_csv() == expected.totals(BY, zeros=True, unit="万元").to_csv()
    codes = sorted(warning.code for warning in scan.totals(BY).warnings)
    assert codes == sorted(warning.code for warning in expected.totals(BY).warnings) == ["expected-count", "unknown-column"]


def test_whatever_gives_batches_is_read(tmp_path: Path) -> None:
    places = people()
    files(tmp_path, places, 4)
    expected = POLICY.allocate(places).totals(BY).to_csv()
    frame: Any = polars.from_arrow(places)
    sources = [
        str(tmp_path),
        tmp_path,
        str(tmp_path / "*.parquet"),
        [tmp_path / "part-000.parquet", str(tmp_path / "part-00[123].parquet")],
        pyarrow.dataset.dataset(tmp_path, format="parquet"),
        places,
        places.to_reader(max_chunksize=123),
        frame,
        frame.lazy(),
        duckdb.connect().sql("select * from places"),
    ]
    for source in sources:
        assert fl.scan(POLICY, source).totals(BY).to_csv() == expected, type(source)


def test_folders_say_what_is_the_same_in_all_rows_of_a_file(tmp_path: Path) -> None:
    """As Spark and as pyarrow name them. What they say is read as a cell is: 007 with its zeros, nothing as a blank."""
    said: list[dict[str, str | None]] = [
        {"区县": "王益区", "乡镇": "007", "count": "3", "from": "2024"},
        {"区县": "宜君县", "乡镇": "尧生/彭镇", "count": "1", "from": "2023"},
        {"区县": None, "乡镇": "007", "count": "2", "from": "2025"},
    ]
    rows = [
        {"编码": str(number), "名称": f"第{number}户", "kind": "village", "designation": "provincial", **said[number % 3]}
        for number in range(30)
    ]
    policy = fl.Policy("tongchuan-2023")
    by = ["county", "township", "year", "layer"]

    def lines(totals: Any) -> list[str]:
        """Counties come in the order in which rows have them, which is that of the files."""
        return sorted(totals.to_csv().splitlines())

    expected = lines(policy.allocate(rows, fill_down=False).totals(by))
    assert "王益区,007,2024,central_provincial,30,3000,万元" in expected
    table = pyarrow.Table.from_pylist(rows)
    for name, quoted in (("一", lambda text: text.replace("/", "%2F")), ("二", lambda text: urllib.parse.quote(text, safe=""))):
        for folder in said:
            place = tmp_path / name
            mask = [row["from"] == folder["from"] for row in rows]
            for title, cell in folder.items():
                place /= f"{quoted(title)}={'__HIVE_DEFAULT_PARTITION__' if cell is None else quoted(cell)}"
            place.mkdir(parents=True)
            pyarrow.parquet.write_table(table.filter(mask).drop_columns(list(folder)), place / "1.parquet")
        whole = pyarrow.dataset.dataset(tmp_path / name, format="parquet")
        # A dataset may say itself what its folders are.
        hive = pyarrow.dataset.partitioning(pyarrow.schema([(title, "string") for title in said[0]]), flavor="hive")
        sources = [tmp_path / name, str(tmp_path / name / "**/*.parquet"), whole]
        sources.append(pyarrow.dataset.dataset(tmp_path / name, format="parquet", partitioning=hive))
        for source in sources:
            assert lines(fl.scan(policy, source).totals(by)) == expected, (name, source)
    # A column that the file has itself stays.
    own = tmp_path / "own" / "区县=新区"
    own.mkdir(parents=True)
    pyarrow.parquet.write_table(table.slice(0, 1), own / "1.parquet")
    assert {row["county"] for row in fl.scan(policy, own).totals("county").to_dicts()} == {"王益区"}


def test_what_has_no_rows_has_a_header(tmp_path: Path) -> None:
    right = people(0)
    wrong = right.rename_columns([title.replace("名称", "名称栏") for title in right.column_names])
    for number, table in enumerate([wrong, right]):
        file = tmp_path / f"{number}.parquet"
        pyarrow.parquet.write_table(table, file)
        frame: Any = polars.from_arrow(table)
        sources: list[Any] = [file, table, table.to_reader(), pyarrow.dataset.dataset([table]), frame, frame.lazy()]
        for source in sources:
            if table is right:
                assert pyarrow.table(fl.scan(POLICY, source).totals(BY)).num_rows == 0
                continue
            with pytest.raises(fl.FundlayersError, match="missing-column"):
                fl.scan(POLICY, source).totals(BY)
    for source in (tmp_path / "0.parquet", pyarrow.dataset.dataset(tmp_path / "0.parquet")):
        with pytest.raises(fl.FundlayersError) as raised:
            fl.scan(POLICY, source).totals(BY)
        files = {str(problem.file) for problem in raised.value.problems}
        assert [Path(file).name for file in files] == ["0.parquet"]


def test_a_line_of_totals_is_none_wherever_its_word_stands(tmp_path: Path) -> None:
    places = people(20)
    total = places.slice(0, 1).set_column(1, "名称", [["全县"]])
    words = pyarrow.array([None] * 20 + ["合计"])
    rows = pyarrow.concat_tables([places, total]).add_column(0, "备注", words)
    expected = POLICY.allocate(places).totals(BY).to_csv()
    file = tmp_path / "rows.parquet"
    pyarrow.parquet.write_table(rows, file)
    frame: Any = polars.from_arrow(rows)
    for source in (rows, file, pyarrow.dataset.dataset([rows]), frame.lazy()):
        assert fl.scan(POLICY, source).totals(BY).to_csv() == expected, type(source)


def test_a_column_of_no_type_is_blank() -> None:
    places = people(20).set_column(6, "备注", pyarrow.nulls(20))
    expected = POLICY.allocate(people(20)).totals(BY).to_csv()
    frame: Any = polars.from_arrow(places)
    for source in (places, frame, frame.lazy()):
        assert fl.scan(POLICY, source).totals(BY).to_csv() == expected, type(source)


def test_a_stream_is_read_once() -> None:
    scan = fl.scan(POLICY, people().to_reader())
    assert len(scan.totals(BY)) > 0
    with pytest.raises(TypeError, match="can be read once"):
        scan.totals(BY)
    again = fl.scan(POLICY, people())
    assert again.totals(BY).to_csv() == again.totals(BY).to_csv()


def test_rows_are_written_part_by_part(tmp_path: Path) -> None:
    table = people()
    source = tmp_path / "in"
    source.mkdir()
    files(source, table, 5)
    out = tmp_path / "out.parquet"
    allocation = POLICY.allocate(table)
    totals = fl.scan(POLICY, source).to_parquet(out, BY)
    assert totals.to_csv() == allocation.totals(BY).to_csv()
    written = pyarrow.parquet.read_table(out)
    assert written.to_pylist() == allocation.to_arrow().to_pylist()
    assert written.schema.field("amount").type == pyarrow.decimal128(19, 2)
    fl.scan(POLICY, source).to_parquet(out, wide=True, zeros=True, unit="万元")
    assert pyarrow.parquet.read_table(out).to_pylist() == allocation.table(wide=True, zeros=True, unit="万元").to_arrow().to_pylist()
    fl.scan(POLICY, source).to_parquet(out, columns=["amount", "id"])
    assert pyarrow.parquet.read_table(out).to_pylist() == allocation.to_arrow().select(["amount", "id"]).to_pylist()
    with pytest.raises(fl.FundlayersError, match="one of `id`"):
        fl.scan(POLICY, source).to_parquet(out, columns="amounts")
    fl.scan(POLICY, table.slice(0, 0)).to_parquet(out)
    assert pyarrow.parquet.read_table(out).column_names == list(allocation.columns)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.parquet"]


def test_a_bad_row_is_located_by_file_and_row_and_nothing_is_written(tmp_path: Path) -> None:
    table = people(40)
    kinds = table["类型"].to_pylist()
    kinds[25] = "乡"
    files(tmp_path, table.set_column(3, "类型", [kinds]), 4)
    out = tmp_path / "out.pq"
    for writes in (False, True):
        scan = fl.scan(POLICY, str(tmp_path / "part-*.parquet"))
        with pytest.raises(fl.FundlayersError) as caught:
            _ = scan.to_parquet(out) if writes else scan.totals()
        [problem] = [problem for problem in caught.value.problems if problem.severity == "error"]
        assert (problem.code, problem.row, problem.column) == ("unknown-kind", 6, "kind")
        assert Path(problem.file or "").name == "part-002.parquet"
    assert not list(tmp_path.glob("out*"))


def test_files_on_storage_are_found_by_address_folder_and_pattern(tmp_path: Path) -> None:
    """As on this machine; here the storage is this machine's, by its address."""
    folder = tmp_path / "名单 1" / "区县=新区"
    folder.mkdir(parents=True)
    files(folder, people().drop_columns(["区县"]), 3)
    (folder / "_on_its_way.parquet").write_bytes(b"")
    (folder / "read me.txt").write_bytes(b"")
    expected = fl.scan(POLICY, tmp_path / "名单 1").totals(BY).to_csv()
    address = f"file://{tmp_path}/名单 1"
    for source in (address, f"{address}/*/*.parquet", f"file://{tmp_path}/**/part-*.parquet", f"file://{tmp_path}/**/区县=*/*.parquet"):
        assert fl.scan(POLICY, source).totals(BY).to_csv() == expected, source
    one = f"{address}/区县=新区/part-001.parquet"
    assert fl.scan(POLICY, one).totals(BY).to_csv() == fl.scan(POLICY, folder / "part-001.parquet").totals(BY).to_csv()
    for missing in (f"{address}/none.parquet", f"{address}/none*.parquet", f"file://{tmp_path}/none/*.parquet"):
        with pytest.raises(FileNotFoundError) as raised:
            fl.scan(POLICY, missing).totals()
        assert str(tmp_path) in str(raised.value.filename)
    with pytest.raises(fl.FundlayersError) as caught:
        fl.scan(POLICY, "nowhere://bucket/rows.parquet")
    assert [problem.code for problem in caught.value.problems] == ["cannot-read"]
    # What is written stands there once it is whole, and takes the place of what was there.
    rows = fl.scan(POLICY, address)
    (tmp_path / "out").mkdir()
    for _ in range(2):
        rows.to_parquet(f"file://{tmp_path}/out/rows.parquet")
    rows.to_parquet(tmp_path / "here.parquet")
    written, here = (pyarrow.parquet.read_table(path) for path in (tmp_path / "out/rows.parquet", tmp_path / "here.parquet"))
    assert written == here
    with pytest.raises(fl.FundlayersError):
        fl.scan(POLICY, people().set_column(3, "类型", [["市"] * people().num_rows])).to_parquet(f"file://{tmp_path}/out/bad.parquet")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["rows.parquet"]


def test_a_broken_file_is_said_by_its_name(tmp_path: Path) -> None:
    paths = [Path(path) for path in files(tmp_path, people(4_000), 4)]
    whole = paths[2].read_bytes()
    # Short of its end, its beginning or all, and with its pages written over.
    middle = len(whole) // 3
    for broken in (whole[:-9], whole[100:], b"", b"PAR1", whole[:4] + bytes(middle) + whole[4 + middle :]):
        paths[2].write_bytes(broken)
        for source in (tmp_path, paths):
            for progress in (False, lambda rows, total: None):
                with pytest.raises(fl.FundlayersError) as caught:
                    fl.scan(POLICY, source, progress=progress).totals()
                [problem] = caught.value.problems
                assert (problem.code, problem.file) == ("cannot-read", str(paths[2]))
                assert problem.in_language("en").expected == "a whole Parquet file"
                assert problem.in_language("zh").expected == "请使用完整的 Parquet 文件"
        with pytest.raises(fl.FundlayersError, match="part-002"):
            fl.scan(POLICY, source).to_parquet(tmp_path / "out.pq")
        assert not list(tmp_path.glob("out*"))
    paths[2].unlink()
    with pytest.raises(FileNotFoundError) as missing:
        fl.scan(POLICY, paths).totals()
    assert missing.value.filename == str(paths[2])


def test_what_is_on_its_way_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    files(tmp_path, people(), 2)
    for folder in ("_temporary", ".cache"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.parquet").touch()
    (tmp_path / "_1.parquet").touch()
    (tmp_path / "the rest").mkdir()
    (tmp_path / "part-001.parquet").rename(tmp_path / "the rest" / "1.PARQUET")
    assert fl.scan(POLICY, tmp_path).totals(BY).to_csv() == fl.scan(POLICY, people()).totals(BY).to_csv()


def test_a_folder_takes_its_name_once_all_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fundlayers import _scan

    def write(folder: _scan.Folder, number: int) -> str:
        name, rows = folder.rows(number, {"k": "v"})
        rows.write(pyarrow.record_batch({"n": [number]}))
        rows.finish()
        return name

    for renaming in (_scan._RENAMING, ()):
        monkeypatch.setattr(_scan, "_RENAMING", renaming)
        out = tmp_path / "out"
        folder = _scan.Folder(str(out))
        folder.begin()
        # A task that ran twice; only one of its files counts.
        names = [write(folder, number) for number in (0, 1, 1)][:2]
        assert not out.exists()
        folder.finish(names)
        assert sorted(path.name for path in out.iterdir()) == ["_SUCCESS", *names]
        assert pyarrow.parquet.read_schema(out / names[1]).metadata[b"k"] == b"v"
        # What says that it is done may be lost, and it is said again.
        folder.finish(names)
        other = _scan.Folder(str(out))
        with pytest.raises(FileExistsError):
            other.begin()
        folder = _scan.Folder(str(tmp_path / "never"))
        folder.begin()
        name, rows = folder.rows(0, {})
        rows.write(pyarrow.record_batch({"n": [1]}))
        rows.give_up()
        folder.give_up()
        folder.give_up()
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        for path in out.iterdir():
            path.unlink()
        out.rmdir()


def test_an_id_in_two_parts_is_an_error(tmp_path: Path) -> None:
    table = people(40)
    ids = table["编码"].to_pylist()
    ids[31] = ids[4]
    files(tmp_path, table.set_column(0, "编码", [ids]), 4)
    with pytest.raises(fl.FundlayersError) as caught:
        fl.scan(POLICY, tmp_path).totals()
    [problem] = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert (problem.code, problem.found) == ("id-in-two-parts", ids[4])
    assert "part-000.parquet" in problem.message and "part-003.parquet" in problem.message


@pytest.mark.parametrize("parts", [1, 7])
def test_what_rests_on_all_places_is_settled_in_passes_to_the_byte(tmp_path: Path, parts: int) -> None:
    policy = pooled_policy()
    paths = files(tmp_path, people(), parts)
    whole = policy.allocate(pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths]))
    for source in (tmp_path, paths, pyarrow.dataset.dataset(tmp_path), people()):
        totals = fl.scan(policy, source, threads=2).totals(BY)
        assert totals.to_csv() == whole.totals(BY).to_csv()
        assert {one.code for one in totals.warnings} == {one.code for one in whole.warnings}
    told: list[tuple[int, int | None]] = []
    scan = fl.scan(policy, paths, progress=lambda rows, total: told.append((rows, total)), max_passes=12)
    scan.to_parquet(tmp_path / "out.pq")
    assert pyarrow.parquet.read_table(tmp_path / "out.pq").to_pylist() == pyarrow.table(whole).to_pylist()
    # Each pass counts the rows anew.
    assert {total for _, total in told} == {ROWS} and max(rows for rows, _ in told) == ROWS
    assert [rows for rows, _ in told].count(ROWS) >= 3


def ledger(rows: int = ROWS) -> pyarrow.Table:
    """By id, by name, or by both, with some rows that match nothing."""
    numbers = [number * 7 for number in range(rows // 6 + 5)]
    return pyarrow.table(
        {
            "编码": [f"{number:08}" if number % 2 else "" for number in numbers],
            "名称": [f"第{number}户" for number in numbers],
            "年度": [2024 + number % 3 for number in numbers],
            "安排层级": ["city" if number % 5 else "county" for number in numbers],
            "下达金额(元)": [Decimal(number) / 2 for number in numbers],
            "到位金额(元)": [Decimal(number % 50) for number in numbers],
            "到位时间": [f"2024-{number % 12 + 1:02}" for number in numbers],
        }
    )


@pytest.mark.parametrize("parts", [1, 2, 7, 40])
def test_a_ledger_is_set_beside_all_parts_to_the_byte(tmp_path: Path, parts: int) -> None:
    paths = files(tmp_path, people(), parts)
    random.Random(parts).shuffle(paths)
    whole = pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])
    for policy in (POLICY, pooled_policy()):
        for as_of in (None, "2024-06") if parts < 40 else (None,):
            expected = policy.allocate(whole).reconcile(ledger(), as_of=as_of)
            for by in (BY, "payer", [], "class,year"):
                found = fl.scan(policy, paths).reconcile(ledger(), by, as_of=as_of)
                totals = expected.totals(by)
                assert found.to_csv() == totals.to_csv()
                assert found.to_markdown(lang="zh") == totals.to_markdown(lang="zh")
                assert found.unmatched().to_csv() == expected.unmatched().to_csv()
            assert len(found.unmatched()) > 0
            codes = [warning.code for warning in found.warnings if warning.code != "expected-count"]
            assert codes == [warning.code for warning in expected.warnings if warning.code != "expected-count"]
            zeros = fl.scan(policy, paths).reconcile(ledger(), BY, zeros=True, unit="万元", as_of=as_of)
            assert zeros.to_csv() == expected.totals(BY, zeros=True, unit="万元").to_csv()


@pytest.mark.parametrize("parts", [1, 7])
def test_top_ups_count_what_arrived_in_a_second_reading(tmp_path: Path, parts: int) -> None:
    paths = files(tmp_path, people(), parts)
    whole = pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])
    policy = POLICY.with_changes({"classes.v.standard": 500, "classes.v.funding.county": {"top_up_to": "standard"}})
    allocation = policy.allocate(whole)
    for asked in ({}, {"top_up_years": 2024}, {"top_up_years": [2025], "as_of": "2024-06"}):
        expected = allocation.reconcile(ledger(), top_up="received", **asked)
        found = fl.scan(policy, paths).reconcile(ledger(), BY, top_up="received", **asked)
        assert found.to_csv() == expected.totals(BY).to_csv()
        assert found.unmatched().to_csv() == expected.unmatched().to_csv()
        assert [warning.code for warning in found.warnings] == [warning.code for warning in expected.warnings]
    assert found.to_csv() != fl.scan(policy, paths).reconcile(ledger(), BY).to_csv()
    with pytest.raises(TypeError, match="top_up_years needs"):
        fl.scan(policy, paths).reconcile(ledger(), top_up_years=2024)
    with pytest.raises(TypeError, match="can be read once"):
        fl.scan(policy, people().to_reader()).reconcile(ledger(), top_up="received")


@pytest.mark.parametrize("parts", [1, 7])
def test_rows_beside_a_ledger_and_within_limits_are_written_part_by_part(tmp_path: Path, parts: int) -> None:
    source = tmp_path / "in"
    source.mkdir()
    paths = files(source, people(), parts)
    whole = pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])
    out = tmp_path / "out.pq"
    topped_up = POLICY.with_changes({"classes.v.standard": 500, "classes.v.funding.county": {"top_up_to": "standard"}})
    asked: list[dict[str, Any]] = [{}, {"top_up": "received", "top_up_years": 2024}, {"as_of": "2024-06"}]
    for policy, how in [(topped_up, how) for how in asked] + [(pooled_policy(), asked[0])]:
        allocation = policy.allocate(whole)
        expected = allocation.reconcile(ledger(), **how)
        found = fl.scan(policy, source, threads=2).reconcile(ledger(), BY, to_parquet=out, **how)
        assert found.to_csv() == expected.totals(BY).to_csv()
        written = pyarrow.parquet.read_table(out)
        assert written.to_pylist() == expected.to_arrow().to_pylist()
        assert written.schema.field("gap").type == pyarrow.decimal128(19, 2)
        columns = ["gap", "id"]
        fl.scan(policy, paths).reconcile(ledger(), to_parquet=out, columns=columns, zeros=True, unit="万元", **how)
        all_rows = expected.table(zeros=True, unit="万元").to_arrow().select(columns)
        assert pyarrow.parquet.read_table(out).to_pylist() == all_rows.to_pylist()
        limits = [{"layer": "city", "payer": "city", "year": year, "amount": 3456 + year, "unit": "元"} for year in (2024, 2025)]
        for rule in ("talmud", "proportional"):
            met = allocation.fund(limits, rule)
            funded = fl.scan(policy, source, threads=2).fund(limits, rule, to_parquet=out)
            assert funded.to_csv() == met.totals().to_csv()
            assert pyarrow.parquet.read_table(out).to_pylist() == met.to_arrow().to_pylist()
        fl.scan(policy, paths).fund(limits, rule, to_parquet=out, columns="funded,id", zeros=True, unit="万元")
        all_rows = met.table(zeros=True, unit="万元").to_arrow().select(["funded", "id"])
        assert pyarrow.parquet.read_table(out).to_pylist() == all_rows.to_pylist()
    # Of no rows the columns.
    calls: list[tuple[str, list[Any]]] = [("fund", [limits, "talmud"]), ("reconcile", [ledger()])]
    for method, arguments in calls:
        getattr(fl.scan(POLICY, whole.slice(0, 0)), method)(*arguments, to_parquet=out)
        assert pyarrow.parquet.read_table(out).num_rows == 0
        assert pyarrow.parquet.read_table(out).column_names[:2] == ["id", "division_code"]
        out.unlink()
        # What is wrong leaves nothing, and a stream is read once.
        kinds = pyarrow.array(["市" if row == 5 else "村" for row in range(whole.num_rows)])
        with pytest.raises(fl.FundlayersError, match="市"):
            getattr(fl.scan(POLICY, whole.set_column(3, "类型", kinds)), method)(*arguments, to_parquet=out)
        with pytest.raises(TypeError, match="can be read once"):
            getattr(fl.scan(POLICY, whole.to_reader()), method)(*arguments, to_parquet=out)
        assert [path.name for path in tmp_path.iterdir()] == ["in"]
    with pytest.raises(fl.FundlayersError, match="one of `id`"):
        fl.scan(POLICY, whole).fund(limits, "talmud", to_parquet=out, columns="amount")
    with pytest.raises(fl.FundlayersError, match="one of `id`"):
        fl.scan(POLICY, whole).reconcile(ledger(), to_parquet=out, columns="amount")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_ledger_is_read_as_everywhere_and_the_rows_once() -> None:
    once = fl.scan(POLICY, people().to_reader())
    bad = [{"名称": "第7户", "年度": 2024, "安排层级": "city", "到位金额": 2}]
    with pytest.raises(fl.FundlayersError) as raised:
        once.reconcile(bad)
    assert [problem.code for problem in raised.value.problems] == ["missing-column"]
    wide = [{"名称": "第7户", "年度": 2024, "安排层级": "city", "到位金额(元)": 2}, {"名称": "第8户", "年度": 2024, "安排层级": "x", "到位金额(元)": 2}]
    found = once.reconcile([pyarrow.Table.from_pylist(wide), wide[:1]], "layer")
    assert [(row["received"], row["layer"]) for row in found.to_dicts()] == [(Decimal(4), "city"), (Decimal(0), "county")]
    assert [row["reason"] for row in found.unmatched().to_dicts()] == ["unknown-layer"]
    with pytest.raises(TypeError, match="can be read once"):
        once.reconcile(wide)


@pytest.mark.parametrize("parts", [1, 7])
def test_parts_beside_a_ledger_computed_anywhere_come_to_the_same(parts: int) -> None:
    places = people()
    expected = POLICY.allocate(places).reconcile(ledger())
    cuts = [ROWS * part // parts for part in range(parts + 1)]
    naming = fl.named_places(ledger())
    summaries = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        part = fl.scan(POLICY, places.slice(start, end - start))
        summaries.append(part.summary(BY, first_row=start, naming=naming))
    random.Random(parts).shuffle(summaries)
    found = fl.reconcile_summaries(POLICY, summaries, ledger(), BY)
    assert found.to_csv() == expected.totals(BY).to_csv()
    assert found.unmatched().to_csv() == expected.unmatched().to_csv()
    with pytest.raises(fl.FundlayersError) as raised:
        fl.merge_summaries(POLICY, summaries, BY)
    assert raised.value.code == "unlike-summaries"
    with pytest.raises(fl.FundlayersError) as raised:
        fl.reconcile_summaries(POLICY, summaries, ledger(6), BY)
    assert raised.value.code == "unlike-summaries"


@pytest.mark.parametrize("parts", [1, 2, 7, 40])
def test_limits_leave_in_parts_what_they_leave_of_the_whole(tmp_path: Path, parts: int) -> None:
    paths = files(tmp_path, people(), parts)
    random.Random(parts).shuffle(paths)
    whole = pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])
    limits = [
        {"layer": "city", "payer": "city", "year": 2024, "amount": Decimal("12345.67"), "unit": "元"},
        {"layer": "city", "payer": "city", "year": 2025, "amount": Decimal("1000000"), "unit": "元"},
        {"layer": "county", "payer": "县3", "year": 2024, "amount": Decimal("40.01"), "unit": "元"},
        {"layer": "county", "payer": "县5", "year": 2025, "amount": Decimal("7"), "unit": "元"},
        {"layer": "county", "payer": "县99", "year": 2025, "amount": Decimal("7"), "unit": "元"},
    ]
    for policy in (POLICY, pooled_policy()):
        expected = policy.allocate(whole)
        scan = fl.scan(policy, paths)
        rules = ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud"] if parts < 40 else ["talmud"]
        for rule, order in [*[(rule, None) for rule in rules], ("priority", "v")]:
            funding = expected.fund(limits, rule, order=order)
            # Groups are cut after the rule, whichever it is.
            for by in (None, BY, [], "id,layer,year") if rule == "talmud" and parts < 40 else (None, "id,layer,year"):
                found = scan.fund(limits, rule, by, order=order)
                assert found.to_csv() == funding.totals(by).to_csv()
                assert found.to_markdown(lang="zh") == funding.totals(by).to_markdown(lang="zh")
            assert (found.rule, found.notes(lang="en")) == (rule, funding.notes(lang="en"))
            codes = [warning.code for warning in found.warnings]
            assert codes.count("unclaimed-limit") == [warning.code for warning in funding.warnings].count("unclaimed-limit") > 0
    with pytest.raises(fl.FundlayersError, match="more than 2 passes"):
        fl.scan(POLICY, paths, max_passes=2).fund(limits, "proportional")
    with pytest.raises(fl.FundlayersError) as raised:
        scan.fund(limits, "priority", order="nobody")
    assert raised.value.code == "unknown-class"
    with pytest.raises(TypeError, match="can be read once"):
        fl.scan(POLICY, people().to_reader()).fund(limits, "proportional")


@pytest.mark.parametrize("parts", [1, 7])
def test_figures_are_those_of_the_whole_to_the_byte(tmp_path: Path, parts: int) -> None:
    policy, paths = figured_policy(), files(tmp_path, people(), parts)
    whole = policy.allocate(pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths]))
    parts_of = fl.scan(policy, paths)
    # 3 and 9 times the tiny figure need a sum that is known exactly.
    for by in (["county", "kind", "year"], "id", []):
        found, expected = parts_of.figures(by), whole.figures(by)
        assert found.to_csv() == expected.to_csv()
        assert found.to_markdown(lang="zh") == expected.to_markdown(lang="zh")
        told, of_whole = (
            [(warning.code, warning.key, warning.in_language("zh").message) for warning in table.warnings]
            for table in (found, expected)
        )
        assert told == of_whole
        assert told[-1][:2] == ("blank-figure", "figures.ratio")
    made = parts_of.to_parquet(tmp_path / "all", "kind", figures=True)
    assert made.to_csv() == whole.totals("kind").to_csv()
    assert pyarrow.parquet.read_table(tmp_path / "all").to_pylist() == whole.table(figures=True).to_arrow().to_pylist()
    for by in ("layer", "payer"):
        with pytest.raises(fl.FundlayersError, match="unknown-grouping"):
            fl.scan(policy, paths).figures(by)
    with pytest.raises(fl.FundlayersError) as caught:
        fl.scan(policy, people().to_reader()).figures("kind")
    assert {(problem.code, problem.key) for problem in caught.value.problems} == {
        ("needs-whole-roster", "figures.share"),
        ("needs-whole-roster", "figures.above"),
    }


def test_rows_that_are_read_once_cannot_be_settled() -> None:
    policy = pooled_policy()
    with pytest.raises(fl.FundlayersError) as caught:
        fl.scan(policy, people().to_reader())
    assert [(problem.code, problem.key) for problem in caught.value.problems] == [
        ("needs-whole-roster", "pools.grant"),
        ("needs-whole-roster", "classes.t.funding.county"),
    ]
    assert "read again" in str(caught.value)
    with pytest.raises(fl.FundlayersError, match="more than 2 passes"):
        fl.scan(policy, people(), max_passes=2).totals()


ASKED: dict[str, Any] = {
    "现行": {},
    "每人": {"classes.t.funding.city": {"rate": "1/3", "of": "pupils"}},
    "一年": {"years": [2025, 2025]},
    "县付": {"layers.city.payer": "county"},
}


def pooled_scenarios() -> dict[str, Any]:
    document = json.loads(pooled_policy().to_json())
    changes = {"pools": document["pools"], "classes.v.funding.city": {"pool": "grant"}}
    return ASKED | {"分配": changes | {"classes.t.funding": {"city": {"pool": "grant"}, "county": 7}}}


@pytest.mark.parametrize("parts", [1, 7])
def test_scenarios_are_those_of_the_whole_to_the_byte(tmp_path: Path, parts: int) -> None:
    paths = files(tmp_path, people(), parts)
    places = fl.Roster(POLICY, people(), fill_down=False)
    for asked in (ASKED, pooled_scenarios()):
        told: list[int] = []
        scan = fl.scan(POLICY, paths, threads=2, progress=lambda rows, _: told.append(rows))  # noqa: B023
        for by in (BY, "payer,year", [], "id"):
            told.clear()
            found, expected = scan.scenarios(asked, by), fl.scenarios(POLICY, asked, by, roster=places)
            assert found.to_csv() == expected.to_csv()
            assert found.to_markdown(lang="zh") == expected.to_markdown(lang="zh")
            # The rows are read once for all scenarios, unless one has a pool.
            assert (told.count(ROWS) == 1) == (asked is ASKED)
        in_wan = fl.scenarios(POLICY, asked, BY, roster=places, unit="万元")
        assert scan.scenarios(asked, BY, unit="万元").to_csv() == in_wan.to_csv()
        codes = [one.code for one in found.warnings if one.code != "unknown-column"]
        assert codes == [one.code for one in expected.warnings if one.code != "unknown-column"]
        assert "unknown-column" in [one.code for one in found.warnings]


@pytest.mark.parametrize("parts", [1, 7])
def test_policies_are_compared_as_over_the_whole_to_the_byte(tmp_path: Path, parts: int) -> None:
    paths = files(tmp_path, people(), parts)
    allocation = POLICY.allocate(fl.Roster(POLICY, people(), fill_down=False))
    # The last one declares less, so that rows are read for it by itself.
    others = [
        POLICY.with_changes({"classes.v.funding.city": 12}),
        pooled_policy(),
        POLICY.with_changes({"attributes.pupils.zh": "人数", "classes.t.funding.city": 9}),
    ]
    for other in others:
        beside = other.allocate(fl.Roster(other, people(), fill_down=False))
        for by in (BY, "class", []):
            found, expected = fl.scan(POLICY, paths).compare(other, by), fl.compare(allocation, beside, by)
            assert found.to_csv() == expected.to_csv()
            assert found.to_markdown() == expected.to_markdown()
    found = fl.scan(POLICY, paths, years=2025).compare(others[0], "layer", unit="万元")
    one, two = (policy.allocate(people(), years=2025) for policy in (POLICY, others[0]))
    assert found.to_csv() == fl.compare(one, two, "layer", unit="万元").to_csv()


def test_what_if_over_a_stream_takes_one_reading() -> None:
    scan = fl.scan(POLICY, people().to_reader())
    assert scan.scenarios(ASKED, BY).to_csv() == fl.scan(POLICY, people()).scenarios(ASKED, BY).to_csv()
    scan = fl.scan(POLICY, people().to_reader())
    with pytest.raises(fl.FundlayersError) as caught:
        scan.compare(pooled_policy())
    assert {problem.key for problem in caught.value.problems} == {"pools.grant", "classes.t.funding.county"}
    assert "read again" in str(caught.value)
    with pytest.raises(fl.FundlayersError, match="`分配`.*more than 2 passes"):
        fl.scan(POLICY, people(), max_passes=2).scenarios(pooled_scenarios())


def test_mistakes_of_scenarios_are_said_by_name_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no parquet")
    with pytest.raises(fl.FundlayersError) as caught:
        fl.scan(POLICY, tmp_path).scenarios(ASKED | {"错": {"classes.x.expected": 1}})
    [problem] = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert (problem.code, problem.scenario) == ("unknown-path", "错")


@pytest.mark.parametrize("rule", ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud"])
@pytest.mark.parametrize("parts", [1, 7])
def test_limits_of_layers_leave_in_parts_what_they_leave_of_the_whole(tmp_path: Path, rule: str, parts: int) -> None:
    document = json.loads(pooled_policy().to_json())
    document["layers"][0]["limit"] = {"amount": 7, "rule": rule}
    document["layers"][1]["limit"] = {"amount": "0.5", "rule": rule, "per": "payer"}
    policy = fl.Policy(document)
    paths = files(tmp_path, people(), parts)
    random.Random(parts).shuffle(paths)
    whole = pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])
    expected = policy.allocate(whole)
    scan = fl.scan(policy, paths)
    for by in (BY, [], "id,layer,year"):
        assert scan.totals(by).to_csv() == expected.totals(by).to_csv()
    scan.to_parquet(tmp_path / "rows.parquet")
    rows = pyarrow.parquet.read_table(tmp_path / "rows.parquet").to_pylist()
    assert [row["amount"] for row in rows] == [row["amount"] for row in pyarrow.table(expected).to_pylist()]
    asked: dict[str, Any] = {"a": {}, "b": {"layers.city.limit.amount": 6}}
    found = fl.scenarios(policy, asked, "county", roster=fl.Roster(policy, whole, fill_down=False))
    assert scan.scenarios(asked, "county").to_csv() == found.to_csv()


@pytest.mark.parametrize("parts", [1, 7])
def test_classes_are_told_apart_by_all_places(tmp_path: Path, parts: int) -> None:
    """By half of what the largest of a kind has, and their amounts rest on all of them too."""
    document = json.loads(pooled_policy().to_json())
    half = {"rate": "1/2", "of": {"aggregate": "greatest", "of": "pupils", "over": ["kind"]}}
    document["figures"] = [{"id": "half", "value": half}]
    towns, villages = document["classes"]
    small = {**towns, "id": "small", "where": {"pupils": {"below": "half"}}}
    large = {**towns, "id": "large", "where": {"pupils": {"at_least": half}}}
    document["classes"] = [small, large, villages]
    policy = fl.Policy(document)
    paths = files(tmp_path, people(), parts)
    random.Random(parts).shuffle(paths)
    whole = pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])
    expected = policy.allocate(fl.Roster(policy, whole, fill_down=False))
    scan = fl.scan(policy, paths)
    for by in (["class", "layer", "year"], "id,class,layer,year"):
        assert scan.totals(by).to_csv() == expected.totals(by).to_csv()
    scan.to_parquet(tmp_path / "rows.parquet")
    rows = pyarrow.parquet.read_table(tmp_path / "rows.parquet").to_pylist()
    assert [row["amount"] for row in rows] == [row["amount"] for row in pyarrow.table(expected).to_pylist()]
    asked: dict[str, Any] = {"a": {}, "b": {"classes.small.funding.county": 6}}
    found = fl.scenarios(policy, asked, "class", roster=fl.Roster(policy, whole, fill_down=False))
    assert scan.scenarios(asked, "class").to_csv() == found.to_csv()
    with pytest.raises(fl.FundlayersError) as caught:
        fl.scan(policy, people().to_reader())
    assert ("needs-whole-roster", "classes.large.where") in {
        (problem.code, problem.key) for problem in caught.value.problems
    }


@pytest.mark.parametrize("parts", [1, 7])
def test_medians_are_those_of_one_machine(tmp_path: Path, parts: int) -> None:
    document = json.loads(POLICY.to_json())
    middle = {"aggregate": "median", "of": {"rate": "1/3", "of": "pupils"}}
    document["figures"] = [{"id": "middle", "value": middle | {"over": ["county"]}}]
    document["layers"][0]["limit"] = {"amount": middle, "rule": "proportional"}
    policy = fl.Policy(document)
    paths = files(tmp_path, people(), parts)
    whole = policy.allocate(fl.Roster(policy, people(), fill_down=False))
    scan = fl.scan(policy, paths)
    assert scan.totals(BY).to_csv() == whole.totals(BY).to_csv()
    assert scan.figures("county").to_csv() == whole.figures("county").to_csv()


def test_what_cannot_be_read_says_which_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        fl.scan(POLICY, tmp_path / "none-*.parquet")
    assert isinstance(missing.value, fl.FundlayersError)
    (tmp_path / "a.parquet").write_text("no parquet")
    with pytest.raises(fl.FundlayersError) as caught:
        fl.scan(POLICY, tmp_path).totals()
    assert [problem.code for problem in caught.value.problems] == ["cannot-read"]
    wrong: Any = 7
    with pytest.raises(TypeError, match="parquet"):
        fl.scan(POLICY, wrong)


def test_progress_is_told_and_its_exception_ends_the_scan(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files(tmp_path, people(), 4)
    seen: list[tuple[int, int | None]] = []
    fl.scan(POLICY, tmp_path, progress=lambda rows, total: seen.append((rows, total))).totals()
    assert seen == [(250, ROWS), (500, ROWS), (750, ROWS), (1000, ROWS)]
    fl.scan(POLICY, tmp_path, progress=True).totals()
    assert capfd.readouterr().err.endswith("\r1,000 / 1,000 (100%)\n")

    def fail(rows: int, total: int | None) -> None:
        raise ValueError(rows)

    with pytest.raises(ValueError, match="250"):
        fl.scan(POLICY, tmp_path, progress=fail).totals()


def test_the_interrupt_ends_a_scan_at_once_and_leaves_no_file(tmp_path: Path) -> None:
    code = f"""
import signal, sys, threading, time, os
import fundlayers as fl, pyarrow
policy = fl.Policy.from_json({POLICY.to_json()!r})
table = pyarrow.table({{"编码": [f"{{n:07}}" for n in range(1000)], "名称": ["户"] * 1000, "类型": ["村"] * 1000}})
def endless():
    number = 0
    while True:
        time.sleep(0.001)
        yield table.to_batches()[0]
reader = pyarrow.RecordBatchReader.from_batches(table.schema, endless())
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
start = time.monotonic()
try:
    fl.scan(policy, reader, distinct_ids=True).to_parquet(sys.argv[1])
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - start < 5, flush=True)
    time.sleep(0.5)
    print(os.listdir(os.path.dirname(sys.argv[1])), flush=True)
    os._exit(0)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out.parquet")], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout.splitlines() == ["interrupted True", "[]"], ran.stderr


@pytest.mark.parametrize("parts", [1, 2, 7, 40])
def test_parts_computed_anywhere_come_to_the_same(parts: int) -> None:
    places = people()
    expected = POLICY.allocate(places).totals(BY).to_csv()
    cuts = [ROWS * part // parts for part in range(parts + 1)]
    summaries = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        part = fl.scan(POLICY, places.slice(start, end - start), distinct_ids=parts == 7)
        summaries.append(part.summary(BY, first_row=start, file=f"part of {start}"))
    random.Random(parts).shuffle(summaries)
    merged = fl.merge_summaries(POLICY, summaries, BY)
    assert merged.to_csv() == expected
    assert "expected-count" in [warning.code for warning in merged.warnings]


def test_what_is_wrong_with_parts_computed_anywhere_is_located() -> None:
    good, bad = people(10), people(10).set_column(3, "类型", pyarrow.array(["市"] * 10))
    summaries = [
        fl.scan(POLICY, table).summary(BY, first_row=row, file=name)
        for table, row, name in ((good, 0, "first"), (bad, 1 << 40, "second"))
    ]
    with pytest.raises(fl.FundlayersError) as raised:
        fl.merge_summaries(POLICY, summaries, BY)
    problem = next(problem for problem in raised.value.problems if problem.severity == "error")
    assert (problem.file, problem.row, problem.column) == ("second", 1, "kind")
    with pytest.raises(fl.FundlayersError) as raised:
        fl.merge_summaries(POLICY, [summaries[0], fl.scan(POLICY, good).summary(BY, first_row=10)], BY)
    assert "id-in-two-parts" in [problem.code for problem in raised.value.problems]
    with pytest.raises(fl.FundlayersError, match="`a` and in `b`") as raised:
        fl.merge_summaries(POLICY, summaries[:1], BY, ids_in_two_parts=[("7", (10, "b"), (0, "a"))])
    assert "7" in [problem.found for problem in raised.value.problems]
    with pytest.raises(fl.FundlayersError) as raised:
        fl.merge_summaries(POLICY, summaries[:1], "county")
    assert raised.value.code == "unlike-summaries"
    with pytest.raises(fl.FundlayersError) as raised:
        fl.merge_summaries(POLICY, ["{}"], BY)
    assert raised.value.code == "cannot-read"
