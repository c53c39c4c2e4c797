"""WebVTT and SRT, with everything that may stand around the words."""

from __future__ import annotations

import warnings

import pytest
from transcript_files import source_of

from hanrock_sk.features import read_transcript
from hanrock_sk.features.transcripts.subtitles import read_subtitles


def read(text):
    return [
        (cue.speaker, cue.text, cue.start, cue.end)
        for cue in read_subtitles(source_of(text, "a.vtt"))
    ]


def test_webvtt():
    text = """WEBVTT Interview
Kind: captions

STYLE
::cue { color: lime }

NOTE
00:00 --> this is no cue

intro
00:01.000 --> 00:02.500 align:start position:10%
<v.loud Anna Smith>Hello <i>there</i>,
<00:00:02.000><c.yellow>Ben &amp; Cleo</c></v>

01:00:03.250 --> 01:00:04.000
<v Ben>Hi!</v> <v Cleo>Hi,&nbsp;Anna.
"""
    assert read(text) == [
        ("Anna Smith", "Hello there, Ben & Cleo", 1.0, 2.5),
        ("Ben", "Hi!", 3603.25, 3604.0),
        ("Cleo", "Hi, Anna.", 3603.25, 3604.0),
    ]


def test_srt():
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n[SPEAKER_00]: Hello\r\nthere.\r\n"
        "\r\n\r\n2\r\n00:00:03,250 --> 00:00:04,000\r\n<i>Dr. O'Neil:</i> {\\an8}Hi."
        "\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n- Anna: One.\r\n- Ben: Two.\r\n"
    )
    assert read(text) == [
        ("SPEAKER_00", "Hello there.", 1.0, 2.5),
        ("Dr. O'Neil", "Hi.", 3.25, 4.0),
        ("Anna", "One.", 5.0, 6.0),
        ("Ben", "Two.", 5.0, 6.0),
    ]


@pytest.mark.parametrize(
    "said",
    ["He said: go", "at 12:30 sharp", "[LAUGHTER] no", "It is this: a test", "a:b"],
)
def test_not_every_colon_follows_a_name(said):
    assert read(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n") == [
        (None, said, 1.0, 2.0)
    ]


def test_cues_without_words_say_nothing():
    assert read("WEBVTT\n\n00:01.000 --> 00:02.000\n<i></i>\n") == []


def cues(*said, form="srt"):
    """A file of cues of a second each."""
    arrow = "{:02}:{:02}:{:02},000".format
    return "".join(
        f"{n + 1}\n{arrow(n // 3600, n // 60 % 60, n % 60)} --> "
        f"{arrow((n + 1) // 3600, (n + 1) // 60 % 60, (n + 1) % 60)}\n{text}\n\n"
        for n, text in enumerate(said)
    )


def talk(text, name="a.vtt", **options):
    """Who says what in the talkturns of a file."""
    path = source_of(text, name).path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = read_transcript(path, **options)
    return list(zip(found["speaker"], found["text"], strict=True))


DISPLAY_NAMES = [
    "mira",
    "ben_k",
    "Dr. Mar\u00eda-Jos\u00e9 O'Neil (she/her)",
    "\u674e\u96f7",
    "iPhone (2)",
    "Room 5",
    "user@example.org",
    "Anna Berg | Acme, Inc.",
    "[EXT] Anna",
    "+1 555-0100",
    "a",
    "Maria del Carmen Ruiz Soto y Gomez de la Vega",
    "\u0410\u043d\u043d\u0430",
    "\u0645\u0631\u064a\u0645",
    "A & B",
    "Zoom user \U0001f600",
    "Note taker",
    "The Dude",
    "0042",
    "J. R. R.",
]


