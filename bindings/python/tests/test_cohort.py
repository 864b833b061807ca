"""A cohort from Python: the bytes of the command line, tables for others' hands, Ctrl-C, and going on."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas
import polars
import pyarrow
import pytest

import hilum

RESULTS = ["measurements.csv", "measurements.parquet"]


def test_a_run_gives_the_bytes_of_the_command_line(scans: Path, embedded: Path, tmp_path: Path) -> None:
    seen = []
    result = hilum.run(scans, tmp_path / "out", jobs=2, progress=lambda *event: seen.append(event))
    for name in RESULTS:
        assert (tmp_path / "out" / name).read_bytes() == (embedded / name).read_bytes()
    assert result.counts == {"measured": 5, "rejected": 0, "failed": 1}
    assert [scan.image_id for scan in result.not_measured] == ["broken"]
    assert sorted(done for done, _, _, _ in seen) == [1, 2, 3, 4, 5, 6]
    assert {image_id for _, _, image_id, status in seen if status == "failed"} == {"broken"}
    assert Path(result.report).is_file()


def test_the_table_goes_to_pandas_polars_and_pyarrow(scans: Path, embedded: Path) -> None:
    result = hilum.run(scans, embedded)
    assert result.run["this_run"]["done"] == 0, "all was done by the command line"
    written = pandas.read_parquet(embedded / "measurements.parquet")
    pandas.testing.assert_frame_equal(result.to_pandas(), written)
    table = pyarrow.table(result.table)
    assert table.column_names == result.table.columns and table.num_rows == len(result.table) == 6
    assert b"unit" in table.schema.field("lung_area_mm2").metadata
    assert polars.DataFrame(result.table).equals(polars.read_parquet(embedded / "measurements.parquet"))


def test_what_makes_no_sense_is_said_in_the_words_of_the_command_line(tmp_path: Path, scans: Path) -> None:
    with pytest.raises(hilum.HilumError, match="there is nothing at"):
        hilum.run(tmp_path / "gone", tmp_path / "out")
    with pytest.raises(hilum.WrongUseError, match="both the input and the output"):
        hilum.run(scans, scans)
    (tmp_path / "list.csv").write_text("name,uri\na,b\n")
    with pytest.raises(hilum.WrongUseError, match="has no column image_id"):
        hilum.run(tmp_path / "list.csv", tmp_path / "out")
    with pytest.raises(TypeError):
        hilum.run(scans, tmp_path / "out", endpont="http://localhost")


def test_an_error_of_the_progress_function_stops_the_run(scans: Path, tmp_path: Path) -> None:
    def complain(*_: object) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        hilum.run(scans, tmp_path / "out", jobs=1, progress=complain)
    result = hilum.run(scans, tmp_path / "out")
    assert sum(result.counts.values()) == 6


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C as in a terminal: who starts tests in the background of a shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_stops_and_the_same_call_goes_on(scans: Path, embedded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        hilum.run(scans, out, jobs=1, progress=lambda *_: signal.raise_signal(signal.SIGINT))
    assert not (out / "measurements.csv").exists()
    result = hilum.run(scans, out)
    assert result.run["this_run"]["kept"] > 0
    assert (out / "measurements.csv").read_bytes() == (embedded / "measurements.csv").read_bytes()


@pytest.mark.usefixtures("heard")
def test_ctrl_c_is_heard_while_scans_are_measured(scans: Path, tmp_path: Path) -> None:
    threading.Timer(0.05, signal.raise_signal, (signal.SIGINT,)).start()
    with pytest.raises(KeyboardInterrupt):
        for number in range(200):
            hilum.run(scans, tmp_path / str(number), jobs=1)


def test_the_native_module_holds_what_its_stub_says() -> None:
    import ast

    from hilum import _hilum

    stub = ast.parse((Path(hilum.__file__).parent / "_hilum.pyi").read_text())
    classes = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    functions = {node.name for node in stub.body if isinstance(node, ast.FunctionDef)}
    native = {name for name in vars(_hilum) if not name.startswith("_")}
    assert native == set(classes) | functions
    for name, node in classes.items():
        members = {member.name for member in node.body if isinstance(member, ast.FunctionDef)}
        own = {member for member in vars(getattr(_hilum, name)) if not member.startswith("__")}
        assert own == {member for member in members if not member.startswith("__")}, name
    assert _hilum.__version__ in subprocess.run(
        [os.environ["HILUM_PROGRAM"], "--version"], capture_output=True, text=True, check=True
    ).stdout
