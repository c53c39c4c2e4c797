"""Effects on one talkturn, as a notebook shows them."""

from __future__ import annotations

from hanrock_sk.explain import Effects, TalkturnEffect, WordEffect


def effects(prediction="<b>sad</b>"):
    words = [WordEffect("<i>", 0.4), WordEffect("no", -0.2), WordEffect("the", 0.001)]
    before = TalkturnEffect(6, 1, -0.1, [WordEffect("hm", None)])
    return Effects(7, prediction, 0.8, [before, TalkturnEffect(7, 0, 0.4, words)])


def test_top_words_whatever_their_sign():
    assert [word.word for word in effects().top_words(2)] == ["<i>", "no"]


def test_bars_have_one_scale_and_signs():
    html = effects()._repr_html_()
    assert "<i>" not in html
    assert "&lt;b&gt;sad" in html
    assert "width:5.00em" in html  # the largest change fills its side
    assert "left:3.75em;width:1.25em" in html  # a quarter of it, to the left
    assert html.count("border-bottom:") == 2  # "the" and what was not tried are plain
    assert "dotted" in html
    assert "because" not in html


def test_a_value():
    assert "Predicted value 0.8" in effects(None)._repr_html_()


def test_nothing_changed():
    still = Effects(0, "a", 1.0, [TalkturnEffect(0, 0, 0.0, [])])
    assert "width:0.00em" in still._repr_html_()


def test_a_small_unit():
    words = [WordEffect("so", 4e-7), WordEffect("no", -0.5e-7)]
    small = Effects(7, None, 8e-7, [TalkturnEffect(7, 0, 4e-7, words)])
    html = small._repr_html_()
    for told in ("+4e-07", "-5e-08", "Predicted value 8e-07"):
        assert told in html
    assert "0.000" not in html
