"""WebVTT, SRT and SBV captions, with the speakers that the file names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from hanrock_sk.features.transcripts.cues import Cues, read_cues
from hanrock_sk.features.transcripts.label_rules import NEARLY_ALL
from hanrock_sk.features.transcripts.markup import (
    broken_lines,
    has_voice,
    plain,
    voices,
)
from hanrock_sk.features.transcripts.packed_lines import PackedParagraphs
from hanrock_sk.features.transcripts.rolling import without_repeats
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.speaker_labels import Said, labels_of
from hanrock_sk.features.transcripts.utterance import Utterance

_QUOTED = re.compile(r'"([^"]+)"')
_NUMBERED = re.compile(r"(?:\d+[\s.:)-]+)?(.*?)(?:\s*\(\d+\))?")
_HAS_LETTERS = re.compile(r"[^\W\d_]")
_CAPTIONS = re.compile(r"\ufeff?\s*(?:WEBVTT\s|1\s*\n[\d:., ]+-->)")
_KEY = re.compile(r"[0-9a-fA-F]{8}-|[\w-]*\d[\w-]*[/#]")


def read_subtitles(source: Source) -> Iterator[Utterance]:
    """Yield the cues of a caption file, one phrase for each voice in a cue.

    Speakers are named by voice spans (``<v Anna>``), before the words (``Anna:``,
    ``[Anna]``, ``(Anna)``), or in the cues' identifiers; ``>>`` and dashes say that
    the speaker changes. Which of them it is, is decided for the file.
    """
    cues = read_cues(source, commas=source.suffix == ".sbv")
    for (line, start, end), said in zip(cues.times(), _said(source, cues), strict=True):
        for spoken in said:
            if spoken.text:
                yield Utterance(
                    spoken.text,
                    start,
                    end,
                    spoken.speaker,
                    f"line {line}",
                    begins=spoken.begins,
                )


def _said(source: Source, cues: Cues) -> Iterator[list[Said]]:
    """Yield what is said in each cue, and by whom."""
    voiced = (
        source.speakers is not False
        and "<v" in source.text.lower()
        and any(has_voice(line) for lines in cues.lines for line in lines)
    )
    source.forget_text()  # its lines are in the cues
    if voiced:
        source.tell("voice spans name the speakers")
        for lines in cues.lines:
            yield [
                Said(name or None, words, name == "")
                for name, said in voices(lines)
                if (words := _without_name(name, map(plain, said)))
            ]
        return
    shown = PackedParagraphs(map(_plain_lines, cues.lines))
    new = without_repeats(shown)
    if new is not None:
        source.tell("rolling captions, every word once")
        shown = new
    labels = labels_of(shown, source.speakers)
    in_names = _names_of_speakers(cues.names, source.speakers)
    if in_names is not None and labels.form is None:
        source.tell("the cues' identifiers name the speakers")
        for name, lines in zip(in_names, shown, strict=True):
            yield [Said(name, " ".join(lines), False)]
        return
    if labels.form:
        source.tell(f"speakers stand as {labels.form!r}")
    speaker: str | None = None
    for lines in shown:
        said = labels.split(lines)
        for place, spoken in enumerate(said):
            if spoken.speaker is not None or spoken.begins:
                speaker = spoken.speaker
            elif labels.carries:
                said[place] = spoken._replace(speaker=speaker)
        yield said


def _without_name(name: str | None, lines: Iterable[str]) -> str:
    """Return what a voice says; some files name it once more before the words."""
    words = " ".join(filter(None, lines))
    return words.removeprefix(f"{name}:").lstrip() if name else words


def _plain_lines(lines: list[str]) -> list[str]:
    return [
        words for line in lines for part in broken_lines(line) if (words := plain(part))
    ]


def _names_of_speakers(
    names: Sequence[str], speakers: object = None
) -> list[str | None] | None:
    """Return the speakers that cues' identifiers name, or None if they do not.

    They do if nearly every cue has one, in words that recur, or in quotation marks.
    """
    if speakers is False or not any(map(_HAS_LETTERS.search, names)):
        return None
    known: dict[str, str] = {}  # one text for each speaker, not for each cue

    def called(found: re.Match[str] | None) -> str | None:
        name = plain(found[1]) if found else None
        return name if name is None else known.setdefault(name, name)

    quoted = [called(_QUOTED.search(name)) for name in names]
    if len(quoted) - quoted.count(None) >= NEARLY_ALL * len(names):
        return quoted
    words = [called(_NUMBERED.fullmatch(name)) or "" for name in names]
    worded = [
        word for word in words if _HAS_LETTERS.search(word) and not _KEY.match(word)
    ]
    if len(worded) < NEARLY_ALL * len(names) or 3 * len(set(worded)) > 2 * len(worded):
        return None
    return [word or None for word in words]


def _recognises(source: Source) -> bool:
    return source.suffix != ".txt" or _CAPTIONS.match(source.text) is not None


FORMAT = Format(
    "captions (WebVTT, SRT, SBV)",
    (".vtt", ".srt", ".sbv", ".txt"),
    _recognises,
    read_subtitles,
)
