"""Quick shift of hilum and of scikit-image side by side: are the labels the same, and what does each cost?

    PYTHON tools/oracle/superpixels/real.py CUT PICTURE...

CUT: the example `quickshift` of hilum-imaging, built with --release. PICTURE: 8-bit grey PNG. CPU seconds, least of 3 turns;
start of the process counts for hilum.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.color import gray2rgb
from skimage.segmentation import quickshift


def theirs(picture):
    start = time.process_time()
    labels = quickshift(gray2rgb(picture), kernel_size=4, max_dist=200, ratio=0.2)
    return labels, time.process_time() - start


def ours(cut, picture, out):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    rows, cols = map(str, picture.shape)
    subprocess.run([cut, out, rows, cols], input=picture.tobytes(), check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return np.fromfile(out, "<u4").reshape(picture.shape), cpu


def main():
    cut, *paths = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            picture = np.asarray(Image.open(path))
            turns = [(theirs(picture), ours(cut, picture, Path(folder) / "labels")) for _ in range(3)]
            (labels, _), (found, _) = turns[0]
            slow, fast = (min(turn[i][1] for turn in turns) for i in (0, 1))
            differ = int((labels != found).sum())
            print(f"{path}: {labels.max() + 1} pieces, {differ} px differ, {slow:.3f} s / {fast:.3f} s = {slow / fast:.1f}")
            if differ:
                sys.exit(1)


if __name__ == "__main__":
    main()
