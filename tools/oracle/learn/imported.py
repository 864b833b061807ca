"""Small ONNX classifiers and what onnxruntime says of pictures: tests/oracle/imported.

    python tools/oracle/learn/imported.py           after: pip install -r tools/oracle/learn/requirements.txt

The nets are made by `onnx.helper` with drawn weights, as exporters of PyTorch (channels first, batch normalisation) and
Keras (channels last, a transposition in front) write them, and two are `hilum export`'s: the example `onnx_models` trains
and writes them. Pictures come from a formula that the tests repeat.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "tests" / "oracle" / "imported"
PICTURES = (0, 1, 2, 99)


class Graph:
    """A graph that is put together from its input on."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        self.nodes, self.arrays = [], []

    def weight(self, *shape: int, about: float = 0.0, spread: float = 0.3) -> str:
        """A drawn array, by name."""
        values = (about + spread * self.draw.standard_normal(shape)).astype(np.float32)
        return self.array(values)

    def array(self, values: np.ndarray) -> str:
        """A constant array, by name."""
        name = f"array{len(self.arrays)}"
        self.arrays.append(numpy_helper.from_array(values, name))
        return name

    def node(self, operator: str, *inputs: str, to: str | None = None, **attributes) -> str:
        """An operation; the name of its result."""
        name = to or f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def model(self, shape: list, output: str, outputs: int, opset: int) -> onnx.ModelProto:
        """The finished file, checked."""
        graph = helper.make_graph(
            self.nodes, "net",
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [shape[0], outputs])],
            self.arrays,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model


