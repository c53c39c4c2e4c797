"""Transcripts as text: names, times and words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.names import is_heading
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.speaker_labels import Labels, labels_of
from hanrock_sk.features.transcripts.text_lines import Line, prepared
from hanrock_sk.features.transcripts.text_styles import NAMED, TIMED, Block
from hanrock_sk.features.transcripts.utterance import Utterance

_MOST_HEADINGS = 12
_TITLE = 3  # lines: what it was, when, how long


def read_plain_text(source: Source) -> list[Utterance]:
    """Return what the lines of a text file say, and who says it."""
    text = source.text.removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return read_lines(source, text.split("\n"))


def read_lines(source: Source, lines: Sequence[str]) -> list[Utterance]:
    """Return what is said in lines of names, times and words.

    A name and a time on a line, on two lines, or before the words; or names alone. An
    end that is not told is missing; so are all times where there are none.

    Raises
    ------
    ValueError
        If the lines tell neither who speaks nor when.
    """
    told = prepared(source, lines)
    blocks = next((found for style in TIMED if (found := style(told))), [])
    if blocks:
        _tell_of_headings(source, told, blocks)
    else:
        blocks = [Block(line.number, None, None, None, [line.text]) for line in told]
    spoken = [block for block in blocks if block.said]
    spoken, labels = _labelled(source, spoken)
    if labels.form is None and not _told(spoken) and source.speakers is None:
        found = next((found for style in NAMED if (found := style(told))), [])
        if found:
            _tell_of_headings(source, told, found)
            spoken = [block for block in found if block.said]
    named = any(block.name for block in spoken)
    if not _told(spoken) and labels.form is None and not source.speakers:
        first = told[0].text[:60] if told else ""
        raise ValueError(
            f"{source.path}, line 1: not a table of words, nor a text that says who "
            f"speaks or when; it begins {first!r}."
        )
    if labels.form and not named:
        source.tell(f"speakers stand as {labels.form!r}")
    source.allow_missing_times()
    return _utterances(spoken, labels, named)


def _utterances(
    blocks: Sequence[Block], labels: Labels, named: bool
) -> list[Utterance]:
    found: list[Utterance] = []
    speaker: str | None = None
    for line, name, start, end, said in blocks:
        parts = [(name, " ".join(said), True)] if named else labels.split(said)
        for who, what, begins in parts:
            if who is not None or begins or not labels.carries:
                speaker = who
            if what:
                at = f"line {line}"
                found.append(
                    Utterance(what, _seconds(start), _seconds(end), speaker, at)
                )
    return found


def _told(blocks: Sequence[Block]) -> bool:
    """Whether any block says who speaks, or when."""
    return any(block.name or block.start or block.end for block in blocks)


def _labelled(source: Source, blocks: list[Block]) -> tuple[list[Block], Labels]:
    """Return how the blocks name who speaks, without headings above the first name."""
    labels = labels_of([block.said for block in blocks], source.speakers)
    if source.speakers is not None or _told(blocks):
        return blocks, labels
    heading = 0
    while labels.form is None and heading + 1 < min(_MOST_HEADINGS, len(blocks)):
        heading += 1
        labels = labels_of([block.said for block in blocks[heading:]])
    if labels.form is None:
        return blocks, labels
    for block in blocks[heading:_MOST_HEADINGS]:
        names = [said.speaker for said in labels.split(block.said)]
        if any(name is not None and not is_heading(name) for name in names):
            break
        heading += 1
    if 0 < heading < len(blocks):
        source.amend("text above the first speaker, left out", blocks[0].line)
        blocks = blocks[heading:]
        labels = labels_of([block.said for block in blocks])
    return blocks, labels


def _tell_of_headings(
    source: Source, lines: Sequence[Line], blocks: Sequence[Block]
) -> None:
    """Say that text above the first block is left out; a short title, in the log."""
    first = blocks[0]
    above = [line for line in lines if line.number < first.line]
    if above and above[-1].text.strip("[]:") == first.name:
        above = above[:-1]  # the name above its time
    what = "text above the first speaker, left out"
    if len(above) > _TITLE or any(line.text[-1] in ".?!" for line in above):
        source.amend(what, above[0].number)
    elif above:
        source.tell(what)


def _seconds(clock: str | None) -> float:
    found = None if clock is None else seconds_of(clock)
    return math.nan if found is None else found


FORMAT = Format(
    "text with names (Zoom, Teams, Otter, Rev, noScribe)",
    (".txt", ".md"),
    lambda source: True,
    read_plain_text,
)
