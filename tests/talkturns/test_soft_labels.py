"""Columns of probabilities: what is read, and what is refused by row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hanrock_sk.talkturns.soft_labels import (
    label_of_text,
    read_probabilities,
    soft_columns,
)
from hanrock_sk.talkturns.table import read_table

COLUMNS = ["soft__a", "soft__b"]


def read(a, b):
    table = read_table(pd.DataFrame({"soft__a": a, "soft__b": b, "text": "yes"}))
    return read_probabilities(table, COLUMNS)


def test_which_columns():
    table = read_table(pd.DataFrame({"soft__a": [1], "soft": [2], "soft__b__c": [0]}))
    assert soft_columns(table) == {"a": "soft__a", "b__c": "soft__b__c"}
    assert soft_columns(None) == {}


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("1", "i", 1),
        ("1", "u", 1),
        ("1", "f", 1.0),
        ("1.5", "f", 1.5),
        ("1", "U", "1"),
        ("False", "b", False),
        ("", "U", ""),
    ],
)
def test_the_label_behind_the_prefix(text, kind, label):
    found = label_of_text(text, kind)
    assert found == label
    assert type(found) is type(label)


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("happy", "i", "a whole number"),
        ("1.5", "i", "a whole number"),
        ("x", "f", "a number"),
        ("1", "b", "True or False"),
    ],
)
def test_no_label_of_this_kind(text, kind, names):
    with pytest.raises(ValueError, match=f"Column 'soft__{text}': .* {names}, got"):
        label_of_text(text, kind)


def test_rows_are_made_to_sum_to_one_exactly():
    found = read([0.3333, 1, None], [0.6666, 0, None])
    np.testing.assert_allclose(found[0], [1 / 3, 2 / 3], atol=1e-4)
    assert found[0].sum() == 1
    assert found[1].tolist() == [1, 0]
    assert np.isnan(found[2]).all()


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (
            [0.5, 0.5],
            [0.5, None],
            "Column 'soft__b', row 1: the probability is missing",
        ),
        (
            [0.5, -0.5],
            [0.5, 1.5],
            "Column 'soft__a', row 1: a probability cannot be neg",
        ),
        ([0.5, 0.5], [0.5, 0.4], "Row 1: the probabilities .* sum to 0.9, not to 1"),
        ([0, 0.5], [0, 0.5], "Row 0: the probabilities .* sum to 0, not to 1"),
    ],
)
def test_what_is_no_distribution(a, b, message):
    with pytest.raises(ValueError, match=message):
        read(a, b)
