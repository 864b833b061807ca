"""Compares hilum's notebook recipe with the notebook's own steps, slice by slice, on whole scans.

    cd tools/oracle && python -m notebook.against HILUM SCAN.nii.gz ...

HILUM is the program. For every scan: the lung's pixels of every slice, the slice kept, and its lung and vessel pixels
must be equal. Ends with status 1 where they are not.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from notebook.reference import reference


def hilum_record(hilum: str, scan: Path, out: Path) -> dict:
    """The record that hilum writes for one scan."""
    command = [hilum, "run", str(scan), "--out", str(out), "--recipe", "notebook", "--quiet"]
    subprocess.run(command, check=True)
    return json.loads(next(out.glob("scans/*/scan.json")).read_text())


def areas_px(record: dict, slices: int) -> list[int]:
    """hilum's lung area of every slice in pixels; zeros where it found no lung at all."""
    if record["curve"] is None:
        return [0] * slices
    pixel_mm2 = record["row"]["row_spacing_mm"] * record["row"]["col_spacing_mm"]
    return [round(area / pixel_mm2) for area in record["curve"]["area_mm2"]]


def differences(record: dict, expected: dict) -> list[str]:
    """What differs, in words."""
    theirs = [record_of["lung_px"] for record_of in expected["slices"]]
    ours = areas_px(record, len(theirs))
    found = [f"slice {k}: {a} px instead of {b}" for k, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    if "best" in expected:
        pairs = {
            "slice_index": expected["best_slice"],
            "lung_area_px": expected["best"]["lung"]["px"],
            "dense_area_px": expected["best"]["vessel"]["px"],
        }
        found += [f"{name}: {record['row'][name]} instead of {b}" for name, b in pairs.items() if record["row"][name] != b]
    return found


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit("use: python -m notebook.against HILUM SCAN.nii[.gz] ...")
    faults = 0
    for scan in map(Path, sys.argv[2:]):
        with tempfile.TemporaryDirectory() as folder:
            found = differences(hilum_record(sys.argv[1], scan, Path(folder)), reference(scan))
        faults += bool(found)
        sys.stdout.write(f"{scan.name}: {'equal' if not found else '; '.join(found)}\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
