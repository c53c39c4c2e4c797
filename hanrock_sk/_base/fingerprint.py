"""Fingerprints of contents: the same for the same bytes, on every machine.

Of Python's own library alone: the build takes this file by its path.
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def fingerprint(*parts: str | bytes | Path) -> str:
    """Return a fingerprint of contents, one after the other.

    Parameters
    ----------
    *parts : str, bytes or pathlib.Path
        Strings count as UTF-8; surrogates, as they come in file names and bad
        transcripts, pass. A path stands for what is in the file.

    Returns
    -------
    fingerprint : str
        SHA-256, 64 hexadecimal digits.

    Examples
    --------
    >>> from hanrock_sk._base.fingerprint import fingerprint
    >>> fingerprint("yes", "no") == fingerprint(b"yesno")
    True
    >>> fingerprint("yes")[:8]
    '8a798890'
    """
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            part = part.encode("utf-8", "surrogatepass")
        elif isinstance(part, Path):
            part = part.read_bytes()
        digest.update(part)
    return digest.hexdigest()
