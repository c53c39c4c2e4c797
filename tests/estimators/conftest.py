"""Fixtures of the tests of estimators."""

from __future__ import annotations

import pytest

from hanrock_sk.estimators import memory as module


@pytest.fixture
def trainings(monkeypatch):
    """A list that grows with each fit that is trained."""
    fits, train = [], module.train

    def counted(*args):
        fits.append(args)
        train(*args)

    monkeypatch.setattr(module, "train", counted)
    return fits
