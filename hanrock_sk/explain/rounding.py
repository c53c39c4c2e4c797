"""How far numbers in the unit of the labels are rounded, which may be any unit."""

from __future__ import annotations

import math

DIGITS = 7
"""As many as single precision holds, which predictions are made in."""

DECIMALS = 4


def round_value(value: float) -> float:
    """Round to seven significant digits, but never to fewer than four decimals.

    Decimals alone would make nothing of values of a small unit, and significant digits
    alone would make large values alike that differ by little.

    Parameters
    ----------
    value : float
        In the unit of the labels.

    Returns
    -------
    value : float
        Rounded.

    Examples
    --------
    >>> from hanrock_sk.explain.rounding import round_value
    >>> [round_value(value) for value in (0.000012345678, -2 / 3, 12345.678912)]
    [1.234568e-05, -0.6666667, 12345.6789]
    """
    value = float(value)
    if value == 0 or not math.isfinite(value):
        return value
    before = math.floor(math.log10(abs(value))) + 1
    return round(value, max(DECIMALS, DIGITS - before))
