"""Erosion, dilation, opening and closing with a disk, by scikit-image. Written to morphology.json.

The disk of radius r holds the offsets with dy*dy + dx*dx <= r*r; r may have a fraction. What lies outside the image is
said by `outside`:
  background  the image lies in an endless plane of unset pixels. Erosion eats from the border. Closing is computed in
              the plane and cropped, so it never loses a pixel of the mask.
  ignored     pixels outside take no part: erosion does not eat from the border (`mode="ignore"` of scikit-image).
"""

import numpy as np
from masks import planes
from packing import runs, write
from skimage import morphology

MASKS = ("one-set", "ring-in-ring", "comb", "noise-7x64", "sparse-64x64", "holey-64x64", "wide-65x130")
RADII_PX = (1, 3.5, 5)


def disk(radius_px: float) -> np.ndarray:
    """The disk; equal to `skimage.morphology.disk` for a whole radius."""
    reach = int(radius_px)
    dy, dx = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    footprint = (dy * dy + dx * dx <= radius_px * radius_px).astype(np.uint8)
    if radius_px == reach:
        assert np.array_equal(footprint, morphology.disk(reach))
    return footprint


def operations(mask: np.ndarray, radius_px: float) -> dict[tuple[str, str], np.ndarray]:
    """Every operation, by its name and what lies outside."""
    footprint, edge = disk(radius_px), 2 * int(radius_px) + 1
    plane = np.pad(mask.astype(np.uint8), edge)

    def erode(image: np.ndarray) -> np.ndarray:
        return morphology.erosion(image, footprint, mode="ignore")

    def dilate(image: np.ndarray) -> np.ndarray:
        return morphology.dilation(image, footprint, mode="ignore")

    def crop(image: np.ndarray) -> np.ndarray:
        return image[edge:-edge, edge:-edge]

    image = mask.astype(np.uint8)
    dilated = dilate(image)
    assert np.array_equal(dilated, crop(dilate(plane))), "dilation does not care what lies outside"
    return {
        ("erosion", "background"): crop(erode(plane)),
        ("erosion", "ignored"): erode(image),
        ("dilation", "ignored"): dilated,
        ("opening", "ignored"): dilate(erode(image)),
        ("closing", "background"): crop(erode(dilate(plane))),
        ("closing", "ignored"): erode(dilated),
    }


def main() -> None:
    flat = planes()
    cases = [
        {
            "mask": name,
            "operation": operation,
            "radius_px": radius_px,
            "outside": outside,
            "px": int(result.sum()),
            "result": runs(result),
        }
        for name in MASKS
        for radius_px in RADII_PX
        for (operation, outside), result in operations(flat[name], radius_px).items()
    ]
    write("morphology", "skimage.morphology.erosion and dilation with a disk.", {"cases": cases})


if __name__ == "__main__":
    main()
