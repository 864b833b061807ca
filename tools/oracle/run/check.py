"""Checks what `hilum run` wrote with nibabel and numpy alone.

    PYTHON tools/oracle/run/check.py INPUT OUT

INPUT is what was given to `hilum run`: a folder, or one scan. For every measured scan of OUT: the masks have the grid of
the input, bit for bit (dim, pixdim, qform, sform); slice.nii.gz is the chosen slice of the input and lies where that
slice lies; areas, ratio and lung volume, computed anew from masks and header, are those of measurements.csv (by pandas)
and measurements.parquet (by pandas and polars). Prints what was compared; exits with 1 at the first difference.
"""

import argparse
import json
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import polars as pl

# Where the header says where voxels lie.
GRID_FIELDS = (
    "dim", "pixdim", "xyzt_units", "qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d",
    "qoffset_x", "qoffset_y", "qoffset_z", "srow_x", "srow_y", "srow_z",
)  # fmt: skip
# Both sides compute in float64 from the same float32 header: what differs is the order of a few products.
RELATIVE = 1e-12
DENSE_FROM_HU = -500


def hold(what: str, holds: bool) -> None:
    """Stops at the first thing that does not hold."""
    if not holds:
        sys.exit(f"FAILED: {what}")


def near(found: float, expected: float) -> bool:
    """Equal but for the order of floating-point operations."""
    return abs(found - expected) <= RELATIVE * abs(expected)


def slice_axis(image: nib.Nifti1Image) -> int:
    """The voxel axis that runs along the body."""
    return [code in "SI" for code in nib.aff2axcodes(image.affine)].index(True)


def same_grid(name: str, image: nib.Nifti1Image, mask: nib.Nifti1Image) -> None:
    """Every field that places voxels has the same bytes."""
    for field in GRID_FIELDS:
        found, expected = mask.header[field].tobytes(), image.header[field].tobytes()
        hold(f"{name}: {field} of the mask is that of the input", found == expected)
    hold(f"{name}: affine", mask.affine.tobytes() == image.affine.tobytes())


def measured_anew(image: nib.Nifti1Image, folder: Path) -> dict[str, float]:
    """The numbers of a row from the input's header and the written masks."""
    name = folder.name
    masks = {}
    for kind in ("lung", "dense"):
        mask = nib.load(folder / f"{kind}_mask.nii.gz")
        same_grid(f"{name}, {kind}", image, mask)
        masks[kind] = np.moveaxis(np.asarray(mask.dataobj), slice_axis(image), -1)
        hold(f"{name}: {kind} mask is 0 and 1", set(np.unique(masks[kind])) <= {0, 1})
    lung, dense = masks["lung"].astype(bool), masks["dense"].astype(bool)
    hold(f"{name}: dense tissue lies in the lung", not (dense & ~lung).any())
    areas = lung.sum(axis=(0, 1))
    index = int(np.argmax(areas))

    steps = image.affine[:3, :3]
    in_plane = [axis for axis in range(3) if axis != slice_axis(image)]
    pixel_mm2 = float(np.linalg.norm(np.cross(steps[:, in_plane[0]], steps[:, in_plane[1]])))
    voxel_mm3 = abs(float(np.linalg.det(steps)))
    lung_px, dense_px = int(areas[index]), int(dense[..., index].sum())
    check_slice(image, folder, index, dense[..., index])
    return {
        "slice_index": index,
        "lung_area_px": lung_px,
        "lung_area_mm2": lung_px * pixel_mm2,
        "dense_area_px": dense_px,
        "dense_area_mm2": dense_px * pixel_mm2,
        "dense_ratio_percent": 100 * dense_px / lung_px,
        "lung_volume_ml": int(areas.sum()) * voxel_mm3 / 1000,
    }


def check_slice(image: nib.Nifti1Image, folder: Path, index: int, dense: np.ndarray) -> None:
    """slice.nii.gz holds the HU of the chosen slice, lies in its place, and the dense tissue of it is dense."""
    axis = slice_axis(image)
    written = nib.load(folder / "slice.nii.gz")
    expected = np.take(np.asarray(image.dataobj), index, axis=axis)
    found = np.take(np.asarray(written.dataobj), 0, axis=axis)
    hold(f"{folder.name}: slice {index} has the input's values", np.array_equal(found, expected))
    hold(f"{folder.name}: dense tissue is at or above -500 HU", bool((found[dense] >= DENSE_FROM_HU).all()))
    corner = np.zeros(4)
    corner[axis], corner[3] = index, 1
    place, wanted = written.affine[:3, 3], (image.affine @ corner)[:3]
    hold(f"{folder.name}: place of the slice, {place} for {wanted}", np.allclose(place, wanted, rtol=0, atol=1e-4))


def tables(out: Path) -> dict[str, pd.DataFrame]:
    """The rows by every reader, indexed by image_id."""
    read = {
        "measurements.csv by pandas": pd.read_csv(out / "measurements.csv", dtype={"image_id": str, "type": str}),
        "measurements.parquet by pandas": pd.read_parquet(out / "measurements.parquet"),
        "measurements.parquet by polars": pl.read_parquet(out / "measurements.parquet").to_pandas(),
    }
    return {name: table.set_index("image_id") for name, table in read.items()}


def main() -> None:
    """Checks every measured scan of the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=Path, help="what was given to hilum run: a folder or one scan")
    parser.add_argument("out", type=Path, help="its output folder")
    args = parser.parse_args()
    found = tables(args.out)
    folders = json.loads((args.out / "run.json").read_text())["folders"]
    rows = next(iter(found.values()))
    measured = rows[rows.status == "measured"]
    hold("there is a measured scan", len(measured) > 0)
    for image_id, row in measured.iterrows():
        path = args.input / row.uri if args.input.is_dir() else args.input
        expected = measured_anew(nib.load(path), args.out / "scans" / folders[image_id])
        if row.recipe == "notebook":  # one slice alone is segmented
            del expected["lung_volume_ml"]
        for name, table in found.items():
            for column, value in expected.items():
                cell = table.loc[image_id, column]
                hold(f"{image_id}, {name}, {column}: {cell} for {value}", near(float(cell), float(value)))
        print(f"{image_id}: grid, slice {expected['slice_index']} and {len(expected)} numbers agree in {len(found)} tables")


if __name__ == "__main__":
    main()
