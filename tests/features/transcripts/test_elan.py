"""ELAN annotations."""

from __future__ import annotations

import pytest
from transcript_files import source_of, spoken

from hanrock_sk.features.transcripts.formats import format_of

pytest.importorskip("pympi")


def tier(name, annotations, **attributes):
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<TIER LINGUISTIC_TYPE_REF="t" TIER_ID="{name}"{more}>{annotations}</TIER>'


def annotation(number, first, last, text):
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" '
        f'TIME_SLOT_REF1="ts{first}" TIME_SLOT_REF2="ts{last}">'
        f"<ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


SLOTS = "".join(
    f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{n * 500}"/>' for n in range(7)
)
EAF = (
    '<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT AUTHOR="" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd" '
    'DATE="2026-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">'
    '<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"></HEADER>'
    f"<TIME_ORDER>{SLOTS}</TIME_ORDER>"
    + tier("A", annotation(1, 1, 3, "Shall we?"), PARTICIPANT="Anna")
    + tier("Ben", annotation(2, 2, 4, "Yes."))
    + tier("A-words", annotation(3, 1, 2, "Shall"), PARENT_REF="A")
    + '<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="t" '
    'TIME_ALIGNABLE="true"/></ANNOTATION_DOCUMENT>'
)


def test_tiers_are_speakers_and_overlaps_stay():
    assert spoken(EAF, "a.eaf") == (
        "ELAN",
        [("Anna", "Shall we?", 0.5, 1.5), ("Ben", "Yes.", 1.0, 2.0)],
    )


def test_cut_short():
    source = source_of(EAF[:900], "a.eaf")
    with pytest.raises(ValueError, match=r"a\.eaf is no ELAN file, or is broken"):
        format_of(source).read(source)


def test_times_that_are_not_told():
    text = EAF.replace('"ts2" TIME_VALUE="1000"', '"ts2"').replace(
        annotation(2, 2, 4, "Yes."),
        annotation(2, 1, 2, "Yes.") + annotation(4, 2, 3, "So."),
    )
    assert spoken(text, "a.eaf")[1][1:] == [
        ("Ben", "Yes.", 0.5, 1.0),
        ("Ben", "So.", 1.0, 1.5),
    ]


def test_words_below_an_empty_tier():
    text = EAF.replace("Shall we?", "").replace(">Shall<", ">Shall we?<")
    assert spoken(text, "a.eaf")[1][0] == ("Anna", "Shall we?", 0.5, 1.0)
