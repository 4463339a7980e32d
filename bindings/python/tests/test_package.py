"""The package as it is installed: types, documents, size of the import."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fundlayers as fl

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=HERE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_stubs_say_what_the_module_has() -> None:
    run("-m", "mypy.stubtest", "fundlayers", "--mypy-config-file", "pyproject.toml")


def test_a_typed_example_passes_mypy_strict() -> None:
    run("-m", "mypy", "--strict", "tests/typed_example.py")
    run("tests/typed_example.py")


def test_mistakes_of_type_are_found() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "-c", "import fundlayers as fl; fl.Policy('x').allocate().totals(7)"],
        capture_output=True,
        text=True,
        cwd=HERE,
        check=False,
    )
    assert done.returncode == 1 and 'incompatible type "int"' in done.stdout


@pytest.mark.parametrize("module", ["fundlayers", "fundlayers._fundlayers", "fundlayers.plot", "fundlayers._errors"])
def test_docstrings_are_true(module: str) -> None:
    found = importlib.import_module(module)
    globs: dict[str, Any] = {**vars(fl), **vars(found)}
    tests = 0
    for test in docstrings(found, module, globs):
        result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
        assert result.failed == 0, test.name
        tests += result.attempted
    assert tests > 0 or module == "fundlayers._errors"


def docstrings(module: Any, name: str, globs: dict[str, Any]) -> list[doctest.DocTest]:
    parser = doctest.DocTestParser()
    found = []
    things = [(name, module)] + [(key, thing) for key, thing in vars(module).items() if not key.startswith("__")]
    for key, thing in things:
        if thing is not module and getattr(thing, "__module__", name).split(".")[0] != "fundlayers":
            continue
        members = [(key, thing)]
        if isinstance(thing, type):
            members += [(f"{key}.{attribute}", member) for attribute, member in vars(thing).items()]
        for where, member in members:
            text = getattr(member, "__doc__", None)
            if isinstance(text, str) and ">>>" in text:
                found.append(parser.get_doctest(text, dict(globs), where, None, 0))
    return found


def test_everything_public_has_a_docstring() -> None:
    for name in fl.__all__:
        thing = getattr(fl, name)
        if name == "__version__":
            continue
        assert thing.__doc__, name
        for attribute, member in vars(thing).items() if isinstance(thing, type) else ():
            if not attribute.startswith("_"):
                assert member.__doc__ or thing is fl.Problem, f"{name}.{attribute}"


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "README.zh-CN.md", HERE / "README.md", HERE / "README.zh-CN.md", *sorted((HERE / "docs").glob("*.md"))], ids=lambda p: p.name)
def test_examples_of_the_documents_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)
    assert blocks, path
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FUNDLAYERS_LANG", "zh" if path.name.endswith(".zh-CN.md") else "en")
    globs: dict[str, Any] = {"__name__": "example"}
    for number, block in enumerate(blocks, 1):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, globs, f"{path.name} {number}", str(path), 0)
            result = doctest.DocTestRunner().run(test, clear_globs=False)
            assert result.failed == 0, block
            globs.update(test.globs)
        else:
            exec(compile(block, f"{path.name} {number}", "exec"), globs)


def test_importing_loads_nothing_but_the_package_and_what_python_has() -> None:
    script = (
        "import sys; before = set(sys.modules); import fundlayers; new = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(*sorted(new - sys.stdlib_module_names))"
    )
    assert run("-c", script).split() == ["fundlayers"]


def test_html_is_a_finance_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNDLAYERS_LANG", "zh")
    allocation = fl.Policy("tongchuan-2023").allocate()
    html = allocation._repr_html_()
    assert "单位：万元" in html and ">20,160<" in html and html.count("小计") == 6 and html.count("合计") == 1
    policy = allocation.policy._repr_html_()
    assert policy.count("<tr>") >= 4 and "（依据 四.1）" in policy and "补足到标准" in policy
    note = allocation.explain("黄堡镇", 2024)._repr_html_()
    assert "600 − 300 = 300 万元" in note and '<td>合计</td><td></td><td></td><td class="n">600</td>' in note
    assert allocation.roster._repr_html_().count("<tr") == 13


def test_html_escapes_what_a_roster_says() -> None:
    rows = [{"name": "<script>alert(1)</script>", "kind": "镇", "designation": "市级", "county": "a&b"}]
    allocation = fl.Policy("tongchuan-2023").allocate(rows)
    for html in (allocation._repr_html_(), allocation.roster._repr_html_(), allocation.explain("a&b/<script>alert(1)</script>")._repr_html_()):
        assert "<script" not in html and "&lt;script&gt;" in html


def test_a_long_table_is_summed_up_and_not_written_out() -> None:
    rows = [{"id": str(number), "name": "村", "kind": "村", "designation": "市级", "county": str(number % 9)} for number in range(3000)]
    allocation = fl.Policy("tongchuan-2023").allocate(rows)
    assert len(allocation._repr_html_()) < 40_000 and len(repr(allocation)) < 40_000
    assert "1,080,000" in allocation._repr_html_()
