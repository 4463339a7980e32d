"""A policy over a data frame of Spark: computed where the rows lie, the same to the byte as on one machine.

``frame, warnings = spark.totals("tongchuan-2023", rows, "county")``

Every partition is computed by itself and becomes a small summary; the driver merges them. Where amounts rest on all places (a pool, the
mean of a county), the frame is read in passes before, until that is settled: keep it in memory (``frame.cache()``) or on disk if it is
costly to make, and make it so that it is the same each time. What is wrong with rows is one `FundlayersError`, as on one machine, with
the partition for the file and the row within it; so is a file that a worker cannot read. The workers need this package and pyarrow;
``PYSPARK_PYTHON`` says which Python they start. A task may run again at any time: it writes nothing by itself.

Most of the time of totals goes into handing rows from Java to Python. Where the rows are Parquet files as they lie, `Files` takes the
place of the frame: the workers read them by themselves.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import pickle
import queue
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ._errors import FundlayersError
from ._fundlayers import (
    Policy,
    Roster,
    Table,
    _columns_of_rows,
    _columns_read,
    _Funding,
    _merge_figures,
    _Reading,
    _Rounds,
    _settle,
    merge_summaries,
    named_places,
    scan,
)
from ._scan import Columns, Folder, Source

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as _pyarrow
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from ._errors import Problem
    from ._fundlayers import _By, _IdInTwo, _PolicyLike, _RowsLike, _ScenariosLike, _Years

__all__ = [
    "Computed",
    "Files",
    "Funded",
    "Reconciled",
    "allocate",
    "compare",
    "figures",
    "fund",
    "reconcile",
    "scenarios",
    "to_parquet",
    "totals",
]

# More rows than a partition has: the order of the roster is that of its partitions.
_ROWS_OF_PARTITION = 1 << 33
_IDS = "id string, first_row long, partition string"
_WRITTEN = "summary string, file string"
# Where Spark looks in a file of Parquet for its own names of types, and for the comments of columns.
_SCHEMA_OF_SPARK = "org.apache.spark.sql.parquet.row.metadata"
_Batches = Iterator["_pyarrow.RecordBatch"]
# What is made of a part: of its rows, how many stand before it, and what it is called.
_Work = Callable[[Any, int, str | None], _Batches]
# What a part comes to, whose rows are handed to a function on the way; the rest is as of `_Work`.
_OfPart = Callable[[Callable[[Any], None], Any, int, str | None], str]
_Result = TypeVar("_Result")
# What merges summaries, with ids that stand in two parts or what finds them.
_Merge = Callable[["list[str]", "list[_IdInTwo] | Callable[[], list[_IdInTwo]]"], _Result]
# Tasks of files, so many for each core: one that takes longer than others does not hold up all.
_TASKS_OF_CORE = 2
# Where nobody says how many cores there are.
_CORES = 64
# Before what a worker raised, in the text that Spark makes of it.
_RAISED = "raised by fundlayers: "
# So many ids in two partitions are named, the first in their order.
_NAMED = 20


class _Asked(NamedTuple):
    """By which columns, for which years, under what is settled, how a ledger names places, and what arrived by it."""

    by: _By | None
    years: _Years | None
    settlement: str | None = None
    naming: str | None = None
    arrivals: str | None = None


class Computed(NamedTuple):
    """What was asked for, and what is odd about the rows."""

    frame: DataFrame
    warnings: tuple[Problem, ...]


class Funded(NamedTuple):
    """Claims and what is funded of them, sentences on the limits that are short, and what is odd about rows and limits."""

    frame: DataFrame
    notes: tuple[str, ...]
    warnings: tuple[Problem, ...]


class Reconciled(NamedTuple):
    """What was due beside what happened, the receipts that match nothing in any partition, and what is odd about rows and ledger."""

    frame: DataFrame
    unmatched: DataFrame
    warnings: tuple[Problem, ...]


class Files:
    """Parquet files in place of a frame: each is a part, which a worker reads by itself.

    ``path`` is what ``session.read.parquet`` takes, one or several: files, folders, patterns, on any storage that pyarrow reads too
    (``file:``, ``hdfs:``, ``s3:``). Problems name the file. Folders may say what is the same in all rows below
    (``county=王益区/1.parquet``).
    """

    def __init__(self, session: SparkSession, path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> None:
        paths = [path] if isinstance(path, (str, os.PathLike)) else list(path)
        self._session = session
        self._files = sorted(session.read.parquet(*[os.fspath(path) for path in paths]).inputFiles())

    def _tasks(self) -> list[list[str]]:
        """Files that are read by one task, one after the other: each task sends one summary, whose groups are those of all."""
        count = max(1, min(len(self._files), _TASKS_OF_CORE * _cores(self._session)))
        ends = [len(self._files) * number // count for number in range(count + 1)]
        return [self._files[start:end] for start, end in zip(ends, ends[1:], strict=False)]

    def __repr__(self) -> str:
        return f"<Files: {len(self._files)}>"


def totals(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    by: _By | None = None,
    *,
    years: _Years | None = None,
    unit: str | None = None,
    zeros: bool = False,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Computed:
    """Totals by any of ``id, county, township, kind, designation, class, year, layer, payer``, as those of an allocation, in
    their order.

    The frame is read once; where each partition's ids do not all come after those of another, it is read once more to see that no
    id stands in two of them, which sends all ids through the cluster; ``distinct_ids=True`` says that none does. Where amounts rest on
    all places it is read before until that is settled; ``max_passes`` is how often at most, the last time with it.
    """
    known = _known(policy)
    settlement = _settled(known, frame, years, max_passes)
    return _computed(frame, _totals(known, frame, by, years, unit, zeros, distinct_ids, settlement))


def scenarios(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    scenarios: _ScenariosLike,
    by: _By | None = None,
    *,
    years: _Years | None = None,
    unit: str | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Computed:
    """Totals of many named changes of the policy, and the difference of each to the first: the table of ``fl.scenarios``.

    The frame is read as by `totals`, once for all of them; where amounts of some rest on all places, as often as the one that takes most.
    """
    known = _known(policy)
    asked: dict[str, Any] = {"by": by, "years": years, "distinct_ids": distinct_ids}
    rounds = _Rounds(known, scenarios=scenarios, max_passes=max_passes, **asked)
    return _computed(frame, _gone_through(rounds, [known], frame, {"scenarios": rounds.scenarios, **asked}, unit))


def compare(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    other: _PolicyLike,
    by: _By | None = None,
    *,
    years: _Years | None = None,
    unit: str | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Computed:
    """What another policy gives the same rows, beside what the first gives: the table of ``fl.compare``.

    The frame is read as by `totals`, once for both; where amounts of one rest on all places, as often as it takes.
    """
    both = [_known(policy), _known(other)]
    asked: dict[str, Any] = {"by": by, "years": years, "distinct_ids": distinct_ids}
    rounds = _Rounds(both[0], other=both[1], max_passes=max_passes, **asked)
    return _computed(frame, _gone_through(rounds, both, frame, {"other": _document(both[1]), **asked}, unit))


def figures(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    by: _By,
    *,
    years: _Years | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Computed:
    """The policy's figures over groups of places, by any of ``id, county, township, kind, designation, class, year``: the table of
    ``Allocation.figures(by)``.

    The frame is read as by `totals`, before as often as it takes to settle the numbers of many places that figures read; and once more
    where a sum must be known exactly to tell its last digit.
    """
    known = _known(policy)
    settlement = _settled(known, frame, years, max_passes, figures=True)
    document = _document(known)
    doubt: str | None = None
    while True:
        merge = functools.partial(_merge_figures, known, by=by, years=years, settlement=settlement, doubt=doubt)
        merge([])
        work = functools.partial(_figures, document, (by, years, settlement, doubt), distinct_ids)
        summaries = [row["summary"] for row in _collected([known], frame, work, "summary string")]
        twice: list[_IdInTwo] | Callable[[], list[_IdInTwo]] = []
        if not distinct_ids:
            twice = functools.partial(_in_two, [known], frame, document)
        table, doubt = merge(summaries, ids_in_two_parts=twice)
        if table is not None:
            return _computed(frame, table)


def allocate(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    *,
    years: _Years | None = None,
    unit: str | None = None,
    zeros: bool = False,
    wide: bool = False,
    columns: str | Sequence[str] | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Computed:
    """The amounts of every place, year and layer, as the table of an allocation has them.

    The frame is read at once, to say all that is wrong with it, and again whenever the result is used. ``columns`` are those of the
    table that are made, all if left out: what is handed from Python to Java takes most of the time.
    """
    known = _known(policy)
    options = {"unit": unit, "zeros": zeros, "wide": wide, "columns": columns}
    settlement = _settled(known, frame, years, max_passes)
    document = _document(known)
    make = functools.partial(_rows, document, years, settlement, options)
    schema = _columns(known, "allocate", options)
    table = _totals(known, frame, "layer", years, unit, zeros, distinct_ids, settlement)
    return Computed(_of_each([known], frame, make, schema), table.warnings)


def to_parquet(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    path: str | os.PathLike[str],
    by: _By | None = None,
    *,
    years: _Years | None = None,
    unit: str | None = None,
    zeros: bool = False,
    wide: bool = False,
    columns: str | Sequence[str] | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Computed:
    """Writes the amounts of every place, year and layer, as `allocate` has them, into a folder of Parquet files; gives the totals, as
    `totals` does.

    Each task writes a file by itself, of its rows in their order, so that no row is handed from Python to Java: this takes a fraction
    of the time of ``allocate(…).frame.write.parquet(path)``. ``path`` is what Spark would write to, on any storage that pyarrow writes
    to too; the folder is new or empty. It has its name, and ``_SUCCESS`` in it, only once every file is whole and all rows are right:
    otherwise nothing stands there. Of a task that runs again, one file is kept. The frame is read as often as by `totals`.
    """
    known = _known(policy)
    document = _document(known)
    options: dict[str, Any] = {"unit": unit, "zeros": zeros, "wide": wide, "columns": columns}
    merge = functools.partial(merge_summaries, known, by=by, years=years, unit=unit, zeros=zeros)
    with _Written(known, frame, path, _columns(known, "allocate", options)) as written:
        settlement = _settled(known, frame, years, max_passes)
        # What cannot be done at all is said before anything runs.
        merge([], settlement=settlement)
        of_part = functools.partial(_amounts_of_part, document, _Asked(by, years, settlement), options, distinct_ids)
        summaries = written.of_each(of_part)
        twice: list[_IdInTwo] | Callable[[], list[_IdInTwo]] = []
        if not distinct_ids:
            twice = functools.partial(_in_two, [known], frame, document)
        table = merge(summaries, settlement=settlement, ids_in_two_parts=twice)
        written.finish()
    return _computed(frame, table)


class _Written:
    """A folder of Parquet files that workers write by themselves, which has its name only once every file is whole and all rows are right."""

    def __init__(self, policy: Policy, frame: DataFrame | Files, path: str | os.PathLike[str], columns: StructType) -> None:
        self._policy = policy
        self._frame = frame
        self._folder = Folder(_qualified(frame, path))
        self._metadata = {_SCHEMA_OF_SPARK: columns.json()}
        self._work: _Work | None = None
        self._files: list[str] = []

    def __enter__(self) -> _Written:
        _once(self._frame, self._folder.begin)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            # What was wrong is of more use than that it could not be cleared away.
            with contextlib.suppress(Exception):
                _once(self._frame, self._folder.give_up)

    def of_each(self, of_part: _OfPart) -> list[str]:
        """Has the rows of each part written; gives what each part comes to."""
        self._work = functools.partial(_written, of_part, self._folder, self._metadata)
        done = _collected([self._policy], self._frame, self._work, _WRITTEN)
        self._files = sorted(row["file"] for row in done)
        return [row["summary"] for row in done]

    def finish(self) -> None:
        """Gives the folder its name; where there is no row at all, with a file that says the columns."""
        if not self._files and self._work is not None:
            done = _one_task(self._frame, functools.partial(_without_rows, self._work), _WRITTEN).collect()
            self._files = [row["file"] for row in done]
        _once(self._frame, functools.partial(self._folder.finish, self._files))


def _writing(
    policy: Policy, frame: DataFrame | Files, path: str | os.PathLike[str] | None, operation: str, options: dict[str, Any]
) -> contextlib.AbstractContextManager[_Written | None]:
    if path is None:
        return contextlib.nullcontext()
    return _Written(policy, frame, path, _columns(policy, operation, options))


def _computed(frame: DataFrame | Files, table: Table) -> Computed:
    return Computed(_frame(frame, table), table.warnings)


def _gone_through(
    rounds: _Rounds, policies: list[Policy], frame: DataFrame | Files, asked: dict[str, Any], unit: str | None
) -> Table:
    """What several policies come to, once the rows were read in as many rounds as they take."""
    document = _document(policies[0])
    twice = functools.partial(_in_two, policies, frame, document)
    while not rounds.is_over:
        work = functools.partial(_round, document, asked, rounds.so_far())
        sums = [row["sums"] for row in _collected(policies, frame, work, "sums string")]
        rounds = rounds.next(sums, twice)
    return rounds.table(unit=unit)


def fund(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    limits: _RowsLike,
    rule: str,
    by: _By | None = None,
    *,
    order: _By | None = None,
    years: _Years | None = None,
    unit: str | None = None,
    sheet: str | None = None,
    fill_down: bool | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
    to_parquet: str | os.PathLike[str] | None = None,
    columns: str | Sequence[str] | None = None,
    zeros: bool = False,
) -> Funded:
    """What the places are due, as far as limits let it be paid: as ``Allocation.fund`` of one machine, whose limits and rules these
    are, by any grouping, by itself ``layer, payer, year`` with the limits.

    The frame is read in passes, three as a rule: for the claims to each limit, for where the last steps end, and to give the awards;
    before them as often as `totals` needs. What travels to the workers are the limits and what is settled of them. ``to_parquet`` is a
    folder that the workers write the rows of ``Funding.table`` to in the last pass, as the function `to_parquet` does; ``columns`` are
    those that are written, all if left out, with ``zeros`` those of nothing too.
    """
    known = _known(policy)
    asked: dict[str, Any] = {"order": order, "by": by, "years": years, "distinct_ids": distinct_ids}
    funding = _Funding(known, limits, rule, max_passes=max_passes, sheet=sheet, fill_down=fill_down, **asked)
    options: dict[str, Any] = {"unit": unit, "zeros": zeros, "columns": columns}
    document = _document(known)
    travelling = asked | {"limits": funding.limits, "rule": rule}
    twice = functools.partial(_in_two, [known], frame, document)
    with _writing(known, frame, to_parquet, "fund", options) as written:
        settlement = _settled(known, frame, years, max_passes)

        def of_parts(so_far: str) -> list[str]:
            work = functools.partial(_claims, document, travelling, settlement, so_far)
            return [row["sums"] for row in _collected([known], frame, work, "sums string")]

        so_far, is_settled = funding.settle(settlement, None, [])
        while not is_settled:
            so_far, is_settled = funding.settle(settlement, so_far, of_parts(so_far))
        if written is None:
            summaries = of_parts(so_far)
        else:
            of_part = functools.partial(_awards_of_part, document, travelling, (settlement, so_far), options)
            summaries = written.of_each(of_part)
        table = funding.table(settlement, so_far, summaries, twice, unit=unit)
        if written is not None:
            written.finish()
    return Funded(_frame(frame, table), tuple(table.notes(unit=unit)), table.warnings)


def reconcile(
    policy: _PolicyLike,
    frame: DataFrame | Files,
    receipts: _RowsLike | Sequence[_RowsLike],
    by: _By | None = None,
    *,
    top_up: str = "entitled",
    top_up_years: _Years | None = None,
    years: _Years | None = None,
    as_of: str | date | None = None,
    unit: str | None = None,
    zeros: bool = False,
    sheet: str | None = None,
    fill_down: bool | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
    to_parquet: str | os.PathLike[str] | None = None,
    columns: str | Sequence[str] | None = None,
) -> Reconciled:
    """What the places are due, by any grouping, beside a ledger of what was issued, arrived and was spent: as ``Allocation.reconcile``
    of one machine, whose ledger it takes, one that can be read again.

    The frame is read as often as for `totals`; where top-ups count what arrived (``top_up="received"``), as often once more, when that
    is known. What travels to the workers is how the ledger names places, and what arrived for these. ``to_parquet`` is a folder that the
    workers write the rows of ``Reconciliation.table`` to in one reading more, as the function `to_parquet` does: what the receipts come to
    by rows travels then; ``columns`` are those that are written, all if left out.
    """
    known = _known(policy)
    of_sheet: dict[str, Any] = {"sheet": sheet, "fill_down": fill_down}
    counting: dict[str, Any] = {"top_up": top_up, "top_up_years": top_up_years, "as_of": as_of} | of_sheet
    options: dict[str, Any] = {"unit": unit, "zeros": zeros, "columns": columns}
    naming = named_places(receipts, **of_sheet)

    def settled(arrivals: str | None) -> _Asked:
        return _Asked(by, years, _settled(known, frame, years, max_passes, arrivals=arrivals), naming, arrivals)

    def merging(asked: _Asked, first: _Reading | None) -> _Merge[_Reading]:
        under: dict[str, Any] = {"years": years, "settlement": asked.settlement, "arrivals": asked.arrivals, "first": first}

        def merge(summaries: list[str], twice: list[_IdInTwo] | Callable[[], list[_IdInTwo]]) -> _Reading:
            reading = _Reading(known, summaries, naming, by, ids_in_two_parts=twice, **under)
            if first is None and not summaries:
                reading.arrivals(receipts, **counting)
            return reading

        return merge

    with _writing(known, frame, to_parquet, "reconcile", options) as written:
        asked = settled(None)
        reading = _merged(known, frame, asked, distinct_ids, merging(asked, None))
        arrivals = reading.arrivals(receipts, **counting)
        if arrivals is not None:
            asked = settled(arrivals)
            # That no id stands in two partitions was seen.
            reading = _merged(known, frame, asked, True, merging(asked, reading))
        found = reading.reconcile(receipts, unit=unit, zeros=zeros, **counting)
        if written is not None:
            of_part = functools.partial(_gaps_of_part, _document(known), asked, found._receipts_by_row(), options)
            # Had the rows become others since, the folder would not be whole.
            merging(asked, reading)(written.of_each(of_part), [])
            written.finish()
    return Reconciled(_frame(frame, found), _frame(frame, found.unmatched(unit=unit)), found.warnings)


def _settled(
    policy: Policy,
    frame: DataFrame | Files,
    years: _Years | None,
    max_passes: int | None,
    *,
    figures: bool = False,
    arrivals: str | None = None,
) -> str | None:
    """What rests on all places, found pass by pass; nothing if nothing does. Raises before anything runs if it cannot be."""
    settle = functools.partial(_settle, policy, years=years, max_passes=max_passes, figures=figures, arrivals=arrivals)
    so_far, is_settled = settle(None, [])
    if is_settled:
        return None
    document = _document(policy)
    while not is_settled:
        rows = _collected([policy], frame, functools.partial(_pass, document, so_far, arrivals), "sums string")
        sums = [row["sums"] for row in rows]
        so_far, is_settled = settle(so_far, sums)
    return so_far


def _totals(
    policy: Policy,
    frame: DataFrame | Files,
    by: _By | None,
    years: _Years | None,
    unit: str | None,
    zeros: bool,
    distinct_ids: bool,
    settlement: str | None,
) -> Table:
    options: dict[str, Any] = {"years": years, "unit": unit, "zeros": zeros, "settlement": settlement}

    def merge(summaries: list[str], twice: list[_IdInTwo] | Callable[[], list[_IdInTwo]]) -> Table:
        return merge_summaries(policy, summaries, by, ids_in_two_parts=twice, **options)

    return _merged(policy, frame, _Asked(by, years, settlement), distinct_ids, merge)


def _merged(
    policy: Policy, frame: DataFrame | Files, asked: _Asked, distinct_ids: bool, merge: _Merge[_Result]
) -> _Result:
    """What the summaries of all parts come to."""
    # What cannot be done at all is said before anything runs.
    merge([], [])
    document = _document(policy)
    summary = functools.partial(_summary, document, asked, distinct_ids)
    summaries = [row["summary"] for row in _collected([policy], frame, summary, "summary string")]

    return merge(summaries, [] if distinct_ids else functools.partial(_in_two, [policy], frame, document))


def _of_each(policies: list[Policy], rows: DataFrame | Files, work: _Work, schema: StructType | str) -> DataFrame:
    """What is made of each part: of each file, or of each partition, of which only the columns are handed over that are read."""
    if isinstance(rows, Files):
        tasks = rows._tasks()
        numbers = rows._session.range(0, len(tasks), 1, len(tasks))
        return numbers.mapInArrow(functools.partial(_of_files, work, tasks), schema)
    names = rows.columns
    wanted = {name for policy in policies for name in _columns_read(policy, names)}
    read = [name for name in names if name in wanted] if len(set(names)) == len(names) else names
    # A partition without any column has no rows to Spark.
    read = read or names
    chosen = rows if read == names else rows.select(["`" + name.replace("`", "``") + "`" for name in read])
    return chosen.mapInArrow(functools.partial(_of_partition, work, names), schema)


def _collected(policies: list[Policy], rows: DataFrame | Files, work: _Work, schema: str) -> list[Any]:
    """The same, here. What a part cannot be read for is the error that it is on one machine, once Spark has tried as often as it is
    set up to."""
    try:
        made: list[Any] = _of_each(policies, rows, functools.partial(_raising, work), schema).collect()
        return made
    except Exception as error:
        told = re.search(_RAISED + "([A-Za-z0-9+/=]+)", str(error))
        if told is None:
            raise
        # From a worker, which runs what is pickled here.
        raised: FundlayersError = pickle.loads(base64.b64decode(told[1]))
    raise raised


def _raising(work: _Work, rows: Any, first_row: int, name: str | None) -> _Batches:
    """Of what is raised only its text comes from a worker, among much of Java's."""
    try:
        yield from work(rows, first_row, name)
    except FundlayersError as error:
        raise RuntimeError(f"{error}\n{_RAISED}{base64.b64encode(pickle.dumps(error)).decode()}") from error


