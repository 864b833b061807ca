"""CPU seconds of a training step, hilum's layers beside PyTorch's, in turns, the least of several.

    cargo build --release -p hilum-learn --example step
    PYTHON tools/bench/nets.py target/release/examples/step [--rounds 3]

PYTHON is one with torch. Both sides run the same three nets (plain: the 2022 notebook's; residual; mobile:
EfficientNet-Lite0) over the same pictures with Adam. PyTorch keeps its weights and pictures channels last. The
machine's other work makes seconds longer, so ratios are what counts; a thread of PyTorch's that waits counts as work.
"""

import argparse
import os
import resource
import subprocess
import sys

NETS = {"plain": (4, (1, 512, 512)), "residual": (8, (1, 256, 256)), "mobile": (8, (3, 224, 224))}
STEPS = 4


def layers(torch):
    """The nets, in PyTorch."""
    nn = torch.nn

    def normal(inputs, outputs, kernel, stride=1, activation=None, groups=1):
        conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(outputs), *([activation()] if activation else []))

    class Residual(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.inner = nn.Sequential(
                normal(inputs, outputs, 3, stride, nn.ReLU), normal(outputs, outputs, 3)
            )
            self.skip = normal(inputs, outputs, 1, stride) if stride > 1 else nn.Identity()

        def forward(self, x):
            return torch.relu(self.inner(x) + self.skip(x))

    class Inverted(nn.Module):
        def __init__(self, inputs, outputs, kernel, stride, expansion):
            super().__init__()
            wide = inputs * expansion
            self.same = stride == 1 and inputs == outputs
            self.inner = nn.Sequential(
                *([normal(inputs, wide, 1, 1, nn.ReLU6)] if expansion > 1 else []),
                normal(wide, wide, kernel, stride, nn.ReLU6, wide),
                normal(wide, outputs, 1),
            )

        def forward(self, x):
            return x + self.inner(x) if self.same else self.inner(x)

    mean = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    plain = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)]
    plain += [nn.Conv2d(64, 128, 3), nn.ReLU(), nn.Flatten(), nn.Linear(124 * 124 * 128, 1, bias=False)]
    residual = [normal(1, 16, 3, 2, nn.ReLU), Residual(16, 16, 1)]
    residual += [Residual(width // 2, width, 2) for width in (32, 64, 128)]
    mobile, inputs = [normal(3, 32, 3, 2, nn.ReLU6)], 32
    stages = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80)]
    stages += [(3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
    for repeats, kernel, stride, expansion, outputs in stages:
        for repeat in range(repeats):
            mobile.append(Inverted(inputs, outputs, kernel, 1 if repeat else stride, expansion))
            inputs = outputs
    mobile.append(normal(320, 1280, 1, 1, nn.ReLU6))
    return {
        "plain": nn.Sequential(*plain),
        "residual": nn.Sequential(*residual, *mean, nn.Linear(128, 1, bias=False)),
        "mobile": nn.Sequential(*mobile, *mean, nn.Linear(1280, 1, bias=False)),
    }


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def torch_step(name, threads):
    """One side of the comparison, in a process of its own."""
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(7)
    pictures, shape = NETS[name]
    net = layers(torch)[name].to(memory_format=torch.channels_last)
    x = torch.rand(pictures, *shape).to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(net.parameters(), 1e-4)
    least = float("inf")
    for _ in range(STEPS):
        start = cpu_s()
        adam.zero_grad()
        torch.nn.functional.softplus(net(x)).mean().backward()
        adam.step()
        least = min(least, cpu_s() - start)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{least / pictures:.4f} CPU s a picture, {peak_mib:.0f} MiB")


def run(command, threads):
    threads = str(threads)
    environment = {**os.environ, "RAYON_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    words = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()
    return float(words[0]), int(words[5])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--torch", nargs=2, metavar=("NET", "THREADS"), help="one side alone")
    options = parser.parse_args()
    if options.torch:
        return torch_step(options.torch[0], int(options.torch[1]))
    print("| net | threads | hilum, CPU s a picture | PyTorch | ratio | hilum, MiB | PyTorch, MiB |")
    print("|---|---|---|---|---|---|---|")
    for name, (pictures, _) in NETS.items():
        for threads in (1, 2):
            sides = {
                "hilum": [options.step, name, str(pictures), str(STEPS)],
                "torch": [sys.executable, __file__, "--torch", name, str(threads)],
            }
            found = {side: [] for side in sides}
            for _ in range(options.rounds):
                for side, command in sides.items():
                    found[side].append(run(command, threads))
            (ours, mib), (theirs, their_mib) = min(found["hilum"]), min(found["torch"])
            row = f"| {name} | {threads} | {ours:.3f} | {theirs:.3f} | {ours / theirs:.2f} | {mib} | {their_mib} |"
            print(row, flush=True)
    return None


if __name__ == "__main__":
    main()
