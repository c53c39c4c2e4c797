"""PocketSphinx, on its real output."""

from __future__ import annotations

from transcript_files import source_of, spoken

from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.sphinx import read_sphinx


def test_the_real_sample(data_root):
    path = data_root / "formats" / "speech_tools" / "pocketsphinx_words.json"
    found = list(read_sphinx(Source(path)))
    assert " ".join(word.text for word in found) == (
        "i'd wouldn't see the money you really so"
    )
    assert (found[0].start, found[0].end) == (0.03, 0.29)
    assert (found[-2].text, found[-2].start) == ("really", 2.17)
    assert found[-1].where == "words[11]"


def test_noise_is_no_word():
    content = {
        "words": [
            {"word": "++NOISE++", "start": 0, "end": 1},
            {"word": "yes(3)", "start": 1, "end": 2, "speaker": "Anna"},
            {"word": "seven"},
            {"word": "up", "start": 3, "end": 4},
        ]
    }
    found = list(read_sphinx(source_of(content, "a.json")))
    assert [(word.text, word.start, word.end) for word in found] == [
        ("yes", 1, 2),
        ("seven", 2, 3),
        ("up", 3, 4),
    ]
    assert found[0].speaker == "Anna"


def test_lines_of_version_5():
    lines = (
        '{"b":0.0,"d":1.5,"p":1.0,"t":"go on","w":[{"b":0.25,"d":0.5,"p":1,"t":"go"},'
        '{"b":0.75,"d":0.25,"p":1,"t":"<sil>"},{"b":1.0,"d":0.5,"p":1,"t":"on(2)"}]}\n'
    )
    expected = [(None, "go", 0.25, 0.75), (None, "on", 1.0, 1.5)]
    assert spoken(lines) == ("PocketSphinx 5 JSON", expected)
    assert spoken(lines + lines)[1] == expected * 2
