"""Fixtures of the tests of searches."""

from __future__ import annotations

import pytest
from scripted_search import Scripted


@pytest.fixture
def trained(monkeypatch):
    result = []
    monkeypatch.setattr(Scripted, "trained", result)
    return result
