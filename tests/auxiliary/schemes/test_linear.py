"""m itself, or equally where there is none."""

from __future__ import annotations

from hanrock_sk.auxiliary.schemes import SCHEMES


def test_by_hand(tasks):
    data = tasks({"a": 0.5, "b": 9.0, "c": 0.0}, a=True, b=False, c=True)
    assert SCHEMES["linear"](data) == {"a": 0.5, "c": 0.0}


def test_targets_that_tell_nothing_share_equally(tasks):
    data = tasks({"a": 0.0, "b": 9.0, "c": 0.0}, a=True, b=False, c=True)
    assert SCHEMES["linear"](data) == {"a": 1.0, "c": 1.0}
