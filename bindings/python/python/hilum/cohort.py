"""Whole cohorts, by threads of this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, NamedTuple, Optional

from . import _arguments, _hilum
from ._arguments import Place
from ._hilum import Table


class NotMeasured(NamedTuple):
    """A scan without numbers, and why."""

    image_id: str
    status: str
    """``rejected`` or ``failed``."""
    reason: Optional[str]


@dataclass(frozen=True)
class CohortResult:
    """How a run went."""

    table: Table
    """The measurements, one row a scan, the failed ones too."""
    counts: Mapping[str, int]
    """Scans of each status: ``measured``, ``rejected``, ``failed``."""
    not_measured: list[NotMeasured]
    report: str
    """Where report.html lies."""
    run: Mapping[str, Any]
    """What run.json says."""

    @classmethod
    def of(cls, summary: dict[str, Any]) -> CohortResult:
        """From what the native module tells."""
        table, report = summary.pop("table"), summary.pop("report")
        not_measured = [NotMeasured(**scan) for scan in summary.pop("not_measured")]
        return cls(table, summary["counts"]["by_status"], not_measured, report, summary)

    def to_pandas(self) -> Any:
        """The measurements as a pandas DataFrame; wants pyarrow."""
        import pyarrow

        return pyarrow.table(self.table).to_pandas()


def run(
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
    jobs: Optional[int] = None,
    max_memory_bytes: Optional[int] = None,
    retry_failed: bool = False,
    progress: Optional[Callable[[int, int, str, str], None]] = None,
    **store: Any,
) -> CohortResult:
    """Measures a cohort, or goes on with one, into an output folder: the same bytes as ``hilum run``.

    :param input: a scan, a folder, a manifest (CSV or Parquet), or the address of one of them in a store.
    :param out: the output folder, or a prefix of a store.
    :param labels: a table with the columns image_id and type.
    :param lungs: the folder of a net that outlines the lungs in place of hilum's own way (``hilum import --task lungs``).
    :param jobs: scans measured at a time; one per processor unless said otherwise.
    :param max_memory_bytes: cap on the memory of all scans together.
    :param progress: called with the scans done, all scans, the name of the one just done, and what became of it.
    :param store: as of :func:`hilum.read`.
    :raises HilumError: if the input holds no scan or the output cannot be written. A scan that cannot be measured is a row.
    :raises KeyboardInterrupt: after Ctrl-C; what is done stays done, and the same call goes on.
    """
    request = _arguments.cohort(
        input,
        out,
        _arguments.store(**store),
        labels=labels,
        class_names=class_names,
        jobs=jobs,
        max_memory_bytes=max_memory_bytes,
        retry_failed=retry_failed,
    )
    how = _arguments.method(recipe, notebook_dense, scout, dicom_seg, lungs)
    return CohortResult.of(_hilum.run(request, how, told=progress))
