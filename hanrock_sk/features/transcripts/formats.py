"""The table of transcript formats.

To add one: a file beside this one with its `Format`, and a line here.
"""

from __future__ import annotations

from hanrock_sk.features.transcripts import (
    amazon,
    assemblyai,
    azure,
    chat,
    chunks,
    deepgram,
    elan,
    elevenlabs,
    google_stt,
    ibm_watson,
    json_records,
    kaldi,
    nist,
    office,
    plain_text,
    rev,
    speechmatics,
    sphinx,
    subtitles,
    textgrid,
    vosk,
    whisper_cpp,
    whisperx,
    word_table,
    youtube,
)
from hanrock_sk.features.transcripts.source import Format, Source

FORMATS: list[Format] = [
    subtitles.FORMAT,
    word_table.FORMAT,
    plain_text.FORMAT,
    office.DOCX,
    office.XLSX,
    textgrid.FORMAT,
    elan.FORMAT,
    chat.FORMAT,
    nist.CTM,
    nist.STM,
    nist.RTTM,
    whisperx.FORMAT,
    whisper_cpp.FORMAT,
    chunks.FORMAT,
    amazon.FORMAT,
    amazon.CALL,
    azure.FORMAT,
    deepgram.FORMAT,
    ibm_watson.FORMAT,
    speechmatics.FORMAT,
    google_stt.FORMAT,
    rev.FORMAT,
    vosk.FORMAT,
    kaldi.FORMAT,
    kaldi.GSTREAMER,
    elevenlabs.FORMAT,
    assemblyai.FORMAT,
    speechmatics.VERSION_1,
    youtube.FORMAT,
    sphinx.LINES,
    sphinx.FORMAT,
    json_records.FORMAT,
]
"""Every format, in the order in which they are asked whether a file is theirs."""


def format_of(source: Source) -> Format:
    """Return the first format that recognises the file.

    Raises
    ------
    ValueError
        If none does; the error says what is known of files that end so.
    """
    suffix = ".json" if _holds_json(source) else source.suffix
    candidates = [known for known in FORMATS if suffix in known.suffixes]
    if not candidates:
        suffixes = sorted({suffix for known in FORMATS for suffix in known.suffixes})
        raise ValueError(
            f"{source.path}: no transcript ends in {source.suffix!r}; known are "
            f"{suffixes}."
        )
    for known in candidates:
        if known.recognises(source):
            return known
    names = ", ".join(known.name for known in candidates)
    raise ValueError(
        f"{source.path} is {_shape(source)}, but no transcript known here, which are: "
        f"{names}."
    )


def _holds_json(source: Source) -> bool:
    """Whether a file that ends as texts do holds JSON."""
    if source.suffix not in (".txt", ".log") or source.text[:1] not in ("{", "["):
        return False
    try:
        return isinstance(source.json, dict | list)
    except ValueError:
        return False


def _shape(source: Source) -> str:
    if source.suffix not in (".json", ".jsonl", ".ndjson", ".json3"):
        return f"a file that ends in {source.suffix!r}"
    content, what = source.json, "JSON"
    for _ in range(3):
        if isinstance(content, list):
            what += f", a list of {len(content)}"
            content = content[0] if content else None
        elif isinstance(content, dict):
            what += f" with the keys {list(content)[:20]}"
            inner = [
                value for value in content.values() if isinstance(value, dict | list)
            ]
            if len(inner) != 1:
                return what
            content = inner[0]
            what += ", in it"
        else:
            return what
    return what
