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
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be"):
        path = write(tmp_path, "call.csv", text, encoding)
        assert read_transcript(path)["text"][0] == "H\u00e9llo Ben"
    path = write(tmp_path, "call.csv", text, "cp1252")
    assert read_transcript(path, encoding="cp1252")["text"][0] == "H\u00e9llo Ben"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("call.csv", CALL[:-9], r"line 4: 3 fields"),
        ("call.csv", CALL.splitlines()[0], "holds no words"),
        ("call.csv", "", "is empty"),
        ("call.json", LAYOUTS["call.json"][:-10], "line 1: .*"),
        ("call.json", '{"language": "en"}', r"is JSON.*, but no transcript known"),
        ("call.json", "[1, 2]", r"is JSON.*, but no transcript known"),
        ("call.json", '{"segments": []}', "holds no words"),
        ("call.docx", "Hello", "is no Word file, or is cut short"),
        ("call.wav", "Hello", "no transcript ends in '.wav'"),
    ],
)
def test_bad_files_name_file_and_place(tmp_path, name, text, message):
    path = write(tmp_path, name, text)
    with pytest.raises(ValueError, match=f"{name}.*{message}"):
        read_transcript(path)


@pytest.mark.parametrize(
    ("name", "text", "what", "talkturns"),
    [
        (
            "call.csv",
            CALL.replace("2.0,2.5", "2.0,1.5"),
            "line 3: an end before its start",
            [("Anna", "Hello Ben", 0.5, 2.0), ("Ben", "Hi", 2.75, 3.0)],
        ),
        (
            "call.csv",
            CALL.replace("2.0,2.5", "0.2,0.4"),
            "line 3: a start before that of the words above",
            [("Anna", "Ben Hello", 0.2, 1.0), ("Ben", "Hi", 2.75, 3.0)],
        ),
        (
            "call.json",
            LAYOUTS["call.json"].replace("2.5", "1.5"),
            r"segments\[0\]\.words\[1\]: an end before its start",
            [("Anna", "Hello Ben", 0.5, 2.0), ("Ben", "Hi", 2.75, 3.0)],
        ),
        (
            "call.vtt",
            LAYOUTS["call.vtt"] + "\n00:05.000 --> 00:06.000\n",
            "line 12: a last cue without text",
            [("Anna", "Hello Ben", 0.5, 2.5), ("Ben", "Hi", 2.75, 3.0)],
        ),
        (
            "call.srt",
            LAYOUTS["call.srt"].replace("Hello", "H\u00e9llo").encode("cp1252"),
            "line 3: bytes that are not utf-8, read as cp1252",
            [("Anna", "H\u00e9llo Ben", 0.5, 2.5), ("Ben", "Hi", 2.75, 3.0)],
        ),
    ],
)
def test_almost_right_is_read_with_one_warning(tmp_path, name, text, what, talkturns):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    place, _, amended = what.partition(": ")
    with pytest.warns(UserWarning, match=rf"{amended} \(1, the first at {place}\)"):
        found = read_transcript(path)
    columns = ["speaker", "text", "start", "end"]
    assert list(found[columns].itertuples(index=False, name=None)) == talkturns
    with pytest.raises(ValueError, match=rf"{name}, {what}"):
        read_transcript(path, strict=True)


def test_what_a_file_was_taken_for_is_logged(tmp_path, caplog):
    path = write(tmp_path, "call.srt", LAYOUTS["call.srt"])
    with caplog.at_level("INFO", "hanrock_sk.features"):
        read_transcript(path)
    assert "call.srt: read as captions" in caplog.text
    assert "speakers stand as 'name: words'" in caplog.text
    assert "speakers found: 'Anna', 'Ben'" in caplog.text


def test_speakers_override_what_is_decided(tmp_path):
    text = LAYOUTS["call.srt"].replace("Hello", "Note: hello")
    path = write(tmp_path, "call.srt", text)
    assert read_transcript(path)["text"].tolist() == ["Note: hello Ben", "Hi"]
    renamed = read_transcript(path, speakers={"Anna": "A", "Ben": "B"})
    assert renamed["speaker"].tolist() == ["A", "B"]
    with pytest.warns(UserWarning, match="no speaker is named"):
        only = read_transcript(path, speakers=["Ben"])
    assert only["text"].tolist() == ["Anna: Note: hello Anna: Ben", "Hi"]
    whole = read_transcript(path, speakers=False, pause=0.1)
    assert whole["text"].tolist() == ["Anna: Note: hello", "Anna: Ben", "Ben: Hi"]


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read_transcript(tmp_path / "call.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_transcript(tmp_path)
