"""Holds `reference.py` against masks that the notebook's own functions made.

    cd tools/oracle && HILUM_SHARED=FOLDER python -m notebook.check

FOLDER (default: `shared` beside the checkout) holds `oracle/NAME/*.npy`. They are not part of the project.
"""

import os
import sys
from pathlib import Path

import numpy as np

from notebook.reference import masks_of

NAMES = {
    "lung": "lung_mask",
    "vessel": "vessel_mask",
    "vessel_denoised": "vessel_mask_denoised",
    "vessel_255": "vessel_mask_255bug",
}


def main() -> None:
    beside = Path(__file__).resolve().parents[4] / "shared"
    oracle = Path(os.environ.get("HILUM_SHARED", beside)) / "oracle"
    cases = sorted(path.parent for path in oracle.glob("*/slice_int16.npy"))
    if not cases:
        sys.exit(f"no slices under {oracle}: set HILUM_SHARED")
    wrong = 0
    for case in cases:
        masks = masks_of(np.load(case / "slice_int16.npy").astype(np.float64))
        for name, stem in NAMES.items():
            expected = np.load(case / f"{stem}.npy").astype(bool)
            differing = int((expected != masks[name]).sum())
            wrong += differing
            print(f"{case.name:24} {name:16} {int(expected.sum()):7} px, {differing} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
