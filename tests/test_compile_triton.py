"""Triton's kernels compile for cards that are not there, and spill no registers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("triton", "3.9", reason="needs Triton 3.9 or later")
SCRIPT = Path(__file__).with_name("compile_triton.py")
LEAST_SHARED = 99 * 1024  # bytes of a program, on cards of compute capability 8.6


@pytest.fixture(scope="module")
def compiled():
    """What each kernel in single precision takes, for each card."""
    told = subprocess.run(
        [sys.executable, str(SCRIPT), "fp32"],
        capture_output=True, text=True, check=True, env=dict(os.environ),
    ).stdout  # fmt: skip
    return [json.loads(line) for line in told.splitlines()]


def test_every_kernel_for_every_card(compiled):
    for card in ("sm_80", "sm_90a"):
        assert len([each for each in compiled if each["card"] == card]) == 10


def test_nothing_is_spilled(compiled):
    assert [each for each in compiled if each["spilled"]] == []


def test_shared_memory_is_what_small_cards_have(compiled):
    assert max(each["shared"] for each in compiled) <= LEAST_SHARED
