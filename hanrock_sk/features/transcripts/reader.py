"""Read a transcript of any known layout into talkturns."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Collection, Iterable, Mapping
from os import PathLike
from typing import Any

from hanrock_sk.features._tables import check_backend, new_table, taken_out
from hanrock_sk.features.transcripts.diarization import with_speakers_of_turns
from hanrock_sk.features.transcripts.formats import format_of
from hanrock_sk.features.transcripts.joining import join_utterances
from hanrock_sk.features.transcripts.nist import read_turns
from hanrock_sk.features.transcripts.settling import (
    name_speakers,
    settle_utterances,
)
from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_columns import Words

LOGGER = logging.getLogger("hanrock_sk.features")
"""Says on level INFO what a file was taken for, and which speakers it names."""


def read_transcript(
    path: str | PathLike[str],
    *,
    pause: float | None = None,
    conversation: str | None = None,
    unknown_speaker: str = "unknown",
    speakers: Collection[str] | Mapping[str, str] | bool | None = None,
    columns: Mapping[str, str] | None = None,
    diarization: str | PathLike[str] | None = None,
    strict: bool = False,
    encoding: str = "utf-8",
    backend: str = "pandas",
) -> Any:
    r"""Read a transcript into talkturns.

    A talkturn ends when another speaker starts, or after a pause. Speakers may overlap:
    a "yeah" amid somebody's words is a talkturn of its own, and the words after it
    begin another one.

    Parameters
    ----------
    path : path-like
        Captions (``.vtt``, ``.srt``, ``.sbv``), JSON of recognisers, tables (``.csv``,
        ``.tsv``, ``.xlsx``), texts (``.txt``, ``.docx``), and annotations
        (``.TextGrid``, ``.eaf``, ``.cha``, ``.ctm``, ``.stm``). The user guide lists
        them all.
    pause : float or None, default=None
        A speaker's silence of at least this many seconds ends the talkturn too.
    conversation : str or None, default=None
        What to call the conversation; None takes the file's name without its suffix.
        A table's own conversation column goes before both.
    unknown_speaker : str, default="unknown"
        Who speaks where the file does not say.
    speakers : collection of str, mapping of str to str, False or None, default=None
        The names that stand before the words of captions and texts. None finds out: if
        nearly every line begins with a name in the same form, it is the speaker; if
        names stand only where the speaker changes, they hold for the lines below.
        False takes all for words. A mapping also says whom to call them.
    columns : mapping of str to str or None, default=None
        What a table calls its columns, as in ``{"speaker": "who", "text": "said"}``;
        the keys are conversation, speaker, text, start, end and duration.
    diarization : path-like or None, default=None
        An RTTM file, which says who speaks when, for words of nobody. Of several
        recordings it takes the turns of the word's conversation, or else those of the
        one that is called as the file is.
    strict : bool, default=False
        Whether what is almost right in the file raises an error instead of a warning.
    encoding : str, default="utf-8"
        Encoding of the file; a byte order mark goes before it.
    backend : {"pandas", "polars"}, default="pandas"
        The library of the returned table.

    Returns
    -------
    talkturns : DataFrame
        ``conversation``, ``speaker``, ``text``, ``start`` and ``end`` (seconds), in
        order of time. Words without times, as aligners leave numbers, stand in the
        text; a talkturn that begins or ends with one has its time estimated from the
        words around it.

    Raises
    ------
    ValueError
        If the file is of no known layout, cut short or in another encoding, if a word
        ends before it starts, or a speaker's words run backwards in time; the error
        names the file and where in it. If `diarization` has no turns of a recording.

    Warns
    -----
    UserWarning
        If only some of the words have a speaker, or everything becomes one talkturn.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk.features import read_transcript
    >>> path = pathlib.Path(tempfile.mkdtemp(), "call.srt")
    >>> _ = path.write_text(
    ...     "1\n00:00:00,500 --> 00:00:01,000\nAnna: Shall we begin?\n\n"
    ...     "2\n00:00:01,250 --> 00:00:02,000\nBen: Yes.\n\n"
    ... )
    >>> for talkturn in read_transcript(path, backend="polars").rows():
    ...     print(talkturn)
    ('call', 'Anna', 'Shall we begin?', 0.5, 1.0)
    ('call', 'Ben', 'Yes.', 1.25, 2.0)
    """
    check_backend(backend)
    check_pause(pause)
    source = Source(path, encoding, strict=strict, speakers=speakers, columns=columns)
    stem = source.path.stem
    words = read_utterances(source)
    del source  # its text: the table takes as much again
    if diarization is not None:
        words = with_speakers_of_turns(words, read_turns(Source(diarization)), stem)
    words = name_speakers(words, path, unknown_speaker)
    warn_of_one_talkturn(words, pause, path)
    table = join_utterances(words.without_places(), pause)
    del words
    table["conversation"] = [
        name or conversation or stem for name in table["conversation"]
    ]
    return new_table(taken_out(table), backend)


def warn_of_one_talkturn(words: Words, pause: float | None, path: Any) -> None:
    """Warn if nothing ends a talkturn: one speaker, and no pause set."""
    if pause is None and len(set(words.voices)) == 1 and not any(words.begins[1:]):
        warnings.warn(
            f"{path}: one speaker says it all, so it is one talkturn. Pass pause= to "
            "split it where the speaker was silent.",
            stacklevel=3,
        )


def check_pause(pause: float | None) -> None:
    """Raise a ValueError unless the pause is None or a positive number of seconds."""
    if pause is not None and not pause > 0:
        raise ValueError(f"pause must be None or above 0 seconds, got {pause!r}.")


def read_utterances(source: Source) -> Words:
    """Read the words of a transcript, whatever its layout; say what it was taken for.

    What was almost right is one warning, which counts.
    """
    known = format_of(source)
    utterances: Iterable[Utterance] = known.read(source)
    if isinstance(source.speakers, Mapping):
        called = {str(name): to for name, to in source.speakers.items()}
        utterances = (
            spoken._replace(speaker=called.get(spoken.speaker, spoken.speaker))
            if spoken.speaker is not None
            else spoken
            for spoken in utterances
        )
    words = settle_utterances(utterances, source)
    if source.amended:
        warnings.warn(
            f"{source.path}: read, though not all is as it should be: "
            f"{source.amendments()}. With strict=True it would be an error.",
            stacklevel=3,
        )
    if LOGGER.isEnabledFor(logging.INFO):
        speakers = dict.fromkeys(who for _, who in words.voices if who is not None)
        LOGGER.info(
            "%s: read as %s; %s; speakers found: %s",
            source.path,
            "; ".join([known.name, *source.told]),
            f"{len(words)} words or phrases",
            ", ".join(map(repr, list(speakers)[:20])) or "none",
        )
    return words
