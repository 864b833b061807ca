"""What pydicom reads from one small CT image in every coding that hilum knows. Written to tests/oracle/dicom/.

`codings.json` holds whole files in hexadecimal, deflated. pydicom with the decoders of pylibjpeg, CharLS and GDCM reads the same HU
from all codings of a picture; they are written down once, with the coding `explicit`. The pictures are drawn here: smooth, with an edge and noise, so that no coding is trivial.

With `--shared FOLDER` it also reads the series there and writes facts about them to shared.json: the affine by the formula of
PS3.3 C.7.6.2.1.1 (in RAS+), and sums over the voxels; nothing of the scans themselves.
"""

import argparse
import io
import json
import zlib
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_rescale
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

FOLDER = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "dicom"
# OpenJPEG codes nothing smaller than 32 x 32 with its usual resolutions.
ROWS, COLS = 32, 35
WEIGHTS = 1009


def picture(signed: bool, bits: int) -> np.ndarray:
    """Stored values that use the whole range."""
    rng = np.random.default_rng(7)
    rows, cols = np.mgrid[:ROWS, :COLS]
    smooth = (rows * 3 + cols * 5) / (ROWS * 3 + COLS * 5) + 0.25 * (cols > 17)
    values = np.clip(smooth / 1.3 + rng.normal(0, 0.02, smooth.shape), 0, 1) * (2**bits - 1)
    values = np.rint(values).astype(np.int32)
    values[0, 0], values[-1, -1] = 0, 2**bits - 1
    if signed:
        return (values - 2 ** (bits - 1)).astype(np.int16)
    return values.astype(np.uint16)


def image(pixels: np.ndarray, bits: int) -> Dataset:
    """A CT image with the fields that place it."""
    ds = Dataset()
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    ds.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.2"
    ds.Modality = "CT"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.ImagePositionPatient = [-10.5, -20.25, 30.125]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing = [0.75, 0.5]
    ds.SliceThickness = 1.25
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, bits, bits - 1
    ds.PixelRepresentation = int(pixels.dtype == np.int16)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.PixelData = pixels.astype("<i2" if ds.PixelRepresentation else "<u2").tobytes()
    ds["PixelData"].VR = "OW"
    return ds


def jpeg_lossless(ds: Dataset) -> Dataset:
    """The image in JPEG Lossless, by GDCM: pydicom has no encoder for it."""
    import gdcm

    source, target = FOLDER / "plain.tmp", FOLDER / "coded.tmp"
    ds.save_as(source, enforce_file_format=True)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    coded = pydicom.dcmread(target)
    frames = [bytes(frame) for frame in pydicom.encaps.generate_frames(coded.PixelData, number_of_frames=1)]
    for path in (source, target):
        path.unlink()
    ds.PixelData = encapsulate(frames)
    ds["PixelData"].is_undefined_length = True
    ds.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    return ds


def coded(ds: Dataset, syntax: pydicom.uid.UID) -> bytes:
    """The file with its pixels in `syntax`."""
    if syntax == JPEGLosslessSV1:
        ds = jpeg_lossless(ds)
    elif syntax in (JPEG2000Lossless, JPEGLSLossless, RLELossless):
        ds.compress(syntax, generate_instance_uid=False)
    elif syntax == ExplicitVRBigEndian:
        ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    ds.file_meta.TransferSyntaxUID = syntax
    file = io.BytesIO()
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    pydicom.dcmwrite(file, ds, enforce_file_format=True, implicit_vr=implicit, little_endian=little)
    return file.getvalue()


def hu(ds: Dataset) -> np.ndarray:
    """Modality LUT applied, in double precision."""
    return apply_rescale(ds.pixel_array, ds).astype(np.float64)


def codings() -> list[dict]:
    """Every coding, signed and unsigned, 12 and 16 bits."""
    syntaxes = {
        "implicit": ImplicitVRLittleEndian,
        "explicit": ExplicitVRLittleEndian,
        "big-endian": ExplicitVRBigEndian,
        "deflated": DeflatedExplicitVRLittleEndian,
        "RLE": RLELossless,
        "JPEG Lossless": JPEGLosslessSV1,
        "JPEG-LS": JPEGLSLossless,
        "JPEG 2000": JPEG2000Lossless,
    }
    cases = []
    for name, syntax in syntaxes.items():
        for signed, bits in ((False, 12), (False, 16), (True, 16), (True, 12)):
            pixels = picture(signed, bits)
            content = coded(image(pixels, bits), syntax)
            read = pydicom.dcmread(io.BytesIO(content))
            values = hu(read)
            assert np.array_equal(values, pixels.astype(np.float64) - 1024), (name, signed, bits)
            cases.append(
                {
                    "coding": name,
                    "signed": signed,
                    "bits": bits,
                    "file": zlib.compress(content, 9).hex(),
                    "hu": [int(v) for v in values.ravel()] if name == "explicit" else None,
                }
            )
    return cases


