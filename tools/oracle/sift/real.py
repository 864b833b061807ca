"""Holds hilum's keypoints against OpenCV's on slices of real scans, mapped to 8 bits in two ways.

    PYTHON tools/oracle/sift/real.py PROGRAM SCAN.nii.gz [...]      twelve slices of each scan

PROGRAM is the example `sift`: cargo build --release -p hilum-imaging --example sift.
"""

import sys

import cv2
import nibabel
import numpy as np

from compare import agreement, hilum, opencv


def pictures(path):
    volume = np.asanyarray(nibabel.load(path).dataobj)
    name = path.rsplit("/", 1)[-1]
    for z in np.linspace(volume.shape[2] * 0.15, volume.shape[2] * 0.85, 6).astype(int):
        hu = volume[:, :, z].T.astype(float)
        yield f"{name} {z} min-max", cv2.normalize(hu, None, 0, 255, cv2.NORM_MINMAX).astype("uint8")
        window = np.clip((hu + 1350) / 1500 * 255, 0, 255).round().astype("uint8")
        yield f"{name} {z} window, cropped", np.ascontiguousarray(window[31:432, 20:479])


def main():
    program, scans = sys.argv[1], sys.argv[2:]
    worst = 1.0
    for scan in scans:
        for name, picture in pictures(scan):
            theirs, ours = opencv(picture), hilum(program, picture)
            found, known, near = agreement(theirs, ours)
            worst = min(worst, found, known)
            print(f"{name:40} OpenCV {len(theirs):5} hilum {len(ours):5}  found {found:.4f} {known:.4f}  bytes {near:.5f}")
    print(f"worst share of common keypoints: {worst:.4f}")
    sys.exit(worst < 0.98)


if __name__ == "__main__":
    main()
