"""Measuring in a child process: a scan that kills it costs the child, not the executor and not the other scans."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

from .. import HilumError, spread
from ..spread import Worker


class ChildDied(Exception):
    """The child ended before it answered."""


class Child:
    """A process that measures one task after the other."""

    def __init__(self, settings: str) -> None:
        package = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join([package, *filter(None, sys.path)])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hilum.spark.child", settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )

    def measure(self, task: str) -> str:
        """The row of a task, as text.

        :raises ChildDied: if the process ended, and how.
        :raises HilumError: if the output cannot be written, which no other scan would fare better with.
        """
        try:
            self._process.stdin.write(task.encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
        if not answer.endswith(b"\n"):
            raise ChildDied(_how_it_ended(self._process.wait()))
        said = json.loads(answer)
        if "error" in said:
            raise HilumError(said["error"])
        return said["row"]

    def close(self) -> None:
        """Lets the process end, and waits for it."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class Measurer:
    """Measures tasks in a child that is replaced when it dies, and gives up a scan that kills several."""

    def __init__(self, settings: str) -> None:
        self._settings = settings
        self._attempts: int = json.loads(settings)["attempts"]
        self._child: Optional[Child] = None

    def measure(self, task: str) -> str:
        """The row of a task, as text; that of a scan that killed each child says so."""
        for _ in range(self._attempts):
            if self._child is None:
                self._child = Child(self._settings)
            try:
                return self._child.measure(task)
            except ChildDied as death:
                self._child = None
                ended = str(death)
        reason = (
            f"it killed each process that measured it, {self._attempts} times, the last {ended}: "
            "it may need more memory than there is, or be made to break its reader"
        )
        return worker(self._settings).give_up(task, reason)

    def close(self) -> None:
        """Ends the child."""
        if self._child is not None:
            self._child.close()


def worker(settings: str) -> Worker:
    """A worker in this process."""
    given: dict[str, Any] = json.loads(settings)
    return spread.worker(given["out"], **given["workers"])


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"


_measurers: dict[str, Measurer] = {}


def measurer(settings: str) -> Measurer:
    """The measurer of this process, which outlives a task where Spark keeps its Python workers."""
    if settings not in _measurers:
        _measurers[settings] = Measurer(settings)
        atexit.register(_measurers[settings].close)
    return _measurers[settings]
