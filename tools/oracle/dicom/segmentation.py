"""Holds the DICOM segmentation of `hilum segment SERIES --out OUT --dicom-seg` against the series and the NIfTI masks."""

import argparse
import json
from pathlib import Path

import highdicom
import nibabel as nib
import numpy as np
import pydicom
from pydicom.sr._concepts_dict import concepts
from skimage.color import lab2rgb

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
# Colours that hilum gives to right lung, left lung and dense tissue, as sRGB.
COLORS = {"Right lung": (86, 180, 233), "Left lung": (0, 158, 115), "Lung": (86, 180, 233), "Dense tissue": (230, 159, 0)}
PATIENT = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber")


def images(folder: Path) -> dict[str, pydicom.Dataset]:
    """The images of the series by their UID."""
    read = (pydicom.dcmread(path, stop_before_pixels=True) for path in sorted(folder.iterdir()) if path.is_file())
    return {str(image.SOPInstanceUID): image for image in read if "ImagePositionPatient" in image}


def frame_affine(position: list, orientation: list, spacing: list) -> np.ndarray:
    """Column, row, 0 of a frame to RAS+ mm (PS3.3 C.7.6.2.1.1)."""
    along_row, down_column = np.array(orientation, float).reshape(2, 3)
    matrix = np.eye(4)
    matrix[:3, 0] = along_row * float(spacing[1])
    matrix[:3, 1] = down_column * float(spacing[0])
    matrix[:3, 2] = np.cross(along_row, down_column)
    matrix[:3, 3] = np.array(position, float)
    return LPS_TO_RAS @ matrix


def on_grid(seg: pydicom.Dataset, mask: nib.Nifti1Image) -> dict[str, np.ndarray]:
    """Every segment on the voxels of `mask`, its frames placed by what they say about themselves."""
    shared = seg.SharedFunctionalGroupsSequence[0]
    spacing = shared.PixelMeasuresSequence[0].PixelSpacing
    orientation = shared.PlaneOrientationSequence[0].ImageOrientationPatient
    to_voxel = np.linalg.inv(mask.affine)
    labels = {segment.SegmentNumber: segment.SegmentLabel for segment in seg.SegmentSequence}
    found = {label: np.zeros(mask.shape, bool) for label in labels.values()}
    pixels = np.atleast_3d(seg.pixel_array).reshape(-1, seg.Rows, seg.Columns)
    worst = 0.0
    for frame, groups in zip(pixels, seg.PerFrameFunctionalGroupsSequence, strict=True):
        position = groups.PlanePositionSequence[0].ImagePositionPatient
        rows, cols = np.nonzero(frame)
        ends = np.stack([cols, rows, np.zeros_like(rows), np.ones_like(rows)])
        voxels = (to_voxel @ frame_affine(position, orientation, spacing) @ ends)[:3]
        worst = max(worst, np.abs(voxels - voxels.round()).max())
        found[labels[groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber]][tuple(voxels.round().astype(int))] = True
    print(f"frames lie at most {worst:.4f} voxels off the grid of the NIfTI masks")
    # The affine spreads the slices evenly; real positions are rounded to 0.1 mm or so and may be a little uneven.
    assert worst < 0.1, worst
    return found


def check_voxels(seg: pydicom.Dataset, out: Path) -> None:
    """Segments against NIfTI masks, through both affines."""
    lung, dense = (nib.load(out / f"{name}_mask.nii.gz") for name in ("lung", "dense"))
    found = on_grid(seg, lung)
    lungs = [mask for label, mask in found.items() if label != "Dense tissue"]
    assert np.array_equal(np.logical_or.reduce(lungs), lung.get_fdata() > 0), "the lungs are not the lung mask"
    assert np.array_equal(found["Dense tissue"], dense.get_fdata() > 0), "dense tissue is not the mask"
    if len(lungs) == 2:
        right, left = found["Right lung"], found["Left lung"]
        assert not (right & left).any()
        middles = [(lung.affine @ np.append(np.argwhere(side).mean(axis=0), 1))[:3] for side in (right, left)]
        assert middles[0][0] - middles[1][0] > 50, "right and left are changed over"
        share = right.sum() / (right.sum() + left.sum())
        print(f"right lung {100 * share:.1f} percent of both; middles {middles[0][0] - middles[1][0]:.0f} mm apart")
    print({label: int(mask.sum()) for label, mask in found.items()})


