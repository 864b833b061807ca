"""Small pictures of every kind, with the grey levels that Pillow, OpenCV and tifffile read from them."""

import argparse
import io
import json
import zlib
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
import tifffile
from PIL import Image

FOLDER = Path(__file__).resolve().parents[3] / "tests/oracle/pictures"
ROWS, COLS = 24, 37
# Pillow's own: ITU-R BT.601 in 16 bits.
WEIGHTS = np.array([19595, 38470, 7471])


def colors(white: int) -> np.ndarray:
    """A slope of each colour, with some noise: rows, columns, red green blue."""
    rng = np.random.default_rng(11)
    row, col = np.mgrid[:ROWS, :COLS]
    slopes = np.stack([row / (ROWS - 1), col / (COLS - 1), (row + col) / (ROWS + COLS - 2)], axis=-1)
    return np.clip((slopes + rng.normal(scale=0.02, size=slopes.shape)) * white, 0, white).round()


RGB8, RGB16 = colors(255).astype(np.uint8), colors(65535).astype(np.uint16)
GREY8, GREY16 = RGB8[..., 1], RGB16[..., 1]
ALPHA8, ALPHA16 = RGB8[..., 2], RGB16[..., 2]


def pillow(array: np.ndarray | Image.Image, kind: str, mode: str | None = None, **options) -> bytes:
    """The picture as Pillow writes it."""
    picture = array if isinstance(array, Image.Image) else Image.fromarray(array)
    file = io.BytesIO()
    (picture.convert(mode) if mode else picture).save(file, kind, **options)
    return file.getvalue()


def opencv(array: np.ndarray) -> bytes:
    """The PNG as OpenCV writes it: 16-bit colour is beyond Pillow."""
    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}[array.shape[2]]
    return cv2.imencode(".png", cv2.cvtColor(array, order))[1].tobytes()


