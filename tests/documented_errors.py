"""What a person may be told about a bad table: every kind of message, and nothing else.

An exception is documented if it is of a kind below, its message matches, and it was
raised by this package or by scikit-learn's validation, not somewhere inside a library.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import sklearn

import hanrock_sk

COLUMN = r"Column ('|\")(?s:.*)('|\")"
LABELS = rf"(y|y_val|{COLUMN})"

DOCUMENTED = {
    "no rows": (ValueError, r"The talkturn table has 0 rows; at least one is needed\."),
    "a column twice": (ValueError, r"The talkturn table has columns named twice: \["),
    "a name that is no string": (TypeError, r"Column names must be strings; \[.*not\."),
    "no such column": (ValueError, r"The talkturn table lacks the column\(s\) \["),
    "a column that is in the way": (
        ValueError,
        r"The talkturn table already has the column\(s\) \[",
    ),
    "no table": (TypeError, r"Expected a talkturn table \(a pandas or polars"),
    "a text that is missing": (ValueError, rf"{COLUMN}, row \d+: the text is missing"),
    "a text that is none": (ValueError, rf"{COLUMN}, row \d+: expected a string, got"),
    "a speaker without a name": (
        ValueError,
        rf"{COLUMN}, row \d+: expected the speaker's name, got",
    ),
    "a talkturn of no conversation": (
        ValueError,
        rf"{COLUMN}, row \d+: the talkturn does not say which conversation",
    ),
    "a conversation that is not hashable": (
        ValueError,
        rf"{COLUMN}, row \d+: (?s:.*) is not hashable, so it cannot name a conv",
    ),
    "a speaker that is not hashable": (
        ValueError,
        rf"{COLUMN}, row \d+: (?s:.*) is not hashable, so it cannot name a speaker",
    ),
    "no speakers any more": (
        ValueError,
        r"The talkturn table lacks the column .*, which it had in training\. Where it",
    ),
    "no number": (ValueError, rf"{COLUMN} must hold numbers; row \d+ holds"),
    "an infinite number": (ValueError, rf"{COLUMN}, row \d+: the value is infinite"),
    "a number too large": (
        ValueError,
        rf"({COLUMN}|y|y_val), row \d+: (?s:.*) is too large",
    ),
    "an action neither seen nor not": (
        ValueError,
        rf"{COLUMN} must say whether the action was seen",
    ),
    "an auxiliary target of no family": (
        ValueError,
        rf"{COLUMN}: auxiliary targets are named",
    ),
    "a label that is no class": (
        ValueError,
        rf"{LABELS}, row \d+: the label (?s:.*) is none of the classes",
    ),
    "labels of another kind than the classes": (
        ValueError,
        rf"{LABELS} holds labels such as (?s:.*), but the classes are",
    ),
    "a loss weight that is none": (
        ValueError,
        rf"{COLUMN}, row \d+: a loss weight must be a number",
    ),
    "a weight that is none": (
        ValueError,
        r"sample_weight(, row \d+: a weight| has \d)",
    ),
    "probabilities of other classes": (
        ValueError,
        r"The (talkturn table has|columns) \['soft__|Column 'soft__.*: behind",
    ),
    "no distribution": (
        ValueError,
        r"(Row|Column 'soft__.*', row) \d+: (a|the) probabilit(y|ies)",
    ),
    "a scorer that takes no missing labels": (
        ValueError,
        r"The label of talkturn \d+ is missing, and scikit-learn's own scorers",
    ),
    "missing labels that have a number": (
        ValueError,
        r"For probabilities, cross_val_predict makes a class of missing labels\.",
    ),
    "no labels": (ValueError, r"All \d+ labels of (y|y_val) are missing"),
    "labels None": (ValueError, r"(y|y_val) is None; labels are needed here"),
    "labels of another number": (ValueError, r"y has \d+ labels for \d+ talkturns\."),
    "labels in two dimensions": (
        ValueError,
        r"y must (be one-dimensional, got shape|have one column, got)",
    ),
    "strings among other labels": (
        ValueError,
        rf"{LABELS} mixes strings with other labels: row \d+ holds",
    ),
    "labels that are none": (
        ValueError,
        rf"{LABELS} must hold strings, numbers or booleans, got",
    ),
    "an infinite label": (ValueError, rf"{LABELS}, row \d+: the label is infinite"),
    "labels without a range": (
        ValueError,
        r"All labels of y are .*, which is no range to scale the action and prosody",
    ),
    "a single class": (ValueError, r"y has only one class, (?s:.*); at least two"),
    "real values for a classifier": (ValueError, r"Unknown label type: continuous"),
    "strings for a regressor": (ValueError, r"A regressor needs numbers in (y|y_val)"),
    "training that went astray": (
        FloatingPointError,
        r"Training stopped in epoch \d+: the .* is not finite\. The likely cause",
    ),
}


def kind_of(error: BaseException) -> str | None:
    """Return the documented kind of an error; None if it is not documented."""
    if not _is_raised_by_us(error):
        return None
    for kind, (expected, pattern) in DOCUMENTED.items():
        if type(error) is expected and re.match(pattern, str(error)):
            return kind
    return None


def _is_raised_by_us(error: BaseException) -> bool:
    last = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    ours = Path(hanrock_sk.__file__).parent
    validation = Path(sklearn.__file__).parent / "utils"
    return ours in last.parents or validation in last.parents
