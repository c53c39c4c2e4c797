"""Markup of captions goes; what was said stays."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.markup import (
    broken_lines,
    has_voice,
    plain,
    voices,
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("<b>Hi</b> {\\an8}there", "Hi there"),
        ("<c.yellow.bg_blue>so</c> <I>we</I>", "so we"),
        ('<font color="red">Hi</font> <s >all</s>', "Hi all"),
        ("so<00:01.200> we<01:00:02.5><c> go</c>", "so we go"),
        ("<v.loud Anna>Hi</v> <lang en>all</lang>", "Hi all"),
        ("&lt;so&gt; &#233;t&#xe9; R&D, AT&T &", "<so> \u00e9t\u00e9 R&D, AT&T &"),
        ("\u200bHi\ufeff \u2066all\u2069", "Hi all"),
        ("  so \t we ", "so we"),
        ("1 <b and c> 2 <unk> <laughs> <3", "1 <b and c> 2 <unk> <laughs> <3"),
        ("{so} we <- go", "{so} we <- go"),
    ],
)
def test_tags_go_and_talk_stays(line, said):
    assert plain(line) == said


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("a<br>b<BR />c", ["a", "b", "c"]),
        ("a[br]b", ["a", "b"]),
        ("a<b>b</b> [brb]", ["a<b>b</b> [brb]"]),
        ("a", ["a"]),
    ],
)
def test_breaks_that_are_written_out(line, lines):
    assert broken_lines(line) == lines


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Hi", "all"], [(None, ["Hi", "all"])]),
        (["<v.loud.first  Anna  Berg>Hi", "all"], [("Anna Berg", ["Hi", "all"])]),
        (["<i></i><V Anna>Hi"], [("Anna", ["Hi"])]),
        (["<v>Hi", "<v ->Ho", "<v \u2014>Ha"], [("", ["Hi", ""]), ("", ["Ho", ""]),
                                                ("", ["Ha"])]),
        (["<v <b>>Hi"], [(None, ["<v <b>>Hi"])]),
        (["<video>Hi", "v Anna"], [(None, ["<video>Hi", "v Anna"])]),
    ],
)  # fmt: skip
def test_who_speaks_in_a_cue(lines, found):
    assert voices(lines) == found
    tagged = any(speaker is not None for speaker, _ in found)
    assert any(map(has_voice, lines)) == tagged
