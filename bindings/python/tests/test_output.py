"""Files, and what people are shown."""

from __future__ import annotations

import os
import pickle
import re
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import fundlayers as fl
import pytest

NAME = "=cmd|' /C calc'!A0\x1b[2J\u202e<b>"
ROWS = [{"name": NAME, "kind": "镇", "designation": "市级", "county": "甲县"}]


def long(count: int = 2_500) -> fl.Allocation:
    rows = [{"name": f"村{row}", "kind": "村", "designation": "市级", "county": f"县{row % 3}"} for row in range(count)]
    return fl.Policy("tongchuan-2023").allocate(rows, years=2024)


def test_a_spreadsheet_runs_no_name_and_a_program_gets_it_as_it_is() -> None:
    table = fl.Policy("tongchuan-2023").allocate(ROWS, years=2024).table()
    assert NAME in table.to_csv() and f"'{NAME}" not in table.to_csv()
    sheet = table.to_csv(excel=True)
    assert sheet.startswith("\ufeff") and f",'{NAME}," in sheet
    assert table.to_dicts()[0]["name"] == NAME and NAME.encode("unicode_escape").decode()[:5] in table.to_json()


def test_what_people_read_is_neither_obeyed_nor_html() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate(ROWS, years=2024)
    table, note = allocation.table(), allocation.explain(NAME)
    with pytest.raises(fl.FundlayersError) as caught:
        allocation.explain("\x1b[31m\u202e")
    shown = [table.to_text(), repr(table), table.to_markdown(), table.to_html(), note.to_text(), str(caught.value)]
    for text in [*shown, note.to_html(), str(caught.value.problems[0])]:
        assert "\x1b" not in text and "\u202e" not in text and "\\u{1b}" in text.replace("\\\\", "\\")
    assert all("<b>" not in text for text in (table.to_markdown(), table.to_html(), note.to_html()))


def test_a_cut_table_says_how_much_it_cuts_and_its_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNDLAYERS_LANG", "zh")
    totals = long().totals("id")
    for text in (totals.to_text(), repr(totals), totals._repr_html_()):
        assert len(re.findall("/村[0-9]", text)) == 200
        assert re.search("……另有 2300 行.*合计.*2500.*300,000", text, re.DOTALL), text[-500:]
    # What a file is asked for it has.
    assert totals.to_markdown().count("/村") == totals.to_html().count("/村") == len(totals) == 2_500
    rows = [{"name": f"村{row}", "kind": "村", "designation": "市级"} for row in range(2_500)]
    assert "……另有 2480 行" in fl.Policy("tongchuan-2023").roster(rows).to_text()


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    table = fl.Policy("tongchuan-2023").allocate().totals("layer")
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    link.symlink_to("real.csv")
    for write in (table.to_csv, table.to_json, table.to_markdown, table.to_html):
        write(link)
        assert link.is_symlink() and real.read_text(encoding="utf-8") == write()
    real.chmod(0o640)
    table.to_csv(real)
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    real.chmod(0o444)
    with pytest.raises(fl.FundlayersError, match="read-only") as caught:
        table.to_json(link)
    assert caught.value.code == "cannot-write"
    with pytest.raises(fl.FundlayersError, match="cannot be written"):
        table.to_csv(tmp_path / "no" / "where.csv")
    assert real.read_text(encoding="utf-8") == table.to_csv()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_text(encoding="utf-8")))
    reader.start()
    table.to_csv(fifo)
    reader.join()
    assert read == [table.to_csv()]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "link.csv", "real.csv"]


SLOW = """
import sys
import fundlayers as fl
rows = [{"name": f"{row}", "kind": "村", "designation": "省级"} for row in range(60_000)]
table = fl.Policy("tongchuan-2023").allocate(rows).table()
try:
    table.to_csv(sys.argv[1])
except KeyboardInterrupt:
    sys.exit(7)
"""


def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("before")
    with subprocess.Popen([sys.executable, "-c", SLOW, str(path)]) as child:
        while not any(found.suffix == ".part" for found in tmp_path.iterdir()):
            assert child.poll() is None, "it was not slow enough"
            time.sleep(0.001)
        child.send_signal(signal.SIGINT)
        assert child.wait() == 7
    assert [found.name for found in tmp_path.iterdir()] == ["t.csv"] and path.read_text() == "before"


def test_others_have_their_turn_while_dicts_are_made() -> None:
    table = long(20_000).table()
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    other = threading.Thread(target=tick)
    other.start()
    begun = time.monotonic()
    rows = table.to_dicts()
    took = time.monotonic() - begun
    done.set()
    other.join()
    assert len(rows) == 40_000
    # Several turns, unless it was over at once.
    assert took < 0.05 or sum(begun < at < begun + took for at in ticks) >= 3


