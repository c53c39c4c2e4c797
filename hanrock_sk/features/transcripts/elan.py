"""ELAN annotations, by pympi: a tier of utterances for each speaker."""

from __future__ import annotations

from hanrock_sk.features.transcripts.libraries import broken_files_as_errors, needed
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.tiers import speakers_of_tiers
from hanrock_sk.features.transcripts.utterance import Utterance


def read_elan(source: Source) -> list[Utterance]:
    """Return the annotations of tiers that depend on no other; speakers may overlap.

    The speaker is the tier's participant, or else its name.
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
        return [
            Utterance(
                words,
                start / 1000,
                end / 1000,
                tiers[name] or speakers[name],
                f"tier {name!r}",
            )
            for name in speakers
            for start, end, value, *_ in sorted(
                document.get_annotation_data_for_tier(name), key=lambda a: a[:2]
            )
            if (words := " ".join((value or "").split()))
        ]


FORMAT = Format("ELAN", (".eaf",), by_suffix, read_elan)