def torch_like() -> onnx.ModelProto:
    """Channels first, three of them, any batch: convolutions with batch normalisation, one logit."""
    g = Graph(1)
    x = g.node("Conv", "picture", g.weight(8, 3, 3, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    statistics = [g.weight(8, about=1.0), g.weight(8), g.weight(8), g.array(np.linspace(0.5, 2.0, 8, dtype=np.float32))]
    x = g.node("BatchNormalization", x, *statistics, epsilon=1e-5)
    x = g.node("Relu", x)
    x = g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    y = g.node("Conv", x, g.weight(8, 8, 3, 3, spread=0.15), g.weight(8), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = g.node("Add", x, g.node("Relu", y))
    x = g.node("Flatten", g.node("GlobalAveragePool", x), axis=1)
    g.node("Gemm", x, g.weight(1, 8), g.weight(1), transB=1, to="logit")
    return g.model(["batch", 3, 24, 20], "logit", 1, 17)


def keras_like() -> onnx.ModelProto:
    """Channels last with a transposition in front, a batch of one, two probabilities that a softmax makes."""
    g = Graph(2)
    x = g.node("Transpose", "picture", perm=[0, 3, 1, 2])
    x = g.node("Conv", x, g.weight(6, 1, 3, 3), g.weight(6), kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    x = g.node("LeakyRelu", x, alpha=0.2)
    x = g.node("Transpose", x, perm=[0, 2, 3, 1])
    x = g.node("ReduceMean", x, axes=[1, 2], keepdims=0)
    x = g.node("Add", g.node("MatMul", x, g.weight(6, 2, spread=2.0)), g.weight(2))
    g.node("Softmax", x, axis=-1, to="probabilities")
    return g.model([1, 24, 20, 1], "probabilities", 2, 13)


def findings() -> onnx.ModelProto:
    """Rows and columns of any number, depthwise convolution, three findings that do not exclude each other."""
    g = Graph(3)
    x = g.node("Conv", "picture", g.weight(4, 1, 5, 5, spread=0.2), kernel_shape=[5, 5], pads=[2, 2, 2, 2])
    x = g.node("Conv", x, g.weight(4, 1, 3, 3), kernel_shape=[3, 3], group=4)
    x = g.node("Mul", x, g.node("Sigmoid", x))
    x = g.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.node("Flatten", g.node("GlobalMaxPool", x), axis=1)
    x = g.node("Gemm", x, g.weight(4, 3), g.weight(3), to="logits")
    g.node("Sigmoid", x, to="probabilities")
    return g.model(["N", 1, "rows", "columns"], "probabilities", 3, 17)


def picture(channels: int, rows: int, cols: int, index: int) -> np.ndarray:
    """16-bit grey from a formula, `[channels, rows, cols]`."""
    at = np.arange(1, channels * rows * cols + 1, dtype=np.int64)
    return (at * (2 * index + 1) * 7919 % 65521).reshape(channels, rows, cols)


def entering(shown: np.ndarray, said: dict, net_channels: int) -> np.ndarray:
    """The numbers that enter the net, `[1, ..]`."""
    low, high = said.get("range", [0.0, 1.0])
    planes = low + shown / 65535.0 * (high - low)
    planes = np.broadcast_to(planes, (net_channels, *planes.shape[1:])) if len(planes) == 1 else planes
    mean = np.array(said.get("mean", [0.0])).reshape(-1, 1, 1)
    deviation = np.array(said.get("deviation", [1.0])).reshape(-1, 1, 1)
    planes = (planes - mean) / deviation
    layout = planes.transpose(1, 2, 0) if said.get("layout") == "nhwc" else planes
    return layout[None].astype(np.float32)


def case(name: str, said: dict, shape: tuple[int, int, int], net_channels: int, output: str) -> dict:
    """What onnxruntime says of every picture."""
    session = onnxruntime.InferenceSession(OUT / f"{name}.onnx", providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0].name
    said = {"source": "grey_picture", **said}
    numbers = []
    for index in PICTURES:
        pixels = entering(picture(*shape, index), said, net_channels)
        numbers.append([float(n) for n in session.run([output], {entry: pixels})[0].ravel()])
    return {"name": name, "said": said, "channels": shape[0], "rows": shape[1], "cols": shape[2], "numbers": numbers}


def main() -> None:
    """Writes the files and the vector."""
    OUT.mkdir(exist_ok=True)
    onnx.save(torch_like(), OUT / "torch_like.onnx")
    onnx.save(keras_like(), OUT / "keras_like.onnx")
    onnx.save(findings(), OUT / "findings.onnx")
    outside = OUT / "outside.onnx"
    Path(f"{outside}.data").unlink(missing_ok=True)
    onnx.save(torch_like(), outside, save_as_external_data=True, location="outside.onnx.data", size_threshold=64)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["cargo", "run", "--quiet", "--workspace", "--example", "onnx_models", "--", folder], cwd=ROOT, check=True
        )
        shutil.copy(Path(folder) / "efficientnet.onnx", OUT / "hilum_efficientnet.onnx")
        shutil.copy(Path(folder) / "residual-mirrored.onnx", OUT / "hilum_residual.onnx")
    eight_bits = {"classes": ["no", "yes"], "range": [0.0, 255.0], "mean": [123.7, 116.3, 103.5], "deviation": [58.4, 57.1, 57.4]}
    three = {"classes": ["edema", "effusion", "pneumonia"], "positive": "effusion", "squash": "sigmoid", "size_px": [22, 26]}
    cases = [
        case("torch_like", eight_bits, (1, 24, 20), 3, "logit"),
        case("outside", eight_bits, (1, 24, 20), 3, "logit"),
        case("keras_like", {"classes": ["no", "yes"], "range": [-1.0, 1.0], "layout": "nhwc"}, (1, 24, 20), 1, "probabilities"),
        case("findings", three, (1, 22, 26), 1, "probabilities"),
        case("hilum_efficientnet", {"classes": ["a", "b"], "output": "logits", "gives": "logits"}, (1, 32, 64), 1, "logits"),
        case(
            "hilum_residual",
            {"classes": ["a", "b", "c"], "output": "probabilities", "layout": "nchw", "channels": ["slice", "lung"]},
            (2, 16, 20), 2, "probabilities",
        ),
    ]
    vector = {
        "made_by": {"numpy": np.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__},
        "pictures": PICTURES,
        "cases": cases,
    }
    (OUT / "imported.json").write_text(json.dumps(vector, indent=1) + "\n")


if __name__ == "__main__":
    main()
