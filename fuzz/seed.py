"""Fills fuzz/corpus with what the fuzzers start from: the small files of tests/oracle/nifti, and deflate streams of every kind."""

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

STREAMS = ROOT / "fuzz" / "corpus" / "gzip_members"
STREAMS.mkdir(parents=True, exist_ok=True)
DATA = {
    "ramp": bytes((n * n // 7) % 251 for n in range(900)),
    "steps": b"".join((n // 5 * 37 % 4096).to_bytes(2, "little") for n in range(700)),
    "zeros": bytes(3000),
    "words": b"lung and airway, " * 40,
}
STRATEGIES = {"plain": zlib.Z_DEFAULT_STRATEGY, "fixed": zlib.Z_FIXED, "huffman": zlib.Z_HUFFMAN_ONLY, "runs": zlib.Z_RLE}
for name, data in DATA.items():
    for level in (0, 1, 6, 9):
        for kind, strategy in STRATEGIES.items():
            packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
            (STREAMS / f"{name}-{level}-{kind}").write_bytes(packer.compress(data) + packer.flush())
print(f"{len(list(STREAMS.iterdir()))} files in {STREAMS}")
