"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a draft to write, which then takes the place of `path` in one step.

    Whatever goes wrong before (a full disk, a folder that may not be written, Ctrl-C),
    a file that was there stays as it was, and the draft is removed.

    Parameters
    ----------
    path : path-like
        The file to be; where it is a link, what the link points to.

    Yields
    ------
    draft : pathlib.Path
        A file in the same folder, not there yet.

    Raises
    ------
    OSError
        If the file cannot be written; the message names it.
    """
    path = Path(os.path.realpath(path))
    draft = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())  # before its name says that it is complete
        if path.exists():
            shutil.copymode(path, draft)
        os.replace(draft, path)
    except BaseException as error:
        with suppress(OSError):  # a folder that is not ours to write has no draft
            draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            kept = " The file that was there is unchanged." if path.exists() else ""
            raise OSError(  # which makes a PermissionError, and so on, by the number
                error.errno, f"{path} was not written: {error.strerror}.{kept}"
            ) from error
        raise
