"""The driver's part: plan, hand out in waves, see what came back, finish."""

from __future__ import annotations

import json
import os
from typing import Any, Callable, Iterator, Mapping, Optional

from .._arguments import Place
from ..cohort import CohortResult
from ..spread import SpreadRun
from .isolated import worker
from .waves import LEAST_BYTES, Task, grouped, tapered, waves

GROUPS_PER_CORE = 16
"""Partitions of one wave for each core: the wait for the last of a wave is a small share of it."""
LEAST_GROUPS = 256
"""Partitions of one wave where the number of cores is not known, and at least."""
ATTEMPTS = 3
"""How many processes a scan may kill."""

ARCHIVE = "hilum_package"
"""What the wheel is called where Spark unpacks it for its executors (`--archives hilum.zip#hilum_package`)."""

_DEATHS = ("ExecutorLostFailure", "exited unexpectedly", "Container killed", "EOFException", "was lost")
"""Words of Spark's errors when it was a process that died, and no code of ours that raised."""


def run(
    spark: Any,
    input: Place,
    out: Place,
    *,
    labels: Optional[Place] = None,
    class_names: Optional[Mapping[str, str]] = None,
    recipe: str = "default",
    notebook_dense: Optional[str] = None,
    scout: bool = False,
    dicom_seg: bool = False,
    lungs: Optional[Place] = None,
    max_memory_bytes: Optional[int] = None,
    retry_failed: bool = False,
    attempts: int = ATTEMPTS,
    group_bytes: Optional[int] = None,
    groups_per_wave: Optional[int] = None,
    progress: Optional[Callable[[int, int], None]] = None,
    **store: Any,
) -> CohortResult:
    """Measures a cohort on the executors of `spark`, or goes on with one.

    :param spark: a SparkSession.
    :param input: a folder, a manifest, or the address of one; executors must reach the scans under the same names.
    :param out: the output folder, which executors must reach too: a prefix of a store, or a folder on a shared disk.
    :param lungs: the folder of a net that outlines the lungs, which executors must reach under the same name.
    :param max_memory_bytes: what one scan may take; one that needs more says so.
    :param attempts: how many processes a scan may kill before it is given up.
    :param group_bytes: scans share a partition up to this size; by default up to half of what is left for each core, at most 1 GiB.
    :param groups_per_wave: partitions that are handed to Spark at a time; after each wave its rows lie in ``out/waves``.
    :param progress: called after each wave with the scans done and all scans.
    :param store: as of :func:`hilum.read`; keys are better left to the machines' roles.
    :raises hilum.HilumError: if the input holds no scan, or the output cannot be written. A scan that cannot be measured is a
        row with a reason, whatever it does to the process that measures it.
    """
    how = {"recipe": recipe, "notebook_dense": notebook_dense, "scout": scout, "dicom_seg": dicom_seg}
    how["lungs"] = None if lungs is None else os.fspath(lungs)
    workers = {**how, "max_memory_bytes": max_memory_bytes, **store}
    settings = json.dumps({"out": os.fspath(out), "attempts": attempts, "workers": workers})
    with SpreadRun(
        input, out, labels=labels, class_names=class_names, retry_failed=retry_failed, **workers
    ) as plan:
        tasks = [Task(*task) for task in plan.tasks()]
        done, total = plan.scans - len(tasks), plan.scans
        cores = _cores(spark)
        groups = _together(tasks, cores, group_bytes)
        cut = waves(groups, groups_per_wave or max(LEAST_GROUPS, GROUPS_PER_CORE * (cores or 0)))
        for number, wave in enumerate(cut, start=1):
            rows = _survived(spark, plan, wave, settings, attempts)
            plan.write_wave(number, rows)
            done += sum(map(len, wave))
            if progress is not None:
                progress(done, total)
        return plan.finish()


def _cores(spark: Any) -> Optional[int]:
    try:
        return int(spark.sparkContext.defaultParallelism)
    except Exception:  # Spark Connect knows no context, and says so in its own ways.
        return None


def _together(tasks: list[Task], cores: Optional[int], group_bytes: Optional[int]) -> list[list[str]]:
    if group_bytes is None and cores is not None:
        return tapered(tasks, cores)
    return grouped(tasks, LEAST_BYTES if group_bytes is None else group_bytes)


def _survived(
    spark: Any, plan: SpreadRun, groups: list[list[str]], settings: str, attempts: int
) -> list[str]:
    """The rows of a wave, whatever dies on the way.

    Scans are measured in child processes, so that what dies is a child. Where a whole container is killed instead, Spark
    tries again, and gives the wave up after four times: then each scan without a record is tried alone, and one that takes
    its executor with it alone, too, is given up.
    """
    try:
        return _measured(spark, groups, settings)
    except Exception as error:
        if not _is_death(error):
            raise
    rows = []
    for task in plan.missing([task for group in groups for task in group]):
        rows += _alone(spark, plan, task, settings, attempts)
    return rows


def _alone(spark: Any, plan: SpreadRun, task: str, settings: str, attempts: int) -> list[str]:
    for _ in range(attempts):
        try:
            return _measured(spark, [[task]], settings)
        except Exception as error:
            if not _is_death(error):
                raise
    reason = "it killed each executor that measured it: it may need more memory than they have"
    return [worker(settings).give_up(task, reason)] if plan.missing([task]) else []


def _is_death(error: Exception) -> bool:
    return any(word in str(error) for word in _DEATHS)


def _measured(spark: Any, groups: list[list[str]], settings: str) -> list[str]:
    """One partition a group, each measured where Spark puts it."""

    archive = ARCHIVE

    # Sent by value: it must find hilum before it names anything of it.
    def measure(batches: Iterator[Any]) -> Iterator[Any]:
        import os
        import sys

        import pyarrow
        from pyspark import SparkFiles

        for folder in (archive, os.path.join(SparkFiles.getRootDirectory(), archive)):
            if os.path.isdir(folder) and folder not in sys.path:
                sys.path.insert(0, folder)
        from hilum.spark.isolated import measurer

        here = measurer(settings)
        for batch in batches:
            for number in batch.column(0).to_pylist():
                for task in groups[number]:
                    row = here.measure(task)
                    yield pyarrow.RecordBatch.from_arrays([pyarrow.array([row])], names=["row"])

    numbers = spark.range(0, len(groups), 1, len(groups))
    return [row[0] for row in numbers.mapInArrow(measure, "row string").collect()]
