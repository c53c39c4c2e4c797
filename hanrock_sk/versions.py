"""What a bug report needs to say: versions, how this copy was built, what it uses."""

from __future__ import annotations

import os
import platform
import re
import sys
from email import message_from_string
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from typing import TextIO

from hanrock_sk._base.version import __version__

_NAME = "hanrock-sk"
_REQUIREMENT = re.compile(r"[\w.-]+")
_FOR_DEVELOPERS = re.compile(r"extra == ['\"](dev|docs|test)['\"]")


def show_versions(file: TextIO | None = None) -> None:
    """Print what a bug report needs to say.

    The versions of this package, of Python and of all that the package can use; what
    its wheel was made for and what the kernels in it were compiled with; and what the
    engine uses in this process: compiled kernels or torch's operations, how many
    threads, and which devices. It loads torch.

    Parameters
    ----------
    file : file-like or None, default=None
        Where to print; None for the standard output.

    Examples
    --------
    >>> import hanrock_sk
    >>> hanrock_sk.show_versions()  # doctest: +ELLIPSIS
    hanrock-sk ...
    Python ...
    """
    for line in _lines():
        print(line, file=file or sys.stdout)


def _lines() -> list[str]:
    return [
        f"{_NAME} {__version__}, {_wheel_tags()}",
        f"Python {platform.python_version()}, {platform.platform()}",
        "",
        *_engine(),
        "",
        "Packages it needs, and those that it can use:",
        *(f"    {name}: {_version_of(name)}" for name in _requirements()),
    ]


def _wheel_tags() -> str:
    """Say what kind of wheel is installed: for one platform, for any, or none."""
    try:
        told = distribution(_NAME).read_text("WHEEL")
    except PackageNotFoundError:
        told = None
    if told is None:
        return "not installed from a wheel"
    tags = message_from_string(told).get_all("Tag") or []
    return f"from a wheel for {', '.join(tags)}"


def _requirements() -> list[str]:
    """Name what the package needs, then what its extras need, each once."""
    try:
        told = requires(_NAME) or []
    except PackageNotFoundError:
        told = ["torch", "scikit-learn", "skorch", "numpy", "scipy"]
    needed: list[str] = []
    optional: list[str] = []
    for requirement in told:
        match = _REQUIREMENT.match(requirement)
        if _FOR_DEVELOPERS.search(requirement):
            continue
        if match is not None and match[0] != _NAME:
            (optional if "extra ==" in requirement else needed).append(match[0])
    return list(dict.fromkeys([*needed, *optional]))


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _engine() -> list[str]:
    """Say what computes, and why not the compiled kernels if it is not they."""
    import torch

    from hanrock_sk.model.native.loading import (
        build_record,
        has_compiled_kernels,
        library_path,
    )
    from hanrock_sk.model.ops.triton_probe import has_triton

    record = build_record()
    if has_compiled_kernels():
        uses = f"compiled kernels, {library_path().stem}"
    elif os.environ.get("HANROCK_SK_NATIVE") == "0":
        uses = "torch's operations: HANROCK_SK_NATIVE=0 is set"
    elif not library_path().exists():
        uses = "torch's operations: there are no compiled kernels in this copy"
    else:
        uses = "torch's operations: the compiled kernels do not fit, see the warning"
    devices = ["cpu"]
    if torch.cuda.is_available():
        devices += [
            torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())
        ]
    if torch.backends.mps.is_available():
        devices.append("mps")
    lines = [
        f"Engine: {uses}",
        f"    processor: {torch.backends.cpu.get_cpu_capability()}, "
        f"{torch.get_num_threads()} threads",
        f"    devices: {', '.join(devices)}"
        + (", Triton kernels" if has_triton() and len(devices) > 1 else ""),
    ]
    if record:
        lines += [f"    compiled by {record['compiler']}, {record['flags']}"]
    return lines
