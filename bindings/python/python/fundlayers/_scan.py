"""Where `scan` finds its rows, and where it writes them. What is read of a file and what comes of it is not decided here."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import re
import string
import sys
import threading
import urllib.parse
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ._frames import _missing
from ._fundlayers import _columns_of_folders

# Rows of a batch of a file, and batches that are fetched ahead: what is held is bounded by them.
_BATCH_ROWS = 1 << 17
_AHEAD = 2
_ENDINGS = (".parquet", ".parq", ".pq")
# What is on its way, or about other files.
_HIDDEN = (".", "_")
# Says that a folder is whole, as Spark does.
_SUCCESS = "_SUCCESS"
# Storage where a folder gets another name at once; elsewhere its files do one by one, and that it is whole is said last.
_RENAMING = ("local", "hdfs")
# A file of any storage that pyarrow knows: `hdfs://…`, `s3://…`, and those of Hadoop's `s3a://…`.
_SCHEME = "://"

# A file, all its columns if not all are fetched, and a stream of batches.
_Part = tuple[str | None, list[str] | None, Any]
# Of the names of columns those that are read, and those of them with words that come again and again.
_Read = Callable[[list[str]], tuple[list[str], list[str]]]


class UsedUp(Exception):
    """A stream that was read already."""


class NotRows(Exception):
    """Something that no rows can be read from."""


class Unreadable(Exception):
    """A file, and what is wrong with it."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(file, why)
        self.file = file
        self.why = why


class Columns(NamedTuple):
    """Batches of some of the columns that there are."""

    names: list[str]
    batches: Any


class _File(NamedTuple):
    """A file, and the storage that it is on; none for one of this machine."""

    storage: Any
    path: str


def _files(path: str) -> list[_File]:
    """The Parquet files of a path, a folder or a pattern, in the order of their names."""
    if _SCHEME in path:
        return _files_on_storage(path)
    if os.path.isdir(path):
        found = [os.path.join(folder, file) for folder, file in _below(path) if file.lower().endswith(_ENDINGS)]
    elif os.path.exists(path):
        found = [path]
    else:
        found = [file for file in glob.glob(path, recursive=True) if os.path.isfile(file)]
    return _sorted(None, found, path)


