"""What plots share."""

from __future__ import annotations

import sys

import pytest

from hanrock_sk.explain.drawing import load_pyplot, task_colour, task_name


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"hanrock-sk\[plot\]"):
        load_pyplot()


def test_tasks():
    assert task_name("action__au05_shown") == "action au05 shown"
    assert task_colour("action__au05") == task_colour("action__au17")
