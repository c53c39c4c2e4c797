"""Controls: auxiliary supervision has to help where it carries the hidden state.

A method that never shows an effect may be a broken implementation. So conversations are
made up in which it is known what must come out. In each, every speaker has a hidden
emotion; words, voice, face and label come from it. Labels to train on are few, and
four in ten are wrong. The network reads the bare words: voice and face reach it as
auxiliary targets (actions and prosody, eight in all) or not at all.

Positive control: voice and face carry the emotion. Supervision by them has to improve
    the primary task.
Negative control: they are noise. Supervision by them can only harm; is the harm less in
    "rock", where it does not reach the primary branch, than in "flat" (H3)?

Fixed before the first run
--------------------------
Each of five seeds makes other conversations. On them networks are trained with primary
weight 1, and with auxiliary supervision at primary weight 0.5: in the positive control
"rock" with softmax weights, the defaults of this package; in the negative one "rock"
and "flat" with each weight scheme (random, linear, softmax). All start from the same
initial networks, three in the positive control and one in the negative. A seed's result
is the mean of its networks' mean accuracy over the classes (MA) on 100 new
conversations, whose labels are right. The effect of a
scheme is the mean, over the seeds, of the difference from the same networks with
primary weight 1, with a 95 percent interval by Student's t of these differences.
The positive control holds if the interval excludes zero, for the better. In the
negative one an effect is shown if its interval excludes zero; nothing is corrected for
the number of effects. H3 is the same interval of the effect in rock minus the effect in
flat. Beside each interval stands the visible effect: the true one that this experiment
would have shown four times in five, given the spread that it found. Sizes were chosen
in a pilot on other seeds (100 to 102), such that the network learns without
supervision, and not all there is.

    python examples/controls.py --out DIR [--jobs 2]

Finished runs are kept in DIR: the script can be killed and started again.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import joblib
import numpy as np
from finished_trials import FinishedTrials
from paired_interval import COLUMNS, cells, interval
from result_tables import ResultTable
from sklearn.pipeline import Pipeline

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, HANRockClassifier
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import mean_accuracy
from hanrock_sk.text import tokenize

FEATURE_SIGNAL = {"positive": 3.0, "negative": 0.0}
CONVERSATIONS = {"n_talkturns": 20, "text_signal": 1.0}
TRAIN = {"n_conversations": 80, "label_noise": 0.4}
TEST = {"n_conversations": 100, "label_noise": 0.0}

ARCHITECTURES = {"positive": ("rock",), "negative": ("rock", "flat")}
SCHEMES = {"positive": ("softmax",), "negative": ("random", "linear", "softmax")}
PRIMARY_ALONE = "primary weight 1"
PRIMARY_WEIGHT = 0.5
NETWORKS = {"positive": 3, "negative": 1}  # of each kind, on a seed's conversations
MOST_NETWORKS = max(NETWORKS.values())
NETWORK = {
    "content_size": 1,
    "word_gru": 16,
    "pri_gru": 16,
    "attention_units": 24,
    "lr": 0.008,
    "lr_decay": 1,
    "batch_size": 32,
    "run_length": 4,
    "max_epochs": 12,
    "patience": None,
    "validation_fraction": 0.2,
}


def word_vectors(texts, seed):
    """Draw a vector of unit variance for each word; none is like another."""
    words = sorted({word for text in texts for word in tokenize(text)})
    drawn = np.random.default_rng(seed).normal(size=(len(words), 50))
    return dict(zip(words, drawn.astype(np.float32), strict=True))


def name(control, architecture, scheme):
    """Name the folder of these runs."""
    return f"{control}-{architecture}-{scheme}".replace(" ", "-")


def run(finished, control, seed, network, architecture, scheme):
    """Train and test a network, unless that is done."""
    setting, number = (
        name(control, architecture, scheme),
        seed * MOST_NETWORKS + network,
    )
    if finished.read(setting, number) is not None:
        return
    began = time.process_time()
    signal = {"feature_signal": FEATURE_SIGNAL[control], **CONVERSATIONS}
    X, y = make_conversations(**TRAIN, **signal, random_state=2 * seed)
    X_new, y_new = make_conversations(**TEST, **signal, random_state=2 * seed + 1)
    weights = AuxiliaryWeights(families=(), random_state=number)
    if scheme != PRIMARY_ALONE:
        families = ("action", "prosody")
        weights.set_params(
            scheme=scheme, primary_weight=PRIMARY_WEIGHT, families=families
        )
    pipeline = Pipeline(
        [
            ("targets", AuxiliaryTargets(history=0, future=0)),
            ("weights", weights),
            (
                "model",
                HANRockClassifier(
                    architecture=architecture,
                    embeddings=word_vectors(X["text"], seed),
                    device="cpu",
                    random_state=number,
                    **NETWORK,
                ),
            ),
        ]
    )
    pipeline.fit(X, y)
    result = {
        "MA": mean_accuracy(y_new, pipeline.predict(X_new)),
        "epoch": pipeline["model"].best_epoch_,
        "seconds": time.process_time() - began,
    }
    finished.write(setting, number, result)
    print(f"{setting} {number}: {result}", flush=True)


def analyse(finished, seeds):
    """Make the tables of both controls."""
    for control in FEATURE_SIGNAL:

        def results(architecture, scheme, control=control):
            found = finished.of(name(control, architecture, scheme))
            networks = np.arange(NETWORKS[control])
            numbers = np.add.outer(np.multiply(seeds, MOST_NETWORKS), networks)
            return np.mean([[found[n]["MA"] for n in row] for row in numbers], axis=1)

        effects, rows = {}, []
        for architecture in ARCHITECTURES[control]:
            alone = results(architecture, PRIMARY_ALONE)
            rows.append([architecture, PRIMARY_ALONE, f"{alone.mean():.3f}", *[""] * 4])
            for scheme in SCHEMES[control]:
                with_it = results(architecture, scheme)
                effects[architecture, scheme] = with_it - alone
                mean = f"{with_it.mean():.3f}"
                rows.append([architecture, scheme, mean, *cells(with_it - alone)])
        title = f"{control.capitalize()} control"
        yield ResultTable(
            f"{title}: MA, mean of {len(seeds)} seeds.",
            ["network", "weights", "MA", *COLUMNS],
            rows,
        )
        if control == "positive":
            holds = interval(effects["rock", "softmax"])[1] > 0
            yield f"The positive control {'holds' if holds else 'DOES NOT HOLD'}."
        else:
            yield ResultTable(
                f"{title}: effect in rock minus effect in flat (H3).",
                ["weights", *COLUMNS],
                [
                    [scheme, *cells(effects["rock", scheme] - effects["flat", scheme])]
                    for scheme in SCHEMES[control]
                ],
            )


def main():
    """Run what is not finished yet, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the results")
    parser.add_argument("--seeds", type=int, nargs="+", default=[*range(5)])
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    options = parser.parse_args()
    constants = {
        "feature_signal": FEATURE_SIGNAL,
        "conversations": CONVERSATIONS,
        "train": TRAIN,
        "test": TEST,
        "primary_weight": PRIMARY_WEIGHT,
        "networks": NETWORKS,
        "network": NETWORK,
    }
    finished = FinishedTrials(options.out / "runs", constants)
    joblib.Parallel(n_jobs=options.jobs)(
        joblib.delayed(run)(finished, control, seed, network, architecture, scheme)
        for seed in options.seeds
        for control in FEATURE_SIGNAL
        for network in range(NETWORKS[control])
        for architecture in ARCHITECTURES[control]
        for scheme in (PRIMARY_ALONE, *SCHEMES[control])
    )
    found = list(analyse(finished, options.seeds))
    text = "\n\n".join(f if isinstance(f, str) else f.markdown() for f in found)
    print(text)
    (options.out / "controls.md").write_text(text + "\n")
    content = [f if isinstance(f, str) else asdict(f) for f in found]
    (options.out / "controls.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
