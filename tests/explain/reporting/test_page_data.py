import json

import numpy as np
import pytest
from sklearn.base import clone

from hanrock_sk import HANRockClassifier
from hanrock_sk.explain.reporting.page_data import page_data


def test_conversations_in_order(multi_task, talkturns):
    X, y = talkturns
    interleaved = X.sample(frac=1, random_state=0).sort_values("start", kind="stable")
    positions = [X.index.get_loc(label) for label in interleaved.index]
    data = page_data({"m": multi_task}, interleaved, y[positions])
    json.dumps(data, allow_nan=False)
    rows = iter(data["talkturns"]["row"])
    for conversation in data["conversations"]:
        own = [next(rows) for _ in range(conversation["size"])]
        names = interleaved["conversation"].iloc[own]
        assert set(names.astype(str)) == {conversation["name"]}
        assert own == sorted(own)
    assert sorted(data["talkturns"]["row"]) == list(range(len(X)))


def test_what_was_said_by_whom_and_when(multi_task, talkturns, frame):
    X, y = talkturns
    table = frame({name: X[name].to_list() for name in X.columns})
    data = page_data({"m": multi_task}, table, y, chosen=[3])
    own = np.flatnonzero(X["conversation"] == 3)
    turns = data["talkturns"]
    assert turns["text"] == X["text"].iloc[own].to_list()
    speakers = [turns["speakers"][code] for code in turns["speaker"]]
    assert speakers == X["speaker"].iloc[own].to_list()
    np.testing.assert_allclose(turns["time"], X["start"].iloc[own], atol=0.05001)
    labels = [
        None if code is None else data["classes"][code] for code in turns["label"]
    ]
    assert labels == y[own].tolist()
    assert [c["name"] for c in data["conversations"]] == ["3"]
    assert data["models"][0]["summary"]["conversations"][0]["labelled"] == sum(
        label is not None for label in y[own]
    )


def test_speakers_without_labels_are_told_apart(multi_task, talkturns):
    X, y = talkturns
    one = X["speaker"].iloc[0]
    labels = np.where(X["speaker"] == one, None, y)
    data = page_data({"m": multi_task}, X, labels, occlusion=False)
    others = sorted(set(X["speaker"]) - {one})
    assert data["talkturns"]["labelled"] == others
    assert (
        page_data({"m": multi_task}, X, occlusion=False)["talkturns"]["labelled"]
        is None
    )


def test_speakers_who_are_missing_go_by_one_name(multi_task, talkturns, frame):
    """By another one, the page would take labelled talkturns for context."""
    X, y = talkturns
    names = X["speaker"].to_list()
    one = names[0]
    columns = {name: X[name].to_list() for name in X.columns}
    columns["speaker"] = [None if name == one else name for name in names]
    turns = page_data({"m": multi_task}, frame(columns), y, occlusion=False)[
        "talkturns"
    ]
    assert turns["labelled"] == sorted({"", *names} - {one})
    assert set(turns["labelled"]) == set(turns["speakers"])


def test_columns_may_be_missing(han, talkturns):
    X, y = talkturns
    han = clone(han).set_params(speaker_vectors=False).fit(X, y)
    data = page_data({"m": han}, X[["conversation", "text"]])
    turns = data["talkturns"]
    assert turns["speakers"] is None
    assert turns["time"] is None
    assert set(turns["label"]) == {None}


def test_strings_are_one_list():
    texts = ["a a", "b b"] * 6
    model = HANRockClassifier(
        word_gru=2, pri_gru=2, attention_units=2, max_epochs=1, device="cpu"
    ).fit(texts, [0, 1] * 6)
    # A model at chance would show no maps, and an epoch may leave it there.
    data = page_data({"m": model}, texts, [0, 1] * 6, maps=True)
    assert data["conversations"] == [{"name": "", "size": 12}]
    assert data["talkturns"]["text"] == texts
    assert data["models"][0]["window"] == [1] * 12
    with pytest.raises(ValueError, match="only from a table"):
        page_data({"m": model}, texts, chosen=[1])


def test_bad_input(multi_task, han, talkturns):
    X, _ = talkturns
    with pytest.raises(ValueError, match="Conversation 77 has no talkturns"):
        page_data({"m": multi_task}, X, chosen=[0, 77])
    with pytest.raises(ValueError, match="conversations is empty"):
        page_data({"m": multi_task}, X, chosen=[])
    with pytest.raises(TypeError, match="must be a list, got the string '3'"):
        page_data({"m": multi_task}, X, chosen="3")
    other = HANRockClassifier(conversation="dialogue", max_epochs=1, word_gru=2)
    other.fit(["a a", "b b"] * 6, [0, 1] * 6)
    with pytest.raises(ValueError, match=r"different columns .*'dialogue'"):
        page_data({"a": han, "b": other}, X)
