"""A cohort on a real Spark cluster of two executors: the rows of the embedded engine, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator

import boto3
import pytest
from pyspark.sql import SparkSession

import hilum
import hilum.spark
from processes import Killer, child_reads, descendants, reads

# Executors have the environment that the session begins with.
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/maps").exists(),
    reason="finds the processes that it kills or counts, and what they read, in /proc, which this system lacks",
)

TABLES = ["measurements.csv", "measurements.parquet"]
SCANS = 20


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory, hilum_program: str) -> Path:
    """Twenty scans, five of them bad in ways of their own."""
    folder = tmp_path_factory.mktemp("spark") / "scans"
    made = ["phantom", "--out", str(folder), "--dims", "160x160x64", "--count", "15"]
    subprocess.run([hilum_program, *made], check=True, capture_output=True)
    for name in folder.glob("*.csv"):
        name.unlink()
    whole = sorted(folder.glob("*.nii.gz"))[0].read_bytes()
    (folder / "cut.nii.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.nii").write_bytes(b"")
    (folder / "text.nii").write_text("a note to myself")
    header = bytearray(_unpacked(whole)[:352])
    (folder / "promise.nii").write_bytes(header + bytes(1000))
    header[42:48] = b"\xff\x7f" * 3
    (folder / "huge.nii").write_bytes(header + bytes(1000))
    assert len(list(folder.iterdir())) == SCANS
    return folder


def _unpacked(packed: bytes) -> bytes:
    import gzip

    return gzip.decompress(packed)


@pytest.fixture(scope="module")
def expected(cohort: Path) -> list[bytes]:
    """The tables of the embedded engine."""
    hilum.run(cohort, cohort.parent / "embedded")
    return tables(cohort.parent / "embedded")


def tables(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in TABLES]


def session() -> SparkSession:
    """Two executors of one core each, in processes of their own."""
    return (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
        .config("spark.log.level", "FATAL")
        .getOrCreate()
    )


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    running = session()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def bucket(cohort: Path) -> Iterator[dict[str, str]]:
    """The cohort in an S3 server on loopback, and how to reach it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    reach = {"endpoint": f"http://{host}:{port}", "region": "us-west-2"}
    s3 = client(reach)
    s3.create_bucket(Bucket="lab", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    for path in cohort.iterdir():
        s3.put_object(Bucket="lab", Key=f"scans/{path.name}", Body=path.read_bytes())
    yield reach
    server.stop()


def client(reach: dict[str, str]) -> Any:
    return boto3.client("s3", endpoint_url=reach["endpoint"], region_name=reach["region"])


def names(reach: dict[str, str], prefix: str) -> list[str]:
    pages = client(reach).get_paginator("list_objects_v2").paginate(Bucket="lab", Prefix=prefix)
    return [found["Key"][len(prefix) :] for page in pages for found in page.get("Contents", [])]


def objects(reach: dict[str, str], prefix: str) -> dict[str, bytes]:
    get = client(reach).get_object
    return {name: get(Bucket="lab", Key=prefix + name)["Body"].read() for name in names(reach, prefix)}


def test_rows_on_spark_are_those_of_threads(
    spark: SparkSession, cohort: Path, expected: list[bytes], tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    result = hilum.spark.run(
        spark,
        cohort,
        tmp_path / "out",
        group_bytes=1 << 20,
        groups_per_wave=4,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert tables(tmp_path / "out") == expected
    assert result.counts == {"measured": 15, "rejected": 0, "failed": 5}
    assert len(seen) > 1 and seen[-1] == (SCANS, SCANS), "it came in waves"
    assert not (tmp_path / "out" / "waves").exists(), "the table takes their place"
    again = hilum.spark.run(spark, cohort, tmp_path / "out")
    assert again.run["this_run"]["done"] == 0
    on = hilum.run(cohort, tmp_path / "out")
    assert on.run["this_run"]["done"] == 0, "threads take over what Spark has done"


@needs_proc
def test_a_store_and_a_killed_executor_change_nothing(
    spark: SparkSession, bucket: dict[str, str], cohort: Path, expected: list[bytes], tmp_path: Path
) -> None:
    def some_are_done(_: int) -> bool:
        return any(name.endswith("scan.json") for name in names(bucket, "out/"))

    with Killer("CoarseGrainedExecutorBackend", some_are_done, most=1) as killer:
        result = hilum.spark.run(spark, "s3://lab/scans", "s3://lab/out", group_bytes=1, **bucket)
    assert len(killer.killed) == 1
    assert sum(result.counts.values()) == SCANS
    written = objects(bucket, "out/")
    assert [written[name] for name in TABLES] == expected
    embedded = hilum.run("s3://lab/scans", tmp_path / "disk", **bucket)
    assert embedded.counts == result.counts
    for name in ("scan.json", "lung_mask.nii.gz", "slice.png"):
        for folder in (tmp_path / "disk" / "scans").iterdir():
            if (folder / name).exists():
                assert written[f"scans/{folder.name}/{name}"] == (folder / name).read_bytes(), folder.name


def with_a_large_one(cohort: Path, folder: Path, hilum_program: str) -> Path:
    """Four scans of the cohort, and one that takes long enough to be caught while it is read."""
    scans = folder / "scans"
    scans.mkdir()
    for path in sorted(cohort.glob("phantom*"))[:4]:
        os.link(path, scans / path.name)
    made = ["phantom", "--out", str(folder / "large"), "--dims", "384x384x200", "--count", "1"]
    subprocess.run([hilum_program, *made], check=True, capture_output=True)
    next((folder / "large").glob("*.nii.gz")).rename(scans / "poison.nii.gz")
    return scans


@needs_proc
def test_a_scan_that_kills_its_executor_each_time_costs_no_other(
    spark: SparkSession, cohort: Path, tmp_path: Path, hilum_program: str
) -> None:
    """As where a container is killed whole: Spark itself gives up, and the driver finds the one that did it."""
    scans = with_a_large_one(cohort, tmp_path, hilum_program)

    def reads_poison(pid: int) -> bool:
        return child_reads(pid, "hilum.spark.child", "poison.nii.gz")

    with Killer("CoarseGrainedExecutorBackend", reads_poison) as killer:
        result = hilum.spark.run(spark, scans, tmp_path / "out", attempts=1, group_bytes=1)
    assert len(killer.killed) >= 8, "four times in company, four times alone"
    assert result.counts == {"measured": 4, "rejected": 0, "failed": 1}
    (given_up,) = result.not_measured
    assert given_up.image_id == "poison" and "killed each executor" in given_up.reason


@needs_proc
def test_a_scan_that_kills_its_process_each_time_costs_no_other(
    spark: SparkSession, cohort: Path, tmp_path: Path, hilum_program: str
) -> None:
    scans = with_a_large_one(cohort, tmp_path, hilum_program)
    with Killer("hilum.spark.child", lambda pid: reads(pid, "poison.nii.gz")) as killer:
        result = hilum.spark.run(spark, scans, tmp_path / "out", attempts=2)
    assert len(killer.killed) == 2
    assert result.counts == {"measured": 4, "rejected": 0, "failed": 1}
    (given_up,) = result.not_measured
    assert given_up.image_id == "poison" and "2 times, the last by SIGKILL" in given_up.reason
    kept = hilum.spark.run(spark, scans, tmp_path / "out")
    assert kept.run["this_run"]["done"] == 0, "it is not tried again unasked"
    retried = hilum.spark.run(spark, scans, tmp_path / "out", retry_failed=True)
    assert retried.counts["measured"] == 5


@needs_proc
def test_a_process_killed_once_is_a_second_try(
    spark: SparkSession, cohort: Path, expected: list[bytes], tmp_path: Path
) -> None:
    with Killer("hilum.spark.child", lambda _: any(tmp_path.glob("out/scans/.tmp-*")), most=1) as killer:
        hilum.spark.run(spark, cohort, tmp_path / "out")
    assert len(killer.killed) == 1
    assert tables(tmp_path / "out") == expected


def test_a_cohort_without_scans_is_an_error_and_not_a_job(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(hilum.HilumError, match="no scan found"):
        hilum.spark.run(spark, tmp_path / "in", tmp_path / "out")


def test_an_aborted_driver_is_gone_on_with(cohort: Path, expected: list[bytes], tmp_path: Path) -> None:
    """The script for spark-submit, killed in the middle and started again."""
    submit = Path(hilum.spark.__file__).with_name("submit.py")
    command = [sys.executable, str(submit), str(cohort), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": "--master local-cluster[2,1,1024] pyspark-shell"}
    driver = subprocess.Popen(command, env=environment, start_new_session=True)
    done = 0
    while done < 3 and driver.poll() is None:
        time.sleep(0.01)
        done = len(list(tmp_path.glob("out/scans/[!.]*/scan.json")))
    os.killpg(driver.pid, signal.SIGKILL)
    driver.wait()
    assert 3 <= done < SCANS and not (tmp_path / "out" / TABLES[0]).exists()
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stderr
    assert "'measured': 15" in ended.stdout and "cut: failed:" in ended.stderr
    assert tables(tmp_path / "out") == expected


@needs_proc
def test_no_process_of_ours_is_left(spark: SparkSession) -> None:
    spark.stop()
    patience = time.monotonic() + 30
    while list(descendants("hilum.spark.child")) and time.monotonic() < patience:
        time.sleep(0.1)
    assert list(descendants("hilum.spark.child")) == []
