"""Grad-CAM (Selvaraju et al. 2017) of the narrow EfficientNet-Lite0 of tools/oracle/learn, by PyTorch's autograd.

Written to tests/oracle/explain/grad_cam.json: for one picture of 96 x 96 px and each class the map of the last feature
maps, 3 x 3, and the same brought to the picture's size by PyTorch's bilinear interpolation.

    python tools/oracle/explain/grad_cam.py            after: pip install -r tools/oracle/learn/requirements.txt
"""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools" / "oracle" / "learn"))
import efficientnet  # noqa: E402

SIDE_PX = 96


def picture() -> torch.Tensor:
    """`[1, 3, H, W]` in -1..1, from a formula."""
    index = np.arange(3 * SIDE_PX * SIDE_PX, dtype=np.int64)
    values = (index * 7919 % 65521) / 65521 * 2 - 1
    return torch.tensor(((values + np.sin(index / 97)) / 2).astype(np.float32)).reshape(1, 3, SIDE_PX, SIDE_PX)


def main() -> None:
    """The maps of every class."""
    torch.set_num_threads(1)
    net = efficientnet.narrow(efficientnet.SEED).eval()
    features = net.extract_features(picture()).detach().requires_grad_()
    logits = net._fc(net._avg_pooling(features).flatten(1))
    maps, large = [], []
    for logit in logits[0]:
        (gradient,) = torch.autograd.grad(logit, features, retain_graph=True)
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        cam = torch.relu((weights * features).sum(dim=1, keepdim=True)).detach()
        maps.append(cam[0, 0].double().tolist())
        whole = torch.nn.functional.interpolate(cam, size=(SIDE_PX, SIDE_PX), mode="bilinear", align_corners=False)
        large.append(whole[0, 0, ::13, ::13].double().tolist())
    packages = ["torch", "numpy", "efficientnet-lite-pytorch"]
    result = {
        "script": "tools/oracle/explain/grad_cam.py",
        "made_by": {"python": platform.python_version()} | {name: version(name) for name in packages},
        "side_px": SIDE_PX,
        "logits": logits[0].detach().double().tolist(),
        "maps": maps,
        "every_13th_px": large,
    }
    path = ROOT / "tests" / "oracle" / "explain" / "grad_cam.json"
    path.write_text("{\n" + ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in result.items()) + "\n}\n")


if __name__ == "__main__":
    main()
