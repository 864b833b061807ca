"""Times hilum's SIFT and matching beside OpenCV's, in turns, one thread each.

    PYTHON tools/bench/sift.py PROGRAM PICTURE.png [...]

PROGRAM is the example `sift`: cargo build --release -p hilum-imaging --example sift. CPU seconds (user + system), the
least of several turns; hilum's are those of many repeats in one process less those of one. Also said: whether the matches
are the same.
"""

import resource
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle" / "sift"))
from compare import MATCH, opencv  # noqa: E402

TURNS = 7


def own(command, repeats):
    """CPU seconds of one repeat."""

    def of(count):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, str(count)], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return (of(repeats + 1) - of(1)) / repeats


def rival(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def least(ours, theirs):
    times = [(ours(), theirs()) for _ in range(TURNS)]
    return min(t[0] for t in times), min(t[1] for t in times)


def main():
    program, paths = sys.argv[1], sys.argv[2:]
    cv2.setNumThreads(1)
    pictures = {Path(p).parent.name: cv2.imread(p, cv2.IMREAD_GRAYSCALE) for p in paths}
    print(f"OpenCV {cv2.__version__}, one thread; CPU ms, least of {TURNS} turns")
    folder = tempfile.TemporaryDirectory()
    files = {}
    for name, picture in pictures.items():
        pixels, files[name] = Path(folder.name, name + ".raw"), Path(folder.name, name)
        picture.tofile(pixels)
        rows, cols = picture.shape
        command = [program, "detect", str(rows), str(cols), str(pixels), str(files[name])]
        sift = cv2.SIFT_create()
        ours, theirs = least(lambda: own(command, 20), lambda: rival(lambda: sift.detectAndCompute(picture, None)))
        count = len(opencv(picture))
        print(f"detect {name:20} {count:5} keypoints  hilum {ours * 1e3:7.2f}  OpenCV {theirs * 1e3:7.2f}  x {theirs / ours:.2f}")
    for a, b in combinations(pictures, 2):
        theirs_a, theirs_b = opencv(pictures[a]), opencv(pictures[b])
        theirs_a.tofile(files[a]), theirs_b.tofile(files[b])
        da, db = theirs_a["d"].astype(np.float32), theirs_b["d"].astype(np.float32)
        out = Path(folder.name, "matches")
        matcher = cv2.BFMatcher(cv2.NORM_L1, crossCheck=True)
        command = [program, "match", str(files[a]), str(files[b]), str(out)]
        ours, theirs = least(lambda: own(command, 200), lambda: rival(lambda: matcher.match(da, db)))
        wanted = sorted(matcher.match(da, db), key=lambda m: m.distance)
        got = np.fromfile(out, MATCH)
        same = [(m.queryIdx, m.trainIdx, m.distance) for m in wanted] == [tuple(m) for m in got.tolist()]
        print(
            f"match {a} {b}: {len(da)} x {len(db)}  hilum {ours * 1e3:.3f}  OpenCV {theirs * 1e3:.1f}  x {theirs / ours:.0f}  "
            f"{len(got)} matches, {'the same' if same else 'DIFFERENT'}"
        )


if __name__ == "__main__":
    main()
