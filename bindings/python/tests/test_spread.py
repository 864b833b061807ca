"""The pieces that a scheduler needs, with none: tasks as texts, workers elsewhere, the same bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import hilum
from hilum.spark.waves import LEAST_BYTES, LEAST_OF_MANY_BYTES, MOST_BYTES, Task, grouped, tapered, waves

ELSEWHERE = """
import sys, hilum.spread
worker = hilum.spread.worker(sys.argv[1])
for task in sys.stdin:
    print(worker.measure(task))
"""


def test_workers_in_other_processes_give_the_same_bytes(scans: Path, embedded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with hilum.spread.SpreadRun(scans, out) as run:
        tasks = [task for task, _ in run.tasks()]
        assert len(tasks) == run.scans == 6
        with pytest.raises(hilum.HilumError, match="another run"):
            hilum.run(scans, out)
        halves = [tasks[::2], tasks[1::2]]
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", ELSEWHERE, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in halves
        ]
        rows = [w.communicate("".join(f"{t}\n" for t in half))[0].splitlines() for w, half in zip(workers, halves)]
        assert run.missing(tasks) == []
        run.write_wave(1, rows[0] + rows[1])
        assert (out / "waves" / "00001.parquet").is_file()
        result = run.finish()
    assert result.counts == {"measured": 5, "rejected": 0, "failed": 1}
    for name in "measurements.csv", "measurements.parquet":
        assert (out / name).read_bytes() == (embedded / name).read_bytes()
    with pytest.raises(hilum.HilumError, match="is finished"):
        run.tasks()


def test_a_run_that_lacks_records_cannot_be_finished(scans: Path, tmp_path: Path) -> None:
    with hilum.spread.SpreadRun(scans, tmp_path / "out") as run:
        tasks = [task for task, _ in run.tasks()]
        hilum.spread.worker(tmp_path / "out").measure(tasks[0])
        assert run.missing(tasks) == tasks[1:]
        with pytest.raises(hilum.HilumError, match="1 of 6 scans are done"):
            run.finish()
    assert hilum.run(scans, tmp_path / "out").run["this_run"]["kept"] == 1


def test_small_scans_share_a_partition_and_large_ones_do_not() -> None:
    tasks = [Task(str(n), size) for n, size in enumerate([100, 70, 40, 30, 20, 10, 10])]
    assert grouped(tasks, 64) == [["0"], ["1"], ["2"], ["3", "4", "5"], ["6"]]
    assert [len(wave) for wave in waves(grouped(tasks, 64), 2)] == [2, 2, 1]
    assert grouped([], 64) == []


def test_partitions_take_a_share_of_what_is_left_and_lose_no_scan():
    size = 100_000_000
    for scans, cores in [(0, 2), (1, 16), (16, 16), (48, 2), (1294, 64), (5000, 2)]:
        tasks = [Task(str(i), size) for i in range(scans)]
        groups = tapered(tasks, cores)
        assert [text for group in groups for text in group] == [task.text for task in tasks]
        held = [len(group) * size for group in groups]
        assert held == sorted(held, reverse=True) or held[:-1] == sorted(held[:-1], reverse=True)
        assert all(bytes <= MOST_BYTES for bytes in held)
        # The last partitions are small enough for all cores to end together.
        assert not held or held[-1] <= max(size, LEAST_OF_MANY_BYTES)
    assert [len(group) for group in tapered([Task("", size)] * 48, 2)] == [10, 9, 7, 5, 4, 3, 2, 2, 2, 2, 2]
    # A scan a core, where there are no more.
    assert len(tapered([Task("", size)] * 16, 16)) == 16
    assert len(tapered([Task("", LEAST_BYTES // 4)] * 16, 16)) == 4
    # One that is larger than any share has a partition of its own.
    assert [len(group) for group in tapered([Task("", 3 * MOST_BYTES), Task("", size), Task("", size)], 2)] == [1, 2]
