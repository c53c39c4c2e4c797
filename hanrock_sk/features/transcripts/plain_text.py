"""Transcripts as text: names, times and words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice

from hanrock_sk.features.transcripts.names import is_heading
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.speaker_labels import Labels, labels_of
from hanrock_sk.features.transcripts.text_blocks import Blocks, every_line
from hanrock_sk.features.transcripts.text_lines import Lines, prepared
from hanrock_sk.features.transcripts.text_styles import NAMED, TIMED, first_that_fits
from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.files.text import blocks_of

_MOST_HEADINGS = 12
_TITLE = 3  # lines: what it was, when, how long


def read_plain_text(source: Source) -> Iterator[Utterance]:
    """Return what the lines of a text file say, and who says it."""
    return read_lines(source, _TextLines(source.text))


def read_lines(source: Source, lines: Iterable[str]) -> Iterator[Utterance]:
    """Return what is said in lines of names, times and words.

    A name and a time on a line, on two lines, or before the words; or names alone. An
    end that is not told is missing; so are all times where there are none.

    Parameters
    ----------
    source : Source
        The file.
    lines : iterable of str
        Its lines, gone through twice.

    Raises
    ------
    ValueError
        If the lines tell neither who speaks nor when.
    """
    told = prepared(source, lines)
    del lines
    source.forget_text()
    blocks = first_that_fits(TIMED, told)
    if blocks:
        _tell_of_headings(source, told, blocks)
    spoken = blocks.spoken() if blocks else every_line(told)
    spoken, labels = _labelled(source, spoken)
    if labels.form is None and not spoken.told and source.speakers is None:
        found = first_that_fits(NAMED, told)
        if found:
            _tell_of_headings(source, told, found)
            spoken = found.spoken()
    if not spoken.told and labels.form is None and not source.speakers:
        first = told[0][:60] if told else ""
        raise ValueError(
            f"{source.path}, line 1: not a table of words, nor a text that says who "
            f"speaks or when; it begins {first!r}."
        )
    if labels.form and not spoken.named:
        source.tell(f"speakers stand as {labels.form!r}")
    source.allow_missing_times()
    return _utterances(spoken, labels)


class _TextLines:
    """The lines of a text, whatever ends them; a list of all takes twice the text."""

    def __init__(self, text: str) -> None:
        self._text = text.removeprefix("\ufeff")

    def __iter__(self) -> Iterator[str]:
        for block in blocks_of(self._text):
            if "\r" in block:
                block = block.removesuffix("\r").replace("\r\n", "\n")
                block = block.replace("\r", "\n")
            yield from block.split("\n")


def _utterances(blocks: Blocks, labels: Labels) -> Iterator[Utterance]:
    speaker: str | None = None
    named = blocks.named
    for line, name, start, end, said in blocks:
        parts = [(name, " ".join(said), True)] if named else labels.split(said)
        for who, what, begins in parts:
            if who is not None or begins or not labels.carries:
                speaker = who
            if what:
                yield Utterance(what, start, end, speaker, f"line {line}")


def _labelled(source: Source, blocks: Blocks) -> tuple[Blocks, Labels]:
    """Return how the blocks name who speaks, without headings above the first name."""
    labels = labels_of((block.said for block in blocks), source.speakers)
    if source.speakers is not None or blocks.told:
        return blocks, labels
    heading = 0
    while labels.form is None and heading + 1 < min(_MOST_HEADINGS, len(blocks)):
        heading += 1
        labels = labels_of(block.said for block in blocks.behind(heading))
    if labels.form is None:
        return blocks, labels
    for block in islice(blocks, heading, _MOST_HEADINGS):
        names = [said.speaker for said in labels.split(block.said)]
        if any(name is not None and not is_heading(name) for name in names):
            break
        heading += 1
    if 0 < heading < len(blocks):
        first = next(iter(blocks))
        source.amend("text above the first speaker, left out", first.line)
        blocks = blocks.behind(heading)
        labels = labels_of(block.said for block in blocks)
    return blocks, labels


def _tell_of_headings(source: Source, lines: Lines, blocks: Blocks) -> None:
    """Say that text above the first block is left out; a short title, in the log."""
    first = next(iter(blocks))
    above = lines[: bisect_left(lines.numbers, first.line)]
    if above and above[-1].strip("[]:") == first.name:
        above = above[:-1]  # the name above its time
    what = "text above the first speaker, left out"
    if len(above) > _TITLE or any(line[-1] in ".?!" for line in above):
        source.amend(what, lines.numbers[0])
    elif above:
        source.tell(what)


FORMAT = Format(
    "text with names (Zoom, Teams, Otter, Rev, noScribe)",
    (".txt", ".md"),
    lambda source: True,
    read_plain_text,
)
