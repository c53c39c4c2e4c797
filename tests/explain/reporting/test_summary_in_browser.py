"""The report's summary, and what mattered, opened in a real Chromium."""

from __future__ import annotations

import numpy as np
import pytest
from browser_page import EACH

from hanrock_sk import explain


def test_summary(show, both, truth, talkturns):
    from hanrock_sk.evaluation import classwise_f1

    page = show(both)
    page.keys("s")
    rows = truth["rows"][0]
    y, predicted = truth["y"][rows], truth["predicted"][1][rows]
    f1 = classwise_f1(y, predicted)
    result = page.texts("#summary .model:nth-child(2) .f1 .number")
    classes = page.run("return classes")
    assert result == [f"{f1[name]:.2f}" if name in f1 else "\u2013" for name in classes]
    cells = page.texts("#summary .model:nth-child(2) .confusion tbody td")
    counts = [
        sum((y == true) & (predicted == guess)) for true in classes for guess in classes
    ]
    assert cells == [str(count) if count else "·" for count in counts]
    speakers = talkturns[0]["speaker"].iloc[rows]
    captions = page.texts("#summary .model:first-child figcaption")
    assert set(captions) == set(speakers)
    dots = [
        len(page.texts(f"#summary .model:first-child figure:nth-of-type({k}) circle"))
        for k in (1, 2)
    ]
    assert dots == [sum(speakers == caption) for caption in captions]
    unsure = page.run(
        "return document.querySelector('.unsure [data-turn]').dataset.turn"
    )
    page.click(".unsure [data-turn]")
    assert page.row == page.run("return talkturns.row[arguments[0]]", int(unsure))
    probabilities = page.run(
        "return models[0].probabilities.slice(0, arguments[0])", len(rows)
    )
    assert int(unsure) == np.argmin(np.max(probabilities, axis=1))
    page.pick("conversation", -1)
    page.keys("s")
    assert len(page.texts(".overview tbody tr")) == 2
    page.click(".overview [data-conversation='1']")
    assert page.text(".summary h2") == "Summary conversation 3"


def test_what_mattered(show, both, truth, multi_task, talkturns):
    page = show(both)
    row = page.row
    effects = explain.occlusion(multi_task, talkturns[0], [row])[row]
    model = ".model:first-child"
    own = effects.context[-1].words
    assert page.texts(f"{model} .columns .w .t") == [word.word for word in own]
    bars = page.run(
        f"{EACH}.map(e => [e.className, e.style.height])", f"{model} .stick > span"
    )
    signs = ["lowered" if (word.effect or 0) < 0 else "raised" for word in own]
    assert [name for name, _ in bars] == signs
    scale = page.run("return SCALE")
    heights = [min(50, 50 * abs(word.effect) / scale) for word in own]
    shown = [float(height.removesuffix("%")) for _, height in bars]
    np.testing.assert_allclose(shown, heights, atol=0.5)
    top = effects.top_words(1)[0].word
    assert f"changed the prediction most: {top} " in page.text(f"{model} .top")
    numbers = page.texts(f"{model} .change .number")
    expected = [100 * talkturn.effect for talkturn in effects.context[:-1]]
    signs = str.maketrans("\u2212\u00b1", "-+")
    read = [float(text.removesuffix(" points").translate(signs)) for text in numbers]
    np.testing.assert_allclose(read, expected, atol=0.55)
    said = page.run(f"{EACH}.map(e => e.innerText).join(' ')", "main, #help")
    assert "because" not in said.lower()


def test_one_scale_for_both_models(show, both):
    page = show(both)
    page.keys("s")
    widths = page.run(
        f"{EACH}.map(e => parseFloat(e.style.width))", ".corpus .signed span"
    )
    assert max(widths) == pytest.approx(50)
    scales = page.run("return models.map(m => m.effects.scale)")
    assert page.run("return SCALE") == max(scales)


def test_the_words_of_the_corpus_have_examples(show, both):
    page = show(both)
    page.keys("s")
    page.click(".entry summary")
    word = page.run("return models[0].effects.wordList[0]")
    assert word["word"] in page.texts(".entry .label")[0]
    page.click(".entry[open] button")
    assert page.row == page.run("return talkturns.row[arguments[0]]", word["turns"][0])