@pytest.mark.parametrize("name", DISPLAY_NAMES)
def test_whatever_people_call_themselves(name):
    text = cues("Ann Lee: hi", f"{name}: at 10:30: go", "Ann Lee: yes", f"{name}: ok")
    assert talk(text) == [
        ("Ann Lee", "hi"),
        (name, "at 10:30: go"),
        ("Ann Lee", "yes"),
        (name, "ok"),
    ]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        (["[Anna] Hello", "[Ben] Hi"], "label"),
        (["(Anna) Hello", "(Ben) Hi"], "label"),
        (["Anna:\nHello", "Ben:\nHi"], "label"),
        (["Anna:Hello", "Ben:Hi"], "label"),
        (["Anna : Hello", "Ben : Hi"], "label"),
        (["Anna\uff1aHello", "Ben\uff1aHi"], "label"),
        (["<b>Anna:</b> Hello", "<b>Ben:</b> Hi"], "label"),
        ([">> Anna: Hello", ">> Ben: Hi"], "label"),
        (["&gt;&gt; Anna: Hello", "&gt;&gt; Ben: Hi"], "label"),
        (["- Anna: Hello\n- Ben: Hi"], "label"),
        (["<v Anna>Hello</v>", "<v.loud Ben>Hi</v>"], "label"),
        ([">> Hello", ">> Hi"], "mark"),
        ([">> Hello >> Hi"], "mark"),
        (["- Hello\n- Hi"], "mark"),
        (["\u2013 Hello\n\u2013 Hi"], "mark"),
        (["-Hello\n-Hi"], "mark"),
        (["<v ->Hello</v>", "<v ->Hi</v>"], "mark"),
        (["- Hello", "- Hi"], "mark"),
    ],
)
def test_forms_of_naming_speakers(said, who):
    expected = ("Anna", "Ben") if who == "label" else ("unknown", "unknown")
    assert talk(cues(*said)) == list(zip(expected, ("Hello", "Hi"), strict=True))


def test_names_at_changes_hold_for_the_cues_below():
    said = ["Anna: Good", "morning", "at 10:30", "Ben: Note: sit", "[music]", "Anna: a"]
    assert talk(cues(*said)) == [
        ("Anna", "Good morning at 10:30"),
        ("Ben", "Note: sit [music]"),
        ("Anna", "a"),
    ]


def test_sounds_alone_count_for_nothing():
    said = ["\u266a music \u266a", "Anna: Hello", "[door opens]", "Ben: Hi", "Anna: a"]
    assert talk(cues(*said))[1:] == [
        ("Anna", "Hello [door opens]"),
        ("Ben", "Hi"),
        ("Anna", "a"),
    ]


def test_names_of_a_lecture():
    said = ["PROFESSOR: So", *["and so on"] * 30, "STUDENT: Why?", "PROFESSOR: Well"]
    assert [speaker for speaker, _ in talk(cues(*said))] == [
        "PROFESSOR",
        "STUDENT",
        "PROFESSOR",
    ]


def test_who_says_nothing_of_the_speaker_among_those_who_always_do():
    said = ["Anna: a", "Anna: b", "c", "Anna: d", "Anna: e", "Ben: f", "Ben: g"]
    assert talk(cues(*said)) == [
        ("Anna", "a b"),
        ("unknown", "c"),
        ("Anna", "d e"),
        ("Ben", "f g"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        ["we begin", "Remember: be kind.", "and so on", "One thing: time is short."],
        ["Note: we begin", "now", "Note: be kind", "now"],
        ["He said: go", "She said: stay"],
        ["so there are", "Paris: the city of light", "and others", "many"] * 3,
        ["Chapter One: Birds", "they fly", "Chapter Two: Fish", "they swim"],
        ["see https://x.org", "and http://y.org"],
        ["10:30", "12:45 then"],
        ["[LAUGHTER] no", "so", "[Applause]", "well"],
        ["(sighs) Fine.", "Go.", "(laughs) Where?", "There."],
    ],
)
def test_words_are_no_names(said):
    assert {speaker for speaker, _ in talk(cues(*said))} == {"unknown"}
    assert " ".join(text for _, text in talk(cues(*said))) == " ".join(said)


IDENTIFIED = "WEBVTT\n\n" + "".join(
    f"{{}}\n00:0{n}.000 --> 00:0{n + 1}.000\nword{n}\n\n" for n in range(4)
)


@pytest.mark.parametrize(
    ("names", "speakers"),
    [
        (["Speaker 1", "Speaker 2", "Speaker 1", "Speaker 2"], None),
        (['1 "Anna" (100)', '2 "Ben" (2)', '3 "Anna" (100)', '4 "B: C" (3)'], "ABAC"),
        (["1 - Anna", "2 - Ben", "3 - Anna", "4 - Ben"], ["Anna", "Ben"] * 2),
        (["1", "2", "3", "4"], ["unknown"]),
        (["intro", "verse", "bridge", "outro"], ["unknown"]),
        (
            [f"3fa85f64-5717-4562-b3fc-2c963f66afa6/{n}-0" for n in range(4)],
            ["unknown"],
        ),
    ],
)
def test_speakers_in_identifiers(names, speakers):
    if speakers is None:
        speakers = names
    elif speakers == "ABAC":
        speakers = ["Anna", "Ben", "Anna", "B: C"]
    found = talk(IDENTIFIED.format(*names))
    assert [speaker for speaker, _ in found] == speakers