def _of_files(work: _Work, tasks: list[list[str]], numbers: _Batches) -> _Batches:
    for batch in numbers:
        for number in batch.column(0).to_pylist():
            yield from work(tasks[number], _rows_before(number), None)


def _one_task(rows: DataFrame | Files, work: Callable[[_Batches], _Batches], schema: str) -> DataFrame:
    return _session(rows).range(0, 1, 1, 1).mapInArrow(work, schema)


def _once(rows: DataFrame | Files, work: Callable[[], None]) -> None:
    """Works on storage where the workers are: they reach it, the driver need not."""
    for row in _one_task(rows, functools.partial(_tried, work), "number int, file string").collect():
        if row["number"] is not None:
            raise OSError(row["number"], os.strerror(row["number"]), row["file"])


def _tried(work: Callable[[], None], batches: _Batches) -> _Batches:
    """What storage refuses, once: Spark would try it again, and show Java's stack."""
    import pyarrow

    for _ in batches:
        refused: tuple[int | None, str | None] = (None, None)
        try:
            work()
        except OSError as error:
            if error.errno is None:
                raise
            refused = (error.errno, error.filename)
        columns = [pyarrow.array([refused[0]], "int32"), pyarrow.array([refused[1]], "string")]
        yield pyarrow.record_batch(columns, names=["number", "file"])


