"""Does to a volume what the 2022 notebook does, at the notebook's own pace: for `measure.py --notebook`.

    PYTHON tools/bench/notebook_code.py VOLUME.nii[.gz]

The whole volume as float64 (nibabel's get_fdata), then slice by slice clip, binarise, every contour (scikit-image), the hull of
every contour (SciPy), the polygons (Pillow); the vessels of the slice kept, without the notebook's denoising. Prints JSON.
The steps after the contours are those of tools/oracle/notebook/reference.py.
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy as np
from skimage.measure import find_contours

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))
from notebook.reference import AIR_BELOW_HU, CONTOUR_LEVEL, Dropped, dense, lung_contours, lung_mask  # noqa: E402


def contours_of(slice_hu: np.ndarray) -> list[np.ndarray]:
    """Clipped to -1000 to -300 HU; 1 where it is not -300, 0 where it is; contours of that."""
    clipped = slice_hu.clip(-1000, AIR_BELOW_HU)
    clipped[clipped != AIR_BELOW_HU] = 1
    clipped[clipped == AIR_BELOW_HU] = 0
    return find_contours(clipped, CONTOUR_LEVEL)


def lung_of(slice_hu: np.ndarray) -> np.ndarray | None:
    """The notebook's lung mask of one slice; `None` where it drops the slice."""
    try:
        return lung_mask(slice_hu.shape, lung_contours(contours_of(slice_hu)))
    except Dropped:
        return None


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("use: python notebook_code.py VOLUME.nii[.gz]")
    volume = nibabel.load(sys.argv[1]).get_fdata()
    areas = []
    for k in range(volume.shape[2]):
        lung = lung_of(volume[:, :, k])
        areas.append(0 if lung is None else int(lung.sum()))
    best = int(np.argmax(areas))
    lung = lung_of(volume[:, :, best])
    vessels = 0 if lung is None else int(dense(lung, volume[:, :, best]).sum())
    print(json.dumps({"slice": best, "lung_pixels": areas[best], "vessel_pixels": vessels}))


if __name__ == "__main__":
    main()
