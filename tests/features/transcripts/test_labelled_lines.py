"""Labels in columns tell what lists of them would."""

from __future__ import annotations

from hanrock_sk.features.transcripts.label_forms import after_colon
from hanrock_sk.features.transcripts.labelled_lines import LabelledLines

LINES = ["Anna: So", "Ben: yes", "no label", "Anna: And", "Anna:", "Cy: 1"]


def test_what_columns_tell():
    found = LabelledLines(LINES, after_colon)
    assert found.labels == ["Anna", "Ben", "Cy"]
    assert (len(found), found.n_labelled, found.first) == (6, 5, "Anna")
    assert found.counts() == {"Anna": 3, "Ben": 1, "Cy": 1}
    assert list(found.whose()) == ["Anna", "Ben", None, "Anna", "Anna", "Cy"]
    assert found.repeats({"Anna", "Ben"}) == (4, 1)
    assert found.repeats({"Anna", "Cy"}) == (4, 2)
    assert found.words_behind_first


def test_how_words_begin():
    found = LabelledLines(LINES, after_colon)
    assert found.before_sentences() == {"Anna", "Cy"}
    assert found.begin_as_sentences({"Anna"})
    assert not found.begin_as_sentences({"Anna", "Ben"})  # a quarter of them
    assert not found.begin_as_sentences({"Cy"})  # a script without capitals


def test_names_carry_where_they_seldom_repeat():
    turns = ["A: a", "and", "B: b", "and", "A: a", "and"]
    assert LabelledLines(turns, after_colon).carries({"A", "B"})
    assert not LabelledLines(["A: a"] * 9 + ["and"], after_colon).carries({"A"})
    assert LabelledLines(["A: a"] * 9, after_colon).carries({"A"})


def test_no_label_at_all():
    found = LabelledLines(["so", "we begin"], after_colon)
    assert (len(found), found.n_labelled, found.first) == (2, 0, None)
    assert not found.carries({"so"})
    assert found.repeats({"so"}) == (0, 0)
