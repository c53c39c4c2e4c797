"""Tables of words or phrases: who, what, from when to when."""

from __future__ import annotations

from itertools import groupby

from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times
from hanrock_sk.files.delimited import number, read_delimited

_NAMES = {
    "conversation": ("conversation", "audio_id", "recording"),
    "speaker": ("speaker",),
    "text": ("word", "text", "transcript", "utterance"),
    "start": ("start", "start_time", "begin"),
    "end": ("end", "end_time"),
}


def read_word_table(source: Source) -> list[Utterance]:
    """Return the rows of a text table, one word or phrase each.

    Rows without times get them from the rows of the same speaker before and behind.
    """
    path = source.path
    columns, rows = read_delimited(path, _NAMES, text=source.text)
    lacking = [name for name in ("text", "start") if name not in columns]
    if lacking:
        raise ValueError(
            f"{path}, line 1: not a table of words; it lacks "
            f"{[_NAMES[name][0] for name in lacking]}."
        )
    if "end" not in columns:
        raise ValueError(
            f"{path}, line 1: there is no column 'end'. Without the ends of words the "
            "silence between talkturns is not known."
        )
    utterances = [
        Utterance(
            text=row.fields["text"],
            start=number(path, row, "start"),
            end=number(path, row, "end"),
            speaker=row.fields.get("speaker") or None,
            where=f"line {row.line}",
            conversation=row.fields.get("conversation") or None,
        )
        for row in rows
    ]
    completed = []
    for _, run in groupby(
        utterances, key=lambda word: (word.conversation, word.speaker)
    ):
        completed += complete_times(list(run))
    return [word for word in completed if word.text]


FORMAT = Format("table of words", (".csv", ".tsv", ".txt"), by_suffix, read_word_table)
