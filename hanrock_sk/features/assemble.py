"""One conversation's by-products to one talkturn table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.features.actions import add_actions
from hanrock_sk.features.prosody import add_prosody
from hanrock_sk.features.recording_parts import in_order, read_face
from hanrock_sk.features.timings import Timings
from hanrock_sk.features.tone import read_tone
from hanrock_sk.features.tone_talkturns import add_tone
from hanrock_sk.features.transcripts.joining import join_utterances
from hanrock_sk.features.transcripts.reader import (
    check_pause,
    read_utterances,
    warn_of_one_talkturn,
)
from hanrock_sk.features.transcripts.settling import name_speakers
from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.word_columns import Words
from hanrock_sk.talkturns.table import add_columns, is_table, read_table

File = str | PathLike[str]


def assemble(
    transcript: Any,
    *,
    openface: Mapping[Any, File | Sequence[File]] | None = None,
    faces: Mapping[Any, int | str | Sequence[int] | Sequence[str]] | None = None,
    frame_rate: float | None = None,
    tone: File | None = None,
    audio: File | Mapping[Any, File] | None = None,
    offsets: Mapping[File, float] | None = None,
    pause: float | None = None,
    conversation: str | None = None,
    speakers: Collection[str] | Mapping[str, str] | bool | None = None,
    columns: Mapping[str, str] | None = None,
    channels: Mapping[Any, int] | None = None,
    strict: bool = False,
    encoding: str = "utf-8",
    backend: str = "pandas",
) -> Any:
    r"""Make the talkturn table of one conversation from what its recording left behind.

    Parameters
    ----------
    transcript : path-like, sequence of path-like, mapping or DataFrame
        A transcript (see `read_transcript`); several, if they are parts of the
        recording one after another; one or several for each speaker, if everyone had a
        microphone of their own; or a talkturn table that is there already.
    openface : mapping of speaker to path-like or sequence of path-like, default=None
        OpenFace output for each speaker whose face was filmed, in parts if the
        recording was cut; tables of py-feat as well.
    faces : mapping of speaker to int, str or sequence of these, default=None
        Which face is whose, where a file of `openface` shows several: OpenFace's
        number, or py-feat's identity.
    frame_rate : float or None, default=None
        Frames of the videos a second, for OpenFace 3 and py-feat.
    tone : path-like or None, default=None
        A table of tones of voice that numbers the talkturns.
    audio : path-like or mapping of speaker to path-like, default=None
        The recording, or each speaker's own, to measure prosody in.
    offsets : mapping of path-like to float, default=None
        Seconds to add to the times in a file to arrive at the common clock; 0 for files
        that are not named.
    pause : float or None, default=None
        A speaker's silence of at least this many seconds ends the talkturn too.
    conversation : str or None, default=None
        What to call the conversation; None takes the name of the first transcript
        without its suffix, or what a table passed in calls it, if it does.
    speakers : collection of str, mapping of str to str, False or None, default=None
        Passed to `read_transcript` for every transcript.
    columns : mapping of str to str or None, default=None
        Passed to `read_transcript` too.
    channels : mapping of speaker to int or None, default=None
        The channel of each speaker, counted from 0, in a recording that has one for
        each.
    strict : bool, default=False
        Passed to `read_transcript` too.
    encoding : str, default="utf-8"
        Encoding of the transcripts and of the table of tones.
    backend : {"pandas", "polars"}, default="pandas"
        The library of the table; a table passed in keeps its own.

    Returns
    -------
    talkturns : DataFrame
        ``conversation``, ``speaker``, ``text``, ``start``, ``end``; ``delay``,
        ``speech_rate``, ``duration`` and ``overlap`` (see `hanrock_sk.Timings`) unless
        the table passed in has one of them; and what the other files tell (see
        `add_actions`, `add_tone`, `add_prosody`). What was not measured is missing.

    Raises
    ------
    ValueError
        If a file is not what it should be, parts overlap in time, a speaker does not
        occur in the transcript, one face is given to two speakers, or the transcript
        holds several conversations.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk.features import assemble
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> words, face = folder / "call.csv", folder / "anna.csv"
    >>> _ = words.write_text(
    ...     "speaker,word,start,end\nAnna,Hello,0.5,1.0\nBen,Hi,1.25,1.5\n"
    ... )
    >>> _ = face.write_text(
    ...     "frame, timestamp, confidence, success, AU05_r, AU05_c\n"
    ...     "1, 0.00, 0.98, 1, 0.2, 0\n"
    ...     "2, 0.04, 0.98, 1, 0.6, 1\n"
    ... )
    >>> talkturns = assemble(
    ...     words, openface={"Anna": face}, offsets={face: 0.75}, backend="polars"
    ... )
    >>> for talkturn in talkturns["speaker", "text", "delay", "au05"].rows():
    ...     print(talkturn)
    ('Anna', 'Hello', None, 0.4)
    ('Ben', 'Hi', 0.25, None)
    """
    check_backend(backend)
    check_pause(pause)
    openface = dict(openface or {})
    clocks = _clocks(offsets, _all_files(transcript, openface, audio))
    _check_faces(openface, faces or {})
    if is_table(transcript):
        talkturns = transcript
    else:
        options = {
            "speakers": speakers,
            "columns": columns,
            "strict": strict,
            "encoding": encoding,
        }
        talkturns = _read_transcripts(
            transcript, clocks, pause, conversation, backend, options
        )
    table = read_table(talkturns, required=["text", "start", "end"])
    if "conversation" in table.columns and table["conversation"].n_unique() > 1:
        raise ValueError(
            "The transcript holds several conversations; assemble one at a time and "
            "put the tables below one another."
        )
    if is_table(transcript) and (conversation or "conversation" not in table.columns):
        # Without a name each row would be a conversation of its own.
        names = [conversation or "conversation"] * len(table)
        talkturns = add_columns(table, {"conversation": names}).to_native()
    if not {"delay", "speech_rate", "duration", "overlap"} & set(table.columns):
        talkturns = Timings().fit_transform(talkturns)
    backend = table.implementation.value
    for speaker, files in openface.items():
        face = (faces or {}).get(speaker)
        frames = read_face(_listed(files), clocks, face, frame_rate, backend)
        talkturns = add_actions(talkturns, frames, speaker=speaker)
    if tone is not None:
        talkturns = add_tone(
            talkturns, read_tone(tone, encoding=encoding, backend=backend)
        )
    for speaker, file in _recordings(audio, channels).items():
        talkturns = add_prosody(
            talkturns,
            file,
            speaker=speaker,
            offset=clocks[Path(file)],
            channel=(channels or {}).get(speaker),
        )
    return talkturns


def _recordings(audio: Any, channels: Mapping[Any, int] | None) -> dict[Any, Any]:
    """Return the recording of each speaker; one file may hold a channel for each."""
    files = _by_speaker(audio)
    if channels and None in files:
        return dict.fromkeys(channels, files[None])
    unknown = [speaker for speaker in channels or () if speaker not in files]
    if unknown:
        raise ValueError(f"channels names {unknown}, for whom audio has no file.")
    return files


def _by_speaker(files: Any) -> dict[Any, Any]:
    """Return files by speaker; None stands for everyone."""
    if files is None:
        return {}
    return dict(files) if isinstance(files, Mapping) else {None: files}


def _listed(files: File | Sequence[File]) -> list[Path]:
    if isinstance(files, str | PathLike):
        return [Path(files)]
    listed = [Path(file) for file in files]
    if not listed:
        raise ValueError("An empty list of files was given.")
    return listed


def _all_files(transcript: Any, openface: Mapping, audio: Any) -> list[Path]:
    spoken = {} if is_table(transcript) else _by_speaker(transcript)
    groups = [*spoken.values(), *openface.values(), *_by_speaker(audio).values()]
    return [file for group in groups for file in _listed(group)]


def _clocks(
    offsets: Mapping[File, float] | None, files: Iterable[Path]
) -> dict[Path, float]:
    """Return the offset of each file."""
    clocks = dict.fromkeys(files, 0.0)
    for file, offset in (offsets or {}).items():
        if Path(file) not in clocks:
            raise ValueError(
                f"offsets names {str(file)!r}, which is none of the files with times: "
                f"{[str(known) for known in clocks]}."
            )
        clocks[Path(file)] = float(offset)
    return clocks


def _check_faces(openface: Mapping[Any, Any], faces: Mapping[Any, Any]) -> None:
    unknown = [speaker for speaker in faces if speaker not in openface]
    if unknown:
        raise ValueError(f"faces names {unknown}, for whom openface has no file.")
    owners: dict[Path, dict[Any, Any]] = {}
    for speaker, files in openface.items():
        for file in _listed(files):
            which = faces.get(speaker)
            if isinstance(which, str) or not isinstance(which, Sequence):
                which = [which]
            owner = owners.setdefault(file, {})
            for face, owned_by in owner.items():
                # Without a number, it may be any face of the film.
                if face in which or None in which or face is None:
                    raise ValueError(
                        f"openface gives {file} to {owned_by!r} and to {speaker!r}. If "
                        "it shows both, say with faces= which face is whose."
                    )
            owner |= dict.fromkeys(which, speaker)


def _read_transcripts(
    transcript: Any,
    clocks: Mapping[Path, float],
    pause: float | None,
    conversation: str | None,
    backend: str,
    options: dict[str, Any],
) -> Any:
    spoken = Words()
    for speaker, files in _by_speaker(transcript).items():
        parts = {
            file: _read_words(file, clocks[file], speaker, options)
            for file in _listed(files)
        }
        ordered = in_order(
            {
                file: (
                    min(words.starts),
                    max(words.ends),
                )
                for file, words in parts.items()
            }
        )
        conversation = conversation or ordered[0].stem
        for file in ordered:
            spoken.extend(parts[file])
    if not isinstance(transcript, Mapping):
        warn_of_one_talkturn(spoken, pause, ordered[0])
    columns = join_utterances(spoken, pause)
    columns["conversation"] = [name or conversation for name in columns["conversation"]]
    return new_table(columns, backend)


def _read_words(
    file: Path, offset: float, speaker: Any, options: dict[str, Any]
) -> Words:
    """Read one transcript, on the common clock."""
    words = read_utterances(Source(file, **options))
    if speaker is not None:
        named = sorted({who for _, who in words.voices if who is not None})
        if len(named) > 1:
            raise ValueError(
                f"{file} is given as the transcript of {speaker!r} alone, but several "
                f"speak in it: {named}."
            )
        words = words.called(lambda _: speaker)
    words = name_speakers(words, file, "unknown")
    return Words(
        word._replace(start=word.start + offset, end=word.end + offset)
        for word in words
    )
