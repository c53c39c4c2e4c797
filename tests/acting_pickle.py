"""An object that does something when it is unpickled."""

from __future__ import annotations

import io


class Acts:
    """Leaves a sign if somebody unpickles it."""

    def __init__(self, sign):
        self.sign = sign

    def __reduce__(self):
        return io.open, (str(self.sign), "w")
