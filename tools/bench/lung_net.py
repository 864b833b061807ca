"""What lungs by a net of the user's own cost: a U-Net at every slice of a scan, run by tract and by ONNX Runtime in turns.

    PYTHON tools/bench/lung_net.py HILUM SCAN [--turns N] [--side PX] [--width CHANNELS]

HILUM: a release build. SCAN: a small CT volume, such as `hilum phantom --dims 256x256x24` writes. The weights of the U-Net (four
halvings, two convolutions at each level) are drawn at random: its masks mean nothing, its work is that of a real one. PYTHON has
onnx and onnxruntime, whose own speed on the same net, one thread, stands beside. CPU seconds, least of all turns, and the largest
resident set.
"""

import argparse
import importlib.util
import multiprocessing
import os
import subprocess
import tempfile
import time
from pathlib import Path

LEVELS = 4


def unet(side: int, width: int) -> bytes:
    """An ONNX file, `[1, 1, side, side]` to one logit a pixel."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    draw, nodes, arrays = np.random.default_rng(1), [], []

    def node(operator: str, *inputs: str, to: str | None = None, **attributes) -> str:
        name = to or f"{operator.lower()}{len(nodes)}"
        nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def conv(x: str, channels: int, to: int, size: int = 3, name: str | None = None) -> str:
        weights = draw.standard_normal((to, channels, size, size)) / np.sqrt(channels * size * size / 2)
        arrays.append(numpy_helper.from_array(weights.astype(np.float32), f"array{len(arrays)}"))
        return node("Conv", x, arrays[-1].name, kernel_shape=[size, size], pads=[size // 2] * 4, to=name)

    def twice(x: str, channels: int, to: int) -> str:
        return node("Relu", conv(node("Relu", conv(x, channels, to)), to, to))

    x, channels, aside = "slice", 1, []
    for level in range(LEVELS):
        x = twice(x, channels, width << level)
        channels = width << level
        aside.append((x, channels))
        x = node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x, channels = twice(x, channels, width << LEVELS), width << LEVELS
    scales = numpy_helper.from_array(np.array([1, 1, 2, 2], dtype=np.float32), "scales")
    for skipped, beside in reversed(aside):
        x = node("Resize", x, "", "scales", mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        x = twice(node("Concat", skipped, x, axis=1), channels + beside, beside)
        channels = beside
    conv(x, channels, 1, 1, "logit")
    shape = [1, 1, side, side]
    graph = helper.make_graph(
        nodes, "unet",
        [helper.make_tensor_value_info("slice", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, shape)],
        [*arrays, scales],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def library() -> str:
    """The file of the library in the Python package."""
    folder = Path(importlib.util.find_spec("onnxruntime").origin).parent / "capi"
    return str(next(file for file in sorted(folder.glob("*onnxruntime.*")) if file.suffix != ".py"))


def cost(command: list[str], environment: dict) -> tuple[float, float, bytes]:
    """CPU seconds, MiB and what was said."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, env={**os.environ, **environment})
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{command} failed")
        said.seek(0)
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said.read()


def alone(model: bytes, side: int) -> tuple[str, float]:
    """Version of onnxruntime, and its CPU seconds a slice by itself."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    grey = np.full((1, 1, side, side), 0.5, np.float32)
    seconds = []
    for _ in range(5):
        start = time.process_time()
        session.run(None, {"slice": grey})
        seconds.append(time.process_time() - start)
    return onnxruntime.__version__, min(seconds)


def in_process_of_its_own(function, *args):
    """What `function` gives. A program's largest resident set starts at that of the one that starts it, so this one stays small."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, args)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("hilum", type=Path)
    parser.add_argument("scan", type=Path)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--width", type=int, default=32)
    args = parser.parse_args()
    model = in_process_of_its_own(unet, args.side, args.width)
    with tempfile.TemporaryDirectory() as folder:
        file, net = Path(folder) / "unet.onnx", str(Path(folder) / "net")
        file.write_bytes(model)
        hilum = str(args.hilum)
        words = ["--task", "lungs", "--gives", "logits", "--window", "1400/-300", "--out", net]
        subprocess.run([hilum, "import", str(file), *words], check=True, stdout=subprocess.DEVNULL)
        command = [hilum, "measure", str(args.scan), "--json"]
        ways = {
            "hilum's own outline": (command, {}),
            "the net, tract": ([*command, "--lungs", net], {}),
            "the net, ONNX Runtime": ([*command, "--lungs", net], {"HILUM_ONNXRUNTIME": library()}),
        }
        seen = {name: [] for name in ways}
        for _ in range(args.turns):
            for name, way in ways.items():
                seen[name].append(cost(*way))
    print(f"U-Net of {args.side} x {args.side} px, {args.width} channels first, {len(model) / 1e6:.0f} MB; {args.scan.name}")
    version, seconds = in_process_of_its_own(alone, model, args.side)
    print(f"onnxruntime {version} alone: {seconds:.3f} CPU s a slice")
    for name, turns in seen.items():
        print(f"{name}: {min(turn[0] for turn in turns):.2f} CPU s, {max(turn[1] for turn in turns):.0f} MiB")


if __name__ == "__main__":
    main()
