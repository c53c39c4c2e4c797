"""What a scheme is given: information as scikit-learn has it, and bad tables."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from worked_targets import WORKED, Y, many

from hanrock_sk import AuxiliaryWeights


def complete(values, y):
    """The rows that have both, as columns."""
    pairs = [pair for pair in zip(values, y, strict=True) if None not in pair]
    assert 0 < len(pairs) < len(y)
    values, y = zip(*pairs, strict=True)
    return np.array(values)[:, None], np.array(y)


@pytest.mark.parametrize("as_strings", [False, True])
def test_information_is_scikit_learn_s_for_classes(frame, as_strings):
    table, y = many()
    expected = {}
    for column, values in table.items():
        real = column.startswith(("aux__action", "aux__prosody"))
        expected[column[5:]] = mutual_info_classif(
            *complete(values, y), discrete_features=not real, random_state=1
        )[0]
    if as_strings:
        names = {None: None, 0: "sad", 1: "calm", 2: "glad"}
        y = [names[label] for label in y]
        for column in ("aux__history__1", "aux__future__1"):
            table[column] = [names[label] for label in table[column]]
    weights = AuxiliaryWeights(random_state=1).fit(frame(table), y)
    assert list(weights.mutual_information_) == list(expected)
    for task, information in expected.items():
        assert_allclose(weights.mutual_information_[task], information, rtol=1e-12)


def test_the_discrete_flag_matters(frame):
    table, y = many()
    flagged, not_flagged = (
        mutual_info_classif(
            *complete(table["aux__history__1"], y),
            discrete_features=discrete,
            random_state=1,
        )[0]
        for discrete in (True, False)
    )
    assert abs(flagged - not_flagged) > 0.01
    weights = AuxiliaryWeights(random_state=1).fit(frame(table), y)
    assert_allclose(weights.mutual_information_["history__1"], flagged)


def test_information_is_scikit_learn_s_for_real_values(frame):
    table, y = many()
    y = [None if label is None else label / 2 for label in y]
    table["aux__history__1"] = [
        None if label is None else label + 0.25 for label in table["aux__history__1"]
    ]
    weights = AuxiliaryWeights(random_state=1).fit(frame(table), y)
    for column, values in table.items():
        expected = mutual_info_regression(*complete(values, y), random_state=1)[0]
        assert_allclose(weights.mutual_information_[column[5:]], expected, rtol=1e-12)


def test_a_target_with_too_few_values_tells_nothing(frame):
    table = dict(WORKED, aux__action__au05=[0.1, 0.2, 0.9, None])
    weights = AuxiliaryWeights(random_state=0).fit(frame(table), Y)
    assert weights.mutual_information_["action__au05"] == 0
    assert weights.weights_["action__au05"] > 0


def test_conversations_have_the_name_they_are_given(frame):
    groups = []

    def scheme(data):
        groups.append(data.groups.tolist())
        return {}

    table = frame({"call": list("aabb"), **WORKED})
    AuxiliaryWeights(scheme, conversation="call").fit(table, Y)
    AuxiliaryWeights(scheme).fit(table, Y)
    assert groups == [[0, 0, 2, 2], [0, 1, 2, 3]]
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['meeting'\]"):
        AuxiliaryWeights(conversation="meeting").fit(table, Y)


@pytest.mark.parametrize(
    ("columns", "y", "message"),
    [
        ({}, None, "y is None"),
        ({}, [None] * 4, "All 4 labels of y are missing"),
        ({}, ["yes"], "1 labels for 4 talkturns"),
        (
            {"aux__action__au05": ["a", "b", "c", "d"]},
            Y,
            "'aux__action__au05' must hold",
        ),
        ({"aux__action__au05": [0.1, 0.2, 0.3, float("inf")]}, Y, "row 3: .* infinite"),
        ({}, [0.5, 1.0, 2.0, 3.0], "'aux__history__1' must hold numbers; row 0"),
        ({"aux__face__au05": [1.0] * 4}, Y, "'aux__face__au05': auxiliary targets"),
    ],
)
def test_bad_tables_and_labels(frame, columns, y, message):
    weights = AuxiliaryWeights()
    with pytest.raises(ValueError, match=message):
        weights.fit(frame({**WORKED, **columns}), y)
    assert not hasattr(weights, "feature_names_in_")


def test_labels_of_mixed_kinds():
    pandas = pytest.importorskip("pandas")  # a polars column has one kind
    table = pandas.DataFrame({"aux__history__1": ["a", 1, "c", "d"]})
    with pytest.raises(ValueError, match="'aux__history__1' mixes strings"):
        AuxiliaryWeights().fit(table, Y)
