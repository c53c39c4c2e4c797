"""The parts of the examples show how they are used."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["finished_trials", "result_tables", "task_trials"])
def test_what_is_shown_is_so(name):
    done = doctest.testmod(importlib.import_module(name))
    assert (done.failed, done.attempted > 0) == (0, True)
