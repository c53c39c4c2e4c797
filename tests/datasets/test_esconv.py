"""ESConv in the published layout, eleven short chats."""

from __future__ import annotations

import json
import math

import pytest

from hanrock_sk.datasets import load_esconv
from hanrock_sk.datasets.esconv import count_conversations


def message(speaker, content, **annotation):
    return {"speaker": speaker, "annotation": annotation, "content": content}


def chat(number):
    return {
        "experience_type": "Current Experience",
        "emotion_type": "anxiety",
        "problem_type": "job crisis",
        "situation": "invented",
        "survey_score": {"seeker": {"empathy": "5"}, "supporter": {}},
        "dialog": [
            message("seeker", f"Hello {number}\n"),
            message("supporter", "What is it?", strategy="Questions"),
            message("seeker", "My job.", feedback="4"),
        ],
        "seeker_question1": "",
    }


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, [chat(number) for number in range(11)])
    return tmp_path


def write(folder, chats):
    (folder / "ESConv.json").write_text(json.dumps(chats))


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_a_message_is_a_row(folder, backend):
    X, y = load_esconv(folder, backend=backend)
    assert list(X.columns) == ["conversation", "speaker", "text", "emotion", "problem"]
    assert list(X["conversation"])[:4] == [0, 0, 0, 1]
    assert list(X["speaker"])[:3] == ["seeker", "supporter", "seeker"]
    assert list(X["text"])[:3] == ["Hello 0", "What is it?", "My job."]
    assert set(X["emotion"]) == {"anxiety"}
    assert set(X["problem"]) == {"job crisis"}
    assert y.tolist()[:3] == [None, "Questions", None]


def test_feedback_is_a_real_value(folder):
    _, y = load_esconv(folder, "feedback")
    assert y[2] == 4.0
    assert all(math.isnan(value) for value in y[:2])


@pytest.mark.parametrize(
    ("subset", "numbers"),
    [("train", [0, 1, 2, 3, 4, 5, 6, 7, 10]), ("dev", [8]), ("test", [9])],
)
def test_of_ten_conversations_eight_are_trained_on(folder, subset, numbers):
    X, y = load_esconv(folder, subset=subset)
    assert X["conversation"].unique().tolist() == numbers
    assert len(y) == len(X)


def test_the_chats_set_aside_call_people_otherwise(folder, tmp_path):
    (tmp_path / "FailedESConv.json").write_text(
        json.dumps([{"dialog": [message("speaker", "a"), message("listener", "b")]}])
    )
    X, _ = load_esconv(tmp_path / "FailedESConv.json")
    assert X["speaker"].tolist() == ["seeker", "supporter"]
    assert X["emotion"].isna().all()


@pytest.mark.parametrize(
    ("chats", "error"),
    [
        ({"a": 1}, "should hold a list"),
        ([{}], "conversation 0 has no 'dialog'"),
        ([chat(0), {"dialog": ["hello"]}], "conversation 1, message 0 is no object"),
        ([{"dialog": [{"content": "a"}]}], r"lacks \['speaker'\]"),
        ([{"dialog": [message("bot", "a")]}], "speaker must be.*'bot'"),
        ([{"dialog": [message("seeker", "a", feedback="good")]}], "feedback.*'good'"),
    ],
)
def test_errors_name_conversation_and_message(tmp_path, chats, error):
    write(tmp_path, chats)
    with pytest.raises(ValueError, match=error):
        load_esconv(tmp_path)


def test_a_file_cut_short(folder):
    file = folder / "ESConv.json"
    file.write_text(file.read_text()[:-20])
    with pytest.raises(ValueError, match=r"ESConv\.json, line 1"):
        load_esconv(folder)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"ESConv\.json.*thu-coai"):
        load_esconv(tmp_path)


def test_conversations_are_counted(folder):
    assert count_conversations(folder / "ESConv.json") == 11
