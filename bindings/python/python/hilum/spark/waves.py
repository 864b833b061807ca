"""How tasks are put together: several scans a partition, fewer towards the end, and so many partitions a wave.

Spark takes a quarter of a second for a partition, about what a small scan takes. Large partitions make that little, but
at the end leave cores idle that wait for the last one. So each partition takes a share of what is left (guided
self-scheduling; Polychronopoulos and Kuck 1987, doi 10.1109/TC.1987.5009495), and the last ones are small.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple


LEAST_BYTES, LEAST_OF_MANY_BYTES, MOST_BYTES = 64 << 20, 256 << 20, 1 << 30
"""What scans may share a partition: at least in a small and in a large cohort, and at most."""
SHARES = 2
"""A partition takes what is left, divided by so many times the number of cores."""
TO_EVEN_OUT = 8
"""So many of the smallest partitions for each core are enough for all cores to end at about one time."""


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


def tapered(tasks: list[Task], cores: int) -> list[list[str]]:
    """Puts neighbours together up to a share of what is left of the work."""
    left = sum(task.bytes for task in tasks)
    least = min(max(left // (cores * TO_EVEN_OUT), LEAST_BYTES), LEAST_OF_MANY_BYTES)
    groups: list[list[str]] = []
    room = 0
    for task in tasks:
        if not groups or task.bytes > room:
            groups.append([])
            room = min(max(left // (cores * SHARES), least), MOST_BYTES)
        groups[-1].append(task.text)
        room -= task.bytes
        left -= task.bytes
    return groups


def waves(groups: list[list[str]], per_wave: int) -> Iterator[list[list[str]]]:
    """Cuts the groups into waves, in their order."""
    for start in range(0, len(groups), per_wave):
        yield groups[start : start + per_wave]
