"""Drawn slices in HU and what the notebook makes of them. Written to notebook_slices.json.

Each slice shows one thing that the `notebook` recipe must get right: a plain pair of lungs, disease at the chest wall,
every reason for which the notebook drops a slice, every way in which it stops with an exception.
"""

from collections.abc import Callable

import numpy as np
from notebook.reference import Dropped, masks_of
from packing import runs, write

ROWS, COLS = 156, 190
AIR, TISSUE, LUNG, VESSEL, GLASS, RIM = -1000, 40, -850, 30, -550, -400

RIGHT, LEFT = (62, 57, 38, 28), (62, 131, 36, 28)  # centre row, centre column, half height, half width


def ellipse(slice_hu: np.ndarray, shape: tuple[float, float, float, float], value_hu: int) -> None:
    """Fills an ellipse: centre row, centre column, half height, half width."""
    row, col, high, wide = shape
    y, x = np.ogrid[: slice_hu.shape[0], : slice_hu.shape[1]]
    slice_hu[((y - row) / high) ** 2 + ((x - col) / wide) ** 2 <= 1] = value_hu


def body() -> np.ndarray:
    """An oval of tissue in air, clear of the border."""
    slice_hu = np.full((ROWS, COLS), AIR, np.int16)
    ellipse(slice_hu, (63, 94, 58, 88), TISSUE)
    return slice_hu


def lungs(slice_hu: np.ndarray) -> np.ndarray:
    """Two lungs with a rim of partial volume and a few vessels; a row holds values at and beside each threshold."""
    for row, col, high, wide in (RIGHT, LEFT):
        ellipse(slice_hu, (row, col, high, wide), RIM)
        ellipse(slice_hu, (row, col, high - 1, wide - 1), LUNG)
    rng = np.random.default_rng(20)
    for row, col, radius in zip(rng.integers(35, 90, 14), rng.integers(40, 150, 14), rng.integers(1, 4, 14), strict=True):
        if slice_hu[row, col] == LUNG:
            ellipse(slice_hu, (row, col, radius, radius), VESSEL)
    slice_hu[60, 60:68] = [0, -1, -2, -499, -500, -501, -300, -301]
    return slice_hu


def plain() -> np.ndarray:
    """Two lungs and a trachea, which is too small to count."""
    slice_hu = lungs(body())
    ellipse(slice_hu, (50, 94, 5, 5), AIR)
    return slice_hu


def consolidation_at_the_wall() -> np.ndarray:
    """Dense disease on the pleura: outside the notebook's lung, because the contour follows -300 HU."""
    slice_hu = plain()
    ellipse(slice_hu, (92, 47, 14, 12), TISSUE)
    ellipse(slice_hu, (40, 135, 10, 9), GLASS)
    return slice_hu


def fused() -> np.ndarray:
    """The lungs touch in front: one region."""
    slice_hu = plain()
    slice_hu[60:64, 80:108] = LUNG
    return slice_hu


def one_lung() -> np.ndarray:
    slice_hu = body()
    ellipse(slice_hu, RIGHT, LUNG)
    return slice_hu


def small_lungs() -> np.ndarray:
    """Hulls above 2000 px, polygons below: lungs with a deep notch."""
    slice_hu = body()
    for lung in (RIGHT, LEFT):
        ellipse(slice_hu, lung, LUNG)
        row, col, _, _ = lung
        ellipse(slice_hu, (row, col + 10, 26, 24), TISSUE)
    return slice_hu


def island_in_a_lung() -> np.ndarray:
    """Tissue of more than 2000 px inside a lung, as the liver's dome shows: polygons overlap."""
    slice_hu = body()
    ellipse(slice_hu, (62, 70, 50, 55), LUNG)
    ellipse(slice_hu, (62, 70, 30, 32), TISSUE)
    ellipse(slice_hu, (62, 152, 35, 20), LUNG)
    return slice_hu


def cut_off() -> np.ndarray:
    """The body runs over the border of the image, so its outline is open; the lungs are closed."""
    slice_hu = np.full((ROWS, COLS), AIR, np.int16)
    ellipse(slice_hu, (63, 94, 60, 120), TISSUE)
    return lungs(slice_hu)


def closed_table() -> np.ndarray:
    """A thin closed shell below the body: two nested contours."""
    slice_hu = plain()
    ellipse(slice_hu, (140, 94, 12, 92), 0)
    ellipse(slice_hu, (140, 94, 10, 89), AIR)
    return slice_hu


def solid_table() -> np.ndarray:
    """A table without air inside: the notebook counts it as a third lung."""
    slice_hu = plain()
    ellipse(slice_hu, (140, 94, 12, 92), 0)
    return slice_hu


def air_in_a_corner() -> np.ndarray:
    """One pixel of air in a corner of an image that is tissue elsewhere: a contour of two points."""
    slice_hu = lungs(np.full((ROWS, COLS), TISSUE, np.int16))
    slice_hu[0, 0] = AIR
    return slice_hu


def air_row() -> np.ndarray:
    """A whole row of air at the border: a straight contour."""
    slice_hu = lungs(np.full((ROWS, COLS), TISSUE, np.int16))
    slice_hu[0, :] = AIR
    return slice_hu


def twins() -> np.ndarray:
    """Two lungs that are exact copies, placed so that Qhull gives their hulls the very same area."""
    slice_hu = body()
    for col in (56, 140):
        ellipse(slice_hu, (62, col, 36, 28), LUNG)
    return slice_hu


def all_air() -> np.ndarray:
    return np.full((ROWS, COLS), AIR, np.int16)


def all_tissue() -> np.ndarray:
    return np.full((ROWS, COLS), TISSUE, np.int16)


SLICES: tuple[Callable[[], np.ndarray], ...] = (
    plain, consolidation_at_the_wall, fused, one_lung, small_lungs, island_in_a_lung, cut_off,
    closed_table, solid_table, air_in_a_corner, air_row, twins, all_air, all_tissue,
)  # fmt: skip


def hu_runs(slice_hu: np.ndarray) -> list[int]:
    """Value and length of every run of equal pixels, row-major: value, length, value, length, ..."""
    flat = slice_hu.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(np.concatenate([starts, [flat.size]]))
    return np.column_stack([flat[starts], lengths]).ravel().tolist()


def case(draw: Callable[[], np.ndarray]) -> dict:
    """The slice, and its masks or the reason why there are none."""
    slice_hu = draw()
    head = {"name": draw.__name__, "rows": ROWS, "cols": COLS, "hu_runs": hu_runs(slice_hu)}
    try:
        masks = masks_of(slice_hu.T.astype(np.float64))
    except Dropped as dropped:
        return head | {"reason": dropped.reason}
    return head | {name: runs(mask.T) for name, mask in masks.items()} | {
        f"{name}_px": int(mask.sum()) for name, mask in masks.items()
    }


def main() -> None:
    write(
        "notebook_slices",
        "tools/oracle/notebook/reference.py on drawn slices.",
        {"cases": [case(draw) for draw in SLICES]},
    )


if __name__ == "__main__":
    main()
