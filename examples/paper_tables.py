r"""The paper's three hypotheses on a corpus: tables 1 to 4 and 7, end to end.

H1: auxiliary supervision improves the primary task. Baseline "none" (the auxiliary
    losses weigh nothing), challengers "ap" (actions and prosody) and "aphf" (history
    and future labels too).
H2: the primary branch should have the maximum of the GRU units. Baseline P = 256 with
    A = 1, challengers P = 192, 128, 64, 1 with A = 257 - P; "none" stands for A = 0.
    Smaller experiments divide fewer units in the same proportions.
H3: auxiliary supervision belongs on a lower level. Baseline "flat", challenger "rock".

H2 and H3 supervise with all families that the corpus has. The aphf, P = 256 and rock
settings are one and the same.

Every setting has the same trials: trial i has the same hyper-parameters, drawn from
the space of `experiment_sizes`, and the same seed in all settings, a third of the
trials has each weight scheme, and the epochs allowed are the same. Training,
development and test part share no speaker where the corpus tells them apart. The
development part chooses epoch and trial; the test part is looked at once per trial.
AMI and MELD are carved from their published training lists: the published development
and test lists are never read.

A comparison is judged by the paper's bootstrap (A.4), which is about the choice among
trials. As trial i is the same in all settings, a second table has the mean of the
trials' differences in the test, with a 95 percent interval by Student's t, and the
visible effect: the true one that this experiment would have shown four times in five,
given the spread that it found. A third has an interval of the same mean over draws of
the test conversations. Nothing is corrected for the number of comparisons.

A finished trial is a JSON file in DIR. The script can be killed and started again with
the same options: no trial is trained twice, and the tables are those of an
uninterrupted run. Run it for several tasks with the same DIR, and the tables have a
column for each::

    python examples/paper_tables.py --corpus synthetic --out DIR --trials 3
    python examples/paper_tables.py --corpus ami --path AMI --out DIR --jobs 2
    python examples/paper_tables.py --corpus ami --target gap --path AMI --out DIR
    python examples/paper_tables.py --corpus meld --path MELD --out DIR --size recipe \
        --labels 200 --words minilm_l6
    python examples/paper_tables.py --out DIR    # only the tables
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import torch
from carved_corpora import CORPORA, PARTS
from experiment_sizes import SIZES, keep_labels, shrink
from finished_trials import FinishedTrials
from hypothesis_tables import (
    PRIMARY_SHARES,
    SETTINGS,
    TEST_PART,
    TUNED,
    write_tables,
)
from sklearn.model_selection import ParameterSampler
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
    Timings,
)
from hanrock_sk.evaluation import classwise_f1, mean_absolute_error, mean_accuracy
from hanrock_sk.text import glove_6b_50d, minilm_l6
from hanrock_sk.tuning.spaces import SCHEMES

WORDS = {"glove": glove_6b_50d, "minilm_l6": minilm_l6, "none": lambda: None}

# A trial: the same hyper-parameters in every setting.


def units(setting, total):
    """GRU units of the primary and the auxiliary branch in a setting."""
    primary = max(1, round(PRIMARY_SHARES.get(setting, 1) * (total - 1)))
    return {"model__pri_gru": primary, "model__aux_gru": total - primary}


def draw_trials(n_trials, space):
    """Draw hyper-parameters; what a setting fixes is left to it."""
    trials = list(ParameterSampler(space, n_trials, random_state=0))
    for number, params in enumerate(trials):
        params.pop("model__pri_gru", None)
        params.pop("model__aux_gru", None)
        params["weights__scheme"] = SCHEMES[number % len(SCHEMES)]
        params["weights__random_state"] = params["model__random_state"] = number
    return trials


def make_pipeline(corpus, options):
    """Make the pipeline of all trials."""
    size = SIZES[options.size]
    shared = {
        **size.network,
        "max_epochs": options.max_epochs or size.max_epochs,
        "patience": size.patience if options.patience is None else options.patience,
        "embeddings": WORDS[options.words](),
        "device": options.device,
    }
    if options.words != "glove":  # nothing to freeze, or frozen anyway
        shared["freeze_embeddings"] = False
    if corpus.classifies:  # balanced, as the metric is the mean over the classes
        model = HANRockClassifier(class_weight="balanced", **size.classifier, **shared)
    else:
        model = HANRockRegressor(**shared)
    return Pipeline(
        [
            ("timings", Timings() if corpus.timed else "passthrough"),
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets(prosody=corpus.prosody)),
            ("weights", AuxiliaryWeights()),
            ("model", model),
        ]
    )


def run_trial(finished, setting, number, params, corpus, options):
    """Train and evaluate a trial in a setting, unless it is finished."""
    if finished.read(setting, number) is not None:
        return
    if options.threads:
        torch.set_num_threads(options.threads)
    began = time.process_time()  # a trial may have to wait for other programs
    pipeline = make_pipeline(corpus, options)
    of_setting = units(setting, SIZES[options.size].units) | SETTINGS[setting]
    pipeline.set_params(**params | of_setting)
    steps, model = pipeline[:-1], pipeline[-1]
    (X, y), (X_dev, y_dev), (X_test, y_test) = map(corpus.part, PARTS)
    wide = steps.fit_transform(X, y)
    chosen_by = {}
    if SIZES[options.size].chooses_epoch:
        chosen_by = {"X_val": steps.transform(X_dev), "y_val": y_dev}
    model.fit(wide, y, **chosen_by)

    metric = mean_accuracy if corpus.classifies else mean_absolute_error
    predicted = pipeline.predict(X_test)
    in_test = predicted[~pd.isna(y_test)]
    if corpus.classifies:
        in_test = np.searchsorted(corpus.classes, in_test)
    tuned = model.get_params() | pipeline["weights"].get_params()
    shares = {f"{task} loss": w for task, w in pipeline["weights"].weights_.items()}
    results = {
        "dev": metric(y_dev, pipeline.predict(X_dev)),
        "test": metric(y_test, predicted),
        "params": {name: tuned[name] for name in TUNED}
        | {"epoch": model.best_epoch_}
        | shares,
        "predicted": np.round(in_test, 3).tolist(),
        "epochs": model.n_iter_,
        "seconds": time.process_time() - began,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    if corpus.classifies:
        # A class that is neither among the labels nor predicted has no F1.
        f1 = dict.fromkeys(model.classes_.tolist(), 0.0)
        results["f1"] = f1 | classwise_f1(y_test, predicted)
    finished.write(setting, number, results)
    print(
        f"{time.strftime('%H:%M:%S')} trial {number} {setting}: "
        f"dev {results['dev']:.4f}, test {results['test']:.4f}, "
        f"{model.n_iter_} epochs in {results['seconds']:.0f} s",
        flush=True,
    )


def write_test_part(folder, corpus):
    """Keep of the test part what the tables need: conversations and labels."""
    X, y = corpus.part("test")
    there = ~pd.isna(y)
    labels = y[there]
    if corpus.classifies:
        labels = np.searchsorted(corpus.classes, labels)
    content = {
        "conversation": pd.factorize(X["conversation"][there])[0].tolist(),
        "labels": labels.tolist(),
        "n_classes": len(corpus.classes) if corpus.classifies else 0,
    }
    (folder / TEST_PART).write_text(json.dumps(content) + "\n")


def main():
    """Run what is not finished yet, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the results")
    parser.add_argument("--corpus", choices=CORPORA, help="without it, only the tables")
    parser.add_argument("--path", help="where the corpus is")
    parser.add_argument("--target", help="what to predict; see the loader")
    parser.add_argument("--trials", type=int, default=30, help="of each setting")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=[*SETTINGS])
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--max-epochs", type=int, help="else those of the size")
    parser.add_argument("--patience", type=int, help="else that of the size")
    parser.add_argument("--subsample-conversations", type=int, metavar="N")
    parser.add_argument("--labels", type=int, help="to train on, of the table's")
    parser.add_argument("--words", choices=WORDS, default="glove")
    parser.add_argument("--jobs", type=int, default=1, help="trials at a time")
    parser.add_argument("--threads", type=int, help="of each trial")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    if options.corpus:
        corpus = CORPORA[options.corpus](
            options.path, options.target, options.subsample_conversations
        )
        size = SIZES[options.size]
        shrink(corpus, size.talkturns)
        keep_labels(corpus, options.labels)
        experiment = {
            name: getattr(options, name)
            for name in ("corpus", "size", "max_epochs", "patience", "words",
                         "subsample_conversations", "labels")
        }  # fmt: skip
        experiment |= {
            "target": corpus.target,
            "class_counts": corpus.class_counts,
            "talkturns": {part: len(getattr(corpus, part)) for part in PARTS},
        }
        folder = options.out / f"{options.corpus}-{corpus.target}"
        if options.labels:
            folder = folder.with_name(f"{folder.name}-{options.labels}")
        finished = FinishedTrials(folder, experiment)
        write_test_part(folder, corpus)
        # Trial by trial through all settings: the tables can be made at any time.
        joblib.Parallel(n_jobs=options.jobs)(
            joblib.delayed(run_trial)(
                finished, setting, number, params, corpus, options
            )
            for number, params in enumerate(draw_trials(options.trials, size.space))
            for setting in options.settings
        )
    write_tables(options.out)


if __name__ == "__main__":
    main()
