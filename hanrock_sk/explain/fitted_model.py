"""The fitted model inside what a user passes, and the library of their table."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import narwhals as nw
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from hanrock_sk.talkturns.table import is_table


def split_pipeline(estimator: Any) -> tuple[Pipeline | None, Any]:
    """Return the steps before the model, if there are any, and the model.

    Parameters
    ----------
    estimator : HANRockClassifier, HANRockRegressor or Pipeline that ends in one
        Or a search over one, whose best estimator is taken.

    Returns
    -------
    steps : Pipeline or None
        What makes the table that the model reads.
    model : HANRockClassifier or HANRockRegressor
        Fitted.

    Raises
    ------
    TypeError
        If the model cannot say what it attended to.
    NotFittedError
        If it is not fitted.
    """
    estimator = getattr(estimator, "best_estimator_", estimator)
    steps, model = None, estimator
    if isinstance(estimator, Pipeline):
        model = estimator[-1]
        steps = estimator[:-1] if len(estimator) > 1 else None
    if not hasattr(model, "attention"):
        raise TypeError(
            f"{type(model).__name__} has no attention to show. Pass a "
            "HANRockClassifier or HANRockRegressor, or a Pipeline that ends in one."
        )
    check_is_fitted(model)
    return steps, model


def table_library(X: Any) -> str:
    """Return the library of a table; for strings, one that is installed."""
    if is_table(X):
        return nw.from_native(X, eager_only=True).implementation.value
    return "pandas" if find_spec("pandas") else "polars"
