"""Results as data frames. The libraries are loaded only here."""

from __future__ import annotations

from typing import Any

from ._fundlayers import Table


def _missing(error: ImportError, extra: str) -> ImportError:
    return ImportError(f"{error.name} is not installed: pip install 'fundlayers[{extra}]'", name=error.name)


def to_arrow(table: Table, labels: str | None = None) -> Any:
    """A pyarrow table over the same memory; ``labels`` is the language of titles in place of keys."""
    try:
        import pyarrow
    except ImportError as error:
        raise _missing(error, "arrow") from error
    arrow = pyarrow.table(table)
    return arrow if labels is None else arrow.rename_columns(list(table.titles(lang=labels)))


def to_polars(table: Table, labels: str | None = None) -> Any:
    """A polars data frame over the same memory."""
    try:
        import polars
    except ImportError as error:
        raise _missing(error, "polars") from error
    frame = polars.DataFrame(table)
    return frame if labels is None else frame.rename(dict(zip(table.columns, table.titles(lang=labels), strict=True)))


def to_pandas(table: Table, labels: str | None = None) -> Any:
    """A pandas data frame: amounts stay exact decimals of Arrow, words become categories, nullable whole numbers Int64."""
    try:
        import pandas
        import pyarrow
    except ImportError as error:
        raise _missing(error, "pandas") from error

    arrow = to_arrow(table, labels)
    nullable = {field.name for field in arrow.schema if field.nullable and pyarrow.types.is_int64(field.type)}

    def kind(data_type: Any) -> Any:
        return pandas.ArrowDtype(data_type) if pyarrow.types.is_decimal(data_type) else None

    frame = arrow.to_pandas(types_mapper=kind, integer_object_nulls=True)
    for name in nullable:
        if arrow.column(name).null_count:
            frame[name] = frame[name].astype("Int64")
    frame.attrs["unit"] = table.unit
    return frame
