"""Speakers as numbers."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.talkturns.speakers import SpeakerNumbers


def test_equal_names_equal_numbers_and_nobody_is_anybody_else():
    names = ["anna", None, 3, "anna", np.nan, 3, "", "bert"]
    number = SpeakerNumbers("speaker")
    numbers = [number(name) for name in names]
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            named = one is not None and one == one
            same = i == j or (named and one == other)
            assert (numbers[i] == numbers[j]) == same


def test_what_cannot_name_a_speaker():
    number = SpeakerNumbers("who")
    number("anna")
    with pytest.raises(
        ValueError, match=r"Column 'who', row 1: \['bert'\] is not hash"
    ):
        number(["bert"])