def _files_on_storage(address: str) -> list[_File]:
    """The same of an address. Patterns have stars: in an address what follows a question mark is for the storage."""
    with _reading(address):
        storage, path = _opened(address)
    with _reading(path):
        if "*" in address.partition("?")[0]:
            # Two stars stand for any folders.
            pattern = re.compile(re.escape(path).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*"))
            found = [file for file in _listed(storage, path.partition("*")[0].rpartition("/")[0]) if pattern.fullmatch(file)]
        elif _is_folder(storage, path):
            found = [file for file in _listed(storage, path) if file.lower().endswith(_ENDINGS)]
        else:
            # One that is not there is said once it is read.
            found = [path]
    return _sorted(storage, found, path)


def _sorted(storage: Any, found: list[str], path: str) -> list[_File]:
    if not found:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return [_File(storage, file) for file in sorted(found)]


def _is_folder(storage: Any, path: str) -> bool:
    import pyarrow.fs

    return bool(storage.get_file_info(path).type == pyarrow.fs.FileType.Directory)


def _listed(storage: Any, folder: str) -> list[str]:
    """The files of a folder of a storage and of those in it, without what is on its way or about others."""
    import pyarrow.fs

    selector = pyarrow.fs.FileSelector(folder, recursive=True, allow_not_found=True)
    found = [file.path for file in storage.get_file_info(selector) if file.is_file]
    below = len(folder.rstrip("/"))
    return [file for file in found if not any(name.startswith(_HIDDEN) for name in file[below:].split("/"))]


def _below(path: str) -> Iterator[tuple[str, str]]:
    """The files of a folder and of those in it. What begins with a point or a line below is on its way or about others."""
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        yield from ((folder, name) for name in files if not name.startswith(_HIDDEN))


@contextlib.contextmanager
def _reading(name: str) -> Iterator[None]:
    """Whatever goes wrong is said of this file."""
    import pyarrow

    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise OSError(error.errno, os.strerror(error.errno), name) from error
        raise Unreadable(name, str(error)) from error
    except pyarrow.ArrowException as error:
        raise Unreadable(name, str(error)) from error


def _opened(name: str) -> tuple[Any, str]:
    """The storage of a file, and what it is called there; none for a path of this machine."""
    if _SCHEME not in name:
        return None, name
    try:
        import pyarrow.fs
    except ImportError as error:
        raise _missing(error, "arrow") from error

    # Java leaves letters beyond ASCII as they are.
    address = urllib.parse.quote(name, safe=string.punctuation).replace("s3a://", "s3://", 1)
    found: tuple[Any, str] = pyarrow.fs.FileSystem.from_uri(address)
    return found


def _is_path(source: object) -> bool:
    return isinstance(source, (str, os.PathLike))


class Source:
    """Rows that are read part by part, as often as they are asked for if they can be."""

    def __init__(self, source: Any) -> None:
        self._names: list[str] | None = None
        if isinstance(source, Columns):
            self._names, source = source
        self._source = source
        self._used = False
        self._paths: list[_File] | None = None
        if _is_path(source):
            self._paths = _files(os.fspath(source))
        elif isinstance(source, Sequence) and not isinstance(source, (bytes, bytearray)) and all(map(_is_path, source)):
            self._paths = [file for path in source for file in _files(os.fspath(path))]
        elif not any(
            hasattr(source, name) for name in ("__arrow_c_stream__", "__arrow_c_array__", "get_fragments", "collect_batches")
        ):
            raise NotRows(type(source).__name__)

    def _datasets(self, read: _Read | None = None) -> Iterator[Any]:
        if self._paths is None:
            yield self._source
            return
        try:
            import pyarrow.dataset
            import pyarrow.parquet
        except ImportError as error:
            raise _missing(error, "arrow") from error
        for storage, path in self._paths:
            with _reading(path):
                words = read(pyarrow.parquet.read_schema(path, filesystem=storage).names)[1] if read is not None else []
                options = pyarrow.dataset.ParquetReadOptions(dictionary_columns=words)
                file_format = pyarrow.dataset.ParquetFileFormat(read_options=options)
                dataset = pyarrow.dataset.dataset(path, format=file_format, filesystem=storage)
            yield dataset

    def rows(self) -> int | None:
        """How many rows there are, if that is known beforehand."""
        if self._paths is not None or hasattr(self._source, "get_fragments"):
            return sum(self._counted(dataset) for dataset in self._datasets())
        rows = getattr(self._source, "num_rows", getattr(self._source, "height", None))
        return rows if isinstance(rows, int) else None

    @staticmethod
    def _counted(dataset: Any) -> int:
        counted = 0
        for fragment in dataset.get_fragments():
            with _reading(fragment.path) if getattr(fragment, "path", None) else contextlib.nullcontext():
                counted += fragment.count_rows()
        return counted

    def can_be_read_again(self) -> bool:
        """Whether it is not empty once it was read."""
        one_shot = hasattr(self._source, "read_next_batch") or hasattr(self._source, "__next__")
        return self._paths is not None or hasattr(self._source, "get_fragments") or not one_shot

    def parts(self, read: _Read) -> Iterator[_Part]:
        """Streams of batches, of files only with the columns that are read."""
        if self._paths is not None or hasattr(self._source, "get_fragments"):
            for dataset in self._datasets(read):
                names = list(dataset.schema.names)
                wanted, _ = read(names)
                empty = True
                for fragment in dataset.get_fragments():
                    empty = False
                    path = getattr(fragment, "path", None) or None
                    # Folders say what is the same in all rows of a file: county=王益区/1.parquet.
                    said = {title: cell for title, cell in _columns_of_folders(path or "") if title not in names}
                    with _reading(path) if path else contextlib.nullcontext():
                        scanner = fragment.scanner(
                            schema=dataset.schema,
                            columns=_with_columns(wanted, said) if said else wanted,
                            batch_size=_BATCH_ROWS,
                            batch_readahead=_AHEAD,
                            fragment_readahead=1,
                        )
                        reader = scanner.to_reader()
                    yield path, names + list(said), reader
                if empty:
                    # Without rows there is a header.
                    yield None, names, dataset.schema.empty_table().select(wanted)
        elif hasattr(self._source, "collect_batches"):
            empty = True
            for frame in self._source.collect_batches(maintain_order=True, chunk_size=_BATCH_ROWS):
                empty = False
                yield None, None, frame
            if empty:
                yield None, None, self._source.head(0).collect()
        else:
            if self._used and not self.can_be_read_again():
                raise UsedUp
            self._used = True
            yield None, self._names, self._source


def whole(path: str) -> Any:
    """All rows of one Parquet file, with what its folders say."""
    if _SCHEME not in path:
        # A folder of files is none.
        with open(path, "rb"):
            pass
    for _, _, batches in Source([path]).parts(lambda names: (names, [])):
        return batches
    raise NotRows(path)


def _with_columns(fetched: list[str], said: dict[str, str | None]) -> dict[str, Any]:
    """What a scanner gives of a file: columns of it, and some that say the same in each row."""
    import pyarrow
    import pyarrow.compute

    same = {title: pyarrow.compute.scalar(pyarrow.scalar(cell, pyarrow.string())) for title, cell in said.items()}
    return {title: pyarrow.compute.field(title) for title in fetched} | same


class Bar:
    """How far it is, on one line of the screen's error stream."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, rows: int, total: int | None) -> None:
        line = f"{rows:,}" if not total else f"{rows:,} / {total:,} ({rows * 100 // total}%)"
        if line != self._last:
            self._last = line
            print(f"\r{line}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._last:
            print(file=sys.stderr, flush=True)


class Rows:
    """A Parquet file that stands under its name only once it is whole."""

    def __init__(self, path: str) -> None:
        self._storage, self._path = _opened(path)
        self._part = f"{self._path}.{os.getpid()}.part"
        self._metadata: dict[str, str] = {}
        self._writer: Any = None
        self._lock = threading.Lock()
        self._given_up = False

    def write(self, batch: Any) -> None:
        import pyarrow
        import pyarrow.parquet

        with self._lock:
            # After Ctrl-C a part may still come.
            if self._given_up:
                return
            made = pyarrow.record_batch(batch)
            if self._writer is None:
                self._writer = self._begun(made.schema)
            if made.num_rows:
                self._writer.write_batch(made)

    def _begun(self, schema: Any) -> Any:
        import pyarrow.parquet

        schema = schema.with_metadata((schema.metadata or {}) | self._metadata)
        return pyarrow.parquet.ParquetWriter(self._part, schema, filesystem=self._storage, compression="zstd")

    def finish(self) -> None:
        with self._lock:
            self._writer.close()
            self._take_name()

    def _take_name(self) -> None:
        if self._storage is not None:
            self._storage.move(self._part, self._path)
            return
        with open(self._part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(self._part, self._path)

    def give_up(self) -> None:
        with self._lock:
            self._given_up = True
            if self._writer is not None:
                self._writer.close()
                self._remove()

    def _remove(self) -> None:
        if self._storage is None:
            os.unlink(self._part)
        else:
            self._storage.delete_file(self._part)


class PartRows(Rows):
    """One file of many, in a folder that is on its way."""

    def __init__(self, storage: Any, path: str, metadata: dict[str, str]) -> None:
        super().__init__(path)
        self._part = path
        self._storage = storage
        self._metadata = metadata

    def _take_name(self) -> None:
        """Its folder takes its name."""


class Folder:
    """A folder of Parquet files that stands under its name only once it is whole: what is on its way lies beside it.

    Whoever writes a file of it, wherever, gives it another name each time, so that of a task that runs again only one counts.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._run = uuid.uuid4().hex

    def _places(self) -> tuple[Any, str, str]:
        """Its storage, where it stands, and what is on its way."""
        import pyarrow.fs

        storage, path = _opened(self.path)
        if storage is None:
            storage, path = pyarrow.fs.LocalFileSystem(), Path(path).absolute().as_posix()
        before, _, name = path.rstrip("/").rpartition("/")
        return storage, f"{before}/{name}", f"{before}/_{name}.{self._run}"

    def begin(self) -> None:
        """Makes room for the files; nothing may stand under its name but a folder without anything in it."""
        storage, path, part = self._places()
        self._is_free(storage, path)
        storage.create_dir(part)

    def _is_free(self, storage: Any, path: str) -> bool:
        """Whether nothing at all has its name, not even an empty folder."""
        import pyarrow.fs

        found = storage.get_file_info(path)
        if found.is_file or storage.get_file_info(pyarrow.fs.FileSelector(path, allow_not_found=True)):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), self.path)
        return bool(found.type == pyarrow.fs.FileType.NotFound)

    def rows(self, number: int, metadata: dict[str, str]) -> tuple[str, PartRows]:
        """A file of it, and its name: those of later parts stand later in the order of names."""
        storage, _, part = self._places()
        name = f"part-{number:05}-{uuid.uuid4().hex}.parquet"
        return name, PartRows(storage, f"{part}/{name}", metadata)

    def finish(self, names: list[str]) -> None:
        """Takes its name, with these files. It may be said again after it was done, or half done."""
        storage, path, part = self._places()
        whole = f"{part}/whole"

        def is_there(place: str) -> bool:
            found: bool = storage.get_file_info(place).is_file
            return found

        def move(place: str) -> None:
            for name in names:
                if not is_there(f"{place}/{name}"):
                    storage.move(f"{part}/{name}", f"{place}/{name}")
            with storage.open_output_stream(f"{place}/{_SUCCESS}"):
                pass

        if not all(is_there(f"{path}/{name}") for name in [*names, _SUCCESS]):
            if storage.type_name in _RENAMING:
                storage.create_dir(whole)
                move(whole)
                if not self._is_free(storage, path):
                    # Some storage would move it into that folder.
                    storage.delete_dir(path)
                storage.move(whole, path)
            else:
                storage.create_dir(path)
                move(path)
        self.give_up()

    def give_up(self) -> None:
        """Removes what is on its way."""
        storage, _, part = self._places()
        with contextlib.suppress(FileNotFoundError):
            storage.delete_dir(part)


def written(path: Any, make: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Writes rows into a Parquet file as they are handed over, part by part; gives what comes with them."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise _missing(error, "arrow") from error
    rows = Rows(os.fspath(path))
    try:
        made = make(write=rows.write, **options)
    except BaseException:
        rows.give_up()
        raise
    rows.finish()
    return made
