import sys

import numpy as np
import pytest

from hanrock_sk import explain
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
    _, empty = plots._pyplot().subplots()
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


def test_bad_input(han, talkturns):
    with pytest.raises(ValueError, match="no attention over tasks"):
        plots.task_attention(explain.attention(han, talkturns[0]))
    with pytest.raises(TypeError, match="has no mutual_information_"):
        plots.mutual_information(han)


def test_without_matplotlib(monkeypatch, multi_task):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install hanrock-sk\[plot\]"):
        plots.learning_curves(multi_task)
