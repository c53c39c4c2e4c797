"""Answers of schemes: what is refused, and how shares are scaled."""

from __future__ import annotations

import pytest

from hanrock_sk.auxiliary import Shares
from hanrock_sk.auxiliary.schemes.shares import ask_scheme, scale_shares


def test_shares_alone_or_with_attributes(tasks):
    data = tasks(a=True)
    assert ask_scheme(lambda data: {"a": 2}, data) == Shares({"a": 2}, {})
    told = Shares({"a": 2}, {"why_": "so"})
    assert ask_scheme(lambda data: told, data) is told


def test_a_scheme_is_not_asked_about_nothing(tasks):
    assert ask_scheme(lambda data: 1 / 0, tasks(a=False)) == Shares({})


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"b": 1}, r"'lambda' gave a share to 'b', .* there are \['a'\]"),
        ({"a": -0.1}, "gave 'a' a share of -0.1"),
        ({"a": "much"}, "gave 'a' a share of 'much'"),
        ({"a": float("nan")}, "gave 'a' a share of nan"),
        ({"a": float("inf")}, "finite number, at least 0"),
        (Shares({"a": 1}, {"why": 0}), "names the attribute 'why'"),
        (Shares({"a": 1}, {"weights_": 0}), "names the attribute 'weights_'"),
    ],
)
def test_bad_answers(answer, message, tasks):
    with pytest.raises(ValueError, match=message.replace("'lambda'", "'<lambda>'")):
        ask_scheme(lambda data: answer, tasks(a=True))


def test_scaling_by_hand(tasks):
    data = tasks(a=True, b=False, c=True, d=True)
    weights = scale_shares({"a": 3, "b": 5, "c": 1}, data, 0.6)
    assert weights == pytest.approx(
        {"primary": 0.6, "a": 0.3, "b": 0.0, "c": 0.1, "d": 0.0}
    )
    assert weights["b"] == weights["d"] == 0
    assert list(weights) == ["primary", "a", "b", "c", "d"]
    only = {"primary": 1.0, "a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0}
    assert scale_shares({"b": 1}, data, 0.6) == only


@pytest.mark.parametrize("answer", [None, ["a"], 1.0])
def test_no_answer(answer, tasks):
    with pytest.raises(TypeError, match=r"'<lambda>' returned .*; expected a mapping"):
        ask_scheme(lambda data: answer, tasks(a=True))
