"""Whole cohorts by processes that somebody else starts: Spark, Ray, Dask, or a loop over ssh.

A :class:`SpreadRun` says what is to do, as texts that can be sent anywhere; a :class:`Worker` measures one after the other,
wherever it reaches the scans and the output folder; then the run is finished::

    with hilum.spread.SpreadRun("scans/", "out") as run:
        worker = hilum.spread.worker("out")             # in other processes
        for task, bytes in run.tasks():
            worker.measure(task)
        result = run.finish()
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from . import _arguments, _hilum
from ._arguments import Place
from ._hilum import Worker
from .cohort import CohortResult

__all__ = ["SpreadRun", "Worker", "worker"]


class SpreadRun:
    """A run whose scans others measure. The output folder is locked until it is finished or closed."""

    def __init__(
        self,
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
        **store: Any,
    ) -> None:
        """Looks at the input and at what is done already; arguments as of :func:`hilum.run`."""
        request = _arguments.cohort(
            input,
            out,
            _arguments.store(**store),
            labels=labels,
            class_names=class_names,
            max_memory_bytes=max_memory_bytes,
            retry_failed=retry_failed,
        )
        self._plan = _hilum.plan(request, _arguments.method(recipe, notebook_dense, scout, dicom_seg, lungs))

    @property
    def scans(self) -> int:
        """Scans of the cohort."""
        return self._plan.scans

    def tasks(self) -> list[tuple[str, int]]:
        """What is to do, the largest first: each task as text, and the bytes of its scan."""
        return self._plan.tasks()

    def missing(self, tasks: list[str]) -> list[str]:
        """Which of the tasks have no record in the output folder yet."""
        return self._plan.missing(tasks)

    def write_wave(self, number: int, rows: list[str]) -> None:
        """Writes rows that workers gave back as ``waves/00001.parquet``, until the table takes their place."""
        self._plan.write_wave(number, rows)

    def finish(self) -> CohortResult:
        """Writes tables and report.

        :raises HilumError: if a task has no record.
        """
        return CohortResult.of(self._plan.finish())

    def close(self) -> None:
        """Gives the output folder back; what is measured stays."""
        self._plan.close()

    def __enter__(self) -> SpreadRun:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def worker(
    out: Place,
    *,
    recipe: str = "default",
    notebook_dense: Optional[str] = None,
    scout: bool = False,
    dicom_seg: bool = False,
    lungs: Optional[Place] = None,
    max_memory_bytes: Optional[int] = None,
    **store: Any,
) -> Worker:
    """A worker for the run with this output folder: how to measure and how to reach stores must be said as to the run.

    :param max_memory_bytes: what one scan may take; one that needs more says so.
    """
    how = _arguments.method(recipe, notebook_dense, scout, dicom_seg, lungs)
    return Worker(out, how, _arguments.store(**store), max_memory_bytes)
