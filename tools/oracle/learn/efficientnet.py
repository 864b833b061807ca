"""A narrow EfficientNet-Lite0 of `efficientnet_lite_pytorch` with seeded weights, and what PyTorch says it computes.

Written to tests/oracle/learn: the weights as the published ImageNet weights are, a stream of pickles
(`efficientnet_narrow.pth`), and as safetensors; the weights of the first layers as the zip archive that torch.save writes
today (`stem_zip.pth`); and the numbers in `efficientnet.json`. Pictures and weights are drawn by code. The keys inside
the stream of pickles are addresses in memory: its bytes differ from run to run, its arrays do not.

    python tools/oracle/learn/efficientnet.py          after: pip install -r tools/oracle/learn/requirements.txt
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite_pytorch.model import EfficientNet
from efficientnet_lite_pytorch.utils import efficientnet_lite
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "learn"
PACKAGES = ["torch", "numpy", "efficientnet-lite-pytorch", "safetensors"]
WIDTH, CLASSES, SIZE_PX, PICTURES = 0.06, 3, 32, 8
#: Of the seeds below 400 the one that leaves ReLU6's corners, where a gradient jumps, the farthest away: 1.2e-4.
SEED = 310
STEM, STAGES = 4, [8, 4, 4, 8, 12, 12, 20]
#: Parameters whose gradients are written: the first and last layer, a depthwise and an expanding convolution, a factor.
GRADIENTS = [
    "_conv_stem.weight",
    "_blocks.1._expand_conv.weight",
    "_blocks.3._depthwise_conv.weight",
    "_blocks.5._bn2.weight",
    "_fc.bias",
]


def narrow(seed: int) -> EfficientNet:
    """Every block of Lite0 with 6 % of its channels; weights and running statistics drawn from a seed."""
    blocks, whole = efficientnet_lite(WIDTH, 1.0, 224, dropout_rate=0.0, drop_connect_rate=0.0, num_classes=CLASSES)
    # Widths that change wherever a stage does not halve the picture, as those of Lite0 do.
    stages = [STEM, *STAGES]
    blocks = [
        block._replace(input_filters=stages[i] / WIDTH, output_filters=stages[i + 1] / WIDTH)
        for i, block in enumerate(blocks)
    ]
    net = EfficientNet(blocks, whole._replace(fix_head_stem=False, depth_divisor=4))
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5)
            elif name.endswith("bias"):
                tensor.uniform_(0.5, 4.5)
            elif name.endswith("running_mean"):
                tensor.normal_(0, 0.2)
            elif tensor.dim() == 1:
                tensor.uniform_(0.7, 1.3)
            elif tensor.dim() > 1:
                tensor.normal_(0, (2 / tensor[0].numel()) ** 0.5)
    return net


def pictures() -> torch.Tensor:
    """`[N, 3, H, W]` in -1..1, from a formula that any language can state: no file is needed."""
    index = np.arange(PICTURES * 3 * SIZE_PX * SIZE_PX, dtype=np.int64)
    values = (index * 7919 % 65521) / 65521 * 2 - 1
    waves = np.sin(index / 97)
    return torch.tensor(((values + waves) / 2).astype(np.float32)).reshape(PICTURES, 3, SIZE_PX, SIZE_PX)


def sample(tensor: torch.Tensor) -> dict:
    """Size, length and at most 60 evenly spaced values of an array: enough to see any difference of layout or sign."""
    flat = tensor.detach().flatten().double()
    step = max(1, flat.numel() // 60)
    return {"shape": list(tensor.shape), "norm": float(flat.norm()), "step": step, "values": flat[::step].tolist()}


def main() -> None:
    """Logits of a net in use; loss, gradients and running statistics of one step of training."""
    torch.set_num_threads(1)
    net = narrow(SEED)
    OUT.mkdir(parents=True, exist_ok=True)
    state = net.state_dict()
    torch.save(state, OUT / "efficientnet_narrow.pth", _use_new_zipfile_serialization=False)
    torch.save({name: state[name].clone() for name in list(state)[:12]}, OUT / "stem_zip.pth")
    floats = {name: tensor.clone() for name, tensor in state.items() if tensor.is_floating_point()}
    save_file(floats, OUT / "efficientnet_narrow.safetensors")

    x = pictures()
    net.eval()
    with torch.no_grad():
        logits = net(x)
    net.train()
    loss = torch.nn.functional.cross_entropy(net(x), torch.arange(PICTURES) % CLASSES)
    loss.backward()
    gradients = {name: sample(p.grad) for name, p in net.named_parameters() if name in GRADIENTS}
    state = net.state_dict()
    statistics = {
        name: state[name].double().tolist() for name in ("_bn0.running_mean", "_blocks.15._bn1.running_var")
    }
    result = {
        "script": "tools/oracle/learn/efficientnet.py",
        "made_by": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "classes": CLASSES,
        "size_px": SIZE_PX,
        "logits": logits.double().tolist(),
        "loss": loss.item(),
        "gradients": gradients,
        "running": statistics,
    }
    path = OUT / "efficientnet.json"
    path.write_text("{\n" + ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in result.items()) + "\n}\n")
    for path in sorted([*OUT.glob("efficientnet*"), OUT / "stem_zip.pth"]):
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
