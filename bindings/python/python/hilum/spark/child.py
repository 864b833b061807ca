"""The process that measures: a task a line on standard input, an answer a line on standard output."""

from __future__ import annotations

import json
import os
import sys

from .. import HilumError
from .isolated import worker

_FIRST_TO_GO = b"800"
"""Where memory runs out, the kernel takes this process rather than the executor."""


def main() -> None:
    """Answers until standard input ends."""
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        with open("/proc/self/oom_score_adj", "wb", buffering=0) as adjust:
            adjust.write(_FIRST_TO_GO)
    except OSError:
        pass
    here = worker(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = {"row": here.measure(line)}
        except HilumError as error:
            answer = {"error": str(error)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
