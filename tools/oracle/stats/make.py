"""Samples of two and more classes, and what SciPy, scikit-learn and statsmodels say of them.

Written to tests/oracle/stats/statistics.json. Nothing here comes from a patient: the samples are drawn by code.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from confidenceinterval import roc_auc_score as delong_interval
from scipy import stats
from sklearn.metrics import accuracy_score, balanced_accuracy_score, recall_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from statsmodels.stats.multitest import multipletests

OUT = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "stats" / "statistics.json"
PACKAGES = ["numpy", "scipy", "scikit-learn", "statsmodels", "confidenceinterval"]
FOLDS = 5


def pairs_of_samples() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Positive and negative class: with and without ties, small and large, upside down, apart."""
    rng = np.random.default_rng(20261123)
    return {
        "three-and-three": (np.array([4.0, 2.5, 9.0]), np.array([1.0, 3.0, 0.5])),
        "eight-and-twelve": (rng.normal(1, 1, 8), rng.normal(0, 1, 12)),
        "two-and-forty": (rng.normal(1, 1, 2), rng.normal(0, 1, 40)),
        "nine-and-ten": (rng.normal(0.5, 1, 9), rng.normal(0, 1, 10)),
        "five-and-six-with-ties": (np.array([1, 2, 2, 3, 3.0]), np.array([0, 1, 1, 2, 0, 2.0])),
        "ratios": (rng.lognormal(2.2, 0.7, 120), rng.lognormal(1.4, 0.5, 80)),
        "ratios-in-tenths": (np.round(rng.lognormal(2, 0.8, 55), 1), np.round(rng.lognormal(1.5, 0.6, 40), 1)),
        "whole-numbers": (rng.integers(0, 6, 60).astype(float), rng.integers(0, 5, 90).astype(float)),
        "lower-is-positive": (rng.normal(-1, 1, 70), rng.normal(0, 1.5, 33)),
        "no-difference": (rng.normal(0, 1, 45), rng.normal(0, 1, 44)),
        "far-apart": (rng.normal(12, 1, 400), rng.normal(6, 1, 300)),
        "apart": (np.linspace(5, 9, 11), np.linspace(1, 4, 13)),
    }


def delong_variance(positive: np.ndarray, negative: np.ndarray) -> float:
    """DeLong, DeLong and Clarke-Pearson 1988, from the kernel over all pairs."""
    kernel = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    return kernel.mean(axis=1).var(ddof=1) / len(positive) + kernel.mean(axis=0).var(ddof=1) / len(negative)


def answers(values: np.ndarray, threshold: float, above: bool) -> np.ndarray:
    """True where the rule says 'positive'."""
    return (values >= threshold) == above


def best_rule(values: np.ndarray, truth: np.ndarray, criterion: str) -> tuple[float, bool]:
    """Every cut between neighbours, both ways; the lowest of equally good ones, above before below."""
    distinct = np.unique(values)
    score = accuracy_score if criterion == "accuracy" else balanced_accuracy_score
    best = None
    for threshold in (distinct[:-1] + distinct[1:]) / 2:
        for above in (True, False):
            worth = score(truth, answers(values, threshold, above))
            # Scores are ratios: equal ones may differ in their last bits.
            if best is None or worth > best[0] + 1e-12:
                best = (worth, float(threshold), above)
    return best[1], best[2]


def rule(values: np.ndarray, truth: np.ndarray, criterion: str) -> dict:
    """The best rule in-sample, and what it says of folds that it was not chosen on."""
    threshold, above = best_rule(values, truth, criterion)
    said = answers(values, threshold, above)
    result = {
        "threshold": threshold,
        "positive_is_above": above,
        "accuracy": accuracy_score(truth, said),
        "sensitivity": recall_score(truth, said),
        "specificity": recall_score(~truth, ~said),
        "balanced_accuracy": balanced_accuracy_score(truth, said),
    }
    if min(truth.sum(), (~truth).sum()) >= FOLDS:
        folds = np.zeros(len(values), int)
        held_back = np.zeros(len(values), bool)
        splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        for fold, (kept, back) in enumerate(splitter.split(values, truth)):
            folds[back] = fold
            held_back[back] = answers(values[back], *best_rule(values[kept], truth[kept], criterion))
        result |= {"folds": folds.tolist(), "held_back": held_back.astype(int).tolist()}
    return result


