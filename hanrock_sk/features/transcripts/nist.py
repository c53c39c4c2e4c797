"""NIST's files for scoring: CTM has words, STM phrases, RTTM turns."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.utterance import Utterance

_ALTERNATIVES = {"<ALT_BEGIN>": False, "<ALT>": True, "<ALT_END>": False}
_NOBODY = ("inter_segment_gap", "excluded_region")
_IGNORED = ["ignore_time_segment_in_scoring"]

Line = tuple[int, list[str]]


def read_ctm(source: Source) -> Iterator[Utterance]:
    """Yield words: recording, channel, start, duration, word.

    Recordings are conversations; channels are speakers, if there are several.
    """
    files, channels = set(), set()
    for _, fields in _lines(source, 5):
        files.add(fields[0])
        channels.add(fields[1])
    other = False  # of several alternatives the first is read
    for line, fields in _lines(source, 5):
        if fields[4].upper() in _ALTERNATIVES:
            other = _ALTERNATIVES[fields[4].upper()]
            continue
        if other:
            continue
        start = _seconds(source, line, fields[2])
        end = start + _seconds(source, line, fields[3])
        if not fields[4].startswith(("<", "@")):
            yield Utterance(
                fields[4],
                start,
                end,
                fields[1] if len(channels) > 1 else None,
                f"line {line}",
                fields[0] if len(files) > 1 else None,
            )


def read_stm(source: Source) -> Iterator[Utterance]:
    """Yield phrases: recording, channel, speaker, start, end, (label,) words."""
    files = {fields[0] for _, fields in _lines(source, 5)}
    for line, fields in _lines(source, 5):
        words = fields[5:]
        if words and words[0].startswith("<") and words[0].endswith(">"):
            words = words[1:]
        ignored = [word.lower() for word in words] == _IGNORED
        if ignored or not words or fields[2].lower() in _NOBODY:
            continue
        yield Utterance(
            " ".join(words),
            _seconds(source, line, fields[3]),
            _seconds(source, line, fields[4]),
            fields[2],
            f"line {line}",
            fields[0] if len(files) > 1 else None,
        )


def read_turns(source: Source) -> dict[str, list[tuple[float, float, str]]]:
    """Return start, end and speaker of the turns of an RTTM file, in order of time.

    By recording.
    """
    turns: dict[str, list[tuple[float, float, str]]] = {}
    for line, fields in _lines(source, 8):
        if fields[0] == "SPEAKER":
            start = _seconds(source, line, fields[3])
            turn = start, start + _seconds(source, line, fields[4]), fields[7]
            turns.setdefault(fields[1], []).append(turn)
    if not turns:
        raise ValueError(f"{source.path} has no line that begins with SPEAKER.")
    return {recording: sorted(own) for recording, own in turns.items()}


def refuse_rttm(source: Source) -> list[Utterance]:
    """Say what an RTTM file is for."""
    raise ValueError(
        f"{source.path} says who speaks when, but not what: read the file with the "
        "words, and pass this one as diarization=."
    )


def _lines(source: Source, least: int) -> Iterator[Line]:
    for number, line in enumerate(source.lines(), 1):
        fields = line.split()
        if not fields or fields[0].startswith(";;") or fields[0] == "#":
            continue
        if len(fields) < least:
            raise ValueError(
                f"{source.path}, line {number}: {len(fields)} fields, at least {least} "
                "are needed. Is the file cut short?"
            )
        yield number, fields


def _seconds(source: Source, line: int, field: str) -> float:
    value = seconds_of(field)
    if value is None or math.isnan(value):
        raise ValueError(f"{source.path}, line {line}: {field[:40]!r} is no time.")
    return value


CTM = Format("CTM", (".ctm",), by_suffix, read_ctm)
STM = Format("STM", (".stm",), by_suffix, read_stm)
RTTM = Format("RTTM", (".rttm",), by_suffix, refuse_rttm)
