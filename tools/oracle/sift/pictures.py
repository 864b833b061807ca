"""Makes the pictures of tests/oracle/sift from phantoms: windowed, cropped, two of them turned or scaled.

    PYTHON tools/oracle/sift/pictures.py PHANTOMS      a folder made by `hilum phantom -n 4 --out PHANTOMS`
"""

import sys
from pathlib import Path

import cv2
import nibabel
import numpy as np

TARGET = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "sift"
SIDE = 144


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    scans = sorted(Path(sys.argv[1]).rglob("*.nii*"))[:4]
    pictures = {}
    for scan, share in zip(scans, (0.4, 0.5, 0.55, 0.6)):
        volume = np.asanyarray(nibabel.load(scan).dataobj)
        hu = volume[:, :, int(volume.shape[2] * share)].T.astype(float)
        number = len(pictures) // 2 + 1
        minmax = cv2.normalize(hu, None, 0, 255, cv2.NORM_MINMAX).astype("uint8")
        window = np.clip((hu + 1350) / 1500 * 255, 0, 255).round().astype("uint8")
        pictures[f"minmax{number}"] = minmax[60 : 60 + SIDE, 30 : 30 + SIDE]
        pictures[f"window{number}"] = window[70 : 70 + SIDE - 13, 120 : 120 + SIDE - 24]
    middle = (SIDE / 2, SIDE / 2)
    whole = pictures["minmax1"]
    pictures["turned1"] = cv2.warpAffine(whole, cv2.getRotationMatrix2D(middle, 25, 1.0), whole.shape[::-1])
    pictures["smaller1"] = cv2.resize(whole, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    for name, picture in pictures.items():
        cv2.imwrite(str(TARGET / f"{name}.png"), np.ascontiguousarray(picture), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
