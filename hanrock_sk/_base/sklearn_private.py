"""Every private name that the package takes from scikit-learn, and what it is for.

None of them is promised to stay. When a release of scikit-learn moves one, this file
is the only one to mend; the names are scikit-learn's own, so that they can be found
there.
"""

from __future__ import annotations

# Around `fit`: checks the parameters, and takes callbacks down when `fit` ends.
from sklearn.base import _fit_context

# What a parameter may be, in `_parameter_constraints` and `validate_params`.
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    StrOptions,
    validate_params,
)

# Which container `transform` returns, by `set_output` and `set_config`.
from sklearn.utils._set_output import _get_output_config

__all__ = [
    "HasMethods",
    "Interval",
    "StrOptions",
    "_fit_context",
    "_get_output_config",
    "validate_params",
]
