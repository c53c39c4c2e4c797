"""Libraries that read a format for us: when needed, and their failures as ours."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from hanrock_sk.features.transcripts.source import Source


@contextmanager
def needed(package: str, extra: str, what: str) -> Iterator[None]:
    """Say how to get an optional library, where importing it fails."""
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"Reading {what} needs {package}: pip install 'hanrock-sk[{extra}]'."
        ) from error


@contextmanager
def broken_files_as_errors(source: Source, what: str) -> Iterator[None]:
    """Turn whatever a library makes of a broken file into an error that names it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of compiled code is no Exception
        raise ValueError(
            f"{source.path} is no {what}, or is broken or cut short: "
            f"{type(error).__name__}: {str(error)[:200]}"
        ) from None
