"""The tables of the hypotheses' experiment, from all the trials that are finished.

``python examples/paper_tables.py --out DIR`` writes them.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
from conversation_draws import conversation_interval
from finished_trials import FinishedTrials
from paired_interval import COLUMNS, cells
from result_tables import (
    ResultTable,
    classwise_table,
    hyperparameter_table,
    interval_table,
    settings_table,
)
from task_trials import TaskTrials

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
TEST_PART = "test-part.json"
ENOUGH_TO_DRAW = 10  # conversations; draws of fewer say too little of others
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
                interval = f"[{low:+.3f}, {high:+.3f}]"
                n_conversations = len(set(task.test_part["conversation"]))
                if n_conversations < ENOUGH_TO_DRAW:
                    interval = f"none: {n_conversations} conversations"
                rows.append([task.name, *pair, f"{mean:+.3f}", interval])
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
