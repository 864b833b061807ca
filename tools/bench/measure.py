"""Measures hilum beside a rival and beside decoders alone, in one run on one machine. Prints tables in Markdown.

    PYTHON tools/bench/measure.py --hilum target/release/hilum --rival ../shared/rival/python_peer.py \\
        --phantom 512x512x441 [VOLUME ...]

Every command is a process of its own. Commands take turns, so that a busy machine harms all of them alike. CPU is user and
system time of the process and its children, from the kernel; peak memory is the largest resident set among them. Beside
the minimum, which is nearest to what the work costs, stands the median. PYTHON needs isal, and deflate for the second
decoder; the rival needs what it needs (numpy, opencv-python-headless, isal), --notebook what tools/oracle needs.
"""

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

# Goals of the project: CPU of the rival over CPU of hilum.
GOAL_PLAIN, GOAL_GZIP = 10.0, 3.0
# CPU of the notebook's own code, without its denoising, over CPU of hilum's notebook recipe with it.
GOAL_NOTEBOOK_PLAIN, GOAL_NOTEBOOK_GZIP = 100.0, 25.0
# CPU of hilum over CPU of the best decoder alone is told, throughput of two jobs over one has this goal.
GOAL_TWO_JOBS = 1.8

HILUM_NOTEBOOK = "hilum, notebook, denoised"

# What a decoder takes to unpack a whole file in memory, interpreter and imports not counted.
DECODERS = {
    "igzip (isal)": """
import sys, time
from isal import igzip
space = bytearray(1 << 22)
before = time.process_time()
with igzip.open(sys.argv[1], "rb") as stream:
    while stream.readinto(space):
        pass
print(time.process_time() - before)
""",
    "libdeflate (deflate)": """
import sys, time, deflate
before = time.process_time()
packed = open(sys.argv[1], "rb").read()
deflate.gzip_decompress(packed)
print(time.process_time() - before)
""",
}


@dataclass
class Runs:
    """What several runs of one command took."""

    cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    def row(self) -> str:
        """Cells: CPU minimum and median, wall minimum, peak memory."""
        cpu, wall = self.cpu_s, self.wall_s
        return f"{min(cpu):.3f} | {statistics.median(cpu):.3f} | {min(wall):.3f} | {max(self.peak_mib):.0f}"


def run(command: list[str], into: Runs) -> None:
    """Runs a command to its end and notes what the kernel counted."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        output.seek(0)
        text = output.read().decode()
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}:\n{errors.decode()}")
    into.outputs.append(text)
    into.cpu_s.append(usage.ru_utime + usage.ru_stime)
    into.wall_s.append(wall)
    into.peak_mib.append(usage.ru_maxrss / 1024)


def taking_turns(commands: dict[str, list[str]], times: int) -> dict[str, Runs]:
    """Every command once unmeasured, to fill the file cache; then one after the other, `times` times."""
    results = {name: Runs() for name in commands}
    for command in commands.values():
        run(command, Runs())
    for _ in range(times):
        for name, command in commands.items():
            run(command, results[name])
    return results


def both_kinds(volume: Path, folder: Path, repack: bool) -> tuple[Path, Path]:
    """The volume as .nii and as .nii.gz: as it came, or packed as gzip and the converters of scanners' files do."""
    name = volume.name.removesuffix(".gz").removesuffix(".nii")
    plain, packed = folder / f"{name}.nii", folder / f"{name}.nii.gz"
    with (gzip.open if volume.name.endswith(".gz") else open)(volume, "rb") as source, plain.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 22)
    if volume.name.endswith(".gz") and not repack:
        shutil.copyfile(volume, packed)
    else:
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 22)
    return plain, packed


def same_answer(file: str, theirs: Runs, ours: Runs, dense: str) -> None:
    """The other and hilum's notebook recipe must have done the same work: same slice, same pixels."""
    theirs, ours = (json.loads(runs.outputs[-1]) for runs in (theirs, ours))
    found = [ours[key] for key in ("slice_index", "lung_area_px", "dense_area_px")]
    expected = [theirs[key] for key in ("slice", "lung_pixels", dense)]
    if found != expected:
        sys.exit(f"{file}: hilum says {found}, the other {expected}")


def notebook_code(args: argparse.Namespace, path: Path, denoised: Runs) -> None:
    """The notebook's own steps on one file, beside hilum's notebook recipe with the denoising that they leave out."""
    script = str(Path(__file__).with_name("notebook_code.py"))
    theirs, ours = Runs(), Runs()
    for _ in range(args.notebook_times):
        run([args.python, script, str(path)], theirs)
        run([args.hilum, "measure", str(path), "--recipe", "notebook", "--json"], ours)
    same_answer(path.name, theirs, ours, "vessel_pixels")
    goal = GOAL_NOTEBOOK_GZIP if path.suffix == ".gz" else GOAL_NOTEBOOK_PLAIN
    print(f"\nThe notebook's code, without its denoising: CPU {min(theirs.cpu_s):.2f} s, {max(theirs.peak_mib):.0f} MiB;")
    print(f"over hilum's notebook recipe, with it: {min(theirs.cpu_s) / min(denoised.cpu_s):.0f} times (goal {goal:.0f}).")


