"""The state of an estimator when it is saved: which version wrote it, and who reads it.

A file outlives the version that wrote it. Its state therefore says which version that
was, and in which form it stands; a form that this version does not read is refused
with both versions named, rather than misread.
"""

from __future__ import annotations

import inspect
from typing import Any

from hanrock_sk._base.version import __version__

STATE_FORM = 2
"""Raised whenever what is stored changes its meaning."""

READABLE_FORMS = (1, 2)

VERSION, FORM = "_hanrock_version", "_hanrock_state_form"


class SavedState:
    """Mixin of everything that can be saved, to stand before scikit-learn's base.

    What a state says about itself is not among the attributes of what is loaded.
    """

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes, the version and the form of the state."""
        state: Any = super().__getstate__()
        return state | {VERSION: __version__, FORM: STATE_FORM}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the attributes of a state that this version can read.

        Parameters that the version which saved it did not have yet get their defaults.

        Raises
        ------
        ValueError
            If the state is of another form; the error names both versions.
        """
        state = dict(state)
        version, form = state.pop(VERSION, "unknown"), state.pop(FORM, None)
        if form not in READABLE_FORMS:
            raise ValueError(self._unreadable(version))
        defaults = {
            name: parameter.default
            for name, parameter in inspect.signature(type(self)).parameters.items()
            if parameter.default is not inspect.Parameter.empty
        }
        try:
            self._restore(defaults | state)
        except Exception as error:
            raise ValueError(f"{self._unreadable(version)} ({error!r})") from error

    def _restore(self, state: dict[str, Any]) -> None:
        """Take the attributes; a subclass may make what was not saved out of them."""
        super().__setstate__(state)  # type: ignore[misc]

    def _unreadable(self, version: str) -> str:
        return (
            f"This {type(self).__name__} was saved by hanrock-sk {version}, and "
            f"hanrock-sk {__version__} cannot read it. Load it with the "
            "version that saved it, or train again."
        )
