"""Chest CT cohorts: lung, dense tissue and lesion measurements with honest figures.

Scans go to numpy arrays, tables to whatever takes Arrow (pandas, polars, pyarrow, duckdb), cohorts to an output folder
with a report. Everything is computed by the same code as the command line's, without Python's lock, and Ctrl-C stops it::

    import hilum

    scan = hilum.read("scan.nii.gz")
    hu = scan.voxels()                      # numpy, [i, j, k] as in NIfTI, in HU
    masks = hilum.segment(scan)             # masks.lung, masks.dense, masks.row
    result = hilum.run("scans/", "out")     # a cohort; result.to_pandas()

A scan that cannot be read raises :class:`ScanError`, one that can be read but not measured :class:`RejectedError`; both
say what the command line would. Places may be paths or addresses (``s3://``, ``gs://``, ``az://``, ``https://``).
On a cluster: :mod:`hilum.spark`, and for other schedulers :mod:`hilum.spread`. For research, not for diagnosis.
"""

from __future__ import annotations

from . import spread
from ._hilum import (
    HilumError,
    RejectedError,
    Scan,
    ScanError,
    Table,
    WrongUseError,
    __version__,
)
from .cohort import CohortResult, NotMeasured, run
from .models import Predictions, explain, predict
from .one_scan import Segmentation, SliceChoice, measure, read, segment, select
from .pairs import Matching, match

__all__ = [
    "CohortResult",
    "HilumError",
    "Matching",
    "NotMeasured",
    "Predictions",
    "RejectedError",
    "Scan",
    "ScanError",
    "Segmentation",
    "SliceChoice",
    "Table",
    "WrongUseError",
    "__version__",
    "explain",
    "match",
    "measure",
    "predict",
    "read",
    "run",
    "segment",
    "select",
    "spread",
]
