"""Predictions of two and three classes, and what scikit-learn says of them.

Written to tests/oracle/evaluate/evaluation.json. Nothing here comes from a patient: the predictions are drawn by code.
"""

import json
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics
from sklearn.calibration import calibration_curve

OUT = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "evaluate" / "evaluation.json"
PACKAGES = ["numpy", "scipy", "scikit-learn"]
BINS = 10
SPECIFICITY = 0.9


def binary_samples() -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """Truth, probability of the positive class, threshold: smooth, tied, rare, perfect, upside down, saturated."""
    rng = np.random.default_rng(20261123)

    def drawn(n: int, share: float, skill: float) -> tuple[np.ndarray, np.ndarray]:
        truth = (rng.random(n) < share).astype(int)
        truth[:2] = [0, 1]
        return truth, special.expit(rng.normal(skill * (truth - 0.5), 1.0))

    tied, in_tenths = drawn(150, 0.4, 1.5)
    steps, in_thirds = drawn(90, 0.5, 2.0)
    return {
        "smooth": (*drawn(203, 0.48, 2.0), 0.5),
        "tenths": (tied, np.round(in_tenths, 1), 0.4),
        "three-values": (steps, np.round(in_thirds * 2) / 2, 0.5),
        "rare": (*drawn(300, 0.04, 1.2), 0.3),
        "no-skill": (*drawn(118, 0.5, 0.0), 0.5),
        "upside-down": (*drawn(60, 0.5, -2.0), 0.5),
        "all-equal": (np.array([0, 1, 1, 0, 1]), np.full(5, 0.25), 0.5),
        "perfect": (np.repeat([0, 1], 12), np.linspace(0.01, 0.99, 24), 0.5),
        "saturated": (np.array([0, 0, 1, 1, 0, 1]), np.array([0.0, 1.0, 1.0, 0.0, 0.0, 1.0]), 0.5),
        "two-cases": (np.array([0, 1]), np.array([0.6, 0.7]), 0.65),
        "on-the-edges": (np.array([0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1]), np.arange(11) / 10, 0.5),
    }


def multiclass_samples() -> dict[str, np.ndarray]:
    """Truth and logits of three and four classes, one with ties."""
    rng = np.random.default_rng(3)
    result = {}
    for name, n, classes, skill in [("three", 240, 3, 1.6), ("three-small", 30, 3, 0.8), ("four", 160, 4, 1.0)]:
        truth = rng.integers(0, classes, n)
        truth[:classes] = range(classes)
        logits = rng.normal(0, 1, (n, classes))
        logits[np.arange(n), truth] += skill
        result[name] = (truth, special.softmax(logits, axis=1))
    truth, p = result["three"]
    coarse = np.round(p * 4) + 0.25
    result["three-tied"] = (truth, coarse / coarse.sum(axis=1, keepdims=True))
    return result


def at_specificity(truth: np.ndarray, score: np.ndarray, weights: np.ndarray) -> float:
    """The largest sensitivity of the ROC points whose specificity is reached."""
    fpr, tpr, _ = metrics.roc_curve(truth, score, sample_weight=weights, drop_intermediate=False)
    return float(tpr[fpr <= 1 - SPECIFICITY + 1e-9].max())


def bins_of(happened: np.ndarray, p: np.ndarray, weights: np.ndarray) -> tuple[list, float]:
    """Reliability by bins that hold their upper edge; scikit-learn's curve must agree where cases weigh alike."""
    number = np.searchsorted((np.arange(BINS + 1) / BINS)[1:-1], p)
    rows, error = [], 0.0
    for n in range(BINS):
        inside = (number == n) & (weights > 0)
        if inside.any():
            said, was = np.average(p[inside], weights=weights[inside]), np.average(happened[inside], weights=weights[inside])
            rows.append([int(weights[inside].sum()), float(said), float(was)])
            error += weights[inside].sum() / weights.sum() * abs(said - was)
        else:
            rows.append([0, None, None])
    return rows, float(error)