def tiff(array: np.ndarray, **options) -> bytes:
    """The TIFF as tifffile writes it."""
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def pillow_grey(content: bytes) -> np.ndarray:
    """Levels of `convert("L")`."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"))


def wide_grey(content: bytes) -> np.ndarray:
    """Levels of 16 bits, as OpenCV reads them."""
    read = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if read.ndim == 2:
        return read
    samples = read[..., 2::-1].astype(np.int64)
    return (samples @ WEIGHTS + 32768) >> 16


def read_cases() -> list[dict]:
    """What hilum reads."""
    palette = Image.fromarray(RGB8).quantize(16)
    files = {
        "PNG grey 8": ("grey", 8, pillow(GREY8, "PNG")),
        "PNG grey 1": ("grey", 1, pillow(GREY8, "PNG", "1")),
        "PNG grey 16": ("grey", 16, pillow(GREY16, "PNG")),
        "PNG grey 8 with opacity": ("grey with opacity", 8, pillow(np.dstack([GREY8, ALPHA8]), "PNG")),
        "PNG RGB 8": ("RGB", 8, pillow(RGB8, "PNG")),
        "PNG RGB 16": ("RGB", 16, opencv(RGB16)),
        "PNG RGB 8 with opacity": ("RGB with opacity", 8, pillow(np.dstack([RGB8, ALPHA8]), "PNG")),
        "PNG RGB 16 with opacity": ("RGB with opacity", 16, opencv(np.dstack([RGB16, ALPHA16]))),
        "PNG palette": ("palette", 4, pillow(palette, "PNG")),
        "PNG palette with a clear colour": ("palette", 4, pillow(palette, "PNG", transparency=3)),
        "JPEG grey": ("grey", 8, pillow(GREY8, "JPEG", quality=90)),
        "JPEG YCbCr 4:4:4": ("RGB", 8, pillow(RGB8, "JPEG", quality=95, subsampling=0)),
        "JPEG YCbCr 4:2:0": ("RGB", 8, pillow(RGB8, "JPEG", quality=90, subsampling=2)),
        "JPEG YCbCr progressive": ("RGB", 8, pillow(RGB8, "JPEG", quality=90, progressive=True)),
        "JPEG RGB": ("RGB", 8, pillow(RGB8, "JPEG", quality=95, keep_rgb=True)),
        "TIFF grey 8": ("grey", 8, tiff(GREY8)),
        "TIFF grey 8 white is zero": ("grey", 8, tiff(GREY8, photometric="miniswhite")),
        "TIFF grey 16 big endian": ("grey", 16, tiff(GREY16, byteorder=">")),
        "TIFF grey 16 LZW predicted": ("grey", 16, tiff(GREY16, compression="lzw", predictor=True)),
        "TIFF RGB 8 deflate": ("RGB", 8, tiff(RGB8, photometric="rgb", compression="zlib")),
        "TIFF RGB 8 strips LZW": ("RGB", 8, tiff(RGB8, photometric="rgb", compression="lzw", rowsperstrip=5)),
        "TIFF RGB 16": ("RGB", 16, tiff(RGB16, photometric="rgb")),
        "TIFF RGB 8 tiles": ("RGB", 8, tiff(RGB8, photometric="rgb", tile=(16, 16))),
        "TIFF RGB 8 with opacity": (
            "RGB with opacity",
            8,
            tiff(np.dstack([RGB8, ALPHA8]), photometric="rgb", extrasamples=["unassalpha"]),
        ),
        "TIFF grey 8 packbits": ("grey", 8, pillow(GREY8, "TIFF", compression="packbits")),
        "TIFF grey 8 JPEG": ("grey", 8, tiff(GREY8, compression="jpeg", compressionargs={"level": 95})),
    }
    cases = []
    for name, (mode, bits, content) in files.items():
        levels = (wide_grey if bits == 16 else pillow_grey)(content)
        case = {
            "name": name,
            "format": name.split()[0],
            "mode": mode,
            "bits": bits,
            "file": zlib.compress(content, 9).hex(),
            "levels": levels.ravel().tolist(),
        }
        if "clear" in name:
            case["clear_px"] = int(np.sum(np.asarray(palette) == 3))
        elif "opacity" in name:
            case["clear_px"] = int(np.sum(ALPHA16 < 65535 if bits == 16 else ALPHA8 < 255))
        else:
            case["clear_px"] = 0
        cases.append(case)
    return cases


def refused_cases() -> list[dict]:
    """What hilum refuses, and a word of the reason."""
    whole, jpeg = pillow(RGB8, "PNG"), pillow(RGB8, "JPEG", quality=90)
    files = {
        "JPEG CMYK": ("in CMYK", pillow(RGB8, "JPEG", "CMYK")),
        "JPEG cut off": ("damaged JPEG", jpeg[: len(jpeg) // 2]),
        "PNG cut off": ("damaged PNG", whole[: len(whole) // 2]),
        "TIFF cut off": ("damaged TIFF", tiff(GREY8)[:-100]),
        "TIFF CMYK": ("in CMYK", pillow(RGB8, "TIFF", "CMYK")),
        "TIFF palette": ("in palette", pillow(Image.fromarray(RGB8).quantize(16), "TIFF")),
        "TIFF float": ("32 bits", tiff(GREY8.astype(np.float32))),
        "TIFF signed": ("signed", tiff(GREY16.astype(np.int16))),
        "TIFF of two pages": ("several pages", tiff(np.stack([GREY8, GREY8]), photometric="minisblack")),
        "TIFF in planes": (
            "plane of its own",
            tiff(np.moveaxis(RGB8, -1, 0), photometric="rgb", planarconfig="separate"),
        ),
        "BMP": ("BMP", pillow(RGB8, "BMP")),
        "GIF": ("GIF", pillow(GREY8, "GIF")),
        "WebP": ("WebP", pillow(RGB8, "WEBP", lossless=True)),
        "text": ("neither a PNG", b"no picture at all"),
        "nothing": ("neither a PNG", b""),
    }
    return [
        {"name": name, "word": word, "file": zlib.compress(content, 9).hex()} for name, (word, content) in files.items()
    ]


def facts(path: Path) -> list:
    """Format, mode, size, and the sum of grey of a real picture."""
    picture = Image.open(path)
    modes = {"L": "grey", "LA": "grey with opacity", "P": "palette", "RGB": "RGB", "RGBA": "RGB with opacity"}
    levels = np.asarray(picture.convert("L"))
    return [picture.format, modes[picture.mode], *levels.shape, int(levels.sum(dtype=np.int64))]


def write(name: str, content: dict) -> None:
    """JSON with the versions of all that spoke."""
    made_by = {package: version(package) for package in ("numpy", "pillow", "opencv-python-headless", "tifffile")}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(json.dumps({"made_by": made_by, **content}, separators=(",", ":"), sort_keys=True) + "\n")


def main() -> None:
    """Writes both files, or the first alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder of pictures")
    shared = parser.parse_args().shared
    write("pictures.json", {"read": read_cases(), "refused": refused_cases()})
    if shared:
        paths = sorted((p for p in shared.rglob("*") if p.is_file()), key=lambda p: p.relative_to(shared).as_posix().encode())
        write("shared.json", {"pictures": [facts(path) for path in paths]})


if __name__ == "__main__":
    main()
