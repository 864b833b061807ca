"""Arguments that many functions share, as the native module takes them."""

from __future__ import annotations

import os
from typing import Any, Mapping, Optional, Union

Place = Union[str, "os.PathLike[str]"]


def method(
    recipe: str = "default",
    notebook_dense: Optional[str] = None,
    scout: bool = False,
    dicom_seg: bool = False,
    lungs: Optional[Place] = None,
) -> dict[str, Any]:
    """How scans are measured."""
    return {
        "recipe": recipe,
        "notebook_dense": notebook_dense,
        "scout": scout,
        "dicom_seg": dicom_seg,
        "lungs": None if lungs is None else os.fspath(lungs),
    }


def store(
    no_sign: bool = False,
    endpoint: Optional[str] = None,
    region: Optional[str] = None,
    profile: Optional[str] = None,
) -> dict[str, Any]:
    """How stores are reached."""
    return {"no_sign": no_sign, "endpoint": endpoint, "region": region, "profile": profile}


def cohort(
    input: Place,
    out: Place,
    store: Mapping[str, Any],
    *,
    labels: Optional[Place] = None,
    class_names: Optional[Mapping[str, str]] = None,
    jobs: Optional[int] = None,
    max_memory_bytes: Optional[int] = None,
    retry_failed: bool = False,
) -> dict[str, Any]:
    """What is run."""
    return {
        "input": os.fspath(input),
        "out": os.fspath(out),
        "labels": labels,
        "class_names": dict(class_names or {}),
        "jobs": jobs,
        "max_memory_bytes": max_memory_bytes,
        "retry_failed": retry_failed,
        "store": dict(store),
    }
