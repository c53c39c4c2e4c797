"""Events in transcripts."""

from __future__ import annotations

import pytest

from hanrock_sk.datasets._marks import brace_marks
from hanrock_sk.features.timings import count_words


@pytest.mark.parametrize(
    ("text", "brackets", "expected"),
    [
        ("[LAUGHTER] No.", "[]", "{laughter} No."),
        ("(laughs). Good", "()", "{laughs}. Good"),
        ("<LAUGH> WELL", "<>", "{laugh} WELL"),
        ("(breathes in, loudly)", "()", "{breathes-in-loudly}"),
        ("[a] b [c]", "[]", "{a} b {c}"),
        ("an open [ bracket", "[]", "an open [ bracket"),
    ],
)
def test_brackets(text, brackets, expected):
    assert brace_marks(text, *brackets) == expected


def test_marks_are_no_words():
    assert count_words(brace_marks("[BREATHES IN] Yes", "[", "]")) == 1
