"""Table 5 of the paper."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sklearn.model_selection import PredefinedSplit

from hanrock_sk.datasets.partition import (
    DOUBLE_LISTED,
    IEMOCAP_RECORDINGS,
    SEMAINE_RECORDINGS,
    iemocap_partition,
    semaine_partition,
)


def test_the_lists_are_those_of_the_paper(data_root):
    """Every line of the printed table, the double-listed recording apart."""
    paper = data_root.parent / "paper" / "han-rock.txt"
    if not paper.is_file():
        pytest.skip(f"the paper's text is not there: {paper}")
    text = paper.read_text()
    text = text[text.index("Table 5: Dataset partitions") :].split("Table 6")[0]
    for recordings, pattern in (
        (IEMOCAP_RECORDINGS, r"(Train|Dev|Test) (Ses\d\d[FM]) \d+"),
        (SEMAINE_RECORDINGS, r"(Train|Dev|Test) (\d{4}(?:\.\d\d){5}) \d+"),
    ):
        printed = {"train": [], "dev": [], "test": []}
        for subset, name in re.findall(pattern, text):
            if name != DOUBLE_LISTED:
                printed[subset.lower()].append(name)
        assert {subset: list(names) for subset, names in recordings.items()} == printed
    assert text.count(DOUBLE_LISTED) == 2


def test_iemocap(frame):
    recordings = ["Ses05F", "Ses01M", "Ses04F", "Ses03F", "Ses02F", "Ses05M", "Ses04M"]
    partition = iemocap_partition(frame({"recording": recordings}))
    assert partition.train.tolist() == [1, 3, 4]
    assert partition.dev.tolist() == [2, 6]
    assert partition.test.tolist() == [0, 5]
    assert partition.development.tolist() == [1, 2, 3, 4, 6]
    assert isinstance(partition.split, PredefinedSplit)
    assert partition.split.get_n_splits() == 1
    ((train, dev),) = partition.split.split()
    np.testing.assert_array_equal(partition.development[train], partition.train)
    np.testing.assert_array_equal(partition.development[dev], partition.dev)


def test_semaine_reports_the_double_listed_recording(frame):
    recordings = [DOUBLE_LISTED, "2008.12.05.16.03.15", DOUBLE_LISTED, None]
    recordings += ["2009.06.26.14.09.45", "2008.12.19.11.03.11", "2010.01.01.00.00.00"]
    X = frame({"recording": recordings})
    with pytest.warns(
        UserWarning, match=r"14\.38\.17 both in Dev \(404 .*Test \(440\).* 2 talkturns"
    ):
        partition = semaine_partition(X)
    result = [partition.train, partition.dev, partition.test]
    assert [rows.tolist() for rows in result] == [[1], [5], [4]]


@pytest.mark.parametrize(
    ("choice", "dev", "test"), [("dev", [0, 1], []), ("test", [1], [0])]
)
def test_semaine_when_the_user_decides(frame, recwarn, choice, dev, test):
    X = frame({"recording": [DOUBLE_LISTED, "2008.12.19.11.03.11"]})
    partition = semaine_partition(X, double_listed=choice)
    assert partition.dev.tolist() == dev
    assert partition.test.tolist() == test
    assert len(recwarn) == 0
    # What one caller decides is not remembered for the next.
    assert DOUBLE_LISTED not in SEMAINE_RECORDINGS[choice]


def test_semaine_without_the_double_listed_recording(frame, recwarn):
    partition = semaine_partition(frame({"recording": ["2008.12.19.11.03.11"]}))
    assert partition.dev.tolist() == [0]
    assert len(recwarn) == 0


def test_bad_arguments(frame):
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['recording'\]"):
        iemocap_partition(frame({"text": ["a"]}))
    with pytest.raises(ValueError, match="double_listed must be one of"):
        semaine_partition(frame({"recording": ["a"]}), double_listed="train")