def _without_rows(work: _Work, batches: _Batches) -> _Batches:
    for _ in batches:
        yield from work(_no_rows(), _rows_before(0), None)


def _qualified(rows: DataFrame | Files, path: str | os.PathLike[str]) -> str:
    """Where Spark would write: a path that names no storage is on the one that Hadoop is set up with."""
    name = os.fspath(path)
    if "://" in name:
        return name
    try:
        context: Any = _session(rows).sparkContext
        place = context._jvm.org.apache.hadoop.fs.Path(name)
        place = place.getFileSystem(context._jsc.hadoopConfiguration()).makeQualified(place)
        found: str = place.toUri().toString()
    except Exception:  # Spark Connect does not say.
        return os.path.abspath(name)
    return found if "://" in found else found.replace(":/", ":///", 1)


def _cores(session: SparkSession) -> int:
    """How many tasks run at once, as far as that can be told."""
    try:
        cores: int = session.sparkContext.defaultParallelism
    except Exception:  # Spark Connect does not say.
        return _CORES
    return cores


def _of_partition(work: _Work, names: list[str], batches: _Batches) -> _Batches:
    import pyarrow
    from pyspark import TaskContext

    first = next(batches, None)
    if first is None:
        return

    def all_batches() -> _Batches:
        yield first
        yield from batches

    context = TaskContext.get()
    number = context.partitionId() if context else 0
    reader = pyarrow.RecordBatchReader.from_batches(first.schema, all_batches())
    yield from work(Columns(names, reader), _rows_before(number), f"partition {number}")


