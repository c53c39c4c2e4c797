"""Names of every kind, in every form; and speech with colons, which names nobody."""

from __future__ import annotations

import pytest
from transcript_files import source_of

from hanrock_sk.features import read_transcript

NAMES = [
    ("Анна Иванова", "Борис Петров"),
    ("محمد علي", "سارة أحمد"),
    ("李雷", "韩梅梅"),
    ("Ada 🦄", "Ben 👨‍👩‍👧"),
    ("a1b2c3", "007"),
    ("Ben [TA]", "Anna (Guest)"),
    (
        "Prof. Dr. Maximiliane Charlotte von Hohenstein-Wittgenstein (Tübingen)",
        "B",
    ),
    ("Anna, PhD", "Ben, MA, MSc"),
    ("iPhone", "iPad (2)"),
    ("anna.b@uni.de", "ben_c"),
    ("+49******123", "+1 (555) ***-0199"),
    ("PC-Raum 3.14", "Anna | HR"),
    ("the client", "john"),
    ("THE CHAIR", "me"),
    ("Dr. So", "Now"),
    ("Question", "Answer"),
    ("1", "2"),
    ("佐藤 花子", "田中 太郎"),
    ("अनिता", "Ζεύς"),
    ("O'Brien", "D\u2019Arcy"),
]
TALK = [
    (0, "Shall we begin at 3:15?"),
    (1, "so: yes, let's."),
    (0, "Good: then, at 10:30: go."),
    (1, "And http://x.org/a: fine."),
    (0, "Thanks."),
    (1, "One thing: wait."),
]


def cues(*texts):
    times = [f"00:00:{n:02d},000 --> 00:00:{n + 1:02d},000" for n in range(len(texts))]
    return "".join(
        f"{time}\n{text}\n\n" for time, text in zip(times, texts, strict=True)
    )


def said(*texts):
    table = read_transcript(source_of(cues(*texts), "a.srt").path)
    return list(zip(table["speaker"], table["text"], strict=True))


@pytest.mark.parametrize(
    "form", ["{}: {}", "{}\uff1a{}", "{}:\n{}", "[{}]: {}", "<v {}>{}</v>"]
)
@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_a_name_before_every_cue(names, form):
    if "[" in "".join(names) and form.startswith("["):
        pytest.skip("brackets in brackets")
    expected = [(names[who], what) for who, what in TALK]
    assert said(*(form.format(who, what) for who, what in expected)) == expected


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_a_name_at_every_change(names):
    a, b = names
    assert said(
        f"{a}: Shall we begin?", "It is late.", "Really: it is.", f"{b}: Yes.",
        "I know.", f"{a}: Good.", "Then go.", f"{b}: Fine.", "One thing: wait.",
    ) == [
        (a, "Shall we begin? It is late. Really: it is."),
        (b, "Yes. I know."),
        (a, "Good. Then go."),
        (b, "Fine. One thing: wait."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "texts",
    [
        ("so: yes we begin", "at 3:15 we start", "Remember: be kind", "it's 3:1"),
        ("Welcome.", "Today's topic: sleep.", "Dr. Miller says: sleep.", "First: bed."),
        ("Guten Tag.", "Wichtig: morgen.", "Zum Beispiel: um 8:30.", "Danke."),
        ("well - I think so", "it's here - now", "no - really", "yes - it is"),
    ],
)
def test_a_colon_in_speech_names_nobody(texts):
    with pytest.warns(UserWarning, match="one speaker says it all"):
        assert said(*texts) == [("unknown", " ".join(texts))]


def test_somebody_who_speaks_once():
    found = said(
        "Anna: Hi.", "Ben: Yes.", "Anna: Good.", "So.", "Ben: ok.", "Carl: Oh."
    )
    assert [name for name, _ in found] == ["Anna", "Ben", "Anna", "Ben", "Carl"]


def test_names_with_colons():
    assert said(
        "Team A: Anna: Hello.",
        "Team B: Ben: Hi.",
        "Team A: Anna: so?",
        "Team B: Ben: No.",
    ) == [
        ("Team A: Anna", "Hello."),
        ("Team B: Ben", "Hi."),
        ("Team A: Anna", "so?"),
        ("Team B: Ben", "No."),
    ]


def test_names_in_angle_brackets():
    assert said("<Anna> Hi.", "<Ben> <sigh> Yes.", "<Anna> So.") == [
        ("Anna", "Hi."),
        ("Ben", "<sigh> Yes."),
        ("Anna", "So."),
    ]


def test_names_before_dashes():
    assert said("ANNA - Hi.", "BEN \u2013 Yes - no.", "ANNA - Good.") == [
        ("ANNA", "Hi."),
        ("BEN", "Yes - no."),
        ("ANNA", "Good."),
    ]
