"""Every private name that the package takes from scikit-learn, and what it is for.

None of them is promised to stay. When a release of scikit-learn moves one, this file
is the only one to mend, beside `sklearn_scorers`, whose name loads all metrics; the
names are scikit-learn's own, so that they can be found there. Those that wrap functions
have types here, as scikit-learn has none: without them, every function they wrap would
be unknown to a type checker.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

# What `clone` does with an estimator that has no say in it.
from sklearn.base import _clone_parametrized

# Writes an estimator as text, asking it for its parameters.
from sklearn.utils import _pprint

# What a parameter may be, in `_parameter_constraints` and `validate_params`.
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

# Which container `transform` returns, by `set_output` and `set_config`.
from sklearn.utils._set_output import _get_output_config

if TYPE_CHECKING:
    Function = TypeVar("Function", bound=Callable[..., Any])

    def _fit_context(
        *, prefer_skip_nested_validation: bool
    ) -> Callable[[Function], Function]: ...

    def validate_params(
        parameter_constraints: dict[str, Any], *, prefer_skip_nested_validation: bool
    ) -> Callable[[Function], Function]: ...
else:
    # Around `fit`: checks the parameters, and takes callbacks down when `fit` ends.
    from sklearn.base import _fit_context

    # The same check around a function.
    from sklearn.utils._param_validation import validate_params


def is_asked_by_printer() -> bool:
    """Whether scikit-learn's printer calls the method that asks this.

    The printer of a Pipeline does not call the ``__repr__`` of its steps but their
    ``get_params``, as `clone` does, which must get the parameters themselves.
    """
    return sys._getframe(2).f_globals.get("__name__") == _pprint.__name__


def labels_being_scored() -> Any:
    """Return the labels that a scorer is about to compare with what is predicted.

    A scorer asks an estimator to predict, and does not show it the labels; whatever is
    wrong with them, a metric then says in words that know nothing of the estimator.

    Returns
    -------
    y : array-like or None
        None if no scorer of scikit-learn's is asking, or one whose metric is of this
        package, which skips missing labels.
    """
    for frame in _callers("sklearn.metrics._scorer"):
        if "y_true" in frame.f_locals:
            metric = getattr(frame.f_locals.get("self"), "_score_func", None)
            while isinstance(metric, partial):
                metric = metric.func
            is_ours = str(getattr(metric, "__module__", "")).startswith("hanrock_sk.")
            return None if is_ours else frame.f_locals["y_true"]
    return None


def labels_being_numbered() -> Any:
    """Return the labels that `cross_val_predict` has put numbers in the place of.

    It does so for probabilities, and missing labels get a number, too.

    Returns
    -------
    labels : ndarray or None
        One of each; None if no `cross_val_predict` is fitting with numbers.
    """
    for frame in _callers("sklearn.model_selection._validation"):
        if frame.f_code.co_name == "cross_val_predict":
            return getattr(frame.f_locals.get("le"), "classes_", None)
    return None


def _callers(module: str) -> Iterator[FrameType]:
    """Yield the frames of a module that called, the last one first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == module:
            yield frame
        frame = frame.f_back


__all__ = [
    "HasMethods",
    "Interval",
    "StrOptions",
    "_clone_parametrized",
    "_fit_context",
    "_get_output_config",
    "is_asked_by_printer",
    "labels_being_numbered",
    "labels_being_scored",
    "validate_params",
]