def lossy() -> dict:
    """An 8-bit image as baseline JPEG, with loss: a slope and an intercept that bring it to HU."""
    pixels = (picture(False, 12) >> 4).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    ds = image(pixels.astype(np.uint16), 8)
    ds.BitsAllocated = 8
    ds.RescaleSlope, ds.RescaleIntercept = 8, -1024
    ds.PixelData = encapsulate([file.getvalue()])
    ds["PixelData"].is_undefined_length = True
    content = coded(ds, JPEGBaseline8Bit)
    read = pydicom.dcmread(io.BytesIO(content))
    return {"file": zlib.compress(content, 9).hex(), "level_hu": 8, "hu": hu(read).ravel().tolist()}


def enhanced() -> dict:
    """An Enhanced CT image: frames in no order, each with a rescale of its own; position and HU by slice."""
    heights_mm = [4.0, 0.0, 6.0, 2.0]
    frames = [np.roll(picture(True, 12), n, axis=1) for n in range(len(heights_mm))]
    ds = image(np.concatenate(frames), 12)
    ds.SOPClassUID = EnhancedCTImageStorage
    ds.Rows, ds.NumberOfFrames = ROWS, len(frames)
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope", "RescaleIntercept"):
        delattr(ds, name)

    def group(**fields) -> Sequence:
        item = Dataset()
        for name, value in fields.items():
            setattr(item, name, value)
        return Sequence([item])

    ds.SharedFunctionalGroupsSequence = group(
        PixelMeasuresSequence=group(PixelSpacing=[0.75, 0.5]),
        PlaneOrientationSequence=group(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
    )
    ds.PerFrameFunctionalGroupsSequence = Sequence(
        group(
            PlanePositionSequence=group(ImagePositionPatient=[-10.5, -20.25, height]),
            PixelValueTransformationSequence=group(RescaleSlope=1 + 0.5 * n, RescaleIntercept=-1000 - n),
        )[0]
        for n, height in enumerate(heights_mm)
    )
    content = coded(ds, ExplicitVRLittleEndian)
    read = pydicom.dcmread(io.BytesIO(content)).pixel_array.astype(np.float64)
    order = np.argsort(heights_mm)
    values = np.concatenate([(read[n] * (1 + 0.5 * n) - 1000 - n).ravel() for n in order])
    return {"file": zlib.compress(content, 9).hex(), "slice_mm": 2.0, "dims": [COLS, ROWS, len(frames)], "hu": values.tolist()}


def affine(images: list[Dataset]) -> np.ndarray:
    """Voxel [i, j, k] to RAS+ mm, by the positions of the first and the last image."""
    first, last = images[0], images[-1]
    along_row, down_column = np.array(first.ImageOrientationPatient, float).reshape(2, 3)
    row_mm, col_mm = map(float, first.PixelSpacing)
    start, end = (np.array(i.ImagePositionPatient, float) for i in (first, last))
    matrix = np.eye(4)
    matrix[:3] = np.column_stack([along_row * col_mm, down_column * row_mm, (end - start) / (len(images) - 1), start])
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ matrix


def facts(folder: Path) -> dict:
    """Where the voxels of a series lie and what they add up to."""
    images = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    normal = np.cross(*np.array(images[0].ImageOrientationPatient, float).reshape(2, 3))
    images.sort(key=lambda i: float(np.dot(np.array(i.ImagePositionPatient, float), normal)))
    voxels = np.concatenate([hu(i).ravel() for i in images])
    weights = np.arange(voxels.size) % WEIGHTS
    return {
        "folder": folder.name,
        "dims": [int(images[0].Columns), int(images[0].Rows), len(images)],
        "affine": affine(images)[:3].tolist(),
        "min": voxels.min(),
        "max": voxels.max(),
        "sum": voxels.sum(),
        "weighted_sum": (voxels * weights).sum(),
    }


def write(name: str, content: dict) -> None:
    """JSON with the versions of all that spoke."""
    packages = ("numpy", "pydicom", "pylibjpeg-libjpeg", "pylibjpeg-openjpeg", "pyjpegls", "python-gdcm")
    made_by = {package: version(package) for package in packages}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(json.dumps({"made_by": made_by, **content}, separators=(",", ":"), sort_keys=True) + "\n")


def main() -> None:
    """Writes both files, or the first alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder of DICOM series, one a folder")
    shared = parser.parse_args().shared
    write("codings.json", {"cases": codings()})
    write("lossy.json", {"images": [lossy()]})
    write("enhanced.json", {"images": [enhanced()]})
    if shared:
        write("shared.json", {"series": [facts(folder) for folder in sorted(shared.iterdir())]})


if __name__ == "__main__":
    main()
