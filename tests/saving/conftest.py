"""Fitted models, and how it is where a package is not installed."""

from __future__ import annotations

import builtins

import pytest
from frames import DataFrame
from tiny_estimators import supervised, talkturns, tiny_classifier, tiny_regressor


@pytest.fixture(scope="module", params=["classification", "regression"])
def fitted(request):
    columns, y = supervised(request.param)
    X = DataFrame(columns)
    make = tiny_classifier if request.param == "classification" else tiny_regressor
    return make().fit(X, y), X


@pytest.fixture
def classifier():
    columns, y = talkturns()
    return tiny_classifier().fit(DataFrame(columns), y), DataFrame(columns)


@pytest.fixture
def without(monkeypatch):
    """Make a package one that is not installed."""

    def hide(package):
        real = builtins.__import__

        def absent(name, *args, **kwargs):
            if name.split(".")[0] == package:
                raise ImportError(name)
            return real(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", absent)

    return hide
