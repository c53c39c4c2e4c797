"""A reliability diagram with its error above it, drawn or written as a table."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from hanrock_sk.evaluation import reliability, reliability_plot

TRUE = ["a", "b", "b", "a", None]
P = np.array([[0.92, 0.08], [0.92, 0.08], [0.35, 0.65], [0.7, 0.3], [0.5, 0.5]])


def test_it_makes_a_figure():
    from matplotlib import pyplot

    ax = reliability_plot(TRUE, P, n_bins=4)
    assert len(ax.patches) == 2
    error = reliability(TRUE, P, n_bins=4).expected_calibration_error
    assert ax.get_title() == f"ECE {error:.2f}"
    pyplot.close(ax.figure)


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install hanrock-sk\[plot\]"):
        reliability_plot(TRUE, P)


def test_the_result_draws_and_shows_itself():
    from matplotlib import pyplot

    found = reliability(TRUE, P, n_bins=4)
    mine, theirs = found.plot(), reliability_plot(TRUE, P, n_bins=4)
    heights = [[bar.get_height() for bar in ax.patches] for ax in (mine, theirs)]
    assert heights[0] == heights[1] == [1.0, 0.5]
    assert mine.get_title() == theirs.get_title()
    pyplot.close("all")
    shown = found._repr_html_()
    assert shown.count("<tr>") == 1 + (found.count > 0).sum()
    assert f"{found.expected_calibration_error:.3f}" in shown
    # Between 0.5 and 0.75: 0.65 for "b" and 0.7 for "a", and both are right.
    assert "<td>0.50 to 0.75</td><td>2</td><td>0.68</td><td>1.00</td>" in shown
