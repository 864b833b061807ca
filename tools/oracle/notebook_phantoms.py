"""Slices of hilum's phantoms and what the notebook makes of them. Written to notebook_phantoms.json.

Wants the program: $HILUM, or else `cargo run -p hilum`. Noise cannot be written down briefly, so that every HU stands for
all values that the notebook treats alike: outside its lung it asks only whether a pixel is air, inside on which side of
-500, -500/255 and 0 it lies. The answers are those to the slice as it was, and must be those to the slice as it is written.
"""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

import nibabel
import numpy as np
from notebook.reference import Dropped, masks_of
from notebook_slices import hu_runs
from packing import FOLDER, runs, write

DIMS = "192x192x48"
# Seed, share of phantoms with disease, slice: lungs of every size, with and without lesions; from the throat and the
# belly, slices that the notebook drops.
CASES = [
    (1, 0, 24), (1, 0, 16), (2, 1, 22), (2, 1, 28), (3, 1, 20), (4, 0, 18), (5, 1, 26), (6, 0, 30),
    (1, 0, 3), (1, 0, 13), (6, 0, 41),
]  # fmt: skip
AIR, EDGE, TISSUE = -800, -400, 40


def phantom(seed: int, ill: int, folder: Path) -> np.ndarray:
    """The voxels `[x, y, slice]` in HU of one phantom."""
    hilum = shlex.split(os.environ.get("HILUM", "cargo run --quiet -p hilum --"))
    out = folder / f"{seed}-{ill}"
    command = [*hilum, "phantom", "--out", str(out), "--dims", DIMS, "--seed", str(seed), "--covid-share", str(ill)]
    subprocess.run(command, check=True, capture_output=True, cwd=FOLDER)
    return np.asarray(nibabel.load(next(out.glob("*.nii.gz"))).dataobj).astype(np.float64)


def levelled(slice_hu: np.ndarray, lung: np.ndarray) -> np.ndarray:
    """The slice in few values, each on the side of every threshold on which the HU was."""
    plain = np.where(slice_hu < -300, AIR, TISSUE)
    inside = np.select(
        [slice_hu < -500, slice_hu < -300, slice_hu * 255 < -500, slice_hu < 0, slice_hu == 0], [AIR, EDGE, -100, -1, 0], TISSUE
    )
    return np.where(lung, inside, plain).astype(np.int16)


def case(name: str, slice_hu: np.ndarray) -> dict:
    """The slice, and its masks or the reason why there are none."""
    try:
        masks = masks_of(slice_hu)
    except Dropped as dropped:
        written, answer = levelled(slice_hu, np.zeros(slice_hu.shape, bool)), {"reason": dropped.reason}
    else:
        written = levelled(slice_hu, masks["lung"])
        again = masks_of(written.astype(np.float64))
        assert all(np.array_equal(masks[key], again[key]) for key in masks), name
        answer = {key: runs(mask.T) for key, mask in masks.items()}
        answer |= {f"{key}_px": int(mask.sum()) for key, mask in masks.items()}
    cols, rows = slice_hu.shape
    return {"name": name, "rows": rows, "cols": cols, "hu_runs": hu_runs(written.T)} | answer


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        volumes = {(seed, ill): phantom(seed, ill, Path(folder)) for seed, ill, _ in CASES}
    cases = [
        case(f"seed {seed}, {'covid' if ill else 'healthy'}, slice {k}", volumes[seed, ill][..., k])
        for seed, ill, k in CASES
    ]
    write("notebook_phantoms", f"tools/oracle/notebook/reference.py on slices of phantoms of {DIMS} voxels.", {"cases": cases})


if __name__ == "__main__":
    main()
