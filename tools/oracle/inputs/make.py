"""Vectors for what a net's inputs are made with: perceptual hashes (imagehash) and pictures of another size (OpenCV)."""

import json
from pathlib import Path

import cv2
import imagehash
import numpy as np
import PIL
import scipy
from PIL import Image

OUT = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "inputs"
# [rows, cols] before and after; all axes shrink, or all grow.
SHRUNK = [((37, 53), (16, 16)), ((64, 48), (20, 31)), ((40, 40), (20, 10)), ((11, 90), (11, 7))]
GROWN = [((9, 7), (32, 24)), ((5, 16), (16, 17)), ((1, 3), (4, 8))]


def smooth(rng, rows, cols):
    """Noise of several scales between 0 and 1: a picture with low frequencies, as CT has them."""
    total = np.zeros((rows, cols))
    for side in (2, 4, 8, 16):
        total += cv2.resize(rng.normal(size=(side, side)), (cols, rows), interpolation=cv2.INTER_CUBIC) / side
    total -= total.min()
    return total / total.max()


def hashes(rng):
    for _ in range(24):
        grey = np.rint(smooth(rng, 32, 32) * 255).astype(np.uint8)
        # A picture of 32 x 32 px is hashed as it is: imagehash's own shrinking plays no part.
        yield {"grey": grey.ravel().tolist(), "phash": str(imagehash.phash(Image.fromarray(grey)))}


def sizes(rng):
    for pairs, flag, name in ((SHRUNK, cv2.INTER_AREA, "area"), (GROWN, cv2.INTER_LINEAR, "linear")):
        for before, after in pairs:
            values = rng.integers(0, 65536, size=before).astype(np.uint16)
            resized = cv2.resize(values, after[::-1], interpolation=flag)
            yield {
                "method": name,
                "from": before,
                "to": after,
                "values": values.ravel().tolist(),
                "resized": resized.ravel().tolist(),
            }


def write(name, cases):
    versions = {
        "imagehash": imagehash.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "pillow": PIL.__version__,
        "scipy": scipy.__version__,
    }
    rows = ",\n".join(json.dumps(case) for case in cases)
    (OUT / name).write_text(f'{{"made_with": {json.dumps(versions)}, "cases": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write("picture_hashes.json", hashes(np.random.default_rng(1)))
    write("sizes.json", sizes(np.random.default_rng(2)))
