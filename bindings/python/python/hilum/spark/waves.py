"""How tasks are put together: one large scan a partition, small ones together, and so many partitions a wave."""

from __future__ import annotations

from typing import Iterator, NamedTuple


class Task(NamedTuple):
    """One scan to be measured."""

    text: str
    """What a worker needs to know of it."""
    bytes: int
    """How large the scan is."""


def grouped(tasks: list[Task], group_bytes: int) -> list[list[str]]:
    """Puts neighbours together up to `group_bytes`: Spark takes its time for a partition, however small the scan."""
    groups: list[list[str]] = []
    room = 0
    for task in tasks:
        if not groups or task.bytes > room:
            groups.append([])
            room = group_bytes
        groups[-1].append(task.text)
        room -= task.bytes
    return groups


def waves(groups: list[list[str]], per_wave: int) -> Iterator[list[list[str]]]:
    """Cuts the groups into waves, in their order."""
    for start in range(0, len(groups), per_wave):
        yield groups[start : start + per_wave]
