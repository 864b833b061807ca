"""ONNX files of hilum, run by onnxruntime and checked by onnx: the same numbers as hilum's own.

    python tools/oracle/learn/onnx_models.py        after: pip install -r tools/oracle/learn/requirements.txt

Builds and runs the example `onnx_models`, which trains small nets of every architecture for two epochs, plain and with
mirrored scoring. Fails where logits or probabilities differ by more than 1e-4 (32-bit sums in another order), or where
a batch of two pictures gives other numbers than one.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

ROOT = Path(__file__).resolve().parents[3]


def worst_difference(model: Path) -> float:
    """The largest difference between hilum's numbers and onnxruntime's."""
    onnx.checker.check_model(onnx.load(model), full_check=True)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    shape = session.get_inputs()[0].shape[1:]
    picture = np.fromfile(model.with_suffix(".f32"), "<f4").reshape(1, *shape)
    ours = np.array([float(value) for value in model.with_suffix(".csv").read_text().split(",")])
    theirs = np.concatenate([out[0] for out in session.run(["logits", "probabilities"], {"pictures": picture})])
    two = session.run(["logits"], {"pictures": np.concatenate([picture[:, :, ::-1], picture])})[0][1]
    assert np.abs(two - theirs[: len(two)]).max() < 1e-5, "a picture's numbers depend on its neighbours"
    assert session.get_modelmeta().custom_metadata_map["classes"].startswith("class 0\n")
    return float(np.abs(ours - theirs).max())


def main() -> None:
    """Compares every model that the example writes."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["cargo", "run", "--quiet", "-p", "hilum-learn", "--example", "onnx_models", "--", folder],
            cwd=ROOT, check=True,
        )
        differences = {model.stem: worst_difference(model) for model in sorted(Path(folder).glob("*.onnx"))}
    for name, difference in differences.items():
        print(f"{name}: worst difference {difference:.1e}")
    if len(differences) < 6 or max(differences.values()) > 1e-4:
        sys.exit("numbers differ")


if __name__ == "__main__":
    main()
