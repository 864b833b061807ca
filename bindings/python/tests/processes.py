"""Processes that a test started, however deep, by what /proc says of them."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Callable, Iterator


def _parent(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def descendants(words: str) -> Iterator[int]:
    """Processes below this one whose command line holds `words`."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            pid = int(folder.name)
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            ancestor = pid
            while ancestor not in (0, 1, os.getpid()):
                ancestor = _parent(ancestor)
        except (OSError, ValueError):
            continue  # It has ended meanwhile.
        if words in command and ancestor == os.getpid() and pid != os.getpid():
            yield pid


def reads(pid: int, name: str) -> bool:
    """Whether the process has a file of this name open or in its memory."""
    try:
        if name in Path(f"/proc/{pid}/maps").read_text():
            return True
        return any(name in os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def child_reads(pid: int, words: str, name: str) -> bool:
    """Whether a process below `pid` whose command line holds `words` has a file of this name open."""
    for child in descendants(words):
        try:
            ancestor = child
            while ancestor not in (0, 1, pid):
                ancestor = _parent(ancestor)
        except (OSError, ValueError):
            continue
        if ancestor == pid and reads(child, name):
            return True
    return False


class Killer:
    """Kills processes below this one, again and again, until it is left."""

    def __init__(self, words: str, which: Callable[[int], bool], most: int = 1000) -> None:
        self.killed: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(words, which, most))

    def _watch(self, words: str, which: Callable[[int], bool], most: int) -> None:
        while len(self.killed) < most and not self._over.wait(0.002):
            for pid in descendants(words):
                if len(self.killed) < most and pid not in self.killed and which(pid):
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(pid)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
