"""Matches, predictions and explanations from Python are those of the command line."""

import json
import subprocess
from pathlib import Path

import pandas
import pyarrow
import pytest

import hilum


def test_matches_are_those_of_the_command_line(scans: Path, hilum_program: str, tmp_path: Path) -> None:
    a, b = sorted(scans.glob("phantom*.nii.gz"))[:2]
    found = hilum.match(a, b, norm="l2")
    arguments = ["match", str(a), str(b), "--norm", "l2", "--json", "--out", str(tmp_path)]
    ran = subprocess.run([hilum_program, *arguments], capture_output=True, check=True)
    said = json.loads(ran.stdout)
    assert found.counts == {name: said[name] for name in ("matches", "distinct", "consistent")}
    for name, table in ("keypoints", found.keypoints), ("matches", found.matches):
        written = pandas.read_parquet(tmp_path / f"{name}.parquet")
        pandas.testing.assert_frame_equal(pyarrow.table(table).to_pandas(), written)
    with pytest.raises(hilum.WrongUseError, match="unknown norm 'l3'"):
        hilum.match(a, b, norm="l3")


@pytest.fixture(scope="module")
def model(scans: Path, hilum_program: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A net that has seen its pictures once: what it says matters less than that both say it."""
    from PIL import Image

    pictures = tmp_path_factory.mktemp("pictures")
    for kind, shade in ("dark", 40), ("light", 200):
        (pictures / "in" / kind).mkdir(parents=True)
        for number in range(10):
            picture = Image.effect_noise((48, 48), 20 + number).point(lambda grey: grey // 4 + shade)
            picture.save(pictures / "in" / kind / f"{number}.png")
    arguments = ["train", "in", "--model", "residual", "--out", "model", "--epochs", "1", "--size", "32"]
    arguments += ["--group-by", "none", "--quiet"]
    ran = subprocess.run([hilum_program, *arguments], cwd=pictures, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return pictures


def test_predictions_are_those_of_the_command_line(model: Path, hilum_program: str, tmp_path: Path) -> None:
    said = hilum.predict(model / "model", model / "in", out=tmp_path / "python")
    arguments = ["predict", "model", "in", "--out", str(tmp_path / "shell"), "--json"]
    subprocess.run([hilum_program, *arguments], cwd=model, capture_output=True, check=True)
    for name in "predictions.csv", "predictions.parquet":
        assert (tmp_path / "python" / name).read_bytes() == (tmp_path / "shell" / name).read_bytes()
    frame = pyarrow.table(said.table).to_pandas()
    assert said.classes == ["dark", "light"] and len(frame) == 20
    assert frame["answer"].isin(said.classes).all()
    with pytest.raises(hilum.HilumError):
        hilum.predict(tmp_path / "no-model", model / "in")


def test_explanations_are_those_of_the_command_line(model: Path, hilum_program: str, tmp_path: Path) -> None:
    how = {"samples": 50, "per_class": 1, "checked": 1, "repeats": 2, "segments": "grid"}
    found = hilum.explain(model / "model", model / "in", tmp_path / "python", **how)
    arguments = ["explain", "model", "in", "--out", str(tmp_path / "shell"), "--samples", "50"]
    arguments += ["--per-class", "1", "--checked", "1", "--repeats", "2", "--segments", "grid"]
    subprocess.run([hilum_program, *arguments], cwd=model, capture_output=True, check=True)
    shell = (tmp_path / "shell" / "explanation.json").read_text()
    assert (tmp_path / "python" / "explanation.json").read_text() == shell
    assert len(found["cases"]) == 2 and found["judgement"]["verdict"]
