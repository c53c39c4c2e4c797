"""Every public estimator in turn, unfitted and fitted."""

from __future__ import annotations

import pickle
from functools import cache

import pytest
from every_estimator import CASES


@pytest.fixture(params=CASES)
def case(request):
    """One estimator or transformer after the other."""
    return CASES[request.param]


@cache
def _fitted(name, frame):
    columns, y = CASES[name].data()
    return pickle.dumps(CASES[name].make().fit(frame(columns), y))


@pytest.fixture
def fitted(request, case, frame):
    """It, fitted to its data; a copy for each test, so that none disturbs another."""
    name = next(name for name, value in CASES.items() if value is case)
    return pickle.loads(_fitted(name, frame))
