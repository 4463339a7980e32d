from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import Any, Protocol, TypeAlias, final, overload

import pandas
import polars
import pyarrow
import pyarrow.dataset
from typing_extensions import disjoint_base

from ._errors import Problem

__all__ = [
    "Allocation",
    "Duties",
    "Explanation",
    "Form",
    "Funding",
    "Planning",
    "Policy",
    "Reconciliation",
    "Roster",
    "Scan",
    "Solution",
    "SummedFunding",
    "SummedReconciliation",
    "Table",
    "_Funding",
    "_Reading",
    "_Rounds",
    "_Rows",
    "__version__",
    "_columns_of_folders",
    "_columns_of_rows",
    "_columns_read",
    "_merge_figures",
    "_panic_for_test",
    "_settle",
    "_rebuild",
    "compare",
    "duties",
    "gallery",
    "merge_summaries",
    "named_places",
    "policies",
    "reconcile_summaries",
    "scan",
    "scenarios",
    "solve",
]

__version__: str

class _BinaryFile(Protocol):
    def read(self) -> bytes: ...

class _TextFile(Protocol):
    def read(self) -> str: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

_Path: TypeAlias = str | PathLike[str]
_Number: TypeAlias = Decimal | int | str
_File: TypeAlias = _Path | bytes | bytearray | memoryview | _BinaryFile | _TextFile
_RowsLike: TypeAlias = _File | _ArrowStream | _ArrowArray | Iterable[Mapping[str, Any]]
_PartsLike: TypeAlias = _Path | Sequence[_Path] | _ArrowStream | pyarrow.dataset.Dataset | polars.LazyFrame
_Years: TypeAlias = int | str | Sequence[int]
_By: TypeAlias = str | Sequence[str]
_Changes: TypeAlias = Mapping[str, Any] | str | Sequence[str]
_ScenariosLike: TypeAlias = Mapping[str, _Changes | None] | Sequence[tuple[str, _Changes | None]] | _RowsLike
_PolicyLike: TypeAlias = Policy | _File | dict[str, Any]
_RosterLike: TypeAlias = Roster | _RowsLike

@final
class _Rows:
    def __new__(cls, format: str, text: bytes, file: str | None) -> _Rows: ...
    def __reduce__(self) -> tuple[type[_Rows], tuple[str, bytes, str | None]]: ...

def _rebuild(owner: object | None, method: str, arguments: dict[str, Any]) -> Any: ...
def _panic_for_test(text: str) -> None: ...
def policies() -> tuple[str, ...]: ...
def gallery() -> tuple[str, ...]: ...
def compare(before: Allocation, after: Allocation, by: _By | None = None, *, unit: str | None = None) -> Table: ...
def duties(
    policy: _PolicyLike,
    roster: _RosterLike | None = None,
    assignments: _RowsLike | None = None,
    *,
    years: _Years | None = None,
    sheet: str | None = None,
    fill_down: bool | None = None,
) -> Duties: ...
def scan(
    policy: _PolicyLike,
    source: _PartsLike,
    *,
    years: _Years | None = None,
    threads: int | None = None,
    distinct_ids: bool = False,
    progress: bool | Callable[[int, int | None], object] | None = None,
    max_passes: int | None = None,
    settlement: str | None = None,
) -> Scan: ...
def scenarios(
    policy: _PolicyLike,
    scenarios: _ScenariosLike,
    by: _By | None = None,
    *,
    roster: _RosterLike | None = None,
    years: _Years | None = None,
    unit: str | None = None,
    sheet: str | None = None,
    roster_sheet: str | None = None,
    fill_down: bool | None = None,
) -> Table: ...
def solve(
    policy: _PolicyLike,
    path: str,
    *,
    layer: str,
    year: int,
    limit: _Number,
    payer: str | None = None,
    step: _Number | None = None,
    roster: _RosterLike | None = None,
    unit: str | None = None,
    sheet: str | None = None,
    fill_down: bool | None = None,
) -> Solution: ...

