"""Which rows are meant, and what falls into their spans."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.features._spans import fill_rows, rows_of, slices_within, spans
from hanrock_sk.talkturns.table import read_table


@pytest.fixture
def table(frame):
    return read_table(
        frame(
            {
                "conversation": ["a", "a", "b", "b"],
                "speaker": ["Anna", "Ben", "Anna", "Cleo"],
                "start": [0.0, 1.0, 0.0, 2.0],
                "end": [1.0, 2.0, 1.0, 1.5],
                "au05": [0.1, None, 0.3, 0.4],
            }
        )
    )


def test_rows_of_a_speaker_and_a_conversation(table):
    assert rows_of(table, "a", "Anna").tolist() == [0]
    assert rows_of(table, "b", None).tolist() == [2, 3]


def test_missing_speakers_are_nobody(frame):
    table = read_table(frame({"speaker": ["Anna", None]}))
    assert rows_of(table, None, "Anna").tolist() == [0]


def test_a_recording_belongs_to_one_conversation(table):
    with pytest.raises(ValueError, match=r"several conversations \('a', 'b'\)"):
        rows_of(table, None, "Anna")


def test_unknown_speaker_and_conversation(table):
    with pytest.raises(ValueError, match="speaker 'Cleo'; the table has 'Anna', 'Ben'"):
        rows_of(table, "a", "Cleo")
    with pytest.raises(ValueError, match="No talkturn has the conversation 'c'"):
        rows_of(table, "c", None)


def test_end_before_start_names_the_row(table):
    assert spans(table, np.array([0, 1]))[1].tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="Row 3 of the talkturn table ends"):
        spans(table, np.array([2, 3]))


def test_slices_include_both_ends():
    times = np.array([0.0, 0.5, 1.0, 1.5])
    start = np.array([0.5, 0.6, np.nan, 0.0])
    end = np.array([1.0, 0.9, 1.0, np.nan])
    found = [times[part].tolist() for part in slices_within(times, start, end)]
    assert found == [[0.5, 1.0], [], [], []]


def test_other_rows_keep_what_they_had(table):
    filled = fill_rows(table, "au05", np.array([1, 2]), np.array([5.0, np.nan]))
    np.testing.assert_array_equal(filled, [0.1, 5.0, np.nan, 0.4])
    fresh = fill_rows(table, "au17", np.array([1]), np.array([5.0]))
    np.testing.assert_array_equal(fresh, [np.nan, 5.0, np.nan, np.nan])
