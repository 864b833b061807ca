"""Models: what they say of pictures and scans, and what they go by."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

from . import _hilum
from ._arguments import Place
from ._hilum import Table


class Predictions(NamedTuple):
    """What a model said."""

    table: Table
    """One row a case: an answer with its probabilities, or the reason why there is none."""
    classes: list[str]
    """Of two the last one is to be found."""
    threshold: Optional[float]
    """The probability of the last of two classes at which it is the answer."""
    weights: str
    """The beginning of the hash of the model's weights."""


def predict(
    model: Place,
    input: Place,
    *,
    out: Optional[Place] = None,
    scans: Optional[Place] = None,
    device: str = "cpu",
    jobs: Optional[int] = None,
) -> Predictions:
    """Lets a model say of pictures or scans what class they are of.

    :param model: a folder that ``hilum train`` wrote.
    :param input: a picture, a scan, a folder of them, a manifest, or the output folder of a run.
    :param out: where the table is written, too.
    :param scans: what a run measured, for models of neighbouring slices.
    """
    said = _hilum.predict(model, input, out=out, scans=scans, device=device, jobs=jobs)
    return Predictions(said["table"], said["classes"], said["threshold"], said["weights"])


def explain(
    model: Place,
    input: Place,
    out: Place,
    *,
    method: str = "lime",
    samples: Optional[int] = None,
    seed: int = 0,
    segments: str = "quickshift",
    hide: str = "mean",
    features: int = 10,
    class_name: Optional[str] = None,
    per_class: int = 10,
    checked: int = 2,
    repeats: int = 3,
    scans: Optional[Place] = None,
    device: str = "cpu",
) -> dict[str, Any]:
    """Says what a model goes by, and whether that can be believed; tables, figures and maps go to ``out``.

    :param method: ``lime``, ``grad-cam``, ``rise`` or ``occlusion``.
    :param segments: what LIME hides: ``quickshift``, ``slic``, ``lung-thirds`` or ``grid``.
    :param hide: what is seen in its place: ``mean`` or ``black``.
    :returns: what explanation.json says: a judgement, and the checks of every case.
    """
    how = {
        "method": method,
        "samples": samples,
        "seed": seed,
        "segments": segments,
        "hide": hide,
        "features": features,
        "class_name": class_name,
        "per_class": per_class,
        "checked": checked,
        "repeats": repeats,
    }
    return _hilum.explain(model, input, out, how, scans=scans, device=device)
