"""Results of trials: read as written, whole or not at all, of one experiment."""

from __future__ import annotations

import json

import numpy as np
import pytest
from finished_trials import FinishedTrials

EXPERIMENT = {"corpus": "ami", "max_epochs": 20, "counts": {"inform": 5}}


def test_results_are_read_as_they_were_written(tmp_path):
    trials = FinishedTrials(tmp_path / "deep" / "ami", EXPERIMENT)
    assert trials.read("flat", 3) is None
    assert trials.of("flat") == {}
    results = {"dev": np.float64(0.1) + 0.2, "n": np.int64(3), "a": np.arange(2)}
    trials.write("flat", 3, results)
    trials.write("flat", 11, {"dev": 0.5})
    trials.write("flat", 0, {"dev": 0.25})
    trials.write("rock", 3, {"dev": 1.0})
    assert trials.read("flat", 3) == {"dev": 0.1 + 0.2, "n": 3, "a": [0, 1]}
    assert list(trials.of("flat")) == [0, 3, 11]
    assert trials.of("rock") == {3: {"dev": 1.0}}
    again = FinishedTrials(tmp_path / "deep" / "ami", EXPERIMENT)
    assert again.of("flat") == trials.of("flat")


def test_a_kill_leaves_a_trial_whole_or_unfinished(tmp_path, monkeypatch):
    trials = FinishedTrials(tmp_path, EXPERIMENT)

    def killed(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            trials.write("flat", 0, {"dev": 0.5})
    assert trials.read("flat", 0) is None
    assert trials.of("flat") == {}
    trials.write("flat", 0, {"dev": 0.5})
    assert trials.of("flat") == {0: {"dev": 0.5}}
    FinishedTrials(tmp_path, EXPERIMENT)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"max_epochs": 30}, "max_epochs is 20, not 30"),
        ({"counts": {"inform": 6}}, "counts is {'inform': 5}, not {'inform': 6}"),
        ({"glove": True}, "glove is None, not True"),
    ],
)
def test_trials_of_another_experiment_are_refused(tmp_path, change, told):
    FinishedTrials(tmp_path, EXPERIMENT).write("flat", 0, {"dev": 0.5})
    with pytest.raises(ValueError, match=told):
        FinishedTrials(tmp_path, EXPERIMENT | change)
    assert FinishedTrials(tmp_path, EXPERIMENT).of("flat") == {0: {"dev": 0.5}}


def test_a_foreign_folder_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("do not touch")
    with pytest.raises(ValueError, match=r"thesis\.txt', is no experiment"):
        FinishedTrials(tmp_path, EXPERIMENT)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_what_json_cannot_hold_is_refused(tmp_path):
    trials = FinishedTrials(tmp_path, EXPERIMENT)
    with pytest.raises(TypeError, match="cannot be written as JSON"):
        trials.write("flat", 0, {"model": object()})
    assert trials.read("flat", 0) is None


def test_files_are_plain_json(tmp_path):
    FinishedTrials(tmp_path, EXPERIMENT).write("flat", 7, {"dev": 0.5})
    assert json.loads((tmp_path / "flat" / "trial-0007.json").read_text()) == {
        "dev": 0.5
    }
    assert json.loads((tmp_path / "experiment.json").read_text()) == EXPERIMENT
