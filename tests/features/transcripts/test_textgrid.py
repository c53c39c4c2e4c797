"""Praat TextGrids."""

from __future__ import annotations

import pytest
from transcript_files import source_of, spoken

from hanrock_sk.features.transcripts.formats import format_of

pytest.importorskip("praatio")

GRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 3
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "Anna"
        xmin = 0
        xmax = 3
        intervals: size = 2
        intervals [1]:
            xmin = 0.5
            xmax = 1.5
            text = "Shall ""we""?"
        intervals [2]:
            xmin = 1.5
            xmax = 3
            text = ""
    item [2]:
        class = "IntervalTier"
        name = "Ben - words"
        xmin = 0
        xmax = 3
        intervals: size = 1
        intervals [1]:
            xmin = 1.25
            xmax = 3
            text = "Yes."
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tiers_are_speakers_and_overlaps_stay(encoding):
    assert spoken(GRID.encode(encoding), "a.TextGrid") == (
        "Praat TextGrid",
        [("Anna", 'Shall "we"?', 0.5, 1.5), ("Ben", "Yes.", 1.25, 3.0)],
    )


def test_cut_short():
    source = source_of(GRID[:150], "a.TextGrid")
    with pytest.raises(ValueError, match=r"a\.TextGrid is no TextGrid, or is broken"):
        format_of(source).read(source)