def two_classes(name: str, positive: np.ndarray, negative: np.ndarray) -> dict:
    """Everything about two classes."""
    values = np.concatenate([positive, negative])
    truth = np.arange(len(values)) < len(positive)
    area = roc_auc_score(truth, values)
    error = float(np.sqrt(delong_variance(positive, negative)))
    low, high = max(area - stats.norm.ppf(0.975) * error, 0), min(area + stats.norm.ppf(0.975) * error, 1)
    if error > 0:
        theirs = delong_interval(truth.tolist(), values.tolist(), confidence_level=0.95)[1]
        assert np.allclose(np.clip(theirs, 0, 1), (low, high), atol=1e-6), (name, theirs, low, high)
    test = stats.mannwhitneyu(positive, negative, alternative="two-sided", method="auto")
    return {
        "name": name,
        "positive": positive.tolist(),
        "negative": negative.tolist(),
        "auc": area,
        "standard_error": error,
        "interval": [low, high] if error > 0 else None,
        "u": float(test.statistic),
        "p": float(test.pvalue),
        "cliffs_delta": float(np.sign(positive[:, None] - negative[None, :]).mean()),
        "quartiles": np.quantile(positive, [0.25, 0.5, 0.75]).tolist(),
        "mean": float(np.mean(positive)),
        "standard_deviation": float(np.std(positive, ddof=1)),
        "rules": {c: rule(values, truth, c) for c in ("accuracy", "youden")},
    }


def several_classes() -> list[dict]:
    """scipy.stats.kruskal for two to seven classes, p from 1 to tiny."""
    rng = np.random.default_rng(7)
    result = []
    for classes in range(2, 8):
        for shift in (0.0, 0.4, 3.0):
            samples = [np.round(rng.normal(i * shift, 1, rng.integers(3, 30)), 2) for i in range(classes)]
            test = stats.kruskal(*samples)
            result.append({"classes": [s.tolist() for s in samples], "h": float(test.statistic), "p": float(test.pvalue)})
    return result


def adjusted() -> list[dict]:
    """statsmodels' Holm."""
    rng = np.random.default_rng(8)
    lists = [[0.04], [0.01, 0.04, 0.03], [0.5, 0.5, 0.9, 1.0], rng.uniform(0, 0.2, 12).tolist(), [1e-40, 0.2, 1e-3]]
    return [{"p": p, "holm": multipletests(p, method="holm")[1].tolist()} for p in lists]


def bootstrapped() -> dict:
    """Percentile interval of a mean over clusters of one to four, by drawing clusters with scipy.stats.bootstrap."""
    rng = np.random.default_rng(9)
    counts = rng.integers(1, 5, 90)
    sums = np.array([rng.binomial(n, 0.4 + 0.4 * (i % 2)) for i, n in enumerate(counts)], float)
    interval = stats.bootstrap(
        (sums, counts.astype(float)),
        lambda s, n, axis=-1: s.sum(axis) / n.sum(axis),
        paired=True, vectorized=True, n_resamples=200_000, method="percentile", rng=rng,
    ).confidence_interval
    return {"sums": sums.tolist(), "counts": counts.tolist(), "interval": [float(interval.low), float(interval.high)]}


def main() -> None:
    """Writes one line a sample."""
    made_by = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    groups = {
        "two_classes": [two_classes(name, *samples) for name, samples in pairs_of_samples().items()],
        "several_classes": several_classes(),
        "adjusted": adjusted(),
        "bootstrap": [bootstrapped()],
    }
    lines = [f' "made_by": {json.dumps(made_by)}']
    for group, cases in groups.items():
        rows = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
        lines.append(f' "{group}": [\n{rows}\n ]')
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text('{\n "script": "tools/oracle/stats/make.py",\n' + ",\n".join(lines) + "\n}\n")
    print(f"{OUT.name}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
