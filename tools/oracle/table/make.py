"""Manifests as pandas and polars write them. Written to tests/oracle/table: small Parquet files, made up from nothing."""

import datetime
from pathlib import Path

import pandas as pd
import polars as pl

FOLDER = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "table"
MANIFEST = {
    "image_id": ["a", "b"],
    "type": ["COVID", None],
    "uri": ["scans/a.nii.gz", "scans/b ü.nii"],
    "age": [61, 47],
    "dose": [1.5, None],
    "contrast": [True, False],
    "taken": [datetime.date(2020, 3, 1), datetime.date(2020, 12, 31)],
}


def main() -> None:
    """Three files of the same rows."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(MANIFEST).astype({"type": "category"}).to_parquet(FOLDER / "pandas.parquet")
    pl.DataFrame(MANIFEST).write_parquet(FOLDER / "polars-snappy.parquet", compression="snappy")
    # What polars does unless told otherwise; hilum says what to do about it.
    pl.DataFrame(MANIFEST).write_parquet(FOLDER / "polars-zstd.parquet")
    for path in sorted(FOLDER.glob("*.parquet")):
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
