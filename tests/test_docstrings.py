"""Public docstrings tell parameters, returns and examples, besides their form."""

from __future__ import annotations

import dataclasses
import importlib
import inspect

import pytest
from numpydoc.validate import validate
from public_names import public_modules

# numpydoc's codes: parameters, unknown parameters, order, types; returns; examples.
REQUIRED = {"GL08", "PR01", "PR02", "PR03", "PR04", "PR07", "RT01", "RT03", "EX01"}


def public_objects():
    """Functions and classes that the package's parts list in ``__all__``."""
    for module in public_modules():
        for name in module.__all__:
            if callable(getattr(module, name)):
                yield f"{module.__name__}.{name}"


def complaints(name):
    """What numpydoc finds missing."""
    errors = validate(name)["errors"]
    return [f"{code}: {message}" for code, message in errors if code in REQUIRED]


@pytest.mark.parametrize("name", list(public_objects()))
def test_public_docstring(name):
    package, _, short = name.rpartition(".")
    thing = getattr(importlib.import_module(package), short)
    result = complaints(name)
    if dataclasses.is_dataclass(thing):  # its parameters are its attributes
        result = [complaint for complaint in result if not complaint.startswith("PR01")]
    if inspect.isclass(thing):
        for method, value in vars(thing).items():
            if inspect.isfunction(value) and not method.startswith("_"):
                result += [
                    f"{method}: {complaint}"
                    for complaint in complaints(f"{name}.{method}")
                    if not complaint.startswith("EX01")
                ]
    assert result == []
