"""Where matplotlib is not installed, it says what to install."""

from __future__ import annotations

import sys

import pytest

from hanrock_sk._base.pyplot import load_pyplot


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"hanrock-sk\[plot\]"):
        load_pyplot()