def test_a_workbook_and_csv_for_people(tmp_path: Path) -> None:
    table = fl.Policy("tongchuan-2023").allocate().totals("county,year")
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    table.to_excel(first, lang="zh")
    table.to_excel(second, lang="zh")
    assert first.read_bytes() == second.read_bytes() and first.read_bytes().startswith(b"PK")
    csv = table.to_csv(people=True, lang="zh", decimals=2)
    assert csv.startswith("\ufeff区县,年度,数量,金额（万元）\r\n耀州区,2023,2,720.00\r\n")
    assert "耀州区,小计,2,2160.00\r\n" in csv and "合计,,36,20160.00\r\n" in csv
    with pytest.raises(fl.FundlayersError, match="cannot-write"):
        table.to_excel(tmp_path / "no" / "where.xlsx")
    assert sorted(tmp_path.iterdir()) == [first, second]
    page = table.to_html(lang="zh")
    assert page.startswith("<!DOCTYPE html>") and '<meta charset="utf-8">' in page and "状态：征求意见稿" in page
    assert table.to_markdown(lang="zh").startswith("# ") and "（2023–2025 年）" in table.to_text(lang="zh")


def test_layers_and_scenarios_stand_side_by_side_for_people(tmp_path: Path) -> None:
    policy = fl.Policy("tongchuan-2023")
    table = policy.allocate(years=2023).totals("county,layer")
    # 耀州区: a town of the province, 500 + 100, and a village, 100 + 20.
    csv = table.to_csv(people=True, wide=True, lang="zh", decimals=1).split("\r\n")
    assert csv[0].startswith("\ufeff区县,") and csv[1] == "耀州区,600.0,120.0,,720.0"
    assert table.to_csv(people=True, lang="zh") != table.to_csv(people=True, wide=True, lang="zh")
    assert table.to_csv(wide=True) == table.to_csv()
    head = table.to_markdown(wide=True, lang="en").split("| --")[0]
    assert all(title in head for title in ("County", "City", "Central and province"))
    assert table.to_html(wide=True, lang="zh") != table.to_html(lang="zh")
    table.to_excel(tmp_path / "long.xlsx", lang="zh")
    table.to_excel(tmp_path / "wide.xlsx", lang="zh", wide=True)
    assert (tmp_path / "long.xlsx").read_bytes() != (tmp_path / "wide.xlsx").read_bytes()
    several = fl.scenarios(policy, {"甲案": {}, "乙案": {"classes.municipal-town.standard": 500}}, "year")
    # The standard of one town less by 100 in each of two counties.
    assert several.to_csv(people=True, wide=True, lang="zh").split("\r\n")[1] == "2023,6720,0,6520,-200"
    # A table that has no such form is as it is.
    assert policy.allocate().to_html(wide=True) == policy.allocate().to_html()


def test_a_workbook_computes_and_is_the_same_each_time(tmp_path: Path) -> None:
    allocation = fl.Policy("tongchuan-2023").allocate(years=2024)
    for name in ("a.xlsx", "b.xlsx"):
        allocation.workbook(tmp_path / name, lang="zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as file:
        assert "INDEX(市级重点帮扶镇_标准,1)" in file.read("xl/worksheets/sheet3.xml").decode()
    allocation.workbook(tmp_path / "c.xlsx", lang="en", ascii_names=True)
    with zipfile.ZipFile(tmp_path / "c.xlsx") as file:
        assert "INDEX(p_municipal_town_standard,1)" in file.read("xl/worksheets/sheet3.xml").decode()
    with pytest.raises(fl.FundlayersError):
        allocation.workbook(tmp_path / "missing" / "a.xlsx")


def test_a_form_is_a_page_a_workbook_and_its_rows(tmp_path: Path) -> None:
    words = tmp_path / "office.toml"
    words.write_text('"单位" = "某市财政局"\nphone = "1"\n', encoding="utf-8")
    allocation = fl.Policy("tongchuan-2023").allocate(years=2024)
    form = allocation.form("公示表", text=words, set_text={"监督电话": "<b>2</b>"})
    page = form.to_html(lang="zh")
    assert "公示单位：某市财政局" in page and "监督电话：&lt;b&gt;2&lt;/b&gt;" in page and page.startswith("<!DOCTYPE html>")
    shown = form._repr_html_()
    assert "class=\"fundlayers-form\"" in shown and "<html" not in shown
    assert form.name == "notice" and "某市财政局" in form.to_text(lang="en")
    # Asked for again it has the same words, and the file is no longer needed.
    words.unlink()
    again = pickle.loads(pickle.dumps(form))
    assert (again.to_dicts(), again.to_html(lang="zh")) == (form.to_dicts(), page)
    for name in ("a.html", "a.xlsx", "b.xlsx", "a.md", "a.csv", "a.json"):
        form.save(tmp_path / name, lang="zh")
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == page
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(ValueError, match=r"\.xlsx, \.html"):
        form.save(tmp_path / "a.doc")
    with pytest.raises(fl.FundlayersError, match=r"wrong\.json.*isuer"):
        wrong = tmp_path / "wrong.json"
        wrong.write_text('{"isuer": "1"}', encoding="utf-8")
        allocation.form("notice", text=wrong)
    with pytest.raises(fl.FundlayersError, match="needs receipts"):
        allocation.form("progress")
