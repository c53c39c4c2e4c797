"""The report, opened in a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from browser_page import EACH

from hanrock_sk import explain

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium not installed")


def test_boxes_and_words_match_the_tables(show, both, truth):
    page = show(both)
    sizes = {}
    for row in truth["rows"][0].tolist():
        page.run("select(talkturns.row.indexOf(arguments[0]))", row)
        page.run("showFigure(true)")
        assert page.row == row
        for number, overall in enumerate(truth["overall"], start=1):
            model = f".model:nth-child({number})"
            window = overall[row].context
            assert page.texts(f"{model} .window .box") == [
                talkturn.bucket[0].upper() for talkturn in window
            ]
            result = page.run(
                f"{EACH}.map(e => [e.textContent, e.className,"
                "parseFloat(getComputedStyle(e).fontSize), getComputedStyle(e).color,"
                "parseFloat(e.title.slice(2).replace('\u2212', '-'))])",
                f"{model} .window .word",
            )
            words = [word for talkturn in window for word in talkturn.words]
            assert [text for text, *_ in result] == [word.word for word in words]
            for word, (_, name, size, colour, z) in zip(words, result, strict=True):
                bucket = explain.combine.BUCKETS.index(word.bucket)
                assert name.removesuffix(" told") == f"word b{bucket}"
                if name.endswith("told"):
                    continue  # what the narrator says is muted
                sizes.setdefault(word.bucket, set()).add((size, colour))
                assert z == pytest.approx(np.clip(word.z, -2, 4.3), abs=0.1001)
    assert {len(result) for result in sizes.values()} == {1}
    looks = [next(iter(sizes[bucket])) for bucket in ("none", "low", "medium", "high")]
    darkness = [-sum(map(int, re.findall(r"\d+", colour))) for _, colour in looks]
    assert [size for size, _ in looks] == sorted({size for size, _ in looks})
    assert darkness == sorted(set(darkness))


def test_side_by_side(show, both, truth, multi_task, talkturns):
    page = show(both)
    row = page.row
    assert truth["wrong"][0][row] or truth["wrong"][1][row]  # begins with a wrong one
    assert page.texts(".model h3") == ["multi-task", "single-task"]
    left, right = page.run(f"{EACH}.map(e => e.getBoundingClientRect())", ".model")
    assert left["top"] == right["top"]
    assert left["right"] < right["left"]
    shown = [str(predicted[row]) for predicted in truth["predicted"]]
    assert page.texts(".prediction strong") == shown
    probabilities = 100 * multi_task.predict_proba(talkturns[0])[row]
    result = page.texts(".model:first-child .classes .number")
    numbers = [float(text.removesuffix(" %")) for text in result]
    np.testing.assert_allclose(numbers, probabilities, atol=0.55)
    assert page.text("#reading .truth strong") == truth["y"][row]
    assert page.text("#reading blockquote") == truth["text"][row]
    page.click("#figure")
    tasks = page.texts(".model:first-child .tasks .number")
    weights = [100 * weight for weight in truth["overall"][0][row].tasks.values()]
    assert len(weights) == 17
    numbers = [float(text.removesuffix(" %")) for text in tasks]
    np.testing.assert_allclose(numbers, weights, atol=0.51)


def test_filters(show, both, truth):
    page = show(both)
    first, second = truth["rows"]
    wrong = truth["wrong"][0] | truth["wrong"][1]
    assert page.listed == first.tolist()
    page.pick("show", "wrong")
    assert page.listed == first[wrong[first]].tolist()
    page.pick("show", "wrong-1")
    assert page.listed == first[truth["wrong"][1][first]].tolist()
    page.pick("show", "disagree")
    differ = truth["predicted"][0] != truth["predicted"][1]
    assert page.listed == first[differ[first]].tolist()
    page.pick("conversation", -1)
    page.pick("show", "all")
    both_rows = np.concatenate([first, second])
    assert page.listed == both_rows.tolist()
    assert page.texts("#list h2") == ["Conversation 0", "Conversation 3"]
    classes = page.run("return classes")
    for code, name in enumerate(classes):
        page.pick("class", f"true:{code}")
        assert page.listed == [row for row in both_rows if truth["y"][row] == name]
        page.pick("class", f"predicted:{code}")
        either = [
            row
            for row in both_rows.tolist()
            if name in [predicted[row] for predicted in truth["predicted"]]
        ]
        assert page.listed == either
        assert page.text("#count") == f"{len(either)} of {len(both_rows)} talkturns"


def test_no_talkturn_passes(show, both):
    page = show(both)
    page.run("view.klass = 'true:99'; draw()")
    assert page.listed == []
    assert page.text("#list .note") == "No talkturn passes these filters."
    assert page.texts(".reading") == []
    page.keys("j", "k")


def test_keys(show, both, truth):
    page = show(both)
    first, second = (rows.tolist() for rows in truth["rows"])
    keys = webdriver.Keys
    page.keys(keys.HOME)
    assert page.row == first[0]
    page.keys("k")
    assert page.row == first[0]
    page.keys("j", keys.ARROW_DOWN)
    assert page.row == first[2]
    page.keys(keys.ARROW_UP)
    assert page.row == first[1]
    page.keys(keys.END, "j")
    assert page.row == first[-1]
    page.keys("]")
    assert page.listed == second
    page.keys("]", "[")
    assert page.listed == first
    page.keys("p")
    assert len(page.texts(".model:first-child .tasks")) == 1
    page.keys("p")
    assert page.texts(".tasks") == []
    page.keys("w")
    assert len(page.listed) < len(first)
    page.keys("w", "s")
    assert page.listed == first
    assert page.run("return !byId('summary').hidden && byId('talkturns').hidden")
    page.keys("s", "?")
    assert page.run("return byId('help').open")
    page.keys(keys.ESCAPE)
    page.wait("return !byId('help').open")  # Chromium closes it in a moment of its own
    before = page.run("return getComputedStyle(document.body).backgroundColor")
    page.keys("t")
    assert page.run("return getComputedStyle(document.body).backgroundColor") != before
    page.click(".item:nth-child(4)")
    assert page.row == first[3]
    page.keys("j")  # the focus is on a button now
    assert page.row == first[4]


def test_theme_follows_the_system(show, both, browser):
    for scheme, dark in (("dark", True), ("light", False)):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        page = show(both)
        colour = page.run("return getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", colour))) < 150) == dark
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_accessible(show, both, han, talkturns, browser):
    axe_core = pytest.importorskip("axe_core_python", reason="axe-core not installed")
    script = Path(axe_core.__file__).with_name("axe.min.js").read_text()
    rules = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]
    for report in (both, explain.report(han, *talkturns, maps="auto")):
        page = show(report)
        page.run(script)
        for state in ("0", "showFigure(true)", "showPage(true)", "setTheme('dark')",
                      "showFigure(false); showPage(false)", "select(0)"):  # fmt: skip
            page.run(state)
            broken = browser.execute_async_script(
                "axe.run(document, {runOnly: arguments[0]}).then(result =>"
                "arguments[1](result.violations.map(v => [v.id, v.nodes[0].html])))",
                rules,
            )
            assert broken == [], state


def test_a_phone(show, both, browser):
    page = show(both)
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    for press in ("j", "s"):
        page.keys(press)
        assert page.run("return document.documentElement.scrollWidth") == 390
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
