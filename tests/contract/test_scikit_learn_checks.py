"""scikit-learn's own checks: those without data as they are, all others on arrays."""

from __future__ import annotations

import pytest
from every_estimator import CASES, is_transformer
from fed_with_arrays import (
    ClassifierOfArrays,
    NarratorOfArrays,
    RegressorOfArrays,
    TargetsOfArrays,
    TimingsOfArrays,
    WeightsOfArrays,
)
from sklearn.utils import estimator_checks as checks
from sklearn.utils.estimator_checks import parametrize_with_checks

WITHOUT_DATA = [
    checks.check_do_not_raise_errors_in_init_or_set_params,
    checks.check_estimator_cloneable,
    checks.check_estimator_repr,
    checks.check_estimator_tags_renamed,
    checks.check_estimators_unfitted,
    checks.check_get_params_invariance,
    checks.check_mixin_order,
    checks.check_no_attributes_set_in_init,
    checks.check_parameters_default_constructible,
    checks.check_set_params,
    checks.check_valid_tag_types,
]
OF_TRANSFORMERS = [
    checks.check_get_feature_names_out_error,
    checks.check_transformers_unfitted,
]
OF_REGRESSORS = [checks.check_regressors_no_decision_function]


@pytest.mark.parametrize("check", WITHOUT_DATA, ids=lambda check: check.__name__)
def test_without_data(case, check):
    check(case.kind.__name__, case.make())


@pytest.mark.parametrize("check", OF_TRANSFORMERS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(
    "case", [c for c in CASES.values() if is_transformer(c.kind)], ids=lambda c: c.kind
)
def test_of_transformers_without_data(case, check):
    check(case.kind.__name__, case.make())


SMALL = {
    "architecture": "han",
    "content_size": 1,
    "word_gru": 6,
    "pri_gru": 6,
    "attention_units": 6,
    "embedding_dim": 6,
    "min_count": 1,
    "gru_dropout": 0.0,
    "recurrent_dropout": 0.0,
    "lr": 0.1,
    "batch_size": 32,
    "validation_fraction": 0.0,
    "device": "cpu",
    "random_state": 0,
}


@parametrize_with_checks(
    [
        TargetsOfArrays(history=0, future=0),
        WeightsOfArrays(random_state=0),
        TimingsOfArrays(),
        NarratorOfArrays(baseline="population"),
        ClassifierOfArrays(**SMALL, max_epochs=5),
        RegressorOfArrays(**SMALL, max_epochs=2),
    ]
)
def test_on_arrays(estimator, check):
    check(estimator)
