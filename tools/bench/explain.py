"""LIME of hilum and of the lime package side by side, without a model: what does it cost to make and weigh the pictures?

    PYTHON tools/bench/explain.py LIME PICTURE [SAMPLES]

LIME: the example `lime` of hilum-learn, built with --release. PICTURE: 8-bit grey PNG. Both get the pieces for nothing and a
classifier that looks at one pixel. CPU seconds, least of 3 turns.
"""

import subprocess
import sys
import time

import numpy as np
from lime import lime_image
from PIL import Image
from skimage.color import gray2rgb
from skimage.segmentation import quickshift


def theirs(picture, pieces, samples):
    middle = [side // 2 for side in picture.shape[:2]]

    def glance(pictures):
        chance = pictures[:, middle[0], middle[1], 0] / 255
        return np.stack([1 - chance, chance], 1)

    explainer = lime_image.LimeImageExplainer(random_state=0)
    start = time.process_time()
    explainer.explain_instance(picture, glance, num_samples=samples, segmentation_fn=lambda _: pieces)
    return time.process_time() - start


def ours(command, picture, samples):
    arguments = [command, *map(str, picture.shape), str(samples)]
    said = subprocess.run(arguments, input=picture.tobytes(), check=True, capture_output=True).stdout
    pieces, seconds = said.split()
    return int(pieces), float(seconds)


def main():
    command, path, *samples = sys.argv[1:]
    samples = int(samples[0]) if samples else 1000
    picture = np.asarray(Image.open(path))
    rgb = gray2rgb(picture)
    pieces = quickshift(rgb, kernel_size=4, max_dist=200, ratio=0.2)
    slow, fast = [], []
    for _ in range(3):
        slow.append(theirs(rgb, pieces, samples))
        count, seconds = ours(command, picture, samples)
        assert count == pieces.max() + 1
        fast.append(seconds)
    print(f"{count} pieces, {samples} samples: lime {min(slow):.2f} s, hilum {min(fast):.3f} s, {min(slow) / min(fast):.0f} times")


if __name__ == "__main__":
    main()
