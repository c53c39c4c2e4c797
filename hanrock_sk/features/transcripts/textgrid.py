"""Praat TextGrids, by praatio: a tier for each speaker."""

from __future__ import annotations

from hanrock_sk.features.transcripts.libraries import broken_files_as_errors, needed
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.tiers import SILENCES, speakers_of_tiers
from hanrock_sk.features.transcripts.utterance import Utterance


def read_textgrid(source: Source) -> list[Utterance]:
    """Return the intervals with a label, tier by tier; speakers may overlap."""
    with needed("praatio", "annotations", "TextGrids"):
        from praatio.utilities import textgrid_io
    text = source.text.removeprefix("\ufeff")
    with broken_files_as_errors(source, "TextGrid"):
        tiers = [
            (str(tier["name"]), [tuple(entry) for entry in tier["entries"]])
            for tier in textgrid_io.parseTextgridStr(text, False)["tiers"]
            if tier["class"] == "IntervalTier"
        ]
        speakers = speakers_of_tiers([name for name, _ in tiers])
        return [
            Utterance(words, float(start), float(end), speakers[name], f"tier {name!r}")
            for name, entries in tiers
            if name in speakers
            for start, end, label in entries
            if (words := " ".join(label.split())) and words.lower() not in SILENCES
        ]


FORMAT = Format("Praat TextGrid", (".textgrid",), by_suffix, read_textgrid)
