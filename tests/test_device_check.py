"""The script for a GPU runs on the CPU, where it skips by name what needs CUDA."""

from __future__ import annotations

import json
from pathlib import Path

from scripts import run

SCRIPT = Path(__file__).parent / "device" / "check.py"


def report_of(tmp_path, *only):
    path = tmp_path / "device.json"
    options = ["--device", "cpu", "--json", path, "--only", *only]
    done = run(SCRIPT, *options, folder=tmp_path)
    return done, json.loads(path.read_text())


def test_on_the_cpu(tmp_path):
    needs_cuda = ["no_waits_in_a_step", "no_races", "kernels_of_a_step"]
    done, report = report_of(
        tmp_path, "agrees_with_naive_twin", "generators_are_left_alone", *needs_cuda
    )
    assert done.returncode == 0, done.stdout
    status = {name: told["status"] for name, told in report["checks"].items()}
    skipped = {name for name, told in status.items() if told == "skipped"}
    assert skipped == set(needs_cuda)
    assert status["agrees_with_naive_twin"] == "passed"
    assert status["generators_are_left_alone"] == "passed"
    assert report["machine"]["kernels"].startswith("hanrock_sk.model.ops.")
    assert "skipped  no_races" in done.stdout
