"""Estimators with large parameters, such as thousands of word vectors, as text."""

from __future__ import annotations

from collections import UserDict
from typing import Any

from hanrock_sk._base.sklearn_private import is_asked_by_printer

MOST_NUMBERS = 1000
"""A mapping with more values than this is not written out."""


class ShortRepr:
    """Mixin that keeps large mappings out of the text form of an estimator.

    To stand before scikit-learn's base. The parameters themselves stay what they are.
    Written out, 4,000 word vectors of 300 numbers would take minutes, and be cut to 700
    characters then.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters of this estimator by name.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return those of estimators among them, too.

        Returns
        -------
        params : dict of str to object
            The very objects that the constructor was given.
        """
        params: dict[str, Any] = super().get_params(deep)  # type: ignore[misc]
        if is_asked_by_printer():
            return {name: _short(value) for name, value in params.items()}
        return params


class _Summary:
    """Stands for a mapping in the text form."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _short(value: Any) -> Any:
    """Return what is written of a parameter."""
    if not isinstance(value, dict | UserDict):
        return value
    n_numbers = 0
    for entry in value.values():
        n_numbers += getattr(entry, "size", 1)
        if n_numbers > MOST_NUMBERS:
            return _Summary(f"<{type(value).__name__} of {len(value):,} entries>")
    return value
