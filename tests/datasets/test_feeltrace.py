"""Traces averaged over spans and raters."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.datasets.feeltrace import mean_traces, read_trace


def write(folder, name, *lines):
    (folder / name).write_text("\n".join(lines) + "\n")


def means(folder, *spans, dimension="valence", rated="user"):
    start, end = np.array(spans, dtype=float).T
    return mean_traces(folder, dimension, rated, start, end).tolist()


def test_one_rater(tmp_path):
    write(tmp_path, "R1S1TUCPoDV.txt", "0 0.1", "0.02 0.2", "", "0.04 0.6", "0.06 -1")
    assert means(tmp_path, (0.02, 0.04), (0.0, 0.039), (0.05, 0.059)) == pytest.approx(
        [0.4, 0.15, np.nan], nan_ok=True
    )


def test_raters_are_cut_to_the_shortest(tmp_path):
    write(tmp_path, "R1S1TUCPoDV.txt", "0 0.1", "0.02 0.2", "0.04 0.9", "0.06 0.9")
    write(tmp_path, "R2S1TUCPo2DV.txt", "0 0.3", "0.02 0.4")
    # First span: (0.15 + 0.35) / 2; second: only what both have, 0.2 and 0.4.
    assert means(tmp_path, (0, 0.02), (0.02, 0.06)) == pytest.approx([0.25, 0.3])
    assert np.isnan(means(tmp_path, (0.04, 0.06))).all()


def test_other_dimensions_and_people_are_other_files(tmp_path):
    write(tmp_path, "R1S1TUCPoDA.txt", "0 0.1")
    write(tmp_path, "R1S1TOCPoDA.txt", "0 0.2")
    write(tmp_path, "R6S1TUCObDI.txt", "0 0.3")
    write(tmp_path, "A1R1TUCSpDP.txt", "0 0.4")
    write(tmp_path, "R1S1TUCPoDAn.txt", "0 0.9")  # anger
    write(tmp_path, "R1S1TUCPoDAm.txt", "0 0.9")  # amusement
    write(tmp_path, "notes.txt", "no trace")
    assert means(tmp_path, (0, 1), dimension="activation") == [0.1]
    assert means(tmp_path, (0, 1), dimension="activation", rated="operator") == [0.2]
    assert means(tmp_path, (0, 1), dimension="intensity") == [0.3]
    assert means(tmp_path, (0, 1), dimension="power") == [0.4]
    assert np.isnan(means(tmp_path, (0, 1))).all()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["0 0.1", "", "0.02"], "line 3: expected 'seconds value'"),
        (["0 0.1", "0.02 0.1 0.2"], "line 2: expected"),
        (["0 0.1", "0.02 high"], "line 2: expected"),
        (["0 0.1", "0.02 nan"], "line 2: expected"),
        (["0 0.1 0.1", "0 0.1 0.1"], "line 1: expected"),
        (["0 0.1", "0.04 0.1", "", "0.02 0.1"], "line 4: time does not go on"),
    ],
)
def test_broken_traces(tmp_path, lines, message):
    write(tmp_path, "R1S1TUCPoDV.txt", *lines)
    with pytest.raises(ValueError, match=rf"R1S1TUCPoDV\.txt, {message}"):
        read_trace(tmp_path / "R1S1TUCPoDV.txt")


def test_blank_file_and_strange_values(tmp_path):
    write(tmp_path, "R1S1TUCPoDV.txt", "", "")
    with pytest.raises(ValueError, match="holds no trace"):
        read_trace(tmp_path / "R1S1TUCPoDV.txt")
    write(tmp_path, "R1S1TUCPoDV.txt", "0 0.1", "0.02 1.5")
    with pytest.warns(UserWarning, match=r"line 2: 1\.5 lies outside"):
        read_trace(tmp_path / "R1S1TUCPoDV.txt")
