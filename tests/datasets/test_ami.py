"""AMI: hand-worked meetings, and the real ones if they are there."""

from __future__ import annotations

import gzip
import math

import narwhals as nw
import numpy as np
import pytest

from hanrock_sk.datasets import load_ami
from hanrock_sk.datasets.ami import DIALOGUE_ACTS
from hanrock_sk.features import Timings

HEADER = "meeting turn da_id start end speaker role da_type importance n_links text"
# Out of order within ES2002a; the last two rows of it start together.
ROWS = [
    ("IS1000a", 9.0, 10.0, "A", "PM", "el.und", "So {gap} {vocalsound} ?"),
    ("IS1000a", 9.5, 9.5, "B", "ID", "bck", "Mm-hmm ."),
    ("ES2002a", 4.0, 6.0, "B", "ID", "inf", 'It\'s "red" {vocalsound}'),
    ("ES2002a", 1.0, 3.0, "A", "PM", "sug", "Two words"),
    ("ES2002a", 3.0, 3.5, "A", "PM", "off", "I'll do ."),
    ("ES2002a", 5.5, 7.5, "A", "PM", "ass", "One , two , three"),
    ("ES2002a", 8.0, 9.0, "C", "ME", "stl", "{vocalsound}"),
    ("ES2002a", 8.0, 9.0, "B", "ID", "el.inf", "why - not ?"),
]


@pytest.fixture
def folder(tmp_path):
    """A folder with two meetings, one in each list."""
    lines = [HEADER.split()]
    for meeting, start, end, speaker, role, act, text in ROWS:
        start, end = str(start), str(end)
        lines.append(
            [meeting, "0", "id", start, end, speaker, role, act, "-1", "0", text]
        )
    write(tmp_path, lines)
    (tmp_path / "train.txt").write_text("ES2002a\n")
    (tmp_path / "dev.txt").write_text("IS1000a\n")
    return tmp_path


def write(folder, lines):
    content = "".join("\t".join(line) + "\n" for line in lines).encode()
    (folder / "ami_dialogue_acts.tsv.gz").write_bytes(gzip.compress(content))


def columns_of(X):
    table = nw.from_native(X, eager_only=True)
    return {name: table[name].to_list() for name in table.columns}


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_table_in_order_of_time(folder, backend):
    X, y = load_ami(folder, backend=backend)
    assert nw.from_native(X, eager_only=True).implementation.value == backend
    columns = columns_of(X)
    assert columns == {
        "conversation": ["IS1000a"] * 2 + ["ES2002a"] * 6,
        "group": ["IS1000"] * 2 + ["ES2002"] * 6,
        "speaker": ["A", "B", "A", "A", "B", "A", "C", "B"],
        "role": ["PM", "ID", "PM", "PM", "ID", "PM", "ME", "ID"],
        "start": [9.0, 9.5, 1.0, 3.0, 4.0, 5.5, 8.0, 8.0],
        "end": [10.0, 9.5, 3.0, 3.5, 6.0, 7.5, 9.0, 9.0],
        "text": [ROWS[row][-1] for row in (0, 1, 3, 4, 2, 5, 6, 7)],
    }
    assert y.dtype == object
    assert y.tolist() == [
        *("elicit", None),
        *("propose", "propose", "inform", "assess", None, "elicit"),
    ]


def test_gap(folder):
    X, y = load_ami(folder, target="gap")
    # A to B within A's words; B ends the meeting. A goes on; A, then B half a second
    # later; B is interrupted; A, then C; C together with B; B ends the meeting.
    expected = [-0.5, np.nan, np.nan, 0.5, -0.5, 0.5, -1.0, np.nan]
    np.testing.assert_allclose(y, expected)
    assert "end" in X


def test_speech_rate_does_not_give_itself_away(folder):
    X, y = load_ami(folder, target="speech_rate")
    # Words: So; no duration; 2 in 2 s; 2 in 0.5 s; 2 in 2 s; 3 in 2 s; none; 2 in 1 s.
    rates = [60, np.nan, 60, 240, 60, 90, np.nan, 120]
    np.testing.assert_allclose(y, np.log(rates))
    assert "end" not in X
    assert "start" in X


@pytest.mark.parametrize(
    ("subset", "meeting"), [("train", "ES2002a"), ("dev", "IS1000a")]
)
def test_subsets(folder, subset, meeting):
    X, y = load_ami(str(folder), subset=subset)
    assert set(X["conversation"]) == {meeting}
    assert len(X) == len(y)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "role"}, r"target must be one of .*'gap'.*, got 'role'"),
        ({"subset": "valid"}, r"subset must be one of .*'dev'.*, got 'valid'"),
        ({"backend": "spark"}, r"backend must be one of .*'polars'.*, got 'spark'"),
    ],
)
def test_unknown_options(folder, options, message):
    with pytest.raises(ValueError, match=message):
        load_ami(folder, **options)


def test_missing_files(folder):
    with pytest.raises(FileNotFoundError, match=r"no test\.txt in .*ami/corpus"):
        load_ami(folder, subset="test")
    with pytest.raises(FileNotFoundError, match=r"no ami_dialogue_acts\.tsv\.gz in"):
        load_ami(folder / "elsewhere")


def test_listed_meeting_that_the_table_lacks(folder):
    (folder / "train.txt").write_text("ES2002a ES2002b\n")
    with pytest.raises(ValueError, match=r"of the train part: \['ES2002b'\]"):
        load_ami(folder, subset="train")


@pytest.mark.parametrize("time", ["soon", "", "nan", "inf"])
def test_times_must_be_numbers(folder, time):
    row = ["m", "0", "id", "1", time, "A", "PM", "inf", "-1", "0", "hello"]
    write(folder, [HEADER.split(), row])
    with pytest.raises(ValueError, match=f"line 2: end must be a number.*'{time}'"):
        load_ami(folder)


def test_missing_column(folder):
    write(folder, [["meeting", "start"], ["m", "1"]])
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['end', 'speaker'"):
        load_ami(folder)


def test_published_meetings(data_root):
    X, y = load_ami(data_root / "ami", backend="polars")
    assert len(X) == 98_475
    acts = {
        act: sum(label == act for label in y) for act in set(DIALOGUE_ACTS.values())
    }
    assert acts == {"inform": 27432, "assess": 18201, "propose": 9198, "elicit": 6282}
    listed = {
        subset: load_ami(data_root / "ami", subset=subset)[0]
        for subset in ("train", "dev")
    }
    assert [X["conversation"].nunique() for X in listed.values()] == [97, 20]
    assert not set(listed["train"]["group"]) & set(listed["dev"]["group"])


def test_measured_targets_agree_with_timings(data_root):
    X, gap = load_ami(data_root / "ami", target="gap", subset="dev", backend="polars")
    _, rate = load_ami(data_root / "ami", target="speech_rate", subset="dev")
    timed = Timings(max_delay=None, max_speech_rate=None).fit_transform(X)
    np.testing.assert_allclose(np.exp(rate), timed["speech_rate"].to_numpy())
    # Row by row, in plain words.
    rows = X.select("conversation", "speaker", "start", "end").rows()
    for row, following, seconds in zip(rows, rows[1:], gap, strict=False):
        if row[0] == following[0] and row[1] != following[1]:
            assert math.isclose(seconds, following[2] - row[3], abs_tol=1e-9)
        else:
            assert math.isnan(seconds)
