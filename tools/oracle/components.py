"""Connected components and holes, by SciPy, cross-checked with scikit-image. Written to components.json.

A component is told by the label of each run of set pixels within a row, in raster order: exact, and short.
"""

import numpy as np
from masks import planes, volumes
from packing import row_runs, runs, write
from scipy import ndimage
from skimage import measure

FOUR, EIGHT = ndimage.generate_binary_structure(2, 1), ndimage.generate_binary_structure(2, 2)
SIX = ndimage.generate_binary_structure(3, 1)


def components(name: str, mask: np.ndarray, connectivity: int, structure: np.ndarray) -> dict:
    """Labels 1, 2, ... in raster order of a component's first pixel, and what follows from them."""
    labels, count = ndimage.label(mask, structure)
    other = measure.label(mask, connectivity=1 if connectivity in (4, 6) else 2)
    assert np.array_equal(labels, other), f"SciPy and scikit-image disagree on {name}"
    inner = np.zeros(mask.shape, bool)
    inner[tuple(slice(1, -1) for _ in mask.shape)] = True
    on_border = set(np.unique(labels[~inner])) - {0}
    return {
        "mask": name,
        "connectivity": connectivity,
        "count": count,
        "run_labels": [int(labels[(*row, start)]) for row, start, _ in row_runs(mask)],
        "size": np.bincount(labels.ravel(), minlength=count + 1)[1:].tolist(),
        "touches_border": sorted(int(label) for label in on_border),
    }


def holes(name: str, mask: np.ndarray, background: int, structure: np.ndarray) -> dict:
    """The mask with every hole filled: unset pixels that no path of unset pixels joins to the border."""
    filled = ndimage.binary_fill_holes(mask, structure)
    return {"mask": name, "background_connectivity": background, "px": int(filled.sum()), "filled": runs(filled)}


def main() -> None:
    flat = planes()
    write(
        "components",
        "scipy.ndimage.label (equal to skimage.measure.label) and scipy.ndimage.binary_fill_holes.",
        {
            "components": [
                components(name, mask, connectivity, structure)
                for name, mask in flat.items()
                for connectivity, structure in ((4, FOUR), (8, EIGHT))
            ]
            + [components(name, mask, 6, SIX) for name, mask in volumes().items()],
            "holes": [
                holes(name, mask, background, structure)
                for name, mask in flat.items()
                if not name.startswith("noise-40")
                for background, structure in ((4, FOUR), (8, EIGHT))
            ],
        },
    )


if __name__ == "__main__":
    main()
