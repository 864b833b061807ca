"""What Spark costs: a cohort of CT-sized scans by `hilum run --jobs 2`, and by hilum.spark on two executors of one core.

    PYTHONPATH=PACKAGE python spark.py HILUM [--files 8] [--scans 64] [--rounds 3]

PACKAGE holds the Python package hilum, built in release as HILUM is. Both engines take turns in one process tree; starting the
session is told apart, as a job pays it once. Wall is the least of the rounds; CPU is user and system time of all processes that
belong to the engine, also the least. Peak memory is the largest resident set of any one process that measures.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator

from pyspark.sql import SparkSession

import hilum.spark

TICKS = os.sysconf("SC_CLK_TCK")


def below() -> Iterator[int]:
    """Processes below this one, and this one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    for pid in parents:
        ancestor = pid
        while ancestor not in (0, 1, os.getpid()):
            ancestor = parents.get(ancestor, 0)
        if ancestor == os.getpid():
            yield pid


def cpu_seconds() -> float:
    """User and system time of this process tree, ended children included."""
    total = 0
    for pid in below():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS


def peak_mib() -> float:
    """The largest peak of a process that measures on Spark's behalf."""
    peaks = [0]
    for pid in below():
        try:
            if b"hilum.spark.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                status = Path(f"/proc/{pid}/status").read_text()
                peaks += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
        except OSError:
            continue
    return max(peaks) / 1024


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    cpu, begun = cpu_seconds(), time.perf_counter()
    work()
    return time.perf_counter() - begun, cpu_seconds() - cpu


def main() -> None:
    """Makes the cohort, and lets both take turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hilum")
    parser.add_argument("--files", type=int, default=8, help="different ones; each is measured several times")
    parser.add_argument("--scans", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hilum-spark-"))
    made = ["phantom", "--out", str(folder / "scans"), "--dims", "512x512x300", "--count", str(given.files)]
    subprocess.run([given.hilum, *made], check=True, capture_output=True)
    files = sorted((folder / "scans").glob("*.nii.gz"))
    rows = [f"s{n:03},made up,scans/{files[n % len(files)].name}" for n in range(given.scans)]
    scans = folder / "cohort.csv"
    scans.write_text("\n".join(["image_id,type,uri", *rows]) + "\n")

    def bare() -> None:
        out = str(folder / "bare")
        shutil.rmtree(out, ignore_errors=True)
        subprocess.run([given.hilum, "run", str(scans), "--out", out, "--jobs", "2", "--quiet"], check=True)

    begun = time.perf_counter()
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
        .getOrCreate()
    )
    spark.range(0, 2, 1, 2).mapInArrow(lambda batches: batches, "id long").collect()
    print(f"session: {time.perf_counter() - begun:.1f} s, once")

    def on_spark() -> None:
        shutil.rmtree(folder / "spark", ignore_errors=True)
        hilum.spark.run(spark, scans, folder / "spark")

    rounds = [(timed(bare), timed(on_spark)) for _ in range(given.rounds)]
    (bare_wall, bare_cpu), (spark_wall, spark_cpu) = (
        [min(one[engine][kind] for one in rounds) for kind in (0, 1)] for engine in (0, 1)
    )
    print(f"hilum run --jobs 2: {bare_wall:.2f} s wall, {bare_cpu:.2f} s CPU")
    print(f"hilum.spark, 2 executors: {spark_wall:.2f} s wall, {spark_cpu:.2f} s CPU, {peak_mib():.0f} MiB a process")
    print(f"ratio: {spark_wall / bare_wall:.2f} wall, {spark_cpu / bare_cpu:.2f} CPU")
    spark.stop()
    shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
