"""ELAN annotations, by pympi: a tier of utterances for each speaker."""

from __future__ import annotations

import math
from typing import Any

from hanrock_sk.features.transcripts.libraries import broken_files_as_errors, needed
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.tiers import speakers_of_tiers
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times


def read_elan(source: Source) -> list[Utterance]:
    """Return the annotations of tiers that depend on no other; speakers may overlap.

    The speaker is the tier's participant, or else its name. Where such a tier has only
    empty annotations, the words are in the first tier below it that has some.
    """
    with needed("pympi-ling", "annotations", "ELAN files"):
        from pympi.Elan import Eaf
    with broken_files_as_errors(source, "ELAN file"):
        document = Eaf(str(source.path), suppress_version_warning=True)
        tiers = {}
        for name in document.get_tier_names():
            about = document.get_parameters_for_tier(name)
            if not about.get("PARENT_REF"):
                tiers[name] = about.get("PARTICIPANT")
        speakers = speakers_of_tiers(list(tiers))
        found: list[Utterance] = []
        for name in speakers:
            annotations = _annotations(document, name)
            if not any(words for _, _, words in annotations):
                children = document.get_child_tiers_for(name)
                below = [_annotations(document, child) for child in children]
                annotations = next(
                    (tier for tier in below if any(words for _, _, words in tier)), []
                )
            speaker, where = tiers[name] or speakers[name], f"tier {name!r}"
            found += complete_times(
                [Utterance(w, s, e, speaker, where) for s, e, w in annotations]
            )
        return [said for said in found if said.text]


def _annotations(document: Any, tier: str) -> list[tuple[float, float, str]]:
    """Return start, end and words of a tier; a time that is not told is NaN."""
    found = []
    for start, end, value, *_ in document.get_annotation_data_for_tier(tier):
        times = [math.nan if t is None else t / 1000 for t in (start, end)]
        found.append((times[0], times[1], " ".join((value or "").split())))
    if any(math.isnan(start) for start, *_ in found):
        return found  # in the file's order, which is that of time
    return sorted(found, key=lambda annotation: annotation[:2])


FORMAT = Format("ELAN", (".eaf",), by_suffix, read_elan)
