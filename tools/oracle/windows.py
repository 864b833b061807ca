"""What numpy shows through a window: clip, scale to 0..255, round to the nearest even. Written to windows.json.

Multiplied before it is divided, so that a value midway between two greys is found exactly.
"""

import numpy as np
from packing import write

# Width and level in HU: the 2022 notebook's windows, the usual one for lungs, and an odd one.
WINDOWS = [(350.0, 50.0), (2000.0, -200.0), (1800.0, 400.0), (80.0, 40.0), (1500.0, -600.0), (37.5, -0.25)]


def grey(hu: np.ndarray, width_hu: float, level_hu: float) -> np.ndarray:
    """Grey levels of the window."""
    black, white = level_hu - width_hu / 2, level_hu + width_hu / 2
    return np.rint((hu.clip(black, white) - black) * 255 / width_hu).astype(np.uint8)


def main() -> None:
    """Values beyond both ends of every window, in steps that meet its ties."""
    cases = []
    for width_hu, level_hu in WINDOWS:
        hu = np.rint(level_hu + np.linspace(-0.7, 0.7, 281) * width_hu)
        shown = grey(hu, width_hu, level_hu).tolist()
        cases.append({"width_hu": width_hu, "level_hu": level_hu, "hu": hu.astype(int).tolist(), "grey": shown})
    write("windows", "Grey levels of Hounsfield values through a window", {"windows": cases})


if __name__ == "__main__":
    main()
