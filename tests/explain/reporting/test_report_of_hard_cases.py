"""The report of data that are hostile, long, unlabelled or at chance."""

from __future__ import annotations

import re

import numpy as np
import pytest
from browser_page import pages_of
from tiny_estimators import tiny_regressor

from hanrock_sk import explain
from hanrock_sk.datasets import make_conversations

LONG = "word " * 1999 + "end"


HOSTILE = [
    "<img src=x onerror='window.hacked=1'> <b>bold</b>",
    "</script><script>window.hacked=2</script>",
    """It's "quoted" & `ticked` <!-- \u2028 \u2029 -->""",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
    "\u0645\u0631\u062d\u0628\u0627 \u202e\u05e9\u05dc\u05d5\u05dd world",
    LONG,
    "x" * 3000,
    "",
]


def test_hostile_talkturns_are_text(show, multi_task, single_task, talkturns):
    X = talkturns[0][: len(HOSTILE)].copy()
    X["conversation"] = "<b>&amp;"
    X["text"] = HOSTILE
    X["speaker"] = ["<i>a</i>", '"><script>window.hacked=3</script>'] * 4
    y = talkturns[1][: len(HOSTILE)]
    with pytest.warns(UserWarning, match="words"):
        report = explain.report(
            {"<u>": multi_task, "b": single_task},
            X,
            y,
            title="</title><s>",
            maps=True,
            occlusion=True,
        )
    page = show(report)
    assert page.browser.title == "</title><s>"
    assert page.texts("#list .said")[:5] == HOSTILE[:5]
    for row, text in enumerate(HOSTILE):
        page.run("select(arguments[0])", row)
        assert page.text("#reading blockquote") == (text or "(nothing said)")
        assert page.run(
            "const r = byId('reading'); return r.scrollWidth <= r.clientWidth"
        )
    page.keys("s")
    assert page.texts("figcaption")[:2] == X["speaker"].to_list()[:2]
    for tag in ("img", "b", "i", "s", "u"):
        assert page.run(f"return document.getElementsByTagName('{tag}').length") == 0
    assert page.run("return document.scripts.length") == 2
    assert page.run("return window.hacked === undefined")
    page.run("showPage(false); select(5)")
    (note,) = set(page.texts(".model:first-child .columns .unread"))
    read = len(page.texts(".model:first-child .columns .w"))
    assert read == multi_task[-1].max_words == 120
    assert re.fullmatch(r"… [\d,]+ more words, not read", note)
    assert int(re.sub(r"\D", "", note)) >= 2000 - 120


def test_values(show, regressor, values):
    X, y = values
    page = show(explain.report(regressor, X, y, conversations=[1], maps=True))
    predicted = regressor.predict(X)
    assert page.text(".prediction strong") == f"{predicted[page.row]:.2f}"
    assert page.texts(".change .number")[0][0] in "+\u2212\u00b1"
    page.keys("p")
    assert page.text(".model .note") == "This model has no attention over tasks."
    page.pick("show", "wrong")
    rows = np.flatnonzero(X["conversation"] == 1)
    error = np.abs(predicted - y)[rows]
    assert page.listed == rows[error > error.mean()].tolist()
    page.keys("s")
    assert page.texts("#summary .tile strong")[0] == f"{error.mean():.3f}"
    assert pages_of(page.pdf()) >= 1


def test_values_of_a_small_unit(show, values):
    """The page is that of the same values in a larger unit, but for the decimals."""
    X, y = values
    unit = 1e-6
    model = tiny_regressor(max_epochs=8).fit(X, unit * y)
    page = show(explain.report(model, X, unit * y, maps=True))
    predicted = model.predict(X)
    assert page.text(".prediction strong") == f"{predicted[page.row]:.7f}"
    page.pick("conversation", -1)
    page.pick("show", "wrong")
    error = np.abs(predicted - unit * y)
    assert 0 < len(page.listed) < len(y)
    assert sorted(page.listed) == np.flatnonzero(error > error.mean()).tolist()
    page.keys("s")
    assert page.texts("#summary .tile strong")[0] == f"{error.mean():.8f}"
    assert max(float(text) for text in page.texts(".overview td:last-child")) > 0


def test_no_labels(show, han, talkturns):
    page = show(explain.report({"han": han}, talkturns[0]))
    assert page.texts("#show option") == ["all talkturns"]
    page.keys("w", "s")
    assert "no true labels were given" in page.text("#summary .model .quality")
    assert page.texts(".confusion") == []


def test_at_chance_it_says_so_and_shows_no_maps(show, han, talkturns):
    X, _ = talkturns
    y = np.where(np.arange(len(X)) % 2, "sad", "angry")
    page = show(explain.report(han, X, y))
    assert "no better than chance" in page.text("#banner")
    assert page.texts(".window, .columns, .tasks") == []
    assert "nothing to explain" in page.text("#reading .note")
    page.keys("s")
    assert page.texts(".corpus") == []
    assert page.texts(".confusion")


def test_speakers_without_labels_get_no_verdict(show, both, multi_task, talkturns):
    X, y = talkturns
    one = X["speaker"].iloc[0]
    labels = np.where(X["speaker"] == one, None, y)
    page = show(explain.report(multi_task, X, labels, maps=True, conversations=[0]))
    first = np.flatnonzero(X["conversation"] == 0)
    silent = [row for row in first.tolist() if X["speaker"][row] == one]
    assert len(page.texts(".item.unasked")) == len(silent)
    assert page.texts(".item.unasked .predicted") == []
    page.run("select(talkturns.row.indexOf(arguments[0]))", silent[0])
    assert page.texts(".prediction, .classes, .window") == []
    assert "No talkturn of this speaker has a label" in page.text("#reading .unasked")
    page.keys("s")
    assert one not in page.texts("figcaption")
    page.keys("s")
    page.pick("show", "asked")
    assert set(page.listed).isdisjoint(silent)


def test_a_thousand_talkturns(show, multi_task):
    X, y = make_conversations(42, 24, random_state=1)
    X["conversation"] = "one"
    assert len(X) > 1000
    X["text"] = [f"{text} {'and so on it went ' * 10}" for text in X["text"]]
    report = explain.report(multi_task, X, y, maps=True)
    assert len(report.html.encode()) < 1.5e6
    page = show(report)
    assert len(page.listed) == len(X)
    # Made is what is looked at: a page of everything would take seconds to lay out.
    elements = "return document.getElementsByTagName('*').length"
    made = [page.run(elements)]
    for key in "sswwjk":
        page.run("KEYS[arguments[0]]()", key)
        made.append(page.run(elements))
    assert max(made) < 30 * len(X)
