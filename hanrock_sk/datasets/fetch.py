"""Download published corpora: whole and verified, or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hanrock_sk.datasets._corpus import check_choice
from hanrock_sk.datasets.annomi import count_transcripts
from hanrock_sk.datasets.esconv import count_conversations

MELD_URL = (
    "https://raw.githubusercontent.com/declare-lab/MELD/"
    "ca3e1266db4cc4a4e802156e2f721c4cd114a696/data/MELD/"
)
"""One fixed state of the authors' repository: the tables changed over the years."""

MELD_HASHES = {
    "train": "sha256:d2fa2d6529cf03cac2989efec05c9b27d8fd2f4c8fc5974c7ae88aa537fa02db",
    "dev": "sha256:2e89c6f8aa182d6f62f8c6331aece905ac7273ca4999660bfb5213e1d0370c1c",
}
"""Known checksums. That of the test table is not: who wants the table passes it."""

SUBSETS = ("train", "dev", "test")

ANNOMI_URL = (
    "https://raw.githubusercontent.com/uccollab/AnnoMI/"
    "42936645ec3857a9c84ab296a36a3c34b779ef49/"
)
N_TRANSCRIPTS = 133

ESCONV_URL = (
    "https://raw.githubusercontent.com/thu-coai/Emotional-Support-Conversation/"
    "238121561a4739a7434c8dda935259cfd10ca00c/"
)
N_CONVERSATIONS = 1300
"""How much there is, as the authors publish: what there is instead of a checksum."""

Check = Callable[[Path], None]
"""Raises a ValueError if a file that has come is not what it should be."""

_BLOCK_BYTES = 1 << 13
_TIMEOUT_SECONDS = 30
_FIRST_WAIT_SECONDS = 1.0


def fetch_meld(
    subsets: str | Sequence[str] = ("train", "dev"),
    *,
    cache: str | os.PathLike[str] | None = None,
    base_url: str = MELD_URL,
    hashes: Mapping[str, str] | None = None,
    attempts: int = 3,
) -> Path:
    """Download MELD's tables once and return the folder they lie in.

    Nothing is downloaded before this is called, nor when the tables are there already.
    A download that breaks off is resumed, by the next attempt or the next call. Only a
    file with the right checksum is ever put into the folder under its name. Needs
    ``hanrock-sk[fetch]``.

    Parameters
    ----------
    subsets : str or sequence of {"train", "dev", "test"}, default=("train", "dev")
        Which tables.
    cache : path-like or None, default=None
        The folder; None takes ``hanrock-sk/meld`` in the user's cache.
    base_url : str, default=MELD_URL
        Where the tables lie: a fixed state of the authors' repository.
    hashes : mapping of str to str or None, default=None
        Checksums by subset, such as ``"sha256:..."``, that go before those known here.
        None is known for "test", so it must be passed to get that table.
    attempts : int, default=3
        How often to try if the server fails or the connection breaks.

    Returns
    -------
    folder : pathlib.Path
        The folder, for `load_meld`.

    Raises
    ------
    ImportError
        If pooch is not installed.
    ValueError
        If a subset is unknown or has no checksum, or what came has another one: it is
        thrown away.
    ConnectionError
        If the file could not be had.

    Notes
    -----
    MELD is published under the GPL 3.0; its dialogues are those of a television series.

    Examples
    --------
    >>> from hanrock_sk.datasets import fetch_meld, load_meld
    >>> X, y = load_meld(fetch_meld(), "emotion")  # doctest: +SKIP
    """
    subsets = [subsets] if isinstance(subsets, str) else subsets
    known = {**MELD_HASHES, **(hashes or {})}
    for subset in subsets:
        check_choice("subsets", subset, SUBSETS)
        if subset not in known:
            raise ValueError(
                f"The checksum of MELD's {subset} table is not known here, so what "
                "comes cannot be verified. Pass it: "
                f"hashes={{{subset!r}: 'sha256:...'}}."
            )
    registry = {f"{subset}_sent_emo.csv": known[subset] for subset in subsets}
    return _fetch("meld", cache, base_url, registry, attempts)


def fetch_annomi(
    *,
    cache: str | os.PathLike[str] | None = None,
    base_url: str = ANNOMI_URL,
    checksum: str | None = None,
    attempts: int = 3,
) -> Path:
    """Download AnnoMI's full table once and return the folder it lies in.

    As :func:`fetch_meld` does it. Needs ``hanrock-sk[fetch]``.

    Parameters
    ----------
    cache : path-like or None, default=None
        The folder; None takes ``hanrock-sk/annomi`` in the user's cache.
    base_url : str, default=ANNOMI_URL
        Where the table lies: a fixed state of the authors' repository.
    checksum : str or None, default=None
        Such as ``"sha256:..."``. None is published: without it, the table has to be
        readable to its end and to hold 133 transcripts.
    attempts : int, default=3
        How often to try if the server fails or the connection breaks.

    Returns
    -------
    folder : pathlib.Path
        The folder, for `load_annomi`.

    Raises
    ------
    ImportError
        If pooch is not installed.
    ValueError
        If what came is not the table: it is thrown away.
    ConnectionError
        If the file could not be had.

    Notes
    -----
    The authors publish it freely, and ask for their papers to be cited.

    Examples
    --------
    >>> from hanrock_sk.datasets import fetch_annomi, load_annomi
    >>> X, y = load_annomi(fetch_annomi())  # doctest: +SKIP
    """
    registry = {"AnnoMI-full.csv": checksum}
    check = _holds(count_transcripts, N_TRANSCRIPTS, "transcripts")
    return _fetch("annomi", cache, base_url, registry, attempts, check)


