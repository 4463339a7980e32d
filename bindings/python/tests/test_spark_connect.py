"""Spark Connect: what `test_spark.py` says of a session of its own holds of one that only talks to a server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("grpc", reason="Spark Connect talks by it: pip install 'pyspark[connect]'")

# One of each way to ask; the others differ by their data.
ASKED = [
    "test_totals_are_those_of_one_machine[7]",
    "test_a_ledger_is_set_beside_all_partitions[7]",
    "test_what_limits_leave_is_that_of_one_machine[7]",
    "test_files_that_workers_read_are_frames[7]",
    "test_a_file_that_cannot_be_read_is_said_as_on_one_machine",
    "test_rows_are_written_by_the_workers[7]",
    "test_rows_beside_a_ledger_and_within_limits_are_written_by_the_workers[7]",
    "test_top_ups_count_what_arrived_in_any_partition[3]",
    "test_an_id_in_two_files_is_found[2]",
    "test_what_rests_on_all_places_is_settled_in_passes[7]",
    "test_what_if_is_that_of_one_machine[7]",
    "test_what_is_wrong_is_one_error_with_its_place",
]


def test_through_a_server_all_is_the_same(tmp_path: Path) -> None:
    """In a process of its own, since a process has sessions of one kind."""
    (tmp_path / "spark-defaults.conf").write_text("spark.python.daemon.module spark_daemon\n")
    tests = [f"test_spark.py::{name}" for name in ASKED]
    line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests]
    of_spark = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": str(tmp_path)}
    environment = os.environ | of_spark | {"FUNDLAYERS_TEST_SPARK": "connect"}
    done = subprocess.run(line, cwd=Path(__file__).parent, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(ASKED)} passed" in done.stdout
