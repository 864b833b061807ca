"""Five steps of training a small residual net, by PyTorch.

Written to tests/oracle/train/steps.json. Weights and pictures are drawn by code; nothing here comes from a patient.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

OUT = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "train" / "steps.json"
WIDTHS = [4, 8]
SIDE = 20
PICTURES = 6
STEPS = 5


class Block(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.last = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.last_norm = nn.BatchNorm2d(after)
        if before != after or stride != 1:
            self.shortcut = nn.Conv2d(before, after, 1, stride, bias=False)
            self.shortcut_norm = nn.BatchNorm2d(after)
        else:
            self.shortcut = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.relu(self.first_norm(self.first(x)))
        y = self.last_norm(self.last(y))
        return functional.relu(y + (x if self.shortcut is None else self.shortcut_norm(self.shortcut(x))))


class Residual(nn.Module):
    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, WIDTHS[0], 3, 2, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(WIDTHS[0])
        self.blocks = nn.Sequential(Block(WIDTHS[0], WIDTHS[0], 1), Block(WIDTHS[0], WIDTHS[1], 2))
        self.head = nn.Linear(WIDTHS[1], outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.max_pool2d(functional.relu(self.stem_norm(self.stem((x - 0.5) / 0.25))), 3, 2, 1)
        return self.head(self.blocks(x).mean((2, 3)))


def arrays(net: nn.Module) -> dict[str, list[float]]:
    """All weights, flat; dense layers as [in, out]."""
    state = {name: value for name, value in net.state_dict().items() if "num_batches" not in name}
    return {name: rounded(v.T if name == "head.weight" else v) for name, v in state.items()}


def rounded(values: torch.Tensor) -> list[float]:
    """Nine digits tell every 32-bit float from every other."""
    return [float(f"{value:.9g}") for value in values.detach().flatten().tolist()]


def optimizer(name: str, net: nn.Module) -> torch.optim.Optimizer:
    plain = [p for n, p in net.named_parameters() if "bias" in n or "norm" in n]
    decayed = [p for n, p in net.named_parameters() if not ("bias" in n or "norm" in n)]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}]
    match name:
        case "adamw":
            return torch.optim.AdamW(groups, lr=0.01, eps=1e-8)
        case "adam":
            return torch.optim.Adam(groups, lr=0.01, eps=1e-7)
        case _:
            return torch.optim.SGD(groups, lr=0.01, momentum=0.9, nesterov=True)


def trained(name: str, outputs: int) -> dict:
    torch.manual_seed(20261123)
    rng = np.random.default_rng(7)
    net = Residual(outputs)
    with torch.no_grad():
        for parameter_name, parameter in net.named_parameters():
            if "norm.weight" in parameter_name:
                parameter.uniform_(0.5, 1.5)
    first = arrays(net)
    grey = rng.integers(0, 65536, (PICTURES, SIDE, SIDE))
    pictures = torch.tensor(grey / 65535.0, dtype=torch.float32)[:, None]
    classes = max(outputs, 2)
    shares = torch.tensor(rng.dirichlet(np.ones(classes), PICTURES), dtype=torch.float32)
    weights = torch.tensor(rng.uniform(0.5, 2.0, PICTURES), dtype=torch.float32)
    steps = optimizer(name, net)
    losses = []
    for _ in range(STEPS):
        logits = net(pictures)
        if outputs == 1:
            each = functional.binary_cross_entropy_with_logits(logits[:, 0], shares[:, 1], reduction="none")
        else:
            each = functional.cross_entropy(logits, shares, reduction="none")
        loss = (each * weights).mean()
        steps.zero_grad()
        loss.backward()
        steps.step()
        losses.append(loss.item())
    net.eval()
    return {
        "optimizer": name,
        "outputs": outputs,
        "first": first,
        "pictures": grey.flatten().tolist(),
        "targets": rounded(shares),
        "weights": rounded(weights),
        "losses": losses,
        "last": arrays(net),
        "logits": rounded(net(pictures)),
    }


def main() -> None:
    torch.set_num_threads(1)
    cases = [trained(name, outputs) for name, outputs in [("adamw", 3), ("adam", 3), ("sgd", 1)]]
    versions = {"python": platform.python_version(), "torch": version("torch"), "numpy": version("numpy")}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    head = {"versions": versions, "widths": WIDTHS, "side": SIDE}
    text = json.dumps(head | {"cases": cases}, separators=(",", ":"))
    OUT.write_text(text.replace('{"optimizer"', '\n{"optimizer"') + "\n")


if __name__ == "__main__":
    main()