def check_references(seg: pydicom.Dataset, sources: dict[str, pydicom.Dataset]) -> None:
    """Every frame lies where its source image lies, in the same study and frame of reference."""
    first = next(iter(sources.values()))
    assert seg.StudyInstanceUID == first.StudyInstanceUID and seg.FrameOfReferenceUID == first.FrameOfReferenceUID
    series = seg.ReferencedSeriesSequence[0]
    assert series.SeriesInstanceUID == first.SeriesInstanceUID != seg.SeriesInstanceUID
    assert {str(i.ReferencedSOPInstanceUID) for i in series.ReferencedInstanceSequence} == set(sources)
    for groups in seg.PerFrameFunctionalGroupsSequence:
        source = sources[groups.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID]
        assert np.allclose(groups.PlanePositionSequence[0].ImagePositionPatient, source.ImagePositionPatient, atol=1e-9)


def standard(table: str) -> dict:
    """A table of PS3.3 as highdicom keeps it."""
    return json.loads((Path(highdicom.__file__).parent / "_standard" / f"{table}.json").read_text())


def check_fields(seg: pydicom.Dataset) -> None:
    """What the modules of the Segmentation IOD ask for at the top is there; codes and colours are those of the standard."""
    iod = standard("iod_module_map")[standard("sop_class_iod_map")[seg.SOPClassUID]]
    attributes = standard("module_attribute_map")
    for module in (m["key"] for m in iod if m["usage"] == "M"):
        for attribute in (a for a in attributes[module] if not a["path"]):
            kind, keyword = attribute["type"], attribute["keyword"]
            assert kind not in ("1", "2") or keyword in seg, (module, keyword)
            assert kind != "1" or seg[keyword].value not in (None, ""), (module, keyword)
    known = {(value, scheme): meaning for scheme in ("SCT", "DCM") for of in concepts[scheme].values() for value, (meaning, *_) in of.items() if "(" not in meaning}
    for element in (e for e in seg.iterall() if e.keyword == "CodeValue"):
        assert any(value == element.value for value, _ in known), element.value
    for segment in seg.SegmentSequence:
        assert (segment.SegmentAlgorithmType, segment.SegmentAlgorithmName.split()[0]) == ("AUTOMATIC", "hilum")
        scaled = np.array(segment.RecommendedDisplayCIELabValue) / 65535
        rgb = lab2rgb(scaled * [100, 255, 255] - [0, 128, 128]) * 255
        assert np.abs(rgb - COLORS[segment.SegmentLabel]).max() < 1, (segment.SegmentLabel, rgb)


def check_by_highdicom(path: Path, seg: pydicom.Dataset, sources: dict[str, pydicom.Dataset]) -> None:
    """highdicom takes the object, and finds the same pixels by their source images."""
    read = highdicom.seg.segread(path)
    uids = sorted({str(g.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID) for g in seg.PerFrameFunctionalGroupsSequence})
    pixels = read.get_pixels_by_source_instance(uids, combine_segments=False, ignore_spatial_locations=True)
    assert pixels.sum() == seg.pixel_array.sum() and pixels.shape[-1] == len(seg.SegmentSequence)
    volume = read.get_volume(combine_segments=False, allow_missing_positions=True, rtol=0.05)
    assert volume.array.sum() == seg.pixel_array.sum()
    print(f"highdicom {highdicom.__version__} reads {read.number_of_segments} segments, {seg.NumberOfFrames} frames, volume {volume.spatial_shape}")


def main() -> None:
    """One series and what hilum wrote of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kept", action="store_true", help="the object was made with --keep-identity")
    args = parser.parse_args()
    sources, path = images(args.series), args.out / "masks.dcm"
    seg = pydicom.dcmread(path)
    for keyword in PATIENT:
        source = str(getattr(next(iter(sources.values())), keyword, "") or "")
        assert str(seg[keyword].value or "") == (source if args.kept else ""), keyword
    check_voxels(seg, args.out)
    check_references(seg, sources)
    check_fields(seg)
    check_by_highdicom(path, seg, sources)
    print("agrees")


if __name__ == "__main__":
    main()