def _rows_before(number: int) -> int:
    """Where the rows of a part stand in all of them. None is the first, of which single ids would be kept; the ends tell enough."""
    return (number + 1) * _ROWS_OF_PARTITION


def _no_rows() -> _pyarrow.RecordBatchReader:
    import pyarrow

    return pyarrow.table({"name": pyarrow.array([], "string")}).to_reader()


def _in_two(policies: list[Policy], frame: DataFrame | Files, document: dict[str, Any]) -> list[_IdInTwo]:
    """Ids that stand in two partitions, and the first two of these."""
    ids = _of_each(policies, frame, functools.partial(_ids, document), _IDS)
    counts = ids.groupBy("id").count().where("`count` > 1")
    found = sorted(row["id"] for row in counts.orderBy("id").limit(_NAMED).collect())
    rows = ids.where(ids["id"].isin(found)).collect() if found else []
    twice = []
    for id_ in found:
        one, other, *_ = sorted((row["first_row"], row["partition"]) for row in rows if row["id"] == id_)
        twice.append((id_, one, other))
    return twice


def _known(policy: _PolicyLike) -> Policy:
    return policy if isinstance(policy, Policy) else Policy(policy)


def _document(policy: Policy) -> dict[str, Any]:
    """What travels to the workers."""
    document: dict[str, Any] = json.loads(policy.to_json())
    return document


