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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fundlayers as fl
import pyarrow
import pytest
from aid import BY, pooled_policy
from fundlayers import spark
from test_spark import places

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
            self.start("worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(folder), self.url)

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


def test_a_worker_that_is_killed_changes_nothing(cluster: Cluster, session: SparkSession) -> None:
    policy = pooled_policy()
    rows: DataFrame = session.createDataFrame(places())
    rows = rows.repartitionByRange(PARTITIONS, "编码").sortWithinPartitions("编码")
    killed: list[int] = []

    def kill() -> None:
        tracker = session.sparkContext.statusTracker()
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

    killer = threading.Thread(target=kill)
    killer.start()
    found, _ = spark.totals(policy, slowly(rows), BY, max_passes=12)
    killer.join()
    assert killed, "no worker was killed while a pass ran"
    whole = policy.allocate(fl.Roster(policy, places(), fill_down=False))
    assert pyarrow.table(found.toArrow()).to_pylist() == pyarrow.table(whole.totals(BY)).to_pylist()
