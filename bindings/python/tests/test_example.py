"""The notebook in examples/ runs from its first cell to its last."""

import os
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "cohort.ipynb"


def test_the_example_runs(hilum_program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scans = tmp_path / "scans"
    made = ["phantom", "--out", str(scans), "--dims", "128x128x48", "--count", "12"]
    subprocess.run([hilum_program, *made], check=True, capture_output=True)
    monkeypatch.setenv("HILUM_SCANS", str(scans))
    notebook = nbformat.read(EXAMPLE, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "it is kept without what it printed"
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    pictures = sum("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
    assert pictures == 6, "one for each figure"
    kept = os.environ.get("HILUM_KEEP_EXAMPLE")
    if kept:
        nbformat.write(notebook, kept)