def _pass(
    policy: dict[str, Any], so_far: str, arrivals: str | None, rows: Any, first_row: int, name: str | None
) -> _Batches:
    """What a part adds to a pass."""
    import pyarrow

    part = scan(policy, rows, threads=1, settlement=so_far)
    yield pyarrow.record_batch({"sums": [part._pass(first_row=first_row, file=name, arrivals=arrivals)]})


def _round(
    policy: dict[str, Any], asked: dict[str, Any], so_far: str, rows: Any, first_row: int, name: str | None
) -> _Batches:
    """What a part adds to a round."""
    import pyarrow

    yield pyarrow.record_batch({"sums": [_Rounds(policy, **asked).part(rows, so_far, first_row, name)]})


def _claims(
    policy: dict[str, Any],
    asked: dict[str, Any],
    settlement: str | None,
    so_far: str,
    rows: Any,
    first_row: int,
    name: str | None,
) -> _Batches:
    """What a part adds to a pass over the claims to limits; once these are settled, what it comes to."""
    import pyarrow

    yield pyarrow.record_batch({"sums": [_Funding(policy, **asked).part(settlement, so_far, rows, first_row, name)]})


def _summary(
    policy: dict[str, Any], asked: _Asked, distinct_ids: bool, rows: Any, first_row: int, name: str | None
) -> _Batches:
    import pyarrow

    part = scan(policy, rows, years=asked.years, threads=1, distinct_ids=distinct_ids, settlement=asked.settlement)
    place: dict[str, Any] = {"first_row": first_row, "file": name}
    yield pyarrow.record_batch({"summary": [part._summary(asked.by, naming=asked.naming, arrivals=asked.arrivals, **place)]})


