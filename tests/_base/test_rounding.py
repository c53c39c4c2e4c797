"""Rounding that holds in every unit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hanrock_sk._base.rounding import round_value, written


@pytest.mark.parametrize("unit", [1e-300, 1e-30, 1e-5, 1.0, 1e5, 1e30])
def test_seven_digits_are_kept(unit):
    values = unit * np.random.default_rng(0).normal(size=100)
    for value in values.tolist():
        assert round_value(value) == pytest.approx(value, rel=1e-6, abs=0)


def test_four_decimals_are_kept():
    assert round_value(98765.43212) == 98765.4321
    assert round_value(np.float32(0.5)) == 0.5
    assert len(str(round_value(1 / 3))) == len("0.3333333")


def test_what_has_no_digits():
    assert round_value(0.0) == 0
    assert round_value(math.inf) == math.inf
    assert math.isnan(round_value(math.nan))


def test_what_is_written_says_something():
    assert written(-0.12345, 0.2) == "-0.123"
    assert written(0.00012, 0.2, "+") == "+0.000"
    assert written(0.00012, 0.0002, "+") == "+0.00012"
    assert written(0.0, 0.0) == "0.000"
