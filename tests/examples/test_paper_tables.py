"""The experiment of the three hypotheses: cheap, killed, continued, and its tables."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import sys
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def example():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        import paper_tables

        # As small as can be: a network of a few units for all settings.
        small = dataclasses.replace(paper_tables.SIZES["small"], units=6)
        patch.setitem(paper_tables.SIZES, "small", small)
        make_pipeline = paper_tables.make_pipeline

        def make_tiny(corpus, options):
            pipeline = make_pipeline(corpus, options)
            return pipeline.set_params(
                # A target of each family: most of a trial so short is their weights.
                targets__actions=["au05"],
                targets__prosody=["tone_sad"],
                model__word_gru=3,
                model__attention_units=3,
            )

        patch.setattr(paper_tables, "make_pipeline", make_tiny)
        yield paper_tables


def run(example, monkeypatch, out, *options, target="classification", n_trials=2):
    arguments = ["paper_tables.py", "--out", str(out)]
    if target:
        arguments += ["--corpus", "synthetic", "--target", target]
        arguments += [
            "--words",
            "none",
            "--subsample-conversations",
            "5",
            "--trials",
            str(n_trials),
        ]
        arguments += ["--max-epochs", "1", "--device", "cpu", *options]
    monkeypatch.setattr(sys, "argv", arguments)
    example.main()


def without_time(path):
    content = json.loads(path.read_text())
    return {name: content[name] for name in content if name != "seconds"}


@pytest.fixture(scope="module")
def two_tasks(example, tmp_path_factory):
    """The folder of two tasks with all settings, and what is printed."""
    folder, printed = tmp_path_factory.mktemp("two_tasks"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        run(example, patch, folder, n_trials=3)
        run(example, patch, folder, target="regression")
    return folder, printed.getvalue()


def test_tables_of_two_tasks(two_tasks):
    folder, printed = two_tasks
    text = (folder / "tables.md").read_text()
    assert text.strip() in printed
    content = json.loads((folder / "tables.json").read_text())
    titles = [table["title"].partition(" ")[2][:2] for table in content["tables"]]
    assert titles == ["1,", "2,", "3,", "4.", "7.", "re", "in", "sa"]
    columns = [
        "",
        "synthetic classification, all labels, MA(4)",
        "synthetic regression, all labels, MAE",
    ]
    for table, n_rows in zip(content["tables"], (3, 5, 2), strict=False):
        assert table["header"] == columns
        assert len(table["rows"]) == n_rows
    assert (
        "synthetic classification, all labels, MA(4): 24 trials, 3 in each of 8" in text
    )
    assert "synthetic regression, all labels, MAE: 16 trials, 2 in each of 8" in text
    assert [len(row) for row in content["tables"][-1]["rows"]] == [5] * 14
    # The number in a cell is the test result of the best development trial.
    trials = [
        json.loads(path.read_text())
        for path in sorted((folder / "synthetic-classification/flat").iterdir())
    ]
    best = max(trials, key=lambda trial: trial["dev"])
    flat = content["tables"][2]["rows"][0]
    assert flat[:2] == ["Flat (baseline)", f"{best['test']:.3f}"]


def test_every_setting_has_the_same_trials(example, two_tasks):
    folder = two_tasks[0] / "synthetic-classification"
    fixed = {"pri_gru", "aux_gru", "epoch"}
    for number in range(3):
        drawn = []
        for setting in example.SETTINGS:
            results = json.loads(
                (folder / setting / f"trial-000{number}.json").read_text()
            )
            params = {n: v for n, v in results["params"].items() if "loss" not in n}
            drawn.append({n: v for n, v in params.items() if n not in fixed})
        assert all(params == drawn[0] for params in drawn)
        assert drawn[0]["scheme"] == ("random", "linear", "softmax")[number]
    none = json.loads((folder / "none/trial-0000.json").read_text())["params"]
    losses = {n: v for n, v in none.items() if n.endswith("loss")}
    assert losses.pop("primary loss") == 1
    assert set(losses.values()) == {0}


def test_no_trial_is_trained_twice(example, two_tasks, monkeypatch, tmp_path):
    """Against the same trials of a run that was never killed."""
    names = ["none", "aphf", "flat"]
    settings = ["--settings", *names]
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    task = "synthetic-classification"
    shutil.copytree(two_tasks[0] / task, whole / task)
    for folder in (whole / task).iterdir():
        if folder.is_dir() and folder.name not in names:
            shutil.rmtree(folder)
    run(example, monkeypatch, whole, target=None)  # only the tables

    trained, make_pipeline = [], example.make_pipeline

    def make_until_killed(corpus, options):
        if len(trained) in (2, 5):
            trained.append("killed")
            raise KeyboardInterrupt
        trained.append("finished")
        return make_pipeline(corpus, options)

    monkeypatch.setattr(example, "make_pipeline", make_until_killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run(example, monkeypatch, torn, *settings)
    run(example, monkeypatch, torn, *settings)
    run(example, monkeypatch, torn, *settings, n_trials=3)  # more of them, later
    assert trained.count("finished") == 9
    run(example, monkeypatch, torn, target=None)
    assert trained.count("finished") == 9
    paths = list(whole.rglob("trial-*.json"))
    assert len(paths) == 9
    for path in paths:
        assert without_time(path) == without_time(torn / path.relative_to(whole))
    tables = [
        json.loads((o / "tables.json").read_text())["tables"] for o in (whole, torn)
    ]
    assert tables[0] == tables[1]


def test_other_options_need_another_folder(example, monkeypatch, tmp_path):
    run(example, monkeypatch, tmp_path, "--settings", "none")
    with pytest.raises(ValueError, match="patience is None, not 3"):
        run(example, monkeypatch, tmp_path, "--settings", "none", "--patience", "3")


def test_no_tables_yet(example, monkeypatch, tmp_path, capsys):
    run(example, monkeypatch, tmp_path, "--settings", "none", n_trials=1)
    assert "there are no tables yet" in capsys.readouterr().out
    assert not (tmp_path / "tables.md").exists()


@pytest.mark.parametrize("corpus", ["synthetic", "ami", "meld", "esconv"])
def test_parts_share_no_group_and_leave_published_lists_alone(
    corpus, monkeypatch, request
):
    monkeypatch.syspath_prepend(EXAMPLES)
    import carved_corpora

    path, keep = None, 30
    if corpus != "synthetic":
        path = request.getfixturevalue("data_root") / corpus
    result = carved_corpora.CORPORA[corpus](path, None, keep)
    groups = "group" if corpus == "ami" else "conversation"
    parts = [set(result.part(part)[0][groups]) for part in carved_corpora.PARTS]
    assert sum(map(len, parts)) == len(set.union(*parts))
    sizes = np.array([len(part) for part in parts])
    np.testing.assert_allclose(sizes / sizes.sum(), [0.6, 0.2, 0.2], atol=0.08)
    rows = np.concatenate([getattr(result, part) for part in carved_corpora.PARTS])
    assert sorted(rows) == list(range(len(result.X)))
    if corpus == "ami":
        listed = set((path / "dev.txt").read_text().split())
        assert not listed & set(result.X["conversation"])
    elif corpus == "esconv":
        assert all(name.startswith("dev") for name in set(result.X["conversation"]))
    elif corpus == "meld":
        assert all(name.startswith("train-") for name in set(result.X["conversation"]))


def test_too_few_groups_to_carve(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    import carved_corpora

    with pytest.raises(SystemExit, match="at least 5 groups of speakers; there are 4"):
        carved_corpora.synthetic(None, None, 4)
