"""Writes and checks the notebooks: a finance office's day, and a county's year.

    python examples/make_notebook.py           runs them and keeps what they show
    python examples/make_notebook.py --check   runs them and fails if they show anything else

Charts are only checked to be there: their pixels differ from machine to machine.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import county_year
import nbformat as _nbformat
from nbclient import NotebookClient

nbformat: Any = _nbformat

FOLDER = Path(__file__).resolve().parent

FINANCE_OFFICE: list[tuple[str, str]] = [
    (
        "markdown",
        """# 重点帮扶镇村资金：从方案到存档说明

某市财政局农业农村科的一天：按《行动方案（征求意见稿）》四.1 测算三年资金，看各级各出多少；某县财力不足时怎么安排；与台账核对到位情况；如果提高标准会怎样；最后写出存档说明。

所有数字以分为最小单位计算，没有浮点误差；每一笔都能说出依据的条款。单位：万元。

*A finance office's day in one notebook: the plan, who pays, a county that falls short, receipts, a what-if, the note for the file.*""",
    ),
    (
        "code",
        """import os

os.environ["FUNDLAYERS_LANG"] = "zh"  # 表格用中文

import fundlayers as fl""",
    ),
    ("markdown", "## 一、方案\n\n内置的政策就是方案四.1 的规定：每一类镇村、每一级安排多少，依据哪一条。"),
    ("code", 'policy = fl.Policy("tongchuan-2023")\npolicy'),
    ("markdown", "方案没有写清的地方，怎么理解也写在政策里（点开上表最后一行）。名单只有方案点名的镇村，其余按个数合并。"),
    ("code", "roster = policy.roster()\nroster"),
    ("markdown", "## 二、谁出多少\n\n测算三年，按年度和安排层级汇总："),
    ("code", 'allocation = policy.allocate()\nallocation.totals("year,layer")'),
    ("markdown", "按区县看，哪一级出了多少："),
    ("code", 'allocation.totals("county,layer")'),
    ("code", 'allocation.totals("county,layer").plot();'),
    ("markdown", "办公室习惯的宽表；用 `wide.to_csv('测算表.csv', excel=True)` 存成文件，Excel 可以直接打开："),
    ("code", 'wide = allocation.table(wide=True)\nprint(wide.to_csv()[:330])'),
    (
        "markdown",
        """## 三、县里财力不足

假设 2024 年王益区只能统筹 240 万元，而应补足 360 万元。按比例安排，各得三分之二，分毫不差：""",
    ),
    (
        "code",
        """limits = [{"安排层级": "county", "安排主体": "王益区", "年度": 2024, "金额": 240, "单位": "万元"}]
funding = allocation.fund(limits, "proportional")
for line in funding.notes():
    print(line)""",
    ),
    (
        "code",
        """import polars as pl

short = funding.to_polars().filter(pl.col("unfunded") > 0)
short.select("name", "year", "claim", "funded", "unfunded")""",
    ),
    ("markdown", "换一种规则：先保村，再保镇。"),
    (
        "code",
        """villages_first = allocation.fund(limits, "priority", order="municipal-village")
[(row["name"], str(row["funded"])) for row in villages_first.to_dicts() if row["payer"] == "王益区" and row["year"] == 2024]""",
    ),
    (
        "markdown",
        """## 四、对台账

台账可以是宽表，按办公室原来的表头：下达金额、到位金额、支出金额。负数是收回；几批相加。""",
    ),
    (
        "code",
        """ledger = [
    {"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "下达金额(万元)": 300, "到位金额(万元)": 200, "支出金额(万元)": 90},
    {"名称": "黄堡镇", "年度": 2024, "安排层级": "county", "下达金额(万元)": 300, "到位金额(万元)": 300, "支出金额(万元)": 120},
    {"名称": "义兴村", "年度": 2024, "安排层级": "市级", "下达金额(万元)": 60, "到位金额(万元)": 80, "支出金额(万元)": 40},
    {"名称": "义兴村", "年度": 2024, "安排层级": "市级", "下达金额(万元)": None, "到位金额(万元)": -20, "支出金额(万元)": None},
    {"名称": "黄宝镇", "年度": 2024, "安排层级": "市级", "下达金额(万元)": 5, "到位金额(万元)": 5, "支出金额(万元)": 5},
]
this_year = policy.allocate(years=2024)
reconciliation = this_year.reconcile(ledger, as_of="2024-06")
reconciliation.totals("county")""",
    ),
    ("markdown", "对不上的记录单列，写明原因——“黄宝镇”写错了字："),
    ("code", "reconciliation.unmatched()"),
    ("code", 'reconciliation.totals("county").plot();'),
    ("markdown", "如果约定县里按**到位**数补足（市里没到的由县垫）："),
    (
        "code",
        """backfilled = this_year.reconcile(ledger, top_up="received")
[(row["name"], row["layer"], str(row["due"])) for row in backfilled.to_dicts() if row["name"] == "黄堡镇"]""",
    ),
    ("markdown", "## 五、如果提高标准\n\n市级重点帮扶镇的标准从 600 提到 650、700，每年各多花多少："),
    (
        "code",
        """path = "classes.municipal-town.standard"
fl.scenarios(policy, {"现行": {}, "650": {path: 650}, "700": {path: 700}}, "layer", years=2024)""",
    ),
    ("markdown", "王益区一年最多统筹 400 万元，标准最高能定到多少？答案带着证明：再高一分就超了。"),
    (
        "code",
        """answer = fl.solve(policy, path, layer="county", payer="王益区", year=2024, limit=400)
print(answer.sentence())""",
    ),
    ("markdown", "## 六、存档说明\n\n黄堡镇 2024 年为什么是 600 万元，一步一步，附条款："),
    ("code", 'note = allocation.explain("黄堡镇", 2024)\nnote'),
    ("code", "print(note.to_text())"),
    ("markdown", "写错了也说得清楚，一次说完：第几行、哪一列、写了什么、应该怎么写。"),
    (
        "code",
        """try:
    policy.roster([{"名称": "甲镇", "类型": "镇", "认定层级": "县级", "数量": 1.5}, {"名称": "", "类型": "寨", "认定层级": "市级"}])
except fl.FundlayersError as error:
    print(error)""",
    ),
]


