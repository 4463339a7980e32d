"""Charts of results, by matplotlib (``pip install 'fundlayers[plot]'``).

`plot` chooses the chart by what the table holds: shares by layer, county and year; claims and what is funded of them; plan
against received; two sides of a comparison; scenarios. Amounts are added up exactly and become floats only as lengths of
bars. Chinese labels need a font that has them, which is looked for among those installed.
"""

from __future__ import annotations

import warnings
from decimal import Decimal
from math import isfinite
from typing import Any

from ._fundlayers import Allocation, Explanation, Funding, Reconciliation, Roster, Table
from ._language import default as _default_language

__all__ = ["chinese_font", "plot"]

_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "SimHei",
    "DengXian",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "SimSun",
    "Arial Unicode MS",
)
_INSTALL = (
    "no installed font has Chinese characters, so labels are in English and Chinese names show as boxes; install one, such "
    "as Noto Sans CJK (Debian: fonts-noto-cjk), and delete matplotlib's font cache"
)
# What a bar is made of, for each kind of result: keys, labels, and whether the parts stand on each other.
_MEASURES: tuple[tuple[tuple[str, ...], dict[str, tuple[str, str]], bool], ...] = (
    (("funded", "unfunded"), {"funded": ("已保障", "Funded"), "unfunded": ("缺口", "Unfunded")}, True),
    (("due", "received"), {"due": ("应安排", "Due"), "received": ("到位", "Received")}, False),
    (("before", "after"), {"before": ("调整前", "Before"), "after": ("调整后", "After")}, False),
)
# So many labels fit under the bars of axes that somebody else made, and so many inches a label has where they are made here.
_LABELS = 40
_INCHES = 0.21
# A figure is at most so wide: more bars than this holds have a label for some of them.
_WIDEST = 60.0
_COLORS = ("#3b6ea5", "#d98c3f", "#5b9a68", "#8a6fae", "#b5534f", "#7d8a93", "#c2a83e", "#4b8f8c")


def chinese_font() -> str | None:
    """The installed font that is used for Chinese labels; None if there is none.

    >>> isinstance(chinese_font(), (str, type(None)))
    True
    """
    _matplotlib()
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _FONTS if name in installed), None)


def plot(table: Table, *, lang: str | None = None, ax: Any = None) -> Any:
    """Draws a result as bars, scenarios whose names are numbers (a sweep) as lines, and gives the axes. What a table is grouped by is all drawn: layers (or else payers or years) are
    the parts of a bar, the other groups are bars. An allocation is drawn by county and layer, funding and a reconciliation by
    their totals."""
    pyplot = _matplotlib()
    if isinstance(table, Allocation):
        table = table.totals(["county", "layer"])
    if isinstance(table, (Funding, Reconciliation)):
        table = table.totals()
    if isinstance(table, (Roster, Explanation)):
        raise TypeError("a roster or an explanation has no chart; plot an allocation, totals, funding or a reconciliation")
    lang = lang or _default_language()
    font = chinese_font()
    if font is None:
        warnings.warn(_INSTALL, UserWarning, stacklevel=2)
        lang = "en"
    own = ax is None
    if own:
        _, ax = pyplot.subplots(figsize=(9, 4.8), layout="constrained")
    _draw(table, lang, ax, [font] if font else ["sans-serif"], own)
    return ax


def _matplotlib() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        message = f"{error.name} is not installed: pip install 'fundlayers[plot]'"
        raise ImportError(message, name=error.name) from error
    return pyplot


