"""What the 2022 notebook computes on a scan, stated anew, fault for fault.

    cd tools/oracle && python -m notebook.reference SCAN.nii.gz [OUT.json]

Writes for every axial slice the lung's pixels, or why the notebook drops the slice, and for the slice that it keeps
the masks. A slice that makes the notebook stop with an exception is a reason here.

Arrays are `[x, y]` as nibabel gives them. Masks are written as `[rows = y, cols = x]`, as hilum has them.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from packing import digest, made_by, packed
from PIL import Image, ImageDraw
from scipy.spatial import ConvexHull, KDTree, QhullError
from skimage.measure import find_contours

AIR_BELOW_HU = -300.0
DENSE_FROM_HU = -500.0
LEAST_PX = 2000
CONTOUR_LEVEL = 0.95


@dataclass
class Dropped(Exception):
    """The notebook does not measure this slice."""

    reason: str


def air(slice_hu: np.ndarray) -> np.ndarray:
    """1.0 where the notebook sees air: clipped at -300 from above, what is not -300. So NaN is air."""
    return (np.minimum(slice_hu, AIR_BELOW_HU) != AIR_BELOW_HU).astype(np.float64)


def is_closed(contour: np.ndarray) -> bool:
    """Whether first and last vertex lie less than a pixel apart."""
    return bool(np.hypot(*(contour[0] - contour[-1])) < 1)


def hull_area(contour: np.ndarray) -> float:
    """Area of the convex hull; the notebook stops where there is none (fewer than three points, or a straight line)."""
    try:
        return float(ConvexHull(contour).volume)
    except (QhullError, ValueError):
        raise Dropped("degenerate_contour") from None


def lung_contours(contours: list[np.ndarray]) -> list[np.ndarray]:
    """The closed contours with a hull above 2000 px: both when there are two, else all but the largest."""
    areas = [hull_area(contour) for contour in contours]
    kept = [(a, c) for a, c in zip(areas, contours, strict=True) if a > LEAST_PX and is_closed(c)]
    if len(kept) < 2:
        raise Dropped("fewer_than_two_closed_contours")
    if len(kept) == 2:
        return [contour for _, contour in kept]
    areas = sorted(area for area, _ in kept)
    if len(set(areas)) < len(areas):
        raise Dropped("equal_hull_areas")
    return [contour for _, contour in sorted(kept, key=lambda pair: pair[0])[:-1]]


def polygon(shape: tuple[int, int], contour: np.ndarray) -> np.ndarray:
    """The polygon drawn by Pillow with an erased outline, `[x, y]`."""
    image = Image.new("L", shape, 0)
    ImageDraw.Draw(image).polygon([(x, y) for x, y in contour], outline=0, fill=1)
    return np.array(image).T


def lung_mask(shape: tuple[int, int], contours: list[np.ndarray]) -> np.ndarray:
    """The sum of the polygons above 2000 px, which must be at least two and must not overlap."""
    masks = [polygon(shape, contour) for contour in contours]
    large = [mask for mask in masks if mask.sum() > LEAST_PX]
    total = np.sum(large, axis=0, dtype=np.uint8) if large else np.zeros(shape, np.uint8)
    if total.max(initial=0) > 1:
        raise Dropped("overlapping_polygons")
    if len(large) < 2:
        raise Dropped("fewer_than_two_polygons")
    return total.astype(bool)


def dense(lung: np.ndarray, slice_hu: np.ndarray, lung_value: int = 1) -> np.ndarray:
    """The notebook's vessels: the product of mask and slice at or above -500, where a product of 0 counts as air."""
    product = slice_hu * (lung.astype(np.float64) * lung_value)
    return (product >= DENSE_FROM_HU) & (product != 0)


def denoised(vessels: np.ndarray, contours: list[np.ndarray]) -> np.ndarray:
    """The vessels without the pixels that lie within 0.1 px of a vertex of a kept contour."""
    x, y = np.nonzero(vessels)
    distance, _ = KDTree(np.concatenate(contours)).query(np.column_stack([x, y]))
    near = distance <= 0.1
    result = vessels.copy()
    result[x[near], y[near]] = False
    return result


def lungs_of(slice_hu: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Lung mask and kept contours of a slice, or `Dropped`."""
    contours = lung_contours(find_contours(air(slice_hu), CONTOUR_LEVEL))
    return lung_mask(slice_hu.shape, contours), contours


def masks_of(slice_hu: np.ndarray) -> dict[str, np.ndarray]:
    """Every mask that the notebook makes of a slice, `[x, y]`."""
    lung, contours = lungs_of(slice_hu)
    vessel, vessel_255 = dense(lung, slice_hu), dense(lung, slice_hu, lung_value=255)
    return {
        "lung": lung,
        "vessel": vessel,
        "vessel_denoised": denoised(vessel, contours),
        "vessel_255": vessel_255,
        "vessel_255_denoised": denoised(vessel_255, contours),
    }


def slice_record(slice_hu: np.ndarray) -> dict:
    """`{"lung_px": n}` or `{"reason": why}`."""
    try:
        return {"lung_px": int(lungs_of(slice_hu)[0].sum())}
    except Dropped as dropped:
        return {"lung_px": 0, "reason": dropped.reason}


def reference(path: Path) -> dict:
    """The record of a whole scan; axial slices are the last axis, whatever the orientation: the notebook's fault."""
    import nibabel

    scan = nibabel.load(path)
    slices = (np.asarray(scan.dataobj[..., k], dtype=np.float64) for k in range(scan.shape[2]))
    records = [slice_record(slice_hu) for slice_hu in slices]
    best = int(np.argmax([record["lung_px"] for record in records]))
    result = {"made_by": made_by("nibabel"), "scan": path.name, "best_slice": best, "slices": records}
    if records[best]["lung_px"]:
        masks = masks_of(np.asarray(scan.dataobj[..., best], dtype=np.float64))
        result["best"] = {
            name: {"px": int(mask.sum()), "sha256": digest(mask.T), **packed(mask.T)} for name, mask in masks.items()
        }
    return result


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit("use: python -m notebook.reference SCAN.nii[.gz] [OUT.json]")
    text = json.dumps(reference(Path(sys.argv[1])), separators=(",", ":")) + "\n"
    if len(sys.argv) == 3:
        Path(sys.argv[2]).write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