NOTEBOOKS = {"finance-office.ipynb": FINANCE_OFFICE, "county-year.ipynb": county_year.CELLS}


def notebook(cells: list[tuple[str, str]]) -> Any:
    book = nbformat.v4.new_notebook()
    for number, (kind, source) in enumerate(cells):
        make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        book.cells.append(make(source, id=f"cell-{number}"))
    book.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return book


def run(book: Any) -> None:
    # In its own folder, as whoever opens it.
    resources = {"metadata": {"path": str(FOLDER)}}
    # What a cell prints is one output, in however many pieces it comes.
    client = NotebookClient(book, timeout=300, kernel_name="python3", resources=resources, coalesce_streams=True)
    client.execute()
    for cell in book.cells:
        # Times and process numbers are nobody's business.
        cell.metadata.pop("execution", None)
    book.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def shown(book: Any) -> list[Any]:
    """What the cells show; of a chart, that there is one."""
    found = []
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = dict(output.get("data", {}))
            chart = data.pop("image/png", None) is not None
            if chart:
                data = {}
            found.append((cell["source"], output["output_type"], output.get("text", ""), data, chart))
    return found


def main() -> None:
    for name, cells in NOTEBOOKS.items():
        path, book = FOLDER / name, notebook(cells)
        run(book)
        if "--check" not in sys.argv:
            nbformat.write(book, path)
            continue
        kept = nbformat.read(path, as_version=4)
        if shown(kept) != shown(book):
            for before, now in zip(shown(kept), shown(book), strict=False):
                if before != now:
                    print("kept:", before, "\nnow: ", now)
            sys.exit(f"{name} shows something else than what is kept; run make_notebook.py and look")


if __name__ == "__main__":
    main()
