"""What is told of a network: in the types of JSON, and by its names."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hanrock_sk.estimators.trained_on import TrainedOn
from hanrock_sk.model.records import Sizes

SEEN = TrainedOn(
    architecture="rock",
    sizes=Sizes(2, (0, 0, 2), word_gru=4, measured=(1,)),
    content_size=3,
    max_words=None,
    column="said",
    conversation="call",
    in_conversations=True,
    valued=("action__au05", "action__au17"),
    labelled=("history__1",),
    narrative="told",
    text="said",
    speaker="who",
)


def test_its_state_comes_back_from_json():
    state = SEEN.state()
    read = json.loads(json.dumps(state))
    assert read == state
    assert TrainedOn.from_state(read) == SEEN
    assert TrainedOn.from_state(state) == SEEN


def test_a_state_without_what_came_later():
    state = SEEN.state()
    del state["sizes"]["measured"], state["sizes"]["features"], state["speaker"]
    sizes = replace(SEEN.sizes, measured=())
    assert TrainedOn.from_state(state) == replace(SEEN, sizes=sizes, speaker="speaker")


def test_reading_a_state_leaves_it_alone():
    state = SEEN.state()
    TrainedOn.from_state(state)
    assert state == SEEN.state()


@pytest.mark.parametrize(
    ("architecture", "n_encoded"), [("rock", 4), ("flat", 1), ("han", 1)]
)
def test_tasks(architecture, n_encoded):
    seen = replace(SEEN, architecture=architecture)
    tasks = ("primary", "action__au05", "action__au17", "history__1")
    assert seen.tasks == tasks
    assert seen.encoded_tasks == tasks[:n_encoded]


def test_columns_by_their_names():
    assert SEEN.columns._asdict() == {
        "narrative": "told",
        "text": "said",
        "conversation": "call",
        "speaker": "who",
    }
