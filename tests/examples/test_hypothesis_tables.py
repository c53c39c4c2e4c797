"""Tables of the hypotheses: when draws of the test conversations say something."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("n_conversations", [2, 12])
def test_an_interval_needs_conversations_to_draw(n_conversations):
    from hypothesis_tables import conversations_table
    from task_trials import TaskTrials

    conversations = [number // 2 for number in range(2 * n_conversations)]
    labels = [number % 2 for number in range(2 * n_conversations)]
    part = {"conversation": conversations, "labels": labels, "n_classes": 2}
    none = [{"predicted": [0] * len(labels)}]
    aphf = [{"predicted": labels}]
    task = TaskTrials("task", {"none": none, "aphf": aphf}, test_part=part)
    (row,) = conversations_table([task]).rows
    interval = "none: 2 conversations" if n_conversations == 2 else "[+0.500, +0.500]"
    assert row == ["task", "none", "aphf", "+0.500", interval]
