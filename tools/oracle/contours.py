"""Contours of binary images as the notebook draws them, by scikit-image, SciPy and Pillow. Written to contours.json.

A mask stands for the air of a slice (1 = air, 0 = tissue); `find_contours` runs at level 0.95 on the array `[x, y]`, the
transpose of the mask. A vertex lies on the line between an air pixel and a tissue pixel, 0.05 px from the air pixel, so
20 times a coordinate is a whole number: that is what `vertices_x20` holds (x, y, x, y, ...).

Of each contour: whether it is closed, the area of its convex hull (null where Qhull finds none), and of a closed one the
polygon that Pillow draws through it with vertices cut to whole numbers and the outline erased.
"""

import numpy as np
from masks import planes
from notebook.reference import CONTOUR_LEVEL, Dropped, hull_area, is_closed, polygon
from packing import packed, write
from skimage.measure import find_contours

MASKS = (
    "one-set", "corner-touch", "ring-in-ring", "leaky-ring", "spiral", "noise-3x5",
    "noise-7x64", "sparse-64x64", "half-64x64", "holey-64x64",
)  # fmt: skip


def vertices_x20(contour: np.ndarray) -> list[int]:
    """The vertices as whole numbers of 1/20 px."""
    scaled = contour * 20
    whole = np.rint(scaled)
    assert np.abs(scaled - whole).max() < 1e-9, "a vertex off the 0.05 px grid"
    return whole.astype(int).ravel().tolist()


def record(air: np.ndarray, contour: np.ndarray) -> dict:
    """What the notebook learns about one contour."""
    try:
        area = round(hull_area(contour), 9)
    except Dropped:
        area = None
    closed = is_closed(contour)
    result = {"closed": closed, "hull_area_px": area, "vertices_x20": vertices_x20(contour)}
    if closed:
        result["polygon"] = packed(polygon(air.shape, contour).T)
    return result


def main() -> None:
    flat = planes()
    cases = []
    for name in MASKS:
        air = flat[name].T
        if min(air.shape) < 2:
            continue  # scikit-image asks for two rows and two columns
        contours = find_contours(air.astype(np.float64), CONTOUR_LEVEL)
        cases.append({"mask": name, "contours": [record(air, contour) for contour in contours]})
    write("contours", "skimage.measure.find_contours, scipy.spatial.ConvexHull, PIL.ImageDraw.polygon.", {"cases": cases})


if __name__ == "__main__":
    main()