def binary_measures(truth: np.ndarray, p: np.ndarray, threshold: float, weights: np.ndarray) -> dict:
    """Every measure of two classes."""
    said = (p >= threshold).astype(int)
    w = {"sample_weight": weights}
    bins, ece = bins_of(truth, p, weights)
    return {
        "auc": metrics.roc_auc_score(truth, p, **w),
        "pr_auc": metrics.average_precision_score(truth, p, **w),
        "accuracy": metrics.accuracy_score(truth, said, **w),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, said, **w),
        "f1": metrics.f1_score(truth, said, zero_division=0.0, **w),
        "sensitivity": metrics.recall_score(truth, said, **w),
        "specificity": metrics.recall_score(truth, said, pos_label=0, **w),
        "sensitivity_at_specificity": at_specificity(truth, p, weights),
        "brier": metrics.brier_score_loss(truth, p, **w),
        "log_loss": metrics.log_loss(truth, p, labels=[0, 1], **w),
        "ece": ece,
        "confusion": metrics.confusion_matrix(truth, said, labels=[0, 1], **w).astype(int).tolist(),
        "bins": bins,
    }


def curves(truth: np.ndarray, p: np.ndarray) -> dict:
    """ROC and precision-recall, every threshold kept."""
    fpr, tpr, _ = metrics.roc_curve(truth, p, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(truth, p)
    # scikit-learn goes from the lowest threshold up and ends with the made-up point (recall 0, precision 1).
    points = np.column_stack([recall, precision])[:-1][::-1]
    return {"roc": np.column_stack([fpr, tpr]).tolist(), "precision_recall": points.tolist()}


def multiclass_measures(truth: np.ndarray, p: np.ndarray, weights: np.ndarray) -> dict:
    """Every measure of three classes and more: macro one-vs-rest."""
    classes = range(p.shape[1])
    answer = p.argmax(axis=1)
    w = {"sample_weight": weights}
    one_hot = np.eye(p.shape[1], dtype=int)[truth]
    bins, ece = bins_of((answer == truth).astype(int), p.max(axis=1), weights)
    rest = [metrics.recall_score(truth != c, answer != c, **w) for c in classes]
    return {
        "auc": metrics.roc_auc_score(truth, p, multi_class="ovr", average="macro", **w),
        "pr_auc": metrics.average_precision_score(one_hot, p, average="macro", **w),
        "accuracy": metrics.accuracy_score(truth, answer, **w),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, answer, **w),
        "f1": metrics.f1_score(truth, answer, average="macro", zero_division=0.0, **w),
        "sensitivity": metrics.recall_score(truth, answer, average="macro", **w),
        "specificity": float(np.mean(rest)),
        "sensitivity_at_specificity": float(np.mean([at_specificity(truth == c, p[:, c], weights) for c in classes])),
        "brier": metrics.brier_score_loss(truth, p, scale_by_half=False, **w),
        "log_loss": metrics.log_loss(truth, p, **w),
        "ece": ece,
        "confusion": metrics.confusion_matrix(truth, answer, **w).astype(int).tolist(),
        "bins": bins,
    }


def binary() -> list[dict]:
    """All two-class samples, each plain and with weights, as a bootstrap draw gives them."""
    rng = np.random.default_rng(4)
    result = []
    for name, (truth, p, threshold) in binary_samples().items():
        ones = np.ones(len(truth), int)
        plain = binary_measures(truth, p, threshold, ones)
        observed, said = calibration_curve(truth, p, n_bins=BINS)
        filled = [row for row in plain["bins"] if row[0]]
        if name != "on-the-edges":  # linspace's edges 0.3, 0.6, 0.7 differ from n / 10 in their last bit
            assert np.allclose([row[1:] for row in filled], np.column_stack([said, observed])), name
        case = {"name": name, "truth": truth.tolist(), "p": p.tolist(), "threshold": threshold, "plain": plain}
        weights = rng.integers(0, 4, len(truth))
        if len(set(truth[weights > 0])) == 2:
            case |= {"weights": weights.tolist(), "weighted": binary_measures(truth, p, threshold, weights)}
        result.append(case | {"curves": curves(truth, p)})
    return result


