"""Fills fuzz/corpus/nifti_open with the small files of tests/oracle/nifti, for the fuzzer to start from."""

import json
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "fuzz" / "corpus" / "nifti_open"

CORPUS.mkdir(parents=True, exist_ok=True)
cases = json.loads((ROOT / "tests" / "oracle" / "nifti" / "files.json").read_text())["cases"]
for number, case in enumerate(cases):
    for name, content in case["files"].items():
        (CORPUS / f"{number:03}-{name}").write_bytes(zlib.decompress(bytes.fromhex(content)))
print(f"{len(list(CORPUS.iterdir()))} files in {CORPUS}")
