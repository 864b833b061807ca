"""The masks that the vectors are computed on: seeded blobs and a few drawn by hand. Written to masks.json.

All are `[rows, cols]`, or `[slices, rows, cols]`. The other scripts name them.
"""

import numpy as np
from packing import packed, write
from scipy.ndimage import gaussian_filter

DRAWN = {
    "one-unset": ".",
    "one-set": "#",
    "corner-touch": """
        ##..
        ##..
        ..##
        ..##""",
    "diagonals": """
        #.#.#
        .#.#.
        #.#.#""",
    "ring-in-ring": """
        #########
        #.......#
        #.#####.#
        #.#...#.#
        #.#.#.#.#
        #.#...#.#
        #.#####.#
        #.......#
        #########""",
    "leaky-ring": """
        .####.
        #....#
        #....#
        #....#
        .####.""",
    "comb": """
        #.#.#.#.#
        #.#.#.#.#
        #########
        .........
        #########
        #.#.#.#.#""",
    "spiral": """
        ###########
        ..........#
        #########.#
        #.......#.#
        #.#####.#.#
        #.#...#.#.#
        #.#.#.#.#.#
        #.#.###.#.#
        #.#.....#.#
        #.#######.#
        #.........#
        ###########""",
}

# name: (shape, width of the blobs in pixels, share of set pixels, seed)
BLOBS = {
    "noise-3x5": ((3, 5), 0.0, 0.5, 1),
    "noise-7x64": ((7, 64), 0.0, 0.6, 2),
    "noise-40x65": ((40, 65), 0.0, 0.55, 3),
    "sparse-64x64": ((64, 64), 2.0, 0.2, 4),
    "half-64x64": ((64, 64), 3.0, 0.5, 5),
    "holey-64x64": ((64, 64), 2.0, 0.75, 6),
    "wide-65x130": ((65, 130), 4.0, 0.45, 7),
    "tall-200x130": ((200, 130), 5.0, 0.5, 8),
    "holey-200x130": ((200, 130), 3.0, 0.8, 9),
}

VOLUMES = {
    "volume-1x3x5": ((1, 3, 5), 0.0, 0.5, 11),
    "volume-noise-5x9x66": ((5, 9, 66), 0.0, 0.32, 12),
    "volume-blobs-12x24x70": ((12, 24, 70), 1.5, 0.35, 13),
    "volume-half-16x32x32": ((16, 32, 32), 1.2, 0.5, 14),
}


def drawn(picture: str) -> np.ndarray:
    """The mask of a picture: a line a row, `#` set."""
    lines = [line.strip() for line in picture.strip().splitlines()]
    return np.array([[c == "#" for c in line] for line in lines])


def blobs(shape: tuple[int, ...], width_px: float, share: float, seed: int) -> np.ndarray:
    """Smoothed noise, cut so that about `share` of the pixels are set."""
    noise = np.random.default_rng(seed).normal(size=shape)
    smooth = gaussian_filter(noise, width_px, mode="nearest") if width_px else noise
    return smooth > np.quantile(smooth, 1 - share)


def planes() -> dict[str, np.ndarray]:
    """Every mask of one slice, by name."""
    full = {"empty-6x70": np.zeros((6, 70), bool), "full-6x70": np.ones((6, 70), bool)}
    return (
        {name: drawn(picture) for name, picture in DRAWN.items()}
        | full
        | {name: blobs(*recipe) for name, recipe in BLOBS.items()}
    )


def volumes() -> dict[str, np.ndarray]:
    """Every mask of a volume, by name."""
    return {name: blobs(*recipe) for name, recipe in VOLUMES.items()}


if __name__ == "__main__":
    everything = planes() | volumes()
    write(
        "masks",
        "Masks that the other vectors name.",
        {"masks": [{"name": name, **packed(mask)} for name, mask in everything.items()]},
    )
