import sys

import numpy as np
import pytest

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, explain
from hanrock_sk._base.pyplot import load_pyplot
from hanrock_sk.datasets import make_conversations
from hanrock_sk.explain import plots
from hanrock_sk.explain.overall import overall_attention


@pytest.fixture(autouse=True)
def closed_figures():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    yield
    pyplot.close("all")


def test_learning_curves_have_a_panel_for_each_task(multi_task):
    figure = plots.learning_curves(multi_task)
    history = multi_task[-1].history_
    assert [panel.get_title() for panel in figure.axes][:2] == [
        "primary",
        "action au05",
    ]
    assert len(figure.axes) == 17
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    for part, label in (("train", "training"), ("valid", "validation")):
        expected = [record[f"{part}_loss"]["primary"] for record in history]
        assert lines[label].get_ydata().tolist() == expected
    figure.canvas.draw()


def test_learning_curves_without_validation(han, talkturns):
    from sklearn.base import clone

    model = clone(han).set_params(validation_fraction=0).fit(*talkturns)
    (panel,) = plots.learning_curves(model).axes
    assert "validation" not in [line.get_label() for line in panel.get_lines()]


def test_task_attention(made_by_hand, multi_task, talkturns):
    ax = plots.task_attention(overall_attention(made_by_hand, None, "pandas"))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["primary", "action au05", "history 1"]
    own = explain.attention(multi_task, talkturns[0])
    _, empty = load_pyplot().subplots()
    assert plots.task_attention(own, ax=empty) is empty
    empty.figure.canvas.draw()


def test_medians_of_task_attention(made_by_hand):
    ax = plots.task_attention(overall_attention(made_by_hand, None, "pandas"))
    medians = [
        line.get_xdata()[0] for line in ax.get_lines() if line.get_color() == "white"
    ]
    np.testing.assert_allclose(medians, [0.5, 0.275, 0.225], rtol=1e-6)


def test_mutual_information_with_weights(multi_task):
    step = multi_task["weights"]
    for given in (step, multi_task):
        left, right = plots.mutual_information(given).axes
        information = [bar.get_width() for bar in left.patches]
        assert information == list(step.mutual_information_.values())
        weights = [bar.get_width() for bar in right.patches]
        assert weights == [step.weights_[task] for task in step.mutual_information_]
        assert right.get_title() == "primary task: 0.7"


def test_usefulness_shows_the_kept_targets_first():
    X, y = make_conversations(40, 10, feature_signal=3.0, random_state=0)
    X["au05"] = np.random.default_rng(0).normal(size=len(X))
    wide = AuxiliaryTargets(history=0, future=0).fit_transform(X, y)
    weights = AuxiliaryWeights("usefulness", random_state=0).fit(wide, y)
    report = weights.report_
    assert 0 < sum(report["kept"]) < len(report["kept"])
    figure = plots.usefulness(weights)
    figure.canvas.draw()
    by_prediction, by_itself, weight = figure.axes
    shown = [bar.get_width() for bar in weight.patches]
    assert shown == sorted(weights.weights_.values(), reverse=True)[1:]
    for panel, column in (
        (by_prediction, "by_prediction"),
        (by_itself, "by_itself"),
    ):
        bars = sorted(bar.get_width() for bar in panel.patches)
        assert bars == sorted(100 * gain for gain in report[column])
    grey = [bar.get_facecolor()[0] == bar.get_facecolor()[2] for bar in weight.patches]
    assert grey == sorted(not kept for kept in report["kept"])
    assert len(plots.usefulness(weights, most=3).axes[0].patches) == 3
    few = np.where(np.arange(len(y)) < 20, y, None)
    nothing = AuxiliaryWeights("usefulness").fit(wide, few)
    with pytest.raises(ValueError, match="fewer than 30 labels"):
        plots.usefulness(nothing)


def test_bad_input(han, talkturns):
    with pytest.raises(ValueError, match="no attention over tasks"):
        plots.task_attention(explain.attention(han, talkturns[0]))
    with pytest.raises(TypeError, match=r"AuxiliaryWeights\(scheme='usefulness'\)"):
        plots.usefulness(han)
    with pytest.raises(TypeError, match="has no mutual_information_"):
        plots.mutual_information(han)


def test_without_matplotlib(monkeypatch, multi_task):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install hanrock-sk\[plot\]"):
        plots.learning_curves(multi_task)
