"""Small ONNX nets that outline lungs, and the masks that onnxruntime makes of small scans: tests/oracle/lungs.

    python tools/oracle/learn/lungs.py              after: pip install -r tools/oracle/learn/requirements.txt

One net is PyTorch's, exported by PyTorch, with weights that say what lung is: values between gas and tissue, smoothed, opened and
closed, not at the edge of the picture and not where a table lies. The other is as tf2onnx writes them, with drawn weights. Scans
come from a formula that the tests repeat; what is done to a slice is done by numpy and PyTorch.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "tests" / "oracle" / "lungs"
# Nearer to the threshold than this, sums in another order may decide otherwise.
UNDECIDED = 2e-3


class Band(nn.Module):
    """`[N, 1, 96, 96]` HU to one logit a pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.smooth = nn.Conv2d(1, 1, 3, padding=1, padding_mode="replicate", bias=False)
        self.smooth.weight.data.fill_(1 / 9)
        rows, cols = torch.arange(96.0), torch.arange(96.0)
        # Lungs lie between these rows and columns of an upright slice: the table below, arms at the sides.
        self.rows = nn.Parameter(torch.minimum(rows - 12, 70 - rows).clamp(-4, 4).reshape(1, 1, 96, 1))
        self.cols = nn.Parameter(torch.minimum(cols - 10, 85 - cols).clamp(-4, 4).reshape(1, 1, 1, 96))

    @staticmethod
    def opened(x: torch.Tensor) -> torch.Tensor:
        """Without what is thinner than three pixels."""
        return functional.max_pool2d(-functional.max_pool2d(-x, 3, 1, 1), 3, 1, 1)

    def forward(self, hu: torch.Tensor) -> torch.Tensor:
        """The logit."""
        x = self.smooth(hu)
        x = torch.minimum((x + 960) / 20, (-450 - x) / 20)
        x = -self.opened(-self.opened(x))
        return torch.minimum(x, torch.minimum(self.rows, self.cols))