def _draw(table: Table, lang: str, ax: Any, fonts: list[str], own: bool) -> None:
    columns = table.columns
    rows = table.to_dicts()
    keys, labels, stacked = next(
        (measure for measure in _MEASURES if all(key in columns for key in measure[0])), (("amount",), {}, True)
    )
    if not all(key in columns for key in keys):
        raise TypeError("this table has no column of amounts to draw; plot totals, such as .totals('county,layer')")
    groupings = [key for key in _GROUPINGS if key in columns]
    if "name" in columns and "id" in columns:
        raise TypeError("a table of single places has too many bars; plot its totals, such as .totals('county,layer')")
    # The parts of a bar: the measures of the result, or else the layers. Every other group has bars of its own.
    parts_by = ("layer", "payer", "year") if len(keys) == 1 and len(groupings) > 1 else ()
    part = next((key for key in parts_by if key in groupings), None)
    along = [key for key in groupings if key != part]
    names = _Names(table, lang)
    bars: dict[str, dict[str, Decimal]] = {}
    order: dict[str, None] = {}
    for row in rows:
        bar = " · ".join(names(key, row[key]) for key in along)
        for key in keys:
            kind = names(part, row[part]) if part else names.word(labels.get(key, ("金额", "Amount")))
            order[kind] = None
            parts = bars.setdefault(bar, {})
            parts[kind] = parts.get(kind, Decimal(0)) + (row[key] or Decimal(0))
    words = _Names.headers[0 if lang == "zh" else 1]
    ax.set_xlabel(" · ".join(words[key] for key in along), fontfamily=fonts)
    ax.set_ylabel(f"单位：{table.unit}" if lang == "zh" else f"Unit: {table.unit}", fontfamily=fonts)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title(_title(table, lang), fontsize="medium", wrap=True, fontfamily=fonts)
    steps = _steps(table, along)
    if steps:
        for number, kind in enumerate(order):
            amounts = [float(parts.get(kind, Decimal(0))) for parts in bars.values()]
            points = sorted(zip(steps, amounts, strict=True))
            ax.plot(*zip(*points, strict=True), marker="o", markersize=3, label=kind, color=_COLORS[number % len(_COLORS)])
        _legend(ax, order, fonts)
        return
    stacked = stacked or part is not None
    width = 0.8 if stacked else 0.8 / max(len(order), 1)
    # What places pay in hangs below the line; what they get stands on it.
    above, below = [0.0] * len(bars), [0.0] * len(bars)
    for number, kind in enumerate(order):
        # A length on paper; the amounts themselves stay decimals.
        lengths = [float(parts.get(kind, Decimal(0))) for parts in bars.values()]
        shift = 0.0 if stacked else (number - (len(order) - 1) / 2) * width
        places = [place + shift for place in range(len(bars))]
        color = _COLORS[number % len(_COLORS)]
        base = [low if length < 0 else high for low, high, length in zip(below, above, lengths, strict=True)]
        ax.bar(places, lengths, width, bottom=base if stacked else None, label=kind, color=color)
        above = [high + max(length, 0.0) for high, length in zip(above, lengths, strict=True)]
        below = [low + min(length, 0.0) for low, length in zip(below, lengths, strict=True)]
    # Labels that would lie over each other say nothing: a figure of its own grows with them, in others some are left out.
    most = _LABELS
    if own and len(bars) > _LABELS:
        ax.figure.set_figwidth(min(2.5 + _INCHES * len(bars), _WIDEST))
        most = int((_WIDEST - 2.5) / _INCHES)
    shown = range(0, len(bars), -(-len(bars) // most) or 1)
    short = len(bars) <= 8 and all(len(bar) <= 10 for bar in bars)
    ax.set_xlim(-0.7, len(bars) - 0.3)
    ax.set_xticks(
        shown,
        [list(bars)[place] for place in shown],
        rotation=0 if short else 60,
        ha="center" if short else "right",
        rotation_mode="anchor",
        fontfamily=fonts,
    )
    _legend(ax, order, fonts)


def _legend(ax: Any, order: dict[str, None], fonts: list[str]) -> None:
    if len(order) > 1:
        # Beside the bars, never over them.
        ax.legend(frameon=False, prop={"family": fonts}, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _title(table: Table, lang: str) -> str:
    """What the table is called, with its years, and what was changed of the policy."""
    _, *changed = table.policy.heading(lang=lang).split("\n")
    return "\n".join([table.title(lang=lang), *changed])


def _steps(table: Table, along: list[str]) -> list[float]:
    """Where the scenarios of a sweep stand: those whose names are numbers, at least three, and nothing else beside them."""
    if along != ["scenario"]:
        return []
    try:
        steps = [float(name) for name in dict.fromkeys(row["scenario"] for row in table.to_dicts())]
    except ValueError:
        return []
    return steps if len(steps) > 2 and all(isfinite(step) for step in steps) else []


_GROUPINGS = ("scenario", "county", "township", "kind", "designation", "class", "year", "layer", "payer", "id")


class _Names:
    """The policy's names for the ids of its words."""

    headers = (
        {
            "scenario": "情景", "county": "区县", "township": "乡镇", "kind": "类型", "designation": "认定层级", "class": "类别",
            "year": "年度", "layer": "安排层级", "payer": "安排主体", "id": "编码",
        },
        {
            "scenario": "Scenario", "county": "County", "township": "Township", "kind": "Kind", "designation": "Designation",
            "class": "Class", "year": "Year", "layer": "Layer", "payer": "Payer", "id": "Id",
        },
    )

    def __init__(self, table: Table, lang: str) -> None:
        self.lang = lang
        document = table.policy.to_dict()
        self.names: dict[str, dict[str, Any]] = {
            "layer": {layer["id"]: layer.get("name") for layer in document.get("layers", [])},
            "class": {one["id"]: one.get("name") for one in document.get("classes", [])},
            "payer": document.get("payers", {}),
            "kind": document.get("kinds", {}),
            "designation": document.get("designations", {}),
        }

    def word(self, pair: tuple[str, str]) -> str:
        return pair[0] if self.lang == "zh" else pair[1]

    def __call__(self, column: str | None, value: Any) -> str:
        if value in ("", None):
            return self.word(("（未列明）", "(not stated)"))
        name = self.names.get(column or "", {}).get(value)
        return str(name.get(self.lang) or value) if isinstance(name, dict) else str(value)