def multiclass() -> list[dict]:
    """All samples of more classes, plain and with weights."""
    rng = np.random.default_rng(5)
    result = []
    for name, (truth, p) in multiclass_samples().items():
        weights = rng.integers(0, 3, len(truth))
        case = {"name": name, "truth": truth.tolist(), "p": p.tolist()}
        case["plain"] = multiclass_measures(truth, p, np.ones(len(truth), int))
        assert set(truth[weights > 0]) == set(truth)
        result.append(case | {"weights": weights.tolist(), "weighted": multiclass_measures(truth, p, weights)})
    return result


def temperatures() -> list[dict]:
    """The best temperature by SciPy's bounded minimiser, of one logit and of several."""
    rng = np.random.default_rng(6)
    result = []
    for classes, n, scale in [(2, 118, 3.0), (2, 60, 0.4), (3, 200, 2.0), (4, 90, 1.0)]:
        truth = rng.integers(0, classes, n)
        logits = rng.normal(0, 1, (n, classes))
        logits[np.arange(n), truth] += 1.0
        logits *= scale

        def loss(log_t: float) -> float:
            return float(-special.log_softmax(logits / np.exp(log_t), axis=1)[np.arange(n), truth].mean())

        best = optimize.minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded", options={"xatol": 1e-12})
        given = (logits[:, 1:] - logits[:, :1]) if classes == 2 else logits
        result.append({"truth": truth.tolist(), "logits": given.tolist(), "temperature": float(np.exp(best.x)),
                       "log_loss_before": loss(0.0), "log_loss_after": float(best.fun)})
    return result


def intervals() -> list[dict]:
    """Percentile intervals over drawn groups within their class: SciPy cannot stratify, so the draws are numpy's."""
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(90), rng.integers(1, 5, 90))
    truth = (groups % 2).astype(int)
    patient = rng.normal(0, 0.8, 90)
    p = special.expit(rng.normal(1.2 * (truth - 0.5), 0.6) + patient[groups])
    members = [np.flatnonzero(groups == g) for g in range(90)]
    found = []
    for _ in range(20_000):
        chosen = np.concatenate([rng.choice(np.arange(c, 90, 2), 45) for c in (0, 1)])
        rows = np.concatenate([members[g] for g in chosen])
        t, q = truth[rows], p[rows]
        ranks = stats.rankdata(q)
        positives = t.sum()
        auc = (ranks[t == 1].sum() - positives * (positives + 1) / 2) / positives / (len(t) - positives)
        found.append((auc, np.mean((q >= 0.5) == t), np.mean(q[t == 1] >= 0.5), np.mean((q - t) ** 2)))
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    names = ["auc", "accuracy", "sensitivity", "brier"]
    return [{"groups": groups.tolist(), "truth": truth.tolist(), "p": p.tolist(),
             "intervals": {n: [lo, hi] for n, lo, hi in zip(names, low.tolist(), high.tolist())}}]


def main() -> None:
    """Writes one line a sample."""
    warnings.simplefilter("error")
    made_by = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    groups = {"binary": binary(), "multiclass": multiclass(), "temperatures": temperatures(), "intervals": intervals()}
    lines = [f' "made_by": {json.dumps(made_by)}', f' "specificity": {SPECIFICITY}']
    for group, cases in groups.items():
        rows = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
        lines.append(f' "{group}": [\n{rows}\n ]')
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text('{\n "script": "tools/oracle/evaluate/make.py",\n' + ",\n".join(lines) + "\n}\n")
    print(f"{OUT.name}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
