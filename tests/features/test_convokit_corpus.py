"""Corpora of ConvoKit, there and back, on a stand-in with its interface."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from hanrock_sk.features import from_convokit, to_convokit


class Utterance(SimpleNamespace):
    def add_meta(self, name, value):
        self.meta[name] = value


class Corpus:
    def __init__(self, utterances):
        self.utterances = {said.id: said for said in utterances}

    def iter_utterances(self):
        yield from self.utterances.values()

    def get_utterance(self, name):
        return self.utterances[name]


def said(name, conversation, speaker, text, timestamp, **meta):
    return Utterance(
        id=name,
        conversation_id=conversation,
        speaker=SimpleNamespace(id=speaker),
        text=text,
        timestamp=timestamp,
        meta=meta,
    )


@pytest.fixture
def corpus():
    return Corpus(
        [
            said("u2", "c1", "Ben", "Hi", 2, label="joy", begin=2.5),
            said("v1", "c2", "Cleo", "Well", None, label=None, begin="4"),
            said("u1", "c1", "Anna", "Hello", 1, begin=0.5),
        ]
    )


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_there_and_back(corpus, backend):
    table = from_convokit(corpus, start="begin", meta=["label"], backend=backend)
    assert list(table.columns) == [
        *("utterance", "conversation", "speaker", "text", "start", "label"),
    ]
    assert list(table["utterance"]) == ["u1", "u2", "v1"]
    assert list(table["speaker"]) == ["Anna", "Ben", "Cleo"]
    assert list(table["start"]) == [0.5, 2.5, 4.0]
    assert list(table["label"])[1] == "joy"
    same = to_convokit(corpus, table, np.array(["a", "b", None], dtype=object))
    assert same is corpus
    found = [
        corpus.get_utterance(name).meta["prediction"] for name in ("u1", "u2", "v1")
    ]
    assert found == ["a", "b", None]
    to_convokit(corpus, table, np.array([0.25, 1.0, np.nan]), name="score")
    assert corpus.get_utterance("u1").meta["score"] == 0.25
    assert corpus.get_utterance("v1").meta["score"] is None


def test_what_is_not_there(corpus):
    with pytest.raises(
        ValueError, match=r"metadata 'mood'; known are \['begin', 'label'\]"
    ):
        from_convokit(corpus, meta=["mood"])
    with pytest.raises(ValueError, match="'joy' is no number of seconds"):
        from_convokit(corpus, start="label")
    with pytest.raises(ValueError, match="no utterances"):
        from_convokit(Corpus([]))
    with pytest.raises(ValueError, match="2 predictions for 3 talkturns"):
        to_convokit(corpus, from_convokit(corpus), [1, 2])


@pytest.mark.parametrize(
    ("times", "order"),
    [
        (["30", "10", "20"], [1, 2, 0]),
        ([30, np.int64(10), 20.5], [1, 2, 0]),
        ([3.0, np.nan, 1.0], [0, 1, 2]),
        ([3, None, 1], [0, 1, 2]),
        (["3 o'clock", "1 o'clock", "2"], [0, 1, 2]),
        ([1, 1, 0], [2, 0, 1]),
    ],
)
def test_in_order_of_time_if_all_have_one(times, order):
    spoken = [said(f"u{i}", "c", "Anna", "x", time) for i, time in enumerate(times)]
    table = from_convokit(Corpus(spoken))
    assert list(table["utterance"]) == [f"u{number}" for number in order]
