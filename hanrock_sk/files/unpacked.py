"""Files that may be gzipped."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def unpacked(path: Path) -> Iterator[Any]:
    """Open a file's bytes; ``.gz`` is unpacked on the way.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    file : binary file
        To be read within the ``with``.

    Raises
    ------
    ValueError
        If the gzip file turns out to be broken while it is read.
    """
    opener: Any = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            yield file
    except (EOFError, gzip.BadGzipFile) as error:
        raise ValueError(
            f"{path}: the gzip file is broken or cut short: {error}"
        ) from None
