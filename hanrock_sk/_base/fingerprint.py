"""Fingerprints of contents: the same for the same bytes, on every machine."""

from __future__ import annotations

import hashlib


def fingerprint(*parts: str | bytes) -> str:
    """Return a fingerprint of contents, one after the other.

    Parameters
    ----------
    *parts : str or bytes
        Strings count as UTF-8; surrogates, as they come in file names and bad
        transcripts, pass.

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
        digest.update(part)
    return digest.hexdigest()
