"""What nibabel says about NIfTI files of every kind. Written to tests/oracle/nifti/files.json.

Each case holds a whole file (two for a pair), deflated and in hexadecimal, with the affine, the axis codes and the values
that nibabel reads from it: `values` in the order of the file, float64 results rounded once to float32. Where no sform or
qform says anything nibabel guesses a position of its own; there the standard's method 1 (a diagonal of pixdim) is written
down instead. nibabel leaves units alone; `affine` here is in millimetres.

With `--shared FOLDER` it also reads the real scans there and writes facts about them to shared.json: nothing of the scans
themselves.
"""

import argparse
import gzip
import io
import itertools
import json
import platform
import sys
import zlib
from importlib.metadata import version
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.fileholders import FileHolder

FOLDER = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "nifti"
DIMS = (2, 3, 4)
TYPES = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")
SPACING = (0.7, 0.8, 2.5)
MM_PER_UNIT = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}


def rotation(axes: tuple[int, int, int], signs: tuple[int, int, int]) -> np.ndarray:
    """The matrix whose column n is the unit vector of world axis `axes[n]`, with that sign."""
    matrix = np.zeros((3, 3))
    matrix[list(axes), [0, 1, 2]] = signs
    return matrix


ORIENTATIONS = [
    rotation(axes, signs)
    for axes in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]


def affine_of(matrix: np.ndarray, spacing=SPACING, offset=(-31.5, 12.25, 100.0)) -> np.ndarray:
    """A 4x4 affine."""
    affine = np.eye(4)
    affine[:3, :3] = matrix * np.array(spacing)
    affine[:3, 3] = offset
    return affine