@final
class Policy:
    def __new__(cls, source: _File | dict[str, Any]) -> Policy: ...
    @staticmethod
    def from_toml(text: str | bytes) -> Policy: ...
    @staticmethod
    def from_json(text: str | bytes) -> Policy: ...
    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> Policy: ...
    def with_changes(self, changes: _Changes) -> Policy: ...
    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str | None: ...
    @property
    def title(self) -> dict[str, str]: ...
    @property
    def years(self) -> tuple[int, ...]: ...
    @property
    def unit(self) -> str: ...
    @property
    def status(self) -> str | None: ...
    @property
    def layers(self) -> tuple[str, ...]: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def changes(self) -> tuple[dict[str, Any], ...]: ...
    def heading(self, *, lang: str | None = None) -> str: ...
    @property
    def warnings(self) -> tuple[Problem, ...]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...
    def roster(
        self, data: _RosterLike | None = None, *, sheet: str | None = None, fill_down: bool | None = None
    ) -> Roster: ...
    def allocate(
        self,
        roster: _RosterLike | None = None,
        *,
        years: _Years | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Allocation: ...
    def to_html(self, *, lang: str | None = None) -> str: ...
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Policy: ...
    def __deepcopy__(self, _memo: object) -> Policy: ...
    def __reduce__(self) -> tuple[Any, tuple[str, str | None, str]]: ...
    @staticmethod
    def _unpickle(text: str, built_in: str | None, changes: str) -> Policy: ...

@disjoint_base
class Table:
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def unit(self) -> str: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def warnings(self) -> tuple[Problem, ...]: ...
    def __len__(self) -> int: ...
    def titles(self, *, lang: str | None = None) -> tuple[str, ...]: ...
    def to_dicts(self, *, labels: str | None = None) -> list[dict[str, Any]]: ...
    @overload
    def to_csv(
        self,
        path: None = None,
        *,
        excel: bool = False,
        people: bool = False,
        lang: str | None = None,
        decimals: int | None = None,
        wide: bool = False,
    ) -> str: ...
    @overload
    def to_csv(
        self,
        path: _Path,
        *,
        excel: bool = False,
        people: bool = False,
        lang: str | None = None,
        decimals: int | None = None,
        wide: bool = False,
    ) -> None: ...
    @overload
    def to_json(self, path: None = None, *, lang: str | None = None) -> str: ...
    @overload
    def to_json(self, path: _Path, *, lang: str | None = None) -> None: ...
    def to_excel(
        self, path: _Path, *, lang: str | None = None, decimals: int | None = None, wide: bool = False
    ) -> None: ...
    @overload
    def to_markdown(
        self, path: None = None, *, lang: str | None = None, decimals: int | None = None, wide: bool = False
    ) -> str: ...
    @overload
    def to_markdown(
        self, path: _Path, *, lang: str | None = None, decimals: int | None = None, wide: bool = False
    ) -> None: ...
    @overload
    def to_html(
        self, path: None = None, *, lang: str | None = None, decimals: int | None = None, wide: bool = False
    ) -> str: ...
    @overload
    def to_html(
        self, path: _Path, *, lang: str | None = None, decimals: int | None = None, wide: bool = False
    ) -> None: ...
    def title(self, *, lang: str | None = None) -> str: ...
    def to_text(self, *, lang: str | None = None, decimals: int | None = None) -> str: ...
    def to_polars(self, *, labels: str | None = None) -> polars.DataFrame: ...
    def to_pandas(self, *, labels: str | None = None) -> pandas.DataFrame: ...
    def to_arrow(self, *, labels: str | None = None) -> pyarrow.Table: ...
    def plot(self, *, lang: str | None = None, ax: Any = None) -> Any: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def _repr_html_(self) -> str: ...
    def __copy__(self) -> Table: ...
    def __deepcopy__(self, _memo: object) -> Table: ...
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]: ...

