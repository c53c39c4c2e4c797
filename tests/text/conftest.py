"""Fixtures of the tests of contextual vectors."""

from __future__ import annotations

import pytest

from hanrock_sk.text import ContextualVectors
from hanrock_sk.text.vector_memo import MEMO


@pytest.fixture
def nothing_remembered():
    MEMO.clear()


@pytest.fixture
def vectors(tiny_bert, nothing_remembered):
    return ContextualVectors(tiny_bert)
