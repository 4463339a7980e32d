"""A policy over a data frame of Spark: computed where the rows lie, the same to the byte as on one machine.

``frame, warnings = spark.totals("tongchuan-2023", rows, "county")``

Every partition is computed by itself and becomes a small summary; the driver merges them. Where amounts rest on all places (a pool, the
mean of a county), the frame is read in passes before, until that is settled: keep it in memory (``frame.cache()``) or on disk if it is
costly to make, and make it so that it is the same each time. What cannot be settled is refused before anything is read. What is wrong
with rows is one `FundlayersError`, as on one machine, with the partition for the file and the row within it. The workers need this
package and pyarrow; ``PYSPARK_PYTHON`` says which Python they start. A task may run again at any time: it writes nothing by itself.
"""

from __future__ import annotations

import functools
import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ._fundlayers import Policy, Roster, Table, _settle, merge_summaries, named_places, reconcile_summaries, scan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pyarrow as _pyarrow
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from ._errors import Problem
    from ._fundlayers import SummedReconciliation, _By, _PolicyLike, _RowsLike, _Years

__all__ = ["Computed", "Reconciled", "allocate", "reconcile", "totals"]

# More rows than a partition has: the order of the roster is that of its partitions.
_ROWS_OF_PARTITION = 1 << 33
_IDS = "id string, first_row long, partition string"
_Place = tuple[int, str]
_Twice = tuple[str, _Place, _Place]
_Result = TypeVar("_Result", bound=Table)
# By which columns, for which years, under what is settled, and how a ledger names places.
_Asked = tuple["_By | None", "_Years | None", "str | None", "str | None"]
# So many ids in two partitions are named.
_NAMED = 20


class Computed(NamedTuple):
    """What was asked for, and what is odd about the rows."""

    frame: DataFrame
    warnings: tuple[Problem, ...]


class Reconciled(NamedTuple):
    """What was due beside what happened, the receipts that match nothing in any partition, and what is odd about rows and ledger."""

    frame: DataFrame
    unmatched: DataFrame
    warnings: tuple[Problem, ...]


