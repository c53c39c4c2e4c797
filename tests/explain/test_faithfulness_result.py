"""What faithfulness says of a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hanrock_sk.explain import Faithfulness, FusionShares

SHARES = FusionShares(40, ("primary", "aux"), *np.array([[0.9, 0.1]] * 3))


@pytest.fixture
def result():
    return Faithfulness(
        n_talkturns=40,
        output="probability",
        correlation={"words": {"shown": 0.25}, "talkturns": {"shown": 0.61}},
        comprehensiveness={"attention": 0.2, "occlusion": 0.3, "random": 0.1},
        sufficiency={"attention": 0.15, "occlusion": 0.05, "random": 0.25},
        score={"as it is": 0.7, "uniform": 0.65},
        score_name="mean accuracy",
        fusion=SHARES,
        agreement=None,
    )


def test_it_says_what_it_means(result):
    said = str(result)
    for number in ("0.25", "0.61", "0.200", "0.100", "0.300", "0.700", "0.650"):
        assert number in said
    assert "Do not read attention" in said
    assert "because" not in said
    assert "Between models" not in said
    assert "Do not read attention" in result._repr_html_()


def test_errors_in_a_small_unit(result):
    small = replace(
        result,
        comprehensiveness=dict.fromkeys(result.comprehensiveness, 1e-06),
        sufficiency=dict.fromkeys(result.sufficiency, 2e-06),
        score={"as it is": 3e-6, "uniform": 4e-6},
    )
    said = str(small)
    assert all(f"{number}e-06" in said for number in (1, 2, 3, 4))
    assert "0.000" not in said


def test_a_guide_at_both_levels(result):
    assert not result.is_a_guide
    ranked = {"words": {"shown": 0.4}, "talkturns": {"shown": 0.5}}
    good = replace(result, correlation=ranked)
    assert good.is_a_guide
    assert "rough guide" in str(good)
    unknown = {"words": {"shown": np.nan}, "talkturns": {"shown": 0.5}}
    assert not replace(result, correlation=unknown).is_a_guide


def test_more_is_told_where_there_is_more(result):
    agreement = {"attention to words": 0.4, "effects of words": 0.8}
    assert "0.40" in str(replace(result, agreement=agreement))
    ignored = replace(SHARES, mean=np.array([0.05, 0.95]))
    assert "5 % of the fusion" in str(replace(result, fusion=ignored))


def test_plot(result):
    pytest.importorskip("matplotlib")
    left, right = result.plot().axes
    assert [bar.get_height() for bar in left.patches] == [0.25, 0.61]
    heights = [bar.get_height() for bar in right.patches]
    assert heights == [0.2, 0.15, 0.3, 0.05, 0.1, 0.25]
