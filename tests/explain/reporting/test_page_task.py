import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor

from hanrock_sk.explain.reporting.page_task import find_task


def classifier(*classes):
    return DummyClassifier().fit(np.zeros((len(classes), 1)), list(classes))


REGRESSOR = DummyRegressor()


def test_classes_of_strings_with_missing_labels():
    task = find_task({"m": classifier("no", "yes")}, ["yes", None, "no"], 3)
    assert task.names == ["no", "yes"]
    assert task.true.tolist() == [1, -1, 0]
    assert task.write(task.true) == [1, None, 0]
    assert task.present.tolist() == [True, False, True]


def test_a_label_unknown_in_training_is_shown():
    task = find_task({"m": classifier(1, 2)}, [2, 7, 1], 3)
    assert task.names == ["1", "2", "7"]
    assert task.true.tolist() == [1, 2, 0]
    assert task.summarize(np.arange(3), np.array([1, 0, 0]))["accuracy"] == 0.6667


def test_values():
    task = find_task({"m": REGRESSOR}, [1.25, None, 3.0], 3)
    assert task.names is None
    assert task.write(task.true) == [1.25, None, 3.0]
    assert task.summarize(np.arange(3), np.array([1.0, 0.0, 3.0]))["error"] == 0.125


def test_values_of_a_small_unit():
    task = find_task({"m": REGRESSOR}, [1.25e-5, None, -3e-9], 3)
    assert task.write(task.true) == [1.25e-5, None, -3e-9]


def test_no_labels():
    task = find_task({"m": classifier("no", "yes")}, None, 2)
    assert task.write(task.true) == [None, None]
    assert not task.present.any()


@pytest.mark.parametrize(
    ("models", "y", "message"),
    [
        (
            {"m": classifier("no", "yes")},
            [0, 1],
            r"labels such as 0, .*\['no', 'yes'\]",
        ),
        ({"m": REGRESSOR}, ["a", "b"], "labels such as 'a', .* real values"),
        (
            {"a": classifier(0, 1), "b": classifier(0, 1, 2)},
            None,
            r"'a' and 'b' have different tasks: the classes \[0, 1\]",
        ),
        ({"a": REGRESSOR, "b": classifier(0, 1)}, None, "real values and the classes"),
        ({"m": REGRESSOR}, [1.0], "1 labels for 2 talkturns"),
    ],
)
def test_bad_input(models, y, message):
    with pytest.raises(ValueError, match=message):
        find_task(models, y, 2)
