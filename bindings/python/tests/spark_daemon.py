"""Spark's own daemon of Python workers, which collects garbage after each task: here what survives is looked at once. Each of
thousands of small tasks would otherwise go through all that pyarrow and pandas have set up, the larger part of their time."""

from __future__ import annotations

import gc
from types import SimpleNamespace

from pyspark import daemon


def collect() -> None:
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    vars(daemon)["gc"] = SimpleNamespace(collect=collect)
    daemon.manager()
