"""Phantoms to test on, made by the command line's own generator."""

import os
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def hilum_program() -> str:
    """The command line program of the same build."""
    return os.environ["HILUM_PROGRAM"]


@pytest.fixture(scope="session")
def scans(tmp_path_factory: pytest.TempPathFactory, hilum_program: str) -> Path:
    """A folder of five phantoms and one file that is no scan."""
    folder = tmp_path_factory.mktemp("cohort") / "scans"
    made = ["phantom", "--out", str(folder), "--dims", "96x96x32", "--count", "5"]
    subprocess.run([hilum_program, *made], check=True, capture_output=True)
    (folder / "broken.nii.gz").write_bytes(b"no scan")
    return folder


@pytest.fixture(scope="session")
def embedded(scans: Path, hilum_program: str) -> Path:
    """What `hilum run` makes of them."""
    out = scans.parent / "embedded"
    ran = subprocess.run([hilum_program, "run", str(scans), "--out", str(out), "--quiet"])
    assert ran.returncode == 1, "one scan fails, as it should"
    return out
