"""exp(m), over the tasks that may have a weight."""

from __future__ import annotations

from math import log

import pytest

from hanrock_sk.auxiliary.schemes import SCHEMES


def test_by_hand(tasks):
    data = tasks({"a": log(2), "b": 9.0, "c": 0.0}, a=True, b=False, c=True)
    assert SCHEMES["softmax"](data) == pytest.approx({"a": 2 / 3, "c": 1 / 3})
