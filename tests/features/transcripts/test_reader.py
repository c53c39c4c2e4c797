"""Transcripts of every layout to talkturns."""

from __future__ import annotations

import json

import narwhals as nw
import pytest

from hanrock_sk.features import read_transcript

CALL = "speaker,word,start,end\nAnna,Hello,0.5,1.0\nAnna,Ben,2.0,2.5\nBen,Hi,2.75,3.0\n"
WORDS = [
    {"word": "Hello", "start": 0.5, "end": 1.0, "speaker": "Anna"},
    {"word": "Ben", "start": 2.0, "end": 2.5, "speaker": "Anna"},
    {"word": "Hi", "start": 2.75, "end": 3.0, "speaker": "Ben"},
]
TALKTURNS = [
    ("call", "Anna", "Hello Ben", 0.5, 2.5),
    ("call", "Ben", "Hi", 2.75, 3.0),
]
GOOGLE_WORDS = [
    {
        "word": word["word"],
        "startTime": f"{word['start']}s",
        "endTime": f"{word['end']}s",
        "speakerTag": {"Anna": 1, "Ben": 2}[word["speaker"]],
    }
    for word in WORDS
]
LAYOUTS = {
    "call.csv": CALL,
    "call.tsv": CALL.replace(",", "\t"),
    "call.txt": CALL.replace(",", ";"),
    "call.json": json.dumps({"segments": [{"start": 0, "end": 3, "words": WORDS}]}),
    "call.vtt": (
        "WEBVTT\n\n00:00.500 --> 00:01.000\n<v Anna>Hello\n\n"
        "00:02.000 --> 00:02.500\n<v Anna>Ben\n\n00:02.750 --> 00:03.000\n<v Ben>Hi\n"
    ),
    "call.srt": (
        "1\n00:00:00,500 --> 00:00:01,000\nAnna: Hello\n\n"
        "2\n00:00:02,000 --> 00:00:02,500\nAnna: Ben\n\n"
        "3\n00:00:02,750 --> 00:00:03,000\nBen: Hi\n"
    ),
}


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_the_same_call_in_every_layout(tmp_path, name, backend):
    path = write(tmp_path, name, LAYOUTS[name])
    found = read_transcript(path, backend=backend)
    assert type(found).__module__.startswith(backend)
    table = nw.from_native(found)
    assert table.columns == ["conversation", "speaker", "text", "start", "end"]
    assert table.rows() == TALKTURNS


@pytest.mark.parametrize("wrap", [False, True])
def test_google(tmp_path, wrap):
    content = {"results": [{"alternatives": [{"words": GOOGLE_WORDS}]}]}
    content = {"name": "1", "done": True, "response": content} if wrap else content
    path = write(tmp_path, "call.json", json.dumps(content))
    found = nw.from_native(read_transcript(path, conversation="x")).rows()
    assert found == [("x", "1", "Hello Ben", 0.5, 2.5), ("x", "2", "Hi", 2.75, 3.0)]


def test_pocketsphinx(data_root):
    path = data_root / "formats" / "speech_tools" / "pocketsphinx_words.json"
    found = read_transcript(path, pause=0.3, unknown_speaker="espeak")
    assert found["text"].tolist() == ["i'd wouldn't see the", "money", "you really so"]
    assert found["start"].tolist() == [0.03, 1.39, 2.06]
    assert found["end"].tolist() == [1.05, 1.64, 2.65]
    assert set(found["speaker"]) == {"espeak"}


def test_a_pause_splits(tmp_path):
    found = read_transcript(write(tmp_path, "call.csv", CALL), pause=1.0)
    assert found["text"].tolist() == ["Hello", "Ben", "Hi"]
    for pause in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="pause must be None or above 0"):
            read_transcript(tmp_path / "call.csv", pause=pause)


def test_a_table_names_its_conversations(tmp_path):
    text = "audio_id,speaker,word,start,end\na,Anna,Hi,0,1\nb,Anna,Ho,0,1\n"
    found = read_transcript(write(tmp_path, "call.csv", text))
    assert found["conversation"].tolist() == ["a", "b"]


def test_one_speaker_without_pause_is_one_talkturn(tmp_path):
    path = write(tmp_path, "call.srt", "1\n00:00:00,500 --> 00:00:01,000\nHello\n")
    with pytest.warns(UserWarning, match=r"call\.srt: .* one talkturn\. Pass pause="):
        found = read_transcript(path)
    assert found["speaker"].tolist() == ["unknown"]


def test_some_nameless_words(tmp_path):
    path = write(tmp_path, "call.csv", CALL.replace("Ben,Hi", ",Hi"))
    with pytest.warns(UserWarning, match=r"call\.csv, line 4: no speaker is named"):
        found = read_transcript(path, unknown_speaker="somebody")
    assert found["speaker"].tolist() == ["Anna", "somebody"]


def test_encodings(tmp_path):
    text = CALL.replace("Hello", "H\u00e9llo")
    for encoding in ("utf-8-sig", "utf-16"):
        path = write(tmp_path, "call.csv", text, encoding)
        assert read_transcript(path)["text"][0] == "H\u00e9llo Ben"
    path = write(tmp_path, "call.csv", text, "cp1252")
    with pytest.raises(ValueError, match=r"call\.csv, line 2: .*encoding"):
        read_transcript(path)
    assert read_transcript(path, encoding="cp1252")["text"][0] == "H\u00e9llo Ben"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("call.csv", CALL[:-9], r"line 4: 3 fields"),
        ("call.csv", CALL.replace("2.0,2.5", "2.0,1.5"), "line 3: 'Ben' ends"),
        ("call.csv", CALL.replace("2.0,2.5", "0.2,0.5"), "line 3: time runs backwards"),
        ("call.csv", CALL.splitlines()[0], "holds no words"),
        ("call.csv", "", "is empty"),
        ("call.json", LAYOUTS["call.json"][:-10], "line 1: .*"),
        ("call.json", '{"language": "en"}', r"is JSON.*, but no transcript known"),
        ("call.json", "[1, 2]", r"is JSON.*, but no transcript known"),
        ("call.json", '{"segments": []}', "holds no words"),
        (
            "call.json",
            LAYOUTS["call.json"].replace("2.5", "1.5"),
            r"segments\[0\]\.words\[1\]: 'Ben' ends",
        ),
        ("call.vtt", LAYOUTS["call.vtt"][:-12], "line 9: a cue without text"),
        ("call.docx", "Hello", "no transcript ends in '.docx'"),
    ],
)
def test_bad_files_name_file_and_place(tmp_path, name, text, message):
    path = write(tmp_path, name, text)
    with pytest.raises(ValueError, match=f"{name}.*{message}"):
        read_transcript(path)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read_transcript(tmp_path / "call.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_transcript(tmp_path)
