"""One scan: arrays against nibabel and numpy, numbers against the command line, errors in its words."""

import json
import subprocess
import threading
import time
from pathlib import Path

import nibabel
import numpy as np
import pytest

import hilum


@pytest.fixture(scope="module")
def phantom(scans: Path) -> Path:
    return sorted(scans.glob("phantom*.nii.gz"))[0]


def test_voxels_and_geometry_are_those_of_nibabel(phantom: Path) -> None:
    scan, reference = hilum.read(phantom), nibabel.load(phantom)
    assert scan.shape == reference.shape
    np.testing.assert_array_equal(scan.affine, reference.affine)
    assert scan.orientation == "".join(nibabel.aff2axcodes(reference.affine))
    np.testing.assert_allclose(scan.spacing_mm, reference.header.get_zooms(), rtol=1e-6)
    hu = scan.voxels()
    assert hu.dtype == np.int16
    np.testing.assert_array_equal(hu, np.asarray(reference.dataobj))


def test_axes_are_the_files_own(phantom: Path, tmp_path: Path) -> None:
    turned = nibabel.load(phantom).as_reoriented([[2, 1], [0, 1], [1, -1]])
    path = tmp_path / "turned.nii"
    nibabel.save(turned, path)
    scan = hilum.read(path)
    assert scan.slice_axis == 0 or turned.shape[scan.slice_axis] == 32
    np.testing.assert_array_equal(scan.voxels(), np.asarray(turned.dataobj))
    masks, upright = hilum.segment(path), hilum.segment(phantom)
    assert masks.lung.shape == turned.shape
    assert masks.lung.sum() == upright.lung.sum() > 0


def test_fractions_of_hu_come_as_float32(phantom: Path, tmp_path: Path) -> None:
    image = nibabel.load(phantom)
    hu = np.asarray(image.dataobj).astype(np.float32) + np.float32(0.25)
    path = tmp_path / "fractions.nii.gz"
    nibabel.save(nibabel.Nifti1Image(hu, image.affine), path)
    voxels = hilum.read(path).voxels()
    assert voxels.dtype == np.float32
    np.testing.assert_array_equal(voxels, hu)


def test_lungs_of_a_net_are_those_of_the_command_line(
    phantom: Path, tmp_path: Path, hilum_program: str
) -> None:
    net = tmp_path / "net"
    onnx = Path(__file__).parents[3] / "tests" / "oracle" / "lungs" / "torch_band.onnx"
    said = ["--task", "lungs", "--gives", "logits", "--window", "1400/-300", "--range=-1000,400"]
    subprocess.run([hilum_program, "import", str(onnx), "--out", str(net), *said], capture_output=True, check=True)
    measure = [hilum_program, "measure", str(phantom), "--json", "--lungs", str(net)]
    row = json.loads(subprocess.run(measure, capture_output=True, check=True).stdout)
    assert hilum.measure(phantom, lungs=net) == row
    assert hilum.segment(phantom, lungs=net).row["lung_area_px"] == row["lung_area_px"]
    assert hilum.select(phantom, lungs=str(net)).slice_index == row["slice_index"]
    with pytest.raises(hilum.WrongUseError, match="no meaning for the recipe 'notebook'"):
        hilum.measure(phantom, lungs=net, recipe="notebook")


def test_numbers_are_those_of_the_command_line(phantom: Path, hilum_program: str) -> None:
    for arguments, recipe in ([], "default"), (["--recipe", "notebook"], "notebook"):
        ran = subprocess.run(
            [hilum_program, "measure", str(phantom), "--json", *arguments], capture_output=True, check=True
        )
        assert hilum.measure(phantom, recipe=recipe) == json.loads(ran.stdout)


def test_masks_choice_and_row_agree(phantom: Path) -> None:
    scan = hilum.read(phantom)
    choice, masks = hilum.select(scan), hilum.segment(scan)
    pixel_mm2 = scan.spacing_mm[0] * scan.spacing_mm[1]
    areas = masks.lung.sum(axis=(0, 1)) * pixel_mm2
    np.testing.assert_allclose(choice.area_mm2, areas, rtol=1e-12)
    assert choice.slice_index == masks.row["slice_index"]
    dense = masks.dense[:, :, choice.slice_index].sum()
    assert dense == masks.row["dense_area_px"]
    assert not np.any(masks.dense > masks.lung), "dense tissue lies in the lung"


def test_what_cannot_be_read_says_what_the_command_line_says(tmp_path: Path, hilum_program: str) -> None:
    path = tmp_path / "cut.nii.gz"
    path.write_bytes(b"no scan")
    ran = subprocess.run([hilum_program, "info", str(path)], capture_output=True, text=True)
    with pytest.raises(hilum.ScanError) as caught:
        hilum.read(path)
    words = str(caught.value).split(": ")
    assert words[0] in ran.stderr and "cut.nii.gz" in str(caught.value)
    with pytest.raises(hilum.HilumError, match="nothing at"):
        hilum.read(tmp_path / "gone.nii")
    with pytest.raises(hilum.WrongUseError, match="unknown recipe|recipe"):
        hilum.measure(path, recipe="mine")


def test_a_scan_without_lungs_is_rejected_with_a_reason(phantom: Path, tmp_path: Path) -> None:
    image = nibabel.load(phantom)
    path = tmp_path / "air.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.full(image.shape, -1000, np.int16), image.affine), path)
    row = hilum.measure(path)
    assert row["status"] == "rejected" and row["lung_area_mm2"] is None
    with pytest.raises(hilum.RejectedError) as caught:
        hilum.segment(path)
    assert str(caught.value) == row["reason"]


def test_other_threads_of_python_go_on_meanwhile(phantom: Path) -> None:
    ticks, over = [], threading.Event()

    def tick() -> None:
        while not over.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    ticking = threading.Thread(target=tick)
    ticking.start()
    began = time.monotonic()
    for _ in range(5):
        hilum.measure(phantom)
    ended = time.monotonic()
    over.set()
    ticking.join()
    within = [at for at in ticks if began < at < ended]
    assert len(within) > 5, "the lock is given back while a scan is measured"
