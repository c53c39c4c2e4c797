"""New tables in either library."""

from __future__ import annotations

from importlib import import_module

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


@pytest.mark.parametrize("many", [0, 2, 5])
@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_strings_that_are_made_one_by_one(monkeypatch, backend, many):
    pytest.importorskip(backend)
    monkeypatch.setattr("hanrock_sk.features._tables._TOGETHER", 2)
    said, start = ["so", "we", None, "talk", "now"][:many], np.arange(float(many))
    listed = new_table({"text": said, "start": start}, backend)
    made = new_table({"text": iter(said), "start": start}, backend)
    same = import_module(f"{backend}.testing").assert_frame_equal
    same(made, listed)


def test_unknown_library():
    with pytest.raises(ValueError, match="backend must be one of"):
        check_backend("numpy")
