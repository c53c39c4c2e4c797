"""On a stand-in for a CUDA device: nothing mixes devices, and nothing waits in a step.

What only a card can say is asked by tests/device.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("count_launches.py")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The C++ half of the stand-in."""
    if shutil.which("c++") is None:
        pytest.skip("no C++ compiler")
    from stand_in_cuda import build

    try:
        return build(tmp_path_factory.mktemp("stand_in"))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"torch's headers do not compile here: {error.stderr[-300:]}")


@pytest.fixture(scope="module")
def counted(library):
    """What steps and a prediction take, in each case that came to its end."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(library)],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    told = map(json.loads, re.findall(r"^{.*}$", done.stdout, re.MULTILINE))
    return defaultdict(lambda: pytest.fail(done.stderr[-3000:])) | {
        each.pop("case"): each for each in told
    }


def later_steps(result):
    """All but the first, with which the network itself goes to the card."""
    _, *steps = result["steps"]
    assert len(steps) >= 3
    return steps


def check_no_waits(result):
    for step in later_steps(result):
        assert step["waits"] == 0, step["waits_for"]
        assert step["copies"] <= 3


def test_a_step_through_triton(counted):
    pytest.importorskip("triton", "3.9", reason="needs Triton 3.9 or later")
    result = counted["triton"]
    check_no_waits(result)
    launches = {step["launches"] for step in later_steps(result)}
    assert len(launches) == 1  # whatever the lengths in a batch
    assert launches.pop() <= 220


def test_a_step_of_torchs_operations(counted):
    result = counted["eager"]
    check_no_waits(result)
    # A batch to predict and its answers.
    assert result["predicted"]["waits"] == 1


def test_the_stand_in_refuses_to_mix(counted):
    """A tensor left on the CPU is an error there, as on a card."""
    assert "are on the CPU" in counted["mix"]["refused"]
