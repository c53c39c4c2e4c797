"""How far numbers in the unit of the labels are rounded, which may be any unit."""

from __future__ import annotations

import math

DIGITS = 7
"""As many as single precision holds, which predictions are made in."""

DECIMALS = 4

SMALL_UNIT = 0.01
"""If no value that is shown is as large, a few decimals say nothing of them."""


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
    >>> from hanrock_sk._base.rounding import round_value
    >>> [round_value(value) for value in (0.000012345678, -2 / 3, 12345.678912)]
    [1.234568e-05, -0.6666667, 12345.6789]
    """
    value = float(value)
    if value == 0 or not math.isfinite(value):
        return value
    before = math.floor(math.log10(abs(value))) + 1
    return round(value, max(DECIMALS, DIGITS - before))


def written(value: float, largest: float, sign: str = "", decimals: int = 3) -> str:
    """Write a value with a few decimals, or digits if the largest of all is small.

    Parameters
    ----------
    value : float
        A probability, or in the unit of the labels.
    largest : float
        The largest size of those that are shown together.
    sign : str, default=""
        ``"+"`` for a sign before what is positive, too.
    decimals : int, default=3
        How many decimals, or digits.

    Returns
    -------
    text : str
        The value.

    Examples
    --------
    >>> from hanrock_sk._base.rounding import written
    >>> written(0.05, 0.4), written(0.5e-7, 4e-7, "+"), written(0.0, 0.0)
    ('0.050', '+5e-08', '0.000')
    """
    kind = "g" if 0 < largest < SMALL_UNIT else "f"
    return f"{value:{sign}.{decimals}{kind}}"