@final
class Roster(Table):
    def __new__(
        cls,
        policy: _PolicyLike,
        data: _RosterLike | None = None,
        *,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Roster: ...
    @staticmethod
    def from_csv(policy: _PolicyLike, text: str | bytes, *, fill_down: bool | None = None) -> Roster: ...
    @staticmethod
    def from_json(policy: _PolicyLike, text: str | bytes, *, fill_down: bool | None = None) -> Roster: ...
    @staticmethod
    def template(policy: _PolicyLike) -> list[dict[str, Any]]: ...
    @property
    def places(self) -> int: ...
    @property
    def policy(self) -> Policy: ...
    def check(self, policy: _PolicyLike | None = None) -> tuple[Problem, ...]: ...

# An id, and how many rows stand before each of two parts that have it, and what these are called.
_IdInTwo: TypeAlias = tuple[str, tuple[int, str | None], tuple[int, str | None]]

def merge_summaries(
    policy: _PolicyLike,
    summaries: Sequence[str],
    by: _By | None = None,
    *,
    years: _Years | None = None,
    unit: str | None = None,
    zeros: bool = False,
    ids_in_two_parts: Sequence[_IdInTwo] | Callable[[], Sequence[_IdInTwo]] | None = None,
    settlement: str | None = None,
) -> Table: ...
def named_places(
    receipts: _RowsLike | Sequence[_RowsLike], *, sheet: str | None = None, fill_down: bool | None = None
) -> str: ...
def reconcile_summaries(
    policy: _PolicyLike,
    summaries: Sequence[str],
    receipts: _RowsLike | Sequence[_RowsLike],
    by: _By | None = None,
    *,
    years: _Years | None = None,
    as_of: str | date | None = None,
    unit: str | None = None,
    zeros: bool = False,
    ids_in_two_parts: Sequence[_IdInTwo] | Callable[[], Sequence[_IdInTwo]] | None = None,
    settlement: str | None = None,
    sheet: str | None = None,
    fill_down: bool | None = None,
) -> SummedReconciliation: ...
def _columns_read(policy: _PolicyLike, names: Sequence[str]) -> list[str]: ...
def _columns_of_folders(file: str) -> list[tuple[str, str | None]]: ...
def _columns_of_rows(
    policy: _PolicyLike,
    operation: str,
    *,
    unit: str | None = None,
    zeros: bool = False,
    wide: bool = False,
    columns: str | Sequence[str] | None = None,
) -> Any: ...
def _settle(
    policy: _PolicyLike,
    settlement: str | None,
    sums: Sequence[str],
    *,
    years: _Years | None = None,
    max_passes: int | None = None,
    figures: bool = False,
    arrivals: str | None = None,
) -> tuple[str, bool]: ...
def _merge_figures(
    policy: _PolicyLike,
    summaries: Sequence[str],
    by: _By,
    *,
    years: _Years | None = None,
    ids_in_two_parts: Sequence[_IdInTwo] | Callable[[], Sequence[_IdInTwo]] | None = None,
    settlement: str | None = None,
    doubt: str | None = None,
) -> tuple[Table | None, str | None]: ...
@final
class _Funding:
    def __new__(
        cls,
        policy: _PolicyLike,
        limits: _RowsLike,
        rule: str,
        *,
        order: _By | None = None,
        by: _By | None = None,
        years: _Years | None = None,
        distinct_ids: bool = False,
        max_passes: int | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> _Funding: ...
    @property
    def limits(self) -> list[dict[str, Any]]: ...
    def settle(self, settlement: str | None, so_far: str | None, sums: Sequence[str]) -> tuple[str, bool]: ...
    def part(
        self,
        settlement: str | None,
        so_far: str,
        source: Any,
        first_row: int,
        file: str | None,
        *,
        write: Callable[[Any], object] | None = None,
        unit: str | None = None,
        zeros: bool = False,
        columns: str | Sequence[str] | None = None,
    ) -> str: ...
    def table(
        self,
        settlement: str | None,
        so_far: str,
        summaries: Sequence[str],
        find: Callable[[], Sequence[_IdInTwo]],
        *,
        unit: str | None = None,
    ) -> SummedFunding: ...

@final
class _Reading:
    def __new__(
        cls,
        policy: _PolicyLike,
        summaries: Sequence[str],
        naming: str,
        by: _By | None = None,
        *,
        years: _Years | None = None,
        ids_in_two_parts: Sequence[_IdInTwo] | Callable[[], Sequence[_IdInTwo]] | None = None,
        settlement: str | None = None,
        arrivals: str | None = None,
        first: _Reading | None = None,
    ) -> _Reading: ...
    def arrivals(
        self,
        receipts: _RowsLike | Sequence[_RowsLike],
        *,
        top_up: str = "entitled",
        top_up_years: _Years | None = None,
        as_of: str | date | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> str | None: ...
    def reconcile(
        self,
        receipts: _RowsLike | Sequence[_RowsLike],
        *,
        top_up: str = "entitled",
        top_up_years: _Years | None = None,
        as_of: str | date | None = None,
        unit: str | None = None,
        zeros: bool = False,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> SummedReconciliation: ...

@final
class _Rounds:
    def __new__(
        cls,
        policy: _PolicyLike,
        *,
        scenarios: _ScenariosLike | None = None,
        other: _PolicyLike | None = None,
        by: _By | None = None,
        years: _Years | None = None,
        distinct_ids: bool = False,
        max_passes: int | None = None,
    ) -> _Rounds: ...
    @property
    def is_over(self) -> bool: ...
    @property
    def scenarios(self) -> dict[str, dict[str, Any]] | None: ...
    def so_far(self) -> str: ...
    def part(self, source: Any, so_far: str, first_row: int, file: str | None) -> str: ...
    def next(self, sums: Sequence[str], find: Callable[[], Sequence[_IdInTwo]]) -> _Rounds: ...
    def table(self, *, unit: str | None = None) -> Table: ...

@final
class Scan:
    @property
    def policy(self) -> Policy: ...
    def totals(self, by: _By | None = None, *, unit: str | None = None, zeros: bool = False) -> Table: ...
    def figures(self, by: _By) -> Table: ...
    def scenarios(
        self,
        scenarios: _ScenariosLike,
        by: _By | None = None,
        *,
        unit: str | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Table: ...
    def compare(self, policy: _PolicyLike, by: _By | None = None, *, unit: str | None = None) -> Table: ...
    def fund(
        self,
        limits: _RowsLike,
        rule: str,
        by: _By | None = None,
        *,
        order: _By | None = None,
        unit: str | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
        to_parquet: _Path | None = None,
        columns: str | Sequence[str] | None = None,
        zeros: bool = False,
    ) -> SummedFunding: ...
    def reconcile(
        self,
        receipts: _RowsLike | Sequence[_RowsLike],
        by: _By | None = None,
        *,
        top_up: str = "entitled",
        top_up_years: _Years | None = None,
        as_of: str | date | None = None,
        unit: str | None = None,
        zeros: bool = False,
        sheet: str | None = None,
        fill_down: bool | None = None,
        to_parquet: _Path | None = None,
        columns: str | Sequence[str] | None = None,
    ) -> SummedReconciliation: ...
    def summary(
        self, by: _By | None = None, *, first_row: int = 0, file: str | None = None, naming: str | None = None
    ) -> str: ...
    def to_parquet(
        self,
        path: _Path,
        by: _By | None = None,
        *,
        unit: str | None = None,
        zeros: bool = False,
        wide: bool = False,
        figures: bool = False,
        columns: str | Sequence[str] | None = None,
    ) -> Table: ...
    def _fund(
        self,
        limits: _RowsLike,
        rule: str,
        *,
        by: _By | None = None,
        order: _By | None = None,
        unit: str | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
        write: Callable[[Any], object] | None = None,
        columns: str | Sequence[str] | None = None,
        zeros: bool = False,
    ) -> SummedFunding: ...
    def _reconcile(
        self,
        receipts: _RowsLike | Sequence[_RowsLike],
        *,
        by: _By | None = None,
        top_up: str = "entitled",
        top_up_years: _Years | None = None,
        as_of: str | date | None = None,
        unit: str | None = None,
        zeros: bool = False,
        sheet: str | None = None,
        fill_down: bool | None = None,
        write: Callable[[Any], object] | None = None,
        columns: str | Sequence[str] | None = None,
    ) -> SummedReconciliation: ...
    def _figures(self, by: _By, *, first_row: int = 0, file: str | None = None, doubt: str | None = None) -> str: ...
    def _pass(self, *, first_row: int = 0, file: str | None = None, arrivals: str | None = None) -> str: ...
    def _summary(
        self,
        by: _By | None = None,
        *,
        first_row: int = 0,
        file: str | None = None,
        naming: str | None = None,
        arrivals: str | None = None,
    ) -> str: ...
    def _rows(
        self,
        write: Callable[[Any], object],
        *,
        by: _By | None = None,
        unit: str | None = None,
        zeros: bool = False,
        wide: bool = False,
        figures: bool = False,
        columns: str | Sequence[str] | None = None,
    ) -> Table: ...
    def _rows_of_part(
        self,
        write: Callable[[Any], object],
        *,
        by: _By | None = None,
        unit: str | None = None,
        zeros: bool = False,
        wide: bool = False,
        columns: str | Sequence[str] | None = None,
        first_row: int = 0,
        file: str | None = None,
    ) -> str: ...
    def _rows_beside(
        self,
        write: Callable[[Any], object],
        receipts: str,
        by: _By | None = None,
        *,
        naming: str | None = None,
        arrivals: str | None = None,
        unit: str | None = None,
        zeros: bool = False,
        columns: str | Sequence[str] | None = None,
        first_row: int = 0,
        file: str | None = None,
    ) -> str: ...

@final
class Allocation(Table):
    def __new__(
        cls,
        policy: _PolicyLike,
        roster: _RosterLike | None = None,
        *,
        years: _Years | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Allocation: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def roster(self) -> Roster: ...
    @property
    def years(self) -> tuple[int, ...]: ...
    def table(
        self, *, unit: str | None = None, zeros: bool = False, wide: bool = False, figures: bool = False
    ) -> Table: ...
    def figures(self, by: _By | None = None) -> Table: ...
    def checks(
        self,
        figures: _RowsLike | Sequence[_RowsLike] | None = None,
        *,
        by: _By | None = None,
        open: bool = False,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Table: ...
    def totals(self, by: _By | None = None, *, unit: str | None = None, zeros: bool = False) -> Table: ...
    def explain(
        self,
        recipient: str | None = None,
        year: _Years | None = None,
        *,
        unit: str | None = None,
        by: _By | None = None,
        limits: _RowsLike | None = None,
        rule: str | None = None,
        order: _By | None = None,
        receipts: _RowsLike | Sequence[_RowsLike] | None = None,
        top_up: str = "entitled",
        top_up_years: _Years | None = None,
        as_of: str | date | None = None,
        duties: bool = False,
        assignments: _RowsLike | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Explanation: ...
    def workbook(
        self, path: str | PathLike[str], *, lang: str | None = None, ascii_names: bool = False
    ) -> None: ...
    def fund(
        self,
        limits: _RowsLike,
        rule: str,
        *,
        order: _By | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Funding: ...
    def reconcile(
        self,
        receipts: _RowsLike | Sequence[_RowsLike],
        *,
        top_up: str = "entitled",
        top_up_years: _Years | None = None,
        as_of: str | date | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Reconciliation: ...
    def duties(
        self,
        assignments: _RowsLike | None = None,
        *,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Duties: ...
    def projects(
        self,
        projects: _RowsLike,
        *,
        as_of: str | date | None = None,
        sheet: str | None = None,
        fill_down: bool | None = None,
    ) -> Planning: ...
    def form(
        self,
        name: str,
        *,
        places: bool = False,
        total_first: bool = False,
        unit: str | None = None,
        set_text: Mapping[str, object] | None = None,
        text: Mapping[str, object] | _File | None = None,
        figures: _RowsLike | Sequence[_RowsLike] | None = None,
    ) -> Form: ...
    @staticmethod
    def _unpickle(policy: Policy, roster: Roster, years: Sequence[int]) -> Allocation: ...

@final
class Explanation(Table):
    @property
    def document(self) -> str | None: ...
    @property
    def issuer(self) -> str | None: ...
    @property
    def published(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def clauses(self) -> list[dict[str, str | None]]: ...
    @property
    def readings(self) -> list[dict[str, Any]]: ...
    @property
    def changes(self) -> list[dict[str, str | None]]: ...
    @property
    def awards(self) -> list[dict[str, Any]]: ...
    @property
    def gaps(self) -> list[dict[str, Any]]: ...
    @property
    def duties(self) -> list[dict[str, Any]]: ...
    @property
    def totals(self) -> list[dict[str, Any]]: ...
    @property
    def steps(self) -> list[dict[str, Any]]: ...
    @property
    def amounts(self) -> dict[int, Decimal]: ...
    @property
    def details(self) -> list[dict[str, Any]]: ...

@final
class Funding(Table):
    @property
    def rule(self) -> str: ...
    def table(self, *, unit: str | None = None, zeros: bool = False) -> Table: ...
    def totals(self, by: _By | None = None, *, unit: str | None = None) -> Table: ...
    def notes(self, *, unit: str | None = None, lang: str | None = None) -> list[str]: ...
    def explain(self, recipient: str, year: _Years | None = None) -> list[dict[str, Any]]: ...
    def explained(
        self, recipient: str, year: _Years | None = None, *, unit: str | None = None
    ) -> Explanation: ...

@final
class Reconciliation(Table):
    def table(self, *, unit: str | None = None, zeros: bool = False) -> Table: ...
    def totals(self, by: _By | None = None, *, unit: str | None = None, zeros: bool = False) -> Table: ...
    def unmatched(self, *, unit: str | None = None) -> Table: ...
    def explained(
        self, recipient: str, year: _Years | None = None, *, unit: str | None = None
    ) -> Explanation: ...
    def form(
        self,
        name: str,
        *,
        projects: Planning | None = None,
        places: bool = False,
        total_first: bool = False,
        unit: str | None = None,
        set_text: Mapping[str, object] | None = None,
        text: Mapping[str, object] | _File | None = None,
    ) -> Form: ...

@final
class SummedFunding(Table):
    @property
    def rule(self) -> str: ...
    def notes(self, *, unit: str | None = None, lang: str | None = None) -> list[str]: ...

@final
class SummedReconciliation(Table):
    def _receipts_by_row(self) -> str: ...
    def unmatched(self, *, unit: str | None = None) -> Table: ...

@final
class Planning(Table):
    def table(self, *, unit: str | None = None, zeros: bool = False) -> Table: ...
    def totals(self, by: _By | None = None, *, unit: str | None = None, zeros: bool = False) -> Table: ...
    def places(self, *, unit: str | None = None) -> Table: ...
    def shares(self, by: _By | None = None, *, unit: str | None = None) -> Table: ...
    def projects(self, *, unit: str | None = None) -> Table: ...
    def overdue(self, *, unit: str | None = None) -> Table: ...
    def unmatched(self, *, unit: str | None = None) -> Table: ...
    def form(
        self,
        name: str,
        *,
        places: bool = False,
        total_first: bool = False,
        unit: str | None = None,
        set_text: Mapping[str, object] | None = None,
        text: Mapping[str, object] | _File | None = None,
    ) -> Form: ...

@final
class Duties(Table):
    def table(self, *, missing: bool = False) -> Table: ...
    def totals(self, by: _By | None = None) -> Table: ...
    def coverage(self, by: _By | None = None) -> Table: ...
    def unmatched(self) -> Table: ...
    def explained(
        self, recipient: str, year: _Years | None = None, *, unit: str | None = None
    ) -> Explanation: ...
    def form(
        self,
        name: str,
        *,
        places: bool = False,
        total_first: bool = False,
        unit: str | None = None,
        set_text: Mapping[str, object] | None = None,
        text: Mapping[str, object] | _File | None = None,
    ) -> Form: ...

@final
class Form(Table):
    @property
    def name(self) -> str: ...
    def title(self, *, lang: str | None = None) -> str: ...
    def save(self, path: _Path, *, lang: str | None = None, decimals: int | None = None) -> None: ...

@final
class Solution(Table):
    @property
    def value(self) -> Decimal: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def next_value(self) -> Decimal: ...
    @property
    def next_total(self) -> Decimal: ...
    @property
    def step(self) -> Decimal: ...
    def sentence(self, *, lang: str | None = None) -> str: ...
