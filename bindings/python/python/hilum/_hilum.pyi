"""The native part of hilum. The functions that users call are those of :mod:`hilum`."""

from os import PathLike
from typing import Any, Callable, Mapping, Optional, Union

import numpy as np

_Place = Union[str, PathLike[str]]
_Method = Mapping[str, Any]
_Store = Mapping[str, Any]

__version__: str

class HilumError(Exception):
    """What hilum could not do, and what to do about it."""

class ScanError(HilumError):
    """A scan that cannot be read."""

class RejectedError(HilumError):
    """A scan that can be read but not measured: it says why."""

class WrongUseError(HilumError):
    """Arguments, a manifest or a table that make no sense."""

class Scan:
    """A scan of which only headers have been read."""

    @property
    def image_id(self) -> str:
        """The scan's name: its file name without ending."""
    @property
    def format(self) -> str:
        """The format in words, such as ``NIfTI-1 int16 gz``."""
    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along i, j, k."""
    @property
    def affine(self) -> np.ndarray:
        """From voxel indices to RAS+ millimetres: 4 x 4."""
    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between voxels along i, j, k in mm."""
    @property
    def orientation(self) -> str:
        """Where i, j, k grow to, such as ``RAS``."""
    @property
    def slice_axis(self) -> int:
        """The axis of the array along which axial slices follow each other: 0, 1 or 2."""
    @property
    def findings(self) -> list[dict[str, str]]:
        """What is odd about the headers: ``code``, ``level`` and ``message``."""
    def voxels(self) -> np.ndarray:
        """All voxels in HU, indexed [i, j, k]: int16 where whole numbers fit, else float32."""

class Table:
    """A table with named columns, in Arrow's memory."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object: ...

class Plan:
    """A run whose scans others measure. The output folder stays locked until it is finished or closed."""

    @property
    def scans(self) -> int:
        """Scans of the cohort."""
    def tasks(self) -> list[tuple[str, int]]:
        """What is to do, the largest first: each task as text, and the bytes of its scan."""
    def missing(self, tasks: list[str]) -> list[str]:
        """Which of the tasks have no record yet."""
    def write_wave(self, number: int, rows: list[str]) -> None:
        """Puts the rows of one wave beside the scans, for whoever watches."""
    def finish(self) -> dict[str, Any]:
        """Writes tables and report when every task has its record."""
    def close(self) -> None:
        """Gives the output folder back; what is measured stays."""

class Worker:
    """Measures tasks of a plan, one after the other."""

    def __init__(
        self, out: _Place, method: _Method, store: _Store, max_memory_bytes: Optional[int] = None
    ) -> None: ...
    def measure(self, text: str) -> str:
        """Measures one scan and puts what comes of it into the output folder; its row as text."""
    def give_up(self, text: str, reason: str) -> str:
        """Gives up a scan that killed its process: its record says why; its row as text."""

def read(path: _Place, store: _Store) -> Scan: ...
def select(scan: Union[Scan, _Place], method: _Method, store: _Store) -> dict[str, Any]: ...
def segment(scan: Union[Scan, _Place], method: _Method, store: _Store) -> dict[str, Any]: ...
def measure(scan: Union[Scan, _Place], method: _Method, store: _Store) -> dict[str, Any]: ...
def run(
    arguments: Mapping[str, Any],
    method: _Method,
    *,
    told: Optional[Callable[[int, int, str, str], Any]] = None,
) -> dict[str, Any]: ...
def plan(arguments: Mapping[str, Any], method: _Method) -> Plan: ...
def match_pair(a: _Place, b: _Place, how: Mapping[str, Any]) -> dict[str, Any]: ...
def predict(
    model: _Place,
    input: _Place,
    *,
    out: Optional[_Place] = None,
    scans: Optional[_Place] = None,
    device: str = "cpu",
    jobs: Optional[int] = None,
) -> dict[str, Any]: ...
def explain(
    model: _Place,
    input: _Place,
    out: _Place,
    how: Mapping[str, Any],
    *,
    scans: Optional[_Place] = None,
    device: str = "cpu",
) -> dict[str, Any]: ...
