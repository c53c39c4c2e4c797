"""What all plots share: the names and colours of tasks."""

from __future__ import annotations

FAMILY_COLOURS = {
    "primary": "#222222",
    "action": "#3b57c4",
    "prosody": "#c2571a",
    "history": "#1f8a5b",
    "future": "#8a4fae",
}


def task_name(task: str) -> str:
    """Return what a plot calls a task."""
    return task.replace("__", " ").replace("_", " ")


def task_colour(task: str) -> str:
    """Return the colour of a task's family."""
    return FAMILY_COLOURS[task.partition("__")[0]]
