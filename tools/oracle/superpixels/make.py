"""Writes tests/oracle/superpixels: the labels that scikit-image's quick shift and SLIC give the pictures of tests/oracle/sift."""

import json
from pathlib import Path

import numpy as np
import skimage
from PIL import Image
from skimage.color import gray2rgb
from skimage.segmentation import quickshift, slic

ORACLE = Path(__file__).resolve().parents[3] / "tests" / "oracle"
TARGET = ORACLE / "superpixels"
CASES = [
    ("minmax1", {"kernel_size": 4, "max_dist": 200, "ratio": 0.2}),
    ("minmax2", {"kernel_size": 4, "max_dist": 200, "ratio": 0.2}),
    ("window1", {"kernel_size": 4, "max_dist": 200, "ratio": 0.2}),
    ("window2", {"kernel_size": 2.5, "max_dist": 6, "ratio": 0.7}),
    ("window3", {"kernel_size": 4, "max_dist": 200, "ratio": 0.2, "rng": 7}),
]

SLIC_CASES = [
    ("minmax1", {"n_segments": 100, "compactness": 10.0}),
    ("minmax2", {"n_segments": 40, "compactness": 1.0}),
    ("window1", {"n_segments": 100, "compactness": 10.0}),
    ("window2", {"n_segments": 300, "compactness": 0.5}),
    ("window3", {"n_segments": 7, "compactness": 20.0}),
    ("window3", {"n_segments": 100, "compactness": 0.05}),
]


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    cases = []
    for name, settings in CASES:
        picture = np.asarray(Image.open(ORACLE / "sift" / f"{name}.png"))
        labels = quickshift(gray2rgb(picture), **settings)
        Image.fromarray(labels.astype(np.uint16)).save(TARGET / f"{name}.png", optimize=True)
        cases.append({"picture": name, "rng": 42, **settings, "count": int(labels.max()) + 1})
    slic_cases = []
    for number, (name, settings) in enumerate(SLIC_CASES):
        picture = np.asarray(Image.open(ORACLE / "sift" / f"{name}.png"))
        labels = slic(gray2rgb(picture), **settings) - 1
        Image.fromarray(labels.astype(np.uint16)).save(TARGET / f"slic_{number}.png", optimize=True)
        case = {"name": f"slic_{number}", "picture": name, **settings}
        slic_cases.append({**case, "count": len(np.unique(labels))})
    made_by = f"scikit-image {skimage.__version__}, numpy {np.__version__}"
    content = json.dumps({"made_by": made_by, "cases": cases}, indent=1)
    (TARGET / "quickshift.json").write_text(content + "\n")
    content = json.dumps({"made_by": made_by, "cases": slic_cases}, indent=1)
    (TARGET / "slic.json").write_text(content + "\n")


if __name__ == "__main__":
    main()
