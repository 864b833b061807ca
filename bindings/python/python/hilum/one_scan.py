"""One scan: its grid and voxels, its slice, its masks, its numbers."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional, Union

import numpy as np

from . import _arguments, _hilum
from ._arguments import Place
from ._hilum import Scan


class SliceChoice(NamedTuple):
    """The axial slice with the largest lung area."""

    slice_index: int
    """Index along :attr:`Scan.slice_axis`, from 0."""
    lung_area_mm2: float
    lung_state: Optional[str]
    """How the lungs stand on it; None for recipes that do not ask."""
    plateau_width_mm: Optional[float]
    """How far the slice could move with the area within 1 %."""
    area_mm2: np.ndarray
    """Lung area of every slice."""


class Segmentation(NamedTuple):
    """What is lung and what is dense tissue in it."""

    lung: np.ndarray
    """uint8, 1 inside, ``[i, j, k]`` as the scan's voxels."""
    dense: np.ndarray
    """uint8, 1 inside, the same grid."""
    row: dict[str, Any]
    """The row of the measurement table."""


def read(
    path: Place,
    *,
    no_sign: bool = False,
    endpoint: Optional[str] = None,
    region: Optional[str] = None,
    profile: Optional[str] = None,
) -> Scan:
    """Opens a scan and reads its headers.

    :param path: a NIfTI file, the header of a pair, a folder with the images of one DICOM series, or the address of a NIfTI
        file in a store.
    :param no_sign: send no keys, for public buckets.
    :param endpoint: the store's server, where it is not the vendor's.
    :raises ScanError: if it cannot be read.
    """
    return _hilum.read(path, _arguments.store(no_sign, endpoint, region, profile))


def select(
    scan: Union[Scan, Place],
    *,
    recipe: str = "default",
    notebook_dense: Optional[str] = None,
    scout: bool = False,
    lungs: Optional[Place] = None,
    **store: Any,
) -> SliceChoice:
    """Finds the axial slice with the largest lung area.

    :param recipe: ``default``, or ``notebook`` (repeats a 2022 study fault for fault).
    :param lungs: the folder of a net that outlines the lungs in place of hilum's own way (``hilum import --task lungs``).
    :param store: as of :func:`read`.
    :raises RejectedError: if the scan has no lung, or cannot be measured for another reason.
    """
    how = _arguments.method(recipe, notebook_dense, scout, lungs=lungs)
    return SliceChoice(**_hilum.select(scan, how, _arguments.store(**store)))


def segment(
    scan: Union[Scan, Place],
    *,
    recipe: str = "default",
    notebook_dense: Optional[str] = None,
    scout: bool = False,
    lungs: Optional[Place] = None,
    **store: Any,
) -> Segmentation:
    """Makes the masks of lung and dense tissue, on the grid of the scan.

    With the recipe ``notebook`` they are empty but for the chosen slice; ``lungs`` is as of :func:`select`.

    :raises RejectedError: if the scan has no lung, or cannot be measured for another reason.
    """
    how = _arguments.method(recipe, notebook_dense, scout, lungs=lungs)
    return Segmentation(**_hilum.segment(scan, how, _arguments.store(**store)))


def measure(
    scan: Union[Scan, Place],
    *,
    recipe: str = "default",
    notebook_dense: Optional[str] = None,
    scout: bool = False,
    lungs: Optional[Place] = None,
    **store: Any,
) -> dict[str, Any]:
    """Measures a scan; ``lungs`` is as of :func:`select`.

    :returns: the row of the measurement table, and ``messages``: what was odd, the gravest first. A scan that cannot be
        measured has the status ``rejected`` and a reason; what was not measured is None.
    """
    how = _arguments.method(recipe, notebook_dense, scout, lungs=lungs)
    return _hilum.measure(scan, how, _arguments.store(**store))
