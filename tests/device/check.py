"""Check everything on a GPU that only a GPU can say, in about ten minutes.

From the repository's root, with nothing from outside::

    python tests/device/check.py --json DIR/device.json

Checks come first, timings after, until the time is over. On a machine without CUDA
(``--device cpu``) the checks that need it are skipped, by name: that tests the script.
The exit status is 1 if a check failed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT),
    str(ROOT / "tests"),
    str(ROOT / "tests" / "benchmarks"),
    str(Path(__file__).parent),
]

import agreement  # noqa: E402
import estimators_at_work  # noqa: E402
import timings  # noqa: E402
from engine import processor  # noqa: E402

from hanrock_sk._base.version import __version__  # noqa: E402
from hanrock_sk.model.ops.kernel_table import recurrence_kernels  # noqa: E402

NEEDS_CUDA = {
    "no_waits_in_a_step",
    "no_races",
    "loads_without_a_gpu",
    "memory_comes_back",
    "kernels_of_a_step",
}


def machine(device: str) -> dict[str, Any]:
    """Describe where this runs."""
    like = torch.empty(1, device=device)
    found = {
        "date": date.today().isoformat(),
        "version": __version__,
        "torch": torch.__version__,
        "processor": processor(),
        "kernels": recurrence_kernels(like).__name__,  # type: ignore[attr-defined]
    }
    if device.startswith("cuda"):
        found["card"] = torch.cuda.get_device_name()
        found["capability"] = ".".join(map(str, torch.cuda.get_device_capability()))
        found["cuda"] = str(torch.version.cuda)
    return found


def checks() -> dict[str, Callable[[str], dict[str, Any]]]:
    """All checks, by name, in order."""
    parts = (agreement, estimators_at_work)
    return {check.__name__: check for part in parts for check in part.CHECKS}


def run_check(name: str, check: Callable[[str], dict[str, Any]], device: str) -> Any:
    """Run one check; return what it found, with "passed", "failed" or "skipped"."""
    if name in NEEDS_CUDA and not device.startswith("cuda"):
        return {"status": "skipped", "why": "needs CUDA"}
    began = time.perf_counter()
    try:
        result = {"status": "passed"} | check(device)
    except Exception:  # the next one may say more
        result = {"status": "failed", "error": traceback.format_exc()}
    return result | {"seconds": time.perf_counter() - began}


def main() -> int:
    """Check, time, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--minutes", type=float, default=10, help="for all of it")
    parser.add_argument("--only", nargs="*", help="names of checks")
    parser.add_argument("--json", type=Path, help="where to write the results")
    arguments = parser.parse_args()
    ends = time.monotonic() + 60 * arguments.minutes
    report: dict[str, Any] = {"machine": machine(arguments.device), "checks": {}}
    print(json.dumps(report["machine"]), flush=True)

    def write() -> None:
        if arguments.json:
            arguments.json.write_text(json.dumps(report, indent=1) + "\n")

    for name, check in checks().items():
        if arguments.only is None or name in arguments.only:
            report["checks"][name] = run_check(name, check, arguments.device)
            told = report["checks"][name]
            print(f"{told['status']:8} {name} {told.get('error', '')}", flush=True)
            write()
    if arguments.only is None:
        report["timings"] = []
        for row in timings.measure(arguments.device, ends):
            report["timings"].append(row)
            print(json.dumps(row), flush=True)
            write()
    failed = [n for n, told in report["checks"].items() if told["status"] == "failed"]
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
