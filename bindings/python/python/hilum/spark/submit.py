"""A cohort on Spark from the command line: spark-submit submit.py INPUT --out OUT.

    spark-submit --archives hilum.zip#hilum_package submit.py s3://bucket/cohort.csv --out s3://bucket/out

hilum.zip is the wheel under another name. Where hilum is installed on every machine, leave --archives out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Optional

ARCHIVE = "hilum_package"
"""What the wheel is called where Spark unpacks it; the same as in driver.py, which cannot be imported yet."""


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures a cohort of chest CT scans on Spark.")
    parser.add_argument("input", help="a folder, a manifest, or the address of one in a store")
    parser.add_argument("--out", required=True, help="the output folder: a prefix of a store, or a shared disk")
    parser.add_argument("--labels", help="a table with the columns image_id and type")
    parser.add_argument("--class-name", action="append", default=[], metavar="LABEL=NAME")
    parser.add_argument("--recipe", default="default", choices=["default", "notebook"])
    parser.add_argument("--notebook-dense", metavar="VARIANT")
    parser.add_argument("--scout", action="store_true")
    parser.add_argument("--dicom-seg", action="store_true")
    parser.add_argument("--lungs", metavar="DIR", help="the folder of a net that outlines the lungs, on every machine")
    parser.add_argument("--max-memory-bytes", type=int, help="what one scan may take")
    parser.add_argument("--retry-failed", action="store_true")
    parser.add_argument("--groups-per-wave", type=int, help="partitions that are handed to Spark at a time")
    parser.add_argument("--no-sign", action="store_true", help="send no keys, for public buckets")
    parser.add_argument("--endpoint", help="the store's server, where it is not the vendor's")
    parser.add_argument("--region")
    parser.add_argument("--profile")
    parser.add_argument("--wheel", help="hilum's wheel, where the driver does not have it installed")
    return parser


def make_importable(wheel: Optional[str]) -> None:
    """Lets this driver import hilum from a wheel, or from the archive that Spark has unpacked here."""
    if wheel is not None:
        folder = tempfile.mkdtemp(prefix="hilum-")
        zipfile.ZipFile(wheel).extractall(folder)
        sys.path.insert(0, folder)
    elif Path(ARCHIVE).is_dir():
        sys.path.insert(0, ARCHIVE)


def main() -> int:
    """Runs, and says what came of it; exit code 1 if a scan failed, as `hilum run`."""
    given = vars(arguments().parse_args())
    make_importable(given.pop("wheel"))
    import hilum
    import hilum.spark
    from pyspark.sql import SparkSession

    names = [name.partition("=") for name in given.pop("class_name")]
    spark = SparkSession.builder.appName("hilum").getOrCreate()
    try:
        result = hilum.spark.run(
            spark,
            given.pop("input"),
            given.pop("out"),
            class_names={label: name for label, _, name in names},
            progress=lambda done, total: print(f"{done} of {total} scans are done", file=sys.stderr),
            **given,
        )
    except hilum.HilumError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, hilum.WrongUseError) else 3
    finally:
        spark.stop()
    for scan in result.not_measured:
        print(f"{scan.image_id}: {scan.status}: {scan.reason}", file=sys.stderr)
    print(f"{dict(result.counts)}; report: {result.report}")
    return 1 if result.counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
