"""Train HAN-ROCK on conversations, and see what it learnt.

Without arguments the conversations are synthetic, and this takes about a minute::

    python examples/quickstart.py

With a path, it is a real corpus (see `hanrock_sk.datasets` for the files)::

    python examples/quickstart.py --ami PATH
    python examples/quickstart.py --ami PATH --target gap
    python examples/quickstart.py --meld PATH
    python examples/quickstart.py --meld PATH --networks 4 --words --validation 0

With ``--networks`` several networks vote. They are half as wide, so that four take
about the time of one, and two are trained at a time. With ``--words`` what was said is
read as it stands, not the narrative. ``--validation`` is the share of the training
conversations that is held out to choose the epoch; by default all are trained on.
``--rare`` lifts rare classes: one that is a quarter as frequent as another weighs 4 to
this power times as much.

Training conversations are those of the published lists; everything is reported on
others, which nothing was learnt from: the development list of the corpora.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import joblib
import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, r2_score
from sklearn.pipeline import Pipeline, make_pipeline

from hanrock_sk import Timings, conversation_pipeline
from hanrock_sk.datasets import load_ami, load_meld, make_conversations
from hanrock_sk.evaluation import mean_absolute_error, mean_accuracy, plain_accuracy


def load(arguments: argparse.Namespace) -> tuple:
    """Return X, y to train on, X, y to report on, and whether there are times only."""
    if arguments.ami:
        parts = [
            load_ami(arguments.ami, arguments.target or "dialogue_act", subset)
            for subset in ("train", "dev")
        ]
    elif arguments.meld:
        parts = [
            load_meld(arguments.meld, arguments.target or "emotion", subset)
            for subset in ("train", "dev")
        ]
    else:
        task = arguments.target or "classification"
        number = arguments.conversations
        parts = [
            make_conversations(n_conversations=size, task=task, random_state=seed)
            for size, seed in ((number, 0), (max(1, number // 3), 1))
        ]
    return (*parts[0], *parts[1])


def make_pipeline_for(talkturns, regression: bool, arguments) -> Pipeline:
    """Make the pipeline that suits the table: features, targets, weights, network."""
    pipeline = conversation_pipeline(
        "regression" if regression else "classification",
        max_epochs=arguments.epochs,
        validation_fraction=arguments.validation,
        device=arguments.device,
        random_state=arguments.seed,
        verbose=1,
    )
    is_timed = "delay" not in talkturns.columns and "end" in talkturns.columns
    if is_timed:
        timings = ["delay", "speech_rate", "duration", "overlap"]
        pipeline.set_params(targets__prosody=timings)  # there are no tones of voice
    if arguments.words:
        pipeline.set_params(columns=Timings() if is_timed else "passthrough")
    return pipeline


def rarity(y, power: float) -> dict:
    """Weigh each class by a power of how rare it is."""
    classes, counts = np.unique([v for v in y if v is not None], return_counts=True)
    return dict(zip(classes.tolist(), (counts.mean() / counts) ** power, strict=True))


def make_committee_for(talkturns, arguments) -> VotingClassifier:
    """Let narrower networks vote, each with a random state of its own."""
    members = []
    for number in range(arguments.networks):
        pipeline = make_pipeline_for(talkturns, False, arguments)
        model = pipeline["model"]
        model.set_params(
            word_gru=model.word_gru // 2,
            pri_gru=model.pri_gru // 2,
            attention_units=model.attention_units // 2,
            random_state=arguments.seed * arguments.networks + number,
            verbose=0,
        )
        members.append((f"network_{number}", pipeline))
    return VotingClassifier(members, voting="soft", n_jobs=2, verbose=True)


def scores(true, predicted, regression: bool) -> dict[str, float]:
    """Return how good predictions are, over the talkturns that have a label."""
    if regression:
        there = ~np.isnan(true)
        return {
            "mean absolute error": mean_absolute_error(true, predicted),
            "R2": r2_score(true[there], predicted[there]),
        }
    there = np.array([label is not None for label in true])
    known, guessed = true[there].astype(str), predicted[there].astype(str)
    return {
        "accuracy": plain_accuracy(true, predicted),
        "balanced accuracy": mean_accuracy(true, predicted),
        "weighted F1": f1_score(known, guessed, average="weighted"),
    }


def report(name: str, true, predicted, regression: bool) -> None:
    """Print how good predictions are."""
    found = scores(true, predicted, regression).items()
    print(f"{name:30s}" + "".join(f"{k} {v:.3f}   " for k, v in found))


def report_baselines(X, y, X_new, y_new, regression: bool) -> None:
    """Print what a bag of words reaches, and what a constant does."""
    there = ~np.isnan(y) if regression else np.array([v is not None for v in y])
    texts, labels = np.asarray(X["text"], dtype=object)[there], y[there]
    constant = DummyRegressor(strategy="median") if regression else DummyClassifier()
    linear = Ridge() if regression else LogisticRegression(max_iter=1000, C=3)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    for name, model in {
        "TF-IDF + ridge" if regression else "TF-IDF + logistic regression": (
            make_pipeline(words, linear)
        ),
        "median" if regression else "majority class": constant,
    }.items():
        model.fit(texts, labels if regression else labels.astype(str))
        predicted = model.predict(np.asarray(X_new["text"], dtype=object))
        report(name, y_new, predicted, regression)


def main() -> None:
    """Train, report, save, reload."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    corpus = parser.add_mutually_exclusive_group()
    corpus.add_argument("--ami", metavar="PATH", help="folder of the AMI table")
    corpus.add_argument("--meld", metavar="PATH", help="folder of the MELD tables")
    parser.add_argument(
        "--conversations",
        type=int,
        default=120,
        help="synthetic ones to train on; a third as many are held out",
    )
    parser.add_argument("--target", help="what to predict; see the loader")
    parser.add_argument("--epochs", type=int, help="by default, as the labels ask for")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--networks", type=int, default=1, help="that vote")
    parser.add_argument("--words", action="store_true", help="tell no narrative")
    parser.add_argument("--validation", type=float, default=0.0, help="share held out")
    parser.add_argument("--rare", type=float, default=0.0, help="power of rarity")
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()

    X, y, X_new, y_new = load(arguments)
    regression = np.asarray(y).dtype.kind == "f"
    if regression and arguments.rare:
        parser.error("--rare needs classes")
    print(f"{len(X)} talkturns to train on, {len(X_new)} held out\n")

    if arguments.networks == 1:
        model = pipeline = make_pipeline_for(X, regression, arguments)
    elif regression or any(label is None for label in y):
        parser.error("--networks needs classes, and a label for every talkturn")
    else:
        model = make_committee_for(X, arguments)
    if arguments.rare and arguments.networks == 1:
        model.set_params(model__class_weight=rarity(y, arguments.rare))
    elif arguments.rare:
        weights = dict(
            enumerate(rarity(y, arguments.rare).values())
        )  # it counts classes
        for _, member in model.estimators:
            member.set_params(model__class_weight=weights)
    began = time.perf_counter()
    model.fit(X, y)
    print(f"\ntrained in {time.perf_counter() - began:.0f} s\n")
    if arguments.networks > 1:
        pipeline = model.estimators_[0]  # to look at

    report("HAN-ROCK", y_new, model.predict(X_new), regression)
    report_baselines(X, y, X_new, y_new, regression)

    print("\nLoss weights learnt from mutual information:")
    for task, weight in pipeline["weights"].weights_.items():
        print(f"  {task:24s} {weight:.3f}")

    if not arguments.words:
        print(f"\n{pipeline['columns'].describe()}")
    print("\nThe first talkturns, as the model reads them:")
    read = pipeline[:-1].transform(X_new)
    for text in read["narrative" if "narrative" in read.columns else "text"][:6]:
        print(f"  {text}")

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "hanrock.joblib")
        joblib.dump(model, file)
        again = joblib.load(file)
        same = np.array_equal(again.predict(X_new), model.predict(X_new))
        size = file.stat().st_size / 2**20
        print(f"\nsaved ({size:.1f} MB) and reloaded; same predictions: {same}")


if __name__ == "__main__":
    main()
