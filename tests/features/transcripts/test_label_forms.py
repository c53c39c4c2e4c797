"""The forms in which a line names who says it, one after the other."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.label_forms import (
    FORMS,
    after_colon,
    before_dash,
    in_angles,
    in_brackets,
    in_parentheses,
    without_dash,
    without_mark,
)
from hanrock_sk.features.transcripts.names import LONGEST_NAME

ENCLOSED = [(in_brackets, "[]"), (in_parentheses, "()"), (in_angles, "<>")]


@pytest.mark.parametrize(
    "line",
    ["Anna: so", "Anna : so", "Anna:so", "Anna\uff1aso", "[Anna]: so", "(Anna): so"],
)
def test_colons(line):
    assert after_colon(line) == ("Anna", "so")


@pytest.mark.parametrize(
    "line",
    ["so", "at 10:30", "see https://x.org", ": so", "--: so", "[]", "x" * 101 + ": so"],
)
def test_colons_that_name_nobody(line):
    assert after_colon(line) is None


def test_a_name_may_stand_alone_and_be_long():
    assert after_colon("Anna:") == ("Anna", "")
    assert after_colon("x" * LONGEST_NAME + ":") == ("x" * LONGEST_NAME, "")


@pytest.mark.parametrize(("form", "marks"), ENCLOSED)
def test_names_between_marks(form, marks):
    left, right = marks
    assert form(f"{left}Anna{right} so") == ("Anna", "so")
    assert form(f" {left} Anna B. {right}: so") == ("Anna B.", "so")
    for other in (f"so {left}Anna{right}", "Anna", f"{left}{right} so", f"{left}Anna"):
        assert form(other) is None
    assert form(f"{left}laughter{right} so") is None
    assert form(f"{left}10:30{right} so") is None
    assert form(f"{left}{'x' * 101}{right} so") is None


def test_full_width_brackets_and_tags_that_end():
    assert in_brackets("\u3010\u674e\u96f7\u3011 hao") == ("\u674e\u96f7", "hao")
    assert in_angles("</i> so") is None


def test_dashes_between_blanks():
    assert before_dash("ANNA - so - well") == ("ANNA", "so - well")
    assert before_dash("ANNA \u2013") == ("ANNA", "")
    for line in ("well-known", "- so", " - so", "(a) - well", "x" * 101 + " - so"):
        assert before_dash(line) is None


@pytest.mark.parametrize("line", [">> so", " >>> so", "\u00bbso", "\u226b so"])
def test_marks_of_a_change(line):
    assert without_mark(line) == (True, "so")


@pytest.mark.parametrize("line", ["so", "> so", "so >> on", ""])
def test_no_mark_of_a_change(line):
    assert without_mark(line) == (False, line)


@pytest.mark.parametrize("line", ["- so", "-so", "\u2013 so", " \u2014so"])
def test_dashes_of_a_change(line):
    assert without_dash(line) == (True, "so")


@pytest.mark.parametrize("line", ["so", "-40 degrees", "--", ""])
def test_no_dash_of_a_change(line):
    assert without_dash(line) == (False, line)


def test_every_form_splits_what_it_is_called_after():
    for name, form in FORMS.items():
        assert form(name) == ("name", "words")
