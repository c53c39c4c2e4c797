"""Forced alignments."""

from __future__ import annotations

import pytest

from hanrock_sk.datasets.forced_alignment import word_frames

ALIGNMENT = (
    "\t SFrm  EFrm    SegAScr Word\n"
    "\t    0    24    -123456 <s>\n"
    "\t   25    61    -234567 HELLO\n"
    "\t   62    80    -111111 <sil>\n"
    "\t   81   110    -222222 WORLD(2)\n"
    "\t  111   115       -100 ++LAUGH++\n"
    " Total score:    -1000000\n"
)


def read(path, text):
    path.write_text(text)
    return word_frames(path)


def test_words_without_silence_and_noise(tmp_path):
    assert read(tmp_path / "a.wdseg", ALIGNMENT) == [(25, 61), (81, 110)]


def test_nobody_spoke(tmp_path):
    lines = ALIGNMENT.splitlines(keepends=True)
    assert read(tmp_path / "a.wdseg", lines[0] + lines[1] + lines[-1]) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ALIGNMENT[:110], "line 4: the alignment does not end with its total score"),
        (ALIGNMENT.replace("  25 ", "late "), "line 3: expected first frame"),
        (ALIGNMENT.replace("-111111 <sil>", "-111111"), "line 4: expected first frame"),
        (ALIGNMENT.replace("  61 ", "  20 "), "line 3: the frames run backwards"),
        (ALIGNMENT.replace("  62 ", "  12 "), "line 4: the frames run backwards"),
    ],
)
def test_broken_files(tmp_path, text, message):
    with pytest.raises(ValueError, match=rf"a\.wdseg, {message}"):
        read(tmp_path / "a.wdseg", text)
