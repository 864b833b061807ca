"""Reads the tables of a run with pandas, polars and pyarrow: all must see the same rows as the standard library's csv.

    PYTHON tools/oracle/table/check.py OUT

OUT is an output folder of `hilum run` (measurements.csv and measurements.parquet). Prints what was compared; exits with 1
and the first difference otherwise.
"""

import argparse
import csv
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow.parquet as pq

METADATA = {b"definition", b"unit", b"source"}
KINDS = {"string": str, "int64": int, "double": float}


def typed(cell: str, kind: str):
    """A cell of the CSV file as the value that its column's type in the Parquet file makes of it."""
    return None if cell == "" else KINDS[kind](cell)


def check(name: str, found: list[dict], expected: list[dict]) -> None:
    """Every value equal to the bit, nulls where cells are empty."""
    if len(found) != len(expected):
        sys.exit(f"{name}: {len(found)} rows for {len(expected)}")
    for number, (row, wanted) in enumerate(zip(found, expected, strict=True)):
        for column, value in wanted.items():
            cell = row[column]
            cell = None if cell is None or cell != cell else cell
            if cell != value:
                sys.exit(f"{name}, row {number}, column {column}: {cell!r} for {value!r}")
    print(f"{name}: {len(found)} rows of {len(expected[0]) if expected else 0} columns agree")


def main() -> None:
    """Compares the two files through three readers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="output folder of a run")
    folder = parser.parse_args().out
    parquet, text = folder / "measurements.parquet", folder / "measurements.csv"

    table = pq.read_table(parquet)
    kinds = {field.name: str(field.type) for field in table.schema}
    for field in table.schema:
        if set(field.metadata or {}) < METADATA:
            sys.exit(f"column {field.name} does not say what it is: {field.metadata}")
    footer = pq.read_metadata(parquet)
    if footer.created_by != "hilum":
        sys.exit(f"created_by is {footer.created_by!r}: it must not change with versions")

    with text.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames != list(kinds):
            sys.exit("the two files have other columns")
        expected = [{name: typed(cell, kinds[name]) for name, cell in row.items()} for row in reader]

    check("pyarrow", table.to_pylist(), expected)
    check("pandas", pd.read_parquet(parquet).astype(object).to_dict("records"), expected)
    check("polars", pl.read_parquet(parquet).to_dicts(), expected)
    texts = {name: str for name, kind in kinds.items() if kind == "string"}
    rows = pd.read_csv(text, dtype=texts, keep_default_na=False, na_values=[""])
    check("pandas, CSV", rows.astype(object).to_dict("records"), expected)
    schema = {name: {"string": pl.String, "int64": pl.Int64, "double": pl.Float64}[kind] for name, kind in kinds.items()}
    check("polars, CSV", pl.read_csv(text, schema=schema).to_dicts(), expected)


if __name__ == "__main__":
    main()
