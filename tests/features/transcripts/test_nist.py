"""CTM, STM and RTTM."""

from __future__ import annotations

import pytest
from transcript_files import source_of, spoken

from hanrock_sk.features import read_transcript

CTM = ";; words\nrec A 0.5 0.25 shall 0.9\nrec A 0.75 0.25 we\nrec B 1.5 0.5 yes 1.0\n"
RTTM = (
    "SPEAKER rec 1 0.40 0.70 <NA> <NA> anna <NA> <NA>\n"
    "SPEAKER rec 1 1.45 0.60 <NA> <NA> ben <NA> <NA>\n"
)


def test_ctm():
    assert spoken(CTM, "a.ctm") == (
        "CTM",
        [("A", "shall", 0.5, 0.75), ("A", "we", 0.75, 1.0), ("B", "yes", 1.5, 2.0)],
    )


def test_stm():
    text = ";; x\nrec A anna 0.5 1.0 <o,f0> shall we\nrec A ben 1.5 2.0 yes\n"
    assert spoken(text, "a.stm") == (
        "STM",
        [("anna", "shall we", 0.5, 1.0), ("ben", "yes", 1.5, 2.0)],
    )


def test_turns_beside_words():
    words = source_of(CTM.replace(" B ", " A "), "a.ctm").path
    turns = source_of(RTTM, "a.rttm").path
    found = read_transcript(words, diarization=turns, pause=9)
    assert found[["speaker", "text"]].to_numpy().tolist() == [
        ["anna", "shall we"],
        ["ben", "yes"],
    ]
    with pytest.raises(ValueError, match=r"says who speaks when.*diarization="):
        read_transcript(turns)


@pytest.mark.parametrize("name", ["a.ctm", "a.stm"])
def test_broken(name):
    with pytest.raises(ValueError, match=rf"{name}, line 1: 3 fields"):
        spoken("rec A 1\n", name)
    with pytest.raises(ValueError, match=rf"{name}, line 1: .* no time"):
        spoken("rec A x y z so\n", name)


def test_alternatives_and_gaps():
    text = (
        "c A * * <ALT_BEGIN>\nc A 0.5 0.1 uh\nc A * * <ALT>\nc A 0.5 0.1 um\n"
        "c A * * <ALT_END>\nc B 1.0 0.5 yes\n"
    )
    assert spoken(text, "a.ctm")[1] == [("A", "uh", 0.5, 0.6), ("B", "yes", 1.0, 1.5)]
    text = (
        "c A anna 0.5 1.5 <o,f0,female> hello there\n"
        "c A inter_segment_gap 1.5 3.0 ignore_time_segment_in_scoring\n"
    )
    assert spoken(text, "a.stm")[1] == [("anna", "hello there", 0.5, 1.5)]
