"""Names of the columns of auxiliary targets."""

from __future__ import annotations

import pytest

from hanrock_sk.talkturns.auxiliary_names import auxiliary_columns


def test_auxiliary_columns():
    assert auxiliary_columns(["a", "aux__future__2"]) == ["future__2"]
    for odd in ("aux__mood__x", "aux__action", "aux__action__"):
        with pytest.raises(ValueError, match=f"Column '{odd}'"):
            auxiliary_columns([odd])
