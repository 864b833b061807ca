"""Logistic regressions with a squared penalty, by scikit-learn.

Written to tests/oracle/evaluate/logistic.json: few and many features, more features than cases, features that hang
together, classes apart, two to four classes, strong and weak penalties.
"""

import json
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

OUT = Path(__file__).resolve().parents[3] / "tests" / "oracle" / "evaluate" / "logistic.json"


def samples() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Features and truth."""
    rng = np.random.default_rng(20261123)

    def drawn(n: int, features: int, classes: int, skill: float) -> tuple[np.ndarray, np.ndarray]:
        truth = rng.integers(0, classes, n)
        truth[:classes] = range(classes)
        x = rng.normal(0, 1, (n, features))
        x[:, 0] += skill * truth
        return np.round(x, 3), truth

    together, truth = drawn(60, 3, 2, 1.0)
    apart, apart_truth = drawn(24, 2, 2, 9.0)
    return {
        "plain": drawn(80, 4, 2, 0.8),
        "wide": drawn(20, 35, 2, 0.5),
        "together": (np.column_stack([together, together[:, :1] * 2 + 0.001 * together[:, 1:2]]), truth),
        "apart": (apart, apart_truth),
        "three": drawn(70, 3, 3, 0.9),
        "four-wide": drawn(24, 30, 4, 0.7),
    }


def main() -> None:
    """Writes one line a fit."""
    warnings.simplefilter("error")
    cases = []
    for name, (x, truth) in samples().items():
        classes = int(truth.max()) + 1
        for c in (0.01, 1.0, 10.0):
            # Newton's method in both: lbfgs stops where its line search sees no more gain.
            solver = "newton-cholesky" if classes == 2 else "newton-cg"
            model = LogisticRegression(C=c, tol=1e-10, max_iter=10_000, solver=solver)
            model.fit(x, truth)
            cases.append({
                "name": f"{name}, C {c}", "classes": classes, "c": c, "features": x.tolist(), "truth": truth.tolist(),
                "weights": model.coef_.tolist(), "probabilities": model.predict_proba(x).tolist(),
            })
    made_by = {"python": platform.python_version()} | {p: version(p) for p in ("numpy", "scikit-learn")}
    rows = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
    head = f'{{\n "script": "tools/oracle/evaluate/logistic.py",\n "made_by": {json.dumps(made_by)},\n'
    OUT.write_text(head + f' "cases": [\n{rows}\n ]\n}}\n')
    print(f"{OUT.name}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
