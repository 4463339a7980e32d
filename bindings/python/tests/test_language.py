"""The language in which people are spoken to."""

from __future__ import annotations

import pickle
import re
import threading
from collections.abc import Iterator

import pytest

import fundlayers as fl

ROSTER = [{"名称": "甲镇", "类型": "镇", "认定层级": "乡级"}, {"名称": "乙村", "类型": "街道", "认定层级": "市级"}]


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("FUNDLAYERS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    fl.set_language(None)
    yield
    fl.set_language(None)


def foreign(text: str) -> str | None:
    """The first English word that is no code, path, name of a format or word in backticks."""
    outside = re.sub(r"`[^`]*`|\[[a-z0-9-]+\]|[\w.-]*[./_=-][\w.-]*", " ", text)
    names = {"TOML", "JSON", "CSV", "UTF", "Excel", "WPS", "Arrow", "Decimal", "Python", "polars", "pandas"}
    return next((word for word in re.findall(r"[A-Za-z]{2,}", outside) if word not in names), None)


def wrong() -> fl.FundlayersError:
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Policy("tongchuan-2023").allocate(ROSTER)
    return caught.value


def test_messages_are_of_the_language_that_is_spoken() -> None:
    error = wrong()
    assert "designation" in str(error)
    assert foreign(error.to_text(lang="zh")) is None
    fl.set_language("zh")
    assert fl.language() == "zh"
    assert str(error) == error.to_text(lang="zh") != error.to_text(lang="en")
    for problem in error.problems:
        assert foreign(problem.text) is None
        assert foreign(problem.message) is None
        assert foreign(problem.expected or "") is None
        assert problem.in_language("en").message != problem.message
        assert problem.in_language("en") == problem
        assert pickle.loads(pickle.dumps(problem)) == problem
        assert problem.message in repr(problem)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)


def test_a_language_within_is_of_one_thread() -> None:
    seen: list[str] = []
    with fl.using_language("zh_CN"):
        thread = threading.Thread(target=lambda: seen.append(fl.language()))
        thread.start()
        thread.join()
        assert fl.language() == "zh"
    assert seen == ["en"] == [fl.language()]


def test_what_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert fl.language() == "zh"
    monkeypatch.setenv("FUNDLAYERS_LANG", "en")
    assert fl.language() == "en"
    fl.set_language("中文")
    assert fl.language() == "zh"
    with pytest.raises(ValueError, match="fr"):
        fl.set_language("fr")
    with pytest.raises(fl.FundlayersError, match="不是语言"):
        fl.Policy("tongchuan-2023").heading(lang="fr")


def test_tables_and_explanations_follow() -> None:
    allocation = fl.Allocation("tongchuan-2023", years=2024)
    fl.set_language("zh")
    assert "单位：万元" in repr(allocation.totals("layer"))
    assert "补足至标准" in allocation.explain("黄堡镇").to_text() or "补" in allocation.explain("黄堡镇").to_text()
    assert "征求意见稿" in repr(allocation.policy)
    fl.set_language("en")
    assert "Unit" in repr(allocation.totals("layer"))


def test_titles_take_the_place_of_keys() -> None:
    totals = fl.Allocation("tongchuan-2023").totals("区县，年份")
    assert totals.columns == ("county", "year", "count", "amount", "unit")
    titles = ("区县", "年度", "数量", "金额", "单位")
    assert totals.titles(lang="zh") == titles
    assert tuple(totals.to_dicts(labels="zh")[0]) == titles
    assert totals.to_dicts(labels="zh")[0]["金额"] == totals.to_dicts()[0]["amount"]
    polars = pytest.importorskip("polars")
    frame = totals.to_polars(labels="zh")
    assert isinstance(frame, polars.DataFrame)
    assert tuple(frame.columns) == titles
    pytest.importorskip("pyarrow")
    assert tuple(totals.to_arrow(labels="zh").column_names) == titles
    pytest.importorskip("pandas")
    assert tuple(totals.to_pandas(labels="zh").columns) == titles
    assert tuple(totals.to_pandas(labels="en").columns)[0] == "County"


def test_chinese_words_are_arguments() -> None:
    allocation = fl.Allocation("tongchuan-2023", years="２０２４年")
    assert [row["year"] for row in allocation.totals("年度").to_dicts()] == [2024]
    policy = fl.Policy("tongchuan-2023")
    changed = policy.with_changes("classes.municipal-town.standard＝６５０")
    assert changed.changes[0]["path"] == "classes.municipal-town.standard"
    limits = [{"安排层级": "区县统筹", "安排主体": "王益区", "年度": 2024, "金额(万元)": 400}]
    assert allocation.fund(limits, "按比例安排").notes(lang="zh")


def test_wrong_use_is_said_in_the_language() -> None:
    fl.set_language("zh")
    for use in (
        lambda: fl.Policy(3),  # type: ignore[arg-type]
        lambda: fl.Allocation("tongchuan-2023", 3),  # type: ignore[arg-type]
        lambda: fl.Allocation("tongchuan-2023", sheet="表"),
        lambda: fl.Allocation("tongchuan-2023").totals(3),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError) as caught:
            use()
        assert foreign(str(caught.value)) is None, caught.value


def test_files_that_are_not_there_say_so() -> None:
    fl.set_language("zh")
    with pytest.raises(FileNotFoundError, match="文件或文件夹不存在"):
        fl.Policy("没有.toml")


def test_json_has_warnings_in_a_language() -> None:
    roster = fl.Roster("tongchuan-2023", [{"名称": "甲镇", "类型": "镇", "认定层级": "市级", "面积": "3"}])
    allocation = fl.Allocation("tongchuan-2023", roster)
    assert allocation.warnings
    zh, en = allocation.to_json(lang="zh"), allocation.to_json()
    assert zh != en == allocation.to_json(lang="en")