def _figures(
    policy: dict[str, Any],
    asked: tuple[_By, _Years | None, str | None, str | None],
    distinct_ids: bool,
    rows: Any,
    first_row: int,
    name: str | None,
) -> _Batches:
    import pyarrow

    by, years, settlement, doubt = asked
    part = scan(policy, rows, years=years, threads=1, distinct_ids=distinct_ids, settlement=settlement)
    yield pyarrow.record_batch({"summary": [part._figures(by, first_row=first_row, file=name, doubt=doubt)]})


def _ids(policy: dict[str, Any], rows: Any, first_row: int, name: str | None) -> _Batches:
    """The ids of each part, each once: a place may have several rows, for different years, in one."""
    import pyarrow
    import pyarrow.compute

    for file, _, batches in Source(rows).parts(lambda names: (names, [])):
        seen = pyarrow.array([], "string")
        count = 0
        for batch in batches:
            ids = pyarrow.table(Roster(policy, batch, fill_down=False))["id"].cast("string").unique()
            seen = pyarrow.compute.unique(pyarrow.chunked_array([seen, ids]))
            count += batch.num_rows
        columns = [seen, pyarrow.array([first_row] * len(seen)), pyarrow.array([name or file] * len(seen), "string")]
        yield pyarrow.record_batch(columns, names=["id", "first_row", "partition"])
        first_row += count


