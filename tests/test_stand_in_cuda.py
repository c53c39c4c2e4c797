"""On a stand-in for a CUDA device: nothing mixes devices, and nothing waits in a step.

Each case is a process of its own, as the stand-in changes torch. What only a card can
say is asked by tests/device.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
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


def counted(library, kernels, model):
    """What steps and a prediction take."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(library), kernels, model],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def later_steps(result):
    """All but the first, with which the network itself goes to the card."""
    _, *steps = result["steps"]
    assert len(steps) >= 3
    return steps


def check_no_waits(result):
    for step in later_steps(result):
        assert step["waits"] == 0, step["waits_for"]
        assert step["copies"] <= 3


def test_a_step_through_triton(library):
    pytest.importorskip("triton", "3.9", reason="needs Triton 3.9 or later")
    result = counted(library, "triton", "paper")
    check_no_waits(result)
    launches = {step["launches"] for step in later_steps(result)}
    assert len(launches) == 1  # whatever the lengths in a batch
    assert launches.pop() <= 220


def test_a_step_of_torchs_operations(library):
    result = counted(library, "eager", "defaults")
    check_no_waits(result)
    # A batch to predict and its answers.
    assert result["predicted"]["waits"] == 1


def test_the_stand_in_refuses_to_mix(library):
    """A tensor left on the CPU is an error there, as on a card."""
    code = f"""
import ctypes, sys
ctypes.CDLL({str(library)!r}, mode=ctypes.RTLD_GLOBAL).install_stand_in()
sys.path.insert(0, {str(SCRIPT.parent)!r})
import torch
from stand_in_cuda import COUNTS, stand_in
with stand_in():
    there = torch.ones(3).to("cuda")
    assert there.device.type == "cuda" and COUNTS.total()["copies"] == 1
    assert (there + there).cpu().tolist() == [2.0, 2.0, 2.0]
    assert COUNTS.total() == {{"launches": 1, "copies": 2, "waits": 1}}
    assert there.sum().item() == 3 and COUNTS.waits["_local_scalar_dense"] == 1
    try:
        there + torch.ones(3)
    except RuntimeError as error:
        assert "are on the CPU" in str(error)
    else:
        raise AssertionError("mixed")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