def one_volume(args: argparse.Namespace, path: Path) -> None:
    """Rival, hilum and decoders on one file."""
    commands = {
        HILUM_NOTEBOOK: [args.hilum, "measure", str(path), "--recipe", "notebook", "--notebook-dense", "denoised", "--json"],
        "hilum, default": [args.hilum, "measure", str(path), "--json"],
    }
    if args.rival:
        commands = {"rival": [args.python, args.rival, str(path), "--workers", "1"]} | commands
    packed = path.suffix == ".gz"
    if packed:
        commands |= {name: [args.python, "-c", code, str(path)] for name, code in DECODERS.items() if usable(args, name)}
    results = taking_turns(commands, args.times)
    if args.rival:
        same_answer(path.name, results["rival"], results[HILUM_NOTEBOOK], "vessel_pixels_denoised")
    goal = GOAL_GZIP if packed else GOAL_PLAIN
    print(f"\n### {path.name}, {path.stat().st_size / 1e6:.0f} MB\n")
    print("| command | CPU s, min | CPU s, median | wall s, min | peak MiB | rival / this | goal |")
    print("|---|---|---|---|---|---|---|")
    for name, runs in results.items():
        if name in DECODERS:
            seconds = [float(text) for text in runs.outputs]
            print(f"| {name} alone | {min(seconds):.3f} | {statistics.median(seconds):.3f} | | | | |")
            continue
        ratio = f"{min(results['rival'].cpu_s) / min(runs.cpu_s):.1f}" if args.rival else ""
        wanted = "" if name == "rival" else f"{goal:.0f}"
        print(f"| {name} | {runs.row()} | {ratio} | {wanted} |")
    if args.notebook:
        notebook_code(args, path, results[HILUM_NOTEBOOK])


def usable(args: argparse.Namespace, decoder: str) -> bool:
    """Whether the Python at hand has the decoder."""
    module = "isal" if "isal" in decoder else "deflate"
    return subprocess.run([args.python, "-c", f"import {module}"], capture_output=True).returncode == 0


def cohort(args: argparse.Namespace, volume: Path, folder: Path) -> None:
    """`hilum run` on copies of one volume: one job and two, with and without a memory cap."""
    scans = folder / "cohort"
    scans.mkdir()
    ending = ".nii.gz" if volume.name.endswith(".gz") else ".nii"
    for n in range(args.copies):
        os.link(volume, scans / f"scan{n:02}{ending}")
    settings = {
        "--jobs 1": ["--jobs", "1"],
        "--jobs 2": ["--jobs", "2"],
        f"--jobs 2 --max-memory {args.max_memory}": ["--jobs", "2", "--max-memory", args.max_memory],
    }
    results = {name: Runs() for name in settings}
    for _ in range(args.cohort_times):
        for name, options in settings.items():
            out = folder / "out"
            shutil.rmtree(out, ignore_errors=True)
            run([args.hilum, "run", str(scans), "--out", str(out), "--quiet", *options], results[name])
    shutil.rmtree(scans)
    print(f"\n### `hilum run` on {args.copies} copies of {volume.name}\n")
    print("| command | CPU s, min | CPU s, median | wall s, min | peak MiB | scans a minute | over one job |")
    print("|---|---|---|---|---|---|---|")
    one = min(results["--jobs 1"].wall_s)
    for name, runs in results.items():
        wall = min(runs.wall_s)
        print(f"| {name} | {runs.row()} | {60 * args.copies / wall:.0f} | {one / wall:.2f} |")
    ceiling = machine_ceiling(args)
    print(f"\nGoal of two jobs over one: {GOAL_TWO_JOBS}; two loops that share nothing, just now: {ceiling:.2f}.")


def machine_ceiling(args: argparse.Namespace) -> float:
    """Throughput of two processes that share nothing over one: what the machine has to give at this moment."""
    loop = [args.python, "-c", "x = 0\nfor n in range(8_000_000): x += n"]

    def wall_s(count: int) -> float:
        started = time.perf_counter()
        processes = [subprocess.Popen(loop) for _ in range(count)]
        for process in processes:
            process.wait()
        return time.perf_counter() - started

    return 2 * min(wall_s(1) for _ in range(args.cohort_times)) / min(wall_s(2) for _ in range(args.cohort_times))


def machine() -> str:
    """Processor, cores, load and versions."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next((line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line), model)
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return f"{model}, {os.cpu_count()} cores, {platform.system()}; load {load} (1, 5, 15 min) at the start"


def main() -> None:
    """Measures everything asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("volumes", nargs="*", type=Path, help="NIfTI volumes, .nii or .nii.gz")
    parser.add_argument("--hilum", default="target/release/hilum", help="the program")
    parser.add_argument("--rival", help="a script: PYTHON RIVAL VOLUME --workers 1, prints JSON")
    parser.add_argument("--notebook", action="store_true", help="measure the notebook's own steps too: slow")
    parser.add_argument("--notebook-times", type=int, default=2, help="runs of the notebook's steps")
    parser.add_argument("--python", default=sys.executable, help="Python for rival and decoders")
    parser.add_argument("--phantom", metavar="IxJxK", help="make a phantom of this many voxels and measure it too")
    parser.add_argument("--times", type=int, default=5, help="runs of each command")
    parser.add_argument("--copies", type=int, default=8, help="scans of the cohort; 0 leaves it out")
    parser.add_argument("--cohort-times", type=int, default=3, help="runs of the cohort")
    parser.add_argument("--max-memory", default="400M", help="the cap to try")
    args = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        volumes = [(volume, False) for volume in args.volumes]
        if args.phantom:
            run([args.hilum, "phantom", "--out", str(folder / "made"), "--dims", args.phantom], Runs())
            volumes += [(volume, True) for volume in (folder / "made").glob("*.nii.gz")]
        for volume, repack in volumes:
            plain, packed = both_kinds(volume, folder, repack)
            one_volume(args, plain)
            one_volume(args, packed)
            if args.copies:
                cohort(args, packed, folder)
                cohort(args, plain, folder)
            plain.unlink()
            packed.unlink()


if __name__ == "__main__":
    main()