def _rows(
    policy: dict[str, Any],
    years: _Years | None,
    settlement: str | None,
    options: dict[str, Any],
    rows: Any,
    first_row: int,
    name: str | None,
) -> _Batches:
    import pyarrow

    # The rows come to a function; Spark takes them one batch after the other. So few wait that memory is bounded.
    made: queue.Queue[Any] = queue.Queue(maxsize=2)
    is_over = threading.Event()

    def put(batch: Any) -> None:
        while True:
            try:
                return made.put(batch, timeout=1)
            except queue.Full:
                if is_over.is_set():
                    raise

    def compute() -> None:
        try:
            part = scan(policy, rows, years=years, threads=1, distinct_ids=True, settlement=settlement)
            part._rows(put, **options)
            made.put(None)
        except BaseException as error:
            if not is_over.is_set():
                made.put(error)

    computing = threading.Thread(target=compute, daemon=True)
    computing.start()
    try:
        while (batch := made.get()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield _plain_batch(pyarrow.record_batch(batch))
    finally:
        is_over.set()


def _written(
    of_part: _OfPart, folder: Folder, metadata: dict[str, str], rows: Any, first_row: int, name: str | None
) -> _Batches:
    """A file of the rows of a part, and what they come to."""
    import pyarrow

    file, made = folder.rows(first_row // _ROWS_OF_PARTITION - 1, metadata)
    try:
        summary = of_part(made.write, rows, first_row, name)
    except BaseException:
        made.give_up()
        raise
    made.finish()
    yield pyarrow.record_batch({"summary": [summary], "file": [file]})


def _amounts_of_part(
    policy: dict[str, Any],
    asked: _Asked,
    options: dict[str, Any],
    distinct_ids: bool,
    write: Callable[[Any], None],
    rows: Any,
    first_row: int,
    name: str | None,
) -> str:
    part = scan(policy, rows, years=asked.years, threads=1, distinct_ids=distinct_ids, settlement=asked.settlement)
    return part._rows_of_part(write, by=asked.by, first_row=first_row, file=name, **options)


def _awards_of_part(
    policy: dict[str, Any],
    asked: dict[str, Any],
    settled: tuple[str | None, str],
    options: dict[str, Any],
    write: Callable[[Any], None],
    rows: Any,
    first_row: int,
    name: str | None,
) -> str:
    return _Funding(policy, **asked).part(*settled, rows, first_row, name, write=write, **options)


def _gaps_of_part(
    policy: dict[str, Any],
    asked: _Asked,
    by_row: str,
    options: dict[str, Any],
    write: Callable[[Any], None],
    rows: Any,
    first_row: int,
    name: str | None,
) -> str:
    part = scan(policy, rows, years=asked.years, threads=1, distinct_ids=True, settlement=asked.settlement)
    place: dict[str, Any] = {"first_row": first_row, "file": name}
    return part._rows_beside(write, by_row, asked.by, naming=asked.naming, arrivals=asked.arrivals, **place, **options)


def _session(rows: DataFrame | Files) -> SparkSession:
    session: SparkSession = rows._session if isinstance(rows, Files) else rows.sparkSession
    return session


def _frame(rows: DataFrame | Files, table: Table) -> DataFrame:
    """A table as a data frame of the same session."""
    plain = _plain(table.to_arrow())
    made: DataFrame = _session(rows).createDataFrame(plain, _spark_schema(plain.schema))
    return made


def _plain_batch(batch: _pyarrow.RecordBatch) -> _pyarrow.RecordBatch:
    """Words of a list as texts: Spark has no such lists."""
    import pyarrow

    table = _plain(pyarrow.Table.from_batches([batch])).combine_chunks()
    return next(iter(table.to_batches()), pyarrow.RecordBatch.from_pylist([], schema=table.schema))


def _plain(table: _pyarrow.Table) -> _pyarrow.Table:
    """Words of a list as texts: Spark has no such lists."""
    import pyarrow

    def field(field: _pyarrow.Field) -> _pyarrow.Field:
        words = pyarrow.types.is_dictionary(field.type)
        return field.with_type(field.type.value_type) if words else field

    return table.cast(pyarrow.schema([field(one) for one in table.schema], metadata=table.schema.metadata))


def _columns(policy: Policy, operation: str, options: dict[str, Any]) -> StructType:
    """The columns of the rows that an operation writes."""
    import pyarrow

    return _spark_schema(_plain_batch(pyarrow.record_batch(_columns_of_rows(policy, operation, **options))).schema)


def _spark_schema(schema: _pyarrow.Schema) -> StructType:
    """The columns of Spark, each with its title and unit."""
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructType

    columns = StructType()
    for field in schema:
        metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        unit = f"（{metadata['unit']}）" if "unit" in metadata else ""
        comment = {"comment": f"{metadata.get('header_zh', field.name)}{unit}"}
        columns.add(field.name, from_arrow_type(field.type), True, metadata | comment)
    return columns
