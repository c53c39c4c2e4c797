"""What plots share."""

from __future__ import annotations

from hanrock_sk.explain.drawing import task_colour, task_name


def test_tasks():
    assert task_name("action__au05_shown") == "action au05 shown"
    assert task_colour("action__au05") == task_colour("action__au17")
