"""Small nets trained for three steps by PyTorch: losses, gradients, normalisation, Adam.

Written to tests/oracle/nets/nets.json. Pictures and weights are drawn by code; PyTorch computes in double precision from
values that single precision holds exactly, so that the file is the same on every machine.
"""

import json
import platform
from pathlib import Path

import torch
from torch import nn

OUT = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "nets" / "nets.json"
STEPS = 3
LEARNING_RATE = 0.01


class Plain(nn.Module):
    """Two convolutions with a maximum, one without, a dense layer: the 2022 notebook's order."""

    shape = (1, 22, 23)

    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 5, 3), nn.Conv2d(5, 17, 3)
        self.dense = nn.Linear(17 * 2 * 2, 1)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.pool(torch.relu(self.first(x)))
        x = self.pool(torch.relu(self.second(x)))
        x = torch.relu(self.third(x))
        # Keras flattens channels last.
        return self.dense(x.permute(0, 2, 3, 1).flatten(1))


class Mobile(nn.Module):
    """A strided stem, a maximum, an inverted residual with a depthwise convolution, all normalised."""

    shape = (2, 21, 18)

    def __init__(self):
        super().__init__()
        self.stem, self.stem_norm = nn.Conv2d(2, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4)
        self.expand, self.expand_norm = nn.Conv2d(4, 18, 1, bias=False), nn.BatchNorm2d(18)
        self.depth, self.depth_norm = nn.Conv2d(18, 18, 5, 1, 2, groups=18, bias=False), nn.BatchNorm2d(18)
        self.project, self.project_norm = nn.Conv2d(18, 4, 1, bias=False), nn.BatchNorm2d(4)
        self.down, self.down_norm = nn.Conv2d(4, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6)
        self.dense = nn.Linear(6, 1)
        self.pool = nn.MaxPool2d(3, 2, 1)

    def forward(self, x):
        x = self.pool(torch.relu(self.stem_norm(self.stem(x))))
        y = nn.functional.relu6(self.expand_norm(self.expand(x)))
        y = nn.functional.relu6(self.depth_norm(self.depth(y)))
        x = x + self.project_norm(self.project(y))
        x = torch.relu(self.down_norm(self.down(x)))
        return self.dense(x.mean((2, 3)))


def drawn(shape, generator, scale=1.0):
    """Values that single precision holds."""
    return (torch.rand(shape, generator=generator) * 2 - 1).mul(scale).float().double()


def listed(tensor: torch.Tensor) -> dict:
    values = [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]
    return {"shape": list(tensor.shape), "values": values}


def trained(net: nn.Module, seed: int) -> dict:
    generator = torch.Generator().manual_seed(seed)
    net = net.double().train()
    with torch.no_grad():
        for name, weight in net.named_parameters():
            offset = 1.0 if "norm.weight" in name else 0.0
            weight.copy_(drawn(weight.shape, generator, 0.4) + offset)
            weight.copy_(weight.float().double())
    x, y = drawn((4, *net.shape), generator), torch.tensor([[1.0], [0.0], [0.0], [1.0]]).double()
    before = {name: listed(weight) for name, weight in net.named_parameters()}
    adam = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    losses, gradients = [], {}
    for step in range(STEPS):
        adam.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
        loss.backward()
        if step == 0:
            gradients = {name: listed(weight.grad) for name, weight in net.named_parameters()}
        adam.step()
        losses.append(loss.item())
    state = {name: listed(value) for name, value in net.state_dict().items() if "num_batches" not in name}
    net.eval()
    return {
        "name": type(net).__name__.lower(),
        "learning_rate": LEARNING_RATE,
        "pictures": listed(x.permute(0, 2, 3, 1)),
        "truth": listed(y),
        "before": before,
        "losses": losses,
        "gradients": gradients,
        "after": state,
        "answers": listed(net(x)),
    }


def main() -> None:
    torch.set_num_threads(1)
    made_by = {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]}
    lines = ",\n  ".join(json.dumps(trained(net, seed)) for seed, net in enumerate([Plain(), Mobile()]))
    head = f' "script": "tools/oracle/nets/make.py",\n "made_by": {json.dumps(made_by)},\n'
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("{\n" + head + f' "nets": [\n  {lines}\n ]\n}}\n')


if __name__ == "__main__":
    main()
