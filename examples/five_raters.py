"""What becomes of five raters of known skill, by five ways to combine their labels.

Conversations are made up, so that the truth is known, and rated by five made-up raters
of different skill: graded from 0.8 to 0.4, or two who know their trade and three who
hardly do (``--skills experts``). When one is wrong, they say any label (``--errors
random``), or three of the five say what they say most (``--errors habit``). A network
is trained on each way of combining their labels, the same but for the labels, and
scored on other conversations by the truth. In about fifteen minutes on one core::

    python examples/five_raters.py --errors random

prints a row per seed and the paired differences from the majority.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from paired_interval import COLUMNS, cells
from result_tables import ResultTable

from hanrock_sk import HANRockClassifier, Raters
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import mean_accuracy

RATERS = ("ann", "ben", "cem", "dora", "eve")

SKILLS = {"graded": (0.8, 0.7, 0.6, 0.5, 0.4), "experts": (0.9, 0.8, 0.3, 0.3, 0.3)}
"""How often each rater knows the label; else it is drawn."""

HABITS = {"cem": "neutral", "dora": "neutral", "eve": "happy"}
"""What three of them say most when they do not know."""

METHODS = {
    "majority": {"method": "majority"},
    "majority, ties to the frequent": {"method": "majority", "ties": "frequent"},
    "shares": {"method": "soft", "weights": "equal"},
    "soft": {"method": "soft"},
    "dawid_skene": {"method": "dawid_skene"},
}


def rate(
    truth: np.ndarray,
    random: np.random.Generator,
    errors: str = "random",
    skills: str = "graded",
) -> dict[str, np.ndarray]:
    """Make up what each rater says of each talkturn."""
    classes = np.unique(truth)
    said = {}
    for name, skill in zip(RATERS, SKILLS[skills], strict=True):
        wrong = random.choice(classes, len(truth))
        if errors == "habit" and name in HABITS:
            by_habit = random.random(len(truth)) < 0.6
            wrong = np.where(by_habit, HABITS[name], wrong)
        said[name] = np.where(random.random(len(truth)) < skill, truth, wrong)
    return said


def score_methods(
    seed: int,
    n_conversations: int = 40,
    errors: str = "random",
    skills: str = "graded",
    **params: Any,
) -> dict[str, float]:
    """Train on each way of combining, and score by the truth.

    Parameters
    ----------
    seed : int
        Of talkturns, ratings and networks.
    n_conversations : int, default=40
        To train on, and as many to score on, of 20 talkturns each.
    errors : {"random", "habit"}, default="random"
        What raters say who do not know.
    skills : {"graded", "experts"}, default="graded"
        How often they know.
    **params : object
        Parameters of the classifier.

    Returns
    -------
    scores : dict of str to float
        Mean accuracy (balanced accuracy) of each method on the other conversations.
    """
    X, truth = make_conversations(
        2 * n_conversations, text_signal=0.9, label_noise=0.0, random_state=seed
    )
    X = X[["conversation", "speaker", "text"]]
    to_train = X["conversation"] < n_conversations
    train, test = X[to_train].reset_index(drop=True), X[~to_train]
    said = rate(truth[to_train], np.random.default_rng(seed), errors, skills)
    train = train.assign(**said)
    scores = {}
    for name, how in METHODS.items():
        combined, y = Raters(list(RATERS), **how).combine(train)
        model = HANRockClassifier(
            architecture="han", device="cpu", random_state=seed, **params
        )
        model.fit(combined, y)
        scores[name] = mean_accuracy(truth[~to_train], model.predict(test))
    return scores


AGAINST = {
    "majority": ("shares", "soft", "dawid_skene"),
    "majority, ties to the frequent": ("shares", "soft", "dawid_skene"),
}


def analyse(scores: Mapping[str, Sequence[float]]) -> list[ResultTable]:
    """Tabulate the scores of all seeds, and the paired differences.

    Parameters
    ----------
    scores : mapping of str to sequence of float
        By method, in the order of the seeds.
    """
    means = [[name, f"{np.mean(scores[name]):.3f}"] for name in METHODS]
    rows = [
        [name, majority, *cells(np.subtract(scores[name], scores[majority]))]
        for majority, names in AGAINST.items()
        for name in names
    ]
    n = len(scores["majority"])
    return [
        ResultTable(f"Mean of {n} seeds.", ["labels by", "mean accuracy"], means),
        ResultTable("Paired differences.", ["labels by", "less", *COLUMNS], rows),
    ]


def main() -> None:
    """Print the scores of every seed, and what each method gains."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--conversations", type=int, default=40)
    parser.add_argument("--errors", choices=("random", "habit"), default="random")
    parser.add_argument("--skills", choices=SKILLS, default="graded")
    parser.add_argument("--epochs", type=int, default=None)
    parser.add_argument("--json", type=Path, help="where to write the tables")
    options = parser.parse_args()
    scores: dict[str, list[float]] = {name: [] for name in METHODS}
    print("| seed | " + " | ".join(METHODS) + " |")
    print("| --- " * (1 + len(METHODS)) + "|")
    for seed in range(options.seeds):
        of_seed = score_methods(
            seed,
            options.conversations,
            options.errors,
            options.skills,
            max_epochs=options.epochs,
        )
        for name, score in of_seed.items():
            scores[name].append(score)
        row = " | ".join(f"{score:.3f}" for score in of_seed.values())
        print(f"| {seed} | {row} |", flush=True)
    if options.seeds < 2:
        return
    tables = analyse(scores)
    print("\n\n".join(["", *(table.markdown() for table in tables)]))
    if options.json:
        content = {
            "errors": options.errors,
            "skills": options.skills,
            "date": date.today().isoformat(),
            "scores": scores,
            "tables": [asdict(table) for table in tables],
        }
        options.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
