"""WebVTT and SRT subtitles, with speakers where the cues name them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import groupby

from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.utterance import Utterance

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_NO_CUE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")
# A name in brackets, or one to three words that begin with a capital; then a colon.
_NAME = re.compile(
    r"\s*(?:-\s*|>>\s*)?"
    r"(?:\[([^\]]+)\]|([^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*){0,2})):\s+"
)


def read_subtitles(source: Source) -> list[Utterance]:
    """Return the cues of a subtitle file, one phrase for each voice in a cue.

    A speaker is named by a voice span (``<v Anna>``) or before a colon (``Anna:``,
    ``[SPEAKER_00]:``). Notes, styles, cue names, settings and markup are left out.
    """
    path = source.path
    lines = source.text.removeprefix("\ufeff").splitlines()
    utterances = []
    for _, block in groupby(
        enumerate(lines, 1), key=lambda line: bool(line[1].strip())
    ):
        cue = list(block)
        line, first = cue[0]
        if not first.strip() or (line == 1 and first.startswith("WEBVTT")):
            continue
        if _NO_CUE.match(first):
            continue
        if "-->" not in first and len(cue) > 1:
            cue = cue[1:]  # the cue's number or name
            line, first = cue[0]
        timing = _TIMING.fullmatch(first)
        if timing is None:
            raise ValueError(
                f"{path}, line {line}: expected a cue ('00:00:01.000 --> "
                f"00:00:02.500' and text below it), got {first.strip()!r}. A cue's "
                "text holds no empty line."
            )
        if line == len(lines):
            raise ValueError(f"{path}, line {line}: a cue without text ends the file.")
        said = [content for _, content in cue[1:]]
        for place, content in enumerate(said):
            if "-->" in content:
                raise ValueError(
                    f"{path}, line {line + 1 + place}: a cue begins before that of "
                    f"line {line} is over; an empty line must stand between them."
                )
        start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        utterances += [
            Utterance(words, start, end, speaker, f"line {line}")
            for speaker, words in _voices(said)
        ]
    return utterances


def _seconds(fields: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = fields
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return float(f"{whole}.{fraction}")


def _voices(said: list[str]) -> Iterator[tuple[str | None, str]]:
    """Yield the voices of a cue and what each of them says."""
    voices: list[tuple[str | None, list[str]]] = []
    before, *spans = _VOICE.split("\n".join(said))
    for line in before.split("\n"):
        named = _NAME.match(_TAG.sub("", line))
        if named and _is_name(named):
            voices.append((named[1] or named[2], [_TAG.sub("", line)[named.end() :]]))
        elif voices:
            voices[-1][1].append(line)
        else:
            voices.append((None, [line]))
    voices += [
        (name.strip(), [words])
        for name, words in zip(spans[::2], spans[1::2], strict=True)
    ]
    for speaker, parts in voices:
        words = html.unescape(_TAG.sub("", " ".join(parts)))
        if words.strip():
            yield speaker, " ".join(words.split())


def _is_name(named: re.Match[str]) -> bool:
    return named[1] is not None or all(word[0].isupper() for word in named[2].split())


FORMAT = Format("captions (WebVTT, SRT)", (".vtt", ".srt"), by_suffix, read_subtitles)
