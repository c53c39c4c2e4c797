"""Hypothesis strategies: talkturn tables as people bring them, every second one odd.

The other half has nothing that would be refused, so that results are seen, too.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import functools
import importlib.util
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

LIBRARIES = [name for name in ("pandas", "polars") if importlib.util.find_spec(name)]

NAN, INF = math.nan, math.inf
MISSING = [None, NAN]
LONG = "a word after another and no end " * 300

TEXTS = [
    "yes", "No!", "yes yes no", "I don't know ...", "", " ", "\t\n\r", "{vocalsound}",
    "[LAUGHTER] well <laugh>", "na\u00efve caf\u00e9", "\u4f60\u597d", "\u0628\u064e",
    "\U0001f600\U0001f3fd", "\u200b\ufeff", "\x00", "a\u0301\u0301\u0301", "T_V_ 4 %",
    "e" * 3000, LONG, "<unknown>", "<empty>", "'; drop table", "%s {0} \\",
]  # fmt: skip
NAMES = ["anna", "ben", "", "caf\u00e9", "\U0001f600", "the man", "None", "nan"]
SOUND = [0.0, 0.1, 0.25, 0.5, 0.9, 1.0, -1.0, 3.0]
ODD_NUMBERS = [INF, -INF, 1e300, -1e300, 1e-300, 3e38, 2**60, -0.0, 5e-324, 10**400]
NO_NUMBERS = ["0.5", "high", "", decimal.Decimal("0.5"), 1j, [1.0], b"1", True]
NO_STRINGS = [5, 2.5, True, b"bytes", ["yes"], ("a",), datetime.date(2020, 1, 1)]
TIMES = [0.0, 0.5, 1.0, 1.25, 2.0, 7.5, 100.0, -3.0]

MEASURED = [
    "delay", "speech_rate", "tone_happy", "tone_sad", "tone_angry", "tone_fear",
    "au05", "au17", "au20", "au25",
]  # fmt: skip
SHOWN = [
    "au05_shown", "au17_shown", "au20_shown", "au25_shown", "smile",
    "positive_expression", "head_nod", "lean_forward",
]  # fmt: skip
STRANGERS = [
    "", " ", "text ", "Text", "narrative", "\u00fcber", "weight__primary", "delay",
    "aux__action__au05", "aux__history__1", "aux__smell__x", "aux__", "overlap",
    "weight__action__au05", "index", "level_0", "0",
]  # fmt: skip

WORDS = ["conversation", "speaker", "text"]
WORD_TYPES = {
    "pandas": ["object", "string", "category", "str"],
    "polars": ["String", "Categorical"],
}
NUMBER_TYPES = {
    "pandas": ["object", "Float64", "float32"],
    "polars": ["Float64", "Float32"],
}
"""What any of the usual values can be told in."""

PANDAS_TYPES = [
    "object", "string", "category", "Int64", "Float64", "boolean", "float32", "float16",
    "int8", "uint64", "bool", "str",
]  # fmt: skip
POLARS_TYPES = [
    "String", "Categorical", "Int8", "Int64", "UInt64", "Float32", "Boolean", "Object",
    "Null", "Date", "Duration",
]  # fmt: skip


@dataclass
class Case:
    """A table, labels, and how they came about."""

    X: Any
    y: Any
    library: str

    def __repr__(self) -> str:
        """Write down what is needed to see the case again."""
        shown = getattr(self.X, "to_dict", dict)
        types = dict(zip(self.X.columns, map(str, self.X.dtypes), strict=True))
        return f"Case({self.library}, {shown()!r}, types={types}, y={self.y!r})"


def mostly_usual(usual: list, *others: list, odd: bool):
    """Draw usual values, and in one column of five a few others among them."""
    if not odd:
        return st.just(st.sampled_from(usual))
    usual_only = st.sampled_from(usual)
    mixed = st.sampled_from([*usual, *usual, *(v for more in others for v in more)])
    return st.sampled_from([usual_only] * 4 + [mixed])


@st.composite
def columns(draw, n_rows: int, wanted: list[str], odd: bool) -> dict[str, list]:
    """Draw the columns of a table, in any order."""
    mostly = functools.partial(mostly_usual, odd=odd)
    kinds = {
        "conversation": mostly(["a", "b", "a"], MISSING, [3, ("t",), [1]]),
        "speaker": mostly(NAMES, MISSING, NO_STRINGS),
        "text": mostly(TEXTS, MISSING, NO_STRINGS),
        "start": mostly(TIMES, MISSING, ODD_NUMBERS, NO_NUMBERS),
        "end": mostly(TIMES, MISSING, ODD_NUMBERS, NO_NUMBERS),
        **dict.fromkeys(MEASURED, mostly(SOUND + MISSING, ODD_NUMBERS, NO_NUMBERS)),
        **dict.fromkeys(
            SHOWN, mostly([True, False], MISSING, [0, 1, 0.0, 0.5, "yes", INF])
        ),
    }
    names = [name for name in wanted if not odd or draw(st.integers(0, 11))]
    more = MEASURED + SHOWN if odd else MEASURED[2:] + SHOWN  # Timings adds the first
    names += draw(st.lists(st.sampled_from(more), max_size=4, unique=True))
    if odd and not draw(st.integers(0, 2)):
        names += draw(st.lists(st.sampled_from(STRANGERS), max_size=2))
    names = draw(st.permutations(list(dict.fromkeys(names))))
    anything = mostly(SOUND, TEXTS, MISSING, ODD_NUMBERS)
    made = {}
    for name in names:
        values = draw(kinds.get(name, anything))
        made[name] = draw(st.lists(values, min_size=n_rows, max_size=n_rows))
    return made


@st.composite
def labels(draw, n_rows: int, real: bool | None, strange: bool):
    """Draw labels: classes or real values (None: either), some missing, or odd ones."""
    usual = {
        "strings": ["yes", "no", "caf\u00e9", ""],
        "numbers": [0, 1, 2],
        "booleans": [True, False],
        "floats": [0.0, 1.0, 2.0],
        "real": [0.5, -1.25, 3.0, 2.75],
        "with missing": ["yes", "no", None, NAN],
        "real with missing": [0.5, 1.5, 2.25, NAN, None],
    }
    odd = {
        "mixed": ["yes", 1, 2.5, None, True],
        "extreme": [1e300, -1e300, 0.5, INF, 1e39, 5e-324],
        "missing": [None, NAN],
        "strange": [[1], ("a",), b"x", 1j, datetime.date(2020, 1, 1)],
    }
    kind = draw(st.sampled_from([usual] * 7 + [odd])) if strange else usual
    valued = ("real", "real with missing", "floats")
    if kind is usual and real is not None and (real or not strange):
        kind = {name: kind[name] for name in kind if (name in valued) == real}
    values = draw(st.sampled_from(list(kind.values())))
    wrong = strange and draw(st.sampled_from([0] * 30 + [1]))
    n_labels = n_rows + wrong
    found = draw(
        st.lists(st.sampled_from(values), min_size=n_labels, max_size=n_labels)
    )
    if not strange:  # a single class, or a single value, is refused
        found[:2] = values[:2]
    shape = draw(st.integers(0, 9))
    if shape == 0 and "pandas" in LIBRARIES:
        import pandas

        return pandas.Series(found, dtype="object").astype("category", errors="ignore")
    if shape == 1:
        return np.array(found, dtype=object)
    if strange and shape == 2 and not draw(st.integers(0, 5)):
        return np.array([found, found], dtype=object).T
    return found


def types(name: str, library: str, odd: bool) -> list[str]:
    """The types that a column may be of; "inferred" is what the library makes of it."""
    if odd:
        return ["inferred"] * 6 + (
            PANDAS_TYPES if library == "pandas" else POLARS_TYPES
        )
    if name in SHOWN:
        return ["inferred"]
    return ["inferred"] * 2 + (WORD_TYPES if name in WORDS else NUMBER_TYPES)[library]


def pandas_frame(draw, made: dict[str, list], odd: bool):
    """Pour columns into pandas, of odd types and under an odd index."""
    import pandas

    series = {}
    for name, values in made.items():
        found = pandas.Series(values, dtype=object)
        kind = draw(st.sampled_from(types(name, "pandas", odd)))
        with contextlib.suppress(Exception):  # pandas has its own view of what fits
            found = found.infer_objects() if kind == "inferred" else found.astype(kind)
        series[name] = found
    frame = pandas.DataFrame(series)
    if len(frame) == 0 or not made:
        return frame
    index = draw(st.integers(0, 7))
    if index == 0:
        frame.index = [7] * len(frame)
    elif index == 1:
        frame.index = [f"row {row % 2}" for row in range(len(frame))]
    elif index == 2:
        frame.index = pandas.MultiIndex.from_arrays([frame.index, frame.index[::-1]])
    elif index == 3:
        frame = frame.iloc[::-1]
    if odd and not draw(st.integers(0, 60)):
        twice = pandas.concat([frame, frame[frame.columns[:1]]], axis=1)
        return twice
    if odd and not draw(st.integers(0, 60)):
        return frame.rename(columns={frame.columns[0]: 5})
    return frame


def polars_frame(draw, made: dict[str, list], odd: bool):
    """Pour columns into polars, of odd types."""
    import polars

    series = []
    for name, values in made.items():
        kind = draw(st.sampled_from(types(name, "polars", odd)))
        found = None
        for dtype in (kind, "inferred", "Object"):
            try:
                found = polars.Series(
                    name,
                    values,
                    dtype=None if dtype == "inferred" else getattr(polars, dtype),
                    strict=dtype != kind,
                )
                break
            except BaseException as error:  # polars panics are no Exceptions
                if isinstance(error, KeyboardInterrupt):
                    raise
        if found is not None:
            series.append(found)
    return polars.DataFrame(series)


@st.composite
def cases(
    draw, wanted: list[str], real: bool | None = None, most_rows: int = 8
) -> Case:
    """Draw a table and its labels."""
    odd = draw(st.booleans())
    n_rows = draw(st.integers(0 if odd else 2, most_rows))
    library = draw(st.sampled_from(LIBRARIES))
    made = draw(columns(n_rows, wanted, odd))
    make = pandas_frame if library == "pandas" else polars_frame
    return Case(make(draw, made, odd), draw(labels(n_rows, real, odd)), library)