def classes() -> onnx.ModelProto:
    """`[1, rows, columns, 1]` of any even size to three probabilities a pixel: down, up, and joined, as a U-Net is."""
    draw, nodes, arrays = np.random.default_rng(5), [], []

    def array(values: np.ndarray) -> str:
        arrays.append(numpy_helper.from_array(values, f"array{len(arrays)}"))
        return arrays[-1].name

    def weight(*shape: int) -> str:
        return array((0.5 * draw.standard_normal(shape)).astype(np.float32))

    def node(operator: str, *inputs: str, to: str | None = None, **attributes) -> str:
        name = to or f"{operator.lower()}{len(nodes)}"
        nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    x = node("Transpose", "slice", perm=[0, 3, 1, 2])
    x = node("Relu", node("Conv", x, weight(4, 1, 3, 3), weight(4), kernel_shape=[3, 3], auto_pad="SAME_UPPER"))
    down = node("Relu", node("Conv", node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), weight(6, 4, 3, 3), weight(6),
                             kernel_shape=[3, 3], auto_pad="SAME_UPPER"))
    scales = array(np.array([1, 1, 2, 2], dtype=np.float32))
    up = node("Resize", down, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    x = node("Conv", node("Concat", x, up, axis=1), weight(3, 10, 1, 1), array(np.array([0.4, 0, 0], dtype=np.float32)))
    node("Softmax", node("Transpose", x, perm=[0, 2, 3, 1]), axis=-1, to="probabilities")
    graph = helper.make_graph(
        nodes, "net",
        [helper.make_tensor_value_info("slice", TensorProto.FLOAT, [1, "rows", "columns", 1])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, "rows", "columns", 3])],
        arrays,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def stored(i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
    """HU of voxels by the axes of the file: patches with texture."""
    return -1000 + ((i // 7 + j // 5 + k) % 4) * 300 + (i * 13 + j * 29 + k * 7) % 61


def upright(volume: np.ndarray, letters: str) -> np.ndarray:
    """`[i, j, k]` as `[slice, row, column]`: rows to posterior, columns to the patient's left."""
    order, turned = [0, 0, 0], []
    for axis, letter in enumerate(letters):
        place = {"S": 0, "I": 0, "P": 1, "A": 1, "L": 2, "R": 2}[letter]
        order[place] = axis
        turned.append(axis) if letter in "AR" else None
    return np.flip(volume, turned).transpose(order)


def back(volume: np.ndarray, letters: str) -> np.ndarray:
    """What `upright` undoes."""
    places = [{"S": 0, "I": 0, "P": 1, "A": 1, "L": 2, "R": 2}[letter] for letter in letters]
    turned = [axis for axis, letter in enumerate(letters) if letter in "AR"]
    return np.flip(volume.transpose(places), turned)


def resized(plane: np.ndarray, size: list[int], mode: str) -> np.ndarray:
    """By PyTorch; `area` for whole numbers of pixels, `bilinear` where it grows."""
    return functional.interpolate(torch.from_numpy(plane.copy())[None, None], size, mode=mode)[0, 0].numpy()


def outlined(session: onnxruntime.InferenceSession, hu: np.ndarray, said: dict, how: str) -> np.ndarray:
    """0 no lung, 1 lung, 2 undecided, for every pixel of an upright slice."""
    low, width = said["values"]["level_hu"] - said["values"]["width_hu"] / 2, said["values"]["width_hu"]
    grey = np.clip((hu.astype(np.float64) - low) / width, 0, 1)
    rows, cols = grey.shape
    square = max(rows, cols)
    top, left = (square - rows) // 2, (square - cols) // 2
    if how == "pad":
        grey = np.pad(grey, ((top, square - rows - top), (left, square - cols - left)))
    grey = grey if how == "pad" else resized(grey, said["size_px"], how)
    black, white = said["range"]
    enters = ((black + grey * (white - black) - said.get("mean", [0])[0]) / said.get("deviation", [1])[0]).astype(np.float32)
    entry = session.get_inputs()[0]
    numbers = session.run(None, {entry.name: enters[None, None] if entry.shape[1] == 1 else enters[None, ..., None]})[0]
    if numbers.shape[1] == 1:
        margin = numbers[0, 0]
    else:
        lung = numbers[0][..., said["lung_channels"]].max(-1)
        margin = lung - np.delete(numbers[0], said["lung_channels"], axis=-1).max(-1)
    pixels = np.where(np.abs(margin) < UNDECIDED, 2, margin > 0).astype(np.float64)
    if how == "pad":
        return pixels[top : top + rows, left : left + cols]
    return resized(pixels, [rows, cols], "nearest-exact")


def case(name: str, net: str, said: dict, letters: str, dims: tuple[int, int, int], how: str) -> dict:
    """What onnxruntime outlines in a scan whose axes grow to `letters`."""
    session = onnxruntime.InferenceSession(OUT / f"{net}.onnx", providers=["CPUExecutionProvider"])
    hu = stored(*np.indices(dims))
    lung = np.stack([outlined(session, plane, said, how) for plane in upright(hu, letters)])
    lung = back(lung, letters).astype(int)
    assert lung.shape == dims
    share, unsure = (lung == 1).mean(), (lung == 2).mean()
    assert 0.1 < share < 0.9 and unsure < 0.02, (name, share, unsure)
    return {
        "name": name, "net": net, "said": {"task": "lungs", **said}, "letters": letters, "dims": dims,
        "lung": "".join(map(str, lung.ravel())),
    }


def main() -> None:
    """Writes the nets and the vector."""
    OUT.mkdir(exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(
            Band().eval(), (torch.zeros(1, 1, 96, 96),), OUT / "torch_band.onnx", input_names=["hu"], output_names=["logit"],
            opset_version=17, dynamo=False, dynamic_axes={"hu": {0: "batch"}, "logit": {0: "batch"}},
        )
    onnx.save(classes(), OUT / "keras_classes.onnx")
    # Between the lower end of the window and its upper one HU enter as they are.
    band = {"values": {"kind": "window", "level_hu": -300.0, "width_hu": 1400.0}, "range": [-1000.0, 400.0], "gives": "logits"}
    classed = {
        "values": {"kind": "window", "level_hu": -600.0, "width_hu": 1500.0}, "range": [0.0, 1.0], "mean": [0.5],
        "deviation": [0.25], "lung_channels": [1, 2],
    }
    square = {**band, "size_px": [96, 96]}
    cases = [
        case("grown", "torch_band", square, "LPS", (32, 48, 3), "bilinear"),
        case("grown, flipped", "torch_band", square, "RAI", (48, 32, 3), "bilinear"),
        case("padded", "torch_band", {**square, "fit": "pad"}, "RAS", (64, 96, 2), "pad"),
        case("shrunk, turned", "keras_classes", {**classed, "size_px": [24, 40]}, "ALI", (48, 80, 2), "area"),
        case("coronal order", "keras_classes", {**classed, "size_px": [26, 34]}, "RSP", (34, 2, 26), "area"),
    ]
    versions = {"numpy": np, "onnx": onnx, "onnxruntime": onnxruntime, "torch": torch}
    vector = {"made_by": {name: module.__version__ for name, module in versions.items()}, "cases": cases}
    (OUT / "lungs.json").write_text(json.dumps(vector, indent=1) + "\n")


if __name__ == "__main__":
    main()
