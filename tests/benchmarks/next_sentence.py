"""Do targets that nobody measured help: what is said next, as an encoder has it?

Run from the repository's root, with the folder of MELD::

    python tests/benchmarks/next_sentence.py --meld MELD --cache CACHE \\
        --json docs/benchmarks/next_sentence.json

The auxiliary targets of every talkturn, labelled or not, are the first four principal
coordinates of `minilm_l6`'s sentence vector of the talkturn after it. 200 labels of
MELD's training list, scored on a fifth of its conversations that was left out; the
development list is not touched. ``without`` is `conversation_pipeline` as it is,
``next`` has the targets, ``next, not read`` has them with ``direct_measured=False``.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np
from baselines import Sentences
from labelled_corpora import draw_labels, is_label, read_corpus
from sklearn.decomposition import PCA
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from hanrock_sk import AuxiliaryTargets, conversation_pipeline
from hanrock_sk.text import minilm_l6

LABELS, COORDINATES = 200, 4
NAMES = [f"next_sentence_{k}" for k in range(1, COORDINATES + 1)]
SETTINGS = {
    "without": {},
    "next": {"targets": AuxiliaryTargets(prosody=NAMES)},
    "next, not read": {
        "targets": AuxiliaryTargets(prosody=NAMES),
        "model__direct_measured": False,
    },
}


def next_coordinates(vectors: np.ndarray, conversation: np.ndarray) -> np.ndarray:
    """Return the coordinates of the talkturn after each; a conversation's last: NaN."""
    coordinates = PCA(COORDINATES, random_state=0).fit_transform(vectors)
    after = np.full(coordinates.shape, np.nan)
    goes_on = conversation[1:] == conversation[:-1]
    after[:-1][goes_on] = coordinates[1:][goes_on]
    return after


def main() -> None:
    """Run all settings on the same draws, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--meld", required=True, help="its folder")
    parser.add_argument("--cache", help="folder for the encoder's vectors")
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    X, y = read_corpus("meld", options.meld)[0]
    vectors = Sentences(options.cache)(X["text"].tolist())
    folds = list(GroupKFold(5).split(X, groups=X["conversation"]))
    results = []
    for draw in range(options.draws):
        train, test = folds[draw % 5]
        table, new = X.iloc[train].reset_index(drop=True), X.iloc[test]
        after = next_coordinates(vectors[train], table["conversation"].to_numpy())
        table[NAMES], new = after, new.assign(**dict.fromkeys(NAMES, np.nan))
        labels, told = draw_labels(table, y[train], LABELS, draw), is_label(y[test])
        for name, params in SETTINGS.items():
            pipeline = conversation_pipeline(
                embeddings=minilm_l6(cache=options.cache), calibrate=False,
                random_state=draw,
            ).set_params(**params)  # fmt: skip
            predicted = pipeline.fit(table, labels).predict(new)[told].astype(str)
            f1 = f1_score(y[test][told].astype(str), predicted, average="weighted")
            results.append({"setting": name, "draw": draw, "weighted_f1": f1})
            print(f"{draw} {name:16}{f1:.3f}", flush=True)
    for name in SETTINGS:
        f1 = [each["weighted_f1"] for each in results if each["setting"] == name]
        print(f"{name:18}{np.mean(f1):.3f}")
    if options.json:
        content = {"date": date.today().isoformat(), "results": results}
        options.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
