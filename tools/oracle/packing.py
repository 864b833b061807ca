"""How masks and vectors are written: run lengths for masks, one JSON file a topic, the versions of every tool inside."""

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "oracle" / "imaging"
TOOLS = ("numpy", "scipy", "scikit-image", "pillow")


def runs(mask: np.ndarray) -> list[int]:
    """Lengths of the runs of equal pixels in row-major order (slices, then rows, then columns), unset pixels first.

    A run goes on over the end of a row. The first length is 0 when the first pixel is set.
    """
    flat = np.ascontiguousarray(mask).astype(bool).ravel()
    if flat.size == 0:
        return []
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    return [0, *lengths] if flat[0] else lengths


def packed(mask: np.ndarray) -> dict:
    """A mask as `{rows, cols, runs}`, with `slices` first when it is a volume `[slices, rows, cols]`."""
    shape = dict(zip(("slices", "rows", "cols")[-mask.ndim :], mask.shape, strict=True))
    return {**shape, "runs": runs(mask)}


def row_runs(mask: np.ndarray) -> list[tuple[tuple[int, ...], int, int]]:
    """The runs of set pixels within each row, in raster order: (index of the row, first column, column past the end)."""
    found = []
    for row in np.ndindex(mask.shape[:-1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], mask[row].astype(np.int8), [0]])))
        found.extend((row, int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
    return found


def digest(mask: np.ndarray) -> str:
    """SHA-256 of one byte a pixel (0 or 1), row-major."""
    return hashlib.sha256(np.ascontiguousarray(mask).astype(np.uint8).tobytes()).hexdigest()


def made_by(*more: str) -> dict[str, str]:
    """Versions of the tools that a vector comes from."""
    return {"python": platform.python_version(), **{tool: version(tool) for tool in (*TOOLS, *more)}}


def write(name: str, about: str, body: dict) -> None:
    """Writes `tests/oracle/imaging/NAME.json`: a line for each case, so that a change shows as a change of lines."""
    head = {"script": f"tools/oracle/{name}.py", "about": about, "made_by": made_by()}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for key, cases in body.items():
        inner = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
        lines.append(f" {json.dumps(key)}: [\n{inner}\n ]")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path.name}: {path.stat().st_size} bytes")
