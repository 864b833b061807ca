"""Compares hilum's notebook recipe with the notebook's own steps, slice by slice, on whole scans.

    cd tools/oracle && python -m notebook.against HILUM SCAN.nii.gz ...

HILUM is the program. For every scan: the lung's pixels of every slice and the slice kept must be equal, and on that slice
the lung mask and the dense mask, in every variant of `--notebook-dense`, pixel for pixel. A scan on which the notebook
finds no lung must be rejected. Ends with status 1 where anything differs.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import nibabel
import numpy as np
from packing import digest

from notebook.reference import reference

VARIANTS = {
    "plain": "vessel",
    "denoised": "vessel_denoised",
    "255": "vessel_255",
    "255-denoised": "vessel_255_denoised",
}


def hilum_segments(hilum: str, scan: Path, out: Path, variant: str) -> dict:
    """The record that hilum writes for one scan; masks lie in `out`."""
    command = [hilum, "segment", str(scan), "--out", str(out), "--recipe", "notebook", "--notebook-dense", variant, "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{scan}: hilum ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def areas_px(record: dict, slices: int) -> list[int]:
    """hilum's lung area of every slice in pixels; zeros where it found no lung at all."""
    if record["curve"] is None:
        return [0] * slices
    pixel_mm2 = record["row"]["row_spacing_mm"] * record["row"]["col_spacing_mm"]
    return [round(area / pixel_mm2) for area in record["curve"]["area_mm2"]]


def mask(path: Path, index: int) -> np.ndarray:
    """The chosen slice of a mask, `[rows = y, cols = x]`; nothing may be set elsewhere."""
    volume = np.asarray(nibabel.load(path).dataobj) != 0
    chosen = volume[..., index].T
    if chosen.sum() != volume.sum():
        sys.exit(f"{path}: pixels are set outside slice {index}")
    return chosen


def variant_differs(record: dict, expected: dict, out: Path, variant: str) -> list[str]:
    """What differs between hilum's output of one variant and the reference, in words."""
    found = []
    theirs = [slice_record["lung_px"] for slice_record in expected["slices"]]
    ours = areas_px(record, len(theirs))
    reasons = Counter(slice_record["reason"] for slice_record in expected["slices"] if "reason" in slice_record)
    words = ", ".join(f"{why} on {n} slices" for why, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    if words and not any(finding["message"].endswith(": " + words) for finding in record["findings"]):
        found.append(f"slices are not dropped as expected: {words}")
    found += [f"slice {k}: {a} px instead of {b}" for k, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    row = record["row"]
    if "best" not in expected:
        return found if row["status"] == "rejected" else [*found, f"{row['status']} without a lung"]
    if row["slice_index"] != expected["best_slice"]:
        return [*found, f"slice {row['slice_index']} is kept instead of {expected['best_slice']}"]
    for name, stem, area in [("lung", "lung_mask", "lung_area_px"), (VARIANTS[variant], "dense_mask", "dense_area_px")]:
        best = expected["best"][name]
        if row[area] != best["px"]:
            found.append(f"{area}: {row[area]} instead of {best['px']}")
        if digest(mask(out / f"{stem}.nii.gz", row["slice_index"])) != best["sha256"]:
            found.append(f"{stem} differs in its pixels")
    return found


def differences(hilum: str, scan: Path, expected: dict) -> list[str]:
    """What differs on one scan, over all variants."""
    found = []
    for variant in VARIANTS:
        with tempfile.TemporaryDirectory() as folder:
            record = hilum_segments(hilum, scan, Path(folder), variant)
            found += [f"{variant}: {text}" for text in variant_differs(record, expected, Path(folder), variant)]
    return found


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit("use: python -m notebook.against HILUM SCAN.nii[.gz] ...")
    faults = slices = 0
    for scan in map(Path, sys.argv[2:]):
        expected = reference(scan)
        found = differences(sys.argv[1], scan, expected)
        faults += bool(found)
        slices += len(expected["slices"])
        kept = sum(record["lung_px"] > 0 for record in expected["slices"])
        answer = "equal" if not found else "; ".join(found)
        sys.stdout.write(f"{scan.name}: {len(expected['slices'])} slices, {kept} with lungs: {answer}\n")
    sys.stdout.write(f"{len(sys.argv) - 2} scans, {slices} slices, {len(VARIANTS)} variants; {faults} scans differ\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
