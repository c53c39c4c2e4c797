"""One conversation's files to one table."""

from __future__ import annotations

import wave

import narwhals as nw
import numpy as np
import pytest
from face_tables import HEADER, face, write

from hanrock_sk.features import assemble
from hanrock_sk.talkturns.values import is_missing

WORDS = """speaker,word,start,end
Anna,Shall,0.5,0.75
Anna,we,0.75,1.0
Ben,Yes,1.25,1.5
Anna,Good,1.4,2.0
"""
TONE = "audio_id,speaker,talkturn no,neutrality,happiness,sadness,anger,fear\n"


def column(table, name):
    found = nw.from_native(table)[name].to_list()
    return [None if is_missing(value) else value for value in found]


@pytest.fixture
def words(tmp_path):
    return write(tmp_path / "call.csv", WORDS)


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_everything_at_once(tmp_path, words, backend):
    pytest.importorskip("parselmouth", reason="praat-parselmouth is not installed")
    tone = write(tmp_path / "tone.csv", TONE + "call,Ben,1,0.1,0.2,0.3,0.4,0\n")
    sine = 0.3 * np.sin(2 * np.pi * 200 * np.arange(3 * 16000) / 16000)
    audio = tmp_path / "call.wav"
    with wave.open(str(audio), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((sine * 32767).astype("<i2").tobytes())
    found = assemble(
        words,
        openface={
            "Anna": face(tmp_path / "anna.csv", intensity=1.5),
            "Ben": face(tmp_path / "ben.csv", intensity=0.5),
        },
        tone=tone,
        audio=audio,
        backend=backend,
    )
    assert type(found).__module__.startswith(backend)
    assert column(found, "conversation") == ["call"] * 3
    assert column(found, "text") == ["Shall we", "Yes", "Good"]
    assert column(found, "delay") == pytest.approx([None, 0.25, -0.1])
    assert column(found, "speech_rate") == pytest.approx([240, 240, 100])
    assert column(found, "au05") == [1.5, 0.5, 1.5]
    assert column(found, "au05_shown") == [True, True, True]
    assert column(found, "tone_angry") == [None, 0.4, None]
    assert column(found, "pitch_mean") == pytest.approx([200] * 3, abs=0.1)


def test_clocks(tmp_path, words):
    """Anna's film began one second late, in two parts, the second one first."""
    one = face(tmp_path / "one.csv", count=4, intensity=1.0)
    two = face(tmp_path / "two.csv", count=10, intensity=3.0)
    found = assemble(
        words, openface={"Anna": [two, one]}, offsets={two: 1.0, str(one): 0.5}
    )
    # 0.5 to 0.8 s in the first part, and 1.0 s in the second; then 1.4 to 1.9 s.
    assert column(found, "au05") == pytest.approx([(4 * 1.0 + 3.0) / 5, None, 3.0])


def test_two_faces_in_one_film(tmp_path, words):
    both = face(tmp_path / "a.csv", intensity=1.0)
    other = face(tmp_path / "b.csv", intensity=2.0, face_id=1)
    film = write(
        tmp_path / "film.csv", both.read_text() + other.read_text().removeprefix(HEADER)
    )
    faces = {"Anna": film, "Ben": film}
    found = assemble(words, openface=faces, faces={"Anna": 1, "Ben": 0})
    assert column(found, "au05") == [2.0, 1.0, 2.0]
    with pytest.raises(ValueError, match=r"film\.csv to 'Anna' and to 'Ben'"):
        assemble(words, openface=faces)
    for shared in ({"Anna": (0, 1), "Ben": 1}, {"Anna": 0, "Ben": [0]}, {"Anna": 0}):
        with pytest.raises(ValueError, match=r"film\.csv to 'Anna' and to 'Ben'"):
            assemble(words, openface=faces, faces=shared)
    with pytest.raises(ValueError, match=r"faces names \['Cleo'\]"):
        assemble(words, openface=faces, faces={"Cleo": 1})


def test_a_microphone_for_everyone(tmp_path):
    """Each transcript has its own clock; speech may overlap."""
    anna = write(tmp_path / "anna.csv", "word,start,end\nHello,0,1\nBen,1,2\nso,5,6\n")
    ben = write(tmp_path / "ben.csv", "word,start,end\nHi,0,0.5\n")
    found = assemble(
        {"Anna": anna, "Ben": ben}, offsets={ben: 1.5}, conversation="call", pause=2
    )
    assert column(found, "speaker") == ["Anna", "Ben", "Anna"]
    assert column(found, "text") == ["Hello Ben", "Hi", "so"]
    assert column(found, "start") == [0, 1.5, 5]
    assert column(found, "conversation") == ["call"] * 3


def test_the_transcript_in_parts(tmp_path, words):
    more = write(tmp_path / "more.csv", WORDS)
    found = assemble([more, words], offsets={more: 10.0}, pause=5)
    assert column(found, "start") == pytest.approx([0.5, 1.25, 1.4, 10.5, 11.25, 11.4])
    assert column(found, "conversation") == ["call"] * 6
    with pytest.raises(
        ValueError, match="overlap in time, though they should be parts"
    ):
        assemble([words, more], offsets={more: 1.0})


def test_a_table_that_is_there_already(tmp_path, frame):
    talkturns = frame(
        {
            "speaker": ["Anna", "Ben"],
            "text": ["a", "b"],
            "start": [0.0, 1.0],
            "end": [1.0, 2.0],
            "delay": [None, 9.0],
        }
    )
    film = face(tmp_path / "anna.csv")
    found = assemble(talkturns, openface={"Anna": film})
    assert type(found) is type(talkturns)
    assert column(found, "delay") == [None, 9.0]
    assert column(found, "au05") == [1.0, None]


def test_a_table_is_one_conversation(frame):
    columns = {
        "speaker": ["Anna", "Ben", "Anna"],
        "text": ["a", "b", "c"],
        "start": [0.0, 1.5, 3.0],
        "end": [1.0, 2.0, 4.0],
    }
    for given, name, called in [
        (columns, None, "conversation"),
        (columns, "call", "call"),
        ({**columns, "conversation": ["b"] * 3}, None, "b"),
        ({**columns, "conversation": ["b"] * 3}, "call", "call"),
    ]:
        found = assemble(frame(given), conversation=name)
        assert column(found, "conversation") == [called] * 3
        assert column(found, "delay") == [None, 0.5, 1.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"openface": {"Cleo": "anna.csv"}}, "No talkturn has the speaker 'Cleo'"),
        ({"offsets": {"other.csv": 1.0}}, r"offsets names 'other\.csv', which is none"),
        ({"openface": {"Anna": []}}, "empty list of files"),
        ({"backend": "numpy"}, "backend must be one of"),
        ({"pause": -1}, "pause must be"),
        ({"tone": "tone.csv"}, "conversation 'demo'"),
    ],
)
def test_what_does_not_fit(tmp_path, words, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    face(tmp_path / "anna.csv")
    write(tmp_path / "tone.csv", TONE + "demo,Ben,1,0.1,0.2,0.3,0.4,0\n")
    with pytest.raises(ValueError, match=message):
        assemble(words, **arguments)


def test_several_conversations_or_speakers(tmp_path):
    text = "audio_id,speaker,word,start,end\na,Anna,Hi,0,1\nb,Ben,Ho,0,1\n"
    path = write(tmp_path / "calls.csv", text)
    with pytest.raises(ValueError, match="holds several conversations"):
        assemble(path)
    with pytest.raises(
        ValueError, match=r"transcript of 'Cleo' alone, .*\['Anna', 'Ben'\]"
    ):
        assemble({"Cleo": path})


def test_nothing_ends_a_talkturn(tmp_path):
    path = write(tmp_path / "call.csv", "word,start,end\nHello,0,1\nthere,2,3\n")
    with pytest.warns(UserWarning, match=r"call\.csv: one speaker says it all"):
        assert column(assemble(path), "text") == ["Hello there"]


def test_missing_files(tmp_path, words):
    with pytest.raises(FileNotFoundError, match=r"anna\.csv"):
        assemble(words, openface={"Anna": tmp_path / "anna.csv"})
    with pytest.raises(IsADirectoryError, match="is a folder"):
        assemble(tmp_path)


def test_what_its_readers_take_is_passed_on(tmp_path):
    path = tmp_path / "call.csv"
    text = "who;said;from;to\nAnna;H\u00e9;0,5;1\nNote;Hi;1,5;2\n"
    path.write_text(text, encoding="cp1252")
    found = assemble(
        path,
        columns={"speaker": "who", "text": "said", "start": "from", "end": "to"},
        speakers={"Anna": "A"},
        encoding="cp1252",
        strict=True,
    )
    assert found[["speaker", "text", "start"]].to_numpy().tolist() == [
        ["A", "H\u00e9", 0.5],
        ["Note", "Hi", 1.5],
    ]


def test_a_channel_for_each_speaker(tmp_path):
    pytest.importorskip("parselmouth")
    soundfile = pytest.importorskip("soundfile")
    clock = np.arange(32000) / 16000
    voices = [np.sin(2 * np.pi * pitch * clock) / 5 for pitch in (150, 250)]
    soundfile.write(tmp_path / "a.wav", np.stack(voices, axis=1), 16000)
    words = tmp_path / "call.csv"
    words.write_text("speaker,word,start,end\nAnna,Hello,0,1\nBen,Hi,1,2\n")
    found = assemble(words, audio=tmp_path / "a.wav", channels={"Anna": 0, "Ben": 1})
    assert found["pitch_mean"].tolist() == pytest.approx([150, 250], abs=1)
    with pytest.raises(ValueError, match=r"channels names \['Cleo'\]"):
        assemble(words, audio={"Anna": tmp_path / "a.wav"}, channels={"Cleo": 0})
