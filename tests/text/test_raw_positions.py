"""Where characters of a rewritten text stand in the raw one."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanrock_sk.text.raw_positions import PositionedText
from hanrock_sk.text.tokenizer import _plain, _positioned

any_text = st.one_of(
    st.text(),
    st.text(
        alphabet="ab_\u00bd\ufb01\u0301\u0327\u0130\u03a3\u0344\u1100\u1161\u11a8"
        "\u3131\u314f\uff76\uff9e\uffa1\uffc2\u09c7\u09be\u0bc6\u0bbe\ufdfa\u0f73",
        max_size=30,
    ),
)


@settings(max_examples=500)
@given(any_text)
def test_it_goes_through_the_tokenisers_steps(text):
    positioned = _positioned(text)
    assert positioned.text == _plain(text)
    assert len(positioned.starts) == len(positioned.ends) == len(positioned.text)


@settings(max_examples=500)
@given(any_text)
def test_composing_by_segments_is_composing(text):
    positioned = PositionedText(text)
    positioned.compose()
    assert positioned.text == unicodedata.normalize("NFKC", text)
    assert positioned.starts == sorted(positioned.starts)
    assert positioned.ends == sorted(positioned.ends)
    for character, start, end in zip(
        positioned.text, positioned.starts, positioned.ends, strict=True
    ):
        assert character in unicodedata.normalize("NFKC", text[start:end])


def test_every_composition_there_is():
    """Each pair of characters that become one, and what stands around them."""
    for code in range(0x110000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<":
            text = "x" + "".join(chr(int(part, 16)) for part in parts) + "y"
            positioned = PositionedText(text)
            positioned.compose()
            assert positioned.text == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    ("raw", "text", "starts", "ends"),
    [
        ("ab", "ab", [0, 1], [1, 2]),
        ("\ufb01x", "fix", [0, 0, 1], [1, 1, 2]),
        ("\u1112\u1161\u11ab!", "\ud55c!", [0, 3], [3, 4]),
        ("\uff76\uff9e", "\u30ac", [0], [2]),
    ],
)
def test_composed_by_hand(raw, text, starts, ends):
    positioned = PositionedText(raw)
    positioned.compose()
    assert (positioned.text, positioned.starts, positioned.ends) == (text, starts, ends)


def test_the_other_steps_by_hand():
    positioned = PositionedText("A-\u0130b_c")
    positioned.translate({ord("-"): None, ord("b"): "d"})
    assert (positioned.text, positioned.starts) == ("A\u0130d_c", [0, 2, 3, 4, 5])
    positioned.lower()
    assert (positioned.text, positioned.starts) == (
        "ai\u0307d_c",
        [0, 2, 2, 3, 4, 5],
    )
    positioned.delete(re.compile("d_"), "_")
    assert positioned.text == "ai\u0307dc"
    assert positioned.starts == [0, 2, 2, 3, 5]
    assert positioned.ends == [1, 3, 3, 4, 6]
