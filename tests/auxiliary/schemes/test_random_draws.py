"""Uniform draws for all tasks, by the seed alone."""

from __future__ import annotations

import numpy as np

from hanrock_sk.auxiliary.schemes import SCHEMES


def test_draws_do_not_depend_on_what_is_off(tasks):
    draws = np.random.RandomState(7).uniform(size=2).tolist()
    assert SCHEMES["random"](tasks(a=True, b=True)) == {"a": draws[0], "b": draws[1]}
    assert SCHEMES["random"](tasks(a=False, b=True)) == {"a": draws[0], "b": draws[1]}
