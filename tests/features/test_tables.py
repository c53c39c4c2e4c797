"""New tables in either library."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest

from hanrock_sk.features._tables import check_backend, new_table


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_kinds_and_missing_values(backend):
    pytest.importorskip(backend)
    table = new_table(
        {
            "speaker": ["Anna", None],
            "nobody": [None, None],
            "conversation": [7, 8],
            "count": np.array([1, 2]),
            "smile": np.array([True, False]),
            "au05": np.array([0.5, np.nan]),
        },
        backend,
    )
    assert type(table).__module__.startswith(backend)
    found = nw.from_native(table)
    assert found["speaker"].to_list()[0] == "Anna"
    assert found["speaker"].is_null().to_list() == [False, True]
    assert found["nobody"].is_null().all()
    assert found["smile"].to_list() == [True, False]
    assert found["count"].to_list() == [1, 2]
    assert found["au05"].is_null().to_list() == [False, True]
    assert [found[name].dtype for name in found.columns] == [
        nw.String,
        nw.String,
        nw.Int64,
        nw.Int64,
        nw.Boolean,
        nw.Float64,
    ]


def test_unknown_library():
    with pytest.raises(ValueError, match="backend must be one of"):
        check_backend("numpy")
