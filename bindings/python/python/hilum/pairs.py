"""Two scans or pictures: SIFT keypoints, and what of them matches."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np

from . import _hilum
from ._arguments import Place
from ._hilum import Table


class Matching(NamedTuple):
    """What of two pictures looks alike."""

    keypoints: Table
    """The keypoints of both."""
    matches: Table
    """Pairs that are each other's nearest."""
    transform: Optional[np.ndarray]
    """From the first picture to the second, 2 x 3; None where the distinct matches agree on none."""
    counts: dict[str, int]
    """Numbers of ``matches``, ``distinct`` and ``consistent`` ones."""


def match(
    a: Place,
    b: Place,
    *,
    recipe: str = "default",
    grey: str = "window",
    lungs: bool = False,
    norm: str = "l1",
    ratio: float = 0.8,
    transform: str = "similarity",
    tolerance_px: float = 3.0,
    seed: int = 0,
) -> Matching:
    """Finds the SIFT keypoints of two scans (on their chosen slices) or pictures, and matches them.

    :param grey: how HU become grey: ``window`` (the same in every scan) or ``min-max``, as the notebook has it.
    :param lungs: look at the box around the lungs alone.
    :param norm: ``l1`` or ``l2``.
    :param ratio: a match is distinct if it is nearer than this share of the second nearest.
    :param transform: what distinct matches must agree on: ``similarity`` or ``affine``.
    """
    how = {
        "recipe": recipe,
        "grey": grey,
        "lungs": lungs,
        "norm": norm,
        "ratio": ratio,
        "transform": transform,
        "tolerance_px": tolerance_px,
        "seed": seed,
    }
    found: dict[str, Any] = _hilum.match_pair(a, b, how)
    rows = found["transform"]
    counts = {name: found[name] for name in ("matches", "distinct", "consistent")}
    table: Table = found["keypoints"]
    return Matching(table, found["match_table"], None if rows is None else np.array(rows), counts)
