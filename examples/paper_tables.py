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
from dataclasses import asdict
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import torch
from carved_corpora import CORPORA, PARTS
from conversation_draws import conversation_interval
from experiment_sizes import SIZES, keep_labels, shrink
from finished_trials import FinishedTrials
from paired_interval import COLUMNS, cells
from result_tables import (
    ResultTable,
    classwise_table,
    hyperparameter_table,
    interval_table,
    settings_table,
)
from sklearn.model_selection import ParameterSampler
from sklearn.pipeline import Pipeline
from task_trials import TaskTrials

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

SETTINGS = {
    "none": {"weights__families": ()},
    "ap": {"weights__families": ("action", "prosody")},
    "aphf": {},
    "three-quarters": {},
    "half": {},
    "quarter": {},
    "one": {},
    "flat": {"model__architecture": "flat"},
}
WORDS = {"glove": glove_6b_50d, "minilm_l6": minilm_l6, "none": lambda: None}
TEST_PART = "test-part.json"
PRIMARY_SHARES = {"three-quarters": 0.75, "half": 0.5, "quarter": 0.25, "one": 0}

# Title, settings (the baseline first), and the setting a caret compares it with.
TABLES = [
    (
        "Table 1, H1. a: actions, p: prosody, h: history, f: future, as far as the "
        "corpus has them.",
        {"none": "None", "ap": "ap", "aphf": "aphf"},
        None,
    ),
    (
        "Table 2, H2. GRU units of the primary branch, of those of both branches: all "
        "but one, so many, or one alone.",
        {
            "aphf": "all but one",
            "three-quarters": "three quarters",
            "half": "half",
            "quarter": "a quarter",
            "one": "one",
        },
        "none",
    ),
    ("Table 3, H3. Level of the supervision.", {"flat": "Flat", "aphf": "ROCK"}, None),
]
CLASSWISE = {"H1": ("none", "aphf"), "H2": ("aphf", "one"), "H3": ("flat", "aphf")}
COMPARISONS = [
    ("none", "ap"),
    ("none", "aphf"),
    *(("aphf", setting) for setting in PRIMARY_SHARES),
    ("flat", "aphf"),
]

TUNED = {
    "lr": "learning rate",
    "batch_size": "batch size",
    "pri_gru": "Pri GRU",
    "aux_gru": "Aux GRU",
    "l2": "L2 regularization",
    "content_size": "content size",
    "gru_dropout": "GRU dropout",
    "recurrent_dropout": "recurrent dropout",
    "scheme": "auxiliary weights",
    "primary_weight": "primary weight",
}


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
        model = HANRockClassifier(class_weight="balanced", **shared)
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


# The tables, from all the trials that every setting has finished.


def read_task(folder):
    """Read the trials of a task; None if no two of them are finished everywhere."""
    task = json.loads((folder / "experiment.json").read_text())
    finished = FinishedTrials(folder, task)
    found = {setting: finished.of(setting) for setting in SETTINGS}
    found = {setting: trials for setting, trials in found.items() if trials}
    common = set.intersection(*map(set, found.values())) if found else set()
    if len(common) < 2:
        return None
    trials = {s: [t[number] for number in sorted(common)] for s, t in found.items()}
    counts = task["class_counts"]
    metric = f"MA({len(counts)})" if counts else "MAE"
    labels = "all" if task["labels"] is None else task["labels"]
    name = f"{task['corpus']} {task['target']}, {labels} labels, {metric}"
    test_part = json.loads((folder / TEST_PART).read_text())
    return TaskTrials(name, trials, bool(counts), counts, test_part)


def make_tables(tasks):
    """Make every table of which the settings are there."""
    shown = [set(task.trials) for task in tasks]
    for title, settings, caret in TABLES:
        complete = [t for t, there in zip(tasks, shown, strict=True) if
                    there >= {*settings, *([caret] if caret else [])}]  # fmt: skip
        if complete:
            yield settings_table(complete, title, settings, caret)
    for task in tasks:
        pairs = {n: p for n, p in CLASSWISE.items() if set(p) <= set(task.trials)}
        if task.class_counts and pairs:
            title = f"Table 4. F1 of each class in the test: {task.name}."
            yield classwise_table(task, title, pairs)
    names = {
        **TUNED,
        "epoch": "epoch",
        **{
            name: name
            for task in tasks
            for trials in task.trials.values()
            for name in trials[0]["params"]
            if name.endswith(" loss")
        },
    }
    title = "Table 7. Hyper-parameters of the trials that are best in development."
    settings = list(set.intersection(*shown))
    yield hyperparameter_table(tasks, title, sorted(settings), names)
    yield interval_table(tasks, COMPARISONS)
    yield paired_table(tasks)
    yield conversations_table(tasks)


def paired_table(tasks):
    """Make the table of the trials' differences, the same trial in two settings."""
    rows = []
    for task in tasks:
        for pair in COMPARISONS:
            if set(pair) <= set(task.trials):
                baseline, challenger = (
                    np.array([trial["test"] for trial in task.trials[setting]])
                    for setting in pair
                )
                found = cells(challenger - baseline, task.greater_is_better)
                rows.append([task.name, *pair, *found])
    title = (
        "Differences in the test of the same trials, challenger - baseline: their mean "
        "and its interval by Student's t. Visible: shown four times in five."
    )
    return ResultTable(title, ["task", "baseline", "challenger", *COLUMNS], rows)


def conversations_table(tasks):
    """Make the table of the same differences over draws of the test conversations."""
    rows = []
    for task in tasks:
        for pair in COMPARISONS:
            if set(pair) <= set(task.trials) and task.test_part is not None:
                trials = [[t["predicted"] for t in task.trials[s]] for s in pair]
                mean, low, high = conversation_interval(task.test_part, *trials)
                found = [f"{mean:+.3f}", f"[{low:+.3f}, {high:+.3f}]"]
                rows.append([task.name, *pair, *found])
    title = (
        "The same mean differences: 95 percent interval over draws of the test "
        "conversations."
    )
    header = ["task", "baseline", "challenger", "effect", "95 percent"]
    return ResultTable(title, header, rows)


def write_tables(out):
    """Print the tables of all tasks in a folder, and write them there."""
    folders = sorted(path.parent for path in out.glob("*/experiment.json"))
    tasks = [task for task in map(read_task, folders) if task is not None]
    if not tasks:
        print("No two trials are finished in all settings: there are no tables yet.")
        return
    tables = list(make_tables(tasks))
    effort = []
    for task in tasks:
        trials = [trial for found in task.trials.values() for trial in found]
        hours = sum(trial["seconds"] for trial in trials) / 3600
        effort.append(
            f"{task.name}: {len(trials)} trials, {len(trials) // len(task.trials)} in "
            f"each of {len(task.trials)} settings; {hours:.1f} core hours "
            f"({trials[0]['machine']})."
        )
    text = "\n\n".join([*effort, *(table.markdown() for table in tables)])
    (out / "tables.md").write_text(text + "\n")
    content = {"effort": effort, "tables": [asdict(table) for table in tables]}
    (out / "tables.json").write_text(json.dumps(content, indent=1) + "\n")
    print(f"\n{text}\n\nWritten to {out}/tables.md and {out}/tables.json.")


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
