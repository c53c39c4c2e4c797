"""What the columns of a table of words are called, and mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hanrock_sk.features.transcripts.source import Source

# The surest first; some in German, French and Spanish.
_NAMES = {
    "conversation": "conversation audio_id recording conversation_id dialogue_id "
    "meeting",
    "speaker": "speaker speaker_name speaker_id speaker_label tier participant who "
    "name role sprecher sprecherin locuteur hablante",
    "text": "word text transcript utterance value transcription content sentence said "
    "message phrase words speech caption annotation texte texto transkript inhalt "
    "\u00e4u\u00dferung",
    "start": "start start_time starttime start_s start_sec start_seconds begin "
    "begin_time onset from t0 tmin xmin time timestamp start_ms begin_ms onset_ms "
    "begin_time_ms start_time_ms beginn anfang von startzeit d\u00e9but debut inicio",
    "end": "end end_time endtime end_s end_sec end_seconds stop stop_time offset "
    "finish to t1 tmax xmax end_ms stop_ms offset_ms end_time_ms ende bis endzeit fin",
    "duration": "duration dur duration_s length duration_ms dauer dur\u00e9e duree "
    "duraci\u00f3n duracion",
}
_OFFSETS = {"offset", "offset_ms"}  # beside onsets ends, beside durations starts
_UNIT = re.compile(r"_(?:ss_msec|hh:mm:ss[:_](?:ms|ff)|hh:mm:ss)$")


def plain_name(name: str) -> str:
    """Return a column's name in lower case, with underscores.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.table_columns import plain_name
    >>> plain_name("Start (s)"), plain_name("End Time - msec")
    ('start_s', 'end_time_ms')
    """
    name = re.sub(r"[\s\-()\[\]._]+", "_", name.strip().lower()).strip("_")
    return re.sub(r"_msec$", "_ms", _UNIT.sub("", name))


def column_places(source: Source, header: Sequence[str]) -> dict[str, int]:
    """Return which column means what.

    Raises
    ------
    ValueError
        If a column that the user names is not there.
    """
    names = [plain_name(name) for name in header]
    places: dict[str, int] = {}
    for meaning, column in source.columns.items():
        if meaning not in _NAMES:
            raise ValueError(f"columns= knows {list(_NAMES)}, but not {meaning!r}.")
        exact = [place for place, name in enumerate(header) if name.strip() == column]
        alike = [
            place for place, name in enumerate(names) if name == plain_name(column)
        ]
        if not exact and not alike:
            raise ValueError(
                f"{source.path}, line 1: there is no column {column!r} for the "
                f"{meaning}; the columns are {list(header)[:20]}."
            )
        places[meaning] = (exact or alike)[0]
    for meaning, known in _NAMES.items():
        for name in known.split():
            if (
                meaning not in places
                and name in names
                and names.index(name) not in places.values()
            ):
                places[meaning] = names.index(name)
    if (
        "start" not in places
        and "duration" in places
        and "end" not in source.columns
        and "end" in places
        and names[places["end"]] in _OFFSETS
    ):
        places["start"] = places.pop("end")
    return places


def is_header(source: Source, header: Sequence[str]) -> bool:
    """Whether these are names of the columns of a table of words."""
    known = {name for names in _NAMES.values() for name in names.split()}
    if source.columns:
        wanted = {plain_name(column) for column in source.columns.values()}
        return wanted <= {plain_name(name) for name in header}
    names = {plain_name(name) for name in header} & known
    places = column_places(source, header) if len(names) > 1 else {}
    return "text" in places and bool(places.keys() & {"start", "speaker"})
