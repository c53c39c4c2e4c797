"""The report, printed by a real Chromium."""

from __future__ import annotations

import re

from browser_page import pages_of, words_on

from hanrock_sk import explain
from hanrock_sk.datasets import make_conversations


def test_paper(show, both, truth):
    page = show(both)
    page.keys("t", page.END)
    row = page.row
    one = page.pdf(paperWidth=8.27, paperHeight=11.69)
    assert pages_of(one) in (1, 2)
    page.run("printListed = true")
    every = page.pdf(paperWidth=8.27, paperHeight=11.69)
    n_rows = len(truth["rows"][0])
    assert pages_of(every) <= 1 + n_rows / 3  # several talkturns to a page
    page.keys("s")
    summary = page.pdf(paperWidth=8.27, paperHeight=11.69)
    assert page.texts("#paper *") == []  # nothing stays behind on the screen
    printed = words_on(one)
    if printed is not None:
        for word in (
            "multi-task",
            "single-task",
            truth["predicted"][0][row],
        ):
            assert word in printed
        spoken = [
            word.word for t in truth["overall"][0][row].context[:-1] for word in t.words
        ]
        on_paper = printed.split()
        assert all(word in on_paper for word in spoken)
        assert not {"Keys", "Print"} & set(on_paper)
        assert words_on(every).count("true label") == sum(
            truth["y"][row] is not None for row in truth["rows"][0]
        )
        assert "How to read what follows" in words_on(every)
        assert "Where it errs" in words_on(summary)


def test_paper_is_black_on_white(show, both, browser):
    page = show(both)
    page.run("setTheme('dark')")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.run("toPaper()")
    colours = page.run(
        "return [...document.querySelectorAll('#paper, #paper *')].flatMap(e => {"
        "const s = getComputedStyle(e); return [s.color, s.backgroundColor]})"
    )
    visible = page.run("return byId('top').querySelector('nav').offsetParent !== null")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert not visible
    for colour in set(colours):
        red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
        assert red == green == blue
    ink = page.run("return getComputedStyle(byId('paper')).color")
    assert ink != "rgb(0, 0, 0)"  # the screen is dark again


def test_forty_talkturns_on_eight_pages(show, multi_task, single_task):
    X, y = make_conversations(2, 40, random_state=3)
    X = X[X["conversation"] == X["conversation"][0]][:40].reset_index(drop=True)
    X["text"] = [f"{text} {'and so on ' * 2}" for text in X["text"]]
    models = {"multi-task": multi_task, "single-task": single_task}
    for some in (models, multi_task):
        page = show(explain.report(some, X, y[: len(X)], maps=True))
        page.run("printListed = true")
        pages = pages_of(page.pdf(paperWidth=8.27, paperHeight=11.69))
        assert 3 <= pages <= (14 if some is models else 8)
