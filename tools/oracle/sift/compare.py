"""Keypoints of OpenCV and of hilum: read, paired, counted."""

import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np

KEYPOINT = np.dtype(
    [("x", "<f4"), ("y", "<f4"), ("size", "<f4"), ("angle", "<f4"), ("response", "<f4"), ("octave", "<i4"), ("d", "u1", 128)]
)
MATCH = np.dtype([("query", "<u4"), ("train", "<u4"), ("distance", "<f4")])


def opencv(image):
    """What cv2.SIFT_create() finds in an 8-bit grey image."""
    found, descriptors = cv2.SIFT_create().detectAndCompute(image, None)
    out = np.zeros(len(found), KEYPOINT)
    for row, k in zip(out, found):
        row["x"], row["y"], row["size"], row["angle"] = k.pt[0], k.pt[1], k.size, k.angle
        row["response"], row["octave"] = k.response, k.octave
    if len(found):
        out["d"] = descriptors
    return out


def hilum(program, image):
    """What the example `sift` of hilum-imaging finds."""
    with tempfile.TemporaryDirectory() as folder:
        pixels, out = Path(folder, "pixels"), Path(folder, "out")
        np.ascontiguousarray(image).tofile(pixels)
        rows, cols = image.shape
        subprocess.run([program, "detect", str(rows), str(cols), pixels, out, "1"], check=True)
        return np.fromfile(out, KEYPOINT)


def pairs(a, b):
    """Indices (of a, of b): within 0.5 px, 5 % of the size and 5 degrees, the closest."""
    found = []
    for index, k in enumerate(a):
        near = np.flatnonzero((abs(b["x"] - k["x"]) <= 0.5) & (abs(b["y"] - k["y"]) <= 0.5))
        best = None
        for other in near:
            q = b[other]
            apart = float(np.hypot(q["x"] - k["x"], q["y"] - k["y"]))
            turn = abs(float(q["angle"]) - float(k["angle"])) % 360
            turn = min(turn, 360 - turn)
            if apart <= 0.5 and turn <= 5 and abs(q["size"] / k["size"] - 1) <= 0.05:
                if best is None or apart + turn / 5 < best[0]:
                    best = (apart + turn / 5, other)
        if best is not None:
            found.append((index, best[1]))
    return found


def agreement(theirs, ours):
    """Shares: of theirs found, of ours found, of descriptor entries within 2 of each other."""
    if not len(theirs) or not len(ours):
        same = float(len(theirs) == len(ours))
        return same, same, same
    common = pairs(theirs, ours)
    a, b = (np.array(side) for side in zip(*common)) if common else ([], [])
    near = np.abs(theirs["d"][a].astype(int) - ours["d"][b].astype(int)) <= 2 if common else np.zeros(1)
    return len(common) / len(theirs), len(pairs(ours, theirs)) / len(ours), float(near.mean())
