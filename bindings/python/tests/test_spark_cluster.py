"""A cluster of Spark on this machine, one master and two workers, of which one is killed in the middle: the same to the byte."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fundlayers as fl
import pyarrow
import pyarrow.parquet
import pytest
from aid import BY, pooled_policy
from fundlayers import spark
from test_spark import POLICY, places

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pyspark
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning", "ignore::DeprecationWarning")

WAIT = 60
PARTITIONS = 6


class Cluster:
    """Its processes, each of a group of its own, so that what they start goes with them."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.folder = folder
        self.url = f"spark://127.0.0.1:{port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start("master.Master", "--port", str(port))
        for _ in range(2):
            self.start_worker()

    def start_worker(self) -> None:
        self.start("worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(self.folder), self.url)

    def start(self, what: str, *arguments: str) -> None:
        program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        line = [str(program), f"org.apache.spark.deploy.{what}", "--host", "127.0.0.1", "--webui-port", "0", *arguments]
        environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        with log:
            started = subprocess.Popen(line, env=environment, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(started)

    def kill_a_worker(self) -> None:
        os.killpg(self.processes[-1].pid, signal.SIGKILL)

    def stop(self) -> None:
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("spark"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder: Any = SparkSession.builder
    built: SparkSession = (
        builder.master(cluster.url)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.executor.memory", "512m")
        .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .config("spark.scheduler.maxRegisteredResourcesWaitingTime", f"{WAIT}s")
        .config("spark.sql.shuffle.partitions", "3")
        .getOrCreate()
    )
    yield built
    built.stop()


def slowly(rows: DataFrame) -> DataFrame:
    """The same rows, each partition of which takes its time."""

    def wait(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        time.sleep(0.2)
        yield from batches

    return rows.mapInArrow(wait, rows.schema)


def killing(cluster: Cluster, session: SparkSession, ask: Callable[[], spark.Computed]) -> spark.Computed:
    """What is asked for, while a worker is killed."""
    context: Any = session.sparkContext
    killed: list[int] = []

    def executors() -> int:
        # The driver is one of them.
        count: int = context._jsc.sc().getExecutorMemoryStatus().size() - 1
        return count

    def kill() -> None:
        tracker = context.statusTracker()
        end = time.monotonic() + WAIT
        while time.monotonic() < end and not killed:
            for stage in tracker.getActiveStageIds():
                info = tracker.getStageInfo(stage)
                # Both workers are at it: some of a pass is done, and not all.
                if info is not None and 2 <= info.numCompletedTasks < info.numTasks and info.numTasks == PARTITIONS:
                    killed.append(info.numCompletedTasks)
                    cluster.kill_a_worker()
                    return
            time.sleep(0.05)

    end = time.monotonic() + WAIT
    while executors() < 2 and time.monotonic() < end:
        time.sleep(0.1)
    killer = threading.Thread(target=kill)
    killer.start()
    found = ask()
    killer.join()
    assert killed, "no worker was killed while a pass ran"
    return found


def test_a_worker_that_is_killed_changes_nothing(cluster: Cluster, session: SparkSession, tmp_path: Path) -> None:
    policy = pooled_policy()
    rows: DataFrame = session.createDataFrame(places())
    rows = rows.repartitionByRange(PARTITIONS, "编码").sortWithinPartitions("编码")
    whole = policy.allocate(fl.Roster(policy, places(), fill_down=False))
    found, _ = killing(cluster, session, lambda: spark.totals(policy, slowly(rows), BY, max_passes=12))
    assert pyarrow.table(found.toArrow()).to_pylist() == pyarrow.table(whole.totals(BY)).to_pylist()
    # A file of each task is kept, whichever ran again.
    cluster.start_worker()
    out = tmp_path / "out"
    whole = POLICY.allocate(fl.Roster(POLICY, places(), fill_down=False))
    found, _ = killing(cluster, session, lambda: spark.to_parquet(POLICY, slowly(rows), out, BY))
    assert pyarrow.table(found.toArrow()).to_pylist() == pyarrow.table(whole.totals(BY)).to_pylist()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    parts = sorted(out.glob("part-*"))
    assert len(parts) == PARTITIONS and (out / "_SUCCESS").exists()
    written = pyarrow.concat_tables([pyarrow.parquet.read_table(part) for part in parts], promote_options="permissive")
    assert written.to_pylist() == pyarrow.table(whole).to_pylist()