def oblique(rng: np.random.Generator) -> np.ndarray:
    """A turn of up to 30 degrees about a random axis: further, and it is a matter of taste which axis is the axial one."""
    axis = rng.normal(size=3)
    x, y, z = axis / np.linalg.norm(axis)
    angle = np.radians(rng.uniform(2, 30))
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def voxels(rng: np.random.Generator, dtype: str, dims=DIMS) -> np.ndarray:
    """Values over the whole range of the type, its ends among them."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        values = np.round(rng.normal(scale=800, size=dims), 3).astype(kind)
        values.flat[3] = np.nan
        return values
    info = np.iinfo(kind)
    values = rng.integers(info.min, info.max, size=dims, dtype=kind, endpoint=True)
    values.flat[0], values.flat[1] = info.min, info.max
    return values


def build(array: np.ndarray, *, nifti=1, endian="<", slope=1.0, inter=0.0, sform=None, qform=None, pair=False,
          packed=False, unit="mm", dim=None, extension=None) -> tuple[dict, bytes, bytes | None]:
    """Bytes of the file, or of header and image, and what nibabel reads from them."""
    header_class = {(1, 0): nib.Nifti1Header, (2, 0): nib.Nifti2Header, (1, 1): nib.nifti1.Nifti1PairHeader,
                    (2, 1): nib.nifti2.Nifti2PairHeader}[nifti, pair]
    image_class = {(1, 0): nib.Nifti1Image, (2, 0): nib.Nifti2Image, (1, 1): nib.Nifti1Pair,
                   (2, 1): nib.Nifti2Pair}[nifti, pair]
    header = header_class(endianness=endian)
    header.set_data_dtype(array.dtype.newbyteorder(endian))
    header.set_data_shape(array.shape)
    header.set_zooms((*SPACING, 1.0, 1.0, 1.0, 1.0)[: array.ndim])
    header.set_xyzt_units(unit)
    header["scl_slope"], header["scl_inter"] = slope, inter
    header["descrip"] = b"a name that must not get out"
    if sform is not None:
        header.set_sform(sform, code=1)
    if qform is not None:
        header.set_qform(qform, code=1, strip_shears=True)
    if dim is not None:
        header["dim"] = dim
    extensions = b"\0" * 4
    if extension is not None:
        header.extensions.append(nib.nifti1.Nifti1Extension("comment", extension))
        stream = io.BytesIO()
        header.extensions.write_to(stream, endian != {"little": "<", "big": ">"}[sys.byteorder])
        extensions = b"\1\0\0\0" + stream.getvalue()
    if not pair:
        header["vox_offset"] = header.sizeof_hdr + len(extensions)
    data = array.astype(array.dtype.newbyteorder(endian)).tobytes(order="F")
    head = header.binaryblock
    parts = (head + (extensions if not pair else b""), data) if pair else (head + extensions + data, None)

    files = {"header": io.BytesIO(parts[0]), "image": io.BytesIO(parts[1] if pair else parts[0])}
    image = image_class.from_file_map({name: FileHolder(fileobj=stream) for name, stream in files.items()})
    affine = image.affine.copy()
    if sform is None and qform is None:
        affine = np.diag([*header.get_zooms()[:3], *[1.0] * (4 - min(3, array.ndim))]).astype(float)[:4, :4]
    affine[:3] *= MM_PER_UNIT[unit]
    values = image.get_fdata(dtype=np.float64).astype(np.float32).ravel(order="F")
    expected = {
        "dims": [*image.shape, 1, 1][:3],
        "affine": affine[:3].tolist(),
        "axcodes": "".join(nib.aff2axcodes(affine)),
        "values": [None if np.isnan(v) else float(v) for v in values],
    }
    if packed:
        parts = tuple(part and gzip.compress(part, mtime=0) for part in parts)
    return expected, *parts


def hexadecimal(content: bytes) -> str:
    """Deflated, as hexadecimal digits."""
    return zlib.compress(content, 9).hex()


def case(name: str, array: np.ndarray, **how) -> dict:
    """One case of files.json."""
    expected, first, second = build(array, **how)
    ending = ".gz" if how.get("packed") else ""
    files = {f"v.nii{ending}": first} if second is None else {f"v.hdr{ending}": first, f"v.img{ending}": second}
    return {"name": name, "files": {key: hexadecimal(value) for key, value in files.items()}, **expected}


def cases() -> list[dict]:
    """All of them."""
    rng = np.random.default_rng(20261123)
    turns = itertools.cycle(ORIENTATIONS)
    found = []
    scalings = itertools.cycle([(1.0, 0.0), (0.37, -1024.0), (0.0, 5.0), (np.nan, 0.0), (-2.0, 0.5)])
    for dtype, endian, nifti in itertools.product(TYPES, "<>", (1, 2)):
        slope, inter = next(scalings)
        how = dict(nifti=nifti, endian=endian, slope=slope, inter=inter, sform=affine_of(next(turns)))
        found.append(case(f"{dtype} {endian} {nifti} {slope} {inter}", voxels(rng, dtype), **how))
    for n, turn in enumerate(ORIENTATIONS):
        form = {"sform": affine_of(turn)} if n % 2 else {"qform": affine_of(turn)}
        found.append(case(f"turn {n}", voxels(rng, "int16"), endian="<>"[n // 2 % 2], **form))
    for n in range(12):
        flip = np.diag([1.0, 1.0, -1.0 if n % 2 else 1.0])
        form = {"qform" if n % 4 < 2 else "sform": affine_of(oblique(rng) @ ORIENTATIONS[7 * n % 48] @ flip, offset=rng.normal(scale=90, size=3))}
        found.append(case(f"oblique {n}", voxels(rng, "int16"), nifti=1 + n % 2, packed=n % 3 == 0, **form))
    small = voxels(rng, "int16")
    lps = affine_of(rotation((0, 1, 2), (-1, -1, 1)))
    sheared = lps.copy()
    sheared[1, 2] = 0.4
    ras = affine_of(np.eye(3))
    for nifti, endian in itertools.product((1, 2), "<>"):
        some = dict(nifti=nifti, endian=endian)
        for packed in (False, True):
            found.append(case(f"pair {nifti} {endian} {packed}", small, sform=lps, pair=True, packed=packed, **some))
        found.append(case(f"extension {nifti} {endian}", small, sform=lps, extension=b"told apart " * 5, **some))
        found.append(case(f"neither {nifti} {endian}", small, **some))
    found.append(case("sform before qform", small, sform=lps, qform=ras))
    found.append(case("sheared", small, sform=sheared))
    found.append(case("metres", small, sform=lps, unit="meter"))
    found.append(case("micrometres", small, qform=lps, unit="micron"))
    found.append(case("no unit", small, sform=lps, unit="unknown"))
    found.append(case("one slice in two dimensions", small[:, :, 0], sform=lps))
    found.append(case("five axes, two of one", small[..., None, None], sform=lps))
    return found


def facts(path: Path, folder: Path) -> dict:
    """What is remembered of a real scan: nothing that shows it."""
    image = nib.load(path)
    values = image.get_fdata(dtype=np.float64).astype(np.float32).astype(np.float64)
    in_order = values.ravel(order="F")
    return {
        "file": path.relative_to(folder).as_posix(),
        "dims": [*image.shape, 1][:3],
        "affine": image.affine[:3].tolist(),
        "axcodes": "".join(nib.aff2axcodes(image.affine)),
        "min": in_order.min(),
        "max": in_order.max(),
        "sum": in_order.sum(),
        # Weighted by position modulo 1009, so that voxels in another order do not pass.
        "weighted_sum": float((in_order * (np.arange(in_order.size) % 1009)).sum()),
    }


def write(name: str, key: str, about: str, entries: list[dict]) -> None:
    """One line a case, so that a change shows as a change of lines."""
    made_by = {"python": platform.python_version(), **{tool: version(tool) for tool in ("nibabel", "numpy")}}
    head = {"script": "tools/oracle/nifti/make.py", "about": about, "made_by": made_by}
    lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    inner = ",\n".join("  " + json.dumps(entry, separators=(",", ":")) for entry in entries)
    path = FOLDER / name
    FOLDER.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + f',\n "{key}": [\n{inner}\n ]\n}}\n')
    print(f"{path.name}: {len(entries)} entries, {path.stat().st_size} bytes")


def main() -> None:
    """Writes files.json, and shared.json where there are real scans."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="folder of real scans, searched for .nii and .nii.gz")
    shared = parser.parse_args().shared
    write("files.json", "cases", "Files of every kind and what nibabel reads from them.", cases())
    if shared:
        scans = sorted(p for p in shared.rglob("*.nii*") if p.is_file())
        write("shared.json", "scans", "Facts about real scans that are not part of the project.",
              [facts(path, shared) for path in scans])


if __name__ == "__main__":
    main()
