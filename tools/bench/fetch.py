"""Times `hilum fetch` beside `aws s3 cp --recursive`, in turns, against moto's S3 server on this machine.

    PYTHON tools/bench/fetch.py --hilum target/release/hilum --moto moto_server --aws aws [--turns 3]

Three prefixes: 40 objects of 8 MB, 300 of 20 kB, 6 of 60 MB. Wall seconds and CPU seconds (user + system) of the program
alone, the least of several turns each; every turn copies into a new folder, and the copies are compared once. The server is one
Python process and shares the machine, so that wall seconds say how long the server took rather than the program.
"""

import argparse
import filecmp
import os
import random
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PREFIXES = {"40 x 8 MB": (40, 8_000_000), "300 x 20 kB": (300, 20_000), "6 x 60 MB": (6, 60_000_000)}


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def timed(command, env):
    """Wall and CPU seconds of one command."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fill(folder, count, size):
    folder.mkdir()
    noise = random.Random(0)
    for number in range(count):
        (folder / f"{number:03}.bin").write_bytes(noise.randbytes(size))


def same(one, other, count):
    names = [f"{number:03}.bin" for number in range(count)]
    return filecmp.cmpfiles(one, other, names, shallow=False)[0] == names


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["--hilum", "--moto", "--aws"]:
        options.add_argument(name, required=True)
    options.add_argument("--turns", type=int, default=3)
    given = options.parse_args()

    endpoint = f"http://127.0.0.1:{free_port()}"
    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1"}
    env = {**os.environ, **keys, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": endpoint}
    server = subprocess.Popen(
        [given.moto, "-H", "127.0.0.1", "-p", endpoint.rsplit(":", 1)[1]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with tempfile.TemporaryDirectory() as root:
            compare(given, env, Path(root))
    finally:
        server.terminate()
        server.wait()


def compare(given, env, root):
    def aws(*words):
        return [given.aws, "s3", *words, "--only-show-errors"]

    while subprocess.run([given.aws, "s3", "mb", "s3://lab"], env=env, capture_output=True).returncode:
        time.sleep(0.2)
    print(subprocess.check_output([given.aws, "--version"], text=True).strip())
    print("| prefix | hilum, s | aws, s | ratio | hilum, CPU s | aws, CPU s | ratio |\n|---|---|---|---|---|---|---|")
    for number, (name, (count, size)) in enumerate(PREFIXES.items()):
        here, there = root / f"source{number}", f"s3://lab/{number}"
        fill(here, count, size)
        subprocess.run(aws("cp", "--recursive", str(here), there), check=True, env=env)
        commands = {
            "hilum": lambda to: [given.hilum, "fetch", there, str(to), "--quiet", "--no-progress"],
            "aws": lambda to: aws("cp", "--recursive", there, str(to)),
        }
        least = {program: (float("inf"), float("inf")) for program in commands}
        for _ in range(given.turns):
            for program, command in commands.items():
                to = root / "copy"
                least[program] = tuple(map(min, least[program], timed(command(to), env)))
                if not same(here, to, count):
                    raise SystemExit(f"{program} did not copy {name} as it was")
                shutil.rmtree(to)
        (wall, cpu), (aws_wall, aws_cpu) = least["hilum"], least["aws"]
        print(
            f"| {name} | {wall:.2f} | {aws_wall:.2f} | {aws_wall / wall:.1f} "
            f"| {cpu:.2f} | {aws_cpu:.2f} | {aws_cpu / cpu:.1f} |",
            flush=True,
        )
        shutil.rmtree(here)


if __name__ == "__main__":
    main()
