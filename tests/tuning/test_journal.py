"""The journal: what is read back, what a crash leaves, whose folder it is."""

from __future__ import annotations

import json
import re

import pytest

from hanrock_sk.tuning.journal import Trial, TrialJournal, TrialRecord

TRIAL = Trial(candidate=3, fold=1)


@pytest.fixture
def journal(tmp_path):
    journal = TrialJournal(tmp_path / "deep" / "journal")
    journal.open("this search")
    return journal


def write(journal, trial, objectives, *, stopped=False, ended=True):
    journal.begin(trial)
    for number, objective in enumerate(objectives, 1):
        journal.add_epoch(trial, objective, stopped and number == len(objectives))
    if ended:
        journal.end(trial)


def test_a_trial_is_read_as_it_was_written(journal):
    assert journal.read(TRIAL) == TrialRecord([], stopped=False, ended=False)
    write(journal, TRIAL, [0.5, 0.1 + 0.2, -3.0], ended=False)
    assert journal.read(TRIAL) == TrialRecord([0.5, 0.1 + 0.2, -3.0])
    journal.end(TRIAL)
    assert journal.read(TRIAL) == TrialRecord([0.5, 0.1 + 0.2, -3.0], ended=True)


def test_one_file_per_trial_only_appended_to(journal):
    write(journal, TRIAL, [0.5], ended=False)
    write(journal, Trial(3, 2), [0.25])
    files = sorted(journal.folder.glob("*.jsonl"))
    assert len(files) == 2
    before = files[0].read_bytes()
    journal.add_epoch(TRIAL, 0.75, stop=False)
    assert files[0].read_bytes().startswith(before)
    assert len(files[0].read_text().splitlines()) == 2


def test_completed_are_trials_of_the_fold_that_ended_unstopped(journal):
    write(journal, Trial(0, 1), [0.5, 0.25])
    write(journal, Trial(1, 1), [0.125], stopped=True)
    write(journal, Trial(2, 1), [1.0], ended=False)
    write(journal, Trial(4, 0), [2.0])
    write(journal, Trial(10, 1), [4.0])
    write(journal, Trial(5, 11), [8.0])
    assert [r.objectives for r in journal.completed(1)] == [[0.5, 0.25], [4.0]]


@pytest.mark.parametrize(
    "torn", [b'{"obj', b'{"objective": 0.75, "stop": true}', b"\0\0\0\n", b"\xff\n"]
)
def test_what_a_crash_has_torn_is_not_read(journal, torn):
    write(journal, TRIAL, [0.5, 0.25], ended=False)
    path = journal.folder / TRIAL.file_name
    path.write_bytes(path.read_bytes() + torn)
    assert journal.read(TRIAL) == TrialRecord([0.5, 0.25])


def test_a_trial_that_was_killed_begins_anew(journal):
    write(journal, TRIAL, [0.5, 0.25], ended=False)
    path = journal.folder / TRIAL.file_name
    path.write_bytes(path.read_bytes() + b'{"obj')
    journal.begin(TRIAL)
    assert journal.read(TRIAL) == TrialRecord()
    journal.add_epoch(TRIAL, 0.125, stop=False)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"objective": 0.125, "stop": False}
    ]


def test_a_trial_that_is_over_stays(journal):
    write(journal, TRIAL, [0.5, 0.25], stopped=True)
    journal.begin(TRIAL)
    assert journal.read(TRIAL) == TrialRecord([0.5, 0.25], stopped=True, ended=True)


def test_a_search_goes_on_with_its_own_journal(journal):
    write(journal, TRIAL, [0.5])
    again = TrialJournal(journal.folder)
    again.open("this search")
    assert again.read(TRIAL).ended


def test_the_journal_of_another_search_is_refused(journal):
    with pytest.raises(ValueError, match="journal of another search") as caught:
        TrialJournal(journal.folder).open("that search")
    assert str(journal.folder) in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        {"thesis.txt": "do not touch"},
        {"search.json": "not json"},
        {"search.json": "[]"},
        {"search.json": '{"format": "another program\'s", "search": "this search"}'},
    ],
)
def test_a_foreign_folder_is_refused_and_left_alone(tmp_path, content):
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match="is not a journal"):
        TrialJournal(tmp_path).open("this search")
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == content


def test_hidden_files_do_not_make_a_folder_foreign(tmp_path):
    (tmp_path / ".search.json.4711").write_text('{"format"')  # killed just there
    (tmp_path / ".nfs0001").write_text("")
    TrialJournal(tmp_path).open("this search")
    TrialJournal(tmp_path).open("this search")


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path, place):
    file = tmp_path / "file"
    file.write_text("")
    folder = file if place == "a file" else file / "journal"
    with pytest.raises(OSError, match=f"{re.escape(str(folder))}' is none"):
        TrialJournal(folder).open("this search")


def test_a_machine_that_does_not_share_the_folder_says_so(tmp_path):
    journal = TrialJournal(tmp_path / "not mounted here")
    with pytest.raises(FileNotFoundError, match="Workers on several machines"):
        journal.add_epoch(TRIAL, 0.5, stop=False)
