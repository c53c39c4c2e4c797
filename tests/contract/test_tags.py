"""Tags: what an estimator says of itself to those that compose it."""

from __future__ import annotations

import pandas as pd
import pytest
from every_estimator import is_transformer
from sklearn.base import is_classifier, is_regressor
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted


def test_tags(case):
    model = case.make()
    tags, name = get_tags(model), case.kind.__name__
    assert tags.input_tags.string
    assert tags.input_tags.allow_nan
    assert not tags.input_tags.two_d_array
    assert not tags.input_tags.sparse
    assert not tags.non_deterministic
    assert tags.requires_fit
    assert not tags.no_validation
    assert (tags.transformer_tags is not None) == is_transformer(model)
    assert is_classifier(model) == (name == "HANRockClassifier")
    assert is_regressor(model) == (name == "HANRockRegressor")
    if is_classifier(model):
        assert tags.classifier_tags.multi_class
        assert not tags.classifier_tags.multi_label
    assert tags.target_tags.single_output
    assert not tags.target_tags.multi_output


def test_labels_are_required_where_the_tag_says_so(case):
    columns, _ = case.data()
    model = case.make()
    if get_tags(model).target_tags.required:
        with pytest.raises((TypeError, ValueError), match="y"):
            model.fit(pd.DataFrame(columns), None)
    else:
        check_is_fitted(model.fit(pd.DataFrame(columns), None))
