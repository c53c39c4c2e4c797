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

    monkeypatch.setattr(controls, "TRAIN", {"n_conversations": 3, "label_noise": 0.4})
    monkeypatch.setattr(controls, "TEST", {"n_conversations": 3, "label_noise": 0.0})
    monkeypatch.setattr(controls, "CONVERSATIONS", {"n_talkturns": 8})
    tiny = {"word_gru": 2, "pri_gru": 2, "attention_units": 2, "max_epochs": 1}
    monkeypatch.setattr(controls, "NETWORK", tiny)
    schemes = {"positive": ("softmax",), "negative": ("softmax",)}
    monkeypatch.setattr(controls, "SCHEMES", schemes)
    monkeypatch.setattr(controls, "NETWORKS", {"positive": 2, "negative": 2})
    monkeypatch.setattr(controls, "MOST_NETWORKS", 2)
    return controls


def run(controls, monkeypatch, out):
    arguments = ["controls.py", "--out", str(out), "--seeds", "7", "8"]
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


def test_kill_and_go_on(controls, monkeypatch, tmp_path, capsys):
    trained, make = [], controls.make_conversations

    def make_until_killed(*args, **params):
        if len(trained) == 15:
            trained.append("killed")
            raise KeyboardInterrupt
        trained.append(params)
        return make(*args, **params)

    monkeypatch.setattr(controls, "make_conversations", make_until_killed)
    with pytest.raises(KeyboardInterrupt):
        run(controls, monkeypatch, tmp_path)
    assert not (tmp_path / "controls.md").exists()
    run(controls, monkeypatch, tmp_path)
    # Two seeds, two networks, one architecture and two, with and without; each makes
    # conversations to train and to test; the eighth was lost half way.
    assert len(trained) == 2 * 24 + 2
    assert (tmp_path / "controls.md").read_text() in capsys.readouterr().out

    content = json.loads((tmp_path / "controls.json").read_text())
    tables = [part for part in content if isinstance(part, dict)]
    assert [len(table["rows"]) for table in tables] == [2, 4, 1]
    assert "The positive control " in content[1]

    def result(setting, seed):
        files = [
            tmp_path / "runs" / setting / f"trial-{2 * seed + network:04d}.json"
            for network in (0, 1)
        ]
        return np.mean([json.loads(file.read_text())["MA"] for file in files])

    effects = [
        result("negative-flat-softmax", seed)
        - result("negative-flat-primary-weight-1", seed)
        for seed in (7, 8)
    ]
    row = next(r for r in tables[1]["rows"] if r[:2] == ["flat", "softmax"])
    assert row[3] == f"{np.mean(effects):+.3f}"
