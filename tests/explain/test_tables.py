import numpy as np
import pytest

from hanrock_sk.explain.overall import overall_attention
from hanrock_sk.explain.tables import talkturn_columns, task_columns, word_columns


@pytest.fixture
def overall(made_by_hand):
    return overall_attention(made_by_hand, None, "pandas")


def as_lists(columns):
    return {
        name: np.round(np.asarray(values, dtype=float), 4).tolist()
        if not isinstance(values, list)
        else values
        for name, values in columns.items()
    }


def test_words(overall):
    result = as_lists(word_columns(overall))
    assert list(result) == [
        "row", "talkturn", "steps_back", "position", "word", "primary", "auxiliary",
        "weight", "z", "bucket",
    ]  # fmt: skip
    assert result["row"] == [0, 1, 1, 1]
    assert result["talkturn"] == [0, 0, 1, 1]
    assert result["steps_back"] == [0, 1, 0, 0]
    assert result["position"] == [0, 0, 0, 1]
    assert result["word"] == ["no", "no", "not", "now"]
    assert result["primary"] == [1, 1, 0.9, 0.1]
    assert result["auxiliary"] == [1, 1, 0.5, 0.5]
    assert result["weight"] == [1, 1, 0.7, 0.3]
    assert result["bucket"] == ["low", "medium", "low", "none"]


def test_talkturns(overall):
    result = as_lists(talkturn_columns(overall))
    assert list(result) == [
        "row", "talkturn", "steps_back", "primary", "action__au05", "history__1",
        "weight", "z", "bucket",
    ]  # fmt: skip
    assert result["row"] == [0, 1, 1]
    assert result["talkturn"] == [0, 0, 1]
    assert result["steps_back"] == [0, 1, 0]
    assert result["primary"] == [1, 0.2, 0.8]
    assert result["history__1"] == [1, 1, 0]
    assert result["weight"] == [1, 0.45, 0.55]
    assert result["z"] == [0, -1, 1]
    assert result["bucket"] == ["low", "none", "medium"]


def test_tasks(overall):
    result = as_lists(task_columns(overall))
    assert result == {
        "row": [0, 0, 0, 1, 1, 1],
        "task": ["primary", "action__au05", "history__1"] * 2,
        "weight": [0.5, 0.25, 0.25, 0.5, 0.3, 0.2],
    }


@pytest.mark.parametrize("backend", ["pandas", "polars"])
@pytest.mark.parametrize("level", ["words", "talkturns", "tasks"])
def test_tables_of_both_libraries(made_by_hand, backend, level):
    table = overall_attention(made_by_hand, [1], backend).table(level)
    assert type(table).__module__.startswith(backend)
    assert len(table) == {"words": 3, "talkturns": 2, "tasks": 3}[level]
    assert set(table["row"].to_list()) == {1}
