"""Writes tests/oracle/sift/*.json: what OpenCV finds in the pictures beside them, and how it matches them."""

import json
import sys
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from compare import opencv  # noqa: E402

TARGET = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "sift"
MADE_BY = f"OpenCV {cv2.__version__}, numpy {np.__version__}"
MATCHED = ("minmax1", "minmax2", "turned1", "smaller1", "window3")


def number(value):
    """Short, and the same float32 when read."""
    return float(np.format_float_positional(np.float32(value), unique=True))


def write(name, content):
    (TARGET / f"{name}.json").write_text(json.dumps({"made_by": MADE_BY, **content}, separators=(",", ":")) + "\n")


def main():
    cv2.setNumThreads(1)
    found = {}
    for path in sorted(TARGET.glob("*.png")):
        found[path.stem] = opencv(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
        rows = [[number(k[f]) for f in ("x", "y", "size", "angle", "response")] for k in found[path.stem]]
        octaves = [int(k["octave"]) for k in found[path.stem]]
        descriptors = [bytes(k["d"]).hex() for k in found[path.stem]]
        write(path.stem, {"keypoints": rows, "octaves": octaves, "descriptors": descriptors})
    pairs = []
    for a, b in combinations(MATCHED, 2):
        da, db = (found[name]["d"].astype(np.float32) for name in (a, b))
        pair = {"query": a, "train": b}
        for name, norm in (("l1", cv2.NORM_L1), ("l2", cv2.NORM_L2)):
            matches = sorted(cv2.BFMatcher(norm, crossCheck=True).match(da, db), key=lambda m: m.distance)
            pair[name] = [[m.queryIdx, m.trainIdx, number(m.distance)] for m in matches]
        pairs.append(pair)
    write("matches", {"pairs": pairs})


if __name__ == "__main__":
    main()
