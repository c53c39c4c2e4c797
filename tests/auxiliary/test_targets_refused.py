"""Tables, labels and parameters that AuxiliaryTargets refuses, and what stays."""

from __future__ import annotations

import pytest
from sklearn.exceptions import NotFittedError
from sklearn.utils._param_validation import InvalidParameterError
from worked_targets import read, talkturns

from hanrock_sk import AuxiliaryTargets


@pytest.mark.parametrize(
    ("parameters", "columns", "message"),
    [
        ({"actions": ["au99"]}, {}, r"lacks the column\(s\) \['au99'\]"),
        ({"prosody": ["au99"]}, {}, r"lacks the column\(s\) \['au99'\]"),
        ({"actions": ["au05", "au05"]}, {}, r"actions\[0\] and actions\[1\] both name"),
        (
            {"actions": ["au05"], "prosody": ["au05"]},
            {},
            r"actions\[0\] and prosody\[0\] both name the column 'au05'",
        ),
        ({"actions": ["conversation"]}, {}, "conversation and actions"),
        ({"conversation": "call"}, {}, r"lacks the column\(s\) \['call'\]"),
        (
            {},
            {"au05": ["high", "low", "high"]},
            "'au05' must hold numbers; row 0 holds",
        ),
        ({}, {"tone_sad": [0.0, float("inf"), 1.0]}, "'tone_sad', row 1: .* infinite"),
        ({}, {"conversation": ["a", None, "b"]}, "'conversation', row 1"),
        ({"target_range": (5, 1)}, {}, "the lower first, got"),
    ],
)
def test_bad_tables_and_parameters(frame, parameters, columns, message):
    table = talkturns(frame, **{"au05": [1.0, 2.0, 3.0], **columns})
    targets = AuxiliaryTargets(**parameters)
    for fit in (targets.fit, targets.fit_transform):
        with pytest.raises(ValueError, match=message):
            fit(table, ["a", "b", "a"])
    assert not hasattr(targets, "feature_names_in_")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "y is None"),
        ([None, None, float("nan")], "All 3 labels of y are missing"),
        (["a", "b"], "2 labels for 3 talkturns"),
        ([0.5, "b", None], "row 1 holds 'b'"),
        ([0.5, float("inf"), 1.0], "row 1: the label is infinite"),
        ([2.5, 2.5, None], r"All labels of y are 2.5.*target_range=\(low, high\)"),
    ],
)
def test_bad_labels(frame, y, message):
    with pytest.raises(ValueError, match=message):
        AuxiliaryTargets().fit(talkturns(frame, au05=[1.0, 2.0, 3.0]), y)


def test_equal_real_labels_do_where_no_range_is_needed(frame):
    wide = AuxiliaryTargets().fit_transform(talkturns(frame, other=[1, 2]), [2.5, 2.5])
    assert read(wide, "aux__history__1") == [2.5, 2.5]


@pytest.mark.parametrize(
    "parameters",
    [
        {"history": -1},
        {"future": -1},
        {"history": 1.5},
        {"target_range": "unit"},
        {"target_range": None},
        {"actions": "au05"},
        {"conversation": None},
    ],
)
def test_parameters_of_the_wrong_kind(frame, parameters):
    with pytest.raises(InvalidParameterError, match=next(iter(parameters))):
        AuxiliaryTargets(**parameters).fit(talkturns(frame, au05=[1.0]), ["a"])


def test_a_failed_fit_leaves_the_former_one(frame):
    table = talkturns(frame, au05=[1.0, 2.0])
    targets = AuxiliaryTargets().fit(table, ["a", "b"])
    before = read(targets.transform(table), "aux__action__au05")
    with pytest.raises(ValueError, match="All 2 labels"):
        targets.fit(talkturns(frame, tone_sad=[1.0, 9.0]), [None, None])
    assert read(targets.transform(table), "aux__action__au05") == before
    assert list(targets.feature_names_in_) == ["conversation", "text", "au05"]


def test_transform_needs_fit_and_the_measurements(frame):
    table = talkturns(frame, au05=[1.0, 2.0])
    with pytest.raises(NotFittedError):
        AuxiliaryTargets().transform(table)
    targets = AuxiliaryTargets().fit(table, ["a", "b"])
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['au05'\]"):
        targets.transform(talkturns(frame, other=[1.0]))
