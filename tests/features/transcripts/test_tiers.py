"""Names of tiers."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.tiers import speakers_of_tiers


@pytest.mark.parametrize(
    ("names", "speakers"),
    [
        (["Anna", "Ben"], {"Anna": "Anna", "Ben": "Ben"}),
        (["words", "phones"], {"words": None}),
        (["phones"], {"phones": "phones"}),
        (
            ["A - words", "A - phones", "B - words"],
            {"A - words": "A", "B - words": "B"},
        ),
        (["A_utterances", "A_words"], {"A_utterances": "A"}),
        (["ORT-MAU", "KAN-MAU", "MAU"], {"ORT-MAU": None}),
    ],
)
def test_whose_they_are(names, speakers):
    assert speakers_of_tiers(names) == speakers
