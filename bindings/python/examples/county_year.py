"""The cells of `county-year.ipynb`: a county's whole year, from the plan to the report to the city."""

from __future__ import annotations

CELLS: list[tuple[str, str]] = [
    (
        "markdown",
        """# 一个区县的一年

王益区有一个市级重点帮扶镇（黄堡镇）和一个市级重点帮扶村（义兴村）。这份笔记本按 2024 年的顺序，从方案走到上报：名单、预算、到位、通报、人员、用地、项目、备案、审计。

区里的表在 `examples/county-year/` 中，是办公室的样子：有标题行、单位行、合计行、合并单元格；人名、文号和金额都是举例。换成自己的表，代码不变。同样的一年用命令行走一遍，见 `crates/fundlayers/docs/county-year.zh-CN.md`。单位：万元。

*A county's whole year in one notebook: the list, the budget, receipts, progress, posts, land, projects, the report, the auditor.*""",
    ),
    (
        "code",
        """import os
from pathlib import Path

os.environ["FUNDLAYERS_LANG"] = "zh"  # 表格用中文

import fundlayers as fl

sheets = Path("../../../examples/county-year")""",
    ),
    (
        "markdown",
        "## 年初：名单和应安排的资金\n\n区县一列是合并单元格，存成 CSV 后下面的格子是空的。不说怎么办，程序就停下来问：",
    ),
    (
        "code",
        """policy = fl.Policy("tongchuan-2023")
try:
    policy.roster(sheets / "roster.csv")
except fl.FundlayersError as error:
    print(error)""",
    ),
    ("markdown", "是合并单元格，`fill_down=True` 向下填充："),
    ("code", 'roster = policy.roster(sheets / "roster.csv", fill_down=True)\nroster'),
    ("markdown", "还有几条提醒：方案是全市的，名单只有本区，个数自然不同，不必处理。"),
    ("code", 'print(*roster.check(), sep="\\n")'),
    ("code", "year = policy.allocate(roster, years=2024)\nyear.table(wide=True)"),
    (
        "markdown",
        "黄堡镇 600 万元：市级 300，区里补足到标准，也是 300。义兴村 120 万元：60 加 60。\n\n"
        "## 区里要编多少预算\n\n三年都按方案四.1，一年一行：",
    ),
    ("code", 'policy.allocate(roster).totals("year,payer")'),
    (
        "markdown",
        "区里每年编 360 万元，三年 1,080 万元。\n\n## 钱不够时\n\n"
        "2024 年区里只能统筹 300 万元，差 60。按比例安排，每处都是六分之五；缺的仍是区里的缺口，不会消失：",
    ),
    ("code", 'funding = year.fund(sheets / "limits.csv", "proportional")\nfunding'),
    ("markdown", "## 年中：到位了多少\n\n台账一笔一行，月月接着记。`as_of` 只算到六月底，之后的几笔不计入，并说明有几笔："),
    (
        "code",
        """ledger = sheets / "ledger.csv"
june = year.reconcile(ledger, fill_down=True, as_of="2024-06")
june.totals("year,layer")""",
    ),
    ("markdown", "缺口按层级分别算：市级少的不能拿区里多的抵。一年里各季末的缺口："),
    (
        "code",
        """names = {layer["id"]: layer["name"]["zh"] for layer in policy.to_dict()["layers"]}
for month in ["2024-03", "2024-06", "2024-09", "2024-12"]:
    totals = year.reconcile(ledger, fill_down=True, as_of=month).totals("layer")
    gaps = [f"{names[row['layer']]}缺 {row['gap']} 万元" for row in totals.to_dicts()]
    print(f"{month} 月末：{'，'.join(gaps)}")""",
    ),
    ("markdown", "## 每季：支出进度通报表"),
    (
        "code",
        """september = year.reconcile(ledger, fill_down=True, as_of="2024-09")
september.form("通报表", set_text={"单位": "王益区财政局", "日期": "2024年10月10日"})""",
    ),
    ("markdown", "九月底序时进度 75%，支出进度 51.72%，差 23.28 个百分点。\n\n## 人员和任务：还缺谁\n\n登记表写谁以什么身份负责哪里。还没有落实的："),
    (
        "code",
        """duties = year.duties(sheets / "posts.csv", fill_down=True)
duties.table(missing=True)""",
    ),
    ("markdown", "义兴村逐项说明：谁、从什么时候、登记表第几行，依据哪一条："),
    ("code", 'note = duties.explained("义兴村")\nprint(note.to_text().split("\\n\\n")[1])'),
    ("markdown", "条款原文附在说明后面，存成 `note.to_html(\"说明.html\")` 可以打印。存档用的帮扶力量表："),
    ("code", 'duties.form("帮扶力量")'),
    ("markdown", "## 用地和其他要求\n\n规划的数和镇村的数由两个科室分别报来："),
    ("code", 'figures = [sheets / "land.csv", sheets / "places.csv"]\nyear.form("用地", figures=figures)'),
    ("markdown", "黄堡镇规划安排 9.5 公顷，应不少于 10 公顷：差 0.5。未达到的和缺数据的，逐项列出两边的数："),
    ("code", "year.checks(figures, open=True)"),
    ("markdown", "缺数据不等于达到，补上数再算一次。\n\n## 项目：到九月底逾期的"),
    (
        "code",
        """planning = year.projects(sheets / "projects.csv", fill_down=True, as_of="2024-09-30")
planning.overdue()""",
    ),
    ("markdown", "加工园的土建八月底到期，没有完成。清单七项是否齐全、方案是否备案："),
    ("code", "planning.places()"),
    ("markdown", "义兴村的清单缺责任人，方案未备案。还有多少资金没有项目（差额为负）："),
    ("code", "planning"),
    ("markdown", "## 年底：上报\n\n五(四) 要求把资金、项目情况报市里备案："),
    (
        "code",
        """december = year.reconcile(ledger, fill_down=True, as_of="2024-12")
texts = {"单位": "王益区乡村振兴局", "填报人": "王某", "日期": "2024年12月31日"}
report = december.form("备案表", projects=planning, set_text=texts)
report""",
    ),
    ("markdown", "存成文件交上去：能打印的网页、工作簿，以及在 Excel、WPS 中可以重算的全套测算。"),
    (
        "code",
        """import tempfile

with tempfile.TemporaryDirectory() as folder:
    out = Path(folder)
    report.save(out / "备案表.xlsx")
    report.to_html(out / "备案表.html")
    duties.form("帮扶力量").save(out / "帮扶力量.xlsx")
    planning.form("清单").save(out / "清单.xlsx")
    year.workbook(out / "测算.xlsx")
    print(*sorted(path.name for path in out.iterdir()), sep="、")""",
    ),
    ("markdown", "## 审计来问一个数\n\n义兴村区里的 60 万元从哪里来，到了多少："),
    ("code", 'print(*december.explained("义兴村").to_text().split("\\n\\n")[:4], sep="\\n\\n")'),
    ("markdown", "说明里还有解释口径：方案没有写清的地方怎么理解，依据哪一条。存档用 `to_html`、`to_markdown` 或 `to_excel`。"),
]