def test_rolling_captions_say_every_word_once():
    rolling = """WEBVTT
Kind: captions
Language: en

00:00.160 --> 00:02.070 align:start position:0%
\x20
so<00:00.320><c> today</c><00:00.640><c> we</c>

00:02.070 --> 00:02.080 align:start position:0%
so today we
\x20

00:02.080 --> 00:04.000 align:start position:0%
so today we
talk<00:02.400><c> birds</c>

00:04.000 --> 00:04.010 align:start position:0%
talk birds
\x20

00:04.010 --> 00:06.000 align:start position:0%
talk birds
&gt;&gt; birds
"""
    assert talk(rolling) == [
        ("unknown", "so today we talk birds"),
        ("unknown", "birds"),
    ]
    srt = cues("a b", "a b\nc d", "c d\ne f", "e f\ng", "e f\ng h")
    assert talk(srt) == [("unknown", "a b c d e f g h")]
    growing = cues("so", "so today", "so today we", "so today we talk")
    assert talk(growing) == [("unknown", "so today we talk")]


def test_who_repeats_another_is_not_rolling():
    assert talk(cues("Yes.", "Yes.", "No.", "No.")) == [
        ("unknown", "Yes. Yes. No. No.")
    ]


def amended(text, name="a.vtt"):
    source = source_of(text, name)
    return list(read_subtitles(source)), source.amended


@pytest.mark.parametrize(
    ("text", "said", "what", "line"),
    [
        ("WEBVTT\n\n00:01.000 --> \nHi\n", ["Hi"], "a cue without an end", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000", [], "a last cue without text", 3),
        ("00:01:00,000 -> 00:02:00,000\nHi\n", ["Hi"], None, None),
        (cues("Hi\n\nthere"), ["Hi there"], "a blank line within a cue", 2),
        (cues("Hi", "Ho").replace("\n\n", "\n"), ["Hi", "Ho"], "no blank line", 5),
        ("WEBVTT\n00:01.000 --> 00:02.000\nHi\n", ["Hi"], None, None),
        ("\n\nWEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", ["Hi"], None, None),
        ("WEBVTT\n\nWEBVTT\n\n1\n00:01.000 --> 00:02.000\nHi\n", ["Hi"], None, None),
        (
            cues("Hi") + "WEBVTT\n\n" + cues("Ho"),
            ["Hi", "Ho"],
            "a second header",
            5,
        ),
        ("Minutes\n\n" + cues("Hi"), ["Hi"], "text above the first cue", 1),
        (cues("a\u2028b\u0085c\x0cd"), ["a b c d"], None, None),
        (
            cues("if a < b and c > d <i>then</i> <unk> &lt;stop&gt; AT&T &amp; R&D"),
            ["if a < b and c > d then <unk> <stop> AT&T & R&D"],
            None,
            None,
        ),
        (
            "1\n\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n\n00:00:02,000 --> "
            "00:00:03,000\nHo\n",
            ["Hi", "Ho"],
            "a blank line below a cue's number",
            3,
        ),
    ],
)
def test_almost_right(text, said, what, line):
    found, notes = amended(text)
    assert [cue.text for cue in found] == said
    if what is None:
        assert not notes
    else:
        (note,) = [note for note in notes if note.startswith(what)]
        assert notes[note][0] == f"line {line}"


def test_sbv():
    text = (
        "0:00:00.500,0:00:02.000\nAnna: Hello[br]there\n\n"
        "0:00:02.000,0:00:03.000\nBen: Hi\n"
    )
    assert talk(text, "a.sbv") == [("Anna", "Hello there"), ("Ben", "Hi")]


def test_no_captions():
    for text in ("speaker,word,start,end\nAnna,Hi,0,1\n", "WEBVTT\n\nHi\n"):
        with pytest.raises(ValueError, match=r"a\.vtt, line 1: expected captions"):
            list(read_subtitles(source_of(text, "a.vtt")))
