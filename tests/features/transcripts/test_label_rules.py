"""Which labels are names, decided for a whole file."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.label_forms import FORMS
from hanrock_sk.features.transcripts.label_rules import (
    named_always,
    named_at_changes,
    names_with_colons,
)
from hanrock_sk.features.transcripts.labelled_lines import LabelledLines

COLON, DASH = "name: words", "name - words"


def always(lines, form=COLON):
    return named_always(LabelledLines(lines, FORMS[form]), form)


def at_changes(lines, form=COLON):
    return named_at_changes(LabelledLines(lines, FORMS[form]), form)


def test_everyone_is_named_always():
    assert always(["anna: So", "ben: No", "anna: And"]) == {"anna", "ben"}


@pytest.mark.parametrize(("unnamed", "told"), [(1, True), (2, False)])
def test_nearly_every_cue_has_to_have_one(unnamed, told):
    """Of ten cues eight are too few, nine are enough."""
    lines = ["Anna: So", "Ben: No"] * 5
    lines[-unnamed:] = ["so on"] * unnamed
    assert always(lines) == (frozenset({"Anna", "Ben"}) if told else frozenset())


def test_a_colon_in_speech_names_nobody():
    """Who says "One thing:" once, in a file that names all, is not called so."""
    lines = ["Anna: So", "Ben: No", "One thing: this", "Anna: And", "Ben: Yes"]
    assert always(lines) == {"Anna", "Ben"}
    assert always(["One thing: this", "Remember: that", "Note: it"]) == frozenset()


def test_the_only_cue_of_a_file_has_to_look_like_a_name_with_words():
    assert always(["Anna: So"]) == {"Anna"}
    assert always(["anna: So"]) == always(["Anna:"]) == frozenset()


def test_before_a_dash_everyone_speaks_twice():
    assert always(["ANNA - so", "BEN - no"] * 2, DASH) == {"ANNA", "BEN"}
    assert always(["ANNA - so", "BEN - no"], DASH) == frozenset()
    assert always(["anna - so", "ben - no"] * 2, DASH) == frozenset()


def test_names_stand_where_the_speaker_changes():
    lines = ["Anna: So", "we", "go", "Ben: No", "we", "Anna: Yes", "we", "Ben: No"]
    assert at_changes(lines) == {"Anna", "Ben"}
    assert at_changes(["so", "we", "go"]) == frozenset()
    assert at_changes(["Anna: So", "we", "go"]) == frozenset()  # once is none


def test_people_who_take_turns_may_be_called_anything():
    """They begin the file, stand before a third of the cues, and alternate."""
    lines = ["t: so", "and", "c: no", "and", "t: so", "and", "c: no"]
    assert at_changes(lines) == {"t", "c"}
    assert at_changes(["and", *lines]) == frozenset()


def test_once_among_those_who_take_turns():
    lines = ["Anna: So", "we", "Ben: No", "we", "Anna: So", "Ben: No", "Guest: Hi"]
    assert at_changes(lines) == {"Anna", "Ben", "Guest"}
    lines[-1] = "One thing: it"
    assert at_changes(lines) == {"Anna", "Ben"}


def test_dashes_stand_in_speech():
    assert at_changes(["ANNA - so", "we", "BEN - no", "we"] * 3, DASH) == frozenset()


def test_names_that_hold_a_colon():
    lines = ["Team A: Anna: so", "Team B: Ben: no", "Team A: Anna: and", "Ben: well"]
    lines += ["Team B: Ben: yes"]
    names = frozenset({"Team A", "Team B", "Ben"})
    labelled = LabelledLines(lines, FORMS[COLON])
    found = names_with_colons(labelled, lines, names, COLON)
    assert found == {"Team A: Anna", "Team B: Ben"}
    lines[2] = "Team A: and"  # now and then without: the rest was said
    labelled = LabelledLines(lines, FORMS[COLON])
    assert names_with_colons(labelled, lines, names, COLON) == {"Team B: Ben"}