def fetch_esconv(
    *,
    cache: str | os.PathLike[str] | None = None,
    base_url: str = ESCONV_URL,
    checksum: str | None = None,
    attempts: int = 3,
) -> Path:
    """Download ESConv once and return the folder it lies in.

    As :func:`fetch_meld` does it. Needs ``hanrock-sk[fetch]``.

    Parameters
    ----------
    cache : path-like or None, default=None
        The folder; None takes ``hanrock-sk/esconv`` in the user's cache.
    base_url : str, default=ESCONV_URL
        Where the file lies: a fixed state of the authors' repository.
    checksum : str or None, default=None
        Such as ``"sha256:..."``. None is published: without it, the file has to be
        readable to its end and to hold 1,300 conversations.
    attempts : int, default=3
        How often to try if the server fails or the connection breaks.

    Returns
    -------
    folder : pathlib.Path
        The folder, for `load_esconv`.

    Raises
    ------
    ImportError
        If pooch is not installed.
    ValueError
        If what came is not the corpus: it is thrown away.
    ConnectionError
        If the file could not be had.

    Notes
    -----
    ESConv is for academic research (CC BY-NC 4.0).

    Examples
    --------
    >>> from hanrock_sk.datasets import fetch_esconv, load_esconv
    >>> X, y = load_esconv(fetch_esconv())  # doctest: +SKIP
    """
    check = _holds(count_conversations, N_CONVERSATIONS, "conversations")
    return _fetch("esconv", cache, base_url, {"ESConv.json": checksum}, attempts, check)


def _holds(count: Callable[[Path], int], wanted: int, what: str) -> Check:
    """Return a check that a file can be read and holds as much as is published."""

    def check(file: Path) -> None:
        there = count(file)
        if there != wanted:
            raise ValueError(f"What came holds {there} {what}, not {wanted}.")

    return check


def _fetch(
    name: str,
    cache: str | os.PathLike[str] | None,
    base_url: str,
    registry: Mapping[str, str | None],
    attempts: int,
    check: Check | None = None,
) -> Path:
    """Bring the files that are not there yet into a folder, and return it."""
    try:
        import pooch
    except ImportError as error:
        raise ImportError(
            "Downloading needs pooch: pip install 'hanrock-sk[fetch]'."
        ) from error
    if attempts < 1:
        raise ValueError(f"attempts must be at least 1, got {attempts!r}.")
    folder = Path(pooch.os_cache("hanrock-sk") / name if cache is None else cache)
    keeper = pooch.create(
        path=folder, base_url=base_url.rstrip("/") + "/", registry=dict(registry)
    )
    for file in registry:
        partial = folder / f"{file}.part"
        resumes = partial.exists()
        downloader = _resuming(partial, attempts, check)
        try:
            keeper.fetch(file, downloader=downloader)
        except ValueError:
            # The first part may be of another file than the rest: once more, from zero.
            if not resumes:
                raise
            keeper.fetch(file, downloader=downloader)
    return folder


def _resuming(
    partial: Path, attempts: int, check: Check | None
) -> Callable[[str, Any, Any], None]:
    """Return a downloader for pooch, which verifies and places what it is given.

    What has come so far is kept in `partial`, so that a broken download goes on there.
    """
    import requests

    def download(url: str, output_file: Any, _: Any) -> None:
        for attempt in range(1, attempts + 1):
            try:
                _receive(url, partial)
                break
            except requests.RequestException as error:
                refused = (
                    error.response is not None and error.response.status_code < 500
                )
                if refused or attempt == attempts:
                    raise ConnectionError(
                        f"{url} cannot be downloaded: {error}"
                    ) from error
            time.sleep(_FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
        if check is not None:
            try:
                check(partial)
            except ValueError as error:
                partial.unlink()
                raise ValueError(f"{url} is not what it should be: {error}") from error
        os.replace(partial, output_file)

    return download


def _receive(url: str, partial: Path) -> None:
    """Append to `partial` what it still lacks of the file at `url`."""
    import requests

    have = partial.stat().st_size if partial.exists() else 0
    # A compressed answer could not be continued at a byte of the file.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with requests.get(
        url, headers=headers, stream=True, timeout=_TIMEOUT_SECONDS
    ) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            partial.unlink()
            raise requests.ConnectionError(
                "what had come before is no part of the file"
            )
        answer.raise_for_status()
        goes_on = answer.status_code == requests.codes.partial_content
        with open(partial, "ab" if goes_on else "wb") as file:
            for block in answer.iter_content(_BLOCK_BYTES):
                file.write(block)
