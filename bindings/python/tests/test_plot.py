"""Charts: the right bars, and Chinese labels that can be drawn."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib
import pytest

matplotlib.use("agg")

from matplotlib import pyplot  # noqa: E402

import fundlayers as fl  # noqa: E402
from fundlayers import plot as charts  # noqa: E402

LEDGER = [{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": 200}]
LIMITS = [{"安排层级": "county", "安排主体": "王益区", "年度": 2024, "金额": 240, "单位": "万元"}]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def heights(ax: Any) -> dict[str, list[float]]:
    return {str(part.get_label()): [bar.get_height() for bar in part] for part in ax.containers}


def labels(ax: Any) -> list[str]:
    return [label.get_text() for label in ax.get_xticklabels()]


def test_shares_by_county_and_layer() -> None:
    ax = fl.Policy("tongchuan-2023").allocate().plot(lang="zh")
    assert labels(ax) == ["耀州区", "印台区", "宜君县", "王益区", "新区", "（未列明）"]
    assert heights(ax) == {
        "中央和省级": [1800, 1800, 1800, 0, 0, 4500],
        "市级": [360, 360, 360, 1080, 1080, 2880],
        "区县统筹": [0, 0, 0, 1080, 1080, 1980],
    }
    assert ax.get_ylabel() == "单位：万元"


def test_the_chart_of_a_changed_policy_says_what_was_changed() -> None:
    ax = fl.Policy("tongchuan-2023").with_changes("classes.municipal-town.standard=650").allocate().plot(lang="en")
    assert "(changed) · funding by place" in ax.get_title()
    assert ax.get_title().endswith("\npolicy changed: classes.municipal-town.standard 600 → 650")


def test_shares_by_year_and_layer() -> None:
    ax = fl.Policy("tongchuan-2023").allocate().totals("year,layer").plot(lang="en")
    assert labels(ax) == ["2023", "2024", "2025"] and ax.get_ylabel() == "Unit: 万元"
    assert heights(ax)["County"] == [1380, 1380, 1380]


def test_plan_against_received() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate(years=2024)
    ax = allocation.reconcile(LEDGER).totals("county").plot(lang="zh")
    bars = heights(ax)
    place = labels(ax).index("王益区")
    assert list(bars) == ["应安排", "到位"] and (bars["应安排"][place], bars["到位"][place]) == (720, 200)


def test_what_is_funded_two_sides_and_scenarios() -> None:
    policy = fl.Policy("tongchuan-2023")
    allocation = policy.allocate(years=2024)
    bars = heights(allocation.fund(LIMITS, "talmud").totals("payer").plot(lang="zh"))
    assert sum(bars["已保障"]) == 6600 and sum(bars["缺口"]) == 120
    change = {"classes.municipal-town.standard": 650}
    sides = heights(fl.compare(allocation, policy.with_changes(change).allocate(years=2024), "layer").plot(lang="en"))
    assert sides == {"Before": [3300, 2040, 1380], "After": [3300, 2040, 1480]}
    scenarios = fl.scenarios(policy, {"现行": {}, "650": change}, [], years=2024).plot(lang="zh")
    assert labels(scenarios) == ["现行", "650"] and heights(scenarios)["金额"] == [6720, 6820]


def test_every_group_is_drawn_and_the_legend_lies_beside() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate(years=2024)
    ax = allocation.totals("class,layer").plot(lang="en")
    assert len(labels(ax)) == 4 and heights(ax)["City"] == [300, 600, 360, 780]
    assert labels(allocation.totals("county,year").plot(lang="zh"))[0] == "耀州区"
    assert labels(allocation.fund(LIMITS, "talmud").plot(lang="zh"))[:2] == ["2024 · 中央和省级 · 中央和省级", "2024 · 市级 · 市级"]
    assert list(heights(allocation.reconcile(LEDGER).plot(lang="en"))) == ["Due", "Received"]
    ax.figure.canvas.draw()
    legend = ax.get_legend()
    assert legend is not None and legend.get_window_extent().x0 >= ax.get_window_extent().x1
    many = fl.Policy("tongchuan-2023").allocate(
        [{"名称": f"{n}村", "类型": "村", "认定层级": "市级", "区县": f"{n}县"} for n in range(90)], years=2024
    )
    ax = many.plot(lang="zh")
    assert len(labels(ax)) == 90 and ax.figure.get_figwidth() > 20
    _, narrow = pyplot.subplots()
    assert len(labels(many.plot(lang="zh", ax=narrow))) <= 40


def test_titles_say_the_years_and_sweeps_are_lines() -> None:
    policy = fl.Policy("tongchuan-2023")
    ax = policy.allocate().plot(lang="zh")
    assert ax.get_title().endswith("资金测算表（2023–2025 年合计）") and ax.get_xlabel() == "区县"
    path = "classes.municipal-town.standard"
    sweep = fl.scenarios(policy, {str(value): {path: value} for value in (600, 650, 700)}, ["layer"], years=2024)
    ax = sweep.plot(lang="en")
    assert ax.get_title().endswith(", 2024") and ax.get_xlabel() == "Scenario"
    lines = {str(line.get_label()): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines}
    assert lines["County"] == ([600, 650, 700], [1380, 1480, 1580])


def test_chinese_labels_can_be_drawn() -> None:
    if charts.chinese_font() is None:
        with pytest.warns(UserWarning, match="fonts-noto-cjk"):
            ax = fl.Policy("tongchuan-2023").allocate().totals("layer").plot(lang="zh")
        assert labels(ax) == ["Central and province", "City", "County"]
        return
    ax = fl.Policy("tongchuan-2023").allocate().plot(lang="zh")
    with warnings.catch_warnings():
        # A character that the font lacks is a warning.
        warnings.simplefilter("error")
        ax.figure.canvas.draw()


def test_without_a_font_labels_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "_FONTS", ("No Such Font",))
    with pytest.warns(UserWarning, match="fonts-noto-cjk"):
        ax = fl.Policy("tongchuan-2023").allocate().totals("layer").plot(lang="zh")
    assert labels(ax) == ["Central and province", "City", "County"]


def test_what_is_paid_in_hangs_below_the_line() -> None:
    layers = [{"id": "base", "payer": "county"}, {"id": "balance", "payer": "county", "sign": "any"}, {"id": "more", "payer": "county"}]
    policy = {
        "id": "e",
        "title": {"zh": "算例"},
        "years": [2024, 2024],
        "unit": "元",
        "attributes": {"x": {"type": "number"}},
        "layers": layers,
        "classes": [{"id": "all", "funding": {"base": 60, "balance": ["x"], "more": 5}}],
    }
    places = [{"name": "甲", "county": "东县", "x": -40}, {"name": "乙", "county": "西县", "x": 40}]
    ax = fl.Allocation(policy, places).plot(lang="en")
    drawn = {str(part.get_label()): [(bar.get_y(), bar.get_height()) for bar in part] for part in ax.containers}
    assert drawn == {"base": [(0, 60), (0, 60)], "balance": [(0, -40), (60, 40)], "more": [(60, 5), (100, 5)]}
    ax.figure.canvas.draw()


def test_what_has_no_chart_says_so() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate()
    for table in (allocation.roster, allocation.explain("黄堡镇"), allocation.table(wide=True), allocation.table()):
        with pytest.raises(TypeError):
            table.plot()


def test_charts_go_into_axes_of_the_caller() -> None:
    _, ax = pyplot.subplots()
    assert fl.Policy("tongchuan-2023").allocate().plot(lang="en", ax=ax) is ax
