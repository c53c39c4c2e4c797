"""The controls' script: its statistics, its runs, and that it goes on after a kill."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def controls(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    import controls

    train = {"n_conversations": 4, "label_noise": 0.4, "missing_labels": 0.3}
    monkeypatch.setattr(controls, "TRAIN", train)
    monkeypatch.setattr(controls, "TEST", {"n_conversations": 3, "label_noise": 0.0})
    monkeypatch.setattr(controls, "CONVERSATIONS", {"n_talkturns": 12})
    tiny = {"word_gru": 2, "pri_gru": 2, "attention_units": 2, "max_epochs": 1}
    monkeypatch.setattr(controls, "NETWORK", tiny)
    return controls


def run(controls, monkeypatch, out, *options):
    arguments = ["controls.py", "--out", str(out), "--seeds", "7", "8", *options]
    monkeypatch.setattr(sys, "argv", arguments)
    controls.main()


def test_interval_is_the_t_test(controls):
    differences = np.array([0.02, 0.05, -0.01, 0.04, 0.03])
    mean, low, high, visible = controls.interval(differences)
    expected = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    assert mean == pytest.approx(differences.mean())
    assert (low, high) == pytest.approx((expected.low, expected.high))
    # A true effect of this size is shown about four times in five.
    spread = differences.std(ddof=1)
    draws = np.random.default_rng(0).normal(visible, spread, size=(20000, 5))
    shown = stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05
    assert shown.mean() == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [([0.1, 0.11], "better"), ([-0.1, -0.11], "worse"), ([-0.1, 0.1], "none shown")],
)
def test_verdict(controls, differences, verdict):
    assert controls.cells(differences)[2] == verdict


def test_what_the_candidates_are(controls):
    X, y = controls.conversations("positive", 0)
    assert len([name for name in X.columns if name.startswith("aux__")]) == 16
    assert not X["tone_sad_shuffled"].equals(X["tone_sad"])
    assert sorted(X["tone_sad_shuffled"]) == sorted(X["tone_sad"])
    X, y = controls.conversations("copy", 0)
    known = X["copy"].notna()
    assert (known == [label is not None for label in y]).all()
    pleasant = np.isin(y[known], ["happy", "neutral"])
    assert np.corrcoef(pleasant, X["copy"][known])[0, 1] > 0.5


def test_shuffled_share(controls):
    given = {"au05": 0.1, "au05_shuffled": 0.2, "tone_sad_shuffled": 0.1}
    assert controls.shuffled_share({"weights": given}) == pytest.approx(0.75)
    assert controls.shuffled_share({"weights": dict.fromkeys(given, 0.0)}) == 0


def test_kill_and_go_on(controls, monkeypatch, tmp_path, capsys):
    run(controls, monkeypatch, tmp_path, "--only-weights")
    text = (tmp_path / "controls.md").read_text()
    assert text.count("| usefulness |") == 3
    assert "2." not in text

    trained, make = [], controls.HANRockClassifier

    def make_until_killed(**params):
        if len(trained) == 5:
            trained.append("killed")
            raise KeyboardInterrupt
        trained.append("finished")
        return make(**params)

    monkeypatch.setattr(controls, "HANRockClassifier", make_until_killed)
    with pytest.raises(KeyboardInterrupt):
        run(controls, monkeypatch, tmp_path)
    run(controls, monkeypatch, tmp_path)
    # Two seeds, seven networks each, and where it was killed.
    assert len(trained) == 2 * 7 + 1
    assert (tmp_path / "controls.md").read_text() in capsys.readouterr().out

    content = json.loads((tmp_path / "controls.json").read_text())
    tables = [part for part in content if isinstance(part, dict)]
    assert [len(table["rows"]) for table in tables] == [6, 4, 3, 2]

    def result(setting, seed):
        path = tmp_path / "runs" / setting / f"trial-{seed:04d}.json"
        return json.loads(path.read_text())["MA"]

    effects = [
        result("negative-equal", seed) - result("negative-primary-task-alone", seed)
        for seed in (7, 8)
    ]
    row = next(r for r in tables[2]["rows"] if r[0] == "equal")
    assert row[2] == f"{np.mean(effects):+.3f}"
