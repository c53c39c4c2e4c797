"""Who speaks, as numbers."""

from __future__ import annotations

from typing import Any

from hanrock_sk.talkturns.values import is_missing


class SpeakerNumbers:
    """Numbers speakers, talkturn by talkturn.

    Who is not named is somebody else each time: nobody knows who it was.

    Parameters
    ----------
    column : str
        The column that names the speakers, for errors.

    Examples
    --------
    >>> from hanrock_sk.talkturns.speakers import SpeakerNumbers
    >>> number = SpeakerNumbers("speaker")
    >>> [number(name) for name in ("anna", "bert", None, "anna", None)]
    [0, 1, -3, 0, -5]
    """

    def __init__(self, column: str) -> None:
        self._column = column
        self._named: dict[Any, int] = {}
        self._row = 0

    def __call__(self, name: Any) -> int:
        """Return the number of the next talkturn's speaker."""
        if is_missing(name):
            number = -1 - self._row
        else:
            try:
                number = self._named.setdefault(name, len(self._named))
            except TypeError:
                raise ValueError(
                    f"Column {self._column!r}, row {self._row}: {name!r} is not "
                    "hashable, so it cannot name a speaker."
                ) from None
        self._row += 1
        return number
