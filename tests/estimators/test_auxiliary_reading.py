"""Auxiliary tasks, targets and weights are read from a table's columns."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.estimators.auxiliary_reading import (
    AuxiliaryTasks,
    class_indices,
    read_auxiliary,
    read_tasks,
    read_weights,
)
from hanrock_sk.estimators.reading import Columns
from hanrock_sk.talkturns.table import read_table

NAMES = Columns("narrative", "text", "conversation", "speaker")
NAN = np.nan


COLUMNS = [
    "text",
    "aux__history__1",
    "aux__action__au05",
    "aux__future__1",
    "aux__prosody__tone_sad",
]


def test_a_classifier_reads_history_and_future_as_labels(frame):
    table = read_table(frame({name: ["x"] for name in COLUMNS}))
    tasks = read_tasks(table, classify=True)
    assert tasks.valued == ["action__au05", "prosody__tone_sad"]
    assert tasks.labelled == ["history__1", "future__1"]
    assert tasks.names == tasks.valued + tasks.labelled


def test_a_regressor_reads_all_as_values(frame):
    table = read_table(frame({name: ["x"] for name in COLUMNS}))
    tasks = read_tasks(table, classify=False)
    assert tasks.labelled == []
    assert tasks.names == [
        "history__1",
        "action__au05",
        "future__1",
        "prosody__tone_sad",
    ]


def test_strings_have_no_tasks():
    assert read_tasks(None, classify=True).names == []


def test_an_unknown_family(frame):
    table = read_table(frame({"text": ["a"], "aux__smell__rose": [1.0]}))
    with pytest.raises(ValueError, match="Column 'aux__smell__rose'"):
        read_tasks(table, classify=True)


@pytest.mark.parametrize("classes", [["a", "b", "d"], [1, 2, 5], [0.5, 1.0, 2.0]])
def test_class_indices(classes):
    classes = np.array(classes)
    wanted = np.array([2, 0, 0, 1, 2])
    present = np.array([True, False, True, True, True])
    found = class_indices(classes[wanted], present, classes, "y")
    assert found.tolist() == [2, -1, 0, 1, 2]
    assert found.dtype == np.int64


def test_no_label_is_no_class():
    values = np.full(2, None, dtype=object)
    found = class_indices(values, np.zeros(2, dtype=bool), np.array(["a", "b"]), "y")
    assert found.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("strange", "shown"), [("c", "'c'"), ("zz", "'zz'"), ("", "''")]
)
def test_a_label_that_is_no_class_names_its_row(strange, shown):
    values, present = np.array(["", "a", strange]), np.array([False, True, True])
    with pytest.raises(ValueError, match=f"^y, row 2: the label {shown} is none of"):
        class_indices(values, present, np.array(["a", "b", "d"]), "y")


def test_labels_of_another_kind():
    everywhere = np.ones(2, dtype=bool)
    with pytest.raises(ValueError, match=r"^y holds labels such as 1, but"):
        class_indices(np.array([1, 2]), everywhere, np.array(["1", "2"]), "y")
    with pytest.raises(ValueError, match=r"^y holds labels such as '1', but"):
        class_indices(np.array(["1", "2"]), everywhere, np.array([1, 2]), "y")


TASKS = AuxiliaryTasks(["action__au05", "prosody__tone_sad"], ["history__1"])
CLASSES = np.array(["no", "yes"])


def auxiliary_of(table):
    return read_auxiliary(read_table(table), TASKS, CLASSES, len(table))


def test_auxiliary_targets(frame):
    table = frame(
        {
            "aux__history__1": ["yes", None, "no"],
            "aux__prosody__tone_sad": [1.0, 2.0, 3.0],
            "aux__action__au05": [0.5, None, 0.25],
        }
    )
    values, indices = auxiliary_of(table)
    np.testing.assert_array_equal(values, [[0.5, NAN, 0.25], [1, 2, 3]])
    assert indices.tolist() == [[1, -1, 0]]


def test_auxiliary_targets_that_are_not_there_are_missing(frame):
    values, indices = auxiliary_of(frame({"aux__action__au05": [0.5, 1.0]}))
    np.testing.assert_array_equal(values, [[0.5, 1.0], [NAN, NAN]])
    assert indices.tolist() == [[-1, -1]]
    values, indices = read_auxiliary(None, TASKS, CLASSES, 2)
    assert np.isnan(values).all()
    assert values.shape == (2, 2)
    assert indices.tolist() == [[-1, -1]]


@pytest.mark.parametrize(
    ("column", "values", "match"),
    [
        (
            "aux__action__au05",
            ["a", "b"],
            "'aux__action__au05' must hold numbers; row 0",
        ),
        ("aux__action__au05", [0.0, np.inf], "'aux__action__au05', row 1: .* infinite"),
        ("aux__history__1", ["no", "maybe"], "'aux__history__1', row 1: .* 'maybe'"),
        ("aux__history__1", [0, 1], "'aux__history__1' holds labels such as 0"),
    ],
)
def test_auxiliary_targets_of_the_wrong_kind(frame, column, values, match):
    with pytest.raises(ValueError, match=match):
        auxiliary_of(frame({column: values}))


def test_weights_given(frame):
    table = read_table(
        frame(
            {
                "weight__history__1": [0.1, 0.2],
                "weight__primary": [0.5, 0.6],
                "weight__action__au05": [0.4, 0.2],
                "weight__future__9": ["not", "read"],
            }
        )
    )
    found = read_weights(table, ["action__au05", "history__1"], 2)
    expected = np.array([[0.5, 0.6], [0.4, 0.2], [0.1, 0.2]], dtype=np.float32)
    np.testing.assert_array_equal(found, expected)


def test_without_weights_the_auxiliary_tasks_share_a_fifth(frame):
    names = ["action__au05", "prosody__tone_sad", "history__1", "future__1"]
    for table in (None, read_table(frame({"text": ["a", "b", "c"]}))):
        found = read_weights(table, names, 3)
        np.testing.assert_allclose(found[0], 0.8)
        np.testing.assert_allclose(found[1:], 0.05)
        assert found.shape == (5, 3)
        assert read_weights(table, [], 3).tolist() == [[1, 1, 1]]


@pytest.mark.parametrize("lacking", ["weight__primary", "weight__action__au05"])
def test_only_some_of_the_weights(frame, lacking):
    columns = {"weight__primary": [1.0], "weight__action__au05": [1.0]}
    del columns[lacking]
    with pytest.raises(ValueError, match=rf"lacks the column\(s\) \['{lacking}'\]"):
        read_weights(read_table(frame(columns)), ["action__au05"], 1)


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        (-0.5, "row 1: a loss weight must be .* not negative, got -0.5"),
        (NAN, "row 1: a loss weight must be .* got nan"),
        (None, "row 1: a loss weight must be .* got nan"),
        (np.inf, "row 1: the value is infinite"),
    ],
)
def test_a_weight_that_is_none_names_its_row(frame, bad, match):
    table = read_table(frame({"weight__primary": [1.0, bad]}))
    with pytest.raises(ValueError, match=f"Column 'weight__primary', {match}"):
        read_weights(table, [], 2)
