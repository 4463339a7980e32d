"""The command line of a model that compares random cases by their seeds."""

import argparse
import os
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def main(description, run_seed, of_binary=True):
    """Runs `run_seed(seed, binary, folder)`, which answers an outcome and, where that is `differs`, what is to be shown; what asks no
    command line is `run_seed(seed)`."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    if of_binary:
        parser.add_argument("--binary", required=True, help="the command line to compare with")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    seeds = range(asked.seed, asked.seed + asked.count)
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(asked.jobs) as workers:
        more = [[str(Path(asked.binary).resolve())] * len(seeds), [folder] * len(seeds)] if of_binary else []
        outcomes = list(workers.map(run_seed, seeds, *more, chunksize=10))
    for _, shown in [outcome for outcome in outcomes if outcome[1]][:3]:
        print(shown)
    mix = Counter(outcome for outcome, _ in outcomes)
    print(", ".join(f"{outcome} {count}" for outcome, count in mix.most_common()))
    return 1 if mix["differs"] else 0
