"""Factors of classes, by hand; errors are tested where an estimator is fitted."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.estimators.class_factors import class_factors

CLASSES = np.array(["joy", "rage", "woe"])


def test_balanced_is_the_number_of_labels_by_classes_and_count():
    """Four labels of two classes, three and one; nobody has the third class."""
    factors = class_factors("balanced", CLASSES, np.array([3.0, 0.0, 1.0]))
    np.testing.assert_allclose(factors, [4 / (2 * 3), 1, 4 / (2 * 1)])


def test_a_class_that_is_not_named_has_one():
    factors = class_factors({"rage": 2.5}, CLASSES, np.ones(3))
    assert factors.tolist() == [1, 2.5, 1]


def test_a_class_that_is_not_there():
    """As a fold may lack a rare one, and as elsewhere in scikit-learn."""
    weight = {"joy": 2, "rage": 3, "woe": 4, "fear": 9}
    assert class_factors(weight, CLASSES, np.ones(3)).tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("weight", "match"),
    [
        ({"fear": 1}, r"names \['fear'\], but the classes are \['joy'"),
        ({"joy": 2, "rage": 3, "wo": 4}, r"names \['wo'\], but the classes are"),
        ({"joy": -1}, "of 'joy' must be a number that is not negative, got -1"),
        ({"joy": "2"}, "of 'joy' must be a number"),
        ({"joy": np.inf}, "of 'joy' must be a number"),
    ],
)
def test_bad_ones(weight, match):
    with pytest.raises(ValueError, match=match):
        class_factors(weight, CLASSES, np.ones(3))
