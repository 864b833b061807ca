"""Writes tests/oracle/explain/lime.json: what the lime package makes of the answers of a classifier whose formula is known.

The pictures are those of tests/oracle/sift, their pieces those of tests/oracle/superpixels; neither is needed to read the vector: the
linear model sees only which pieces were shown, and what the classifier said.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from lime import lime_image
from PIL import Image
from skimage.color import gray2rgb

ORACLE = Path(__file__).resolve().parents[3] / "tests" / "oracle"
TARGET = ORACLE / "explain"
CASES = [("minmax1", 50), ("minmax1", 400), ("window2", 300)]
PACKAGES = ("lime", "numpy", "scikit-learn")


def stand_in(shape):
    """Answers that are nearly linear in what is shown: a logistic of the mean under a bump, off the middle."""
    rows, cols = np.mgrid[: shape[0], : shape[1]] / np.array(shape)[:, None, None]
    bump = np.exp(-((rows - 0.35) ** 2 + (cols - 0.6) ** 2) / 0.02)

    def classify(pictures):
        means = (pictures[..., 0] / 255 * bump).sum((1, 2)) / bump.sum()
        chance = 1 / (1 + np.exp(3 - 8 * means))
        return np.stack([1 - chance, chance], 1)

    return classify


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    cases = []
    for name, samples in CASES:
        picture = gray2rgb(np.asarray(Image.open(ORACLE / "sift" / f"{name}.png")))
        pieces = np.asarray(Image.open(ORACLE / "superpixels" / f"{name}.png")).astype(int)
        explainer = lime_image.LimeImageExplainer(random_state=0)
        seen = {}
        original = explainer.data_labels

        def data_labels(*arguments, **named):
            seen["data"], seen["labels"] = original(*arguments, **named)
            return seen["data"], seen["labels"]

        explainer.data_labels = data_labels
        explanation = explainer.explain_instance(
            picture,
            stand_in(picture.shape[:2]),
            labels=(1,),
            top_labels=None,
            hide_color=0,
            num_samples=samples,
            segmentation_fn=lambda _: pieces,
        )
        weights = dict(explanation.local_exp[1])
        cases.append(
            {
                "picture": name,
                "pieces": int(pieces.max()) + 1,
                "shown": ["".join(str(int(bit)) for bit in row) for row in seen["data"]],
                "answers": [float(p) for p in seen["labels"][:, 1]],
                "weights": [float(weights[i]) for i in range(len(weights))],
                "intercept": float(explanation.intercept[1]),
                "r2": float(explanation.score),
                "whole": float(np.ravel(explanation.local_pred)[0]),
                "strongest": [int(f) for f, _ in explanation.local_exp[1][:10]],
            }
        )
    made_by = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    (TARGET / "lime.json").write_text(json.dumps({"made_by": made_by, "cases": cases}, indent=0) + "\n")


if __name__ == "__main__":
    main()
