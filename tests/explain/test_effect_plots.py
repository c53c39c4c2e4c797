"""The plot of the word list; that of faithfulness is tested with its result."""

from __future__ import annotations

import pytest

from hanrock_sk.explain import CorpusWord, plots

pytest.importorskip("matplotlib")


def test_one_scale_for_all_classes():
    words = [
        CorpusWord("no", "sad", 0.3, 4, [1]),
        CorpusWord("hm", "sad", 0.1, 3, [2]),
        CorpusWord("yes", "glad", 0.05, 9, [3]),
    ]
    figure = plots.word_list(words)
    sad, glad = figure.axes
    assert sad.get_xlim() == glad.get_xlim()
    assert [label.get_text() for label in sad.get_yticklabels()] == ["no (4)", "hm (3)"]
    assert [bar.get_width() for bar in glad.patches] == [0.05]
    figure.canvas.draw()


def test_values():
    (panel,) = plots.word_list([CorpusWord("no", None, -0.3, 4, [1])]).axes
    assert panel.get_title() == "value"


def test_no_words():
    with pytest.raises(ValueError, match="no words"):
        plots.word_list([])