def totals(
    policy: _PolicyLike,
    frame: DataFrame,
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

    The frame is read once, and once more to see that no id stands in two partitions, which sorts all ids through the cluster;
    ``distinct_ids=True`` says that none does. Where amounts rest on all places it is read before until that is settled;
    ``max_passes`` is how often at most, the last time with it.
    """
    known = _known(policy)
    settlement = _settled(known, frame, years, max_passes)
    table = _totals(known, frame, by, years, unit, zeros, distinct_ids, settlement)
    return Computed(_frame(frame, table), table.warnings)


def allocate(
    policy: _PolicyLike,
    frame: DataFrame,
    *,
    years: _Years | None = None,
    unit: str | None = None,
    zeros: bool = False,
    wide: bool = False,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Computed:
    """The amounts of every place, year and layer, as the table of an allocation has them.

    The frame is read at once, to say all that is wrong with it, and again whenever the result is used.
    """
    known = _known(policy)
    settlement = _settled(known, frame, years, max_passes)
    table = _totals(known, frame, "layer", years, unit, zeros, distinct_ids, settlement)
    options = {"unit": unit, "zeros": zeros, "wide": wide}
    make = functools.partial(_rows, _document(known), years, settlement, options)
    schema = next(make(iter([]))).schema
    return Computed(frame.mapInArrow(make, _spark_schema(schema)), table.warnings)


def reconcile(
    policy: _PolicyLike,
    frame: DataFrame,
    receipts: _RowsLike | Sequence[_RowsLike],
    by: _By | None = None,
    *,
    years: _Years | None = None,
    as_of: str | date | None = None,
    unit: str | None = None,
    zeros: bool = False,
    sheet: str | None = None,
    fill_down: bool | None = None,
    distinct_ids: bool = False,
    max_passes: int | None = None,
) -> Reconciled:
    """What the places are due, by any grouping, beside a ledger of what was issued, arrived and was spent: as ``Allocation.reconcile``
    of one machine, whose ledger it takes, one that can be read again. Top-ups count what was due.

    The frame is read as often as for `totals`. What travels to the workers is how the ledger names places.
    """
    known = _known(policy)
    naming = named_places(receipts, sheet=sheet, fill_down=fill_down)
    settlement = _settled(known, frame, years, max_passes)

    def merged(summaries: list[str], twice: list[_Twice]) -> SummedReconciliation:
        return reconcile_summaries(
            known,
            summaries,
            receipts,
            by,
            years=years,
            as_of=as_of,
            unit=unit,
            zeros=zeros,
            ids_in_two_parts=twice,
            settlement=settlement,
            sheet=sheet,
            fill_down=fill_down,
        )

    found = _merged(known, frame, (by, years, settlement, naming), distinct_ids, merged)
    return Reconciled(_frame(frame, found), _frame(frame, found.unmatched(unit=unit)), found.warnings)


def _settled(policy: Policy, frame: DataFrame, years: _Years | None, max_passes: int | None) -> str | None:
    """What rests on all places, found pass by pass; nothing if nothing does. Raises before anything runs if it cannot be."""
    so_far, is_settled = _settle(policy, None, [], years=years, max_passes=max_passes)
    if is_settled:
        return None
    document = _document(policy)
    while not is_settled:
        rows = frame.mapInArrow(functools.partial(_pass, document, so_far), "sums string").collect()
        sums = [row["sums"] for row in rows]
        so_far, is_settled = _settle(policy, so_far, sums, years=years, max_passes=max_passes)
    return so_far


def _totals(
    policy: Policy,
    frame: DataFrame,
    by: _By | None,
    years: _Years | None,
    unit: str | None,
    zeros: bool,
    distinct_ids: bool,
    settlement: str | None,
) -> Table:
    def merged(summaries: list[str], twice: list[_Twice]) -> Table:
        return merge_summaries(
            policy, summaries, by, years=years, unit=unit, zeros=zeros, ids_in_two_parts=twice, settlement=settlement
        )

    return _merged(policy, frame, (by, years, settlement, None), distinct_ids, merged)


def _merged(
    policy: Policy,
    frame: DataFrame,
    asked: _Asked,
    distinct_ids: bool,
    merge: Callable[[list[str], list[_Twice]], _Result],
) -> _Result:
    """What the summaries of all partitions come to."""
    # What cannot be done at all is said before anything runs.
    merge([], [])
    document = _document(policy)
    rows = frame.mapInArrow(functools.partial(_summary, document, asked), "summary string").collect()
    summaries = [row["summary"] for row in rows]
    table = merge(summaries, [])
    twice = [] if distinct_ids else _in_two(frame.mapInArrow(functools.partial(_ids, document), _IDS))
    return merge(summaries, twice) if twice else table


def _in_two(ids: DataFrame) -> list[_Twice]:
    """Ids that stand in two partitions, and the first two of these."""
    counts = ids.groupBy("id").count().where("`count` > 1")
    found = sorted(row["id"] for row in counts.limit(_NAMED).collect())
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


def _reader(batches: Iterator[_pyarrow.RecordBatch]) -> _pyarrow.RecordBatchReader | None:
    """The batches of a partition as a stream; none if it is empty."""
    import pyarrow

    first = next(batches, None)
    if first is None:
        return None

    def all_batches() -> Iterator[_pyarrow.RecordBatch]:
        yield first
        yield from batches

    return pyarrow.RecordBatchReader.from_batches(first.schema, all_batches())


def _place() -> tuple[int, str]:
    """Where the rows of this partition stand in all of them, and what it is called."""
    from pyspark import TaskContext

    context = TaskContext.get()
    number = context.partitionId() if context else 0
    return number * _ROWS_OF_PARTITION, f"partition {number}"


def _pass(
    policy: dict[str, Any], so_far: str, batches: Iterator[_pyarrow.RecordBatch]
) -> Iterator[_pyarrow.RecordBatch]:
    """What a partition adds to a pass."""
    import pyarrow

    reader = _reader(batches)
    if reader is None:
        return
    first_row, name = _place()
    part = scan(policy, reader, threads=1, settlement=so_far)
    yield pyarrow.record_batch({"sums": [part._pass(first_row=first_row, file=name)]})


def _summary(
    policy: dict[str, Any], asked: _Asked, batches: Iterator[_pyarrow.RecordBatch]
) -> Iterator[_pyarrow.RecordBatch]:
    import pyarrow

    reader = _reader(batches)
    if reader is None:
        return
    by, years, settlement, naming = asked
    first_row, name = _place()
    part = scan(policy, reader, years=years, threads=1, distinct_ids=True, settlement=settlement)
    yield pyarrow.record_batch({"summary": [part.summary(by, first_row=first_row, file=name, naming=naming)]})


def _ids(policy: dict[str, Any], batches: Iterator[_pyarrow.RecordBatch]) -> Iterator[_pyarrow.RecordBatch]:
    """The ids of a partition, each once: a place may have several rows, for different years, in one."""
    import pyarrow
    import pyarrow.compute

    first_row, name = _place()
    seen: Any = None
    for batch in batches:
        ids = pyarrow.table(Roster(policy, batch, fill_down=False))["id"].cast("string").unique()
        seen = ids if seen is None else pyarrow.compute.unique(pyarrow.chunked_array([seen, ids]))
    if seen is not None:
        rows = len(seen)
        columns = [seen, pyarrow.array([first_row] * rows), pyarrow.array([name] * rows)]
        yield pyarrow.record_batch(columns, names=["id", "first_row", "partition"])


def _rows(
    policy: dict[str, Any],
    years: _Years | None,
    settlement: str | None,
    options: dict[str, Any],
    batches: Iterator[_pyarrow.RecordBatch],
) -> Iterator[_pyarrow.RecordBatch]:
    import pyarrow

    reader = _reader(batches) or pyarrow.table({"name": pyarrow.array([], "string")}).to_reader()
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
            part = scan(policy, reader, years=years, threads=1, distinct_ids=True, settlement=settlement)
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


def _frame(frame: DataFrame, table: Table) -> DataFrame:
    """A table as a data frame of the same session."""
    rows = _plain(table.to_arrow())
    made: DataFrame = frame.sparkSession.createDataFrame(rows, _spark_schema(rows.schema))
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
